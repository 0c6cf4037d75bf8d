"""The rent schedule in exact examples, worked out by hand.

Branches: anchor from the start or the billing day · clamped boundaries · no stub, start stub, end stub,
both in one · three day counts and their caps · rent-free days · steps · intervals with and without a stub,
cut by a step and by the end · due offsets before and after · the last day of the lease as latest due day ·
opening figures.
"""

from dataclasses import replace

import pytest

from commonhold.rules.calendar import day_number
from commonhold.rules.rent import Schedule, prorate, share_of
from commonhold.rules.terms import DayCount, LeaseTerms, Opening, RentStep
from commonhold.rules.validate import validate_terms

D = day_number


def lease(start: int, end: int, **others: object) -> LeaseTerms:
    base = LeaseTerms(1, 1, (2,), (10_000,), 3_100_000, 0, start, end)
    return replace(base, **others)  # type: ignore[arg-type]


def amounts(terms: LeaseTerms) -> list[int]:
    validate_terms(terms, terms.opening.day or terms.start_day)
    return [piece.amount for piece in Schedule.of(terms).pieces()]


def dues(terms: LeaseTerms) -> list[int]:
    return [piece.due_day for piece in Schedule.of(terms).pieces()]


def test_m1_a_lease_from_31_january_falls_due_on_28_february_and_31_march() -> None:
    terms = lease(D(2027, 1, 31), D(2027, 5, 31))
    assert amounts(terms) == [3_100_000] * 4
    assert dues(terms) == [D(2027, 1, 31), D(2027, 2, 28), D(2027, 3, 31), D(2027, 4, 30)]


@pytest.mark.parametrize(("year", "last"), [(2028, 29), (2100, 28), (2300, 28), (2308, 29)])
def test_m2_the_february_of_leap_years_and_centuries(year: int, last: int) -> None:
    terms = lease(D(year, 1, 31), D(year, 3, 31))
    assert dues(terms) == [D(year, 1, 31), D(year, 2, last)]
    assert amounts(terms) == [3_100_000] * 2


def test_a_start_between_boundaries_pays_a_stub_by_the_days_of_its_period() -> None:
    # 20 January to 1 February: 12 of 31 days
    terms = lease(D(2027, 1, 20), D(2027, 4, 1), billing_day=1)
    assert amounts(terms) == [1_200_000, 3_100_000, 3_100_000]
    assert dues(terms) == [D(2027, 1, 20), D(2027, 2, 1), D(2027, 3, 1)]


def test_a_start_on_the_billing_day_has_no_stub() -> None:
    assert amounts(lease(D(2027, 2, 1), D(2027, 3, 1), billing_day=1)) == [3_100_000]


def test_an_end_inside_a_period_pays_a_stub_of_that_period() -> None:
    # 1 to 15 February: 14 of 28 days
    assert amounts(lease(D(2027, 1, 1), D(2027, 2, 15))) == [3_100_000, 1_550_000]


