"""Transactions on their way through a bad network and a moody node (faults N2, N6 to N11, N16).

Branches: answer lost after acceptance · already known · killed after the journal, before the broadcast; after
it · number used by another transaction, before the broadcast and while waiting; in a block that may go again
· evicted · stuck, fee raised, at the cap; the same after a crash · sent for now, buried later · asked to stop
· receipt away for a while · not mined in time · reorganisation · depth not reached · node fell behind.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.journal import Journal
from commonhold.chain.send import Fees, Interrupted, Order, Sender, TransactionLost, Waiting
from commonhold.chain.signing import dev_account
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy
from tests.package.chain.conftest import pay

SOMEBODY = "0x" + "33" * 20
QUICK = Waiting(timeout=20, poll=0.05, stuck=60)


@pytest.fixture
def journal(connection: Connection, tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal", connection) as made:
        yield made


def _later(connection: Connection, seconds: float, *calls: tuple[str, Any]) -> threading.Thread:
    def act() -> None:
        other = Connection(connection.url)
        time.sleep(seconds)
        for method, *params in calls:
            other.call(method, *params)

    thread = threading.Thread(target=act)
    thread.start()
    return thread


@contextlib.contextmanager
def _mining(connection: Connection, begin: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Blocks keep coming, from the moment when `begin` says so."""
    done = threading.Event()

    def mine() -> None:
        other = Connection(connection.url)
        while not begin() and not done.wait(0.02):
            pass
        while not done.wait(0.05):
            other.call("evm_mine")

    thread = threading.Thread(target=mine)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("fault", [Kind.LOST_ANSWER, Kind.BUSY_AFTER])
def test_N2_N3_an_answer_lost_after_acceptance_makes_no_second_payment(
    connection: Connection, faulty: FaultProxy, journal: Journal, fault: str
) -> None:
    sender = Sender(Connection(faulty.url, pause=0.01), dev_account(0), journal=journal, waiting=QUICK)
    before = connection.balance(SOMEBODY)
    faulty.next("eth_sendRawTransaction", fault)
    assert sender.send(pay(SOMEBODY)).ok
    assert connection.balance(SOMEBODY) == before + 1
    faulty.next("eth_sendRawTransaction", fault)
    assert all(outcome.ok for outcome in sender.send_many([pay(SOMEBODY)] * 30))
    assert connection.balance(SOMEBODY) == before + 31
    assert journal.unfinished() == []


def test_N6_what_was_journalled_but_not_sent_is_sent_once_with_the_same_bytes(
    connection: Connection, faulty: FaultProxy, journal: Journal
) -> None:
    # the client dies between the journal and the broadcast
    dying = Sender(Connection(faulty.url), dev_account(0), journal=journal)

    class Killed(Exception):
        pass

    def die(*_: object) -> None:
        raise Killed

    dying._tower.broadcast = die  # type: ignore[assignment, method-assign]
    before, number = connection.balance(SOMEBODY), connection.nonce(dying.address)
    with pytest.raises(Killed):
        dying.send(pay(SOMEBODY, 7))
    assert connection.nonce(dying.address) == number
    (entry,) = journal.unfinished()

    receipts = Sender(connection, dev_account(0), journal=journal).resume()
    assert [receipt.hash for receipt in receipts] == [entry["hash"]]
    assert connection.balance(SOMEBODY) == before + 7
    assert Sender(connection, dev_account(0), journal=journal).resume() == []
    assert connection.balance(SOMEBODY) == before + 7


def test_N6_what_was_sent_but_not_noted_as_mined_is_found(connection: Connection, journal: Journal) -> None:
    sender = Sender(connection, dev_account(0), journal=journal)
    receipt = sender.send(pay(SOMEBODY))
    signed = journal.entries("signed")[-1]
    journal._entries[:] = [entry for entry in journal._entries if entry["kind"] != "mined"]
    assert journal.unfinished() == [signed]
    assert [found.hash for found in sender.resume()] == [receipt.hash]
    assert journal.unfinished() == []


