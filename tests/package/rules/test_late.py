"""The late fee.

Branches: no rate, no days, no window · before grace, within the days, after them · several labels at the
edges, a product between them · part paid, all paid, prepaid · the label that an end pulls forward · the
rounding down and its remainder · one touch or many · each joint tenant for his part.
"""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from commonhold.rules.calendar import day_number as D
from commonhold.rules.late import accrue, fee_of, late_units
from commonhold.rules.rent import Schedule, share_of
from commonhold.rules.terms import LeaseTerms
from tests.brute import BruteLease
from tests.package.rules import cases

ONE = (10_000,)
MONTHLY = LeaseTerms(1, 1, (2,), ONE, 1_000_000, 0, D(2027, 1, 1), D(2030, 1, 1))


def units(terms: LeaseTerms, covered: int, a: int, b: int) -> int:
    schedule = Schedule.of(terms)
    return late_units(schedule, terms.shares, 0, covered, a, b, terms.grace_days, terms.late_fee_max_days)


def summed(terms: LeaseTerms, index: int, covered: int, a: int, b: int) -> int:
    """The formula of the rules read word for word: every label, its own window."""
    schedule, answer, before = Schedule.of(terms), 0, 0
    for label in range(schedule.first, schedule.last + 1):
        after = max(0, share_of(terms.shares, index, schedule.cum(label)) - covered)
        late_from = schedule.due_day(label) + terms.grace_days
        shared = min(b, late_from + terms.late_fee_max_days) - max(a, late_from)
        answer += (after - before) * max(0, shared)
        before = after
    return answer


def test_the_fee_runs_from_the_day_after_grace_for_at_most_its_days() -> None:
    terms = replace(MONTHLY, grace_days=5, late_fee_max_days=10, end_day=D(2027, 2, 1))
    start = D(2027, 1, 1)
    assert units(terms, 0, start, D(2027, 1, 6)) == 0
    assert units(terms, 0, start, D(2027, 1, 7)) == 1_000_000
    assert units(terms, 0, start, D(2027, 1, 16)) == 10 * 1_000_000
    assert units(terms, 0, start, D(2029, 1, 16)) == 10 * 1_000_000


def test_five_bps_a_day_on_a_million_for_twelve_days_is_six_thousand() -> None:
    terms = replace(MONTHLY, grace_days=0, late_fee_rate=5, late_fee_max_days=100)
    accrual = accrue(Schedule.of(terms), ONE, 0, 0, D(2027, 1, 1), D(2027, 1, 13), 0, 5, 100)
    assert accrual == 1_000_000 * 5 * 12
    assert fee_of(accrual) == 6_000
    assert fee_of(accrual + 9_999) == 6_000


def test_without_rate_days_or_time_nothing_accrues() -> None:
    schedule = Schedule.of(MONTHLY)
    assert accrue(schedule, ONE, 0, 0, D(2027, 1, 1), D(2029, 1, 1), 0, 0, 100) == 0
    assert late_units(schedule, ONE, 0, 0, D(2027, 1, 1), D(2029, 1, 1), 0, 0) == 0
    assert late_units(schedule, ONE, 0, 0, D(2029, 1, 1), D(2029, 1, 1), 0, 100) == 0
    assert late_units(schedule, ONE, 0, 0, D(2029, 1, 2), D(2029, 1, 1), 0, 100) == 0


def test_what_was_paid_covers_the_oldest_period_first() -> None:
    terms = replace(MONTHLY, late_fee_max_days=400)
    # January paid, half of February: 400,000 is late since 1 February, 1,000,000 since 1 March
    assert units(terms, 1_600_000, D(2027, 1, 1), D(2027, 3, 11)) == 400_000 * 38 + 1_000_000 * 10
    assert units(terms, 3_000_000, D(2027, 1, 1), D(2027, 3, 11)) == 0


def test_m6_years_without_a_touch_are_one_product_and_exact() -> None:
    terms = replace(MONTHLY, grace_days=3, late_fee_max_days=40, end_day=D(2126, 1, 1))
    a, b = D(2027, 1, 1), D(2125, 7, 20)
    assert units(terms, 123, a, b) == summed(terms, 0, 123, a, b)


def test_an_early_end_pulls_the_last_due_days_forward() -> None:
    terms = replace(MONTHLY, due_offset=20, late_fee_max_days=30, end_day=D(2027, 1, 11))
    assert units(terms, 0, D(2027, 1, 1), D(2027, 1, 12)) == 2 * (1_000_000 * 10 // 31)


@cases.examples(250)
@given(cases.terms(longest=3_000, most_late=400), st.data())
def test_the_closed_form_is_the_sum_over_all_periods(terms: LeaseTerms, data: st.DataObject) -> None:
    schedule = Schedule.of(terms)
    index = data.draw(st.integers(0, len(terms.shares) - 1))
    covered = data.draw(st.integers(0, schedule.total + 1))
    a = data.draw(st.integers(terms.start_day - 40, terms.end_day + 100))
    b = a + data.draw(st.one_of(st.integers(0, 60), st.integers(0, 3_000)))
    grace, most = terms.grace_days, terms.late_fee_max_days
    closed = late_units(schedule, terms.shares, index, covered, a, b, grace, most)
    assert closed == summed(terms, index, covered, a, b)


@cases.examples(60)
@given(cases.terms(longest=400), st.data())
def test_touches_in_between_change_nothing(terms: LeaseTerms, data: st.DataObject) -> None:
    schedule, index = Schedule.of(terms), len(terms.shares) - 1
    covered = data.draw(st.integers(0, schedule.total))
    day = st.integers(terms.start_day - 5, terms.end_day + 150)
    stops = sorted(data.draw(st.lists(day, min_size=2, max_size=9)))
    window = (terms.grace_days, terms.late_fee_rate, terms.late_fee_max_days)
    pieces = [accrue(schedule, terms.shares, index, covered, a, b, *window) for a, b in pairwise(stops)]
    assert sum(pieces) == accrue(schedule, terms.shares, index, covered, stops[0], stops[-1], *window)


@cases.examples(60)
@given(cases.terms(longest=300), st.data())
def test_the_closed_form_is_what_counting_every_day_gives(terms: LeaseTerms, data: st.DataObject) -> None:
    brute = BruteLease(terms, terms.start_day)
    covered = [data.draw(st.integers(0, brute.total())) for _ in terms.shares]
    for account, paid in zip(brute.accounts, covered, strict=True):
        account.settled = paid
    b = terms.start_day + data.draw(st.integers(0, 420))
    brute.go_to(b)
    schedule, window = Schedule.of(terms), (terms.grace_days, terms.late_fee_rate, terms.late_fee_max_days)
    for index, account in enumerate(brute.accounts):
        grown = accrue(schedule, terms.shares, index, covered[index], terms.start_day, b, *window)
        assert grown == account.accrual
