"""Deploying over a bad line and past a bad node: faults N1 to N10 and N16, for real, and several at once.

Every run ends with the proof: the same manifest as an undisturbed deployment, each contract created once,
each step sent once, nobody with a right too many, and an audit from raw logs without a difference.
`COMMONHOLD_EXAMPLES=long` tries every step and a hundred random runs more. Chain and fees:
test_faults_deploy_chain.py.

Branches: the line ── each kind at a send, for good · the node's words ── there already, number taken, a gap ·
stuck · evicted · receipt away · behind, for a while, for a moment · campaign
"""

import random
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.connect import Connection, NodeUnreachable
from commonhold.chain.send import TransactionLost, Waiting
from commonhold.errors import ChainError
from commonhold.ops.deploy import JOURNAL, DeploymentStuck
from commonhold.ops.manifest import FILE
from tests.examples import LONG
from tests.faults.chainfaults import mine, reorg, use_number
from tests.faults.kinds import Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.record import recorded
from tests.system.deploy.deploy_world import (
    ARRAYS,
    BAD_LINE,
    DEPLOYER,
    SEND,
    Proof,
    journal,
    meanwhile,
    over,
    plan_of,
    run,
    seeds,
    until,
)

NUMBERS = {
    Kind.LOST_REQUEST: "N1",
    Kind.LOST_ANSWER: "N2",
    Kind.BUSY_BEFORE: "N3",
    Kind.BUSY_AFTER: "N3",
    Kind.GARBAGE: "N4",
    Kind.TRUNCATED: "N4",
    Kind.WRONG_ID: "N4",
    Kind.EVICTED: "N9",
    Kind.NULL_RECEIPT: "N10",
    Kind.BLOCK_BACK: "N16",
}


def _steps(*few: int) -> list[int]:
    return list(range(1, ARRAYS + 1)) if LONG else list(few)


# ------------------------------------------------------------------------------------- the line


EACH = (
    [(kind, nth) for kind in BAD_LINE for nth in range(1, ARRAYS + 1)]
    if LONG
    else list(zip(BAD_LINE, (3, 12, 1, 7, 16, 9, 5), strict=True))
)


@pytest.mark.parametrize(("kind", "nth"), EACH)
def test_N1_N2_N3_N4_a_request_or_answer_lost_or_garbled_changes_nothing(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path, kind: Kind, nth: int
) -> None:
    with recorded("deploy", NUMBERS[kind], f"{kind}, array {nth}"):
        proxy.plan(Fault(kind, SEND, nth=nth))
        run(over(proxy), tmp_path)
        assert proxy.met() == [kind]
        proof.holds(chain, tmp_path)


@pytest.mark.parametrize("kind", [Kind.LOST_REQUEST, Kind.LOST_ANSWER])
def test_N1_N2_N3_a_line_that_stays_bad_ends_the_command_and_the_next_one_finishes(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path, kind: Kind
) -> None:
    with recorded("deploy", NUMBERS[kind], f"{kind} for good, array 8, then again"):
        proxy.plan(Fault(kind, SEND, nth=8, times=0))
        with pytest.raises(NodeUnreachable):
            run(over(proxy), tmp_path)
        assert not (tmp_path / FILE).exists()
        proxy.clear()
        run(over(proxy), tmp_path)
        proof.holds(chain, tmp_path)


# ------------------------------------------------------------------------------------- the node's words


@pytest.mark.parametrize(
    ("words", "nth"),
    [
        ("nonce too low", 2),
        ("already known", 4),
        ("replacement transaction underpriced", 11),
        ("transaction underpriced", 14),
    ],
)
def test_N7_an_error_that_means_that_it_is_there_is_no_failure(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path, words: str, nth: int
) -> None:
    def refuse(entry: dict[str, Any]) -> dict[str, Any]:
        entry.pop("result", None)
        return {"error": {"code": -32000, "message": words}}

    with recorded("deploy", "N7", f"{words}, array {nth}"):
        proxy.plan(Fault(Kind.CHANGED, SEND, nth=nth, change=refuse))
        run(over(proxy), tmp_path)
        assert proxy.met() == [Kind.CHANGED]
        proof.holds(chain, tmp_path)


def test_N7_a_call_whose_number_is_taken_by_another_transaction_takes_the_next(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path
) -> None:
    """The owner of the key sends something between the question for the number and the broadcast."""
    taken: list[str] = []

    def between(entry: dict[str, Any]) -> dict[str, Any]:
        if not taken:
            taken.append(use_number(chain, DEPLOYER, int(entry["result"], 16)))
        return {}

    with recorded("deploy", "N7", "number of a call taken by another transaction"):
        first = len(plan_of(chain).creations)
        seen = {"pending": 0}

        def counted(entry: dict[str, Any]) -> dict[str, Any]:
            if int(entry["result"], 16) >= first:
                seen["pending"] += 1
                if seen["pending"] > 3:
                    return between(entry)
            return {}

        proxy.always(Kind.CHANGED, "eth_getTransactionCount", change=counted)
        run(over(proxy), tmp_path)
        assert taken
        proof.holds(chain, tmp_path, foreign=1)


def test_N7_a_contract_whose_number_is_taken_stops_and_nothing_is_adopted(
    chain: Connection, tmp_path: Path
) -> None:
    with recorded("deploy", "N7", "number of a contract taken by another transaction"):
        use = {"done": False}

        def progress(_: str, done: int, __: int) -> None:
            if done >= 8 and not use["done"]:
                use["done"] = True
                use_number(chain, DEPLOYER, done)

        with pytest.raises((DeploymentStuck, TransactionLost)):
            run(chain, tmp_path, progress=progress)
        with pytest.raises(DeploymentStuck, match="used its number"):
            run(chain, tmp_path)
        assert not (tmp_path / FILE).exists()