def test_a_journalled_transaction_whose_number_went_to_another_is_dropped(
    connection: Connection, journal: Journal
) -> None:
    sender = Sender(connection, dev_account(0), journal=journal)
    number = connection.nonce(sender.address)
    flights = sender._tower.prepare([Order(sender.signer, pay(SOMEBODY), 21_000)], [number], sender.price())
    Sender(connection, dev_account(0)).send(pay(SOMEBODY))
    assert sender.resume() == []
    assert [entry["hash"] for entry in journal.entries("dropped")] == flights[0].hashes


def test_N7_a_number_taken_between_the_question_and_the_broadcast_is_replaced(
    connection: Connection, faulty: FaultProxy, journal: Journal
) -> None:
    sender = Sender(Connection(faulty.url), dev_account(0), journal=journal, waiting=QUICK)
    stale = connection.nonce(sender.address)
    Sender(connection, dev_account(0)).send(pay(SOMEBODY))
    before = connection.balance(SOMEBODY)
    faulty.next("eth_getTransactionCount", lambda _: {"result": hex(stale)})
    assert sender.send(pay(SOMEBODY)).ok
    faulty.next("eth_getTransactionCount", lambda _: {"result": hex(stale)})
    outcomes = sender.send_many([pay(SOMEBODY)] * 10)
    assert all(outcome.ok for outcome in outcomes)
    assert connection.balance(SOMEBODY) == before + 11
    assert journal.unfinished() == []


def test_N7_already_known_is_no_failure(connection: Connection, faulty: FaultProxy) -> None:
    faulty.next("eth_sendRawTransaction", lambda _: {"error": {"code": -32000, "message": "already known"}})
    assert Sender(Connection(faulty.url), dev_account(0), waiting=QUICK).send(pay(SOMEBODY)).ok


def test_N7_a_sender_whose_number_always_goes_to_another_gives_up(
    connection: Connection, faulty: FaultProxy
) -> None:
    Sender(connection, dev_account(0)).send_many([pay(SOMEBODY, 8)] * 2)
    faulty.always(Kind.CHANGED, "eth_getTransactionCount", change=lambda _: {"result": "0x0"})
    sender = Sender(Connection(faulty.url), dev_account(0), waiting=QUICK)
    with pytest.raises(TransactionLost, match="used by another"):
        sender.send(pay(SOMEBODY))
    with pytest.raises(TransactionLost, match="lost their number"):
        sender.send_many([pay(SOMEBODY)] * 2)


def test_N8_a_stuck_transaction_gets_an_eighth_more_fee_for_the_same_number(
    connection: Connection, journal: Journal
) -> None:
    connection.call("evm_setAutomine", False)
    waiting = Waiting(timeout=20, poll=0.05, stuck=0.2)
    sender = Sender(connection, dev_account(0), journal=journal, waiting=waiting)
    before = connection.balance(SOMEBODY)
    with _mining(connection, lambda: len(journal.entries("signed")) >= 2):
        receipt = sender.send(pay(SOMEBODY))
    signed = journal.entries("signed")
    assert len(signed) >= 2 and len({entry["nonce"] for entry in signed}) == 1
    assert receipt.hash in [entry["hash"] for entry in signed]
    assert connection.balance(SOMEBODY) == before + 1
    assert journal.unfinished() == []


def test_N8_the_fee_is_never_raised_above_the_cap(connection: Connection, journal: Journal) -> None:
    connection.call("evm_setAutomine", False)
    cap = connection.block().base_fee * 2 + 10**9
    waiting = Waiting(timeout=20, poll=0.05, stuck=0.1)
    sender = Sender(connection, dev_account(0), journal=journal, waiting=waiting, fees=Fees(cap=cap))
    start = time.monotonic()
    with _mining(connection, lambda: time.monotonic() - start > 1):
        assert sender.send(pay(SOMEBODY)).ok
    assert len(journal.entries("signed")) == 1


