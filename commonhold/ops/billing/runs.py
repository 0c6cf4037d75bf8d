"""A billing run: its tree, its file, its way onto the chain.

The file holds all that the root hides: bills, lines, salts. Without it nobody can prove a bill, so it is
written before anything is sent, and a run that was interrupted is posted again from it with the same salts.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonhold.errors import InputError
from commonhold.ops.billing import files
from commonhold.ops.billing.draft import Draft
from commonhold.ops.billing.formula import Formula, from_json
from commonhold.rules.bills import Bill, Place, Tree, leaf_of

FORMAT: Final = 1
KIND: Final = "commonhold billing run"


@dataclass(slots=True)
class RunFile:
    """A run with all its bills, as its file has it."""

    values: dict[str, Any]

    @property
    def place(self) -> Place:
        v = self.values
        return Place(v["chain_id"], v["contract"], v["run"], v["category"], v["period"])

    @property
    def formula(self) -> Formula:
        return from_json(self.values["formula"])

    @property
    def bills(self) -> list[Bill]:
        return [bill_from(one) for one in self.values["bills"]]

    @property
    def tree(self) -> Tree:
        return Tree([leaf_of(self.place, bill) for bill in self.bills])

    @property
    def single(self) -> bool:
        """Whether it is a single charge."""
        return bool(self.values.get("single", False))

    @property
    def root(self) -> bytes:
        return bytes.fromhex(self.values["root"][2:])

    def index_of(self, unit: int) -> int:
        """Of the unit's bill. Raises InputError."""
        for index, one in enumerate(self.values["bills"]):
            if one["unit"] == unit:
                return index
        raise InputError(f"Run {self.values['run']} has no bill of unit {unit}.", "bill preview shows why.")

    def posting(self) -> tuple[int, bytes, int, int, int, int, int, bytes]:
        """The arguments of postRun."""
        v = self.values
        formulas = bytes.fromhex(v["formulas_hash"][2:])
        plan = (v["category"], v["period"], v["due_day"], v["count"], v["total"])
        return (v["run"], self.root, *plan, formulas)


def bill_from(found: Mapping[str, Any]) -> Bill:
    """The bill of a run file or receipt."""
    return Bill(
        found["unit"], found["version"], found["party"], found["amount"],
        bytes.fromhex(found["lines_hash"][2:]), bytes.fromhex(found["salt"][2:]),
    )  # fmt: skip


def make_run(
    draft: Draft,
    *,
    chain_id: int,
    contract: str,
    run: int,
    due_day: int,
    version: int = 1,
    single: bool = False,
) -> RunFile:
    """A run file with fresh salts. Raises InputError for a draft without bills."""
    if not draft.bills:
        raise InputError("There is nothing to bill in this month.", "bill preview says who waits and why.")
    bills = [
        {
            "unit": bill.unit,
            "version": version,
            "party": bill.party,
            "amount": bill.amount,
            "meters": [one.as_json() for one in bill.meters],
            "lines": list(bill.lines),
            "lines_hash": "0x" + bill.lines_hash(draft.formula).hex(),
            "salt": "0x" + secrets.token_hex(32),
        }
        for bill in draft.bills
    ]
    found = RunFile(
        {
            "kind": KIND,
            "format": FORMAT,
            "chain_id": chain_id,
            "contract": contract,
            "run": run,
            "single": single,
            "category": draft.formula.category,
            "period": draft.period,
            "due_day": due_day,
            "formula": draft.formula.as_json(),
            "formulas_hash": "0x" + draft.formula.hash.hex(),
            "count": len(bills),
            "total": draft.total,
            "root": "",
            "transaction": "",
            "block": 0,
            "bills": bills,
        }
    )
    found.values["root"] = "0x" + found.tree.root.hex()
    return found


def path_of(folder: Path, run: int) -> Path:
    return folder / files.FOLDER / f"run-{run:06d}.json"


def save(folder: Path, run: RunFile) -> Path:
    path = path_of(folder, run.values["run"])
    files.write(path, run.values)
    return path


def every(folder: Path) -> Iterator[RunFile]:
    """All runs of this data folder, the last one first."""
    for path in sorted((folder / files.FOLDER).glob("run-*.json"), reverse=True):
        yield RunFile(files.read(path, {}))


def load(folder: Path, run: int) -> RunFile:
    """Raises InputError where this machine does not have the run, StoreError where its file is damaged."""
    values = files.read(path_of(folder, run), None)
    if values is None:
        raise InputError(
            f"The file of run {run} is not in this data folder.", "Bring it from where the run was posted."
        )
    if values.get("kind") != KIND or values.get("format") != FORMAT:
        raise InputError(f"{path_of(folder, run)} is no file of a billing run.", "Update commonhold?")
    return RunFile(values)


def find(folder: Path, category: int, period: int) -> RunFile | None:
    """The last run of a category and month in this data folder; single charges are none."""
    for run in every(folder):
        v = run.values
        if (v.get("category"), v.get("period")) == (category, period) and not run.single:
            return run
    return None
