"""The closed formulas of the rent against a model that walks periods and days, and against themselves.

Branches: every convention of the terms at random, 1970 to 2199 · openings · rent change, renewal from a
boundary and from inside a period, early end, and chains of them.
"""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from commonhold.rules.calendar import boundary, label_of
from commonhold.rules.rent import MAX_RENT, ChangeInvalid, Schedule, share_of
from commonhold.rules.terms import LeaseTerms
from commonhold.rules.validate import validate_terms
from tests.brute import BruteLease
from tests.package.rules import cases

RENTS = st.integers(10_000, 2**40)


def same(schedule: Schedule, brute: BruteLease) -> None:
    pieces = schedule.pieces()
    prices = [brute.price(period) for period in brute.periods]
    dues = brute.due_days()
    assert [piece.amount for piece in pieces] == prices
    assert [piece.due_day for piece in pieces] == dues
    assert schedule.total == sum(prices)
    for day in sorted(
        {due + k for due in dues for k in (-1, 0, 1)} | {schedule.end_day - 1, schedule.end_day + 400}
    ):
        assert schedule.due(day) == sum(p for p, due in zip(prices, dues, strict=True) if due <= day)


@cases.examples(80)
@given(cases.terms())
def test_the_schedule_is_what_walking_every_day_gives(terms: LeaseTerms) -> None:
    validate_terms(terms, terms.start_day)
    same(Schedule.of(terms), BruteLease(terms, terms.start_day))


@cases.examples(80)
@given(cases.running_terms())
def test_a_schedule_with_opening_figures_is_what_walking_gives(case: tuple[LeaseTerms, int]) -> None:
    terms, today = case
    validate_terms(terms, today)
    same(Schedule.of(terms), BruteLease(terms, today))


@cases.examples(80)
@given(cases.terms(), st.data())
def test_chains_of_changes_are_what_walking_gives(terms: LeaseTerms, data: st.DataObject) -> None:
    schedule, brute = Schedule.of(terms), BruteLease(terms, terms.start_day)
    today = schedule.rent_start
    for _ in range(data.draw(st.integers(1, 4))):
        today += data.draw(st.integers(0, 200))
        kind = data.draw(st.sampled_from(["rent", "renew", "renew on a boundary", "end"]))
        rent = data.draw(RENTS)
        try:
            if kind == "rent":
                label = data.draw(st.integers(schedule.first, schedule.last + 1))
                day = boundary(schedule.anchor, label)
                schedule = schedule.with_rent_change(day, rent, today)
                brute.change_rent(day, rent)
            elif kind == "end":
                day = data.draw(st.integers(schedule.rent_start, schedule.end_day))
                schedule = schedule.with_end(day, min(today, schedule.end_day - 1))
                brute.cut(day)
            else:
                end = schedule.end_day + data.draw(st.integers(0, 150))
                if "boundary" in kind:
                    end = boundary(schedule.anchor, label_of(schedule.anchor, end) + 1)
                schedule = schedule.with_renewal(end, rent)
                brute.renew(end, rent)
        except ChangeInvalid:
            continue
        same(schedule, brute)


@cases.examples(80)
@given(cases.terms(longest=40_000), st.integers(0, 41_000))
def test_due_never_falls_and_ends_at_the_total(terms: LeaseTerms, after: int) -> None:
    schedule = Schedule.of(terms)
    day = terms.start_day - 40 + after
    assert 0 <= schedule.due(day) <= schedule.due(day + 1) <= schedule.total
    assert schedule.due(schedule.end_day - 1) == schedule.total
    assert schedule.due(schedule.rent_start - 32) == 0 or schedule.end_day - 1 <= schedule.rent_start - 32


@cases.examples(80)
@given(cases.terms(longest=30_000))
def test_the_lines_add_up_to_the_total_and_a_whole_period_costs_the_rent(terms: LeaseTerms) -> None:
    schedule = Schedule.of(terms)
    pieces = schedule.pieces()
    assert sum(piece.amount for piece in pieces) == schedule.total
    assert pieces[0].start == schedule.rent_start and pieces[-1].end == schedule.end_day
    rents = {terms.rent, *(step.rent for step in terms.steps)}
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        assert following is None or piece.end == following.start
        begin, end = (boundary(schedule.anchor, piece.label + k) for k in (0, 1))
        whole = piece.start == begin and piece.end == end
        assert piece.amount in rents if whole else 0 < piece.amount <= max(rents)


@cases.examples(80)
@given(cases.terms(longest=4_000))
def test_every_tenants_part_grows_from_label_to_label(terms: LeaseTerms) -> None:
    schedule = Schedule.of(terms)
    for index in range(len(terms.shares)):
        parts = [
            share_of(terms.shares, index, schedule.cum(label))
            for label in range(schedule.first - 1, schedule.last + 1)
        ]
        assert all(a < b for a, b in itertools.pairwise(parts))


@cases.examples(80)
@given(cases.terms(), RENTS, st.integers(1, 400))
def test_a_renewal_never_changes_what_was_due_before_the_old_end(
    terms: LeaseTerms, rent: int, more: int
) -> None:
    schedule = Schedule.of(terms)
    try:
        renewed = schedule.with_renewal(schedule.end_day + more, rent)
    except ChangeInvalid:
        return
    assert renewed.cum(schedule.last) == schedule.total
    assert renewed.total > schedule.total
    assert renewed.with_end(schedule.end_day, 0).total == schedule.total


def test_the_largest_lease_stays_below_its_bounds() -> None:
    terms = LeaseTerms(1, 1, (2,), (10_000,), MAX_RENT, 0, 0, cases.day_number(2070, 1, 1))
    assert Schedule.of(terms).total == 1_200 * MAX_RENT < 2**56
