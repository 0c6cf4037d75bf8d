"""Batches to be minted: one officer proposes and signs, another mints.

The proposal is signed over every item, so that nobody can change a party, a wallet or an amount in the store
between the two. Who mints must have another key than who proposed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

from eth_account import Account
from eth_account.messages import SignableMessage, encode_defunct
from eth_utils.crypto import keccak
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.base import NOBODY
from commonhold.chain.signing import AnySigner, address_of, refuse_dev_key
from commonhold.errors import InputError, SigningError, StoreError
from commonhold.ops.bank import deciders
from commonhold.ops.bank.decisions import note
from commonhold.roles import ROLE_ID
from commonhold.store import Store
from commonhold.store.bank import BankEntry, BankMint, BankProposal
from commonhold.units import Money, format_money

# Any of these may propose; the token itself says who may mint.
PROPOSERS: Final = ("MANAGER", "TREASURER", "COMMITTEE")


@runtime_checkable
class MessageSigner(Protocol):
    """A signer that can sign a text, as keystores can."""

    @property
    def address(self) -> Any: ...

    def sign_message(self, signable_message: SignableMessage) -> Any: ...


@dataclass(frozen=True, slots=True)
class Item:
    """One mint of a batch. amount [cmt]; citation: 32 bytes."""

    entry: int
    party: int
    wallet: str
    amount: int
    citation: bytes


@dataclass(frozen=True, slots=True)
class Proposed:
    """left_out: entries without a wallet to mint to, and why."""

    number: int
    items: tuple[Item, ...]
    left_out: tuple[tuple[int, str], ...]

    @property
    def total(self) -> int:
        """[cmt]"""
        return sum(item.amount for item in self.items)


def citation_of(store: Store, row: BankEntry) -> bytes:
    """Under what the token mints an entry, once.

    With the bank's own reference it is a hash of account, side, amount and that, the same in every store. A
    fingerprint holds names and texts of people, so its hash is keyed with the store's secret.
    """
    if row.reference:
        return bytes(keccak(text=f"commonhold bank entry {row.identity}"))
    return store.identity_of(f"bank entry {row.identity}")


def propose(suite: Suite, store: Store, signer: AnySigner, entries: Sequence[int] = ()) -> Proposed:
    """Put matched credits (none named: all) into a batch, signed by `signer`.

    Raises InputError, SigningError, StoreError if an entry changed meanwhile."""
    refuse_dev_key(signer, suite.connection.chain_id)
    if not isinstance(signer, MessageSigner):
        raise SigningError("This key cannot sign a text.", "Propose with a keystore: --key NAME.")
    check_role(suite, address_of(signer))
    who = deciders.signer(suite, address_of(signer))
    with store.reading() as session:
        rows = _matched(session, entries)
        items, left_out = _items(suite, store, rows)
        latest = session.scalar(select(func.max(BankProposal.made_at))) or 0
    if not items:
        return Proposed(0, (), left_out)
    made_at = max(store.now(), latest + 1)  # a batch that was withdrawn in this second is another one
    digest = digest_of(suite, items, made_at)
    signature = bytes(signer.sign_message(message_of(suite, items, digest)).signature)
    with store.exclusive(wait=30), store.writing() as session:
        row = BankProposal(
            made_at=made_at,
            proposer=address_of(signer),
            digest="0x" + digest.hex(),
            signature="0x" + signature.hex(),
        )
        session.add(row)
        session.flush()
        for item in items:
            _take_up(session, row.id, item)
            note(session, store, item.entry, "propose", f"batch {row.id}", who, item.party)
        return Proposed(row.id, items, left_out)


def _take_up(session: Session, proposal: int, item: Item) -> None:
    entry = session.get(BankEntry, item.entry)
    if entry is None or (entry.state, entry.party, entry.amount) != ("matched", item.party, item.amount):
        raise StoreError(f"Entry {item.entry} was changed meanwhile.", "Nothing was proposed: run it again.")
    entry.state = "proposed"
    session.add(
        BankMint(
            proposal=proposal,
            entry=item.entry,
            party=item.party,
            wallet=item.wallet,
            amount=item.amount,
            citation="0x" + item.citation.hex(),
        )
    )


def withdraw(store: Store, proposal: int, reason: str, who: deciders.Decider) -> int:
    """Take back what a batch has not minted yet; the entries can be assigned and proposed anew."""
    with store.exclusive(wait=30), store.writing() as session:
        row = session.get(BankProposal, proposal)
        if row is None or row.state != "open":
            raise InputError(
                f"There is no open batch {proposal}.", "See `commonhold bank list --state proposed`."
            )
        row.state = "withdrawn"
        count = 0
        for mint in session.scalars(
            select(BankMint).where(BankMint.proposal == proposal, BankMint.minted_in == "")
        ):
            entry = session.get(BankEntry, mint.entry)
            if entry is not None and entry.state == "proposed":
                entry.state = "matched"
                note(session, store, entry.id, f"withdraw batch {proposal}", reason, who)
                count += 1
        return count


def check_role(suite: Suite, address: str) -> None:
    """Raises SigningError unless the address holds a role that may propose."""
    if not any(suite.access.has_role(ROLE_ID[role], address)[0] for role in PROPOSERS):
        raise SigningError(
            f"{address} holds none of the roles {', '.join(PROPOSERS)}.", "Propose with an officer's key."
        )


# ---- what is signed


def digest_of(suite: Suite, items: Sequence[Item], made_at: int) -> bytes:
    """Of chain, token, time and every item. made_at [unix]"""
    content = [
        suite.connection.chain_id,
        suite.token.address.lower(),
        made_at,
        [
            [item.entry, item.party, item.wallet.lower(), str(item.amount), item.citation.hex()]
            for item in items
        ],
    ]
    return bytes(keccak(text=json.dumps(content, separators=(",", ":"))))


def message_of(suite: Suite, items: Sequence[Item], digest: bytes) -> SignableMessage:
    """The text that the proposer signs."""
    total = format_money(Money(sum(item.amount for item in items)))
    return encode_defunct(
        text=f"Commonhold: mint {len(items)} bank entries, {total} in all\n"
        f"chain {suite.connection.chain_id}, token {suite.token.address}\nbatch 0x{digest.hex()}"
    )


def check_signature(suite: Suite, proposal: BankProposal, items: Sequence[Item]) -> None:
    """Raises SigningError unless the batch is what its proposer signed, and he still may."""
    digest = digest_of(suite, items, proposal.made_at)
    signed = None
    if "0x" + digest.hex() == proposal.digest:
        signature = bytes.fromhex(proposal.signature.removeprefix("0x"))
        signed = Account.recover_message(message_of(suite, items, digest), signature=signature)
    if signed != proposal.proposer:
        raise SigningError(
            f"Batch {proposal.id} is not what {proposal.proposer} signed.",
            "Somebody changed the store. Withdraw the batch, look at its entries, and propose them anew.",
        )
    check_role(suite, proposal.proposer)


# ---- the entries


def _matched(session: Session, entries: Sequence[int]) -> list[BankEntry]:
    question = select(BankEntry).where(BankEntry.state == "matched", BankEntry.side == "credit")
    rows = {row.id: row for row in session.scalars(question.order_by(BankEntry.id))}
    for number in entries:
        if number not in rows:
            raise InputError(
                f"Entry {number} is not a credit that belongs to a party.", "See `commonhold bank list`."
            )
    return [row for row in rows.values() if not entries or row.id in entries]


def _items(
    suite: Suite, store: Store, rows: Sequence[BankEntry]
) -> tuple[tuple[Item, ...], tuple[tuple[int, str], ...]]:
    parties = sorted({row.party for row in rows if row.party is not None})
    wallets = dict(zip(parties, suite.parties.wallets_of(parties), strict=True))
    items, left_out = [], []
    for row in rows:
        wallet = wallets.get(row.party or 0, NOBODY)
        if row.party is None or wallet == NOBODY:
            left_out.append((row.id, f"party {row.party} has no wallet yet"))
        else:
            items.append(Item(row.id, row.party, wallet, row.amount, citation_of(store, row)))
    return tuple(items), tuple(left_out)
