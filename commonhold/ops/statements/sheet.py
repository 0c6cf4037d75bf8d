"""One statement of several debts: of a unit, a party, a lease or the whole community; a month or all time.

    sheet = make(connection, deployment, Scope(party=5), month=parse_month("2026-03"))
    sheet.opening + sheet.charged - sheet.credited == sheet.owed

The figures are the audit's twin on raw logs; it is compared with what the contracts answer at the block, and
a difference makes no statement. From there to the last day of a month that is over the twin counts on alone.
Amounts [cmt], days [day].
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from commonhold.chain.connect import Connection
from commonhold.chain.rawlogs import Log, LogReader, read_all
from commonhold.chain.rawviews import Question
from commonhold.errors import InputError
from commonhold.ops.audit.audit import arguments_of, logs_of_node
from commonhold.ops.audit.bills import BILLS
from commonhold.ops.audit.fees import FEES
from commonhold.ops.audit.leases import LEASES
from commonhold.ops.audit.replay import Books
from commonhold.ops.audit.views import rows
from commonhold.ops.exports.accounts import of_party
from commonhold.ops.exports.export import balance_questions, find_block, hold_against
from commonhold.ops.exports.journal import Entry, Journal
from commonhold.ops.exports.table import AsOf
from commonhold.ops.manifest import Deployment
from commonhold.ops.statements.debts import ACCOUNT, BILL, LEASE, Scope
from commonhold.ops.statements.history import History, Section
from commonhold.rules.calendar import first_of
from commonhold.units import SECONDS_PER_DAY, Month, format_month

_CONTRACTS: Final = {LEASES: LEASE, FEES: ACCOUNT, BILLS: BILL}


@dataclass(frozen=True, slots=True)
class Movement:
    """Money into a party's wallets (positive) or out of them. why, about: as in the ledger."""

    day: int
    why: str
    about: tuple[str, int]
    amount: int
    balance: int
    transaction: str


@dataclass(slots=True)
class Wallets:
    """All money of one party over the period. [cmt]"""

    opening: int = 0
    balance: int = 0
    movements: list[Movement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    """first: None from the beginning. wallets: of a party. checked: whether the contracts were asked."""

    scope: Scope
    as_of: AsOf
    first: int | None
    last: int
    sections: tuple[Section, ...]
    wallets: Wallets | None
    checked: bool

    @property
    def opening(self) -> int:
        """Owed before the period. [cmt]"""
        return sum(one.opening for one in self.sections)

    @property
    def charged(self) -> int:
        """[cmt]"""
        return sum(one.charged for one in self.sections)

    @property
    def credited(self) -> int:
        """[cmt]"""
        return sum(one.credited for one in self.sections)

    @property
    def owed(self) -> int:
        """All balances together, negative for who is ahead. [cmt]"""
        return sum(one.balance for one in self.sections)

    @property
    def to_pay(self) -> int:
        """What is owed; what is prepaid for one thing pays no other. [cmt]"""
        return sum(max(0, one.balance) for one in self.sections)


def make(
    connection: Connection,
    deployment: Deployment,
    scope: Scope,
    *,
    month: int | None = None,
    at: int | None = None,
    logs: Iterable[Log] | None = None,
    newest: int | None = None,
) -> Sheet:
    """month: only this one. at: as of this block. logs: in chain order, up to the block `newest`; the node's
    where nothing is given. Raises InputError, ChainError, StatementWrong, LedgerWrong."""
    if month is not None and at is not None:
        raise InputError("Both a month and a block are given.", "Give --month or --block.")
    first = first_of(month) if month is not None else None
    until = first_of(month + 1) - 1 if month is not None else None
    as_of = find_block(connection, deployment.utc_offset, until, at, newest)
    today = _day(connection, deployment, newest)
    if first is not None and month is not None and today < first:
        raise InputError(f"{format_month(Month(month))} has not begun on chain.", "Choose an earlier month.")
    # a month that is over ends with its last day, whenever its last block was
    over = until is not None and today > until
    last = until if until is not None and over else as_of.day
    arguments = arguments_of(deployment)
    journal = Journal(arguments)
    history = History(journal.books, scope, first, last)
    journal.books.before, journal.told = history.before, history.after
    if logs is None:
        raws = logs_of_node(connection, deployment, as_of.block.number)
        logs = read_all(LogReader(arguments.addresses), raws)
    entries = journal.entries(log for log in logs if log.block <= as_of.block.number)
    wallets = _wallets(entries, scope.party, first)
    _need(journal.books, scope)
    sections = tuple(history.finish())
    questions = _questions(journal, history, scope, as_of)
    checked = hold_against(connection, arguments.addresses, questions, as_of)
    return Sheet(scope, as_of, first, last, sections, wallets, checked)


def _day(connection: Connection, deployment: Deployment, newest: int | None) -> int:
    """Of the newest block."""
    block = connection.block("latest" if newest is None else newest)
    return (block.time + deployment.utc_offset) // SECONDS_PER_DAY


def _wallets(entries: Iterable[Entry], party: int | None, first: int | None) -> Wallets | None:
    """Reads all entries; keeps those of the party."""
    found, account = Wallets(), of_party(party or 0)
    for entry in entries:
        for one in entry.postings if party is not None else ():
            if one.account != account:
                continue
            found.balance += one.amount
            if first is None or entry.day >= first:
                found.movements.append(
                    Movement(entry.day, one.why, one.about, one.amount, found.balance, entry.transaction)
                )
            else:
                found.opening = found.balance
    return found if party is not None else None


def _need(books: Books, scope: Scope) -> None:
    known = (
        ("lease", scope.lease, books.leases.leases),
        ("unit", scope.unit, books.units.units),
        ("party", scope.party, books.parties.parties),
    )
    for name, number, there in known:
        if number is not None and number not in there:
            raise InputError(f"There is no {name} {number} at that block.", "`commonhold export` lists all.")


def _questions(journal: Journal, history: History, scope: Scope, as_of: AsOf) -> list[Question]:
    """What the contracts must answer of these debts, and the token of the party's wallets."""
    wanted = {
        f"{one.about} {one.id:#x}" if one.about == BILL else f"{one.about} {one.id}"
        for one in history.sections
    }
    books = journal.books
    found = [
        question
        for question in rows(books, as_of.block.time)
        if question.contract in _CONTRACTS and question.id in wanted
    ]
    if scope.party is not None:
        mine = of_party(scope.party)
        found += [one for one in balance_questions(journal) if journal.account_of(one.id) == mine]
    return found
