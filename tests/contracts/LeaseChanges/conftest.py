"""One community for this folder; each test starts from the same state."""

from collections.abc import Iterator

import pytest

from tests.lease_world import World, backend_for

PROPOSAL_DAYS, AGE_DAYS, CURE_DAYS, RECOVERY_DAYS, LEAVE_DAYS = 90, 14, 14, 30, 14
GRACE_DAYS = 5  # of the leases here


@pytest.fixture(scope="package")
def community(pytestconfig: pytest.Config) -> World:
    return World(backend_for(pytestconfig.pluginmanager))


@pytest.fixture
def world(community: World) -> Iterator[World]:
    mark = community.backend.snapshot()
    yield community
    community.backend.restore(mark)


@pytest.fixture
def lease(world: World) -> int:
    """A lease of Ann and Ben for a year from the first of the month, at 1,000 a month."""
    return world.activate("ann", "ben")


@pytest.fixture
def breakable(world: World) -> int:
    """The same, but either side may break it from day 90 on, with 30 days' notice and a fee of 500."""
    return world.activate("ann", "ben", breakDay=world.today + 90, breakFee=500 * 10**6)
