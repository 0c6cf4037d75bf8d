"""cancelTerms: a party of unsigned or signed terms makes sure that they never become a lease.

who ── landlord, any tenant: taken · others, a wallet without a party: refused
state ── open: withdrawn for ever · activated, withdrawn before: refused
"""

import pytest

from tests.contracts.LeaseAgreement.offers import act, changed, signed, submit
from tests.lease_world import World

WITHDRAWN = 2**32 - 1  # in place of a lease's id


@pytest.mark.parametrize("person", ["landlord", "ann", "ben"])
def test_s9_terms_that_a_party_cancelled_are_never_activated(world: World, person: str):
    terms = world.terms(["ann", "ben"])
    digest = bytes(world.leases.hashTerms(terms))
    act(world, "cancelTerms", terms, sender=person)
    (event,) = world.events("TermsCancelled")
    assert (event["termsHash"], event["party"]) == (digest, world.party[person])
    with world.reverts("LeaseTermsWithdrawn", digest):
        submit(world, terms, signed(world, terms, "landlord", "ann", "ben"))
    assert world.leases.leaseCount() == 0


def test_other_terms_of_the_same_parties_are_still_good(world: World):
    terms = world.terms(["ann"])
    act(world, "cancelTerms", terms, sender="ann")
    other = changed(terms, salt=b"\1" * 32)
    assert submit(world, other, signed(world, other, "landlord", "ann")) == 1


def test_only_a_party_of_the_terms(world: World):
    terms = world.terms(["ann"])
    for person in ("ben", "stranger", "arbiter"):
        with world.reverts("LeaseNotParty", 0, world.wallet(person)):
            act(world, "cancelTerms", terms, sender=person)


def test_a_running_lease_is_not_cancelled(world: World, lease: int):
    terms = changed(world.terms(["ann"]), deposit=0)
    lease = submit(world, terms, signed(world, terms, "landlord", "ann"))
    with world.reverts("LeaseTermsUsed", world.terms_hash[lease], lease):
        act(world, "cancelTerms", terms, sender="ann")
    assert world.leases.leaseOf(world.terms_hash[lease]) == lease


def test_terms_are_cancelled_once(world: World):
    terms = world.terms(["ann"])
    act(world, "cancelTerms", terms, sender="ann")
    with world.reverts("LeaseTermsUsed", bytes(world.leases.hashTerms(terms)), WITHDRAWN):
        act(world, "cancelTerms", terms, sender="landlord")


def test_no_money_moves_on_cancelled_terms(world: World):
    """Their entry is no lease that somebody could pay."""
    terms = world.terms(["ann"])
    act(world, "cancelTerms", terms, sender="ann")
    with world.reverts("LeaseUnknown", WITHDRAWN):
        digest = bytes(world.leases.hashTerms(terms))
        act(world, "pay", WITHDRAWN, world.party["ann"], 1, digest, sender="ann")
