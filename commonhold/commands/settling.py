"""What the commands of `settle` and `collect` share: to list, run, resume and show the runs of a book."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from commonhold.chain.contracts import Suite
from commonhold.chain.journal import read_entries
from commonhold.commands.arguments import LanguageOption
from commonhold.commands.books import books, has_books, lease_names
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import JsonOption, Session, journal_of
from commonhold.ops.settle import Book, Fees, Leases, Report, preview, resume, run, status
from commonhold.present import money, out, print_json, progress_bar, say, settle_report, settle_rows, table
from commonhold.units import PartyId, UnitId


@dataclass(frozen=True, slots=True)
class Show:
    """In which language, or as one JSON document."""

    language: str
    as_json: bool


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


def _names(session: Session, book: str, ids: Sequence[int]) -> Mapping[int, str]:
    if book == Leases.name:
        return lease_names(session, ids)
    return account_names(session, ids) if book == Fees.name else {}


def list_book(
    session: Session,
    book_of: Callable[[Suite], Book],
    ids: Iterable[int] | None,
    every: bool,
    language: str | None,
    as_json: bool,
) -> None:
    """What is due now, and what a settlement would answer. every: also where nothing is due."""
    block, book = session.connection.block_number(), book_of(session.suite)
    rows = preview(session.suite, ids, block=block, every=every, book=book)
    say_in = language or session.settings.language
    if as_json:
        print_json({"block": block, "rows": [row.as_json(say_in) for row in rows]})
        return
    names = _names(session, book.name, [row.lease for row in rows if row.tenants])
    out.print(settle_rows(rows, names, say_in, f"Due at block {block}"))


def run_book(
    desk: Desk,
    book_of: Callable[[Suite], Book],
    ids: Iterable[int] | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Settle what is due, after what was left open."""
    session, show = desk.session, Show(language or desk.session.settings.language, as_json)
    book = book_of(session.suite)
    if desk.dry:
        _show(session, run(session.suite, None, ids, dry_run=True, book=book), show)
        say("Nothing was sent.")
        return
    waiting = preview(session.suite, ids, book=book)
    desk.confirm(f"Settle {len(waiting)} {book.name}s?")
    with desk.sending() as sender, progress_bar() as bar:
        task = bar.add_task("settling", total=len(waiting))
        report = run(session.suite, sender, ids, progress=lambda count: bar.advance(task, count), book=book)
    _show(session, report, show)


def _show(session: Session, report: Report, show: Show) -> None:
    if show.as_json:
        print_json(report.as_json(show.language))
        return
    for one in report.resumed:
        say(f"Run {one.run} was cut off; it is finished now:")
        _print(session, one, show.language)
    _print(session, report, show.language)


def _print(session: Session, report: Report, language: str) -> None:
    for made in settle_report(
        report, _names(session, report.name, [row.lease for row in report.failed]), language
    ):
        out.print(made)
    for hash_, gas in report.transactions:
        say(f"{hash_}  {gas:,} gas")
    if report.run:
        say(f"Run {report.run}: from the logs of blocks with {report.depth} or more on top of them.")


def add_runs(app: typer.Typer, book_of: Callable[[Suite], Book], *, resume: str, status: str) -> None:
    """The commands `resume` and `status` of a book. resume, status: what their help says."""

    @app.command("resume", help=resume)
    @signed("MANAGER")
    def resume_runs(
        desk: Desk,
        run: Annotated[str | None, typer.Argument(help="Name of a run (default: all open ones).")] = None,
        language: LanguageOption = None,
        as_json: JsonOption = False,
    ) -> None:
        _resume(desk, book_of, run, Show(language or desk.session.settings.language, as_json))

    @app.command("status", help=status)
    @on_chain
    def status_of_runs(
        session: Session,
        last: Annotated[int, typer.Option("--last", min=1, help="How many runs of each key.")] = 10,
        as_json: JsonOption = False,
    ) -> None:
        _show_runs(session, last, as_json)


def _resume(desk: Desk, book_of: Callable[[Suite], Book], name: str | None, show: Show) -> None:
    """Finish what was left open."""
    session = desk.session
    book = book_of(session.suite)
    desk.confirm(f"Finish the open runs of {book.name}s?")
    with desk.sending() as sender:
        reports = resume(session.suite, sender, name, book=book)
    if show.as_json:
        print_json({"resumed": [report.as_json(show.language) for report in reports]})
        return
    for report in reports:
        _print(session, report, show.language)
    say(f"{len(reports)} runs were brought to their end." if reports else "No run is open.")


def _show_runs(session: Session, last: int, as_json: bool) -> None:
    """The runs in all journals of this network; needs no key and no lock."""
    settings = session.settings
    paths = sorted(settings.data.glob(journal_of(settings, "0x*").name))
    found = {
        path.stem.removeprefix(f"{settings.network}-"): status(
            session.suite, read_entries(path), depth=settings.depth, last=last
        )
        for path in paths
    }
    if as_json:
        print_json({"runs": [{"key": key, **one.as_json()} for key, runs in found.items() for one in runs]})
        return
    columns = ["run", "planned", "mined", "settled", "not final yet", "state"]
    for key, runs in found.items():
        lines = [
            [
                one.run,
                f"{one.ids} {one.book}s",
                f"{one.mined} of {one.batches}",
                money(one.settled),
                money(one.waiting),
                one.state if one.confirmations is None else f"{one.state}, {one.confirmations} on top",
            ]
            for one in runs
        ]
        block = f", block {runs[0].block}" if runs else ""
        out.print(table(f"Runs of {key}{block}", columns, lines, right=(3, 4)))
    if not found:
        say("There are no runs in this data folder.")
