"""What is paid for bills by the command, given back, given up and taken back, on a node.

pay      ── dry · no key · too much · nothing · without money · by proof, whole or in part · the rest, by a
            mandate · not approved · in dispute · paid · changed while it was asked · cut off in between
repay    ── nothing to be repaid · dry · too much · in part, then all · to the billed party
dispute  ── withdrawn: not in dispute · no key · another's key · dry · owed again, late fees and all, once
run      ── object, withdraw: by its office, with a reason · approved or dropped already · posted again
"""

from typing import Any

import pytest

from commonhold.chain.contracts.bills import BillState, RunState
from commonhold.chain.contracts.token import Mandate
from commonhold.commands import bill_money
from commonhold.ops.billing import payments
from commonhold.rules.bills import key_of
from commonhold.rules.calendar import month_of
from commonhold.units import Month, format_month
from tests.package.ops.town import CMT
from tests.system.charges.charges_world import REASON, World


def charge(world: World, unit: int, amount: str, *, approve: bool = True) -> tuple[int, int]:
    """A single bill: its run and key."""
    month = month_of(world.town.today)
    about = ("--category", 2, "--period", format_month(Month(month)), "--reason", "A new key")
    run = world.json("bill", "charge", unit, amount, *about)["run"]
    if approve:
        world.run("bill", "approve", run)
    return run, key_of(unit, 2, month, 1000 + run)


def test_a_bill_is_paid_by_its_proof_or_its_key_and_never_beyond_what_is_owed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, suite, town, ann, ben = world.run, world.suite, world.town, world.ann, world.ben
    anns, bens = world.keystore(ann), world.keystore(ben)
    first, key = charge(world, 1, "25", approve=False)
    run("bill", "pay", first, 1, *anns, code=2)
    assert "not approved" in run.err
    run("bill", "approve", first)
    run("bill", "pay", first, 1, "--dry-run")
    assert f"Pay 25.00 for party {ann.party}" in run.err and "Nothing was sent" in run.err
    for words, code, arguments in (
        ("--key", 6, ()),
        ("more than what can be paid", 2, ("26", *anns)),
        ("paid by 0", 2, ("0", *anns)),
        ("has no bill of unit 2", 2, (*anns,)),
    ):
        run("bill", "pay", first, 2 if "unit 2" in words else 1, *arguments, code=code)
        assert words in run.err, run.err
    assert suite.token.balance_of(ann.wallet) == 1_000 * CMT

    # somebody else pays a part of it: by its proof, with an allowance that leaves nothing over
    paid = world.json("bill", "pay", first, 1, "10", *bens)
    assert (paid["state"], paid["open"]) == (BillState.ISSUED.name, str(15 * CMT))
    assert suite.token.balance_of(ben.wallet) == 990 * CMT
    assert suite.token.allowance(ben.wallet, suite.bills.address) == 0

    # the rest by its key, out of a mandate: no allowance is sent
    limit = Mandate(90 * CMT, suite.token.collector_bit(suite.bills.address), 1_200, False)
    town.send(ann.account, suite.token.set_mandate(limit))
    nonce = town.connection.nonce(ann.wallet)
    assert world.json("bill", "pay", first, 1, *anns)["open"] == "0"
    assert town.connection.nonce(ann.wallet) == nonce + 1
    run("bill", "pay", first, 1, *anns, code=2)
    assert "Nothing of this bill is owed" in run.err
    assert suite.bills.payments_of(key) and suite.token.balance_of(ann.wallet) == 985 * CMT

    # whole by its proof; and cut off between allowance and payment
    second, _ = charge(world, 3, "40")
    send = payments.send_with_money

    def interrupted(suite_: Any, sender: Any, call: Any, amount: int) -> None:
        sender.send(suite_.token.approve(suite_.bills.address, amount))
        raise KeyboardInterrupt

    monkeypatch.setattr(payments, "send_with_money", interrupted)
    run("bill", "pay", second, 3, *bens, code=130)
    monkeypatch.setattr(payments, "send_with_money", send)
    assert world.json("bill", "pay", second, 3, *bens)["state"] == BillState.PAID_AT_ONCE.name
    assert suite.token.balance_of(ben.wallet) == 950 * CMT
    assert suite.token.allowance(ben.wallet, suite.bills.address) == 0
    run("bill", "pay", second, 3, *bens, code=2)
    assert "paid by its proof" in run.err

    # more than there is; and a bill that another one paid while this one was asked
    third, _ = charge(world, 3, "2000")
    run("bill", "pay", third, 3, *bens, code=2)
    assert "950.00, less than 2,000.00" in run.err
    confirm = bill_money.Desk.confirm

    def meanwhile(desk: Any, question: str) -> None:
        monkeypatch.setattr(bill_money.Desk, "confirm", confirm)
        file = bill_money.runs.load(world.folder / ".commonhold", third)
        calls = suite.bills.pay_by_proof(third, file.bills[0].as_tuple(), [], 5 * CMT)
        town.send(ann.account, suite.token.approve(suite.bills.address, 5 * CMT), calls)

    monkeypatch.setattr(bill_money.Desk, "confirm", meanwhile)
    run("bill", "pay", third, 3, "7", *bens, code=2)
    assert "changed meanwhile" in run.err and suite.token.balance_of(ben.wallet) == 950 * CMT


