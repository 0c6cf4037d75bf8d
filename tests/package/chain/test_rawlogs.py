"""Raw logs as plain values, and views asked many at once: against a node that leaves things out.

read ── numbers below nothing, lists, structs, texts · a log without topics, of another contract, cut off
stream ── times that the node leaves out · a block that is gone meanwhile · a node that gives no logs at all
first block ── found by halving · a node without old states
views ── together, and one by one where the node will have none of that: the same answers
"""

from typing import Any

import pytest
from eth_abi.abi import encode

from commonhold.chain.call import Call
from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.rawlogs import LogReader, LogsDamaged, Spoken, events_of, first_block, stream
from commonhold.chain.rawviews import Question, ask, call_data
from commonhold.chain.send import Sender
from commonhold.chain.signing import dev_account
from commonhold.errors import ChainError
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy

HERE = "0x" + "ab" * 20
OTHER = "0x" + "cd" * 20
IDENTITY = "0x" + "00" * 19 + "04"  # a contract of every chain that answers with what it is asked
MOVED: dict[str, Any] = {
    "type": "event",
    "name": "Moved",
    "inputs": [
        {"name": "by", "type": "int128", "indexed": True},
        {"name": "steps", "type": "int64[]", "indexed": False},
        {"name": "note", "type": "string", "indexed": False},
        {"name": "pair", "type": "uint8[2]", "indexed": False},
        {
            "name": "place",
            "type": "tuple",
            "indexed": False,
            "components": [{"name": "who", "type": "address"}, {"name": "what", "type": "bytes32"}],
        },
    ],
}
(TOPIC,) = events_of([MOVED])
STATE = {"code": -32000, "message": "missing trie node"}


def raw(**changes: Any) -> dict[str, Any]:
    data = encode(
        ["int64[]", "string", "uint8[2]", "(address,bytes32)"],
        [[-7, 8], "a note", [1, 2], (OTHER, b"\x05" * 32)],
    )
    found = {
        "address": HERE,
        "topics": [TOPIC, "0x" + (-3 & 2**256 - 1).to_bytes(32, "big").hex()],
        "data": "0x" + data.hex(),
        "blockNumber": "0x10",
        "logIndex": "0x2",
        "transactionHash": "0x" + "77" * 32,
    }
    return {**found, **changes}


@pytest.fixture
def reader() -> LogReader:
    return LogReader({}, [Spoken("Gauge@1", HERE, [MOVED])])


def test_every_kind_of_value_is_read_by_the_abi_alone(reader: LogReader) -> None:
    log = reader.read(raw(), 99)
    assert log is not None
    assert (log.contract, log.event, log.block, log.time, log.place) == ("Gauge@1", "Moved", 16, 99, 2)
    assert log.values == (-3, (-7, 8), None, (1, 2), (OTHER, "0x" + "05" * 32))
    packed = bytes.fromhex("".join(topic[2:] for topic in raw()["topics"]))
    again = reader.unpack(HERE, packed, bytes.fromhex(raw()["data"][2:]), 16, 99, log.transaction, 2)
    assert again == log


@pytest.mark.parametrize("changes", [{"topics": []}, {"address": OTHER}, {"topics": ["0x" + "01" * 32]}])
def test_what_no_contract_of_ours_tells_is_no_log(reader: LogReader, changes: dict[str, Any]) -> None:
    found = raw(**changes)
    assert reader.read(found, 0) is None
    packed = bytes.fromhex("".join(topic[2:] for topic in found["topics"]))
    assert reader.unpack(found["address"], packed, b"", 1, 0, "0x", 0) is None


@pytest.mark.parametrize("changes", [{"topics": [TOPIC]}, {"data": "0x" + "00" * 32}])
def test_a_log_that_is_cut_off_is_named_with_its_transaction(
    reader: LogReader, changes: dict[str, Any]
) -> None:
    with pytest.raises(LogsDamaged, match=r"Gauge@1: a log of Moved in 0x7777.* is cut off") as caught:
        reader.read(raw(**changes), 0)
    assert "another node" in caught.value.hint


# ---------------------------------------------------------------- from a node


@pytest.fixture
def bell(connection: Connection) -> str:
    """A contract that tells an event whose topic is what it is called with."""
    creation = bytes.fromhex("65" + "5f355f5fa100" + "5f526006601af3")
    created = Sender(connection, dev_account(8)).send(Call(None, creation, "Bell", "constructor")).created
    assert created is not None
    return created


