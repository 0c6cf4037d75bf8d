"""The tables of bank money: statements that were brought in, their entries, and what was decided about each.

    bank_statements   one row per statement of a file, with the balances that the bank says
    bank_entries      one row per entry of the account, however many files bring it
    bank_sightings    which statement brought which entry, and on which line
    bank_proposals    batches to be minted: who proposed them, and the signature
    bank_mints        one row per entry of a batch: to whom, how much, and where it was minted

Names and texts of payers stand here and nowhere else; none of them leaves the store for the chain.
"""

from typing import Final

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from commonhold.store.schema import Base

# What an entry can be. Credits: from `unmatched` to `minted`, or back to the payer; debits: the last four.
ENTRY_STATES: Final = (
    "unmatched",  # nobody knows yet whose money it is
    "doubtful",  # may be an entry that is there already: a person decides
    "doubled",  # a person said that it is one
    "matched",  # belongs to a party
    "proposed",  # in a batch to be minted
    "minted",
    "to_return",  # to be sent back to its payer
    "returned",  # sent back, or taken back by the bank, before anything was minted
    "taken_back",  # taken back by the bank after it was minted
    "reversal",  # the bank took a credit back
    "return",  # money sent back to its payer
    "payout",  # a redemption paid out
    "other",  # a debit of the community's own: fees of the bank, a supplier
)


class BankStatement(Base):
    """One statement of one file. position: in the file, from 0. opening, closing: balances that the bank
    says, None where it says none [cmt]; first_day, last_day [day]; imported_at [unix]."""

    __tablename__ = "bank_statements"
    __table_args__ = (UniqueConstraint("sha256", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    sha256: Mapped[str]
    position: Mapped[int]
    file: Mapped[str]
    form: Mapped[str]  # csv or camt.053.001.NN
    account: Mapped[str]
    name: Mapped[str]
    opening: Mapped[int | None]
    closing: Mapped[int | None]
    first_day: Mapped[int | None]
    last_day: Mapped[int | None]
    imported_at: Mapped[int]


class BankEntry(Base):
    """One entry of the account.

    identity: what makes it this entry and no other, 64 hex digits; kin: the same without the number among
    equal ones, so that copies are found. amount: above zero [cmt]; side: credit or
    debit; day: booked, value_day: counts from [day]. party: whose money it is. like: the entry that a
    doubtful one may repeat, or that a reversal or return undoes. why: in words, what speaks for its state.
    """

    __tablename__ = "bank_entries"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    identity: Mapped[str] = mapped_column(unique=True)
    kin: Mapped[str] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(index=True)
    side: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    day: Mapped[int] = mapped_column(index=True)
    value_day: Mapped[int | None]
    reference: Mapped[str] = mapped_column(index=True)
    counterparty: Mapped[str]
    text: Mapped[str]
    reversal: Mapped[bool]
    state: Mapped[str] = mapped_column(index=True)
    why: Mapped[str]
    party: Mapped[int | None]
    target: Mapped[int | None]  # a payout's redemption
    like: Mapped[int | None] = mapped_column(ForeignKey("bank_entries.id"))


class BankSighting(Base):
    """An entry stands in a statement. line: of the file."""

    __tablename__ = "bank_sightings"
    statement: Mapped[int] = mapped_column(ForeignKey("bank_statements.id"), primary_key=True)
    entry: Mapped[int] = mapped_column(ForeignKey("bank_entries.id"), primary_key=True)
    line: Mapped[int]


class BankProposal(Base):
    """A batch to be minted. digest: of its items, 0x…; proposer: who signed it; made_at [unix]."""

    __tablename__ = "bank_proposals"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    made_at: Mapped[int]
    proposer: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    signature: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")  # open, done, withdrawn


class BankMint(Base):
    """An entry of a batch. citation: under which the token mints it, once, 0x…; amount [cmt]; minted_in: the
    transaction, "" until then; block: of it."""

    __tablename__ = "bank_mints"
    proposal: Mapped[int] = mapped_column(ForeignKey("bank_proposals.id"), primary_key=True)
    entry: Mapped[int] = mapped_column(ForeignKey("bank_entries.id"), primary_key=True)
    party: Mapped[int]
    wallet: Mapped[str]
    amount: Mapped[int]
    citation: Mapped[str] = mapped_column(index=True)
    minted_in: Mapped[str] = mapped_column(default="")
    block: Mapped[int | None]


class BankDecision(Base):
    """What was decided about an entry, why, and by whom. at [unix].

    decided_by: the name of a person, or the address of the key that signed; office: the roles of that key, ""
    for a name. Both are "" where a version before the third wrote it.
    """

    __tablename__ = "bank_decisions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    entry: Mapped[int] = mapped_column(ForeignKey("bank_entries.id"), index=True)
    at: Mapped[int]
    decision: Mapped[str]
    party: Mapped[int | None]
    reason: Mapped[str]
    decided_by: Mapped[str] = mapped_column(default="", server_default="")
    office: Mapped[str] = mapped_column(default="", server_default="")
