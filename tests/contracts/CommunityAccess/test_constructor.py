"""constructor(initialAdmin, adminDelay)

- adminDelay below a day or above 30 days reverts; both bounds are accepted
- initialAdmin = 0 reverts
- the deployer as initialAdmin is proven at once, anybody else is not
- set-up lasts a day; roles carry their names
"""

import pytest

from commonhold.roles import ROLES
from tests.lease_world import InProcess
from tests.registry_world import DAY, NOBODY, World


@pytest.mark.parametrize("delay", [0, DAY - 1, 30 * DAY + 1])
def test_a_delay_outside_the_bounds_is_refused(world: World, delay: int) -> None:
    with world.reverts("AccessDelayOutOfBounds", delay, DAY, 30 * DAY):
        world.backend.deploy("CommunityAccess", world.wallet("admin"), delay)


@pytest.mark.parametrize("delay", [DAY, 30 * DAY])
def test_the_bounds_themselves_are_accepted(world: World, delay: int) -> None:
    assert world.backend.deploy("CommunityAccess", world.wallet("admin"), delay).adminDelay() == delay


def test_nobody_cannot_be_the_first_admin(world: World) -> None:
    with world.reverts("AccessManagerInvalidInitialAdmin", NOBODY):
        world.backend.deploy("CommunityAccess", NOBODY, DAY)


def test_A3_the_deployer_is_a_proven_admin_from_the_first_block(world: World) -> None:
    assert world.access.hasRole(0, world.wallet("admin")) == (True, 0)
    assert world.access.adminAccepted(world.wallet("admin"))
    assert world.access.acceptedAdmins() == 1


def test_A2_another_first_admin_is_not_proven_until_it_accepts(world: World) -> None:
    access = world.backend.deploy("CommunityAccess", world.wallet("ann"), DAY)
    assert access.hasRole(0, world.wallet("ann")) == (True, 0)
    assert not access.adminAccepted(world.wallet("ann"))
    assert access.acceptedAdmins() == 0


def test_set_up_lasts_one_day(exact: World) -> None:
    access = exact.backend.deploy("CommunityAccess", exact.wallet("admin"), DAY)
    assert access.setupUntil() == exact.time + DAY


@pytest.mark.core
def test_every_office_is_labelled_with_its_name(world: World) -> None:
    if isinstance(world.backend, InProcess):
        pytest.skip("the EVM in this process keeps no logs of a deployment; brownie's node does")
    made = world.backend.deploy("CommunityAccess", world.wallet("admin"), DAY)
    labels = {int(row["roleId"]): row["label"] for row in made._inner.tx.events["RoleLabel"]}
    assert labels == {role.id: role.name for role in ROLES[1:]}
