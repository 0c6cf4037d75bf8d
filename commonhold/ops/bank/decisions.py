"""What is decided about an entry: whose it is, that it goes back, that it is one that is there already.

Each decision has a reason and who made it, and stays on record: a person by name, or, where it is signed, a
key and its office. Nothing here sends anything.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonhold.errors import InputError
from commonhold.ops.bank.deciders import Decider
from commonhold.ops.bank.placing import link_debits, undo
from commonhold.store import Store
from commonhold.store.bank import BankDecision, BankEntry

_REASON_MOST = 400


def assign(store: Store, entry: int, party: int, reason: str, parties: int, who: Decider) -> BankEntry:
    """A credit belongs to a party; a doubtful one is thereby a payment of its own. parties: registered."""
    if not 0 < party <= parties:
        raise InputError(f"There is no party {party}.", f"Parties are numbered from 1 to {parties}.")
    with store.exclusive(wait=30), store.writing() as session:
        row = _credit(session, entry, ("unmatched", "doubtful", "matched"))
        note(session, store, row.id, "assign", reason, who, party)
        row.state, row.party, row.why = "matched", party, f"assigned by {who.by}: {reason.strip()}"
        return row


def send_back(store: Store, entry: int, reason: str, who: Decider) -> BankEntry:
    """A credit is to be sent back to its payer; the bank transfer names the reference of its return."""
    with store.exclusive(wait=30), store.writing() as session:
        row = _credit(session, entry, ("unmatched", "doubtful", "matched", "to_return"))
        note(session, store, row.id, "send back", reason, who)
        row.state, row.why = "to_return", f"to be sent back, says {who.by}: {reason.strip()}"
        return row


def dismiss(store: Store, entry: int, reason: str, who: Decider) -> BankEntry:
    """A doubtful entry is a second description of one that is there; it never counts."""
    with store.exclusive(wait=30), store.writing() as session:
        row = _need(session, entry)
        if row.state != "doubtful":
            raise InputError(
                f"Entry {entry} is {row.state}: only a doubtful one can be said to be a copy.",
                "If it is money that nobody can place, send it back: commonhold bank return.",
            )
        note(session, store, row.id, "dismiss", reason, who)
        row.state, row.why = "doubled", f"a copy of entry {row.like}, says {who.by}: {reason.strip()}"
        return row


def accept(store: Store, entry: int, reason: str, tag: int, who: Decider) -> BankEntry:
    """A doubtful entry is one of its own; whose it is follows from its slip, or is still to be said."""
    with store.exclusive(wait=30), store.writing() as session:
        row = _need(session, entry)
        if row.state != "doubtful":
            raise InputError(f"Entry {entry} is {row.state}, not doubtful.", "See `commonhold bank list`.")
        note(session, store, row.id, "accept", reason, who)
        row.why = f"an entry of its own, says {who.by}: {reason.strip()}"
        if row.side == "debit":
            row.state = "other"
            session.flush()
            link_debits(session, row.account, tag)
        else:
            row.state = "matched" if row.party is not None else "unmatched"
        return row


def link(store: Store, credit: int, debit: int, reason: str, who: Decider) -> tuple[BankEntry, BankEntry]:
    """A debit that the bank's texts do not explain undoes this credit: it was taken back, or sent back."""
    with store.exclusive(wait=30), store.writing() as session:
        open_states = ("unmatched", "doubtful", "matched", "proposed", "minted", "to_return")
        row = _credit(session, credit, open_states)
        other = _need(session, debit)
        if other.side != "debit" or other.state != "other":
            raise InputError(
                f"Entry {debit} is {other.side} and {other.state}, no open debit.",
                "See `commonhold bank list`.",
            )
        if other.amount != row.amount:
            raise InputError(
                f"Entries {credit} and {debit} are over different amounts.",
                "Only a whole credit can be undone.",
            )
        if other.day < row.day:
            raise InputError(
                f"Entry {debit} was booked before entry {credit}.",
                "What undoes a credit is booked on its day or later: `commonhold bank list --state other`.",
            )
        note(session, store, row.id, f"undone by entry {debit}", reason, who)
        undo(row, other, "return" if row.state == "to_return" else "reversal")
        return row, other


def decisions_of(store: Store, entries: Sequence[int] = ()) -> list[BankDecision]:
    """About these entries (none named: all), in the order in which they were made."""
    question = select(BankDecision).order_by(BankDecision.id)
    with store.reading() as session:
        return list(session.scalars(question.where(BankDecision.entry.in_(entries)) if entries else question))


def as_json(row: BankDecision) -> dict[str, Any]:
    """at [unix]; by and office are null where they were not recorded yet."""
    return {
        "entry": row.entry,
        "at": row.at,
        "decision": row.decision,
        "party": row.party,
        "by": row.decided_by or None,
        "office": row.office or None,
        "reason": row.reason,
    }


def _need(session: Session, entry: int) -> BankEntry:
    row = session.get(BankEntry, entry)
    if row is None:
        raise InputError(f"There is no bank entry {entry}.", "See `commonhold bank list`.")
    return row


def _credit(session: Session, entry: int, states: Sequence[str]) -> BankEntry:
    row = _need(session, entry)
    if row.side != "credit" or row.state not in states:
        raise InputError(
            f"Entry {entry} is a {row.side} and {row.state}: this cannot be decided any more.",
            "What is in a batch leaves it with `commonhold bank withdraw`; what is minted stays minted.",
        )
    return row


def note(
    session: Session,
    store: Store,
    entry: int,
    decision: str,
    reason: str,
    who: Decider,
    party: int | None = None,
) -> None:
    """On record, in the transaction of what was decided. Raises InputError without a reason."""
    if not reason.strip() or len(reason) > _REASON_MOST:
        raise InputError("A decision needs a reason of at most 400 characters.", 'Write it as --reason "…".')
    session.add(
        BankDecision(
            entry=entry,
            at=store.now(),
            decision=decision,
            party=party,
            reason=reason.strip(),
            decided_by=who.by,
            office=who.office,
        )
    )
