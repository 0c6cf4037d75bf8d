"""How the invented tenants pay: what each brings to the wallet, and what each pays by hand, day by day.

Nobody here looks at a chain: a tenant reads the bill that follows from the lease, as the twin computes it.

    on time    on the first of the month brings what the month will cost
    late 4     brings the money 4 days after it falls due
    by hand 2  gives no mandate; pays what is owed 2 days after it falls due
    early 6    pays the next payment 6 days before it falls due
    short 60   brings 60 % of the month's cost on the first and the rest on the 14th
    nothing    brings no money
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from commonhold.errors import InputError
from commonhold.ops.demo.twin_side import TwinSide
from commonhold.rules.calendar import first_of, month_day
from commonhold.rules.ledger import LeaseLedger, State
from commonhold.rules.rent import Schedule, share_of
from commonhold.units import MONEY_ONE, Day

_HABIT = re.compile(r"(on time|late|by hand|early|short|nothing)(?: (\d{1,3}))?")
_SPARE: Final = 102, 100  # what careful people keep above the bill
_REST_DAY: Final = 14

Where = tuple[int, int]  # lease, account


@dataclass(frozen=True, slots=True)
class Habit:
    """number: of days, or percent."""

    kind: str
    number: int = 0


ON_TIME: Final = Habit("on time")


def read_habit(text: str) -> Habit:
    """Raises InputError."""
    match = _HABIT.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is no habit of paying.", 'Write "on time", "late 4", "by hand 2", …')
    return Habit(match[1], int(match[2] or 0))


class DueDays:
    """On which days something falls due, worked out once for each schedule."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Schedule, frozenset[int]]] = {}

    def falls_due(self, lease: int, schedule: Schedule, day: int) -> bool:
        """Whether a period of the lease falls due on this very day."""
        known = self._known.get(lease)
        if known is None or known[0] is not schedule:
            labels = range(schedule.first, schedule.last + 1)
            known = self._known[lease] = (schedule, frozenset(map(schedule.due_day, labels)))
        return day in known[1]


class Habits:
    """Everybody's habits, and what they mean on a day."""

    def __init__(self, twin: TwinSide) -> None:
        self._twin = twin
        self._of: dict[Where, Habit] = {}
        self.due_days = DueDays()

    def set(self, lease: int, index: int, habit: Habit) -> None:
        self._of[lease, index] = habit

    def of(self, lease: int, index: int) -> Habit:
        return self._of.get((lease, index), ON_TIME)

    def plan(self, day: Day) -> tuple[list[tuple[int, int]], list[tuple[int, int, int]]]:
        """(bank money by party, payments by hand (lease, index, amount)) of this day. [cmt]"""
        need: dict[int, int] = defaultdict(int)
        own: dict[int, int] = defaultdict(int)  # brought for one payment, whatever else is in the wallet
        payments = []
        for lease, ledger in self._twin.community.leases.items():
            if ledger.state > State.HOLDOVER:
                continue
            for index, account in enumerate(ledger.accounts):
                habit = self.of(lease, index)
                if habit.kind in ("by hand", "early"):
                    amount = self._by_hand(lease, ledger, index, habit, day)
                    if amount:
                        own[account.tenant] += amount
                        payments.append((lease, index, amount))
                else:
                    need[account.tenant] += self._to_bring(lease, ledger, index, habit, day)
        money = self._twin.community.money
        sums: dict[int, int] = dict(own)
        for party, amount in need.items():
            missing = amount - money.balance(party)
            if amount and missing > 0:
                sums[party] = sums.get(party, 0) + missing
        return [(party, _round_up(amount)) for party, amount in sorted(sums.items())], payments

    def _by_hand(self, lease: int, ledger: LeaseLedger, index: int, habit: Habit, day: Day) -> int:
        ahead = day + habit.number if habit.kind == "early" else day - habit.number
        if not self.due_days.falls_due(lease, ledger.schedule, ahead):
            return 0
        touched = ledger.touched(index, day)
        if habit.kind == "by hand":
            return max(0, touched.principal + touched.late_fees - touched.pot)
        due = share_of(ledger.terms.shares, index, ledger.schedule.due(ahead))
        return min(touched.most, max(0, due + touched.late_fees - touched.settled - touched.pot))

    def _to_bring(self, lease: int, ledger: LeaseLedger, index: int, habit: Habit, day: Day) -> int:
        month, day_of_month = month_day(day)
        if habit.kind == "late":
            due = self.due_days.falls_due(lease, ledger.schedule, day - habit.number)
            return self._bill(ledger, index, day, day) if due else 0
        if habit.kind == "nothing" or day_of_month not in (1, _REST_DAY):
            return 0
        bill = self._bill(ledger, index, day, first_of(month + 1) - 1)
        if habit.kind == "short":
            return bill * habit.number // 100 if day_of_month == 1 else bill
        return bill if day_of_month == 1 else 0

    def _bill(self, ledger: LeaseLedger, index: int, day: int, until: int) -> int:
        """What the account will have cost by `until`, less what is paid already, and a little to spare."""
        touched = ledger.touched(index, day)
        due = share_of(ledger.terms.shares, index, ledger.schedule.due(until))
        bill = max(0, due - touched.settled - touched.pot) + touched.late_fees
        return bill * _SPARE[0] // _SPARE[1]


def _round_up(amount: int) -> int:
    """To whole units of account: nobody transfers fractions of a cent. [cmt]"""
    return -(-amount // MONEY_ONE) * MONEY_ONE
