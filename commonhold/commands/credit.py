"""`commonhold credit show | explain | statement | verify`; `credit_review` has the others."""

import time
from pathlib import Path
from typing import Annotated

import typer

from commonhold.chain.signing import refuse_dev_key
from commonhold.commands import credit_review
from commonhold.commands.arguments import BlockOption, LanguageOption, PartyArgument
from commonhold.commands.books import books, has_books, names_of
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import ConfigOption, JsonOption, NetworkOption, Session, sending, settings_of
from commonhold.errors import InputError, SettingsError, SigningError
from commonhold.ops.credit.file import CreditFile, as_json, read_credit
from commonhold.ops.credit.lines import (
    claim_lines,
    entry_rows,
    headline,
    month_rows,
    provider_rows,
    reason_rows,
)
from commonhold.ops.credit.statement import (
    Verified,
    document,
    draft,
    may_share,
    officers_of,
    require_officer,
    statement_hash,
    verify,
    write,
)
from commonhold.ops.manifest import read
from commonhold.present import out, print_json, say, table
from commonhold.words import word

credit_app = typer.Typer(no_args_is_help=True, help="The credit file: history, score, reasons, statements.")
credit_app.command("dispute")(credit_review.dispute)
credit_app.command("decide")(credit_review.decide)


def _name(session: Session, party: int) -> str:
    if has_books(session.settings):
        with books(session) as store:
            return names_of(store).get(f"party {party}", f"party {party}")
    return f"party {party}"


def _heading(session: Session, found: CreditFile, language: str) -> None:
    name = _name(session, found.party)
    for line in headline(found, name, language):
        out.print(line, markup=False, soft_wrap=True)


@credit_app.command("show")
@on_chain
def credit_show(
    session: Session,
    party: PartyArgument,
    block: BlockOption = None,
    language: LanguageOption = None,
    as_document: JsonOption = False,
) -> None:
    """A party's credit file: score with its reasons, limit, history by month, delays and disputes."""
    found = read_credit(session.suite, party, block=block)
    if as_document:
        print_json(as_json(found))
        return
    say_in = language or session.settings.language
    _heading(session, found, say_in)
    columns = [word(say_in, "credit_reasons"), word(say_in, "records"), word(say_in, "weighs")]
    out.print(table(word(say_in, "credit_reasons"), columns, reason_rows(found, say_in), right=(1, 2)))
    out.print(table(word(say_in, "month"), [word(say_in, "month"), ""], month_rows(found, say_in)))
    if found.provided:
        out.print(table(word(say_in, "provider"), ["", ""], provider_rows(found, say_in), right=(1,)))
    if found.entries:
        out.print(
            table(
                word(say_in, "entries"),
                ["key", word(say_in, "due_day"), "", word(say_in, "state")],
                entry_rows(found, say_in),
            )
        )
    say(word(say_in, "credit_use"))


@credit_app.command("explain")
@on_chain
def credit_explain(
    session: Session,
    party: PartyArgument,
    block: BlockOption = None,
    language: LanguageOption = None,
    as_document: JsonOption = False,
) -> None:
    """How a score comes about: what each month and each kind of record adds, and what they add up to."""
    from commonhold.ops.credit.lines import contribution_rows, sum_lines

    found = read_credit(session.suite, party, block=block)
    if as_document:
        print_json(as_json(found))
        return
    say_in = language or session.settings.language
    _heading(session, found, say_in)
    columns = [word(say_in, "month"), "", word(say_in, "records"), "weight", "good", "bad"]
    rows = contribution_rows(found, say_in)
    out.print(table(word(say_in, "credit_reasons"), columns, rows, right=(2, 3, 4, 5)))
    for line in sum_lines(found):
        out.print(line, markup=False, soft_wrap=True)


@credit_app.command("statement")
@signed("OFFICER")
def credit_statement(
    desk: Desk,
    party: PartyArgument,
    file: Annotated[Path, typer.Option("--out", help="Where the statement goes.")] = Path("credit.json"),
    only: Annotated[
        str, typer.Option("--only", help="What it shows: rent, fees, instalments, defaults, score.")
    ] = "rent",
    months: Annotated[int, typer.Option("--months", help="The latest months that it covers.")] = 24,
    days: Annotated[int, typer.Option("--days", help="How long it is valid.")] = 90,
    reader: Annotated[
        int, typer.Option("--reader", help="Party that it is handed to; needs consent, and is recorded.")
    ] = 0,
    block: BlockOption = None,
    language: LanguageOption = None,
) -> None:
    """Make a statement that proves itself offline, signed by an OFFICER; it shows only what is chosen.

    Without --reader it is for the party itself, which decides who sees it.
    """
    session = desk.session
    found = read_credit(session.suite, party, block=block)
    parts = [part.strip() for part in only.split(",") if part.strip()]
    typed = draft(session.suite, found, parts, months=months, days=days, reader=reader)
    signer = desk.signer()
    refuse_dev_key(signer, session.connection.chain_id)
    require_officer(session.suite, signer)
    if reader:
        may_share(session.suite, party, reader)
        desk.confirm(f"Record that party {reader} gets a statement about party {party}?")
    made = document(typed, found.parameters, signer)
    if reader:
        with sending(session, signer) as sender:
            sender.send(session.suite.consent.record_release(party, reader, statement_hash(typed)))
    write(file, made)
    say_in = language or session.settings.language
    for line in claim_lines(verify(file, [made["signer"]], now=found.time), say_in):
        out.print(line, markup=False, soft_wrap=True)
    say(f"Written: {file}")


@credit_app.command("verify")
def credit_verify(
    file: Annotated[Path, typer.Argument(help="A credit statement.")],
    issuer: Annotated[
        list[str] | None, typer.Option("--issuer", help="Address of an officer whom you trust.")
    ] = None,
    language: LanguageOption = None,
    as_document: JsonOption = False,
    network: NetworkOption = None,
    config: ConfigOption = None,
) -> None:
    """Check a statement without any node: its signature, its words, its score, its end, and who signed it.

    Trusted are the officers of --issuer, else those of the manifest on this computer.
    """
    settings = settings_of(config, network)
    trusted = issuer or []
    contract = ""
    if not trusted:
        try:
            deployment = read(settings.deployment)
            trusted, contract = officers_of(deployment), deployment.address("CreditRegistry")
        except SettingsError:
            trusted = []
    found: Verified = verify(file, trusted, now=int(time.time()))
    say_in = language or settings.language
    if contract and found.contract.lower() != contract.lower():
        raise InputError(
            f"The statement is of another community ({found.contract}).", "Name its officer with --issuer."
        )
    if as_document:
        print_json(found.as_json())
    else:
        for line in claim_lines(found, say_in):
            out.print(line, markup=False, soft_wrap=True)
    if not found.known:
        raise SigningError(
            f"Every word is as {found.signer} signed it, but nobody here knows that address.",
            "Compare it with the officer's address that the community publishes: --issuer ADDRESS.",
        )
    say(f"Correct: signed by the officer {found.signer}.")
