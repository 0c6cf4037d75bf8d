"""Answers of the services that the double never gives, word by word as they come over the line.

Retry-After ── seconds, a date, a date that is over, nonsense, none at all
Sourcify ── published already and known, or not known · a problem without words, of another kind · a ticket in
trouble · the code at the address not compared · without a creating transaction
Etherscan ── published already · refused at once · never free · an answer without a result
"""

import email.utils
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from commonhold.errors import CommonholdError, SettingsError
from commonhold.ops.sources.etherscan import Etherscan
from commonhold.ops.sources.request import SourceRequest
from commonhold.ops.sources.service import Line, Patience, ServiceAway, State
from commonhold.ops.sources.sourcify import Sourcify

REQUEST = SourceRequest(
    "Token", 5, "0x" + "11" * 20, "Token.sol:Token", "0.8.30", {"sources": {}, "settings": {}}, {}, b"\x01"
)
TICKET = "b7d3a3f0-0000-0000-0000-000000000001"
KNOWN = {"match": "exact_match", "runtimeMatch": "exact_match", "creationMatch": "exact_match"}
Answer = tuple[int, dict[str, str], Any]


class Scripted:
    """Answers one thing after the other, the last one for ever. asked: method, path and body."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str, bytes]] = []
        self.pauses: list[float] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                script.asked.append((self.command, self.path, body))
                status, headers, found = script.answers[0]
                if len(script.answers) > 1:
                    del script.answers[0]
                content = json.dumps(found).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _serve

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def line(self, patience: float = 60) -> Line:
        address = f"http://127.0.0.1:{self._server.server_address[1]}"
        return Line(address, Patience(pause=0.25, total=patience), self.pauses.append)

    def say(self, *answers: Any, status: int = 200) -> None:
        self.answers = [(status, {}, one) if not isinstance(one, tuple) else one for one in answers]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Scripted]:
    made = Scripted()
    yield made
    made.close()


# ---------------------------------------------------------------- the line


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ({"Retry-After": "7"}, 7, 7),
        ({"Retry-After": lambda: email.utils.formatdate(time.time() + 30, usegmt=True)}, 25, 30),
        ({"Retry-After": lambda: email.utils.formatdate(time.time() - 30, usegmt=True)}, 0.25, 0.25),
        ({"Retry-After": "soon"}, 0.25, 0.25),
        ({}, 0.25, 0.25),
    ],
)
def test_a_busy_service_is_left_alone_as_long_as_it_says_and_never_without_a_pause(
    service: Scripted, header: dict[str, str | Callable[[], str]], least: float, most: float
) -> None:
    told = {name: value if isinstance(value, str) else value() for name, value in header.items()}
    service.answers = [(429, told, {}), (200, {}, KNOWN)]
    assert Sourcify(service.line()).look(REQUEST) is not None
    assert len(service.pauses) == 1 and least <= service.pauses[0] <= most


# ---------------------------------------------------------------- Sourcify


def test_what_sourcify_has_already_is_looked_up_and_else_believed(service: Scripted) -> None:
    already = {"customCode": "already_verified", "message": "it is"}
    service.say((409, {}, already), KNOWN)
    assert Sourcify(service.line()).submit(REQUEST).state is State.EXACT
    service.say((409, {}, already), (404, {}, {"match": None}))
    found = Sourcify(service.line()).submit(REQUEST)
    assert (found.state, found.words) == (State.MATCH, "already published")
    job = {"isJobCompleted": True, "error": already}
    service.say(job, {**KNOWN, "match": "match"})
    polled = Sourcify(service.line()).poll(REQUEST, TICKET)
    assert polled is not None and polled.state is State.MATCH
    assert [path for _, path, _ in service.asked[-2:]] == [
        f"/v2/verify/{TICKET}", f"/v2/contract/5/{REQUEST.address}"
    ]  # fmt: skip


def test_a_transaction_that_nobody_knows_is_not_named_to_sourcify(service: Scripted) -> None:
    service.say((202, {}, {"verificationId": TICKET}))
    found = Sourcify(service.line()).submit(REQUEST)
    assert (found.state, found.ticket) == (State.WAITING, TICKET)
    assert "creationTransactionHash" not in json.loads(service.asked[0][2])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {"match": "match", "runtimeMatch": None, "creationMatch": "match"},
            "the code that lies there was not",
        ),
        ({"match": "match", "runtimeMatch": "match", "creationMatch": None}, "how it was created was not"),
        ({"match": "match", "runtimeMatch": "match", "creationMatch": "match"}, ""),
    ],
)
def test_what_sourcify_did_not_compare_is_said(service: Scripted, body: dict[str, Any], words: str) -> None:
    service.say(body)
    found = Sourcify(service.line()).look(REQUEST)
    assert found is not None and found.state is State.MATCH
    assert words in found.words and bool(words) == bool(found.words)


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (
            400,
            {"customCode": "invalid_parameter", "message": "no such field"},
            ServiceAway,
            "400: .*no such field",
        ),
        (403, ["no"], ServiceAway, "403: nothing that is understood"),
        (404, {"customCode": "unsupported_chain"}, SettingsError, "does not know this chain"),
    ],
)
def test_what_sourcify_says_otherwise_is_told_with_its_words(
    service: Scripted, status: int, body: Any, error: type[CommonholdError], words: str
) -> None:
    service.say(body, status=status)
    sourcify = Sourcify(service.line())
    for ask in (lambda: sourcify.look(REQUEST), lambda: sourcify.submit(REQUEST)):
        with pytest.raises(error, match=words) as caught:
            ask()
        assert caught.value.hint
    if status != 404:  # there it would be a ticket that nobody knows
        with pytest.raises(error, match=words):
            sourcify.poll(REQUEST, TICKET)


# ---------------------------------------------------------------- Etherscan


def said(result: Any, status: str = "0") -> dict[str, Any]:
    return {"status": status, "message": "", "result": result}


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (said("Contract source code already verified"), State.MATCH, "already published"),
        (
            said("Unable to verify: key SECRET-KEY,  line\n2"),
            State.REFUSED,
            "Unable to verify: key …, line 2",
        ),
        (said("no guid at all", status="1"), State.REFUSED, "no guid at all"),
        (said("abcdefgh12345678", status="1"), State.WAITING, ""),
    ],
)
def test_what_etherscan_says_to_sources_is_an_answer(
    service: Scripted, answer: dict[str, Any], state: State, words: str
) -> None:
    service.say(answer)
    found = Etherscan(service.line(), "SECRET-KEY").submit(REQUEST)
    assert (found.state, found.words) == (state, words)
    assert found.ticket == ("abcdefgh12345678" if state is State.WAITING else None)


def test_etherscan_that_is_never_free_ends_the_run_and_not_the_patience_of_its_user(
    service: Scripted,
) -> None:
    service.say(said("Max calls per sec rate limit reached"))
    with pytest.raises(ServiceAway, match="more patience than this run has") as caught:
        Etherscan(service.line(), "k").look(REQUEST)
    assert "Run this again later" in caught.value.hint
    assert len(service.asked) == 20 and service.pauses == [0.25] * 20


@pytest.mark.parametrize("body", [["x"], {"status": "1"}, "text"])
def test_an_answer_of_etherscan_without_a_result_is_none(service: Scripted, body: Any) -> None:
    service.say(body)
    with pytest.raises(ServiceAway, match="answers with 200 and nothing that is understood"):
        Etherscan(service.line(), "k").look(REQUEST)
