"""Bringing an index up to date: read a span, store it whole in one transaction, go on.

    Anything may stop it, at any point: the next run goes on after the last span that is in.

Before it reads on, the newest block that is in is compared with the node's. Where they differ the chain was
reorganised: the blocks that are no longer part of it are taken out again, down to the last common one, and
the new ones are read. Deeper than `depth` blocks nothing is taken out: that is an error that a person has to
look at. A node that is behind is waited for, and nothing is taken out for its sake.
"""

import contextlib
import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.chain.connect import Connection
from commonhold.errors import ChainError
from commonhold.index import schema, state
from commonhold.index.database import Database
from commonhold.index.fetch import Fetcher, NodeBehind, NodeInconsistent, Span
from commonhold.index.replay import Replay
from commonhold.index.state import Cursor

DEPTH: Final = 64  # blocks that a reorganisation may replace
_ROUNDS: Final = 12  # reorganisations while one update runs
_WAITS: Final = 5  # for a node that is behind
_WAIT: Final = 0.2  # the first time, then twice as long each time [s]


class ReorgTooDeep(ChainError):
    """The chain was replaced further back than the index takes anything back."""


@dataclass(slots=True)
class Progress:
    """What one update did. first, last: blocks read (0, -1: none); rolled_back: blocks taken out; behind:
    the node was behind the index; splits: spans that the node refused; found: logs that were missing in a
    first answer; dropped: that came twice; seconds [s]."""

    first: int = 0
    last: int = -1
    logs: int = 0
    spans: int = 0
    rolled_back: int = 0
    behind: bool = False
    splits: int = 0
    found: int = 0
    dropped: int = 0
    seconds: float = 0

    @property
    def blocks(self) -> int:
        return self.last - self.first + 1

    def as_json(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "last": self.last,
            "blocks": self.blocks,
            "logs": self.logs,
            "spans": self.spans,
            "rolled_back": self.rolled_back,
            "behind": self.behind,
            "splits": self.splits,
            "found": self.found,
            "dropped": self.dropped,
            "seconds": round(self.seconds, 3),
        }


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of values without a cycle among them: looking for cycles would take longer than the work."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(slots=True)
class Updater:
    """One run. The lock is held by the caller. first: block where the contracts begin."""

    database: Database
    connection: Connection
    fetcher: Fetcher
    replay: Replay
    first: int
    depth: int = DEPTH
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[Progress], None] = lambda progress: None
    progress: Progress = field(default_factory=Progress)

    def run(self, until: int | None) -> Progress:
        """Read up to a block, or the newest one. Raises ReorgTooDeep, ChainError, StoreError."""
        with _without_collector():
            return self._run(until)

    def _run(self, until: int | None) -> Progress:
        began = time.monotonic()
        rounds = 0
        while True:
            head = self.connection.block().number
            cursor = self._common(head)
            if self.progress.behind:
                break
            try:
                self._read_on(cursor, head if until is None else min(until, head), head)
                break
            except NodeInconsistent:
                # the block that we stand on was replaced meanwhile, or the node is no good
                rounds += 1
                if rounds == _ROUNDS or self._stands():
                    raise
        self.progress.splits = self.fetcher.splits
        self.progress.seconds = time.monotonic() - began
        return self.progress

    # ---- the common past

    def _cursor(self) -> Cursor | None:
        with self.database.reading() as connection:
            return state.read_cursor(connection)

    def _stands(self) -> bool:
        """Whether the last block that is in is still the node's."""
        cursor = self._cursor()
        return cursor is None or self._has(cursor.block, cursor.hash)

    def _has(self, number: int, hash_: bytes) -> bool:
        try:
            return self.fetcher.heads([number])[0].hash == hash_
        except NodeBehind:
            return False

    def _common(self, head: int) -> Cursor | None:
        """The cursor, after everything that is no longer part of the chain was taken out."""
        cursor = self._cursor()
        if cursor is None:
            return None
        for attempt in range(_WAITS):
            if head >= cursor.block:
                break
            with self.database.reading() as connection:
                there = state.stored(connection, head)
            if there is not None and not self._has(head, there.hash):
                break  # shorter, and another chain
            self.sleep(_WAIT * 2**attempt)
            head = self.connection.block().number
        else:
            self.progress.behind = True
            return cursor
        if head >= cursor.block and self._has(cursor.block, cursor.hash):
            return cursor
        return self._take_back(cursor, head)

    def _take_back(self, cursor: Cursor, head: int) -> Cursor | None:
        common = self._last_common(cursor, min(head, cursor.block))
        if common is None or cursor.block - common.number > self.depth:
            raise ReorgTooDeep(
                f"The node's chain has other blocks than the index for more than {self.depth} blocks "
                f"below block {cursor.block}.",
                "Check that this is the right node. If it is, read everything anew: commonhold index rebuild "
                "(or allow more with [index] depth).",
            )
        found = self.fetcher.heads([common.number])[0]
        if found.hash != common.hash:
            return self._common(self.connection.block().number)
        after = Cursor(
            found.number,
            found.hash,
            found.time,
            max(head, found.number),
            min(cursor.undo_from, found.number + 1),
        )
        with self.database.writing() as connection:
            state.move_cursor(connection, cursor, after)
            state.forget_above(connection, common.number)
            self.replay.take_back(connection, common.number, cursor.undo_from)
        self.progress.rolled_back += cursor.block - common.number
        return after

    def _last_common(self, cursor: Cursor, from_: int) -> state.Stored | None:
        """The newest block that the index and the node both have, no deeper than is allowed."""
        with self.database.reading() as connection:
            for page in state.stored_below(connection, from_):
                near = [one for one in page if cursor.block - one.number <= self.depth]
                heads = self.fetcher.heads([one.number for one in near])
                for one, head in zip(near, heads, strict=True):
                    if one.hash == head.hash:
                        return one
                if len(near) < len(page):
                    return None
        return None

    # ---- forward

    def _read_on(self, cursor: Cursor | None, target: int, head: int) -> None:
        while True:
            begin = self.first if cursor is None else cursor.block + 1
            if begin > target:
                return
            # blocks that cannot be replaced any more are read in long spans without every head
            settled = head - self.depth
            last = target if begin > settled else min(target, settled)
            parent = None if cursor is None else cursor.hash
            span = self.fetcher.span(begin, last, parent, whole=begin > settled)
            cursor = self._store(cursor, span, head)
            self._count(span)

    def _store(self, cursor: Cursor | None, span: Span, head: int) -> Cursor:
        """One transaction: blocks, logs and the cursor."""
        counts = Counter(log.block for log in span.logs)
        newest = span.heads[-1]
        keep = max(head, newest.number) - 2 * self.depth
        rows = [
            (one.number, one.hash, one.parent, one.time, counts[one.number])
            for one in span.heads
            if one.number >= keep or counts[one.number] or one is newest
        ]
        undo_from = max(keep, 0 if cursor is None else cursor.undo_from)
        after = Cursor(newest.number, newest.hash, newest.time, max(head, newest.number), undo_from)
        times = {one.number: one.time for one in span.heads}
        with self.database.writing() as connection:
            state.move_cursor(connection, cursor, after)
            self.database.insert(connection, schema.blocks, rows)
            self.database.insert(connection, schema.logs, span.logs)
            self.replay.work_in(connection, span.logs, times, undo_from, empty=cursor is None)
            state.thin_out(connection, keep)
        return after

    def _count(self, span: Span) -> None:
        progress = self.progress
        if progress.last < progress.first:
            progress.first = span.first
        progress.last = span.last
        progress.logs += len(span.logs)
        progress.spans += 1
        progress.found += span.found
        progress.dropped += span.dropped
        self.tell(progress)
