"""One fee account as it stands on a day: the twin of `contracts/finance/FeeBook.sol`.

It says what is due, what a sum of money discharges and what outcomes that has for the credit history; it
holds no money. Money and levels [cmt], days [day], months [month].
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from commonhold.rules.calendar import month_of
from commonhold.rules.fees import BPS, FeeTerms, instalment_day, instalments_due, level_of

HISTORY_DAYS = 1_096  # older charges are not reported: the credit history is 36 months deep
AHEAD = 36  # months that can be prepaid


class Outcome(NamedTuple):
    """What became of one month, as the credit history hears it."""

    month: int
    due_day: int
    on_time: bool
    neutral: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Arrears paid by instalments. start: the level at which they begin."""

    start: int
    total: int
    paid: int
    first_day: int
    count: int
    broken_day: int = 0

    @property
    def left(self) -> int:
        """[cmt]"""
        return self.total - self.paid

    def due(self, day: int) -> int:
        """Due and open: an instalment, or all of it once it is broken. [cmt]"""
        if self.left == 0 or self.broken_day:
            return self.left
        return max(0, instalments_due(self.total, self.count, self.first_day, day) - self.paid)

    def judged(self, day: int, grace: int) -> "Plan":
        """Broken on the day after the grace of its first instalment that is not paid whole."""
        if self.left == 0 or self.broken_day:
            return self
        covered = self.paid * self.count // self.total
        while self.total * (covered + 1) // self.count <= self.paid:
            covered += 1
        broken = instalment_day(self.first_day, covered) + grace + 1
        return self if day < broken else replace(self, broken_day=broken)


NO_PLAN = Plan(0, 0, 0, 0, 0)


