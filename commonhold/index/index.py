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
from typing import Final, Self

from commonhold.chain.connect import Connection
from commonhold.chain.rawlogs import Log, first_block
from commonhold.errors import ChainError, StoreError
from commonhold.index import state
from commonhold.index.database import Database
from commonhold.index.fetch import Fetcher, RawLog
from commonhold.index.figures import LeaseFigures, lease_figures
from commonhold.index.prepare import drop, prepare
from commonhold.index.replay import Replay
from commonhold.index.sources import Manifest, Source, sources_of
from commonhold.index.state import At
from commonhold.index.unpack import Unpacker, raw_logs
from commonhold.index.update import DEPTH, Progress, Updater
from commonhold.settings import INDEX_CHECKS as CHECKS


class Index:
    """An open index. Open it with `open_index`."""

    def __init__(
        self, database: Database, deployment: Manifest, sources: tuple[Source, ...], check: str
    ) -> None:
        self.database: Final = database
        self.deployment: Final = deployment
        self.sources: Final = sources
        self.check: Final = check
        self._unpacker: Final = Unpacker(sources)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    def prepare(self) -> None:
        """Make the tables, or see that they are ours. Raises StoreError."""
        prepare(self.database, self.deployment, self.sources, self._unpacker)

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
            updater = Updater(
                self.database,
                connection,
                Fetcher(connection, self.sources, self.check, sleep),
                self._replay(),
                self._first(connection),
                depth,
                sleep=sleep,
                tell=tell,
            )
            return updater.run(until)

    def _replay(self) -> Replay:
        return Replay(self.database, self._unpacker, self.deployment.utc_offset)

    def _same_chain(self, connection: Connection) -> None:
        expected = (self.deployment.chain_id, self.deployment.genesis)
        found = (connection.chain_id, connection.genesis_hash)
        if found != expected:
            raise ChainError(
                f"The node's chain ({found[0]}, genesis {found[1]}) is not the one of the manifest "
                f"({expected[0]}, genesis {expected[1]}).",
                "Connect to the right node. A development chain that was started anew is a new chain: deploy "
                "again, then `commonhold index rebuild`.",
            )

    def _first(self, connection: Connection) -> int:
        """The block in which the first of the contracts was created; looked for once."""
        with self.database.reading() as reading:
            known = state.read_meta(reading).get("first")
        if known is not None:
            return int(known)
        today = next(one for one in self.sources if not one.abi)
        found = first_block(connection, today.address, connection.block_number(), self.deployment.begin)
        found = min([found, *(one.first for one in self.sources if one.abi)])
        with self.database.writing() as writing:
            state.write_meta(writing, {"first": found})
        return found

    def derive_anew(self) -> None:
        """Work every derived table out of the raw logs once more, without a node. Raises StoreError."""
        with self.database.exclusive(), self.database.writing() as connection:
            cursor = state.read_cursor(connection)
            if cursor is not None:
                self._replay().anew(connection, cursor.undo_from)

    # ---- reading the index

    def at(self) -> At:
        """The block of which everything in the index is. Raises StoreError for an empty index."""
        with self.database.reading() as connection:
            return state.read_at(connection)

    def at_or_none(self) -> At | None:
        """The same; None for an empty index."""
        with self.database.reading() as connection:
            cursor = state.read_cursor(connection)
            return None if cursor is None else cursor.at()

    def logs(
        self, first: int | None = None, last: int | None = None, *, earlier: bool = False
    ) -> Iterator[Log]:
        """The decoded logs from one block to another, in the order of the chain, all of one state of the
        index. earlier: also those of earlier versions of the contracts (`<contract>@<version>`)."""
        unpacker = self._unpacker
        with self.database.reading() as connection:
            for block, place, source, topics, data, transaction, when in raw_logs(connection, first, last):
                if earlier or unpacker.is_of_today(source):
                    log = unpacker.unpack(RawLog(block, place, source, topics, data, transaction), when)
                    if log is not None:
                        yield log

    def lease_figures(self) -> Iterator[LeaseFigures]:
        """Every lease by id with its terms, schedule and accounts as of `at()`: one scan, nothing asked of a
        node."""
        with self.database.reading() as connection:
            yield from lease_figures(connection)


def open_index(
    url: str,
    deployment: Manifest,
    *,
    check: str = "bloom",
    earlier: Iterable[Source] = (),
    anew: bool = False,
) -> Index:
    """Open an index of a deployment, or make one. check: how the node's answers are proved, one of
    `settings.INDEX_CHECKS`. earlier: earlier versions of its contracts. anew: forget everything
    first, also whose it was.

    Raises StoreError: the database cannot be opened, was written by a newer version, or belongs to another
    chain or deployment."""
    if check not in CHECKS:
        raise StoreError(f"index.check is {check!r}.", f"There are {', '.join(CHECKS)}.")
    database = Database(url)
    try:
        if anew:
            with database.exclusive(), database.writing() as connection:
                drop(connection)
        index = Index(database, deployment, sources_of(deployment, earlier), check)
        index.prepare()
    except StoreError:
        database.close()
        raise
    return index
