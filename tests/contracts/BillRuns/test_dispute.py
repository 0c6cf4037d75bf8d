"""dispute, withdrawDispute, decideDispute, closeDispute: the billed party objects, the committee decides.

dispute
├── unknown bill, another party, no current wallet, amount 0 or more than is open ── refused
├── after the last day in time, or a second time ── refused
└── in time ── nothing of the bill is late or collected for 30 days; the rest can be paid
withdrawDispute ── by the party alone; as if never disputed
decideDispute
├── none open, more than disputed, by the billed party itself ── refused
├── upheld ── owed, in time for 7 more days
└── removed ── taken off; all of it ── the bill is over: neutral, or in time where something was paid in time
closeDispute, and every other touch, after the deadline ── silence removes the disputed part
"""

import pytest

from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from tests.bill_world import CMT, GRACE, RATE, REASON, BillWorld
from tests.evm import reverts

NOBODY = "0x" + "00" * 20


@pytest.fixture
def key(world: BillWorld) -> int:
    return world.issued(100 * CMT)


def dispute(world: BillWorld, key: int, amount: int = 40 * CMT) -> int:
    """Ann disputes; the last day of the decision."""
    world.bills.dispute(key, amount, REASON, sender=world.ann)
    return world.today + 30


def test_a_dispute_is_announced_with_its_deadline(world: BillWorld, key: int) -> None:
    until = dispute(world, key)
    assert world.event("DisputeOpened") == {
        "key": key, "party": world.ann.party, "amount": 40 * CMT, "untilDay": until, "reasonHash": REASON,
    }  # fmt: skip
    standing = world.standing(key)
    assert (standing["disputed"], standing["dispute_until"], standing["open"]) == (40 * CMT, until, 100 * CMT)
    # what is not disputed is all that could be overdue, and not before the decision
    assert world.bills.overdueOf(key) == (1, world.ann.party, standing["due_day"], until, 60 * CMT)


def test_while_disputed_nothing_is_collected_and_nothing_is_late(world: BillWorld, key: int) -> None:
    world.mandate(world.ann)
    until = dispute(world, key)
    world.to_day(until)
    assert world.settle(key) == [(Code.DISPUTED, 0)]
    assert world.standing(key)["late_fees"] == 0


def test_the_rest_can_be_paid_and_what_is_disputed_cannot(world: BillWorld, key: int) -> None:
    dispute(world, key)
    with reverts("BillPaymentTooLarge", key, 60 * CMT + 1, 60 * CMT):
        world.bills.pay(key, world.ann.party, 60 * CMT + 1, sender=world.ann)
    world.bills.pay(key, world.ann.party, 60 * CMT, sender=world.ann)
    assert world.outcomes() == []


def test_who_may_dispute_what_and_when(world: BillWorld, key: int) -> None:
    with reverts("BillUnknown", key + 1):
        world.bills.dispute(key + 1, 1, REASON, sender=world.ann)
    with reverts("BillNotParty", key, world.ben.wallet):
        world.bills.dispute(key, 1, REASON, sender=world.ben)
    with reverts("BillNotParty", key, world.stranger):
        world.bills.dispute(key, 1, REASON, sender=world.stranger)
    with reverts("BillAmountZero"):
        dispute(world, key, 0)
    with reverts("BillDisputeTooLarge", key, 100 * CMT + 1, 100 * CMT):
        dispute(world, key, 100 * CMT + 1)
    last = world.standing(key)["last_on_time"]
    world.to_day(last + 1)
    with reverts("BillNotDisputable", key, last, last + 1):
        dispute(world, key)
    world.to_day(last)
    dispute(world, key, 100 * CMT)


def test_a_bill_is_disputed_once(world: BillWorld, key: int) -> None:
    dispute(world, key)
    with reverts("BillNotDisputable", key, 0, world.today):
        dispute(world, key)
    world.bills.decideDispute(key, 0, REASON, sender=world.checker)
    with reverts("BillNotDisputable", key, 0, world.today):
        dispute(world, key)


def test_a_dispute_given_up_was_never_there(world: BillWorld, key: int) -> None:
    last = world.standing(key)["last_on_time"]
    dispute(world, key)
    world.to_day(last + 4)
    with reverts("BillNotParty", key, world.ben.wallet):
        world.bills.withdrawDispute(key, sender=world.ben)
    world.bills.withdrawDispute(key, sender=world.ann)
    assert world.event("DisputeWithdrawn") == {"key": key, "party": world.ann.party}
    standing = world.standing(key)
    assert standing["late_fees"] == 4 * 100 * CMT * RATE // 10_000
    assert (standing["disputed"], standing["dispute_until"]) == (0, 0)
    world.pass_days(1)
    assert world.standing(key)["late_fees"] == 5 * 100 * CMT * RATE // 10_000
    with reverts("BillNotDisputed", key):
        world.bills.withdrawDispute(key, sender=world.ann)


def test_upheld_it_is_owed_and_can_be_paid_in_time_for_seven_days(world: BillWorld, key: int) -> None:
    until = dispute(world, key)
    world.to_day(until)
    world.bills.decideDispute(key, 0, REASON, sender=world.checker)
    assert world.event("DisputeDecided") == {
        "key": key, "by": world.checker, "removed": 0, "lastOnTimeDay": until + 7, "reasonHash": REASON,
    }  # fmt: skip
    assert world.outcomes() == []
    world.pass_days(7)
    assert world.standing(key)["late_fees"] == 0
    world.pass_days(1)
    assert world.standing(key)["late_fees"] == 100 * CMT * RATE // 10_000
    world.pass_days(-1)
    world.bills.pay(key, world.ann.party, 100 * CMT, sender=world.ann)
    assert world.outcomes()[0][0] == "on time"


