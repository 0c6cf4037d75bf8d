"""Minting what was proposed: every entry once, whatever happens in between.

The citation of an entry is asked of the token before anything is sent, and the token refuses it a second
time. Signed bytes are in the sender's journal before they are sent. So a run that was killed between any two
steps is continued by running it again: what was minted is found on chain and noted, the rest is sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from commonhold.chain.contracts import Suite
from commonhold.chain.send import Sender
from commonhold.errors import InputError, SigningError, TwinError
from commonhold.ops.bank import deciders
from commonhold.ops.bank.deciders import Decider
from commonhold.ops.bank.decisions import decisions_of, note
from commonhold.ops.bank.proposals import Item, check_signature, citation_of
from commonhold.store import Store
from commonhold.store.bank import BankEntry, BankMint, BankProposal


@dataclass(slots=True)
class Minted:
    """What became of batches. minted: entries sent now; found: entries that had been minted before;
    failed: entry and why; skipped: entries that were returned in the meantime. total [cmt]"""

    minted: list[int] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    total: int = 0


def open_proposals(store: Store) -> list[BankProposal]:
    with store.reading() as session:
        return list(
            session.scalars(
                select(BankProposal).where(BankProposal.state == "open").order_by(BankProposal.id)
            )
        )


def items_of(store: Store, proposal: int) -> list[Item]:
    """Every item of a batch, as it was signed."""
    with store.reading() as session:
        rows = session.scalars(select(BankMint).where(BankMint.proposal == proposal).order_by(BankMint.entry))
        return [
            Item(row.entry, row.party, row.wallet, row.amount, bytes.fromhex(row.citation.removeprefix("0x")))
            for row in rows
        ]


def mint(
    suite: Suite,
    store: Store,
    sender: Sender,
    proposal: int,
    *,
    progress: Callable[[int], None] | None = None,
) -> Minted:
    """Send what a batch has not minted yet.

    Raises InputError, SigningError; TwinError if an entry was minted over another amount."""
    row = next((one for one in open_proposals(store) if one.id == proposal), None)
    if row is None:
        raise InputError(
            f"There is no open batch {proposal}.", "See `commonhold bank list --state proposed`."
        )
    items = items_of(store, proposal)
    if sender.address.lower() == row.proposer.lower():
        raise SigningError(
            f"Batch {proposal} was proposed with this very key.",
            "Another officer mints it, with a key of his own.",
        )
    check_signature(suite, row, items)
    _check_minter(suite, sender.address)
    who = deciders.signer(suite, sender.address)
    report = Minted()
    _note_found(suite, store, items, report)
    todo = _todo(suite, store, items, report)
    orders = [suite.token.mint(item.wallet, item.amount, item.citation) for item in todo]
    for item, outcome in zip(todo, sender.send_many(orders, check=False, progress=progress), strict=True):
        if outcome.error is None and outcome.receipt is not None:
            _record(store, item, outcome.receipt.hash, outcome.receipt.block, who)
            report.minted.append(item.entry)
            report.total += item.amount
        elif outcome.error is not None:
            report.failed.append((item.entry, str(outcome.error)))
    if report.failed:
        _look_again(suite, store, items, report)
    _finish(store, proposal)
    return report


def _check_minter(suite: Suite, address: str) -> None:
    minter, _ = suite.token.minter_allowance(address)
    if not minter:
        raise SigningError(
            f"{address} is no minter of the token.", "ADMIN makes minters: setMinter of CommunityToken."
        )


def _note_found(suite: Suite, store: Store, items: Sequence[Item], report: Minted) -> None:
    """What the token has minted under these citations already, by an earlier run or another office."""
    used = suite.token.citations_used([item.citation for item in items])
    noted = _noted(store, items)
    minters: dict[str, Decider] = {}
    for item, was_used in zip(items, used, strict=True):
        if was_used and item.entry not in noted:
            transaction, block, minter = minted_in(suite, item)
            if minter not in minters:
                minters[minter] = deciders.signer(suite, minter)
            _record(store, item, transaction, block, minters[minter])
            report.found.append(item.entry)


def _look_again(suite: Suite, store: Store, items: Sequence[Item], report: Minted) -> None:
    """A refusal may mean that another officer was quicker: then it is done."""
    _note_found(suite, store, items, report)
    report.failed = [(entry, why) for entry, why in report.failed if entry not in report.found]


def minted_in(suite: Suite, item: Item) -> tuple[str, int, str]:
    """(transaction, block, minter) of the mint under an item's citation. Raises TwinError for another."""
    citation = int.from_bytes(item.citation)
    (event,) = suite.token.events("Minted", topics=[None, None, citation])
    if (str(event["to"]).lower(), event["amount"]) != (item.wallet.lower(), item.amount):
        raise TwinError(
            f"Entry {item.entry} was minted as {event['amount']} to {event['to']}, "
            f"not as {item.amount} to {item.wallet}.",
            f"Look at transaction {event.transaction}: who sent it, and from which books?",
        )
    return event.transaction, event.block, str(event["minter"])


