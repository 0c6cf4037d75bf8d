"""The only sender: simulate, decode what the contract says, cap the fee, journal, send, wait, check.

`Sender.send` sends one call. `Sender.send_many` sends hundreds: nonces counted here, signed here, broadcast
and confirmed in arrays of 200 calls in one HTTP request. Both survive a lost request or answer, a full node,
an evicted or stuck transaction, a reorganisation, and the end of this process between signing and sending
(`resume`): the same bytes are sent again, never a second transaction in their place.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from commonhold.chain import errors_decode
from commonhold.chain.call import Call
from commonhold.chain.connect import BATCH, Connection, RpcError
from commonhold.chain.errors_decode import ContractError
from commonhold.chain.flight import Tower
from commonhold.chain.journal import Journal
from commonhold.chain.receipts import (
    GAS_MOST,
    GWEI,
    CallRefused,
    Fees,
    FeeTooHigh,
    Interrupted,
    Order,
    Outcome,
    Receipt,
    TransactionFailed,
    TransactionLost,
    Waiting,
)
from commonhold.chain.signing import AnySigner, DevAccount, Signer, address_of, refuse_dev_key
from commonhold.chain.transit import Flight, NumberMissing
from commonhold.errors import SigningError

__all__ = [
    "GAS_MOST",
    "GWEI",
    "AnySigner",
    "CallRefused",
    "DevAccount",
    "FeeTooHigh",
    "Fees",
    "Interrupted",
    "Order",
    "Outcome",
    "Receipt",
    "Sender",
    "Signer",
    "TransactionFailed",
    "TransactionLost",
    "Waiting",
]

# Gas limits above the estimate: a quarter, and room for a few slots more, because a call may cost more in the
# next second than in this one (a checkpoint of the roll, a mandate's new month). What is not used is free.
_MARGIN: Final = 5, 4
_ROOM: Final = 100_000
_TRIES_FOR_NUMBER: Final = 5


class Sender:
    """Sends on one connection. Give a journal wherever money is real."""

    def __init__(
        self,
        connection: Connection,
        signer: AnySigner | None = None,
        *,
        journal: Journal | None = None,
        fees: Fees | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        self.connection = connection
        self.fees = fees or Fees()
        self.waiting = waiting or Waiting()
        self._signer = signer
        self._journal = journal
        self._tower = Tower(connection, journal, self.fees, self.waiting)
        self._lock = threading.RLock()

    @property
    def signer(self) -> AnySigner:
        if self._signer is None:
            raise SigningError("No key was given, so nothing can be sent.", "Name a keystore with --key.")
        return self._signer

    @property
    def address(self) -> str:
        return address_of(self.signer)

    @property
    def journal(self) -> Journal | None:
        return self._journal

    # ---- look without sending

    def simulate(self, call: Call, sender: str | None = None, block: str = "latest") -> bytes:
        """What the call would answer. Raises CallRefused with the contract's reason."""
        try:
            answer = self.connection.call("eth_call", call.request(sender or self.address), block)
        except RpcError as error:
            raise CallRefused(call, _refusal(error)) from None
        return bytes.fromhex(answer[2:])

    def simulate_many(self, calls: Sequence[tuple[str, Call]]) -> list[ContractError | None]:
        """For each (sender, call): None if it would work now, otherwise why not."""
        questions = [("eth_call", (call.request(sender), "latest")) for sender, call in calls]
        answers = self.connection.batch(questions)
        return [_refusal(answer) if isinstance(answer, RpcError) else None for answer in answers]

    # ---- send one

    def send(self, call: Call, *, gas: int | None = None, nonce: int | None = None) -> Receipt:
        """Send one call and wait for it.

        gas: the limit [gas]; without it the call is simulated and estimated first, and refused calls are not
        sent. nonce: insist on this number. Raises CallRefused, TransactionFailed, FeeTooHigh,
        TransactionLost.
        """
        with self._lock:
            refuse_dev_key(self.signer, self.connection.chain_id)
            if gas is None:
                self.simulate(call)
                figure = self._estimate([Order(self.signer, call)])[0]
                if isinstance(figure, ContractError):
                    raise CallRefused(call, figure)
                gas = figure
            for _ in range(1 if nonce is not None else _TRIES_FOR_NUMBER):
                number = self.connection.nonce(self.address) if nonce is None else nonce
                flights = self._tower.prepare([Order(self.signer, call, gas)], [number], self.price())
                if not self._tower.broadcast(flights):
                    self._tower.land(flights)
                    return self._checked(flights[0])
        raise TransactionLost(
            f"{call.label}: the number {number} of {self.address} was used by another transaction.",
            "Is the same key at work elsewhere? Stop that, then run this again.",
        )

    def _checked(self, flight: Flight) -> Receipt:
        receipt = _landed(flight)
        if not receipt.ok:
            raise TransactionFailed(flight.order.call, receipt.hash, self._reason(flight, receipt))
        return receipt

    def send_at(self, calls: Sequence[Call], first: int) -> int:
        """Send as many of these as can be estimated now, with the numbers from `first`; returns how many.

        All are on their way at once, and done when they are mined: `resume` sees that they are buried.
        Raises what `send` raises.
        """
        with self._lock:
            refuse_dev_key(self.signer, self.connection.chain_id)
            limits = self._estimate([Order(self.signer, call) for call in calls])
            ready = list(itertools.takewhile(lambda limit: isinstance(limit, int), limits))
            if not ready and isinstance(limits[0], ContractError):
                raise CallRefused(calls[0], limits[0])
            orders = [
                Order(self.signer, call, limit)
                for call, limit in zip(calls, ready, strict=False)
                if isinstance(limit, int)
            ]
            numbers = range(first, first + len(orders))
            flights = self._tower.prepare(orders, numbers, self.price())
            taken = self._tower.broadcast(flights)
            self._tower.land([flight for flight in flights if flight not in taken], depth=0)
            for flight in flights:
                if flight not in taken:
                    self._checked(flight)
        if taken:
            raise TransactionLost(
                f"{taken[0].order.call.label}: the number {taken[0].transaction.nonce} of {self.address} was "
                "used by another transaction.",
                "Is the same key at work elsewhere? Stop that, then run this again.",
            )
        return len(orders)

    # ---- send many

    def send_many(
        self,
        orders: Iterable[Order | Call],
        *,
        check: bool = True,
        depth: int | None = None,
        least: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> list[Outcome]:
        """Send all, in order, in arrays of 200, and wait for each array before the next.

        depth: wait only until they are so deep; `resume` then waits for the rest of `waiting.depth`.
        least: the lowest number that any may take. While the node lacks one before it, raises NumberMissing.

        Calls of one array are estimated in the state before it: give `gas` where one needs an earlier one.
        With `check`, the first refusal or failure raises (CallRefused before anything of its array is sent);
        otherwise the outcomes tell, and a refused call is not sent. `progress` hears how many more are done.
        """
        todo = [order if isinstance(order, Order) else Order(self.signer, order) for order in orders]
        for signer in {address_of(order.signer): order.signer for order in todo}.values():
            refuse_dev_key(signer, self.connection.chain_id)
        outcomes: list[Outcome] = []
        with self._lock:
            for start in range(0, len(todo), BATCH):
                part = self._send_part(todo[start : start + BATCH], check, depth, least)
                outcomes.extend(part)
                if progress is not None:
                    progress(len(part))
        return outcomes

    def _send_part(
        self, orders: Sequence[Order], check: bool, depth: int | None, least: int
    ) -> list[Outcome]:
        limits = self._limits(orders)
        if check:
            for order, limit in zip(orders, limits, strict=True):
                if isinstance(limit, ContractError):
                    raise CallRefused(order.call, limit)
        ready = [
            replace(order, gas=limit)
            for order, limit in zip(orders, limits, strict=True)
            if isinstance(limit, int)
        ]
        flights = iter(self._fly(ready, depth, least))
        outcomes = []
        for order, limit in zip(orders, limits, strict=True):
            if isinstance(limit, ContractError):
                outcomes.append(Outcome(order, None, limit))
                continue
            flight = next(flights)
            receipt = self._checked(flight) if check else _landed(flight)
            outcomes.append(Outcome(order, receipt, None if receipt.ok else self._reason(flight, receipt)))
        return outcomes

    def _fly(self, orders: Sequence[Order], depth: int | None, least: int) -> list[Flight]:
        """Sign, broadcast and land; what lost its number to another transaction gets the next one."""
        landed: dict[int, Flight] = {}
        todo = list(enumerate(orders))
        for _ in range(_TRIES_FOR_NUMBER):
            if not todo:
                break
            part = [order for _, order in todo]
            flights = self._tower.prepare(part, self._numbers(part, least), self.price())
            taken = self._tower.broadcast(flights)
            flown = [
                (index, flight)
                for (index, _), flight in zip(todo, flights, strict=True)
                if flight not in taken
            ]
            self._tower.land([flight for _, flight in flown], depth)
            landed.update(flown)
            todo = [(index, order) for index, order in todo if index not in landed]
        if todo:
            raise TransactionLost(
                f"{len(todo)} of {len(orders)} transactions lost their number to others of the same key.",
                "Is it at work elsewhere? Stop that, then run this again: what was sent is not sent twice.",
            )
        return [landed[index] for index in range(len(orders))]

    def _numbers(self, orders: Sequence[Order], least: int) -> list[int]:
        """Nonces for the orders, counted on from what the node knows of each signer. Raises NumberMissing."""
        addresses = list(dict.fromkeys(address_of(order.signer) for order in orders))
        answers = self.connection.batch(
            [("eth_getTransactionCount", (address, "pending")) for address in addresses]
        )
        following: dict[str, int] = {}
        for address, answer in zip(addresses, answers, strict=True):
            if isinstance(answer, RpcError):
                raise answer
            following[address] = int(answer, 16)
        numbers = []
        for order in orders:
            address = address_of(order.signer)
            if following[address] < least:
                raise NumberMissing(order)
            numbers.append(following[address])
            following[address] += 1
        return numbers

    # ---- what it may cost

    def estimate(self, call: Call) -> int:
        """What the node says the call needs now [gas], without margin. Raises CallRefused."""
        try:
            return int(self.connection.call("eth_estimateGas", call.request(self.address)), 16)
        except RpcError as error:
            raise CallRefused(call, _refusal(error)) from None

    def _limits(self, orders: Sequence[Order]) -> list[int | ContractError]:
        """The gas limit of each order, or why it would be refused."""
        estimates = iter(self._estimate([order for order in orders if order.gas is None]))
        return [next(estimates) if order.gas is None else order.gas for order in orders]

    def _estimate(self, orders: Sequence[Order]) -> list[int | ContractError]:
        questions = [("eth_estimateGas", (order.call.request(address_of(order.signer)),)) for order in orders]
        figures: list[int | ContractError] = []
        for order, answer in zip(orders, self.connection.batch(questions), strict=True):
            if isinstance(answer, RpcError):
                figures.append(_refusal(answer))
                continue
            needed = int(answer, 16)
            if needed > self.fees.gas_most:
                raise FeeTooHigh(
                    f"{order.call.label}: the node estimates {needed:,} gas, more than the "
                    f"{self.fees.gas_most:,} allowed for one transaction.",
                    "Nothing was sent; send less at a time.",
                )
            figures.append(min(needed * _MARGIN[0] // _MARGIN[1] + _ROOM, self.fees.gas_most))
        return figures

    def price(self) -> tuple[int, int]:
        """(most per gas, tip) for a transaction sent now [wei/gas]; waits at most `fees.patience`.

        Raises FeeTooHigh.
        """
        end = time.monotonic() + self.fees.patience
        while True:
            base = self.connection.block().base_fee
            if base <= self.fees.cap:
                tip = min(self.fees.tip, self.fees.cap - base)
                return min(2 * base + tip, self.fees.cap), tip
            if time.monotonic() >= end:
                raise FeeTooHigh(
                    f"The network asks {base / GWEI:,.2f} gwei for one gas, more than the "
                    f"{self.fees.cap / GWEI:,.2f} allowed.",
                    "Nothing more was sent. Wait, or raise max_fee_gwei in commonhold.toml.",
                )
            time.sleep(min(self.waiting.poll, max(0.01, end - time.monotonic())))

    # ---- afterwards

    def _reason(self, flight: Flight, receipt: Receipt) -> ContractError:
        """Why a mined transaction failed: the same call on the block before its own, or where it works on it.

        What makes it fail can stand in its own block, before it: there the state after the block tells.
        """
        request = flight.order.call.request(address_of(flight.order.signer))
        request["gas"] = hex(flight.transaction.gas)
        states = (receipt.block - 1, receipt.block)
        for answer in self.connection.batch([("eth_call", (request, hex(state))) for state in states]):
            if isinstance(answer, RpcError) and answer.revert_data:
                return errors_decode.decode(answer.revert_data)
        if receipt.gas_used >= flight.transaction.gas * 63 // 64:
            return ContractError("OutOfGas", {"gas": flight.transaction.gas}, b"")
        return errors_decode.decode(b"")

    def finish(self, entries: Sequence[Mapping[str, Any]]) -> list[Receipt]:
        """Bring these signed transactions of the journal to their end, as `resume` does with all of them."""
        with self._lock:
            return self._tower.finish(entries, self._signer)

    def resume(self) -> list[Receipt]:
        """Bring to its end what the journal knows as signed but not as mined: the same bytes, sent again.

        Returns the receipts; a transaction whose number another one used is marked as dropped.
        """
        if self._journal is None:
            return []
        with self._lock:
            ours = self._tower.finish(self._journal.unfinished(), self._signer)
            return [*ours, *self._tower.finish_outside()]


def _refusal(error: RpcError) -> ContractError:
    """The contract's answer in a node's error; any other error of the node is raised as it is."""
    data = error.revert_data
    if data is None:
        raise error
    return errors_decode.decode(data)


def _landed(flight: Flight) -> Receipt:
    if flight.receipt is None:
        raise TransactionLost(f"{flight.order.call.label} has no receipt.", "Run this again: it continues.")
    return flight.receipt
