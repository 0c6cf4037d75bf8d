"""Settlement exactly once, whatever line, node, chain and process do (N1 to N4, N6 to N12, N16 to N18).

Every fault is real: a proxy before Anvil, a killed process, a reorganisation. Every test ends with the proof
that each lease was collected once, to the base unit as in an undisturbed run, and with an audit.

Branches: the line ── each kind at a send, an outage · the process ── killed at moments, torn line · numbers
── taken, replaced, known, a gap · stuck · evicted · receipt away · reorganisation ── while waiting, after the
end, coming back by itself · not said before it is deep · logs twice, missing, reversed, missing for good ·
node behind · estimate wild, failing, too low · fee jumps
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.connect import NodeUnreachable, RpcError
from commonhold.chain.journal import read_entries
from commonhold.chain.send import FeeTooHigh, Sender, TransactionLost
from commonhold.errors import ChainError
from commonhold.ops.deploy import local_account
from commonhold.ops.settle import resume, status
from commonhold.ops.settle.final import receipts
from tests.faults import processes
from tests.faults.chainfaults import mine, reorg, use_number
from tests.faults.kinds import Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.record import recorded
from tests.system.settling_world import World, open_runs

SEND = "eth_sendRawTransaction"
LONG = os.environ.get("COMMONHOLD_EXAMPLES") == "long"
LINE = [Kind.LOST_REQUEST, Kind.LOST_ANSWER, Kind.BUSY_AFTER, Kind.TRUNCATED]
LINE += [Kind.BUSY_BEFORE, Kind.GARBAGE, Kind.WRONG_ID] if LONG else []
NUMBER = dict.fromkeys(LINE, "N4") | {
    Kind.LOST_REQUEST: "N1",
    Kind.LOST_ANSWER: "N2",
    Kind.BUSY_BEFORE: "N3",
    Kind.BUSY_AFTER: "N3",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World.build(tmp_path_factory.mktemp("manifest")) as world:
        yield world


@pytest.fixture
def world(built: World) -> Iterator[World]:
    with built.fresh():
        yield built


@pytest.fixture
def proxy(world: World) -> Iterator[FaultProxy]:
    with FaultProxy(world.node.rpc_url) as made:
        yield made


def entries(data: Path) -> list[dict[str, Any]]:
    return [entry for path in sorted(data.glob("*.journal")) for entry in read_entries(path)]


def signed(data: Path) -> list[str]:
    return [entry["hash"] for entry in entries(data) if entry["kind"] == "signed"]


# ---- the line


@pytest.mark.parametrize("kind", LINE)
def test_N1_N2_N3_N4_a_bad_line_at_a_send_costs_nothing_and_collects_nothing_twice(
    world: World, proxy: FaultProxy, tmp_path: Path, kind: Kind
) -> None:
    for step in (1, 2) if LONG else (1,):
        with recorded("settle", NUMBER[kind], f"{kind} at send {step}"), world.mining():
            proxy.plan(Fault(kind, SEND, nth=step))
            report = world.settle(proxy.url, tmp_path / str(step))
            assert kind in proxy.met() and report.by_code == world.codes
            world.prove()
            assert len(signed(tmp_path / str(step))) == len(report.transactions)
        proxy.clear()
        world.restore()


@pytest.mark.parametrize("answered", [False, True])
def test_N1_N2_after_an_outage_in_the_middle_the_same_command_goes_on(
    world: World, proxy: FaultProxy, tmp_path: Path, answered: bool
) -> None:
    kind = Kind.LOST_ANSWER if answered else Kind.LOST_REQUEST
    with recorded("settle", "N2" if answered else "N1", "outage from send 1 on"), world.mining():
        proxy.plan(Fault(kind, SEND, times=0))
        if answered:
            proxy.plan(Fault(kind, "eth_getTransactionReceipt", times=0))
        with pytest.raises(NodeUnreachable):
            world.settle(proxy.url, tmp_path)
        (name,) = open_runs(tmp_path)
        before = signed(tmp_path)
        proxy.clear()
        with world.sender(proxy.url, tmp_path) as sender:
            (report,) = resume(world.town.deployment.suite(sender.connection), sender)
        assert report.run == name and open_runs(tmp_path) == []
        assert signed(tmp_path)[: len(before)] == before
        world.prove()


# ---- the process


def kill_moments(world: World, data: Path, log: Path) -> list[str]:
    with world.mining():
        found = processes.moments(world.command(world.node.rpc_url, data), processes.ROOT, log)
    world.prove()
    world.restore()
    return found


def test_N6_a_settlement_killed_at_any_moment_is_finished_by_the_next(world: World, tmp_path: Path) -> None:
    found = kill_moments(world, tmp_path / "whole", tmp_path / "log")
    assert {"before fsync", "after fsync", "before send", "after send"} <= set(found)
    sends = [place for place, name in enumerate(found, start=1) if "send" in name]
    some = [sends[0] - 1, sends[1], len(found) - 1]
    for at in range(1, len(found) + 1) if LONG else sorted(set(some)):
        data = tmp_path / str(at)
        step = f"killed {found[at - 1]}, moment {at} of {len(found)}"
        with recorded("settle", "N6", step), world.mining():
            command = world.command(world.node.rpc_url, data)
            done = processes.run_killed(command, processes.ROOT, at=at, tear=found[at - 1] == "before fsync")
            assert done.returncode == processes.KILLED
            world.settle(world.node.rpc_url, data)
            assert open_runs(data) == []
            world.prove()
        world.restore()


# ---- numbers


def test_N7_a_number_that_another_transaction_took_is_replaced(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    account = local_account("MANAGER")

    def overtaken(entry: Any) -> Any:
        number = world.connection.nonce(account.address, "latest")
        use_number(world.connection, account, number)
        return {"result": hex(number)}

    with recorded("settle", "N7", "number taken before the send"), world.mining():
        proxy.next("eth_getTransactionCount", overtaken)
        report = world.settle(proxy.url, tmp_path)
        assert report.by_code == world.codes and open_runs(tmp_path) == []
        world.prove()


def test_N7_a_batch_that_was_replaced_while_it_waited_is_settled_by_the_next_run(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    account, number = local_account("MANAGER"), world.connection.nonce(local_account("MANAGER").address)
    world.connection.call("evm_setAutomine", False)
    replaced: list[str] = []

    def replace(entry: Any) -> Any:
        if not replaced:
            replaced.append(use_number(world.connection, account, number))
            mine(world.connection)
        return {}

    with recorded("settle", "N7", "replaced in the pool by another of the same key"):
        proxy.plan(Fault(Kind.CHANGED, "eth_getTransactionReceipt", times=0, change=replace))
        with pytest.raises(TransactionLost, match="took its number"):
            world.settle(proxy.url, tmp_path, depth=0)
        with world.mining():
            world.settle(proxy.url, tmp_path)
        assert replaced and open_runs(tmp_path) == []
        world.prove()


@pytest.mark.parametrize("says", ["already known", "nonce too low", "replacement transaction underpriced"])
def test_N7_what_a_node_says_of_a_transaction_that_it_has_is_no_failure(
    world: World, proxy: FaultProxy, tmp_path: Path, says: str
) -> None:
    with recorded("settle", "N7", says), world.mining():
        proxy.next(SEND, lambda entry: {"error": {"code": -32000, "message": says}, "result": None})
        report = world.settle(proxy.url, tmp_path)
        assert len(signed(tmp_path)) == len(report.transactions)
        world.prove()


def test_N7_N9_a_gap_before_the_other_batches_is_filled_with_the_same_bytes(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    with recorded("settle", "N9", "first of several forgotten by the node"), world.mining():
        proxy.plan(Fault(Kind.EVICTED, SEND))
        report = world.settle(proxy.url, tmp_path)
        assert Kind.EVICTED in proxy.met()
        assert sorted(signed(tmp_path)) == sorted(hash_ for hash_, _ in report.transactions)
        world.prove()


def test_N8_a_stuck_batch_gets_an_eighth_more_fee_and_is_one_effect(world: World, tmp_path: Path) -> None:
    world.connection.call("evm_setAutomine", False)
    with recorded("settle", "N8", "stuck until its fee is raised"):
        with pytest.raises(TransactionLost):
            world.settle(world.node.rpc_url, tmp_path, stuck=0.2, timeout=1.5)
        versions = [entry for entry in entries(tmp_path) if entry["kind"] == "signed"]
        assert len(versions) > len({entry["nonce"] for entry in versions})
        with world.mining():
            report = world.settle(world.node.rpc_url, tmp_path)
        assert open_runs(tmp_path) == [] and not report.transactions
        world.prove()


def test_N10_a_receipt_that_stays_away_is_waited_for_and_nothing_is_sent_again(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    with recorded("settle", "N10", "no receipt for 12 looks"), world.mining():
        proxy.plan(Fault(Kind.NULL_RECEIPT, times=12))
        report = world.settle(proxy.url, tmp_path)
        assert report.by_code == world.codes
        assert len(signed(tmp_path)) == len(report.transactions)
        world.prove()


# ---- the chain


@pytest.mark.parametrize("depth", range(1, 11) if LONG else (1, 2, 5, 10))
def test_N11_what_a_reorganisation_took_after_the_end_is_sent_once_again(
    world: World, tmp_path: Path, depth: int
) -> None:
    url, suite = world.node.rpc_url, world.town.suite
    with recorded("settle", "N11", f"reorganisation of {depth} blocks after the end"):
        start = world.connection.block_number()
        report = world.settle(url, tmp_path, depth=0)
        head = world.connection.block_number()
        mine(world.connection, max(0, start + depth - head))
        kept = max(start, head - depth)
        gone = [one for one in receipts(world.connection, signed(tmp_path)).values() if one.block > kept]
        reorg(world.connection, depth)
        (before,) = status(suite, entries(tmp_path))
        assert before.state == "taken back" and before.taken_back == len(gone) > 0
        with world.sender(url, tmp_path, depth=0) as sender:
            (again,) = resume(suite, sender)
            assert resume(suite, sender) == []
        assert again.run == report.run and again.by_code == world.codes
        assert sorted(signed(tmp_path)) == sorted(hash_ for hash_, _ in again.transactions)
        (after,) = status(suite, entries(tmp_path))
        assert after.state == "final" and after.settled == again.discharged
        world.prove()


@pytest.mark.parametrize("keep", [False, True])
def test_N11_a_reorganisation_while_waiting_is_noticed_before_anything_is_told(
    world: World, proxy: FaultProxy, tmp_path: Path, keep: bool
) -> None:
    struck: list[str] = []

    def shake(entry: Any) -> Any:
        """Once, when something is mined, its block goes."""
        number = world.connection.nonce(local_account("MANAGER").address, "latest")
        if number > nonce and not struck:
            struck.append(world.connection.block().hash)
            reorg(world.connection, 1, keep=keep)
        return {}

    nonce = world.connection.nonce(local_account("MANAGER").address)
    with recorded("settle", "N11", f"reorganisation while waiting, transactions kept: {keep}"):
        proxy.plan(Fault(Kind.CHANGED, "eth_blockNumber", times=0, change=shake))
        with world.mining(0.15):
            report = world.settle(proxy.url, tmp_path)
        assert struck and report.by_code == world.codes
        assert sorted(set(signed(tmp_path))) == sorted(hash_ for hash_, _ in report.transactions)
        world.prove()


def test_N11_settled_is_not_said_before_it_is_deep(world: World, tmp_path: Path) -> None:
    suite, url = world.town.suite, world.node.rpc_url
    with pytest.raises(TransactionLost, match="not deep enough"):
        world.settle(url, tmp_path, depth=5, timeout=0.5)
    (found,) = status(suite, entries(tmp_path), depth=5)
    assert found.state == "mined" and found.settled < sum(world.expected[0].values())
    assert found.waiting > 0 and (found.confirmations or 0) < 5 and not found.ended
    mine(world.connection, 5)
    (found,) = status(suite, entries(tmp_path), depth=5)
    assert found.waiting == 0 and not found.ended
    with world.sender(url, tmp_path, depth=5) as sender:
        (report,) = resume(suite, sender)
    (found,) = status(suite, entries(tmp_path), depth=5)
    assert found.state == "final" and found.settled == report.discharged and report.depth == 5
    world.prove()


@pytest.mark.parametrize("kind", [Kind.DUPLICATE_LOGS, Kind.MISSING_LOGS, Kind.REVERSED_LOGS])
def test_N12_a_report_is_right_although_logs_come_twice_not_at_all_or_in_reverse(
    world: World, proxy: FaultProxy, tmp_path: Path, kind: Kind
) -> None:
    with recorded("settle", "N12", str(kind)), world.mining():
        proxy.plan(Fault(kind, times=1))
        report = world.settle(proxy.url, tmp_path)
        assert kind in proxy.met()
        assert {row.lease: row.amount for row in report.rows} == world.expected[0]
        assert report.by_code == world.codes
        world.prove()


def test_N12_without_its_logs_a_run_is_not_reported(world: World, proxy: FaultProxy, tmp_path: Path) -> None:
    with world.mining():
        proxy.always(Kind.MISSING_LOGS)
        with pytest.raises(ChainError, match="other logs"):
            world.settle(proxy.url, tmp_path)
        assert len(open_runs(tmp_path)) == 1
        proxy.clear()
        with world.sender(proxy.url, tmp_path) as sender:
            (report,) = resume(world.town.suite, sender)
        assert report.by_code == world.codes
        world.prove()


def test_N16_a_node_that_is_behind_for_a_while_is_waited_for(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    with recorded("settle", "N16", "four blocks behind for 20 answers"), world.mining():
        proxy.plan(Fault(Kind.BLOCK_BACK, "eth_blockNumber", nth=2, times=20, blocks=4))
        proxy.plan(Fault(Kind.BLOCK_BACK, "eth_getBlockByNumber", nth=2, times=5, blocks=4))
        report = world.settle(proxy.url, tmp_path)
        assert report.by_code == world.codes and len(signed(tmp_path)) == len(report.transactions)
        world.prove()


# ---- what it costs


def test_N17_a_wild_estimate_stops_before_anything_is_signed(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    with recorded("settle", "N17", "estimate times 1000"), world.mining():
        proxy.always(Kind.GAS_WILD, factor=1_000)
        with pytest.raises(FeeTooHigh, match="Nothing was sent"):
            world.settle(proxy.url, tmp_path)
        assert signed(tmp_path) == []
        proxy.clear()
        world.settle(proxy.url, tmp_path)
        assert open_runs(tmp_path) == []
        world.prove()


def test_N17_a_failing_estimate_stops_before_anything_is_signed(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    def failing(entry: Any) -> Any:
        return {"error": {"code": -32000, "message": "estimation failed"}, "result": None}

    with recorded("settle", "N17", "estimate fails"), world.mining():
        proxy.next("eth_estimateGas", failing)
        with pytest.raises(RpcError, match="estimation failed"):
            world.settle(proxy.url, tmp_path)
        assert signed(tmp_path) == []
        world.settle(proxy.url, tmp_path)
        world.prove()


def test_N17_a_batch_that_ran_out_of_gas_is_sent_again_with_enough(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    with recorded("settle", "N17", "estimate far too low"), world.mining():
        proxy.next("eth_estimateGas", lambda entry: {"result": hex(60_000)})
        report = world.settle(proxy.url, tmp_path)
        assert report.by_code == world.codes
        mined = receipts(world.connection, signed(tmp_path)).values()
        assert sum(not one.ok for one in mined) == 1
        world.prove()


def test_N18_a_fee_that_jumps_in_the_middle_pauses_the_run(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    base = 10 * 10**9
    world.connection.call("anvil_setNextBlockBaseFeePerGas", hex(base))
    mine(world.connection)
    with recorded("settle", "N18", "base fee times 10 after the first batches"):
        real = Sender.send_many

        def then_dear(self: Sender, *args: Any, **values: Any) -> Any:
            found = real(self, *args, **values)
            proxy.always(Kind.FEE_SPIKE, "eth_getBlockByNumber", factor=10)
            return found

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("commonhold.ops.settle.engine._TOGETHER", 1)
            patch.setattr(Sender, "send_many", then_dear)
            with pytest.raises(FeeTooHigh, match="more than the"):
                world.settle(proxy.url, tmp_path, cap=base * 3, depth=0)
        assert len(signed(tmp_path)) == 1 and len(open_runs(tmp_path)) == 1
        proxy.clear()
        world.settle(proxy.url, tmp_path, cap=base * 3, depth=0)
        assert open_runs(tmp_path) == []
        world.prove()
