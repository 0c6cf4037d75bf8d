"""One tenant's account in one lease: what is owed on a day, and how money is allocated.

Principal due comes first, oldest first; then late fees; then prepayment, kept in the pot until it falls
due. Every touch brings the late-fee accrual up to its day. Amounts [cmt], days [day].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from commonhold.rules.late import accrue, fee_of
from commonhold.rules.rent import BPS, Schedule, share_of


class FeeTerms(NamedTuple):
    """When and how fast late fees grow."""

    rate: int  # [bps/day]
    grace: int  # [days]
    most: int  # per period [days]


class Part(NamedTuple):
    """What a sum of money discharged. [cmt]"""

    principal: int
    late_fees: int

    @property
    def total(self) -> int:
        """[cmt]"""
        return self.principal + self.late_fees

    def plus(self, other: "Part") -> "Part":
        """Both together."""
        return Part(self.principal + other.principal, self.late_fees + other.late_fees)


NOTHING = Part(0, 0)


@dataclass(slots=True)
class Account:
    """What is kept of one tenant between two touches."""

    tenant: int  # party
    share: int  # [bps]
    settled: int = 0  # principal discharged, by cash or waiver [cmt]
    pot: int = 0  # prepaid cash [cmt]
    accrual: int = 0  # late fee, undivided [cmt × bps × days]
    day: int = 0  # the accrual is up to here [day]
    landlord_debt: int = 0  # rent paid beyond the end that the landlord still owes back [cmt]
    covered: int = 0  # its obligations are completed up to here [month]


@dataclass(slots=True)
class Touched:
    """An account brought up to a day; nothing is kept until `store`."""

    account: Account
    day: int
    due: int  # principal fallen due [cmt]
    total: int  # all that the account ever costs [cmt]
    settled: int
    pot: int
    accrual: int

    @property
    def principal(self) -> int:
        """Principal due and not discharged. [cmt]"""
        return max(0, self.due - self.settled)

    @property
    def late_fees(self) -> int:
        """Late fees owed, rounded down for the tenant. [cmt]"""
        return fee_of(self.accrual)

    @property
    def room(self) -> int:
        """What may still be prepaid beyond what is due now. [cmt]"""
        return max(0, self.total - max(self.settled, self.due) - self.pot)

    @property
    def most(self) -> int:
        """The largest payment that is accepted. [cmt]"""
        return self.principal + self.late_fees + self.room

    def allocate(self, money: int) -> Part:
        """Discharge principal due, then late fees; what is left is the caller's. [cmt]"""
        principal = min(self.principal, money)
        self.settled += principal
        fees = min(self.late_fees, money - principal)
        self.pay_fees(fees)
        return Part(principal, fees)

    def allocate_pot(self) -> Part:
        """The account's own prepaid cash pays what has fallen due. [cmt]"""
        part = self.allocate(self.pot)
        self.pot -= part.total
        return part

    def pay_fees(self, amount: int) -> None:
        """Late fees paid, set off or waived. [cmt]"""
        self.accrual -= amount * BPS

    def store(self) -> None:
        """Keep the figures and the day."""
        account = self.account
        account.settled, account.pot = self.settled, self.pot
        account.accrual, account.day = self.accrual, self.day


def touch(
    account: Account, schedule: Schedule, shares: Sequence[int], index: int, fees: FeeTerms, day: int
) -> Touched:
    """The account as of `day`, with the late fee grown since its last touch."""
    covered = account.settled + account.pot
    grown = 0
    if fees.rate:
        window = (account.day, day)
        grown = accrue(schedule, shares, index, covered, *window, fees.grace, fees.rate, fees.most)
    return Touched(
        account=account,
        day=day,
        due=share_of(shares, index, schedule.due(day)),
        total=share_of(shares, index, schedule.total),
        settled=account.settled,
        pot=account.pot,
        accrual=account.accrual + grown,
    )
