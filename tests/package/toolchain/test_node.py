"""commonhold/chain/node.py: a chain starts on a free port, is what was asked for, and ends with its owner.

Branches: Anvil and Ganache · state over a restart · genesis time · gas limit · fixed port taken by another
chain · the program ends at once · stop twice · the owner is killed · not started.
"""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from web3 import Web3

from commonhold.chain.node import CHAIN_IDS, GAS_LIMIT, Kind, Node, NodeError

MOMENT = 1_767_225_600  # 2026-01-01 [unix]


def connect(node: Node) -> Web3:
    return Web3(Web3.HTTPProvider(node.rpc_url))


def alive(pid: int) -> bool:
    """Running, and not only waiting to be collected by its parent."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("kind", ["anvil", "ganache"])
def test_the_chain_is_what_was_asked_for(kind: Kind) -> None:
    with Node(kind, timestamp=MOMENT, accounts=3) as node:
        w3 = connect(node)
        assert w3.eth.chain_id == CHAIN_IDS[kind]
        assert w3.eth.get_block(0)["timestamp"] == MOMENT
        assert w3.eth.get_block("latest")["gasLimit"] == GAS_LIMIT
        assert w3.eth.accounts[0] == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
        assert len(w3.eth.accounts) == 3
        pid = node.pid
    assert not alive(pid)


def test_two_chains_live_side_by_side() -> None:
    with Node() as one, Node() as other:
        assert one.port != other.port and one.pid != other.pid


def test_the_state_outlives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "chain.json"
    with Node(state=state) as node:
        connect(node).provider.make_request("anvil_mine", [3])  # type: ignore[arg-type]
    with Node(state=state) as node:
        assert connect(node).eth.block_number == 3


def test_a_port_with_another_chain_on_it_is_refused() -> None:
    with Node() as node, pytest.raises(NodeError, match=f"already answers on 127.0.0.1:{node.port}"):
        Node(port=node.port).start()


def test_a_program_that_ends_at_once_is_reported_with_its_words() -> None:
    with pytest.raises(NodeError, match=r"(?s)ended with code 2.*--no-such-option"):
        Node(options=("--no-such-option",)).start()


def test_stopping_twice_and_asking_a_stopped_node() -> None:
    node = Node().start()
    node.stop()
    node.stop()
    assert not node.running
    with pytest.raises(NodeError, match=r"call start\(\) first"):
        _ = node.rpc_url


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_node_ends_when_its_owner_is_killed() -> None:
    program = (
        "import os; from commonhold.chain.node import Node; "
        "print(Node().start().pid, flush=True); os.kill(os.getpid(), 9)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    pid = int(answer.stdout)
    end = time.monotonic() + 10
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(pid)
