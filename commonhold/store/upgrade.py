"""Schema versions of the local store, and how an older file becomes a newer one with its rows in it.

    1   parties, units, leases, imports
    2   bank money and the outbox: tables of their own, nothing of version 1 is touched
    3   who decided about a bank entry, and by what office; "" for what was decided before

An upgrade is one transaction: it is done, or the file is as it was.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from commonhold.errors import StoreError
from commonhold.store import bank, outbox  # noqa: F401 - their tables belong to the schema
from commonhold.store.schema import VERSION, Base

# version -> since which version there is the table that it changes, and how; what is not there yet is made
_CHANGES: Final[Mapping[int, tuple[int, Sequence[str]]]] = {
    3: (
        2,
        (
            "ALTER TABLE bank_decisions ADD COLUMN decided_by VARCHAR DEFAULT '' NOT NULL",
            "ALTER TABLE bank_decisions ADD COLUMN office VARCHAR DEFAULT '' NOT NULL",
        ),
    ),
}


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables of a new file, or add what an older one has not. Raises StoreError for a newer one."""
    with engine.connect() as connection:
        if _version(connection) == VERSION:
            return
    with engine.begin() as connection:
        # taken before looking again: two programs may open an old file at the same moment
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        known = _version(connection)
        if known == VERSION:
            return
        if known > VERSION:
            raise StoreError(
                f"The store was written by a newer version (schema {known}, this one knows {VERSION}).",
                "Update commonhold.",
            )
        for version, (since, statements) in _CHANGES.items():
            for statement in statements if since <= known < version else ():
                connection.execute(text(statement))
        Base.metadata.create_all(connection)
        connection.execute(
            text("INSERT OR REPLACE INTO meta (key, value) VALUES ('schema', :v)"),
            {"v": str(VERSION)},
        )


def _version(connection: Connection) -> int:
    """0 for a file without tables."""
    if not inspect(connection).has_table("meta"):
        return 0
    found = connection.execute(text("SELECT value FROM meta WHERE key = 'schema'")).scalar()
    return int(found) if found is not None else 0
