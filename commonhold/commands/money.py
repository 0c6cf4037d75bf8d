"""`commonhold settle list | run | resume | status` and `commonhold statement`."""

from typing import Annotated, Any

import typer

from commonhold.commands.arguments import BlockOption, CsvOption, HtmlOption, LanguageOption
from commonhold.commands.books import lease_names
from commonhold.commands.indexed import IndexOption
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import JsonOption, Session, opened_index
from commonhold.commands.settling import add_runs, run_book
from commonhold.commands.statements import Wanted, Written, show_lease, show_sheet
from commonhold.errors import InputError
from commonhold.ops.planning import preview_planned
from commonhold.ops.settle import Leases, preview
from commonhold.present import out, print_json, settle_rows

settle_app = typer.Typer(no_args_is_help=True, help="Collect what is due.")
LeaseArguments = Annotated[list[int] | None, typer.Argument(help="Leases by number (default: all).")]


@settle_app.command("list")
@on_chain
def settle_list(
    session: Session,
    leases: LeaseArguments = None,
    every: Annotated[bool, typer.Option("--all", help="Also leases with nothing due.")] = False,
    from_index: Annotated[
        bool, typer.Option("--index", help="Find what is due in the index; ask the node for that alone.")
    ] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is due now, and what a settlement would collect: the contract's own answer."""
    if from_index and leases is not None:
        raise InputError("--index looks through all leases.", "Leave out the numbers, or --index.")
    document: dict[str, Any] = {}
    if from_index:
        with opened_index(session.settings, session.deployment) as index:
            at, found, rows = preview_planned(session.suite, index, every=every)
        block = at.block
        document = {"block_hash": at.hash, "confirmations": at.confirmations, "plan": found.as_json()}
    else:
        block = session.connection.block_number()
        rows = preview(session.suite, leases, block=block, every=every)
    say_in = language or session.settings.language
    if as_json:
        print_json({"block": block, **document, "rows": [row.as_json(say_in) for row in rows]})
        return
    names = lease_names(session, [row.lease for row in rows if row.tenants])
    out.print(settle_rows(rows, names, say_in, f"Due at block {block}"))


@settle_app.command("run")
@signed("MANAGER", dry=True)
def settle_run(
    desk: Desk,
    leases: LeaseArguments = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Collect what is due from prepayments and mandates, and say why where something is left.

    Anybody may settle; doing it twice collects nothing twice. A run that was cut off goes on first.
    """
    run_book(desk, Leases, leases, language, as_json)


add_runs(
    settle_app,
    Leases,
    resume="Bring settlement runs that were cut off, or that a reorganisation took back, to their end.",
    status="The runs of this data folder, of leases, fees and bills, and how deep each is buried.",
)


@on_chain
def statement(
    session: Session,
    lease: Annotated[int | None, typer.Argument(help="Number of the lease on chain.")] = None,
    unit: Annotated[int | None, typer.Option("--unit", help="Everything of a unit.")] = None,
    party: Annotated[int | None, typer.Option("--party", help="What a party owes and has.")] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="One month, such as 2026-03; alone: of everybody.")
    ] = None,
    csv: CsvOption = None,
    html: HtmlOption = None,
    block: BlockOption = None,
    from_index: IndexOption = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every charge and credit of a lease, a unit, a party or a month, and what is owed, as of one block."""
    wanted = Wanted.of(lease, unit, party, month, block, from_index)
    show = Written(language or session.settings.language, csv, html, as_json)
    if wanted.of_one_lease is not None:
        show_lease(session, wanted.of_one_lease, block, show)
    else:
        show_sheet(session, wanted, show)