def test_N9_an_evicted_transaction_is_broadcast_again_with_the_same_bytes(
    connection: Connection, journal: Journal
) -> None:
    connection.call("evm_setAutomine", False)
    sender = Sender(connection, dev_account(0), journal=journal, waiting=QUICK)
    before = connection.balance(SOMEBODY)
    thread = _later(connection, 0.3, ("anvil_dropAllTransactions",), ("evm_setAutomine", True))
    receipt = sender.send(pay(SOMEBODY))
    thread.join()
    assert receipt.hash == journal.entries("signed")[0]["hash"]
    assert len(journal.entries("signed")) == 1
    assert connection.balance(SOMEBODY) == before + 1


def test_N10_a_receipt_that_stays_away_is_waited_for(connection: Connection, faulty: FaultProxy) -> None:
    faulty.next("eth_getTransactionReceipt", *[lambda _: {"result": None}] * 8)
    sender = Sender(Connection(faulty.url), dev_account(0), waiting=QUICK)
    before = connection.nonce(sender.address)
    assert sender.send(pay(SOMEBODY)).ok
    assert connection.nonce(sender.address) == before + 1
    assert faulty.count("eth_sendRawTransaction") == 1


def test_a_transaction_not_mined_in_time_stays_in_the_journal(
    connection: Connection, journal: Journal
) -> None:
    connection.call("evm_setAutomine", False)
    sender = Sender(connection, dev_account(0), journal=journal, waiting=Waiting(timeout=0.3, poll=0.05))
    with pytest.raises(TransactionLost, match="1 of 1 transactions were not mined") as caught:
        sender.send(pay(SOMEBODY))
    assert "sends nothing twice" in caught.value.hint
    assert len(journal.unfinished()) == 1
    connection.call("evm_mine")
    assert len(sender.resume()) == 1


def test_another_transaction_that_takes_the_number_while_waiting_is_told(
    connection: Connection, journal: Journal
) -> None:
    connection.call("evm_setAutomine", False)
    sender = Sender(connection, dev_account(0), journal=journal, waiting=QUICK)

    def replace() -> None:
        other = Connection(connection.url)
        while int(other.call("txpool_status")["pending"], 16) == 0:
            time.sleep(0.02)
        other.call("anvil_dropAllTransactions")
        number = other.nonce(sender.address, "latest")
        thief = Sender(other, dev_account(0), waiting=QUICK)
        flights = thief._tower.prepare(
            [Order(thief.signer, pay(SOMEBODY, 9), 21_000)], [number], (10**11, 10**9)
        )
        thief._tower.broadcast(flights)
        other.call("evm_mine")

    thread = threading.Thread(target=replace)
    thread.start()
    with pytest.raises(TransactionLost, match="took its number"):
        sender.send(pay(SOMEBODY))
    thread.join()
    assert len(journal.entries("dropped")) == 1


@pytest.mark.parametrize("depth", [1, 5, 10])
def test_N11_a_reorganisation_is_noticed_and_the_payment_made_once(
    connection: Connection, depth: int
) -> None:
    connection.call("anvil_mine", "0xc")
    sender = Sender(connection, dev_account(0), waiting=Waiting(timeout=30, poll=0.05, depth=depth))
    before = connection.balance(SOMEBODY)
    lost: list[str] = []
    number = connection.nonce(sender.address)

    def shaken() -> bool:
        """Once, when the payment is in the newest block, that block goes."""
        if connection.nonce(sender.address, "latest") == number:
            return False
        other = Connection(connection.url)
        lost.append(other.block().hash)
        other.call("anvil_reorg", 1, [])
        return True

    with _mining(connection, shaken):
        receipt = sender.send(pay(SOMEBODY))
    assert receipt.ok and len(lost) == 1 and receipt.block_hash not in lost
    assert connection.block(receipt.block).hash == receipt.block_hash
    assert connection.balance(SOMEBODY) == before + 1


def test_the_depth_is_waited_for(connection: Connection) -> None:
    sender = Sender(connection, dev_account(0), waiting=Waiting(timeout=20, poll=0.05, depth=3))
    with _mining(connection):
        receipt = sender.send(pay(SOMEBODY))
    assert connection.block_number() >= receipt.block + 3


