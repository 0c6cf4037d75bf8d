"""The gas of a new tariff, which bills every unit of a community: the same for any number of them."""

from collections.abc import Callable

from commonhold.chain.node import Node
from tests.fee_world import FeeWorld
from tests.node_chain import FREE, NodeChain
from tests.suite import START
from tools.bench.rows import Row

UNITS = 20  # billed by the tariff that is measured
RATE = 2_600_000  # [cmt per m² and month]


def measure(progress: Callable[[str], None]) -> list[Row]:
    """One row. Starts and stops a node of its own."""
    progress("approving a tariff")
    with Node(options=FREE["anvil"], timestamp=START) as node:
        world = FeeWorld(chain=NodeChain(node, START + 60), recorded=False)
        fund, owner = world.payer(0), world.payer()
        number = world.category(payee=fund)
        for _ in range(UNITS):
            world.subscribe(world.home(owner), number, owner)
        month = world.month + 2
        world.tariffs.proposeTariff(number, month, RATE, sender=world.maker)
        world.tariffs.approveTariff(number, month, RATE, sender=world.checker)
        gas = world.chain.gas_used
    return [Row("bill every unit a new tariff: approve it", "gas", 27_500, None, 75_000, gas)]
