"""settle and previewSettle: what is due, from prepayment and mandate, one answer each.

codes ── COLLECTED, PARTIAL, NOTHING_DUE, UNKNOWN, RENT_ONLY, and the token's own
batch ── empty · repeated ids · one failure among others · two categories · too many
money ── prepayment first · payees once a batch · commission · never before the due day
credit ── one outcome in time for each, one call a batch
"""

import pytest

from commonhold.rules.calendar import first_of
from commonhold.rules.codes import Code
from commonhold.rules.tariff import CategoryKind, PayeeMode
from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import reverts
from tests.fee_world import CMT
from tests.suite import OFFSET


def test_M5_one_second_before_the_due_day_nothing_is_due(town: Town):
    world = town.world
    due = first_of(town.start) + 4
    world.chain.warp(due * 86_400 - OFFSET - 1)
    assert world.settle(town.account) == [(town.account, Code.NOTHING_DUE, 0)]
    world.chain.warp(due * 86_400 - OFFSET)
    assert world.settle(town.account) == [(town.account, Code.COLLECTED, LINE)]
    assert world.balance(town.fund) == LINE


def test_B8_twice_in_a_row_collects_nothing_twice(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    world.settle(town.account)
    assert world.settle(town.account) == [(town.account, Code.NOTHING_DUE, 0)]
    assert world.balance(town.fund) == LINE


def test_B4_a_repeated_id_answers_nothing_due(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    assert [code for _, code, _ in world.settle(town.account, town.account)] == [
        Code.COLLECTED,
        Code.NOTHING_DUE,
    ]
    world.to_month(town.start + 2, 5)  # late: the slow way
    assert [code for _, code, _ in world.settle(town.account, town.account)] == [
        Code.COLLECTED,
        Code.NOTHING_DUE,
    ]


def test_B9_all_that_is_overdue_is_collected_in_one_call_with_the_late_fee(town: Town):
    world = town.world
    world.to_month(town.start + 2, 5)
    fee = world.account(town.account).late_fees
    assert fee > 0
    assert world.settle(town.account) == [(town.account, Code.COLLECTED, 3 * LINE + fee)]
    found = world.account(town.account)
    assert (found.due, found.late_fees) == (0, 0)


def test_every_failure_has_its_code_and_stops_nobody(town: Town):
    world = town.world
    people = {name: world.payer(mandate=False) for name in ("none", "limit", "partial", "expired")}
    poor, rich, limited = world.payer(LINE - 1), world.payer(), world.payer(LINE - 1)
    world.mandate(people["limit"], 10_000)
    world.mandate(people["partial"], 70_000_000, partial=True)
    world.mandate(people["expired"], months=0)
    world.mandate(limited, partial=True)
    everybody = [*people.values(), poor, rich, limited]
    accounts = [world.subscribe(world.home(who), town.category, who) for who in everybody]
    world.to_month(town.start, 5)
    assert world.settle(*accounts, 99, 0) == [
        (accounts[0], Code.NO_MANDATE, 0),
        (accounts[1], Code.LIMIT_EXCEEDED, 0),
        (accounts[2], Code.PARTIAL, 70_000_000),
        (accounts[3], Code.MANDATE_EXPIRED, 0),
        (accounts[4], Code.NO_FUNDS, 0),
        (accounts[5], Code.COLLECTED, LINE),
        (accounts[6], Code.PARTIAL, LINE - 1),
        (99, Code.UNKNOWN, 0),
        (0, Code.UNKNOWN, 0),
    ]
    assert [world.account(account).due for account in accounts] == [
        LINE,
        LINE,
        LINE - 70_000_000,
        LINE,
        LINE,
        0,
        1,
    ]
    (event,) = world.events("OnTime") or world.events("OnTime")
    assert event["items"] == (town.start << 32 | rich.party,)
    assert world.balance(town.fund) == 70_000_000 + LINE + LINE - 1
    world.solvent()


def test_a_late_fee_is_collected_only_after_the_principal(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    fee = world.account(town.account).late_fees
    money = world.balance(town.ann)
    world.token.transfer(town.ben.wallet, money - LINE - fee + 1, sender=town.ann)
    assert world.settle(town.account) == [(town.account, Code.RENT_ONLY, LINE)]
    assert world.settle(town.account) == [(town.account, Code.NO_FUNDS, 0)]
    world.token.transfer(town.ann.wallet, 1, sender=town.ben)
    assert world.settle(town.account) == [(town.account, Code.COLLECTED, fee)]


def test_prepaid_cash_goes_first_and_counts_as_paid_on_the_due_day(town: Town):
    world = town.world
    world.pay(town.account, LINE + 1, town.ben)
    before = world.balance(town.ann)
    world.to_month(town.start, 28)
    assert world.settle(town.account) == [(town.account, Code.COLLECTED, LINE)]
    assert world.events("OnTime")[0]["items"] == (town.start << 32 | town.ann.party,)
    assert world.balance(town.ann) == before
    world.to_month(town.start + 1, 5)
    assert world.settle(town.account) == [(town.account, Code.COLLECTED, LINE)]
    assert world.balance(town.ann) == before - LINE + 1
    world.solvent()


def test_two_categories_pay_their_payees_once_a_batch(town: Town):
    world = town.world
    manager = world.person()
    parking = world.category(payee=manager, kind=CategoryKind.FLAT, rate=150 * CMT, due_day=3)
    others = [world.subscribe(town.unit, parking, town.ann)]
    ben = world.subscribe(world.home(town.ben), town.category, town.ben)
    world.to_month(town.start, 5)
    results = world.settle(town.account, *others, ben)
    assert [amount for *_, amount in results] == [LINE, 150 * CMT, LINE]
    assert (world.balance(town.fund), world.balance(manager)) == (2 * LINE, 150 * CMT)
    transfers = [event for event in world.events("Transfer") if event["from"] == world.fees.address]
    assert len(transfers) == 2
    assert len(world.events("OnTime")) == 1


def test_R1_the_managers_part_is_rounded_once_a_batch_for_the_fund(town: Town):
    world = town.world
    manager = world.person()
    number = world.category(
        payee=town.fund, kind=CategoryKind.FLAT, rate=99, mode=PayeeMode.COMMISSION, manager=manager.party,
        manager_bps=101,
    )  # fmt: skip
    accounts = [world.subscribe(world.home(town.ben), number, town.ben) for _ in range(3)]
    world.next_month()
    world.settle(*accounts)
    assert (world.balance(manager), world.balance(town.fund)) == (3 * 99 * 101 // 10_000, 3 * 99 - 2)


@pytest.mark.parametrize("promptly", [True, False])
def test_a_line_that_is_paid_whole_by_its_due_day_is_reduced(town: Town, promptly: bool):
    world = town.world
    number = world.category(
        payee=town.fund, kind=CategoryKind.FLAT, rate=999, due_day=5, grace_days=10, prompt_bps=500
    )
    account = world.subscribe(town.unit, number, town.ann)
    world.to_month(town.start, 5 if promptly else 6)
    price = 999 - 999 * 500 // 10_000 if promptly else 999
    assert world.settle(account) == [(account, Code.COLLECTED, price)]
    assert world.account(account).due == 0
    assert world.balance(town.fund) == price
    assert world.events("OnTime")


def test_B6_an_empty_batch_is_fine_and_too_large_a_one_is_refused(town: Town):
    assert town.world.settle() == []
    with reverts("FeeBatchTooLarge", 1_001, 1_000):
        town.world.fees.settle([1] * 1_001, sender=town.ben)


def test_B7_too_little_gas_fails_the_whole_call(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    with pytest.raises(Exception, match=r"."):
        world.fees.settle([town.account], sender=town.ben, gas=60_000)
    assert world.account(town.account).due == LINE


def test_settle_and_revert_always_reverts_and_keeps_nothing(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    with reverts("FeePreview", ((town.account, 1, LINE),)):
        world.fees.settleAndRevert([town.account], sender=town.ben)
    assert world.balance(town.fund) == 0
    with reverts("FeeBatchTooLarge", 1_001, 1_000):
        world.fees.previewSettle([1] * 1_001, sender=town.ben)


def test_M6_forty_days_without_a_node_lose_nothing(town: Town):
    world = town.world
    world.to_day(first_of(town.start) + 44)
    found = world.account(town.account)
    assert found.due == 2 * LINE
    assert world.settle(town.account)[0][2] == 2 * LINE + found.late_fees
