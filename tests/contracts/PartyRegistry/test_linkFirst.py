"""linkFirst(party, wallet, deadline, signature)

- only ATTESTOR
- an unknown party, or one that has a wallet, reverts
- the wallet signs for this party; afterwards it is the current one
"""

import pytest

from tests.registry_world import World, account, spare


def test_the_front_desk_gives_a_party_its_first_wallet(world: World) -> None:
    party = world.register()
    consent = world.sign("LinkWallet", spare(1), party)
    world.parties.linkFirst(party, spare(1).address, *consent, sender=world.wallet("attestor"))
    assert world.parties.walletOf(party) == spare(1).address
    assert world.parties.partyOf(spare(1).address) == party


def test_a_party_with_a_wallet_is_out_of_reach_of_the_front_desk(world: World) -> None:
    party = world.party["ann"]
    consent = world.sign("LinkWallet", spare(1), party)
    with world.reverts("PartyHasWallet", party, world.wallet("ann")):
        world.parties.linkFirst(party, spare(1).address, *consent, sender=world.wallet("attestor"))


def test_an_unknown_party_gets_no_wallet(world: World) -> None:
    consent = world.sign("LinkWallet", spare(1), 99)
    with world.reverts("PartyUnknown", 99):
        world.parties.linkFirst(99, spare(1).address, *consent, sender=world.wallet("attestor"))


def test_the_wallet_must_have_signed_for_this_party(world: World) -> None:
    party, other = world.register(), world.register()
    consent = world.sign("LinkWallet", spare(1), other)
    with world.reverts("PartySignatureInvalid", spare(1).address):
        world.parties.linkFirst(party, spare(1).address, *consent, sender=world.wallet("attestor"))


def test_a_wallet_of_another_party_is_refused(world: World) -> None:
    party = world.register()
    consent = world.sign("LinkWallet", account(7), party)
    with world.reverts("PartyWalletTaken", world.wallet("ben"), world.party["ben"]):
        world.parties.linkFirst(party, world.wallet("ben"), *consent, sender=world.wallet("attestor"))


@pytest.mark.parametrize("person", ["admin", "manager", "officer", "committee", "stranger", "ann"])
def test_A1_only_an_attestor_links_a_first_wallet(world: World, person: str) -> None:
    party, caller = world.register(), world.wallet(person)
    consent = world.sign("LinkWallet", spare(1), party)
    with world.reverts("AccessManagedUnauthorized", caller):
        world.parties.linkFirst(party, spare(1).address, *consent, sender=caller)
