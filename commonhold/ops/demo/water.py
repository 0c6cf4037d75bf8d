"""Water bills in the story: readings from a file, a run for each month, paid by proof or by mandate.

    5th   readings of the month before come in; the office posts the run, the committee approves it
    8th   some residents pay their bill by its proof, before it is a debt
    10th  the others are issued; on the due day mandates pay them, and on the 1st what was left
    22nd  who gave no mandate pays by hand, all but a few

Here too everything goes through the doors that a manager uses, and every bill is compared with its twin.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from commonhold.chain.contracts.bills import BillState
from commonhold.errors import InputError
from commonhold.ops import settle
from commonhold.ops.billing import desk
from commonhold.ops.billing.formula import Formula, load_formula
from commonhold.ops.billing.readings import Readings
from commonhold.ops.billing.runs import RunFile
from commonhold.ops.demo import compare
from commonhold.ops.demo.chain_side import ChainSide
from commonhold.ops.demo.fees import FeeDesk
from commonhold.ops.demo.show import cents
from commonhold.ops.demo.stage import Stage
from commonhold.rules.bill_ledger import BILLS, BillLedger
from commonhold.rules.billbook import RunTerms
from commonhold.rules.bills import key_of
from commonhold.rules.calendar import month_day, month_of
from commonhold.rules.community import Community
from commonhold.rules.mandates import MandateBook
from commonhold.rules.tariff import CategoryKind
from commonhold.units import Day, Month, format_day, format_month, parse_day

POSTING, BY_PROOF, ISSUING, BY_HAND, AGAIN = 5, 8, 10, 22, 1  # days of the month
PROVERS: Final = 3  # every so many residents pay by proof
NEVER: Final = 11  # every so many do not pay
_FILE: Final = "water.toml"


@dataclass(slots=True)
class WaterDesk:
    """The office's side of the bills, and their twin."""

    stage: Stage
    chain: ChainSide
    fees: FeeDesk
    count: compare.Count
    readings: Path
    formula_file: Path
    ledger: BillLedger = field(init=False)
    formula: Formula = field(init=False)
    runs: list[RunFile] = field(default_factory=list)
    terms: dict[int, RunTerms] = field(default_factory=dict)  # by run
    collected: dict[int, int] = field(default_factory=dict)  # by month, of bills [cmt]

    def __post_init__(self) -> None:
        suite = self.stage.suite
        self.ledger = BillLedger(self.money, suite.token.collector_bit(suite.bills.address))

    @property
    def money(self) -> MandateBook:
        """The purses of the twins."""
        return self.fees.twin.community.money

    def open(self) -> None:
        """The published formula, with the number that its category has on this chain."""
        number = self.fees.number_of(CategoryKind.POSTED)
        text = self.formula_file.read_text(encoding="utf-8").replace("category = 7", f"category = {number}")
        path = self.stage.folder / _FILE
        path.write_text(text, encoding="utf-8")
        self.formula = load_formula(path)

    # ---------------------------------------------------------------- every day

    def day(self, day: Day) -> str:
        """What the day of the month asks for."""
        month, today = month_day(day)
        if today == POSTING and (period := month - 1) in self._months():
            return self._post(day, period)
        run = next((one for one in self.runs if one.values["period"] == month - 1), None)
        if run is not None and today == BY_PROOF:
            return self._pay_by_proof(day, run)
        if run is not None and today == ISSUING:
            self._issue(day, run)
        if run is not None and day == run.values["due_day"]:
            self._bring_money(day)
            self._settle(day)
        elif today == AGAIN:
            self._settle(day)
        if today == BY_HAND:
            return self._pay_by_hand(day)
        return ""

    def month_end(self, community: Community, day: Day) -> str:
        """Every bill is compared."""
        self._compare(day)
        month = month_of(day)
        issued = [self.ledger.look(key, day) for key in self.ledger.bills]
        open_ = [bill for bill in issued if bill.owing]
        if month not in self.collected and not open_:
            return ""
        owed = sum(bill.open + bill.late_fees for bill in open_)
        return f"Water: {cents(self.collected.get(month, 0))} came in; {len(open_)} bills owe {cents(owed)}"

    # ---------------------------------------------------------------- a run

    def _rows(self, until: Day | None = None) -> list[list[str]]:
        """The lines of the readings, those of later days left out."""
        rows = list(csv.reader(io.StringIO(self.readings.read_text(encoding="utf-8-sig"))))
        at = rows[0].index("day")
        return [rows[0], *(row for row in rows[1:] if until is None or parse_day(row[at]) <= until)]

    def _months(self) -> set[int]:
        """The months that can be billed: all but that of the first readings."""
        head, *rows = self._rows()
        found = sorted({month_of(parse_day(row[head.index("day")])) for row in rows})
        return set(found[1:])

    def _post(self, day: Day, period: int) -> str:
        """From the readings to an approved run."""
        stage, suite, folder = self.stage, self.stage.suite, self.stage.store.folder
        brought = stage.folder / "readings.csv"
        with brought.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(self._rows(day))
        known = Readings(folder)
        intake = desk.take_readings(suite, stage.store, known, brought)
        if intake.problems:
            raise InputError(f"The sample readings have problems: {intake.problems[0]}")
        known.keep(intake.new)
        draft = desk.draft_of(suite, self.formula, period, known)
        run = desk.prepare(suite, folder, draft, desk.due_day_of(suite, self.formula, period, None))
        run = desk.post(suite, stage.offices.manager, folder, run)
        desk.approve(suite, stage.offices.committee, run.values["run"], run)
        self.runs.append(run)
        category = self.fees.book.tariffs.categories[run.values["category"]]
        self.terms[run.values["run"]] = RunTerms(
            run.values["category"], period, run.values["due_day"], category.payee, category.manager,
            category.manager_bps, category.grace_days, category.late_fee_rate, category.late_fee_max_days,
        )  # fmt: skip
        return (
            f"Water: {len(intake.new)} readings taken; {run.values['count']} bills of "
            f"{format_month(Month(period))}, {cents(run.values['total'])} in all, posted, approved, due "
            f"{format_day(Day(run.values['due_day']))}"
        )

    def _keys(self, run: RunFile) -> list[int]:
        v = run.values
        return [key_of(bill.unit, v["category"], v["period"], bill.version) for bill in run.bills]

    def _pay_by_proof(self, day: Day, run: RunFile) -> str:
        """Some bring the money and pay the bill that they hold in their hands, with the path to its root."""
        suite, tree, keys = self.stage.suite, run.tree, self._keys(run)
        paying = [(at, bill) for at, bill in enumerate(run.bills) if bill.party % PROVERS == 0]
        self._fund([(bill.party, bill.amount) for _, bill in paying])
        requests = []
        for at, bill in paying:
            key = self.stage.keys.of(bill.party)
            requests.append((key, suite.token.approve(suite.bills.address, bill.amount)))
            call = suite.bills.pay_by_proof(run.values["run"], bill.as_tuple(), tree.proof(at), bill.amount)
            requests.append((key, call))
        self.chain.relay.send(requests)
        terms = self.terms[run.values["run"]]
        for at, bill in paying:
            self.money.purse(bill.party).allowance = bill.amount
            self.ledger.pay_at_once(keys[at], terms, bill.party, bill.party, bill.amount, day)
            self._note(day, bill.amount)
        return f"Water: {len(paying)} bills paid by their proof"

    def _issue(self, day: Day, run: RunFile) -> None:
        desk.issue(self.stage.suite, self.stage.offices.manager, run, [])
        terms = self.terms[run.values["run"]]
        for key, bill in zip(self._keys(run), run.bills, strict=True):
            self.ledger.issue(key, terms, bill.party, bill.amount, day)

    def proved(self) -> int:
        """The first unit of the last run whose bill was paid by its proof."""
        run = self.runs[-1]
        paid = (
            bill.unit
            for key, bill in zip(self._keys(run), run.bills, strict=True)
            if key in self.ledger.at_once
        )
        return next(paid, run.bills[0].unit)

    # ---------------------------------------------------------------- money

    def _open(self, day: Day) -> list[int]:
        return [key for key in self.ledger.bills if self.ledger.look(key, day).owing]

    def _fund(self, sums: Iterable[tuple[int, int]]) -> None:
        brought: dict[int, int] = {}
        for party, amount in sums:
            brought[party] = brought.get(party, 0) + amount
        for side in (self.chain, self.fees.twin):
            side.fund(sorted(brought.items()))

    def _bring_money(self, day: Day) -> None:
        """On the due day all but a few have the money."""
        bills = [self.ledger.look(key, day) for key in self._open(day)]
        self._fund([(bill.party, bill.open) for bill in bills if bill.party % NEVER])

    def _settle(self, day: Day) -> None:
        """Mandates pay what is due; the twin must answer what the events of the collection say."""
        keys, suite = self._open(day), self.stage.suite
        if not keys:
            return
        report = settle.run(suite, self.stage.offices.manager, keys, book=settle.Bills(suite))
        found = {f"bill {row.lease:#x}": {"code": row.code, "amount": row.amount} for row in report.rows}
        mine = {
            f"bill {one.key:#x}": {"code": one.code, "amount": one.amount}
            for one in self.ledger.settle([row.lease for row in report.rows], day)
        }
        compare.need_same(day, compare.tables(mine, found))
        self.count.add_tables(mine)
        self._note(day, report.discharged)

    def _pay_by_hand(self, day: Day) -> str:
        """Who gave no mandate, or had no money left."""
        suite, requests = self.stage.suite, []
        bills = [self.ledger.look(key, day) for key in self._open(day)]
        paying = [bill for bill in bills if bill.party % NEVER and bill.due_day <= day and bill.payable]
        if not paying:
            return ""
        self._fund([(bill.party, bill.payable) for bill in paying])
        for bill in paying:
            key = self.stage.keys.of(bill.party)
            requests.append((key, suite.token.approve(suite.bills.address, bill.payable)))
            requests.append((key, suite.bills.pay(bill.key, bill.party, bill.payable)))
        self.chain.relay.send(requests)
        for bill in paying:
            self.money.purse(bill.party).allowance = bill.payable
            self.ledger.pay(bill.key, bill.party, bill.payable, day)
            self._note(day, bill.payable)
        return f"Water: {len(paying)} bills paid by hand"

    def _note(self, day: Day, amount: int) -> None:
        month = month_of(day)
        self.collected[month] = self.collected.get(month, 0) + amount

    # ---------------------------------------------------------------- compare

    def _compare(self, day: Day) -> None:
        """Every bill, and what the contract holds."""
        suite, keys = self.stage.suite, [*self.ledger.bills, *self.ledger.at_once]
        if not self.runs:
            return
        found: dict[str, Any] = {
            f"bill {key:#x}": {
                "state": one.state,
                "open": one.open,
                "late_fees": one.late_fees,
                "removed": one.removed,
                "due_day": one.due_day,
            }
            for key, one in zip(keys, suite.bills.bills_of(keys), strict=True)
        }
        mine: dict[str, Mapping[str, Any]] = {f"bill {key:#x}": self._figures(key, day) for key in keys}
        holds = suite.token.balance_of(suite.bills.address)
        found["BillRuns"] = {"held": suite.bills.held(), "holds": holds}
        mine["BillRuns"] = {"held": self.ledger.held, "holds": self.money.balance(BILLS)}
        compare.need_same(day, compare.tables(mine, found))
        self.count.add_tables(mine)

    def _figures(self, key: int, day: Day) -> dict[str, Any]:
        if key in self.ledger.at_once:
            return {"state": BillState.PAID_AT_ONCE}
        bill = self.ledger.look(key, day)
        return {
            "state": BillState.ISSUED,
            "open": bill.open,
            "late_fees": bill.late_fees,
            "removed": bill.removed,
            "due_day": bill.due_day,
        }
