"""Logs of random lives put into an index without a node: the same code, with spans that a test made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from commonhold.index import Index, open_index
from commonhold.index.fetch import Head, RawLog, Span
from commonhold.index.state import forget_above, move_cursor, read_cursor
from commonhold.index.update import Updater
from commonhold.ops.audit.replay import Arguments

Raw = dict[str, Any]


@dataclass(frozen=True)
class At:
    address: str


@dataclass(frozen=True)
class Made:
    """A manifest of contracts inside this process."""

    given: Arguments
    genesis: str = "0x" + "07" * 32
    begin: int = 0
    contracts: dict[str, At] = field(default_factory=dict)

    @property
    def chain_id(self) -> int:
        return self.given.chain_id

    @property
    def utc_offset(self) -> int:
        return self.given.utc_offset


def manifest(given: Arguments) -> Made:
    return Made(given, contracts={name: At(address) for name, address in given.addresses.items()})


def hash_of(number: int, branch: int = 0) -> bytes:
    """Of a block that there is not."""
    return branch.to_bytes(16, "big") + number.to_bytes(16, "big")


def opened(url: str, given: Arguments) -> Index:
    return open_index(url, manifest(given))


def put(
    index: Index, raws: Iterable[Raw], *, branch: int = 0, depth: int = 64, together: int = 10**9
) -> None:
    """All these logs, in spans of `together` blocks."""
    places = {one.address: number for number, one in enumerate(index.sources)}
    blocks: dict[int, list[Raw]] = {}
    for raw in raws:
        blocks.setdefault(int(raw["blockNumber"], 16), []).append(raw)
    if not blocks:
        return
    last = max(blocks)
    with index.database.reading() as connection:
        cursor = read_cursor(connection)
    updater = Updater(index.database, None, None, index._replay(), 0, depth)  # type: ignore[arg-type]
    first = min(blocks) if cursor is None else cursor.block + 1
    while first <= last:
        until = min(last, first + together - 1)
        heads, logs = [], []
        for number in range(first, until + 1):
            own = blocks.get(number, [])
            time = int(own[0]["blockTimestamp"], 16) if own else 0
            before = hash_of(number - 1, branch)
            heads.append(Head(number, hash_of(number, branch), before, time, 0))
            logs += [_packed(raw, places) for raw in own if raw["address"].lower() in places]
        cursor = updater._store(cursor, Span(first, until, heads, logs), last)
        first = until + 1


def _packed(raw: Raw, places: dict[str, int]) -> RawLog:
    return RawLog(
        int(raw["blockNumber"], 16),
        int(raw["logIndex"], 16),
        places[raw["address"].lower()],
        bytes.fromhex("".join(topic[2:] for topic in raw["topics"])),
        bytes.fromhex(raw["data"][2:]),
        bytes.fromhex(raw["transactionHash"][2:]),
    )


def one_block_each(raws: Sequence[Raw]) -> list[Raw]:
    """Every transaction in a block of its own, as far apart as they came."""
    found = []
    for raw in raws:
        number = hex(int(raw["transactionHash"], 16))
        found.append({**raw, "blockNumber": number})
    return found


def rolled_back(index: Index, block: int) -> None:
    """Everything after a block is taken out, as a reorganisation does it."""
    with index.database.writing() as connection:
        cursor = read_cursor(connection)
        assert cursor is not None
        after = cursor._replace(block=block, hash=hash_of(block), undo_from=min(cursor.undo_from, block + 1))
        move_cursor(connection, cursor, after)
        forget_above(connection, block)
        index._replay().take_back(connection, block, cursor.undo_from)
