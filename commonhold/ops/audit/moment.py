"""One transaction under replay: what the twin says must move and be told in it, and what the logs say.

Money is matched as a sum of each (contract, counterpart): in, out, and held back for a party that could not
be paid. Events that follow from others are announced by the twin and crossed off as they come. Amounts
[cmt], times [unix], days [day], months [month].
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from commonhold.chain.rawlogs import Log
from commonhold.ops.audit.findings import Findings
from commonhold.rules.calendar import day_of, month_of

NOTHING: Final = "no log"
NOBODY: Final = "0x" + "00" * 20

Key = tuple[str, str, Hashable, str]  # contract, event, id, field
IN, OUT, HELD, STRAIGHT = "in", "out", "held", "straight"  # ways of money


class Flow(NamedTuple):
    """Money that moves in a transaction, and what for, as the twin says. [cmt]

    way: IN from a wallet ("" = whoever called) to the contract, OUT of it to a wallet, HELD in it for a
    party, STRAIGHT from one wallet to another (NOBODY at the two ends of all money). about: what it is
    about, as ("lease", 7)."""

    contract: str
    way: str
    who: str | int
    amount: int
    why: str = ""
    about: tuple[str, int] = ("", 0)
    to: str = ""  # of STRAIGHT


@dataclass(slots=True)
class Pull:
    """A payment whose money the token moves next: from a payer to the contract and its payees."""

    contract: str
    total: int
    left: int


@dataclass(slots=True)
class Moment:
    """One transaction. wallets are lower-case hex."""

    findings: Findings
    block: int
    time: int
    transaction: str
    offset: int  # of the community's calendar [s]
    day: int = 0
    month: int = 0
    logs: Sequence[Log] = ()
    kinds: frozenset[tuple[str, Hashable]] = frozenset()  # (event, lease) of those that end a call
    wanted_in: dict[tuple[str, str], int] = field(default_factory=dict)
    wanted_any: dict[str, int] = field(default_factory=dict)  # by a payer whom no log names
    wanted_out: dict[tuple[str, str], int] = field(default_factory=dict)
    wanted_held: dict[tuple[str, int], int] = field(default_factory=dict)
    got_in: dict[tuple[str, str], int] = field(default_factory=dict)
    got_out: dict[tuple[str, str], int] = field(default_factory=dict)
    got_held: dict[tuple[str, int], int] = field(default_factory=dict)
    pulls: dict[str, list[Pull]] = field(default_factory=dict)  # by payer
    authorized: list[str] = field(default_factory=list)  # signers of transfers to come
    announced: dict[Key, list[Any]] = field(default_factory=dict)
    scratch: dict[Hashable, Any] = field(default_factory=dict)  # what the books remember of this transaction
    flows: list[Flow] | None = None  # kept where somebody wants to read them
    why: str = ""  # what the money that moves next is for
    about: tuple[str, int] = ("", 0)

    def __post_init__(self) -> None:
        self.day = day_of(self.time, self.offset)
        self.month = month_of(self.day)

    # ---- money

    def purpose(self, why: str, about: str, id_: int) -> None:
        """What the money that moves next is for: purpose("rent", "lease", 7)."""
        self.why, self.about = why, (about, id_)

    def _note(self, contract: str, way: str, who: str | int, amount: int) -> None:
        if self.flows is not None:
            self.flows.append(Flow(contract, way, who, amount, self.why, self.about))

    def straight(self, sender: str, receiver: str, amount: int) -> None:
        """From one wallet to another, created or destroyed. [cmt]"""
        if self.flows is not None:
            self.flows.append(Flow("", STRAIGHT, sender, amount, to=receiver))

    def take(self, contract: str, wallet: str, amount: int) -> None:
        """The contract collects or pulls this from a wallet. [cmt]"""
        if amount:
            self._note(contract, IN, wallet, amount)
            key = (contract, wallet)
            self.wanted_in[key] = self.wanted_in.get(key, 0) + amount

    def take_from_somebody(self, contract: str, amount: int) -> None:
        """The contract is paid by a caller whom its events do not name. [cmt]"""
        if amount:
            self._note(contract, IN, "", amount)
            self.wanted_any[contract] = self.wanted_any.get(contract, 0) + amount

    def give(self, contract: str, wallet: str, amount: int) -> None:
        """The contract pays this to a wallet. [cmt]"""
        if amount:
            self._note(contract, OUT, wallet, amount)
            key = (contract, wallet)
            self.wanted_out[key] = self.wanted_out.get(key, 0) + amount

    def hold(self, contract: str, party: int, amount: int) -> None:
        """The contract keeps this for a party that cannot be paid; never nothing. [cmt]"""
        self._note(contract, HELD, party, amount)
        key = (contract, party)
        self.wanted_held[key] = self.wanted_held.get(key, 0) + amount

    def pull(self, contract: str, payer: str, *parts: tuple[str, int]) -> None:
        """The next transfers of the payer, up to this sum, are a payment to the contract: in parts, each with
        what it is for. [cmt]"""
        amount = sum(part for _, part in parts)
        if amount:
            self.pulls.setdefault(payer, []).append(Pull(contract, amount, amount))
        for self.why, part in parts:
            self.take(contract, payer, part)

    def held_back(self, contract: str, party: int, amount: int) -> None:
        """A log says that a share waits for a party. [cmt]"""
        key = (contract, party)
        self.got_held[key] = self.got_held.get(key, 0) + amount

    # ---- events

    def announce(self, contract: str, event: str, id_: Hashable, name: str, value: Any) -> None:
        """The twin says that this event must come."""
        self.announced.setdefault((contract, event, id_, name), []).append(value)

    def meet(self, contract: str, event: str, id_: Hashable, name: str, value: Any) -> None:
        """It came: with the value announced, or there is a difference."""
        key = (contract, event, id_, name)
        waiting = self.announced.get(key)
        if not waiting:
            self.findings.differ(contract, str(id_), f"{event}.{name}", NOTHING, value)
            return
        at = waiting.index(value) if value in waiting else 0
        self.findings.check(contract, str(id_), f"{event}.{name}", waiting.pop(at), value)

    def awaits(self, contract: str, event: str, id_: Hashable, name: str) -> bool:
        """Whether such an event was announced and has not come yet."""
        return bool(self.announced.get((contract, event, id_, name)))

    # ---- the end of the transaction

    def close(self) -> None:
        """Everything that was to come has come, and all money is explained."""
        for (contract, event, id_, name), waiting in self.announced.items():
            for value in waiting:
                self.findings.differ(contract, str(id_), f"{event}.{name}", value, NOTHING)
        self._close_in()
        _compare(self.findings, "paid to", self.wanted_out, self.got_out)
        _compare(self.findings, "held for party", self.wanted_held, self.got_held)

    def _close_in(self) -> None:
        if not self.wanted_any:
            if self.wanted_in != self.got_in:
                _compare(self.findings, "paid by", self.wanted_in, self.got_in)
            return
        rest: dict[str, int] = {}
        for contract, wallet in {**self.wanted_in, **self.got_in}:
            wanted = self.wanted_in.get((contract, wallet), 0)
            got = self.got_in.get((contract, wallet), 0)
            if got < wanted or (got > wanted and contract not in self.wanted_any):
                self.findings.differ(contract, f"wallet {wallet}", "paid by", wanted, got)
            elif contract in self.wanted_any:
                rest[contract] = rest.get(contract, 0) + got - wanted
        for contract, wanted in self.wanted_any.items():
            self.findings.check(contract, "whoever called", "paid by", wanted, rest.get(contract, 0))


def _compare(
    findings: Findings, what: str, wanted: dict[tuple[str, Any], int], got: dict[tuple[str, Any], int]
) -> None:
    if wanted == got:
        return
    for contract, who in {**wanted, **got}:
        expected, found = wanted.get((contract, who), 0), got.get((contract, who), 0)
        if expected != found:
            id_ = f"party {who}" if isinstance(who, int) else f"wallet {who}"
            findings.differ(contract, id_, what, expected, found)
