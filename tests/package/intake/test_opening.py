"""Taking over running leases: the opening figures continue the roll's books exactly.

worked examples: monthly, quarterly, ends of months, stub, rent-free days, arrears older than the boundary
property: for every lease and cut-over, what falls due on every later day is what would have fallen due
without the take-over, plus the arrears of the roll; the terms are such as the contract takes
"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from commonhold.ops.intake.opening import OpeningProblem, is_running, take_over
from commonhold.rules.rent import Schedule
from commonhold.rules.terms import DayCount, LeaseTerms, RentStep
from commonhold.rules.validate import validate_terms
from commonhold.units import Day, Money, day_of
from tests.package.intake.rolls import CUTOVER, cmt, day

TERMS = LeaseTerms(
    unit=1,
    landlord=1,
    tenants=(2,),
    shares=(10_000,),
    rent=cmt(1000),
    deposit=0,
    start_day=day("2025-03-15"),
    end_day=day("2026-12-31"),
)
NO_MONEY = Money(0)


def opened(terms: LeaseTerms, arrears: float = 0, prepaid: float = 0, cutover: Day = CUTOVER) -> LeaseTerms:
    return take_over(terms, cutover, arrears=cmt(arrears), prepaid=cmt(prepaid), late_fees=NO_MONEY)


def test_a_punctual_monthly_lease_opens_at_the_last_boundary_with_that_month_paid() -> None:
    opening = opened(TERMS).opening
    assert (opening.day, opening.paid, opening.arrears) == (day("2025-12-15"), cmt(1000), 0)


def test_arrears_reduce_what_is_paid_of_the_running_month_first() -> None:
    opening = opened(TERMS, arrears=400).opening
    assert (opening.paid, opening.arrears) == (cmt(600), 0)


def test_what_is_owed_beyond_the_running_month_is_carried_as_older_arrears() -> None:
    opening = opened(TERMS, arrears=2500).opening
    assert (opening.paid, opening.arrears) == (0, cmt(1500))


def test_a_quarterly_lease_opens_at_the_first_day_of_the_running_quarter() -> None:
    opening = opened(replace(TERMS, interval=3), arrears=500).opening
    assert (opening.day, opening.paid) == (day("2025-12-15"), cmt(2500))
    opening = opened(replace(TERMS, start_day=day("2025-01-15"), interval=3)).opening
    assert (opening.day, opening.paid) == (day("2025-10-15"), cmt(3000))


def test_a_lease_from_the_31st_opens_at_the_cut_over_itself() -> None:
    opening = opened(replace(TERMS, start_day=day("2025-01-31"))).opening
    assert (opening.day, opening.paid) == (day("2025-12-31"), cmt(1000))


def test_a_lease_in_its_first_stub_opens_at_its_start() -> None:
    terms = replace(TERMS, start_day=day("2025-12-20"), billing_day=1)
    opening = opened(terms).opening
    assert (opening.day, opening.paid) == (day("2025-12-20"), cmt(1000) * 12 // 31)


def test_rent_due_in_advance_counts_as_due_at_the_cut_over() -> None:
    opening = opened(replace(TERMS, start_day=day("2025-03-01"), due_offset=-5)).opening
    assert (opening.day, opening.paid) == (day("2025-12-01"), cmt(2000))


def test_rent_due_in_arrear_is_not_yet_due_at_the_cut_over() -> None:
    late = replace(TERMS, start_day=day("2025-03-25"), due_offset=10)
    assert (opened(late).opening.day, opened(late).opening.paid) == (day("2025-12-25"), 0)


def test_arrears_stay_due_where_the_running_months_rent_is_not_due_yet() -> None:
    opening = opened(replace(TERMS, start_day=day("2025-03-25"), due_offset=10), arrears=1200).opening
    assert (opening.day, opening.paid, opening.arrears) == (day("2025-11-25"), 0, cmt(200))


def test_free_days_inside_the_running_month_are_discharged() -> None:
    terms = replace(TERMS, start_day=day("2025-12-01"), rent_free_days=10)
    taken = opened(terms, arrears=100)
    assert (taken.opening.day, taken.rent_free_days) == (day("2025-12-01"), 0)
    schedule = Schedule.of(taken)
    assert schedule.due(CUTOVER) - taken.opening.paid == cmt(100)


def test_past_steps_and_one_off_fees_are_left_behind() -> None:
    steps = (RentStep(day("2025-09-15"), cmt(1000)), RentStep(day("2026-09-15"), cmt(1100)))
    taken = opened(replace(TERMS, steps=steps))
    assert taken.steps == steps[1:]
    assert taken.fees == ()


@pytest.mark.parametrize(
    ("terms", "arrears", "prepaid", "field"),
    [
        (replace(TERMS, steps=(RentStep(day("2025-09-15"), cmt(900)),)), 0, 0, "rent"),
        (TERMS, 1, 1, "prepaid"),
        (replace(TERMS, start_day=day("2025-12-15")), 1000.01, 0, "arrears"),
        (TERMS, 0, 1_000_000, "prepaid"),
        (replace(TERMS, start_day=day("2025-12-15"), rent_free_days=45), 0, 0, "rent_free_days"),
    ],
)
def test_books_that_do_not_fit_the_lease_are_refused(
    terms: LeaseTerms, arrears: float, prepaid: float, field: str
) -> None:
    with pytest.raises(OpeningProblem) as caught:
        opened(terms, arrears, prepaid)
    assert caught.value.field == field
    assert caught.value.advice


def test_a_lease_that_starts_on_the_cut_over_day_is_running_and_one_a_day_later_is_new() -> None:
    assert is_running(CUTOVER, CUTOVER)
    assert not is_running(Day(CUTOVER + 1), CUTOVER)


@st.composite
def leases(draw: st.DrawFn) -> tuple[LeaseTerms, Day]:
    start = draw(st.integers(day_of(date(1999, 1, 1)), day_of(date(2060, 1, 1))))
    length = draw(st.integers(2, 1500))
    terms = replace(
        TERMS,
        start_day=start,
        end_day=start + length,
        rent=draw(st.integers(10_000, 10**13)),
        billing_day=draw(st.sampled_from([0, 0, 0, 1, 15, 28, 29, 30, 31])),
        interval=draw(st.sampled_from([1, 1, 2, 3, 6, 12])),
        due_offset=draw(st.integers(-31, 31)),
        rent_free_days=draw(st.sampled_from([0, 0, 0, 14, 31])) % length,
        day_count=draw(st.sampled_from(list(DayCount))),
    )
    return terms, Day(start + draw(st.integers(0, length - 2)))


@example((replace(TERMS, billing_day=31, due_offset=-31, interval=3), CUTOVER), 0)
@example((replace(TERMS, start_day=10_599, end_day=10_608, billing_day=15, due_offset=8), Day(10_606)), 0)
@given(leases(), st.integers(0, 10**14))
def test_what_falls_due_after_the_take_over_is_what_would_have_fallen_due_anyway(
    case: tuple[LeaseTerms, Day], owed: int
) -> None:
    terms, cutover = case
    agreed = Schedule.of(terms)
    due = agreed.due(cutover)
    arrears = Money(owed % (due + 1))
    try:
        taken = take_over(terms, cutover, arrears=arrears, prepaid=NO_MONEY, late_fees=NO_MONEY)
    except OpeningProblem as error:
        assert error.field == "rent_free_days"
        assume(False)
    validate_terms(taken, cutover)
    schedule = Schedule.of(taken)
    opening = taken.opening
    for ahead in (0, 1, 2, 15, 28, 29, 30, 31, 32, 45, 60, 61, 92, 180, 365, 366, 800, 2000):
        then = cutover + ahead
        unpaid = schedule.due(then) - opening.paid
        assert unpaid == agreed.due(then) - due + arrears
    assert schedule.total - opening.paid == agreed.total - due + arrears