def test_what_a_credit_note_finds_paid_too_much_is_repaid_to_the_billed_party(world: World) -> None:
    run, suite, ann, ben = world.run, world.suite, world.ann, world.ben
    works = world.keystore(world.works)
    number, key = charge(world, 1, "25")
    run("bill", "repay", number, 1, *works, code=2)
    assert "not on the books" in run.err
    run("bill", "pay", number, 1, *world.keystore(ben))
    for more in ((), ("--approve",)):
        run("bill", "credit-note", number, 1, "10", *REASON, *more)
    run("bill", "repay", number, 1, "--dry-run")
    assert f"Repay 10.00 to party {ann.party}" in run.err and "Nothing was sent" in run.err
    run("bill", "repay", number, 1, code=6)
    run("bill", "repay", number, 1, "11", *works, code=2)
    assert "At most 10.00" in run.err
    before = suite.token.balance_of(ann.wallet)
    assert world.json("bill", "repay", number, 1, "4", *works)["repayable"] == str(6 * CMT)
    assert world.json("bill", "repay", number, 1, *works)["repayable"] == "0"
    assert suite.token.balance_of(ann.wallet) == before + 10 * CMT
    assert suite.token.balance_of(world.works.wallet) == 1_015 * CMT
    assert suite.token.allowance(world.works.wallet, suite.bills.address) == 0
    assert suite.bills.bills_of([key])[0].repayable == 0
    run("bill", "repay", number, 1, *works, code=2)
    assert "Nothing of this bill is to be repaid" in run.err


def test_a_dispute_is_given_up_by_its_party_alone_and_the_bill_is_owed_again(world: World) -> None:
    run, suite, town, ann, ben = world.run, world.suite, world.town, world.ann, world.ben
    anns = world.keystore(ann)
    number, key = charge(world, 1, "25")
    run("bill", "withdraw-dispute", number, 1, *anns, code=2)
    assert "not on the books" in run.err
    run("bill", "issue", number)
    run("bill", "withdraw-dispute", number, 1, *anns, code=2)
    assert "not in dispute" in run.err
    town.to_day(suite.bills.bills_of([key])[0].due_day)
    run("bill", "dispute", number, 1, "25", *REASON, *anns)
    run("bill", "pay", number, 1, *anns, code=2)
    assert "is in dispute" in run.err
    run("bill", "withdraw-dispute", number, 1, code=6)
    run("bill", "withdraw-dispute", number, 1, *world.keystore(ben), code=5)
    assert "BillNotParty" in run.err
    assert world.json("bill", "withdraw-dispute", number, 1, "--dry-run")["disputed"] == str(25 * CMT)
    town.to_day(suite.bills.bills_of([key])[0].last_on_time_day + 5)
    found = world.json("bill", "withdraw-dispute", number, 1, *anns)
    assert (found["disputed"], found["open"], found["removed"]) == ("0", str(25 * CMT), "0")
    assert int(found["late_fees"]) > 0  # as if it had never been disputed
    run("bill", "withdraw-dispute", number, 1, *anns, code=2)
    assert world.json("bill", "pay", number, 1, *anns)["late_fees"] == "0"


def test_a_posted_run_is_withdrawn_or_objected_to_before_it_is_approved_and_posted_again(
    world: World,
) -> None:
    run, suite = world.run, world.suite
    first, _ = charge(world, 1, "25", approve=False)
    second, _ = charge(world, 3, "40", approve=False)
    run("bill", "withdraw", first, "--reason", " ", code=2)
    run("bill", "withdraw", 9, *REASON, code=2)
    assert "was not posted" in run.err
    run("bill", "withdraw", first, *REASON, "--dry-run")
    assert "1 bills of 25.00" in run.err and suite.bills.run_of(first)[0] is RunState.POSTED
    run("bill", "withdraw", first, *REASON)
    run("bill", "object", second, *REASON)
    assert [suite.bills.run_of(one)[0] for one in (first, second)] == [RunState.DROPPED] * 2
    run("bill", "object", first, *REASON, code=2)
    assert "dropped already" in run.err
    run("bill", "approve", first, code=5)
    third, _ = charge(world, 1, "24")
    run("bill", "withdraw", third, *REASON, code=2)
    assert "approved already" in run.err and "credit notes" in run.err