def _noted(store: Store, items: Sequence[Item]) -> set[int]:
    with store.reading() as session:
        rows = session.scalars(
            select(BankMint.entry).where(
                BankMint.entry.in_([item.entry for item in items]), BankMint.minted_in != ""
            )
        )
        return set(rows)


def _todo(suite: Suite, store: Store, items: Sequence[Item], report: Minted) -> list[Item]:
    """What is still to be minted: proposed, and the party's wallet is the one that was signed."""
    with store.reading() as session:
        states = {
            row.id: row.state
            for row in session.scalars(
                select(BankEntry).where(BankEntry.id.in_([item.entry for item in items]))
            )
        }
    wallets = suite.parties.wallets_of([item.party for item in items])
    todo = []
    for item, wallet in zip(items, wallets, strict=True):
        if states[item.entry] in ("minted", "taken_back"):
            continue
        if states[item.entry] != "proposed":
            report.skipped.append(item.entry)
        elif wallet.lower() != item.wallet.lower():
            why = f"party {item.party} has another wallet now: withdraw the batch and propose it anew"
            report.failed.append((item.entry, why))
        else:
            todo.append(item)
    return todo


def _record(store: Store, item: Item, transaction: str, block: int, who: Decider) -> None:
    """Note that an entry is minted; one that the bank took back in the meantime says so."""
    with store.writing() as session:
        rows = session.scalars(
            select(BankMint).where(BankMint.entry == item.entry, BankMint.minted_in == "")
        ).all()
        for row in rows:
            row.minted_in, row.block = transaction, block
        if rows:
            note(session, store, item.entry, "mint", f"in {transaction}", who, item.party)
        entry = session.get_one(BankEntry, item.entry)
        if entry.state in ("proposed", "matched"):
            entry.state = "minted"
        elif entry.state == "returned":
            entry.state, entry.why = "taken_back", f"{entry.why}, while it was being minted"


def _finish(store: Store, proposal: int) -> None:
    """A batch is done when none of its entries waits to be minted."""
    with store.writing() as session:
        waiting = session.scalar(
            select(BankEntry.id)
            .join(BankMint, BankMint.entry == BankEntry.id)
            .where(BankMint.proposal == proposal, BankEntry.state == "proposed")
            .limit(1)
        )
        row = session.get(BankProposal, proposal)
        if row is not None and waiting is None:
            row.state = "done"


def burn(suite: Suite, store: Store, sender: Sender, entry: int) -> str:
    """Burn the sender's own money under the citation of a credit that the bank took back; the transaction.

    Raises InputError for any other entry; a second run finds the first burn."""
    with store.reading() as session:
        row = session.get(BankEntry, entry)
    if row is None or row.state != "taken_back":
        state = row.state if row is not None else "unknown"
        raise InputError(
            f"Entry {entry} is {state}: only what was minted and taken back is covered by a burn.",
            "See `commonhold bank list --state taken_back`.",
        )
    citation = citation_of(store, row)
    wanted = int.from_bytes(citation)
    found = suite.token.events("Burned", topics=[None, wanted])
    if found:
        _note_burn(store, entry, deciders.signer(suite, str(found[0]["minter"])))
        return found[0].transaction
    hash_ = sender.send(suite.token.burn(row.amount, citation)).hash
    _note_burn(store, entry, deciders.signer(suite, sender.address))
    return hash_


def _note_burn(store: Store, entry: int, who: Decider) -> None:
    """Once, also where the run that burned was cut off before it."""
    if any(one.decision == "burn" for one in decisions_of(store, [entry])):
        return
    with store.writing() as session:
        note(session, store, entry, "burn", "covers what the bank took back", who)
