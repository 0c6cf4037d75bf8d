"""supportRecovery(party, newWallet, deadline, signature)

- the caller must be the current wallet of a guardian in force
- below the threshold nothing is frozen; the call that reaches it starts the recovery
- nobody counts twice; support for another wallet, another consent or under earlier guardians does not add up
- the new wallet's consent: signer, party, nonce, deadline; used up by the start
- a wallet of another party, a replaced one or the current one cannot take over; a spare one of the party can
- while one runs, guardians add support to that wallet alone, without another signature
- after a lapse the guardians rest for fourteen days
- a change of guardians that waits is dropped at the start
"""

import pytest

from tests.registry_world import DAY, World, account, spare


@pytest.fixture(autouse=True)
def _guarded(world: World) -> None:
    world.guard("ann", ["ben", "cleo", "dora"], 2)


def test_the_threshold_starts_the_recovery_and_holds_the_wallet_back(world: World) -> None:
    ann, consent = world.party["ann"], world.sign("ReplaceWallet", spare(1), world.party["ann"])
    world.fund(world.wallet("ann"), 10)
    world.support("ben", "ann", consent, spare(1))
    assert not world.parties.recoveryPending(ann)
    world.token.transfer(world.wallet("ben"), 1, sender=world.wallet("ann"))
    world.support("dora", "ann", consent, spare(1))
    started = world.events("RecoveryStarted")[0]
    assert (started["oldWallet"], started["newWallet"]) == (world.wallet("ann"), spare(1).address)
    assert world.parties.recoveryPending(ann)
    with world.reverts("TokenRecoveryPending", world.wallet("ann")):
        world.token.transfer(world.wallet("ben"), 1, sender=world.wallet("ann"))


def test_the_clocks_of_a_recovery_by_guardians(exact: World) -> None:
    exact.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    ready = exact.time + 3 * DAY
    found = exact.recovery.recoveryOf(exact.party["ann"])
    assert found[0].lower() == spare(1).address.lower()
    assert found[1:] == (ready, ready + 14 * DAY, 0b11, False, False, False)


def test_S13_a_guardian_counts_once(world: World) -> None:
    ann, consent = world.party["ann"], world.sign("ReplaceWallet", spare(1), world.party["ann"])
    world.support("ben", "ann", consent, spare(1))
    with world.reverts("RecoveryAlreadySupported", ann, world.party["ben"]):
        world.support("ben", "ann", consent, spare(1))
    world.support("cleo", "ann", consent, spare(1))
    with world.reverts("RecoveryAlreadySupported", ann, world.party["ben"]):
        world.support("ben", "ann", consent, spare(1))


def test_S13_a_guardians_second_wallet_counts_for_nothing(world: World) -> None:
    world.link("ben", account(5))
    consent = world.sign("ReplaceWallet", spare(1), world.party["ann"])
    world.support("ben", "ann", consent, spare(1))
    with world.reverts("RecoveryNotGuardian", world.party["ann"], world.wallet("stranger")):
        world.support("stranger", "ann", consent, spare(1))


@pytest.mark.parametrize("person", ["ann", "stranger", "manager", "committee"])
def test_A1_only_guardians_support(world: World, person: str) -> None:
    consent = world.sign("ReplaceWallet", spare(1), world.party["ann"])
    with world.reverts("RecoveryNotGuardian", world.party["ann"], world.wallet(person)):
        world.support(person, "ann", consent, spare(1))


def test_support_for_two_wallets_does_not_add_up(world: World) -> None:
    ann = world.party["ann"]
    world.support("ben", "ann", world.sign("ReplaceWallet", spare(1), ann), spare(1))
    world.support("cleo", "ann", world.sign("ReplaceWallet", spare(2), ann), spare(2))
    assert not world.parties.recoveryPending(ann)


def test_support_under_two_consents_does_not_add_up(world: World) -> None:
    ann = world.party["ann"]
    first = world.sign("ReplaceWallet", spare(1), ann, deadline=world.time + DAY)
    second = world.sign("ReplaceWallet", spare(1), ann, deadline=world.time + 2 * DAY)
    world.support("ben", "ann", first, spare(1))
    world.support("cleo", "ann", second, spare(1))
    assert not world.parties.recoveryPending(ann)


def test_support_under_earlier_guardians_does_not_count(world: World) -> None:
    ann = world.party["ann"]
    consent = world.sign("ReplaceWallet", spare(1), ann, deadline=world.time + 30 * DAY)
    world.support("ben", "ann", consent, spare(1))
    world.guard("ann", ["ben", "cleo"], 2)
    world.support("cleo", "ann", consent, spare(1))
    assert not world.parties.recoveryPending(ann)
    world.support("ben", "ann", consent, spare(1))
    assert world.parties.recoveryPending(ann)


