"""Arguments that several commands take, and how their texts are read."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.errors import InputError
from commonhold.units import parse_day, parse_money, parse_month

RunArgument = Annotated[int, typer.Argument(help="Number of the run.")]
UnitArgument = Annotated[int, typer.Argument(help="Number of the unit on chain.")]
AccountArgument = Annotated[int, typer.Argument(help="Number of the fee account.")]
PartyArgument = Annotated[int, typer.Argument(help="Number of the party on chain.")]
AmountArgument = Annotated[str, typer.Argument(help="Amount, such as 12.50.")]
PeriodOption = Annotated[str, typer.Option("--period", help="Month, such as 2026-01.")]
AtOption = Annotated[int | None, typer.Option("--at", help="As of this block (default: the newest).")]
BlockOption = Annotated[int | None, typer.Option("--block", help="As of this block (default: the newest).")]
CsvOption = Annotated[Path | None, typer.Option("--csv", help="Write a table for a spreadsheet.")]
HtmlOption = Annotated[Path | None, typer.Option("--html", help="Write a page to print.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; the chain keeps the hash of these words.")]
ApproveOption = Annotated[
    bool, typer.Option("--approve", help="As COMMITTEE: agree to what was proposed in the same words.")
]
LanguageOption = Annotated[str | None, typer.Option("--language", help="en, zh or ja.")]


def read_month(text: str) -> int:
    """[month] Raises InputError."""
    try:
        return int(parse_month(text))
    except ValueError as error:
        raise InputError(str(error), "Such as --period 2026-01.") from None


def read_day(text: str | None, option: str) -> int | None:
    """[day] Raises InputError."""
    if text is None:
        return None
    try:
        return int(parse_day(text))
    except ValueError as error:
        raise InputError(str(error), f"Such as {option} 2026-02-10.") from None


def read_amount(text: str) -> int:
    """[cmt] Raises InputError."""
    try:
        return int(parse_money(text))
    except ValueError as error:
        raise InputError(str(error), "Such as 12.50.") from None
