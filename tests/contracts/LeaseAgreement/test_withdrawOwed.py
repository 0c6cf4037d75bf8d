"""withdrawOwed: a share that waited goes to its party, whoever asks.

owed ── nothing: refused · delivered once · the party still cannot be reached: waits on
"""

import pytest

from tests.contracts.LeaseAgreement.offers import RENT, act, settle
from tests.lease_world import World


@pytest.fixture
def owing(world: World, lease: int) -> int:
    """The landlord's party; a month's rent waits for it."""
    world.start_recovery("landlord")
    settle(world, lease)
    return world.party["landlord"]


def test_it_pays_the_party_and_not_the_caller(world: World, owing: int):
    world.end_recovery("landlord")
    before = world.balance("landlord")
    act(world, "withdrawOwed", owing, sender="stranger")
    (event,) = world.events("OwedWithdrawn")
    assert (event["party"], event["amount"]) == (owing, RENT)
    assert world.balance("landlord") == before + RENT
    assert world.leases.owed(owing) == world.leases.held() == world.token.balanceOf(world.leases) == 0


def test_it_pays_once(world: World, owing: int):
    world.end_recovery("landlord")
    act(world, "withdrawOwed", owing, sender="stranger")
    with world.reverts("LeaseNothingOwed", owing):
        act(world, "withdrawOwed", owing, sender="stranger")


def test_nothing_is_owed_to_the_others(world: World, owing: int):
    for party in (world.party["ann"], 0, 99):
        with world.reverts("LeaseNothingOwed", party):
            act(world, "withdrawOwed", party, sender="stranger")


def test_it_waits_on_while_the_wallet_is_being_recovered(world: World, owing: int):
    act(world, "withdrawOwed", owing, sender="stranger")
    assert len(world.events("ShareHeld")) == 1
    assert world.leases.owed(owing) == world.leases.held() == world.token.balanceOf(world.leases) == RENT


def test_l1_it_goes_to_the_wallet_that_replaced_the_old_one(world: World, owing: int):
    world.backend.warp(world.backend.time() + 1)
    wallet = world.wallet("stranger")
    world.parties.replaceWallet(owing, wallet, sender=world.wallet("committee"))
    before, lost = world.balance("stranger"), world.balance("landlord")
    act(world, "withdrawOwed", owing, sender="ann")
    assert world.balance("stranger") == before + RENT
    assert world.balance("landlord") == lost == 0


def test_a5_a_pause_stops_no_withdrawal(world: World, owing: int):
    world.end_recovery("landlord")
    world.pause(5)
    act(world, "withdrawOwed", owing, sender="stranger")
    assert world.leases.held() == 0
