"""setGuardians(guardians, threshold) and the looks at guardians

- a stranger, or a linked wallet that is not the current one, reverts
- more than 8, unordered, repeated, unknown, zero or the party itself: reverts
- threshold 0 with guardians, above their number, or not 0 without: reverts
- takes effect after seven days, not a second sooner; a later call replaces one that waits
- an empty list removes all guardians after the same delay
- while guardians recover the party it reverts; a recovery by the manager ends
"""

import pytest

from tests.registry_world import DAY, World, account, spare


def test_guardians_take_over_after_seven_days(exact: World) -> None:
    ann, ben, cleo = (exact.party[name] for name in ("ann", "ben", "cleo"))
    exact.recovery.setGuardians([ben, cleo], 2, sender=exact.wallet("ann"))
    effective = exact.time + 7 * DAY
    assert exact.recovery.guardiansOf(ann) == ((), 0)
    assert exact.recovery.guardiansToCome(ann) == ((ben, cleo), 2, effective)
    exact.backend.warp(effective - 1)
    assert exact.recovery.guardiansOf(ann) == ((), 0)
    exact.later(1)
    assert exact.recovery.guardiansOf(ann) == ((ben, cleo), 2)
    assert exact.recovery.guardiansToCome(ann) == ((), 0, 0)


def test_the_old_guardians_serve_until_the_new_ones_take_over(world: World) -> None:
    ann = world.party["ann"]
    world.guard("ann", ["ben"], 1)
    world.recovery.setGuardians([world.party["dora"]], 1, sender=world.wallet("ann"))
    assert world.recovery.guardiansOf(ann) == ((world.party["ben"],), 1)
    world.later(7 * DAY)
    assert world.recovery.guardiansOf(ann) == ((world.party["dora"],), 1)
    consent = world.sign("ReplaceWallet", spare(1), ann)
    with world.reverts("RecoveryNotGuardian", ann, world.wallet("ben")):
        world.support("ben", "ann", consent, spare(1))


def test_a_change_that_waits_is_replaced_by_a_later_one(world: World) -> None:
    ann = world.party["ann"]
    world.recovery.setGuardians([world.party["ben"]], 1, sender=world.wallet("ann"))
    world.later(6 * DAY)
    world.recovery.setGuardians([world.party["cleo"]], 1, sender=world.wallet("ann"))
    world.later(2 * DAY)
    assert world.recovery.guardiansOf(ann) == ((), 0)
    world.later(5 * DAY)
    assert world.recovery.guardiansOf(ann) == ((world.party["cleo"],), 1)


def test_an_empty_list_removes_all(world: World) -> None:
    world.guard("ann", ["ben", "cleo"], 1)
    world.recovery.setGuardians([], 0, sender=world.wallet("ann"))
    world.later(7 * DAY)
    assert world.recovery.guardiansOf(world.party["ann"]) == ((), 0)
    consent = world.sign("ReplaceWallet", spare(1), world.party["ann"])
    with world.reverts("RecoveryNotGuardian", world.party["ann"], world.wallet("ben")):
        world.support("ben", "ann", consent, spare(1))


@pytest.mark.parametrize(
    ("guardians", "index", "value"),
    [
        (["cleo", "ben"], 1, "ben"),
        (["ben", "ben"], 1, "ben"),
        (["ann", "ben"], 0, "ann"),
        ([0, "ben"], 0, 0),
        (["ben", 99], 1, 99),
    ],
)
def test_S13_guardians_are_known_distinct_and_others(
    world: World, guardians: list[str | int], index: int, value: str | int
) -> None:
    parties = [world.party.get(str(item), item) for item in guardians]
    with world.reverts("RecoveryGuardiansInvalid", index, world.party.get(str(value), value)):
        world.recovery.setGuardians(parties, 1, sender=world.wallet("ann"))


def test_G1_eight_guardians_are_the_most(world: World) -> None:
    parties = [world.register() for _ in range(9)]
    with world.reverts("RecoveryGuardiansInvalid", 8, 9):
        world.recovery.setGuardians(parties, 1, sender=world.wallet("ann"))
    world.recovery.setGuardians(parties[:8], 8, sender=world.wallet("ann"))
    world.later(7 * DAY)
    assert world.recovery.guardiansOf(world.party["ann"]) == (tuple(parties[:8]), 8)


@pytest.mark.parametrize(("number", "threshold"), [(2, 0), (2, 3), (0, 1), (0, 255)])
def test_a_threshold_that_cannot_be_met_or_asks_nobody_is_refused(
    world: World, number: int, threshold: int
) -> None:
    parties = [world.party["ben"], world.party["cleo"]][:number]
    with world.reverts("RecoveryGuardiansInvalid", number, threshold):
        world.recovery.setGuardians(parties, threshold, sender=world.wallet("ann"))


def test_A1_only_the_current_wallet_names_guardians(world: World) -> None:
    world.link("ann", account(5))
    with world.reverts("RecoveryNotCurrentWallet", world.party["ann"], world.wallet("stranger")):
        world.recovery.setGuardians([world.party["ben"]], 1, sender=world.wallet("stranger"))
    with world.reverts("RecoveryCallerNotLinked", world.wallet("admin")):
        world.recovery.setGuardians([world.party["ben"]], 1, sender=world.wallet("admin"))


def test_a_thief_cannot_change_the_guardians_who_recover(world: World) -> None:
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    until = world.parties.recoveryUntil(world.party["ann"])
    with world.reverts("RecoveryRunning", world.party["ann"], until):
        world.recovery.setGuardians([], 0, sender=world.wallet("ann"))


def test_naming_guardians_ends_a_recovery_by_the_manager(world: World) -> None:
    world.start_by_manager("ann", spare(1))
    world.recovery.setGuardians([world.party["ben"]], 1, sender=world.wallet("ann"))
    assert len(world.events("RecoveryCancelled")) == 1
    assert not world.parties.recoveryPending(world.party["ann"])
