"""setCollectingConsent(consent) and setSuspended(party, suspended, reasonHash)

- consent: by the party's current wallet alone, revocable
- suspension: by OFFICER alone, of a known party, with a reason; it touches nothing else
"""

import pytest

from tests.registry_world import PERSON, REASON, World


def test_a_party_grants_and_revokes_its_consent(world: World) -> None:
    ann = world.party["ann"]
    world.parties.setCollectingConsent(True, sender=world.wallet("ann"))
    assert world.parties.collectingConsent(ann)
    assert not world.parties.collectingConsent(world.party["ben"])
    world.parties.setCollectingConsent(False, sender=world.wallet("ann"))
    assert not world.parties.collectingConsent(ann)


def test_a_stranger_consents_for_nobody(world: World) -> None:
    with world.reverts("PartyNotLinked", world.wallet("stranger")):
        world.parties.setCollectingConsent(True, sender=world.wallet("stranger"))


def test_an_officer_suspends_and_restores_a_party(world: World) -> None:
    ann, officer = world.party["ann"], world.wallet("officer")
    world.parties.setCollectingConsent(True, sender=world.wallet("ann"))
    world.parties.setSuspended(ann, True, REASON, sender=officer)
    assert world.parties.isSuspended(ann)
    assert world.parties.collectingConsent(ann)
    assert world.parties.walletOf(ann) == world.wallet("ann")
    assert world.parties.kindOf(ann) == PERSON
    world.parties.setSuspended(ann, False, REASON, sender=officer)
    assert not world.parties.isSuspended(ann)
    assert world.parties.collectingConsent(ann)


def test_an_unknown_party_cannot_be_suspended(world: World) -> None:
    with world.reverts("PartyUnknown", 99):
        world.parties.setSuspended(99, True, REASON, sender=world.wallet("officer"))


@pytest.mark.parametrize("person", ["admin", "manager", "attestor", "committee", "stranger", "ann"])
def test_A1_only_an_officer_suspends(world: World, person: str) -> None:
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.parties.setSuspended(world.party["ann"], True, REASON, sender=world.wallet(person))
