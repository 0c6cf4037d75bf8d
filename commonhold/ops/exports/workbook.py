"""Tables as an XLSX workbook: numbers are numbers, days are dates, and nothing is a formula."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from commonhold.ops.exports.files import empty, spoken
from commonhold.ops.exports.table import AsOf, Column, Kind, Table, Value, decimal_of
from commonhold.ops.exports.words import heading, word
from commonhold.text import clean
from commonhold.units import Day, date_of

_FORMATS: Final = {
    Kind.MONEY: "#,##0.00####",
    Kind.DAY: "yyyy-mm-dd",
    Kind.TIME: "yyyy-mm-dd hh:mm:ss",
    Kind.AREA: "#,##0.00",
}
_WIDTHS: Final = {Kind.TEXT: 24, Kind.NUMBER: 10, Kind.MONEY: 16, Kind.DAY: 12, Kind.TIME: 20, Kind.AREA: 12}
_MOST: Final = 1_048_575  # rows of a sheet under its heading
_BOLD: Final = Font(bold=True)


def write_workbook(
    tables: Iterable[Table], path: Path, as_of: AsOf, language: str, checked: Callable[[], bool]
) -> None:
    """One sheet for each table, the last says as of which block. A table that is longer than a sheet goes on
    in the next."""
    book = Workbook(write_only=True)
    for table in tables:
        _sheets(book, table, language)
    _about(book, as_of, language, checked())
    book.save(path)


def _sheets(book: Any, table: Table, language: str) -> None:
    sheet = None
    for count, row in enumerate(table.rows):
        if sheet is None or count % _MOST == 0:
            sheet = _begin(book, table, language, count // _MOST)
        pairs = zip(table.columns, row, strict=True)
        sheet.append([_cell(sheet, column, value, language) for column, value in pairs])
    if sheet is None:
        _begin(book, table, language, 0)


def _begin(book: Any, table: Table, language: str, number: int) -> Any:
    title = word(language, table.name)
    sheet = book.create_sheet(f"{title} {number + 1}" if number else title)
    sheet.freeze_panes = "A2"
    for at, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS[column.kind]
    sheet.append([_text(sheet, heading(language, column.name), bold=True) for column in table.columns])
    return sheet


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """Text is text: a cell that begins with an equals sign too."""
    made = WriteOnlyCell(sheet, value=clean(text))
    made.data_type = "s"
    if bold:
        made.font = _BOLD
    return made


def _cell(sheet: Any, column: Column, value: Value, language: str) -> Any:
    if value is None or empty(column, value):
        return None
    if isinstance(value, str):
        return _text(sheet, str(spoken(column, value, language)))
    made = WriteOnlyCell(sheet, value=_number(column.kind, value))
    if column.kind in _FORMATS:
        made.number_format = _FORMATS[column.kind]
    return made


def _number(kind: Kind, value: int) -> Any:
    if kind == Kind.MONEY:
        return decimal_of(value)
    if kind == Kind.DAY:
        return date_of(Day(value))
    if kind == Kind.TIME:
        return datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
    return value / 100 if kind == Kind.AREA else value


def _about(book: Any, as_of: AsOf, language: str, checked: bool) -> None:
    sheet = book.create_sheet(word(language, "about_export"))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 36, 70
    rows: Sequence[tuple[str, Any]] = (
        ("as_of_day", date_of(Day(as_of.day))),
        ("as_of_block", as_of.block.number),
        ("as_of_hash", as_of.block.hash),
        ("confirmations", as_of.confirmations),
        ("checked", "✓" if checked else "–"),
    )
    for key, value in rows:
        sheet.append([_text(sheet, word(language, key), bold=True), value])
