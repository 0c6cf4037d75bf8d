"""A settlement that waits, is stopped, or gets no further; and logs of blocks that are gone (N10, N11, K4).

stop ── between two batches · while it waits for confirmations
waiting ── a head that lags is waited for · never comes · failing transactions are given up after some rounds
budget ── nothing of it is kept where a fee is too high · an estimate that nobody can trust
logs ── by block as by receipt · a node that gives no others · a block that was replaced meanwhile
status ── what the notes of a run say at each moment; a run that was open stays open
"""

import threading
from typing import Any

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.receipts import Receipt, receipt_of
from commonhold.chain.send import Fees, FeeTooHigh, Interrupted, Sender, TransactionLost, Waiting
from commonhold.errors import ChainError, PartlyDoneError
from commonhold.ops.deploy import local_account
from commonhold.ops.settle import Leases, final, preview, run
from commonhold.ops.settle.runs import RunLog
from commonhold.ops.settle.status import RunStatus
from commonhold.rules.codes import Code
from tests.faults.kinds import Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.package.ops.town import CMT, Person, Town

ERROR = {"result": None, "error": {"code": -32000, "message": "unknown block"}}


@pytest.fixture(scope="module")
def landlord(built: Town) -> Person:
    return built.people(1)[0]


@pytest.fixture
def lease(town: Town, landlord: Person) -> int:
    (tenant,) = town.people(1, funds=10_000 * CMT, mandate=5_000 * CMT)
    return town.lease(landlord, [tenant])


class Budget:
    """Takes down what is set aside and given back. [wei]"""

    def __init__(self) -> None:
        self.taken = self.given_back = self.spent = 0

    def most_gas(self, price: int) -> int:
        return 10**9

    def take(self, cost: int) -> None:
        self.taken += cost

    def settle_up(self, set_aside: int, spent: int) -> None:
        self.given_back += set_aside
        self.spent += spent


def behind(town: Town, proxy: FaultProxy, **waiting: Any) -> tuple[Any, Sender]:
    """The suite and a sender through a proxy."""
    connection = Connection(proxy.url, pause=0.01)
    suite = town.deployment.suite(connection)
    return suite, Sender(connection, local_account("MANAGER"), waiting=Waiting(**waiting))


# ---------------------------------------------------------------- stop and wait


def test_a_settlement_that_is_stopped_sends_nothing_more(town: Town, lease: int) -> None:
    stop = threading.Event()
    stop.set()
    before = town.connection.block_number()
    sender = Sender(town.connection, local_account("MANAGER"), waiting=Waiting(stop=stop))
    with pytest.raises(Interrupted, match="Stopped between two batches") as caught:
        run(town.suite, sender)
    assert "Resume" in caught.value.hint and town.connection.block_number() == before


def test_N16_confirmations_that_a_node_does_not_see_yet_are_waited_for(town: Town, lease: int) -> None:
    with FaultProxy(town.connection.url) as proxy:
        suite, sender = behind(town, proxy, timeout=20, poll=0.02)
        head: list[int] = []

        def settled(_: int) -> None:
            head.append(town.connection.block_number())
            proxy.plan(Fault(Kind.CHANGED, "eth_blockNumber", times=3, change=lambda _: {"result": "0x0"}))

        report = run(suite, sender, progress=settled)
        assert proxy.met() == [Kind.CHANGED] * 3
        assert [(row.lease, row.code) for row in report.rows] == [(lease, Code.COLLECTED)]
        assert report.block == head[0] and len(report.transactions) == 1


def test_N16_confirmations_that_never_come_end_the_waiting(town: Town, lease: int) -> None:
    for stopped in (False, True):
        stop = threading.Event()
        with FaultProxy(town.connection.url) as proxy:
            suite, sender = behind(town, proxy, timeout=0.3, poll=0.02, stop=stop)

            def settled(
                _: int, proxy: FaultProxy = proxy, stop: threading.Event = stop, stopped: bool = stopped
            ) -> None:
                proxy.always(Kind.CHANGED, "eth_blockNumber", change=lambda _: {"result": "0x0"})
                if stopped:
                    stop.set()

            with pytest.raises(Interrupted if stopped else TransactionLost) as caught:
                run(suite, sender, progress=settled)
        words = "Stopped while waiting for confirmations" if stopped else "is not 0 blocks deep within 0.3 s"
        assert words in caught.value.message
        town.to_day(town.today + 31)  # the next rent is due


