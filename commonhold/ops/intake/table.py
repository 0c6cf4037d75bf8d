"""A file as rows of cells with their line numbers, and the heading row found.

CSV here, XLSX in `workbook`. A row is handed on as it is read; whatever makes the rest of the file unreadable
(an open quote, cells shifted by an unquoted comma in the headings) ends it with a FileProblem.
"""

import csv
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Final

from commonhold.ops.intake.decode import Source, decode
from commonhold.ops.intake.headings import Column, Headings, match
from commonhold.ops.intake.mapping import Mapping as RollMapping
from commonhold.ops.intake.problems import FileProblem, Note, Problem, shorten
from commonhold.text import clean

HEADING_SEARCH: Final = 40  # rows from the top among which the headings are looked for
DELIMITERS: Final = (",", ";", "\t")
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell whose value must not be used, and why."""

    shown: str
    what: str
    advice: str


Cell = str | Decimal | date | BadCell | None


@dataclass(frozen=True, slots=True)
class TableRow:
    """line: of the file (or row of the sheet) on which the row begins, from 1."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class Table:
    """A table below its headings. rows can be walked once."""

    columns: Mapping[str, Column]
    heading_line: int
    rows: Iterator[TableRow]
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    notes: list[Note] = field(default_factory=list)
    width: int = 0  # cells in the heading row


def is_empty(row: TableRow) -> bool:
    return all(cell is None or (isinstance(cell, str) and not clean(cell)) for cell in row.cells)


def text_of(cell: Cell) -> str:
    """A cell as text, for headings and messages."""
    if cell is None:
        return ""
    if isinstance(cell, BadCell):
        return cell.shown
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else cell


def find_headings(rows: Iterable[TableRow], mapping: RollMapping) -> tuple[TableRow, Headings] | None:
    """The declared heading row, or the first complete one near the top; None if there is none."""
    for row in rows:
        if mapping.header_row and row.line != mapping.header_row:
            continue
        headings = match([text_of(cell) for cell in row.cells], mapping.columns, mapping.ignore)
        if headings.complete or mapping.header_row:
            return row, headings
    return None


def need_headings(
    rows: Sequence[TableRow], mapping: RollMapping, sheet: str = ""
) -> tuple[TableRow, Headings]:
    """The same, or a FileProblem that says what is missing, twice there or unclear."""
    found = find_headings(rows, mapping)
    if found is None:
        raise FileProblem(_missing(rows, mapping, sheet))
    row, headings = found
    if headings.missing:
        raise FileProblem(_missing([row], mapping, sheet))
    if headings.doubts:
        column, what = headings.doubts[0]
        raise FileProblem(
            Problem(
                row.line,
                column.heading,
                column.heading,
                what,
                f'Say in the mapping file which heading is meant: [columns] field = "{column.heading}".',
                sheet,
            )
        )
    return row, headings


def _missing(rows: Sequence[TableRow], mapping: RollMapping, sheet: str) -> Problem:
    best, fewest, line = "", 99, 0
    for row in rows:
        headings = match([text_of(cell) for cell in row.cells], mapping.columns, mapping.ignore)
        if headings.columns and len(headings.missing) < fewest:
            best, fewest, line = ", ".join(headings.missing), len(headings.missing), row.line
    if line:
        what = f"these headings look right, but there is none for {best}"
        name = best.split(", ")[0]
        advice = f'Name it in the mapping file: [columns] {name} = "the heading as it stands in the file".'
    else:
        what = f"there is no heading row among the first {HEADING_SEARCH} rows"
        advice = (
            "Name the headings in the mapping file under [columns], their row as [file] header_row, and the "
            "encoding as [file] encoding if the text looks garbled."
        )
    return Problem(line, "", "", what, advice, sheet)


def unread_note(row: TableRow, headings: Headings) -> list[Note]:
    if not headings.unread:
        return []
    return [Note(row.line, f"columns that are not read: {', '.join(headings.unread)}")]


def read_csv(source: Source, mapping: RollMapping) -> Table:
    """The table in a text file."""
    text, encoding = decode(source.data, mapping.encoding)
    start = 1
    if text[:4].lower() == "sep=":  # a spreadsheet's own declaration on the first line
        first, _, text = text.partition("\n")
        start, declared = 2, mapping.delimiter or first[4:].rstrip("\r")
    else:
        declared = mapping.delimiter
    delimiter = declared or _sniff(text, start, mapping)
    if delimiter not in DELIMITERS:
        raise FileProblem(
            Problem(
                1, "", shorten(delimiter), "this delimiter is not read", "Use a comma, a semicolon or a tab."
            )
        )
    rows = records(text, delimiter, start)
    top = list(itertools.islice(rows, HEADING_SEARCH + mapping.header_row))
    row, headings = need_headings(top, mapping)
    return Table(
        columns=headings.columns,
        heading_line=row.line,
        rows=itertools.chain(top[top.index(row) + 1 :], rows),
        encoding=encoding,
        delimiter=delimiter,
        notes=unread_note(row, headings),
        width=len(row.cells),
    )


def _sniff(text: str, start: int, mapping: RollMapping) -> str:
    """The only delimiter under which the headings are found."""
    fitting, failure = [], None
    for delimiter in DELIMITERS:
        try:
            rows = list(
                itertools.islice(records(text, delimiter, start), HEADING_SEARCH + mapping.header_row)
            )
        except FileProblem as error:
            failure = failure or error
            continue
        found = find_headings(rows, mapping)
        if found is not None and found[1].complete:
            fitting.append(delimiter)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        named = " and ".join(_NAMES[one] for one in fitting)
        raise FileProblem(
            Problem(
                start,
                "",
                "",
                f"the headings can be read with {named} between the cells",
                'Declare it in the mapping file: [file] delimiter = ",", ";" or "tab".',
            )
        )
    if failure is not None:
        raise failure
    likely = max(DELIMITERS, key=lambda one: text[:20_000].count(one))
    rows = list(itertools.islice(records(text, likely, start), HEADING_SEARCH + mapping.header_row))
    if mapping.header_row:
        rows = [row for row in rows if row.line == mapping.header_row]
    raise FileProblem(_missing(rows, mapping, ""))


def records(text: str, delimiter: str, start: int) -> Iterator[TableRow]:
    """The records with the lines on which they begin; every kind of line end, mixed and within quotes."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = start
    try:
        for cells in reader:
            if cells:
                yield TableRow(line, tuple(cells))
            line = start + reader.line_num
    except csv.Error as error:
        open_quote = "unexpected end" in str(error) or "field larger" in str(error)
        what = (
            "a quotation mark is opened here and never closed"
            if open_quote
            else "a quotation mark is not followed by the end of the cell"
        )
        raise FileProblem(
            Problem(
                line,
                "",
                "",
                what,
                'Write a quotation mark inside a cell twice (""), close the cell with one, or export anew.',
            )
        ) from None
