"""The world of the tests of sources, as if nothing had ever been handed in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from commonhold.chain.artifacts import load
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.chain.signing import dev_account
from commonhold.ops.deploy import deploy_local
from commonhold.ops.manifest import Deployed
from tests.sources.double import SourcesDouble
from tests.sources.world import SMALL, World


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    """The suite, and a small contract with an argument and an immutable, which compiles in a moment."""
    with Node() as node, SourcesDouble(node.rpc_url) as double:
        deployment = deploy_local(node.rpc_url)
        connection = Connection(node.rpc_url)
        owner = dev_account(9).address
        code = load(SMALL).creation_code([owner])
        receipt = Sender(connection, dev_account(9)).send(Call(None, code, SMALL, "constructor"))
        small = Deployed(str(receipt.created), "", {"owner_": owner}, receipt.block, receipt.hash)
        deployment = replace(deployment, contracts={**deployment.contracts, SMALL: small})
        yield World(connection, deployment, double)


@pytest.fixture
def world(made: World) -> World:
    made.double.forget()
    made.double.waits = 1
    return made
