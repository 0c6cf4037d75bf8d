"""How fast transactions are signed and sent: ratios of two ways, in turn, in one run on one machine."""

import time
from collections.abc import Callable

from eth_account import Account
from eth_keys.backends import NativeECCBackend
from web3 import HTTPProvider, Web3

from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Order, Sender
from commonhold.chain.signing import Transaction, dev_account, sign
from tools.bench.rows import Row

COUNT = 200
ROUNDS = 3
GAS = 21_000


def throughput(progress: Callable[[str], None]) -> list[Row]:
    """The rows of the tooling's speed."""
    progress(f"sending {COUNT} transactions one by one and in arrays")
    with Node(gas_limit=10**9) as node:
        sent = _ratio(lambda: _one_by_one(node), lambda: _in_arrays(node))
    progress(f"signing {COUNT} transactions by a curve in Python and by coincurve")
    signed = _ratio(_sign_natively, _sign_by_coincurve)
    return [
        Row(f"send {COUNT} signed transactions, times web3.py one by one", "×", None, 15, 12, sent, True),
        Row("sign a transaction, times a curve in Python alone", "×", None, 8, 8, signed, True),
    ]


def _ratio(slow: Callable[[], None], fast: Callable[[], None]) -> int:
    """How many times the second way is faster: the medians of some rounds, in turn."""
    times = [(_timed(slow), _timed(fast)) for _ in range(ROUNDS)]
    middles = [sorted(column)[ROUNDS // 2] for column in zip(*times, strict=True)]
    return round(middles[0] / middles[1])


def _timed(way: Callable[[], None]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


def _sign_natively() -> None:
    """As eth-account does where coincurve is not installed."""
    account = Account()
    account.set_key_backend(NativeECCBackend())
    signer, receiver = account.from_key(dev_account(5).key), dev_account(6).address
    for nonce in range(COUNT):
        signer.sign_transaction(
            {
                "to": receiver,
                "value": 0,
                "gas": GAS,
                "chainId": 31337,
                "maxFeePerGas": 3 * 10**9,
                "maxPriorityFeePerGas": 10**9,
                "nonce": nonce,
            }
        )


def _sign_by_coincurve() -> None:
    signer, receiver = dev_account(5), dev_account(6).address
    for nonce in range(COUNT):
        sign(signer, Transaction(31337, nonce, receiver, b"", 0, GAS, 3 * 10**9, 10**9))


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
