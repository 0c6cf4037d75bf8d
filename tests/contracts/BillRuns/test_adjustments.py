"""proposeAdjustment, withdrawAdjustment, approveAdjustment, repay: waivers and credit notes, by two people.

proposeAdjustment ── unknown bill, nothing to take off, by the billed party, proposed already ── refused
approveAdjustment
├── not proposed, withdrawn, 31 days later, other figures ── refused
├── by who proposed it, by the billed party ── refused
├── while a dispute is open ── refused
├── more principal than open (waiver), more than was billed (credit note), more late fee than owed ── refused
├── waiver ── taken off, counted in the month's public total; the last of the principal ── neutral
└── credit note ── the open part is taken off, what was paid is repayable
repay ── anybody, to the billed party, at most what is repayable
"""

import pytest

from commonhold.roles import ROLE_ID
from commonhold.rules.calendar import month_of
from tests.bill_world import CMT, CREDIT_NOTE, RATE, REASON, WAIVER, BillWorld
from tests.evm import reverts


@pytest.fixture
def key(world: BillWorld) -> int:
    return world.issued(100 * CMT)


def test_a_waiver_is_taken_off_and_counted_in_public(world: BillWorld, key: int) -> None:
    world.to_day(world.standing(key)["last_on_time"] + 10)
    fee = 10 * 100 * CMT * RATE // 10_000
    adjustment = world.adjustment(key, 30 * CMT, fee)
    identity = world.bills.proposeAdjustment(adjustment, sender=world.clerk)
    assert world.event("AdjustmentProposed") == {
        "id": identity, "key": key, "maker": world.clerk, "adjustment": adjustment,
        "untilDay": world.today + 30,
    }  # fmt: skip
    assert world.bills.adjustmentOf(identity) == (world.clerk, world.today + 30)
    world.bills.approveAdjustment(adjustment, sender=world.checker)
    made = world.event("AdjustmentMade")
    assert (made["checker"], made["adjustment"], made["repayable"]) == (world.checker, adjustment, 0)
    standing = world.standing(key)
    assert (standing["open"], standing["late_fees"], standing["removed"]) == (70 * CMT, 0, 30 * CMT)
    assert world.bills.adjustedIn(month_of(world.today)) == (30 * CMT, fee, 0)
    world.pass_days(2)
    assert world.standing(key)["late_fees"] == 2 * 70 * CMT * RATE // 10_000
    world.adjust(key, 1, 1)
    assert world.bills.adjustedIn(month_of(world.today)) == (30 * CMT + 1, fee + 1, 0)


def test_waived_days_of_a_late_fee_are_used_up(world: BillWorld, key: int) -> None:
    last = world.standing(key)["last_on_time"]
    world.to_day(last + 60)
    world.adjust(key, 0, world.standing(key)["late_fees"])
    world.to_day(last + 100)
    assert world.standing(key)["late_fees"] == 0


def test_a_bill_waived_whole_is_neutral(world: BillWorld, key: int) -> None:
    due = world.standing(key)["due_day"]
    world.adjust(key, 100 * CMT)
    assert world.outcomes() == [("late", key, world.ann.party, due, world.today, True)]
    assert world.bills.openBills(1, world.ann.party) == 0


def test_a_late_bill_whose_last_part_is_waived_is_neutral_and_one_paid_after_it_is_late(
    world: BillWorld, key: int
) -> None:
    due, last = (world.standing(key)[name] for name in ("due_day", "last_on_time"))
    other = world.issued(100 * CMT, world.ben)
    world.to_day(last + 2)
    world.bills.pay(key, world.ann.party, 60 * CMT, sender=world.ann)
    world.adjust(key, 40 * CMT)
    assert world.outcomes() == [("late", key, world.ann.party, due, world.today, True)]
    world.adjust(other, 40 * CMT)
    assert world.outcomes() == []
    world.bills.pay(other, world.ben.party, 60 * CMT, sender=world.ben)
    assert world.outcomes() == [("late", other, world.ben.party, due, world.today, False)]


def test_a_credit_note_takes_the_open_part_off_and_makes_the_paid_part_repayable(
    world: BillWorld, key: int
) -> None:
    world.bills.pay(key, world.ann.party, 80 * CMT, sender=world.ann)
    world.adjust(key, 50 * CMT, kind=CREDIT_NOTE)
    assert world.event("AdjustmentMade")["repayable"] == 30 * CMT
    assert world.outcomes()[0][0] == "on time"
    standing = world.standing(key)
    assert (standing["open"], standing["removed"], standing["repayable"]) == (0, 50 * CMT, 30 * CMT)
    assert world.bills.adjustedIn(month_of(world.today)) == (0, 0, 50 * CMT)
    # nothing that was forwarded is given out of what others paid
    assert world.balance(world.bills) == world.bills.held() == 0
    before = world.balance(world.ann)
    world.token.approve(world.bills, 2**255, sender=world.works)
    with reverts("BillPaymentTooLarge", key, 30 * CMT + 1, 30 * CMT):
        world.bills.repay(key, 30 * CMT + 1, sender=world.works)
    world.bills.repay(key, 10 * CMT, sender=world.works)
    assert world.event("CreditRepaid") == {
        "key": key, "party": world.ann.party, "payer": world.works.wallet, "amount": 10 * CMT,
    }  # fmt: skip
    world.bills.repay(key, 20 * CMT, sender=world.works)
    assert world.balance(world.ann) == before + 30 * CMT
    assert world.standing(key)["repayable"] == 0
    with reverts("BillPaymentTooLarge", key, 1, 0):
        world.bills.repay(key, 1, sender=world.works)
    with reverts("BillAmountZero"):
        world.bills.repay(key, 0, sender=world.works)


