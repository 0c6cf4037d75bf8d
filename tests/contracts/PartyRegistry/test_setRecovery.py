"""setRecovery(party, until, byManager) and replaceWallet(party, newWallet)

- only the contract with role RECOVERY
- a party that is unknown or has no wallet reverts
- the token holds the wallet back while `until` is not 0; changing `until` does not touch the hold
- replaceWallet: not by itself, not a wallet of another party; the party's 32nd wallet is no obstacle
"""

import pytest

from commonhold.roles import ROLE_ID
from tests.registry_world import DAY, World, spare


@pytest.fixture
def keeper(world: World) -> str:
    """An account that plays PartyRecovery."""
    world.access.grantRole(ROLE_ID["RECOVERY"], world.wallet("dora"), 0, sender=world.wallet("admin"))
    return world.wallet("dora")


@pytest.mark.parametrize(
    "person", ["admin", "manager", "officer", "attestor", "committee", "stranger", "ann"]
)
def test_A1_nobody_but_the_recovery_contract_sets_a_recovery(world: World, person: str) -> None:
    caller, ann = world.wallet(person), world.party["ann"]
    with world.reverts("AccessManagedUnauthorized", caller):
        world.parties.setRecovery(ann, world.time + DAY, False, sender=caller)
    with world.reverts("AccessManagedUnauthorized", caller):
        world.parties.replaceWallet(ann, spare(1).address, sender=caller)


def test_a_party_without_a_wallet_has_nothing_to_recover(world: World, keeper: str) -> None:
    alone = world.register()
    for call, values in (
        (world.parties.setRecovery, (world.time + DAY, False)),
        (world.parties.replaceWallet, (spare(1).address,)),
    ):
        with world.reverts("PartyHasNoWallet", alone):
            call(alone, *values, sender=keeper)
        with world.reverts("PartyUnknown", 99):
            call(99, *values, sender=keeper)


def test_the_hold_comes_and_goes_with_the_recovery(world: World, keeper: str) -> None:
    ann, until = world.party["ann"], world.time + DAY
    world.fund(world.wallet("ann"), 10)
    world.parties.setRecovery(ann, until, False, sender=keeper)
    assert len(world.events("RecoveryHoldSet")) == 1
    with world.reverts("TokenRecoveryPending", world.wallet("ann")):
        world.token.transfer(world.wallet("ben"), 1, sender=world.wallet("ann"))
    world.parties.setRecovery(ann, until + 5, False, sender=keeper)
    assert world.events("RecoveryHoldSet") == []
    assert world.parties.recoveryUntil(ann) == until + 5
    world.parties.setRecovery(ann, 0, False, sender=keeper)
    world.token.transfer(world.wallet("ben"), 1, sender=world.wallet("ann"))


def test_a_wallet_does_not_replace_itself(world: World, keeper: str) -> None:
    with world.reverts("PartyWalletIsCurrent", world.wallet("ann"), world.party["ann"]):
        world.parties.replaceWallet(world.party["ann"], world.wallet("ann"), sender=keeper)


def test_a_wallet_of_another_party_replaces_nothing(world: World, keeper: str) -> None:
    with world.reverts("PartyWalletTaken", world.wallet("ben"), world.party["ben"]):
        world.parties.replaceWallet(world.party["ann"], world.wallet("ben"), sender=keeper)


def test_a_thief_cannot_block_a_recovery_by_linking_the_most_wallets(world: World, keeper: str) -> None:
    for number in range(31):
        world.link("ann", spare(number))
    ann = world.party["ann"]
    world.parties.replaceWallet(ann, spare(40).address, sender=keeper)
    assert world.parties.walletOf(ann) == spare(40).address
    assert world.parties.walletCount(ann) == 32


def test_a_spare_wallet_of_the_party_may_take_over(world: World, keeper: str) -> None:
    world.link("ann", spare(1))
    ann = world.party["ann"]
    world.parties.replaceWallet(ann, spare(1).address, sender=keeper)
    assert world.parties.walletOf(ann) == spare(1).address
    assert world.parties.walletCount(ann) == 1
