"""A bank's file into the store: every entry once, however often and in whatever file it comes.

One transaction takes the whole file, its messages included; it is there or it is not. An entry that is there
already is only noted as seen again. One that may be there already under another description (the same day and
amount from a file without references, the same reference on another day) is kept as doubtful: it is never
minted before a person has said that it is a payment of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commonhold.errors import InputError
from commonhold.ops.bank.entries import BankFile, Entry, Statement, digest_of, kin_of
from commonhold.ops.bank.placing import Community, Place, link_debits, place_credit
from commonhold.store import Store
from commonhold.store.bank import BankEntry, BankSighting, BankStatement
from commonhold.store.outbox import OFFICE, put

_WAIT: Final = 30  # for another import [s]
_NEAR: Final = 14  # between the booking day and the value day of one entry, at most [day]


@dataclass(slots=True)
class Taken:
    """What became of a file. Lists hold the numbers of entries in the store.

    new: entries that were not there. again: those that were. doubtful, unmatched, matched: among the new
    credits. returned: credits that the file's debits undo. pending: not booked yet, left alone.
    gaps: statements whose balances and entries do not agree, and by how much [cmt].
    """

    new: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    matched: list[int] = field(default_factory=list)
    unmatched: list[int] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    pending: int = 0
    gaps: list[tuple[str, int]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "new": self.new,
            "again": self.again,
            "matched": self.matched,
            "unmatched": self.unmatched,
            "doubtful": self.doubtful,
            "returned": self.returned,
            "pending": self.pending,
            "gaps": [{"statement": name, "difference": str(gap)} for name, gap in self.gaps],
        }


def take(store: Store, file: BankFile, community: Community) -> Taken:
    """Keep what is new. Raises InputError for a file with problems, StoreError while another import runs."""
    if file.problems:
        raise InputError(
            f"{file.path}: {len(file.problems)} problems; nothing was taken.",
            "Put them right and import again.",
        )
    with store.exclusive(wait=_WAIT), store.writing() as session:
        taking = _Taking(session, file, community, store.now())
        taking.run()
    return taking.taken


class _Taking:
    """One file on its way into the store, inside one transaction."""

    def __init__(self, session: Session, file: BankFile, community: Community, now: int) -> None:
        self._session, self._file, self._community, self._now = session, file, community, now
        self._paired: set[int] = set()  # rows that an entry of this file is
        self._newest = 0  # of the rows that were there before it
        self.taken = Taken()

    def run(self) -> None:
        rows = [self._statement(place, one) for place, one in enumerate(self._file.statements)]
        self._session.flush()
        todo: list[tuple[BankStatement, Statement, Entry]] = []
        for row, statement in zip(rows, self._file.statements, strict=True):
            self.taken.pending += statement.pending
            if statement.gap:
                self.taken.gaps.append((statement.name or self._file.path.name, statement.gap))
            # by day, so that the order in which banks list a day's entries does not matter
            for entry in sorted(statement.entries, key=lambda one: one.day):
                known = self._known(statement, entry)
                if known is None:
                    todo.append((row, statement, entry))
                else:
                    self._see(row, known, entry)
                    self.taken.again.append(known.id)
        before = set(self._paired)
        self._newest = self._session.scalar(select(func.max(BankEntry.id))) or 0
        made = [self._make(row, statement, entry, before) for row, statement, entry in todo]
        for account in {statement.account for statement in self._file.statements}:
            self._link(account)
        for entry_row in made:
            self._sort(entry_row)

    def _statement(self, place: int, statement: Statement) -> BankStatement:
        row = self._session.scalar(
            select(BankStatement).where(
                BankStatement.sha256 == self._file.sha256, BankStatement.position == place
            )
        )
        if row is None:
            row = BankStatement(
                sha256=self._file.sha256,
                position=place,
                file=self._file.path.name,
                form=self._file.form,
                account=statement.account,
                name=statement.name,
                opening=statement.opening,
                closing=statement.closing,
                first_day=statement.first_day,
                last_day=statement.last_day,
                imported_at=self._now,
            )
            self._session.add(row)
        return row

    # ---- is it there?

    def _known(self, statement: Statement, entry: Entry) -> BankEntry | None:
        """The row that this entry is: kin, booked or counted on the same day, not yet met in this file."""
        kin = kin_of(statement.account, statement.currency, entry)
        for row in self._session.scalars(
            select(BankEntry).where(BankEntry.kin == kin).order_by(BankEntry.id)
        ):
            if row.id not in self._paired and _same_day(row, entry):
                self._paired.add(row.id)
                return row
        return None

    def _alike(
        self, statement: Statement, entry: Entry, kin: str, before: set[int]
    ) -> tuple[int, str] | None:
        """An entry that this one may be a second description of, and why."""
        if entry.reference:
            first = self._session.scalar(select(BankEntry).where(BankEntry.kin == kin).order_by(BankEntry.id))
            if first is not None:
                return first.id, f"the bank's reference is that of entry {first.id}"
        # a payment with a reference can only be alike to one without, or to one with the same reference
        same_sum = BankEntry.amount == entry.amount
        if entry.reference:
            same_sum = same_sum & (BankEntry.reference == "") | (BankEntry.reference == entry.reference)
        rows = self._session.scalars(
            select(BankEntry)
            .where(
                BankEntry.id <= self._newest,  # what this file brings is not alike to itself
                BankEntry.day.between(entry.day - _NEAR, entry.day + _NEAR),
                BankEntry.account == statement.account,
                BankEntry.side == entry.side,
                BankEntry.state != "doubled",
                same_sum,
            )
            .order_by(BankEntry.id)
        )
        place = place_credit(entry, self._community)
        for row in rows:
            other = row.party and place.party and row.party != place.party
            if other or row.id in before or row.id in self._paired or not _same_day(row, entry):
                continue
            if row.reference == entry.reference and entry.reference:
                if row.amount != entry.amount:
                    return row.id, f"entry {row.id} has the same reference and another amount"
            elif row.amount == entry.amount and not (row.reference and entry.reference):
                return row.id, f"entry {row.id} has the same day and amount"
        return None

    # ---- keep it

    def _make(self, row: BankStatement, statement: Statement, entry: Entry, before: set[int]) -> BankEntry:
        kin = kin_of(statement.account, statement.currency, entry)
        alike = self._alike(statement, entry, kin, before)
        relatives = self._session.scalars(select(BankEntry.id).where(BankEntry.kin == kin)).all()
        place = place_credit(entry, self._community) if entry.side == "credit" else Place("other", "")
        if alike is not None:
            place = Place("doubtful", alike[1], place.party)
        made = BankEntry(
            identity=kin if not relatives else digest_of(f"{kin} {len(relatives) + 1}"),
            kin=kin,
            account=statement.account,
            side=entry.side,
            amount=entry.amount,
            currency=statement.currency,
            day=entry.day,
            value_day=entry.value_day,
            reference=entry.reference,
            counterparty=entry.counterparty,
            text=entry.text,
            reversal=entry.reversal,
            state=place.state,
            why=place.why,
            party=place.party,
            target=None,
            like=alike[0] if alike is not None else None,
        )
        self._session.add(made)
        self._session.flush()
        self._paired.add(made.id)
        self._see(row, made, entry)
        self.taken.new.append(made.id)
        return made

    def _see(self, row: BankStatement, entry_row: BankEntry, entry: Entry) -> None:
        key = (row.id, entry_row.id)
        if self._session.get(BankSighting, key) is None:
            self._session.add(BankSighting(statement=row.id, entry=entry_row.id, line=entry.line))

    def _link(self, account: str) -> None:
        for debit in link_debits(self._session, account, self._community.tag):
            if debit.like is None:
                continue
            self.taken.returned.append(debit.like)
            credit = self._session.get(BankEntry, debit.like)
            if credit is not None and credit.state == "taken_back":
                self._tell(credit, "bank_taken_back")

    def _sort(self, row: BankEntry) -> None:
        """Into the lists of the report; what waits for a person is told to the office."""
        lists = {
            "matched": self.taken.matched,
            "unmatched": self.taken.unmatched,
            "doubtful": self.taken.doubtful,
        }
        if row.state in lists:
            lists[row.state].append(row.id)
        if row.state in ("unmatched", "doubtful") and row.side == "credit":
            self._tell(row, "bank_unmatched")

    def _tell(self, row: BankEntry, cause: str) -> None:
        facts = {
            "entry": row.id,
            "day": row.day,
            "amount": row.amount,
            "currency": row.currency,
            "why": row.why,
        }
        put(self._session, f"{cause} {row.identity}", cause, OFFICE, facts, self._now)


def _same_day(row: BankEntry, entry: Entry) -> bool:
    """Banks put the booking day in one format and the value day in another."""
    days: Sequence[int | None] = (row.day, row.value_day)
    return entry.day in days or (entry.value_day is not None and entry.value_day in days)
