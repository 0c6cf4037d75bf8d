"""A life of bills beside the twin of all bills: every answer, every purse, every bill, in this process.

paid by proof ── at once · again · after it was issued
issued ── again changes nothing
settle ── principal whole · in part · without the late fee · only the late fee left · not due · a repeat
          unknown · no mandate · disputed · paid at once
shares ── of payee and manager · of a payee who cannot be reached
refused ── too large a payment · an unknown bill · a batch too large · a dispute of nothing, of too much,
           decided beyond what is disputed · a bill adjusted in dispute or beyond what it was
"""

from collections.abc import Callable

import pytest

from commonhold.rules.bill_ledger import BILLS, MAX_BATCH, BillLedger
from commonhold.rules.billbook import BillBookRefused
from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.mandates import Mandate, MandateBook
from tests.bill_world import CMT, CREDIT_NOTE, GRACE, HEAT, REASON, WAIVER, BillWorld, Run
from tests.evm import Reverted
from tests.suite import Person


class Pair:
    """Contract and twin, told the same."""

    def __init__(self) -> None:
        self.world = world = BillWorld()
        self.twin = BillLedger(MandateBook(), world.token.collectorBit(world.bills))
        self.people = (world.ann, world.ben, world.cleo, world.works, world.fund)
        for who in self.people:
            self.twin.money.mint(who.party, world.balance(who))
            self.twin.money.purse(who.party).allowance = 2**200

    @property
    def day(self) -> int:
        return self.world.today

    def mandate(self, who: Person, limit: int, *, partial: bool = False) -> None:
        terms = (limit, self.twin.bit, month_of(self.day) + 60, partial)
        self.world.token.setMandate(terms, sender=who)
        self.twin.money.set_mandate(who.party, Mandate(*terms))

    def issue(self, run: Run, who: Person) -> int:
        code = self.world.bills.issue(*run.of(who), sender=self.world.stranger)
        amount = run.bills[run.index(who)].amount
        assert code == self.twin.issue(run.key(who), run.terms, who.party, amount, self.day)
        return run.key(who)

    def prove(self, run: Run, who: Person, payer: Person) -> Code:
        amount = run.bills[run.index(who)].amount
        code = self.world.bills.payByProof(*run.of(who), amount, sender=payer)
        key = run.key(who)
        assert code == self.twin.pay_at_once(key, run.terms, payer.party, who.party, amount, self.day)
        return Code(code)

    def pay(self, key: int, who: Person, amount: int) -> None:
        self.world.bills.pay(key, self.twin.bills[key].party, amount, sender=who)
        self.twin.pay(key, who.party, amount, self.day)

    def settle(self, *keys: int) -> list[tuple[Code, int]]:
        answers = self.world.settle(*keys)
        assert answers == [(one.code, one.amount) for one in self.twin.settle(keys, self.day)]
        self.compare()
        return answers

    def compare(self) -> None:
        for who in self.people:
            assert self.world.balance(who) == self.twin.money.balance(who.party)
            assert self.world.bills.owed(who.party) == self.twin.owed.get(who.party, 0)
        assert self.world.bills.held() == self.twin.held
        assert self.world.balance(self.world.bills) == self.twin.money.balance(BILLS)
        for key in self.twin.bills:
            bill, found = self.twin.look(key, self.day), self.world.standing(key)
            assert (bill.open, bill.late_fees, bill.due_day, bill.disputed) == (
                found["open"], found["late_fees"], found["due_day"], found["disputed"],
            )  # fmt: skip


@pytest.fixture
def pair() -> Pair:
    return Pair()


def test_a_bill_is_paid_by_its_proof_once_whether_issued_or_not(pair: Pair) -> None:
    ann, ben = pair.world.ann, pair.world.ben
    run = pair.world.run([(ann, 30 * CMT), (ben, 41 * CMT)])
    assert pair.prove(run, ann, ben) == Code.COLLECTED
    assert pair.prove(run, ann, ben) == Code.ALREADY_ISSUED
    pair.issue(run, ann)
    pair.issue(run, ben)
    pair.issue(run, ben)
    assert pair.prove(run, ben, ben) == Code.COLLECTED
    assert pair.settle(run.key(ann), run.key(ben)) == [(Code.NOTHING_DUE, 0)] * 2


def test_a_settlement_answers_as_the_twin_whatever_a_bill_lacks(pair: Pair) -> None:
    ann, ben, cleo = pair.world.ann, pair.world.ben, pair.world.cleo
    run = pair.world.run([(ann, 30 * CMT), (ben, 41 * CMT), (cleo, 52 * CMT)], category=HEAT)
    keys = [pair.issue(run, who) for who in (ann, ben, cleo)]
    assert pair.settle(*keys, 7) == [(Code.NOTHING_DUE, 0)] * 3 + [(Code.UNKNOWN, 0)]
    pair.mandate(ann, 100 * CMT)
    pair.mandate(ben, 40 * CMT, partial=True)
    pair.world.to_day(pair.twin.bills[keys[0]].due_day + GRACE + 20)
    answers = pair.settle(*keys, keys[0])
    assert [code for code, _ in answers] == [
        Code.COLLECTED, Code.PARTIAL, Code.NO_MANDATE, Code.NOTHING_DUE,
    ]  # fmt: skip
    assert answers[0][1] > 30 * CMT and answers[1][1] == 40 * CMT
    # a late fee is not taken before its principal; then that fits the limit, and the late fee does not
    pair.mandate(cleo, 51 * CMT)
    assert pair.settle(keys[2]) == [(Code.LIMIT_EXCEEDED, 0)]
    pair.mandate(cleo, 52 * CMT)
    assert pair.settle(keys[2]) == [(Code.RENT_ONLY, 52 * CMT)]
    assert pair.settle(keys[2]) == [(Code.LIMIT_EXCEEDED, 0)]
    pair.pay(keys[1], ben, pair.twin.look(keys[1], pair.day).payable)
    pair.compare()


