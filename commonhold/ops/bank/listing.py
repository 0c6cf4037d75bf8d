"""What is in the store of bank money, for tables and JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from commonhold.errors import InputError
from commonhold.ops.bank import decisions
from commonhold.ops.bank.entries import account_name
from commonhold.ops.bank.proposals import citation_of
from commonhold.ops.bank.reference import Purpose, Reference
from commonhold.store import Store
from commonhold.store.bank import ENTRY_STATES, BankEntry, BankMint, BankProposal, BankSighting
from commonhold.units import Day, format_day

# What waits for somebody, in the order in which it is shown.
WAITING: Final = ("unmatched", "doubtful", "matched", "proposed", "to_return", "taken_back")


def entries(store: Store, account: str, states: Sequence[str] = ()) -> list[BankEntry]:
    """Entries in these states (none named: what waits for somebody), by day. Raises InputError."""
    for state in states:
        if state not in ENTRY_STATES:
            raise InputError(f"There is no state {state!r}.", f"There are {', '.join(ENTRY_STATES)}.")
    with store.reading() as session:
        rows = session.scalars(
            select(BankEntry).where(
                BankEntry.account == account_name(account), BankEntry.state.in_(states or WAITING)
            )
        )
        return sorted(rows, key=lambda row: (row.day, row.id))


def as_json(store: Store, rows: Sequence[BankEntry], tag: int) -> list[dict[str, Any]]:
    """Amounts in base units as decimal strings [cmt]; with the batch, the citation and the transaction."""
    with store.reading() as session:
        numbers = [row.id for row in rows]
        # a batch that was taken back tells only of what it had minted by then; the newest one counts
        held = (BankProposal.state != "withdrawn") | (BankMint.minted_in != "")
        found = (
            select(BankMint)
            .join(BankProposal, BankProposal.id == BankMint.proposal)
            .where(BankMint.entry.in_(numbers), held)
            .order_by(BankMint.proposal)
        )
        mints = {one.entry: one for one in session.scalars(found)}
        seen: dict[int, int] = {}
        for number in session.scalars(select(BankSighting.entry).where(BankSighting.entry.in_(numbers))):
            seen[number] = seen.get(number, 0) + 1
    told: dict[int, list[dict[str, Any]]] = {}
    for one in decisions.decisions_of(store, numbers) if numbers else ():
        told.setdefault(one.entry, []).append(decisions.as_json(one))
    return [_row(store, row, mints, seen, tag) | {"decisions": told.get(row.id, [])} for row in rows]


def _row(
    store: Store, row: BankEntry, mints: Mapping[int, BankMint], seen: Mapping[int, int], tag: int
) -> dict[str, Any]:
    mint = mints.get(row.id)
    found: dict[str, Any] = {
        "entry": row.id,
        "day": format_day(Day(row.day)),
        "side": row.side,
        "amount": str(row.amount),
        "currency": row.currency,
        "state": row.state,
        "why": row.why,
        "party": row.party,
        "counterparty": row.counterparty,
        "text": row.text,
        "reference": row.reference,
        "like": row.like,
        "redemption": row.target,
        "statements": seen.get(row.id, 0),
    }
    if row.side == "credit":
        found["citation"] = "0x" + citation_of(store, row).hex()
        found["batch"] = mint.proposal if mint is not None else None
        found["transaction"] = mint.minted_in if mint is not None else ""
    if row.state == "to_return":
        found["return_reference"] = Reference(tag, Purpose.RETURN, row.id).plain
    return found


def batches(store: Store) -> list[dict[str, Any]]:
    """Open batches: number, proposer, how many entries, total [cmt]."""
    with store.reading() as session:
        rows = session.scalars(
            select(BankProposal).where(BankProposal.state == "open").order_by(BankProposal.id)
        )
        answer = []
        for row in rows:
            items = session.scalars(select(BankMint).where(BankMint.proposal == row.id)).all()
            answer.append(
                {
                    "batch": row.id,
                    "proposer": row.proposer,
                    "digest": row.digest,
                    "entries": len(items),
                    "total": str(sum(item.amount for item in items)),
                }
            )
        return answer