def test_an_early_decision_shortens_no_time(world: BillWorld, key: int) -> None:
    dispute(world, key)
    world.bills.decideDispute(key, 10 * CMT, REASON, sender=world.checker)
    standing = world.standing(key)
    assert standing["last_on_time"] == standing["due_day"] + GRACE
    assert (standing["open"], standing["removed"]) == (90 * CMT, 10 * CMT)


def test_removed_in_part_the_rest_is_owed(world: BillWorld, key: int) -> None:
    dispute(world, key)
    with reverts("BillDisputeTooLarge", key, 40 * CMT + 1, 40 * CMT):
        world.bills.decideDispute(key, 40 * CMT + 1, REASON, sender=world.checker)
    world.bills.decideDispute(key, 25 * CMT, REASON, sender=world.checker)
    world.bills.pay(key, world.ann.party, 75 * CMT, sender=world.ann)
    assert world.balance(world.works) == 75 * CMT
    assert world.bills.openBills(1, world.ann.party) == 0


def test_a_bill_removed_whole_is_neutral(world: BillWorld, key: int) -> None:
    due = world.standing(key)["due_day"]
    dispute(world, key, 100 * CMT)
    world.bills.decideDispute(key, 100 * CMT, REASON, sender=world.checker)
    assert world.outcomes() == [("late", key, world.ann.party, due, world.today, True)]
    assert world.bills.openBills(1, world.ann.party) == 0


def test_a_bill_paid_in_time_but_for_what_was_wrong_is_in_time(world: BillWorld, key: int) -> None:
    due = world.standing(key)["due_day"]
    until = dispute(world, key)
    world.bills.pay(key, world.ann.party, 60 * CMT, sender=world.ann)
    world.to_day(until)
    world.bills.decideDispute(key, 40 * CMT, REASON, sender=world.checker)
    assert world.outcomes() == [("on time", month_of(due), world.ann.party)]


def test_nobody_decides_his_own_dispute(world: BillWorld, key: int) -> None:
    dispute(world, key)
    world.suite.access.grantRole(6, world.ann.wallet, 0, sender=world.suite.admin)
    with reverts("BillAdjusterConcerned", key, world.ann.wallet):
        world.bills.decideDispute(key, 40 * CMT, REASON, sender=world.ann)
    with reverts("BillNotDisputed", world.issued(CMT, world.ben)):
        world.bills.decideDispute(
            world.bills.keyOf(2, 7, world.terms().period, 1), 0, REASON, sender=world.checker
        )


def test_silence_removes_the_disputed_part(world: BillWorld, key: int) -> None:
    until = dispute(world, key)
    world.to_day(until)
    with reverts("BillDisputed", key, until):
        world.bills.closeDispute(key, sender=world.stranger)
    world.to_day(until + 1)
    assert world.standing(key)["open"] == 60 * CMT
    with reverts("BillNotDisputed", key):
        world.bills.decideDispute(key, 0, REASON, sender=world.checker)
    world.bills.closeDispute(key, sender=world.stranger)
    assert world.event("DisputeDecided") == {
        "key": key, "by": NOBODY, "removed": 40 * CMT, "lastOnTimeDay": until + 8, "reasonHash": bytes(32),
    }  # fmt: skip
    assert world.standing(key)["removed"] == 40 * CMT
    with reverts("BillNotDisputed", key):
        world.bills.closeDispute(key, sender=world.stranger)


@pytest.mark.parametrize("touch", ["pay", "settle", "dispute closed"])
def test_every_touch_after_the_deadline_does_what_silence_means(
    world: BillWorld, key: int, touch: str
) -> None:
    until = dispute(world, key)
    world.mandate(world.ann)
    world.to_day(until + 8)
    if touch == "pay":
        world.bills.pay(key, world.ann.party, 60 * CMT, sender=world.ann)
    elif touch == "settle":
        assert world.settle(key) == [(Code.COLLECTED, 60 * CMT)]
    else:
        world.bills.closeDispute(key, sender=world.stranger)
        world.bills.pay(key, world.ann.party, 60 * CMT, sender=world.ann)
    assert world.outcomes()[0][0] == "on time"
    standing = world.standing(key)
    assert (standing["open"], standing["removed"], standing["disputed"]) == (0, 40 * CMT, 0)
    assert world.bills.openBills(1, world.ann.party) == 0


@pytest.mark.parametrize("paid", [0, 60 * CMT])
def test_silence_about_all_that_is_open_ends_the_bill_with_one_outcome(
    world: BillWorld, key: int, paid: int
) -> None:
    due = world.standing(key)["due_day"]
    if paid:
        world.bills.pay(key, world.ann.party, paid, sender=world.ann)
    until = dispute(world, key, 100 * CMT - paid)
    world.to_day(until + 20)
    assert world.settle(key) == [(Code.NOTHING_DUE, 0)]
    neutral = ("late", key, world.ann.party, due, until + 1, True)
    assert world.outcomes() == [("on time", month_of(due), world.ann.party) if paid else neutral]
    assert world.settle(key) == [(Code.NOTHING_DUE, 0)]
    assert world.outcomes() == []
    assert world.bills.openBills(1, world.ann.party) == 0
