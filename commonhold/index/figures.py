"""Every lease as its twin, in one scan: what a plan of a settlement needs, without asking the node."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, func, select

from commonhold.index import schema, tables
from commonhold.index.database import Database
from commonhold.index.ledgers import ACCOUNT, ledger_of, unpack_schedule, unpack_terms
from commonhold.rules.accounts import Account
from commonhold.rules.ledger import LeaseLedger

_PAGE: Final = 5_000  # rows read from the database at once


class LeaseFigures(NamedTuple):
    """One lease. ledger: its twin with terms, schedule and accounts, to be asked what is due on a day; it
    may be changed freely. block: of its activation."""

    lease: int
    unit: int
    terms_hash: str
    block: int
    ledger: LeaseLedger


def lease_figures(connection: Connection) -> Iterator[LeaseFigures]:
    """By id. Two scans side by side: leases, and their accounts; a lease whose accounts were taken out of the
    table has none, and accounts without a lease belong to nobody."""
    leases, accounts = tables.leases, tables.lease_accounts
    columns = [accounts.c.lease, *(accounts.c[name] for name in ACCOUNT)]
    own = select(*columns).order_by(accounts.c.lease, accounts.c.place)
    parts = groupby(_rows(connection, own), itemgetter(0))
    nobody: tuple[int | None, Iterator[Any]] = (None, iter(()))
    whose, found = next(parts, nobody)
    for lease in _rows(connection, select(leases).order_by(leases.c.lease)):
        row = lease._mapping
        while whose is not None and whose < row["lease"]:
            whose, found = next(parts, nobody)
        kept = [Account(*account[1:]) for account in found] if whose == row["lease"] else []
        terms, schedule = unpack_terms(row["terms"]), unpack_schedule(row["schedule"])
        ledger = ledger_of(terms, schedule, row, kept)
        yield LeaseFigures(row["lease"], row["unit"], row["terms_hash"], row["block"], ledger)


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    for page in connection.execute(query, execution_options={"yield_per": _PAGE}).partitions():
        yield from page


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.reading() as connection:
        return {
            table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for table in (schema.logs, *tables.KEPT.values(), tables.payments)
        }
