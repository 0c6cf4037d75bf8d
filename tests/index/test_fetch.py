"""One span of blocks from a node that does not tell the truth, or not all of it (faults N4, N11, N12, N16).

heads ── an error among them · a block that is not there · another one than was asked for
spans ── an answer that is no list · a node behind for a while, for ever · a log twice and not the same · so
many logs that the next span is shorter
again ── a block not known by its hash · no receipts of a block · one by one where a node does not give them
together, and of these the block or one receipt gone
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from commonhold.chain.call import Call
from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.chain.signing import dev_account
from commonhold.index import Source, fetch
from commonhold.index.fetch import Fetcher, NodeBehind, NodeInconsistent, Span
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy

TOPICS = [number.to_bytes(32, "big") for number in (1, 2, 3)]
ERROR = {"result": None, "error": {"code": -32000, "message": "header not found"}}


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node() as running:
        yield running


@pytest.fixture(scope="module")
def bell(node: Node) -> str:
    """A contract that tells an event whose topic is what it is called with; it was rung three times."""
    sender = Sender(Connection(node.rpc_url), dev_account(0))
    creation = bytes.fromhex("65" + "5f355f5fa100" + "5f526006601af3")
    created = sender.send(Call(None, creation, "Bell", "constructor")).created
    assert created is not None
    for topic in TOPICS:
        sender.send(Call(created, topic, "Bell", "ring"))
    return created


@pytest.fixture
def proxy(node: Node) -> Iterator[FaultProxy]:
    with FaultProxy(node.rpc_url) as running:
        yield running


def fetcher(proxy: FaultProxy, bell: str, check: str = "bloom") -> Fetcher:
    topics = frozenset("0x" + topic.hex() for topic in TOPICS)
    source = Source("Bell", bell.lower(), topics)
    return Fetcher(Connection(proxy.url, pause=0.005), [source], check, sleep=lambda _: None)


def read(proxy: FaultProxy, bell: str, check: str = "bloom") -> Span:
    return fetcher(proxy, bell, check).span(0, 4, None)


def told(span: Span) -> list[bytes]:
    return [log.topics for log in span.logs]


def says(answer: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda _: answer


def without_first(entry: Any) -> dict[str, Any]:
    return {"result": entry["result"][1:]}


def test_a_good_node_is_asked_once(proxy: FaultProxy, bell: str) -> None:
    span = read(proxy, bell)
    assert told(span) == TOPICS and (span.found, span.dropped) == (0, 0)
    assert proxy.count("eth_getLogs") == 1 and len(span.heads) == 5


# ---------------------------------------------------------------- heads


def test_an_error_among_the_heads_is_the_nodes_own(proxy: FaultProxy, bell: str) -> None:
    proxy.next("eth_getBlockByNumber", says(ERROR))
    with pytest.raises(RpcError, match="header not found"):
        fetcher(proxy, bell).heads([0, 1])


def test_another_block_than_the_one_asked_for_is_not_taken(node: Node, proxy: FaultProxy, bell: str) -> None:
    other = Connection(node.rpc_url).call("eth_getBlockByNumber", "0x1", False)
    proxy.next("eth_getBlockByNumber", says({"result": other}))
    with pytest.raises(NodeInconsistent, match="The node gave block 1 for 3"):
        fetcher(proxy, bell).heads([3])


def test_N16_a_block_that_a_node_does_not_have_yet_is_waited_for(proxy: FaultProxy, bell: str) -> None:
    proxy.next("eth_getBlockByNumber", *[says({"result": None})] * 5)
    assert told(read(proxy, bell)) == TOPICS
    proxy.always(Kind.CHANGED, "eth_getBlockByNumber", change=says({"result": None}))
    with pytest.raises(NodeBehind, match="no block 0") as caught:
        read(proxy, bell)
    assert "try again later" in caught.value.hint


# ---------------------------------------------------------------- spans


@pytest.mark.parametrize("nonsense", [{"result": 7}, {"result": [{}]}, {"result": None}])
def test_N4_an_answer_that_is_no_list_of_logs_is_asked_for_again(
    nonsense: dict[str, Any], proxy: FaultProxy, bell: str
) -> None:
    proxy.next("eth_getLogs", *[says(nonsense)] * 3)
    assert told(read(proxy, bell)) == TOPICS
    proxy.always(Kind.CHANGED, "eth_getLogs", change=says(nonsense))
    with pytest.raises(NodeInconsistent, match="an answer is no list of logs or no block"):
        read(proxy, bell)


def test_N12_a_log_that_comes_twice_and_not_the_same_is_not_believed(proxy: FaultProxy, bell: str) -> None:
    def forged(entry: Any) -> dict[str, Any]:
        first = entry["result"][0]
        return {"result": [first, {**first, "data": "0x01"}, *entry["result"][1:]]}

    proxy.next("eth_getLogs", forged)
    assert told(read(proxy, bell)) == TOPICS
    proxy.always(Kind.CHANGED, "eth_getLogs", change=forged)
    with pytest.raises(NodeInconsistent, match="came twice, and not the same"):
        read(proxy, bell)


def test_N13_very_many_logs_make_the_next_span_shorter_and_some_leave_it(
    proxy: FaultProxy, bell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    for many in (2, 5, 7):
        monkeypatch.setattr(fetch, "_MANY", many)
        reader = fetcher(proxy, bell)
        reader.span(0, 4, None)
        sizes.append(reader.size)
    assert sizes == [500, 1_000, 1_000]
    monkeypatch.setattr(fetch, "_MANY", 8)
    reader = fetcher(proxy, bell)
    reader.span(0, 4, None)
    assert reader.size == 2_000


# ---------------------------------------------------------------- asked again


def test_N11_a_block_that_the_node_does_not_know_by_its_hash_is_torn_off(
    proxy: FaultProxy, bell: str
) -> None:
    proxy.next("eth_getLogs", without_first, says(ERROR))
    span = read(proxy, bell)
    assert told(span) == TOPICS and proxy.count("eth_getLogs") == 3
    proxy.clear()
    proxy.always(Kind.CHANGED, "eth_getLogs", change=lambda entry: ERROR if len(entry["result"]) < 2 else
                 without_first(entry))  # fmt: skip
    with pytest.raises(NodeInconsistent, match="does not know block 2 by its hash: header not found"):
        read(proxy, bell)


def test_N12_receipts_are_asked_for_one_by_one_where_a_node_does_not_give_them_together(
    proxy: FaultProxy, bell: str
) -> None:
    proxy.always(Kind.CHANGED, "eth_getBlockReceipts", change=says(ERROR))
    proxy.next("eth_getLogs", without_first)
    span = read(proxy, bell, "receipts")
    assert told(span) == TOPICS and span.found == 1
    assert proxy.count("eth_getTransactionReceipt") == 3


@pytest.mark.parametrize(
    ("method", "together", "words"),
    [
        ("eth_getBlockReceipts", True, "the node has no receipts of block"),
        ("eth_getBlockByHash", False, "the node has no block . any more"),
        ("eth_getTransactionReceipt", False, "a receipt of block . is missing"),
    ],
)
def test_N12_what_is_missing_of_the_proof_is_asked_for_again_and_then_named(
    method: str, together: bool, words: str, proxy: FaultProxy, bell: str
) -> None:
    if not together:
        proxy.always(Kind.CHANGED, "eth_getBlockReceipts", change=says(ERROR))
    proxy.next(method, says({"result": None}))
    assert told(read(proxy, bell, "receipts")) == TOPICS
    assert proxy.count("eth_getLogs") == 2
    proxy.always(Kind.CHANGED, method, change=says({"result": None}))
    with pytest.raises(NodeInconsistent, match=words):
        read(proxy, bell, "receipts")
