"""settle, previewSettle: many bills from mandates, one answer each.

settle
├── no bills ── nothing; more than 500 ── refused
├── a key that is no bill ── UNKNOWN; a bill paid, not due yet, or named twice ── NOTHING_DUE
├── a dispute is open ── DISPUTED
├── due, the mandate covers it ── COLLECTED, with its late fee
├── the mandate covers the principal alone ── RENT_ONLY
├── part payments allowed ── PARTIAL
├── no mandate, expired, over the limit, no funds, no wallet ── that reason, nothing booked
└── payees are paid once a batch; outcomes go out in one report
previewSettle ── answers the same and changes nothing
"""

import pytest

from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from tests.bill_world import CMT, HEAT, RATE, REASON, BillWorld, other
from tests.evm import reverts


@pytest.fixture
def keys(world: BillWorld) -> list[int]:
    """Bills of all three, issued; today is their due day, and mandates cover all."""
    people = (world.ann, world.ben, world.cleo)
    run = world.run([(who, (i + 1) * 100 * CMT) for i, who in enumerate(people)])
    keys = [world.issue(run, who) for who in people]
    for who in people:
        world.mandate(who)
    world.to_day(run.terms.due_day)
    return keys


def test_what_is_due_is_collected_and_the_payee_gets_one_transfer(world: BillWorld, keys: list[int]) -> None:
    assert world.settle(*keys) == [(Code.COLLECTED, amount * CMT) for amount in (100, 200, 300)]
    transfers = [event for event in world.chain.events("Transfer") if event["to"] == world.works.wallet]
    assert [event["value"] for event in transfers] == [600 * CMT]
    month = month_of(world.today)
    people = (world.ann, world.ben, world.cleo)
    assert world.outcomes() == [("on time", month, who.party) for who in people]
    assert len(world.chain.events("ReportedOnTime")) == 1
    assert world.balance(world.bills) == world.bills.held() == 0


def test_B8_twice_in_a_row_collects_nothing_twice(world: BillWorld, keys: list[int]) -> None:
    world.settle(*keys)
    before = world.balance(world.ann)
    assert world.settle(*keys) == [(Code.NOTHING_DUE, 0)] * 3
    assert world.balance(world.ann) == before
    assert world.outcomes() == []


def test_B4_a_key_named_twice_is_collected_once(world: BillWorld, keys: list[int]) -> None:
    before = world.balance(world.ann)
    answers = world.settle(keys[0], keys[1], keys[0])
    assert answers == [(Code.COLLECTED, 100 * CMT), (Code.COLLECTED, 200 * CMT), (Code.NOTHING_DUE, 0)]
    assert world.balance(world.ann) == before - 100 * CMT


def test_the_day_before_the_due_day_nothing_is_collected(world: BillWorld, keys: list[int]) -> None:
    world.pass_days(-1)
    assert world.settle(*keys) == [(Code.NOTHING_DUE, 0)] * 3


@pytest.mark.parametrize(("days", "code"), [(6, Code.NOTHING_DUE), (7, Code.COLLECTED)])
def test_a_mandate_is_used_seven_days_after_the_issue_at_the_earliest(
    world: BillWorld, days: int, code: Code
) -> None:
    run = world.run([(world.ann, 100 * CMT)])
    world.mandate(world.ann)
    world.to_day(run.terms.due_day + 3)
    key = world.issue(run, world.ann)
    world.pass_days(days)
    assert world.settle(key)[0][0] == code


def test_B5_each_item_has_its_own_reason_and_none_stands_in_anothers_way(
    world: BillWorld, keys: list[int]
) -> None:
    people = (world.ann, world.ben, world.cleo)
    run = world.draft([(who, CMT) for who in people], period=world.terms().period - 2)
    paid = [other(run.bills[0], version=2), other(run.bills[0], version=3)]
    run = world.run([*run.bills, *paid], period=run.terms.period, due_day=world.today + 1)
    disputed, at_once, ann = world.issue(run, 1), run.key(3), world.issue(run, 0)
    world.bills.payByProof(*run.of(3), CMT, sender=world.ann)
    world.bills.dispute(disputed, 1, REASON, sender=world.ben)
    world.token.revokeMandate(sender=world.cleo)
    world.pass_days(7)
    answers = world.settle(keys[2], disputed, keys[0], 0, 2**200, at_once, run.key(4), ann)
    fee = 2 * 100 * CMT * RATE // 10_000  # seven days, five of them grace
    assert answers == [
        (Code.NO_MANDATE, 0), (Code.DISPUTED, 0), (Code.COLLECTED, 100 * CMT + fee), (Code.UNKNOWN, 0),
        (Code.UNKNOWN, 0), (Code.NOTHING_DUE, 0), (Code.UNKNOWN, 0), (Code.COLLECTED, CMT),
    ]  # fmt: skip
    assert world.standing(keys[2])["open"] == 300 * CMT


