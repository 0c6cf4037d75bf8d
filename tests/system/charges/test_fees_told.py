"""What residents are told of fees and bills beforehand: calendars and messages.

calendar ── every month's fee until the horizon, and what the contract then asks for · plans, bills
notify ── charges due soon less what is paid ahead, collections that failed · the receipt of a paid bill
"""

from typing import Any

import pytest

from commonhold.ops.billing import runs
from commonhold.ops.dues import dues
from commonhold.ops.outbox.causes import gather
from commonhold.ops.outbox.deliver import messages
from commonhold.present import money
from commonhold.rules.calendar import first_of, month_of
from commonhold.store import Store
from tests.package.ops.town import CMT
from tests.system.bank.bank_world import BankWorld
from tests.system.charges.fees_world import LINE, charge, key, to_month


@pytest.fixture
def world(fees: BankWorld) -> BankWorld:
    return fees


def test_a_calendar_holds_every_fee_until_its_horizon_as_the_contract_asks_for_it_then(
    world: BankWorld,
) -> None:
    suite, (_, ann, ben) = world.town.suite, world.people
    april = first_of(month_of(world.town.today) + 1)
    may, june = first_of(month_of(april) + 1), first_of(month_of(april) + 2)
    found = dues(suite, party=ben.party, days=june + 4 - world.town.today)
    assert [(one.what, one.number, one.unit, one.day, one.amount) for one in found] == [
        ("fee", 3, 3, day + 4, LINE) for day in (april, may, june)
    ]
    short = dues(suite, party=ben.party, days=june + 3 - world.town.today)
    assert [one.day for one in short] == [april + 4, may + 4]
    both = dues(suite, party=ann.party, days=april + 4 - world.town.today)
    assert [(one.number, one.amount) for one in both] == [(1, LINE), (2, LINE)]
    world.town.to_day(june + 4)
    (account,) = suite.fees.accounts_of_many([3])
    assert account.due == sum(one.amount for one in found)
    assert dues(suite, party=ben.party, days=20) == []
    # and on the page that a calendar program reads
    assert len(world.run("calendar", str(ben.party), "--out", "ben.ics")) >= 11
    assert "222.50" in (world.folder / "ben.ics").read_text(encoding="utf-8")


def test_a_calendar_ends_with_the_account(world: BankWorld) -> None:
    suite, ben = world.town.suite, world.people[2]
    april = to_month(world, 1)
    assert [one.day for one in dues(suite, party=ben.party, days=60)] == [april + 30 + 4, april + 61 + 4]
    world.town.sender("MANAGER").send(suite.fees.close(3, april + 20))
    assert dues(suite, party=ben.party, days=60) == []


def test_a_calendar_holds_the_parts_of_a_plan_until_it_is_broken_and_bills_that_are_issued(
    world: BankWorld,
) -> None:
    town, suite, ben = world.town, world.town.suite, world.people[2]
    april = first_of(month_of(town.today) + 1)
    run = charge(world, 3, "40")
    assert [one.what for one in dues(suite, party=ben.party, days=april + 9 - town.today)] == ["fee"]
    world.do("bill", "issue", str(run))
    bill = ("bill", key(world, run), 3, april + 9, 40 * CMT)
    found = dues(suite, party=ben.party, days=april + 9 - town.today)
    assert [(one.what, one.number, one.unit, one.day, one.amount) for one in found][1:] == [bill]
    assert [one.what for one in dues(suite, party=ben.party, days=april + 8 - town.today)] == ["fee"]
    to_month(world, 1)  # the fee of April is due
    first = april + 30 + 4  # on the days of the fees
    town.sender("MANAGER").send(suite.fees.offer_plan(3, 3, first))
    town.send(ben.account, suite.fees.accept_plan(3, LINE, 3, first))
    parts = [one for one in dues(suite, party=ben.party, days=100) if one.what == "instalment"]
    assert [(one.number, one.unit, one.day) for one in parts] == [
        (3, 3, first), (3, 3, first + 31), (3, 3, first + 61),
    ]  # fmt: skip
    assert sum(one.amount for one in parts) == LINE and parts[0].amount == LINE // 3
    shown = world.run("calendar", str(ben.party), "--out", "ben.ics")
    assert {one["what"] for one in shown} == {"fee", "bill", "instalment"}
    assert [one["number"] for one in shown if one["what"] == "bill"] == [f"{bill[1]:#x}"]
    page = (world.folder / "ben.ics").read_text(encoding="utf-8")
    assert f"Instalment {money(LINE // 3)}" in page and "Bill 40.00" in page
    assert page.count("UID:") == len({line for line in page.split() if line.startswith("UID:")}) == len(shown)
    town.to_day(first + 30)  # the first part was not paid within its grace
    assert "instalment" not in {one.what for one in dues(suite, party=ben.party, days=80)}


