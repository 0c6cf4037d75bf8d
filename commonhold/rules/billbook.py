"""Issued bills as debts: payments, late fees, disputes, waivers, credit notes.

Twin of contracts/finance/BillBook.sol. A bill falls due on its run's due day, at the earliest ISSUE_DAYS
after it is issued. Money goes to the principal, then to late fees: simple, per day of the unpaid principal
from the day after the last day in time, for at most `late_fee_max_days` days, kept undivided
[cmt × bps × days] and rounded down, for the party. While a dispute is open nothing of the bill is late.

Money [cmt], days [day], rates [bps].
"""

from dataclasses import dataclass, replace
from typing import Final

from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.refused import Refused
from commonhold.rules.shares import Outgo

ISSUE_DAYS: Final = 7  # from issue to the due day, at least
NOTICE_DAYS: Final = 7  # from the decision of a dispute to the last day in time, at least
DECISION_DAYS: Final = 30  # for the decision of a dispute
PROPOSAL_DAYS: Final = 30  # life of an unanswered waiver or credit note
BPS: Final = 10_000


class BillBookRefused(Refused):
    """What BillRuns would refuse."""


@dataclass(frozen=True, slots=True)
class RunTerms:
    """What decides the bills of an approved run."""

    category: int
    period: int  # [month]
    due_day: int  # [day]
    payee: int  # party
    manager: int = 0  # party
    manager_bps: int = 0  # of the principal, rounded down for the payee [bps]
    grace_days: int = 0  # [days]
    late_fee_rate: int = 0  # [bps/day]
    late_fee_max_days: int = 0  # [days]

    @property
    def word(self) -> int:
        """As RunPosted and runOf tell them, the category lowest (contracts/lib/BillWords.sol)."""
        word = self.category | self.period << 16 | self.due_day << 32 | self.payee << 56
        word |= self.manager << 88 | self.manager_bps << 120 | self.grace_days << 136
        return word | self.late_fee_rate << 144 | self.late_fee_max_days << 160

    @classmethod
    def from_word(cls, word: int) -> "RunTerms":
        widths = (16, 16, 24, 32, 32, 16, 8, 16, 16)
        values = []
        for width in widths:
            values.append(word & (1 << width) - 1)
            word >>= width
        return cls(*values)


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a posted run is, and whose."""

    count: int  # bills
    total: int  # [cmt]
    maker: int  # address

    @property
    def word(self) -> int:
        """As RunPosted tells it, the count lowest."""
        return self.count | self.total << 32 | self.maker << 96

    @classmethod
    def from_word(cls, word: int) -> "Extent":
        return cls(word & 0xFFFF_FFFF, word >> 32 & (1 << 64) - 1, word >> 96)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one outcome of a bill. month: of the due day; day: of the discharge."""

    key: int
    party: int
    month: int  # [month]
    due_day: int  # [day]
    day: int  # [day]
    on_time: bool
    waived: bool


def earliest_due_day(period: int, due_day_of_month: int, due_month: int) -> int:
    """The category's due day of a period; a run's is not before it. [month] → [day]"""
    return first_of(period + due_month) + due_day_of_month - 1


def late_days(start: int, end: int, last_on_time: int, most: int) -> int:
    """Days of (start, end] that lie in (last_on_time, last_on_time + most]."""
    return max(0, min(end, last_on_time + most) - max(start, last_on_time))


def manager_part(principal: int, bps: int) -> int:
    """The manager's part of a principal paid, rounded down for the payee."""
    return principal * bps // BPS


