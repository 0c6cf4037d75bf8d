"""The outbox: what is to be told to whom, written in the same transaction as its cause, sent afterwards."""

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from commonhold.store.schema import Base

OFFICE: Final = "office"
# waiting: to be sent at or after `due_at`. sending: handed over just now. sent. unknown: the answer of the
# other side was lost, so it may have arrived. dead: given up. dropped: a person said not to send it.
MESSAGE_STATES: Final = ("waiting", "sending", "sent", "unknown", "dead", "dropped")


class Message(Base):
    """One message. key: of its cause; there is one message for a key and a channel, ever.

    audience: "office" or "party 7". facts: what it says, as data. subject, body: as first sent; later tries
    send the same bytes. due_at, made_at, done_at [unix].
    """

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(unique=True)
    cause: Mapped[str]
    audience: Mapped[str]
    facts: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    channel: Mapped[str] = mapped_column(default="")  # mail or webhook, once it was tried
    address: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[int]
    done_at: Mapped[int | None]
    error: Mapped[str] = mapped_column(default="")


def put(session: Session, key: str, cause: str, audience: str, facts: dict[str, Any], now: int) -> bool:
    """Add a message inside the transaction of its cause; False if its key is there already. now [unix]"""
    if session.scalar(select(Message.id).where(Message.key == key)) is not None:
        return False
    session.add(Message(key=key, cause=cause, audience=audience, facts=facts, made_at=now, due_at=now))
    return True
