"""announce(units)

- an unknown unit reverts; an empty list does nothing
- after a recovery or a switch of wallets: one Transfer from the wallet announced before, else none
- Transfer events alone tell who owns what
"""

from tests.registry_world import DAY, NOBODY, World, spare


def test_after_a_recovery_the_log_agrees_with_the_views_again(world: World) -> None:
    unit, other = world.unit("ann"), world.unit("ben")
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    world.later(3 * DAY)
    world.recovery.completeRecovery(world.party["ann"], sender=world.wallet("stranger"))
    world.units.announce([unit, other], sender=world.wallet("stranger"))
    moves = [(e["from"], e["to"], e["tokenId"]) for e in world.events("Transfer")]
    assert moves == [(world.wallet("ann"), spare(1).address, unit)]
    world.units.announce([unit], sender=world.wallet("stranger"))
    assert world.events("Transfer") == []


def test_a_first_wallet_is_announced_as_minted(world: World) -> None:
    alone = world.register()
    world.units.register(alone, 1, 1, 100, 0, sender=world.wallet("manager"))
    consent = world.sign("LinkWallet", spare(1), alone)
    world.parties.linkFirst(alone, spare(1).address, *consent, sender=world.wallet("attestor"))
    world.units.announce([1], sender=world.wallet("stranger"))
    assert [(e["from"], e["to"]) for e in world.events("Transfer")] == [(NOBODY, spare(1).address)]


def test_the_users_wallet_is_announced_too(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit("ann")
    world.occupy(leases, unit, 1, 0, 10)
    world.link("ben", spare(1))
    world.parties.switchWallet(spare(1).address, sender=world.wallet("ben"))
    world.units.announce([unit], sender=world.wallet("stranger"))
    assert world.events("UpdateUser")[0]["user"] == spare(1).address


def test_unknown_units_are_refused_and_none_is_nothing(world: World) -> None:
    with world.reverts("UnitUnknown", 99):
        world.units.announce([99], sender=world.wallet("stranger"))
    world.units.announce([], sender=world.wallet("stranger"))
    assert world.events("Transfer") == []
