"""A second, slow model of one lease: calendar dates from `datetime`, one period and one day at a time, no
closed form.

It shares nothing with `commonhold.rules` but the types of the terms. Periods are walked, partial ones
priced by counting their days, late fees added day by day from a first-in-first-out allocation.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from commonhold.rules.terms import DayCount, LeaseTerms

EPOCH = date(1970, 1, 1)


def as_date(day: int) -> date:
    return EPOCH + timedelta(days=day)


def as_day(when: date) -> int:
    return (when - EPOCH).days


def clamped(year: int, month: int, anchor: int) -> date:
    """The anchor day of a month, going back a day at a time until the date exists."""
    while True:
        try:
            return date(year, month, anchor)
        except ValueError:
            anchor -= 1


def next_month(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


@dataclass
class Period:
    """One calendar period of the lease: its nominal dates, and its rent per month."""

    begin: date
    end: date
    rent: int
    group_starts: bool = False
    fixed: int | None = None  # the price an old end left it with
    old_end: date | None = None
    extra: int = 0  # falls due with it besides its own price


@dataclass
class BruteAccount:
    tenant: int
    settled: int = 0
    pot: int = 0
    accrual: int = 0


@dataclass
class BruteLease:
    """Advance it with `go_to(day)`; then `pay`, `use_pot`, `refund`, `waive` act on that day."""

    terms: LeaseTerms
    day: int
    periods: list[Period] = field(default_factory=list)
    accounts: list[BruteAccount] = field(default_factory=list)

    def __post_init__(self) -> None:
        terms = self.terms
        start = as_date(terms.start_day)
        self.anchor = terms.billing_day or start.day
        free_until = start + timedelta(days=terms.rent_free_days)
        self.first_day = as_date(terms.opening.day) if terms.opening.day else free_until
        self.end = as_date(terms.end_day)
        self._build(terms.rent)
        for step in terms.steps:
            self._reprice(as_date(step.day), step.rent)
        self.periods[0].extra = terms.opening.arrears
        for i, tenant in enumerate(terms.tenants):
            account = BruteAccount(
                tenant, self.part(i, terms.opening.paid), self.part(i, terms.opening.prepaid)
            )
            account.accrual = self.part(i, terms.opening.late_fees) * 10_000
            self.accounts.append(account)

    # ---- periods

    def _build(self, rent: int) -> None:
        """Walk the months from before the first day to the end."""
        year, month = (
            (self.first_day.year - 1, 12)
            if self.first_day.month == 1
            else (self.first_day.year, self.first_day.month - 1)
        )
        begin = clamped(year, month, self.anchor)
        while begin < self.end:
            year, month = next_month(year, month)
            end = clamped(year, month, self.anchor)
            if end > self.first_day:
                self.periods.append(Period(begin, end, rent))
            begin = end
        self.periods[0].group_starts = True
        if self.periods[0].begin < self.first_day and len(self.periods) > 1:
            self.periods[1].group_starts = True

    def _extend(self, until: date, rent: int) -> None:
        """More periods, up to a later end."""
        while self.periods[-1].end < until:
            last = self.periods[-1].end
            year, month = next_month(last.year, last.month)
            self.periods.append(Period(last, clamped(year, month, self.anchor), rent))
        self.end = until

    def _reprice(self, first: date, rent: int) -> None:
        for period in self.periods:
            if period.begin >= first:
                period.rent = rent
            if period.begin == first:
                period.group_starts = True

    def price(self, period: Period) -> int:
        if period.fixed is not None:
            return period.fixed + period.extra
        days = pair = 0
        day = period.begin
        while day < period.end:
            pair += 1
            days += self.first_day <= day < self.end
            day += timedelta(days=1)
        return self._priced(period.rent, days, pair) + period.extra

    def _priced(self, rent: int, days: int, pair: int) -> int:
        if days == pair:
            return rent
        if self.terms.day_count == DayCount.ACTUAL:
            return rent * days // pair
        if self.terms.day_count == DayCount.THIRTY_360:
            return rent * (30 if days > 30 else days) // 30
        return min(rent, (rent * 12 * days) // 365)

    def due_days(self) -> list[int]:
        """When each period falls due."""
        answer: list[int] = []
        counted = group_day = 0
        for period in self.periods:
            if period.group_starts or counted == self.terms.interval:
                counted = 0
                group_day = as_day(max(period.begin, self.first_day)) + self.terms.due_offset
            counted += 1
            if period is self.periods[0] and len(self.periods) > 1 and period.begin < self.first_day:
                counted = self.terms.interval
            answer.append(min(group_day, as_day(self.end) - 1))
        return answer

    def due(self, day: int) -> int:
        return sum(self.price(p) for p, due in zip(self.periods, self.due_days(), strict=True) if due <= day)

    def total(self) -> int:
        return sum(self.price(period) for period in self.periods)

    # ---- changes

    def change_rent(self, day: int, rent: int) -> None:
        self._reprice(as_date(day), rent)

    def renew(self, end_day: int, rent: int) -> None:
        old = self.end
        last = self.periods[-1]
        if last.end > old:
            fixed = self.price(last) - last.extra
            rest = self._priced(rent, (last.end - old).days, (last.end - last.begin).days)
            last.fixed, last.old_end = fixed, old
            self._extend(as_date(end_day), rent)
            self.periods[self.periods.index(last) + 1].extra = rest
            self.periods[self.periods.index(last) + 1].group_starts = True
        else:
            at = len(self.periods)
            self._extend(as_date(end_day), rent)
            self.periods[at].group_starts = True

    def cut(self, day: int) -> None:
        self.end = as_date(day)
        self.periods = [period for period in self.periods if period.begin < self.end]
        last = self.periods[-1]
        assert last.old_end is None or self.end <= last.old_end, "days at a new rent come back to the old one"
        last.fixed = last.old_end = None

    # ---- shares and late fees

    def part(self, index: int, amount: int) -> int:
        parts = [amount * share // 10_000 for share in self.terms.shares]
        parts[-1] = amount - sum(parts[:-1])
        return parts[index]

    def go_to(self, day: int) -> None:
        """Let the days pass, one by one, with their late fees."""
        prices, dues = [self.price(period) for period in self.periods], self.due_days()
        while self.day < day:
            self.day += 1
            for i, account in enumerate(self.accounts):
                covered, running = account.settled + account.pot, 0
                for price, due in zip(prices, dues, strict=True):
                    before = max(0, self.part(i, running) - covered)
                    running += price
                    unpaid = max(0, self.part(i, running) - covered) - before
                    late_from = due + self.terms.grace_days
                    if late_from < self.day <= late_from + self.terms.late_fee_max_days:
                        account.accrual += unpaid * self.terms.late_fee_rate

    # ---- money, on the present day

    def owed(self, index: int) -> tuple[int, int]:
        """Principal and late fees that one tenant owes today."""
        account = self.accounts[index]
        return max(0, self.part(index, self.due(self.day)) - account.settled), account.accrual // 10_000

    def put(self, index: int, money: int) -> int:
        """Allocate money; answers what is left."""
        account = self.accounts[index]
        principal, fees = self.owed(index)
        rent = min(money, principal)
        account.settled += rent
        fee = min(money - rent, fees)
        account.accrual -= fee * 10_000
        return money - rent - fee

    def use_pot(self, index: int) -> None:
        account = self.accounts[index]
        account.pot = self.put(index, account.pot)

    def pay(self, index: int, money: int) -> None:
        self.use_pot(index)
        self.accounts[index].pot += self.put(index, money)

    def refund(self, index: int, money: int) -> None:
        self.use_pot(index)
        self.accounts[index].pot -= money
