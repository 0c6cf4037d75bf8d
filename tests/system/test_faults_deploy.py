"""Deploying over a bad line, past a bad node, on a chain that takes blocks back: faults N1 to N18, for real.

Every run ends with the proof: the same manifest as an undisturbed deployment, each contract created once,
each step sent once, nobody with a right too many, and an audit from raw logs without a difference.
`COMMONHOLD_EXAMPLES=long` tries every step and a hundred random runs more.
"""

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from commonhold.chain.connect import Connection, NodeUnreachable, RpcError
from commonhold.chain.journal import JournalError, read_entries
from commonhold.chain.node import Node
from commonhold.chain.send import Fees, FeeTooHigh, TransactionFailed, TransactionLost, Waiting
from commonhold.errors import ChainError
from commonhold.ops.deploy import JOURNAL, DeploymentStuck
from commonhold.ops.deploy_care import verify
from commonhold.ops.manifest import FILE, ManifestMismatch
from tests.faults.chainfaults import mine, reorg, use_number
from tests.faults.kinds import LINE, Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.record import recorded
from tests.system.deploy_world import (
    ADMIN,
    DEPLOYER,
    GWEI,
    LONG,
    QUICK,
    Proof,
    a_test_network,
    meanwhile,
    plan_of,
    run,
    seeds,
    until,
)

ARRAYS = 17  # in which an undisturbed deployment sends
SEND = "eth_sendRawTransaction"
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
BAD_LINE = sorted(LINE - {Kind.DELAY})


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with a_test_network() as running:
        yield running


@pytest.fixture
def chain(node: Node) -> Iterator[Connection]:
    connection = Connection(node.rpc_url, pause=0.01)
    snapshot = connection.call("evm_snapshot")
    yield connection
    connection.call("evm_setAutomine", True)
    connection.call("evm_revert", snapshot)
    connection.call("anvil_setNextBlockBaseFeePerGas", "0x0")  # which goes with no snapshot
    connection.close()


