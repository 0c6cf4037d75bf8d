"""Leases as a property manager would write them down, lived in the contracts and in the twin.

Each CSV file here begins with the lease (`rent: 1000`) and goes on with a table, a line a day and action:

    day        2027-02-28
    action     settle · pay · prepay back · mandate · no mandate · earn · spend · new rent · renew ·
               hold over · end · waive rent · waive fee · close · pay the debt · claim · accept · offer ·
               take offer · award · silence · look
    who        who acts (the tenant, unless said otherwise)
    amount     in coins; with `mandate` the month's limit
    until      the day from which the new rent holds, or the new end
    answer     the settlement's code, or the error of a refused act
    a name     what that person has received (or paid, if negative) since the first line [coins]
    arrears, late fees, prepaid, landlord owes, state, deposit    of the lease, after the action

Branches: every action, every column, empty ones, answers and refusals; an unknown word stops the test.
"""

import csv
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commonhold.rules.calendar import day_number, month_of
from commonhold.rules.ledger import Change, ChangeKind
from commonhold.rules.terms import DayCount, Opening, RentStep
from tests.mirror import Mirror

FOLDER = Path(__file__).parent
COIN = 10**6  # [cmt]
CONVENTIONS = {"actual": DayCount.ACTUAL, "30/360": DayCount.THIRTY_360, "actual/365": DayCount.ACTUAL_365}
NUMBERS = {
    "billing day": "billing_day",
    "months at a time": "interval",
    "due days later": "due_offset",
    "rent-free days": "rent_free_days",
    "grace days": "grace_days",
    "late fee (bps a day)": "late_fee_rate",
    "late fee days": "late_fee_max_days",
    "commission (bps)": "commission",
}
CHANGES = {
    "new rent": ChangeKind.RENT,
    "renew": ChangeKind.RENEWAL,
    "hold over": ChangeKind.HOLDOVER,
    "end": ChangeKind.END,
    "waive rent": ChangeKind.WAIVE_RENT,
    "waive fee": ChangeKind.WAIVE_FEES,
}


def day_of(text: str) -> int:
    when = date.fromisoformat(text)
    return day_number(when.year, when.month, when.day)


def cmt(text: str) -> int:
    amount = Decimal(text) * COIN
    assert amount == int(amount), f"{text} is finer than a base unit"
    return int(amount)


