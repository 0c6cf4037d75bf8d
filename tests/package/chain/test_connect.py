"""Connection: single questions, arrays, and a network that loses, delays and garbles.

Branches: answer · node's error · lost request, lost answer, 429, 503, garbage, cut off, wrong id (each then a
good answer) · never a good answer · array longer than one request · error inside an array · answers in
another order · address of the node shown without secrets · no http address · revert data in every wording.
"""

import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from commonhold.chain.connect import (
    BATCH,
    Connection,
    NodeUnreachable,
    RpcError,
    _is_rpc,
    _match,
    shown_url,
)
from commonhold.errors import ChainError
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy

FAULTS = (
    Kind.LOST_REQUEST,
    Kind.LOST_ANSWER,
    Kind.BUSY_BEFORE,
    Kind.BUSY_AFTER,
    Kind.GARBAGE,
    Kind.TRUNCATED,
    Kind.WRONG_ID,
)


def test_a_question_gets_its_answer_and_the_chain_is_recognised(connection: Connection) -> None:
    assert connection.call("eth_chainId") == "0x7a69"
    assert connection.chain_id == 31337
    assert connection.is_local
    assert connection.genesis_hash == connection.call("eth_getBlockByNumber", "0x0", False)["hash"]


@pytest.mark.parametrize("fault", FAULTS)
def test_N1_N2_N3_N4_a_fault_of_the_network_is_met_by_asking_again(faulty: FaultProxy, fault: str) -> None:
    connection = Connection(faulty.url, pause=0.01)
    faulty.next("eth_blockNumber", fault, fault)
    assert connection.block_number() >= 0
    assert faulty.count("eth_blockNumber") == 3


@pytest.mark.parametrize("fault", FAULTS)
def test_N1_N3_N4_the_same_for_arrays(faulty: FaultProxy, fault: str) -> None:
    connection = Connection(faulty.url, pause=0.01)
    faulty.next("eth_getBalance", fault)
    answers = connection.batch([("eth_getBalance", ("0x" + "00" * 20, "latest"))] * 3)
    assert answers == ["0x0"] * 3


def test_after_all_tries_the_error_says_where_and_what_to_do(faulty: FaultProxy) -> None:
    connection = Connection(faulty.url, pause=0.01, tries=3)
    faulty.next("eth_chainId", *[Kind.GARBAGE] * 3)
    with pytest.raises(NodeUnreachable) as caught:
        connection.call("eth_chainId")
    assert faulty.url in caught.value.message
    assert "not JSON" in caught.value.message
    assert "commonhold chain up" in caught.value.hint


def test_nobody_listens() -> None:
    connection = Connection("http://127.0.0.1:9", pause=0.01, tries=2)
    with pytest.raises(NodeUnreachable, match="after 2 tries"):
        connection.call("eth_chainId")


def test_an_error_of_the_node_is_not_asked_again(faulty: FaultProxy) -> None:
    connection = Connection(faulty.url, pause=0.01)
    with pytest.raises(RpcError, match="Method not found"):
        connection.call("eth_nonsense")
    assert faulty.count("eth_nonsense") == 1


def test_an_array_is_split_and_keeps_its_order_and_its_errors(faulty: FaultProxy) -> None:
    connection = Connection(faulty.url)
    questions: list[tuple[str, tuple[object, ...]]] = [
        ("eth_getBlockByNumber", (hex(number % 2 * 10**6), False)) for number in range(BATCH + 5)
    ]
    questions[7] = ("eth_nonsense", ())
    answers = connection.batch(questions)
    assert [len(methods) for methods in faulty.requests] == [BATCH, 5]
    assert isinstance(answers[7], RpcError)
    assert answers[8] is not None and answers[8]["number"] == "0x0"
    assert answers[9] is None
    assert len(answers) == BATCH + 5


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@node.example/v2/key123?token=abc", "https://node.example/…"),
        ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
        ("http://[::1]:8545/", "http://[::1]:8545"),
    ],
)
def test_K2_a_shown_address_hides_what_may_be_a_key(url: str, shown: str) -> None:
    assert shown_url(url) == shown
    assert "secret" not in repr(Connection(url)) and "key123" not in repr(Connection(url))


