"""An index: the logs of one deployment, kept in a database of one's own.

    with open_index("sqlite:///.commonhold/index.sqlite", deployment) as index:
        index.update(connection)                # reads what is new
        for log in index.logs(): ...            # as commonhold.chain.rawlogs.read_all gives them
        index.at()                              # the block of which all this is

The chain is the book; an index is a copy of it that may be deleted and read anew at any time.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Final, Self

import orjson
from sqlalchemy import select

from commonhold.chain.connect import Connection
from commonhold.chain.rawlogs import Log, first_block
from commonhold.errors import ChainError, StoreError
from commonhold.index import schema, state
from commonhold.index.database import Database
from commonhold.index.fetch import CHECKS, Fetcher
from commonhold.index.sources import Manifest, Source, reader_of, sources_of
from commonhold.index.state import At
from commonhold.index.update import DEPTH, Progress, Updater

_PAGE: Final = 20_000  # logs read from the database at once


class IndexForeign(StoreError):
    """The index belongs to another chain or deployment."""


class Index:
    """An open index. Open it with `open_index`."""

    def __init__(
        self, database: Database, deployment: Manifest, sources: tuple[Source, ...], check: str
    ) -> None:
        self.database: Final = database
        self.deployment: Final = deployment
        self.sources: Final = sources
        self.check: Final = check
        self._reader: Final = reader_of(sources)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    # ---- what it is about

    def prepare(self) -> None:
        """Make the tables, or see that they are ours. Raises StoreError."""
        prepare(self.database, self.deployment, self.sources)

    # ---- reading the chain

    def update(
        self,
        connection: Connection,
        until: int | None = None,
        depth: int = DEPTH,
        *,
        sleep: Callable[[float], None] = time.sleep,
        tell: Callable[[Progress], None] = lambda progress: None,
    ) -> Progress:
        """Read the blocks that are new, up to `until` or the newest. depth: blocks that a reorganisation
        may replace. tell: hears of every span that is in. Raises ChainError, StoreError; what was stored
        before an error stays and is right."""
        self._same_chain(connection)
        with self.database.exclusive():
            fetcher = Fetcher(connection, self.sources, self.check, sleep)
            updater = Updater(
                self.database, connection, fetcher, self._first(connection), depth, sleep=sleep, tell=tell
            )
            return updater.run(until)

    def _same_chain(self, connection: Connection) -> None:
        if (
            connection.chain_id != self.deployment.chain_id
            or connection.genesis_hash != self.deployment.genesis
        ):
            raise ChainError(
                f"The node's chain ({connection.chain_id}, genesis {connection.genesis_hash}) is not the one "
                f"of the manifest ({self.deployment.chain_id}, genesis {self.deployment.genesis}).",
                "Connect to the right node. A development chain that was started anew is a new chain: deploy "
                "again, then `commonhold index rebuild`.",
            )

    def _first(self, connection: Connection) -> int:
        """The block in which the first of the contracts was created; looked for once."""
        with self.database.reading() as reading:
            known = state.read_meta(reading).get("first")
        if known is not None:
            return int(known)
        last = connection.block_number()
        found = min(max(one.first, first_block(connection, one.address, last)) for one in self.sources[:1])
        found = min([found, *(one.first for one in self.sources if one.abi)])
        with self.database.writing() as writing:
            state.write_meta(writing, {"first": found})
        return found

    def clear(self) -> None:
        """Forget everything, also which chain it was: the next update reads all of it anew. Raises
        StoreError if somebody else is writing."""
        with self.database.exclusive():
            with self.database.writing() as connection:
                schema.METADATA.drop_all(connection)
            self.prepare()

    # ---- reading the index

    def at(self) -> At:
        """The block of which everything in the index is. Raises StoreError for an empty index."""
        with self.database.reading() as connection:
            cursor = state.read_cursor(connection)
        if cursor is None:
            raise StoreError("The index is empty.", "Fill it: commonhold index update.")
        return cursor.at()

    def logs(
        self, first: int | None = None, last: int | None = None, *, earlier: bool = False
    ) -> Iterator[Log]:
        """The decoded logs from one block to another, in the order of the chain, all of one state of the
        index. earlier: also those of earlier versions of the contracts (`<contract>@<version>`)."""
        wanted = {number for number, one in enumerate(self.sources) if earlier or not one.abi}
        addresses = [one.address for one in self.sources]
        unpack = self._reader.unpack
        for block, place, source, topics, data, transaction, when in self._raw(first, last):
            if source in wanted:
                log = unpack(addresses[source], topics, data, block, when, transaction, place)
                if log is not None:
                    yield log

    def _raw(self, first: int | None, last: int | None) -> Iterator[tuple[Any, ...]]:
        logs, blocks = schema.logs, schema.blocks
        query = select(*logs.columns, blocks.c.time).join(blocks, blocks.c.number == logs.c.block)
        if first is not None:
            query = query.where(logs.c.block >= first)
        if last is not None:
            query = query.where(logs.c.block <= last)
        query = query.order_by(logs.c.block, logs.c.place)
        with self.database.reading() as connection:
            streaming = connection.execution_options(yield_per=_PAGE)
            for page in streaming.execute(query).partitions():
                yield from map(tuple, page)


def open_index(
    url: str, deployment: Manifest, *, check: str = "bloom", earlier: Iterable[Source] = ()
) -> Index:
    """Open an index of a deployment, or make one. check: how the node's answers are proved (`fetch.CHECKS`).

    Raises StoreError: the database cannot be opened, was written by a newer version, or belongs to another
    chain or deployment."""
    if check not in CHECKS:
        raise StoreError(f"index.check is {check!r}.", f"There are {', '.join(CHECKS)}.")
    index = Index(Database(url), deployment, sources_of(deployment, earlier), check)
    try:
        index.prepare()
    except StoreError:
        index.close()
        raise
    return index


def prepare(database: Database, deployment: Manifest, sources: Iterable[Source]) -> None:
    """Make the tables, or see that they are of this version, chain and deployment."""
    wanted = {
        "version": str(schema.VERSION),
        "chain_id": str(deployment.chain_id),
        "genesis": deployment.genesis.lower(),
        "sources": orjson.dumps([one.as_row() for one in sources]).decode(),
    }
    with database.writing() as connection:
        schema.METADATA.create_all(connection)
        found = state.read_meta(connection)
        if not found:
            state.write_meta(connection, wanted)
            return
    version = int(found.get("version", 0))
    if version > schema.VERSION:
        raise StoreError(
            f"The index {database.shown} was written by a newer version of commonhold (tables of version "
            f"{version}, this one knows {schema.VERSION}).",
            "Update commonhold, or give this version an index of its own.",
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
