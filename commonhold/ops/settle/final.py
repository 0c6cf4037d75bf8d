"""What the chain itself says of transactions: receipts, and the logs of their blocks, each read two ways.

A report is made of this alone. Logs asked of a block by its hash must be those of the receipts: twice, in
another order or incomplete is met by sorting, dropping repeats and asking again.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.receipts import Receipt, receipt_of
from commonhold.errors import ChainError

_TRIES: Final = 5
_PAUSE: Final = 0.2  # [s]
Log = Mapping[str, Any]


class BlockReplaced(ChainError):
    """A reorganisation took a block away while it was read."""


def receipts(connection: Connection, hashes: Sequence[str]) -> dict[str, Receipt]:
    """Those that are mined."""
    answers = connection.batch([("eth_getTransactionReceipt", (hash_,)) for hash_ in hashes])
    return {
        hash_: receipt_of(answer)
        for hash_, answer in zip(hashes, answers, strict=True)
        if isinstance(answer, dict) and answer.get("blockNumber")
    }


def on_chain(connection: Connection, found: Iterable[Receipt]) -> bool:
    """Whether every block that the receipts name is the chain's block of its number."""
    named = {receipt.block: receipt.block_hash for receipt in found}
    answers = connection.batch([("eth_getBlockByNumber", (hex(number), False)) for number in named])
    return all(
        isinstance(answer, dict) and answer.get("hash") == hash_
        for answer, hash_ in zip(answers, named.values(), strict=True)
    )


def logs_of(connection: Connection, found: Sequence[Receipt], contract: str) -> list[Log]:
    """The contract's logs of these transactions, in the order of the chain. Raises ChainError."""
    if not found:
        return []
    wanted = {_place(log): log for receipt in found for log in receipt.logs if _is_of(log, contract)}
    hashes = {receipt.hash for receipt in found}
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE)
        asked = _of_blocks(connection, found, contract)
        ours = {_place(log): log for log in asked if log["transactionHash"] in hashes}
        if {place: _said(log) for place, log in ours.items()} == {
            place: _said(log) for place, log in wanted.items()
        }:
            return [ours[place] for place in sorted(ours)]
    if not on_chain(connection, found):
        raise BlockReplaced("A block was replaced while its logs were read.", "Run the same command again.")
    raise ChainError(
        f"The node gives other logs of {contract} by block than by receipt.",
        "Its index is damaged or behind: wait, or use another node. Nothing was reported.",
    )


def _of_blocks(connection: Connection, found: Sequence[Receipt], contract: str) -> list[Log]:
    blocks = list(dict.fromkeys(receipt.block_hash for receipt in found))
    questions = [("eth_getLogs", ({"blockHash": hash_, "address": contract},)) for hash_ in blocks]
    logs: list[Log] = []
    for answer in connection.batch(questions):
        if not isinstance(answer, RpcError):  # a block that is gone has no logs
            logs.extend(answer)
    return logs


def _is_of(log: Log, contract: str) -> bool:
    return str(log["address"]).lower() == contract.lower()


def _place(log: Log) -> tuple[int, int]:
    return int(log["blockNumber"], 16), int(log["logIndex"], 16)


def _said(log: Log) -> tuple[str, tuple[str, ...], str]:
    return str(log["blockHash"]), tuple(log["topics"]), str(log["data"])
