"""`commonhold notify run | list | retry | drop`: messages to residents and to the office."""

from dataclasses import asdict
from typing import Annotated

import typer

from commonhold.commands.bank_shared import tag_of_session
from commonhold.commands.books import books, names_of
from commonhold.commands.options import on_chain
from commonhold.commands.session import (
    DryRunOption,
    JsonOption,
    PasswordFdOption,
    PasswordFileOption,
    Session,
)
from commonhold.errors import PartlyDoneError
from commonhold.ops.bank.slip import Slip, slip_of
from commonhold.ops.keys import PasswordSource
from commonhold.ops.outbox import deliver as outbox
from commonhold.ops.outbox.causes import gather
from commonhold.ops.outbox.mail import Mail
from commonhold.ops.outbox.render import Letterhead, render, with_reason
from commonhold.ops.outbox.webhook import Webhook
from commonhold.present import out, print_json, say, table
from commonhold.store import Store
from commonhold.units import PartyId

notify_app = typer.Typer(no_args_is_help=True, help="Messages to residents and to the office.")
NumbersArgument = Annotated[list[int], typer.Argument(help="Messages by number.")]


def _ways(session: Session, password: PasswordSource) -> outbox.Ways:
    """What the settings name; a password is asked for before anything is sent."""
    notify, secrets = session.settings.notify, session.settings.secrets
    mail = webhook = None
    if notify.smtp:
        kept = secrets.smtp_password
        if notify.user and not kept:
            kept = password.read("Password of the mail server: ")
        mail = Mail(notify, kept)
    if notify.webhook:
        webhook = Webhook(notify, secrets.webhook_secret)
    return outbox.Ways(mail, webhook, notify.office)


def letterhead(session: Session, store: Store, language: str) -> Letterhead:
    """What every message and letter of the office shares."""
    bank, tag = session.settings.bank, tag_of_session(session)

    def slip(party: int, amount: int) -> Slip | None:
        if not bank.account or not bank.holder:
            return None
        return slip_of(bank, tag, party, store.name_of(PartyId(party)), -(-amount // 10_000) * 10_000)

    return Letterhead(language, bank.holder, names_of(store), slip)


@notify_app.command("run")
@on_chain
def run(
    session: Session,
    dry_run: DryRunOption = False,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note what is to be told, then send what is due to be sent. Nothing is told twice for one cause.

    Run it every few minutes: what could not be sent is tried again with growing pauses.
    """
    settings = session.settings
    with books(session) as store:
        new = gather(session.suite, store, due_days=settings.notify.due_days)
        if dry_run:
            waiting = outbox.messages(store, ("waiting",))
            if as_json:
                print_json({"new": new, "waiting": [row.id for row in waiting]})
            say(f"{new} new messages, {len(waiting)} wait. Nothing was sent.")
            return
        head = letterhead(session, store, settings.language)
        report = outbox.deliver(
            store,
            _ways(session, PasswordSource(password_file, password_fd)),
            lambda cause, audience, facts: render(cause, audience, with_reason(facts, head.language), head),
        )
    if as_json:
        print_json({"new": new, **asdict(report)})
    say(f"{new} new messages; {len(report.sent)} sent, {len(report.later)} will be tried again.")
    if report.unknown:
        say(f"Unknown whether they arrived, not sent again by itself: {', '.join(map(str, report.unknown))}.")
    if report.dead or report.unknown:
        error = PartlyDoneError(
            f"{len(report.dead)} messages were given up, {len(report.unknown)} may or may not have arrived.",
            "See `commonhold notify list`; then `notify retry` or `notify drop`.",
            done=len(report.sent),
            failed=len(report.dead) + len(report.unknown),
        )
        if not as_json:
            raise error
        say(str(error))
        raise typer.Exit(error.exit_code)


@notify_app.command("list")
@on_chain
def list_messages(
    session: Session,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Messages in this state (default: those not done).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Messages that wait, that were given up, or of which nobody knows whether they arrived."""
    with books(session) as store:
        rows = outbox.messages(store, state or ())
        names = names_of(store)
    if as_json:
        print_json(
            [
                {
                    "message": row.id,
                    "cause": row.cause,
                    "key": row.key,
                    "to": row.audience,
                    "state": row.state,
                    "by": row.channel,
                    "tries": row.tries,
                    "error": row.error,
                }
                for row in rows
            ]
        )
        return
    lines = [
        [str(row.id), row.cause, names.get(row.audience, row.audience), row.state, str(row.tries), row.error]
        for row in rows
    ]
    out.print(table("Messages", ["message", "cause", "to", "state", "tries", "error"], lines, right=(0, 4)))


@notify_app.command("retry")
@on_chain
def retry(session: Session, numbers: NumbersArgument) -> None:
    """Send messages again that were given up or whose arrival is unknown; they may then come twice."""
    with books(session) as store:
        outbox.retry(store, numbers)
    say(f"{len(numbers)} messages will be sent at the next `commonhold notify run`.")


@notify_app.command("drop")
@on_chain
def drop(session: Session, numbers: NumbersArgument) -> None:
    """Never send these messages."""
    with books(session) as store:
        outbox.drop(store, numbers)
    say(f"{len(numbers)} messages will not be sent.")
