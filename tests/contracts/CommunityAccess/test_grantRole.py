"""grantRole, setGrantDelay, setTargetAdminDelay, minSetback: bounds of delays

- an execution, grant or target delay above 30 days reverts; 30 days is accepted
- a stranger sets none
- during set-up a new delay counts at once, afterwards after five days
"""

from tests.registry_world import DAY, World

MOST = 30 * DAY


def test_A2_no_member_can_be_bound_for_more_than_thirty_days(world: World) -> None:
    admin, ann = world.wallet("admin"), world.wallet("ann")
    with world.reverts("AccessDelayOutOfBounds", MOST + 1, 0, MOST):
        world.access.grantRole(1, ann, MOST + 1, sender=admin)
    world.access.grantRole(1, ann, MOST, sender=admin)
    assert world.access.hasRole(1, ann) == (True, MOST)


def test_no_role_can_be_locked_away_behind_a_grant_delay(world: World) -> None:
    admin = world.wallet("admin")
    with world.reverts("AccessDelayOutOfBounds", MOST + 1, 0, MOST):
        world.access.setGrantDelay(1, MOST + 1, sender=admin)
    world.access.setGrantDelay(1, MOST, sender=admin)
    assert world.access.getRoleGrantDelay(1) == MOST


def test_no_contract_can_be_locked_away_behind_its_admin_delay(world: World) -> None:
    admin = world.wallet("admin")
    with world.reverts("AccessDelayOutOfBounds", MOST + 1, 0, MOST):
        world.access.setTargetAdminDelay(world.units, MOST + 1, sender=admin)
    world.access.setTargetAdminDelay(world.units, MOST, sender=admin)
    assert world.access.getTargetAdminDelay(world.units.address) == MOST


def test_A1_a_stranger_grants_nothing(world: World) -> None:
    stranger = world.wallet("stranger")
    with world.reverts("AccessManagerUnauthorizedAccount", stranger, 0):
        world.access.grantRole(1, stranger, 0, sender=stranger)
    with world.reverts("AccessManagerUnauthorizedAccount", stranger, 0):
        world.access.setGrantDelay(1, 0, sender=stranger)


def test_A6_delays_count_at_once_during_set_up_and_after_five_days_later(exact: World) -> None:
    access = exact.access
    exact.backend.warp(access.setupUntil() - 1)
    assert access.minSetback() == 0
    exact.later(1)
    assert access.minSetback() == 5 * DAY


def test_A6_after_set_up_shortening_a_delay_takes_five_days(world: World) -> None:
    access, admin = world.access, world.wallet("admin")
    access.setGrantDelay(1, 2 * DAY, sender=admin)
    world.later(2 * DAY)
    call = access.data("setGrantDelay", 1, 0)
    access.schedule(access, call, 0, sender=admin)
    world.later(2 * DAY + 1)
    access.setGrantDelay(1, 0, sender=admin)
    world.later(4 * DAY)
    assert access.getRoleGrantDelay(1) == 2 * DAY
    world.later(DAY)
    assert access.getRoleGrantDelay(1) == 0
