"""What is read from the index is what is read from the node: plans, exports, statements.

Branches: settle list, with nothing due in some leases, for all · an index that is behind, one whose block was
replaced, an index that is wrong · exports and statements from the index, up to its block and not beyond.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from commonhold import cli
from commonhold.chain.node import Node
from commonhold.errors import ChainError, TwinError
from commonhold.index import Index, open_index, tables
from commonhold.ops.planning import plan, preview_planned
from commonhold.ops.settle import IDLE, preview
from tests.audit_story import tell
from tests.faults.chainfaults import reorg, set_back
from tests.package.ops.town import Town
from tests.system.exports.exports_world import BEGIN

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Node(timestamp=BEGIN) as node:
        built = Town.build(node.rpc_url)
        tell(built)
        yield built


@pytest.fixture
def index(town: Town, tmp_path: Path) -> Iterator[Index]:
    with open_index(f"sqlite:///{tmp_path}/index.sqlite", town.deployment) as opened:
        opened.update(town.connection)
        yield opened


@pytest.fixture
def run(
    town: Town,
    index: Index,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    monkeypatch.chdir(tmp_path)
    settings = (
        f'[network]\nrpc = "{town.connection.url}"\n[index]\nurl = "sqlite:///{tmp_path}/index.sqlite"\n'
    )
    (tmp_path / "commonhold.toml").write_text(settings)
    town.deployment.write(tmp_path / "deployments" / "local")

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["commonhold", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def test_the_index_plans_what_the_contract_previews(town: Town, index: Index) -> None:
    everything = preview(town.suite, every=True)
    at, found, rows = preview_planned(town.suite, index)
    assert at.block == town.connection.block_number()
    assert found.leases == len(everything) == 5
    busy = [row for row in everything if row.code not in IDLE]
    assert rows == busy and [row.lease for row in found.rows] == [row.lease for row in busy]
    assert 0 < len(busy) < 5
    _, _, every = preview_planned(town.suite, index, every=True)
    assert every == everything


def test_some_days_ahead_more_is_due_than_now(town: Town, index: Index) -> None:
    today = town.today
    now, later = plan(index.lease_figures(), today), plan(index.lease_figures(), today + 40)
    assert later.principal > now.principal > 0 and later.late_fees > now.late_fees


def test_the_command_plans_from_the_index_and_names_its_block(run: Run, town: Town) -> None:
    code, told, _ = run("settle", "list", "--index", "--json")
    _, asked, _ = run("settle", "list", "--json")
    found = json.loads(told)
    assert code == 0 and found["rows"] == json.loads(asked)["rows"]
    assert found["block_hash"] == town.connection.block().hash and found["plan"]["leases"] == 5
    assert run("settle", "list", "--index", "1")[0] == 2


def test_a_wrong_figure_of_the_index_is_named_and_nothing_shown(town: Town, index: Index) -> None:
    lease = plan(index.lease_figures(), town.today).rows[0].lease
    accounts = tables.lease_accounts
    with index.database.writing() as connection:
        connection.execute(
            update(accounts).where(accounts.c.lease == lease).values(settled=accounts.c.settled - 1)
        )
    with pytest.raises(TwinError, match=f"Lease {lease} at block"):
        preview_planned(town.suite, index)


@pytest.mark.parametrize(
    "what",
    [
        ("export", "ledger", "--format", "json"),
        ("export", "arrears"),
        ("export", "balances", "--to", "2026-02-15"),
        ("statement", "--party", "7", "--month", "2026-03", "--json"),
        ("statement", "--unit", "2", "--json"),
    ],
)
def test_exports_and_statements_from_the_index_are_those_from_the_node(
    run: Run, what: tuple[str, ...]
) -> None:
    code, kept, _ = run(*what, "--index")
    assert code == 0
    assert run(*what) == (0, kept, run(*what)[2])


def test_an_index_that_is_behind_shows_its_own_block_and_none_beyond(
    town: Town, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "index.sqlite").unlink()
    behind = town.connection.block_number() - 30
    with open_index(f"sqlite:///{tmp_path}/index.sqlite", town.deployment) as opened:
        opened.update(town.connection, until=behind)
    code, told, _ = run("export", "balances", "--format", "json", "--index")
    document = json.loads(told)
    assert code == 0 and (document["block"], document["confirmations"]) == (behind, 30)
    code, _, said = run("export", "balances", "--index", "--at", str(behind + 1))
    assert code == 2 and "commonhold index update" in said


def test_an_index_whose_block_was_replaced_is_brought_on_first_N11(
    town: Town, index: Index, run: Run
) -> None:
    with set_back(town.connection):
        town.fund(town.account().address, 1)  # a block with a transaction, which the other chain lacks
        index.update(town.connection)
        reorg(town.connection, 1)
        with pytest.raises(ChainError, match="which the node does not have"):
            preview_planned(town.suite, index)
        assert run("export", "leases", "--index")[0] == 4
        index.update(town.connection)
        assert run("export", "leases", "--index")[0] == 0
