"""Health and figures over HTTP on 127.0.0.1: /healthz, /readyz, /metrics."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from commonhold.errors import SettingsError
from commonhold.ops.keeper.telling import Teller

HOST: Final = "127.0.0.1"


@contextmanager
def serve(teller: Teller, port: int) -> Iterator[int]:
    """Until left; the port, which is a free one where 0 was asked for. Raises SettingsError."""
    try:
        server = ThreadingHTTPServer((HOST, port), _handler(teller))
    except OSError as error:
        raise SettingsError(
            f"Port {port} of {HOST} cannot be used ({error.strerror}).", "Name another with --port."
        ) from error
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


def _handler(teller: Teller) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version = "commonhold"
        sys_version = ""

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            if self.path == "/healthz":
                self._say(teller.is_alive)
            elif self.path == "/readyz":
                self._say(teller.is_ready)
            elif self.path == "/metrics":
                self._answer(200, generate_latest(teller.metrics.registry), CONTENT_TYPE_LATEST)
            else:
                self._answer(404, b"/healthz, /readyz, /metrics\n", "text/plain; charset=utf-8")

        def _say(self, well: bool) -> None:
            self._answer(200 if well else 503, b"ok\n" if well else b"not ok\n", "text/plain; charset=utf-8")

        def _answer(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
