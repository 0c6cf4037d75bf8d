"""What an office sees of fees and bills: schedules, collections, arrears, calendars, exports, receipts.

schedule ── a problem · dry · proposed, waiting, approved · again: nothing, in words and as JSON
collect ── due, collected, runs, in words with the names that the books know
export ── fee accounts, bills and arrears by the books are what the contracts' views say
statement ── fees not collected and bills paid in part, for a party and for a unit, month by month
"""

import io
import json
import shutil
from typing import Any

import pytest
from eth_utils.crypto import keccak

from commonhold.ops.arrears import arrears
from commonhold.ops.exports import Request, export
from commonhold.ops.statements import Scope, make, page
from commonhold.ops.statements.words import word
from commonhold.present import money
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.codes import Code
from commonhold.units import Day, date_of
from commonhold.words import LANGUAGES, reason
from tests.package.bank.files import write
from tests.package.ops.town import CMT
from tests.package.outbox.servers import hook
from tests.system.bank.bank_world import BankWorld
from tests.system.charges.fees_world import HEAD, LINE, charge, key, to_month

REASON = keccak(text="reason")


@pytest.fixture
def world(fees: BankWorld) -> BankWorld:
    return fees


def exported(world: BankWorld, kind: str) -> list[dict[str, Any]]:
    stream = io.StringIO()
    town = world.town
    assert export(town.connection, town.deployment, Request(kind, "json"), stream).checked
    found: list[dict[str, Any]] = json.loads(stream.getvalue())[kind]
    return found


# ---- schedule


def test_a_schedule_is_proposed_by_one_and_approved_by_another_and_comes_in_once(world: BankWorld) -> None:
    file = write(world.folder / "s.csv", HEAD + "Lift,flat,10,2026-05,5,same,10,0.05%/day,100,Nobody\n")
    _, said = world.do("import", "fee-schedule", "s.csv", code=2)
    assert "Nobody" in said and "1 problems; nothing was sent" in said
    found = world.run("import", "fee-schedule", "s.csv", code=2)
    assert [one["column"] for one in found["problems"]] == ["payee"] and found["steps"] == []
    # the books know who ann is
    write(file, file.read_text().replace("Nobody", "Ann Lee"))
    tariffs = world.town.suite.tariffs
    _, said = world.do("import", "fee-schedule", "s.csv", "--dry-run")
    assert said.startswith("propose ") and "Nothing was sent." in said and tariffs.proposed(3) is None
    _, said = world.do("import", "fee-schedule", "s.csv", "--approve")
    assert "Nothing to approve." in said and "1 wait for the manager" in said
    assert "Proposed: 1." in world.do("import", "fee-schedule", "s.csv")[1]
    _, said = world.do("import", "fee-schedule", "s.csv")
    assert "Nothing to propose." in said and "1 wait for the committee: --approve" in said
    assert "Approved: 1." in world.do("import", "fee-schedule", "s.csv", "--approve")[1]
    assert len(world.run("import", "fee-schedule", "s.csv")["steps"]) == 1  # its tariff
    world.do("import", "fee-schedule", "s.csv", "--approve")
    found = world.run("import", "fee-schedule", "s.csv")
    assert (found["categories"], found["steps"], found["problems"]) == (1, [], [])
    category, _ = tariffs.category_of(3) or (None, None)
    assert category is not None and category.payee == world.people[1].party


# ---- collect


def test_what_is_due_and_was_collected_is_shown_with_the_names_of_the_books(world: BankWorld) -> None:
    to_month(world, 1)
    shown, _ = world.do("collect", "list")
    assert shown.count("222.50") >= 3 and "Ann Lee" in shown and "Ben Lee" in shown
    shown, said = world.do("collect", "run", "--dry-run")
    assert "Nothing was sent." in said and world.town.suite.token.balance_of(world.people[1].wallet) == 10**9
    shown, said = world.do("collect", "run")
    assert "445.00" in shown and "Ben Lee" in shown and " gas" in said and "from the logs of blocks" in said
    assert world.town.suite.token.balance_of(world.people[1].wallet) == 10**9 - 2 * LINE
    shown, _ = world.do("collect", "status")
    assert "3 accounts" in shown and "445.00" in shown
    assert "No run is open." in world.do("collect", "resume")[1]
    assert world.run("collect", "resume") == {"resumed": []}
    assert "Ann" not in world.do("collect", "list")[0]