@pytest.fixture(scope="module")
def proof(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    return Proof(Connection(node.rpc_url), tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture
def proxy(chain: Connection) -> Iterator[FaultProxy]:
    with FaultProxy(chain.url) as made:
        yield made


def _over(proxy: FaultProxy) -> Connection:
    return Connection(proxy.url, pause=0.01)


def _steps(*few: int) -> list[int]:
    return list(range(1, ARRAYS + 1)) if LONG else list(few)


def _journal(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in read_entries(folder / JOURNAL) if entry["kind"] == kind]


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
        run(_over(proxy), tmp_path)
        assert proxy.met() == [kind]
        proof.holds(chain, tmp_path)


@pytest.mark.parametrize("kind", [Kind.LOST_REQUEST, Kind.LOST_ANSWER])
def test_N1_N2_N3_a_line_that_stays_bad_ends_the_command_and_the_next_one_finishes(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path, kind: Kind
) -> None:
    with recorded("deploy", NUMBERS[kind], f"{kind} for good, array 8, then again"):
        proxy.plan(Fault(kind, SEND, nth=8, times=0))
        with pytest.raises(NodeUnreachable):
            run(_over(proxy), tmp_path)
        assert not (tmp_path / FILE).exists()
        proxy.clear()
        run(_over(proxy), tmp_path)
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
        run(_over(proxy), tmp_path)
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
        run(_over(proxy), tmp_path)
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
            chain.call("anvil_dropTransaction", _journal(tmp_path, "signed")[0]["hash"])
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
            until(lambda: (tmp_path / JOURNAL).exists() and len(_journal(tmp_path, "signed")) > 8)
            chain.call("evm_setAutomine", True)
            mine(chain)
        assert raised == []
        numbers = [entry["nonce"] for entry in _journal(tmp_path, "signed")]
        assert len(numbers) > len(set(numbers)), "a second version was signed"
        proof.holds(chain, tmp_path, same_bytes=False)


@pytest.mark.parametrize("nth", _steps(9))
def test_N9_an_evicted_step_is_sent_again_with_the_same_bytes(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path, nth: int
) -> None:
    with recorded("deploy", "N9", f"array {nth} accepted and forgotten"):
        proxy.plan(Fault(Kind.EVICTED, SEND, nth=nth))
        run(_over(proxy), tmp_path)
        assert proxy.met() == [Kind.EVICTED]
        proof.holds(chain, tmp_path)


def test_N10_a_receipt_that_stays_away_is_waited_for(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N10", "no receipts for 25 questions"):
        proxy.plan(Fault(Kind.NULL_RECEIPT, nth=20, times=25))
        run(_over(proxy), tmp_path)
        assert proxy.met().count(Kind.NULL_RECEIPT) == 25
        proof.holds(chain, tmp_path)


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


@pytest.mark.parametrize("done", [5, 20, 60, 100] if LONG else [60])
def test_N11_a_reorganisation_in_the_middle_is_noticed(
    chain: Connection, proof: Proof, tmp_path: Path, done: int
) -> None:
    with recorded("deploy", "N11", f"reorganisation of 3 blocks after {done} steps"):
        struck: list[int] = []

        def progress(_: str, now: int, __: int) -> None:
            if now >= done and not struck:
                struck.append(now)
                reorg(chain, 3)

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
                run(_own(chain), tmp_path, waiting=waiting)
            finally:
                stop.set()
        assert raised == [] and struck
        proof.holds(chain, tmp_path)
        last = max(entry["block"] for entry in _journal(tmp_path, "mined"))
        assert chain.block_number() >= last + 3


def _own(chain: Connection) -> Connection:
    """A second connection: sessions are not shared by threads."""
    return Connection(chain.url, pause=0.01)


def test_N14_the_journal_and_the_manifest_belong_to_one_chain(chain: Connection, tmp_path: Path) -> None:
    with recorded("deploy", "N14", "a node of another genesis"), Node(timestamp=1_700_000_000) as other:
        run(chain, tmp_path)
        with FaultProxy(other.rpc_url) as foreign:
            with pytest.raises(ManifestMismatch):
                run(_over(foreign), tmp_path)
            (tmp_path / FILE).unlink()
            with pytest.raises(JournalError, match="another chain"):
                run(_over(foreign), tmp_path)
            assert foreign.count(SEND) == 0


def test_N15_other_code_at_an_address_stops_before_and_after(
    chain: Connection, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N15", "other code at an address of the plan, and of the manifest"):
        squatted = plan_of(chain).steps[4].address
        snapshot = chain.call("evm_snapshot")
        chain.call("anvil_setCode", squatted, "0x6001600155")
        with pytest.raises(TransactionFailed):  # no contract can be made where code lies
            run(chain, tmp_path / "squatted")
        with pytest.raises(DeploymentStuck):
            run(chain, tmp_path / "squatted")
        assert not (tmp_path / "squatted" / FILE).exists()
        chain.call("evm_revert", snapshot)
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


def test_N16_a_node_that_is_behind_is_waited_for(
    chain: Connection, proxy: FaultProxy, proof: Proof, tmp_path: Path
) -> None:
    with recorded("deploy", "N16", "the node answers six blocks behind"):
        proxy.plan(Fault(Kind.LOST_REQUEST, SEND, nth=12, times=0))
        with pytest.raises(NodeUnreachable):
            run(_over(proxy), tmp_path)
        proxy.clear()
        sent = chain.nonce(DEPLOYER.address)
        proxy.always(Kind.BLOCK_BACK, blocks=6)
        with pytest.raises(ChainError, match="behind"):
            run(_over(proxy), tmp_path, waiting=Waiting(timeout=0.3, poll=0.05))
        assert chain.nonce(DEPLOYER.address) == sent
        with meanwhile(lambda: run(_over(proxy), tmp_path)) as raised:
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
        run(_over(proxy), tmp_path)
        assert proxy.met().count(Kind.BLOCK_BACK) == 60
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
            run(_over(proxy), tmp_path)
        sent = chain.nonce(DEPLOYER.address)
        proxy.clear()
        proxy.always(Kind.CHANGED, "eth_estimateGas", change=fail)
        with pytest.raises(RpcError, match="cannot estimate"):
            run(_over(proxy), tmp_path)
        assert chain.nonce(DEPLOYER.address) == sent
        proxy.clear()
        run(_over(proxy), tmp_path)
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
        with meanwhile(lambda: run(_own(chain), tmp_path, fees=patient)) as raised:
            until(lambda: chain.block().base_fee > 5 * GWEI)
            assert chain.nonce(DEPLOYER.address) == sent
            chain.call("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
            mine(chain)
        assert raised == []
        proof.holds(chain, tmp_path, same_bytes=False)


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
                run(_over(proxy), tmp_path, progress=progress)
                break
            except ChainError:
                continue
        else:
            run(chain, tmp_path)
        proof.holds(chain, tmp_path)


def test_the_journal_names_every_step_and_keeps_no_key(chain: Connection, tmp_path: Path) -> None:
    run(chain, tmp_path)
    text = (tmp_path / JOURNAL).read_text()
    assert len(_journal(tmp_path, "signed")) == len(plan_of(chain).steps) + 2  # acceptance and leave
    for account in (DEPLOYER, ADMIN):
        assert bytes(account.key).hex() not in text
    assert orjson.loads(text.splitlines()[0])["chainId"] == chain.chain_id
    assert QUICK.depth == 0
