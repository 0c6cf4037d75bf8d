"""Every function of a party works through the forwarder, from a wallet without the chain's coin."""

import pytest

from tests.lease_world import CLOSED, NO_HASH, World


@pytest.mark.core
def test_a_sponsored_review_from_claim_to_award(world: World, ended: int):
    world.forward("landlord", world.escrow, "fileClaim", ended, [300], [NO_HASH])
    assert world.escrow.reviewOf(ended)[5] == 300
    world.forward("ann", world.escrow, "acceptClaim", ended, 300)
    world.forward("ben", world.escrow, "makeOffer", ended, 100)
    assert world.escrow.reviewOf(ended)[6] == 100
    world.forward("arbiter", world.escrow, "award", ended, 200)
    assert world.leases.stateOf(ended) == CLOSED


def test_a_sponsored_landlord_takes_the_offer(world: World, disputed: int):
    world.forward("landlord", world.escrow, "acceptOffer", disputed, 101)
    assert world.leases.stateOf(disputed) == CLOSED


def test_sponsored_calls_that_anybody_may_make(world: World, ended: int):
    world.start_recovery("landlord")
    world.forward("ann", world.escrow, "extendClock", ended)
    world.to_day(world.escrow.reviewOf(ended)[3] + 1)
    world.start_recovery("ben")
    world.forward("ann", world.escrow, "finalise", ended)
    world.end_recovery("ben")
    world.forward("ann", world.escrow, "withdrawOwed", world.party["ben"])
    assert world.escrow.held() == 0
