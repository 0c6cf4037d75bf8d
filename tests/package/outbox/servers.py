"""Two small servers on this computer that take messages: one for mail, one for a webhook. What they do wrong
is said beforehand."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class MailServer:
    """mails: (address, content) of everything that was taken. plan: what happens at the next messages:
    refuse (550 at RCPT), later (451 at DATA), lost (taken, then cut off), cut (cut off before DATA). says:
    what it answers to a word ("": at once) instead of its usual answer. It cannot do STARTTLS."""

    port: int = 0
    mails: list[tuple[str, str]] = field(default_factory=list)
    plan: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    offers: tuple[str, ...] = ()
    says: dict[str, str] = field(default_factory=dict)


class _Mail(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the other side may leave at any word
            self._talk()

    def _talk(self) -> None:
        server: MailServer = self.server.box  # type: ignore[attr-defined]
        address, fault = "", ""
        self._say(server.says.get("", "220 here"))
        while line := self.rfile.readline().decode("utf-8", "replace").rstrip("\r\n"):
            word = line.split(" ")[0].upper()
            if word == "AUTH":
                server.logins.append(line)
            if word in server.says:
                self._say(server.says[word])
            elif word == "EHLO":
                names = ("here", *server.offers)
                for place, name in enumerate(names):
                    self._say(f"250{' ' if place == len(names) - 1 else '-'}{name}")
            elif word == "AUTH":
                self._say("235 yes")
            elif word == "STARTTLS":
                self._say("220 go on")
                self._say("and no word of encryption")
                self.rfile.read()  # until the other side has had enough
                return
            elif word == "RCPT":
                fault = server.plan.pop(0) if server.plan else ""
                address = line.partition("<")[2].rstrip(">")
                if fault == "cut":
                    return
                self._say("550 nobody here" if fault == "refuse" else "250 yes")
            elif word == "DATA":
                self._say("354 go on")
                lines = []
                while (one := self.rfile.readline()) != b".\r\n":
                    lines.append(one.removeprefix(b".") if one.startswith(b"..") else one)
                if fault == "later":
                    self._say("451 come again")
                    continue
                server.mails.append((address, b"".join(lines).decode()))
                if fault == "lost":
                    return
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server(**values: Any) -> Iterator[MailServer]:
    box = MailServer(**values)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield box
        server.shutdown()


@dataclass
class Hook:
    """requests: (headers, body) of everything that came. plan: the status of the next answers; 0 cuts off, 1
    says nothing for long."""

    url: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    plan: list[int] = field(default_factory=list)


@contextmanager
def hook() -> Iterator[Hook]:
    box, never = Hook(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.requests.append(({key: self.headers[key] for key in self.headers}, body))
            status = box.plan.pop(0) if box.plan else 204
            if status < 2:
                never.wait(5 * status)
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        box.url = f"http://127.0.0.1:{server.server_address[1]}/in"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield box
        never.set()
        server.shutdown()