def test_W4_only_http_addresses_are_taken() -> None:
    with pytest.raises(NodeUnreachable, match="no address of a node"):
        Connection("file:///etc/passwd")


@pytest.mark.parametrize(
    ("error", "data"),
    [
        (RpcError(3, "execution reverted", "0x1234"), b"\x12\x34"),
        (RpcError(-32000, "VM Exception while processing transaction: revert", {"data": "0xab"}), b"\xab"),
        (RpcError(-32015, "VM execution error.", "Reverted 0xcd"), b"\xcd"),
        (RpcError(-32000, "execution reverted"), b""),
        (
            RpcError(-32000, "VM Exception", {"0x12": {"error": "revert", "data": "0xef"}, "name": "e"}),
            b"\xef",
        ),
        (RpcError(-32000, "revert", {"0x12": {"program_counter": 7}}), b""),
        (RpcError(3, "execution reverted", "out of words"), b""),
        (RpcError(-32000, "insufficient funds"), None),
        (RpcError(-32602, "invalid argument", "0xzz"), None),
    ],
)
def test_a_revert_is_recognised_however_the_node_words_it(error: RpcError, data: bytes | None) -> None:
    assert error.revert_data == data


def test_heads_codes_and_balances_are_read_as_numbers_and_bytes(connection: Connection) -> None:
    head = connection.block()
    assert connection.block(head.number).hash == head.hash and head.gas_limit > 10**7
    nobody = "0x" + "00" * 20
    assert connection.code(nobody) == b"" and connection.codes([nobody]) == [b""]
    assert connection.balance(nobody) >= 0 and connection.w3.eth.chain_id == 31337
    assert connection.unlocked()[0] == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    with pytest.raises(ChainError, match="no block"):
        connection.block(10**9)


def test_a_node_without_its_first_block_is_refused(faulty: FaultProxy) -> None:
    faulty.next("eth_getBlockByNumber", lambda _: {"result": None})
    with pytest.raises(ChainError, match="does not give block 0") as caught:
        assert Connection(faulty.url).genesis_hash
    assert "full node" in caught.value.hint


def test_an_error_among_codes_is_raised(faulty: FaultProxy) -> None:
    faulty.next("eth_getCode", lambda _: {"error": {"code": -32000, "message": "missing trie node"}})
    with pytest.raises(RpcError, match="missing trie node"):
        Connection(faulty.url).codes(["0x" + "00" * 20])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"5", "no JSON-RPC message"),
        (b'{"id": null, "error": {"code": -32600, "message": "batch too large"}}', "batch too large"),
        (b'[{"id": 1}]', "another question"),
        (b"[5]", "another question"),
    ],
)
def test_N4_answers_that_fit_no_question_are_told_apart(content: bytes, words: str) -> None:
    answer = _match(content, [1])
    assert isinstance(answer, str) and words in answer


def test_N3_an_error_under_an_http_error_status_is_the_nodes_answer(connection: Connection) -> None:
    assert _is_rpc(b'{"jsonrpc": "2.0", "id": 1, "error": {}}') and _is_rpc(b"[]")
    assert not _is_rpc(b"service unavailable") and not _is_rpc(b"{}")


def test_a_slow_node_is_told_as_slow(faulty: FaultProxy) -> None:
    faulty.next("eth_chainId", lambda _: (time.sleep(0.4), {})[1])
    with pytest.raises(NodeUnreachable, match="did not answer in time"):
        Connection(faulty.url, timeout=0.1, tries=1).call("eth_chainId")


def test_N4_an_answer_that_cannot_be_unpacked_is_told_by_its_kind() -> None:
    class Packed(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"none")

    server = HTTPServer(("127.0.0.1", 0), Packed)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        with pytest.raises(NodeUnreachable, match="after 2 tries: ContentDecodingError"):
            Connection(f"http://127.0.0.1:{server.server_address[1]}", pause=0.01, tries=2).call(
                "eth_chainId"
            )
    finally:
        server.shutdown()
        server.server_close()