@dataclass(slots=True)
class FeeAccount:
    """Stored figures, and those of the present call."""

    id: int
    unit: int
    number: int  # of the category
    party: int
    terms: FeeTerms
    level: int
    last_day: int  # late fees are accrued up to here
    pot: int = 0
    accrual: int = 0  # [cmt × bps]
    plan: Plan = NO_PLAN
    vacant: bool = False
    assumed: bool = False
    waived: tuple[int, int] = (0, 0)  # levels of the last waiver
    prompted: frozenset[int] = frozenset()  # months reduced for prompt payment
    day: int = 0
    # of the present call
    principal: int = 0
    fees: int = 0
    released: int = 0
    reduction: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    # ---- look

    @property
    def last_due(self) -> int:
        """The last month that has fallen due."""
        return self.terms.last_due(self.day)

    @property
    def due(self) -> int:
        """The level of all that has fallen due."""
        return self.terms.level(self.last_due)

    @property
    def late_fees(self) -> int:
        """Owed, rounded down for the payer. [cmt]"""
        return self.accrual // BPS

    @property
    def open(self) -> int:
        """Principal due and open, without reductions. [cmt]"""
        return self.plan.due(self.day) + max(0, self.due - self.level)

    @property
    def owing(self) -> int:
        """All that the account owes, the rest of a plan included. [cmt]"""
        return self.plan.left + max(0, self.due - self.level) + self.late_fees

    @property
    def ended(self) -> bool:
        """Its last charge has fallen due."""
        return self.terms.until_day != 0 and self.day >= self.terms.end_due

    def open_of(self, month: int) -> int:
        """What of a month is unpaid; a plan that is kept leaves nothing open. [cmt]"""
        upto, begin = self.terms.level(month), self.terms.level(month - 1)
        found = max(0, upto - max(begin, self.level + self.pot))
        if self.plan.broken_day:
            end, paid = self.plan.start + self.plan.total, self.plan.start + self.plan.paid
            found += max(0, min(upto, end) - max(begin, paid))
        return found

    # ---- touch

    def bring(self, day: int) -> None:
        """To a day: a plan not kept is broken, prepaid cash pays what fell due, late fees accrue, and prepaid
        cash pays them."""
        self.day = day
        self.principal = self.fees = self.released = self.reduction = 0
        self.outcomes = []
        category = self.terms.category
        self.plan = self.plan.judged(day, category.grace_days)
        self.use_pot()
        units = self.terms.late_units(self.level, self.last_day, day)
        if self.plan.broken_day:
            begin = self.plan.broken_day - 1
            days = min(day, begin + category.late_fee_max_days) - max(self.last_day, begin)
            units += self.plan.left * max(0, days)
        self.accrual += units * category.late_fee_rate
        self.use_pot_for_fees()
        self.last_day = max(self.last_day, day)

    def use_pot(self) -> None:
        """Prepaid cash pays principal."""
        if self.pot:
            used = self.discharge(self.pot, prepaid=True)
            self.pot -= used
            self.released += used

    def use_pot_for_fees(self) -> None:
        """Prepaid cash pays late fees."""
        if self.pot:
            used = self.pay_fees(self.pot)
            self.pot -= used
            self.released += used

    # ---- discharge

    def discharge(self, cash: int, *, prepaid: bool) -> int:
        """Principal, oldest first: the plan's part, then month by month. A month's line paid whole by its due
        day is reduced. Answers what was used of the cash."""
        used = min(self.plan.due(self.day), cash)
        self.pay_plan(used)
        due, terms = self.last_due, self.terms
        month = due
        while month > terms.first and terms.level(month - 1) > self.level:
            month -= 1
        while month <= due:
            upto = terms.level(month)
            if upto > self.level:
                if used == cash:
                    break
                price = upto - self.level
                due_day = terms.due_day(month)
                reduction = 0
                if (prepaid or self.day <= due_day) and price == terms.line(month):
                    reduction = price * terms.category.prompt_bps // BPS  # rounded down, for the payee
                price -= reduction
                if cash - used < price:
                    self.level += cash - used
                    used = cash
                    break
                used += price
                self.level = upto
                if reduction:
                    self.reduction += reduction
                    self.prompted = frozenset({m for m in self.prompted if month - m < 16} | {month})
                self._outcome(month, prepaid=prepaid)
            month += 1
        self.principal += used
        return used

    def price(self) -> int:
        """What discharging all that is due would cost today, reductions taken off. [cmt]"""
        trial = replace(self, outcomes=[])
        return trial.discharge(1 << 255, prepaid=False)

    def pay_fees(self, cash: int) -> int:
        """Answers what was used of the cash."""
        used = min(self.late_fees, cash)
        self.accrual -= used * BPS
        self.fees += used
        return used

    def pay_plan(self, amount: int, *, neutral: bool = False) -> None:
        """Its months are discharged late if it was broken, and neutral when it is kept to the end."""
        if amount == 0:
            return
        plan, paid = self.plan, self.plan.paid + amount
        if plan.broken_day:
            self._passed(plan.start + plan.paid, plan.start + paid, neutral=neutral)
        elif paid == plan.total:
            self._passed(plan.start, plan.start + paid, neutral=True)
        self.plan = replace(plan, paid=paid)

    def forgive(self, amount: int) -> None:
        """Principal discharged without money: a waiver or a credit note."""
        part = min(self.plan.due(self.day), amount)
        self.pay_plan(part, neutral=True)
        part = amount - part
        if part:
            self._passed(self.level, self.level + part, neutral=True)
            start = self.waived[0] if self.waived[1] == self.level else self.level
            self.level += part
            self.waived = (start, self.level)

    def _passed(self, start: int, upto: int, *, neutral: bool) -> None:
        """The outcomes of the months that end in (start, upto] of the levels."""
        for month in range(self.terms.first, self.last_due + 1):
            level = self.terms.level(month)
            if start < level <= upto and level > self.terms.level(month - 1):
                self._outcome(month, prepaid=False, neutral=neutral)

    def _outcome(self, month: int, *, prepaid: bool, neutral: bool = False) -> None:
        due_day = self.terms.due_day(month)
        if due_day + HISTORY_DAYS < self.day:
            return
        neutral = neutral or self.assumed
        punctual = prepaid or self.day <= due_day + self.terms.category.grace_days
        self.outcomes.append(Outcome(month, due_day, not neutral and punctual, neutral))

    def room(self) -> int:
        """How much more it takes beyond what is due: the rest of a plan, or prepayment of some months at the
        highest rate agreed. [cmt]"""
        if self.plan.left:
            return self.plan.left - self.plan.due(self.day)
        tariff = self.terms.tariff
        if self.ended or not tariff.versions:
            return 0
        rate = max(tariff.rate(month_of(self.day)), tariff.last_rate)
        return max(0, AHEAD * level_of(rate, self.terms.size, self.terms.share) - self.pot)

    # ---- end

    def end(self, until_day: int) -> tuple[int, int]:
        """Ends before `until_day`. Answers what was paid beyond the end, and what was no money. [cmt]"""
        before, paid = self.terms, self.level
        due = max(until_day - 1, before.open_day, self.day)
        self.terms = replace(before, until_day=until_day, end_due=due)
        over, gift = max(0, paid - self.terms.end), 0
        if over:
            gift = self._gift(before, self.terms.end, paid)
            self.level = self.terms.end
        return over - gift, gift

    def _gift(self, terms: FeeTerms, start: int, upto: int) -> int:
        """What of the levels (start, upto] was waived or taken off; a reduction of a month cut short is
        lost."""
        gift = max(0, min(self.waived[1], upto) - max(self.waived[0], start))
        for month in sorted(self.prompted, reverse=True):
            level, begin = terms.level(month), terms.level(month - 1)
            if level <= start:
                break
            reduction = (level - begin) * terms.category.prompt_bps // BPS
            gift += min(reduction, max(0, min(level, upto) - max(begin, start)))
        return min(gift, upto - start)
