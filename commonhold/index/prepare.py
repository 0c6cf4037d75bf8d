"""Whether a database is an index of this deployment, and of this version; making and upgrading its tables."""

from collections.abc import Iterable
from typing import Final

import orjson
from sqlalchemy import Connection, inspect, text

from commonhold.errors import StoreError
from commonhold.index import schema, state, tables
from commonhold.index.database import Database
from commonhold.index.replay import Replay
from commonhold.index.sources import Manifest, Source
from commonhold.index.unpack import Unpacker


class IndexForeign(StoreError):
    """The index belongs to another chain or deployment."""


def prepare(database: Database, deployment: Manifest, sources: Iterable[Source], unpacker: Unpacker) -> None:
    """Make the tables, or see that they are of this version, chain and deployment. Raises StoreError."""
    wanted = {
        "version": str(schema.VERSION),
        "chain_id": str(deployment.chain_id),
        "genesis": deployment.genesis.lower(),
        "sources": orjson.dumps([one.as_row() for one in sources]).decode(),
    }
    found = _found(database)
    if not found:
        with database.exclusive(), database.writing() as connection:
            if not _found_in(connection):
                schema.METADATA.create_all(connection)
                tables.METADATA.create_all(connection)
                state.write_meta(connection, wanted)
        found = _found(database)
    _refuse_foreign(database, found, wanted)
    if int(found["version"]) < schema.VERSION:
        with database.exclusive(), database.writing() as connection:
            _upgrade(connection, Replay(database, unpacker, deployment.utc_offset))


def _found(database: Database) -> dict[str, str]:
    with database.reading() as connection:
        return _found_in(connection)


def _found_in(connection: Connection) -> dict[str, str]:
    if not inspect(connection).has_table(schema.meta.name):
        return {}
    return state.read_meta(connection)


def _refuse_foreign(database: Database, found: dict[str, str], wanted: dict[str, str]) -> None:
    version = int(found.get("version", 0))
    if version > schema.VERSION:
        raise StoreError(
            f"The index {database.shown} was written by a newer version of commonhold (tables of version "
            f"{version}, this one knows {schema.VERSION}).",
            "Update commonhold, or give this version an index of its own.",
        )
    if version < 1:
        raise StoreError(
            f"The database {database.shown} has tables of something else.", "Give the index one of its own."
        )
    if (found["chain_id"], found["genesis"]) != (wanted["chain_id"], wanted["genesis"]):
        raise IndexForeign(
            f"The index {database.shown} is of another chain (id {found['chain_id']}, genesis "
            f"{found['genesis']}) than the manifest (id {wanted['chain_id']}, genesis {wanted['genesis']}).",
            "A development chain that was started anew is a new chain: commonhold index rebuild.",
        )
    if found["sources"] != wanted["sources"]:
        raise IndexForeign(
            f"The index {database.shown} was written for other contracts than those of the manifest.",
            "Read everything anew: commonhold index rebuild.",
        )


# ---- upgrades


def _to_2(connection: Connection, replay: Replay) -> None:
    """Derived tables, out of the raw logs that are there."""
    connection.execute(text("ALTER TABLE cursor ADD COLUMN undo_from BIGINT NOT NULL DEFAULT 0"))
    cursor = state.read_cursor(connection)
    undo_from = 0 if cursor is None else cursor.block + 1
    connection.execute(schema.cursor.update().values(undo_from=undo_from))
    replay.anew(connection, undo_from)


_STEPS: Final = {1: _to_2}


def _upgrade(connection: Connection, replay: Replay) -> None:
    """Step by step, in one transaction: it is all done or nothing is."""
    version = int(state.read_meta(connection)["version"])
    for number in range(version, schema.VERSION):
        _STEPS[number](connection, replay)
    state.write_meta(connection, {"version": schema.VERSION})


def drop(connection: Connection) -> None:
    """No tables of ours are left."""
    tables.METADATA.drop_all(connection)
    schema.METADATA.drop_all(connection)
