"""withdrawOwed: what could not be delivered, to the party's current wallet; open to all.

owed ── nothing: refused · a party under recovery: waits (T8, ruling 9) · afterwards: paid, once
"""

from tests.lease_world import CLOSED, Gains, World


def withdraw(world: World, person: str) -> None:
    world.escrow.withdrawOwed(world.party[person], sender=world.wallet("stranger"))


def test_where_nothing_is_owed_nothing_is_paid(world: World, claimed: int):
    with world.reverts("DepositNothingOwed", world.party["ann"]):
        withdraw(world, "ann")


def test_a_share_of_a_party_under_recovery_waits_and_the_others_are_paid(world: World, ended: int):
    world.start_recovery("ann")
    gains = Gains(world)
    world.escrow.fileClaim(ended, [300], [bytes(32)], sender=world.wallet("landlord"))
    assert gains.of("ann", "ben") == (0, 280)
    assert world.escrow.owed(world.party["ann"]) == 420
    assert world.escrow.held() == 720 == world.token.balanceOf(world.escrow)
    (event,) = world.events("ShareHeld")
    assert (event["party"], event["amount"]) == (world.party["ann"], 420)


def test_what_is_owed_is_paid_once_the_wallet_is_safe(world: World, ended: int):
    world.start_recovery("ann")
    world.escrow.fileClaim(ended, [], [], sender=world.wallet("landlord"))
    with world.reverts("DepositUndeliverable", world.party["ann"]):
        withdraw(world, "ann")
    assert world.escrow.owed(world.party["ann"]) == 600
    world.end_recovery("ann")
    gains = Gains(world)
    withdraw(world, "ann")
    assert gains.of("ann") == 600
    (event,) = world.events("OwedWithdrawn")
    assert (event["wallet"], event["amount"]) == (world.wallet("ann"), 600)
    assert (world.escrow.owed(world.party["ann"]), world.escrow.held()) == (0, 0)
    with world.reverts("DepositNothingOwed", world.party["ann"]):
        withdraw(world, "ann")


def test_after_the_recovery_the_new_wallet_is_paid(world: World, ended: int):
    world.start_recovery("ann")
    world.escrow.fileClaim(ended, [], [], sender=world.wallet("landlord"))
    new = world.wallet("stranger")
    world.parties.replaceWallet(world.party["ann"], new, sender=world.wallet("committee"))
    before = world.token.balanceOf(new)
    withdraw(world, "ann")
    assert world.token.balanceOf(new) - before == 600


def test_shares_of_several_leases_add_up(world: World, ended: int):
    other = world.activate("ann", deposit=50, endDay=world.today + 10)
    world.end(other)
    world.start_recovery("ann")
    for lease in (ended, other):
        world.escrow.fileClaim(lease, [], [], sender=world.wallet("landlord"))
    assert world.escrow.owed(world.party["ann"]) == 650
    assert world.leases.stateOf(other) == CLOSED


def test_t8_a_frozen_landlord_keeps_no_tenant_from_his_money(world: World, ended: int):
    world.freeze("landlord", 30)
    gains = Gains(world)
    world.escrow.fileClaim(ended, [300], [bytes(32)], sender=world.wallet("landlord"))
    assert gains.of("ann", "ben") == (420, 280)
    world.escrow.acceptClaim(ended, 300, sender=world.wallet("ann"))
    world.escrow.acceptClaim(ended, 300, sender=world.wallet("ben"))
    assert gains.of("landlord") == 300
    assert world.leases.stateOf(ended) == CLOSED


def test_t8_a_landlord_under_recovery_keeps_no_tenant_from_his_money(world: World, disputed: int):
    world.start_recovery("landlord", days=90)
    world.pass_days(31)
    gains = Gains(world)
    world.escrow.finalise(disputed, sender=world.wallet("stranger"))
    assert sum(gains.of("ann", "ben")) == 100
    assert world.escrow.owed(world.party["landlord"]) == 99 == world.escrow.held()
    assert world.leases.stateOf(disputed) == CLOSED
