"""The fixture `world` for the folders of access and registries: one deployment, put back after each test."""

from collections.abc import Iterator

import pytest

from tests.lease_world import InProcess, backend_for
from tests.registry_world import World


@pytest.fixture(scope="module")
def _deployed(pytestconfig: pytest.Config) -> World:
    return World(backend_for(pytestconfig.pluginmanager))


@pytest.fixture
def world(_deployed: World) -> Iterator[World]:
    """A fresh community."""
    mark = _deployed.backend.snapshot()
    yield _deployed
    _deployed.backend.restore(mark)


@pytest.fixture
def exact(world: World) -> World:
    """A community whose clock stands still between transactions: for tests of single seconds."""
    if not isinstance(world.backend, InProcess):
        pytest.skip("the node's clock runs on; plain pytest tests single seconds")
    return world