# ---- messages


def test_charges_that_fall_due_or_could_not_be_collected_are_told_once(world: BankWorld) -> None:
    town, (_, ann, ben) = world.town, world.people
    run = charge(world, 3, "40")
    world.do("bill", "issue", str(run))
    april = first_of(month_of(town.today) + 1)

    def told(cause: str) -> list[tuple[str, Any, int]]:
        """New messages of a cause: to whom, over which account or bill, how much."""
        with Store.open(world.folder / ".commonhold") as store:
            known = {row.key for row in messages(store)}
            gather(town.suite, store, due_days=5)
            new = [row for row in messages(store) if row.key not in known and row.cause == cause]
        return sorted(
            (row.audience, row.facts.get("number") or row.facts.get("account"), row.facts["amount"])
            for row in new
        )

    town.to_day(april - 2)
    assert told("charge_due") == []
    town.to_day(april - 1)
    mine, his = f"party {ann.party}", f"party {ben.party}"
    town.fund(ben.wallet, 1_000 * CMT)
    town.send(ann.account, town.suite.token.approve(town.suite.fees.address, LINE + 5 * CMT))
    town.send(ann.account, town.suite.fees.pay(1, 1, 1, ann.party, LINE))  # ahead, all of it
    town.send(ann.account, town.suite.fees.pay(2, 2, 1, ann.party, 5 * CMT))
    assert told("charge_due") == [(mine, 2, LINE - 5 * CMT), (his, 3, LINE)]
    assert told("charge_due") == []
    town.to_day(april + 4)
    assert told("settle_failed") == []  # there is money, and ben pays by himself
    assert told("charge_due") == []  # which the look before has told: the bill is due in five days
    with Store.open(world.folder / ".commonhold") as store:
        (bill,) = [row for row in messages(store) if row.facts.get("kind") == "bill"]
    assert (bill.audience, bill.facts["number"], bill.facts["amount"], bill.facts["day"]) == (
        his, f"{key(world, run):#x}", 40 * CMT, april + 9,
    )  # fmt: skip
    town.send(ann.account, town.suite.token.transfer(ben.wallet, 990 * CMT - LINE))
    assert told("settle_failed") == [(mine, 2, LINE - 5 * CMT)]
    assert told("settle_failed") == []
    town.to_day(april + 30)  # more late fees, or another try, are no new cause
    assert told("settle_failed") == []


def test_a_receipt_is_told_once_when_its_bill_is_paid(world: BankWorld) -> None:
    town, suite, ann = world.town, world.town.suite, world.people[1]
    first, second = charge(world, 1, "25"), charge(world, 3, "40")
    assert world.run("notify", "run", "--dry-run")["new"] == 0
    town.send(ann.account, suite.token.approve(suite.bills.address, 65 * CMT))
    for run, amount in ((first, 25), (second, 10)):
        (bill,) = runs.load(world.folder / ".commonhold", run).bills
        town.send(ann.account, suite.bills.pay_by_proof(run, bill.as_tuple(), [], amount * CMT))
    _, said = world.do("notify", "run", "--dry-run")
    assert "1 new messages, 1 wait. Nothing was sent." in said
    shown, _ = world.do("notify", "list")
    assert "receipt_ready" in shown and "Ann Lee" in shown and "waiting" in shown
    assert world.run("notify", "run", "--dry-run")["new"] == 0
    # the rest of the other one
    ben = world.people[2]
    town.send(ann.account, suite.bills.pay(key(world, second), ben.party, 30 * CMT))
    assert world.run("notify", "run", "--dry-run")["new"] == 1
    with Store.open(world.folder / ".commonhold") as store:
        told = [(row.audience, row.facts["amount"], row.facts["run"]) for row in messages(store)]
    assert told == [(f"party {ann.party}", 25 * CMT, first), (f"party {ben.party}", 40 * CMT, second)]
