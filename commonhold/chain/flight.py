"""Transactions on their way: signed, written down, broadcast, watched until they are mined and buried.

Used by `send` alone. Met here: an answer lost after acceptance, "already known", a number used by another
transaction, an evicted transaction (the same bytes again), a stuck one (the same number, an eighth more fee),
a receipt that stays away, a node that falls behind, a reorganisation.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from commonhold.chain.connect import BATCH, Connection, RpcError
from commonhold.chain.journal import Journal
from commonhold.chain.outside import Desk
from commonhold.chain.receipts import Fees, Interrupted, Order, Receipt, TransactionLost, Waiting, receipt_of
from commonhold.chain.signing import AnySigner, DevAccount, Transaction
from commonhold.chain.transit import (
    Flight,
    NumberMissing,
    NumberTaken,
    flights_of,
    signed_flight,
    too_poor,
)

# What nodes say, in small letters (Anvil, Ganache, geth and their relatives).
_KNOWN: Final = ("already known", "already imported", "known transaction", "alreadyknown")
_NUMBER_USED: Final = ("nonce too low", "nonce is too low", "correct nonce", "invalid nonce", "underpriced")
_NO_COIN: Final = ("insufficient funds", "enough funds")
_FIRST_PAUSE: Final = 0.01
_OVERLOOKED: Final = 3.0  # after which a node that mines at once is asked to [s]
_MOMENT: Final = 0.5  # in which nobody asks where a transaction is [s]
_LOOKS: Final = 10  # for a transaction that a node does not know, a moment apart, before it is given up
_GAP: Final = 15.0  # after which a number before the waiting ones is looked for [s]


def _says(error: RpcError, words: Iterable[str]) -> bool:
    reason = error.reason.lower()
    return any(word in reason for word in words)


class Tower:
    """Signs, broadcasts and watches flights on one connection."""

    def __init__(self, connection: Connection, journal: Journal | None, fees: Fees, waiting: Waiting) -> None:
        self._connection = connection
        self._journal = journal
        self._fees = fees
        self._waiting = waiting
        self._desk = Desk(connection, journal, waiting)

    def _write(self, entries: Iterable[Mapping[str, Any]]) -> None:
        if self._journal is not None:
            self._journal.append(entries)

    # ---- sign

    def prepare(
        self, orders: Sequence[Order], numbers: Sequence[int], price: tuple[int, int]
    ) -> list[Flight]:
        """Sign all; what has bytes is on the disk when this returns. price: (most per gas, tip) [wei/gas]."""
        flights = []
        for order, number in zip(orders, numbers, strict=True):
            transaction = Transaction(
                chain_id=self._connection.chain_id,
                nonce=number,
                to=order.call.to,
                data=order.call.data,
                value=order.call.value,
                gas=order.gas or self._fees.gas_most,
                max_fee=price[0],
                tip=price[1],
            )
            flights.append(signed_flight(order, transaction))
        self._write_signed(flights)
        return flights

    def _write_signed(self, flights: Sequence[Flight]) -> None:
        self._write(
            {
                "kind": "signed",
                "label": flight.order.call.label,
                "from": flight.sender,
                "nonce": flight.transaction.nonce,
                "hash": flight.hashes[-1],
                "raw": "0x" + flight.raw.hex(),
                **({"for": flight.order.reference} if flight.order.reference else {}),
            }
            for flight in flights
            if flight.raw is not None
        )

    def _write_dropped(self, flights: Iterable[Flight]) -> None:
        self._write({"kind": "dropped", "hash": hash_} for flight in flights for hash_ in flight.hashes)

    # ---- broadcast

    def broadcast(self, flights: Sequence[Flight]) -> list[Flight]:
        """Hand all to the node; returns those whose number another transaction has used."""
        taken = []
        self._desk.hand_over([flight for flight in flights if flight.outside])
        ours = [flight for flight in flights if not flight.outside]
        for flight, answer in zip(ours, self._hand_over(ours), strict=True):
            if not isinstance(answer, RpcError):
                if flight.raw is None:
                    flight.hashes.append(str(answer))
            elif _says(answer, _KNOWN):
                continue
            elif _says(answer, _NUMBER_USED):
                if self._lost(flight):
                    taken.append(flight)
            elif _says(answer, _NO_COIN):
                raise too_poor(flight)
            elif not self._known(flight):  # some nodes mine a failing transaction and also report it
                raise answer
        self._write_dropped(taken)
        return taken

    def _hand_over(self, flights: Sequence[Flight]) -> list[Any]:
        """Signed bytes in arrays; what the node signs one by one, since Anvil loses some of an array."""
        if all(flight.raw is not None for flight in flights):
            return self._connection.batch([flight.question() for flight in flights])
        return [self._connection.batch([flight.question()])[0] for flight in flights]

    def _known(self, flight: Flight) -> bool:
        """Whether the node has a version of the transaction, mined or waiting."""
        answers = self._connection.batch([("eth_getTransactionByHash", (hash_,)) for hash_ in flight.hashes])
        return any(isinstance(answer, dict) for answer in answers)

    # ---- watch

    def land(self, flights: Sequence[Flight], depth: int | None = None) -> None:
        """Until every one is mined and buried: `waiting.depth` deep, or for now only `depth` deep.

        What is not as deep as `waiting.depth` stays unfinished in the journal, so that `finish` sees to it.
        Raises TransactionLost, NumberTaken, Interrupted.
        """
        wanted = self._waiting.depth if depth is None else depth
        end = time.monotonic() + self._waiting.timeout
        pause = _FIRST_PAUSE
        checked = time.monotonic()
        while True:
            self._look(flights)
            if time.monotonic() - checked > _OVERLOOKED and any(one.receipt is None for one in flights):
                self._look_anew(flights)
                checked = time.monotonic()
            missing = [flight for flight in flights if flight.receipt is None]
            if not missing and self._buried(flights, wanted):
                break
            if self._waiting.stop is not None and self._waiting.stop.is_set():
                raise Interrupted(
                    "Stopped while waiting for transactions to be mined and buried.",
                    "They are in the journal: run the same command again.",
                )
            if time.monotonic() >= end:
                names = ", ".join(flight.hashes[-1] for flight in missing[:3] if flight.hashes)
                raise TransactionLost(
                    f"{len(missing)} of {len(flights)} transactions were not mined, or not deep enough, "
                    f"within {self._waiting.timeout:g} s. {names}",
                    "They may still be. Run the same command again: it continues and sends nothing twice.",
                )
            time.sleep(pause)
            pause = min(pause * 2, self._waiting.poll)
            self._nudge(missing)
        if wanted < self._waiting.depth:
            return
        for flight in flights:
            if flight.outside:
                self._desk.landed(flight)
        self._write(
            {"kind": "mined", "hash": hash_, "block": flight.receipt.block, "ok": flight.receipt.ok}
            for flight in flights
            if flight.receipt is not None and flight.raw is not None
            for hash_ in flight.hashes
        )

    def _look(self, flights: Sequence[Flight]) -> None:
        asked = [(flight, hash_) for flight in flights if flight.receipt is None for hash_ in flight.hashes]
        answers = self._connection.batch([("eth_getTransactionReceipt", (hash_,)) for _, hash_ in asked])
        for (flight, _), answer in zip(asked, answers, strict=True):
            if isinstance(answer, dict) and answer.get("blockNumber"):
                flight.receipt = receipt_of(answer)

    def _look_anew(self, flights: Sequence[Flight]) -> None:
        """Believe no receipt from before: where a reorganisation took one back, others wait for it."""
        for flight in flights:
            flight.receipt = None
        self._look(flights)

    def _buried(self, flights: Sequence[Flight], depth: int) -> bool:
        """Whether all are deep enough and still on the chain; forgets what a reorganisation took."""
        if depth == 0 or not flights:
            return True
        before = [flight.receipt for flight in flights]
        deepest = max(receipt.block for receipt in before if receipt is not None)
        if self._connection.block_number() < deepest + depth:
            return False
        self._look_anew(flights)
        return all(
            flight.receipt is not None and old is not None and flight.receipt.block_hash == old.block_hash
            for flight, old in zip(flights, before, strict=True)
        )

    def _nudge(self, flights: Sequence[Flight]) -> None:
        """Send again what the node has lost, raise the fee of what is stuck; a new one is given a moment."""
        now = time.monotonic()
        for flight in flights:
            if flight.outside and now - flight.since > _MOMENT:
                self._desk.replaced(flight)
        waiting = [
            flight
            for flight in flights
            if flight.raw is not None and flight.hashes and now - flight.since > _MOMENT
        ]
        asked = [(index, hash_) for index, flight in enumerate(waiting) for hash_ in flight.hashes]
        answers = self._connection.batch([("eth_getTransactionByHash", (hash_,)) for _, hash_ in asked])
        known = {index for (index, _), answer in zip(asked, answers, strict=True) if isinstance(answer, dict)}
        for index, flight in enumerate(waiting):
            if index not in known:
                self._again(flight)
            elif time.monotonic() - flight.since > min(_GAP, self._waiting.stuck) and self._gap(
                waiting, flight
            ):
                raise NumberMissing(flight.order)
            elif time.monotonic() - flight.since > self._waiting.stuck:
                self._raise_fee(flight)
            elif time.monotonic() - flight.since > _OVERLOOKED and self._connection.is_local:
                self._wake()

    def _gap(self, waiting: Sequence[Flight], flight: Flight) -> bool:
        """Whether the node lacks a number before all that wait for it, which a reorganisation may have taken
        back: then no fee helps. Asked twice, since nodes behind one address can differ for a moment."""
        lowest = min(one.transaction.nonce for one in waiting if one.sender == flight.sender)
        if self._connection.nonce(flight.sender, "pending") >= lowest:
            return False
        time.sleep(_MOMENT)
        self._look([flight])
        return flight.receipt is None and self._connection.nonce(flight.sender, "pending") < lowest

    def _wake(self) -> None:
        """Have a development node that mines by itself mine what it has overlooked: Anvil does at times."""
        if self._connection.batch([("anvil_getAutomine", ())])[0] is True:
            self._connection.batch([("evm_mine", ())])

    def _again(self, flight: Flight) -> None:
        """The same bytes once more. Raises NumberTaken when they can never be mined."""
        answer = self._connection.batch([flight.question()])[0]
        if not isinstance(answer, RpcError):
            return
        if _says(answer, _NO_COIN):
            raise too_poor(flight)
        if _says(answer, _NUMBER_USED) and self._gone(flight):
            self._write_dropped([flight])
            raise NumberTaken(flight)

    def _gone(self, flight: Flight) -> bool:
        """Whether another transaction used its number, as deep as a transaction has to be to count.

        Asked last for the transaction itself, so that one mined in this moment is not given up.
        """
        head = self._connection.block_number()
        place = hex(max(0, head - self._waiting.depth)) if self._waiting.depth else "latest"
        if self._connection.nonce(flight.sender, place) <= flight.transaction.nonce:
            return False
        return self._lost(flight)

    def _lost(self, flight: Flight) -> bool:
        """Whether the node neither mined it nor has it waiting, asked for some seconds: while a block is
        written, a node can know of the number and not yet of the transaction."""
        for look in range(_LOOKS):
            if look:
                time.sleep(_MOMENT)
            self._look([flight])
            if flight.receipt is not None or self._known(flight):
                return False
        return True

    def _raise_fee(self, flight: Flight) -> None:
        """The same transaction with an eighth more fee, within the cap."""
        old = flight.transaction
        most, tip = -(-old.max_fee * 9 // 8), -(-old.tip * 9 // 8)
        flight.since = time.monotonic()
        if most > self._fees.cap or isinstance(flight.order.signer, DevAccount):
            return
        dearer = signed_flight(flight.order, replace(old, max_fee=most, tip=tip))
        flight.transaction, flight.raw = dearer.transaction, dearer.raw
        flight.hashes += dearer.hashes
        self._write_signed([flight])
        self._again(flight)

    # ---- after a crash

    def finish_outside(self) -> list[Receipt]:
        """What became of transactions that an earlier run had asked a wallet to send."""
        return self._desk.finish()

    def finish(self, entries: Sequence[Mapping[str, Any]], signer: AnySigner | None) -> list[Receipt]:
        """Bring journalled transactions to their end with the same bytes; what can never be mined is dropped.

        signer: raises the fee of its own that are stuck. Raises TransactionLost, Interrupted.
        """
        flights = flights_of(entries, signer)
        found: list[Receipt] = []
        for start in range(0, len(flights), BATCH):
            found += self._finish_part(flights[start : start + BATCH])
        return found

    def _finish_part(self, flights: list[Flight]) -> list[Receipt]:
        rest = flights
        while rest:
            try:
                self._look(rest)
                for flight in rest:
                    if flight.receipt is None:
                        self._again(flight)
                self.land(rest)
                break
            except NumberTaken as taken:
                rest = [flight for flight in rest if flight is not taken.flight]
        return [flight.receipt for flight in rest if flight.receipt is not None]
