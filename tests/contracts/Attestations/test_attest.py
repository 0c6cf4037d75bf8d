"""attest(topic, subject, commitment, expiresAt), revoke and drop, and the looks

- the caller is the current wallet of a trusted issuer that is not being recovered
- an unknown subject, oneself, no commitment, an expiry now, past or too far: reverts
- it holds until the second of its expiry; a newer one takes its place
- the issuer revokes, the subject drops; nobody else, and not what is not there
- it follows issuer and subject to their new wallets
"""

import pytest
from eth_utils.crypto import keccak

from tests.registry_world import DAY, NOTHING, REASON, World, account, spare

NAME = keccak(text="real name")
SAID = keccak(text="salt and content")
OTHER = keccak(text="another salt and content")


@pytest.fixture(autouse=True)
def _issuer(world: World) -> None:
    world.attestations.addIssuer(NAME, world.party["ben"], sender=world.wallet("admin"))


def attest(world: World, subject: str = "ann", said: bytes = SAID, days: int = 30, by: str = "ben") -> None:
    number = world.party.get(subject, 99)
    until = world.time + days * DAY
    world.attestations.attest(NAME, number, said, until, sender=world.wallet(by))


def test_what_an_issuer_said_is_on_record(exact: World) -> None:
    attest(exact)
    ann, ben = exact.party["ann"], exact.party["ben"]
    expected = (SAID, exact.time, exact.time + 30 * DAY)
    assert exact.attestations.attestationOf(NAME, ann, ben) == expected
    assert exact.attestations.issuerFor(NAME, ann) == ben
    assert exact.attestations.issuerFor(NAME, ben) == 0


def test_it_holds_until_the_second_of_its_expiry(exact: World) -> None:
    attest(exact, days=1)
    ann, ben = exact.party["ann"], exact.party["ben"]
    exact.later(DAY - 1)
    assert exact.attestations.issuerFor(NAME, ann) == ben
    exact.later(1)
    assert exact.attestations.issuerFor(NAME, ann) == 0
    assert exact.attestations.attestationOf(NAME, ann, ben) == (NOTHING, 0, 0)


def test_a_newer_one_takes_its_place(world: World) -> None:
    attest(world)
    attest(world, said=OTHER)
    found = world.attestations.attestationOf(NAME, world.party["ann"], world.party["ben"])
    assert found[0] == OTHER


@pytest.mark.parametrize("person", ["cleo", "ann"])
def test_C1_an_untrusted_party_attests_nothing(world: World, person: str) -> None:
    with world.reverts("AttestationIssuerUntrusted", NAME, world.party[person]):
        attest(world, "dora", by=person)


def test_A1_only_current_wallets_speak(world: World) -> None:
    world.link("ben", account(5))
    for person in ("stranger", "admin"):
        with world.reverts("AttestationNotCurrentWallet", world.wallet(person)):
            attest(world, by=person)


def test_S13_nobody_attests_for_himself(world: World) -> None:
    with world.reverts("AttestationOfOneself", world.party["ben"]):
        attest(world, "ben")


def test_what_is_incomplete_is_refused(exact: World) -> None:
    with exact.reverts("AttestationPartyUnknown", 99):
        attest(exact, "nobody")
    with exact.reverts("AttestationCommitmentMissing"):
        attest(exact, said=NOTHING)
    most = exact.time + 3_650 * DAY
    for days in (-1, 0, 3_651):
        with exact.reverts("AttestationExpiryInvalid", exact.time + days * DAY, most):
            attest(exact, days=days)
    attest(exact, days=3_650)


def test_a_thief_of_an_issuers_phone_attests_nothing_while_it_is_recovered(world: World) -> None:
    world.guard("ben", ["cleo"], 1)
    world.start_by_guardians("ben", ["cleo"], spare(1))
    with world.reverts("AttestationIssuerInRecovery", world.party["ben"]):
        attest(world)


def test_the_issuer_takes_it_back(world: World) -> None:
    ann, ben = world.party["ann"], world.party["ben"]
    with world.reverts("AttestationNone", NAME, ann, ben):
        world.attestations.revoke(NAME, ann, REASON, sender=world.wallet("ben"))
    attest(world)
    with world.reverts("AttestationNone", NAME, ann, world.party["cleo"]):
        world.attestations.revoke(NAME, ann, REASON, sender=world.wallet("cleo"))
    world.attestations.revoke(NAME, ann, REASON, sender=world.wallet("ben"))
    assert world.events("AttestationRevoked")[0]["reasonHash"] == REASON
    assert world.attestations.issuerFor(NAME, ann) == 0


def test_P4_the_subject_drops_what_is_said_of_it(world: World) -> None:
    ann, ben = world.party["ann"], world.party["ben"]
    attest(world)
    with world.reverts("AttestationNone", NAME, world.party["cleo"], ben):
        world.attestations.drop(NAME, ben, sender=world.wallet("cleo"))
    with world.reverts("AttestationNotCurrentWallet", world.wallet("stranger")):
        world.attestations.drop(NAME, ben, sender=world.wallet("stranger"))
    world.attestations.drop(NAME, ben, sender=world.wallet("ann"))
    assert len(world.events("AttestationDropped")) == 1
    assert world.attestations.issuerFor(NAME, ann) == 0


def test_it_follows_both_sides_to_their_new_wallets(world: World) -> None:
    attest(world)
    for person in ("ann", "ben"):
        world.guard(person, ["cleo"], 1)
    world.start_by_guardians("ann", ["cleo"], spare(1))
    world.later(3 * DAY)
    world.recovery.completeRecovery(world.party["ann"], sender=world.wallet("stranger"))
    assert world.attestations.issuerFor(NAME, world.party["ann"]) == world.party["ben"]
