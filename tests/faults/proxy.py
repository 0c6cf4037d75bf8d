"""A node that misbehaves on command: a proxy on 127.0.0.1 before a real one.

    with FaultProxy(node.rpc_url) as proxy:
        proxy.plan(Fault(Kind.LOST_ANSWER, "eth_sendRawTransaction", nth=3))
        Connection(proxy.url)…

Requests are counted per fault, from the moment it is planned. A fault of the line (lost, busy, garbled) meets
a whole HTTP request that names its method; a fault of the answer changes each entry of that method.
Everything else passes untouched, so what the client meets is a real node behind a bad line.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import urlsplit

from tests.faults import answers
from tests.faults.kinds import LINE, NATURAL, Kind

Change = Callable[[Any], Any]
Message = dict[str, Any]
_FOR_EVER: Final = 0


@dataclass
class Fault:
    """kind, and the method it waits for (None: the kind's own, or any request).

    nth: begins with the nth matching request, counted from 1; times: how often, 0 = for ever
    seconds: of a delay, and of a Retry-After [s]; blocks: how far behind; limit: most blocks of one query;
    factor: of fees and estimates; change: what becomes of the answer's entry (Kind.CHANGED)
    """

    kind: Kind
    method: str | None = None
    nth: int = 1
    times: int = 1
    seconds: float = 0
    blocks: int = 1
    limit: int = 1
    factor: int = 10
    change: Change | None = None
    seen: int = field(default=0, init=False)
    used: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.method = self.method or NATURAL.get(self.kind)

    def names(self, methods: Sequence[str]) -> bool:
        return self.method is None or self.method in methods

    def strikes(self, methods: Sequence[str]) -> bool:
        """Whether it meets this request; counts."""
        if not self.names(methods) or (self.times != _FOR_EVER and self.used >= self.times):
            return False
        self.seen += 1
        if self.seen < self.nth:
            return False
        self.used += 1
        return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed, or gave up, hears no answer: that is what the tests are about."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FaultProxy:
    """Serves at `url` until left. log: each request's methods, its number and the kinds it met."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self.log: list[tuple[tuple[str, ...], int, tuple[Kind, ...]]] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def plan(self, *faults: Fault) -> None:
        """These come, each when its turn is there."""
        with self._lock:
            self._faults += faults

    def next(self, method: str, *kinds: Kind | Change) -> None:
        """The next requests that name `method` meet these, one after the other."""
        with self._lock:
            waiting = sum(fault.method == method and not fault.used for fault in self._faults)
        for place, one in enumerate(kinds, start=waiting + 1):
            if isinstance(one, Kind):
                self.plan(Fault(one, method, nth=place))
            else:
                self.plan(Fault(Kind.CHANGED, method, nth=place, change=one))

    def always(self, kind: Kind, method: str | None = None, **values: Any) -> None:
        """From now on, until `clear`."""
        self.plan(Fault(kind, method, times=_FOR_EVER, **values))

    def clear(self) -> None:
        """A good line again."""
        with self._lock:
            self._faults.clear()

    @property
    def requests(self) -> list[list[str]]:
        """The methods of each HTTP request that has come."""
        return [list(methods) for methods, _, _ in self.log]

    def count(self, method: str) -> int:
        """How many calls of this method have come."""
        return sum(methods.count(method) for methods, _, _ in self.log)

    def met(self) -> list[Kind]:
        """The faults that have struck, in order."""
        return [kind for _, _, kinds in self.log for kind in kinds]

    def retarget(self, url: str) -> None:
        """From now on another node answers, as behind a load balancer."""
        self._target = urlsplit(url)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # ---- one request

    def take(self, methods: Sequence[str]) -> list[Fault]:
        """The faults that strike this request; at most one of them is of the line."""
        with self._lock:
            struck: list[Fault] = []
            line = False
            for fault in self._faults:
                if line and fault.kind in LINE:
                    if fault.names(methods) and fault.nth > 1:
                        fault.seen += 1
                    continue
                if fault.strikes(methods):
                    struck.append(fault)
                    line |= fault.kind in LINE
            self.log.append((tuple(methods), len(self.log) + 1, tuple(fault.kind for fault in struck)))
            return struck

    def ask(self, body: bytes) -> bytes:
        """What the node itself answers. Raises OSError where there is none."""
        connection = http.client.HTTPConnection(self._target.hostname or "", self._target.port, timeout=60)
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            return connection.getresponse().read()
        finally:
            connection.close()

    def call(self, method: str, *params: Any) -> Any:
        """One question of the proxy's own to the node."""
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return json.loads(self.ask(json.dumps(message).encode()))["result"]

    def answer(self, asked: Any, faults: Sequence[Fault]) -> bytes:
        """The node's answer, with the faults of the answer in it."""
        questions: list[Message] = asked if isinstance(asked, list) else [asked]
        given: dict[Any, Message] = {}
        onward = []
        for question in questions:
            own = answers.before(self, question, faults)
            if own is None:
                onward.append(question)
            else:
                given[question["id"]] = {"jsonrpc": "2.0", "id": question["id"], **own}
        if onward:
            value = json.loads(
                self.ask(json.dumps(onward if isinstance(asked, list) else onward[0]).encode())
            )
            for entry in value if isinstance(value, list) else [value]:
                given[entry.get("id")] = entry
        for question in questions:
            if question["id"] in given:
                answers.after(self, question, given[question["id"]], faults)
        found = list(given.values())
        return json.dumps(found if isinstance(asked, list) else found[0]).encode()


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body of an answer are two writes: neither waits

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = json.loads(body)
            methods = [one["method"] for one in (asked if isinstance(asked, list) else [asked])]
            faults = proxy.take(methods)
            line = next((fault for fault in faults if fault.kind in LINE), None)
            kind = line.kind if line is not None else None
            if kind == Kind.LOST_REQUEST:
                self.close_connection = True
                return
            if kind == Kind.BUSY_BEFORE:
                self._answer(429, b"slow down", line.seconds if line else 0)
                return
            if kind == Kind.DELAY and line is not None:
                time.sleep(line.seconds)
            try:
                answer = proxy.answer(asked, faults) if faults else proxy.ask(body)
            except OSError:
                self.close_connection = True
                return
            if kind == Kind.LOST_ANSWER:
                self.close_connection = True
            elif kind == Kind.BUSY_AFTER:
                self._answer(503, b"try later")
            elif kind == Kind.GARBAGE:
                self._answer(200, b"<html>welcome</html>")
            elif kind == Kind.TRUNCATED:
                self._answer(200, answer[: len(answer) // 2])
            elif kind == Kind.WRONG_ID:
                self._answer(200, answers.with_wrong_ids(answer))
            else:
                self._answer(200, answer)

        def _answer(self, status: int, content: bytes, retry_after: float = 0) -> None:
            self.send_response(status)
            if retry_after:
                self.send_header("Retry-After", f"{retry_after:g}")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
