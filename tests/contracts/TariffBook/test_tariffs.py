"""proposeTariff, approveTariff, indexAt, rateAt, termsAt.

month ── this one or past: refused at both steps · next: taken · beyond 24 months: refused
rate ── over the bound of its kind · POSTED has none · 0 ends a charge
approve ── other figures, the maker himself, twice: refused
versions ── append · one not begun is replaced · the past never changes · 360 versions still answer
gas ── one write, whatever the number of units
"""

import pytest

from commonhold.rules.tariff import Category, CategoryKind, Tariff
from tests.evm import reverts
from tests.fee_world import FeeWorld


@pytest.fixture
def number(world: FeeWorld) -> int:
    """An area category without a tariff."""
    return world.add_category(Category(CategoryKind.AREA, world.person().party))


def test_a_tariff_begins_on_the_first_of_a_later_month(world: FeeWorld, number: int):
    now = world.month
    for month in (now - 1, now, now + 25):
        with reverts("TariffMonthInvalid", number, month, now + 1, now + 24):
            world.tariffs.proposeTariff(number, month, 5, sender=world.maker)
    world.tariff(number, now + 1, 5)
    (event,) = world.events("TariffApproved")
    assert (event["month"], event["rate"], event["indexBefore"], event["version"]) == (now + 1, 5, 0, 1)
    assert world.tariffs.rateAt(number, now) == (0, 0)
    assert world.tariffs.rateAt(number, now + 1) == (5, 1)


def test_M5_an_approval_that_comes_too_late_is_refused(world: FeeWorld, number: int):
    month = world.month + 1
    world.tariffs.proposeTariff(number, month, 5, sender=world.maker)
    world.to_month(month)
    with reverts("TariffMonthInvalid", number, month, month + 1, month + 24):
        world.tariffs.approveTariff(number, month, 5, sender=world.checker)


def test_only_the_rates_that_were_proposed_are_approved_and_by_another(world: FeeWorld, number: int):
    month = world.month + 1
    with reverts("TariffProposalChanged", number):
        world.tariffs.approveTariff(number, month, 5, sender=world.checker)
    world.tariffs.proposeTariff(number, month, 5, sender=world.maker)
    assert world.tariffs.pendingOf(number) == (world.maker.lower(), month, 5)
    for wrong in ((month, 6), (month + 1, 5)):
        with reverts("TariffProposalChanged", number):
            world.tariffs.approveTariff(number, *wrong, sender=world.checker)
    world.access.grantRole(6, world.maker, 0, sender=world.admin)
    with reverts("TariffSecondPersonMissing", world.maker):
        world.tariffs.approveTariff(number, month, 5, sender=world.maker)
    world.tariffs.approveTariff(number, month, 5, sender=world.checker)
    with reverts("TariffProposalChanged", number):
        world.tariffs.approveTariff(number, month, 5, sender=world.checker)


def test_rates_are_bounded_by_kind_and_posted_categories_have_none(world: FeeWorld, number: int):
    month, payee = world.month + 1, world.person().party
    flat = world.add_category(Category(CategoryKind.FLAT, payee))
    posted = world.add_category(Category(CategoryKind.POSTED, payee))
    with reverts("TariffRateTooHigh", number, 10**9 + 1, 10**9):
        world.tariffs.proposeTariff(number, month, 10**9 + 1, sender=world.maker)
    with reverts("TariffRateTooHigh", flat, 10**12 + 1, 10**12):
        world.tariffs.proposeTariff(flat, month, 10**12 + 1, sender=world.maker)
    with reverts("TariffCategoryPosted", posted):
        world.tariffs.proposeTariff(posted, month, 1, sender=world.maker)
    with reverts("TariffCategoryUnknown", posted + 1):
        world.tariffs.proposeTariff(posted + 1, month, 1, sender=world.maker)
    world.tariff(number, month, 10**9)
    world.tariff(flat, month, 0)


def test_the_index_is_the_sum_of_the_rates(world: FeeWorld, number: int):
    start = world.month
    twin = Tariff()
    for ahead, rate in ((1, 250), (3, 300), (8, 0), (10, 275)):
        world.tariff(number, start + ahead, rate)
        twin = twin.approved(start + ahead, rate)
    sums = 0
    for month in range(start, start + 14):
        sums += twin.rate(month)
        assert world.tariffs.indexAt(number, month) == sums == twin.index(month)
        assert world.tariffs.rateAt(number, month) == (twin.rate(month), twin.number(month))
    assert world.tariffs.indexAt(number, 0) == 0


def test_a_version_that_has_not_begun_is_replaced_and_the_past_stands(world: FeeWorld, number: int):
    start = world.month
    for ahead, rate in ((1, 100), (5, 200), (9, 300)):
        world.tariff(number, start + ahead, rate)
    world.to_month(start + 3)
    past = [world.tariffs.indexAt(number, month) for month in range(start, start + 4)]
    world.tariff(number, start + 4, 150)
    assert world.tariffs.versionCount(number) == 2
    assert [world.tariffs.indexAt(number, month) for month in range(start, start + 4)] == past
    assert world.tariffs.indexAt(number, start + 9) == 3 * 100 + 6 * 150


def test_terms_come_with_the_versions_since_a_month(world: FeeWorld, number: int):
    start = world.month
    for ahead in (1, 5, 9):
        world.tariff(number, start + ahead, ahead)
    for since, kept in ((0, [1, 5, 9]), (start + 4, [1, 5, 9]), (start + 5, [5, 9]), (start + 99, [9])):
        terms, _, words = world.tariffs.termsAt(number, since)
        assert terms[0] == CategoryKind.AREA
        assert [(word & 0xFFFF) - start for word in words] == kept
        assert [word >> 16 & 2**64 - 1 for word in words] == kept


def test_after_360_versions_nothing_bricks(world: FeeWorld, number: int):
    start = world.month
    for step in range(360):
        world.tariff(number, world.month + 1, 1_000 + step)
        world.next_month()
    assert world.tariffs.versionCount(number) == 360
    assert world.tariffs.indexAt(number, start + 360) == sum(range(1_000, 1_360))


@pytest.mark.gas
def test_a_new_tariff_costs_the_same_for_any_number_of_units(world: FeeWorld, number: int):
    def cost() -> int:
        world.tariffs.proposeTariff(number, world.month + 1, 250, sender=world.maker)
        world.tariffs.approveTariff(number, world.month + 1, 250, sender=world.checker)
        return world.chain.gas_used

    first = cost()
    owner = world.payer()
    for _ in range(5):
        world.subscribe(world.home(owner), number, owner)
    world.next_month()
    assert cost() <= first + 5_000 <= 80_000  # a version more to look at
