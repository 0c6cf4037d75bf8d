"""Fees and bills counted slowly: one day after the other, month by month in lists, without a closed formula.

They share nothing with `commonhold.rules` but the calendar's first day of a month. Money [cmt], days [day],
months [month].
"""

from dataclasses import dataclass, field

from commonhold.rules.calendar import first_of, month_of

BPS = 10_000


def days_of(month: int) -> int:
    return first_of(month + 1) - first_of(month)


@dataclass
class Debt:
    """One charge: what of it is open since when it is late."""

    due_day: int
    open: int


@dataclass
class BruteFees:
    """One account. rates: by month; size [0.01 m²]; day: how far it has been lived."""

    rates: dict[int, int]
    size: int
    from_day: int
    day: int
    due_day: int
    due_month: int
    grace: int
    late_rate: int  # [bps/day]
    most: int  # [days]
    until: int = 0
    debts: list[Debt] = field(default_factory=list)
    pot: int = 0
    accrual: int = 0  # [cmt × bps × days]
    billed: int = 0  # months so far
    opened: int = 0  # day

    def __post_init__(self) -> None:
        self.opened = self.day
        self._fall_due()
        self._use_pot()

    # ---- what a month costs

    def _sum(self, month: int) -> int:
        """The rates of all months up to one."""
        return sum(rate for known, rate in self.rates.items() if known <= month)

    def line(self, month: int) -> int:
        first, last = month_of(self.from_day), month_of(self.until - 1) if self.until else None
        begin, end = first_of(month), first_of(month + 1)
        if month == first:
            begin = self.from_day
        if month == last:
            end = self.until
        if (begin, end) == (first_of(month), first_of(month + 1)):
            upto, before = self._sum(month), self._sum(month) - self.rates.get(month, 0)
            return upto * self.size // 100 - before * self.size // 100
        whole = self.rates.get(month, 0) * self.size
        return whole * (end - begin) // (100 * days_of(month))

    # ---- a day

    def _fall_due(self) -> None:
        """The months whose due day has come, oldest first."""
        while True:
            month = month_of(self.from_day) + self.billed
            if self.until and month > month_of(self.until - 1):
                return
            due = max(first_of(month + self.due_month) + self.due_day - 1, self.opened)
            if self.until:
                due = min(due, max(self.until - 1, self.opened))
            if due > self.day:
                return
            self.debts.append(Debt(due, self.line(month)))
            self.billed += 1

    def _use_pot(self) -> None:
        pot, self.pot = self.pot, 0
        self.pot = self._take(pot)

    def _take(self, money: int) -> int:
        """Principal, oldest first, then late fees; what is left over."""
        for debt in self.debts:
            part = min(money, debt.open)
            debt.open -= part
            money -= part
        fees = min(money, self.late_fees)
        self.accrual -= fees * BPS
        return money - fees

    def live_to(self, day: int) -> None:
        while self.day < day:
            self.day += 1
            self._fall_due()
            pot, self.pot = self.pot, 0
            for debt in self.debts:  # prepaid cash pays on the day that a month falls due
                part = min(pot, debt.open)
                debt.open -= part
                pot -= part
            last = [debt.due_day + self.grace for debt in self.debts]
            late = sum(d.open for d, o in zip(self.debts, last, strict=True) if o < self.day <= o + self.most)
            self.accrual += late * self.late_rate
            self.pot = self._take(pot)

    def pay(self, amount: int) -> None:
        self.pot += self._take(amount)

    # ---- look

    @property
    def open(self) -> int:
        return sum(debt.open for debt in self.debts)

    @property
    def late_fees(self) -> int:
        return self.accrual // BPS


@dataclass
class BruteBill:
    """One issued bill."""

    day: int
    open: int
    last_on_time: int
    late_rate: int  # [bps/day]
    most: int  # [days]
    accrual: int = 0  # [cmt × bps × days]

    def live_to(self, day: int) -> None:
        while self.day < day:
            self.day += 1
            if self.last_on_time < self.day <= self.last_on_time + self.most:
                self.accrual += self.open * self.late_rate

    def pay(self, amount: int) -> tuple[int, int]:
        """(principal, late fees)"""
        principal = min(amount, self.open)
        fees = min(amount - principal, self.late_fees)
        self.open -= principal
        self.accrual -= fees * BPS
        return principal, fees

    @property
    def late_fees(self) -> int:
        return self.accrual // BPS
