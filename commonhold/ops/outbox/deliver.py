"""Sending what waits in the outbox.

What "never twice" means: a message is marked as being sent before it leaves, and as sent when the other side
has said yes. Where the other side drops second copies (the webhook, by its key), a message whose answer was
lost is sent again under the same key. Where it does not (mail), such a message is `unknown`, as is one that
was being sent when this program was killed: it is not sent again unless a person asks for it, and then under
the same Message-ID.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy import select

from commonhold.errors import InputError, StoreError
from commonhold.ops.outbox.mail import is_address
from commonhold.ops.outbox.ways import NotSent, Parcel, Unknown, Way
from commonhold.store import Store
from commonhold.store.outbox import MESSAGE_STATES, OFFICE, Message

TRIES: Final = 6
PAUSES: Final = (60, 300, 1_800, 7_200, 43_200)  # before the second, third … try [s]
OPEN_STATES: Final = ("waiting", "sending", "unknown", "dead")

Render = Callable[[str, str, Mapping[str, object]], tuple[str, str]]  # cause, audience, facts → subject, body


@dataclass(slots=True)
class Delivered:
    """Numbers of messages. later: to be tried again; dead: given up; unknown: see above."""

    sent: list[int] = field(default_factory=list)
    later: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ways:
    """mail, webhook: None where the settings name none. office: its e-mail address, or ""."""

    mail: Way | None
    webhook: Way | None
    office: str = ""


def deliver(store: Store, ways: Ways, render: Render) -> Delivered:
    """Send every message that is due, the oldest first. Raises StoreError while another program does."""
    lock = FileLock(store.folder / "outbox.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreError(
            "Messages are being sent by another program.", "Wait until it has finished."
        ) from None
    try:
        report = Delivered()
        _after_a_crash(store, ways, report)
        with store.reading() as session:
            due = session.scalars(
                select(Message.id).where(Message.state == "waiting", Message.due_at <= store.now())
            ).all()
        for number in sorted(due):
            _one(store, ways, render, number, report)
        return report
    finally:
        lock.release()


def _after_a_crash(store: Store, ways: Ways, report: Delivered) -> None:
    """Nobody else is sending, so what is being sent was left by a program that was killed."""
    with store.writing() as session:
        for row in session.scalars(select(Message).where(Message.state == "sending")):
            way = {"mail": ways.mail, "webhook": ways.webhook}.get(row.channel)
            if way is not None and way.drops_doubles:
                row.state = "waiting"
            else:
                row.state, row.error = "unknown", "the program ended while it was being sent"
                report.unknown.append(row.id)


def _one(store: Store, ways: Ways, render: Render, number: int, report: Delivered) -> None:
    prepared = _prepare(store, ways, render, number)
    if prepared is None:
        report.dead.append(number)
        return
    way, parcel = prepared
    try:
        way.send(parcel)
    except NotSent as error:
        _again(store, number, error.why, for_good=error.for_good, report=report)
    except Unknown as error:
        if way.drops_doubles:
            _again(store, number, error.why, for_good=False, report=report)
        else:
            _mark(store, number, "unknown", error.why)
            report.unknown.append(number)
    else:
        _mark(store, number, "sent", "")
        report.sent.append(number)


def _prepare(store: Store, ways: Ways, render: Render, number: int) -> tuple[Way, Parcel] | None:
    """Mark it as being sent, its words fixed from now on; None if there is no way to its receiver."""
    with store.writing() as session:
        row = session.get_one(Message, number)
        address = ways.office if row.audience == OFFICE else _contact(store, row.audience)
        by_mail = ways.mail is not None and is_address(address)
        way = ways.mail if by_mail else ways.webhook
        if way is None:
            row.state, row.done_at = "dead", store.now()
            row.error = f"{row.audience} has no e-mail address, and there is no webhook"
            return None
        if not row.body:
            row.subject, row.body = render(row.cause, row.audience, row.facts)
        row.state, row.channel, row.tries = "sending", way.name, row.tries + 1
        row.address = address if by_mail else row.audience
        return way, Parcel(row.key, row.address, row.subject, row.body, row.cause)


def _contact(store: Store, audience: str) -> str:
    number = int(audience.removeprefix("party "))
    return next((row.contact for row in store.parties() if row.id == number), "")


def _again(store: Store, number: int, why: str, *, for_good: bool, report: Delivered) -> None:
    with store.writing() as session:
        row = session.get_one(Message, number)
        row.error = why
        if for_good or row.tries >= TRIES:
            row.state, row.done_at = "dead", store.now()
            report.dead.append(number)
        else:
            row.state, row.due_at = "waiting", store.now() + PAUSES[row.tries - 1]
            report.later.append(number)


def _mark(store: Store, number: int, state: str, why: str) -> None:
    with store.writing() as session:
        row = session.get_one(Message, number)
        row.state, row.error, row.done_at = state, why, store.now()


# ---- what a person does


def messages(store: Store, states: Sequence[str] = ()) -> list[Message]:
    """Messages in these states (none named: all that are not done). Raises InputError."""
    for state in states:
        if state not in MESSAGE_STATES:
            raise InputError(f"There is no state {state!r}.", f"There are {', '.join(MESSAGE_STATES)}.")
    with store.reading() as session:
        question = select(Message).where(Message.state.in_(states or OPEN_STATES)).order_by(Message.id)
        return list(session.scalars(question))


def retry(store: Store, numbers: Sequence[int]) -> None:
    """Send these again at the next run, though they are unknown or dead."""
    _set(store, numbers, "waiting", ("unknown", "dead"))


def drop(store: Store, numbers: Sequence[int]) -> None:
    """Never send these."""
    _set(store, numbers, "dropped", ("waiting", "unknown", "dead"))


def _set(store: Store, numbers: Sequence[int], state: str, allowed: Sequence[str]) -> None:
    with store.writing() as session:
        for number in numbers:
            row = session.get(Message, number)
            if row is None or row.state not in allowed:
                found = row.state if row is not None else "unknown here"
                raise InputError(
                    f"Message {number} is {found}.", f"This is for messages that are {', '.join(allowed)}."
                )
            row.state, row.due_at = state, store.now()
            row.tries = 0
