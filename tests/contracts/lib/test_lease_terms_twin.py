"""LeaseTermsLib.check against `validate_terms`: the same refusal, field, value and bound.

Branches: every refusal of tests/package/rules/test_validate.py that the library itself answers · terms at
the bounds · random terms with one figure changed · members wider than their types.
"""

from dataclasses import astuple, fields, replace
from random import Random
from typing import Any

import pytest

from commonhold.rules.terms import LeaseTerms
from commonhold.rules.validate import TermsInvalid, validate_terms
from tests.evm import ZERO, Chain, Reverted
from tests.package.rules.seeded import any_terms
from tests.package.rules.test_validate import REFUSED, TODAY

AFTERWARDS = ("steps.day", "steps.rent", "total")  # LeaseOpening answers these, with the schedule at hand


@pytest.fixture(scope="module")
def maths() -> Any:
    return Chain().deploy("MathHarness")


def refusal(terms: LeaseTerms, today: int) -> tuple[str, int, int] | None:
    try:
        validate_terms(terms, today)
    except TermsInvalid as refused:
        if refused.field in AFTERWARDS or (refused.field, refused.bound != 0) == ("opening", True):
            return None
        return refused.field, refused.value % 2**256, refused.bound
    return None


def answer(maths: Any, terms: LeaseTerms, today: int) -> tuple[str, int, int] | None:
    try:
        maths.checkTerms(astuple(terms), today)
    except Reverted as error:
        assert error.name == "LeaseTermsInvalid"
        field, value, bound = error.values
        return field.rstrip(b"\0").decode(), value, bound
    return None


# the head of the ABI encoding, a word each; "-" are the places of the lists
_ABI = (
    "unit landlord - - rent deposit startDay endDay billingDay interval dueOffset rentFreeDays - - graceDays "
    "lateFeeRate lateFeeMaxDays noticeDays breakDay breakFee manager commission holdoverRate dayCount "
    "arbiter coverMask opening.day opening.paid opening.arrears opening.lateFees opening.prepaid "
    "documentHash nonce salt deadline"
)
ABI_WORDS = _ABI.split()
NOT_SCALARS = "tenants shares steps fees opening document_hash salt day_count nonce deadline start_day unit"
SCALARS = [field.name for field in fields(LeaseTerms) if field.name not in NOT_SCALARS.split()]


def _other(value: int, rng: Random) -> int:
    return rng.choice((0, 1, 13, 31, 32, 61, 101, value, value + 1))


@pytest.mark.parametrize(("terms", "expected"), REFUSED)
def test_m3_the_contract_refuses_what_the_twin_refuses(
    maths: Any, terms: LeaseTerms, expected: tuple[str, int, int]
) -> None:
    assert answer(maths, terms, TODAY) == refusal(terms, TODAY)
    if expected[0] not in AFTERWARDS:
        assert answer(maths, terms, TODAY) is not None


@pytest.mark.parametrize("seed", range(4))
def test_random_terms_are_judged_alike(maths: Any, seed: int) -> None:
    rng = Random(seed)
    refused = 0
    for number in range(250):
        terms = any_terms(rng)
        changed = rng.sample(SCALARS, rng.choice((0, 1, 2)))
        terms = replace(terms, **{name: _other(getattr(terms, name), rng) for name in changed})
        today = rng.choice((terms.start_day, terms.opening.day or terms.start_day, max(0, terms.end_day - 1)))
        verdict = refusal(terms, today)
        refused += verdict is not None
        assert answer(maths, terms, today) == verdict, f"seed {seed}, case {number}: {terms} on {today}"
    assert 50 < refused < 250


WORDS = [name for name in ABI_WORDS if name not in ("-", "documentHash", "nonce", "salt")]


@pytest.mark.parametrize("name", [*WORDS, "tenants", "shares"])
def test_m3_no_member_is_wider_than_its_type(maths: Any, name: str) -> None:
    terms = any_terms(Random(1))
    data = bytearray(maths.data("checkTerms", astuple(terms), terms.opening.day or terms.start_day))
    head = 4 + 64  # after the selector: where the terms lie, and the day
    if name in WORDS:
        at = head + 32 * ABI_WORDS.index(name)
    else:
        list_at = head + 32 * (2 + ("tenants", "shares").index(name))
        at = head + int.from_bytes(data[list_at : list_at + 32]) + 32
    maths.chain.send(ZERO, maths.address, bytes(data), view=True)  # as they are, they are taken
    data[at + 6] ^= 1  # bit 200
    with pytest.raises(Reverted, match="LeaseTermsInvalid"):
        maths.chain.send(ZERO, maths.address, bytes(data), view=True)
