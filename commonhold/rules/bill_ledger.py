"""All bills of a community replayed: the twin of `BillRuns`, as far as money goes.

Who may act, and whether a proof leads to its root, is the contract's matter; here are the figures. Parties
and bills by id, amounts [cmt], days [day].
"""

from collections.abc import Sequence
from typing import NamedTuple

from commonhold.rules.billbook import BillBookRefused, IssuedBill, RunTerms
from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.mandates import MandateBook
from commonhold.rules.shares import Outgo

BILLS = -4  # holder: BillRuns
MAX_BATCH = 500  # bills


class Result(NamedTuple):
    """One bill's answer in a batch."""

    key: int
    code: Code
    amount: int  # collected [cmt]


class BillLedger:
    """Bills by key."""

    def __init__(self, money: MandateBook, bit: int) -> None:
        self.money = money
        self.bit = bit  # of BillRuns among the token's collectors
        self.bills: dict[int, IssuedBill] = {}
        self.at_once: set[int] = set()  # paid whole by their proof
        self.owed = Outgo()  # shares that could not be delivered, by party [cmt]

    @property
    def held(self) -> int:
        """Shares that wait for their party. [cmt]"""
        return sum(self.owed.values())

    def look(self, key: int, day: int) -> IssuedBill:
        """A copy of an issued bill as of a day."""
        if key not in self.bills:
            raise BillBookRefused("BillUnknown", key)
        return self.bills[key].at(day)

    def issue(self, key: int, terms: RunTerms, party: int, amount: int, day: int) -> Code:
        """A bill becomes a debt; a repeat changes nothing."""
        if key in self.bills or key in self.at_once:
            return Code.ALREADY_ISSUED
        self.bills[key] = IssuedBill.issue(key, terms, party, amount, day)
        return Code.ISSUED

    def pay_at_once(self, key: int, terms: RunTerms, payer: int, party: int, amount: int, day: int) -> Code:
        """The whole bill by its proof, before it is issued; an issued one: what is owed of it."""
        if key in self.at_once:
            return Code.ALREADY_ISSUED
        if key in self.bills:
            self.pay(key, payer, amount, day)
            return Code.PARTIAL if self.bills[key].owing else Code.COLLECTED
        bill = IssuedBill.issue(key, terms, party, amount, day)
        self._receive(payer, amount, day, bill, amount, 0)
        self.at_once.add(key)
        return Code.COLLECTED

    def pay(self, key: int, payer: int, amount: int, day: int) -> tuple[int, int]:
        """Principal and late fees that a payment of anybody discharges."""
        bill = self.look(key, day)
        principal, fees = bill.pay(amount, day)
        self._receive(payer, amount, day, bill, principal, fees)
        self.bills[key] = bill
        return principal, fees

    def settle(self, keys: Sequence[int], day: int) -> list[Result]:
        """Collects what is due from mandates: all principal first, then the late fees of bills whose
        principal came in whole. A repeat finds nothing due."""
        if len(keys) > MAX_BATCH:
            raise BillBookRefused("BillBatchTooLarge", len(keys), MAX_BATCH)
        results: list[Result] = []
        asked: list[tuple[int, IssuedBill]] = []
        seen: set[int] = set()
        for key in keys:
            known = key in self.bills
            code = Code.NOTHING_DUE if known or key in self.at_once else Code.UNKNOWN
            if known and key not in seen:
                bill = self.look(key, day)
                if bill.owing and day >= bill.due_day:
                    code = Code.DISPUTED if bill.dispute_until else Code.COLLECTED
                    if code == Code.COLLECTED:
                        asked.append((len(results), bill))
            seen.add(key)
            results.append(Result(key, code, 0))
        self._collect(asked, results, day)
        return results

    def _collect(self, asked: Sequence[tuple[int, IssuedBill]], results: list[Result], day: int) -> None:
        month, out = month_of(day), Outgo()
        wanted = [(bill.party, bill.open) for _, bill in asked]
        principal = self.money.collect(BILLS, self.bit, month, wanted)
        fees = [
            (bill.party, bill.late_fees if got.amount == bill.open else 0)
            for (_, bill), got in zip(asked, principal, strict=True)
        ]
        late = self.money.collect(BILLS, self.bit, month, fees)
        for (at, bill), first, second in zip(asked, principal, late, strict=True):
            code = Code.COLLECTED
            if first.amount != bill.open:
                code = first.code
            elif second.amount != bill.late_fees:
                code = Code.RENT_ONLY if first.amount else second.code
            results[at] = Result(bill.key, code, first.amount + second.amount)
            if first.amount + second.amount:
                bill.take(first.amount, second.amount, day)
                bill.share(first.amount, second.amount, out)
                self.bills[bill.key] = bill
        self._deliver(out)

    def _receive(
        self, payer: int, amount: int, day: int, bill: IssuedBill, principal: int, fees: int
    ) -> None:
        self.money.pull(BILLS, self.bit, month_of(day), payer, amount)
        out = Outgo()
        bill.share(principal, fees, out)
        self._deliver(out)

    def _deliver(self, out: Outgo) -> None:
        for party, amount in self.money.disburse(BILLS, out).items():
            self.owed.add(party, amount)
