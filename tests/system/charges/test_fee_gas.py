"""Gas of the fees on Anvil: a new tariff costs the same for any number of units, and stays inside its goal.

tariff ── approving one: at most 75,000 gas, with 1 unit and with 20
settle ── one more account from its mandate or its prepayment, as a figure for the record
"""

from collections.abc import Iterator

import pytest

from commonhold.chain.node import Node
from tests.fee_world import CMT, FeeWorld
from tests.node_chain import FREE, NodeChain
from tests.suite import START

TARIFF_GOAL = 75_000  # [gas]
MANDATE_GOAL = 27_000  # one more account of the same payer, in time [gas]


@pytest.fixture(scope="module")
def world() -> Iterator[FeeWorld]:
    with Node(options=FREE["anvil"], timestamp=START) as node:
        yield FeeWorld(chain=NodeChain(node, START + 60), recorded=False)


def test_a_new_tariff_costs_the_same_for_any_number_of_units(world: FeeWorld) -> None:
    fund, ann = world.payer(0), world.payer()
    number = world.category(payee=fund)

    def approve(ahead: int) -> int:
        month = world.month + ahead
        world.tariffs.proposeTariff(number, month, 2_600_000, sender=world.maker)
        world.tariffs.approveTariff(number, month, 2_600_000, sender=world.checker)
        return world.chain.gas_used

    first = approve(2)
    accounts = [world.subscribe(world.home(ann), number, ann) for _ in range(20)]
    second = approve(3)
    assert abs(second - first) < 100
    assert max(first, second) <= TARIFF_GOAL
    world.next_month()
    world.fees.settle(accounts[:1], sender=world.maker)
    one = world.chain.gas_used
    world.fees.settle(accounts[1:], sender=world.maker)
    more = (world.chain.gas_used - one) // 18
    assert more <= MANDATE_GOAL
    assert world.balance(fund) == 20 * (2_500_000 * 8_937 // 100) > CMT
    print(f"approve a tariff {first:,} gas; settle one account {one:,}, one more {more:,}")
