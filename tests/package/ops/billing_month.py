"""Readings of a small month, read and drafted without a chain."""

from pathlib import Path

from eth_account import Account
from eth_utils.crypto import keccak

from commonhold.ops.billing.draft import Draft, Roll, make_draft
from commonhold.ops.billing.formula import Formula, parse_quantity
from commonhold.ops.billing.readings import Entry, Intake, Readings, domain_of, read_file, typed_reading
from commonhold.rules.calendar import day_number
from commonhold.units import parse_month
from tools.environment import ROOT

SAMPLES = ROOT / "commonhold" / "samples"
CONTRACT = "0x" + "11" * 20
DOMAIN = domain_of(31337, CONTRACT)
KEY = Account.from_key(keccak(text="reader"))
JANUARY = int(parse_month("2026-01"))
LATE = day_number(2026, 2, 20)
AREAS = {1: 8_900, 2: 5_515, 3: 12_005}


def signed(meter: str, unit: int, day: int, value: int) -> str:
    entry = Entry(meter, unit, day, value)
    return "0x" + bytes(KEY.sign_message(typed_reading(DOMAIN, entry)).signature).hex()


def row(meter: str, unit: int, day: str, reading: str, **other: str) -> dict[str, str]:
    return {"unit": str(unit), "meter": meter, "day": day, "reading": reading, **other}


def take(folder: Path, rows: list[dict[str, str]], *, keep: bool = True, sign: bool = True) -> Intake:
    """A CSV of these rows, read into the folder."""
    names = ["unit", "meter", "day", "reading", "signature", "confirmed_by", "note", "disputed", "photo"]
    lines = [",".join(names)]
    for one in rows:
        found = dict(one)
        if sign and "signature" not in found:
            year, month, day = map(int, found["day"].split("-"))
            value = parse_quantity(found["reading"])
            found["signature"] = signed(
                found["meter"], int(found["unit"]), day_number(year, month, day), value
            )
        lines.append(",".join(found.get(name, "") for name in names))
    path = folder / "readings.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    known = Readings(folder)
    intake = read_file(path, known, unit_of, DOMAIN, lambda wallet: wallet == KEY.address)
    if keep and not intake.problems:
        known.keep(intake.new)
    return intake


def unit_of(building: str, label: str) -> int | None:
    return int(label) if label in ("1", "2", "3") and not building else None


def drafted(folder: Path, formula: Formula, *, period: int = JANUARY, today: int = LATE) -> Draft:
    return make_draft(
        formula, period, Readings(folder), Roll(lambda unit: 100 + unit, AREAS.__getitem__), today
    )


MONTH = [
    row("W1", 1, "2025-12-31", "100"), row("W1", 1, "2026-01-31", "112.345"),
    row("W2", 2, "2025-12-31", "20"), row("W2", 2, "2026-01-15", "25"), row("W2", 2, "2026-01-31", "36.5"),
    row("W3", 3, "2026-01-02", "0"), row("W3", 3, "2026-01-30", "3"),
]  # fmt: skip
