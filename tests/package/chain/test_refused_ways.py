"""What a node says no to on the way, and what it says wrongly (faults N7, N9, N10).

broadcast ── reported as failed and mined all the same · never taken · no money for it any more
estimate ── refused after it was simulated · the numbers of the senders are not given
waiting ── a receipt that a reorganisation took back is not believed while another one is waited for · a node
that is told not to mine is not made to
in a wallet ── not mined for a while, not yet replaced · mined while it is looked for · the blocks not given
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from eth_account import Account
from eth_utils.crypto import keccak

from commonhold.chain import flight
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.send import CallRefused, Order, Sender, TransactionFailed, TransactionLost, Waiting
from commonhold.chain.signing import Prepared, dev_account
from commonhold.chain.transit import NumberMissing
from commonhold.errors import ChainError
from tests.faults.chainfaults import reorg
from tests.faults.proxy import FaultProxy
from tests.package.chain.conftest import pay
from tests.package.chain.test_outside import Wallet, dearer

SOMEBODY = "0x" + "44" * 20
REFUSAL = keccak(text="LeaseAmountZero()")[:4]
QUICK = Waiting(timeout=20, poll=0.02, stuck=60)


def says(code: int, message: str, data: str | None = None) -> Callable[[Any], dict[str, Any]]:
    """An answer of the node, after it has taken the request."""
    return lambda _: {"result": None, "error": {"code": code, "message": message, "data": data}}


def test_N10_a_failure_that_the_node_reports_and_mines_is_told_as_the_one_that_is_on_the_chain(
    connection: Connection, faulty: FaultProxy, echo: str
) -> None:
    faulty.next("eth_sendRawTransaction", says(-32003, "VM Exception while processing transaction"))
    sender = Sender(Connection(faulty.url), dev_account(0), waiting=QUICK)
    before = connection.nonce(sender.address)
    with pytest.raises(TransactionFailed) as caught:
        sender.send(Call(echo, REFUSAL, "LeaseAgreement", "pay"), gas=100_000)
    assert caught.value.refusal.name == "LeaseAmountZero"
    assert connection.call("eth_getTransactionReceipt", caught.value.hash)["status"] == "0x0"
    assert connection.nonce(sender.address) == before + 1


def test_N7_what_the_node_never_takes_is_told_in_its_own_words(connection: Connection) -> None:
    sender = Sender(connection, dev_account(0), waiting=QUICK)
    before = connection.nonce(sender.address)
    with pytest.raises(RpcError, match="intrinsic gas too low"):
        sender.send(pay(SOMEBODY), gas=20_000)
    assert connection.nonce(sender.address) == before


def test_N9_who_has_no_money_left_for_what_the_node_lost_is_told_so(connection: Connection) -> None:
    connection.call("evm_setAutomine", False)
    account = Account.from_key(keccak(text="soon poor"))
    connection.call("anvil_setBalance", account.address, hex(10**18))

    def rob() -> None:
        other = Connection(connection.url)
        while other.nonce(account.address) == 0:
            time.sleep(0.02)
        other.call("anvil_dropAllTransactions")
        other.call("anvil_setBalance", account.address, "0x0")

    thread = threading.Thread(target=rob)
    thread.start()
    with pytest.raises(ChainError, match=f"{account.address} .*coin"):
        Sender(connection, account, waiting=QUICK).send(pay(SOMEBODY), gas=21_000)
    thread.join()


def test_what_is_refused_between_its_simulation_and_its_estimate_is_not_sent(
    connection: Connection, faulty: FaultProxy
) -> None:
    faulty.next("eth_estimateGas", says(3, "execution reverted", "0x" + REFUSAL.hex()))
    sender = Sender(Connection(faulty.url), dev_account(0))
    with pytest.raises(CallRefused) as caught:
        sender.send(pay(SOMEBODY))
    assert caught.value.error == "LeaseAmountZero" and faulty.count("eth_sendRawTransaction") == 0


def test_nothing_is_signed_without_the_numbers_of_all_senders(
    connection: Connection, faulty: FaultProxy
) -> None:
    faulty.next("eth_getTransactionCount", says(-32000, "missing trie node"))
    with pytest.raises(RpcError, match="missing trie node"):
        Sender(Connection(faulty.url), dev_account(0)).send_many([pay(SOMEBODY)] * 2)
    assert faulty.count("eth_sendRawTransaction") == 0


def test_N7_a_number_that_the_node_lacks_is_said_soon_and_no_fee_is_raised_for_it(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flight, "_GAP", 0.2)
    number = connection.nonce(dev_account(0).address)
    sender = Sender(connection, dev_account(0), waiting=Waiting(timeout=20, poll=0.02, stuck=0.6))
    with pytest.raises(NumberMissing, match=r"Coin\.send: the node lacks an earlier transaction") as caught:
        sender.send(pay(SOMEBODY), nonce=number + 1)
    assert "same command again" in caught.value.hint
    (waiting,) = connection.call("txpool_content")["queued"].values()
    assert list(waiting) == [str(number + 1)], "one version, and nothing in the place before it"


def test_N11_what_must_come_after_others_does_not_take_their_numbers(connection: Connection) -> None:
    number = connection.nonce(dev_account(0).address)
    sender = Sender(connection, dev_account(0), waiting=QUICK)
    with pytest.raises(NumberMissing, match=r"Coin\.send: the node lacks"):
        sender.send_many([pay(SOMEBODY)], least=number + 1)
    assert connection.nonce(dev_account(0).address) == number
    (outcome,) = sender.send_many([pay(SOMEBODY)], least=number)
    assert outcome.receipt is not None


def test_N11_a_receipt_is_not_believed_while_another_one_is_waited_for(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flight, "_OVERLOOKED", 0.3)
    connection.call("evm_setAutomine", False)
    connection.call("evm_mine")
    before = connection.balance(SOMEBODY)
    waits: list[bool] = []

    def waiting(other: Connection) -> dict[str, str]:
        """By sender, the transaction that is not mined."""
        found = other.call("txpool_content")["pending"]
        return {who.lower(): one["hash"] for who, numbers in found.items() for one in numbers.values()}

    def shake() -> None:
        other = Connection(connection.url)
        while len(waiting(other)) < 2:
            time.sleep(0.02)
        first, second = (waiting(other)[dev_account(index).address.lower()] for index in (0, 1))
        other.call("anvil_dropTransaction", second)
        other.call("evm_mine")
        time.sleep(0.2)  # in which its receipt is seen
        reorg(other, 1)
        end = time.monotonic() + 10
        while first not in waiting(other).values() and time.monotonic() < end:
            time.sleep(0.05)
        waits.append(first in waiting(other).values())
        while len(waiting(other)) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        other.call("evm_mine")

    thread = threading.Thread(target=shake)
    thread.start()
    orders = [Order(dev_account(index), pay(SOMEBODY, 3 + index), 21_000) for index in (0, 1)]
    outcomes = Sender(connection, dev_account(0), waiting=QUICK).send_many(orders)
    thread.join()
    assert waits == [True], "the one that was taken back is sent again"
    for outcome in outcomes:
        assert outcome.receipt is not None
        assert connection.block(outcome.receipt.block).hash == outcome.receipt.block_hash
    assert connection.balance(SOMEBODY) == before + 7


def test_a_node_that_was_told_not_to_mine_is_not_made_to(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flight, "_OVERLOOKED", 0.1)
    monkeypatch.setattr(flight, "_MOMENT", 0.05)
    connection.call("evm_setAutomine", False)
    before = connection.block_number()
    with pytest.raises(TransactionLost, match="1 of 1 transactions were not mined"):
        Sender(connection, dev_account(0), waiting=Waiting(timeout=0.6, poll=0.02, stuck=60)).send(
            pay(SOMEBODY)
        )
    assert connection.block_number() == before


# ---------------------------------------------------------------- in a wallet


def test_what_a_wallet_has_sent_is_waited_for_while_nothing_has_taken_its_number(
    connection: Connection,
) -> None:
    connection.call("evm_setAutomine", False)
    wallet, before = Wallet(connection), connection.balance(SOMEBODY)

    def mine() -> None:
        time.sleep(0.9)  # longer than the moment after which it is looked for
        Connection(connection.url).call("evm_mine")

    thread = threading.Thread(target=mine)
    thread.start()
    assert Sender(connection, wallet, waiting=QUICK).send(pay(SOMEBODY, 5)).ok
    thread.join()
    assert connection.balance(SOMEBODY) == before + 5 and len(wallet.asked) == 1


def test_N10_what_is_mined_while_its_place_is_looked_for_is_not_called_replaced(
    connection: Connection, faulty: FaultProxy
) -> None:
    def hidden(_: Any) -> dict[str, Any]:
        return {"result": None} if faulty.count("eth_getTransactionCount") < 2 else {}

    faulty.next("eth_getTransactionReceipt", *[hidden] * 200)
    wallet = Wallet(connection)
    sender = Sender(Connection(faulty.url), wallet, waiting=QUICK)
    assert sender.send(pay(SOMEBODY, 6)).ok
    assert len(wallet.asked) == 1 and faulty.count("eth_getTransactionCount") == 2
    assert all("eth_getBlockByNumber" not in one for one in faulty.requests[-3:]), "no block was searched"


def test_N4_blocks_that_the_node_does_not_give_prove_nothing_about_a_wallet(
    connection: Connection, faulty: FaultProxy
) -> None:
    connection.call("evm_setAutomine", False)
    wallet = Wallet(connection)

    def speed_up(prepared: Prepared, sent: Callable[[str], None]) -> None:
        sent(wallet.broadcast(prepared.transaction))
        wallet.broadcast(dearer(prepared.transaction))
        connection.call("evm_mine")
        faulty.next("eth_getBlockByNumber", says(-32000, "header not found"))

    wallet.behave = speed_up
    with pytest.raises(RpcError, match="header not found"):
        Sender(Connection(faulty.url), wallet, waiting=QUICK).send(pay(SOMEBODY, 3))
