"""payByProof: the leaf and its proof are enough to pay.

payByProof
├── amount 0 ── refused; more than the bill ── refused
├── not on the books, in whole ── COLLECTED: straight to the payee, one bit, one outcome in time
├── not on the books, in part ── PARTIAL: issued first, the rest is a debt
├── issued ── as pay: principal, then late fees; COLLECTED or PARTIAL
├── nothing of it owed any more ── ALREADY_ISSUED, no money moves
├── in commission mode ── the manager's part rounded down, the rest to the fund
├── by anybody, from his mandate or his allowance; without money ── refused, and nothing is booked
└── paused ── works
"""

import pytest

from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from tests.bill_world import CMT, HEAT, ISSUED, NONE, PAID_AT_ONCE, BillWorld, Run, other
from tests.evm import reverts


@pytest.fixture
def run(world: BillWorld) -> Run:
    return world.run([(world.ann, 100 * CMT), (world.ben, 50 * CMT)])


def test_a_whole_payment_goes_straight_to_the_payee(world: BillWorld, run: Run) -> None:
    key = run.key(world.ann)
    before = world.balance(world.ann)
    assert world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann) == Code.COLLECTED
    assert world.event("BillPaidAtOnce") == {
        "key": key, "run": 1, "party": world.ann.party, "payer": world.ann.wallet, "amount": 100 * CMT,
    }  # fmt: skip
    assert world.outcomes() == [("on time", month_of(run.terms.due_day), world.ann.party)]
    assert (world.balance(world.ann), world.balance(world.works)) == (before - 100 * CMT, 100 * CMT)
    assert world.balance(world.bills) == world.bills.held() == 0
    assert world.standing(key)["state"] == PAID_AT_ONCE
    assert world.bills.overdueOf(key) == (1, 0, 0, 0, 0)


def test_B8_the_same_proof_twice_moves_money_once(world: BillWorld, run: Run) -> None:
    world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    before = world.balance(world.ann)
    for amount in (1, 100 * CMT, 200 * CMT):
        code = world.bills.payByProof(*run.of(world.ann), amount, sender=world.ann)
        assert code == Code.ALREADY_ISSUED
        assert world.chain.events() == []
    assert world.balance(world.ann) == before


def test_anybody_may_pay_for_anybody(world: BillWorld, run: Run) -> None:
    before = world.balance(world.ben)
    world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ben)
    assert world.event("BillPaidAtOnce")["payer"] == world.ben.wallet
    assert world.event("BillPaidAtOnce")["party"] == world.ann.party
    assert world.balance(world.ben) == before - 100 * CMT


def test_a_part_makes_a_debt_of_the_rest(world: BillWorld, run: Run) -> None:
    key = run.key(world.ann)
    assert world.bills.payByProof(*run.of(world.ann), 30 * CMT, sender=world.ann) == Code.PARTIAL
    assert world.outcomes() == []
    standing = world.standing(key)
    assert (standing["state"], standing["open"]) == (ISSUED, 70 * CMT)
    assert world.bills.openBills(run.bills[0].unit, world.ann.party) == 1
    with reverts("BillPaymentTooLarge", key, 70 * CMT + 1, 70 * CMT):
        world.bills.payByProof(*run.of(world.ann), 70 * CMT + 1, sender=world.ann)
    assert world.bills.payByProof(*run.of(world.ann), 70 * CMT, sender=world.ann) == Code.COLLECTED
    assert world.outcomes() == [("on time", month_of(run.terms.due_day), world.ann.party)]
    assert world.bills.openBills(run.bills[0].unit, world.ann.party) == 0
    assert world.bills.payByProof(*run.of(world.ann), 1, sender=world.ann) == Code.ALREADY_ISSUED
    assert world.balance(world.works) == 100 * CMT


def test_a_bill_issued_by_somebody_else_a_moment_before_is_paid_all_the_same(
    world: BillWorld, run: Run
) -> None:
    key = world.issue(run, world.ann)
    assert world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann) == Code.COLLECTED
    paid = world.event("BillPaid")
    assert (paid["key"], paid["principal"], paid["lateFees"]) == (key, 100 * CMT, 0)


def test_more_than_the_bill_and_nothing_are_refused(world: BillWorld, run: Run) -> None:
    with reverts("BillPaymentTooLarge", run.key(world.ann), 100 * CMT + 1, 100 * CMT):
        world.bills.payByProof(*run.of(world.ann), 100 * CMT + 1, sender=world.ann)
    with reverts("BillAmountZero"):
        world.bills.payByProof(*run.of(world.ann), 0, sender=world.ann)


def test_success_is_never_recorded_without_a_transfer(world: BillWorld, run: Run) -> None:
    world.token.approve(world.bills, 100 * CMT - 1, sender=world.ann)
    with reverts("ERC20InsufficientAllowance", world.bills, 100 * CMT - 1, 100 * CMT):
        world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    assert world.standing(run.key(world.ann))["state"] == NONE
    world.token.approve(world.bills, 2**255, sender=world.ann)
    world.token.transfer(world.ben.wallet, world.balance(world.ann) - 1, sender=world.ann)
    with reverts("ERC20InsufficientBalance", world.ann.wallet, 1, 100 * CMT):
        world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)


def test_a_mandate_needs_no_approval(world: BillWorld, run: Run) -> None:
    world.mandate(world.ann)
    assert world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann) == Code.COLLECTED


@pytest.mark.parametrize(("amount", "part"), [(9, 0), (10, 1), (19, 1), (100 * CMT + 7, 10 * CMT)])
def test_R1_in_commission_mode_the_manager_earns_its_part_rounded_down(
    world: BillWorld, amount: int, part: int
) -> None:
    run = world.run([(world.ann, amount)], category=HEAT)
    world.bills.payByProof(*run.of(world.ann), amount, sender=world.ann)
    assert (world.balance(world.works), world.balance(world.fund)) == (part, amount - part)
    assert world.balance(world.bills) == 0


def test_A5_a_pause_never_stops_paying(world: BillWorld, run: Run) -> None:
    world.bills.pause(86_400, sender=world.checker)
    assert world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann) == Code.COLLECTED
    assert world.bills.payByProof(*run.of(world.ben), CMT, sender=world.ben) == Code.PARTIAL


@pytest.mark.gas
def test_a_proof_against_a_thousand_bills_costs_less_than_85_000_gas_before_the_credit_record(
    world: BillWorld,
) -> None:

    first = world.draft([(world.ann, CMT)]).bills[0]
    run = world.run([other(first, unit=unit + 1) for unit in range(1_024)])
    assert len(run.tree.proof(0)) == 10
    world.bills.payByProof(*run.of(500), CMT, sender=world.ann)  # the payee has a balance from now on
    for index in (0, 501, 502):
        world.bills.payByProof(*run.of(index), CMT, sender=world.ann)
        assert world.chain.gas_used < 85_000