def test_B10_without_money_nothing_is_booked_and_the_late_fee_goes_on_once(
    world: BillWorld, keys: list[int]
) -> None:
    world.token.transfer(world.ben.wallet, world.balance(world.ann), sender=world.ann)
    before = world.standing(keys[0])
    assert world.settle(keys[0]) == [(Code.NO_FUNDS, 0)]
    assert world.event("BillSettled")["code"] == Code.NO_FUNDS
    assert world.standing(keys[0]) == before
    world.pass_days(15)
    world.settle(keys[0])
    world.settle(keys[0])
    assert world.standing(keys[0])["late_fees"] == 10 * 100 * CMT * RATE // 10_000


def test_limits_expiry_and_part_payments(world: BillWorld, keys: list[int]) -> None:
    world.mandate(world.ann, 99 * CMT)
    world.mandate(world.ben, 150 * CMT, partial=True)
    world.mandate(world.cleo, months=0)
    world.pass_days(31)
    ann, ben, cleo = world.settle(*keys)
    assert ann == (Code.LIMIT_EXCEEDED, 0)
    assert ben == (Code.PARTIAL, 150 * CMT)
    assert cleo == (Code.MANDATE_EXPIRED, 0)
    assert world.standing(keys[1])["open"] == 50 * CMT
    assert world.outcomes() == []


def test_the_late_fee_is_asked_for_after_the_principal(world: BillWorld, keys: list[int]) -> None:
    world.pass_days(15)
    due = world.standing(keys[0])["due_day"]
    fee = 10 * 100 * CMT * RATE // 10_000
    world.mandate(world.ann, 100 * CMT)
    assert world.settle(keys[0]) == [(Code.RENT_ONLY, 100 * CMT)]
    assert world.outcomes() == [("late", keys[0], world.ann.party, due, world.today, False)]
    assert world.standing(keys[0])["late_fees"] == fee
    assert world.settle(keys[0]) == [(Code.LIMIT_EXCEEDED, 0)]
    world.mandate(world.ann, 200 * CMT)
    assert world.settle(keys[0]) == [(Code.COLLECTED, fee)]
    assert world.outcomes() == []


def test_a_late_fee_does_not_pass_a_principal_that_came_in_part(world: BillWorld, keys: list[int]) -> None:
    world.pass_days(15)
    world.mandate(world.ann, 99_990_000, partial=True)
    assert world.settle(keys[0]) == [(Code.PARTIAL, 99_990_000)]
    assert world.standing(keys[0])["open"] == 10_000


def test_in_commission_mode_fund_and_manager_are_each_paid_once(world: BillWorld) -> None:
    people = (world.ann, world.ben)
    run = world.run([(who, 15) for who in people], category=HEAT)
    keys = [world.issue(run, who) for who in people]
    for who in people:
        world.mandate(who)
    world.to_day(run.terms.due_day)
    world.settle(*keys)
    # rounded down for each bill: 2 × floor(1.5)
    assert (world.balance(world.works), world.balance(world.fund)) == (2, 28)
    assert world.balance(world.bills) == 0


def test_a_party_without_a_wallet_is_passed_over(world: BillWorld) -> None:
    nobody = world.suite.parties.register(1, b"\7" * 32, "0x" + "00" * 20, 0, b"", sender=world.suite.admin)
    first = world.draft([(world.ann, CMT)]).bills[0]
    run = world.run([other(first, party=nobody)])
    key = world.issue(run, 0)
    world.to_day(run.terms.due_day)
    assert world.settle(key) == [(Code.NO_WALLET, 0)]


def test_B6_an_empty_batch_is_a_batch_and_501_bills_are_none(world: BillWorld) -> None:
    assert world.settle() == []
    with reverts("BillBatchTooLarge", 501, 500):
        world.bills.settle([1] * 501, sender=world.stranger)
    with reverts("BillBatchTooLarge", 501, 500):
        world.bills.previewSettle([1] * 501, sender=world.stranger)


def test_a_preview_moves_nothing(world: BillWorld, keys: list[int]) -> None:
    before = [world.standing(key) for key in keys]
    answers = world.bills.previewSettle(keys, sender=world.stranger)
    assert [amount for _, _, amount in answers] == [100 * CMT, 200 * CMT, 300 * CMT]
    assert [world.standing(key) for key in keys] == before
    assert world.chain.events() == []
    with reverts("BillPreview", answers):
        world.bills.settleAndRevert(keys, sender=world.stranger)


@pytest.mark.gas
def test_B12_200_bills_fit_a_block(world: BillWorld) -> None:
    first = world.draft([(world.ann, CMT)]).bills[0]
    run = world.run([other(first, unit=unit + 1) for unit in range(200)])
    keys = [run.key(i) for i in range(200)]
    world.bills.issueMany(
        run.number, [bill.as_tuple() for bill in run.bills], [run.tree.proof(i) for i in range(200)],
        sender=world.stranger,
    )  # fmt: skip
    world.mandate(world.ann)
    world.to_day(run.terms.due_day)
    assert world.settle(*keys) == [(Code.COLLECTED, CMT)] * 200
    assert world.chain.gas_used < 200 * 40_000
    assert world.balance(world.works) == 200 * CMT