def test_N16_a_node_that_falls_behind_is_waited_for(connection: Connection, faulty: FaultProxy) -> None:
    sender = Sender(Connection(faulty.url), dev_account(0), waiting=Waiting(timeout=20, poll=0.05, depth=1))
    behind: Callable[[Any], Any] = lambda _: {"result": "0x0"}  # noqa: E731
    faulty.next("eth_blockNumber", *[behind] * 5)
    with _mining(connection):
        assert sender.send(pay(SOMEBODY)).ok
    assert faulty.count("eth_sendRawTransaction") == 1


def _left_behind(connection: Connection, journal: Journal, value: int, **waiting: Any) -> Sender:
    """A sender whose process died after it had signed a payment and written it down."""
    sender = Sender(connection, dev_account(0), journal=journal, waiting=Waiting(**waiting))
    number = connection.nonce(sender.address)
    order = Order(sender.signer, pay(SOMEBODY, value), 21_000, "run 1")
    sender._tower.prepare([order], [number], sender.price())
    return sender


def test_N6_N8_what_was_left_behind_stuck_gets_more_fee_for_the_same_number(
    connection: Connection, journal: Journal
) -> None:
    connection.call("evm_setAutomine", False)
    before = connection.balance(SOMEBODY)
    sender = _left_behind(connection, journal, 3, timeout=20, poll=0.05, stuck=0.2)
    with _mining(connection, lambda: len(journal.entries("signed")) >= 2):
        (receipt,) = sender.resume()
    signed = journal.entries("signed")
    assert len({entry["nonce"] for entry in signed}) == 1 and len(signed) >= 2
    assert receipt.hash in [entry["hash"] for entry in signed]
    assert {entry["for"] for entry in signed} == {"run 1"}
    assert connection.balance(SOMEBODY) == before + 3 and journal.unfinished() == []
    # versions of one transaction are one, also for the next process
    journal._entries[:] = [entry for entry in journal._entries if entry["kind"] not in ("mined", "dropped")]
    assert [found.hash for found in sender.resume()] == [receipt.hash]
    assert connection.balance(SOMEBODY) == before + 3


def test_N11_a_number_used_in_a_block_that_may_go_again_drops_nothing(
    connection: Connection, journal: Journal
) -> None:
    sender = _left_behind(connection, journal, 4, timeout=0.5, poll=0.05, depth=3)
    Sender(connection, dev_account(0)).send(pay(SOMEBODY, 9))
    with pytest.raises(TransactionLost, match="not mined, or not deep enough"):
        sender.resume()
    assert journal.entries("dropped") == []
    connection.call("anvil_mine", "0x3")
    assert sender.resume() == []
    assert len(journal.entries("dropped")) == 1


def test_what_is_sent_for_now_is_unfinished_until_it_is_buried(
    connection: Connection, journal: Journal
) -> None:
    waiting = Waiting(timeout=20, poll=0.05, depth=3)
    sender = Sender(connection, dev_account(0), journal=journal, waiting=waiting)
    (outcome,) = sender.send_many([pay(SOMEBODY)], depth=0)
    assert outcome.ok and len(journal.unfinished()) == 1
    with _mining(connection):
        assert [receipt.hash for receipt in sender.resume()] == [outcome.receipt and outcome.receipt.hash]
    assert journal.unfinished() == []
    (mined,) = journal.entries("mined")
    journal.append([{"kind": "lost", "hash": mined["hash"]}])
    assert [entry["hash"] for entry in journal.unfinished()] == [mined["hash"]]


def test_waiting_ends_when_somebody_asks_it_to(connection: Connection, journal: Journal) -> None:
    connection.call("evm_setAutomine", False)
    stop = threading.Event()
    stop.set()
    waiting = Waiting(timeout=20, poll=0.05, stop=stop)
    with pytest.raises(Interrupted, match="Stopped while waiting"):
        Sender(connection, dev_account(0), journal=journal, waiting=waiting).send(pay(SOMEBODY))
    assert len(journal.unfinished()) == 1