@dataclass
class Scenario:
    """One file, being lived."""

    head: dict[str, str]
    mirror: Mirror = field(default_factory=Mirror)
    people: dict[str, int] = field(default_factory=dict)
    start: dict[str, int] = field(default_factory=dict)
    lease: int = 0
    tenant: str = ""
    answer: str = ""

    def __post_init__(self) -> None:
        self.tenants = self.head["tenants"].split()
        self.tenant = self.tenants[0].split("=")[0]
        for name in ("landlord", "manager", "arbiter", "friend"):
            self.people[name] = self.mirror.person(units=1, funds=cmt(self.head.get(f"money of {name}", "0")))
        for item in self.tenants:
            name = item.split("=")[0]
            funds = cmt(self.head.get(f"money of {name}", "100000"))
            self.people[name] = self.mirror.person(funds=funds, allowance=True)
        for name in ("landlord", "friend"):
            self._allow(name)

    def _allow(self, name: str) -> None:
        person = self.mirror.people[self.people[name]]
        self.mirror.token.approve(self.mirror.leases, 2**200, sender=person)
        self.mirror.twin.money.purse(self.people[name]).allowance = 2**200

    # ---- the lease

    def begin(self, today: int) -> None:
        """Mandates, then the lease, on the day of the first line."""
        self.mirror.to_day(today)
        for item in self.tenants:
            name = item.split("=")[0]
            limit = self.head.get(f"mandate of {name}", "50000")
            if limit != "none":
                partial = self.head.get("part payments") == "yes"
                self.mirror.mandate(self.people[name], cmt(limit), month_of(today) + 36, partial)
        self.lease = self.mirror.activate(self.people["landlord"], self._parties(), **self._terms())
        assert self.lease, f"the lease was refused: {self.head}"
        self.start = {name: self._balance(name) for name in self.people}

    def _parties(self) -> list[int]:
        return [self.people[item.split("=")[0]] for item in self.tenants]

    def _terms(self) -> dict[str, Any]:
        head = self.head
        terms: dict[str, Any] = {name: int(head[key]) for key, name in NUMBERS.items() if key in head}
        shares = tuple(int(item.split("=")[1]) if "=" in item else 10_000 for item in self.tenants)
        terms |= {
            "shares": shares,
            "rent": cmt(head["rent"]),
            "deposit": cmt(head.get("deposit", "0")),
            "start_day": day_of(head["from"]),
            "end_day": day_of(head["until"]),
            "manager": self.people["manager"],
            "day_count": CONVENTIONS[head.get("day count", "actual")],
        }
        if head.get("arbiter") == "yes":
            terms["arbiter"] = self.people["arbiter"]
        if "covers for the others" in head:
            names = [item.split("=")[0] for item in self.tenants]
            terms["cover_mask"] = 1 << names.index(head["covers for the others"])
        if "rent step" in head:
            day, rent = head["rent step"].split()
            terms["steps"] = (RentStep(day_of(day), cmt(rent)),)
        if "taken over on" in head:
            figures = [cmt(head.get(key, "0")) for key in ("paid", "arrears", "late fees", "prepaid")]
            terms["opening"] = Opening(day_of(head["taken over on"]), *figures)
        return terms

    # ---- the table

    def act(self, row: dict[str, str]) -> None:
        """One line: do it in contract and twin, compare all figures, then those that the line states."""
        self.mirror.to_day(day_of(row["day"]))
        self.answer = ""
        self._do(row["action"], row["who"] or self.tenant, row["amount"], row["until"])
        self.mirror.compare()
        for column, expected in row.items():
            if column not in ("day", "action", "who", "amount", "until") and expected:
                found = self._figure(column)
                wanted = expected if column in ("answer", "state") else cmt(expected)
                assert found == wanted, f"{row['day']} {row['action']}: {column} is {found}, not {wanted}"

    def _do(self, action: str, who: str, amount: str, until: str) -> None:
        mirror, lease, party, sum_ = self.mirror, self.lease, self.people[who], cmt(amount or "0")
        if action == "settle":
            self.answer = mirror.settle([lease])[0].code.name
        elif action == "pay":
            self._try(mirror.pay(lease, self._for(who), sum_, party))
        elif action == "prepay back":
            self._try(mirror.refund(lease, party, sum_))
        elif action == "mandate":
            expiry = month_of(day_of(until)) if until else month_of(mirror.day) + 36
            mirror.mandate(party, sum_, expiry, self.head.get("part payments") == "yes")
        elif action == "no mandate":
            mirror.revoke(party)
        elif action == "earn":
            mirror.fund(party, sum_)
            self.start[who] += sum_
        elif action == "spend":
            mirror.transfer(party, self.people["friend"], sum_)
            self.start[who] -= sum_
            self.start["friend"] += sum_
        elif action in CHANGES:
            index = self._parties().index(party) if action.startswith("waive") else 0
            day = day_of(until) if until else 0
            self._try(mirror.change(lease, Change(CHANGES[action], index=index, day=day, amount=sum_)))
        elif action != "look":
            self._try(self._finish(action, party, sum_))

    def _finish(self, action: str, party: int, amount: int) -> bool:
        mirror, lease = self.mirror, self.lease
        if action == "close":
            return mirror.close(lease)
        if action == "claim":
            return mirror.claim(lease, [amount] if amount else [])
        if action == "accept":
            return mirror.accept_claim(lease, party)
        if action == "offer":
            return mirror.offer(lease, party, amount)
        if action == "take offer":
            return mirror.accept_offer(lease)
        if action == "award":
            return mirror.award(lease, self.people["arbiter"], amount)
        if action == "silence":
            return mirror.finalise(lease)
        if action == "pay the debt":
            return mirror.pay_landlord_debt(lease, self.people[self.tenant], amount, party)
        raise AssertionError(f"no such action: {action}")

    def _try(self, done: bool) -> None:
        self.answer = "done" if done else self.mirror.refusal

    def _for(self, who: str) -> int:
        return self.people[who if self.people[who] in self._parties() else self.tenant]

    def _balance(self, name: str) -> int:
        return self.mirror.twin.money.balance(self.people[name])

    def _figure(self, column: str) -> int | str:
        figures = self.mirror.twin.figures(self.lease, self.mirror.day)
        if column in self.people:
            return self._balance(column) - self.start[column]
        if column == "arrears":
            return sum(max(0, figure.due - figure.settled) for figure in figures)
        if column == "late fees":
            return sum(figure.late_fees for figure in figures)
        if column == "prepaid":
            return sum(figure.pot for figure in figures)
        if column == "deposit":
            return self.mirror.twin.deposits.deposit(self.lease).left
        if column == "landlord owes":
            return sum(account.landlord_debt for account in self.mirror.twin.lease(self.lease).accounts)
        if column == "state":
            return self.mirror.twin.lease(self.lease).state_on(self.mirror.day).name
        assert column == "answer", f"no such column: {column}"
        return self.answer


def read(path: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The lease and the table of a file, which an empty line parts."""
    head, _, table = path.read_text(encoding="utf-8").partition("\n\n")
    pairs = (line.split(":", 1) for line in head.splitlines() if not line.startswith("#"))
    rows = list(csv.DictReader(table.splitlines(), skipinitialspace=True))
    assert rows, f"{path.name} has no table"
    return {key.strip(): value.strip() for key, value in pairs}, rows


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.csv")), ids=lambda path: path.stem)
def test_the_scenario_comes_out_as_written(path: Path) -> None:
    head, rows = read(path)
    scenario = Scenario(head)
    scenario.begin(day_of(rows[0]["day"]))
    for row in rows:
        assert None not in row.values() and None not in row, f"{path.name}: a line of {row} has gaps"
        scenario.act(row)