@dataclass(slots=True)
class IssuedBill:
    """One bill on the books, as it stood at its last change."""

    key: int
    terms: RunTerms
    party: int
    amount: int
    issued_day: int
    due_day: int
    open: int
    last_on_time: int
    accrual: int = 0  # [cmt × bps × days]
    last_day: int = 0  # of the last change that lateness depends on
    removed: int = 0  # by waiver, credit note or dispute
    disputed: int = 0
    dispute_until: int = 0  # last day of the decision, 0 = no dispute open
    was_disputed: bool = False
    was_paid: bool = False  # some of it, with money
    repayable: int = 0
    end_day: int = 0  # of the last change of the principal

    @classmethod
    def issue(cls, key: int, terms: RunTerms, party: int, amount: int, day: int) -> "IssuedBill":
        """A bill becomes a debt."""
        due = max(terms.due_day, day + ISSUE_DAYS)
        return cls(key, terms, party, amount, day, due, amount, due + terms.grace_days)

    @property
    def late_fees(self) -> int:
        return self.accrual // BPS

    @property
    def owing(self) -> bool:
        return self.open != 0 or self.late_fees != 0

    @property
    def payable(self) -> int:
        """All that can be paid now: not what is in dispute."""
        return self.open - self.disputed + self.late_fees

    def at(self, day: int) -> "IssuedBill":
        """A copy as of a day, with silence and lateness applied."""
        bill = replace(self, end_day=day)
        if bill.dispute_until and day > bill.dispute_until:
            bill._lapse()
        if not bill.dispute_until:
            bill._accrue(day)
        return bill

    def _lapse(self) -> None:
        """Silence removes the disputed part on the day after the deadline."""
        self._remove(self.disputed, self.dispute_until + 1)
        self.last_on_time = max(self.last_on_time, self.dispute_until + 1 + NOTICE_DAYS)
        self.disputed = self.dispute_until = 0

    def _accrue(self, day: int) -> None:
        days = late_days(self.last_day, day, self.last_on_time, self.terms.late_fee_max_days)
        self.accrual += self.open * self.terms.late_fee_rate * days
        if self.open and day > self.last_on_time:
            self.last_day = day

    def _remove(self, principal: int, day: int) -> None:
        self.open -= principal
        self.removed += principal
        self.end_day = day

    def take(self, principal: int, fees: int, day: int) -> None:
        """Money comes in."""
        if principal + fees == 0:
            return
        self.was_paid = True
        if principal:
            self.end_day = day
        self.open -= principal
        self.accrual -= fees * BPS

    def pay(self, amount: int, day: int) -> tuple[int, int]:
        """Principal and late fees that a payment discharges; refused beyond what can be paid."""
        if amount > self.payable:
            raise BillBookRefused("BillPaymentTooLarge", self.key, amount, self.payable)
        principal = min(amount, self.open - self.disputed)
        self.take(principal, amount - principal, day)
        return principal, amount - principal

    def share(self, principal: int, fees: int, out: Outgo) -> None:
        """What a payment brings to payee and manager."""
        part = manager_part(principal, self.terms.manager_bps)
        out.add(self.terms.payee, principal - part + fees)
        out.add(self.terms.manager, part)

    def outcome(self, by_money: bool) -> Outcome:
        """The outcome of a bill whose principal has just been discharged."""
        on_time = self.end_day <= self.last_on_time and self.was_paid
        month = month_of(self.due_day)
        waived = not on_time and not by_money
        return Outcome(self.key, self.party, month, self.due_day, self.end_day, on_time, waived)

    # ---- dispute

    def dispute(self, amount: int, day: int) -> None:
        """The party disputes some of the open principal: once, while the bill is in time."""
        if amount == 0:
            raise BillBookRefused("BillAmountZero")
        if self.was_disputed or day > self.last_on_time:
            last = 0 if self.was_disputed else self.last_on_time
            raise BillBookRefused("BillNotDisputable", self.key, last, day)
        if amount > self.open:
            raise BillBookRefused("BillDisputeTooLarge", self.key, amount, self.open)
        self.was_disputed = True
        self.disputed, self.dispute_until = amount, day + DECISION_DAYS

    def withdraw_dispute(self, day: int) -> None:
        """As if it had never been disputed."""
        self._check_disputed()
        self.disputed = self.dispute_until = 0
        self._accrue(day)

    def decide(self, removed: int, day: int) -> None:
        """`removed` is taken off; the rest can be paid in time for NOTICE_DAYS more."""
        self._check_disputed()
        if removed > self.disputed:
            raise BillBookRefused("BillDisputeTooLarge", self.key, removed, self.disputed)
        self.disputed = self.dispute_until = 0
        self._remove(removed, day)
        self.last_on_time = max(self.last_on_time, day + NOTICE_DAYS)

    def _check_disputed(self) -> None:
        if not self.dispute_until:
            raise BillBookRefused("BillNotDisputed", self.key)

    # ---- waivers and credit notes

    def adjust(self, principal: int, fees: int, day: int, *, waiver: bool) -> int:
        """Takes principal and owed late fees off. Returns what of it had been paid already: repayable."""
        if self.dispute_until:
            raise BillBookRefused("BillDisputed", self.key, self.dispute_until)
        if fees > self.late_fees:
            raise BillBookRefused("BillAdjustmentTooLarge", self.key, fees, self.late_fees)
        most = self.open if waiver else self.amount - self.removed
        if principal > most:
            raise BillBookRefused("BillAdjustmentTooLarge", self.key, principal, most)
        unpaid = min(principal, self.open)
        if unpaid:
            self._remove(unpaid, day)
        repayable = principal - unpaid
        self.removed += repayable
        self.repayable += repayable
        self.accrual -= fees * BPS
        return repayable
