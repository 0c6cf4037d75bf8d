"""A receipt: one bill with its lines, its proof and where its root stands, as JSON, CSV and a page to print.

The JSON holds all that `commonhold verify-receipt` needs; the page carries the same JSON inside, so the page
alone can be verified too. The QR code names chain, contract, run, leaf and root.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import segno

from commonhold.ops.billing.formula import Formula
from commonhold.ops.billing.lines import meter_from, told, told_meter
from commonhold.ops.billing.runs import RunFile
from commonhold.ops.pages import render, write
from commonhold.rules.bills import key_of, leaf_of
from commonhold.text import clean, write_csv
from commonhold.units import MONEY_ONE, Day, Money, Month, format_day, format_money, format_month

KIND: Final = "commonhold receipt"
FORMAT: Final = 1


def make_receipt(
    run: RunFile, unit: int, standing: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    """The receipt of a unit's bill. standing: what the chain says; names: "unit 3", "party 7" → names."""
    v = run.values
    index = run.index_of(unit)
    row, bill = v["bills"][index], run.bills[index]
    key = key_of(bill.unit, v["category"], v["period"], bill.version)
    return {
        "kind": KIND,
        "format": FORMAT,
        "chain_id": v["chain_id"],
        "contract": v["contract"],
        "run": v["run"],
        "category": v["category"],
        "period": v["period"],
        "due_day": v["due_day"],
        "key": str(key),
        "formula": v["formula"],
        "formulas_hash": v["formulas_hash"],
        "bill": dict(row),
        "leaf": "0x" + leaf_of(run.place, bill).hex(),
        "proof": ["0x" + node.hex() for node in run.tree.proof(index)],
        "root": v["root"],
        "anchor": {"transaction": v["transaction"], "block": v["block"]},
        "standing": dict(standing),
        "names": {
            name: clean(names[name]) for name in (f"unit {unit}", f"party {bill.party}") if name in names
        },
    }


def qr_text(receipt: Mapping[str, Any]) -> str:
    """What the QR code says: enough to find the root on chain and the leaf under it."""
    return (
        f"commonhold:receipt?chain={receipt['chain_id']}&contract={receipt['contract']}&run={receipt['run']}"
        f"&key={receipt['key']}&leaf={receipt['leaf']}&root={receipt['root']}"
    )


def lines_told(formula: Formula, receipt: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(words, amount) of each line; the readings before them."""
    bill = receipt["bill"]
    found = [(told_meter(formula, meter_from(meter)), "") for meter in bill["meters"]]
    found += [(told(formula, line), format_money(Money(line["amount"]))) for line in bill["lines"]]
    return found


def standing_told(receipt: Mapping[str, Any]) -> str:
    """Whether it is paid, in words."""
    standing = receipt["standing"]
    state = standing.get("state")
    if state == "PAID_AT_ONCE" or (state == "ISSUED" and standing["open"] == "0" and standing["paid"]):
        return "paid"
    if state == "ISSUED":
        owed = Money(int(standing["open"]) + int(standing["late_fees"]))
        return f"{format_money(owed)} is open" if owed else "settled without payment"
    return "not paid yet"


def page(receipt: Mapping[str, Any], formula: Formula) -> str:
    """The page to print, with the receipt itself inside."""
    bill, names = receipt["bill"], receipt["names"]
    # "<" is the only sign that could end the script element it stands in
    inside = json.dumps(receipt, ensure_ascii=False).replace("<", "\\u003c")
    picture = segno.make(qr_text(receipt), error="m")
    return render(
        "receipt.html",
        charge=formula.name,
        month=format_month(Month(receipt["period"])),
        unit=names.get(f"unit {bill['unit']}", f"unit {bill['unit']}"),
        party=names.get(f"party {bill['party']}", f"party {bill['party']}"),
        amount=format_money(Money(bill["amount"])),
        due=format_day(Day(receipt["due_day"])),
        standing=standing_told(receipt),
        lines=lines_told(formula, receipt),
        receipt=receipt,
        qr=picture.svg_inline(scale=4, border=2),  # drawn here: holds no text of others
        inside=inside,
    )


def write_page(receipt: Mapping[str, Any], formula: Formula, path: Path) -> None:
    write(path, page(receipt, formula))


def write_json(receipt: Mapping[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(receipt, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_table(receipt: Mapping[str, Any], formula: Formula, path: Path) -> None:
    """The lines for a spreadsheet, which runs nothing of them; amounts as plain numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bill = receipt["bill"]
    amounts = [None] * len(bill["meters"]) + [Decimal(line["amount"]) / MONEY_ONE for line in bill["lines"]]
    words = [text for text, _ in lines_told(formula, receipt)]
    rows: list[tuple[str, Decimal | None]] = list(zip(words, amounts, strict=True))
    rows.append(
        (f"{formula.name} {format_month(Month(receipt['period']))}", Decimal(bill["amount"]) / MONEY_ONE)
    )
    write_csv(path, ["what", "amount"], rows)
