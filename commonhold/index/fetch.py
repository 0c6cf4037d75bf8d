"""A span of blocks from a node: every head, every log, and the proof that they belong together.

A node is not believed. Heads must follow from each other by their parents' hashes; each log must lie in a
block of that hash; what comes twice is dropped, what comes in another order is sorted; what the bloom
filter of a head says beyond the answer is asked for again, block by block, and where the filter is sparse
enough to mean something, looked up in the block's receipts. Times [unix].
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from commonhold.chain.connect import Connection, NodeUnreachable, RpcError
from commonhold.errors import ChainError
from commonhold.index.bloom import affirms, bits_of, is_sparse
from commonhold.index.sources import Source

_TRIES: Final = 6  # for answers that fit together
_PAUSE: Final = 0.1  # before the second one, then twice as long each time [s]
_BROKEN: Final = 2  # answers that may break off before the node counts as gone
_FIRST_SPAN: Final = 1_000  # blocks of the first question
_LONGEST_SPAN: Final = 10_000
_MANY: Final = 20_000  # logs of one answer that are enough


class NodeInconsistent(ChainError):
    """The node's answers do not fit together, however often it is asked."""


class NodeBehind(ChainError):
    """The node does not have blocks that it had a moment ago."""


class _Torn(Exception):
    """Two answers of which one must be of another chain, or of a node that is behind."""


class Head(NamedTuple):
    """One block. hash, parent: 32 bytes; time [unix]."""

    number: int
    hash: bytes
    parent: bytes
    time: int
    bloom: int


class RawLog(NamedTuple):
    """One log, packed. source: place in the list of sources."""

    block: int
    place: int
    source: int
    topics: bytes
    data: bytes
    transaction: bytes


@dataclass(frozen=True, slots=True)
class Span:
    """Blocks from `first` to `last` with all their logs, in order. found: logs that had been left out of
    the node's first answer."""

    first: int
    last: int
    heads: Sequence[Head]
    logs: Sequence[RawLog]
    found: int = 0
    dropped: int = 0  # came twice


