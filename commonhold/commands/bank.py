"""`commonhold bank …`: statements of the bank, whose money it is, minting, reconciling; `commonhold slip`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.arguments import CsvOption, HtmlOption, LanguageOption, PartyArgument
from commonhold.commands.bank_shared import (
    ByOption,
    EntryArgument,
    ReasonOption,
    community_of,
    tag_of_session,
)
from commonhold.commands.books import books
from commonhold.commands.options import Place, on_chain, placed
from commonhold.commands.session import DryRunOption, JsonOption, Session
from commonhold.errors import InputError, TwinError
from commonhold.ops.bank import decisions, listing, read_bank_file, take
from commonhold.ops.bank.deciders import person
from commonhold.ops.bank.mapping import load_bank_mapping
from commonhold.ops.bank.reconcile import Reconciliation, reconcile
from commonhold.ops.bank.reference import Purpose, Reference
from commonhold.ops.bank.slip import slip_of, slip_text, write_slip
from commonhold.ops.bank.taking import Taken
from commonhold.present import day, money, out, print_json, say, table
from commonhold.text import write_csv
from commonhold.units import PartyId, parse_day, parse_money

bank_app = typer.Typer(
    no_args_is_help=True, help="Bank money: statements, whose it is, minting, reconciling."
)


@bank_app.command("import")
@on_chain
def import_statement(
    session: Session,
    file: Annotated[Path, typer.Argument(help="CAMT.053 (XML) or CSV.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="TOML that names the columns of a CSV.")
    ] = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read a bank statement and keep what is new. Nothing is sent; the same entry again changes nothing."""
    found = read_bank_file(file, load_bank_mapping(mapping) if mapping else None, session.settings.bank)
    for problem in found.problems if not as_json else ():
        say(str(problem))
    if found.problems:
        wrong = InputError(
            f"{file}: {len(found.problems)} problems; nothing was taken.", "Put them right and import again."
        )
        if not as_json:
            raise wrong
        print_json({"file": found.as_json(), "taken": None})
        say(str(wrong))
        raise typer.Exit(wrong.exit_code)
    for note in found.notes if not as_json else ():
        say(f"line {note.line}: {note.text}")
    if dry_run:
        if as_json:
            print_json({"file": found.as_json(), "taken": None})
        say(f"{sum(len(one.entries) for one in found.statements)} entries can be read. Nothing was kept.")
        return
    with books(session) as store:
        taken = take(store, found, community_of(session))
        if as_json:
            print_json({"file": found.as_json(), "taken": taken.as_json()})
    _tell(taken)


def _tell(taken: Taken) -> None:
    say(
        f"{len(taken.new)} new entries, {len(taken.again)} known; of the new credits {len(taken.matched)} "
        f"belong to parties, {len(taken.unmatched)} wait to be placed, {len(taken.doubtful)} may be there "
        f"already; {len(taken.returned)} credits were returned."
    )
    if taken.pending:
        say(f"{taken.pending} entries are not booked yet and were left alone.")
    for name, gap in taken.gaps:
        say(f"Statement {name}: its balances are {money(gap)} off its entries. Is a page missing?")
    say("Next: commonhold bank list, then commonhold bank propose")


