"""What falls due by a day: the closed formulas of a lease's rent.

Money [cmt], days [day], months [month]. A period carries the month of its first boundary as its *label*:
label m is the piece of [boundary(m), boundary(m + 1)) that lies between the first day that costs rent and
the end. Nothing is iterated but segments. All rounding is down, for the tenant. The contracts' twin is
`contracts/lib/RentMath.sol`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple, Self

from commonhold.rules.calendar import boundary, first_of, label_of, month_day, month_of
from commonhold.rules.terms import DayCount, LeaseTerms

BPS = 10_000
MAX_PERIODS = 1_200
LAST_DAY = first_of(4_095)  # 2311-04-01: no later month fits the words of a lease [day]
MIN_RENT = 10_000  # [cmt/month]
MAX_RENT = 2**44 - 1  # [cmt/month]
MAX_AMOUNT = 2**56 - 1  # of anything that a lease costs in all [cmt]


class ChangeKind(IntEnum):
    """The kinds of agreed change, the same numbers as `ILeaseAgreement.ChangeKind`."""

    RENT = 0
    RENEWAL = 1
    TENANT = 2
    SALE = 3
    END = 4
    HOLDOVER = 5
    WAIVE_RENT = 6
    WAIVE_FEES = 7


class ChangeInvalid(ValueError):
    """A change that the contract would refuse: the twin of `LeaseChangeInvalid(lease, kind, value,
    bound)`."""

    def __init__(self, kind: ChangeKind, value: int, bound: int) -> None:
        super().__init__(f"{kind.name} cannot be {value}: the bound is {bound}")
        self.kind = kind
        self.value = value
        self.bound = bound


class Segment(NamedTuple):
    """From a label on, this rent."""

    label: int  # [month]
    rent: int  # [cmt/month]
    due_before: int  # all that the labels before cost [cmt]
    carried: int  # falls due with the label: opening arrears, the rest of an old end's period [cmt]


class Piece(NamedTuple):
    """One period of the schedule: a line of a statement."""

    label: int  # [month]
    start: int  # first day [day]
    end: int  # first day after it [day]
    due_day: int  # [day]
    amount: int  # [cmt]


def anchor_of(terms: LeaseTerms) -> int:
    """The day of the month on which periods begin. [1–31]"""
    return terms.billing_day or month_day(terms.start_day)[1]


def rent_start_of(terms: LeaseTerms) -> int:
    """The first day that costs rent. [day]"""
    return terms.opening.day or terms.start_day + terms.rent_free_days


def prorate(rent: int, days: int, pair: int, day_count: DayCount) -> int:
    """The price of `days` of a period of `pair` days, rounded down. [cmt]"""
    if day_count == DayCount.ACTUAL:
        return rent * days // pair
    if day_count == DayCount.THIRTY_360:
        return rent * min(days, 30) // 30
    return min(rent, rent * 12 * days // 365)


def share_of(shares: Sequence[int], index: int, amount: int) -> int:
    """One joint tenant's part of a cumulative sum: all but the last round down, the last takes the rest.
    [bps], [cmt]"""
    if index < len(shares) - 1:
        return amount * shares[index] // BPS
    return amount - sum(amount * share // BPS for share in shares[:-1])


@dataclass(frozen=True, slots=True)
class Schedule:
    """One lease's schedule as a value; a change answers a new one. Build it with `Schedule.of(terms)`."""

    rent_start: int  # first day that costs rent [day]
    end_day: int  # first day after the lease [day]
    anchor: int  # [1–31]
    interval: int  # months paid at a time
    due_offset: int  # [days]
    day_count: DayCount
    segments: tuple[Segment, ...]
    first: int  # label of rent_start [month]
    last: int  # label of the day before end_day [month]
    stub: bool  # rent_start is no boundary

    @classmethod
    def of(cls, terms: LeaseTerms) -> Self:
        """The schedule as signed. The terms must be valid (`validate_terms`)."""
        anchor, start = anchor_of(terms), rent_start_of(terms)
        first = label_of(anchor, start)
        schedule = cls(
            rent_start=start,
            end_day=terms.end_day,
            anchor=anchor,
            interval=terms.interval,
            due_offset=terms.due_offset,
            day_count=DayCount(terms.day_count),
            segments=(Segment(first, terms.rent, 0, terms.opening.arrears),),
            first=first,
            last=label_of(anchor, terms.end_day - 1),
            stub=boundary(anchor, first) != start,
        )
        for step in terms.steps:
            schedule = schedule._appended(label_of(anchor, step.day), step.rent)
        return schedule

    # ---------------------------------------------------------------- amounts

    def _segment_at(self, label: int) -> int:
        j = len(self.segments) - 1
        while j and self.segments[j].label > label:
            j -= 1
        return j

    def _piece(self, label: int, rent: int, start: int) -> int:
        begin, end = boundary(self.anchor, label), boundary(self.anchor, label + 1)
        start, until = max(start, begin), min(self.end_day, end)
        if start == begin and until == end:
            return rent
        return prorate(rent, until - start, end - begin, self.day_count)

    def cum(self, label: int) -> int:
        """All that the periods up to and with `label` cost. [month] → [cmt]"""
        if label < self.first:
            return 0
        label = min(label, self.last)
        j = self._segment_at(label)
        from_label, rent, due_before, carried = self.segments[j]
        amount = due_before + carried
        whole = label + 1 - from_label
        start = self.rent_start if j == 0 else 0
        if label == self.last:
            amount += self._piece(label, rent, start)
            whole -= 1
        if j == 0 and self.stub and whole:
            amount += self._piece(self.first, rent, start)
            whole -= 1
        amount += rent * whole
        if j + 1 < len(self.segments):
            # a renewal from inside this period: the rest of the period is carried to the next label
            return min(amount, self.segments[j + 1].due_before)
        return amount

    @property
    def total(self) -> int:
        """All that the lease costs to its end. [cmt]"""
        return self.cum(self.last)

    # ---------------------------------------------------------------- due days

    def group(self, label: int) -> tuple[int, int]:
        """First and last label of the payment group of a label."""
        j = self._segment_at(label)
        anchor = self.segments[j].label
        if j == 0 and self.stub:
            if label <= self.first:
                return self.first, self.first
            anchor += 1
        begin = anchor + (label - anchor) // self.interval * self.interval
        until = min(begin + self.interval - 1, self.last)
        if j + 1 < len(self.segments):
            until = min(until, self.segments[j + 1].label - 1)
        return begin, until

    def due_day(self, label: int) -> int:
        """The day on which a label falls due: its group's first day moved by the offset, at the latest the
        last day of the lease. [month] → [day]"""
        begin = self.group(label)[0]
        start = self.rent_start if begin == self.first else boundary(self.anchor, begin)
        return min(start + self.due_offset, self.end_day - 1)

    def last_label_due(self, day: int) -> int:
        """The last label that has fallen due by the end of `day`; `first - 1` if none has. [day] → [month]"""
        if day >= self.end_day - 1:
            return self.last
        start = day - self.due_offset
        if start < self.rent_start:
            return self.first - 1
        label = label_of(self.anchor, start)
        return self.last if label >= self.last else self.group(label)[1]

    def due(self, day: int) -> int:
        """All principal that has fallen due by the end of `day`. [day] → [cmt]"""
        return self.cum(self.last_label_due(day))

    def pieces(self) -> list[Piece]:
        """Every period with its days, due day and price; the prices add up to `total`. One walk, for
        statements.

        Opening arrears and carried sums are part of the price of the label with which they fall due."""
        answer, before = [], 0
        for label in range(self.first, self.last + 1):
            start = max(boundary(self.anchor, label), self.rent_start)
            end = min(boundary(self.anchor, label + 1), self.end_day)
            after = self.cum(label)
            answer.append(Piece(label, start, end, self.due_day(label), after - before))
            before = after
        return answer

    # ---------------------------------------------------------------- changes

    def _appended(self, label: int, rent: int, carried: int = 0) -> Self:
        segment = Segment(label, rent, self.cum(label - 1), carried)
        return replace(self, segments=(*self.segments, segment))

    def with_rent_change(self, day: int, rent: int, today: int) -> Self:
        """A new rent from the boundary `day` on, which has not fallen due; one change pending at a time.

        Refused (ChangeInvalid), in this order: `day` is no boundary (day, anchor); its label has fallen due
        or is after the last (label, last label due); it does not follow the last segment, or that has not
        begun (label, the segment's label); the rent is outside 10,000 … 2^44 - 1 (rent, 2^44 - 1)."""
        kind, label, latest = ChangeKind.RENT, label_of(self.anchor, day), self.segments[-1].label
        _need(boundary(self.anchor, label) == day, kind, day, self.anchor)
        due = self.last_label_due(today)
        _need(due < label <= self.last, kind, label, due)
        begun = latest <= label_of(self.anchor, max(today, self.rent_start))
        _need(label > latest and begun, kind, label, latest)
        _need(MIN_RENT <= rent <= MAX_RENT, kind, rent, MAX_RENT)
        return self._appended(label, rent)._checked(kind)

    def with_renewal(self, end_day: int, rent: int, kind: ChangeKind = ChangeKind.RENEWAL) -> Self:
        """A later end, at `rent` from the old end on; HOLDOVER does the same.

        Inside a period the old end's label keeps its price and the rest of the period is carried to the next
        label. Refused (ChangeInvalid), in this order: rent outside 10,000 … 2^44 - 1 (rent, 2^44 - 1); with
        the old end inside a period, a new end not after the next boundary (end, that); a new end not after
        the old (end, old end); an end after the first of the month 1,200 months after the first day that
        costs rent (end, that)."""
        _need(MIN_RENT <= rent <= MAX_RENT, kind, rent, MAX_RENT)
        label, carried = label_of(self.anchor, self.end_day), 0
        begin = boundary(self.anchor, label)
        if begin != self.end_day:
            label += 1
            following = boundary(self.anchor, label)
            carried = prorate(rent, following - self.end_day, following - begin, self.day_count)
            _need(end_day > following, kind, end_day, following)
        _need(end_day > self.end_day, kind, end_day, self.end_day)
        latest = min(LAST_DAY, first_of(month_of(self.rent_start) + MAX_PERIODS))
        _need(end_day <= latest, kind, end_day, latest)
        last = label_of(self.anchor, end_day - 1)
        return replace(self._appended(label, rent, carried), end_day=end_day, last=last)._checked(kind)

    def with_end(self, day: int, today: int) -> Self:
        """An earlier end. Segments that begin after it are dropped.

        A later renewal then finds the list in order. A renewal from inside a period is given up whole, or
        kept for more than the rest of that period, which falls due with the next: a part of it has no label.
        Refused (ChangeInvalid), in this order: before today, or with no day left that costs rent (day,
        today); not before the present end (day, end); in the rest of a period that a renewal carries, or at
        its end (day, that)."""
        kind = ChangeKind.END
        _need(day >= today and day > self.rent_start, kind, day, today)
        _need(day < self.end_day, kind, day, self.end_day)
        last = label_of(self.anchor, day - 1)
        begin, following = boundary(self.anchor, last), boundary(self.anchor, last + 1)
        for segment in self.segments[1:]:
            if segment.label == last + 1:
                after = prorate(segment.rent, following - day, following - begin, self.day_count)
                _need(after >= segment.carried, kind, day, following)
        kept = tuple(segment for segment in self.segments if segment.label <= last)
        return replace(self, end_day=day, last=last, segments=kept)

    def _checked(self, kind: ChangeKind) -> Self:
        _need(self.total <= MAX_AMOUNT, kind, self.total, MAX_AMOUNT)
        return self


def _need(fine: bool, kind: ChangeKind, value: int, bound: int) -> None:
    if not fine:
        raise ChangeInvalid(kind, value, bound)
