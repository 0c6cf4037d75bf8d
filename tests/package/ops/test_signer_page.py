"""The server behind a wallet's page: it answers only the page that it gave its token to.

a wallet: connected, sends what is prepared · another chain, account, question · codes in words · an answer
too late
the page: token once · session · Host, Origin, type, size, unknown question · headers, nothing from elsewhere
"""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from commonhold.chain.call import Call
from commonhold.chain.signing import Prepared, Transaction, dev_account
from commonhold.errors import SigningError
from commonhold.ops.signers.browser import CODES, BrowserSigner, WalletRefused
from commonhold.ops.signers.page import HEADERS

SOMEBODY = "0x000000000000000000000000000000000000bEEF"


class Browser:
    """Speaks with the page as a browser does."""

    def __init__(self, signer: BrowserSigner) -> None:
        self.origin, self.key = signer.url.split("/#")
        self.host = self.origin.removeprefix("http://")

    def request(
        self, method: str, path: str, body: bytes | None = None, **changes: str | None
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        headers = {
            "Host": self.host,
            "Origin": self.origin,
            "Content-Type": "application/json",
            "X-Commonhold-Key": self.key,
        }
        for name, value in changes.items():
            headers.pop(name.replace("_", "-"))
            if value is not None:
                headers[name.replace("_", "-")] = value
        connection = http.client.HTTPConnection(self.host, timeout=10)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        kind = answer.headers["Content-Type"]
        return answer.status, json.loads(content) if kind == "application/json" else content, answer.headers

    def ask(self, name: str, **body: Any) -> Any:
        status, content, _ = self.request("POST", f"/api/{name}", json.dumps(body).encode())
        assert status == 200, (status, content)
        return content

    def claim(self) -> None:
        self.key = self.ask("claim")["session"]

    def until_task(self) -> dict[str, Any]:
        while (task := self.ask("next")["task"]) is None:
            threading.Event().wait(0.02)
        return dict(task)


@pytest.fixture
def signer() -> Iterator[BrowserSigner]:
    made = BrowserSigner(31337, "town", to_connect=10, to_answer=10)
    yield made
    made.close(grace=0)


@pytest.fixture
def browser(signer: BrowserSigner) -> Browser:
    return Browser(signer)


def prepared(to: str | None = SOMEBODY, data: bytes = b"") -> Prepared:
    call = Call(to, data, "Coin", "send", 3)
    return Prepared(call, Transaction(31337, 4, to, data, 3, 21_000, 2_000, 1_000))


def _in_background(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        except SigningError as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, found


def test_a_wallet_is_connected_by_the_token_and_sends_what_is_prepared(
    signer: BrowserSigner, browser: Browser
) -> None:
    address = dev_account(3).address
    with pytest.raises(SigningError, match="No wallet"):
        signer.address  # noqa: B018
    waiting, connected = _in_background(signer.wait)
    browser.claim()
    assert browser.ask("connected", address=address.lower(), chain=31337) == {"address": address}
    waiting.join(5)
    assert connected == [address] and browser.ask("next") == {"task": None, "done": False}
    hashes: list[tuple[int, str]] = []
    sending, _ = _in_background(
        lambda: signer.hand_over([prepared(), prepared(None, b"\x60")], lambda n, h: hashes.append((n, h)))
    )
    first = browser.until_task()
    assert first["request"] == {
        "from": address,
        "to": SOMEBODY,
        "data": "0x",
        "value": "0x3",
        "gas": "0x5208",
        "maxFeePerGas": "0x7d0",
        "maxPriorityFeePerGas": "0x3e8",
    }
    assert first["place"] == "1 of 2" and ["sends", "3 wei"] in first["lines"]
    assert browser.ask("answer", id=first["id"] + 7, hash="0xee")["problem"]
    browser.ask("answer", id=first["id"], hash="0xaa")
    assert browser.ask("answer", id=first["id"], hash="0xab")["problem"]  # asked once, whoever wakes first
    second = browser.until_task()
    assert second["request"]["nonce"] == "0x4" and "to" not in second["request"]
    assert ["creates", "Coin"] in second["lines"]
    browser.ask("answer", id=second["id"], hash="0xbb")
    sending.join(5)
    assert hashes == [(0, "0xaa"), (1, "0xbb")]
    assert browser.ask("answer", id=second["id"], hash="0xcc")["problem"]


@pytest.mark.parametrize("code", [*CODES, 4999, None])
def test_what_a_wallet_refuses_is_said_in_words(signer: BrowserSigner, browser: Browser, code: int) -> None:
    browser.claim()
    browser.ask("connected", address=SOMEBODY, chain=31337)
    thread, found = _in_background(lambda: signer.hand_over([prepared()], lambda n, h: None))
    task = browser.until_task()
    browser.ask("answer", id=task["id"], code=code, message="the wallet's\nown words")
    thread.join(5)
    (error,) = found
    assert isinstance(error, WalletRefused) and error.code == code and error.exit_code == 6
    if code in CODES:
        assert CODES[code][0] in error.message and "run this again" in error.hint.lower()
    else:
        assert "the wallet's own words" in error.message


def test_a_token_opens_one_page_only(signer: BrowserSigner, browser: Browser) -> None:
    other = Browser(signer)
    browser.claim()
    assert browser.ask("claim")["session"] == browser.key  # the page was loaded again
    for key in (other.key, "", "guess", "gu\xe9ss"):
        for name in ("claim", "connected", "next", "answer"):
            status, content, _ = other.request("POST", f"/api/{name}", b"{}", X_Commonhold_Key=key)
            assert status == 403 and "opened before" in content["problem"]


def test_who_has_no_key_learns_and_does_nothing(signer: BrowserSigner, browser: Browser) -> None:
    for name in ("connected", "next", "answer"):
        status, _, _ = browser.request("POST", f"/api/{name}", b"{}")  # the token is no session
        assert status == 403


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost:1"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": None}, 403),
        ({"Content_Type": "text/plain"}, 400),
        ({"Content_Type": None}, 400),
    ],
)
def test_a_question_from_elsewhere_is_refused(
    signer: BrowserSigner, browser: Browser, changes: dict[str, str | None], status: int
) -> None:
    found, _, _ = browser.request("POST", "/api/claim", b"{}", **changes)
    assert found == status
    browser.claim()  # the token was not used up


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/claim", b"[]"),
        ("/api/claim", b"{"),
        ("/api/claim", b'{"a": "' + b"x" * 20_000 + b'"}'),
        ("/api/steal", b"{}"),
        ("/claim", b"{}"),
    ],
)
def test_a_question_that_is_none_is_refused(
    signer: BrowserSigner, browser: Browser, path: str, body: bytes
) -> None:
    assert browser.request("POST", path, body)[0] == 400


