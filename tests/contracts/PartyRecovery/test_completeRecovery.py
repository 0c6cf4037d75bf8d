"""completeRecovery(party) and expireRecovery(party)

- no recovery, too early, lapsed: reverts; open to all in between
- balance, mandate, units and leases follow the party; the old wallet signs and sends nothing more
- works with a zero balance
- the manager's recovery removes the guardians, whoever named them; the guardians' own keeps them
- the new wallet was linked elsewhere meanwhile: reverts, and the recovery lapses
- expire: nothing on record or not lapsed reverts
"""

import pytest

from tests.registry_world import DAY, World, spare


def complete(world: World, person: str = "ann") -> None:
    world.recovery.completeRecovery(world.party[person], sender=world.wallet("stranger"))


def test_the_whole_life_follows_the_party(world: World) -> None:
    ann, old, new = world.party["ann"], world.wallet("ann"), spare(1).address
    unit = world.unit("ann")
    world.fund(old, 1_234)
    collector = world.backend.deploy("Puppet")
    world.token.registerCollector(collector, sender=world.wallet("admin"))
    month = world.token.currentMonth()
    world.token.setMandate((10**6, 1, month + 12, True), sender=old)
    before = world.token.mandateOf(old)
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    world.later(3 * DAY)
    complete(world)
    done = world.events("RecoveryCompleted")[0]
    assert (done["party"], done["oldWallet"], done["newWallet"]) == (ann, old, new)
    assert world.token.balanceOf(new) == 1_234
    assert world.token.balanceOf(old) == 0
    assert world.token.mandateOf(new) == before
    assert world.units.ownerOf(unit) == new
    assert world.parties.partyOf(new) == ann
    assert world.parties.partyOf(old) == 0
    assert world.parties.walletCount(ann) == 1


def test_the_old_wallet_sends_nothing_more_and_later_receipts_follow(world: World) -> None:
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    world.later(3 * DAY)
    complete(world)
    world.fund(world.wallet("ann"), 77)
    assert world.token.balanceOf(spare(1).address) == 77
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), spare(1).address):
        world.token.transfer(world.wallet("ben"), 1, sender=world.wallet("ann"))


def test_it_needs_no_balance(world: World) -> None:
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    world.later(3 * DAY)
    complete(world)
    assert world.token.balanceOf(spare(1).address) == 0
    assert world.parties.walletOf(world.party["ann"]) == spare(1).address


@pytest.mark.parametrize(("by_manager", "delay"), [(False, 3 * DAY), (True, 14 * DAY)])
def test_not_a_second_before_its_delay(exact: World, by_manager: bool, delay: int) -> None:
    exact.guard("ann", ["ben"], 1)
    if by_manager:
        exact.start_by_manager("ann", spare(1))
    else:
        exact.start_by_guardians("ann", ["ben"], spare(1))
    ready = exact.time + delay
    exact.backend.warp(ready - 1)
    with exact.reverts("RecoveryTooEarly", exact.party["ann"], ready, ready - 1):
        complete(exact)
    exact.later(1)
    complete(exact)
    assert exact.parties.walletOf(exact.party["ann"]) == spare(1).address


def test_not_a_second_after_its_window(exact: World) -> None:
    exact.guard("ann", ["ben"], 1)
    exact.start_by_guardians("ann", ["ben"], spare(1))
    exact.later(17 * DAY)
    with exact.reverts("RecoveryNone", exact.party["ann"]):
        complete(exact)
    exact.later(-1)
    complete(exact)
    assert exact.parties.walletOf(exact.party["ann"]) == spare(1).address


def test_nothing_to_complete(world: World) -> None:
    with world.reverts("RecoveryNone", world.party["ann"]):
        complete(world)


def test_the_managers_recovery_removes_the_guardians_a_thief_may_have_named(world: World) -> None:
    ann = world.party["ann"]
    world.guard("ann", ["ben"], 1)
    old = world.sign("ReplaceWallet", spare(3), ann, deadline=world.time + 60 * DAY)
    world.start_by_manager("ann", spare(1))
    world.later(14 * DAY)
    complete(world)
    assert world.recovery.guardiansOf(ann) == ((), 0)
    with world.reverts("RecoveryNotGuardian", ann, world.wallet("ben")):
        world.support("ben", "ann", old, spare(3))


def test_the_guardians_own_recovery_keeps_them(world: World) -> None:
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    world.later(3 * DAY)
    complete(world)
    assert world.recovery.guardiansOf(world.party["ann"]) == ((world.party["ben"],), 1)
    world.start_by_guardians("ann", ["ben"], spare(2))
    world.later(3 * DAY)
    complete(world)
    assert world.parties.walletOf(world.party["ann"]) == spare(2).address


def test_a_new_wallet_that_went_elsewhere_stops_it_and_the_hold_still_ends(world: World) -> None:
    ann = world.party["ann"]
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    world.link("cleo", spare(1))
    world.later(3 * DAY)
    with world.reverts("PartyWalletTaken", spare(1).address, world.party["cleo"]):
        complete(world)
    world.later(14 * DAY)
    world.recovery.expireRecovery(ann, sender=world.wallet("stranger"))
    world.fund(world.wallet("ann"), 1)
    world.token.transfer(world.wallet("ben"), 1, sender=world.wallet("ann"))


def test_expiring_needs_a_lapsed_recovery(world: World) -> None:
    ann = world.party["ann"]
    with world.reverts("RecoveryNone", ann):
        world.recovery.expireRecovery(ann, sender=world.wallet("stranger"))
    world.start_by_manager("ann", spare(1))
    with world.reverts("RecoveryTooEarly", ann, ...):
        world.recovery.expireRecovery(ann, sender=world.wallet("stranger"))
    world.later(28 * DAY + 1)
    world.recovery.expireRecovery(ann, sender=world.wallet("stranger"))
    assert len(world.events("RecoveryExpired")) == 1
    assert world.parties.recoveryUntil(ann) == 0
