"""Bank statements as CSV, in the columns that a mapping file names or that are called as usual."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from commonhold.ops.bank.entries import Entry, Side, Statement, account_name, own_reference
from commonhold.ops.bank.mapping import FIELDS, BankMapping
from commonhold.ops.intake.dates import read_day
from commonhold.ops.intake.decode import Source, decode
from commonhold.ops.intake.problems import FileProblem, Note, Problem, ValueProblem, shorten
from commonhold.ops.intake.table import DELIMITERS, HEADING_SEARCH, TableRow, is_empty, records, text_of
from commonhold.ops.intake.values import CURRENCIES, read_amount, refuse_bad
from commonhold.text import clean, fold

Columns = Mapping[str, tuple[int, ...]]  # field -> places of its columns
_MONEY: Final = ("amount", "credit", "debit")


def read_table(source: Source, mapping: BankMapping) -> tuple[list[Statement], list[Problem], list[Note]]:
    """The statements of a CSV file: one for each account that it names. Raises FileProblem."""
    text, _ = decode(source.data, mapping.encoding)
    rows, headings, columns = _headings(text, mapping, source.path)
    reader = _Rows(mapping, columns, headings)
    found = [entry for row in rows if not is_empty(row) for entry in reader.read(row)]
    statements = []
    for key in dict.fromkeys((account, currency) for account, currency, _, _ in found):
        mine = [(entry, balance) for account, currency, entry, balance in found if (account, currency) == key]
        statements.append(_statement(*key, mine, reader.notes))
    return statements, reader.problems, reader.notes


# ---- headings


def _headings(text: str, mapping: BankMapping, path: Path) -> tuple[Iterator[TableRow], list[str], Columns]:
    """The rows below the headings, the headings, and where each field stands."""
    failure: FileProblem | None = None
    for delimiter in (mapping.delimiter,) if mapping.delimiter else DELIMITERS:
        rows = records(text, delimiter, 1)
        try:
            top = list(itertools.islice(rows, HEADING_SEARCH + mapping.header_row))
        except FileProblem as error:
            failure = failure or error
            continue
        for place, row in enumerate(top):
            if mapping.header_row and row.line != mapping.header_row:
                continue
            columns = _columns(row, mapping)
            if "day" in columns and any(name in columns for name in _MONEY):
                headings = [clean(text_of(cell)) for cell in row.cells]
                return itertools.chain(top[place + 1 :], rows), headings, columns
    if failure is not None:
        raise failure
    what = f"there are no headings for the day and the amount among the first {HEADING_SEARCH} rows"
    advice = 'Name them in the mapping file: [columns] day = "…" and amount = "…", or credit and debit.'
    raise FileProblem(Problem(mapping.header_row, "", path.name, what, advice))


def _columns(row: TableRow, mapping: BankMapping) -> Columns:
    """Where each field stands. Only `text` may have several columns. Raises FileProblem for a doubt."""
    declared = {fold(one): name for name, headings in mapping.columns.items() for one in headings}
    usual = {
        fold(one): name
        for name, headings in FIELDS.items()
        if name not in mapping.columns
        for one in headings
    }
    left_out = set(map(fold, mapping.ignore))
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(row.cells):
        heading = fold(text_of(cell))
        name = declared.get(heading) or usual.get(heading)
        if heading and heading not in left_out and name is not None:
            found.setdefault(name, []).append(place)
    for name, places in found.items():
        if len(places) > 1 and name != "text":
            heading = clean(text_of(row.cells[places[1]]))
            advice = f'Say which one is meant: [columns] {name} = "…", and [columns] ignore = ["…"].'
            raise FileProblem(Problem(row.line, heading, heading, f"two columns both mean {name}", advice))
    return {name: tuple(places) for name, places in found.items()}


# ---- rows


class _Rows:
    """Reads the rows of one file; problems and notes are gathered here."""

    def __init__(self, mapping: BankMapping, columns: Columns, headings: Sequence[str]) -> None:
        self.mapping, self.columns, self.headings = mapping, columns, headings
        self.problems: list[Problem] = []
        self.notes: list[Note] = []
        self._failed = False

    def read(self, row: TableRow) -> list[tuple[str, str, Entry, int | None]]:
        """(account, currency, entry, balance [cmt]) of a row; nothing for one with a problem."""
        self._failed = False
        if len(row.cells) > len(self.headings):
            extra = row.cells[len(self.headings) :]
            if any(clean(text_of(cell)) for cell in extra):
                self._problem(
                    row,
                    "",
                    text_of(extra[0]),
                    "the row has more cells than there are headings",
                    "A text with the delimiter in it must stand in quotation marks.",
                )
                return []
        if not self._cell(row, "day") and not any(self._cell(row, name) for name in _MONEY):
            self.notes.append(Note(row.line, "a row without a day and an amount is left out"))
            return []
        status = self._cell(row, "status")
        if status and fold(status) not in self.mapping.booked:
            self.notes.append(Note(row.line, f"an entry that is not booked ({shorten(status)}) is left out"))
            return []
        currency = (self._cell(row, "currency") or self.mapping.currency).upper()
        day, value_day = self._day(row, "day"), self._day(row, "value_day", needed=False)
        side, amount = self._amount(row, currency)
        balance = self._money(row, "balance", currency)
        texts = {name: self._text(row, name) for name in ("reference", "counterparty", "account")}
        told = tuple(
            dict.fromkeys(
                filter(
                    None,
                    (self._text(row, "text", place) for place in range(len(self.columns.get("text", ())))),
                )
            )
        )
        if self._failed or day is None or side is None:
            return []
        if amount == 0:
            self.notes.append(Note(row.line, "an entry over nothing is left out"))
            return []
        entry = Entry(
            side=side,
            amount=amount,
            day=day,
            value_day=value_day,
            reference=own_reference(texts["reference"]),
            counterparty=texts["counterparty"],
            told=told,
            reversal=fold(self._cell(row, "reversal")) in self.mapping.reversals,
            line=row.line,
        )
        return [(account_name(texts["account"] or self.mapping.account), currency, entry, balance)]

    def _cell(self, row: TableRow, name: str, number: int = 0) -> str:
        places = self.columns.get(name, ())
        if number >= len(places) or places[number] >= len(row.cells):
            return ""
        return clean(text_of(row.cells[places[number]]))

    def _problem(self, row: TableRow, name: str, value: str, what: str, advice: str) -> None:
        self._failed = True
        place = self.columns.get(name, ())
        heading = self.headings[place[0]] if place else name
        self.problems.append(Problem(row.line, heading, shorten(value), what, advice))

    def _text(self, row: TableRow, name: str, number: int = 0) -> str:
        """A text as the bank wrote it; one that a spreadsheet would run is text here and nothing more."""
        return self._cell(row, name, number)

    def _day(self, row: TableRow, name: str, *, needed: bool = True) -> int | None:
        cell = self._cell(row, name)
        if not cell:
            if needed:
                self._problem(row, name, "", "the day is missing", "Export the statement again.")
            return None
        try:
            refuse_bad(cell)
            return int(read_day(cell, order=self.mapping.dates))
        except ValueProblem as error:
            self._problem(row, name, cell, error.what, error.advice)
            return None

    def _money(self, row: TableRow, name: str, currency: str) -> int | None:
        """An amount of either sign [cmt]; None for an empty cell or a bad one."""
        cell = self._cell(row, name)
        if not cell:
            return None
        mapping = self.mapping
        try:
            refuse_bad(cell)
            amount, family = read_amount(cell, decimal=mapping.decimal, decimals=mapping.decimals)
            if family and currency and CURRENCIES.get(currency.lower(), family) != family:
                raise ValueProblem(f"the amount is not in {currency}", "Import each account by itself.")
        except ValueProblem as error:
            self._problem(row, name, cell, error.what, error.advice)
            return None
        return int(amount)

    def _amount(self, row: TableRow, currency: str) -> tuple[Side | None, int]:
        """Side and amount above zero [cmt] from one column with a sign or a side, or from two columns."""
        if "amount" in self.columns:
            signed = self._money(row, "amount", currency)
            if signed is None:
                if not self._failed:
                    self._problem(row, "amount", "", "the amount is missing", "Export the statement again.")
                return None, 0
            return self._side(row, signed), abs(signed)
        credit, debit = self._money(row, "credit", currency) or 0, self._money(row, "debit", currency) or 0
        if self._failed:
            return None, 0
        if bool(credit) == bool(debit):
            name = "credit" if "credit" in self.columns else "debit"
            if not credit and not debit:
                return "credit", 0
            self._problem(
                row,
                name,
                self._cell(row, name),
                "credit and debit are both filled in",
                "Look at the bank's own list which of them it is.",
            )
            return None, 0
        if credit < 0 or (debit < 0 and "credit" in self.columns):
            self._problem(
                row,
                "credit" if credit < 0 else "debit",
                "",
                "the amount is below zero in a column of its own",
                'If the bank writes reversals so, declare one column with a sign: [columns] amount = "…".',
            )
            return None, 0
        return ("credit", credit) if credit else ("debit", abs(debit))

    def _side(self, row: TableRow, signed: int) -> Side | None:
        word = self._cell(row, "side")
        if "side" not in self.columns:
            return "credit" if signed >= 0 else "debit"
        found: Side | None = None
        if fold(word) in self.mapping.credits:
            found = "credit"
        elif fold(word) in self.mapping.debits:
            found = "debit"
        if found is None:
            self._problem(
                row,
                "side",
                word,
                "it is not said whether this is a credit or a debit",
                'Declare the words in the mapping file: [meaning] credit = ["…"], debit = ["…"].',
            )
        elif found == "credit" and signed < 0:
            self._problem(
                row,
                "amount",
                self._cell(row, "amount"),
                "a credit is below zero",
                "Look at the bank's own list whether it is a debit.",
            )
            return None
        return found


# ---- balances


def _statement(
    account: str, currency: str, found: Sequence[tuple[Entry, int | None]], notes: list[Note]
) -> Statement:
    """With the balances before the first and after the last entry, if the column of balances adds up."""
    entries = tuple(entry for entry, _ in found)
    first, last = min(entry.day for entry in entries), max(entry.day for entry in entries)
    opening = closing = None
    if all(balance is not None for _, balance in found):
        pairs = [(entry, balance) for entry, balance in found if balance is not None]
        for order in (pairs, pairs[::-1]):
            if all(order[i][1] - order[i - 1][1] == order[i][0].signed for i in range(1, len(order))):
                opening, closing = order[0][1] - order[0][0].signed, order[-1][1]
                break
        else:
            notes.append(Note(entries[0].line, "the column of balances does not add up and is not used"))
    return Statement(
        account=account,
        currency=currency,
        opening=opening,
        closing=closing,
        first_day=first,
        last_day=last,
        entries=entries,
    )
