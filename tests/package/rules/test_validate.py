"""Which terms are refused.

Branches: every numbered condition of `validate_terms`, at its bound and one past it; the first failing one
is reported.
"""

from dataclasses import replace
from typing import Any

import pytest

from commonhold.rules.calendar import day_number as D
from commonhold.rules.terms import LeaseTerms, OneOffFee, Opening, RentStep
from commonhold.rules.validate import TermsInvalid, validate_terms

TODAY = D(2027, 1, 15)
START, END = D(2027, 2, 1), D(2028, 2, 1)
NEW = LeaseTerms(5, 1, (11,), (10_000,), 1_000_000, 2_000_000, START, END)
JOINT = replace(NEW, tenants=(11, 12), shares=(6_000, 4_000))
RUNNING = replace(
    NEW, start_day=D(2020, 1, 20), billing_day=1, opening=Opening(D(2027, 1, 1), 700_000, 10, 20, 500)
)
FEE = OneOffFee(3, 100, bytes(32))


def _wide(terms: LeaseTerms, **others: Any) -> LeaseTerms:
    return replace(terms, **others)


REFUSED: list[tuple[LeaseTerms, tuple[str, int, int]]] = [
    (_wide(NEW, landlord=0), ("landlord", 0, 1)),
    (_wide(NEW, tenants=(), shares=()), ("tenants", 0, 4)),
    (_wide(NEW, tenants=(2, 3, 4, 5, 6), shares=(2_000,) * 5), ("tenants", 5, 4)),
    (_wide(JOINT, shares=(10_000,)), ("shares", 1, 2)),
    (_wide(JOINT, tenants=(11, 0)), ("tenants", 0, 1)),
    (_wide(JOINT, tenants=(11, 1)), ("tenants", 1, 1)),
    (_wide(JOINT, tenants=(11, 11)), ("tenants", 11, 0)),
    (_wide(JOINT, shares=(9_901, 99)), ("shares", 99, 100)),
    (_wide(JOINT, shares=(6_000, 4_001)), ("shares", 10_001, 10_000)),
    (_wide(JOINT, shares=(60, 40)), ("shares", 60, 100)),
    (_wide(JOINT, cover_mask=4), ("coverMask", 4, 3)),
    (_wide(NEW, cover_mask=2), ("coverMask", 2, 1)),
    (_wide(NEW, fees=(FEE,) * 5), ("fees", 5, 4)),
    (_wide(NEW, fees=(FEE, replace(FEE, payee=0))), ("fees.payee", 0, 1)),
    (_wide(NEW, rent=9_999), ("rent", 9_999, 10_000)),
    (_wide(NEW, rent=2**44), ("rent", 2**44, 2**44 - 1)),
    (_wide(NEW, deposit=2**56), ("deposit", 2**56, 2**56 - 1)),
    (_wide(NEW, billing_day=32), ("billingDay", 32, 31)),
    (_wide(NEW, interval=0), ("interval", 0, 1)),
    (_wide(NEW, interval=13), ("interval", 13, 12)),
    (_wide(NEW, due_offset=32), ("dueOffset", 32, 31)),
    (_wide(NEW, due_offset=-32), ("dueOffset", -32, 31)),
    (_wide(NEW, grace_days=61), ("graceDays", 61, 60)),
    (_wide(NEW, late_fee_rate=101), ("lateFeeRate", 101, 100)),
    (_wide(NEW, late_fee_max_days=401), ("lateFeeMaxDays", 401, 400)),
    (_wide(NEW, notice_days=367), ("noticeDays", 367, 366)),
    (_wide(NEW, break_fee=2**56), ("breakFee", 2**56, 2**56 - 1)),
    (_wide(NEW, commission=3_001, manager=2), ("commission", 3_001, 3_000)),
    (_wide(NEW, commission=1), ("manager", 0, 1)),
    (_wide(NEW, holdover_rate=30_001), ("holdoverRate", 30_001, 30_000)),
    (_wide(NEW, arbiter=1), ("arbiter", 1, 0)),
    (_wide(JOINT, arbiter=12), ("arbiter", 12, 0)),
    (_wide(NEW, end_day=START), ("endDay", START, START + 1)),
    (_wide(NEW, end_day=START - 1), ("endDay", START - 1, START + 1)),
    (_wide(NEW, start_day=TODAY + 3_661, end_day=TODAY + 4_000), ("startDay", TODAY + 3_661, TODAY + 3_660)),
    (_wide(NEW, end_day=D(2127, 2, 2)), ("endDay", D(2127, 2, 2), D(2127, 2, 1))),
    (_wide(NEW, rent_free_days=365), ("rentFreeDays", 365, 364)),
    (_wide(NEW, break_day=START), ("breakDay", START, END)),
    (_wide(NEW, break_day=END), ("breakDay", END, END)),
    (_wide(NEW, steps=(RentStep(D(2027, 3, 1), 20_000),) * 13), ("steps", 13, 12)),
    (_wide(NEW, start_day=TODAY - 1), ("startDay", TODAY - 1, TODAY)),
    (_wide(NEW, opening=Opening(0, arrears=1)), ("opening", 0, 0)),
    (_wide(NEW, opening=Opening(0, prepaid=1)), ("opening", 0, 0)),
    (_wide(RUNNING, opening=Opening(TODAY + 17)), ("opening.day", TODAY + 17, TODAY)),
    (_wide(RUNNING, opening=Opening(D(2020, 1, 1))), ("opening.day", D(2020, 1, 1), TODAY)),
    (_wide(RUNNING, opening=Opening(D(2027, 1, 2))), ("opening.day", D(2027, 1, 2), 1)),
    (_wide(RUNNING, end_day=TODAY), ("endDay", TODAY, TODAY + 1)),
    (_wide(RUNNING, rent_free_days=1), ("rentFreeDays", 1, 0)),
    (_wide(RUNNING, fees=(FEE,)), ("fees", 1, 0)),
    (_wide(NEW, steps=(RentStep(D(2027, 3, 2), 20_000),)), ("steps.day", D(2027, 3, 2), 0)),
    (_wide(NEW, steps=(RentStep(START, 20_000),)), ("steps.day", START, 0)),
    (_wide(NEW, steps=(RentStep(END, 20_000),)), ("steps.day", END, 0)),
    (
        _wide(NEW, steps=(RentStep(D(2027, 4, 1), 20_000), RentStep(D(2027, 4, 1), 30_000))),
        ("steps.day", D(2027, 4, 1), 1),
    ),
    (_wide(NEW, steps=(RentStep(D(2027, 4, 1), 9_999),)), ("steps.rent", 9_999, 10_000)),
    (_wide(NEW, steps=(RentStep(D(2027, 4, 1), 2**44),)), ("steps.rent", 2**44, 2**44 - 1)),
]
TOTAL = 13_000_010  # of RUNNING