def ring(connection: Connection, bell: str, times: int = 1) -> None:
    sender = Sender(connection, dev_account(8))
    for number in range(times):
        sender.send(Call(bell, (number + 1).to_bytes(32, "big"), "Bell", "ring"))


def timeless(entry: Any) -> dict[str, Any]:
    kept = [{name: log[name] for name in log if name != "blockTimestamp"} for log in entry["result"]]
    return {"result": kept}


def test_times_that_a_node_leaves_out_of_its_logs_are_those_of_the_blocks(
    connection: Connection, faulty: FaultProxy, bell: str
) -> None:
    ring(connection, bell, 3)
    last = connection.block_number()
    told = list(stream(connection, [bell], 0, last))
    faulty.next("eth_getLogs", timeless)
    found = list(stream(Connection(faulty.url), [bell], 0, last))
    assert faulty.met() == [Kind.CHANGED] and len(found) == 3
    times = [int(log["blockTimestamp"], 16) for log in found]
    assert times == [connection.block(int(log["blockNumber"], 16)).time for log in told]


@pytest.mark.parametrize(
    ("answer", "words"),
    [({"result": None}, "has no block 0x"), ({"result": None, "error": STATE}, "missing trie node")],
)
def test_N11_a_block_that_is_gone_before_its_time_is_read_ends_the_reading(
    connection: Connection, faulty: FaultProxy, bell: str, answer: dict[str, Any], words: str
) -> None:
    ring(connection, bell)
    faulty.next("eth_getLogs", timeless)
    faulty.next("eth_getBlockByNumber", lambda _: answer)
    with pytest.raises(ChainError, match=words):
        list(stream(Connection(faulty.url), [bell], 0, connection.block_number()))


def test_N13_a_node_that_gives_the_logs_of_no_block_at_all_is_not_asked_for_ever(
    connection: Connection, faulty: FaultProxy, bell: str
) -> None:
    faulty.always(Kind.RANGE_LIMIT, limit=0)
    with pytest.raises(RpcError, match="max block range 0"):
        list(stream(Connection(faulty.url), [bell], 0, connection.block_number()))
    assert faulty.count("eth_getLogs") == 6, "2000, 500, 125, 31, 7, 1 blocks, then no more"


def test_the_block_of_a_contract_is_found_by_halving(
    connection: Connection, faulty: FaultProxy, bell: str
) -> None:
    created = next(
        number for number in range(connection.block_number() + 1)
        if connection.call("eth_getCode", bell, hex(number)) != "0x"
    )  # fmt: skip
    connection.call("anvil_mine", "0x9")
    last = connection.block_number()
    assert first_block(connection, bell, last) == created
    for otherwise in (0, created):  # a node without old states: from the start, or what the caller knows
        faulty.next("eth_getCode", lambda _: {"result": None, "error": STATE})
        assert first_block(Connection(faulty.url), bell, last, otherwise) == otherwise


# ---------------------------------------------------------------- views


def view(contract: str, number: int) -> Question:
    return Question(contract, "balanceOf", (number,), str(number), ("balance",), (0,))


def test_views_are_answered_alike_where_a_node_will_have_none_of_the_program(
    connection: Connection, faulty: FaultProxy, echo: str
) -> None:
    addresses = {"CommunityToken": IDENTITY, "Reserve": echo}
    questions = [view("CommunityToken", 5), Question("Reserve", "token", (), "x", ("y",), (0,))]
    head = connection.block_number()
    together = [answer for _, answer in ask(connection, addresses, questions, head)]
    assert together[0] == call_data(questions[0]) and together[1].startswith("refused ")
    faulty.next("eth_call", lambda _: {"result": "0x", "error": None})
    through = Connection(faulty.url)
    assert [answer for _, answer in ask(through, addresses, questions, head)] == together
    assert faulty.count("eth_call") == 3


def test_a_node_without_the_state_is_no_contract_that_refuses(
    connection: Connection, faulty: FaultProxy, echo: str
) -> None:
    gone = {"result": None, "error": STATE}
    faulty.next("eth_call", lambda _: gone, lambda _: gone)
    with pytest.raises(RpcError, match="missing trie node"):
        list(ask(Connection(faulty.url), {"Reserve": echo}, [view("CommunityToken", 5)._replace(
            contract="Reserve", function="token", arguments=()
        )], connection.block_number()))  # fmt: skip