def test_the_page_loads_nothing_from_elsewhere(signer: BrowserSigner, browser: Browser) -> None:
    for path in ("/", "/page.js", "/page.css"):
        status, content, headers = browser.request("GET", path)
        assert status == 200 and content
        for name, value in HEADERS.items():
            assert headers[name] == value
        assert b"http://" not in content and b"https://" not in content
    assert "script-src 'self'" in HEADERS["Content-Security-Policy"]
    assert (
        b"<script>" not in browser.request("GET", "/")[1] and b"style=" not in browser.request("GET", "/")[1]
    )
    assert browser.request("GET", "/../keys.py")[0] == 404
    assert browser.request("GET", "/", Host="evil.example")[0] == 403


def test_a_wallet_on_another_chain_or_with_another_account_is_not_connected(
    signer: BrowserSigner, browser: Browser
) -> None:
    browser.claim()
    assert "chain 1" in browser.ask("connected", address=SOMEBODY, chain=1)["problem"]
    assert "no account" in browser.ask("connected", address=None, chain=31337)["problem"]
    browser.ask("connected", address=SOMEBODY, chain=31337)
    other = dev_account(1).address
    assert SOMEBODY in browser.ask("connected", address=other, chain=31337)["problem"]
    assert signer.address == SOMEBODY


def test_patience_ends_with_what_to_do() -> None:
    hasty = BrowserSigner(31337, "town", to_connect=0.05, to_answer=0.05)
    try:
        with pytest.raises(SigningError, match="No wallet was connected"):
            hasty.wait()
        browser = Browser(hasty)
        browser.claim()
        browser.ask("connected", address=SOMEBODY, chain=31337)
        with pytest.raises(WalletRefused, match="did not answer"):
            hasty.hand_over([prepared()], lambda n, h: None)
        assert browser.ask("next")["task"] is None
    finally:
        hasty.close(grace=0)
