"""The twin of all categories and tariffs beside the contract: refused alike, and the same afterwards.

category ── a field out of bounds · a manager who is the payee, or whom nothing pays
payee ── changed, and refused, as the contract does
tariff ── an unknown or posted category · a rate too high · a month too early or too late
"""

from typing import Any

import pytest

from commonhold.rules.tariff import (
    MAX_AHEAD,
    MAX_AREA_RATE,
    MAX_FLAT_RATE,
    Category,
    CategoryKind,
    FeeRefused,
    PayeeMode,
)
from tests.evm import Reverted
from tests.fee_mirror import FeeMirror
from tests.fee_world import FeeWorld, as_terms


@pytest.fixture
def mirror(world: FeeWorld) -> FeeMirror:
    return FeeMirror(world)


def field(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


def refused_alike(act: Any, twin: Any) -> tuple[str, tuple[Any, ...]]:
    """The error of both; the contract writes a field's name as bytes."""
    with pytest.raises(Reverted) as there:
        act()
    with pytest.raises(FeeRefused) as here:
        twin()
    values = tuple(field(one) if isinstance(one, str) else one for one in here.value.values)
    assert (there.value.name, there.value.values) == (here.value.error, values)
    return here.value.error, here.value.values


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"grace_days": 61}, ("graceDays", 61, 60)),
        ({"mode": PayeeMode.COMMISSION, "manager": "payee", "manager_bps": 1}, ("manager", 1, 1)),
        ({"manager": "manager"}, ("manager", 2, 0)),
    ],
)
def test_a_category_that_cannot_be_is_refused_alike(
    mirror: FeeMirror, changes: dict[str, Any], problem: tuple[str, int, int]
) -> None:
    who = {"payee": mirror.person(), "manager": mirror.person()}
    terms = {name: who.get(value, value) if name == "manager" else value for name, value in changes.items()}
    rules = Category(CategoryKind.AREA, who["payee"], **terms)
    name = b"\1" * 32
    found = refused_alike(
        lambda: mirror.world.tariffs.proposeCategory(*as_terms(rules), name, sender=mirror.world.maker),
        lambda: mirror.twin.tariffs.add(rules),
    )
    assert found == ("TariffCategoryInvalid", problem)
    assert mirror.twin.tariffs.categories == {}


def test_another_payee_is_taken_and_refused_alike(mirror: FeeMirror) -> None:
    world, book = mirror.world, mirror.twin.tariffs
    first, second, manager = mirror.person(), mirror.person(), mirror.person()
    number = mirror.category(Category(CategoryKind.AREA, first, due_day=9))
    wrong = (second, int(PayeeMode.LUMP_SUM), manager, 0)
    error = refused_alike(
        lambda: world.tariffs.proposePayee(number, *wrong, sender=world.maker),
        lambda: book.set_payee(number, second, PayeeMode.LUMP_SUM, manager, 0),
    )
    assert error == ("TariffCategoryInvalid", ("manager", manager, 0))
    assert book.categories[number].payee == first
    new = (second, int(PayeeMode.COMMISSION), manager, 500)
    world.tariffs.proposePayee(number, *new, sender=world.maker)
    world.tariffs.approvePayee(number, *new, sender=world.checker)
    book.set_payee(number, second, PayeeMode.COMMISSION, manager, 500)
    assert world.tariffs.categoryOf(number) == as_terms(book.categories[number])[0]


def test_a_tariff_out_of_bounds_is_refused_alike(mirror: FeeMirror) -> None:
    world, book, payee = mirror.world, mirror.twin.tariffs, mirror.person()
    area, flat, posted = (
        mirror.category(Category(kind, payee))
        for kind in (CategoryKind.AREA, CategoryKind.FLAT, CategoryKind.POSTED)
    )
    now = world.month
    for number, month, rate, error in (
        (99, now + 1, 1, ("TariffCategoryUnknown", (99,))),
        (posted, now + 1, 1, ("TariffCategoryPosted", (posted,))),
        (area, now + 1, MAX_AREA_RATE + 1, ("TariffRateTooHigh", (area, MAX_AREA_RATE + 1, MAX_AREA_RATE))),
        (flat, now + 1, MAX_FLAT_RATE + 1, ("TariffRateTooHigh", (flat, MAX_FLAT_RATE + 1, MAX_FLAT_RATE))),
        (area, now, 1, ("TariffMonthInvalid", (area, now, now + 1, now + MAX_AHEAD))),
        (area, now + 25, 1, ("TariffMonthInvalid", (area, now + 25, now + 1, now + MAX_AHEAD))),
    ):
        found = refused_alike(
            lambda n=number, m=month, r=rate: world.tariffs.proposeTariff(n, m, r, sender=world.maker),
            lambda n=number, m=month, r=rate: book.set_rate(n, m, r, now),
        )
        assert found == error
    for number, rate in ((area, MAX_AREA_RATE), (flat, MAX_FLAT_RATE)):
        assert mirror.tariff(number, now + MAX_AHEAD, rate)
        assert world.tariffs.rateAt(number, now + MAX_AHEAD)[0] == book.tariffs[number].last_rate == rate
