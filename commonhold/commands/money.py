"""`commonhold settle list | run | resume | status` and `commonhold statement`."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.books import books, has_books, lease_names, names_of
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
from commonhold.ops.keys import PasswordSource
from commonhold.ops.settle import Leases, preview
from commonhold.ops.statement import statement as make_statement
from commonhold.ops.statement_files import as_json as statement_json
from commonhold.ops.statement_files import describe, title_of, write_page, write_table
from commonhold.present import (
    day,
    money,
    out,
    print_json,
    say,
    settle_rows,
    table,
)

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
    lease: Annotated[int, typer.Argument(help="Number of the lease on chain.")],
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
    """The statement of one lease: every charge and credit, and what is owed, as of one block."""
    session = open_session(config, network, rpc)
    found = make_statement(session.suite, lease, block=block)
    say_in = language or session.settings.language
    names: dict[str, str] = {}
    if has_books(session.settings):
        with books(session) as store:
            names = names_of(store)
    if csv is not None:
        write_table(found, csv, say_in)
        say(f"Written: {csv}")
    if html is not None:
        write_page(found, html, names, say_in)
        say(f"Written: {html}")
    if found.late_fees_in_one:
        say("Late fees stand in one line: this node keeps no history.")
    if as_json:
        print_json(statement_json(found))
    elif csv is None and html is None:
        rows = [
            [
                day(line.day),
                describe(line, say_in),
                money(line.charged) if line.charged else "",
                money(line.credited) if line.credited else "",
                money(line.balance),
            ]
            for line in found.lines
        ]
        heading = f"{title_of(found, names, say_in)} ({day(found.today)}, block {found.block})"
        columns = ["date", "what", "charged", "paid or credited", "balance owed"]
        out.print(table(heading, columns, rows, right=(2, 3, 4)))
