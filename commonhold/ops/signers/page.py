"""The little server behind a wallet's page: three files and four questions, for one browser only."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

_FILES: Final = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
}
_HERE: Final = Path(__file__).resolve().parent
_MOST: Final = 1 << 14  # of a question's body [bytes]
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

# Takes the key that came with a question and its body; None: the key is not the right one.
Answerer = Callable[[str, Mapping[str, Any]], dict[str, Any] | None]


class Page:
    """Serves until `close`. answerers: by the name of the question, as in POST /api/<name>."""

    def __init__(self, answerers: Mapping[str, Answerer]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answerers))
        self._server.daemon_threads = True
        self.origin: Final = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, daemon=True, kwargs={"poll_interval": 0.1}
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(answerers: Mapping[str, Answerer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: addresses and keys are nobody's business."""

        def _host(self) -> str:
            return f"127.0.0.1:{self.server.server_address[1]}"  # type: ignore[index]

        def _reply(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            for name, value in HEADERS.items():
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _say(self, status: int, body: Mapping[str, Any]) -> None:
            self._reply(status, json.dumps(body).encode(), "application/json")

        def do_GET(self) -> None:
            if self.headers.get("Host") != self._host():
                self._say(403, {"problem": "This page is for 127.0.0.1 alone."})
            elif self.path in _FILES:
                name, kind = _FILES[self.path]
                self._reply(200, (_HERE / name).read_bytes(), kind)
            else:
                self._say(404, {"problem": "There is no such page."})

        def do_POST(self) -> None:
            if self.headers.get("Host") != self._host():
                self._say(403, {"problem": "This page is for 127.0.0.1 alone."})
                return
            if self.headers.get("Origin") != f"http://{self._host()}":
                self._say(403, {"problem": "Another page asks."})
                return
            answerer = (
                answerers.get(self.path.removeprefix("/api/")) if self.path.startswith("/api/") else None
            )
            body = self._body()
            if answerer is None or body is None:
                self._say(400, {"problem": "That is no question of this page."})
                return
            answer = answerer(self.headers.get("X-Commonhold-Key", ""), body)
            if answer is None:
                self._say(403, {"problem": "This page was opened before, or belongs to another command."})
            else:
                self._say(200, answer)

        def _body(self) -> Mapping[str, Any] | None:
            length = self.headers.get("Content-Length", "")
            if self.headers.get("Content-Type") != "application/json" or not length.isdigit():
                return None
            if int(length) > _MOST:
                return None
            try:
                found = json.loads(self.rfile.read(int(length)))
            except ValueError:
                return None
            return found if isinstance(found, dict) else None

    return Handler
