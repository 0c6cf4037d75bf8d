"""A receipt that outlives the chain: kept while it runs, verified when it is gone, and once forged."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from commonhold.ops.billing import desk, verify
from commonhold.ops.billing import receipt as receipts
from commonhold.ops.billing.runs import RunFile
from commonhold.ops.demo.stage import Stage
from commonhold.units import MONEY_ONE, Money, format_money

FOLDER: Final = "receipts"
TOO_MUCH: Final = 5 * MONEY_ONE  # what the forged one asks on top [cmt]


@dataclass(frozen=True, slots=True)
class Kept:
    """Files from the demo's folder: a right receipt as page and JSON, and a forged one."""

    page: str
    right: str
    forged: str


def keep(stage: Stage, run: RunFile, unit: int, names: Mapping[str, str]) -> Kept:
    """Writes the receipt of a unit's bill, and beside it the same one asking for more."""
    found = desk.receipt_of(stage.suite, run, unit, names)
    name = f"{FOLDER}/run-{run.values['run']}-unit-{unit:03d}"
    kept = Kept(f"{name}.html", f"{name}.json", f"{FOLDER}/forged.json")
    receipts.write_page(found, run.formula, stage.folder / kept.page)
    receipts.write_json(found, stage.folder / kept.right)
    forged = copy.deepcopy(found)
    forged["bill"]["amount"] += TOO_MUCH
    receipts.write_json(forged, stage.folder / kept.forged)
    return kept


def told(folder: Path, kept: Kept, *, stopped: bool) -> list[str]:
    """What `commonhold verify-receipt` says of each, in words. stopped: whether the chain is."""
    lines = ["The chain is stopped; receipts prove themselves:" if stopped else "Without a node:"]
    for name in (kept.page, kept.right, kept.forged):
        verdict = verify.verify(verify.read(folder / name))
        by = f" by {format_money(Money(verdict.wrong_by))}" if verdict.wrong_by else ""
        lines.append(f"  {name}: {verdict.answer}{by}: {verdict.why}")
    return lines
