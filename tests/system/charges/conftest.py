"""The town of charges_world.py on a node of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commonhold.chain.node import Node
from tests.system.charges.charges_world import NOON, World
from tests.system.command import Run


@pytest.fixture
def node() -> Iterator[Node]:
    with Node(timestamp=NOON) as running:
        yield running


@pytest.fixture
def run(
    node: Node, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """The command in an empty folder that names the node."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
    return Run(capsys, monkeypatch)


@pytest.fixture
def world(node: Node, run: Run, tmp_path: Path) -> World:
    return World(node, tmp_path, run)
