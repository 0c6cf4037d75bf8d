"""The same code on Ganache: deploy, activate, settle, state. One bytecode for both chains."""

from collections.abc import Iterator

import pytest

from commonhold.chain.node import Node
from commonhold.ops.settle import run
from commonhold.ops.statements.lease import statement
from commonhold.rules.codes import Code
from tests.package.ops.town import CMT, Town


@pytest.fixture(scope="module")
def ganache() -> Iterator[Node]:
    with Node("ganache") as running:
        yield running


@pytest.mark.timeout(240)
def test_a_lease_is_deployed_activated_settled_and_stated(ganache: Node) -> None:
    town = Town.build(ganache.rpc_url)
    town.deployment.verify(town.connection)
    town.balance_method = "evm_setAccountBalance"
    ann, ben, poor = town.people(3, funds=3_000 * CMT, mandate=20_000 * CMT)
    paid = town.lease(ann, [ben], deposit=500 * CMT)
    unpaid = town.lease(ann, [poor], deposit=2_500 * CMT)
    report = run(town.suite, town.sender("STAFF"))
    assert {row.lease: row.code for row in report.rows} == {paid: Code.COLLECTED, unpaid: Code.NO_FUNDS}
    assert statement(town.suite, paid).owed == 0
    assert statement(town.suite, unpaid).owed == 1_000 * CMT