def test_a_whole_month_is_never_charged_for_one_day() -> None:
    assert amounts(lease(D(2027, 1, 10), D(2027, 1, 11), billing_day=1)) == [100_000]
    assert amounts(lease(D(2027, 1, 10), D(2027, 2, 11))) == [3_100_000, 3_100_000 // 28]


def test_start_and_end_inside_one_period_price_only_the_days_between() -> None:
    assert amounts(lease(D(2027, 1, 10), D(2027, 1, 20), billing_day=5)) == [1_000_000]


@pytest.mark.parametrize(
    ("day_count", "days", "pair", "price"),
    [
        (DayCount.ACTUAL, 10, 28, 100_000 * 10 // 28),
        (DayCount.ACTUAL, 28, 28, 100_000),
        (DayCount.THIRTY_360, 10, 28, 33_333),
        (DayCount.THIRTY_360, 30, 31, 100_000),
        (DayCount.THIRTY_360, 31, 31, 100_000),
        (DayCount.ACTUAL_365, 10, 31, 32_876),
        (DayCount.ACTUAL_365, 30, 31, 98_630),
        (DayCount.ACTUAL_365, 31, 31, 100_000),
    ],
)
def test_partial_periods_are_priced_by_the_convention(
    day_count: DayCount, days: int, pair: int, price: int
) -> None:
    assert prorate(100_000, days, pair, day_count) == price


def test_a_whole_february_costs_the_rent_in_every_convention() -> None:
    for day_count in DayCount:
        assert amounts(lease(D(2027, 2, 1), D(2027, 3, 1), day_count=day_count)) == [3_100_000]


def test_rent_free_days_move_the_first_day_that_costs_rent() -> None:
    # rent from 15 February: 14 of 28 days, then March
    terms = lease(D(2027, 1, 1), D(2027, 4, 1), rent_free_days=45)
    assert amounts(terms) == [1_550_000, 3_100_000]
    assert dues(terms) == [D(2027, 2, 15), D(2027, 3, 1)]


def test_a_rent_step_holds_from_its_boundary_on() -> None:
    steps = (RentStep(D(2027, 2, 28), 4_000_000), RentStep(D(2027, 4, 30), 5_000_000))
    assert amounts(lease(D(2027, 1, 31), D(2027, 5, 31), steps=steps)) == [
        3_100_000,
        4_000_000,
        4_000_000,
        5_000_000,
    ]


def test_three_months_at_a_time_fall_due_together_after_the_stub() -> None:
    terms = lease(D(2027, 1, 20), D(2027, 8, 1), billing_day=1, interval=3)
    first, second = D(2027, 2, 1), D(2027, 5, 1)
    assert dues(terms) == [D(2027, 1, 20), first, first, first, second, second, second]
    schedule = Schedule.of(terms)
    assert schedule.due(D(2027, 1, 31)) == 1_200_000
    assert schedule.due(first) == 1_200_000 + 3 * 3_100_000


def test_a_payment_group_is_cut_by_a_rent_step_and_by_the_end() -> None:
    terms = lease(D(2027, 1, 1), D(2027, 7, 16), interval=4, steps=(RentStep(D(2027, 4, 1), 6_200_000),))
    assert dues(terms) == [D(2027, 1, 1)] * 3 + [D(2027, 4, 1)] * 4
    assert amounts(terms)[-1] == 3_000_000  # 15 of 31 days of July


def test_a_due_offset_moves_the_due_day_but_never_past_the_last_day() -> None:
    before = lease(D(2027, 1, 1), D(2027, 3, 4), due_offset=-5)
    assert dues(before) == [D(2026, 12, 27), D(2027, 1, 27), D(2027, 2, 24)]
    after = replace(before, due_offset=10)
    assert dues(after) == [D(2027, 1, 11), D(2027, 2, 11), D(2027, 3, 3)]
    schedule = Schedule.of(after)
    assert schedule.due(D(2027, 3, 2)) == 6_200_000
    assert schedule.due(D(2027, 3, 3)) == schedule.total == 6_500_000
    assert schedule.due(D(2199, 1, 1)) == schedule.total


def test_nothing_is_due_before_the_first_due_day() -> None:
    schedule = Schedule.of(lease(D(2027, 1, 10), D(2027, 6, 1), billing_day=1))
    assert schedule.due(D(2027, 1, 9)) == 0
    assert schedule.last_label_due(D(2027, 1, 9)) == schedule.first - 1


def test_a_lease_taken_over_counts_from_its_boundary_and_brings_its_arrears() -> None:
    opening = Opening(day=D(2027, 6, 1), paid=1_000_000, arrears=500_000)
    terms = lease(D(2020, 1, 15), D(2027, 9, 1), billing_day=1, opening=opening)
    assert amounts(terms) == [3_600_000, 3_100_000, 3_100_000]
    assert Schedule.of(terms).due(D(2027, 6, 1)) == 3_600_000


def test_a_lease_taken_over_inside_its_first_stub_counts_from_its_start() -> None:
    opening = Opening(day=D(2027, 1, 20), paid=0)
    terms = lease(D(2027, 1, 20), D(2027, 3, 1), billing_day=1, opening=opening)
    assert amounts(terms) == [1_200_000, 3_100_000]


def test_1200_months_are_one_formula_and_the_sum_is_exact() -> None:
    terms = lease(D(2027, 1, 31), D(2126, 12, 31))
    assert Schedule.of(terms).total == 1_199 * 3_100_000


def test_r1_the_last_tenant_takes_what_rounding_leaves() -> None:
    shares = (3_333, 3_333, 3_334)
    parts = [share_of(shares, index, 100_001) for index in range(3)]
    assert parts == [33_330, 33_330, 33_341]
    assert sum(parts) == 100_001