def test_what_is_disputed_is_left_alone(pair: Pair) -> None:
    ann = pair.world.ann
    run = pair.world.run([(ann, 30 * CMT)])
    key = pair.issue(run, ann)
    pair.world.bills.dispute(key, 10 * CMT, REASON, sender=ann)
    pair.twin.bills[key].dispute(10 * CMT, pair.day)
    pair.mandate(ann, 100 * CMT)
    pair.world.to_day(pair.twin.bills[key].due_day)
    assert pair.settle(key) == [(Code.DISPUTED, 0)]
    pair.pay(key, ann, 20 * CMT)
    pair.compare()


def test_a_share_of_a_payee_who_cannot_be_reached_waits(pair: Pair) -> None:
    world = pair.world
    run = world.run([(world.ann, 30 * CMT)])
    world.recovering(world.works, 30)
    pair.twin.money.purse(world.works.party).reachable = False
    assert pair.prove(run, world.ann, world.ben) == Code.COLLECTED
    assert pair.twin.held == 30 * CMT
    pair.compare()


def test_what_the_contract_refuses_the_twin_refuses(pair: Pair) -> None:
    ann = pair.world.ann
    key = pair.issue(pair.world.run([(ann, 30 * CMT)]), ann)
    with pytest.raises(BillBookRefused, match="BillPaymentTooLarge"):
        pair.twin.pay(key, ann.party, 30 * CMT + 1, pair.day)
    with pytest.raises(BillBookRefused, match="BillUnknown"):
        pair.twin.pay(7, ann.party, 1, pair.day)
    with pytest.raises(BillBookRefused, match="BillBatchTooLarge"):
        pair.twin.settle([key] * (MAX_BATCH + 1), pair.day)
    pair.compare()


def refused_alike(act: Callable[[], object], twin: Callable[[], object]) -> str:
    """Both refuse, with the same error and figures."""
    with pytest.raises(Reverted) as there:
        act()
    with pytest.raises(BillBookRefused) as here:
        twin()
    assert (there.value.name, there.value.values) == (here.value.error, here.value.values)
    return str(here.value)


def test_a_dispute_is_refused_alike_where_it_is_of_nothing_or_of_too_much(pair: Pair) -> None:
    world, ann = pair.world, pair.world.ann
    key = pair.issue(world.run([(ann, 30 * CMT)]), ann)
    bill = pair.twin.bills[key]

    def dispute(amount: int) -> str:
        return refused_alike(
            lambda: world.bills.dispute(key, amount, REASON, sender=ann),
            lambda: bill.dispute(amount, pair.day),
        )

    assert dispute(0) == "BillAmountZero()"
    assert dispute(30 * CMT + 1) == f"BillDisputeTooLarge({key}, {30 * CMT + 1}, {30 * CMT})"
    world.bills.dispute(key, 10 * CMT, REASON, sender=ann)
    bill.dispute(10 * CMT, pair.day)
    assert dispute(1) == f"BillNotDisputable({key}, 0, {pair.day})"
    pair.compare()


def test_no_more_is_taken_off_than_was_disputed_and_nothing_else_meanwhile(pair: Pair) -> None:
    world, ann = pair.world, pair.world.ann
    key = pair.issue(world.run([(ann, 30 * CMT)]), ann)
    bill = pair.twin.bills[key]
    world.bills.dispute(key, 10 * CMT, REASON, sender=ann)
    bill.dispute(10 * CMT, pair.day)
    world.bills.proposeAdjustment(world.adjustment(key, CMT), sender=world.clerk)
    for act, twin, words in (
        (
            lambda: world.bills.decideDispute(key, 10 * CMT + 1, REASON, sender=world.checker),
            lambda: bill.decide(10 * CMT + 1, pair.day),
            f"BillDisputeTooLarge({key}, {10 * CMT + 1}, {10 * CMT})",
        ),
        (
            lambda: world.bills.approveAdjustment(world.adjustment(key, CMT), sender=world.checker),
            lambda: bill.adjust(CMT, 0, pair.day, waiver=True),
            f"BillDisputed({key}, {bill.dispute_until})",
        ),
    ):
        assert refused_alike(act, twin) == words
        pair.compare()
    world.bills.decideDispute(key, 10 * CMT, REASON, sender=world.checker)
    bill.decide(10 * CMT, pair.day)
    pair.compare()
    assert bill.open == 20 * CMT


def test_a_waiver_ends_at_what_is_open_and_a_credit_note_at_what_was_charged(pair: Pair) -> None:
    world, ann = pair.world, pair.world.ann
    key = pair.issue(world.run([(ann, 30 * CMT)]), ann)
    pair.pay(key, ann, 12 * CMT)
    bill = pair.twin.bills[key]
    for kind, most in ((WAIVER, 18 * CMT), (CREDIT_NOTE, 30 * CMT)):
        words = refused_alike(
            lambda k=kind, m=most: world.adjust(key, m + 1, kind=k),
            lambda k=kind, m=most: bill.adjust(m + 1, 0, pair.day, waiver=k == WAIVER),
        )
        assert words == f"BillAdjustmentTooLarge({key}, {most + 1}, {most})"
        pair.compare()
    world.adjust(key, 30 * CMT, kind=CREDIT_NOTE)
    assert bill.adjust(30 * CMT, 0, pair.day, waiver=False) == 12 * CMT
    assert world.event("AdjustmentMade")["repayable"] == 12 * CMT
    pair.compare()
