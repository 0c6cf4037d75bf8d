"""The town of charges_world.py on a node of its own; the homes of fees_world.py, anew for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commonhold.chain.node import Node
from tests.system.bank.bank_world import BankWorld
from tests.system.charges.charges_world import NOON, World
from tests.system.charges.fees_world import charged
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


@pytest.fixture(scope="module")
def fees_built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankWorld]:
    with charged(tmp_path_factory.mktemp("fees")) as world:
        yield world


@pytest.fixture
def fees(fees_built: BankWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[BankWorld]:
    monkeypatch.setattr("commonhold.present.out._width", 200)  # the console is older than the test
    with fees_built.fresh():
        yield fees_built
