"""`commonhold collect list | run | resume | status` and `commonhold arrears`."""

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from commonhold.commands.arguments import LanguageOption
from commonhold.commands.books import books, has_books
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import JsonOption, Session
from commonhold.commands.settling import add_runs, list_book, run_book
from commonhold.ops.arrears import AGES, Arrears
from commonhold.ops.arrears import arrears as find_arrears
from commonhold.ops.settle import Fees
from commonhold.present import (
    day,
    money,
    out,
    print_json,
    table,
)
from commonhold.units import PartyId, UnitId

collect_app = typer.Typer(no_args_is_help=True, help="Collect property fees.")
AccountArguments = Annotated[list[int] | None, typer.Argument(help="Fee accounts by number (default: all).")]


@collect_app.command("list")
@on_chain
def collect_list(
    session: Session,
    accounts: AccountArguments = None,
    every: Annotated[bool, typer.Option("--all", help="Also accounts with nothing due.")] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is due of the fees now, and what a collection would take: the contract's own answer."""
    list_book(session, Fees, accounts, every, language, as_json)


@collect_app.command("run")
@signed("MANAGER", dry=True)
def collect_run(
    desk: Desk,
    accounts: AccountArguments = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Collect fees that are due from prepayments and mandates, and say why where something is left.

    Anybody may collect; doing it twice collects nothing twice. A run that was cut off goes on first.
    """
    run_book(desk, Fees, accounts, language, as_json)


add_runs(
    collect_app,
    Fees,
    resume="Bring collections that were cut off, or that a reorganisation took back, to their end.",
    status="The runs of this data folder, as `settle status` shows them.",
)


@on_chain
def arrears(
    session: Session,
    aged: Annotated[bool, typer.Option("--aged", help="By age: 0, 30, 60 and 90 days.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Who owes what of rents, fees and bills, largest first; late fees stand apart."""
    block = session.connection.block_number()
    rows = sorted(find_arrears(session.suite, block=block), key=lambda row: -row.total)
    if as_json:
        print_json({"block": block, "rows": [row.as_json() for row in rows]})
        return
    labels = _labels(session, rows)
    ages = [f"{age} days" for age in AGES] if aged else ["principal"]
    columns = ["what", "unit", "party", *ages, "late fees", "total", "oldest due"]
    lines = [
        [
            row.label,
            *labels.get((row.unit, row.party), (str(row.unit), str(row.party))),
            *(money(amount) for amount in (row.buckets if aged else (row.principal,))),
            money(row.late_fees),
            money(row.total),
            day(row.oldest) if row.oldest else "",
        ]
        for row in rows
    ]
    out.print(table(f"Arrears at block {block}", columns, lines, right=range(3, 5 + len(ages))))


def _labels(session: Session, rows: Iterable[Arrears]) -> Mapping[tuple[int, int], tuple[str, str]]:
    """(unit, party) -> what people call them, where the store knows them."""
    if not has_books(session.settings):
        return {}
    with books(session) as store:
        return {
            (row.unit, row.party): (store.label_of(UnitId(row.unit)), store.name_of(PartyId(row.party)))
            for row in rows
        }
