"""Fees by tariff: what an account's months cost, when they fall due, and the late fee on what is not paid.

A *level* is the running sum of an account's lines on the scale of its category's index:

    level(m) = ⌊index(m) × size × share / 10^6⌋        line(m) = level(m) − level(m − 1)

with size in [0.01 m²] (100 for a flat fee) and share in [bps], so that the lines of some months add up to the
difference of the levels, exactly. First and last month by their days. All rounding is down, for the payer.
The contracts' twin is `contracts/lib/FeeMath.sol`. Money [cmt], days [day], months [month].
"""

from dataclasses import dataclass
from functools import cached_property

from commonhold.rules.calendar import boundary, days_in_month, first_of, label_of, month_day, month_of
from commonhold.rules.late import Dues, overdue_units
from commonhold.rules.tariff import Category, Tariff

BPS = 10_000
UNIT = 100 * BPS  # 0.01 m² in 1 m² × bps in the whole


def level_of(index: int, size: int, share: int) -> int:
    """The level of an index, rounded down for the payer. [cmt]"""
    return index * size * share // UNIT


def last_regular(due_day: int, due_month: int, day: int) -> int:
    """The last month whose charge has fallen due by a day, before an account's own bounds."""
    month, day_of_month = month_day(day)
    return month - due_month - (day_of_month < due_day)


def instalments_due(total: int, count: int, first_day: int, day: int) -> int:
    """What of a plan has fallen due: equal parts on the same day of consecutive months, the last takes the
    rest. [cmt]"""
    if day < first_day:
        return 0
    month, anchor = month_day(first_day)
    parts = label_of(anchor, day) + 1 - month
    return total if parts >= count else total * parts // count


def instalment_day(first_day: int, number: int) -> int:
    """The day of an instalment, counted from 0. [day]"""
    month, anchor = month_day(first_day)
    return boundary(anchor, month + number)


def instalments_open(total: int, paid: int, count: int, first_day: int, day: int) -> list[tuple[int, int]]:
    """The instalments of a plan that have fallen due and are not paid whole, as (due day, unpaid [cmt]), the
    oldest first."""
    found = []
    for number in range(count):
        due_day = instalment_day(first_day, number)
        unpaid = total * (number + 1) // count - max(paid, total * number // count)
        if due_day <= day and unpaid > 0:
            found.append((due_day, unpaid))
    return found


@dataclass(frozen=True)
class FeeTerms:
    """What decides an account's lines."""

    category: Category
    tariff: Tariff
    size: int  # [0.01 m²]; 100 for a flat fee
    share: int  # [bps]
    from_day: int
    open_day: int  # nothing falls due before
    until_day: int = 0  # first day after it, 0 = runs on
    end_due: int = 0  # everything has fallen due by then, if it ends

    # ---- levels

    @cached_property
    def first(self) -> int:
        """Month of the first day."""
        return month_of(self.from_day)

    @cached_property
    def last(self) -> int | None:
        """Month of the last day; None while it runs on."""
        if self.until_day == 0:
            return None
        return self.first if self.until_day <= self.from_day else month_of(self.until_day - 1)

    @cached_property
    def begin(self) -> int:
        """The level before the first line."""
        return self._level(self.first) - self._piece(self.first, self.from_day, first_of(self.first + 1))

    @cached_property
    def end(self) -> int:
        """The level after the last line, if it ends."""
        if self.last is None or self.until_day <= self.from_day:
            return self.begin
        if self.last == self.first:
            return self.begin + self._piece(self.first, self.from_day, self.until_day)
        return self._level(self.last - 1) + self._piece(self.last, first_of(self.last), self.until_day)

    def _level(self, month: int) -> int:
        return level_of(self.tariff.index(month), self.size, self.share)

    def _piece(self, month: int, start: int, until: int) -> int:
        """The price of the days [start, until) of a month: exactly the line if that is the whole month."""
        if start == first_of(month) and until == first_of(month + 1):
            before = level_of(self.tariff.index(month) - self.tariff.rate(month), self.size, self.share)
            return self._level(month) - before
        whole = self.tariff.rate(month) * self.size * self.share
        return whole * (until - start) // (UNIT * days_in_month(month))

    def level(self, month: int) -> int:
        """The level after the line of a month."""
        if month < self.first:
            return self.begin
        if self.last is not None and month >= self.last:
            return self.end
        return self._level(month)

    def line(self, month: int) -> int:
        """What a month costs. [cmt]"""
        return self.level(month) - self.level(month - 1)

    # ---- due days

    def last_due(self, day: int) -> int:
        """The last month that has fallen due by the end of `day`; first − 1 if none has."""
        if day < self.open_day:
            return self.first - 1
        if self.last is not None and day >= self.end_due:
            return self.last
        month = last_regular(self.category.due_day, self.category.due_month, day)
        if self.last is not None:
            month = min(month, self.last)
        return max(month, self.first - 1)

    def due_day(self, month: int) -> int:
        """When a month falls due: its regular day, but not before the account was opened nor after its end is
        known."""
        day = first_of(month + self.category.due_month) + self.category.due_day - 1
        day = max(day, self.open_day)
        return min(day, self.end_due) if self.last is not None else day

    # ---- late fees

    def late_units(self, level: int, a: int, b: int) -> int:
        """Σ over months of unpaid × |(a, b] ∩ (due + grace, due + grace + most]|, with the account discharged
        up to `level`. [cmt × days]"""
        dues = Dues(self.last_due, self.due_day, lambda month: max(0, self.level(month) - level))
        return overdue_units(dues, a, b, self.category.grace_days, self.category.late_fee_max_days)
