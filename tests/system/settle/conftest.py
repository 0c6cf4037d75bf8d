"""A community with leases that are due, put back after each test."""

from collections.abc import Iterator

import pytest

from tests.faults.proxy import FaultProxy
from tests.system.settle.settling_world import World


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World.build(tmp_path_factory.mktemp("deployments") / "local") as world:
        yield world


@pytest.fixture
def world(built: World) -> Iterator[World]:
    with built.fresh():
        yield built


@pytest.fixture
def proxy(world: World) -> Iterator[FaultProxy]:
    with FaultProxy(world.node.rpc_url) as made:
        yield made
