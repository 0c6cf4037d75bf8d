"""A test network, put back after each test, and what an undisturbed deployment leaves there."""

from collections.abc import Iterator

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from tests.faults.proxy import FaultProxy
from tests.system.deploy.deploy_world import Proof, a_test_network, put_back


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with a_test_network() as running:
        yield running


@pytest.fixture
def chain(node: Node) -> Iterator[Connection]:
    with put_back(node) as connection:
        yield connection


@pytest.fixture(scope="module")
def proof(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    return Proof(Connection(node.rpc_url), tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture
def proxy(chain: Connection) -> Iterator[FaultProxy]:
    with FaultProxy(chain.url) as made:
        yield made
