"""issue, issueMany, record: a leaf becomes a debt, once.

issue
├── no such run, or not approved ── refused
├── the proof leads elsewhere: another field, run, contract or chain, an inner node ── refused
├── issued before, paid at once before ── ALREADY_ISSUED, nothing changes
├── the party is unknown ── refused
├── more than 7 days before the run's due day ── due on that day
├── later ── due 7 days after the issue
└── ISSUED: one debt, one open bill of the unit
issueMany ── the same for each; as many proofs as bills
record ── a bill paid at once gets its figures; one never paid ── refused; twice ── ALREADY_ISSUED
"""

import pytest
from eth_utils.crypto import keccak

from commonhold.rules.bills import Bill, Place, Tree, leaf_of
from commonhold.rules.codes import Code
from tests.bill_world import (
    APPROVED,
    CMT,
    CREDIT_NOTE,
    GRACE,
    HEAT,
    ISSUED,
    NONE,
    PAID_AT_ONCE,
    UNPOSTED,
    BillWorld,
    Run,
    lines,
    other,
)  # fmt: skip
from tests.evm import reverts
from tests.lease_world import field


@pytest.fixture
def run(world: BillWorld) -> Run:
    return world.run([(world.ann, 100 * CMT), (world.ben, 50 * CMT), (world.cleo, 25 * CMT)])


def test_an_issued_bill_is_a_debt_of_its_party(world: BillWorld, run: Run) -> None:
    key = world.issue(run, world.ann)
    due = run.terms.due_day
    assert world.event("BillIssued") == {
        "key": key, "run": 1, "party": world.ann.party, "amount": 100 * CMT, "dueDay": due,
        "linesHash": run.bills[0].lines_hash,
    }  # fmt: skip
    assert world.standing(key) == {
        "state": ISSUED, "run": 1, "party": world.ann.party, "issued_day": world.today, "due_day": due,
        "last_on_time": due + GRACE, "dispute_until": 0, "amount": 100 * CMT, "open": 100 * CMT,
        "late_fees": 0, "removed": 0, "disputed": 0, "repayable": 0,
    }  # fmt: skip
    assert world.bills.openBills(run.bills[0].unit, world.ann.party) == 1
    assert world.bills.overdueOf(key) == (1, world.ann.party, due, due + GRACE, 100 * CMT)
    assert world.bills.keyOf(run.bills[0].unit, run.terms.category, run.terms.period, 1) == key


def test_B8_a_bill_is_issued_once(world: BillWorld, run: Run) -> None:
    key = world.issue(run, world.ann)
    before = world.standing(key)
    world.pass_days(3)
    assert world.bills.issue(*run.of(world.ann), sender=world.stranger) == Code.ALREADY_ISSUED
    assert world.chain.events() == []
    assert world.standing(key) == before
    assert world.bills.openBills(run.bills[0].unit, world.ann.party) == 1


def test_a_bill_paid_at_once_is_never_issued(world: BillWorld, run: Run) -> None:
    world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    assert world.bills.issue(*run.of(world.ann), sender=world.stranger) == Code.ALREADY_ISSUED
    assert world.standing(run.key(world.ann))["state"] == PAID_AT_ONCE
    assert world.bills.openBills(run.bills[0].unit, world.ann.party) == 0


@pytest.mark.parametrize("days", [0, 1, 2, 3, 40])
def test_nobody_is_late_with_a_bill_he_could_not_know_of(world: BillWorld, days: int) -> None:
    run = world.run([(world.ann, 100 * CMT)])
    world.to_day(run.terms.due_day - 8 + days)
    key = world.issue(run, world.ann)
    assert world.standing(key)["due_day"] == max(run.terms.due_day, world.today + 7)


@pytest.mark.parametrize(
    "changes",
    [
        {"unit": 2},
        {"version": 2},
        {"party": 4},
        {"amount": 1},
        {"lines_hash": bytes(32)},
        {"salt": bytes(32)},
    ],
)
def test_every_field_of_a_leaf_is_proved(world: BillWorld, run: Run, changes: dict) -> None:
    number, _, proof = run.of(world.ann)
    bill = other(run.bills[0], **changes)
    place = Place(31337, world.bills.address, 1, run.terms.category, run.terms.period)
    with reverts("BillProofInvalid", 1, leaf_of(place, bill)):
        world.bills.issue(number, bill.as_tuple(), proof, sender=world.stranger)


def test_a_proof_of_another_run_is_refused(world: BillWorld, run: Run) -> None:
    """The same bills again: only the run's number differs."""
    second = world.run(run.bills, period=run.terms.period + 1)
    _, bill, proof = run.of(world.ann)
    with reverts("BillProofInvalid", 2, ...):
        world.bills.issue(2, bill, proof, sender=world.stranger)
    world.issue(second, world.ann)


@pytest.mark.parametrize(
    "elsewhere",
    [{"chain_id": 1}, {"contract": "0x" + "11" * 20}, {"run": 2}, {"category": HEAT}, {"period": 600}],
)
def test_S6_S7_a_leaf_for_another_place_is_refused(world: BillWorld, elsewhere: dict) -> None:
    """A root over leaves made for another chain, contract, run, category or period proves nothing."""
    terms = world.terms()
    here = {
        "chain_id": 31337, "contract": world.bills.address, "run": 1, "category": terms.category,
        "period": terms.period,
    }  # fmt: skip
    bills = world.draft([(world.ann, CMT), (world.ben, CMT)]).bills
    tree = Tree([leaf_of(Place(**{**here, **elsewhere}), bill) for bill in bills])  # type: ignore[arg-type]
    run = world.approve(world.post(Run(1, terms, bills, tree)))
    with reverts("BillProofInvalid", 1, ...):
        world.bills.issue(*run.of(world.ann), sender=world.stranger)


