"""The community of credit_town.py, deployed by the command and put back after each test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonhold import cli
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.ops.manifest import read
from tests.faults.chainfaults import set_back
from tests.package.ops.town import Town
from tests.system.credit.credit_town import Run, tell


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node() as running:
        yield running


@pytest.fixture
def run(
    node: Node, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    """Party 1 paid 24 rents and 24 fees in time, party 2 nothing."""
    connection = Connection(node.rpc_url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("commonhold.present.out._width", 200)  # the console is older than this test
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
    with set_back(connection):
        monkeypatch.setattr(sys, "argv", ["commonhold", "deploy"])
        with pytest.raises(SystemExit):
            cli.main()
        deployment = read(tmp_path / "deployments" / "local")
        town = Town(connection, deployment, deployment.suite(connection))
        tell(town)
        capsys.readouterr()
        yield Run(tmp_path, capsys, monkeypatch, town)
