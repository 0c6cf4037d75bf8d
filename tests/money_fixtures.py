"""The fixture `world` for the tests of the money: one deployment for each file, put back after each test."""

from collections.abc import Iterator

import pytest

from tests.lease_world import backend_for
from tests.money_world import Money


@pytest.fixture(scope="module")
def deployed(pytestconfig: pytest.Config) -> Money:
    return Money(backend_for(pytestconfig.pluginmanager))


@pytest.fixture
def world(deployed: Money) -> Iterator[Money]:
    mark, citations = deployed.backend.snapshot(), deployed.citations
    yield deployed
    deployed.backend.restore(mark)
    deployed.citations = citations