def test_arrears_are_shown_by_age_with_the_names_of_the_books(world: BankWorld) -> None:
    to_month(world, 2)  # the fees of April are a month old, those of May a day
    shown, _ = world.do("arrears", "--aged")
    (line,) = [one for one in shown.splitlines() if "account 3" in one]
    days = world.town.today - first_of(month_of(world.town.today) - 1) - 4  # since the 5th of April
    late = LINE * (days - 10) * 5 // 10_000
    assert "Ben Lee" in line and line.count(" 222.50 ") == 2
    assert f" {money(late)} " in line and f" {money(2 * LINE + late)} " in line
    plain, _ = world.do("arrears")
    assert "445.00" in plain and "principal" in plain


def test_without_books_numbers_stand_for_names_and_there_are_no_runs(world: BankWorld) -> None:
    town, (_, ann, ben) = world.town, world.people
    lease = town.lease(ann, [ben])
    to_month(world, 1)
    shutil.rmtree(world.folder / ".commonhold")
    for words in (("collect", "list"), ("settle", "list"), ("arrears",), ("lease", "show", str(lease))):
        shown, _ = world.do(*words)
        assert "Lee" not in shown and (words[0] == "lease" or "222.50" in shown or "2,000.00" in shown)
    assert "There are no runs in this data folder." in world.do("collect", "status")[1]
    assert not (world.folder / ".commonhold").exists()


# ---- exports


def test_exported_accounts_and_arrears_are_those_of_the_contracts_views(world: BankWorld) -> None:
    suite, ben = world.town.suite, world.people[2]
    april = to_month(world, 1)
    world.town.sender("MANAGER").send(suite.fees.close(2, april + 20))
    to_month(world, 2)
    world.town.sender("MANAGER").send(suite.fees.offer_plan(3, 4, world.town.today + 10))
    (before,) = suite.fees.accounts_of_many([3])
    total = before.due
    world.town.send(ben.account, suite.fees.accept_plan(3, total, 4, world.town.today + 10))
    world.town.to_day(world.town.today + 12)
    accounts = exported(world, "accounts")
    views = suite.fees.accounts_of_many([1, 2, 3])
    for row, view in zip(accounts, views, strict=True):
        assert (row["unit"], row["category"], row["party"]) == (view.unit, view.category, view.party)
        assert (int(row["fee_owed"]), int(row["late_fees"])) == (view.due, view.late_fees)
    assert [row["state"] for row in accounts] == ["running", "ended", "running"]
    assert [int(row["plan"]) for row in accounts] == [0, 0, total]
    # the parts of a plan that is kept count from their own days
    rows = same_arrears(world)
    assert int(rows[-1]["days_0"]) == total // 4 == int(rows[-1]["total"]) - int(rows[-1]["late_fees"])
    assert rows[-1]["oldest"] == date_of(Day(world.town.today - 2)).isoformat()
    # a plan that is not kept is broken: all of it is due, as old as its months are, beside the fee of July
    world.town.to_day(first_of(month_of(april) + 3) + 4)
    broken = same_arrears(world)[-1]
    assert [int(broken[f"days_{age}"]) for age in (0, 30, 60, 90)] == [LINE] * 4
    assert total == 3 * LINE and int(broken["late_fees"]) > int(rows[-1]["late_fees"])
    assert broken["oldest"] == date_of(Day(april + 4)).isoformat()
    # who buys the home and takes the debt over owes it since the break: the months were not his
    sell_with_its_debt(world)
    (plan,) = suite.fees.plans_of_many([3])
    (taken,) = (row for row in same_arrears(world) if (row["about"], int(row["number"])) == ("account", 3))
    assert int(taken["party"]) == world.people[1].party
    few = LINE * (world.town.today - first_of(month_of(world.town.today))) // 31  # of July, before the sale
    assert [int(taken[f"days_{days}"]) for days in (0, 30, 60, 90)] == [total + few, 0, 0, 0]
    assert taken["oldest"] == date_of(Day(plan.broken_day)).isoformat()


