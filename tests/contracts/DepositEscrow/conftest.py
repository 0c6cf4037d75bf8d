"""One community for this folder; each test starts from the same state."""

from collections.abc import Iterator

import pytest

from tests.lease_world import ENDED, World, backend_for

CLAIM_DAYS, ANSWER_DAYS, AWARD_DAYS, EXTENSION_DAYS = 14, 14, 30, 30


@pytest.fixture(scope="package")
def community(pytestconfig: pytest.Config) -> World:
    return World(backend_for(pytestconfig.pluginmanager))


@pytest.fixture
def world(community: World) -> Iterator[World]:
    mark = community.backend.snapshot()
    yield community
    community.backend.restore(mark)


@pytest.fixture
def running(world: World) -> int:
    """A lease of Ann (60 %) and Ben (40 %) for a month, with a deposit of 600 + 400."""
    return world.activate("ann", "ben", shares=[6_000, 4_000], deposit=1_000, endDay=world.today + 28)


@pytest.fixture
def ended(world: World, running: int) -> int:
    """The same, paid and closed: the landlord may claim."""
    world.to_day(world.today + 28)
    assert world.leases.stateOf(running) == ENDED
    world.leases.settle([running], sender=world.wallet("stranger"))
    world.leases.close(running, sender=world.wallet("landlord"))
    return running


@pytest.fixture
def claimed(world: World, ended: int) -> int:
    """The same: 300 are claimed in two items, 700 went back; 180 and 120 are left."""
    items = [100, 200], [b"\x01" * 32, b"\x02" * 32]
    world.escrow.fileClaim(ended, *items, sender=world.wallet("landlord"))
    return ended


@pytest.fixture
def disputed(world: World, claimed: int) -> int:
    """The same: the final offer is 101, which was paid; 199 wait for the award."""
    world.escrow.makeOffer(claimed, 101, sender=world.wallet("ann"))
    world.escrow.acceptClaim(claimed, 300, sender=world.wallet("ben"))
    return claimed
