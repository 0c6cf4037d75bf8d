"""The derived tables kept in step with the raw logs, inside the same transaction."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from sqlalchemy import Connection, delete

from commonhold.chain.rawlogs import Log
from commonhold.index import tables
from commonhold.index.database import Database
from commonhold.index.derive.derive import Deriver
from commonhold.index.fetch import RawLog
from commonhold.index.rows import Rows
from commonhold.index.unpack import Unpacker, raw_logs

_TOGETHER: Final = 50_000  # logs worked in between two writings


class Replay:
    """offset: of the community's calendar [s]."""

    def __init__(self, database: Database, unpacker: Unpacker, offset: int) -> None:
        self._database = database
        self._unpacker = unpacker
        self._offset = offset
        self._deriver: Deriver | None = None  # with the rows that it has read

    def work_in(
        self,
        connection: Connection,
        logs: Sequence[RawLog],
        times: Mapping[int, int],
        undo_from: int,
        *,
        empty: bool = False,
    ) -> None:
        """New logs, in order. times: of their blocks [unix]; undo_from: from this block on it is noted what
        was there before; empty: there are no rows yet."""
        if self._deriver is None or empty:
            self._deriver = Deriver(Rows(self._database, empty=empty), self._offset)
        deriver, self._deriver = self._deriver, None  # what fails leaves nothing behind
        deriver.rows.begin(connection)
        deriver.take(self._unpacker.logs_of_today(logs, times), undo_from)
        deriver.rows.flush(undo_from)
        self._deriver = deriver

    def take_back(self, connection: Connection, block: int, undo_from: int) -> None:
        """The tables as they were after a block; its raw logs are gone already."""
        self._deriver = None
        if block + 1 < undo_from:
            self.anew(connection, block + 1)
        else:
            Rows(self._database).take_back(connection, block)

    def anew(self, connection: Connection, undo_from: int) -> None:
        """Everything from the raw logs once more."""
        self._deriver = None
        tables.METADATA.create_all(connection)
        for table in reversed(tables.METADATA.sorted_tables):
            connection.execute(delete(table))
        deriver = Deriver(Rows(self._database, empty=True), self._offset)
        deriver.rows.begin(connection)
        logs = self._every(connection)
        while some := list(islice(logs, _TOGETHER)):
            deriver.take(some, undo_from)
            deriver.rows.flush(undo_from)

    def _every(self, connection: Connection) -> Iterator[Log]:
        for block, place, source, topics, data, transaction, time in raw_logs(connection):
            if self._unpacker.is_of_today(source):
                log = self._unpacker.unpack(RawLog(block, place, source, topics, data, transaction), time)
                if log is not None:
                    yield log
