"""Small rolls for tests: headings, one good line, and a file of it in any form."""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from commonhold.ops.intake import Mapping, RollReport, read_roll
from commonhold.ops.intake.problems import Problem
from commonhold.units import Day, Money, day_of

CUTOVER = day_of(date(2025, 12, 31))

HEADINGS = (
    "Building",
    "Unit",
    "Area",
    "Landlord",
    "Tenant",
    "Start",
    "End",
    "Rent",
    "Deposit",
    "Arrears",
    "Prepaid",
)
GOOD = {
    "Building": "A",
    "Unit": "0101",
    "Area": "60.5",
    "Landlord": "Lin Wei",
    "Tenant": "Anna Bennett",
    "Start": "2025-03-01",
    "End": "2026-12-31",
    "Rent": "5000",
    "Deposit": "10000",
    "Arrears": "",
    "Prepaid": "",
}

Row = Dict[str, Any]


def cmt(amount: float) -> Money:
    """Units of account as base units."""
    return Money(round(amount * 1_000_000))


def day(text: str) -> Day:
    return day_of(date.fromisoformat(text))


def row(**values: Any) -> dict[str, Any]:
    """The good line with some cells changed; names are the headings in lower case, spaces as _."""
    return {**GOOD, **{key.replace("_", " ").capitalize(): value for key, value in values.items()}}


def headings_of(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys([*HEADINGS, *(key for one in rows for key in one)]))


def csv_of(rows: Sequence[Row], delimiter: str = ",", end: str = "\n") -> str:
    headings = headings_of(rows)
    lines = [headings, *([str(one.get(name, "")) for name in headings] for one in rows)]
    return end.join(delimiter.join(_cell(cell, delimiter) for cell in line) for line in lines) + end


def _cell(text: str, delimiter: str) -> str:
    if any(sign in text for sign in (delimiter, '"', "\n", "\r")):
        return '"' + text.replace('"', '""') + '"'
    return text


def xlsx_of(rows: Sequence[Row]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Roll"
    headings = headings_of(rows)
    sheet.append(headings)
    for one in rows:
        sheet.append([one.get(name) for name in headings])
    return bytes_of(book)


def bytes_of(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(folder: Path, content: str | bytes | Sequence[Row], mapping: Mapping | None = None) -> RollReport:
    """Write a roll and read it."""
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes):
        content = csv_of(content).encode()
    path = folder / ("roll.xlsx" if content.startswith(b"PK") else "roll.csv")
    path.write_bytes(content)
    return read_roll(path, mapping, cutover=CUTOVER)


def only_problem(report: RollReport) -> Problem:
    assert len(report.problems) == 1, [str(problem) for problem in report.problems]
    return report.problems[0]
