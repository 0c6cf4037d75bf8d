"""subscribe: a unit is charged by a category from a day on.

who ── the unit's owner, or its user by lease · anybody else: refused
once ── a second running account of unit and category: refused · after an end: taken
days ── 62 back to the first of the next month · an end before the beginning: refused
due ── never before it was opened; months before it was opened fall due on that day
category ── unknown or POSTED: refused · area and flat sizes
"""

import pytest

from commonhold.rules.calendar import days_in_month, first_of
from commonhold.rules.tariff import Category, CategoryKind
from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import reverts
from tests.fee_world import AREA, CMT, RATE, FeeWorld


def test_an_account_says_all_its_terms_in_its_event(town: Town):
    world = town.world
    unit = world.home(town.ben)
    account = world.subscribe(unit, town.category, town.ben, until=world.day + 90)
    (event,) = world.events("AccountOpened")
    assert {key: event[key] for key in ("account", "unit", "party", "category", "size", "share")} == {
        "account": account, "unit": unit, "party": town.ben.party, "category": town.category,
        "size": AREA, "share": 10_000,
    }  # fmt: skip
    assert (event["fromDay"], event["untilDay"], event["openDay"]) == (world.day, world.day + 90, world.day)
    assert world.fees.accountsOfUnit(unit) == (account,)
    assert world.fees.latestAccount(unit, town.category) == account


def test_only_owner_and_user_can_be_charged(town: Town):
    with reverts("FeePartyNotOfUnit", town.unit, town.ben.party):
        town.world.fees.subscribe(
            town.unit, town.category, town.ben.party, town.world.day, 0, sender=town.world.maker
        )
    with reverts("FeeUnitUnknown", 77):
        town.world.fees.subscribe(
            77, town.category, town.ben.party, town.world.day, 0, sender=town.world.maker
        )


def test_the_tenant_of_a_lease_can_be_charged(town: Town):
    world = town.world
    world.lease(town.unit, town.ann, [town.ben])
    category = world.category(payee=town.fund)
    account = world.subscribe(town.unit, category, town.ben)
    assert world.account(account).party == town.ben.party


def test_a_charge_does_not_stack(town: Town):
    world = town.world
    with reverts("FeeSubscribedAlready", town.unit, town.category, town.account):
        world.subscribe(town.unit, town.category, town.ann)
    world.fees.close(town.account, world.day + 5, sender=world.maker)
    with reverts("FeeSubscribedAlready", town.unit, town.category, town.account):
        world.subscribe(town.unit, town.category, town.ann, world.day + 4)
    assert world.subscribe(town.unit, town.category, town.ann, world.day + 5) == town.account + 1


def test_days_lie_between_two_months_back_and_the_first_of_the_next(town: Town):
    world = town.world
    unit, today = world.home(town.ben), world.day
    last = first_of(world.month + 1)
    for day in (today - 63, last + 1):
        with reverts("FeeDayInvalid", day, today - 62, last):
            world.subscribe(unit, town.category, town.ben, day)
    with reverts("FeeDayInvalid", today, today + 1, 2**24 - 1):
        world.subscribe(unit, town.category, town.ben, today, today)
    assert world.subscribe(unit, town.category, town.ben, today - 62)


def test_categories_must_exist_and_have_a_tariff_of_their_own(town: Town):
    world = town.world
    posted = world.add_category(Category(CategoryKind.POSTED, town.fund.party))
    for number in (0, 99, posted):
        with reverts("FeeCategoryInvalid", number):
            world.subscribe(town.unit, number, town.ann)


def test_a_flat_fee_does_not_ask_for_the_area(town: Town):
    world = town.world
    category = world.category(payee=town.fund, kind=CategoryKind.FLAT, rate=150 * CMT)
    account = world.subscribe(town.unit, category, town.ann)
    assert world.account(account).size == 100
    world.next_month()
    assert world.account(account).due == 150 * CMT


def test_too_large_a_unit_is_refused(town: Town):
    unit = town.world.home(town.ben, 10**7 + 1)
    with reverts("FeeSizeTooLarge", unit, 10**7 + 1, 10**7):
        town.world.subscribe(unit, town.category, town.ben)


@pytest.mark.parametrize("day_of_month", [1, 2, 15, 28])
def test_a_first_month_costs_its_days_and_never_a_whole_month(town: Town, day_of_month: int):
    """Peer bug: a whole month charged for one day."""
    world = town.world
    world.to_month(town.start, day_of_month)
    account = world.subscribe(world.home(town.ben), town.category, town.ben)
    days = days_in_month(town.start)
    world.to_month(town.start + 1, 4)
    part = RATE * AREA * (days - day_of_month + 1) // (100 * days)
    assert world.account(account).due == (LINE if day_of_month == 1 else part)
    world.next_month(5)
    assert world.account(account).due == (LINE if day_of_month == 1 else part) + 2 * LINE


def test_nothing_is_late_on_the_day_on_which_an_account_is_opened_for_past_days(town: Town):
    world = town.world
    world.to_month(town.start + 2, 20)
    account = world.subscribe(world.home(town.ben), town.category, town.ben, world.day - 60)
    found = world.account(account)
    assert found.due > 2 * LINE
    assert found.late_fees == 0
    opened = world.day
    assert world.fees.overdueOf(account << 16 | town.start + 1)[2:4] == (opened, opened + 10)
    world.to_day(opened + 10)
    assert world.account(account).late_fees == 0
    world.to_day(opened + 11)
    assert world.account(account).late_fees == found.due * 5 // 10_000
    assert world.settle(account)[0][2] == found.due + found.due * 5 // 10_000


def test_A5_a_pause_stops_new_accounts_and_nothing_else(town: Town):
    world = town.world
    world.fees.pause(86_400, sender=world.checker)
    until = world.fees.pausedUntil()
    with reverts("FeePaused", until):
        world.subscribe(world.home(town.ben), town.category, town.ben)
    with reverts("FeePauseTooLong", 31 * 86_400, 30 * 86_400):
        world.fees.pause(31 * 86_400, sender=world.checker)
    world.pay(town.account, LINE, town.ben)
    world.fees.refund(town.account, LINE, sender=town.ann)
    world.fees.close(town.account, world.day, sender=world.maker)
    world.to_day(world.day + 2)
    assert world.subscribe(world.home(town.ben), town.category, town.ben)


def test_a_retired_contract_opens_nothing_and_runs_on(town: Town):
    world = town.world
    world.fees.retire(sender=world.admin)
    with reverts("FeeContractRetired"):
        world.subscribe(world.home(town.ben), town.category, town.ben)
    world.next_month(5)
    assert world.settle(town.account)[0][2] == LINE


def test_a_unit_keeps_at_most_32_open_accounts_and_paid_ones_make_room(world: FeeWorld):
    fund, ann = world.person(), world.payer()
    unit = world.home(ann)
    numbers = [world.category(payee=fund, kind=CategoryKind.FLAT, rate=1) for _ in range(33)]
    accounts = [world.subscribe(unit, number, ann) for number in numbers[:32]]
    with reverts("FeeUnitAccountsFull", unit, 32):
        world.subscribe(unit, numbers[32], ann)
    world.fees.close(accounts[3], world.day, sender=world.maker)
    last = world.subscribe(unit, numbers[32], ann)
    assert set(world.fees.accountsOfUnit(unit)) == {*accounts, last} - {accounts[3]}
