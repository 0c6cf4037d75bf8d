"""`commonhold export`: ledgers and tables for accountants, auditors and spreadsheets."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.arguments import AtOption, LanguageOption
from commonhold.commands.books import books, has_books, names_of
from commonhold.commands.indexed import IndexOption, kept_logs
from commonhold.commands.options import Place, placed
from commonhold.commands.session import Session
from commonhold.errors import InputError
from commonhold.ops.exports import FORMATS, KINDS, Request
from commonhold.ops.exports import export as run_export
from commonhold.present import say
from commonhold.units import parse_day
from commonhold.words import LANGUAGES


@placed
def export(
    place: Place,
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(KINDS)}.")],
    format_: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "csv",
    from_: Annotated[
        str | None, typer.Option("--from", help="First day of what moved, such as 2026-01-01.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last day (default: today).")] = None,
    at: AtOption = None,
    target: Annotated[
        Path | None, typer.Option("--out", help="File to write (default: standard output).")
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="With the names of this computer's books: personal data.")
    ] = False,
    language: LanguageOption = None,
    from_index: IndexOption = False,
) -> None:
    """What moved and what there is, derived from raw logs; every balance is compared with the token's."""
    first, last = (None if day is None else _day(day) for day in (from_, to))
    if target is None and format_ == "xlsx":
        raise InputError("A workbook is no text.", "Name a file with --out.")
    session = place.session
    say_in = language or session.settings.language
    if say_in not in LANGUAGES:
        raise InputError(f"There is no language {say_in!r}.", f"One of {', '.join(LANGUAGES)}.")
    request = Request(kind, format_, first, last, at, say_in, _names(session) if names else {})
    with kept_logs(session, from_index) as (logs, newest):
        report = run_export(
            session.connection, session.deployment, request, target or sys.stdout, logs=logs, newest=newest
        )
    block = report.as_of.block
    if target is not None:
        say(f"Written: {target}, {report.rows:,} rows.")
    say(f"Block {block.number} ({block.hash}), {report.as_of.confirmations} confirmations.")
    if not report.checked:
        say("Balances were not compared with the token: this node keeps no state of that block.")


def _day(text: str) -> int:
    try:
        return parse_day(text)
    except ValueError as error:
        raise InputError(str(error), "Days of the community's calendar.") from None


def _names(session: Session) -> dict[str, str]:
    if not has_books(session.settings):
        raise InputError("There are no names on this computer.", "Leave --names out: numbers are shown.")
    with books(session) as store:
        return names_of(store)
