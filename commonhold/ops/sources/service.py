"""What a service answers, and how it is spoken to: politely, with patience, and never showing a key."""

import email.utils
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import requests

from commonhold.errors import ChainError, SettingsError
from commonhold.ops.sources.request import SourceRequest

_TIMEOUT: Final = 60  # of one request [s]
_MOST: Final = 1 << 24  # of an answer [bytes]
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class State(StrEnum):
    """How far a contract is with a service."""

    EXACT = "exact"  # the same to the last byte, comments and names of the sources included
    MATCH = "match"  # the same code; the sources may differ in comments or names
    REFUSED = "refused"  # it compiled to something else, or not at all
    WAITING = "waiting"  # handed in, not answered yet

    @property
    def verified(self) -> bool:
        return self in (State.EXACT, State.MATCH)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service says of one contract. ticket: under which it can be asked again."""

    state: State
    words: str = ""
    ticket: str | None = None


class ServiceAway(ChainError):
    """The service does not answer, answers nonsense, or asks for more patience than we have."""


class Service(Protocol):
    """One place where sources are published."""

    name: str

    def look(self, request: SourceRequest) -> Answer | None:
        """What it knows of the address already; None if nothing."""

    def submit(self, request: SourceRequest) -> Answer:
        """Hand it in: WAITING with a ticket, or an answer at once."""

    def poll(self, request: SourceRequest, ticket: str) -> Answer | None:
        """How the ticket stands; None if the service knows no such ticket."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in [s].

    pause: between two looks at a ticket; total: for one contract; pauses after a refusal for want of time are
    at least `pause` and at most what is left of `total`.
    """

    pause: float = 3
    total: float = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """status: of HTTP. body: its JSON."""

    status: int
    body: Any


class Line:
    """Requests to one service. Neither its messages nor its errors name more than the host."""

    def __init__(
        self, base: str, patience: Patience | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        parts = urlsplit(base)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise SettingsError(f"{base!r} is no address of a service.", "Write https://…")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise SettingsError(
                f"The service {parts.hostname} would be spoken to in the clear.", "Write https://…"
            )
        if parts.username or parts.password or parts.query:
            raise SettingsError(
                f"The address of {parts.hostname} holds a name, a password or a key.",
                "Write the bare address; Etherscan's key belongs into commonhold.secret.toml.",
            )
        self._base = base.rstrip("/")
        self._host = parts.netloc
        self.patience = patience or Patience()
        self.sleep = sleep
        # its debug lines hold whole addresses, and so the key
        logging.getLogger("urllib3").setLevel(logging.WARNING)
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Reply:
        return self._ask("GET", path, query, None, None)

    def post_json(self, path: str, body: Mapping[str, Any]) -> Reply:
        return self._ask("POST", path, None, body, None)

    def post_form(self, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> Reply:
        return self._ask("POST", path, query, None, form)

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        form: Mapping[str, str] | None,
    ) -> Reply:
        """One request, repeated while the service is busy or away and patience lasts. Raises ServiceAway."""
        end = time.monotonic() + self.patience.total
        while True:
            reply, wait, reason = self._once(method, path, query, body, form)
            if reply is not None:
                return reply
            left = end - time.monotonic()
            if wait > left:
                raise ServiceAway(
                    f"{self._host} {reason}.",
                    "What was published is written down. Run this again later: it continues.",
                )
            self.sleep(wait)

    def _once(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        form: Mapping[str, str] | None,
    ) -> tuple[Reply | None, float, str]:
        """The reply, or how long to wait before asking again [s] and why."""
        try:
            with self._session.request(
                method,
                self._base + path,
                params=query,
                json=body,
                data=form,
                timeout=_TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status, headers = answer.status_code, answer.headers
                content = answer.raw.read(_MOST + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            # the error's text holds the address, and so the key
            return None, self.patience.pause, f"cannot be reached ({type(error).__name__})"
        if len(content) > _MOST:
            return None, self.patience.pause, "answers with far too much"
        if 300 <= status < 400:
            raise ServiceAway(
                f"{self._host} leads elsewhere ({status}), and nobody follows with a key in hand.",
                "Write the address that it has now as verifier into the network's table.",
            )
        parsed = _json(content)
        if status == 429 and not _means_something(parsed):
            return None, max(_retry_after(headers.get("Retry-After")), self.patience.pause), "is busy (429)"
        if status >= 500:
            return None, self.patience.pause, f"has trouble of its own ({status})"
        if parsed is None:
            return None, self.patience.pause, f"answers no JSON ({status})"
        return Reply(status, parsed), 0, ""


def _means_something(parsed: Any) -> bool:
    """A 429 of Sourcify that says the contract is in work already, rather than that we ask too often."""
    return isinstance(parsed, dict) and parsed.get("customCode") == "duplicate_verification_request"


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _retry_after(value: str | None) -> float:
    """Seconds, or a date; 0 for anything else. [s]"""
    if value is None:
        return 0
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0
