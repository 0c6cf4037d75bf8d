"""acceptOffer: the landlord takes the final offer.

caller ── not the landlord, under recovery: refused
phase ── before the offer is final: refused · any day until the end, also after the arbiter's last: taken
figure ── another than the offer: refused
money ── the rest goes to the tenants, the lease is closed
"""

import pytest

from tests.contracts.DepositEscrow.conftest import AWARD_DAYS
from tests.lease_world import CLOSED, Gains, World


def accept(world: World, lease: int, offer: int = 101, by: str = "landlord") -> None:
    world.escrow.acceptOffer(lease, offer, sender=world.wallet(by))


@pytest.mark.parametrize("caller", ["ann", "ben", "arbiter", "stranger", "manager", "admin"])
def test_a1_nobody_but_the_landlord_takes_the_offer(world: World, disputed: int, caller: str):
    with world.reverts("DepositNotParty", disputed, world.wallet(caller)):
        accept(world, disputed, by=caller)


def test_a_landlord_whose_wallet_is_being_recovered_waits(world: World, disputed: int):
    world.start_recovery("landlord")
    with world.reverts("DepositPartyInRecovery", world.party["landlord"]):
        accept(world, disputed)


def test_an_offer_that_may_still_fall_is_not_taken(world: World, claimed: int):
    world.escrow.makeOffer(claimed, 101, sender=world.wallet("ann"))
    with world.reverts("DepositPhaseWrong", claimed, 3):
        accept(world, claimed)


def test_the_figure_on_the_table_must_be_the_one_accepted(world: World, disputed: int):
    with world.reverts("DepositFigureWrong", disputed, 100, 101):
        accept(world, disputed, 100)


@pytest.mark.parametrize("later", [0, AWARD_DAYS + 5])
def test_what_was_disputed_goes_back(world: World, disputed: int, later: int):
    world.pass_days(later)
    gains = Gains(world)
    accept(world, disputed)
    # of 180 and 120 the offer of 101 took 60 and 41
    assert gains.of("landlord", "ann", "ben") == (0, 120, 79)
    assert world.leases.stateOf(disputed) == CLOSED
    (event,) = world.events("OfferAccepted")
    assert (event["lease"], event["offer"]) == (disputed, 101)
    with world.reverts("DepositPhaseWrong", disputed, 5):
        accept(world, disputed)
