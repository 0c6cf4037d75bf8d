"""recordRead(party, purpose, decisionHash), recordRelease, recordLending

reader
├── no consent, for another purpose (P2), expired, used up, revoked (F8) ── false, the refusal on record (P1)
├── consented ── true, one use less, the read on record
└── not a party's current wallet ── reverts
officer (release), CreditFormula (lending) ── need the same consent and revert without it
"""

import pytest

from tests.credit_world import LENDING, SHARING, CreditWorld
from tests.registry_world import DAY, REASON, spare

NONE, EXPIRED, USED_UP = range(3)


def consented(world: CreditWorld, purpose: int = LENDING, uses: int = 1, days: int = 30) -> None:
    until = world.time + days * DAY
    world.consent.grant(world.party["dora"], purpose, until, uses, sender=world.wallet("ann"))


def read(world: CreditWorld, purpose: int = LENDING) -> None:
    world.consent.recordRead(world.party["ann"], purpose, REASON, sender=world.wallet("dora"))


def refusal(world: CreditWorld) -> int:
    """Why the last transaction was refused on record."""
    assert world.events("ReadRecorded") == []
    (event,) = world.events("ReadRefused")
    assert (event["party"], event["reader"]) == (world.party["ann"], world.party["dora"])
    return int(event["why"])


def test_a_consented_read_is_recorded_and_takes_a_use(world: CreditWorld) -> None:
    consented(world, uses=2)
    assert world.consent.allows(world.party["ann"], world.party["dora"], LENDING)
    read(world)
    (event,) = world.events("ReadRecorded")
    assert (event["party"], event["reader"]) == (world.party["ann"], world.party["dora"])
    assert (event["purpose"], event["usesLeft"], event["by"]) == (LENDING, 1, world.wallet("dora"))
    assert bytes(event["decisionHash"]) == REASON


def test_P1_without_consent_the_attempt_is_on_record(world: CreditWorld) -> None:
    read(world)
    assert refusal(world) == NONE
    assert not world.consent.allows(world.party["ann"], world.party["dora"], LENDING)


def test_P2_a_consent_for_sharing_is_none_for_lending(world: CreditWorld) -> None:
    consented(world, SHARING)
    read(world, LENDING)
    assert refusal(world) == NONE
    read(world, SHARING)
    assert len(world.events("ReadRecorded")) == 1


def test_P1_the_last_second_and_the_one_after(exact: CreditWorld) -> None:
    world = exact
    consented(world, uses=5)
    until = world.time + 30 * DAY
    world.backend.warp(until)
    read(world)
    assert len(world.events("ReadRecorded")) == 1
    world.backend.warp(until + 1)
    read(world)
    assert refusal(world) == EXPIRED


def test_uses_run_out(world: CreditWorld) -> None:
    consented(world, uses=2)
    for _ in range(2):
        read(world)
        assert len(world.events("ReadRecorded")) == 1
    read(world)
    assert refusal(world) == USED_UP


def test_F8_after_the_revocation_no_read(world: CreditWorld) -> None:
    consented(world, uses=5)
    world.consent.revoke(world.party["dora"], LENDING, sender=world.wallet("ann"))
    read(world)
    assert refusal(world) == NONE


def test_another_reader_has_no_part_in_it(world: CreditWorld) -> None:
    consented(world)
    world.consent.recordRead(world.party["ann"], LENDING, REASON, sender=world.wallet("ben"))
    assert world.events("ReadRefused")[0]["reader"] == world.party["ben"]


def test_only_a_partys_current_wallet_reads(world: CreditWorld) -> None:
    consented(world)
    with world.reverts("ConsentNotParty", 0, world.wallet("stranger")):
        world.consent.recordRead(world.party["ann"], LENDING, REASON, sender=world.wallet("stranger"))


def test_a_consent_survives_the_loss_of_the_wallet(world: CreditWorld) -> None:
    consented(world)
    world.guard("ann", ["ben", "cleo"], 2)
    world.start_by_guardians("ann", ["ben", "cleo"], spare(0))
    world.later(3 * DAY)
    world.recovery.completeRecovery(world.party["ann"], sender=world.wallet("stranger"))
    read(world)
    assert len(world.events("ReadRecorded")) == 1
    world.consent.revoke(world.party["dora"], LENDING, sender=spare(0).address)


def test_an_officer_hands_a_statement_only_to_a_reader_whom_the_party_named(world: CreditWorld) -> None:
    officer, ann, dora = world.wallet("officer"), world.party["ann"], world.party["dora"]
    with world.reverts("ConsentMissing", ann, dora, SHARING, NONE):
        world.consent.recordRelease(ann, dora, REASON, sender=officer)
    consented(world, SHARING)
    world.consent.recordRelease(ann, dora, REASON, sender=officer)
    (event,) = world.events("ReadRecorded")
    assert (event["purpose"], event["by"], event["usesLeft"]) == (SHARING, officer, 0)
    with world.reverts("ConsentMissing", ann, dora, SHARING, USED_UP):
        world.consent.recordRelease(ann, dora, REASON, sender=officer)


@pytest.mark.parametrize("person", ["officer", "manager", "dora", "ann"])
def test_A1_only_the_formula_records_lending(world: CreditWorld, person: str) -> None:
    consented(world)
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.consent.recordLending(
            world.party["ann"], world.party["dora"], REASON, sender=world.wallet(person)
        )
