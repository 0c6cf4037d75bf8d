"""`commonhold chain up`: prints its address, keeps its state, stops on a signal, refuses a port in use."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from commonhold.chain.connect import Connection, NodeUnreachable
from commonhold.chain.node import Node, free_port
from commonhold.ops.deploy import deploy_local
from tools.environment import ROOT


def _up(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "commonhold.cli", "chain", "up", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_chain_is_kept_over_restarts(tmp_path: Path, ending: signal.Signals) -> None:
    port = str(free_port())
    first = _up(tmp_path, "--port", port, "--state", "chain.json")
    address = _address(first)
    assert address == f"http://127.0.0.1:{port}"
    deployment = deploy_local(address)
    first.send_signal(ending)
    assert first.wait(60) == 0
    assert "kept in chain.json" in first.communicate()[1]
    with pytest.raises(NodeUnreachable):
        Connection(address, tries=1).call("eth_chainId")
    second = _up(tmp_path, "--port", port, "--state", "chain.json")
    deployment.verify(Connection(_address(second)))
    second.send_signal(signal.SIGINT)
    assert second.wait(60) == 0


def test_a_port_in_use_is_told_with_a_way_out(tmp_path: Path) -> None:
    with Node() as node:
        process = _up(tmp_path, "--port", str(node.port))
        assert process.wait(60) == 3
        assert "--port" in process.communicate()[1]
