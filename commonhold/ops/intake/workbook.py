"""An XLSX workbook as rows of cells: values as they are stored, nothing computed.

A formula is not a value: what the file holds beside it may be old or missing. A cell with one is refused,
unless the mapping file declares `formulas = "cached"`. Hidden sheets are not read, and named.
"""

import itertools
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from commonhold.ops.intake.decode import Source
from commonhold.ops.intake.mapping import Mapping as RollMapping
from commonhold.ops.intake.problems import FileProblem, Note, Problem
from commonhold.ops.intake.table import (
    HEADING_SEARCH,
    BadCell,
    Cell,
    Table,
    TableRow,
    find_headings,
    need_headings,
    unread_note,
)

UNPACKED_LIMIT: Final = 1024 * 1024 * 1024  # of a workbook [bytes]
DAMAGED = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError)


def read_xlsx(source: Source, mapping: RollMapping) -> Table:
    """The table on the sheet that the mapping names, or on the only visible one with headings."""
    book, values = open_book(source, cached=mapping.formulas == "cached")
    sheet, notes = _sheet(book, mapping)
    rows = _rows(book, values, sheet)
    top = list(itertools.islice(rows, HEADING_SEARCH + mapping.header_row))
    row, headings = need_headings(top, mapping, sheet)
    return Table(
        columns=headings.columns,
        heading_line=row.line,
        rows=itertools.chain(top[top.index(row) + 1 :], rows),
        sheet=sheet,
        notes=[*notes, *unread_note(row, headings)],
        width=len(row.cells),
    )


def open_book(source: Source, *, cached: bool = False) -> tuple[Workbook, Workbook | None]:
    """The workbook with its formulas and, if they may be used (`cached`), with their stored results. Raises
    FileProblem."""
    try:
        with zipfile.ZipFile(BytesIO(source.data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > UNPACKED_LIMIT:
            raise FileProblem(
                Problem(
                    0,
                    "",
                    f"{unpacked / 2**20:.0f} MB",
                    "the workbook unpacks to more than 1 GB",
                    "Save the values alone, without pictures and formats.",
                )
            )
        book = load_workbook(BytesIO(source.data), read_only=True)
        values = None
        if cached:
            values = load_workbook(BytesIO(source.data), read_only=True, data_only=True)
    except DAMAGED as error:
        raise FileProblem(
            Problem(
                0,
                "",
                source.path.name,
                f"the workbook cannot be opened ({type(error).__name__})",
                "Open it in the spreadsheet program and save it as .xlsx again, or as CSV UTF-8.",
            )
        ) from None
    return book, values


def _sheet(book: Workbook, mapping: RollMapping) -> tuple[str, list[Note]]:
    states = {sheet.title: sheet.sheet_state for sheet in book.worksheets}
    hidden = [title for title, state in states.items() if state != "visible"]
    notes = [Note(0, f"the sheet {title!r} is hidden and was not read") for title in hidden]
    named = ", ".join(repr(title) for title in states)
    if mapping.sheet:
        if mapping.sheet not in states:
            raise FileProblem(
                Problem(
                    0,
                    "",
                    mapping.sheet,
                    "there is no sheet of that name",
                    f"Write [file] sheet = one of {named}.",
                )
            )
        if mapping.sheet in hidden:
            raise FileProblem(
                Problem(
                    0,
                    "",
                    mapping.sheet,
                    "the sheet is hidden",
                    "Show it in the spreadsheet program, check it, and save the file again.",
                    mapping.sheet,
                )
            )
        return mapping.sheet, notes
    visible = [title for title in states if title not in hidden]
    fitting = [title for title in visible if _has_headings(book, title, mapping)]
    if len(fitting) > 1:
        raise FileProblem(
            Problem(
                0,
                "",
                "",
                f"{len(fitting)} sheets look like a rent roll: {', '.join(fitting)}",
                f'Say which one: [file] sheet = "{fitting[0]}". Import each by itself.',
            )
        )
    if fitting:
        return fitting[0], notes
    if len(visible) == 1:
        return visible[0], notes
    raise FileProblem(
        Problem(
            0,
            "",
            "",
            f"none of the visible sheets has the headings of a rent roll ({named})",
            'Say which one it is, [file] sheet = "…", and name its headings under [columns].'
            + (" Hidden sheets are not read." if hidden else ""),
        )
    )


def _has_headings(book: Workbook, title: str, mapping: RollMapping) -> bool:
    rows = itertools.islice(_rows(book, None, title), HEADING_SEARCH + mapping.header_row)
    found = find_headings(rows, mapping)
    return found is not None and found[1].complete


def _rows(book: Workbook, values: Workbook | None, title: str) -> Iterator[TableRow]:
    """The rows of a sheet, each with its own number; rows without any cell are left out."""
    sheet: Any = book[title]
    sheet.reset_dimensions()  # some programs write a wrong size
    cached: Iterator[Any] = itertools.repeat(())
    if values is not None:
        twin: Any = values[title]
        twin.reset_dimensions()
        cached = twin.iter_rows()
    try:
        for number, (cells, results) in enumerate(zip(sheet.iter_rows(), cached, strict=False), start=1):
            if any(cell.value is not None for cell in cells):
                yield TableRow(
                    number,
                    tuple(
                        _cell(cell, results[index] if index < len(results) else None)
                        for index, cell in enumerate(cells)
                    ),
                )
    except DAMAGED as error:
        raise FileProblem(
            Problem(
                0,
                "",
                "",
                f"the sheet is damaged ({type(error).__name__})",
                "Open the workbook in the spreadsheet program and save it again.",
                title,
            )
        ) from None


def _cell(cell: Any, cached: Any) -> Cell:
    """A stored value as text, number or date."""
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        formula = str(getattr(value, "text", None) or value)
        if cached is None:
            return BadCell(
                formula,
                "the cell holds a formula, not a value",
                "Copy the column and paste it as values; or declare [file] formulas = "
                '"cached" to take the results that the file holds.',
            )
        if cached.value is None:
            return BadCell(
                formula,
                "the file holds no result of this formula",
                "Let the spreadsheet program compute and save it, or paste the column as values.",
            )
        return _cell(cached, None)
    if cell.data_type == "e":
        return BadCell(str(value), "the cell shows an error", "Put the right value in.")
    if isinstance(value, bool):
        return BadCell(str(value), "the cell holds true or false", "Put an amount, a date or a text in.")
    if isinstance(value, int | float):
        # a spreadsheet shows 15 significant digits; what lies beyond is noise of its arithmetic
        number = Decimal(format(value, ".15g"))
        return f"{(number * 100).normalize():f}%" if "%" in (cell.number_format or "") else number
    if isinstance(value, datetime):
        if value.time() != datetime.min.time():
            return BadCell(str(value), "the cell holds a time of day too", "Put the date alone in.")
        return value.date()
    if isinstance(value, date | str):
        return value
    return BadCell(str(value), "the cell holds a time or a duration", "Put an amount, a date or a text in.")
