"""unlink(wallet)

- a wallet of nobody reverts; the current wallet cannot be unlinked
- the current wallet of the party or the wallet itself may; nobody else
- afterwards the wallet is free for any party
- while guardians recover the party its current wallet cannot; a wallet may still leave by itself
"""

import pytest

from tests.registry_world import World, account, spare


def test_the_current_wallet_parts_with_another(world: World) -> None:
    world.link("ann", spare(1))
    world.parties.unlink(spare(1).address, sender=world.wallet("ann"))
    assert world.parties.partyOf(spare(1).address) == 0
    assert world.parties.walletCount(world.party["ann"]) == 1


def test_a_wallet_may_leave_by_itself(world: World) -> None:
    world.link("ann", account(5))
    world.parties.unlink(world.wallet("stranger"), sender=world.wallet("stranger"))
    assert world.parties.partyOf(world.wallet("stranger")) == 0


@pytest.mark.parametrize("person", ["stranger", "ben", "manager", "admin"])
def test_A1_nobody_else_unlinks(world: World, person: str) -> None:
    world.link("ann", spare(1))
    with world.reverts("PartyNotCurrentWallet", world.party["ann"], world.wallet(person)):
        world.parties.unlink(spare(1).address, sender=world.wallet(person))


def test_L1_a_party_never_loses_its_last_wallet(world: World) -> None:
    with world.reverts("PartyWalletIsCurrent", world.wallet("ann"), world.party["ann"]):
        world.parties.unlink(world.wallet("ann"), sender=world.wallet("ann"))


def test_a_wallet_of_nobody_cannot_be_unlinked(world: World) -> None:
    with world.reverts("PartyNotLinked", spare(1).address):
        world.parties.unlink(spare(1).address, sender=world.wallet("ann"))


def test_an_unlinked_wallet_may_join_another_party(world: World) -> None:
    world.link("ann", spare(1))
    world.parties.unlink(spare(1).address, sender=world.wallet("ann"))
    world.link("ben", spare(1))
    assert world.parties.partyOf(spare(1).address) == world.party["ben"]


def test_during_a_recovery_by_guardians_only_the_wallet_itself_leaves(world: World) -> None:
    world.link("ann", account(5))
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    ann, other = world.party["ann"], world.wallet("stranger")
    with world.reverts("PartyRecoveryRunning", ann, world.parties.recoveryUntil(ann)):
        world.parties.unlink(other, sender=world.wallet("ann"))
    world.parties.unlink(other, sender=other)
    assert world.parties.walletCount(ann) == 1
