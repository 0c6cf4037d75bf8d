"""proposeRecovery and confirmRecovery

- MANAGER proposes with the new wallet's consent, COMMITTEE confirms; nobody else
- the proposal alone freezes nothing and lasts seven days
- the same account cannot do both, even with both roles; nor through the AccessManager's execute
- another wallet than the proposed one, no proposal, an old one: reverts
- a party without a wallet, unknown parties, unfit wallets: reverts
- while any recovery runs nothing is proposed; guardians who start one drop the proposal
"""

import pytest

from commonhold.roles import ROLE_ID
from tests.registry_world import DAY, World, account, spare


def test_two_persons_start_it_with_a_longer_delay(exact: World) -> None:
    ann = exact.party["ann"]
    exact.fund(exact.wallet("ann"), 2)
    exact.propose("ann", spare(1))
    assert not exact.parties.recoveryPending(ann)
    exact.token.transfer(exact.wallet("ben"), 1, sender=exact.wallet("ann"))
    exact.recovery.confirmRecovery(ann, spare(1).address, sender=exact.wallet("committee"))
    started = exact.events("RecoveryStarted")[0]
    assert started["byManager"]
    assert started["readyAt"] == exact.time + 14 * DAY
    assert started["expiresAt"] == exact.time + 28 * DAY
    with exact.reverts("TokenRecoveryPending", exact.wallet("ann")):
        exact.token.transfer(exact.wallet("ben"), 1, sender=exact.wallet("ann"))


@pytest.mark.parametrize("person", ["admin", "officer", "attestor", "committee", "stranger", "ann"])
def test_A1_only_the_manager_proposes(world: World, person: str) -> None:
    ann = world.party["ann"]
    consent = world.sign("ReplaceWallet", spare(1), ann)
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.recovery.proposeRecovery(ann, spare(1).address, *consent, sender=world.wallet(person))


@pytest.mark.parametrize("person", ["admin", "manager", "officer", "attestor", "stranger", "ann"])
def test_A1_only_the_committee_confirms(world: World, person: str) -> None:
    world.propose("ann", spare(1))
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.recovery.confirmRecovery(world.party["ann"], spare(1).address, sender=world.wallet(person))


def test_S13_one_person_with_both_roles_is_still_one_person(world: World) -> None:
    manager = world.wallet("manager")
    world.access.grantRole(ROLE_ID["COMMITTEE"], manager, 0, sender=world.wallet("admin"))
    world.propose("ann", spare(1))
    with world.reverts("RecoverySecondPersonMissing", manager):
        world.recovery.confirmRecovery(world.party["ann"], spare(1).address, sender=manager)


def test_S13_executing_through_the_access_manager_makes_nobody_a_second_person(world: World) -> None:
    access, ann = world.access, world.party["ann"]
    consent = world.sign("ReplaceWallet", spare(1), ann)
    call = world.recovery.data("proposeRecovery", ann, spare(1).address, *consent)
    with world.reverts("RecoveryCallerIsAuthority", access.address):
        access.execute(world.recovery, call, sender=world.wallet("manager"))
    world.propose("ann", spare(1))
    call = world.recovery.data("confirmRecovery", ann, spare(1).address)
    with world.reverts("RecoveryCallerIsAuthority", access.address):
        access.execute(world.recovery, call, sender=world.wallet("committee"))


def test_the_committee_confirms_the_wallet_it_read(world: World) -> None:
    ann, committee = world.party["ann"], world.wallet("committee")
    with world.reverts("RecoveryProposalNone", ann, spare(1).address):
        world.recovery.confirmRecovery(ann, spare(1).address, sender=committee)
    world.propose("ann", spare(1))
    world.propose("ann", spare(2))
    with world.reverts("RecoveryProposalNone", ann, spare(1).address):
        world.recovery.confirmRecovery(ann, spare(1).address, sender=committee)
    world.recovery.confirmRecovery(ann, spare(2).address, sender=committee)
    with world.reverts("RecoveryProposalNone", ann, spare(2).address):
        world.recovery.confirmRecovery(ann, spare(2).address, sender=committee)


