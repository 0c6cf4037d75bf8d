"""`commonhold index` and `commonhold audit --index` on a real node.

Branches: update (reorganised, behind, logs left out), status (node there, node away, blocks to read), verify
(right, wrong, without a node), rebuild (all, tables alone), confirmations, an empty index, JSON of each · the
audit from the index, with options that exclude it · following until a signal, through an absence of the node
· passwords in the settings and in the secret ones.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from commonhold import cli
from commonhold.errors import SettingsError
from commonhold.index import open_index
from commonhold.index.database import Database
from commonhold.settings import load_settings
from tests.faults.chainfaults import reorg
from tests.faults.processes import environment
from tests.faults.proxy import Fault, FaultProxy, Kind
from tests.package.ops.town import Town

Answer = tuple[int, str, str]  # exit code, standard output, standard error
Run = Callable[..., Answer]


@pytest.fixture
def run(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """The command in a folder that has only the manifest and the node's address."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{town.connection.url}"\n')
    town.deployment.write(tmp_path / "deployments" / "local")

    def call(*arguments: str) -> Answer:
        monkeypatch.setattr("sys.argv", ["commonhold", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def test_update_says_what_was_read_and_where_the_index_is(run: Run, town: Town) -> None:
    head = town.connection.block()
    code, shown, told = run("index", "update")
    assert (code, shown) == (0, "")
    assert f"The index is at block {head.number} ({head.hash}), 0 on top of it" in told.replace("\n", " ")
    code, shown, _ = run("index", "update", "--json")
    assert code == 0 and json.loads(shown)["logs"] == 0
    assert json.loads(shown)["at"]["block"] == head.number


def test_blocks_that_are_not_confirmed_are_not_read(run: Run, town: Town) -> None:
    head = town.connection.block_number()
    code, shown, _ = run("index", "update", "--confirmations", "7", "--json")
    assert code == 0 and json.loads(shown)["at"]["block"] == head - 7
    assert json.loads(shown)["at"]["confirmations"] == 7
    code, _, told = run("index", "rebuild", "--confirmations", str(head))
    assert code == 0 and "the index is empty" in told
    code, _, told = run("index", "status")
    assert code == 3 and "commonhold index update" in told


def test_status_counts_rows_and_does_without_a_node(run: Run, town: Town, tmp_path: Path) -> None:
    run("index", "update")
    code, shown, _ = run("index", "status", "--json")
    told = json.loads(shown)
    assert code == 0 and told["node"] == told["at"]["block"] == town.connection.block_number()
    assert told["rows"]["leases"] == town.suite.leases.lease_count()
    code, shown, words = run("index", "status", "--rpc", "http://127.0.0.1:1")
    assert code == 0 and "leases" in shown and "The node was not asked" in words


def test_verify_passes_or_names_what_is_wrong(run: Run, tmp_path: Path) -> None:
    run("index", "update")
    code, _, told = run("index", "verify")
    assert code == 0 and "The index is right" in told
    code, shown, _ = run("index", "verify", "--no-node", "--json")
    assert code == 0 and json.loads(shown)["ok"] and json.loads(shown)["logs"] == 0
    import sqlite3

    with sqlite3.connect(tmp_path / ".commonhold" / "index-local.sqlite") as file:
        file.execute("UPDATE lease_accounts SET settled = settled + 1 WHERE lease = 2")
    code, _, told = run("index", "verify")
    assert code == 8 and "LeaseAgreement, lease 2, index accounts" in told.replace("\n", " ")
    code, _, _ = run("index", "rebuild", "--tables")
    assert code == 0
    assert run("index", "verify")[0] == 0
    assert run("index", "rebuild")[0] == 0
    assert run("index", "verify")[0] == 0


def test_the_audit_reads_the_index(run: Run, town: Town) -> None:
    run("index", "update")
    code, shown, _ = run("audit", "--index", "--json")
    found = json.loads(shown)
    assert code == 0 and found["ok"] and found["block"] == town.connection.block_number()
    code, shown, _ = run("audit", "--json")
    assert json.loads(shown)["contracts"] == found["contracts"]
    code, _, told = run("audit", "--index", "--at", "5")
    assert code == 2 and "Leave out --at" in told


def test_following_goes_on_through_an_absence_and_stops_at_a_signal(
    run: Run, town: Town, tmp_path: Path
) -> None:
    with FaultProxy(town.connection.url) as proxy:
        command = [sys.executable, "-m", "commonhold.cli", "index", "follow", "--every", "0.05", "--json"]
        child = subprocess.Popen(
            [*command, "--rpc", proxy.url],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        first = json.loads(child.stdout.readline())
        assert first["at"]["block"] == town.connection.block_number()
        assert child.stderr is not None
        proxy.always(Kind.LOST_REQUEST)
        assert "No usable answer" in child.stderr.readline()
        town.fund(town.account().address, 5)
        proxy.clear()
        with Database(load_settings(tmp_path / "commonhold.toml").index).exclusive():
            while "Another process" not in (line := child.stderr.readline()):
                assert line, "it has ended"
        second = json.loads(child.stdout.readline())
        assert second["logs"] >= 1
        child.send_signal(signal.SIGTERM)
        _, told = child.communicate(timeout=30)
    assert child.returncode == 0 and "Stopped." in told
    assert run("index", "verify")[0] == 0


def test_what_a_reorganisation_took_and_a_node_left_out_is_said(run: Run, town: Town) -> None:
    run("index", "update")
    with FaultProxy(town.connection.url) as proxy:
        proxy.always(Kind.BLOCK_BACK, blocks=3)
        code, _, told = run("index", "update", "--rpc", proxy.url)
        assert code == 0 and "The node is behind the index; nothing was changed." in told
        proxy.clear()
        town.fund(town.account().address, 5)
        proxy.plan(Fault(Kind.MISSING_LOGS))
        code, _, told = run("index", "update", "--rpc", proxy.url)
        assert code == 0 and "1 logs were missing in the node's first answers, and were found." in told
    reorg(town.connection, 2)
    code, _, told = run("index", "update")
    assert code == 0 and "The chain was reorganised: 2 blocks were taken out." in told


def test_status_and_rebuild_say_how_far_node_and_index_are(run: Run, town: Town) -> None:
    head = town.connection.block_number()
    code, shown, _ = run("index", "rebuild", "--until", str(head - 3), "--json")
    assert code == 0 and json.loads(shown)["at"]["block"] == head - 3
    code, shown, told = run("index", "status")
    assert code == 0 and f"The node is at block {head}: 3 to read." in told
    leases = next(line for line in shown.splitlines() if line.startswith("leases"))
    assert int(leases.split()[1]) == town.suite.leases.lease_count()
    code, shown, _ = run("index", "rebuild", "--tables", "--json")
    assert code == 0 and json.loads(shown)["at"]["block"] == head - 3


def test_K2_a_password_has_no_place_in_the_public_settings(tmp_path: Path) -> None:
    public, secret = tmp_path / "commonhold.toml", tmp_path / "commonhold.secret.toml"
    public.write_text('[index]\nurl = "postgresql://me:hidden@127.0.0.1/x"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(public)
    assert "hidden" not in str(caught.value) and "commonhold.secret.toml" in str(caught.value)
    public.write_text('[index]\nurl = "sqlite:///kept/here.sqlite"\ncheck = "receipts"\ndepth = 7\n')
    found = load_settings(public)
    assert found.index == f"sqlite:///{tmp_path}/kept/here.sqlite"
    assert (found.index_check, found.index_depth) == ("receipts", 7)
    secret.write_text('[index]\nurl = "postgresql://me:hidden@127.0.0.1/x"\n')
    secret.chmod(0o600)
    found = load_settings(public)
    assert found.index == "postgresql://me:hidden@127.0.0.1/x" and "hidden" not in repr(found)
    public.write_text('[index]\ncheck = "hope"\n')
    with pytest.raises(SettingsError, match="bloom, receipts, none"):
        load_settings(public)


def test_a_table_of_an_index_may_be_read_while_it_is_written(town: Town, url: str) -> None:
    with open_index(url, town.deployment) as index, open_index(url, town.deployment) as other:
        index.update(town.connection)
        with other.database.reading() as reading:
            before = reading.execute(text("SELECT count(*) FROM logs")).scalar_one()
            town.fund(town.account().address, 5)
            assert index.update(town.connection).logs >= 1
            assert reading.execute(text("SELECT count(*) FROM logs")).scalar_one() == before
