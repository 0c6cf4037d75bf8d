"""What `commonhold statement` writes and shows: of one lease, or of a unit, a party, a month."""

from dataclasses import dataclass
from pathlib import Path

from commonhold.commands.books import books, has_books, names_of
from commonhold.commands.indexed import kept_logs
from commonhold.commands.session import Session
from commonhold.errors import InputError
from commonhold.ops import statements as sheets
from commonhold.ops.statements import Scope, Sheet
from commonhold.ops.statements import lease_files as statement_files
from commonhold.ops.statements.lease import statement as make_statement
from commonhold.ops.statements.lines import describe
from commonhold.ops.statements.page import title_of_section
from commonhold.present import day, money, out, print_json, say, table
from commonhold.units import parse_month
from commonhold.words import LANGUAGES

_COLUMNS = ["date", "what", "charged", "paid or credited", "balance owed"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose statement, and of which month."""

    scope: Scope
    month: int | None
    block: int | None
    from_index: bool

    @classmethod
    def of(
        cls,
        lease: int | None,
        unit: int | None,
        party: int | None,
        month: str | None,
        block: int | None,
        from_index: bool,
    ) -> "Wanted":
        """Raises InputError."""
        if sum(one is not None for one in (lease, unit, party)) > 1:
            raise InputError("More than one is named.", "Give a lease, --unit or --party.")
        if lease is None and unit is None and party is None and month is None:
            raise InputError("Nothing is named.", "Give a lease, --unit, --party or --month.")
        try:
            number = None if month is None else parse_month(month)
        except ValueError as error:
            raise InputError(str(error)) from None
        return cls(Scope(lease, unit, party), number, block, from_index)

    @property
    def of_one_lease(self) -> int | None:
        """The lease, where nothing else is wanted."""
        return self.scope.lease if self.month is None and not self.from_index else None


@dataclass(frozen=True, slots=True)
class Written:
    """Where to, and in which language."""

    language: str
    csv: Path | None
    html: Path | None
    as_json: bool

    def check(self) -> None:
        if self.language not in LANGUAGES:
            raise InputError(f"There is no language {self.language!r}.", f"One of {', '.join(LANGUAGES)}.")


def _names(session: Session) -> dict[str, str]:
    if not has_books(session.settings):
        return {}
    with books(session) as store:
        return names_of(store)


def show_lease(session: Session, lease: int, block: int | None, show: Written) -> None:
    """The statement of one lease, by the contract's own views."""
    show.check()
    found, names = make_statement(session.suite, lease, block=block), _names(session)
    if show.csv is not None:
        statement_files.write_table(found, show.csv, show.language)
        say(f"Written: {show.csv}")
    if show.html is not None:
        statement_files.write_page(found, show.html, names, show.language)
        say(f"Written: {show.html}")
    if found.late_fees_in_one:
        say("Late fees stand in one line: this node keeps no history.")
    if show.as_json:
        print_json(statement_files.as_json(found))
    elif show.csv is None and show.html is None:
        rows = [
            [
                day(line.day),
                describe(line, show.language),
                money(line.charged) if line.charged else "",
                money(line.credited) if line.credited else "",
                money(line.balance),
            ]
            for line in found.lines
        ]
        title = statement_files.title_of(found, names, show.language)
        heading = f"{title} ({day(found.today)}, block {found.block})"
        out.print(table(heading, _COLUMNS, rows, right=(2, 3, 4)))


def show_sheet(session: Session, wanted: Wanted, show: Written) -> None:
    """The statement of a unit, a party or a month, by the twin on raw logs."""
    show.check()
    with kept_logs(session, wanted.from_index) as (logs, newest):
        found = sheets.make(
            session.connection,
            session.deployment,
            wanted.scope,
            month=wanted.month,
            at=wanted.block,
            logs=logs,
            newest=newest,
        )
    names = _names(session)
    if show.csv is not None:
        sheets.write_table(found, show.csv, show.language)
        say(f"Written: {show.csv}")
    if show.html is not None:
        sheets.write_page(found, show.html, names, show.language)
        say(f"Written: {show.html}")
    if not found.checked:
        say("Not compared with the contracts: this node keeps no state of that block.")
    if show.as_json:
        print_json(sheets.as_json(found))
    elif show.csv is None and show.html is None:
        _print(found, names, show.language)


def _print(found: Sheet, names: dict[str, str], language: str) -> None:
    for section in found.sections:
        rows = [["", "", "", "", money(section.opening)]] if found.first is not None else []
        rows += [
            [
                day(line.day),
                sheets.describe(line, language),
                money(line.charged) if line.charged else "",
                money(line.credited) if line.credited else "",
                money(line.balance),
            ]
            for line in section.lines
        ]
        title = title_of_section(section, found, names, language)
        out.print(table(title, _COLUMNS, rows, right=(2, 3, 4)))
    block = found.as_of.block
    title = sheets.title_of(found, names, language)
    say(
        f"{title} at the end of {day(found.last)}: {money(found.to_pay)} to pay. "
        f"Block {block.number} ({block.hash}), {found.as_of.confirmations} confirmations."
    )
