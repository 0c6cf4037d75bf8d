"""The story itself: day by day, the same acts on the chain and on its twin.

Each day: what the scenario says; what people bring and pay by habit; what the manager collects (on the due
day, and again 3, 7 and 15 days later; on the first of a month everything that is owed); leases that end are
closed, deposits whose clock has run out are finished. After each month everything is compared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from commonhold.ops.demo import compare
from commonhold.ops.demo.acts import Acts
from commonhold.ops.demo.habits import Habits
from commonhold.ops.demo.months import Month, Tally, total_due
from commonhold.ops.demo.scenario import Scenario
from commonhold.ops.demo.sides import Picture, Side
from commonhold.ops.demo.twin_side import TwinSide
from commonhold.rules.calendar import first_of, month_day
from commonhold.rules.community import Community
from commonhold.rules.deposit import Phase
from commonhold.rules.ledger import State
from commonhold.units import Day
from commonhold.units import Month as MonthNumber

AGAIN: Final = (3, 7, 15)  # days after the due day
BATCH: Final = 100  # leases in one transaction
_REVIEWS: Final = (Phase.CLAIMING, Phase.ANSWERING, Phase.AWARDING)


class Desk(Protocol):
    """An office that does its work beside the leases; it answers what it did, in words ("" for nothing)."""

    def day(self, day: Day) -> str:
        """Every evening."""

    def month_end(self, community: Community, day: Day) -> str:
        """After the last day of a month. Raises compare.TwinDisagrees."""


@dataclass(slots=True)
class Story:
    """names: what people call each lease. parties: all of them. desks: work in this order."""

    chain: Side
    twin: TwinSide
    scenario: Scenario
    acts: Acts
    habits: Habits
    names: Mapping[int, str]
    parties: Sequence[int]
    desks: Sequence[Desk] = ()
    count: compare.Count = field(default_factory=compare.Count)
    months: list[Month] = field(default_factory=list)
    before: int = 0  # all that had fallen due when the month began [cmt]

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.chain, self.twin

    def begin(self, day: Day) -> None:
        """The books as the roll left them, on both sides. Raises compare.TwinDisagrees."""
        found = self._compare(day)
        self.before = total_due(found)

    @staticmethod
    def days(first: Day, months: int) -> int:
        """How many days `live` lives."""
        return first_of(month_day(first)[0] + months) - first

    def live(self, first: Day, months: int, tell: Callable[[int, Day], object]) -> Iterator[Month]:
        """Month after month, from the one of `first`; `tell` hears of each day. Raises TwinDisagrees."""
        month = month_day(first)[0]
        day = first
        for number in range(month, month + months):
            tally = Tally(MonthNumber(number))
            while day < first_of(number + 1):
                self._live_day(day, tally)
                tell(1, day)
                day = Day(day + 1)
            for desk in self.desks:
                tally.note_office(desk.month_end(self.twin.community, Day(day - 1)))
            found = self._compare(Day(day - 1))
            lived = tally.close(found, self.before)
            self.before = total_due(found)
            self.months.append(lived)
            yield lived

    def _compare(self, day: Day) -> Picture:
        """Everything against the twin; answers what the chain says."""
        mine = self.twin.picture(list(self.names), self.parties)
        found = self.chain.picture(list(self.names), self.parties)
        compare.need_same(day, compare.pictures(mine, found, self.names))
        self.count.add_picture(mine)
        return found

    # ---------------------------------------------------------------- one day

    def _live_day(self, day: Day, tally: Tally) -> None:
        for side in self.sides:
            side.begin_day(day)
        for action in self.scenario.on(day):
            tally.note(self.acts.perform(action))
        self._pay(day, tally)
        self._settle(day, tally)
        self._close(day)
        self._finish_reviews(day)
        for desk in self.desks:
            tally.note_office(desk.day(day))

    def _pay(self, day: Day, tally: Tally) -> None:
        sums, payments = self.habits.plan(day)
        for side in self.sides:
            if sums:
                side.fund(sums)
            if payments:
                side.pay(payments)
        tally.paid += sum(amount for _, _, amount in payments)

    def _settle(self, day: Day, tally: Tally) -> None:
        leases = [lease for lease in self.names if self._to_settle(lease, day)]
        for start in range(0, len(leases), BATCH):
            part = leases[start : start + BATCH]
            found, mine = (side.settle(part) for side in self.sides)
            compare.need_same(day, compare.batches(mine, found, self.names))
            self.count.batches += 1
            tally.add(found)

    def _to_settle(self, lease: int, day: Day) -> bool:
        ledger = self.twin.community.leases[lease]
        if ledger.state > State.HOLDOVER:
            return False
        if self._falls_due(lease, day):
            return True
        turn = month_day(day)[1] == 1 or any(self._falls_due(lease, day - later) for later in AGAIN)
        if not turn:
            return False
        owed = (touched.principal + touched.late_fees for touched in ledger.all_touched(day))
        return any(owed)

    def _falls_due(self, lease: int, day: int) -> bool:
        schedule = self.twin.community.leases[lease].schedule
        return self.habits.due_days.falls_due(lease, schedule, day)

    def _close(self, day: Day) -> None:
        ended = [
            lease
            for lease, ledger in self.twin.community.leases.items()
            if ledger.state <= State.HOLDOVER
            and ledger.schedule.end_day == day
            and not self.acts.closed_by_scenario(lease)
        ]
        if ended:
            self.acts.close(ended)

    def _finish_reviews(self, day: Day) -> None:
        for lease, deposit in self.twin.community.deposits.deposits.items():
            if deposit.phase in _REVIEWS and day > deposit.last_day:
                for side in self.sides:
                    side.finalise(lease)
