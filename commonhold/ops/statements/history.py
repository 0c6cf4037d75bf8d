"""Every debt of somebody over a period: what was owed before, what fell due, what was paid, what is owed.

The audit's books are filled transaction by transaction; before each that speaks of a debt, the debt is
brought to its day, so that what fell due and what grew stands before what was paid. [cmt], [day]
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.replay import Books
from commonhold.ops.statements.debts import BILL, LEASE, Debt, Scope, charges, owed, whose
from commonhold.ops.statements.lease import Line, StatementWrong
from commonhold.ops.statements.told import told

BILLS_TOGETHER = Debt("bills", 0)


@dataclass(slots=True)
class Section:
    """One debt, or all bills together. balance: owed after the last line, negative for who is ahead."""

    debt: Debt
    unit: int
    party: int
    day: int  # brought up to
    opening: int = 0
    balance: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def charged(self) -> int:
        """[cmt]"""
        return sum(line.charged for line in self.lines)

    @property
    def credited(self) -> int:
        """[cmt]"""
        return sum(line.credited for line in self.lines)

    @property
    def silent(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.opening or self.balance or self.lines)

    def add(self, line: Line) -> None:
        self.balance += line.charged - line.credited
        self.lines.append(replace(line, balance=self.balance))


@dataclass(slots=True)
class History:
    """first, last: the period, both days included; first None: from the beginning."""

    books: Books
    scope: Scope
    first: int | None
    last: int
    sections: dict[Debt, Section] = field(default_factory=dict)
    begun: bool = field(init=False)
    _waiting: list[Section] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begun = self.first is None

    # ---- told of every transaction

    def before(self, moment: Moment) -> None:
        """What fell due and grew until now."""
        if not self.begun and self.first is not None and moment.day >= self.first:
            self._begin(self.first)
        self._waiting = []
        for debt in self.scope.debts(self.books, moment.logs):
            if debt in self.sections:
                self._bring(self.sections[debt], moment.day)

    def after(self, moment: Moment) -> None:
        """What the transaction did."""
        for debt in self.scope.debts(self.books, moment.logs):
            section = self.sections.get(debt)
            if section is None:
                if not self._concerns(debt, moment):
                    continue
                unit, party = whose(self.books, debt)
                section = self.sections[debt] = Section(debt, unit, party, moment.day)
                if self._opened(debt, moment):
                    # what fell due before it was taken over is told no earlier than the period
                    for when, what, amount in charges(self.books, debt, 0, moment.day):
                        section.add(Line(max(when, self.first or when), what, charged=amount))
            change = owed(self.books, debt, self.scope.party, moment.day) - section.balance
            for line in told(debt, self.scope.party, moment, change):
                section.add(line)
            if not self.begun:
                section.lines.clear()

    def _concerns(self, debt: Debt, moment: Moment) -> bool:
        """A bill that is paid at once never comes on the books: its event says whose it is."""
        if self.scope.covers(self.books, debt):
            return True
        if debt.about != BILL or self.scope.party is None:
            return False
        return any(
            log.event == "BillPaidAtOnce" and log.values[0] == debt.id and log.values[2] == self.scope.party
            for log in moment.logs
        )

    def _opened(self, debt: Debt, moment: Moment) -> bool:
        """Whether the debt itself is new, not only its party."""
        opened = ("LeaseActivated", "AccountOpened")
        return any(log.event in opened and log.values[0] == debt.id for log in moment.logs)

    # ---- time

    def _begin(self, first: int) -> None:
        self.begun = True
        for section in self.sections.values():
            self._bring(section, first - 1)
            section.lines.clear()
            section.opening = section.balance

    def _bring(self, section: Section, day: int) -> None:
        """To the end of a day: what fell due, each on its day, then what grew."""
        if day <= section.day:
            return
        party, debt = self.scope.party, section.debt
        left = owed(self.books, debt, party, day) - section.balance
        mine = party is None or whose(self.books, debt)[1] == party
        for when, what, amount in charges(self.books, debt, section.day, day) if mine else ():
            section.add(Line(when, what, charged=amount))
            left -= amount
        if left > 0:
            section.add(Line(day, "late_fee", charged=left))
        elif left < 0:
            if debt.about == LEASE:
                raise StatementWrong(
                    f"Lease {debt.id} owes {-left} less on day {day} than its schedule says.",
                    "`commonhold audit` names the figure; rely on no statement before that is explained.",
                )
            section.add(Line(day, "removed" if debt.about == BILL else "reduction", credited=-left))
        section.day = day
        if not self.begun:
            section.lines.clear()

    def finish(self) -> list[Section]:
        """Everything until the last day: leases, fee accounts, then all bills together."""
        if not self.begun and self.first is not None:
            self._begin(self.first)
        for section in self.sections.values():
            self._bring(section, self.last)
            section.unit, section.party = whose(self.books, section.debt)
        ordered = sorted(self.sections.values(), key=lambda one: one.debt)
        found = [one for one in ordered if one.debt.about != BILL and not one.silent]
        found.sort(key=lambda one: one.debt.about != LEASE)
        return [*found, *self._bills()]

    def _bills(self) -> Iterator[Section]:
        bills = [one for one in self.sections.values() if one.debt.about == BILL and not one.silent]
        if not bills:
            return
        together = Section(BILLS_TOGETHER, bills[0].unit, bills[0].party, self.last)
        together.opening = together.balance = sum(one.opening for one in bills)
        for line in sorted((line for one in bills for line in one.lines), key=lambda line: line.day):
            together.add(line)
        yield together
