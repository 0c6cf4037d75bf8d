"""What the commands do with readings, runs and receipts on a deployment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.bills import BillRuns, BillState, RunState
from commonhold.chain.send import Sender
from commonhold.errors import InputError
from commonhold.ops.billing import runs
from commonhold.ops.billing.draft import Draft, Roll, make_draft
from commonhold.ops.billing.formula import Formula
from commonhold.ops.billing.readings import Intake, Readings, domain_of, read_file
from commonhold.ops.billing.receipt import make_receipt
from commonhold.ops.billing.runs import RunFile
from commonhold.rules.billbook import Extent, earliest_due_day
from commonhold.rules.bills import key_of
from commonhold.rules.calendar import day_of
from commonhold.rules.tariff import CategoryKind
from commonhold.store import Store
from commonhold.text import fold
from commonhold.units import Money, UnitId, format_money

_ISSUE_SIZE: Final = 100  # bills in one transaction


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bills stand. today [day]"""

    bills: BillRuns
    chain_id: int
    today: int


def place_of(suite: Suite) -> Place:
    connection = suite.connection
    today = day_of(connection.block("latest").time, suite.utc_offset)
    return Place(suite.bills, connection.chain_id, today)


# ---- readings


def units_by_name(store: Store) -> Callable[[str, str], int | None]:
    """Building and label, or a number, → the unit on chain."""
    ids = set(store.unit_ids().values())
    names = {fold(store.label_of(UnitId(number))): number for number in ids}

    def find(building: str, label: str) -> int | None:
        number = names.get(fold(f"{building} {label}"))
        if number is None and not building and label.isdecimal() and int(label) in ids:
            return int(label)
        return number

    return find


def take_readings(suite: Suite, store: Store, known: Readings, file: Path) -> Intake:
    """Read a file against the deployment. Raises InputError, FileProblem."""
    here = place_of(suite)
    domain = domain_of(here.chain_id, here.bills.address)

    def is_member(wallet: str) -> bool:
        return suite.parties.party_of(wallet) != 0

    return read_file(file, known, units_by_name(store), domain, is_member)


# ---- runs


def draft_of(suite: Suite, formula: Formula, period: int, readings: Readings) -> Draft:
    """The bills of a month, as the units stand on chain today."""
    units = sorted({entry.unit for entry in readings.entries.values()})
    users = suite.units.user_parties_of(units) if formula.bills == "user" else [0] * len(units)
    owners = suite.units.owner_parties_of(units)
    payers = {unit: user or owner for unit, user, owner in zip(units, users, owners, strict=True)}
    areas = {unit: one.area for unit, one in zip(units, suite.units.details_of_many(units), strict=True)}
    roll = Roll(payers.__getitem__, areas.__getitem__)
    return make_draft(formula, period, readings, roll, place_of(suite).today)


def due_day_of(suite: Suite, formula: Formula, period: int, wanted: int | None) -> int:
    """The due day of a run: the category's, or a later one. Raises InputError. [day]"""
    found = suite.tariffs.category_of(formula.category)
    if found is None or found[0].kind is not CategoryKind.POSTED:
        raise InputError(
            f"Category {formula.category} is not one of posted bills.", "Look at the fee schedule on chain."
        )
    earliest = earliest_due_day(period, found[0].due_day, found[0].due_month)
    if wanted is not None and wanted < earliest:
        raise InputError("This due day is before the category's own.", "Choose a later one, or none.")
    return earliest if wanted is None else wanted


def prepare(suite: Suite, folder: Path, draft: Draft, due_day: int) -> RunFile:
    """The run's file: as it was left if posting it was interrupted, otherwise a new one, written already."""
    here = place_of(suite)
    number = here.bills.run_count() + 1
    known = runs.find(folder, draft.formula.category, draft.period)
    if known is not None and not known.values["transaction"]:
        landed = here.bills.posted_terms(known.values["run"])
        same = [one["lines_hash"] for one in known.values["bills"]] == [
            "0x" + bill.lines_hash(draft.formula).hex() for bill in draft.bills
        ]
        if landed is not None and bytes(landed[0][0]) == known.root:
            return known
        if same and known.values["run"] == number:
            return known
    elif known is not None:
        state, _ = here.bills.run_of(known.values["run"])
        if state is not RunState.DROPPED:
            raise InputError(
                f"Run {known.values['run']} bills this category and month already.",
                "What was wrong in it goes back by a credit note; units that waited are in the next month.",
            )
    run = runs.make_run(
        draft, chain_id=here.chain_id, contract=here.bills.address, run=number, due_day=due_day
    )
    runs.save(folder, run)
    return run


