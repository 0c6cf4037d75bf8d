"""One Anvil and one town for a module; every test starts from the same state."""

from collections.abc import Iterator

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from tests.faults.chainfaults import set_back
from tests.package.ops.town import Town


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node() as running:
        yield running


@pytest.fixture(scope="module")
def built(node: Node) -> Town:
    return Town.build(node.rpc_url)


@pytest.fixture
def town(built: Town) -> Iterator[Town]:
    with set_back(built.connection):
        yield built


@pytest.fixture
def empty(node: Node) -> Iterator[Connection]:
    """The node, put back afterwards."""
    connection = Connection(node.rpc_url)
    with set_back(connection):
        yield connection
    connection.close()
