"""giveClearance, clearedToTransfer, withdrawOwed, pause, retire.

giveClearance
├── unknown unit ── refused; the owner has an open bill of it ── refused
└── cleared for this buyer and this day; runs posted so far never bind the buyer, later ones do
withdrawOwed ── a share that could not be delivered waits; nothing owed ── refused; still not to be
reached ── waits on
pause ── stops posting, approving, issuing, for at most 30 days; never paying or disputing
retire ── no new runs; what was approved goes on
"""

from commonhold.rules.codes import Code
from tests.bill_world import CMT, REASON, BillWorld, other
from tests.evm import reverts

DAY = 86_400


def test_an_owner_with_an_open_bill_is_not_cleared(world: BillWorld) -> None:
    unit = world.unit[world.ann.party]
    key = world.issued(CMT)
    with reverts("BillsOpen", unit, world.ann.party, 1):
        world.bills.giveClearance(unit, world.ben.party, sender=world.clerk)
    world.bills.pay(key, world.ann.party, CMT, sender=world.ann)
    world.bills.giveClearance(unit, world.ben.party, sender=world.clerk)
    assert world.event("ClearanceGiven") == {
        "unit": unit, "owner": world.ann.party, "buyer": world.ben.party, "lastRun": 1, "day": world.today,
    }  # fmt: skip
    assert world.bills.clearanceOf(unit, world.ben.party) == (1, world.today)
    with reverts("BillUnitUnknown", 99):
        world.bills.giveClearance(99, world.ben.party, sender=world.clerk)


def test_a_clearance_is_for_one_buyer_and_one_day(world: BillWorld) -> None:
    unit, ann, ben = world.unit[world.ann.party], world.ann.party, world.ben.party
    assert not world.bills.clearedToTransfer(unit, ann, ben)
    world.bills.giveClearance(unit, ben, sender=world.clerk)
    assert world.bills.clearedToTransfer(unit, ann, ben)
    assert not world.bills.clearedToTransfer(unit, ann, world.cleo.party)
    assert not world.bills.clearedToTransfer(unit + 1, ann, ben)
    world.pass_days(1)
    assert not world.bills.clearedToTransfer(unit, ann, ben)


def test_a_bill_issued_after_the_clearance_takes_it_back(world: BillWorld) -> None:
    unit = world.unit[world.ann.party]
    run = world.run([(world.ann, CMT)])
    world.bills.giveClearance(unit, world.ben.party, sender=world.clerk)
    world.issue(run, world.ann)
    assert not world.bills.clearedToTransfer(unit, world.ann.party, world.ben.party)


def test_leaves_of_runs_before_the_clearance_never_bind_the_buyer(world: BillWorld) -> None:
    unit, ben = world.unit[world.ann.party], world.ben.party
    first = world.draft([(world.ann, CMT)]).bills[0]
    bills = [first, other(first, party=ben, version=2), other(first, party=world.cleo.party, version=3)]
    before = world.run([*bills, other(first, unit=unit + 1, party=ben)])
    world.bills.giveClearance(unit, ben, sender=world.clerk)
    with reverts("BillNotBinding", 1, unit, ben):
        world.bills.issue(*before.of(1), sender=world.stranger)
    with reverts("BillNotBinding", 1, unit, ben):
        world.bills.payByProof(*before.of(1), CMT, sender=world.ann)
    for index in (0, 2, 3):  # the seller, another party, another unit
        assert world.bills.issue(*before.of(index), sender=world.stranger) == Code.ISSUED
    after = world.run([other(first, party=ben)], period=world.terms().period + 1)
    assert world.bills.issue(*after.of(0), sender=world.stranger) == Code.ISSUED


def test_a_share_that_cannot_be_delivered_waits_for_its_party(world: BillWorld) -> None:
    run = world.run([(world.ann, 100 * CMT), (world.ben, 50 * CMT)])
    world.recovering(world.works, 30)
    world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    assert world.event("ShareHeld") == {"party": world.works.party, "amount": 100 * CMT}
    assert world.bills.owed(world.works.party) == world.bills.held() == 100 * CMT
    assert world.balance(world.bills) == 100 * CMT
    key = world.issue(run, world.ben)
    world.mandate(world.ben)
    world.to_day(run.terms.due_day)
    world.settle(key)
    assert world.bills.held() == 150 * CMT
    world.bills.withdrawOwed(world.works.party, sender=world.stranger)  # still not to be reached
    assert world.bills.owed(world.works.party) == world.bills.held() == 150 * CMT
    world.recovering(world.works, 0)
    world.bills.withdrawOwed(world.works.party, sender=world.stranger)
    assert world.event("OwedWithdrawn") == {"party": world.works.party, "amount": 150 * CMT}
    assert (world.balance(world.works), world.bills.held(), world.balance(world.bills)) == (150 * CMT, 0, 0)
    with reverts("BillNothingOwed", world.works.party):
        world.bills.withdrawOwed(world.works.party, sender=world.stranger)


def test_A5_a_pause_stops_new_obligations_and_nothing_else(world: BillWorld) -> None:
    run = world.run([(world.ann, 100 * CMT), (world.ben, 50 * CMT), (world.cleo, CMT)])
    key = world.issue(run, world.ann)
    posted = world.post(world.draft([(world.ann, CMT)], period=world.terms().period + 1))
    until = world.chain.timestamp + 3 * DAY
    world.bills.pause(3 * DAY, sender=world.checker)
    assert world.event("PausedUntil") == {"until": until}
    with reverts("BillsPaused", until):
        world.bills.issue(*run.of(world.ben), sender=world.stranger)
    with reverts("BillsPaused", until):
        world.bills.issueMany(1, [], [], sender=world.stranger)
    with reverts("BillsPaused", until):
        world.approve(posted)
    with reverts("BillsPaused", until):
        world.post(world.draft([(world.ann, CMT)]))
    world.bills.dispute(key, CMT, REASON, sender=world.ann)
    world.bills.withdrawDispute(key, sender=world.ann)
    world.bills.pay(key, world.ann.party, CMT, sender=world.ann)
    world.bills.payByProof(*run.of(world.cleo), CMT, sender=world.cleo)
    world.mandate(world.ann)
    world.chain.warp(until)
    world.approve(posted)  # ended by itself
    world.bills.issue(*run.of(world.ben), sender=world.stranger)
    with reverts("BillsPauseTooLong", 30 * DAY + 1, 30 * DAY):
        world.bills.pause(30 * DAY + 1, sender=world.checker)


def test_retired_it_takes_no_new_runs_and_finishes_the_old_ones(world: BillWorld) -> None:
    run = world.run([(world.ann, 100 * CMT)])
    world.bills.retire(sender=world.suite.admin)
    assert [event["event"] for event in world.chain.events()] == ["Retired"]
    assert world.bills.retired()
    with reverts("BillsRetired"):
        world.post(world.draft([(world.ann, CMT)]))
    with reverts("BillsRetired"):
        world.approve(run)
    key = world.issue(run, world.ann)
    world.bills.pay(key, world.ann.party, 100 * CMT, sender=world.ann)


def test_a_wallet_of_another_party_does_not_speak_for_the_billed_one(world: BillWorld) -> None:
    key = world.issued(CMT)
    for who in (world.works.wallet, world.stranger):
        with reverts("BillNotParty", key, who):
            world.bills.dispute(key, 1, REASON, sender=who)
    world.bills.dispute(key, 1, REASON, sender=world.ann)
    for who in (world.works.wallet, world.stranger):
        with reverts("BillNotParty", key, who):
            world.bills.withdrawDispute(key, sender=who)