def test_a_consent_is_for_one_party_and_used_once(world: World) -> None:
    ann, ben = world.party["ann"], world.party["ben"]
    with world.reverts("RecoverySignatureInvalid", spare(1).address):
        world.support("cleo", "ann", world.sign("ReplaceWallet", spare(1), ben), spare(1))
    with world.reverts("RecoverySignatureInvalid", spare(1).address):
        world.support("cleo", "ann", world.sign("ReplaceWallet", spare(2), ann), spare(1))
    with world.reverts("RecoverySignatureInvalid", spare(1).address):
        world.support("cleo", "ann", world.sign("LinkWallet", spare(1), ann), spare(1))
    world.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    assert world.recovery.recoveryNonce(spare(1).address) == 1


def test_S6_a_consent_for_another_chain_is_refused(world: World) -> None:
    consent = world.sign("ReplaceWallet", spare(1), world.party["ann"], chain_id=world.backend.chain_id + 1)
    with world.reverts("RecoverySignatureInvalid", spare(1).address):
        world.support("ben", "ann", consent, spare(1))


def test_S9_the_new_wallet_may_change_its_mind(world: World) -> None:
    consent = world.sign("ReplaceWallet", account(5), world.party["ann"])
    world.support("ben", "ann", consent, account(5))
    world.recovery.raiseRecoveryNonce(sender=world.wallet("stranger"))
    with world.reverts("RecoverySignatureInvalid", world.wallet("stranger")):
        world.support("cleo", "ann", consent, account(5))


def test_S5_the_deadline_is_the_last_second(exact: World) -> None:
    consent = exact.sign("ReplaceWallet", spare(1), exact.party["ann"], deadline=exact.time + 10)
    exact.later(11)
    with exact.reverts("RecoverySignatureExpired", consent[0], exact.time):
        exact.support("ben", "ann", consent, spare(1))
    exact.later(-1)
    exact.support("ben", "ann", consent, spare(1))


def test_unfit_wallets_cannot_take_over(world: World) -> None:
    for unfit in (account(7), account(6)):  # another party's, and the current one
        consent = world.sign("ReplaceWallet", unfit, world.party["ann"])
        world.support("cleo", "ann", consent, unfit)
        with world.reverts("RecoveryWalletUnfit", unfit.address):
            world.support("dora", "ann", consent, unfit)


def test_a_wallet_that_was_replaced_before_cannot_come_back(world: World) -> None:
    world.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    world.later(3 * DAY)
    world.recovery.completeRecovery(world.party["ann"], sender=world.wallet("stranger"))
    consent = world.sign("ReplaceWallet", account(6), world.party["ann"])
    world.support("ben", "ann", consent, account(6))
    with world.reverts("RecoveryWalletUnfit", world.wallet("ann")):
        world.support("cleo", "ann", consent, account(6))


def test_a_spare_wallet_of_the_party_can_take_over(world: World) -> None:
    world.link("ann", spare(1))
    world.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    assert world.parties.recoveryPending(world.party["ann"])


def test_a_running_recovery_takes_more_support_without_a_signature(world: World) -> None:
    ann = world.party["ann"]
    world.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    with world.reverts("RecoveryRunning", ann, world.parties.recoveryUntil(ann)):
        world.support("dora", "ann", (0, b""), spare(2))
    world.support("dora", "ann", (0, b""), spare(1))
    assert world.events("RecoverySupported")[0]["approvals"] == 0b111


def test_guardians_do_not_meddle_with_a_recovery_by_the_manager(world: World) -> None:
    ann = world.party["ann"]
    world.start_by_manager("ann", spare(1))
    consent = world.sign("ReplaceWallet", spare(1), ann)
    with world.reverts("RecoveryRunning", ann, world.parties.recoveryUntil(ann)):
        world.support("ben", "ann", consent, spare(1))


def test_L1_after_a_lapse_the_guardians_rest_so_that_the_party_can_replace_them(world: World) -> None:
    ann = world.party["ann"]
    world.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    lapse = world.parties.recoveryUntil(ann)
    world.backend.warp(lapse + 10)
    assert world.recovery.guardiansRestUntil(ann) == lapse + 14 * DAY
    consent = world.sign("ReplaceWallet", spare(2), ann, deadline=world.time + 60 * DAY)
    with world.reverts("RecoveryGuardiansRest", ann, lapse + 14 * DAY):
        world.support("ben", "ann", consent, spare(2))
    world.recovery.setGuardians([world.party["dora"]], 1, sender=world.wallet("ann"))
    world.later(7 * DAY)
    assert world.recovery.guardiansOf(ann) == ((world.party["dora"],), 1)
    world.backend.warp(lapse + 14 * DAY + 10)
    world.support("dora", "ann", consent, spare(2))
    assert world.parties.recoveryPending(ann)


def test_a_change_of_guardians_that_a_thief_made_is_dropped_at_the_start(world: World) -> None:
    ann = world.party["ann"]
    world.recovery.setGuardians([], 0, sender=world.wallet("ann"))
    world.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    assert len(world.events("GuardiansChangeDropped")) == 1
    world.later(8 * DAY)
    assert len(world.recovery.guardiansOf(ann)[0]) == 3