def test_a_proposal_lasts_seven_days(exact: World) -> None:
    ann, committee = exact.party["ann"], exact.wallet("committee")
    exact.propose("ann", spare(1))
    wallet, valid_until, proposer = exact.recovery.proposalOf(ann)
    assert (wallet, proposer) == (spare(1).address, exact.wallet("manager"))
    exact.backend.warp(valid_until + 1)
    with exact.reverts("RecoveryProposalNone", ann, spare(1).address):
        exact.recovery.confirmRecovery(ann, spare(1).address, sender=committee)
    exact.later(-1)
    exact.recovery.confirmRecovery(ann, spare(1).address, sender=committee)


def test_the_new_wallet_must_consent(world: World) -> None:
    ann, manager = world.party["ann"], world.wallet("manager")
    consent = world.sign("ReplaceWallet", spare(2), ann)
    with world.reverts("RecoverySignatureInvalid", spare(1).address):
        world.recovery.proposeRecovery(ann, spare(1).address, *consent, sender=manager)
    consent = world.sign("ReplaceWallet", spare(1), ann)
    world.recovery.proposeRecovery(ann, spare(1).address, *consent, sender=manager)
    with world.reverts("RecoverySignatureInvalid", spare(1).address):
        world.recovery.proposeRecovery(ann, spare(1).address, *consent, sender=manager)


def test_parties_without_a_wallet_and_unfit_wallets(world: World) -> None:
    alone, manager = world.register(), world.wallet("manager")
    for party, new, error, values in (
        (alone, spare(1), "RecoveryPartyHasNoWallet", (alone,)),
        (99, spare(1), "RecoveryPartyHasNoWallet", (99,)),
        (world.party["ann"], account(6), "RecoveryWalletUnfit", (world.wallet("ann"),)),
        (world.party["ann"], account(7), "RecoveryWalletUnfit", (world.wallet("ben"),)),
    ):
        consent = world.sign("ReplaceWallet", new, party)
        with world.reverts(error, *values):
            world.recovery.proposeRecovery(party, new.address, *consent, sender=manager)


def test_nothing_is_proposed_while_a_recovery_runs(world: World) -> None:
    ann = world.party["ann"]
    world.start_by_manager("ann", spare(1))
    with world.reverts("RecoveryRunning", ann, world.parties.recoveryUntil(ann)):
        world.propose("ann", spare(2))


def test_guardians_who_start_drop_the_managers_proposal(world: World) -> None:
    ann = world.party["ann"]
    world.guard("ann", ["ben"], 1)
    world.propose("ann", spare(1))
    world.start_by_guardians("ann", ["ben"], spare(2))
    with world.reverts("RecoveryProposalNone", ann, spare(1).address):
        world.recovery.confirmRecovery(ann, spare(1).address, sender=world.wallet("committee"))
    world.later(3 * DAY)
    world.recovery.completeRecovery(ann, sender=world.wallet("stranger"))
    with world.reverts("RecoveryProposalNone", ann, spare(1).address):
        world.recovery.confirmRecovery(ann, spare(1).address, sender=world.wallet("committee"))


def test_a_lapsed_recovery_is_cleared_by_the_next_proposal(world: World) -> None:
    world.start_by_manager("ann", spare(1))
    world.later(30 * DAY)
    world.propose("ann", spare(2))
    assert world.parties.recoveryUntil(world.party["ann"]) == 0


def test_a_wallet_that_became_unfit_since_the_proposal_stops_the_start(world: World) -> None:
    world.propose("ann", spare(1))
    world.link("ben", spare(1))
    with world.reverts("RecoveryWalletUnfit", spare(1).address):
        world.recovery.confirmRecovery(world.party["ann"], spare(1).address, sender=world.wallet("committee"))
