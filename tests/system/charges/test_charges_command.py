"""What a manager does about fees and bills, by the command, on a node.

fee   ── subscribe: dry · all units · again · unknown unit, category, party, day · list · hand over · close
         waive, its late fees, credit note: proposed, approved, too much, no reason, another reason
bill  ── charge: dry · kept before it is sent, posted, approved, issued, proved · again: another bill
         interrupted: the same bill · of no unit, of nothing
         dispute: no key · too much · by its party · resolve: too much · taken off · not in dispute
         waive: principal, late fees · while disputed · credit note of a bill that was paid at once
"""

import json
from typing import Any

import pytest

from commonhold.chain.contracts.bills import BillState
from commonhold.chain.contracts.token import Mandate
from commonhold.commands import bill_care
from commonhold.ops.billing import runs
from commonhold.rules.bills import key_of
from commonhold.rules.calendar import first_of, month_of
from commonhold.units import Month, format_month
from tests.package.ops.town import CMT
from tests.system.charges.charges_world import REASON, World


def test_fee_accounts_are_opened_listed_handed_over_relieved_and_closed(world: World) -> None:
    run, suite, town, ann, ben = world.run, world.suite, world.town, world.ann, world.ben
    start = first_of(month_of(town.today) + 1)

    # opened: for all units, once
    run("fee", "subscribe", "Fee", 1, "--party", ben.party, code=2)
    assert "neither owns unit 1" in run.err
    assert len(world.json("fee", "subscribe", "Fee", "--dry-run")["opened"]) == 3
    assert suite.fees.account_count() == 0
    opened = world.json("fee", "subscribe", "Fee", 1, "--from", world.day(start))["opened"]
    assert opened == [{"unit": 1, "category": 1, "party": ann.party, "start": start, "until": 0}]
    found = world.json("fee", "subscribe", "1")
    assert [one["unit"] for one in found["opened"]] == [2, 3] and found["charged_already"] == {"1": 1}
    assert world.json("fee", "subscribe", "Fee")["opened"] == []
    for words, arguments in (
        ("no unit 9", ("Fee", 9)),
        ("no charge category 'Gold'", ("Gold",)),
        ("posted bills", ("Repairs",)),
        ("not possible", ("Fee", "--from", "2027-01-01")),
        ("before it begins", ("Fee", "--until", world.day(start))),
        ("is not a date", ("Fee", "--from", "soon")),
    ):
        run("fee", "subscribe", *arguments, code=2)
        assert words in run.err, run.err
    assert suite.fees.account_count() == 3

    # three months later, nobody having paid: waived by two persons
    town.to_day(first_of(month_of(start) + 2) + 6)
    rows = {row["account"]: row for row in world.json("fee", "list")["rows"]}
    line = 2_500_000 * 8_900 // 100
    assert [int(row["due"]) for row in rows.values()] == [3 * line] * 3
    late = int(rows[1]["late_fees"])
    assert late > CMT
    assert len(world.json("fee", "list", "--unit", 2)["rows"]) == 1
    run("fee", "waive", 1, "9999", *REASON, code=2)
    assert "At most 667.50" in run.err
    run("fee", "waive", 1, "1", "--late-fees", "--reason", " ", code=2)
    run("fee", "waive", 4, "1", *REASON, code=2)
    assert "from 1 to 3" in run.err
    run("fee", "waive", 1, "100", *REASON, "--dry-run")
    run("fee", "waive", 1, "100", *REASON, "--approve", code=5)
    assert "FeeReliefUnknown" in run.err
    run("fee", "waive", 1, "100", *REASON)
    run("fee", "waive", 1, "100", "--reason", "another one", "--approve", code=5)
    assert int(world.json("fee", "waive", 1, "100", *REASON, "--approve")["due"]) == 3 * line - 100 * CMT
    for more in ((), ("--approve",)):
        run("fee", "waive", 1, "1.00", "--late-fees", *REASON, *more)
        run("fee", "credit-note", 1, "50", *REASON, *more)
    (row,) = world.json("fee", "list", "--unit", 1)["rows"]
    assert (int(row["due"]), int(row["late_fees"])) == (3 * line - 150 * CMT, late - CMT)
    waived = suite.fees.read("waivedIn", month_of(town.today))
    assert tuple(waived) == (100 * CMT, CMT)  # a credit note is no waiver

    # handed over, closed
    ends = town.today
    run("fee", "hand-over", 1, "--to", ben.party, "--on", world.day(ends), code=5)
    assert "FeePartyNotOfUnit" in run.err
    run("fee", "close", 2, "--on", world.day(start - 1), code=2)
    run("fee", "close", 2, "--on", world.day(ends), "--dry-run")
    closed = world.json("fee", "close", 2, "--on", world.day(ends))
    assert closed["until_day"] == ends
    run("fee", "close", 2, "--on", world.day(ends), code=2)
    assert "already" in run.err
    shown = run("fee", "list")
    assert "Fee accounts at block" in shown


def test_a_home_that_changes_hands_gets_the_next_account(world: World) -> None:
    run, suite, town, ann, ben = world.run, world.suite, world.town, world.ann, world.ben
    run("fee", "subscribe", "Fee", 1)
    for account, call in (
        (ann.account, suite.transfers.transfer(1, ben.party)),
        (town.sender("MANAGER").signer, suite.bills.give_clearance(1, ben.party)),
        (ben.account, suite.transfers.accept_transfer(1, ann.party)),
    ):
        town.send(account, call)  # type: ignore[arg-type]
    start = first_of(month_of(town.today) + 1)
    assert (
        world.json("fee", "hand-over", 1, "--to", ben.party, "--on", world.day(start), "--dry-run")["account"]
        == 1
    )
    following = world.json("fee", "hand-over", 1, "--to", ben.party, "--on", world.day(start))
    assert (following["account"], following["party"], following["from_day"]) == (2, ben.party, start)
    assert "2 follows it" in run.err


