"""A node that misbehaves on command: a proxy on 127.0.0.1 before a real one.

    with FaultyNode(node.rpc_url) as faulty:
        faulty.next("eth_sendRawTransaction", LOSE_ANSWER)
        Connection(faulty.url)…

A fault is used up by the first request that names its method; every other request passes.
"""

import http.client
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

LOSE_REQUEST = "lose the request"
LOSE_ANSWER = "lose the answer after acceptance"
BUSY_BEFORE = "429 before acceptance"
BUSY_AFTER = "503 after acceptance"
GARBAGE = "answer garbage"
TRUNCATE = "cut the answer off"
WRONG_ID = "answer another question"
Change = Callable[[Any], Any]


class FaultyNode:
    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._faults: list[tuple[str, str | Change]] = []
        self._always: list[tuple[str, Change]] = []
        self.requests: list[list[str]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def next(self, method: str, *faults: str | Change) -> None:
        """The next requests that name `method` meet these faults; a function changes each answer's entry."""
        with self._lock:
            self._faults += [(method, fault) for fault in faults]

    def always(self, method: str, change: Change) -> None:
        """Every answer to `method` is changed from now on."""
        with self._lock:
            self._always.append((method, change))

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._always.clear()

    def count(self, method: str) -> int:
        return sum(methods.count(method) for methods in self.requests)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, methods: list[str]) -> str | Change | None:
        with self._lock:
            self.requests.append(methods)
            for index, (method, fault) in enumerate(self._faults):
                if method in methods:
                    del self._faults[index]
                    return fault
        return None

    def _forward(self, body: bytes) -> bytes:
        connection = http.client.HTTPConnection(self._target.hostname or "", self._target.port, timeout=60)
        connection.request("POST", "/", body, {"Content-Type": "application/json"})
        answer = connection.getresponse().read()
        connection.close()
        return answer

    def _changed(self, asked: Any, answer: bytes, once: Change | None) -> bytes:
        value = json.loads(answer)
        questions = {one["id"]: one["method"] for one in (asked if isinstance(asked, list) else [asked])}
        entries = value if isinstance(value, list) else [value]
        for entry in entries:
            method = questions.get(entry.get("id"))
            for name, change in self._always:
                if name == method:
                    entry.update(change(entry))
            if once is not None:
                entry.update(once(entry))
        return json.dumps(value).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = json.loads(body)
                methods = [one["method"] for one in (asked if isinstance(asked, list) else [asked])]
                fault = outer._take(methods)
                if fault == LOSE_REQUEST:
                    self.close_connection = True
                    return
                if fault == BUSY_BEFORE:
                    self._answer(429, b"slow down")
                    return
                answer = outer._changed(asked, outer._forward(body), fault if callable(fault) else None)
                if fault == LOSE_ANSWER:
                    self.close_connection = True
                    return
                if fault == BUSY_AFTER:
                    self._answer(503, b"try later")
                elif fault == GARBAGE:
                    self._answer(200, b"<html>welcome</html>")
                elif fault == TRUNCATE:
                    self._answer(200, answer[: len(answer) // 2])
                elif fault == WRONG_ID:
                    value = json.loads(answer)
                    for entry in value if isinstance(value, list) else [value]:
                        entry["id"] = 10**9 + entry["id"]
                    self._answer(200, json.dumps(value).encode())
                else:
                    self._answer(200, answer)

            def _answer(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler
