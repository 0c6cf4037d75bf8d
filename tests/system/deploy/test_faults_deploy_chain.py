"""Deploying on a chain that takes blocks back with fees that jump: faults N11, N14, N15, N17, N18, for real.

Every run ends with the proof: the same manifest as an undisturbed deployment, each contract created once,
each step sent once, nobody with a right too many, and an audit from raw logs without a difference.

Branches: reorganisation ── after the end, in the middle, while confirmations are waited for · another
genesis · other code at an address · estimate wild, failing · base fee above the cap · what the journal names
"""

import threading
from pathlib import Path
from typing import Any

import orjson
import pytest

from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.journal import JournalError
from commonhold.chain.node import Node
from commonhold.chain.send import Fees, FeeTooHigh, TransactionFailed, Waiting
from commonhold.ops.deploy import JOURNAL, DeploymentStuck
from commonhold.ops.deploy.care import verify
from commonhold.ops.manifest import FILE, ManifestMismatch
from tests.examples import LONG
from tests.faults.chainfaults import mine, reorg, set_back
from tests.faults.kinds import Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.record import recorded
from tests.system.deploy.deploy_world import (
    ADMIN,
    DEPLOYER,
    GWEI,
    QUICK,
    SEND,
    Proof,
    journal,
    meanwhile,
    over,
    plan_of,
    run,
    until,
)

# ------------------------------------------------------------------------------------- the chain


@pytest.mark.parametrize("depth", range(1, 11) if LONG else [1, 10])
def test_N11_what_a_reorganisation_takes_back_after_the_end_is_sent_again_once(
    chain: Connection, proof: Proof, tmp_path: Path, depth: int
) -> None:
    with recorded("deploy", "N11", f"reorganisation of {depth} blocks after the end"):
        run(chain, tmp_path)
        reorg(chain, depth)
        run(chain, tmp_path)
        proof.holds(chain, tmp_path)


@pytest.mark.parametrize(
    ("done", "depth"), [(5, 2), (20, 3), (36, 1), (60, 3), (100, 3)] if LONG else [(36, 1), (60, 3)]
)
def test_N11_a_reorganisation_in_the_middle_is_noticed(
    chain: Connection, proof: Proof, tmp_path: Path, done: int, depth: int
) -> None:
    """After 36 steps the last contract has just been created: no call may take its number."""
    with recorded("deploy", "N11", f"reorganisation of {depth} blocks after {done} steps"):
        struck: list[int] = []

        def progress(_: str, now: int, __: int) -> None:
            if now >= done and not struck:
                struck.append(now)
                reorg(chain, depth)

        run(chain, tmp_path, progress=progress)
        assert struck
        proof.holds(chain, tmp_path)


