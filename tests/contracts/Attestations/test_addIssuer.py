"""addIssuer(topic, issuer) and removeIssuer(topic, issuer)

- only ADMIN
- no topic, an unknown party, an issuer on record, the 17th: reverts; removing an unknown one reverts
- trusted at once on the day of deployment, after two days later; removed at once
- a removed issuer that comes back does not bring its old attestations
"""

import pytest
from eth_utils.crypto import keccak

from tests.registry_world import DAY, NOTHING, World

NAME = keccak(text="real name")
OWNER = keccak(text="owner")
SAID = keccak(text="salt and content")


def test_an_issuer_is_trusted_on_its_topic_alone(world: World) -> None:
    admin, ben = world.wallet("admin"), world.party["ben"]
    world.attestations.addIssuer(NAME, ben, sender=admin)
    assert world.attestations.trustedFrom(NAME, ben) > 0
    assert world.attestations.trustedFrom(OWNER, ben) == 0
    assert tuple(world.attestations.issuersOf(NAME)) == (ben,)


def test_what_cannot_be_an_issuer(world: World) -> None:
    admin, ben = world.wallet("admin"), world.party["ben"]
    with world.reverts("AttestationTopicMissing"):
        world.attestations.addIssuer(NOTHING, ben, sender=admin)
    with world.reverts("AttestationPartyUnknown", 99):
        world.attestations.addIssuer(NAME, 99, sender=admin)
    with world.reverts("AttestationIssuerUntrusted", NAME, ben):
        world.attestations.removeIssuer(NAME, ben, sender=admin)
    world.attestations.addIssuer(NAME, ben, sender=admin)
    with world.reverts("AttestationIssuerKnown", NAME, ben):
        world.attestations.addIssuer(NAME, ben, sender=admin)


def test_G1_a_topic_has_at_most_sixteen_issuers(world: World) -> None:
    admin = world.wallet("admin")
    issuers = [world.register() for _ in range(17)]
    for issuer in issuers[:16]:
        world.attestations.addIssuer(NAME, issuer, sender=admin)
    with world.reverts("AttestationTooManyIssuers", NAME, 16):
        world.attestations.addIssuer(NAME, issuers[16], sender=admin)
    world.attestations.removeIssuer(NAME, issuers[3], sender=admin)
    world.attestations.addIssuer(NAME, issuers[16], sender=admin)
    left = {*issuers} - {issuers[3]}
    assert set(world.attestations.issuersOf(NAME)) == left


def test_A6_after_the_first_day_a_new_issuer_waits_two_days(exact: World) -> None:
    world, admin, ben = exact, exact.wallet("admin"), exact.party["ben"]
    world.backend.warp(world.attestations.bootstrapUntil())
    call = world.attestations.data("addIssuer", NAME, ben)
    world.access.schedule(world.attestations, call, 0, sender=admin)
    world.later(2 * DAY)
    world.attestations.addIssuer(NAME, ben, sender=admin)
    world.later(2 * DAY - 1)
    values = (NAME, world.party["ann"], SAID, world.time + DAY)
    with world.reverts("AttestationIssuerUntrusted", NAME, ben):
        world.attestations.attest(*values, sender=world.wallet("ben"))
    world.later(1)
    world.attestations.attest(*values, sender=world.wallet("ben"))
    assert world.attestations.issuerFor(NAME, world.party["ann"]) == ben


def test_C5_an_issuer_that_loses_its_trust_takes_its_attestations_with_it_for_good(world: World) -> None:
    admin, ann, ben = world.wallet("admin"), world.party["ann"], world.party["ben"]
    world.attestations.addIssuer(NAME, ben, sender=admin)
    world.attestations.attest(NAME, ann, SAID, world.time + 9 * DAY, sender=world.wallet("ben"))
    assert world.attestations.issuerFor(NAME, ann) == ben
    world.attestations.removeIssuer(NAME, ben, sender=admin)
    assert world.attestations.issuerFor(NAME, ann) == 0
    assert world.attestations.attestationOf(NAME, ann, ben) == (NOTHING, 0, 0)
    world.later(60)
    world.attestations.addIssuer(NAME, ben, sender=admin)
    assert world.attestations.issuerFor(NAME, ann) == 0
    world.attestations.attest(NAME, ann, SAID, world.time + 9 * DAY, sender=world.wallet("ben"))
    assert world.attestations.issuerFor(NAME, ann) == ben


@pytest.mark.parametrize("person", ["manager", "officer", "attestor", "committee", "stranger", "ann"])
def test_A1_only_an_admin_trusts_issuers(world: World, person: str) -> None:
    caller, ben = world.wallet(person), world.party["ben"]
    with world.reverts("AccessManagedUnauthorized", caller):
        world.attestations.addIssuer(NAME, ben, sender=caller)
    with world.reverts("AccessManagedUnauthorized", caller):
        world.attestations.removeIssuer(NAME, ben, sender=caller)
