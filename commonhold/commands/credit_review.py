"""`commonhold credit dispute | decide`: an entry of a history that somebody finds wrong."""

from typing import Annotated

import typer

from commonhold.commands.arguments import LanguageOption, ReasonOption
from commonhold.commands.options import Desk, signed
from commonhold.commands.session import JsonOption
from commonhold.errors import SigningError
from commonhold.ops.credit import review
from commonhold.ops.reasons import hash_of_reason
from commonhold.present import day, print_json, say
from commonhold.rules.history import Lane, Standing
from commonhold.words import word

KeyArgument = Annotated[
    str, typer.Argument(metavar="ENTRY", help="Key of the entry, as credit show prints it.")
]


def _done(desk: Desk, key: int, language: str | None, as_json: bool) -> None:
    """How the entry stands now."""
    one, say_in = desk.session.suite.credit.outcome_of(key), language or desk.session.settings.language
    if as_json:
        told = {"key": f"{key:#x}", "party": one.party, "due_day": one.due_day, "standing": one.standing.name}
        print_json({"dry_run": desk.dry, **told, "last_day": one.last_day or None})
    lane = word(say_in, f"lane_{Lane(one.lane).name}") if one.lane in set(Lane) else ""
    standing = word(say_in, f"standing_{one.standing.name}")
    until = f" {day(one.last_day)}" if one.standing is Standing.DISPUTED else ""
    say(f"Party {one.party}, {day(one.due_day)}: {lane}, {standing}{until}.")
    if desk.dry:
        say("Nothing was sent.")


@signed("", dry=True)
def dispute(
    desk: Desk,
    entry: KeyArgument,
    reason: ReasonOption,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Dispute an entry of your history with your own key, once: it stops counting until it is decided."""
    key, hashed = review.key_of(entry), hash_of_reason(reason)
    suite = desk.session.suite
    review.check_dispute(review.outcome_of(suite, key))
    if not desk.dry:
        if desk.key is None:
            raise SigningError("Whose history it is disputes it.", "Name that party's keystore with --key.")
        desk.confirm(f"Dispute the entry {key:#x}? It can be disputed once.")
        with desk.sending() as sender:
            sender.send(suite.review.dispute(key, hashed))
    _done(desk, key, language, as_json)


@signed("OFFICER", dry=True)
def decide(
    desk: Desk,
    entry: KeyArgument,
    upheld: Annotated[
        bool,
        typer.Option("--upheld/--removed", help="It was right and counts again, or it is gone for ever."),
    ],
    reason: ReasonOption,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide a dispute as an officer, about nobody's own history. Silence until its last day removes it."""
    key, hashed = review.key_of(entry), hash_of_reason(reason)
    suite = desk.session.suite
    review.check_decision(review.outcome_of(suite, key))
    if not desk.dry:
        desk.confirm(f"{'Uphold' if upheld else 'Remove'} the entry {key:#x} for good?")
        with desk.sending() as sender:
            sender.send(suite.review.decide(key, upheld, hashed))
    _done(desk, key, language, as_json)
