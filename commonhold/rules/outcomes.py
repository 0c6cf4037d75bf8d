"""What a lease tells the credit history: one outcome for every rent that fell due.

An obligation is one account's share of one payment group, known by the group's first month. It is completed
by the act that discharges the last of it, in time (by its due day and the grace) or late, by paying or by a
waiver. The twin remembers up to which month each account's obligations are completed; the contract finds the
same from what the account has settled. Amounts [cmt], days [day], months [month].
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from commonhold.rules.calendar import month_of
from commonhold.rules.rent import Schedule, share_of

# Obligations looked back at, the depth of a credit history in months. Who is further behind and pays the
# oldest first completes some that no history would hold any more: they are told to nobody.
MOST: Final = 36


class Outcome(NamedTuple):
    """How one obligation ended."""

    account: int  # index
    label: int  # first month of its group [month]
    party: int
    due_day: int  # [day]
    day: int  # completed on [day]
    waived: bool
    in_time: bool

    @property
    def month(self) -> int:
        """Where it stands in the history: the month of its due day. [month]"""
        return month_of(self.due_day)


class Group(NamedTuple):
    """Months paid together."""

    first: int  # [month]
    last: int  # [month]
    amount: int  # of one account [cmt]


def completed(
    schedule: Schedule, shares: Sequence[int], index: int, covered: int, settled: int, day: int
) -> Iterator[Group]:
    """The groups after month `covered` that `settled` pays, of the last MOST fallen due, oldest first."""
    due = schedule.last_label_due(day)
    label = max(covered, schedule.first - 1)
    if due - label > MOST:
        label = max(label, _before_last(schedule, due))
    label += 1
    while label <= due:
        first, last = schedule.group(label)
        before = share_of(shares, index, schedule.cum(first - 1))
        upto = share_of(shares, index, schedule.cum(last))
        if upto > settled:
            return
        yield Group(first, last, upto - before)
        label = last + 1


def _before_last(schedule: Schedule, due: int) -> int:
    """The last month before the MOST groups that end with month `due`."""
    label = due
    for _ in range(MOST):
        if label < schedule.first:
            break
        label = schedule.group(label)[0] - 1
    return label
