"""Transactions that a wallet signs and broadcasts by itself (faults N2, N6, N7, N8).

asked: sent at once · declined, nothing is sent and the next run asks again · an answer that is no hash ·
fewer sent than asked · nothing is journalled for whom only writes a file
watched: sped up in the wallet, the dearer one counts · cancelled in the wallet · sent with another content
after a crash: never sent · sent, hash not known · sent, hash known · under way, not mined in time
published keys are refused outside development chains for wallets too
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.journal import Journal
from commonhold.chain.outside import WalletChangedIt
from commonhold.chain.send import Order, Sender, TransactionLost, Waiting
from commonhold.chain.signing import (
    DevAccount,
    OutsideSigner,
    Prepared,
    Transaction,
    dev_account,
    refuse_dev_key,
    sign,
)
from commonhold.errors import SigningError
from tests.package.chain.conftest import pay

SOMEBODY = "0x000000000000000000000000000000000000bEEF"
QUICK = Waiting(timeout=1.5, poll=0.02)


class Wallet(OutsideSigner):
    """A wallet with a key of its own that sends through the node, and can be told to behave otherwise."""

    def __init__(self, connection: Connection, index: int = 5) -> None:
        self._connection = connection
        self._key = dev_account(index)
        self.asked: list[Prepared] = []
        self.behave: Callable[[Prepared, Callable[[str], None]], None] | None = None

    @property
    def address(self) -> str:
        return str(self._key.address)

    def broadcast(self, transaction: Transaction) -> str:
        signed = sign(self._key, transaction)
        return str(self._connection.call("eth_sendRawTransaction", "0x" + signed.raw.hex()))

    def hand_over(self, transactions: Sequence[Prepared], sent: Callable[[int, str], None]) -> None:
        for index, prepared in enumerate(transactions):
            self.asked.append(prepared)
            if self.behave is None:
                sent(index, self.broadcast(prepared.transaction))
            else:
                self.behave(prepared, lambda hash_, index=index: sent(index, hash_))  # type: ignore[misc]


@pytest.fixture
def wallet(connection: Connection) -> Wallet:
    return Wallet(connection)


def balance(connection: Connection) -> int:
    return int(connection.call("eth_getBalance", SOMEBODY, "latest"), 16)


def dearer(transaction: Transaction, **changes: object) -> Transaction:
    fields = {name: getattr(transaction, name) for name in Transaction.__slots__}
    return Transaction(
        **{**fields, "max_fee": transaction.max_fee * 2, "tip": transaction.tip * 2, **changes}
    )


def test_a_wallet_sends_what_it_is_asked_in_order_and_the_journal_knows_it(
    connection: Connection, wallet: Wallet, tmp_path: Path
) -> None:
    with Journal(tmp_path / "j", connection) as journal:
        sender = Sender(connection, wallet, journal=journal, waiting=QUICK)
        assert sender.send(pay(SOMEBODY, 3)).ok
        outcomes = sender.send_many([pay(SOMEBODY, 4), pay(SOMEBODY, 5)])
        assert [outcome.ok for outcome in outcomes] == [True, True]
        kinds = [entry["kind"] for entry in journal.entries() if "ask" in entry]
        assert sorted(kinds) == sorted(["asked", "sent", "answered"] * 3)
        assert [entry["nonce"] for entry in journal.entries("asked")] == [0, 1, 2]
        assert sender.resume() == []
    assert balance(connection) == 12


def test_wallets_keys_and_node_accounts_go_in_one_array(connection: Connection, wallet: Wallet) -> None:
    sender = Sender(connection, wallet, waiting=QUICK)
    orders = [
        Order(dev_account(6), pay(SOMEBODY, 1)),
        Order(wallet, pay(SOMEBODY, 2)),
        Order(DevAccount(dev_account(7).address), pay(SOMEBODY, 4)),
    ]
    assert all(outcome.ok for outcome in sender.send_many(orders))
    assert balance(connection) == 7


def test_who_declines_sends_nothing_and_is_asked_again(
    connection: Connection, wallet: Wallet, tmp_path: Path
) -> None:
    def decline(prepared: Prepared, sent: Callable[[str], None]) -> None:
        raise SigningError("You said no in the wallet.", "Nothing was sent.")

    wallet.behave = decline
    with Journal(tmp_path / "j", connection) as journal:
        sender = Sender(connection, wallet, journal=journal, waiting=QUICK)
        with pytest.raises(SigningError, match="said no"):
            sender.send(pay(SOMEBODY, 3))
    wallet.behave = None
    with Journal(tmp_path / "j", connection) as journal:
        sender = Sender(connection, wallet, journal=journal, waiting=QUICK)
        assert sender.resume() == []
        assert journal.entries("answered")[-1]["hash"] is None
        assert sender.send(pay(SOMEBODY, 3)).ok
    assert balance(connection) == 3


@pytest.mark.parametrize("answer", ["", "0x12", "ok", "0x" + "g" * 64, "0x" + "1" * 65])
def test_an_answer_that_is_no_hash_is_refused(connection: Connection, wallet: Wallet, answer: str) -> None:
    wallet.behave = lambda prepared, sent: sent(answer)
    with pytest.raises(SigningError, match="no transaction's hash"):
        Sender(connection, wallet, waiting=QUICK).send(pay(SOMEBODY))


def test_a_wallet_that_sends_less_than_asked_is_told(connection: Connection, wallet: Wallet) -> None:
    wallet.behave = lambda prepared, sent: None
    with pytest.raises(SigningError, match="did not send everything"):
        Sender(connection, wallet, waiting=QUICK).send(pay(SOMEBODY))


def test_nothing_is_journalled_for_a_signer_that_only_writes(
    connection: Connection, wallet: Wallet, tmp_path: Path
) -> None:
    wallet.sends = False
    wallet.behave = lambda prepared, sent: None
    with Journal(tmp_path / "j", connection) as journal:
        with pytest.raises(SigningError):
            Sender(connection, wallet, journal=journal, waiting=QUICK).send(pay(SOMEBODY))
        assert journal.entries("asked") == []


def test_N8_what_was_sped_up_in_the_wallet_counts_once(connection: Connection, wallet: Wallet) -> None:
    connection.call("evm_setAutomine", False)

    def speed_up(prepared: Prepared, sent: Callable[[str], None]) -> None:
        sent(wallet.broadcast(prepared.transaction))
        wallet.broadcast(dearer(prepared.transaction))
        connection.call("evm_mine")

    wallet.behave = speed_up
    receipt = Sender(connection, wallet, waiting=Waiting(timeout=10, poll=0.02)).send(pay(SOMEBODY, 3))
    assert receipt.ok and balance(connection) == 3


def test_N7_what_was_cancelled_in_the_wallet_is_said_to_be_lost(
    connection: Connection, wallet: Wallet
) -> None:
    connection.call("evm_setAutomine", False)

    def cancel(prepared: Prepared, sent: Callable[[str], None]) -> None:
        sent(wallet.broadcast(prepared.transaction))
        wallet.broadcast(dearer(prepared.transaction, to=wallet.address, value=0))
        connection.call("evm_mine")

    wallet.behave = cancel
    with pytest.raises(TransactionLost, match="another transaction"):
        Sender(connection, wallet, waiting=Waiting(timeout=10, poll=0.02)).send(pay(SOMEBODY, 3))
    assert balance(connection) == 0


@pytest.mark.parametrize("changes", [{"value": 4}, {"to": dev_account(8).address}, {"data": b"\x01"}])
def test_what_the_wallet_changed_is_found_out(
    connection: Connection, wallet: Wallet, changes: dict[str, object]
) -> None:
    wallet.behave = lambda prepared, sent: sent(
        wallet.broadcast(dearer(prepared.transaction, gas=100_000, **changes))
    )
    with pytest.raises(WalletChangedIt, match="not what was asked for"):
        Sender(connection, wallet, waiting=QUICK).send(pay(SOMEBODY, 3))


class Killed(BaseException):
    """This process ends here."""


def test_N6_a_question_that_was_never_answered_is_closed_when_nothing_was_sent(
    connection: Connection, wallet: Wallet, tmp_path: Path
) -> None:
    def die(prepared: Prepared, sent: Callable[[str], None]) -> None:
        raise Killed

    _killed_while(die, connection, wallet, tmp_path)
    with Journal(tmp_path / "j", connection) as journal:
        assert Sender(connection, wallet, journal=journal, waiting=QUICK).resume() == []
        assert journal.entries("answered") == [{"kind": "answered", "ask": 0, "hash": None}]


def test_N6_what_was_sent_before_its_hash_was_known_is_found_by_its_content(
    connection: Connection, wallet: Wallet, tmp_path: Path
) -> None:
    def send_and_die(prepared: Prepared, sent: Callable[[str], None]) -> None:
        wallet.broadcast(prepared.transaction)
        raise Killed

    _killed_while(send_and_die, connection, wallet, tmp_path)
    for _ in range(3):
        connection.call("evm_mine")
    with Journal(tmp_path / "j", connection) as journal:
        sender = Sender(connection, wallet, journal=journal, waiting=QUICK)
        found = sender.resume()
        assert [receipt.ok for receipt in found] == [True]
        assert sender.resume() == []
    assert balance(connection) == 3


def test_N6_another_transaction_of_the_wallet_is_not_taken_for_ours(
    connection: Connection, wallet: Wallet, tmp_path: Path
) -> None:
    def send_other_and_die(prepared: Prepared, sent: Callable[[str], None]) -> None:
        wallet.broadcast(dearer(prepared.transaction, value=1))
        raise Killed

    _killed_while(send_other_and_die, connection, wallet, tmp_path)
    with Journal(tmp_path / "j", connection) as journal:
        sender = Sender(connection, wallet, journal=journal, waiting=QUICK)
        assert sender.resume() == []
        assert journal.entries("answered")[-1]["hash"] is None


def test_N2_a_hash_that_was_written_down_is_waited_for(
    connection: Connection, wallet: Wallet, tmp_path: Path
) -> None:
    connection.call("evm_setAutomine", False)

    def tell_and_die(prepared: Prepared, sent: Callable[[str], None]) -> None:
        sent(wallet.broadcast(prepared.transaction))
        raise Killed

    _killed_while(tell_and_die, connection, wallet, tmp_path)
    with Journal(tmp_path / "j", connection) as journal:
        sender = Sender(connection, wallet, journal=journal, waiting=Waiting(timeout=0.2, poll=0.02))
        with pytest.raises(TransactionLost, match="not mined"):
            sender.resume()
        connection.call("evm_mine")
        assert [receipt.ok for receipt in sender.resume()] == [True]
    assert balance(connection) == 3


def _killed_while(
    behave: Callable[[Prepared, Callable[[str], None]], None],
    connection: Connection,
    wallet: Wallet,
    folder: Path,
) -> None:
    wallet.behave = behave
    with Journal(folder / "j", connection) as journal, pytest.raises(Killed):
        Sender(connection, wallet, journal=journal, waiting=QUICK).send(pay(SOMEBODY, 3))
    wallet.behave = None


def test_K3_a_wallet_with_a_published_key_is_refused_outside_development_chains(wallet: Wallet) -> None:
    refuse_dev_key(wallet, 31337)
    with pytest.raises(SigningError, match="published development key"):
        refuse_dev_key(wallet, 11155111)
