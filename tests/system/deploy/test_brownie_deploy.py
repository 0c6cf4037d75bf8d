"""scripts/deploy.py, as `brownie run` and `brownie console` call it: local networks, a word about others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.ops.manifest import FILE, read
from tools.environment import ROOT

CODE = """
import sys
from brownie import network
network.web3.connect(sys.argv[1])
from scripts.deploy import main
deployment = main(sys.argv[2])
print("returned", deployment.chain_id)
"""


def _run(home: Path, rpc: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The script with the real brownie, whose files stay in `home`."""
    return subprocess.run(
        [sys.executable, "-c", CODE, rpc, str(folder)],
        cwd=ROOT,
        env={**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_local_network_is_deployed_to_and_a_live_one_is_left_alone(tmp_path: Path) -> None:
    pytest.importorskip("brownie")
    folder = tmp_path / "local"
    with Node() as node:
        for _ in range(2):  # a second time begins anew
            done = _run(tmp_path, node.rpc_url, folder)
            assert done.returncode == 0, done.stderr
            assert "LeaseAgreement" in done.stdout and "returned 31337" in done.stdout
            read(folder).verify(Connection(node.rpc_url))
    before = (folder / FILE).read_bytes()
    with Node(chain_id=11155111) as live:
        refused = _run(tmp_path, live.rpc_url, folder)
        assert refused.returncode == 1 and "Traceback" not in refused.stderr
        assert "chain 11155111, a live network: nothing was sent" in refused.stderr
        assert "commonhold deploy --network" in refused.stderr
        assert Connection(live.rpc_url).block_number() == 0
    assert (folder / FILE).read_bytes() == before, "the manifest of another chain is left alone"
