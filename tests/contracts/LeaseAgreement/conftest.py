"""One community for this folder; each test starts from the same state."""

from collections.abc import Iterator

import pytest

from tests.lease_world import World, backend_for


@pytest.fixture(scope="package")
def community(pytestconfig: pytest.Config) -> World:
    return World(backend_for(pytestconfig.pluginmanager))


@pytest.fixture
def world(community: World) -> Iterator[World]:
    mark = community.backend.snapshot()
    yield community
    community.backend.restore(mark)


@pytest.fixture
def in_process(world: World) -> World:
    """A community whose EVM can be bent: code at any address, any chain id, any gas limit."""
    if not hasattr(world.backend, "chain"):
        pytest.skip("only in the EVM inside this process")
    return world


@pytest.fixture
def lease(world: World) -> int:
    """Ann's lease for a year from the first of the month, at 1,000 a month; plain in all."""
    return world.activate("ann", endDay=world.month_start(12))


@pytest.fixture
def joint(world: World) -> int:
    """Ann (60 %) and Ben (40 %), the rest alike."""
    return world.activate("ann", "ben", shares=[6_000, 4_000], endDay=world.month_start(12))


@pytest.fixture
def late(world: World) -> int:
    """Ann's lease with a late fee of 1 % a day after 5 days of grace, for at most 60 days."""
    return world.activate("ann", endDay=world.month_start(12), lateFeeRate=100, lateFeeMaxDays=60)