def sell_with_its_debt(world: BankWorld) -> None:
    """Ben's home, unit 3 with account 3, to ann."""
    town, suite, (_, ann, ben) = world.town, world.town.suite, world.people
    town.send(ann.account, suite.fees.call("assumeDebt", 3, ben.party, 9 * LINE))
    manager = town.sender("MANAGER")
    manager.send(suite.bills.call("giveClearance", 3, ann.party))
    town.send(ben.account, suite.transfers.transfer(3, ann.party))
    town.send(ann.account, suite.transfers.accept_transfer(3, ben.party))
    manager.send(suite.fees.call("handOver", 3, ann.party, town.today))
    town.send(ann.account, suite.fees.call("takeOverDebt", 3))


def same_arrears(world: BankWorld) -> list[dict[str, Any]]:
    """The exported arrears, which must be those of the contracts' views."""
    rows, wanted = exported(world, "arrears"), arrears(world.town.suite)
    assert [(row["about"], int(row["number"])) for row in rows] == [(one.what, one.number) for one in wanted]
    for row, one in zip(rows, wanted, strict=True):
        assert tuple(int(row[f"days_{age}"]) for age in (0, 30, 60, 90)) == one.buckets
        assert (int(row["late_fees"]), int(row["total"])) == (one.late_fees, one.total)
    return rows


def test_a_charge_is_looked_at_before_it_is_posted(world: BankWorld) -> None:
    about = ("bill", "charge", "2", "25", "--category", "2", "--period", "2026-03", "--reason", "A new key")
    found = world.run(*about, "--dry-run")
    ann, april = world.people[1].party, first_of(month_of(world.town.today) + 1)
    assert found == {
        "dry_run": True, "unit": 2, "party": ann, "amount": str(25 * CMT), "due_day": april + 9,
    }  # fmt: skip
    assert world.town.suite.bills.run_count() == 0
    _, said = world.do(*about)
    assert (
        f"25.00 for unit 2, party {ann}, due 2026-04-10." in said
        and "Next: commonhold bill approve 1" in said
    )
    assert world.town.suite.bills.run_count() == 1


def test_exported_bills_are_open_disputed_or_paid_as_the_contract_says(world: BankWorld) -> None:
    town, suite, (_, ann, ben) = world.town, world.town.suite, world.people
    keys = []
    for unit, amount in ((1, "25"), (2, "30"), (3, "40")):
        run = charge(world, unit, amount)
        world.do("bill", "issue", str(run))
        keys.append(key(world, run))
    town.send(ann.account, suite.token.approve(suite.bills.address, 25 * CMT))
    town.send(ann.account, suite.bills.pay(keys[0], ann.party, 25 * CMT))
    assert exported(world, "arrears") == []  # nothing is due yet
    to_month(world, 1, 14)
    town.send(ben.account, suite.bills.dispute(keys[2], 15 * CMT, REASON))
    town.to_day(town.today + 6)
    rows = {int(row["bill"], 16): row for row in exported(world, "bills")}
    views = dict(zip(keys, suite.bills.bills_of(keys), strict=True))
    assert rows.keys() == views.keys()
    assert [rows[one]["state"] for one in keys] == ["paid", "open", "disputed"]
    for one, view in views.items():
        assert int(rows[one]["open"]) == view.open and int(rows[one]["late_fees"]) == view.late_fees
        assert (int(rows[one]["unit"]), int(rows[one]["party"])) == (one >> 48, view.party)
    assert int(rows[keys[2]]["disputed"]) == 15 * CMT and int(rows[keys[1]]["late_fees"]) > 0
    due = {one.number: one for one in arrears(suite) if one.what == "bill"}
    told = {int(row["number"], 16): row for row in exported(world, "arrears") if row["about"] == "bill"}
    assert told.keys() == due.keys() and int(told[keys[1]]["total"]) == due[keys[1]].total


