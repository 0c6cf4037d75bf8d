"""The database of an index: SQLite by default, PostgreSQL by its URL; opened, locked, filled in bulk.

One process writes at a time: it holds an exclusive lock while it does, a file beside SQLite's, an advisory
lock of the server in PostgreSQL. Both go when the process goes, however it ends. Readers need no lock: every
change is one transaction.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import psycopg
from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from commonhold.errors import StoreError

_WAIT: Final = 30  # for another process that writes [s]
_LOCK_KEY: Final = 0x436F6D6D6F6E  # of PostgreSQL's advisory lock
_SQLITE: Final = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", "PRAGMA cache_size=-65536")


class IndexBusy(StoreError):
    """Another process writes to this index."""


class Database:
    """An open database."""

    def __init__(self, url: str) -> None:
        """Raises StoreError for a URL that names none."""
        self.url: Final = _parsed(url)
        self.sqlite: Final = self.url.get_backend_name() == "sqlite"
        if self.sqlite:
            self._file = _file_of(self.url)
        self.engine: Final[Engine] = create_engine(
            self.url, connect_args={"timeout": _WAIT} if self.sqlite else {"connect_timeout": _WAIT}
        )
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))

    @property
    def shown(self) -> str:
        """Its URL without the password."""
        return self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        self.engine.dispose()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that writes; kept whole or not at all. Raises StoreError."""
        with self._told(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """One state of the database, whatever is written meanwhile. Raises StoreError."""
        with self._told(), self.engine.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What the database refuses, in words. No statement and no value is shown."""
        try:
            yield
        except (DBAPIError, psycopg.Error) as error:
            told = str(getattr(error, "orig", None) or error).strip()
            reason = told.splitlines()[0] if told else "it gave no reason"
            hint = "Nothing of this step was kept; run the command again when the cause is gone."
            if "full" in reason.lower():
                hint = "The disk is full: make room and run it again. " + hint
            raise StoreError(f"The index {self.shown} refused: {reason}.", hint) from None

    # ---- one writer at a time

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep other processes from writing. Raises IndexBusy at once if one does."""
        with self._lock_file() if self.sqlite else self._lock_server():
            yield

    @contextlib.contextmanager
    def _lock_file(self) -> Iterator[None]:
        lock = FileLock(self._file.with_name(self._file.name + ".lock"), mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise self._busy() from None
        except OSError as error:
            raise StoreError(f"The index {self.shown} cannot be locked: {error.strerror}.") from None
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def _lock_server(self) -> Iterator[None]:
        with self._told():
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with connection:
            with self._told():
                got = connection.execute(
                    text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK_KEY}
                ).scalar()
            if not got:
                raise self._busy()
            try:
                yield
            finally:
                with contextlib.suppress(DBAPIError):
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK_KEY})

    def _busy(self) -> IndexBusy:
        return IndexBusy(
            f"Another process is bringing the index {self.shown} up to date.",
            "One at a time: wait for it, or use what it has written (queries need no lock).",
        )

    # ---- in bulk

    def insert(self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Rows of all columns of a table, in its order."""
        if not rows:
            return
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        if self.sqlite:
            marks = ", ".join("?" * len(table.columns))
            connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', list(rows))
            return
        raw: Any = connection.connection.driver_connection
        with (
            raw.cursor() as writer,
            writer.copy(f'COPY "{table.name}" ({columns}) FROM STDIN (FORMAT BINARY)') as copy,
        ):
            copy.set_types([_POSTGRES_TYPES[type(column.type).__name__] for column in table.columns])
            for row in rows:
                copy.write_row(row)

    def replace(self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Rows of all columns of a table; those with the same key give way."""
        if not rows:
            return
        names = [f'"{column.name}"' for column in table.columns]
        keys = [f'"{column.name}"' for column in table.primary_key.columns]
        sets = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
        mark = "?" if self.sqlite else "%s"
        connection.exec_driver_sql(
            f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({", ".join([mark] * len(names))}) '
            f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}",
            list(rows),
        )


_POSTGRES_TYPES: Final = {
    "BigInteger": "int8",
    "Integer": "int4",
    "LargeBinary": "bytea",
    "String": "text",
    "Text": "text",
    "Amount": "text",
}


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(
            "index.url is no address of a database.",
            'Write "sqlite:///folder/index.sqlite" or "postgresql://user@host/name".',
        ) from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(
            f"An index is kept in SQLite or PostgreSQL, not in {backend}.",
            'Write "sqlite:///folder/index.sqlite" or "postgresql://user@host/name".',
        )
    return parsed.set(drivername="postgresql+psycopg") if backend == "postgresql" else parsed


def _file_of(url: URL) -> Path:
    """SQLite's file, made with rights for its owner alone."""
    if not url.database or url.database == ":memory:":
        raise StoreError("An index needs a file.", 'Write "sqlite:///folder/index.sqlite".')
    file = Path(url.database)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The index {file} cannot be opened: {error.strerror}.", "Choose another file: [index] url."
        ) from None
    return file


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin and end where we say
    for line in _SQLITE:
        connection.execute(line)