def test_N7_a_gap_before_the_own_number_is_waited_out(
    chain: Connection, proof: Proof, tmp_path: Path
) -> None:
    """Transactions that hang in the node's waiting room while blocks do not come."""
    with recorded("deploy", "N7", "a gap of numbers while no block comes"):
        chain.call("evm_setAutomine", False)
        with meanwhile(lambda: run(chain, tmp_path)) as raised:
            until(lambda: chain.nonce(DEPLOYER.address) >= 8)
            chain.call("anvil_dropTransaction", journal(tmp_path, "signed")[0]["hash"])
            mine(chain)
            chain.call("evm_setAutomine", True)
            mine(chain)
        assert raised == []
        proof.holds(chain, tmp_path)


def test_N8_a_stuck_step_gets_more_fee_for_the_same_number(
    chain: Connection, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N8", "no block until the fee was raised"):
        chain.call("evm_setAutomine", False)
        waiting = Waiting(timeout=30, stuck=0.7, poll=0.05)
        with meanwhile(lambda: run(chain, tmp_path, waiting=waiting)) as raised:
            until(lambda: (tmp_path / JOURNAL).exists() and len(journal(tmp_path, "signed")) > 8)
            chain.call("evm_setAutomine", True)
            mine(chain)
        assert raised == []
        numbers = [entry["nonce"] for entry in journal(tmp_path, "signed")]
        assert len(numbers) > len(set(numbers)), "a second version was signed"
        proof.holds(chain, tmp_path, same_bytes=False)


@pytest.mark.parametrize("nth", _steps(9))
def test_N9_an_evicted_step_is_sent_again_with_the_same_bytes(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path, nth: int
) -> None:
    with recorded("deploy", "N9", f"array {nth} accepted and forgotten"):
        proxy.plan(Fault(Kind.EVICTED, SEND, nth=nth))
        run(over(proxy), tmp_path)
        assert proxy.met() == [Kind.EVICTED]
        proof.holds(chain, tmp_path)


def test_N10_a_receipt_that_stays_away_is_waited_for(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N10", "no receipts for 25 questions"):
        proxy.plan(Fault(Kind.NULL_RECEIPT, nth=20, times=25))
        run(over(proxy), tmp_path)
        assert proxy.met().count(Kind.NULL_RECEIPT) == 25
        proof.holds(chain, tmp_path)


def test_N16_a_node_that_is_behind_is_waited_for(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N16", "the node answers six blocks behind"):
        proxy.plan(Fault(Kind.LOST_REQUEST, SEND, nth=12, times=0))
        with pytest.raises(NodeUnreachable):
            run(over(proxy), tmp_path)
        proxy.clear()
        sent = chain.nonce(DEPLOYER.address)
        proxy.always(Kind.BLOCK_BACK, blocks=6)
        with pytest.raises(ChainError, match="behind"):
            run(over(proxy), tmp_path, waiting=Waiting(timeout=0.3, poll=0.05))
        assert chain.nonce(DEPLOYER.address) == sent
        with meanwhile(lambda: run(over(proxy), tmp_path)) as raised:
            before = len(proxy.log)
            until(lambda: len(proxy.log) > before + 8)
            assert chain.nonce(DEPLOYER.address) == sent
            proxy.clear()
        assert raised == []
        proof.holds(chain, tmp_path)


def test_N16_a_node_that_falls_behind_for_a_moment_leads_to_nothing_twice(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N16", "the node falls back by three blocks for 60 requests"):
        proxy.plan(Fault(Kind.BLOCK_BACK, nth=40, times=60, blocks=3))
        run(over(proxy), tmp_path)
        assert proxy.met().count(Kind.BLOCK_BACK) == 60
        proof.holds(chain, tmp_path)


# ------------------------------------------------------------------------------------- campaign


@pytest.mark.parametrize("seed", seeds(6, 110))
def test_any_fault_at_any_step_ends_with_nothing_lost_and_nothing_twice(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path, seed: int
) -> None:
    """Two to four faults of any kind, each at a random request; the command is run until it is through."""
    dice = random.Random(seed)
    kinds = [*BAD_LINE, Kind.EVICTED, Kind.NULL_RECEIPT, Kind.BLOCK_BACK]
    chosen = []
    for kind in dice.sample(kinds, dice.randint(2, 4)):
        method = None if kind in (Kind.NULL_RECEIPT, Kind.BLOCK_BACK) else SEND
        nth = dice.randint(1, ARRAYS if method else 150)
        chosen.append(f"{kind} {nth}")
        proxy.plan(Fault(kind, method, nth=nth, times=dice.randint(1, 6), blocks=dice.randint(1, 3)))
    struck: list[int] = []
    when, depth = dice.randint(3, 105), dice.choice([0, 0, 1, 2, 5])

    def progress(_: str, done: int, __: int) -> None:
        if depth and done >= when and not struck:
            struck.append(done)
            reorg(chain, depth)

    step = "; ".join(chosen) + (f"; reorganisation of {depth} after {when} steps" if depth else "")
    with recorded("deploy", "N1-N16", f"seed {seed}: {step}"):
        for _ in range(6):
            try:
                run(over(proxy), tmp_path, progress=progress)
                break
            except ChainError:
                continue
        else:
            run(chain, tmp_path)
        proof.holds(chain, tmp_path)