def test_N11_the_manifest_waits_for_the_confirmations(
    chain: Connection, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N11", "reorganisation of 2 blocks while 3 confirmations are waited for"):
        waiting = Waiting(timeout=20, poll=0.05, depth=3)
        stop = threading.Event()

        def blocks() -> None:
            while not stop.wait(0.05):
                if chain.nonce(DEPLOYER.address) >= proof.sent - 1 and not struck:
                    assert not (tmp_path / FILE).exists()
                    struck.append(chain.block_number())
                    reorg(chain, 2)
                mine(chain)

        struck: list[int] = []
        with meanwhile(blocks) as raised:
            try:
                run(over(chain), tmp_path, waiting=waiting)
            finally:
                stop.set()
        assert raised == [] and struck
        proof.holds(chain, tmp_path)
        last = max(entry["block"] for entry in journal(tmp_path, "mined"))
        assert chain.block_number() >= last + 3


def test_N14_the_journal_and_the_manifest_belong_to_one_chain(chain: Connection, tmp_path: Path) -> None:
    with recorded("deploy", "N14", "a node of another genesis"), Node(timestamp=1_700_000_000) as other:
        run(chain, tmp_path)
        with FaultProxy(other.rpc_url) as foreign:
            with pytest.raises(ManifestMismatch):
                run(over(foreign), tmp_path)
            (tmp_path / FILE).unlink()
            with pytest.raises(JournalError, match="another chain"):
                run(over(foreign), tmp_path)
            assert foreign.count(SEND) == 0


def test_N15_other_code_at_an_address_stops_before_and_after(
    chain: Connection, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N15", "other code at an address of the plan, and of the manifest"):
        squatted = plan_of(chain).steps[4].address
        with set_back(chain):
            chain.call("anvil_setCode", squatted, "0x6001600155")
            with pytest.raises(TransactionFailed):  # no contract can be made where code lies
                run(chain, tmp_path / "squatted")
            with pytest.raises(DeploymentStuck):
                run(chain, tmp_path / "squatted")
            assert not (tmp_path / "squatted" / FILE).exists()
        deployment = run(chain, tmp_path)
        number = chain.nonce(DEPLOYER.address)
        code = chain.call("eth_getCode", deployment.address("Reserve"), "latest")
        chain.call("anvil_setCode", deployment.address("Reserve"), code[:-2] + "00")
        for work in (run, verify):
            with pytest.raises(ManifestMismatch, match="is not the Reserve"):
                work(chain, tmp_path)
        assert chain.nonce(DEPLOYER.address) == number
        chain.call("anvil_setCode", deployment.address("Reserve"), code)
        proof.holds(chain, tmp_path)


# ------------------------------------------------------------------------------------- gas and fees


@pytest.mark.parametrize("nth", [1, 4, 9, 13] if LONG else [9])
def test_N17_a_wild_or_failing_estimate_stops_before_anything_of_it_is_sent(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path, nth: int
) -> None:
    def fail(entry: dict[str, Any]) -> dict[str, Any]:
        entry.pop("result", None)
        return {"error": {"code": -32000, "message": "cannot estimate gas: internal error"}}

    with recorded("deploy", "N17", f"estimate a hundred times too high, then failing, from request {nth}"):
        proxy.plan(Fault(Kind.GAS_WILD, nth=nth, times=0, factor=1_000))
        with pytest.raises(FeeTooHigh, match="allowed for one transaction"):
            run(over(proxy), tmp_path)
        sent = chain.nonce(DEPLOYER.address)
        proxy.clear()
        proxy.always(Kind.CHANGED, "eth_estimateGas", change=fail)
        with pytest.raises(RpcError, match="cannot estimate"):
            run(over(proxy), tmp_path)
        assert chain.nonce(DEPLOYER.address) == sent
        proxy.clear()
        run(over(proxy), tmp_path)
        proof.holds(chain, tmp_path)


def test_N18_a_base_fee_above_the_cap_pauses_and_goes_on_when_it_falls(
    chain: Connection, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N18", "base fee tenfold in the middle: pause, stop, continue"):
        chain.call("anvil_setNextBlockBaseFeePerGas", hex(2 * GWEI))
        mine(chain)
        fees = Fees(cap=5 * GWEI, tip=GWEI)
        risen: list[int] = []

        def rise(_: str, done: int, __: int) -> None:
            if done >= 30 and not risen:
                risen.append(done)
                chain.call("anvil_setNextBlockBaseFeePerGas", hex(20 * GWEI))
                mine(chain)

        with pytest.raises(FeeTooHigh, match="gwei for one gas"):
            run(chain, tmp_path, fees=fees, progress=rise)
        sent = chain.nonce(DEPLOYER.address)
        assert risen and sent < proof.sent
        patient = Fees(cap=5 * GWEI, tip=GWEI, patience=20)
        with meanwhile(lambda: run(over(chain), tmp_path, fees=patient)) as raised:
            until(lambda: chain.block().base_fee > 5 * GWEI)
            assert chain.nonce(DEPLOYER.address) == sent
            chain.call("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
            mine(chain)
        assert raised == []
        proof.holds(chain, tmp_path, same_bytes=False)


def test_the_journal_names_every_step_and_keeps_no_key(chain: Connection, tmp_path: Path) -> None:
    run(chain, tmp_path)
    text = (tmp_path / JOURNAL).read_text()
    assert len(journal(tmp_path, "signed")) == len(plan_of(chain).steps) + 2  # acceptance and leave
    for account in (DEPLOYER, ADMIN):
        assert bytes(account.key).hex() not in text
    assert orjson.loads(text.splitlines()[0])["chainId"] == chain.chain_id
    assert QUICK.depth == 0
