"""Deposits: booked per tenant, reviewed with a clock on every side, paid out to the last unit.

The review of an ended lease: the landlord claims, the tenants answer, the arbiter awards; what is not
disputed is paid at once, and silence decides when a clock runs out. The contracts' twin is `DepositEscrow`
with `contracts/lib/DepositMath.sol`. Money [cmt], days [day]; parties by id, tenants also by account index.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from commonhold.rules.refused import Refused
from commonhold.rules.shares import Outgo

CLAIM_DAYS = 14
ANSWER_DAYS = 14
AWARD_DAYS = 30
EXTENSION_DAYS = 30
MAX_ITEMS = 32  # of a claim


class Phase(IntEnum):
    """Where a deposit is, the same numbers as `IDepositEscrow.Phase`."""

    NONE = 0
    HELD = 1  # the lease runs
    CLAIMING = 2
    ANSWERING = 3
    AWARDING = 4
    SETTLED = 5


class DepositRefused(Refused):
    """An act that DepositEscrow would refuse."""


class TenantAccount(Protocol):
    """What a deposit needs of one account of its lease."""

    @property
    def tenant(self) -> int:
        """Party."""

    landlord_debt: int  # what the landlord owes this tenant [cmt]


class Lease(Protocol):
    """What a deposit needs of its lease; `LeaseLedger` is one."""

    @property
    def landlord(self) -> int:
        """Party."""

    @property
    def accounts(self) -> Sequence[TenantAccount]:
        """One per tenant, by index."""

    def finish_closing(self) -> None:
        """The deposit is settled."""


@dataclass(slots=True)
class Deposit:
    """One lease's deposit and its review."""

    parts: list[int]  # what is left of each tenant's part [cmt]
    arbiter: int  # party, 0 = none
    phase: Phase = Phase.HELD
    extended: bool = False  # the present clock was
    answered: int = 0  # bit i: tenant i
    last_day: int = 0  # of whose turn it is [day]
    claim: int = 0  # [cmt]
    offer: int = 0  # the lowest answer [cmt]

    @property
    def left(self) -> int:
        """What is left of it. [cmt]"""
        return sum(self.parts)


def split_parts(parts: Sequence[int], amount: int) -> list[int]:
    """Divide `amount` over the parts in proportion to them. [cmt]

    Each in turn gives ⌊amount left × part ÷ parts left⌋: the sum is exact and nobody gives more than his
    part. `amount` is at most the sum of the parts."""
    left = sum(parts)
    if not 0 <= amount <= left:
        raise ValueError(f"{amount} cannot be split over parts that hold {left}")
    shares = []
    for part in parts:
        share = amount * part // left if part else 0
        shares.append(share)
        amount -= share
        left -= part
    return shares


def middle(offer: int, claim: int) -> int:
    """What the landlord gets in all where nobody decides; an odd unit stays with the tenants. [cmt]"""
    return offer + (claim - offer) // 2


