"""The faults themselves do what they say: else a test that survives them would show nothing.

proxy ── each kind of the answer · nth and times · another node behind the same address
processes ── moments listed · killed at one of them · a torn write · killed after a time
chain ── a reorganisation without and with its transactions · what a node has overlooked or forgotten is mined
"""

import sys
import time
from pathlib import Path

import pytest

from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.chain.signing import Transaction, dev_account, sign
from tests.faults.chainfaults import kept_awake, mine, reorg, set_back
from tests.faults.kinds import Kind
from tests.faults.processes import KILLED, moments, run_killed
from tests.faults.proxy import Fault, FaultProxy
from tests.package.chain.conftest import pay

SOMEBODY = "0x" + "22" * 20
PROGRAM = """
import os, requests, pathlib
with open("book", "ab") as book:
    for line in (b"one one\\n", b"two two\\n"):
        book.write(line); book.flush(); os.fsync(book.fileno())
pathlib.Path("draft").write_text("new"); os.replace("draft", "final")
"""


def test_a_fault_waits_for_its_turn_and_ends(connection: Connection, faulty: FaultProxy) -> None:
    faulty.plan(Fault(Kind.NULL_RECEIPT, nth=2, times=2))
    receipt = Sender(connection, dev_account(0)).send(pay(SOMEBODY))
    through = Connection(faulty.url)
    answers = [through.call("eth_getTransactionReceipt", receipt.hash) is None for _ in range(4)]
    assert answers == [False, True, True, False]
    assert faulty.met() == [Kind.NULL_RECEIPT] * 2


def test_a_node_that_is_behind_hides_its_last_blocks(connection: Connection, faulty: FaultProxy) -> None:
    mine(connection, 5)
    receipt = Sender(connection, dev_account(0)).send(pay(SOMEBODY))
    head = connection.block_number()
    faulty.always(Kind.BLOCK_BACK, blocks=3)
    through = Connection(faulty.url)
    assert through.block_number() == head - 3 == through.block().number
    assert through.call("eth_getBlockByNumber", hex(head), False) is None
    assert through.call("eth_getTransactionReceipt", receipt.hash) is None
    faulty.clear()
    assert through.block_number() == head


def test_an_evicted_transaction_never_reaches_the_node(connection: Connection, faulty: FaultProxy) -> None:
    faulty.plan(Fault(Kind.EVICTED))
    before = connection.nonce(dev_account(0).address)
    hash_ = Connection(faulty.url).call("eth_sendRawTransaction", "0x02")
    assert len(hash_) == 66 and connection.nonce(dev_account(0).address) == before


def test_too_many_blocks_are_refused_and_fewer_answered(connection: Connection, faulty: FaultProxy) -> None:
    mine(connection, 9)
    faulty.always(Kind.RANGE_LIMIT, limit=4)
    through = Connection(faulty.url)
    with pytest.raises(RpcError, match="max block range 4"):
        through.call("eth_getLogs", {"fromBlock": "0x1", "toBlock": "0x5"})
    assert through.call("eth_getLogs", {"fromBlock": "0x1", "toBlock": "0x4"}) == []


def test_the_base_fee_and_the_estimate_can_be_anything(connection: Connection, faulty: FaultProxy) -> None:
    true = connection.block().base_fee
    faulty.plan(Fault(Kind.FEE_SPIKE, "eth_getBlockByNumber", factor=10))
    faulty.plan(Fault(Kind.GAS_WILD, factor=1000))
    through = Connection(faulty.url)
    assert through.block().base_fee == 10 * true
    assert int(through.call("eth_estimateGas", {"to": SOMEBODY}), 16) == 1000 * int(
        connection.call("eth_estimateGas", {"to": SOMEBODY}), 16
    )


def test_another_node_answers_at_the_same_address(faulty: FaultProxy) -> None:
    through = Connection(faulty.url)
    before = through.block(0).hash
    with Node(timestamp=1_000_000) as other:
        faulty.retarget(other.rpc_url)
        assert through.block(0).hash != before


def test_a_program_is_killed_at_every_moment_that_it_has(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", PROGRAM]
    names = moments(argv, tmp_path, tmp_path / "names")
    assert names == ["before fsync", "after fsync"] * 2 + ["before replace", "after replace"]
    for at, final in ((1, False), (5, False), (6, True)):
        (tmp_path / "final").unlink(missing_ok=True)
        assert run_killed(argv, tmp_path, at=at).returncode == KILLED
        assert (tmp_path / "final").exists() is final
    assert run_killed(argv, tmp_path, at=7).returncode == 0


def test_a_torn_write_leaves_half_of_what_was_not_flushed(tmp_path: Path) -> None:
    run_killed([sys.executable, "-c", PROGRAM], tmp_path, at=3, tear=True)
    assert (tmp_path / "book").read_bytes() == b"one one\ntwo "


def test_a_program_is_killed_after_a_time(tmp_path: Path) -> None:
    done = run_killed([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, after=0.2)
    assert done.returncode == KILLED


@pytest.mark.parametrize("keep", [False, True])
def test_a_reorganisation_takes_back_or_repeats(connection: Connection, keep: bool) -> None:
    mine(connection, 3)
    before = connection.balance(SOMEBODY)
    receipt = Sender(connection, dev_account(0)).send(pay(SOMEBODY, 7))
    reorg(connection, 2, keep=keep)
    assert connection.balance(SOMEBODY) - before == (7 if keep else 0)
    assert connection.block(receipt.block).hash != receipt.block_hash


def test_what_a_node_forgets_is_mined_with_the_same_bytes(connection: Connection) -> None:
    """A transaction that waits for a number which is no longer missing: Anvil alone never mines it."""
    account = dev_account(0)
    with set_back(connection):
        number = connection.nonce(account.address)
        fee = 500 * 10**9
        told = Transaction(connection.chain_id, number + 1, SOMEBODY, b"", 1, 21_000, fee, fee)
        hash_ = connection.call("eth_sendRawTransaction", "0x" + sign(account, told).raw.hex())
        connection.call("anvil_setNonce", account.address, hex(number + 1))
        mine(connection, 3)
        assert connection.call("eth_getTransactionReceipt", hash_) is None
        with kept_awake(connection.url):
            end = time.monotonic() + 30
            while connection.call("eth_getTransactionReceipt", hash_) is None:
                assert time.monotonic() < end
                time.sleep(0.1)
