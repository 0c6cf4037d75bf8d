"""Whether a receipt is right, with nothing but its file: no node, no store, no network.

1. the formula hashes to the published hash
2. the lines follow from the readings and the formula, and sum up to the amount; else it is wrong by so much
3. lines, amount, unit and party hash to the leaf, and the proof leads from the leaf to the root

The root itself is what a run published on chain (its `RunPosted` event, in the transaction that the receipt
names); whoever has it from elsewhere passes it along and need not trust the file for it. A shared invoice's
part is checked against the unit's weight, to the base unit that largest remainder may add.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonhold.errors import InputError
from commonhold.ops.billing import receipt as receipts
from commonhold.ops.billing.formula import Formula, from_json
from commonhold.ops.billing.lines import Share, amount_of, hash_lines, lines_of, meter_from
from commonhold.ops.billing.runs import bill_from
from commonhold.rules.bills import BillRefused, Place, key_of, leaf_of, proves
from commonhold.rules.tiers import TierRefused
from commonhold.units import Money, format_money

SIZE_LIMIT: Final = 5 * 1024 * 1024  # of a receipt [bytes]
_INSIDE: Final = re.compile(r'<script type="application/json" id="receipt">(.*?)</script>', re.DOTALL)
CORRECT, WRONG, NOT_ISSUED = "correct", "wrong", "not issued"


@dataclass(frozen=True, slots=True)
class Verdict:
    """answer: correct, wrong or not issued; wrong_by: what the bill asks too much (or too little) [cmt]"""

    answer: str
    why: str
    wrong_by: int = 0
    root: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"answer": self.answer, "why": self.why, "wrong_by": str(self.wrong_by), "root": self.root}


def read(path: Path) -> dict[str, Any]:
    """A receipt from its JSON, or from inside its printable page. Raises InputError."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise InputError(f"{path} is larger than 5 MB.", "A receipt is a small file.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", "Check the name.") from None
    except UnicodeDecodeError:
        raise InputError(
            f"{path} is no receipt.", "Use the JSON or the HTML of commonhold receipt."
        ) from None
    match = _INSIDE.search(text)
    try:
        found = json.loads(match[1] if match else text)
    except json.JSONDecodeError:
        raise InputError(
            f"{path} is no receipt.", "Use the JSON or the HTML of commonhold receipt."
        ) from None
    if not isinstance(found, dict) or found.get("kind") != receipts.KIND:
        raise InputError(f"{path} is no receipt.", "Use the JSON or the HTML of commonhold receipt.")
    if found.get("format") != receipts.FORMAT:
        raise InputError(f"{path} was written by another version.", "Update commonhold.")
    return found


def verify(receipt: Mapping[str, Any], root: str | None = None) -> Verdict:
    """The verdict on a receipt. root: the run's root from a source of the reader's own. Raises InputError."""
    try:
        return _verify(receipt, root)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"The receipt is incomplete or damaged: {error}.", "Ask for it again.") from None


def _verify(receipt: Mapping[str, Any], root: str | None) -> Verdict:
    published = (root or receipt["root"]).lower()
    formula, bill = from_json(receipt["formula"]), receipt["bill"]
    if "0x" + formula.hash.hex() != receipt["formulas_hash"] or formula.category != receipt["category"]:
        return Verdict(NOT_ISSUED, "the formula is not the one that the run published", 0, published)
    wrong_by, why = _recomputed(formula, bill)
    if why:
        return Verdict(WRONG, why, wrong_by, published)
    lines_hash = hash_lines(formula.hash, bill["meters"], bill["lines"])
    if "0x" + lines_hash.hex() != bill["lines_hash"]:
        return Verdict(NOT_ISSUED, "these lines are not the ones that were posted", 0, published)
    try:
        leaf = leaf_of(_place(receipt), bill_from(bill))
    except BillRefused as error:
        return Verdict(NOT_ISSUED, f"no run holds such a bill: {error}", 0, published)
    key = key_of(bill["unit"], receipt["category"], receipt["period"], bill["version"])
    if "0x" + leaf.hex() != receipt["leaf"] or str(key) != receipt["key"]:
        return Verdict(NOT_ISSUED, "the leaf is not that of this bill", 0, published)
    proof = [bytes.fromhex(node[2:]) for node in receipt["proof"]]
    if not proves(bytes.fromhex(published[2:]), leaf, proof):
        return Verdict(NOT_ISSUED, "the proof does not lead to the root of the run", 0, published)
    return Verdict(CORRECT, "lines, amount and proof agree with the run's root", 0, published)


def _place(receipt: Mapping[str, Any]) -> Place:
    return Place(
        receipt["chain_id"], receipt["contract"], receipt["run"], receipt["category"], receipt["period"]
    )


def _recomputed(formula: Formula, bill: Mapping[str, Any]) -> tuple[int, str]:
    """By how much the bill differs from its own readings and formula, and how; ("" = not at all)."""
    meters = [meter_from(meter) for meter in bill["meters"]]
    for meter in meters:
        plain = meter.to_value - meter.from_value
        if meter.used not in (plain, plain + formula.counter.rolls_at):
            return 0, f"meter {meter.meter}: {meter.used} used does not follow from its readings"
    shares, why = _shares(formula, bill)
    if why:
        return 0, why
    try:
        lines = lines_of(formula, meters, shares)
    except TierRefused as error:
        return 0, str(error)
    right = amount_of(lines)
    wrong_by = int(bill["amount"]) - right
    if wrong_by:
        more = "too much" if wrong_by > 0 else "too little"
        return wrong_by, f"the bill asks {format_money(Money(abs(wrong_by)))} {more}"
    if lines != bill["lines"]:
        return 0, "the sum is right, but the lines are not those of the formula"
    return 0, ""


def _shares(formula: Formula, bill: Mapping[str, Any]) -> tuple[list[Share], str]:
    """The parts of shared invoices as the bill has them, if they can be right at all."""
    told = [line for line in bill["lines"] if line["kind"] == "shared"]
    if len(told) != len(formula.shared):
        return [], "the parts of shared invoices are not those of the formula"
    shares = []
    for one, line in zip(formula.shared, told, strict=True):
        weight, whole, amount = line["weight"], line["whole"], line["amount"]
        if not 0 <= weight <= whole or whole == 0:
            return [], f"{one.name}: {weight} of {whole} is no share"
        exact, rest = divmod(one.invoice * weight, whole)
        # a right part stays as it is; a wrong one is measured against the exact share
        right = amount if amount in (exact, exact + (rest > 0)) else exact
        shares.append(Share(weight, whole, right))
    return shares, ""
