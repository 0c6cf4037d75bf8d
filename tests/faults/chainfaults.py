"""What a chain itself does to those who use it, made to happen on Anvil."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.signing import Signer, Transaction, sign


@contextmanager
def set_back(connection: Connection) -> Iterator[None]:
    """The chain is afterwards as it was: its state, its mining, and no transaction waiting.

    Anvil's snapshots hold no pool: what still waits there would be mined into the chain that was set back.
    """
    snapshot = connection.call("evm_snapshot")
    try:
        yield
    finally:
        go_back(connection, snapshot)


def go_back(connection: Connection, snapshot: str) -> None:
    """To this snapshot, mining at once and with nothing waiting."""
    connection.call("evm_setAutomine", True)
    assert connection.call("evm_revert", snapshot), "the chain no longer knows this snapshot"
    connection.call("anvil_dropAllTransactions")


def mine(connection: Connection, blocks: int = 1) -> None:
    """So many empty blocks."""
    connection.call("anvil_mine", hex(blocks))


def reorg(connection: Connection, depth: int, *, keep: bool = False) -> None:
    """Replace the last `depth` blocks by others without their transactions.

    keep: the transactions come again, all in the first of the new blocks, as when they were still waiting.
    """
    again: list[Any] = []
    if keep:
        head = connection.block_number()
        for number in range(head - depth + 1, head + 1):
            block = connection.call("eth_getBlockByNumber", hex(number), False)
            raws = [connection.call("eth_getRawTransactionByHash", hash_) for hash_ in block["transactions"]]
            again += [[raw, 0] for raw in raws]
    connection.call("anvil_reorg", depth, again)


def drop(connection: Connection, hash_: str) -> None:
    """The node forgets a waiting transaction."""
    connection.call("anvil_dropTransaction", hash_)


def use_number(connection: Connection, signer: Signer, number: int) -> str:
    """Another transaction of the same key takes the number, at a high fee; its hash."""
    own = str(signer.address)
    fee = 500 * 10**9
    signed = sign(signer, Transaction(connection.chain_id, number, own, b"", 0, 21_000, fee, fee))
    return str(connection.call("eth_sendRawTransaction", "0x" + signed.raw.hex()))


def wait_for_head(connection: Connection, number: int, seconds: float = 30) -> None:
    """Until the chain has this block; AssertionError if it does not come."""
    end = time.monotonic() + seconds
    while connection.block_number() < number:
        assert time.monotonic() < end, f"block {number} did not come"
        time.sleep(0.02)


def _bring_again(connection: Connection) -> None:
    """Every waiting transaction dropped and sent again, in the order of their numbers."""
    pool = connection.call("txpool_content")
    waiting = [
        (int(number), one["hash"])
        for place in ("pending", "queued")
        for by_number in pool[place].values()
        for number, one in by_number.items()
    ]
    raws = [connection.call("eth_getRawTransactionByHash", hash_) for _, hash_ in sorted(waiting)]
    connection.call("anvil_dropAllTransactions")
    for raw in raws:
        with suppress(RpcError):  # mined meanwhile
            connection.call("eth_sendRawTransaction", raw)


@contextmanager
def kept_awake(url: str) -> Iterator[None]:
    """Has a node that mines at once mine what it has overlooked, as Anvil does at times on a busy machine.

    On the chain that it stands for the next block would come anyway; here nobody else sends. What is in no
    block even then is brought to it again, the same bytes. A node whose automine is off is left alone: there
    a test wants transactions to wait.
    """
    over = threading.Event()

    def look() -> None:
        connection = Connection(url)
        looks = 0
        while not over.wait(1):
            # "queued" after a number that is mined is as forgotten as "pending"
            waiting = any(int(count, 16) for count in connection.call("txpool_status").values())
            looks = looks + 1 if waiting and connection.call("anvil_getAutomine") else 0
            if looks > 1:
                mine(connection)
            if looks > 3:
                _bring_again(connection)
        connection.close()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(60)
