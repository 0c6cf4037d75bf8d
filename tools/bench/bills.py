"""The rows of posted bills: runs of any size, and bills paid by their proof, on Anvil with the real suite."""

from collections.abc import Callable

from commonhold.chain.node import Node
from commonhold.rules.bills import Bill
from tests.bill_world import CMT, BillWorld, other
from tests.node_chain import FREE, NodeChain
from tests.suite import START
from tools.bench.rows import Row

COUNT = 1_024  # bills in the run that is proved against


def measure(progress: Callable[[str], None]) -> list[Row]:
    """Gas of posting, approving and paying. Starts and stops a node of its own."""
    with Node(timestamp=START - 100, gas_limit=10**9, options=FREE["anvil"]) as node:
        return _rows(BillWorld(real=True, chain=NodeChain(node, START)), progress)


def _rows(world: BillWorld, progress: Callable[[str], None]) -> list[Row]:
    progress("posting bills")
    world.suite.parties.setCollectingConsent(True, sender=world.ann)
    first = world.draft([(world.ann, CMT)]).bills[0]
    bills: list[Bill] = [other(first, unit=number + 1) for number in range(COUNT)]
    world.run(bills, period=world.terms().period - 1, due_day=world.today + 1)  # slots in use from here on
    run = world.draft(bills)
    world.post(run)
    posting = world.chain.gas_used
    world.approve(run)
    approving = world.chain.gas_used
    world.mandate(world.ann)
    progress("paying by proof")
    world.bills.payByProof(*run.of(0), CMT, sender=world.ann)
    opening = world.chain.gas_used  # the first of 128 neighbours, the payee's first money, the first entry
    world.bills.payByProof(*run.of(1), CMT, sender=world.ann)
    paying = world.chain.gas_used
    world.issue(run, 2)
    issuing = world.chain.gas_used
    return [
        Row("post a run of 1,024 bills (any number)", "gas", 45_400, None, 75_000, posting),
        Row("approve it", "gas", None, None, None, approving),
        Row("pay a bill proved against a root of 1,024", "gas", None, None, 85_000, paying),
        Row("the same, first of 128 neighbours", "gas", None, None, None, opening),
        Row("issue a bill instead", "gas", None, None, None, issuing),
    ]
