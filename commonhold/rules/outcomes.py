"""What a lease tells the credit history: one outcome for every rent that fell due.

An obligation is one account's share of one payment group, known by the group's first month. It is completed
by the act that discharges the last of it, in time (by its due day and the grace) or late, by paying or by a
waiver. The twin remembers up to which month each account's obligations are completed; the contract finds the
same from what the account has settled. Amounts [cmt], days [day], months [month].
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from commonhold.rules.calendar import month_of
from commonhold.rules.rent import Schedule, share_of


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
    """The groups after month `covered`, fallen due by `day`, that `settled` pays, oldest first."""
    label, due = max(covered + 1, schedule.first), schedule.last_label_due(day)
    while label <= due:
        first, last = schedule.group(label)
        before = share_of(shares, index, schedule.cum(first - 1))
        upto = share_of(shares, index, schedule.cum(last))
        if upto > settled:
            return
        yield Group(first, last, upto - before)
        label = last + 1
