"""`commonhold settle list | run | resume | status` and `commonhold statement`."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.books import lease_names
from commonhold.commands.session import (
    ConfigOption,
    DryRunOption,
    JsonOption,
    KeyOption,
    NetworkOption,
    PasswordFdOption,
    PasswordFileOption,
    RpcOption,
    YesOption,
    open_session,
)
from commonhold.commands.settling import (
    LanguageOption,
    LastOption,
    RunArgument,
    Show,
    Who,
    resume_book,
    run_book,
    show_runs,
)
from commonhold.commands.statements import Wanted, Written, show_lease, show_sheet
from commonhold.ops.keys import PasswordSource
from commonhold.ops.settle import Leases, preview
from commonhold.present import out, print_json, settle_rows

settle_app = typer.Typer(no_args_is_help=True, help="Collect what is due.")
LeaseArguments = Annotated[list[int] | None, typer.Argument(help="Leases by number (default: all).")]


@settle_app.command("list")
def settle_list(
    leases: LeaseArguments = None,
    every: Annotated[bool, typer.Option("--all", help="Also leases with nothing due.")] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
) -> None:
    """What is due now, and what a settlement would collect: the contract's own answer."""
    session = open_session(config, network, rpc)
    block = session.connection.block_number()
    rows = preview(session.suite, leases, block=block, every=every)
    say_in = language or session.settings.language
    if as_json:
        print_json({"block": block, "rows": [row.as_json(say_in) for row in rows]})
        return
    names = lease_names(session, [row.lease for row in rows if row.tenants])
    out.print(settle_rows(rows, names, say_in, f"Due at block {block}"))


@settle_app.command("run")
def settle_run(
    leases: LeaseArguments = None,
    dry_run: DryRunOption = False,
    language: LanguageOption = None,
    key: KeyOption = None,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
) -> None:
    """Collect what is due from prepayments and mandates, and say why where something is left.

    Anybody may settle; doing it twice collects nothing twice. A run that was cut off goes on first.
    """
    session = open_session(config, network, rpc)
    who = Who(key, PasswordSource(password_file, password_fd), yes)
    show = Show(language or session.settings.language, as_json)
    run_book(session, Leases(session.suite), leases, dry_run=dry_run, who=who, show=show)


@settle_app.command("resume")
def settle_resume(
    run: RunArgument = None,
    language: LanguageOption = None,
    key: KeyOption = None,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
) -> None:
    """Bring settlement runs that were cut off, or that a reorganisation took back, to their end."""
    session = open_session(config, network, rpc)
    who = Who(key, PasswordSource(password_file, password_fd), yes)
    show = Show(language or session.settings.language, as_json)
    resume_book(session, Leases(session.suite), run, who=who, show=show)


@settle_app.command("status")
def settle_status(
    last: LastOption = 10,
    as_json: JsonOption = False,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
) -> None:
    """The runs of this data folder, of leases, fees and bills, and how deep each is buried."""
    show_runs(open_session(config, network, rpc), last, as_json)


def statement(
    lease: Annotated[int | None, typer.Argument(help="Number of the lease on chain.")] = None,
    unit: Annotated[int | None, typer.Option("--unit", help="Everything of a unit.")] = None,
    party: Annotated[int | None, typer.Option("--party", help="What a party owes and has.")] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="One month, such as 2026-03; alone: of everybody.")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write a table for a spreadsheet.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to print.")] = None,
    block: Annotated[
        int | None, typer.Option("--block", help="As of this block (default: the newest).")
    ] = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
) -> None:
    """Every charge and credit of a lease, a unit, a party or a month, and what is owed, as of one block."""
    wanted = Wanted.of(lease, unit, party, month, block)
    session = open_session(config, network, rpc)
    show = Written(language or session.settings.language, csv, html, as_json)
    if wanted.of_one_lease is not None:
        show_lease(session, wanted.of_one_lease, block, show)
    else:
        show_sheet(session, wanted, show)
