"""The money and the outcomes of a model of bills; the state machine that carries it is test_bills.py."""

from typing import Any

from commonhold.rules.billbook import IssuedBill, Outcome
from commonhold.rules.calendar import month_of
from commonhold.rules.mandates import MandateBook
from commonhold.rules.shares import Outgo
from tests.bill_world import BillWorld

BILLS = 0  # the model's name of the contract among the holders of money


class BillModel:
    """Bills on the books, purses, owed shares and outcomes, beside a world."""

    world: BillWorld
    money: MandateBook
    bit: int  # of BillRuns among the token's collectors
    owed: Outgo
    books: dict[int, IssuedBill]
    outcomes: dict[int, Outcome | str]

    @property
    def today(self) -> int:
        return self.world.today

    # ---- the model's side of money

    def _pays(self, payer: Any, amount: int, out: Outgo) -> None:
        self._pulls(payer, amount)
        self._delivers(out)

    def _pulls(self, payer: Any, amount: int) -> None:
        """Out of the mandate if that covers it, which counts as spent, otherwise out of the allowance."""
        self.money.pull(BILLS, self.bit, month_of(self.today), payer.party, amount)

    def _delivers(self, out: Outgo) -> None:
        for party, amount in self.money.disburse(BILLS, out).items():
            self.owed.add(party, amount)

    def _holds(self, bill: IssuedBill, by_money: bool, before: int) -> None:
        """Keeps the bill; its one outcome when the principal is gone."""
        if before and not bill.open:
            assert bill.key not in self.outcomes
            self.outcomes[bill.key] = bill.outcome(by_money)
            (told,) = self.world.outcomes()
            self._compare(self.outcomes[bill.key], told)
        else:
            assert self.world.outcomes() == []
        self.books[bill.key] = bill

    def _compare(self, outcome: Any, told: tuple[Any, ...]) -> None:
        if outcome.on_time:
            assert told == ("on time", outcome.month, outcome.party)
        else:
            assert told == ("late", outcome.key, outcome.party, outcome.due_day, outcome.day, outcome.waived)

    def _affordable(self, payer: Any, amount: int) -> bool:
        return self.money.balance(payer.party) >= amount
