"""RentMath and Calendar against their Python twin, in an EVM inside this process.

Branches: every day 1970–2199 and every anchor · schedules in all conventions with steps, openings and
chains of changes: every label's sum and due day, what is due around every due day · shares of one to four
tenants · late fees with edges, with the product between them, paid, part paid, unpaid · days before the
first, after the end.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from commonhold.rules import calendar
from commonhold.rules.late import late_units
from commonhold.rules.rent import Schedule, Segment, share_of
from tests.evm import Chain
from tests.examples import LONG
from tests.package.rules.seeded import any_schedule, any_terms

CASES = 6_000 if LONG else 300  # in each of the runs below
LAST_DAY = calendar.day_number(2199, 12, 31)


@pytest.fixture(scope="module")
def maths() -> Any:
    chain = Chain()
    return chain.deploy("MathHarness")


def word(segment: Segment) -> int:
    return segment.label | segment.rent << 16 | segment.due_before << 80 | segment.carried << 168


def plan(schedule: Schedule) -> tuple[Any, ...]:
    return (
        schedule.rent_start,
        schedule.end_day,
        schedule.anchor,
        schedule.interval,
        schedule.due_offset,
        int(schedule.day_count),
        [word(segment) for segment in schedule.segments],
    )


def probes(schedule: Schedule, rng: Random) -> list[int]:
    """Days around the start, the end and some due days."""
    labels = [rng.randint(schedule.first, schedule.last) for _ in range(6)]
    days = [schedule.due_day(label) + k for label in labels for k in (-1, 0, 1)]
    days += [schedule.rent_start + k for k in (-32, -1, 0)] + [schedule.end_day + k for k in (-2, -1, 0, 500)]
    return [max(day, 0) for day in days]


def test_every_day_1970_to_2199_has_the_twins_month_and_day(maths: Any) -> None:
    step = 3_000
    for first in range(0, LAST_DAY + 1, step):
        for day, figures in enumerate(maths.civilDays(first, step), first):
            month, day_of_month = calendar.month_day(day)
            assert figures == month << 128 | day_of_month << 64 | calendar.first_of(month)


@pytest.mark.parametrize("anchor", [1, 15, 28, 29, 30, 31])
def test_m1_boundaries_and_labels_are_the_twins(maths: Any, anchor: int) -> None:
    months = 2_760
    days = maths.boundaries(anchor, 1, months)
    assert list(days) == [calendar.boundary(anchor, month) for month in range(1, months + 1)]
    around = [day + k for day in days[::3] for k in (-1, 0, 1)]
    assert list(maths.labelsOf(anchor, around)) == [calendar.label_of(anchor, day) for day in around]


def test_m5_a_day_begins_at_local_midnight(maths: Any) -> None:
    for moment in (0, 57_599, 57_600, 1_767_225_599, 2**40):
        for offset in (-43_200, 0, 28_800, 50_400):
            if moment + offset >= 0:
                assert maths.dayOf(moment, offset) == calendar.day_of(moment, offset)


def test_a_segment_is_packed_as_the_twin_reads_it(maths: Any) -> None:
    segment = Segment(2_759, 2**44 - 1, 2**56 - 1, 2**55)
    assert maths.segment(*segment) == word(segment)


@pytest.mark.parametrize("seed", range(7))
def test_schedules_of_all_conventions_are_the_twins(maths: Any, seed: int) -> None:
    rng = Random(seed)
    for number in range(CASES):
        schedule = any_schedule(any_terms(rng), rng)
        days = probes(schedule, rng)
        first, last, stub, labels, due = maths.schedule(plan(schedule), days)
        where = f"seed {seed}, case {number}: {schedule}"
        assert (first, last, stub) == (schedule.first, schedule.last, schedule.stub), where
        span = range(schedule.first, schedule.last + 1)
        assert list(labels) == [(schedule.cum(label), schedule.due_day(label)) for label in span], where
        assert list(due) == [schedule.due(day) for day in days], where


@pytest.mark.parametrize("seed", range(100, 107))
def test_late_fees_of_all_conventions_are_the_twins(maths: Any, seed: int) -> None:
    rng = Random(seed)
    for number in range(CASES):
        terms = any_terms(rng)
        schedule = any_schedule(terms, rng)
        windows, expected = [], []
        for _ in range(4):
            index = rng.randrange(len(terms.shares))
            paid = rng.choice((0, rng.randint(0, schedule.total), schedule.due(rng.randint(0, LAST_DAY))))
            a = rng.randint(schedule.rent_start - 40, schedule.end_day + 420)
            b = a + rng.choice((0, rng.randint(0, 45), rng.randint(0, 3_000)))
            grace, most = terms.grace_days, terms.late_fee_max_days
            windows.append((*share(terms.shares, index), paid, a, b, grace, most))
            expected.append(late_units(schedule, terms.shares, index, paid, a, b, grace, most))
        answer = list(maths.lateUnits(plan(schedule), windows))
        assert answer == expected, f"seed {seed}, case {number}: {schedule} {windows}"


def share(shares: Sequence[int], index: int) -> tuple[int, list[int]]:
    """As LeaseBook fills RentMath.Share: the last account carries the shares of all others."""
    last = index == len(shares) - 1
    return shares[index], list(shares[:-1]) if last else []


def test_r1_shares_of_one_to_four_tenants_are_the_twins_and_sum_up(maths: Any) -> None:
    rng = Random(3)
    for shares in ((10_000,), (9_899, 101), (3_333, 3_333, 3_334), (2_501, 2_499, 2_503, 2_497)):
        sums = [rng.choice((rng.randint(0, 10**6), rng.randint(0, 2**56))) for _ in range(300)]
        parts = [list(maths.shareOf(*share(shares, i), sums)) for i in range(len(shares))]
        assert parts == [[share_of(shares, i, amount) for amount in sums] for i in range(len(shares))]
        assert [sum(each) for each in zip(*parts, strict=True)] == sums
