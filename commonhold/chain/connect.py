"""A connection to one node over JSON-RPC: single calls, and arrays of calls in one HTTP request.

Everything asked here may be asked twice, so a lost request, a lost answer, "too many requests", a broken
gateway and garbage are all met the same way: wait a little and ask again, a fixed number of times. Sending
signed bytes twice is harmless too; a transaction that the node itself signs carries its nonce for the same
reason.
"""

import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import orjson
import requests
from eth_utils.address import to_checksum_address
from web3 import HTTPProvider, Web3

from commonhold.errors import ChainError

# Calls in one HTTP request: more gains nothing (measured on Anvil), and public nodes refuse more.
BATCH: Final = 200
LOCAL_CHAIN_IDS: Final = (31337, 1337)

_LONGEST: Final = 60.0  # that a node is left alone because it asks for it [s]
_BUSY = (408, 425, 429, 500, 502, 503, 504)


class NodeUnreachable(ChainError):
    """No usable answer from the node after all tries."""


class RpcError(ChainError):
    """The node answered with an error of its own."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"The node answered: {message} (code {code})")
        self.code = code
        self.reason = message
        self.data = data

    @property
    def revert_data(self) -> bytes | None:
        """What the contract reverted with, None where this is no revert (nodes word it in many ways)."""
        data = self.data
        while isinstance(data, dict):
            inner = data.get("data", data.get("result"))
            if inner is None:
                inner = next((value for value in data.values() if isinstance(value, dict)), None)
            data = inner
        if isinstance(data, str):
            tail = data.removeprefix("Reverted ").strip()
            if tail.startswith("0x"):
                try:
                    return bytes.fromhex(tail[2:])
                except ValueError:
                    return None
        if self.code == 3 or "revert" in self.reason.lower():
            return b""
        return None


@dataclass(frozen=True, slots=True)
class Block:
    """The head of one block. time is in seconds [unix], base_fee in [wei/gas], gas_limit in [gas]."""

    number: int
    hash: str
    time: int
    base_fee: int
    gas_limit: int


class Connection:
    """One node. `timeout` and `pause` are in seconds; `tries` counts all requests for one question."""

    def __init__(self, url: str, *, timeout: float = 60, tries: int = 5, pause: float = 0.25) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise NodeUnreachable(
                f"{shown_url(url)} is no address of a node.", "Write it as http://… or https://…."
            )
        self.url = url
        self._timeout = timeout
        self._tries = tries
        self._pause = pause
        self._ids = itertools.count(1)
        self._session = requests.Session()
        if urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1"):
            self._session.trust_env = False  # no proxy between us and our own machine

    def __repr__(self) -> str:
        return f"Connection({shown_url(self.url)})"

    def close(self) -> None:
        self._session.close()

    # ---- asking

    def call(self, method: str, *params: Any) -> Any:
        """The answer to one question. Raises RpcError, NodeUnreachable."""
        answer = self._post([(method, params)], single=True)[0]
        if isinstance(answer, RpcError):
            raise answer
        return answer

    def batch(self, questions: Iterable[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The answers in order, asked in arrays of `BATCH`; an error of the node stands as an RpcError."""
        todo = list(questions)
        answers: list[Any] = []
        for start in range(0, len(todo), BATCH):
            answers.extend(self._post(todo[start : start + BATCH]))
        return answers

    def _post(self, questions: Sequence[tuple[str, Sequence[Any]]], *, single: bool = False) -> list[Any]:
        first = next(self._ids)
        ids = [first, *(next(self._ids) for _ in questions[1:])]
        messages = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            for number, (method, params) in zip(ids, questions, strict=True)
        ]
        body = orjson.dumps(messages[0] if single else messages)
        failure, wanted = "", 0.0
        for attempt in range(self._tries):
            if attempt:
                time.sleep(max(self._pause * 2 ** (attempt - 1), wanted))
            try:
                answer = self._session.post(
                    self.url, data=body, headers={"Content-Type": "application/json"}, timeout=self._timeout
                )
            except requests.RequestException as error:
                failure = _in_words(error)
                continue
            if answer.status_code in _BUSY and not _is_rpc(answer.content):
                failure = f"HTTP status {answer.status_code}"
                wanted = _retry_after(answer.headers.get("Retry-After", ""))
                continue
            matched = _match(answer.content, ids)
            if isinstance(matched, str):
                failure = matched
                continue
            return matched
        raise NodeUnreachable(
            f"No usable answer from the node at {shown_url(self.url)} after {self._tries} tries: {failure}.",
            "Check that the node runs and that the address is right (your own chain: `commonhold chain up`).",
        )

    # ---- about the chain

    @cached_property
    def chain_id(self) -> int:
        return int(self.call("eth_chainId"), 16)

    @cached_property
    def genesis_hash(self) -> str:
        """The hash of block 0: what tells a restarted development chain from the one before."""
        head = self.call("eth_getBlockByNumber", "0x0", False)
        if not isinstance(head, dict):
            raise ChainError(
                "The node does not give block 0, so this chain cannot be told from another.",
                "Use a full node.",
            )
        return str(head["hash"])

    @property
    def is_local(self) -> bool:
        """A development chain by its id; the published development keys work there and nowhere else."""
        return self.chain_id in LOCAL_CHAIN_IDS

    def block(self, number: int | str = "latest") -> Block:
        head = self.call("eth_getBlockByNumber", number if isinstance(number, str) else hex(number), False)
        if head is None:
            raise ChainError(f"The node has no block {number}.")
        return Block(
            number=int(head["number"], 16),
            hash=str(head["hash"]),
            time=int(head["timestamp"], 16),
            base_fee=int(head.get("baseFeePerGas") or "0x0", 16),
            gas_limit=int(head["gasLimit"], 16),
        )

    def block_number(self) -> int:
        return int(self.call("eth_blockNumber"), 16)

    def nonce(self, address: str, block: str = "pending") -> int:
        """Transactions sent by `address` so far, those waiting included."""
        return int(self.call("eth_getTransactionCount", address, block), 16)

    def balance(self, address: str) -> int:
        """Of the chain's own coin [wei]."""
        return int(self.call("eth_getBalance", address, "latest"), 16)

    def code(self, address: str) -> bytes:
        return bytes.fromhex(self.call("eth_getCode", address, "latest")[2:])

    def codes(self, addresses: Sequence[str]) -> list[bytes]:
        answers = self.batch([("eth_getCode", (address, "latest")) for address in addresses])
        for answer in answers:
            if isinstance(answer, RpcError):
                raise answer
        return [bytes.fromhex(answer[2:]) for answer in answers]

    def unlocked(self) -> list[str]:
        """The accounts that the node itself signs for (development chains)."""
        return [to_checksum_address(address) for address in self.call("eth_accounts")]

    @cached_property
    def w3(self) -> Web3:
        """web3.py on the same node, for what is not covered here."""
        return Web3(HTTPProvider(self.url, request_kwargs={"timeout": self._timeout}))


