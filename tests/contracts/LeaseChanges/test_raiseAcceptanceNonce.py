"""raiseAcceptanceNonce: cancels every unused signature of the caller's party.

caller ── no party: refused · a party: its own nonce rises by one
"""

from tests.lease_world import World


def test_who_has_no_party_has_no_signatures(world: World):
    with world.reverts("ProposalNotParty", 0, world.wallet("stranger")):
        world.changes.raiseAcceptanceNonce(sender=world.wallet("stranger"))


def test_the_nonce_of_the_callers_party_rises(world: World):
    ann, ben = world.party["ann"], world.party["ben"]
    world.changes.raiseAcceptanceNonce(sender=world.wallet("ann"))
    (event,) = world.events("AcceptanceNonceRaised")
    assert (event["party"], event["nonce"]) == (ann, 1)
    world.changes.raiseAcceptanceNonce(sender=world.wallet("ann"))
    assert (world.changes.acceptanceNonce(ann), world.changes.acceptanceNonce(ben)) == (2, 0)