@dataclass(slots=True)
class Fetcher:
    """Reads spans from one node.

    check: "bloom" asks again where a head's filter says more than the answer has; "receipts" compares every
    block that has logs, or may have, with its receipts; "none" believes the node."""

    connection: Connection
    sources: Sequence[Source]
    check: str = "bloom"
    sleep: Callable[[float], None] = time.sleep
    size: int = _FIRST_SPAN  # blocks of the next question
    splits: int = 0  # spans that the node refused
    _places: dict[str, list[int]] = field(default_factory=dict)
    _most: int = _LONGEST_SPAN

    def __post_init__(self) -> None:
        for place, source in enumerate(self.sources):
            self._places.setdefault(source.address, []).append(place)

    # ---- heads

    def heads(self, numbers: Iterable[int]) -> list[Head]:
        """Raises NodeBehind for a block that the node does not have."""
        todo = list(numbers)
        answers = self.connection.batch([("eth_getBlockByNumber", (hex(n), False)) for n in todo])
        found = []
        for number, answer in zip(todo, answers, strict=True):
            if isinstance(answer, RpcError):
                raise answer
            if answer is None:
                raise NodeBehind(f"The node has no block {number}.", "It is behind: try again later.")
            found.append(_head(answer))
            if found[-1].number != number:
                raise NodeInconsistent(f"The node gave block {found[-1].number} for {number}.")
        return found

    # ---- spans

    def span(self, first: int, last: int, parent: bytes | None, *, whole: bool = True) -> Span:
        """The next blocks from `first` on, at most up to `last`, as many as the node gives at once.

        parent: hash of the block before, if it is known. whole: every head is read, not only those of
        blocks with logs; always so where something is checked by the heads' filters. Raises
        NodeInconsistent, NodeBehind, RpcError."""
        reason = ""
        for attempt in range(_TRIES):
            if attempt:
                self.sleep(_PAUSE * 2 ** (attempt - 1))
            try:
                return self._once(first, last, parent, whole or self.check != "none")
            except _Torn as torn:
                reason = str(torn)
            except (KeyError, ValueError, TypeError):
                reason = "an answer is no list of logs or no block"
            except NodeBehind:
                if attempt + 1 == _TRIES:
                    raise
        raise NodeInconsistent(
            f"The node's answers for the blocks from {first} on do not fit together: {reason}.",
            "It may be one of several behind one address; try again, or ask another node.",
        )

    def _once(self, first: int, last: int, parent: bytes | None, whole: bool) -> Span:
        raws, until = self._logs(first, last)
        if whole:
            heads = self.heads(range(first, until + 1))
        else:
            heads = self.heads(sorted({first, until, *(int(raw["blockNumber"], 16) for raw in raws)}))
        before = (first - 1, parent)
        for head in heads:
            if before[0] + 1 == head.number and before[1] not in (None, head.parent):
                raise _Torn(f"block {head.number} does not follow on block {head.number - 1}")
            before = (head.number, head.hash)
        hashes = {head.number: head.hash for head in heads}
        logs, dropped = self._sorted(raws, hashes)
        again = self._lacking(heads, logs)
        found = 0
        if again:
            more, _ = self._sorted(self._asked_again(heads, again, logs), hashes)
            replaced = {head.number for head in again}
            kept = [log for log in logs if log.block not in replaced]
            found = len(kept) + len(more) - len(logs)
            logs = sorted(kept + more)
        self._grow(len(logs))
        return Span(first, until, heads, logs, found, dropped)

    def _logs(self, first: int, last: int) -> tuple[list[dict[str, Any]], int]:
        """Raw logs of as many blocks as the node gives at once, and the last of these blocks."""
        broken = 0
        while True:
            until = min(first + self.size - 1, last)
            question = {"address": self._addresses(), "fromBlock": hex(first), "toBlock": hex(until)}
            try:
                return self.connection.call("eth_getLogs", question), until
            except (RpcError, NodeUnreachable) as error:
                # Too many blocks or logs for this node, in words of its own; or an answer that breaks off.
                broken += isinstance(error, NodeUnreachable)
                if self.size == 1 or broken > _BROKEN:
                    raise
                self.splits += 1
                refused = until - first + 1
                self.size, self._most = max(1, refused // 4), max(1, refused // 2)

    def _grow(self, logs: int) -> None:
        if logs > _MANY:
            self.size = max(1, self.size // 2)
        elif logs < _MANY // 2:
            self.size = min(self.size * 2, self._most)
            # a limit that was met once is tried again in small steps
            self._most = min(_LONGEST_SPAN, self._most + max(1, self._most // 4))

    def _addresses(self) -> list[str]:
        return list(self._places)

    # ---- order

    def _sorted(self, raws: Iterable[dict[str, Any]], hashes: dict[int, bytes]) -> tuple[list[RawLog], int]:
        """The logs of our sources, each once, in order; and how many came twice."""
        logs: list[RawLog] = []
        fromhex = bytes.fromhex
        number, told, transaction, packed = -1, "", "", b""  # those of the log before
        for raw in raws:
            if raw["blockHash"] != told:
                told, number = raw["blockHash"], int(raw["blockNumber"], 16)
                if hashes.get(number) != fromhex(told[2:]):
                    raise _Torn(f"a log lies in another block {number} than the one that the node gives")
            source = self._source(raw["address"], number)
            if source is None or raw.get("removed"):
                continue
            if raw["transactionHash"] != transaction:
                transaction = raw["transactionHash"]
                packed = fromhex(transaction[2:])
            topics = fromhex("".join([topic[2:] for topic in raw["topics"]]))
            logs.append(
                RawLog(number, int(raw["logIndex"], 16), source, topics, fromhex(raw["data"][2:]), packed)
            )
        return _once_each(logs)

    def _source(self, address: str, block: int) -> int | None:
        for place in self._places.get(address) or self._places.get(address.lower()) or ():
            if self.sources[place].counts(block):
                return place
        return None

    # ---- what is missing

    def _lacking(self, heads: Sequence[Head], logs: Sequence[RawLog]) -> list[Head]:
        """The blocks to be asked about once more."""
        if self.check == "none":
            return []
        blocks: dict[int, list[RawLog]] = {}
        for log in logs:
            blocks.setdefault(log.block, []).append(log)
        if self.check == "receipts":
            return [head for head in heads if head.number in blocks or self._affirmed(head)]
        return [head for head in heads if self._doubtful(head, blocks.get(head.number, ()))]

    def _doubtful(self, head: Head, logs: Sequence[RawLog]) -> bool:
        """Whether the head's filter speaks of more than these logs of the block, or they have a gap."""
        if not head.bloom:
            return bool(logs)
        if not logs:
            return bool(self._affirmed(head))
        return bool(head.bloom & ~self._filter_of(logs)) or logs[-1].place + 1 != len(logs)

    def _filter_of(self, logs: Sequence[RawLog]) -> int:
        """What the filter would be if these were all logs of the block."""
        items = {self.sources[log.source].address for log in logs}
        for topics in {log.topics for log in logs}:
            words = topics.hex()
            items.update(["0x" + words[at : at + 64] for at in range(0, len(words), 64)])
        found = 0
        for item in items:
            found |= bits_of(item)
        return found

    def _affirmed(self, head: Head) -> bool:
        """Whether a head's filter says that an event of one of our contracts may be in the block."""
        return any(
            affirms(head.bloom, (source.address,))
            and any(affirms(head.bloom, (one,)) for one in source.topics)
            for source in self.sources
            if source.counts(head.number)
        )

    def _asked_again(
        self, heads: Sequence[Head], again: Sequence[Head], logs: Sequence[RawLog]
    ) -> list[dict[str, Any]]:
        """All logs of some blocks: by the hash of each block and, where a sparse filter still affirms what is
        not there, out of its receipts."""
        if self.check == "receipts":
            return self._from_receipts(again)
        raws: list[dict[str, Any]] = []
        open_ = []
        asked = [
            ("eth_getLogs", ({"address": self._addresses(), "blockHash": "0x" + head.hash.hex()},))
            for head in again
        ]
        for head, answer in zip(again, self.connection.batch(asked), strict=True):
            if isinstance(answer, RpcError):
                raise _Torn(f"the node does not know block {head.number} by its hash: {answer.reason}")
            found, _ = self._sorted(answer, {head.number: head.hash})
            if is_sparse(head.bloom) and self._doubtful(head, found):
                open_.append(head)
            else:
                raws += answer
        return raws + self._from_receipts(open_)

    def _from_receipts(self, heads: Sequence[Head]) -> list[dict[str, Any]]:
        """The logs that the transactions' own receipts hold: what a block commits to."""
        raws: list[dict[str, Any]] = []
        asked = [("eth_getBlockReceipts", ("0x" + head.hash.hex(),)) for head in heads]
        for head, answer in zip(heads, self.connection.batch(asked), strict=True):
            receipts = self._one_by_one(head) if isinstance(answer, RpcError) else answer
            if receipts is None:
                raise _Torn(f"the node has no receipts of block {head.number}")
            raws += [log for receipt in receipts for log in receipt["logs"]]
        return raws

    def _one_by_one(self, head: Head) -> list[dict[str, Any]]:
        """For nodes that do not give all receipts of a block at once."""
        block = self.connection.call("eth_getBlockByHash", "0x" + head.hash.hex(), False)
        if block is None:
            raise _Torn(f"the node has no block {head.number} any more")
        asked = [("eth_getTransactionReceipt", (hash_,)) for hash_ in block["transactions"]]
        receipts = self.connection.batch(asked)
        for receipt in receipts:
            if receipt is None or isinstance(receipt, RpcError):
                raise _Torn(f"a receipt of block {head.number} is missing")
        return receipts


def _once_each(logs: list[RawLog]) -> tuple[list[RawLog], int]:
    """In order, without those that came twice; and how many did. Nearly always they come so."""
    last = (-1, -1)
    for log in logs:
        place = log[:2]
        if place <= last:
            break
        last = place
    else:
        return logs, 0
    found: list[RawLog] = []
    for log in sorted(logs):
        if found and found[-1][:2] == log[:2]:
            if found[-1] != log:
                raise _Torn(f"log {log.place} of block {log.block} came twice, and not the same")
        else:
            found.append(log)
    return found, len(logs) - len(found)


def _head(answer: dict[str, Any]) -> Head:
    return Head(
        number=int(answer["number"], 16),
        hash=bytes.fromhex(answer["hash"][2:]),
        parent=bytes.fromhex(answer["parentHash"][2:]),
        time=int(answer["timestamp"], 16),
        bloom=int(answer.get("logsBloom") or "0x0", 16),
    )
