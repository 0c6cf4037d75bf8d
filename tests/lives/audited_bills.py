"""Lives of billing runs whose logs are kept for an audit.

The acts are those of tests/stateful/test_bills.py.
"""

from random import Random
from typing import Any

from commonhold.ops.audit.replay import Arguments
from tests.bill_world import HEAT, WATER, BillWorld
from tests.recorded import Recorded, arguments, differences
from tests.stateful import test_bills
from tests.suite import CAP, OFFSET

ACTS = 120
CMT = 10**6


class Life:
    """The machine of the state test, driven by the dice."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.machine = test_bills.Bills()
        self.leaves: list[Any] = self._all(self.machine.first_run())
        self.debts: list[int] = []

    def _all(self, answer: Any) -> list[Any]:
        """What a rule of the machine hands on."""
        return list(getattr(answer, "values", (answer,)))

    def step(self) -> None:
        rng, machine = self.rng, self.machine
        act = rng.randrange(14)
        if act == 0:
            amounts = [rng.randint(1, 60 * CMT) for _ in range(rng.randint(1, 3))]
            self.leaves += self._all(
                machine.post_and_approve(category=rng.choice((WATER, HEAT)), amounts=amounts)
            )
        elif act in (1, 2):
            self.debts += self._all(machine.issue(leaf=rng.choice(self.leaves)))
        elif act in (3, 4):
            percent = rng.choice((100, rng.randint(1, 130)))
            leaf, payer = rng.choice(self.leaves), rng.randrange(3)
            self.debts += self._all(machine.pay_by_proof(leaf=leaf, payer=payer, percent=percent))
        elif act == 5:
            machine.give_mandate(who=rng.randrange(3), limit=10**8, partial=rng.random() < 0.5)
        elif act == 6:
            machine.pass_days(days=rng.randint(1, 40))
        elif act == 7:
            machine.the_manager_loses_his_wallet(away=rng.random() < 0.4)
        elif act == 8 and machine.owed and not machine.works_away:
            machine.withdraw_owed()
        elif self.debts:
            self._of_a_debt(act, rng.choice(self.debts))

    def _of_a_debt(self, act: int, key: int) -> None:
        rng, machine = self.rng, self.machine
        if act == 9:
            machine.pay(key=key, payer=rng.randrange(3), percent=rng.randint(1, 140))
        elif act == 10:
            machine.dispute(key=key, percent=rng.randint(1, 100))
        elif act == 11:
            machine.decide(key=key, percent=rng.randint(0, 100), withdraw=rng.random() < 0.3)
        elif act == 12:
            machine.adjust(
                key=key, percent=rng.randint(1, 100), fees=rng.randint(0, 100), waiver=rng.random() < 0.5
            )
            machine.repay(key=key, payer=rng.randrange(3))
        else:
            machine.settle(keys=rng.sample(self.debts, min(len(self.debts), 5)))


def given(world: BillWorld) -> Arguments:
    """What an audit believes of this world. Categories come from a double, and outcomes go to one."""
    suite = world.suite
    addresses = {
        "CommunityToken": suite.token.address,
        "PartyRegistry": suite.parties.address,
        "UnitRegistry": suite.units.address,
        "LeaseAgreement": suite.leases.address,
        "DepositEscrow": suite.escrow.address,
        "BillRuns": world.bills.address,
    }
    return arguments(addresses, OFFSET, CAP)


def found(world: BillWorld) -> list[str]:
    """What an audit of all of it finds."""
    chain = world.chain
    assert isinstance(chain, Recorded)
    return [str(one) for one in differences(chain, given(world), chain.raws)]
