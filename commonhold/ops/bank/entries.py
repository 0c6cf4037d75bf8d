"""What a bank's file says, before anything is made of it: statements, their entries, and what makes an entry
the one that it is."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from commonhold.ops.intake.problems import Note, Problem
from commonhold.text import fold, narrow

Side = Literal["credit", "debit"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked entry. amount: above zero [cmt]; day: booked, value_day: counts from [day].

    reference: the bank's own, "" if it gives none. part: of a booking that the bank splits into several
    payments, "" otherwise. told: everything the payer said. reversal: the bank takes an earlier entry back.
    line: of the file; it does not count in comparisons.
    """

    side: Side
    amount: int
    day: int
    value_day: int | None = None
    reference: str = ""
    part: str = ""
    counterparty: str = ""
    told: tuple[str, ...] = ()
    reversal: bool = False
    line: int = field(default=0, compare=False)

    @property
    def signed(self) -> int:
        """[cmt]"""
        return self.amount if self.side == "credit" else -self.amount

    @property
    def text(self) -> str:
        return " · ".join(self.told)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. opening, closing: what the bank says, None if it says nothing [cmt]; days: of those
    balances [day]. pending: entries that the bank has not booked yet; they are left alone."""

    account: str
    currency: str
    name: str = ""
    opening: int | None = None
    closing: int | None = None
    first_day: int | None = None
    last_day: int | None = None
    entries: tuple[Entry, ...] = ()
    pending: int = 0

    @property
    def sum(self) -> int:
        """Credits less debits. [cmt]"""
        return sum(entry.signed for entry in self.entries)

    @property
    def gap(self) -> int | None:
        """How far the balances are from the entries; None without balances. [cmt]"""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - self.sum


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file as it was read. form: "csv" or "camt.053.001.NN". sha256: its fingerprint."""

    path: Path
    sha256: str
    form: str
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "file": str(self.path),
            "form": self.form,
            "statements": len(self.statements),
            "entries": sum(len(one.entries) for one in self.statements),
            "problems": [problem.as_json() for problem in self.problems],
            "notes": [note.as_json() for note in self.notes],
        }


def account_name(text: str) -> str:
    """An account number in the form in which accounts are compared."""
    return re.sub(r"[^0-9A-Z]", "", narrow(text).upper())


def letters(text: str) -> str:
    """A text in the form in which banks' copies of it are compared: letters and digits alone."""
    return re.sub(r"[\W_]+", "", fold(text))


def kin_of(account: str, currency: str, entry: Entry) -> str:
    """What makes an entry this one, as far as the bank says it: 64 hex digits.

    With the bank's own reference: account, side, amount, reference. Without: day, payer and text instead.
    Equal payments of one day without a reference are kin and told apart by how many there are.
    """
    head = [account, currency.upper(), entry.side, str(entry.amount)]
    if entry.reference:
        parts = ["reference", *head, entry.reference, entry.part]
    else:
        text = "".join(letters(one) for one in entry.told)
        parts = ["fingerprint", *head, str(entry.day), letters(entry.counterparty), text]
    return digest_of("\n".join(parts))


def digest_of(text: str) -> str:
    """64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def own_reference(text: str) -> str:
    """A bank's reference, "" for a running number that begins anew with every statement."""
    return "" if re.fullmatch(r"0*\d{0,4}", text) else text


def without_repeats(statements: Sequence[Statement]) -> tuple[tuple[Statement, ...], list[Note]]:
    """A file may hold the same statement twice; it counts once. Its lines do not matter."""
    kept: list[Statement] = []
    notes = []
    for statement in statements:
        if statement.entries and statement in kept:
            line = statement.entries[0].line
            notes.append(Note(line, f"the statement {statement.name or statement.account} stands here twice"))
        else:
            kept.append(statement)
    return tuple(kept), notes
