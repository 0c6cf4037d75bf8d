"""Raw logs out of the database, and as values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from commonhold.chain.rawlogs import Log
from commonhold.index import schema
from commonhold.index.fetch import RawLog
from commonhold.index.sources import Source, reader_of

_PAGE: Final = 20_000  # logs read from the database at once


class Unpacker:
    """Turns packed logs into values."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._addresses: Final = [one.address for one in sources]
        self._today: Final = [not one.abi for one in sources]
        self._reader: Final = reader_of(sources)
        self._last = b"", ""  # transaction, as it came and in hex

    def is_of_today(self, source: int) -> bool:
        """Whether it is one of the manifest's contracts, not an earlier version."""
        return self._today[source]

    def unpack(self, raw: RawLog, time: int) -> Log | None:
        """None for an event that the contract's ABI does not know. time [unix]. Raises LogsDamaged."""
        block, place, source, topics, data, transaction = raw
        if transaction != self._last[0]:
            self._last = transaction, "0x" + transaction.hex()
        return self._reader.unpack(self._addresses[source], topics, data, block, time, self._last[1], place)

    def logs_of_today(self, raws: Iterable[RawLog], times: Mapping[int, int]) -> Iterator[Log]:
        """Those of the manifest's contracts. times: by block [unix]."""
        for raw in raws:
            if self._today[raw[2]]:
                log = self.unpack(raw, times[raw[0]])
                if log is not None:
                    yield log


def raw_logs(
    connection: Connection, first: int | None = None, last: int | None = None
) -> Iterator[tuple[Any, ...]]:
    """The columns of `logs` and the time of the block, in the order of the chain."""
    logs, blocks = schema.logs, schema.blocks
    query = select(*logs.columns, blocks.c.time).join(blocks, blocks.c.number == logs.c.block)
    if first is not None:
        query = query.where(logs.c.block >= first)
    if last is not None:
        query = query.where(logs.c.block <= last)
    ordered = query.order_by(logs.c.block, logs.c.place)
    for page in connection.execute(ordered, execution_options={"yield_per": _PAGE}).partitions():
        yield from map(tuple, page)
