"""Billing runs beside a Python model: every act on both, every figure compared, everybody paid out at last.

B1 balance ≥ held = Σ owed                 B2 amount = paid + removed + open − (repayable and repaid)
B3 a bill has one outcome                  B4 what payers paid = what payees got + what waits in owed
B5 openBills counts what is open
"""

from typing import Any

from eth_utils.crypto import keccak
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)  # fmt: skip

from commonhold.rules.billbook import BillBookRefused, IssuedBill, Outcome
from commonhold.rules.bills import Bill
from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.mandates import Mandate, MandateBook
from commonhold.rules.shares import Outgo
from tests.bill_world import (
    CMT,
    CREDIT_NOTE,
    HEAT,
    ISSUED,
    PAID_AT_ONCE,
    REASON,
    WAIVER,
    WATER,
    BillWorld,
    Run,
    lines,
)  # fmt: skip
from tests.evm import Reverted
from tests.examples import LONG
from tests.stateful.bill_model import BILLS, BillModel

WORLD: dict[str, Any] = {}


def world_once() -> BillWorld:
    if not WORLD:
        WORLD["it"] = BillWorld()
    found: BillWorld = WORLD["it"]
    return found


class Bills(BillModel, RuleBasedStateMachine):
    """Model: bills on the books, bits, purses, owed shares, outcomes."""

    leaves = Bundle("leaves")
    debts = Bundle("debts")

    def __init__(self) -> None:
        super().__init__()
        self.world = world_once()
        chain = self.world.chain
        self.mark, self.start = chain.evm.snapshot(), chain.timestamp
        self.people = (self.world.ann, self.world.ben, self.world.cleo)
        self.books: dict[int, IssuedBill] = {}
        self.paid: dict[int, int] = {}  # money for principal, per bill
        self.repaid: dict[int, int] = {}
        self.at_once: set[int] = set()
        self.outcomes: dict[int, Outcome | str] = {}
        self.money = MandateBook()
        self.bit = int(self.world.token.collectorBit(self.world.bills))
        self.owed = Outgo()
        self.period = 500
        for who in self.people:
            self.money.mint(who.party, self.world.balance(who))
            self.money.purse(who.party).allowance = 2**200
        self.works_away = False

    # ---- acts

    @initialize(target=leaves)
    def first_run(self) -> Any:
        return self._run(WATER, [30 * CMT, 1, 77 * CMT + 1])

    @rule(
        target=leaves,
        category=st.sampled_from([WATER, HEAT]),
        amounts=st.lists(st.integers(1, 60 * CMT), min_size=1, max_size=3),
    )
    def post_and_approve(self, category: int, amounts: list[int]) -> Any:
        return self._run(category, amounts)

    def _run(self, category: int, amounts: list[int]) -> Any:
        self.period += 1
        people = self.people[: len(amounts)]
        bills = [
            Bill(self.world.unit[who.party], 1, who.party, amount, lines("x"), keccak(text=f"{i}"))
            for i, (who, amount) in enumerate(zip(people, amounts, strict=True))
        ]
        run = self.world.run(bills, category=category, period=self.period, due_day=self.today + 5)
        return multiple(*((run, index) for index in range(len(amounts))))

    @rule(target=debts, leaf=leaves)
    def issue(self, leaf: tuple[Run, int]) -> Any:
        run, index = leaf
        key, bill = run.key(index), run.bills[index]
        code = self.world.bills.issue(*run.of(index), sender=self.world.stranger)
        if key in self.books or key in self.at_once:
            assert code == Code.ALREADY_ISSUED
            return multiple()
        assert code == Code.ISSUED
        self.books[key] = IssuedBill.issue(key, run.terms, bill.party, bill.amount, self.today)
        return key

    @rule(target=debts, leaf=leaves, payer=st.integers(0, 2), percent=st.integers(1, 130))
    def pay_by_proof(self, leaf: tuple[Run, int], payer: int, percent: int) -> Any:
        run, index = leaf
        key, bill, who = run.key(index), run.bills[index], self.people[payer]
        amount = max(1, bill.amount * min(percent, 100) // 100) if key not in self.books else 1
        if not self._affordable(who, amount):
            return multiple()
        known = key in self.books
        twin = self.books[key].at(self.today) if known else None
        if twin is not None and (twin.owing and twin.payable == 0):
            return multiple()
        code = self.world.bills.payByProof(*run.of(index), amount, sender=who)
        if key in self.at_once or (twin is not None and not twin.owing):
            assert code == Code.ALREADY_ISSUED and self.world.chain.events() == []
            return multiple()
        fresh = twin or IssuedBill.issue(key, run.terms, bill.party, bill.amount, self.today)
        stored = self.books[key].open if known else fresh.open
        paid = fresh.pay(amount, self.today)
        out = Outgo()
        fresh.share(*paid, out)
        self._pays(who, amount, out)
        if not known and amount == bill.amount:
            assert code == Code.COLLECTED
            self.at_once.add(key)
            self.outcomes[key] = "on time"
            assert self.world.outcomes() == [("on time", month_of(fresh.due_day), bill.party)]
            return multiple()
        assert code == (Code.PARTIAL if fresh.owing else Code.COLLECTED)
        self._holds(fresh, paid[0] != 0, stored)
        self.paid[key] = self.paid.get(key, 0) + paid[0]
        return multiple() if known else key

    @rule(key=debts, payer=st.integers(0, 2), percent=st.integers(1, 140))
    def pay(self, key: int, payer: int, percent: int) -> None:
        who, twin = self.people[payer], self.books[key].at(self.today)
        stored = self.books[key].open
        amount = max(1, twin.payable * percent // 100)
        if not self._affordable(who, amount):
            return
        try:
            self.world.bills.pay(key, twin.party, amount, sender=who)
        except Reverted as error:
            try:
                twin.pay(amount, self.today)
            except BillBookRefused as refused:
                assert (error.name, error.values) == (refused.error, refused.values)
                return
            raise
        paid = twin.pay(amount, self.today)
        out = Outgo()
        twin.share(*paid, out)
        self._pays(who, amount, out)
        self._holds(twin, paid[0] != 0, stored)
        self.paid[key] = self.paid.get(key, 0) + paid[0]

    @rule(who=st.integers(0, 2), limit=st.integers(1, 9_000), partial=st.booleans())
    def give_mandate(self, who: int, limit: int, partial: bool) -> None:
        person, month = self.people[who], month_of(self.today)
        terms = (limit * 10_000, self.bit, month + 24, partial)
        self.world.token.setMandate(terms, sender=person)
        self.money.set_mandate(person.party, Mandate(*terms))

    @rule(keys=st.lists(debts, min_size=1, max_size=5))
    def settle(self, keys: list[int]) -> None:
        answers = self.world.settle(*keys)
        reports = self.world.outcomes()
        out, seen, told = Outgo(), set(), []
        bit, month = self.bit, month_of(self.today)
        asked: list[tuple[int, IssuedBill]] = []
        for index, key in enumerate(keys):
            twin = self.books[key].at(self.today)
            if key in seen:
                assert answers[index] == (Code.NOTHING_DUE, 0)
                continue
            seen.add(key)
            if not twin.owing or self.today < twin.due_day:
                assert answers[index] == (Code.NOTHING_DUE, 0)
                if self.books[key].dispute_until and not twin.dispute_until:
                    asked.append((-1, twin))
            elif twin.dispute_until:
                assert answers[index] == (Code.DISPUTED, 0)
            else:
                asked.append((index, twin))
        wanted = [(i, twin) for i, twin in asked if i >= 0]
        principal = self.money.collect(BILLS, bit, month, [(twin.party, twin.open) for _, twin in wanted])
        fees = [
            (twin.party, twin.late_fees if got.amount == twin.open else 0)
            for (_, twin), got in zip(wanted, principal, strict=True)
        ]
        late = self.money.collect(BILLS, bit, month, fees)
        got_of = {twin.key: (a, b) for (_, twin), a, b in zip(wanted, principal, late, strict=True)}
        for index, twin in asked:
            stored = self.books[twin.key].open
            first, second = got_of.get(twin.key, (None, None))
            paid = first.amount if first else 0
            fee = second.amount if second else 0
            if index >= 0 and first and second:
                code = Code.COLLECTED
                if paid != twin.open:
                    code = first.code
                elif fee != twin.late_fees:
                    code = Code.RENT_ONLY if paid else second.code
                assert answers[index] == (code, paid + fee)
            lapsed = self.books[twin.key].dispute_until and not twin.dispute_until
            if paid + fee or lapsed:
                twin.take(paid, fee, self.today)
                twin.share(paid, fee, out)
                if stored and not twin.open:
                    self.outcomes[twin.key] = twin.outcome(paid != 0)
                    told.append(self.outcomes[twin.key])
                self.books[twin.key] = twin
                self.paid[twin.key] = self.paid.get(twin.key, 0) + paid
        self._delivers(out)
        told.sort(key=lambda outcome: not outcome.on_time)  # type: ignore[union-attr]
        assert len(told) == len(reports)
        for outcome, report in zip(told, reports, strict=True):
            self._compare(outcome, report)

    @rule(key=debts, percent=st.integers(1, 100))
    def dispute(self, key: int, percent: int) -> None:
        twin = self.books[key].at(self.today)
        amount = max(1, twin.open * percent // 100)
        party = next(who for who in self.people if who.party == twin.party)
        try:
            twin.dispute(amount, self.today)
        except BillBookRefused as refused:
            try:
                self.world.bills.dispute(key, amount, REASON, sender=party)
            except Reverted as error:
                assert (error.name, error.values) == (refused.error, refused.values)
                return
            raise AssertionError("the contract took what the model refuses") from refused
        self.world.bills.dispute(key, amount, REASON, sender=party)
        self.books[key] = twin

    @rule(key=debts, percent=st.integers(0, 100), withdraw=st.booleans())
    def decide(self, key: int, percent: int, withdraw: bool) -> None:
        twin = self.books[key].at(self.today)
        if not twin.dispute_until:
            return
        stored = self.books[key].open
        if withdraw:
            party = next(who for who in self.people if who.party == twin.party)
            self.world.bills.withdrawDispute(key, sender=party)
            twin.withdraw_dispute(self.today)
        else:
            removed = twin.disputed * percent // 100
            self.world.bills.decideDispute(key, removed, REASON, sender=self.world.checker)
            twin.decide(removed, self.today)
        self._holds(twin, False, stored)

    @rule(key=debts)
    def close_dispute(self, key: int) -> None:
        """Silence has decided: anybody may write it down."""
        twin, stored = self.books[key].at(self.today), self.books[key]
        if stored.dispute_until and not twin.dispute_until:
            self.world.bills.closeDispute(key, sender=self.world.stranger)
            self._holds(twin, False, stored.open)

    @rule(key=debts, percent=st.integers(1, 100), fees=st.integers(0, 100), waiver=st.booleans())
    def adjust(self, key: int, percent: int, fees: int, waiver: bool) -> None:
        twin = self.books[key].at(self.today)
        stored = self.books[key].open
        principal = (twin.open if waiver else twin.amount - twin.removed) * percent // 100
        late = twin.late_fees * fees // 100
        if principal + late == 0 or twin.dispute_until:
            return
        self.world.adjust(key, principal, late, WAIVER if waiver else CREDIT_NOTE)
        assert self.world.event("AdjustmentMade")["repayable"] == twin.adjust(
            principal, late, self.today, waiver=waiver
        )
        self._holds(twin, False, stored)

    @rule(key=debts, payer=st.integers(0, 2))
    def repay(self, key: int, payer: int) -> None:
        bill, who = self.books[key], self.people[payer]
        if not bill.repayable or not self._affordable(who, bill.repayable):
            return
        self.world.bills.repay(key, bill.repayable, sender=who)
        self._pulls(who, bill.repayable)
        self.money.transfer(BILLS, bill.party, bill.repayable)
        self.repaid[key] = self.repaid.get(key, 0) + bill.repayable
        bill.repayable = 0

    @rule(away=st.booleans())
    def the_manager_loses_his_wallet(self, away: bool) -> None:
        if away == self.works_away:
            return
        self.works_away = away
        self.world.recovering(self.world.works, 5_000 if away else 0)
        self.money.purse(self.world.works.party).reachable = not away

    @precondition(lambda self: self.owed and not self.works_away)
    @rule()
    def withdraw_owed(self) -> None:
        party = self.world.works.party
        self.world.bills.withdrawOwed(party, sender=self.world.stranger)
        self.money.transfer(BILLS, party, self.owed.pop(party))

    @rule(days=st.integers(1, 40))
    def pass_days(self, days: int) -> None:
        self.world.pass_days(days)

    # ---- invariants

    @invariant()
    def B1_the_contract_holds_what_it_owes(self) -> None:
        held = self.world.bills.held()
        assert held == sum(self.owed.values()) == self.world.balance(self.world.bills)

    @invariant()
    def B2_of_every_bill_the_parts_make_the_amount(self) -> None:
        for key, stored in self.books.items():
            twin, told = stored.at(self.today), self.world.standing(key)
            names = ("open", "late_fees", "removed", "disputed", "repayable", "dispute_until", "last_on_time")
            assert {n: told[n] for n in names} == {n: getattr(twin, n) for n in names}
            returned = twin.repayable + self.repaid.get(key, 0)
            assert twin.amount == self.paid.get(key, 0) + twin.removed + twin.open - returned

    @invariant()
    def B3_a_bill_is_discharged_with_one_outcome(self) -> None:
        for key, bill in self.books.items():
            assert (bill.open == 0) == (key in self.outcomes)
            assert self.world.standing(key)["state"] == ISSUED
        for key in self.at_once:
            assert self.world.standing(key)["state"] == PAID_AT_ONCE

    @invariant()
    def B4_every_balance_is_the_models(self) -> None:
        for who in (*self.people, self.world.works, self.world.fund):
            assert self.world.balance(who) == self.money.balance(who.party)

    @invariant()
    def B5_open_bills_are_counted(self) -> None:
        for who in self.people:
            owing = sum(bill.owing for bill in self.books.values() if bill.party == who.party)
            assert self.world.bills.openBills(self.world.unit[who.party], who.party) == owing

    # ---- the end

    def teardown(self) -> None:
        """Everything is decided, paid, repaid and withdrawn; nothing is left anywhere."""
        try:
            self._pay_everybody_out()
        finally:
            self.world.chain.evm.revert(self.mark)
            self.world.chain.warp(self.start)

    def _pay_everybody_out(self) -> None:
        world = self.world
        self.the_manager_loses_his_wallet(False)
        if self.owed:
            self.withdraw_owed()
        for who in self.people:
            world.token.revokeMandate(sender=who)
            world.suite.fund(who, 10**6 * CMT)
            self.money.revoke_mandate(who.party)
            self.money.mint(who.party, 10**6 * CMT)
        for key in self.books:
            self.decide(key, 50, False)
            self.close_dispute(key)
            if self.books[key].at(self.today).owing:
                self.pay(key, 0, 100)
            self.repay(key, 1)
            assert world.standing(key)["open"] == world.standing(key)["late_fees"] == 0
        assert world.bills.held() == world.balance(world.bills) == 0
        self.B2_of_every_bill_the_parts_make_the_amount()
        self.B3_a_bill_is_discharged_with_one_outcome()
        self.B4_every_balance_is_the_models()
        assert all(world.bills.openBills(world.unit[who.party], who.party) == 0 for who in self.people)


Bills.TestCase.settings = settings(max_examples=200 if LONG else 12, stateful_step_count=40, deadline=None)
test_bills = Bills.TestCase
