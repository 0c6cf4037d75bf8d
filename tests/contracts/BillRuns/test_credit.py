"""Bills in the real credit history: each leaves one outcome, and what is overdue is found.

paid by proof, paid issued, collected ── FEES_ON_TIME in the month of the due day
late, unnoticed ── NEUTRAL; noticed and not cured ── FEES_LATE, entered once
never paid ── reportOverdue finds it; not yet overdue, or in dispute ── refused
without consent ── nothing is kept, and the payment goes on
"""

from collections.abc import Iterator

import pytest

from commonhold.rules.calendar import month_of
from tests.bill_world import CMT, GRACE, REASON, BillWorld
from tests.evm import reverts

FEES_ON_TIME, FEES_LATE, NEUTRAL = 4, 5, 9
CURE_DAYS = 14


@pytest.fixture(scope="module")
def community() -> BillWorld:
    world = BillWorld(real=True)
    for who in (world.ann, world.ben, world.cleo):
        world.suite.parties.setCollectingConsent(who is not world.cleo, sender=who)
    return world


@pytest.fixture
def world(community: BillWorld) -> Iterator[BillWorld]:
    chain = community.chain
    mark, timestamp = chain.evm.snapshot(), chain.timestamp
    yield community
    chain.evm.revert(mark)
    chain.warp(timestamp)


def counts(world: BillWorld, party: int, due_day: int) -> dict[int, int]:
    """Lane → count in the month of a day, where there is any."""
    month = month_of(due_day)
    found = {lane: world.credit.countOf(party, month, lane) for lane in range(10)}
    return {lane: count for lane, count in found.items() if count}


@pytest.mark.parametrize("way", ["by proof", "in parts", "pay", "settle"])
def test_a_bill_paid_in_time_counts_once(world: BillWorld, way: str) -> None:
    run = world.run([(world.ann, 100 * CMT)])
    due = run.terms.due_day
    if way == "by proof":
        world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    elif way == "in parts":
        world.bills.payByProof(*run.of(world.ann), 40 * CMT, sender=world.ann)
        assert counts(world, world.ann.party, due) == {}
        world.bills.payByProof(*run.of(world.ann), 60 * CMT, sender=world.ann)
    else:
        key = world.issue(run, world.ann)
        if way == "pay":
            world.bills.pay(key, world.ann.party, 100 * CMT, sender=world.ben)
        else:
            world.mandate(world.ann)
            world.to_day(due)
            world.settle(key)
            world.settle(key)
    assert counts(world, world.ann.party, due) == {FEES_ON_TIME: 1}


def test_a_late_bill_that_nobody_noticed_is_neutral(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    due = world.standing(key)["due_day"]
    world.to_day(due + GRACE + 1)
    world.bills.pay(key, world.ann.party, 100 * CMT, sender=world.ann)
    assert counts(world, world.ann.party, due) == {NEUTRAL: 1}


def test_somebody_who_never_pays_does_not_look_clean(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    due = world.standing(key)["due_day"]
    report = world.credit.reportOverdue
    world.to_day(due + GRACE)
    with reverts("CreditNotOverdue", ...):
        report(world.bills, key, sender=world.stranger)
    world.pass_days(1)
    report(world.bills, key, sender=world.stranger)
    notice = world.event("DelinquencyNoticed")
    assert (notice["obligation"], notice["party"], notice["dueDay"]) == (key, world.ann.party, due)
    assert counts(world, world.ann.party, due) == {}
    world.pass_days(CURE_DAYS + 1)
    report(world.bills, key, sender=world.stranger)
    assert counts(world, world.ann.party, due) == {FEES_LATE: 1}
    fee = world.standing(key)["late_fees"]
    world.bills.pay(key, world.ann.party, 100 * CMT + fee, sender=world.ann)
    assert counts(world, world.ann.party, due) == {FEES_LATE: 1}
    with reverts("CreditNotOverdue", ...):
        report(world.bills, key, sender=world.stranger)


def test_what_is_in_dispute_is_not_overdue(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    world.bills.dispute(key, 100 * CMT, REASON, sender=world.ann)
    world.to_day(world.standing(key)["dispute_until"])
    with reverts("CreditNotOverdue", ...):
        world.credit.reportOverdue(world.bills, key, sender=world.stranger)


def test_a_waived_bill_is_neutral(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    due = world.standing(key)["due_day"]
    world.adjust(key, 100 * CMT)
    assert counts(world, world.ann.party, due) == {NEUTRAL: 1}


def test_without_consent_nothing_is_kept_and_the_payment_goes_on(world: BillWorld) -> None:
    run = world.run([(world.cleo, 100 * CMT)])
    world.bills.payByProof(*run.of(world.cleo), 100 * CMT, sender=world.cleo)
    assert counts(world, world.cleo.party, run.terms.due_day) == {}
    assert world.balance(world.works) == 100 * CMT


def test_a_retired_reporter_stops_no_payment(world: BillWorld) -> None:
    run = world.run([(world.ann, 100 * CMT)])
    world.credit.retireReporter(world.bills, sender=world.suite.admin)
    world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    assert counts(world, world.ann.party, run.terms.due_day) == {}