@dataclass(slots=True)
class DepositBook:
    """All deposits of a community, by lease. Every act that pays answers the sums by party."""

    deposits: dict[int, Deposit] = field(default_factory=dict)
    owed: Outgo = field(default_factory=Outgo)  # shares that could not be delivered [cmt by party]

    @property
    def held(self) -> int:
        """Σ deposits left + Σ owed: the least that the escrow's purse holds. [cmt]"""
        return sum(deposit.left for deposit in self.deposits.values()) + sum(self.owed.values())

    def deposit(self, lease: int) -> Deposit:
        """One lease's deposit; a lease without one has an empty one."""
        return self.deposits.get(lease) or Deposit([], 0, Phase.NONE)

    # ---------------------------------------------------------------- for the leases

    def book(self, lease: int, parts: Sequence[int], arbiter: int) -> None:
        """A deposit comes in, one part per tenant. [cmt]"""
        if lease in self.deposits:
            raise DepositRefused("DepositBookedAlready", lease)
        self.deposits[lease] = Deposit(list(parts), arbiter)

    def take_arrears(self, lease: int, index: int, amount: int) -> int:
        """What comes out of one tenant's part for his arrears at closing. [cmt]"""
        deposit = self.deposit(lease)
        taken = min(amount, deposit.parts[index]) if index < len(deposit.parts) else 0
        if taken:
            self._in_phase(lease, Phase.HELD)
            deposit.parts[index] -= taken
        return taken

    def open_review(self, lease: int, day: int) -> bool:
        """Starts the landlord's clock; false if there is no deposit left to review."""
        deposit = self.deposit(lease)
        if not deposit.left:
            return False
        self._in_phase(lease, Phase.HELD)
        _start(deposit, Phase.CLAIMING, day + CLAIM_DAYS)
        return True

    # ---------------------------------------------------------------- landlord, tenants, arbiter

    def file_claim(self, lease: int, ledger: Lease, amounts: Sequence[int], day: int) -> Outgo:
        """The landlord claims these items, once; the rest goes to the tenants at once. [cmt]"""
        deposit = self._in_time(lease, Phase.CLAIMING, day)
        if len(amounts) > MAX_ITEMS:
            raise DepositRefused("DepositItemsInvalid", len(amounts), len(amounts), MAX_ITEMS)
        if 0 in amounts:
            raise DepositRefused("DepositItemZero", list(amounts).index(0))
        claim = sum(amounts)
        if claim > deposit.left:
            raise DepositRefused("DepositClaimTooLarge", lease, claim, deposit.left)
        if not claim:
            return _settle(deposit, ledger, 0)
        deposit.claim = deposit.offer = claim
        _start(deposit, Phase.ANSWERING, day + ANSWER_DAYS)
        return _pay(deposit, ledger, 0, deposit.left - claim)

    def accept_claim(self, lease: int, ledger: Lease, tenant: int, day: int) -> Outgo:
        """One tenant agrees to the claim."""
        deposit = self._in_time(lease, Phase.ANSWERING, day)
        return _answer(lease, deposit, ledger, tenant, deposit.claim, day)

    def make_offer(self, lease: int, ledger: Lease, tenant: int, offer: int, day: int) -> Outgo:
        """One tenant answers with less than the claim; the lowest stands. [cmt]"""
        deposit = self._in_time(lease, Phase.ANSWERING, day)
        if offer >= deposit.claim:
            raise DepositRefused("DepositOfferTooLarge", lease, offer, deposit.claim - 1)
        return _answer(lease, deposit, ledger, tenant, offer, day)

    def accept_offer(self, lease: int, ledger: Lease) -> Outgo:
        """The landlord takes the final offer."""
        deposit = self._in_phase(lease, Phase.AWARDING)
        return _settle(deposit, ledger, deposit.offer)

    def award(self, lease: int, ledger: Lease, amount: int, day: int) -> Outgo:
        """The arbiter decides what the landlord gets in all. [cmt]"""
        deposit = self._in_time(lease, Phase.AWARDING, day)
        if not deposit.offer <= amount <= deposit.claim:
            raise DepositRefused("DepositAwardOutside", lease, amount, deposit.offer, deposit.claim)
        return _settle(deposit, ledger, amount)

    # ---------------------------------------------------------------- open to all

    def finalise(self, lease: int, ledger: Lease, day: int, hindered: bool = False) -> Outgo:
        """A clock has run out: what silence means. `hindered`: the leases are paused, or whose turn it is has
        a wallet under recovery; then the clock is extended instead, once."""
        deposit = self._under_review(lease)
        if day <= deposit.last_day:
            raise DepositRefused("DepositClockRunning", lease, deposit.last_day, day)
        if hindered and not deposit.extended:
            self.extend_clock(lease, hindered)
            return Outgo()
        if deposit.phase == Phase.CLAIMING:
            return _settle(deposit, ledger, 0)
        if deposit.phase == Phase.ANSWERING:
            return _end_answers(deposit, ledger, day)
        return _settle(deposit, ledger, middle(deposit.offer, deposit.claim))

    def extend_clock(self, lease: int, hindered: bool) -> None:
        """The present clock gets EXTENSION_DAYS more, once."""
        deposit = self._under_review(lease)
        if deposit.extended or not hindered:
            raise DepositRefused("DepositClockNotExtendable", lease)
        deposit.extended = True
        deposit.last_day += EXTENSION_DAYS

    # ---------------------------------------------------------------- clocks

    def _in_phase(self, lease: int, phase: Phase) -> Deposit:
        deposit = self.deposit(lease)
        if deposit.phase != phase:
            raise DepositRefused("DepositPhaseWrong", lease, int(deposit.phase))
        return deposit

    def _in_time(self, lease: int, phase: Phase, day: int) -> Deposit:
        deposit = self._in_phase(lease, phase)
        if day > deposit.last_day:
            raise DepositRefused("DepositDeadlinePassed", lease, deposit.last_day, day)
        return deposit

    def _under_review(self, lease: int) -> Deposit:
        deposit = self.deposit(lease)
        if deposit.phase not in (Phase.CLAIMING, Phase.ANSWERING, Phase.AWARDING):
            raise DepositRefused("DepositPhaseWrong", lease, int(deposit.phase))
        return deposit