def test_R4_no_more_is_credited_than_was_billed(world: BillWorld, key: int) -> None:
    world.bills.pay(key, world.ann.party, 100 * CMT, sender=world.ann)
    world.adjust(key, 60 * CMT, kind=CREDIT_NOTE)
    assert world.outcomes() == []  # its one outcome was reported when it was paid
    with reverts("BillAdjustmentTooLarge", key, 40 * CMT + 1, 40 * CMT):
        world.adjust(key, 40 * CMT + 1, kind=CREDIT_NOTE)
    world.adjust(key, 40 * CMT, kind=CREDIT_NOTE)
    assert world.standing(key)["repayable"] == 100 * CMT


def test_only_what_is_owed_can_be_waived(world: BillWorld, key: int) -> None:
    with reverts("BillAdjustmentTooLarge", key, 100 * CMT + 1, 100 * CMT):
        world.adjust(key, 100 * CMT + 1)
    with reverts("BillAdjustmentTooLarge", key, 1, 0):
        world.adjust(key, 0, 1)


def test_what_is_proposed_makes_sense(world: BillWorld, key: int) -> None:
    propose = world.bills.proposeAdjustment
    with reverts("BillUnknown", key + 1):
        propose(world.adjustment(key + 1, 1), sender=world.clerk)
    with reverts("BillAmountZero"):
        propose(world.adjustment(key, 0), sender=world.clerk)
    identity = propose(world.adjustment(key, 1), sender=world.clerk)
    with reverts("BillAdjustmentOpen", identity, world.today + 30):
        propose(world.adjustment(key, 1), sender=world.clerk)
    world.pass_days(31)
    propose(world.adjustment(key, 1), sender=world.clerk)


def test_what_is_approved_was_proposed_and_is_fresh(world: BillWorld, key: int) -> None:
    adjustment = world.adjustment(key, CMT)
    approve = world.bills.approveAdjustment
    with reverts("BillAdjustmentUnknown", ...):
        approve(adjustment, sender=world.checker)
    identity = world.bills.proposeAdjustment(adjustment, sender=world.clerk)
    for other in ((key, CREDIT_NOTE, CMT, 0, REASON), (key, WAIVER, CMT + 1, 0, REASON)):
        with reverts("BillAdjustmentUnknown", ...):
            approve(other, sender=world.checker)
    world.bills.withdrawAdjustment(identity, sender=world.clerk)
    assert world.event("AdjustmentWithdrawn") == {"id": identity}
    with reverts("BillAdjustmentUnknown", identity):
        approve(adjustment, sender=world.checker)
    with reverts("BillAdjustmentUnknown", identity):
        world.bills.withdrawAdjustment(identity, sender=world.clerk)
    world.bills.proposeAdjustment(adjustment, sender=world.clerk)
    world.pass_days(31)
    with reverts("BillAdjustmentUnknown", identity):
        approve(adjustment, sender=world.checker)
    world.pass_days(-1)
    approve(adjustment, sender=world.checker)
    with reverts("BillAdjustmentUnknown", identity):
        approve(adjustment, sender=world.checker)


def test_A4_one_person_is_not_two(world: BillWorld, key: int) -> None:
    access, admin = world.suite.access, world.suite.admin
    access.grantRole(ROLE_ID["COMMITTEE"], world.clerk, 0, sender=admin)
    access.grantRole(ROLE_ID["COMMITTEE"], world.ann.wallet, 0, sender=admin)
    access.grantRole(ROLE_ID["MANAGER"], world.ann.wallet, 0, sender=admin)
    adjustment = world.adjustment(key, CMT)
    with reverts("BillAdjusterConcerned", key, world.ann.wallet):
        world.bills.proposeAdjustment(adjustment, sender=world.ann)
    world.bills.proposeAdjustment(adjustment, sender=world.clerk)
    with reverts("BillCheckerIsMaker", world.clerk):
        world.bills.approveAdjustment(adjustment, sender=world.clerk)
    with reverts("BillAdjusterConcerned", key, world.ann.wallet):
        world.bills.approveAdjustment(adjustment, sender=world.ann)


def test_a_dispute_is_decided_first(world: BillWorld, key: int) -> None:
    world.bills.dispute(key, CMT, REASON, sender=world.ann)
    with reverts("BillDisputed", key, world.today + 30):
        world.adjust(key, CMT)
