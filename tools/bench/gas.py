"""The lease rows: a small community on Anvil, and the gas of what people do there."""

from collections.abc import Callable

from commonhold.chain.node import Node
from tests.node_chain import FREE, NodeChain
from tests.suite import GENESIS_DAY, START, Person, Suite
from tools.bench.rows import BLOCK, Row

CMT = 10**6
RENT = 1_000 * CMT
SMALL, LARGE = 10, 40  # leases in the two batches whose difference is the marginal figure
MONTHS = (31, 59, 90, 120, 151)  # first days of months after the genesis day [days]


def measure(progress: Callable[[str], None]) -> list[Row]:
    """All gas rows. Starts and stops a node of its own."""
    with Node(timestamp=START - 100, gas_limit=10**9, options=FREE["anvil"]) as node:
        return _Community(NodeChain(node, START), progress).rows()


class _Community:
    def __init__(self, chain: NodeChain, progress: Callable[[str], None]) -> None:
        self.suite, self.say = Suite(chain), progress
        self.landlord, self.manager = self.suite.person(), self.suite.person()
        self.tenants: dict[int, list[Person]] = {}

    @property
    def gas(self) -> int:
        return self.suite.chain.gas_used

    def _lease(self, tenants: int = 1, **terms: object) -> int:
        suite = self.suite
        people = [suite.person(funds=1_000_000 * CMT) for _ in range(tenants)]
        usual = {
            "start_day": GENESIS_DAY, "end_day": GENESIS_DAY + 365, "deposit": 2_000 * CMT, "rent": RENT,
            "grace_days": 5, "late_fee_rate": 5, "late_fee_max_days": 90, "notice_days": 30,
        }  # fmt: skip
        lease = suite.lease(suite.unit(self.landlord), self.landlord, people, **{**usual, **terms})
        self.tenants[lease] = people
        return lease

    def _settle(self, leases: list[int]) -> int:
        results = self.suite.leases.settle(leases, sender=self.landlord)
        assert all(code == 1 for _, code, _ in results), results
        return self.gas

    def _marginal(self, leases: list[int]) -> tuple[int, int]:
        """Gas of one more lease, and of the batch without its leases."""
        small, large = self._settle(leases[:SMALL]), self._settle(leases[SMALL : SMALL + LARGE])
        each = round((large - small) / (LARGE - SMALL))
        return each, small - SMALL * each

    def rows(self) -> list[Row]:
        suite = self.suite
        self.say("activating leases")
        plain = [self._lease() for _ in range(SMALL + LARGE)]
        activation = self.gas
        usual_two = {"manager": self.manager.party, "commission": 800}
        for _ in range(SMALL + LARGE):
            self._lease(2, **usual_two)
        shaped = [lease for lease in self.tenants if lease not in plain]
        suite.leases.settle(plain, sender=self.landlord)
        suite.leases.settle(shaped, sender=self.landlord)

        self.say("settling from mandates")
        suite.to_day(GENESIS_DAY + MONTHS[0])
        mandate, base = self._marginal(plain)
        suite.to_day(GENESIS_DAY + MONTHS[0] + 20)  # past the grace: late fees too
        late, _ = self._marginal(shaped)

        self.say("paying")
        suite.to_day(GENESIS_DAY + MONTHS[1])
        payer = self.tenants[plain[0]][0]
        suite.leases.pay(plain[0], payer.party, RENT, suite.hash_of(plain[0]), sender=payer)
        payment = self.gas
        self._settle(plain[1:])

        self.say("settling from prepayments")
        for lease in plain:
            tenant = self.tenants[lease][0]
            suite.token.approve(suite.leases.address, 2**200, sender=tenant)
            suite.leases.pay(lease, tenant.party, 2 * RENT, suite.hash_of(lease), sender=tenant)
        suite.to_day(GENESIS_DAY + MONTHS[2])
        prepaid, _ = self._marginal(plain)

        first, second = (self.tenants[lease][0] for lease in plain[:2])
        suite.token.transfer(second.wallet, 5 * CMT, sender=first)
        transfer = self.gas
        return [
            Row("settle one more lease from a mandate", "gas", 20_700, 36_100, 27_000, mandate),
            Row("settle one more lease from its prepayment", "gas", 11_700, None, 17_000, prepaid),
            Row(
                "leases in a transaction of 2^24 gas",
                "leases",
                810,
                430,
                600,
                (BLOCK - base) // mandate,
                True,
            ),
            Row("pay one month's rent in its own transaction", "gas", 51_000, 64_700, 78_000, payment),
            Row("activate: two signatures, deposit pulled", "gas", 125_000, 196_600, 230_000, activation),
            Row("ERC-20 transfer between used wallets", "gas", 33_284, 34_019, 36_500, transfer),
            Row("settle one more: two tenants, commission, late fee", "gas", None, None, None, late),
        ]