def test_an_act_that_moves_no_money_makes_no_entry_of_the_ledger(world: BankWorld) -> None:
    town, fees = world.town, world.town.suite.fees
    to_month(world, 1)
    world.do("collect", "run")
    before = exported(world, "ledger")
    town.sender("COMMITTEE").send(fees.call("pause", 3_600))
    town.sender("MANAGER").send(fees.call("giveClearance", 1))
    assert exported(world, "ledger") == before and sum(int(row["amount"]) for row in before) == 0
    paid = [row for row in before if row["why"] == "fee" and row["account"] == "Assets:Parties:P2"]
    assert sum(int(row["amount"]) for row in paid) == -2 * LINE


def test_the_command_exports_with_names_only_where_asked_and_says_what_it_cannot_do(world: BankWorld) -> None:
    plain, _ = world.do("export", "accounts")
    named, _ = world.do("export", "accounts", "--names")
    assert "Ben Lee" not in plain and "Ben Lee" in named and len(plain.splitlines()) == 4
    said = world.do("export", "accounts", "--format", "xlsx", code=2)[1]
    assert "A workbook is no text." in said and "--out" in said
    said = world.do("export", "accounts", "--language", "xx", code=2)[1]
    assert "There is no language 'xx'." in said and "en, zh, ja" in said
    assert (
        "Written: book.xlsx, 3 rows."
        in world.do("export", "accounts", "--format", "xlsx", "--out", "book.xlsx")[1]
    )


# ---- statements


def test_a_statement_of_fees_and_bills_ends_with_what_the_contracts_say_is_owed(world: BankWorld) -> None:
    town, suite, ben = world.town, world.town.suite, world.people[2]
    run = charge(world, 3, "40")
    world.do("bill", "issue", str(run))
    to_month(world, 1, 7)
    world.do("collect", "run")  # he has no mandate
    to_month(world, 1, 7)
    town.send(ben.account, suite.token.approve(suite.bills.address, 15 * CMT))
    town.fund(ben.wallet, 15 * CMT)
    town.send(ben.account, suite.bills.pay(key(world, run), ben.party, 15 * CMT))
    (account,), (bill,) = suite.fees.accounts_of_many([3]), suite.bills.bills_of([key(world, run)])

    for scope in (Scope(party=ben.party), Scope(unit=3)):
        found = make(town.connection, town.deployment, scope)
        owed = {one.debt.about: one.balance for one in found.sections}
        assert found.checked and owed == {"account": account.owing, "bills": bill.open + bill.late_fees}
        assert found.opening + found.charged - found.credited == found.owed == sum(owed.values())
    for language in LANGUAGES:
        text = page(found, {}, language)
        assert f"{word(language, 'not_collected')}: {reason(Code.NO_MANDATE, language)}" in text
        assert word(language, "bills") in text and money(bill.open + bill.late_fees) in text
    # months join: what April ends with is what May begins with
    may = month_of(town.today)
    april, now = (make(town.connection, town.deployment, Scope(unit=3), month=one) for one in (may - 1, may))
    assert april.owed == now.opening > 0 and now.owed == found.owed


# ---- receipts


def test_without_an_account_of_the_bank_debts_are_told_without_a_slip_and_no_slip_is_made(
    world: BankWorld,
) -> None:
    with hook() as box:
        write(
            world.folder / "commonhold.toml",
            f'[network]\nrpc = "{world.node.rpc_url}"\n'
            f'[notify]\nwebhook = "{box.url}"\nallow_private = true\n',
        )
        write(
            world.folder / "commonhold.secret.toml",
            '[notify]\nwebhook_secret = "more than sixteen letters"\n',
        )
        (world.folder / "commonhold.secret.toml").chmod(0o600)
        to_month(world, 1)
        _, said = world.do("notify", "run")
        assert "3 new messages; 3 sent, 0 will be tried again." in said
        told = {one["to"]: one["body"] for one in (json.loads(body) for _, body in box.requests)}
    assert told.keys() == {f"party {one.party}" for one in world.people[1:]}
    body = told[f"party {world.people[2].party}"]
    assert "Ben Lee" in body and "222.50" in body and "RF" not in body
    assert "name no bank account" in world.do("slip", "1", code=3)[1]
