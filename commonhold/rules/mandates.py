"""Money and mandates by holder: the twin of what `CommunityToken` does when it collects, pulls and disburses.

A holder is a party or a contract, known by a number; its wallet does not matter here, because wallets are
only looked up at the edge. Amounts [cmt], months since 1970-01 [month].
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from commonhold.rules.codes import Code
from commonhold.rules.refused import Refused
from commonhold.rules.shares import Collected, Outgo

LIMIT_UNIT = 10_000  # limits are multiples of this [cmt]
MAX_LIMIT = (2**40 - 1) * LIMIT_UNIT  # [cmt]


class MoneyRefused(Refused):
    """A movement that the token would refuse."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """A standing permission to collect what falls due."""

    limit: int  # per month, over all collectors [cmt]
    collectors: int  # bit set of those it names
    expiry_month: int  # last month in which it may be used [month]
    allow_partial: bool = False


@dataclass(slots=True)
class Purse:
    """One holder's money and mandate."""

    balance: int = 0  # [cmt]
    mandate: Mandate | None = None
    spent: int = 0  # collected in `spent_month` [cmt]
    spent_month: int = 0
    allowance: int = 0  # what the collector may pull without a mandate [cmt]
    reachable: bool = True  # has a wallet that may receive (none, or a pending recovery: not)
    has_wallet: bool = True

    def left(self, month: int) -> int:
        """What the mandate still allows in a month. [cmt]"""
        if self.mandate is None:
            return 0
        return max(0, self.mandate.limit - (self.spent if self.spent_month == month else 0))

    def judge(self, amount: int, bit: int, month: int) -> Collected:
        """What one collection would take: all, or with `allow_partial` what limit and balance leave, or
        nothing."""
        mandate = self.mandate
        if mandate is None or not mandate.collectors & bit:
            return Collected(Code.NO_MANDATE, 0)
        if mandate.expiry_month < month:
            return Collected(Code.MANDATE_EXPIRED, 0)
        left = self.left(month)
        if amount <= left and amount <= self.balance:
            return Collected(Code.COLLECTED, amount)
        taken = min(left, self.balance) if mandate.allow_partial else 0
        if taken:
            return Collected(Code.PARTIAL, taken)
        short_limit = left == 0 if mandate.allow_partial else amount > left
        return Collected(Code.LIMIT_EXCEEDED if short_limit else Code.NO_FUNDS, 0)

    def take(self, amount: int, bit: int, month: int) -> Collected:
        """Collect within the mandate."""
        answer = self.judge(amount, bit, month)
        if answer.amount:
            self.spent = answer.amount + (self.spent if self.spent_month == month else 0)
            self.spent_month = month
            self.balance -= answer.amount
        return answer


class MandateBook:
    """All purses of a community."""

    def __init__(self) -> None:
        self.purses: dict[int, Purse] = {}

    def purse(self, holder: int) -> Purse:
        """The purse of a holder, opened empty at its first mention."""
        if holder not in self.purses:
            self.purses[holder] = Purse()
        return self.purses[holder]

    def copy(self) -> Self:
        """An independent copy, for previews."""
        book = type(self)()
        book.purses = {holder: replace(purse) for holder, purse in self.purses.items()}
        return book

    def balance(self, holder: int) -> int:
        """[cmt]"""
        purse = self.purses.get(holder)
        return purse.balance if purse else 0

    def mint(self, holder: int, amount: int) -> None:
        """Money that enters. [cmt]"""
        self.purse(holder).balance += amount

    def transfer(self, sender: int, receiver: int, amount: int) -> None:
        """Money that changes hands; refused beyond the balance. [cmt]"""
        purse = self.purse(sender)
        if purse.balance < amount:
            raise MoneyRefused("ERC20InsufficientBalance", purse.balance, amount)
        purse.balance -= amount
        self.purse(receiver).balance += amount

    def set_mandate(self, holder: int, mandate: Mandate) -> None:
        """A new mandate; what was collected this month still counts."""
        if not 0 < mandate.limit <= MAX_LIMIT or mandate.limit % LIMIT_UNIT:
            raise MoneyRefused("TokenMandateLimitInvalid", mandate.limit, LIMIT_UNIT, MAX_LIMIT)
        self.purse(holder).mandate = mandate

    def revoke_mandate(self, holder: int) -> None:
        """The mandate ends at once."""
        self.purse(holder).mandate = None

    def collect(
        self, collector: int, bit: int, month: int, items: Iterable[tuple[int, int]]
    ) -> Sequence[Collected]:
        """Collect every (holder, amount) within its mandate, in order; the collector is credited at the
        end."""
        answers, total = [], 0
        for holder, amount in items:
            if amount == 0:
                answers.append(Collected(Code.NONE, 0))
                continue
            purse = self.purse(holder)
            answer = purse.take(amount, bit, month) if purse.has_wallet else Collected(Code.NO_WALLET, 0)
            total += answer.amount
            answers.append(answer)
        self.purse(collector).balance += total
        return answers

    def pull(self, collector: int, bit: int, month: int, payer: int, amount: int) -> None:
        """Take what a payer asked to pay: within his mandate, otherwise from his allowance."""
        purse = self.purse(payer)
        answer = purse.judge(amount, bit, month)
        if answer.code == Code.COLLECTED:
            purse.take(amount, bit, month)
            self.purse(collector).balance += amount
            return
        if answer.code != Code.NO_FUNDS:
            if purse.allowance < amount:
                raise MoneyRefused("ERC20InsufficientAllowance", purse.allowance, amount)
            if purse.balance >= amount:
                purse.allowance -= amount
        self.transfer(payer, collector, amount)

    def disburse(self, collector: int, out: Outgo) -> Outgo:
        """Pay every party once from the collector's balance; answers what could not be delivered. [cmt]"""
        undelivered = Outgo()
        for party, amount in out.items():
            if self.purse(party).reachable:
                self.transfer(collector, party, amount)
            else:
                undelivered.add(party, amount)
        return undelivered

    def total(self) -> int:
        """All money there is. [cmt]"""
        return sum(purse.balance for purse in self.purses.values())
