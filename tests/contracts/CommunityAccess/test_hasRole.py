"""hasRole(role, account): the delays of ADMIN

- during set-up an ADMIN has the delay it was granted
- from the end of set-up on it has at least adminDelay; a longer one stays
- other roles keep their own
- so every act of an ADMIN after set-up is announced first and waits
"""

from tests.registry_world import DAY, World


def test_A6_the_first_admin_loses_its_haste_when_set_up_ends(exact: World) -> None:
    access, admin = exact.access, exact.wallet("admin")
    exact.backend.warp(access.setupUntil() - 1)
    assert access.hasRole(0, admin) == (True, 0)
    exact.later(1)
    assert access.hasRole(0, admin) == (True, 2 * DAY)


def test_a_longer_delay_stays(world: World) -> None:
    world.access.grantRole(0, world.wallet("ann"), 10 * DAY, sender=world.wallet("admin"))
    world.later(3 * DAY)
    assert world.access.hasRole(0, world.wallet("ann")) == (True, 10 * DAY)


def test_the_floor_is_for_admins_alone(world: World) -> None:
    world.later(3 * DAY)
    assert world.access.hasRole(1, world.wallet("manager")) == (True, 0)
    assert world.access.hasRole(0, world.wallet("manager"))[0] is False


def test_A6_after_set_up_an_unannounced_act_is_refused(world: World) -> None:
    world.later(2 * DAY)
    admin = world.wallet("admin")
    call = world.access.data("grantRole", 1, world.wallet("ann"), 0)
    operation = world.access.hashOperation(admin, world.access.address, call)
    with world.reverts("AccessManagerNotScheduled", operation):
        world.access.grantRole(1, world.wallet("ann"), 0, sender=admin)


def test_A6_an_announced_act_waits_for_its_day(world: World) -> None:
    world.later(2 * DAY)
    access, admin, ann = world.access, world.wallet("admin"), world.wallet("ann")
    call = access.data("grantRole", 1, ann, 0)
    access.schedule(access, call, 0, sender=admin)
    operation = access.hashOperation(admin, access.address, call)
    world.later(2 * DAY - 60)
    with world.reverts("AccessManagerNotReady", operation):
        access.grantRole(1, ann, 0, sender=admin)
    world.later(61)
    access.grantRole(1, ann, 0, sender=admin)
    assert access.hasRole(1, ann)[0]


def test_A6_granting_a_role_and_acting_in_one_transaction_is_refused(world: World) -> None:
    world.access.setGrantDelay(1, DAY, sender=world.wallet("admin"))
    world.later(2 * DAY)
    access, admin, ann = world.access, world.wallet("admin"), world.wallet("ann")
    call = access.data("grantRole", 1, ann, 0)
    access.schedule(access, call, 0, sender=admin)
    world.later(2 * DAY + 1)
    access.grantRole(1, ann, 0, sender=admin)
    with world.reverts("AccessManagedUnauthorized", ann):
        world.units.register(world.party["ann"], 1, 1, 100, 0, sender=ann)
    world.later(DAY)
    world.units.register(world.party["ann"], 1, 1, 100, 0, sender=ann)
    assert world.units.unitCount() == 1