@bank_app.command("list")
@on_chain
def list_entries(
    session: Session,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Entries in this state (default: what waits).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What waits for somebody: to be placed, proposed, minted or sent back; and open batches."""
    tag = tag_of_session(session)
    with books(session) as store:
        rows = listing.entries(store, session.settings.bank.account, state or ())
        found = listing.as_json(store, rows, tag)
        batches = listing.batches(store)
        if as_json:
            print_json({"entries": found, "batches": batches})
            return
        names = {row.id: store.name_of(PartyId(row.party)) for row in rows if row.party is not None}
    lines = [
        [
            str(row.id),
            day(row.day),
            money(row.amount if row.side == "credit" else -row.amount),
            row.state,
            names.get(row.id, ""),
            row.counterparty,
            row.text,
            row.why,
        ]
        for row in rows
    ]
    columns = ["entry", "day", "amount", "state", "party", "who paid", "text", "why"]
    out.print(table("Bank entries", columns, lines, right=(0, 2)))
    for one in batches:
        total = money(int(one["total"]))
        say(f"Batch {one['batch']}: {one['entries']} entries, {total}, by {one['proposer']}.")


@bank_app.command("assign")
@on_chain
def assign(
    session: Session,
    entry: EntryArgument,
    party: PartyArgument,
    reason: ReasonOption,
    by: ByOption,
) -> None:
    """Say whose money a credit is that carries no clear reference."""
    who = person(by)
    with books(session) as store:
        row = decisions.assign(store, entry, party, reason, community_of(session).parties, who)
        say(f"Entry {entry}, {money(row.amount)}, belongs to {store.name_of(PartyId(party))}.")


@bank_app.command("accept")
@on_chain
def accept(session: Session, entry: EntryArgument, reason: ReasonOption, by: ByOption) -> None:
    """A doubtful entry is one of its own."""
    who = person(by)
    with books(session) as store:
        row = decisions.accept(store, entry, reason, tag_of_session(session), who)
    say(f"Entry {entry} counts by itself and is {row.state}.")


@bank_app.command("dismiss")
@on_chain
def dismiss(session: Session, entry: EntryArgument, reason: ReasonOption, by: ByOption) -> None:
    """A doubtful entry is a copy of one that is there; it never counts."""
    who = person(by)
    with books(session) as store:
        row = decisions.dismiss(store, entry, reason, who)
    say(f"Entry {entry} is a copy of entry {row.like}.")


@bank_app.command("return")
@on_chain
def send_back(
    session: Session,
    entry: EntryArgument,
    reason: ReasonOption,
    by: ByOption,
    debit: Annotated[
        int | None, typer.Option("--debit", help="The debit that has undone it already.", show_default=False)
    ] = None,
) -> None:
    """A credit goes back to its payer; prints the reference for the bank transfer. Nothing is sent."""
    who = person(by)
    with books(session) as store:
        if debit is not None:
            row, _ = decisions.link(store, entry, debit, reason, who)
            say(f"Entry {entry} was undone by entry {debit} and is {row.state.replace('_', ' ')}.")
            return
        decisions.send_back(store, entry, reason, who)
    reference = Reference(tag_of_session(session), Purpose.RETURN, entry)
    print(reference)
    say("Order the transfer at the bank under this reference: the next statement then closes the entry.")


@bank_app.command("decisions")
@on_chain
def list_decisions(
    session: Session,
    entries: Annotated[list[int] | None, typer.Argument(help="Bank entries (default: all).")] = None,
    csv: CsvOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who decided what about bank entries, when and why: people by name, keys with their offices."""
    with books(session) as store:
        found = [decisions.as_json(row) for row in decisions.decisions_of(store, entries or ())]
    if as_json:
        print_json(found)
    columns = ["entry", "at", "decision", "party", "by", "office", "reason"]
    lines = [["" if row[name] is None else str(row[name]) for name in columns] for row in found]
    for line, row in zip(lines, found, strict=True):
        line[1] = datetime.fromtimestamp(row["at"], UTC).strftime("%Y-%m-%d %H:%M UTC")
        line[4] = line[4] or "not recorded"
    if csv is not None:
        write_csv(csv, columns, lines)
        say(f"Written: {csv}")
    elif not as_json:
        out.print(table("Decisions about bank entries", columns, lines, right=(0, 3)))


@bank_app.command("reconcile")
@placed
def reconcile_day(
    place: Place,
    at: Annotated[str | None, typer.Option("--day", help="End of this day, such as 2026-01-31.")] = None,
    opening: Annotated[
        str | None, typer.Option("--opening", help="Balance before the first entry, if no statement says it.")
    ] = None,
    closing: Annotated[
        str | None, typer.Option("--closing", help="Balance at the end of the day, if no statement says it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The bank's balance against the supply that it backs, every difference named; 8 if one is wrong."""
    try:
        wanted = None if at is None else int(parse_day(at))
        sums = [None if one is None else int(parse_money(one)) for one in (opening, closing)]
    except ValueError as error:
        raise InputError(str(error), "Such as --day 2026-01-31 --closing 1,234.50.") from None
    session = place.session
    with books(session) as store:
        found = reconcile(
            session.suite,
            store,
            session.settings.bank,
            day=wanted,
            opening=sums[0],
            closing=sums[1],
        )
    if as_json:
        print_json(found.as_json())
    else:
        _show(found)
    if not found.ok:
        wrong = TwinError(
            "The bank and the token do not agree: the lines marked ! should not be.",
            "Look at the entries named. What the bank took back after it was minted: commonhold bank burn.",
        )
        if as_json:
            raise typer.Exit(wrong.exit_code)
        raise wrong


def _show(found: Reconciliation) -> None:
    rows = [
        ["the bank says", money(found.bank) if found.bank is not None else "not said", ""],
        ["the entries give", money(found.computed), ""],
        ["minted less burned (without the reserve)", money(found.backed), ""],
        ["difference", money(found.difference), ""],
    ]
    for line in found.lines:
        numbers = ", ".join(map(str, line.entries[:12])) + (" …" if len(line.entries) > 12 else "")
        rows.append([("! " if line.wrong else "  ") + line.what, money(line.amount), numbers])
    title = f"Bank and token at the end of {day(found.day)}, block {found.block}"
    out.print(table(title, ["what", "amount", "entries"], rows, right=(1,)))
    if found.waiting:
        say(f"{money(found.waiting)} is handed in for redemption and waits for the treasurer.")
    for fault in found.faults:
        say(f"! {fault}")


@placed
def slip(
    place: Place,
    party: PartyArgument,
    amount: Annotated[str | None, typer.Option("--amount", help="Such as 1,234.50 (default: open).")] = None,
    html: HtmlOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """A payment slip for a party: account, reference with check digits, and a square to scan."""
    try:
        wanted = None if amount is None else int(parse_money(amount))
    except ValueError as error:
        raise InputError(str(error), "Such as --amount 1,234.50.") from None
    session = place.session
    community = community_of(session)
    if not 0 < party <= community.parties:
        raise InputError(
            f"There is no party {party}.", f"Parties are numbered from 1 to {community.parties}."
        )
    with books(session) as store:
        name = store.name_of(PartyId(party))
    made = slip_of(session.settings.bank, community.tag, party, name, wanted)
    say_in = language or session.settings.language
    if html is not None:
        write_slip(made, say_in, html)
        say(f"Written: {html}")
    if as_json:
        print_json(made.as_json())
    elif html is None:
        print(slip_text(made, say_in))