def test_a_single_charge_is_posted_paid_disputed_and_corrected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, suite, town, ann, ben = world.run, world.suite, world.town, world.ann, world.ben
    period = format_month(Month(month_of(town.today)))
    about = ("--category", 2, "--period", period, "--reason", "A new key")
    folder = world.folder / ".commonhold"

    # charged: looked at, interrupted, posted once
    run("bill", "charge", 1, "25", *about, "--dry-run")
    assert "Nothing was sent" in run.err and suite.bills.run_count() == 0
    for words, unit, amount in (
        ("no unit 7", 7, "25"),
        ("more than nothing", 1, "0"),
        ("not an amount", 1, "x"),
    ):
        run("bill", "charge", unit, amount, *about, code=2)
        assert words in run.err
    sent: list[bool] = []
    real = bill_care.billing.post

    def cut(*arguments: Any) -> Any:
        sent.append(runs.path_of(folder, 1).is_file())
        raise KeyboardInterrupt

    monkeypatch.setattr(bill_care.billing, "post", cut)
    run("bill", "charge", 1, "25", *about, code=130)
    monkeypatch.setattr(bill_care.billing, "post", real)
    kept = runs.load(folder, 1).values
    posted = world.json("bill", "charge", 1, "25", *about)
    assert sent == [True] and (posted["run"], posted["root"]) == (1, kept["root"])
    assert world.json("bill", "charge", 1, "25", *about)["run"] == 2
    assert world.json("bill", "charge", 3, "40", *about)["run"] == 3
    assert [runs.load(folder, number).values["bills"][0]["version"] for number in (1, 2, 3)] == [
        1001,
        1002,
        1001,
    ]

    # a month's run of the same category has its own place beside it
    assert runs.find(folder, 2, month_of(town.today)) is None

    for number in (1, 2, 3):
        run("bill", "approve", number)
    run("bill", "dispute", 1, 1, "5", *REASON, *world.keystore(ann), code=2)
    assert "bill issue" in run.err
    run("bill", "issue", 1)
    run("bill", "issue", 3)
    run("receipt", 1, 1, "--to", "r.json")
    run("verify-receipt", "r.json")
    assert "Correct" in run.err

    # disputed by its party, decided by the committee
    run("bill", "dispute", 1, 1, "5", *REASON, code=6)
    assert "--key" in run.err
    run("bill", "dispute", 1, 1, "26", *REASON, *world.keystore(ann), code=2)
    run("bill", "resolve", 1, 1, "5", *REASON, code=2)
    assert "not in dispute" in run.err
    assert world.json("bill", "dispute", 1, 1, "5", *REASON, *world.keystore(ann))["disputed"] == str(5 * CMT)
    run("bill", "waive", 1, 1, "1", *REASON, code=2)
    assert "in dispute until" in run.err
    run("bill", "resolve", 1, 1, "6", *REASON, code=2)
    decided = world.json("bill", "resolve", 1, 1, "4", *REASON)
    assert (decided["open"], decided["removed"], decided["disputed"]) == (str(21 * CMT), str(4 * CMT), "0")

    # waived: principal, and later the late fees
    for more in (("--dry-run",), (), ("--approve",)):
        found = world.json("bill", "waive", 1, 1, "1", *REASON, *more)
    assert (found["open"], found["removed"]) == (str(20 * CMT), str(5 * CMT))
    key = key_of(3, 2, month_of(town.today), 1001)
    ours = key_of(1, 2, month_of(town.today), 1001)
    due = suite.bills.bills_of([key])[0].due_day
    town.to_day(due + 25)
    late = suite.bills.bills_of([key])[0].late_fees
    assert late > 0
    owing = {row["bill"]: row for row in world.json("arrears")["rows"]}
    assert owing[f"{key:#x}"]["buckets"]["0"] == str(40 * CMT) and owing[f"{key:#x}"]["unit"] == 3
    assert f"bill {key:#x}" in run("arrears", "--aged")
    dry = world.json("bill", "collect", "--dry-run")
    owed = sum(one.open + one.late_fees for one in suite.bills.bills_of([key, ours]))
    assert (dry["codes"], dry["due"]) == ({"NO_MANDATE": 2}, str(owed))
    limit = Mandate(90 * CMT, suite.token.collector_bit(suite.bills.address), 1_200, False)
    town.send(ann.account, suite.token.set_mandate(limit))
    assert world.json("bill", "collect")["codes"] == {"COLLECTED": 1, "NO_MANDATE": 1}
    run("bill", "waive", 3, 3, "--late-fees", "9", *REASON, code=2)
    for more in ((), ("--approve",)):
        run("bill", "waive", 3, 3, "--late-fees", f"{late // 2 / CMT:.6f}", *REASON, *more)
    assert suite.bills.bills_of([key])[0].late_fees == late - late // 2

    # the second one is paid by its proof, and was wrong
    bill = runs.load(folder, 2).bills[0]
    assert json.loads(run("bill", "proof", 2, 1))["proof"] == []
    town.send(ben.account, suite.token.approve(suite.bills.address, bill.amount))
    town.send(ben.account, suite.bills.pay_by_proof(2, bill.as_tuple(), [], bill.amount))
    run("bill", "waive", 2, 1, "1", *REASON, code=2)
    assert "paid by its proof" in run.err
    run("bill", "credit-note", 2, 1, "26", *REASON, code=2)
    for more in ((), ("--approve",)):
        found = world.json("bill", "credit-note", 2, 1, "10", *REASON, *more)
    assert (found["state"], found["repayable"]) == (BillState.ISSUED.name, str(10 * CMT))
