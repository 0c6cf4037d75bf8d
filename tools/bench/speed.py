"""How fast signed transactions reach a chain: ours against web3.py one by one, on one node in one run."""

import time
from collections.abc import Callable

from web3 import HTTPProvider, Web3

from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Order, Sender
from commonhold.chain.signing import dev_account
from tools.bench.rows import Row

COUNT = 200
ROUNDS = 3
GAS = 21_000


def sending(progress: Callable[[str], None]) -> list[Row]:
    """One row: the ratio of the medians of both ways over some rounds, in turn."""
    progress(f"sending {COUNT} transactions one by one and in arrays")
    with Node(gas_limit=10**9) as node:
        slow, fast = [], []
        for _ in range(ROUNDS):
            slow.append(_timed(_one_by_one, node))
            fast.append(_timed(_in_arrays, node))
    ratio = round(sorted(slow)[ROUNDS // 2] / sorted(fast)[ROUNDS // 2])
    return [
        Row(f"send {COUNT} signed transactions, times web3.py one by one", "×", None, 15, 12, ratio, True)
    ]


def _timed(way: Callable[[Node], None], node: Node) -> float:
    start = time.perf_counter()
    way(node)
    return time.perf_counter() - start


def _one_by_one(node: Node) -> None:
    """As the tutorials do it: build, sign, send, wait, next."""
    w3 = Web3(HTTPProvider(node.rpc_url))
    signer, receiver = dev_account(1), dev_account(2).address
    for _ in range(COUNT):
        transaction = {
            "to": receiver, "value": 0, "gas": GAS, "chainId": w3.eth.chain_id, "maxFeePerGas": 3 * 10**9,
            "maxPriorityFeePerGas": 10**9, "nonce": w3.eth.get_transaction_count(signer.address),
        }  # fmt: skip
        raw = signer.sign_transaction(transaction).raw_transaction
        w3.eth.wait_for_transaction_receipt(w3.eth.send_raw_transaction(raw))


def _in_arrays(node: Node) -> None:
    connection = Connection(node.rpc_url)
    sender = Sender(connection, dev_account(3))
    receiver = dev_account(4).address
    sender.send_many(
        [Order(sender.signer, Call(receiver, b"", "wallet", "receive"), GAS) for _ in range(COUNT)]
    )
    connection.close()
