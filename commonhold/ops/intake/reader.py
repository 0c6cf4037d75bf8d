"""One row's cells by field: each value is read by the declared rules, each failure becomes a problem of its
place, and the row goes on, so that a manager sees everything at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from eth_utils.address import (
    is_checksum_address,
    is_checksum_formatted_address,
    is_hex_address,
    to_checksum_address,
)
from openpyxl.utils import get_column_letter

from commonhold.ops.intake import values
from commonhold.ops.intake.dates import Edge, read_day
from commonhold.ops.intake.headings import Column, parts_of
from commonhold.ops.intake.mapping import Mapping as RollMapping
from commonhold.ops.intake.problems import Problem, ValueProblem, shorten
from commonhold.ops.intake.table import Cell, TableRow, text_of
from commonhold.text import clean, fold
from commonhold.units import Area, Bps, Day, Money, Ppm

T = TypeVar("T")


@dataclass(slots=True)
class Context:
    """What all rows of one file share. currency: the family of the first sign met, and where."""

    mapping: RollMapping
    columns: Mapping[str, Column]
    workbook: bool
    sheet: str = ""
    yen_backslash: bool = False
    currency: tuple[str, int] = ("", 0)
    problems: list[Problem] = field(default_factory=list)


class RowReader:
    """Reads the fields of one row. A method answers None for an empty cell, and for one with a problem."""

    def __init__(self, context: Context, row: TableRow) -> None:
        self.context = context
        self.row = row
        self.line = row.line
        self.failed = False

    # ---- the cell

    def own_cell(self, name: str) -> Cell:
        """What the file says, without the mapping's default."""
        column = self.context.columns.get(name)
        if column is None or column.index >= len(self.row.cells):
            return None
        cell = self.row.cells[column.index]
        if isinstance(cell, str) and self.context.mapping.means_empty(cell):
            return None
        return cell

    def cell(self, name: str) -> Cell:
        cell = self.own_cell(name)
        if cell is None:
            return self.context.mapping.defaults.get(name)
        return cell

    def heading(self, name: str) -> str:
        column = self.context.columns.get(name)
        return column.heading if column is not None else name

    def problem(self, name: str, what: str, advice: str, value: object = None) -> None:
        """Note a problem of this row in the column of a field."""
        self.failed = True
        column = self.context.columns.get(name)
        place = ""
        if column is not None and self.context.workbook:
            place = f"{get_column_letter(column.index + 1)}{self.line}"
        shown = text_of(self.cell(name)) if value is None else value
        self.context.problems.append(
            Problem(
                self.line, self.heading(name), shorten(shown), what, advice, self.context.sheet, cell=place
            )
        )

    def _read(self, name: str, reader: Callable[[Cell], T], *, own: bool = False) -> T | None:
        cell = self.own_cell(name) if own else self.cell(name)
        if cell is None:
            return None
        try:
            values.refuse_bad(cell)
            return reader(cell)
        except ValueProblem as error:
            self.problem(name, error.what, error.advice, text_of(cell))
            return None

    # ---- its value

    def text(self, name: str) -> str:
        return self._read(name, values.read_name) or ""

    def own_text(self, name: str) -> str:
        return self._read(name, values.read_name, own=True) or ""

    def amount(self, name: str) -> Money | None:
        """An amount of either sign. [cmt]"""
        mapping = self.context.mapping

        def read(cell: Cell) -> Money:
            amount, family = values.read_amount(
                cell,
                decimal=mapping.decimal,
                decimals=mapping.decimals,
                yen_backslash=self.context.yen_backslash,
            )
            self._same_currency(family)
            return amount

        return self._read(name, read)

    def _same_currency(self, family: str) -> None:
        first, line = self.context.currency
        if not first:
            self.context.currency = (family, self.line)
        elif family and family != first:
            raise ValueProblem(
                f"the amount is in {family}, but line {line} is in {first}",
                "A community has one unit of account: convert it, and keep other currencies out of the roll.",
            )

    def positive(self, name: str) -> Money | None:
        """An amount that must not be negative. [cmt]"""
        amount = self.amount(name)
        if amount is not None and amount < 0:
            self.problem(name, "the amount is negative", _NEGATIVE.get(name, "Write it without a minus."))
            return None
        return amount

    def day(self, name: str, edge: Edge = "") -> Day | None:
        mapping = self.context.mapping
        serials = self.context.workbook or mapping.serial_dates

        def read(cell: Cell) -> Day:
            return read_day(cell, order=mapping.dates, serials=serials, edge=edge)

        return self._read(name, read)

    def rate(self, name: str) -> Bps | None:
        return self._read(name, values.read_rate)

    def count(self, name: str, least: int, most: int) -> int | None:
        return self._read(name, lambda cell: values.read_count(cell, least, most))

    def area(self, name: str) -> Area | None:
        return self._read(name, lambda cell: values.read_area(cell, decimal=self.context.mapping.decimal))

    def share(self, name: str) -> Ppm | None:
        return self._read(name, values.read_share)

    def choice(self, name: str, words: Mapping[str, T]) -> T | None:
        """One of the words, alone or beside its translation."""

        def read(cell: Cell) -> T:
            for part in parts_of(text_of(cell)):
                if part in words:
                    return words[part]
            known = ", ".join(list(words)[:6])
            raise ValueProblem("this word is not known here", f"Write one of {known}.")

        return self._read(name, read)

    def names(self, name: str) -> tuple[str, ...]:
        """Several names in one cell, between the declared separators."""

        def read(cell: Cell) -> tuple[str, ...]:
            text = text_of(cell)
            # a line break within a cell, however the file ends its lines
            text = re.sub(r"\r\n?", "\n", text)
            for separator in self.context.mapping.separators:
                text = text.replace(separator, "\n")
            return tuple(filter(None, (clean(part) for part in text.split("\n"))))

        return self._read(name, read) or ()

    def wallets(self, name: str) -> tuple[str, ...]:
        """Wallet addresses with their checksum."""
        found = []
        for text in self.names(name):
            if not is_hex_address(text) or not text.startswith("0x"):
                self.problem(name, "this is not a wallet address", "Copy all 42 characters, 0x first.", text)
            elif is_checksum_formatted_address(text) and not is_checksum_address(text):
                self.problem(
                    name, "the address has a typing error (its checksum is wrong)", "Copy it again.", text
                )
            else:
                found.append(str(to_checksum_address(text)))
        return tuple(found)

    def says(self, name: str, words: Sequence[str]) -> bool:
        """Whether the cell, or a part of it, is one of the words."""
        known = {fold(word) for word in words}
        return any(part in known for part in parts_of(text_of(self.own_cell(name))))

    def any_text(self) -> list[str]:
        """The row's texts, for the words that mark total rows."""
        return [clean(cell) for cell in self.row.cells if isinstance(cell, str) and clean(cell)]

    def each(self, name: str, reader: Callable[[str], Any]) -> list[Any]:
        """The parts of a cell between semicolons or line breaks, each read; [] if one has a problem."""

        def read(cell: Cell) -> list[Any]:
            parts = [clean(part) for part in re.split(r"[;；\r\n]+", text_of(cell))]
            return [reader(part) for part in parts if part]

        return self._read(name, read) or []


_ONE_COLUMN = (
    "if the roll has one balance column, "
    'name it in the mapping: [columns] balance = "…", and [lease] balance = "arrears" or "prepaid".'
)
_NEGATIVE = {
    "arrears": f"If the tenant is ahead, put the amount in the prepaid column; {_ONE_COLUMN}",
    "prepaid": f"If the tenant is behind, put the amount in the arrears column; {_ONE_COLUMN}",
    "rent": "A rent is 0.01 to 9,999,999 a month; write a reduction as a lower rent.",
}