@pytest.mark.parametrize(
    ("terms", "refusal"), REFUSED, ids=lambda value: value[0] if isinstance(value, tuple) else ""
)
def test_terms_past_a_bound_are_refused_with_field_value_and_bound(
    terms: LeaseTerms, refusal: tuple[str, int, int]
) -> None:
    with pytest.raises(TermsInvalid) as caught:
        validate_terms(terms, TODAY)
    assert (caught.value.field, caught.value.value, caught.value.bound) == refusal


def test_opening_figures_beyond_what_the_lease_costs_are_refused() -> None:
    exact = replace(RUNNING.opening, paid=TOTAL - 500)
    validate_terms(replace(RUNNING, opening=exact), TODAY)
    with pytest.raises(TermsInvalid) as caught:
        validate_terms(replace(RUNNING, opening=replace(exact, paid=TOTAL - 499)), TODAY)
    assert (caught.value.field, caught.value.value, caught.value.bound) == ("opening", TOTAL + 1, TOTAL)
    with pytest.raises(TermsInvalid) as caught:
        validate_terms(replace(RUNNING, opening=replace(exact, arrears=2**56)), TODAY)
    assert caught.value.field == "total"


@pytest.mark.parametrize(
    "terms",
    [
        NEW,
        JOINT,
        RUNNING,
        _wide(NEW, start_day=TODAY),
        _wide(NEW, start_day=TODAY + 3_660, end_day=TODAY + 3_661),
        _wide(NEW, end_day=D(2127, 2, 1)),
        _wide(JOINT, cover_mask=3, shares=(9_900, 100)),
        _wide(NEW, rent=10_000, rent_free_days=364),
        _wide(NEW, rent=2**44 - 1, end_day=D(2127, 2, 1)),
        _wide(NEW, commission=3_000, manager=2, arbiter=2, holdover_rate=30_000, fees=(FEE,) * 4),
        _wide(
            NEW, break_day=START + 1, due_offset=-31, grace_days=60, late_fee_rate=100, late_fee_max_days=400
        ),
        _wide(NEW, break_day=END - 1, late_fee_max_days=400, due_offset=31, interval=12, billing_day=31),
        _wide(NEW, steps=(RentStep(D(2027, 3, 1), 10_000), RentStep(D(2028, 1, 1), 2**44 - 1))),
        _wide(RUNNING, opening=Opening(RUNNING.start_day)),
        _wide(RUNNING, end_day=TODAY + 1, opening=Opening(D(2027, 1, 1))),
    ],
)
def test_terms_at_the_bounds_are_accepted(terms: LeaseTerms) -> None:
    validate_terms(terms, TODAY)


def test_m3_a_start_in_the_past_without_signed_opening_figures_is_refused() -> None:
    with pytest.raises(TermsInvalid, match="startDay"):
        validate_terms(replace(NEW, start_day=TODAY - 400), TODAY)
    validate_terms(replace(NEW, start_day=D(2026, 1, 1), opening=Opening(D(2027, 1, 1))), TODAY)


def test_the_refusal_says_what_and_where_the_bound_is() -> None:
    with pytest.raises(TermsInvalid, match="rent cannot be 9999: the bound is 10000"):
        validate_terms(replace(NEW, rent=9_999), TODAY)
