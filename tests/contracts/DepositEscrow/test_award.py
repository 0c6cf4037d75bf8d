"""award: the arbiter decides between the two last figures.

caller ── not the arbiter, under recovery: refused
phase ── before a final offer, after the last day, after it is settled: refused · on the last day: taken
amount ── below the offer, above the claim: refused · offer, claim and between: paid, the offer counted in
"""

import pytest

from tests.contracts.DepositEscrow.conftest import AWARD_DAYS
from tests.lease_world import CLOSED, Gains, World


def award(world: World, lease: int, amount: int, by: str = "arbiter") -> None:
    world.escrow.award(lease, amount, sender=world.wallet(by))


@pytest.mark.parametrize("caller", ["landlord", "ann", "ben", "stranger", "manager", "admin", "committee"])
def test_a1_nobody_but_the_arbiter_awards(world: World, disputed: int, caller: str):
    with world.reverts("DepositNotParty", disputed, world.wallet(caller)):
        award(world, disputed, 200, by=caller)


def test_an_arbiter_whose_wallet_is_being_recovered_waits(world: World, disputed: int):
    world.start_recovery("arbiter")
    with world.reverts("DepositPartyInRecovery", world.party["arbiter"]):
        award(world, disputed, 200)


def test_nothing_is_awarded_before_the_offer_is_final(world: World, claimed: int):
    with world.reverts("DepositPhaseWrong", claimed, 3):
        award(world, claimed, 200)


@pytest.mark.parametrize("amount", [0, 100, 301, 2**64 - 1])
def test_an_award_outside_the_two_figures_is_refused(world: World, disputed: int, amount: int):
    with world.reverts("DepositAwardOutside", disputed, amount, 101, 300):
        award(world, disputed, amount)


@pytest.mark.parametrize("amount", [101, 102, 200, 300])
def test_the_award_is_paid_and_the_rest_goes_back(world: World, disputed: int, amount: int):
    world.pass_days(AWARD_DAYS)
    gains = Gains(world)
    award(world, disputed, amount)
    landlord, ann, ben = gains.of("landlord", "ann", "ben")
    assert (landlord, ann + ben) == (amount - 101, 300 - amount)
    (event,) = world.events("DepositAwarded")
    assert (event["arbiter"], event["award"]) == (world.party["arbiter"], amount)
    assert world.events("DepositSettled")[0]["toLandlord"] == amount
    assert world.leases.stateOf(disputed) == CLOSED
    with world.reverts("DepositPhaseWrong", disputed, 5):
        award(world, disputed, amount)


def test_an_award_after_the_last_day_is_refused(world: World, disputed: int):
    last = world.today + AWARD_DAYS
    world.to_day(last + 1)
    with world.reverts("DepositDeadlinePassed", disputed, last, last + 1):
        award(world, disputed, 200)


def test_an_award_is_told_as_a_dispute_and_an_agreed_offer_is_not(world: World, disputed: int):
    mark = world.backend.snapshot()
    award(world, disputed, 200)
    assert [event["lane"] for event in world.events("Provider")] == [1]
    world.backend.restore(mark)
    world.escrow.acceptOffer(disputed, 101, sender=world.wallet("landlord"))
    assert [event["lane"] for event in world.events("Provider")] == [0]
