"""How fast 100,000 events come from a real node into the index, against web3.py on the same chain.

The events are Transfers of the community token, made by a contract of a few bytes that calls `transfer` in a
loop: 500 in each block, to 1,024 wallets in turn. Both ways end in a SQLite file. web3.py reads a fifth of
them (it takes long) with `get_logs` of the contract's event, which decodes, and writes them as one table in
one transaction; the index reads all of them with every head, checks the filters, and writes blocks, raw logs
and derived tables.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from web3 import HTTPProvider, Web3

from commonhold.chain.artifacts import load
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.index import open_index
from commonhold.ops.deploy import deploy_local, local_account
from commonhold.ops.manifest import Deployment
from tools.bench.rows import Row

EVENTS = 100_000
TOGETHER = 500  # in each block
PART = 5  # web3.py reads one in so many
SPAN = 20  # blocks of one question of web3.py's: as many logs as a public node gives
# Call data: token, first receiver, how many. For n from count - 1 down: transfer(first + n % 1,024, 1).
_LOOP = "63a9059cbb60e01b60005260016024526040355b8015603c5760019003806103ff16602035016004 52"
_CALL = "60006000604460006000600035 5af150601356 5b00"
_CODE = (_LOOP + _CALL).replace(" ", "")


def throughput(progress: Callable[[str], None]) -> list[Row]:
    """The row of the index."""
    progress(f"making {EVENTS:,} events")
    with Node(gas_limit=10**9) as node, tempfile.TemporaryDirectory() as folder:
        connection = Connection(node.rpc_url)
        deployment = deploy_local(node.rpc_url)
        first, last = make_events(connection, deployment, EVENTS)
        progress(f"reading them by web3.py (one in {PART}) and into the index")
        naive = by_web3(node.rpc_url, deployment, first, last, Path(folder)) / (EVENTS // PART)
        ours = by_index(connection, deployment, Path(folder)) / EVENTS
    ratio = round(naive / ours)
    progress(f"{1 / naive:,.0f} events a second by web3.py, {1 / ours:,.0f} into the index")
    return [
        Row(f"{EVENTS:,} events into the index, times web3.py get_logs", "×", None, None, 15, ratio, True)
    ]


def make_events(connection: Connection, deployment: Deployment, count: int) -> tuple[int, int]:
    """So many Transfers; the first and last block with them."""
    token = deployment.suite(connection).token
    account = connection.call("eth_accounts")[0]

    def send(data: str, to: str | None = None) -> dict[str, str]:
        call = {"from": account, "data": data, "gas": hex(100_000_000), **({"to": to} if to else {})}
        hash_ = connection.call("eth_sendTransaction", call)
        while (receipt := connection.call("eth_getTransactionReceipt", hash_)) is None:
            time.sleep(0.002)
        return dict(receipt)

    size = len(_CODE) // 2
    maker = send(f"0x60{size:02x}600c60003960{size:02x}6000f3{_CODE}")["contractAddress"]
    Sender(connection, local_account("TREASURER")).send(token.mint(maker, count, b"\x01" * 32))
    first = connection.block_number() + 1
    for _ in range(count // TOGETHER):
        send(f"0x{int(token.address, 16):064x}{0x10000:064x}{TOGETHER:064x}", maker)
    last = connection.block_number()
    assert token.balance_of(maker) == 0, "not every transfer went through"
    return first, last


def by_web3(url: str, deployment: Deployment, first: int, last: int, folder: Path) -> float:
    """Seconds for one part of the blocks."""
    w3 = Web3(HTTPProvider(url))
    address = Web3.to_checksum_address(deployment.address("CommunityToken"))
    event = w3.eth.contract(address=address, abi=load("CommunityToken").abi).events.Transfer()
    file = sqlite3.connect(folder / "web3.sqlite")
    file.execute("CREATE TABLE t (block INT, place INT, sender TEXT, receiver TEXT, value TEXT)")
    until = first + (last - first + 1) // PART - 1
    begin = time.perf_counter()
    for start in range(first, until + 1, SPAN):
        logs = event.get_logs(from_block=start, to_block=min(until, start + SPAN - 1))
        rows = [
            (
                log["blockNumber"],
                log["logIndex"],
                log["args"]["from"],
                log["args"]["to"],
                str(log["args"]["value"]),
            )
            for log in logs
        ]
        file.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    file.commit()
    took = time.perf_counter() - begin
    assert file.execute("SELECT count(*) FROM t").fetchone()[0] == EVENTS // PART
    file.close()
    return took


def by_index(connection: Connection, deployment: Deployment, folder: Path) -> float:
    """Seconds for everything."""
    with open_index(f"sqlite:///{folder}/index.sqlite", deployment) as index:
        begin = time.perf_counter()
        progress = index.update(connection)
        took = time.perf_counter() - begin
    assert progress.logs >= EVENTS
    return took
