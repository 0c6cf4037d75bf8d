"""How far an index is, read and written inside one transaction with what it is about."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from commonhold.errors import StoreError
from commonhold.index import schema

_PAGE: Final = 500  # blocks that are compared at once


class At(NamedTuple):
    """The block of which a figure is. confirmations: blocks on top of it that the node had then."""

    block: int
    hash: str
    time: int  # [unix]
    confirmations: int


class Cursor(NamedTuple):
    """The last block that is in. hash: 32 bytes; time [unix]; head: the node's newest block then; undo_from:
    from this block on the derived tables know what was there before."""

    block: int
    hash: bytes
    time: int
    head: int
    undo_from: int

    def at(self) -> At:
        return At(self.block, "0x" + self.hash.hex(), self.time, max(0, self.head - self.block))


class Stored(NamedTuple):
    """One block that is kept. hash: 32 bytes."""

    number: int
    hash: bytes


def read_cursor(connection: Connection) -> Cursor | None:
    """None for an index that has no block yet."""
    row = connection.execute(select(*list(schema.cursor.columns)[1:])).one_or_none()
    if row is None:
        return None
    return Cursor(int(row[0]), bytes(row[1]), int(row[2]), int(row[3]), int(row[4]))


def read_at(connection: Connection) -> At:
    """Raises StoreError for an index that has no block yet."""
    cursor = read_cursor(connection)
    if cursor is None:
        raise StoreError("The index is empty.", "Fill it: commonhold index update.")
    return cursor.at()


def move_cursor(connection: Connection, before: Cursor | None, after: Cursor) -> None:
    """Raises StoreError if somebody else has moved it meanwhile: the transaction is then dropped."""
    if read_cursor(connection) != before:
        raise StoreError(
            "Somebody else has written to this index meanwhile.",
            "Nothing of this step was kept; run it again.",
        )
    connection.execute(delete(schema.cursor))
    connection.execute(insert(schema.cursor).values(id=1, **after._asdict()))


def read_meta(connection: Connection) -> dict[str, str]:
    return {str(key): str(value) for key, value in connection.execute(select(schema.meta))}


def write_meta(connection: Connection, values: dict[str, Any]) -> None:
    connection.execute(delete(schema.meta).where(schema.meta.c.key.in_(list(values))))
    connection.execute(
        insert(schema.meta), [{"key": key, "value": str(value)} for key, value in values.items()]
    )


def stored_below(connection: Connection, number: int) -> Iterator[Sequence[Stored]]:
    """The blocks kept up to a number, newest first, in pages."""
    table = schema.blocks
    while True:
        rows = connection.execute(
            select(table.c.number, table.c.hash)
            .where(table.c.number <= number)
            .order_by(table.c.number.desc())
            .limit(_PAGE)
        ).all()
        if not rows:
            return
        yield [Stored(int(row[0]), bytes(row[1])) for row in rows]
        number = int(rows[-1][0]) - 1


def stored(connection: Connection, number: int) -> Stored | None:
    """One block, if it is kept."""
    table = schema.blocks
    row = connection.execute(
        select(table.c.number, table.c.hash).where(table.c.number == number)
    ).one_or_none()
    return None if row is None else Stored(int(row[0]), bytes(row[1]))


def forget_above(connection: Connection, number: int) -> None:
    """Drop the blocks after a number, and their logs."""
    connection.execute(delete(schema.logs).where(schema.logs.c.block > number))
    connection.execute(delete(schema.blocks).where(schema.blocks.c.number > number))


def thin_out(connection: Connection, below: int) -> None:
    """Old blocks without logs are not needed any more: nothing that old is replaced."""
    table = schema.blocks
    connection.execute(delete(table).where(table.c.number < below, table.c.logs == 0))