def test_an_inner_node_is_no_leaf(world: BillWorld) -> None:
    """Second preimage: an attacker whose bill is the pair below an inner node would need its double hash."""
    run = world.run([(world.ann, CMT), (world.ben, CMT), (world.cleo, CMT)])
    place = Place(31337, world.bills.address, 1, run.terms.category, run.terms.period)
    one, two = sorted(leaf_of(place, bill) for bill in run.bills[:2])
    forged = Bill(1, 1, world.ann.party, 1, one, two)  # the 64 bytes that the inner node is the hash of
    with reverts("BillProofInvalid", 1, ...):
        world.bills.issue(1, forged.as_tuple(), [run.tree.proof(0)[1]], sender=world.stranger)
    assert keccak(one + two) == run.tree.proof(2)[0]
    with reverts("BillProofInvalid", 1, ...):
        world.bills.issue(1, run.bills[0].as_tuple(), [], sender=world.stranger)


def test_a_run_must_exist_and_be_approved(world: BillWorld, run: Run) -> None:
    _, bill, proof = run.of(world.ann)
    with reverts("BillRunStateWrong", 2, UNPOSTED):
        world.bills.issue(2, bill, proof, sender=world.stranger)
    assert world.bills.runOf(1)[0] == APPROVED


def test_a_party_that_does_not_exist_owes_nothing(world: BillWorld) -> None:
    run = world.run([Bill(1, 1, 999, CMT, lines("x"), bytes(32))])
    with reverts("BillPartyUnknown", 999):
        world.bills.issue(*run.of(0), sender=world.stranger)


@pytest.mark.parametrize("name", ["unit", "version", "party", "amount"])
def test_a_leaf_with_a_zero_in_it_is_refused(world: BillWorld, name: str) -> None:
    terms = world.terms()
    bill = list(world.draft([(world.ann, CMT)]).bills[0].as_tuple())
    bill[("unit", "version", "party", "amount").index(name)] = 0
    leaf = world.bills.hashBill(1, terms.category, terms.period, tuple(bill))
    run = Run(1, terms, [], Tree([bytes(leaf)]))
    world.bills.postRun(
        1, leaf, terms.category, terms.period, terms.due_day, 1, 1, bytes(32), sender=world.clerk
    )
    run.posted = world.event("RunPosted")["terms"]
    world.approve(run)
    with reverts("BillInvalid", field(name), 0, 1):
        world.bills.issue(1, tuple(bill), [], sender=world.stranger)


def test_many_bills_of_a_run_are_issued_in_one_call(world: BillWorld, run: Run) -> None:
    world.issue(run, world.ben)
    bills = [bill.as_tuple() for bill in run.bills]
    proofs = [run.tree.proof(i) for i in range(3)]
    codes = world.bills.issueMany(1, bills, proofs, sender=world.stranger)
    assert list(codes) == [Code.ISSUED, Code.ALREADY_ISSUED, Code.ISSUED]
    assert [world.standing(run.key(i))["open"] for i in range(3)] == [100 * CMT, 50 * CMT, 25 * CMT]
    with reverts("BillInvalid", field("proofs"), 2, 3):
        world.bills.issueMany(1, bills, proofs[:2], sender=world.stranger)
    assert list(world.bills.issueMany(1, [], [], sender=world.stranger)) == []


def test_neighbours_share_a_word_and_keep_their_own_bits(world: BillWorld) -> None:
    first = world.draft([(world.ann, CMT)]).bills[0]
    units = (127, 128, 129, 255, 256)
    run = world.run([other(first, unit=unit, salt=keccak(text=str(unit))) for unit in units])
    world.bills.issue(*run.of(1), sender=world.stranger)
    world.bills.payByProof(*run.of(2), CMT, sender=world.ann)
    states = [world.standing(run.key(i))["state"] for i in range(5)]
    assert states == [NONE, ISSUED, PAID_AT_ONCE, NONE, NONE]


def test_a_bill_paid_at_once_can_be_put_on_the_books(world: BillWorld, run: Run) -> None:
    key = run.key(world.ann)
    with reverts("BillUnknown", key):
        world.bills.record(*run.of(world.ann), sender=world.stranger)
    world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    with reverts("BillUnknown", key):
        world.adjust(key, CMT, kind=CREDIT_NOTE)
    assert world.bills.record(*run.of(world.ann), sender=world.stranger) == Code.ISSUED
    assert world.event("BillRecorded") == {
        "key": key, "run": 1, "party": world.ann.party, "amount": 100 * CMT,
    }  # fmt: skip
    standing = world.standing(key)
    assert (standing["state"], standing["amount"], standing["open"]) == (ISSUED, 100 * CMT, 0)
    assert world.bills.record(*run.of(world.ann), sender=world.stranger) == Code.ALREADY_ISSUED
    world.adjust(key, CMT, kind=CREDIT_NOTE)
    assert world.standing(key)["repayable"] == CMT
