"""Whose money an entry is, as far as the slip's reference says it. What is not clear is left to a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonhold.ops.bank.entries import Entry, letters
from commonhold.ops.bank.reference import Purpose, Reference, found_in
from commonhold.store.bank import BankEntry

# credits that a debit can still undo
_OPEN = ("unmatched", "doubtful", "matched", "proposed", "minted", "to_return")


@dataclass(frozen=True, slots=True)
class Community:
    """Whose slips count. tag: of its references. parties: how many are registered, from 1."""

    tag: int
    parties: int


@dataclass(frozen=True, slots=True)
class Place:
    """What an entry is, and why. party: whose credit it is."""

    state: str
    why: str
    party: int | None = None


def place_credit(entry: Entry, community: Community) -> Place:
    """A credit belongs to the one party that its slip names."""
    if entry.reversal:
        return Place("unmatched", "the bank gives a payment of ours back")
    found = found_in(*entry.told)
    own = {one for one in found if one.tag == community.tag}
    parties = sorted(one.number for one in own if one.purpose == Purpose.PARTY)
    if len(parties) == 1 and len(found) == 1:
        if parties[0] > community.parties:
            return Place("unmatched", f"there is no party {parties[0]}")
        return Place("matched", "the reference of the slip", parties[0])
    if len(found) > 1:
        return Place("unmatched", f"the text holds {len(found)} references")
    if found - own:
        return Place("unmatched", "the reference is another community's")
    return Place("unmatched", "a reference for outgoing money" if own else "no reference in the text")


def link_debits(session: Session, account: str, tag: int) -> list[BankEntry]:
    """Say of each debit that says it itself what it pays out, sends back or undoes; returns those."""
    rows = session.scalars(
        select(BankEntry).where(
            BankEntry.account == account, BankEntry.side == "debit", BankEntry.state == "other"
        )
    )
    return [row for row in rows if _link(session, row, tag)]


def _link(session: Session, debit: BankEntry, tag: int) -> bool:
    own = [one for one in found_in(debit.text) if one.tag == tag]
    if debit.reversal:
        return _reverse(session, debit, own)
    if len(own) != 1:
        return False
    if own[0].purpose == Purpose.PAYOUT:
        debit.state, debit.target, debit.why = "payout", own[0].number, f"redemption {own[0].number}"
        return True
    if own[0].purpose == Purpose.RETURN:
        credit = session.get(BankEntry, own[0].number)
        if credit is not None and credit.state == "to_return" and credit.amount == debit.amount:
            undo(credit, debit, "return")
            return True
        debit.why = f"names entry {own[0].number}, which is not to be returned, or not over this amount"
    return False


def _reverse(session: Session, debit: BankEntry, own: Sequence[Reference]) -> bool:
    """The one credit over the same amount that the bank's or the slip's reference points to."""
    credits = session.scalars(
        select(BankEntry).where(
            BankEntry.account == debit.account,
            BankEntry.side == "credit",
            BankEntry.amount == debit.amount,
            BankEntry.day <= debit.day,
            BankEntry.state.in_(_OPEN),
        )
    ).all()
    pointed = [credit for credit in credits if _points(debit, own, credit)]
    if len(pointed) != 1:
        debit.why = f"the bank takes a credit back; {len(pointed)} fit"
        return False
    undo(pointed[0], debit, "reversal")
    return True


def _points(debit: BankEntry, own: Iterable[Reference], credit: BankEntry) -> bool:
    if credit.reference and (
        credit.reference == debit.reference
        or (len(letters(credit.reference)) >= 6 and letters(credit.reference) in letters(debit.text))
    ):
        return True
    return bool(set(own) & found_in(credit.text))


def undo(credit: BankEntry, debit: BankEntry, state: str) -> None:
    """A debit took a credit back (`reversal`), or sent it back (`return`)."""
    debit.state, debit.like, debit.why = state, credit.id, f"undoes entry {credit.id}"
    was_minted = credit.state == "minted"
    credit.state = "taken_back" if was_minted else "returned"
    credit.why = f"undone by entry {debit.id}" + (", after it was minted" if was_minted else "")
