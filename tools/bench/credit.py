"""The credit rows: what one more payment reported to the history costs, in the half-year's steady state."""

from collections.abc import Callable

from commonhold.chain.node import Node
from tests.node_chain import FREE, NodeChain
from tests.suite import START, Person, Suite
from tools.bench.rows import Row

RENT = 0
MONTH = 672  # the first of a half-year, so that the two after it share its slot [month]
SMALL, LARGE = 10, 40  # reports in the two batches whose difference is the marginal figure


def measure(progress: Callable[[str], None]) -> list[Row]:
    """The credit rows. Starts and stops a node of its own."""
    progress("reporting payments")
    with Node(timestamp=START - 100, gas_limit=10**9, options=FREE["anvil"]) as node:
        suite = Suite(NodeChain(node, START))
        reporter = suite.chain.deploy("ReporterPuppet")
        suite.credit.registerReporter(reporter, 1 << RENT, sender=suite.admin)
        people = [suite.person() for _ in range(SMALL + LARGE)]
        for person in people:
            suite.parties.setCollectingConsent(True, sender=person)

        def report(who: list[Person], month: int) -> int:
            """Gas of a transaction of the reporter's own."""
            data = suite.credit.data("countOnTime", RENT, [month << 32 | one.party for one in who])
            suite.chain.send(reporter.address, suite.credit.address, data)
            return suite.chain.gas_used

        report(people, MONTH)
        alone = report(people[:1], MONTH + 1)
        small, large = report(people[:SMALL], MONTH + 2), report(people[SMALL:], MONTH + 2)
        each = round((large - small) / (LARGE - SMALL))
    return [
        Row("record one credit outcome in its own transaction", "gas", 28_100, 166_000, 36_000, alone),
        Row("record one more credit outcome in a batch", "gas", 7_000, 166_000, 8_500, each),
    ]
