"""The fixtures `world` and `exact` for the credit contracts: one deployment, put back after each test."""

from collections.abc import Iterator

import pytest

from tests.credit_world import CreditWorld
from tests.lease_world import InProcess, backend_for


@pytest.fixture(scope="module")
def _deployed(pytestconfig: pytest.Config) -> CreditWorld:
    return CreditWorld(backend_for(pytestconfig.pluginmanager))


@pytest.fixture
def world(_deployed: CreditWorld) -> Iterator[CreditWorld]:
    """A fresh community."""
    mark = _deployed.backend.snapshot()
    yield _deployed
    _deployed.backend.restore(mark)


@pytest.fixture
def exact(world: CreditWorld) -> CreditWorld:
    """A community whose clock stands still between transactions: for tests of single seconds."""
    if not isinstance(world.backend, InProcess):
        pytest.skip("the node's clock runs on; plain pytest tests single seconds")
    return world
