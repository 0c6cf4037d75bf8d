"""`commonhold letter` and `commonhold calendar`: what residents get on paper and for their calendars."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.arguments import LanguageOption, PartyArgument
from commonhold.commands.bank_shared import tag_of_session
from commonhold.commands.books import books, names_of
from commonhold.commands.notify import letterhead
from commonhold.commands.options import Place, on_chain, placed
from commonhold.commands.session import JsonOption, Session
from commonhold.errors import InputError
from commonhold.ops import calendars
from commonhold.ops.arrears import AGES, arrears
from commonhold.ops.bank.reference import Purpose, Reference
from commonhold.ops.dues import dues
from commonhold.ops.letters.dunning import letters, write_letters
from commonhold.present import day, money, out, print_json, say, table


@placed
def letter(
    place: Place,
    parties: Annotated[list[int] | None, typer.Argument(help="Parties (default: all that owe).")] = None,
    age: Annotated[int, typer.Option("--age", help="Only debts of 0, 30, 60 or 90 days and more.")] = 0,
    folder: Annotated[Path, typer.Option("--out", help="Folder for the letters.")] = Path("letters"),
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """A letter to each party in arrears: what is owed for how long, what to do, and a payment slip."""
    if age not in AGES:
        raise InputError(f"--age is {age}.", f"There are {', '.join(map(str, AGES))}.")
    session = place.session
    block = session.connection.block_number()
    today = session.suite.leases.today(block)
    found = letters(arrears(session.suite, block=block), today, least=age, parties=parties or ())
    if as_json:
        print_json([one.as_json() for one in found])
    if not found:
        say("Nobody owes anything of that age.")
        return
    with books(session) as store:
        head = letterhead(session, store, language or session.settings.language)
        paths = write_letters(found, head, folder)
    if not as_json:
        rows = [
            [
                str(one.party),
                head.names.get(f"party {one.party}", ""),
                str(one.stage),
                money(one.total),
                str(path),
            ]
            for one, path in zip(found, paths, strict=True)
        ]
        columns = ["party", "name", "days", "owed", "letter"]
        out.print(table(f"Letters of {day(today)}", columns, rows, right=(0, 2, 3)))
    if not session.settings.bank.account:
        say("Without [bank] account and holder in commonhold.toml the letters carry no payment slip.")


@on_chain
def calendar(
    session: Session,
    party: PartyArgument,
    file: Annotated[Path, typer.Option("--out", help="The file (.ics).")],
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """A party's due dates for a calendar, rents, fees, instalments, bills: whole days with reminders."""
    count = session.suite.parties.party_count()
    if not 0 < party <= count:
        raise InputError(f"There is no party {party}.", f"Parties are numbered from 1 to {count}.")
    block = session.connection.block_number()
    dates = dues(session.suite, days=calendars.DAYS_AHEAD, party=party, block=block)
    with books(session) as store:
        names = names_of(store)
    content = calendars.calendar_of(
        session.suite,
        party,
        dates,
        language=language or session.settings.language,
        names=names,
        reference=str(Reference(tag_of_session(session), Purpose.PARTY, party)),
        block=block,
    )
    calendars.write_calendar(content, file)
    if as_json:
        print_json(
            [
                {
                    "what": one.what,
                    "number": one.id,
                    "unit": one.unit,
                    "day": day(one.day),
                    "amount": str(one.amount),
                }
                for one in dates
            ]
        )
    say(f"Written: {file}, {len(dates)} due dates.")
