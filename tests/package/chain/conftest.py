"""One Anvil for the tests of the chain layer, and a contract that reverts with what it is sent."""

from collections.abc import Iterator

import pytest

from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.chain.signing import dev_account
from tests.faults.chainfaults import set_back
from tests.faults.proxy import FaultProxy


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node() as running:
        yield running


@pytest.fixture
def connection(node: Node) -> Iterator[Connection]:
    made = Connection(node.rpc_url, pause=0.01)
    with set_back(made):
        yield made
    made.close()


@pytest.fixture
def faulty(node: Node, connection: Connection) -> Iterator[FaultProxy]:
    with FaultProxy(node.rpc_url) as made:
        yield made


@pytest.fixture
def echo(connection: Connection) -> str:
    """A contract whose every call reverts with the call's own data."""
    runtime = bytes.fromhex("365f5f37365ffd")
    creation = bytes([0x66]) + runtime + bytes.fromhex("5f5260076019f3")
    receipt = Sender(connection, dev_account(9)).send(Call(None, creation, "Echo", "constructor"))
    assert receipt.created is not None
    return receipt.created


def pay(to: str, value: int = 1) -> Call:
    return Call(to, b"", "Coin", "send", value)
