"""Arrears by age: which bucket a charge falls into, which months of an account are unpaid."""

from commonhold.chain.contracts.fees import FeeAccount
from commonhold.ops.arrears import aged, unpaid_of
from commonhold.rules.calendar import first_of
from commonhold.rules.fees import FeeTerms
from commonhold.rules.tariff import Category, CategoryKind, Tariff


def test_a_charge_falls_into_the_bucket_of_its_days() -> None:
    charges = [(100, 1), (71, 2), (70, 4), (41, 8), (40, 16), (11, 32), (10, 64), (1, 128)]
    assert aged(charges, 100) == (1 + 2, 4 + 8, 16 + 32, 64 + 128)


def test_unpaid_months_begin_where_the_level_stands() -> None:
    category = Category(CategoryKind.FLAT, 1, due_day=5)
    terms = FeeTerms(category, Tariff().approved(600, 100), 100, 10_000, first_of(600), first_of(600))
    today = first_of(603)
    account = FeeAccount(1, 1, 2, 100, 10_000, first_of(600), 0, first_of(600), 250, 0, 0, 0, 150, False)
    assert unpaid_of(account, terms, today) == [(first_of(601) + 4, 50), (first_of(602) + 4, 100)]
