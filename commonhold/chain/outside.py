"""Transactions that somebody else signs and broadcasts: a wallet in a browser, the owners of a Safe.

Their bytes are never seen here, so the journal cannot hold them. It holds what was asked for instead, before
the wallet is asked, and the hash as soon as the wallet names it. After a crash in between, the chain itself
says what the wallet did: by the sender's count of transactions and, where that has moved on, by looking for
the transaction with this content since the block at which it was asked for.

Entries of the journal: `asked` (what, from whom, at which block), `sent` (the hash that the wallet named),
`answered` (how it ended; hash None: it was never sent).
"""

import itertools
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from eth_utils.crypto import keccak

from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.journal import Journal
from commonhold.chain.receipts import Order, Receipt, TransactionLost, Waiting, receipt_of
from commonhold.chain.signing import OutsideSigner, Prepared, Transaction
from commonhold.errors import ChainError, SigningError

_HASH: Final = re.compile(r"0x[0-9a-f]{64}\Z")
_BLOCKS: Final = 50  # asked for in one array
_KEPT: Final = 20  # blocks before the one of the question that are searched too: nodes lag and reorganise


class WalletChangedIt(ChainError):
    """The wallet sent something else than what it was asked to send."""


class Going(Protocol):
    """What this module needs of a flight (`chain.flight`)."""

    order: Order
    transaction: Transaction
    hashes: list[str]
    receipt: Receipt | None


