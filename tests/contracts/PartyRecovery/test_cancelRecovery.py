"""cancelRecovery() and overruleVeto(party, newWallet)

- a caller of no party, or nothing to cancel: reverts
- a proposal or a recovery by the manager ends at once, by the old wallet or any linked one
- a recovery by guardians is vetoed, once; then it waits for all guardians or the committee, seven days long
- all guardians (already, or later) or the committee overrule the veto; without them it lapses
- the committee overrules only a veto that stands, for the wallet that it read
"""

import pytest

from tests.registry_world import DAY, World, account, spare


def test_A1_a_stranger_cancels_nothing(world: World) -> None:
    with world.reverts("RecoveryCallerNotLinked", world.wallet("stranger")):
        world.recovery.cancelRecovery(sender=world.wallet("stranger"))
    with world.reverts("RecoveryNone", world.party["ann"]):
        world.recovery.cancelRecovery(sender=world.wallet("ann"))


def test_the_old_wallet_ends_a_recovery_by_the_manager(world: World) -> None:
    ann = world.party["ann"]
    world.start_by_manager("ann", spare(1))
    world.recovery.cancelRecovery(sender=world.wallet("ann"))
    assert len(world.events("RecoveryCancelled")) == 1
    world.later(14 * DAY)
    with world.reverts("RecoveryNone", ann):
        world.recovery.completeRecovery(ann, sender=world.wallet("manager"))
    world.fund(world.wallet("ann"), 1)
    world.token.transfer(world.wallet("ben"), 1, sender=world.wallet("ann"))


def test_any_linked_wallet_ends_a_recovery_by_the_manager(world: World) -> None:
    world.link("ann", account(5))
    world.start_by_manager("ann", spare(1))
    world.recovery.cancelRecovery(sender=world.wallet("stranger"))
    assert not world.parties.recoveryPending(world.party["ann"])


def test_a_proposal_can_be_refused_before_it_freezes_anything(world: World) -> None:
    world.propose("ann", spare(1))
    world.recovery.cancelRecovery(sender=world.wallet("ann"))
    with world.reverts("RecoveryProposalNone", world.party["ann"], spare(1).address):
        world.recovery.confirmRecovery(world.party["ann"], spare(1).address, sender=world.wallet("committee"))


def vetoed(world: World, *supporters: str) -> int:
    """Ann's recovery by these of three guardians, vetoed by her old wallet."""
    world.guard("ann", ["ben", "cleo", "dora"], 2)
    world.start_by_guardians("ann", supporters, spare(1))
    world.recovery.cancelRecovery(sender=world.wallet("ann"))
    return world.party["ann"]


def test_a_vetoed_recovery_by_guardians_goes_on_but_does_not_complete(exact: World) -> None:
    ann = vetoed(exact, "ben", "cleo")
    assert exact.parties.recoveryUntil(ann) == exact.time + 7 * DAY
    exact.later(3 * DAY)
    with exact.reverts("RecoveryVetoStands", ann):
        exact.recovery.completeRecovery(ann, sender=exact.wallet("ben"))


def test_L1_a_veto_that_nobody_overrules_frees_the_wallet_after_seven_days(world: World) -> None:
    ann = vetoed(world, "ben", "cleo")
    world.later(7 * DAY)
    with world.reverts("RecoveryNone", ann):
        world.recovery.completeRecovery(ann, sender=world.wallet("ben"))
    world.recovery.expireRecovery(ann, sender=world.wallet("ann"))
    world.fund(world.wallet("ann"), 1)
    world.token.transfer(world.wallet("ben"), 1, sender=world.wallet("ann"))


def test_a_thief_vetoes_once_only(world: World) -> None:
    ann = vetoed(world, "ben", "cleo")
    with world.reverts("RecoveryVetoUsed", ann):
        world.recovery.cancelRecovery(sender=world.wallet("ann"))
    world.support("dora", "ann", (0, b""), spare(1))
    with world.reverts("RecoveryVetoUsed", ann):
        world.recovery.cancelRecovery(sender=world.wallet("ann"))


def test_all_guardians_overrule_a_veto(exact: World) -> None:
    ann = vetoed(exact, "ben", "cleo")
    ready = exact.recovery.recoveryOf(ann)[1]
    exact.support("dora", "ann", (0, b""), spare(1))
    assert exact.events("RecoveryOverruled")[0]["expiresAt"] == ready + 14 * DAY
    with exact.reverts("RecoveryTooEarly", ann, ready, exact.time):
        exact.recovery.completeRecovery(ann, sender=exact.wallet("ben"))
    exact.backend.warp(ready)
    exact.recovery.completeRecovery(ann, sender=exact.wallet("ben"))
    assert exact.parties.walletOf(ann) == spare(1).address


def test_when_all_guardians_stand_by_it_from_the_start_a_veto_changes_nothing(world: World) -> None:
    world.guard("ann", ["ben", "cleo"], 2)
    world.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    world.recovery.cancelRecovery(sender=world.wallet("ann"))
    assert len(world.events("RecoveryOverruled")) == 1
    world.later(3 * DAY)
    world.recovery.completeRecovery(world.party["ann"], sender=world.wallet("ben"))
    assert world.parties.walletOf(world.party["ann"]) == spare(1).address


def test_the_committee_overrules_a_veto_late_in_its_week(world: World) -> None:
    ann = vetoed(world, "ben", "cleo")
    world.later(6 * DAY)
    world.recovery.overruleVeto(ann, spare(1).address, sender=world.wallet("committee"))
    world.recovery.completeRecovery(ann, sender=world.wallet("stranger"))
    assert world.parties.walletOf(ann) == spare(1).address


def test_the_committee_overrules_nothing_else(world: World) -> None:
    ann, committee = world.party["ann"], world.wallet("committee")
    with world.reverts("RecoveryNone", ann):
        world.recovery.overruleVeto(ann, spare(1).address, sender=committee)
    world.guard("ann", ["ben", "cleo", "dora"], 2)
    world.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    with world.reverts("RecoveryNoVeto", ann, spare(1).address):
        world.recovery.overruleVeto(ann, spare(1).address, sender=committee)
    world.recovery.cancelRecovery(sender=world.wallet("ann"))
    with world.reverts("RecoveryNoVeto", ann, spare(2).address):
        world.recovery.overruleVeto(ann, spare(2).address, sender=committee)
    world.recovery.overruleVeto(ann, spare(1).address, sender=committee)
    with world.reverts("RecoveryNoVeto", ann, spare(1).address):
        world.recovery.overruleVeto(ann, spare(1).address, sender=committee)


def test_S13_the_access_manager_overrules_nothing(world: World) -> None:
    ann = vetoed(world, "ben", "cleo")
    call = world.recovery.data("overruleVeto", ann, spare(1).address)
    with world.reverts("RecoveryCallerIsAuthority", world.access.address):
        world.access.execute(world.recovery, call, sender=world.wallet("committee"))


@pytest.mark.parametrize("person", ["admin", "manager", "officer", "attestor", "stranger", "ann", "ben"])
def test_A1_only_the_committee_overrules(world: World, person: str) -> None:
    ann = vetoed(world, "ben", "cleo")
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.recovery.overruleVeto(ann, spare(1).address, sender=world.wallet(person))
