"""The lines of one bill, as a resident can compute them after, and their hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commonhold.ops.billing.canonical import hash_of
from commonhold.ops.billing.formula import Formula, quantity_text
from commonhold.rules.tiers import lines as tier_lines
from commonhold.units import Day, Money, format_day, format_money


@dataclass(frozen=True, slots=True)
class MeterUse:
    """Two readings of a meter. days [day], values [0.001 unit], photo: hash of the last picture or "" """

    meter: str
    from_day: int
    from_value: int
    to_day: int
    to_value: int
    used: int
    photo: str
    confirmed_by: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "meter": self.meter,
            "from_day": self.from_day,
            "from_value": self.from_value,
            "to_day": self.to_day,
            "to_value": self.to_value,
            "used": self.used,
            "photo": self.photo,
            "confirmed_by": self.confirmed_by,
        }


@dataclass(frozen=True, slots=True)
class Share:
    """A unit's part of a shared invoice. weight of whole; amount [cmt]"""

    weight: int
    whole: int
    amount: int


def lines_of(formula: Formula, meters: Sequence[MeterUse], shares: Sequence[Share]) -> list[dict[str, Any]]:
    """Tiers for the whole use of the unit, then what is fixed, then its parts of the shared invoices."""
    used = sum(meter.used for meter in meters)
    found: list[dict[str, Any]] = [
        {"kind": "tier", "quantity": line.quantity, "price": line.price, "amount": line.amount}
        for line in tier_lines(formula.tiers, formula.method, used)
    ]
    found += [{"kind": "fixed", "name": one.name, "amount": one.amount} for one in formula.fixed]
    found += [
        {
            "kind": "shared",
            "name": one.name,
            "invoice": one.invoice,
            "by": one.by,
            "weight": share.weight,
            "whole": share.whole,
            "amount": share.amount,
        }
        for one, share in zip(formula.shared, shares, strict=True)
    ]
    return found


def amount_of(lines: Sequence[Mapping[str, Any]]) -> int:
    """What the bill comes to. [cmt]"""
    return sum(int(line["amount"]) for line in lines)


def hash_lines(
    formula_hash: bytes, meters: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, Any]]
) -> bytes:
    """What the leaf of a bill carries."""
    return hash_of({"formula": "0x" + formula_hash.hex(), "meters": list(meters), "lines": list(lines)})


def told(formula: Formula, line: Mapping[str, Any]) -> str:
    """A line in words: "10 m³ at 2.85"."""
    if line["kind"] == "tier":
        return f"{quantity_text(line['quantity'])} {formula.use} at {format_money(Money(line['price']))}"
    if line["kind"] == "fixed":
        return str(line["name"])
    part = _part(line["by"], line["weight"], line["whole"], formula.use)
    return f"{line['name']}: {part} of {format_money(Money(line['invoice']))}"


def _part(by: str, weight: int, whole: int, use: str) -> str:
    if by == "area":
        return f"{weight / 100:,.2f} of {whole / 100:,.2f} m²"
    return (
        f"one of {whole} units"
        if by == "equal"
        else f"{quantity_text(weight)} of {quantity_text(whole)} {use}"
    )


def told_meter(formula: Formula, meter: MeterUse) -> str:
    """Both readings in words."""
    return (
        f"Meter {meter.meter}: {quantity_text(meter.from_value)} on {format_day(Day(meter.from_day))}, "
        f"{quantity_text(meter.to_value)} on {format_day(Day(meter.to_day))}: "
        f"{quantity_text(meter.used)} {formula.use} used"
        + (f" (confirmed by {meter.confirmed_by})" if meter.confirmed_by else "")
    )


def meter_from(found: Mapping[str, Any]) -> MeterUse:
    """The readings of a run file or receipt."""
    return MeterUse(**{name: found[name] for name in MeterUse.__dataclass_fields__})