class Desk:
    """Hands transactions to outside signers, and finds out what became of them."""

    def __init__(self, connection: Connection, journal: Journal | None, waiting: Waiting) -> None:
        self._connection = connection
        self._journal = journal
        self._waiting = waiting
        self._asks: dict[int, int] = {}  # id of a flight -> number of its question

    # ---- ask

    def hand_over(self, flights: Sequence[Going]) -> None:
        """Ask the signers, in order; every flight has a hash when this returns. Raises SigningError."""
        for _, group in itertools.groupby(flights, key=lambda flight: id(flight.order.signer)):
            self._ask(list(group))

    def _ask(self, flights: Sequence[Going]) -> None:
        signer = flights[0].order.signer
        if not isinstance(signer, OutsideSigner):
            raise TypeError(f"{type(signer).__name__} gives signed bytes: it is not asked here")
        if signer.sends:
            self._write_asked(flights)

        def sent(index: int, hash_: str) -> None:
            found = str(hash_).lower()
            if not _HASH.match(found):
                raise SigningError(
                    "The wallet answered with something that is no transaction's hash.",
                    "Look into the wallet whether it sent anything, then run this again.",
                )
            flights[index].hashes.append(found)
            self._note("sent", flights[index], hash=found)

        signer.hand_over([Prepared(flight.order.call, flight.transaction) for flight in flights], sent)
        if not all(flight.hashes for flight in flights):
            raise SigningError("The wallet did not send everything.", "Run this again: it continues.")

    def _write_asked(self, flights: Sequence[Going]) -> None:
        if self._journal is None:
            return
        first = len(self._journal.entries("asked"))
        block = self._connection.block_number()
        entries = []
        for number, flight in enumerate(flights, start=first):
            self._asks[id(flight)] = number
            call = flight.order.call
            entries.append(
                {
                    "kind": "asked",
                    "ask": number,
                    "label": call.label,
                    "from": str(flight.order.signer.address),
                    "nonce": flight.transaction.nonce,
                    "to": call.to,
                    "input": _digest(call.data),
                    "value": hex(call.value),
                    "block": block,
                    **({"for": flight.order.reference} if flight.order.reference else {}),
                }
            )
        self._journal.append(entries)

    def _note(self, kind: str, flight: Going, **values: Any) -> None:
        if self._journal is not None and id(flight) in self._asks:
            self._journal.append([{"kind": kind, "ask": self._asks[id(flight)], **values}])

    # ---- watch

    def replaced(self, flight: Going) -> None:
        """Where the sender's count has moved past a missing transaction: what took its place, sped up or not.

        Raises TransactionLost if it was something else.
        """
        sender, number = str(flight.order.signer.address), flight.transaction.nonce
        if self._connection.nonce(sender, "latest") <= number:
            return
        answers = self._connection.batch([("eth_getTransactionReceipt", (hash_,)) for hash_ in flight.hashes])
        if any(isinstance(answer, dict) and answer.get("blockNumber") for answer in answers):
            return
        wanted = _wanted(flight)
        found = self._search(wanted, max(0, self._connection.block_number() - _KEPT - _BLOCKS))
        if found is None:
            raise TransactionLost(
                f"{flight.order.call.label}: another transaction of {sender} took its number.",
                "Was it cancelled in the wallet? Look at what was sent instead, then run this again.",
            )
        flight.hashes.append(str(found["hash"]))

    def landed(self, flight: Going) -> None:
        """What was mined is what was asked for. Raises WalletChangedIt."""
        if flight.receipt is None:
            return
        receipt = flight.receipt
        found = self._connection.call("eth_getTransactionByHash", receipt.hash)
        if not isinstance(found, dict) or not _same(found, _wanted(flight)):
            raise WalletChangedIt(
                f"{flight.order.call.label}: the wallet sent {receipt.hash}, not what was asked for: "
                "its target, its content, its value, its sender or its number differ.",
                "Look at it in an explorer and at the wallet's settings before you send anything more.",
            )
        self._note("answered", flight, hash=receipt.hash, block=receipt.block, ok=receipt.ok)

    # ---- after a crash

    def finish(self) -> list[Receipt]:
        """What became of the questions that an earlier run left open. Raises TransactionLost."""
        if self._journal is None:
            return []
        sent = {entry["ask"]: entry["hash"] for entry in self._journal.entries("sent")}
        done = {entry["ask"] for entry in self._journal.entries("answered")}
        receipts = []
        for entry in self._journal.entries("asked"):
            if entry["ask"] in done:
                continue
            receipt = self._outcome(entry, sent.get(entry["ask"]))
            answer = (
                {"hash": None}
                if receipt is None
                else {"hash": receipt.hash, "block": receipt.block, "ok": receipt.ok}
            )
            self._journal.append([{"kind": "answered", "ask": entry["ask"], **answer}])
            if receipt is not None:
                receipts.append(receipt)
        return receipts

    def _outcome(self, entry: Mapping[str, Any], hash_: str | None) -> Receipt | None:
        """Waits for what is under way; None for what was never sent, or whose number went to another."""
        end = time.monotonic() + self._waiting.timeout
        while True:
            if hash_ is not None and (receipt := self._receipt(hash_)) is not None:
                return receipt
            if self._connection.nonce(entry["from"], "latest") > entry["nonce"]:
                found = self._search(entry, max(0, entry["block"] - _KEPT))
                return None if found is None else self._receipt(str(found["hash"]))
            if hash_ is None and self._connection.nonce(entry["from"], "pending") <= entry["nonce"]:
                return None
            if time.monotonic() >= end:
                raise TransactionLost(
                    f"{entry['label']}: what the wallet sent is not mined.",
                    "Speed it up or cancel it in the wallet, then run this again.",
                )
            time.sleep(min(self._waiting.poll, 0.1))

    def _receipt(self, hash_: str) -> Receipt | None:
        found = self._connection.call("eth_getTransactionReceipt", hash_)
        return receipt_of(found) if isinstance(found, dict) and found.get("blockNumber") else None

    def _search(self, wanted: Mapping[str, Any], first: int) -> Mapping[str, Any] | None:
        """The transaction with this content in the blocks from `first` on."""
        last = self._connection.block_number()
        for start in range(first, last + 1, _BLOCKS):
            numbers = range(start, min(start + _BLOCKS, last + 1))
            blocks = self._connection.batch([("eth_getBlockByNumber", (hex(n), True)) for n in numbers])
            for block in blocks:
                if isinstance(block, RpcError):
                    raise block
                for found in (block or {}).get("transactions", ()):
                    if _same(found, wanted):
                        return dict(found)
        return None


def _digest(data: bytes) -> str:
    return "0x" + keccak(data).hex()


def _wanted(flight: Going) -> dict[str, Any]:
    call = flight.order.call
    return {
        "from": str(flight.order.signer.address),
        "nonce": flight.transaction.nonce,
        "to": call.to,
        "input": _digest(call.data),
        "value": hex(call.value),
    }


def _same(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Sender, target, content and value agree; the number at least, since wallets count by themselves.

    What creates a contract must have the very number, on which its address depends.
    """
    number = int(found["nonce"], 16)
    return (
        str(found["from"]).lower() == str(wanted["from"]).lower()
        and (found.get("to") or "").lower() == (wanted["to"] or "").lower()
        and int(found["value"], 16) == int(wanted["value"], 16)
        and (number >= wanted["nonce"] if wanted["to"] else number == wanted["nonce"])
        and _digest(bytes.fromhex(str(found["input"])[2:])) == wanted["input"]
    )