def shown_url(url: str) -> str:
    """The address without what may be a secret: user, password, and an access key in path or query."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    place = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        place += f":{parts.port}"
    hidden = "/…" if parts.path.strip("/") or parts.query else ""
    return urlunsplit((parts.scheme, place, hidden, "", ""))


def _in_words(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    if isinstance(error, requests.ConnectionError):
        return "the connection was refused or broke off"
    return type(error).__name__


def _retry_after(value: str) -> float:
    """How long the node wants to be left alone, where it says so in seconds. [s]"""
    try:
        return max(0.0, min(float(value), _LONGEST))
    except ValueError:
        return 0.0


def _is_rpc(content: bytes) -> bool:
    """Some nodes send JSON-RPC errors under an HTTP error status."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, list) or (isinstance(value, dict) and "jsonrpc" in value)


def _match(content: bytes, ids: Sequence[int]) -> list[Any] | str:
    """The answers in the order of `ids`, or what is wrong with them."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return "the answer is not JSON, or was cut off"
    if isinstance(value, dict):
        if value.get("id") is None and isinstance(value.get("error"), dict):
            error = value["error"]
            return f"it refused the request: {error.get('message')} (code {error.get('code')})"
        value = [value]
    if not isinstance(value, list):
        return "the answer is no JSON-RPC message"
    found = {entry.get("id"): entry for entry in value if isinstance(entry, dict)}
    answers: list[Any] = []
    for number in ids:
        entry = found.get(number)
        if entry is None or ("result" not in entry and not isinstance(entry.get("error"), dict)):
            return "the answer belongs to another question"
        if "error" in entry and entry["error"] is not None:
            error = entry["error"]
            answers.append(
                RpcError(int(error.get("code", 0)), str(error.get("message", "")), error.get("data"))
            )
        else:
            answers.append(entry["result"])
    return answers
