"""`commonhold collect list | run` and `commonhold arrears`."""

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from commonhold.commands.books import books, has_books
from commonhold.commands.session import (
    ConfigOption,
    DryRunOption,
    JsonOption,
    KeyOption,
    NetworkOption,
    PasswordFdOption,
    PasswordFileOption,
    RpcOption,
    Session,
    YesOption,
    confirm,
    open_session,
    sending,
    signer_of,
)
from commonhold.ops.arrears import AGES, Arrears
from commonhold.ops.arrears import arrears as find_arrears
from commonhold.ops.keys import PasswordSource
from commonhold.ops.settle import Fees, preview, run
from commonhold.present import (
    day,
    money,
    out,
    print_json,
    progress_bar,
    say,
    settle_report,
    settle_rows,
    table,
)
from commonhold.units import PartyId, UnitId

collect_app = typer.Typer(no_args_is_help=True, help="Collect property fees.")
AccountArguments = Annotated[list[int] | None, typer.Argument(help="Fee accounts by number (default: all).")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="en, zh or ja.")]


def account_names(session: Session, accounts: Iterable[int]) -> Mapping[int, str]:
    """Account -> building and number of its unit and its party, where the store knows them."""
    if not has_books(session.settings):
        return {}
    ids = list(accounts)
    found = session.suite.fees.accounts_of_many(ids)
    with books(session) as store:
        return {
            number: f"{store.label_of(UnitId(one.unit))} {store.name_of(PartyId(one.party))}"
            for number, one in zip(ids, found, strict=True)
        }


@collect_app.command("list")
def collect_list(
    accounts: AccountArguments = None,
    every: Annotated[bool, typer.Option("--all", help="Also accounts with nothing due.")] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
) -> None:
    """What is due of the fees now, and what a collection would take: the contract's own answer."""
    session = open_session(config, network, rpc)
    block = session.connection.block_number()
    rows = preview(session.suite, accounts, block=block, every=every, book=Fees(session.suite))
    say_in = language or session.settings.language
    if as_json:
        print_json({"block": block, "rows": [row.as_json(say_in) for row in rows]})
        return
    names = account_names(session, [row.lease for row in rows if row.tenants])
    out.print(settle_rows(rows, names, say_in, f"Due at block {block}"))


@collect_app.command("run")
def collect_run(
    accounts: AccountArguments = None,
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
    """Collect fees that are due from prepayments and mandates, and say why where something is left.

    Anybody may collect; doing it twice collects nothing twice.
    """
    session = open_session(config, network, rpc)
    book = Fees(session.suite)
    if dry_run:
        report = run(session.suite, None, accounts, dry_run=True, book=book)
    else:
        waiting = preview(session.suite, accounts, book=book)
        confirm(f"Collect from {len(waiting)} accounts?", session, yes)
        password = PasswordSource(password_file, password_fd)
        signer = signer_of(session.settings, session.connection, key, password, "MANAGER")
        with sending(session, signer) as sender, progress_bar() as bar:
            task = bar.add_task("collecting", total=len(waiting))
            report = run(
                session.suite, sender, accounts, progress=lambda count: bar.advance(task, count), book=book
            )
    say_in = language or session.settings.language
    if as_json:
        print_json(report.as_json(say_in))
        return
    names = account_names(session, [row.lease for row in report.failed])
    for made in settle_report(report, names, say_in):
        out.print(made)
    if dry_run:
        say("Nothing was sent.")
    for hash_, gas in report.transactions:
        say(f"{hash_}  {gas:,} gas")


def arrears(
    aged: Annotated[bool, typer.Option("--aged", help="By age: 0, 30, 60 and 90 days.")] = False,
    as_json: JsonOption = False,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
) -> None:
    """Who owes what of rents and fees, largest first; late fees stand apart."""
    session = open_session(config, network, rpc)
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
            f"{row.what} {row.number}",
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