def test_transactions_that_fail_again_and_again_are_given_up_with_what_is_left(
    town: Town, lease: int, landlord: Person
) -> None:
    with FaultProxy(town.connection.url) as proxy:
        proxy.always(Kind.CHANGED, "eth_estimateGas", change=lambda _: {"result": hex(40_000)})
        suite, sender = behind(town, proxy, timeout=20, poll=0.02)
        before = town.suite.token.balance_of(landlord.wallet)
        with pytest.raises(PartlyDoneError, match=r"1 leases are still due after \d+ rounds") as caught:
            run(suite, sender)
        assert "settle status" in caught.value.hint
        assert town.suite.token.balance_of(landlord.wallet) == before
        proxy.clear()
        assert [row.code for row in run(suite, sender).rows] == [Code.COLLECTED]


# ---------------------------------------------------------------- budget


def test_nothing_of_a_budget_is_kept_where_a_fee_is_too_high(town: Town, lease: int) -> None:
    purse = Budget()
    sender = Sender(town.connection, local_account("MANAGER"), fees=Fees(gas_most=30_000))
    with pytest.raises(FeeTooHigh, match="alone needs"):
        run(town.suite, sender, purse=purse)
    assert purse.given_back == purse.taken and purse.spent == 0
    report = run(town.suite, town.sender("MANAGER"), purse=purse)
    assert purse.given_back == purse.taken > purse.spent > 0 and len(report.transactions) == 1


def test_an_estimate_that_is_wild_without_a_reason_is_not_believed(town: Town, lease: int) -> None:
    with FaultProxy(town.connection.url) as proxy:
        proxy.plan(Fault(Kind.GAS_WILD, factor=60))
        suite, sender = behind(town, proxy, timeout=20)
        with pytest.raises(FeeTooHigh, match="which work with") as caught:
            run(suite, sender)
        assert "use another one" in caught.value.hint


# ---------------------------------------------------------------- logs


@pytest.fixture
def receipt(town: Town, lease: int) -> Receipt:
    report = run(town.suite, town.sender("MANAGER"))
    return receipt_of(town.connection.call("eth_getTransactionReceipt", report.transactions[0][0]))


def test_N12_logs_are_believed_only_where_block_and_receipt_agree(
    town: Town, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(final, "_PAUSE", 0)
    contract = town.suite.leases.address
    whole = final.logs_of(town.connection, [receipt], contract)
    assert len(whole) > 0
    with FaultProxy(town.connection.url) as proxy:
        through = Connection(proxy.url, pause=0.01)
        proxy.plan(Fault(Kind.CHANGED, "eth_getLogs", change=lambda _: ERROR))
        assert final.logs_of(through, [receipt], contract) == whole, "asked once more"
        proxy.always(Kind.CHANGED, "eth_getLogs", change=lambda _: ERROR)
        with pytest.raises(ChainError, match="gives other logs of") as caught:
            final.logs_of(through, [receipt], contract)
        assert "Nothing was reported" in caught.value.hint
        other = {"result": town.connection.call("eth_getBlockByNumber", "0x1", False)}
        proxy.always(Kind.CHANGED, "eth_getBlockByNumber", change=lambda _: other)
        with pytest.raises(final.BlockReplaced, match="replaced while its logs were read") as caught:
            final.logs_of(through, [receipt], contract)
        assert caught.value.hint == "Run the same command again."


# ---------------------------------------------------------------- notes


def test_a_run_that_is_open_is_not_opened_once_more(town: Town, lease: int) -> None:
    for ended in (False, True):
        log = RunLog(None)
        made = log.begin(Leases(town.suite), day=town.today, block=1, rows=preview(town.suite))
        log.batches(made.name, 1, [[lease]])
        log.sent(f"{made.name}/1", "0x01")
        if ended:
            log.finish(made.name, 2, {})
        log.lost(log.run(made.name), ["0x01"])
        assert [entry["kind"] for entry in log.entries[-2:]] == (
            ["lost", "run-open"] if ended else ["signed", "lost"]
        )
        assert log.run(made.name).end is None


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "planned"),
        ({"ended": True}, "final"),
        ({"signed": 2, "mined": 1}, "sent"),
        ({"signed": 2, "mined": 2, "confirmations": 1}, "mined"),
        ({"signed": 2, "mined": 2, "confirmations": 5}, "mined"),
        ({"signed": 2, "mined": 2, "confirmations": 5, "ended": True}, "final"),
        ({"signed": 2, "mined": 2, "confirmations": 1, "ended": True}, "mined"),
        ({"signed": 2, "mined": 1, "taken_back": 1, "ended": True}, "taken back"),
    ],
)
def test_the_state_of_a_run_is_said_in_a_word(values: dict[str, Any], state: str) -> None:
    every = {
        "run": "r", "book": "lease", "day": 1, "ids": 1, "batches": 1, "signed": 0, "mined": 0,
        "taken_back": 0, "ended": False, "settled": 0, "waiting": 0, "confirmations": None,
        "block": 9, "depth": 3,
    }  # fmt: skip
    found = RunStatus(**{**every, **values})
    assert found.state == found.as_json()["state"] == state
