"""finalise: what silence means, on each clock; open to all.

phase ── no deposit, the lease runs, settled: refused
clock ── on the last day: refused · the day after: done, by a stranger, and years later too (L3)
silence ── landlord: all goes back · tenants: the claim is accepted · some tenants: the lowest offer is final
        ── arbiter: the difference is split, the odd unit for the tenants
extension ── paused, or whose turn it is under recovery: extended, once; others' recoveries do not count
"""

import pytest

from commonhold.rules.calendar import month_of
from tests.contracts.DepositEscrow.conftest import ANSWER_DAYS, AWARD_DAYS, CLAIM_DAYS, EXTENSION_DAYS
from tests.lease_world import CLOSED, Gains, World


def finalise(world: World, lease: int) -> None:
    world.escrow.finalise(lease, sender=world.wallet("stranger"))


def test_there_is_nothing_to_finalise_while_the_lease_runs(world: World, running: int):
    with world.reverts("DepositPhaseWrong", running, 1):
        finalise(world, running)
    with world.reverts("DepositPhaseWrong", 99, 0):
        finalise(world, 99)


@pytest.mark.parametrize("stage", ["ended", "claimed", "disputed"])
def test_a_clock_runs_through_its_last_day(world: World, stage: str, request: pytest.FixtureRequest):
    lease = request.getfixturevalue(stage)
    last = world.escrow.reviewOf(lease)[3]
    world.to_day(last)
    with world.reverts("DepositClockRunning", lease, last, last):
        finalise(world, lease)
    world.to_day(last + 1)
    finalise(world, lease)


def test_l1_silence_of_the_landlord_gives_everything_back(world: World, ended: int):
    world.pass_days(CLAIM_DAYS + 1)
    gains = Gains(world)
    finalise(world, ended)
    assert gains.of("landlord", "ann", "ben") == (0, 600, 400)
    assert world.leases.stateOf(ended) == CLOSED
    with world.reverts("DepositPhaseWrong", ended, 5):
        finalise(world, ended)


def test_l1_silence_of_the_tenants_accepts_the_claim(world: World, claimed: int):
    world.pass_days(ANSWER_DAYS + 1)
    gains = Gains(world)
    finalise(world, claimed)
    assert gains.of("landlord", "ann", "ben") == (300, 0, 0)
    assert world.leases.stateOf(claimed) == CLOSED


def test_l1_silence_of_one_tenant_leaves_the_others_offer_final(world: World, claimed: int):
    world.escrow.makeOffer(claimed, 100, sender=world.wallet("ann"))
    world.pass_days(ANSWER_DAYS + 3)
    gains = Gains(world)
    finalise(world, claimed)
    assert gains.of("landlord") == 100
    review = world.escrow.reviewOf(claimed)
    assert (review[0], review[3], review[6]) == (4, world.today + AWARD_DAYS, 100)


def test_silence_of_one_tenant_who_leaves_anothers_acceptance(world: World, claimed: int):
    world.escrow.acceptClaim(claimed, 300, sender=world.wallet("ann"))
    world.pass_days(ANSWER_DAYS + 1)
    gains = Gains(world)
    finalise(world, claimed)
    assert gains.of("landlord") == 300


@pytest.mark.core
def test_l1_silence_of_the_arbiter_splits_the_difference(world: World, disputed: int):
    world.pass_days(AWARD_DAYS + 1)
    gains = Gains(world)
    finalise(world, disputed)
    landlord, ann, ben = gains.of("landlord", "ann", "ben")
    assert (landlord, ann + ben) == (99, 100)
    assert world.events("DepositSettled")[0]["toLandlord"] == 200
    assert world.leases.stateOf(disputed) == CLOSED
    assert world.escrow.held() == 0


@pytest.mark.parametrize("stage", ["ended", "claimed", "disputed"])
def test_l3_no_time_is_too_late(world: World, stage: str, request: pytest.FixtureRequest):
    lease = request.getfixturevalue(stage)
    world.backend.warp(2**35)
    finalise(world, lease)
    assert world.leases.stateOf(lease) == CLOSED


def test_t9_a_pause_extends_the_clock_once_instead(world: World, ended: int):
    last = world.escrow.reviewOf(ended)[3]
    world.to_day(last + 1)
    world.pause(5)
    gains = Gains(world)
    finalise(world, ended)
    (event,) = world.events("ClockExtended")
    assert (event["lease"], event["lastDay"]) == (ended, last + EXTENSION_DAYS)
    assert world.escrow.reviewOf(ended)[:4] == (2, True, 0, last + EXTENSION_DAYS)
    assert gains.of("ann", "ben") == (0, 0)
    world.escrow.fileClaim(ended, [10], [bytes(32)], sender=world.wallet("landlord"))


def test_t9_a_second_pause_does_not_extend_the_same_clock(world: World, ended: int):
    last = world.escrow.reviewOf(ended)[3]
    world.to_day(last + 1)
    world.pause(5)
    finalise(world, ended)
    world.to_day(last + EXTENSION_DAYS + 1)
    world.pause(5)
    finalise(world, ended)
    assert world.leases.stateOf(ended) == CLOSED


@pytest.mark.parametrize(
    ("stage", "person", "extended"),
    [
        ("ended", "landlord", True),
        ("ended", "ann", False),
        ("claimed", "ben", True),
        ("claimed", "landlord", False),
        ("claimed", "arbiter", False),
        ("disputed", "arbiter", True),
        ("disputed", "ann", False),
    ],
)
def test_a_recovery_extends_the_clock_of_whose_turn_it_is(
    world: World, stage: str, person: str, extended: bool, request: pytest.FixtureRequest
):
    lease = request.getfixturevalue(stage)
    world.to_day(world.escrow.reviewOf(lease)[3] + 1)
    world.start_recovery(person)
    finalise(world, lease)
    assert (world.leases.stateOf(lease) != CLOSED) == extended
    assert world.escrow.reviewOf(lease)[1] == extended


def test_a_tenant_who_has_answered_extends_nothing(world: World, claimed: int):
    world.escrow.acceptClaim(claimed, 300, sender=world.wallet("ann"))
    world.pass_days(ANSWER_DAYS + 1)
    world.start_recovery("ann")
    finalise(world, claimed)
    assert world.leases.stateOf(claimed) == CLOSED


def test_the_next_clock_starts_without_an_extension(world: World, claimed: int):
    world.pause(20)
    world.escrow.extendClock(claimed, sender=world.wallet("stranger"))
    world.escrow.makeOffer(claimed, 100, sender=world.wallet("ann"))
    world.escrow.makeOffer(claimed, 100, sender=world.wallet("ben"))
    assert world.escrow.reviewOf(claimed)[1] is False


@pytest.mark.parametrize(("stage", "lane"), [("ended", 0), ("claimed", 0), ("disputed", 1)])
def test_the_landlords_record_says_whether_the_deposit_was_disputed(
    world: World, stage: str, lane: int, request: pytest.FixtureRequest
):
    lease = request.getfixturevalue(stage)
    world.to_day(world.escrow.reviewOf(lease)[3] + 1)
    finalise(world, lease)
    told = [(event["party"], event["month"], event["lane"]) for event in world.events("Provider")]
    assert told == [(world.party["landlord"], month_of(world.today), lane)]
