"""Scenarios as a property manager writes them: an act a line, then what everybody has gained or lost so far.

Columns: day · action · lease (any name) · who (`ann+ben` for several) · amount · details · answer · then one
column for each person whose money is to be compared, `held` (prepaid and waiting money at the leases) and
`deposits`. Amounts are in the community's money, gains count from the first line. `answer` is the code of a
settlement, or the error of an act that is to be refused; empty for an act that is done.
"""

import csv
import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from commonhold.rules.codes import Code
from tests.contracts.LeaseAgreement.offers import act, settle
from tests.evm import Reverted
from tests.lease_world import (
    CMT,
    END,
    REASON,
    RENEWAL,
    RENT,
    SALE,
    WAIVE_RENT,
    Gains,
    World,
)

FIXED = {"day", "action", "lease", "who", "amount", "details", "answer"}


def day_number(text: str) -> int:
    """2026-02-01 → [day]"""
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days


def money(text: str) -> int:
    """[cmt]"""
    amount = Decimal(text or "0") * CMT
    assert amount == int(amount), f"{text} has more decimals than the community's money"
    return int(amount)


def detail(text: str, pattern: str, default: str = "") -> str:
    """What stands for `…` in the details."""
    found = re.search(pattern.replace("…", r"(\S+?)") + r"(?=[;%\s]|$)", text)
    return found[1] if found else default


class Scenario:
    """One file, played line by line."""

    def __init__(self, world: World, file: Path) -> None:
        self.world, self.ids, self.gains = world, {}, Gains(world)  # type: ignore[var-annotated]
        with file.open(encoding="utf-8", newline="") as lines:
            self.rows = list(csv.DictReader(lines))
        self.acts = {
            "lease": self.begin, "settle": self.settle, "pay": self.pay, "refund": self.refund,
            "close": self.close, "claim": self.claim, "accept claim": self.accept_claim, "offer": self.offer,
            "accept offer": self.accept_offer, "award": self.award, "silence": self.silence,
            "mandate off": self.revoke, "mandate on": self.allow, "new rent": self.new_rent,
            "renew": self.renew, "end": self.end, "sell": self.sell, "waive rent": self.waive,
        }  # fmt: skip

    def play(self) -> None:
        for number, row in enumerate(self.rows, start=2):
            where = f"line {number}: {row['day']} {row['action']}"
            self.world.to_day(day_number(row["day"]))
            try:
                answer = self.acts[row["action"]](row) or ""
            except Reverted as error:
                changed = error.name in ("LeaseChangeInvalid", "ProposalInvalid")
                answer = "ChangeRefused" if changed else error.name
            assert answer == row["answer"], f"{where}: {answer or 'done'}, expected {row['answer'] or 'done'}"
            for name in row.keys() - FIXED:
                if row[name] != "":
                    found = Decimal(self.figure(name)) / CMT
                    assert found == Decimal(row[name]), f"{where}: {name} has {found}, expected {row[name]}"

    def figure(self, column: str) -> int:
        """A person's gain, or what a contract keeps. [cmt]"""
        if column in ("held", "deposits"):
            contract = self.world.leases if column == "held" else self.world.escrow
            assert contract.held() == self.world.token.balanceOf(contract)
            return int(contract.held())
        return int(self.gains.of(column))

    # ---------------------------------------------------------------- acts

    def begin(self, row: dict[str, str]) -> None:
        world, details = self.world, row["details"]
        people = row["who"].split("+")
        shares = [100 * int(part) for part in detail(details, "shares …", "100").split("/")]
        manager = detail(details, "manager …")
        self.ids[row["lease"]] = world.activate(
            *people,
            shares=shares,
            rent=money(row["amount"]),
            deposit=money(detail(details, "deposit …")),
            endDay=day_number(detail(details, "until …")),
            lateFeeRate=int(detail(details, "late fee …", "0")),
            lateFeeMaxDays=int(detail(details, "most days …", "0")),
            graceDays=int(detail(details, "grace …", "5")),
            manager=world.party[manager] if manager else 0,
            commission=100 * int(detail(details, f"manager {manager} …", "0")) if manager else 0,
            arbiter=0 if manager == "arbiter" else world.party["arbiter"],
        )

    def settle(self, row: dict[str, str]) -> str:
        ((_, code, _),) = settle(self.world, self.ids[row["lease"]])
        return Code(code).name

    def pay(self, row: dict[str, str]) -> None:
        world, lease, payer = self.world, self.ids[row["lease"]], row["who"]
        tenant = detail(row["details"], "^for …", payer)
        amount = money(row["amount"])
        world.token.approve(world.leases, amount, sender=world.wallet(payer))
        act(world, "pay", lease, world.party[tenant], amount, world.terms_hash[lease], sender=payer)

    def refund(self, row: dict[str, str]) -> None:
        act(self.world, "refund", self.ids[row["lease"]], money(row["amount"]), sender=row["who"])

    def close(self, row: dict[str, str]) -> None:
        act(self.world, "close", self.ids[row["lease"]], sender=row["who"])

    def _review(self, row: dict[str, str], function: str, *arguments: Any) -> None:
        sender = self.world.wallet(row["who"])
        getattr(self.world.escrow, function)(self.ids[row["lease"]], *arguments, sender=sender)

    def claim(self, row: dict[str, str]) -> None:
        self._review(row, "fileClaim", [money(row["amount"])], [REASON])

    def accept_claim(self, row: dict[str, str]) -> None:
        self._review(row, "acceptClaim", money(row["amount"]))

    def offer(self, row: dict[str, str]) -> None:
        self._review(row, "makeOffer", money(row["amount"]))

    def accept_offer(self, row: dict[str, str]) -> None:
        self._review(row, "acceptOffer", money(row["amount"]))

    def award(self, row: dict[str, str]) -> None:
        self._review(row, "award", money(row["amount"]))

    def silence(self, row: dict[str, str]) -> None:
        self._review(row, "finalise")

    def revoke(self, row: dict[str, str]) -> None:
        self.world.revoke_mandate(row["who"])

    def allow(self, row: dict[str, str]) -> None:
        self.world.give_mandate(row["who"])

    # ---------------------------------------------------------------- agreements

    def _agree(self, row: dict[str, str], kind: int, **fields: Any) -> None:
        proposal = self.world.proposal(self.ids[row["lease"]], kind, **fields)
        self.world.agree(proposal, *row["who"].split("+"))

    def _on(self, row: dict[str, str]) -> int:
        return day_number(detail(row["details"], "on …"))

    def new_rent(self, row: dict[str, str]) -> None:
        self._agree(row, RENT, day=self._on(row), amount=money(row["amount"]))

    def renew(self, row: dict[str, str]) -> None:
        self._agree(row, RENEWAL, day=self._on(row), amount=money(row["amount"]))

    def end(self, row: dict[str, str]) -> None:
        self._agree(row, END, day=self._on(row))

    def sell(self, row: dict[str, str]) -> None:
        self._agree(row, SALE, party=row["who"].split("+")[1])

    def waive(self, row: dict[str, str]) -> None:
        """The landlord proposes, the office approves."""
        world = self.world
        fields = {"party": "ann", "amount": money(row["amount"]), "reason": REASON}
        proposal = world.proposal(self.ids[row["lease"]], WAIVE_RENT, **fields)
        world.changes.propose(proposal, sender=world.wallet(row["who"]))
        world.changes.approveWaiver(proposal, sender=world.wallet("manager"))