def _start(deposit: Deposit, phase: Phase, last_day: int) -> None:
    deposit.phase, deposit.extended, deposit.last_day = phase, False, last_day


def _answer(lease: int, deposit: Deposit, ledger: Lease, tenant: int, offer: int, day: int) -> Outgo:
    tenants = [account.tenant for account in ledger.accounts]
    if tenant not in tenants:
        raise DepositRefused("DepositNotParty", lease)
    bit = 1 << tenants.index(tenant)
    if deposit.answered & bit:
        raise DepositRefused("DepositAnsweredAlready", lease, tenant)
    deposit.answered |= bit
    deposit.offer = min(deposit.offer, offer)
    if deposit.answered == (1 << len(tenants)) - 1:
        return _end_answers(deposit, ledger, day)
    return Outgo()


def _end_answers(deposit: Deposit, ledger: Lease, day: int) -> Outgo:
    """No answer is missing any more: undisputed, or the lowest offer is final."""
    if deposit.offer == deposit.claim:
        return _settle(deposit, ledger, deposit.claim)
    parties = (0, ledger.landlord, *(account.tenant for account in ledger.accounts))
    if deposit.arbiter in parties:  # none, or no longer impartial
        return _settle(deposit, ledger, middle(deposit.offer, deposit.claim))
    _start(deposit, Phase.AWARDING, day + AWARD_DAYS)
    return _pay(deposit, ledger, deposit.offer, 0)


def _settle(deposit: Deposit, ledger: Lease, award: int) -> Outgo:
    """The end: the landlord gets `award` in all, the tenants the rest. [cmt]"""
    rest = award - deposit.offer if deposit.phase == Phase.AWARDING else award
    deposit.phase = Phase.SETTLED
    out = _pay(deposit, ledger, rest, deposit.left - rest)
    ledger.finish_closing()
    return out


def _pay(deposit: Deposit, ledger: Lease, to_landlord: int, to_tenants: int) -> Outgo:
    """Out of the parts: to the landlord, what he owes each tenant first; then to the tenants. [cmt]"""
    taken = split_parts(deposit.parts, to_landlord)
    after = [part - share for part, share in zip(deposit.parts, taken, strict=True)]
    released = split_parts(after, to_tenants)
    deposit.parts = [part - share for part, share in zip(after, released, strict=True)]
    out = Outgo()
    for account, share, back in zip(ledger.accounts, taken, released, strict=True):
        set_off = min(share, account.landlord_debt)
        account.landlord_debt -= set_off
        to_landlord -= set_off
        out.add(account.tenant, back + set_off)
    out.add(ledger.landlord, to_landlord)
    return out
