"""Raw logs, from a node or a file, as plain values: the only thing that an audit believes.

A log is read by its ABI alone and never through a wrapper or a view. Times are in seconds [unix].
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from commonhold.chain.artifacts import Artifact, load, signature_of
from commonhold.chain.connect import Connection, RpcError
from commonhold.errors import ChainError, InputError

_WORD: Final = 64  # hex digits
_FIRST_SPAN: Final = 2_000  # blocks of the first request
_MANY: Final = 20_000  # logs of one answer that are enough


class Log(NamedTuple):
    """One event. values: in the order of its parameters, indexed or not; numbers as int, addresses and
    hashes as lower-case hex, structs and lists as tuples."""

    contract: str
    event: str
    values: tuple[Any, ...]
    block: int
    time: int
    transaction: str
    place: int  # among the logs of its block


class LogsDamaged(ChainError):
    """A log cannot be read as its event says."""


Reader = Callable[[str, int], Any]  # hex digits of the data, place of the word in hex digits → value


def _number(data: str, at: int) -> int:
    return int(data[at : at + _WORD], 16)


def _signed(data: str, at: int) -> int:
    value = int(data[at : at + _WORD], 16)
    return value - (1 << 256) if value >> 255 else value


def _address(data: str, at: int) -> str:
    return "0x" + data[at + 24 : at + _WORD]


def _hash(data: str, at: int) -> str:
    return "0x" + data[at : at + _WORD]


def _reader(part: Mapping[str, Any]) -> tuple[Reader, int]:
    """How a parameter is read, and how many words it takes in the head."""
    kind = str(part["type"])
    if kind.endswith("[]"):
        item, size = _reader({**part, "type": kind[:-2]})

        def read_list(data: str, at: int) -> tuple[Any, ...]:
            begin = 2 * _number(data, at)
            first = begin + _WORD
            return tuple(item(data, first + i * size * _WORD) for i in range(_number(data, begin)))

        return read_list, 1
    if kind.endswith("]"):
        kind, _, count = kind[:-1].rpartition("[")
        return _together([_reader({**part, "type": kind})] * int(count))
    if kind == "tuple":
        return _together([_reader(inner) for inner in part["components"]])
    if kind == "address":
        return _address, 1
    if kind in ("string", "bytes"):
        return (lambda data, at: None), 1
    if kind.startswith("bytes"):
        return _hash, 1
    return (_signed if kind.startswith("int") else _number), 1


def _together(parts: Sequence[tuple[Reader, int]]) -> tuple[Reader, int]:
    """Values that stand one after the other."""
    places, width = [], 0
    for _, size in parts:
        places.append(width * _WORD)
        width += size
    pairs = [(read, place) for (read, _), place in zip(parts, places, strict=True)]
    return (lambda data, at: tuple(read(data, at + place) for read, place in pairs)), width


class _Event(NamedTuple):
    contract: str
    name: str
    readers: tuple[tuple[Reader, int, int], ...]  # reader, topic (0 = in the data), place in the data
    topics: int
    words: int  # least words of the data


def _compile(contract: str, entry: Mapping[str, Any]) -> _Event:
    readers, topic, place = [], 0, 0
    for part in entry["inputs"]:
        if part["indexed"]:
            topic += 1
            readers.append((_reader(part)[0], topic, 0))
        else:
            reader, size = _reader(part)
            readers.append((reader, 0, place * _WORD))
            place += size
    return _Event(contract, entry["name"], tuple(readers), topic + 1, place)


class LogReader:
    """Turns raw logs of some contracts into `Log`s. addresses: by contract."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.addresses: Final = {name: address.lower() for name, address in addresses.items()}
        self._events: dict[tuple[str, str], _Event] = {}
        for name, address in self.addresses.items():
            for topic, event in _events_of(load(name)).items():
                self._events[address, topic] = _compile(name, event)

    def read(self, raw: Mapping[str, Any], time: int) -> Log | None:
        """None for a log of another contract, or of an event that the contract's ABI does not know."""
        topics = raw["topics"]
        if not topics:
            return None
        event = self._events.get((raw["address"].lower(), topics[0]))
        if event is None:
            return None
        data = raw["data"][2:]
        if len(topics) != event.topics or len(data) < event.words * _WORD:
            raise LogsDamaged(
                f"{event.contract}: a log of {event.name} in {raw['transactionHash']} is cut off.",
                "Ask another node for the logs.",
            )
        values = tuple(
            read(topics[topic], 2) if topic else read(data, place) for read, topic, place in event.readers
        )
        return Log(
            event.contract,
            event.name,
            values,
            int(raw["blockNumber"], 16),
            time,
            raw["transactionHash"],
            int(raw["logIndex"], 16),
        )


def _events_of(artifact: Artifact) -> dict[str, Mapping[str, Any]]:
    by_signature = {signature_of(entry): entry for entry in artifact.abi if entry["type"] == "event"}
    return {
        topic: entry
        for topic, codec in artifact.events.items()
        for entry in by_signature.values()
        if entry["name"] == codec.name
    }


# ---- from a node


def stream(connection: Connection, addresses: Sequence[str], first: int, last: int) -> Iterator[Any]:
    """Raw logs of some addresses between two blocks in their order, each with its `blockTimestamp`; in
    spans of blocks that grow and shrink with what the node gives."""
    span = _FIRST_SPAN
    while first <= last:
        until = min(first + span - 1, last)
        place = {"address": list(addresses), "fromBlock": hex(first), "toBlock": hex(until)}
        try:
            found: list[dict[str, Any]] = connection.call("eth_getLogs", place)
        except RpcError:
            if span == 1:
                raise
            span = max(1, span // 4)
            continue
        yield from _with_times(connection, found)
        first = until + 1
        span = span * 2 if len(found) < _MANY // 2 else max(1, span // 2) if len(found) > _MANY else span


def _with_times(connection: Connection, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    missing = sorted({raw["blockNumber"] for raw in found if "blockTimestamp" not in raw})
    if missing:
        heads = connection.batch([("eth_getBlockByNumber", (block, False)) for block in missing])
        times = {}
        for block, head in zip(missing, heads, strict=True):
            if isinstance(head, RpcError):
                raise head
            times[block] = head["timestamp"]
        for raw in found:
            raw.setdefault("blockTimestamp", times.get(raw["blockNumber"]))
    return found


# ---- from a file


def saved(path: Path) -> Iterator[Any]:
    """Raw logs from a file: one JSON object a line, as `eth_getLogs` answers them, with `blockTimestamp`."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    raw = orjson.loads(line)
                    raw["blockTimestamp"], raw["topics"], raw["data"]
                except (orjson.JSONDecodeError, KeyError, TypeError):
                    raise InputError(
                        f"{path}, line {number}: this is no log with its time.",
                        "One JSON object a line, as eth_getLogs answers it with blockTimestamp.",
                    ) from None
                yield raw
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def read_all(reader: LogReader, raws: Iterable[Mapping[str, Any]]) -> Iterator[Log]:
    """The logs of the reader's contracts, decoded."""
    for raw in raws:
        log = reader.read(raw, int(raw["blockTimestamp"], 16))
        if log is not None:
            yield log
