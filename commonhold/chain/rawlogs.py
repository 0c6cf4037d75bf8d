"""Raw logs, from a node or a file, as plain values: the only thing that an audit believes.

A log is read by its ABI alone and never through a wrapper or a view. Times are in seconds [unix].
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from eth_utils.crypto import keccak

from commonhold.chain.artifacts import load, signature_of
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


class Spoken(NamedTuple):
    """A contract whose events are not those of today's artifacts: an earlier version. address: lower-case
    hex; abi: at least the entries of its events."""

    contract: str
    address: str
    abi: Sequence[Mapping[str, Any]]


class LogReader:
    """Turns raw logs of some contracts into `Log`s. addresses: by contract, of today's; earlier: contracts
    that are read by an ABI of their own."""

    def __init__(self, addresses: Mapping[str, str], earlier: Iterable[Spoken] = ()) -> None:
        self.addresses: Final = {name: address.lower() for name, address in addresses.items()}
        self._events: dict[tuple[str, str], _Event] = {}
        today = [Spoken(name, address, load(name).abi) for name, address in self.addresses.items()]
        for one in (*today, *earlier):
            for topic, entry in events_of(one.abi).items():
                self._events[one.address, topic] = _compile(one.contract, entry)

    def read(self, raw: Mapping[str, Any], time: int) -> Log | None:
        """None for a log of another contract, or of an event that the contract's ABI does not know."""
        topics = raw["topics"]
        if not topics:
            return None
        event = self._events.get((raw["address"].lower(), topics[0]))
        if event is None:
            return None
        place = int(raw["logIndex"], 16)
        words = "".join([topic[2:] for topic in topics])
        block = int(raw["blockNumber"], 16)
        return _log(event, words, raw["data"][2:], block, time, raw["transactionHash"], place)

    def unpack(
        self, address: str, topics: bytes, data: bytes, block: int, time: int, transaction: str, place: int
    ) -> Log | None:
        """The same for a log that is kept as bytes, its topics one after the other. address: lower-case."""
        words = topics.hex()
        event = self._events.get((address, "0x" + words[:_WORD]))
        if event is None:
            return None
        return _log(event, words, data.hex(), block, time, transaction, place)


def _log(event: _Event, topics: str, data: str, block: int, time: int, transaction: str, place: int) -> Log:
    """topics, data: hex digits. Raises LogsDamaged for a log that is shorter than its event."""
    if len(topics) != event.topics * _WORD or len(data) < event.words * _WORD:
        raise LogsDamaged(
            f"{event.contract}: a log of {event.name} in {transaction} is cut off.",
            "Ask another node for the logs.",
        )
    values = tuple(
        [
            read(topics, topic * _WORD) if topic else read(data, place_in)
            for read, topic, place_in in event.readers
        ]
    )
    return Log(event.contract, event.name, values, block, time, transaction, place)


def events_of(abi: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The events of an ABI by their topic (0x…)."""
    return {
        "0x" + keccak(text=signature_of(entry)).hex(): entry
        for entry in abi
        if entry["type"] == "event" and not entry.get("anonymous")
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
        yield from with_times(connection, found)
        first = until + 1
        span = span * 2 if len(found) < _MANY // 2 else max(1, span // 2) if len(found) > _MANY else span


def with_times(connection: Connection, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same logs, each with its `blockTimestamp`: some nodes leave it out."""
    missing = sorted({raw["blockNumber"] for raw in found if "blockTimestamp" not in raw})
    if missing:
        heads = connection.batch([("eth_getBlockByNumber", (block, False)) for block in missing])
        times = {}
        for block, head in zip(missing, heads, strict=True):
            if isinstance(head, RpcError):
                raise head
            if head is None:
                raise ChainError(f"The node has no block {block} any more.", "Run the same command again.")
            times[block] = head["timestamp"]
        for raw in found:
            raw.setdefault("blockTimestamp", times.get(raw["blockNumber"]))
    return found


def first_block(connection: Connection, address: str, last: int, otherwise: int = 0) -> int:
    """The block in which a contract was created, found by halving; `otherwise` where the node keeps no state
    of old blocks."""
    low, high = 0, last
    try:
        while low < high:
            middle = (low + high) // 2
            if connection.call("eth_getCode", address, hex(middle)) == "0x":
                low = middle + 1
            else:
                high = middle
    except RpcError:
        return otherwise
    return low


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
