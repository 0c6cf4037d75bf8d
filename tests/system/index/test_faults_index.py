"""The index among faults of the line, the node and the chain: nothing lost, nothing twice, nothing of another
chain, as the audit's books prove.

Branches: every fault of the line at every kind of question · logs twice, reversed, left out once, for ever,
by a node that hides them by hash too · limits of a question, met and gone again · a node behind, one that
comes back, one that answers from another branch · a reorganisation between two spans · a campaign of all.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from commonhold.chain.connect import Connection, NodeUnreachable
from commonhold.chain.node import Node
from commonhold.errors import ChainError
from commonhold.index import Index, Progress, open_index
from commonhold.ops.audit import audit
from commonhold.ops.index_check import verify
from tests.audit_story import tell
from tests.examples import LONG
from tests.faults.chainfaults import mine, reorg
from tests.faults.proxy import Fault, FaultProxy, Kind
from tests.faults.record import recorded
from tests.index.killing import run_child
from tests.index.worlds import assert_whole, dump, part_way
from tests.package.ops.town import Town

RUNS = 120 if LONG else 12
IDS = {
    Kind.LOST_REQUEST: "N1",
    Kind.LOST_ANSWER: "N2",
    Kind.BUSY_BEFORE: "N3",
    Kind.BUSY_AFTER: "N3",
    Kind.GARBAGE: "N4",
    Kind.TRUNCATED: "N4",
    Kind.WRONG_ID: "N4",
    Kind.DUPLICATE_LOGS: "N12",
    Kind.REVERSED_LOGS: "N12",
    Kind.MISSING_LOGS: "N12",
    Kind.RANGE_LIMIT: "N13",
    Kind.BLOCK_BACK: "N16",
}
LINE = [kind for kind in IDS if kind.value and IDS[kind] in ("N1", "N2", "N3", "N4")]
QUESTIONS = ("eth_chainId", "eth_getBlockByNumber", "eth_getLogs", "eth_getCode")


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Node() as node:
        built = Town.build(node.rpc_url)
        tell(built)
        yield built


@pytest.fixture
def proxy(town: Town) -> Iterator[FaultProxy]:
    with FaultProxy(town.connection.url) as running:
        yield running


def through(proxy: FaultProxy) -> Connection:
    """As every command connects, with shorter pauses."""
    return Connection(proxy.url, pause=0.005)


def patient(_: float) -> None:
    """No pause."""


def update(index: Index, proxy: FaultProxy, **values: Any) -> Progress:
    return index.update(through(proxy), sleep=patient, **values)


def proven(index: Index, town: Town) -> None:
    assert_whole(index, town.connection, town.deployment)
    verdict = verify(index, town.deployment, town.connection)
    assert [str(one) for one in verdict.differences] == []


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("kind", LINE, ids=lambda kind: f"{IDS[kind]}-{kind.name}")
def test_N1_N2_N3_N4_a_fault_of_the_line_changes_nothing(
    kind: Kind, question: str, town: Town, proxy: FaultProxy, url: str
) -> None:
    with (
        recorded("index", IDS[kind], f"{kind.name} at {question}"),
        open_index(url, town.deployment) as index,
    ):
        proxy.plan(Fault(kind, question, times=3))
        update(index, proxy)
        assert proxy.met() == [kind] * 3
        assert_whole(index, town.connection, town.deployment)


def test_N3_a_node_is_left_alone_for_as_long_as_it_asks(
    town: Town, proxy: FaultProxy, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    with open_index(url, town.deployment) as index:
        proxy.plan(Fault(Kind.BUSY_BEFORE, "eth_getLogs", times=2, seconds=7))
        monkeypatch.setattr("commonhold.chain.connect.time.sleep", slept.append)
        update(index, proxy)
        monkeypatch.undo()
        assert slept == [7, 7]
        assert_whole(index, town.connection, town.deployment)


def test_N5_a_node_that_is_gone_ends_the_run_and_leaves_what_was_read(
    town: Town, proxy: FaultProxy, url: str
) -> None:
    with open_index(url, town.deployment) as index:
        middle = part_way(town.connection, town.deployment)
        update(index, proxy, until=middle)
        before = dump(index)
        proxy.always(Kind.LOST_REQUEST, "eth_getLogs")
        with pytest.raises(NodeUnreachable):
            update(index, proxy)
        assert dump(index) == before and index.at().block == middle
        proxy.clear()
        update(index, proxy)
        proven(index, town)


# ---------------------------------------------------------------- logs


@pytest.mark.parametrize("kind", [Kind.DUPLICATE_LOGS, Kind.REVERSED_LOGS])
def test_N12_logs_twice_or_in_reverse_are_put_right(
    kind: Kind, town: Town, proxy: FaultProxy, url: str
) -> None:
    with recorded("index", "N12", f"{kind.name}, every answer"), open_index(url, town.deployment) as index:
        proxy.always(kind)
        progress = update(index, proxy)
        assert (progress.dropped > 0) == (kind == Kind.DUPLICATE_LOGS)
        proven(index, town)


@pytest.mark.parametrize("check", ["bloom", "receipts"])
def test_N12_a_log_that_is_left_out_once_is_found(
    check: str, town: Town, proxy: FaultProxy, url: str
) -> None:
    index = open_index(url, town.deployment, check=check)
    with recorded("index", "N12", f"MISSING_LOGS once, {check}"), index:
        proxy.plan(Fault(Kind.MISSING_LOGS))
        progress = update(index, proxy)
        assert progress.found >= 1
        proven(index, town)


def without(*places: int) -> Any:
    """An answer of logs that lacks some of them."""

    def change(entry: Any) -> Any:
        logs = entry["result"]
        entry["result"] = [log for place, log in enumerate(logs) if place - len(logs) not in places]
        return entry

    return change


@pytest.mark.parametrize("check", ["bloom", "receipts"])
def test_N12_a_node_that_hides_a_log_in_every_answer_is_found_out_by_the_receipts(
    check: str, town: Town, proxy: FaultProxy, url: str
) -> None:
    """The last log of the newest block with any: no other log of its transaction comes after it."""
    index = open_index(url, town.deployment, check=check)
    with recorded("index", "N12", f"MISSING_LOGS for ever, {check}"), index:
        proxy.always(Kind.CHANGED, "eth_getLogs", change=without(-1))
        progress = update(index, proxy)
        assert progress.found >= 1
        proven(index, town)


def test_N12_a_node_that_hides_all_logs_of_a_block_is_found_out_by_the_heads(
    town: Town, proxy: FaultProxy, url: str
) -> None:
    def empty(entry: Any) -> Any:
        entry["result"] = []
        return entry

    index = open_index(url, town.deployment)
    with recorded("index", "N12", "MISSING_LOGS all, for ever, bloom"), index:
        proxy.always(Kind.CHANGED, "eth_getLogs", change=empty)
        progress = update(index, proxy)
        assert progress.found > 400
        proven(index, town)


def test_N12_what_a_node_that_is_believed_leaves_out_is_named_by_verify(
    town: Town, proxy: FaultProxy, url: str
) -> None:
    with open_index(url, town.deployment, check="none") as index:
        proxy.plan(Fault(Kind.CHANGED, "eth_getLogs", change=without(-3)))
        update(index, proxy)
        verdict = verify(index, town.deployment, town.connection)
        assert not verdict.ok and "block" in verdict.differences[0].id


@pytest.mark.parametrize("limit", [1, 7])
def test_N13_a_limit_of_blocks_splits_the_question_and_is_outgrown_again(
    limit: int, town: Town, proxy: FaultProxy, url: str
) -> None:
    with recorded("index", "N13", f"RANGE_LIMIT {limit}"), open_index(url, town.deployment) as index:
        update(index, proxy, until=town.connection.block_number() - 20 * limit)
        proxy.always(Kind.RANGE_LIMIT, limit=limit)
        progress = update(index, proxy)
        assert progress.splits > 0 and progress.spans >= progress.blocks // limit
        proven(index, town)


def test_N13_after_a_limit_longer_spans_are_tried_again(town: Town, proxy: FaultProxy, url: str) -> None:
    with open_index(url, town.deployment) as index:
        proxy.plan(Fault(Kind.RANGE_LIMIT, limit=2, times=4))
        progress = update(index, proxy)
        assert 0 < progress.splits <= 4 and progress.spans < progress.blocks // 4
        proven(index, town)


# ---------------------------------------------------------------- heads


def test_N16_a_node_that_is_behind_is_waited_for_and_takes_nothing_out(
    town: Town, proxy: FaultProxy, url: str
) -> None:
    with recorded("index", "N16", "BLOCK_BACK 3, for ever"), open_index(url, town.deployment) as index:
        update(index, proxy)
        before, at = dump(index), index.at()
        proxy.always(Kind.BLOCK_BACK, blocks=3)
        progress = update(index, proxy)
        assert progress.behind and progress.rolled_back == 0
        assert (dump(index), index.at()) == (before, at)


def test_N16_a_node_that_catches_up_is_read_on(town: Town, proxy: FaultProxy, url: str) -> None:
    with recorded("index", "N16", "BLOCK_BACK 3, twice"), open_index(url, town.deployment) as index:
        update(index, proxy)
        proxy.plan(Fault(Kind.BLOCK_BACK, "eth_getBlockByNumber", times=2, blocks=3))
        town.fund(town.account().address, 5)
        progress = update(index, proxy)
        assert not progress.behind
        update(index, proxy)
        proven(index, town)


def test_N16_answers_from_two_chains_are_not_mixed(town: Town, proxy: FaultProxy, url: str) -> None:
    """One of several nodes behind an address is on another branch: its logs lie in blocks of another hash."""

    def elsewhere(entry: Any) -> Any:
        for log in entry["result"]:
            log["blockHash"] = "0x" + "ee" * 32
        return entry

    with recorded("index", "N16", "logs of another branch"), open_index(url, town.deployment) as index:
        proxy.plan(Fault(Kind.CHANGED, "eth_getLogs", times=2, change=elsewhere))
        update(index, proxy)
        proven(index, town)
        town.fund(town.account().address, 5)
        proxy.always(Kind.CHANGED, "eth_getLogs", change=elsewhere)
        before = dump(index)
        with pytest.raises(ChainError, match="do not fit together"):
            update(index, proxy)
        assert dump(index) == before


def test_N11_a_reorganisation_between_two_spans_is_followed(town: Town, proxy: FaultProxy, url: str) -> None:
    for _ in range(6):
        town.fund(town.account().address, 5)
    with recorded("index", "N11", "reorg 4 between spans"), open_index(url, town.deployment) as index:
        update(index, proxy, until=town.connection.block_number() - 7)
        proxy.always(Kind.RANGE_LIMIT, limit=1)
        head, done = town.connection.block_number(), False

        def once(progress: Progress) -> None:
            nonlocal done
            if not done and progress.last == head - 1:
                done = True
                reorg(town.connection, 4)

        progress = update(index, proxy, tell=once)
        assert done and progress.rolled_back == 3
        proven(index, town)


# ---------------------------------------------------------------- all of it


@pytest.mark.parametrize("seed", range(RUNS))
def test_N1_N4_N11_N12_N13_N16_D1_a_campaign_of_faults_leaves_the_index_whole(
    seed: int, town: Town, proxy: FaultProxy, url: str
) -> None:
    rng = Random(seed)
    for _ in range(rng.randint(2, 6)):
        town.fund(town.account().address, rng.randint(1, 10**6))
    with open_index(url, town.deployment) as index:
        update(index, proxy, until=rng.randint(0, town.connection.block_number()))
    kind = rng.choice(list(IDS))
    step = f"{kind.name} from request {(nth := rng.randint(1, 6))}"
    fault = Fault(kind, nth=nth, times=rng.randint(1, 4), blocks=rng.randint(1, 4), limit=rng.randint(1, 40))
    if kind == Kind.BLOCK_BACK:
        fault.method = "eth_getBlockByNumber"
    killed = rng.random() < 0.5
    moment = rng.randint(1, 60) if killed else 0
    depth = rng.choice((0, 0, 1, 3, 8))
    with recorded("index", IDS[kind], f"{step}, reorg {depth}, kill {moment}"):
        proxy.plan(fault)
        if depth:
            reorg(town.connection, depth, keep=rng.random() < 0.5)
        if rng.random() < 0.5:
            mine(town.connection, rng.randint(1, 3))

        def work() -> None:
            with open_index(url, town.deployment) as inner:
                inner.update(through(proxy), sleep=patient)

        run_child(work, moment)
        proxy.clear()
        town.fund(town.account().address, 5)
        with open_index(url, town.deployment) as index:
            update(index, proxy)
            proven(index, town)
            tables = dump(index)
            index.derive_anew()
            assert dump(index) == tables


def test_the_audit_of_an_index_that_lived_through_all_of_it_proves_itself(town: Town, url: str) -> None:
    with open_index(url, town.deployment) as index:
        index.update(town.connection)
        place = index.at().block
        report = audit(town.connection, town.deployment, at=place, kept=index.logs(last=place))
        assert [str(one) for one in report.differences] == []


@pytest.fixture
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('index')}/index.sqlite"
