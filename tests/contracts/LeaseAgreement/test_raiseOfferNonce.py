"""raiseOfferNonce: all open offers of the caller's party are withdrawn at once.

who ── a party's current wallet, for itself · a wallet without a party: refused
effect ── counts by one · older and newer nonces refused · other landlords untouched
"""

from tests.contracts.LeaseAgreement.offers import act, changed, signed, submit
from tests.lease_world import World


def test_it_counts_by_one_for_the_caller_alone(world: World):
    assert act(world, "raiseOfferNonce", sender="landlord") == 1
    assert act(world, "raiseOfferNonce", sender="landlord") == 2
    (event,) = world.events("OfferNonceRaised")
    assert (event["party"], event["nonce"]) == (world.party["landlord"], 2)
    assert world.leases.offerNonce(world.party["landlord"]) == 2
    assert world.leases.offerNonce(world.party["ann"]) == 0


def test_s9_only_the_present_nonce_is_good(world: World):
    act(world, "raiseOfferNonce", sender="landlord")
    for nonce in (0, 2):
        terms = changed(world.terms(["ann"]), nonce=nonce)
        with world.reverts("LeaseNonceStale", world.party["landlord"], nonce, 1):
            submit(world, terms, signed(world, terms, "landlord", "ann"))


def test_a_tenants_nonce_withdraws_no_offer(world: World):
    terms = world.terms(["ann"])
    act(world, "raiseOfferNonce", sender="ann")
    assert submit(world, terms, signed(world, terms, "landlord", "ann")) == 1


def test_running_leases_stay(world: World, lease: int):
    act(world, "raiseOfferNonce", sender="landlord")
    assert world.leases.stateOf(lease) == 1


def test_only_a_party(world: World):
    with world.reverts("LeaseNotParty", 0, world.wallet("stranger")):
        act(world, "raiseOfferNonce", sender="stranger")
