"""`commonhold office list | announced | call | announce`: acts that have no command of their own."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commonhold.chain.call import Call
from commonhold.chain.send import CallRefused
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import JsonOption, Session
from commonhold.errors import InputError
from commonhold.ops.office import announced, members, prepare
from commonhold.ops.signers.readable import in_words
from commonhold.present import out, print_json, say, table
from commonhold.roles import GUARDED

office_app = typer.Typer(no_args_is_help=True, help="Offices: who holds them, and what they do.")

WhatArgument = Annotated[str, typer.Argument(help="Contract.function, as in docs/roles.md.")]
WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(help="Its arguments: numbers, addresses or contracts, roles, 7d, now+7d."),
]


@office_app.command("list")
@on_chain
def office_list(
    session: Session,
    as_json: JsonOption = False,
) -> None:
    """Who holds which role, since when, and how long each act of theirs waits."""
    found = members(session.suite)
    names = {address.lower(): name for name, address in session.deployment.addresses.items()}
    if as_json:
        print_json(
            [{"role": m.role, "account": m.account, "delay": m.delay, "since": m.since} for m in found]
        )
        return
    rows = [
        [
            member.role,
            names.get(member.account.lower(), member.account),
            _moment(member.since),
            f"{member.delay} s",
        ]
        for member in found
    ]
    out.print(table("Offices", ["role", "held by", "since", "an act waits"], rows))


@office_app.command("announced")
@on_chain
def office_announced(
    session: Session,
    as_json: JsonOption = False,
) -> None:
    """What was announced and waits for its time."""
    found = announced(session.suite)
    if as_json:
        print_json(
            [
                {
                    "id": one.id,
                    "act": one.call.label,
                    "caller": one.caller,
                    "ready": one.ready,
                    "until": one.until,
                }
                for one in found
            ]
        )
        return
    rows = [
        [
            "; ".join(f"{name} {value}" for name, value in in_words(one.call)[1:]),
            one.caller,
            _moment(one.ready),
        ]
        for one in found
    ]
    out.print(table("Announced", ["act", "by", "from"], rows))


@office_app.command("call")
@signed("ADMIN", dry=True)
def office_call(
    desk: Desk,
    what: WhatArgument,
    words: WordsArgument = None,
) -> None:
    """Carry an act out: at once where nothing delays it, else once its announcement has come of age."""
    _send(desk, _prepared(desk.session, what, words))


@office_app.command("announce")
@signed("ADMIN", dry=True)
def office_announce(
    desk: Desk,
    what: WhatArgument,
    words: WordsArgument = None,
) -> None:
    """Announce an act that has to wait; `office call` with the same words carries it out later."""
    session = desk.session
    act = _prepared(session, what, words)
    _send(desk, session.suite.access.schedule(act), _role(act))
    for one in announced(session.suite):
        say(f"{one.call.label} of {one.caller}: from {_moment(one.ready)} until {_moment(one.until)}.")


def _prepared(session: Session, what: str, words: list[str] | None) -> Call:
    contract, _, function = what.partition(".")
    if not function:
        raise InputError(f"{what} is no act.", "Write Contract.function, such as LeaseAgreement.pause.")
    return prepare(session.suite, contract, function, words or [])


def _send(desk: Desk, call: Call, role: str | None = None) -> None:
    for name, value in in_words(call):
        say(f"  {name}: {value}")
    with desk.sending(role or _role(call)) as sender:
        try:
            if desk.dry:
                sender.simulate(call)
                say(f"{sender.estimate(call):,} gas; it would work now. Nothing was sent.")
                return
            desk.confirm(f"Do {call.label} as {sender.address}?")
            receipt = sender.send(call)
        except CallRefused as error:
            if error.refusal.name == "AccessManagerNotScheduled":
                raise InputError(
                    f"{call.label} has to be announced first.", "Do so with `commonhold office announce`."
                ) from None
            raise
    print(receipt.hash)
    say(f"Mined in block {receipt.block}, {receipt.gas_used:,} gas, {receipt.gas_used * receipt.price} wei.")


def _role(call: Call) -> str:
    """Which development account acts: that of the function's role."""
    roles = GUARDED.get(call.contract, {})
    return next(
        (role for signature, role in roles.items() if signature.split("(")[0] == call.function), "ADMIN"
    )


def _moment(unix: int) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M UTC")
