"""Settlement exactly once, whatever chain and fees do (N11, N12, N16 to N18).

Every fault is real: a reorganisation, a proxy before Anvil. Every test ends with the proof that each lease
was collected once, to the base unit as in an undisturbed run, and with an audit.

Branches: reorganisation ── while waiting, after the end, coming back by itself · not said before it is deep ·
logs twice, missing, reversed, missing for good · node behind · estimate wild, failing, too low · fee jumps
"""

from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.connect import RpcError
from commonhold.chain.send import FeeTooHigh, Sender, TransactionLost
from commonhold.errors import ChainError
from commonhold.ops.deploy import local_account
from commonhold.ops.settle import resume, status
from commonhold.ops.settle.final import receipts
from tests.examples import LONG
from tests.faults.chainfaults import mine, reorg
from tests.faults.kinds import Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.record import recorded
from tests.system.settle.settling_world import World, entries, open_runs, signed

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
