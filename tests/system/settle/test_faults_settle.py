"""Settlement exactly once, whatever line, process and pool of transactions do (N1 to N4, N6 to N10).

Every fault is real: a proxy before Anvil, a killed process. Every test ends with the proof that each lease
was collected once, to the base unit as in an undisturbed run, and with an audit. Chain and fees:
test_faults_settle_chain.py.

Branches: the line ── each kind at a send, an outage · the process ── killed at moments, torn line · numbers
── taken, replaced, known, a gap · stuck · evicted · receipt away
"""

from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.connect import NodeUnreachable
from commonhold.chain.send import TransactionLost
from commonhold.ops.deploy import local_account
from commonhold.ops.settle import resume
from tests.examples import LONG
from tests.faults import processes
from tests.faults.chainfaults import mine, use_number
from tests.faults.kinds import Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.record import recorded
from tests.system.settle.settling_world import World, entries, open_runs, signed

SEND = "eth_sendRawTransaction"
LINE = [Kind.LOST_REQUEST, Kind.LOST_ANSWER, Kind.BUSY_AFTER, Kind.TRUNCATED]
LINE += [Kind.BUSY_BEFORE, Kind.GARBAGE, Kind.WRONG_ID] if LONG else []
NUMBER = dict.fromkeys(LINE, "N4") | {
    Kind.LOST_REQUEST: "N1",
    Kind.LOST_ANSWER: "N2",
    Kind.BUSY_BEFORE: "N3",
    Kind.BUSY_AFTER: "N3",
}


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
