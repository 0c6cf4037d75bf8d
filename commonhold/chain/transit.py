"""One transaction on its way, and how it is made: from an order, or from what a journal knows of it."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from commonhold.chain.call import Call
from commonhold.chain.receipts import Order, Receipt, TransactionLost
from commonhold.chain.signing import (
    AnySigner,
    DevAccount,
    OutsideSigner,
    Transaction,
    address_of,
    sign,
    signed_in,
)
from commonhold.errors import ChainError


@dataclass(slots=True)
class Flight:
    """One transaction; `hashes` grows with its fee. raw is None where the node or a wallet signs."""

    order: Order
    transaction: Transaction
    raw: bytes | None
    hashes: list[str]
    since: float
    receipt: Receipt | None = None

    @property
    def sender(self) -> str:
        return address_of(self.order.signer)

    @property
    def outside(self) -> bool:
        """Whether somebody else signs and broadcasts it."""
        return isinstance(self.order.signer, OutsideSigner)

    def question(self) -> tuple[str, tuple[Any, ...]]:
        """The call of the node that broadcasts it."""
        if self.raw is not None:
            return "eth_sendRawTransaction", ("0x" + self.raw.hex(),)
        fields = self.order.call.request(self.sender) | {
            "nonce": hex(self.transaction.nonce),
            "gas": hex(self.transaction.gas),
            "maxFeePerGas": hex(self.transaction.max_fee),
            "maxPriorityFeePerGas": hex(self.transaction.tip),
        }
        return "eth_sendTransaction", (fields,)


class NumberTaken(TransactionLost):
    """Another transaction has used the number of a flight, for good."""

    def __init__(self, flight: Flight) -> None:
        super().__init__(
            f"{flight.order.call.label}: another transaction of {flight.sender} took its number.",
            "Look at what that one did, then run this again.",
        )
        self.flight = flight


class NumberMissing(TransactionLost):
    """The node lacks a transaction before this one, which waits for it for ever, or would take its number."""

    def __init__(self, order: Order) -> None:
        super().__init__(
            f"{order.call.label}: the node lacks an earlier transaction of {address_of(order.signer)}.",
            "A reorganisation may have taken it back. Run the same command again: it sends it once more.",
        )


def flights_of(entries: Iterable[Mapping[str, Any]], signer: AnySigner | None) -> list[Flight]:
    """Flights from the journal; those of one number are versions of one transaction, the dearest last."""
    flights: dict[tuple[str, int], Flight] = {}
    for entry in entries:
        key = entry["from"], entry["nonce"]
        raw = bytes.fromhex(entry["raw"][2:])
        transaction = signed_in(raw)
        known = flights.get(key)
        if known is not None and known.transaction.data == transaction.data:
            known.hashes.append(entry["hash"])
            known.raw, known.transaction = raw, transaction
            continue
        own = signer is not None and address_of(signer) == entry["from"]
        who: AnySigner = signer if own and signer is not None else DevAccount(entry["from"])
        contract, _, function = str(entry["label"]).partition(".")
        call = Call(transaction.to, transaction.data, contract, function, transaction.value)
        order = Order(who, call, transaction.gas, str(entry.get("for", "")))
        place = key if known is None else (entry["hash"], entry["nonce"])
        flights[place] = Flight(order, transaction, raw, [entry["hash"]], time.monotonic())
    return list(flights.values())


def too_poor(flight: Flight) -> ChainError:
    return ChainError(
        f"{flight.order.call.label}: {flight.sender} has too little of the chain's coin for gas.",
        "Fund it, then run this again.",
    )


def signed_flight(order: Order, transaction: Transaction) -> Flight:
    if isinstance(order.signer, DevAccount | OutsideSigner):
        return Flight(order, transaction, None, [], time.monotonic())
    done = sign(order.signer, transaction)
    return Flight(order, transaction, done.raw, [done.hash], time.monotonic())
