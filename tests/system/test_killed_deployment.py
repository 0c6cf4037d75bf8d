"""A deployment continues with the same addresses after its process is killed (-9), or its node."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node, free_port
from commonhold.chain.signing import dev_account
from commonhold.ops.deploy import local_parameters
from commonhold.ops.manifest import read
from commonhold.ops.plan import make_plan

COMMAND = [sys.executable, "-m", "commonhold.cli", "deploy"]


@pytest.fixture
def node() -> Iterator[Node]:
    with Node() as running:
        yield running


def _begin(folder: Path, rpc: str) -> subprocess.Popen[bytes]:
    (folder / "commonhold.toml").write_text(f'[network]\nrpc = "{rpc}"\n')
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        COMMAND,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _journal(folder: Path) -> str:
    path = folder / "deployments" / "local" / "journal.jsonl"
    return path.read_text() if path.is_file() else ""


def _wait_for(folder: Path, signed: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while _journal(folder).count('"kind":"signed"') < signed:
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.002)


@pytest.mark.parametrize("signed", [1, 9, 25])
def test_N6_the_client_killed_at_any_moment_continues(node: Node, tmp_path: Path, signed: int) -> None:
    connection = Connection(node.rpc_url)
    plan = make_plan(connection, local_parameters(), dev_account(0).address, 0)
    process = _begin(tmp_path, node.rpc_url)
    _wait_for(tmp_path, signed, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "deployments" / "local" / "manifest.json").exists()
    second = _begin(tmp_path, node.rpc_url)
    assert second.wait(120) == 0, second.stderr and second.stderr.read()
    deployment = read(tmp_path / "deployments" / "local")
    assert deployment.addresses == plan.addresses and deployment.pending == []
    assert connection.nonce(dev_account(0).address) == len(plan.steps) + 1


def test_N5_the_node_killed_in_the_middle_continues_where_its_state_ended(tmp_path: Path) -> None:
    port, state = free_port(), tmp_path / "chain.json"
    with Node(port=port, state=state) as node:
        connection = Connection(node.rpc_url)
        plan = make_plan(connection, local_parameters(), dev_account(0).address, 0)
        process = _begin(tmp_path, node.rpc_url)
        _wait_for(tmp_path, 12, process)
    assert process.wait(120) == 4
    assert process.stderr is not None and b"No usable answer" in process.stderr.read()
    with Node(port=port, state=state) as node:
        second = _begin(tmp_path, node.rpc_url)
        assert second.wait(120) == 0, second.stderr and second.stderr.read()
        deployment = read(tmp_path / "deployments" / "local")
        assert deployment.addresses == plan.addresses
        deployment.verify(Connection(node.rpc_url))
