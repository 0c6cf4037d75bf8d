"""switchWallet(wallet)

- a caller of no party, or one that is not the current wallet, reverts
- a wallet that is not linked to the party reverts
- the new current wallet is paid from now on; the old one stays linked
- while guardians recover the party it reverts; a recovery by the manager ends
"""

from tests.registry_world import World, account, spare


def test_the_new_wallet_speaks_for_the_party(world: World) -> None:
    ann = world.party["ann"]
    world.link("ann", account(5))
    world.parties.switchWallet(world.wallet("stranger"), sender=world.wallet("ann"))
    assert world.parties.walletOf(ann) == world.wallet("stranger")
    assert world.parties.partyOf(world.wallet("ann")) == ann
    with world.reverts("PartyNotCurrentWallet", ann, world.wallet("ann")):
        world.parties.switchWallet(world.wallet("ann"), sender=world.wallet("ann"))
    world.parties.switchWallet(world.wallet("ann"), sender=world.wallet("stranger"))
    assert world.parties.walletOf(ann) == world.wallet("ann")


def test_only_linked_wallets_can_become_current(world: World) -> None:
    with world.reverts("PartyWalletNotOfParty", spare(1).address, world.party["ann"]):
        world.parties.switchWallet(spare(1).address, sender=world.wallet("ann"))
    with world.reverts("PartyWalletNotOfParty", world.wallet("ben"), world.party["ann"]):
        world.parties.switchWallet(world.wallet("ben"), sender=world.wallet("ann"))


def test_A1_a_stranger_switches_nothing(world: World) -> None:
    with world.reverts("PartyNotLinked", world.wallet("stranger")):
        world.parties.switchWallet(spare(1).address, sender=world.wallet("stranger"))


def test_a_thief_cannot_dodge_the_guardians_by_switching(world: World) -> None:
    world.link("ann", spare(1))
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(2))
    ann = world.party["ann"]
    with world.reverts("PartyRecoveryRunning", ann, world.parties.recoveryUntil(ann)):
        world.parties.switchWallet(spare(1).address, sender=world.wallet("ann"))


def test_switching_ends_a_recovery_by_the_manager_and_frees_the_old_wallet(world: World) -> None:
    world.link("ann", spare(1))
    world.start_by_manager("ann", spare(2))
    world.parties.switchWallet(spare(1).address, sender=world.wallet("ann"))
    assert not world.parties.recoveryPending(world.party["ann"])
    world.fund(world.wallet("ann"), 9)
    world.token.transfer(world.wallet("ben"), 9, sender=world.wallet("ann"))
    assert world.token.balanceOf(world.wallet("ben")) == 9