def post(suite: Suite, sender: Sender, folder: Path, run: RunFile) -> RunFile:
    """Sends the root, and notes where it stands. Sending it twice changes nothing."""
    landed = suite.bills.posted_terms(run.values["run"])
    if landed is None:
        v = run.values
        charge = (v["run"], v["category"], v["period"], v["due_day"])
        sender.send(
            suite.bills.post_charge(*charge, run.bills[0].as_tuple(), bytes.fromhex(v["formulas_hash"][2:]))
            if run.single
            else suite.bills.post_run(*run.posting())
        )
        landed = suite.bills.posted_terms(run.values["run"])
    if landed is None or bytes(landed[0][0]) != run.root:
        raise InputError(
            f"Another run took the number {run.values['run']}.", "Post again: it gets the next number."
        )
    run.values["transaction"], run.values["block"] = landed[1], landed[2]
    runs.save(folder, run)
    return run


def approve(suite: Suite, sender: Sender, run: int, file: RunFile | None) -> None:
    """The committee's yes; with the run's file at hand, root and total are compared first."""
    landed = suite.bills.posted_terms(run)
    if landed is None:
        raise InputError(f"Run {run} was not posted.", "bill post")
    terms = landed[0]
    total = Extent.from_word(int(terms[2])).total
    if file is not None and (bytes(terms[0]) != file.root or total != file.values["total"]):
        raise InputError(
            f"Run {run} on chain is not the one of its file.", "Do not approve it; ask the manager."
        )
    sender.send(suite.bills.approve_run(run, tuple(terms)))


def check_droppable(suite: Suite, run: int) -> str:
    """What a run that waits for its approval holds, in words. Raises InputError for any other."""
    landed = suite.bills.posted_terms(run)
    state, _ = suite.bills.run_of(run)
    if landed is None or state is not RunState.POSTED:
        word = "was not posted" if landed is None else f"is {state.name.lower()} already"
        raise InputError(
            f"Run {run} {word}.", "What is wrong in bills of an approved run goes back by credit notes."
        )
    extent = Extent.from_word(int(landed[0][2]))
    return f"{extent.count} bills of {format_money(Money(extent.total))}"


def issue(suite: Suite, sender: Sender, run: RunFile, units: Sequence[int]) -> int:
    """Makes debts of the bills of these units (none named: all not on the books). How many were sent."""
    tree, bills = run.tree, run.bills
    wanted = [run.index_of(unit) for unit in units] if units else list(range(len(bills)))
    keys = [
        key_of(bills[i].unit, run.values["category"], run.values["period"], bills[i].version) for i in wanted
    ]
    standings = suite.bills.bills_of(keys)
    open_ = [i for i, one in zip(wanted, standings, strict=True) if one.state is BillState.NONE]
    for start in range(0, len(open_), _ISSUE_SIZE):
        part = open_[start : start + _ISSUE_SIZE]
        leaves = [bills[i].as_tuple() for i in part]
        sender.send(suite.bills.issue_many(run.values["run"], leaves, [tree.proof(i) for i in part]))
    return len(open_)


# ---- receipts


def standing_of(suite: Suite, run: RunFile, unit: int) -> dict[str, Any]:
    """What the chain says of a unit's bill; amounts as decimal strings."""
    bill = run.bills[run.index_of(unit)]
    key = key_of(unit, run.values["category"], run.values["period"], bill.version)
    block = suite.connection.block_number()
    (found,) = suite.bills.bills_of([key], block=block)
    paid = suite.bills.payments_of(key)
    return {
        "state": found.state.name,
        "block": block,
        "open": str(found.open if found.state is BillState.ISSUED else 0),
        "late_fees": str(found.late_fees),
        "removed": str(found.removed),
        "paid": [
            {"amount": str(amount), "transaction": transaction, "block": at}
            for amount, transaction, at in paid
        ],
    }


def receipt_of(suite: Suite, run: RunFile, unit: int, names: Mapping[str, str]) -> dict[str, Any]:
    return make_receipt(run, unit, standing_of(suite, run, unit), names)
