"""register(kind, identity, wallet, deadline, signature)

- only MANAGER
- kind NONE reverts; a kind that does not exist reverts
- person or company without identity reverts; staff, merchant and device may have none
- an identity used before reverts
- without a wallet: a party that owns nothing yet
- with a wallet: its signature over identity, nonce and deadline is needed
- a wallet linked elsewhere or replaced by a recovery reverts
"""

import pytest

from tests.registry_world import (
    COMPANY,
    DEVICE,
    MERCHANT,
    NOBODY,
    NOTHING,
    PERSON,
    STAFF,
    World,
    account,
    spare,
)


def test_ids_are_sequential_from_one(world: World) -> None:
    first = world.parties.partyCount() + 1
    assert [world.register(), world.register(spare(1))] == [first, first + 1]


@pytest.mark.parametrize("kind", [PERSON, COMPANY, STAFF, MERCHANT, DEVICE])
def test_every_kind_can_be_registered(world: World, kind: int) -> None:
    assert world.parties.kindOf(world.register(kind=kind)) == kind


def test_a_party_without_a_wallet_has_an_id_all_the_same(world: World) -> None:
    party = world.register()
    assert world.parties.walletOf(party) == NOBODY
    assert world.parties.walletCount(party) == 0
    assert world.events("WalletLinked") == []


def test_a_party_with_a_wallet_is_found_both_ways(world: World) -> None:
    party = world.register(spare(1))
    assert world.parties.walletOf(party) == spare(1).address
    assert world.parties.partyOf(spare(1).address) == party
    assert world.parties.walletCount(party) == 1


def test_a_kind_is_needed(world: World) -> None:
    with world.reverts("PartyKindMissing"):
        world.register(kind=0)


@pytest.mark.parametrize("kind", [PERSON, COMPANY])
def test_C7_people_and_companies_need_an_identity(world: World, kind: int) -> None:
    with world.reverts("PartyIdentityMissing", kind):
        world.parties.register(kind, NOTHING, NOBODY, 0, b"", sender=world.wallet("manager"))


@pytest.mark.parametrize("kind", [STAFF, MERCHANT, DEVICE])
def test_others_may_do_without_as_often_as_they_come(world: World, kind: int) -> None:
    before = world.parties.partyCount()
    for _ in range(2):
        world.parties.register(kind, NOTHING, NOBODY, 0, b"", sender=world.wallet("manager"))
    assert world.parties.partyCount() == before + 2


def test_C7_nobody_registers_twice_to_shed_a_history(world: World) -> None:
    identity = b"\x07" * 32
    world.parties.register(PERSON, identity, NOBODY, 0, b"", sender=world.wallet("manager"))
    party = world.parties.partyCount()
    assert world.parties.partyOfIdentity(identity) == party
    with world.reverts("PartyIdentityTaken", identity, party):
        world.parties.register(MERCHANT, identity, NOBODY, 0, b"", sender=world.wallet("manager"))


def test_a_wallet_that_did_not_sign_is_not_registered(world: World) -> None:
    identity = world.identity()
    deadline, signature = world.sign("JoinCommunity", spare(2), identity)
    with world.reverts("PartySignatureInvalid", spare(1).address):
        world.parties.register(
            PERSON, identity, spare(1).address, deadline, signature, sender=world.wallet("manager")
        )


def test_S10_the_signature_is_for_one_identity_alone(world: World) -> None:
    deadline, signature = world.sign("JoinCommunity", spare(1), world.identity())
    with world.reverts("PartySignatureInvalid", spare(1).address):
        world.parties.register(
            PERSON, world.identity(), spare(1).address, deadline, signature, sender=world.wallet("manager")
        )


def test_S5_the_deadline_is_the_last_second(exact: World) -> None:
    identity, manager = exact.identity(), exact.wallet("manager")
    deadline, signature = exact.sign("JoinCommunity", spare(1), identity, deadline=exact.time + 100)
    exact.later(101)
    with exact.reverts("PartySignatureExpired", deadline, exact.time):
        exact.parties.register(PERSON, identity, spare(1).address, deadline, signature, sender=manager)
    exact.later(-1)
    exact.parties.register(PERSON, identity, spare(1).address, deadline, signature, sender=manager)
    assert exact.parties.walletCount(exact.parties.partyCount()) == 1


def test_a_wallet_of_another_party_is_not_registered(world: World) -> None:
    with world.reverts("PartyWalletTaken", world.wallet("ann"), world.party["ann"]):
        world.register(account(6))


@pytest.mark.parametrize("person", ["admin", "officer", "attestor", "committee", "stranger", "ann"])
def test_A1_only_the_manager_registers(world: World, person: str) -> None:
    caller = world.wallet(person)
    with world.reverts("AccessManagedUnauthorized", caller):
        world.parties.register(PERSON, world.identity(), NOBODY, 0, b"", sender=caller)


def test_A1_a_manager_whose_role_was_revoked_registers_nobody(world: World) -> None:
    manager = world.wallet("manager")
    world.access.revokeRole(1, manager, sender=world.wallet("admin"))
    with world.reverts("AccessManagedUnauthorized", manager):
        world.register()
