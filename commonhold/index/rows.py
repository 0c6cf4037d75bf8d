"""Rows of the derived tables while logs are worked into them: read once, changed in memory, written together.

A row is a dict of its columns, keys included. Before a block changes a row for the first time, what it was is
noted, so that the block can be taken back.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Table, and_, delete, select

from commonhold.index.database import Database
from commonhold.index.tables import KEPT, Amount, payments, undo

Key = tuple[Any, ...]
Row = dict[str, Any]
_MISSES: Final = 200  # single reads, after which a table is read whole
_MOST: Final = 400_000  # rows that are kept in memory


class TableRows:
    """The rows of one table."""

    def __init__(self, owner: "Rows", table: Table) -> None:
        self._owner = owner
        self.table: Final = table
        self.keys: Final = tuple(column.name for column in table.primary_key.columns)
        self.columns: Final = tuple(column.name for column in table.columns)
        self._texts: Final = tuple(isinstance(column.type, Amount) for column in table.columns)
        self.cache: dict[Key, Row | None] = {}
        self.dirty: set[Key] = set()
        self._noted: set[Key] = set()  # changed in the present block
        self.whole = False  # everything that exists is in the cache
        self._misses = 0

    def get(self, *key: Any) -> Row | None:
        """A row to look at."""
        if key in self.cache:
            return self.cache[key]
        if self.whole:
            return None
        self._misses += 1
        if self._misses > _MISSES:
            self._read_whole()
            return self.cache.get(key)
        found = self._owner.connection.execute(select(self.table).where(self._where(key))).one_or_none()
        row = None if found is None else dict(found._mapping)
        self.cache[key] = row
        return row

    def change(self, *key: Any) -> Row | None:
        """A row to change in place; None if there is none."""
        row = self.get(*key)
        if row is not None:
            self._note(key, row)
        return row

    def put(self, row: Row) -> Row:
        """A row that is new, or takes the place of another."""
        key = tuple(row[name] for name in self.keys)
        self._note(key, self.get(*key))
        self.cache[key] = row
        return row

    def drop(self, *key: Any) -> None:
        """The row is no longer there."""
        row = self.get(*key)
        if row is not None:
            self._note(key, row)
            self.cache[key] = None

    def forget_block(self) -> None:
        self._noted.clear()

    def _note(self, key: Key, row: Row | None) -> None:
        self.dirty.add(key)
        if self._owner.undoing and key not in self._noted:
            self._noted.add(key)
            self._owner.note(self.table.name, key, row)

    def _where(self, key: Key) -> Any:
        return and_(*(self.table.c[name] == value for name, value in zip(self.keys, key, strict=True)))

    def _read_whole(self) -> None:
        for found in self._owner.connection.execute(select(self.table)):
            row = dict(found._mapping)
            self.cache.setdefault(tuple(row[name] for name in self.keys), row)
        self.whole = True

    def flush(self) -> None:
        """Write what was changed."""
        written, gone = [], []
        for key in self.dirty:
            row = self.cache[key]
            if row is None:
                gone.append(key)
            else:
                written.append(self._packed(row))
        self._owner.database.replace(self._owner.connection, self.table, written)
        for key in gone:
            self._owner.connection.execute(delete(self.table).where(self._where(key)))
        self.dirty.clear()

    def _packed(self, row: Row) -> tuple[Any, ...]:
        return tuple(
            str(row[name]) if text else row[name]
            for name, text in zip(self.columns, self._texts, strict=True)
        )

    def restore(self, key: Key, before: Row | None) -> None:
        """As it was; written at once."""
        where = delete(self.table).where(self._where(key))
        self._owner.connection.execute(where)
        if before is not None:
            self._owner.connection.execute(self.table.insert().values(before))


class Rows:
    """All derived tables inside one transaction at a time. `begin` and `flush` frame a span."""

    def __init__(self, database: Database, *, empty: bool = False) -> None:
        self.database: Final = database
        self.connection: Connection
        self.tables: Final = {name: TableRows(self, table) for name, table in KEPT.items()}
        self.undoing = False
        self._block = -1
        self._notes: dict[tuple[int, str], list[tuple[Key, Row | None]]] = {}
        self._payments: list[tuple[Any, ...]] = []
        for rows in self.tables.values():
            rows.whole = empty

    def __getitem__(self, name: str) -> TableRows:
        return self.tables[name]

    def begin(self, connection: Connection) -> None:
        """The next changes belong to this transaction."""
        self.connection = connection

    def at_block(self, block: int, undoing: bool) -> None:
        """The next changes are of this block. undoing: it may still be replaced."""
        self.undoing = undoing
        if block != self._block:
            self._block = block
            for rows in self.tables.values():
                rows.forget_block()

    def note(self, table: str, key: Key, before: Row | None) -> None:
        """For `take_back`."""
        self._notes.setdefault((self._block, table), []).append(
            (key, None if before is None else before.copy())
        )

    def pay(self, row: Row) -> None:
        """One line of `payments`."""
        self._payments.append(
            tuple(
                str(row[column.name]) if isinstance(column.type, Amount) else row[column.name]
                for column in payments.columns
            )
        )

    def flush(self, keep_from: int) -> None:
        """Write everything. Blocks before `keep_from` are not taken back any more."""
        for rows in self.tables.values():
            rows.flush()
        self.database.insert(self.connection, payments, self._payments)
        notes = [(block, table, _as_json(before)) for (block, table), before in self._notes.items()]
        self.database.insert(self.connection, undo, notes)
        self.connection.execute(delete(undo).where(undo.c.block < keep_from))
        self._payments, self._notes = [], {}
        if sum(len(rows.cache) for rows in self.tables.values()) > _MOST:
            for rows in self.tables.values():
                rows.cache.clear()
                rows.whole = False

    def take_back(self, connection: Connection, block: int) -> None:
        """Everything as it was after `block`."""
        self.connection = connection
        connection.execute(delete(payments).where(payments.c.block > block))
        for name, before in self._undone(block):
            for key, row in json.loads(before):
                self.tables[name].restore(tuple(key), row)
        connection.execute(delete(undo).where(undo.c.block > block))

    def _undone(self, block: int) -> Iterator[tuple[str, str]]:
        query = select(undo.c.table, undo.c.before).where(undo.c.block > block).order_by(undo.c.block.desc())
        for table, before in self.connection.execute(query).all():
            yield str(table), str(before)


def _as_json(before: list[tuple[Key, Row | None]]) -> str:
    try:
        return orjson.dumps(before).decode()
    except TypeError:  # a figure of more than 64 bits
        return json.dumps(before)
