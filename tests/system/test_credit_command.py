"""`commonhold credit show | explain | statement | verify` as typed: output, files and exit codes.

show, explain ── table and JSON, each language · too few records: no score anywhere · unknown party: 2
statement ── written, selective, signed by an officer · nobody's consent for a reader: 2 · not an officer: 6
verify ── without a node: 0 · altered: 6 · unknown signer: 6 · of another community: 2
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonhold import cli
from commonhold.chain.artifacts import load
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.ops.deploy import local_account
from commonhold.ops.manifest import read
from commonhold.rules.calendar import month_of
from commonhold.words import LANGUAGES
from tests.faults.chainfaults import set_back
from tests.package.ops.town import Town
from tests.system import command


class Run(command.Run):
    """The command, in an empty folder with a community of two people."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, town: Town
    ) -> None:
        super().__init__(capsys, monkeypatch)
        self.folder, self.town = folder, town


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
        _tell(town)
        capsys.readouterr()
        yield Run(tmp_path, capsys, monkeypatch, town)


def _tell(town: Town) -> None:
    """A reporter, two people, and what it reports of the first."""
    suite, admin = town.suite, town.sender("ADMIN")
    puppet = str(admin.send(Call(None, load("ReporterPuppet").creation_code([]), "R", "constructor")).created)
    call = suite.credit.register_reporter(puppet, 3)
    admin.send(suite.access.schedule(call))
    town.to_day(town.today + 3)
    admin.send(call)
    town.to_day(town.today + 3)
    ann, _ = town.people(2)
    town.send(ann.account, suite.parties.call("setCollectingConsent", True))
    month = month_of(town.today)
    for kind in (0, 1):
        items = [(month - age) << 32 | ann.party for age in range(24)]
        data = suite.credit.call("countOnTime", kind, items).data
        act = load("ReporterPuppet").function("act").encode([suite.credit.address, data])
        town.sender("MANAGER").send(Call(puppet, act, "R", "act"))


def test_a_credit_file_is_shown_with_its_reasons(run: Run) -> None:
    score = run.town.suite.formula.score_of(1).score
    out = run("credit", "show", 1)
    assert f"Credit score: {score} (excellent, 48 records)" in out
    assert "rent paid in time" in out and "+14.16" in out
    assert "needs the party's consent" in run.err
    for language in LANGUAGES:
        assert str(score) in run("credit", "show", 1, "--language", language)
        run("credit", "explain", 1, "--language", language)
    told = json.loads(run("credit", "show", 1, "--json"))
    assert told["score"]["value"] == score and len(told["reasons"]) == 48
    assert told == json.loads(run("credit", "explain", 1, "--json"))


def test_what_is_explained_adds_up(run: Run) -> None:
    score = run.town.suite.formula.score_of(1)
    out = run("credit", "explain", 1)
    assert f"good {score.good:,}  bad 0  (formula version 1)" in out
    assert f"= {score.score}" in out


def test_too_few_records_show_no_score(run: Run) -> None:
    out = run("credit", "show", 2)
    assert "too few records for a score (0 records)" in out and "575" not in out
    assert json.loads(run("credit", "show", 2, "--json"))["score"]["value"] is None
    run("credit", "show", 99, code=2)


def test_a_statement_is_made_and_checked_without_a_node(run: Run) -> None:
    out = run("credit", "statement", 1, "--only", "rent,score")
    assert "24 of 24 rents paid in time (in the 24 months to " in out
    (run.folder / "commonhold.toml").write_text('[network]\nrpc = "http://127.0.0.1:9"\n')
    run("credit", "verify", "credit.json")
    assert "Correct: signed by the officer" in run.err
    (run.folder / "deployments").rename(run.folder / "away")
    run("credit", "verify", "credit.json", code=6)
    assert "nobody here knows that address" in run.err
    officer = local_account("OFFICER").address
    told = json.loads(run("credit", "verify", "credit.json", "--issuer", officer, "--json"))
    assert told["claims"] == [{"what": "rent", "count": 24, "total": 24}] and told["known"]
    text = (run.folder / "credit.json").read_text()
    (run.folder / "credit.json").write_text(text.replace('"count": "24"', '"count": "23"', 1))
    run("credit", "verify", "credit.json", "--issuer", officer, code=6)


def test_a_statement_of_another_community_is_called_so(run: Run) -> None:
    run("credit", "statement", 1)
    manifest = next(run.folder.rglob("manifest.json"))
    address = run.town.suite.credit.address
    manifest.write_text(manifest.read_text().replace(address, "0x" + "11" * 20))
    run("credit", "verify", "credit.json", code=2)
    assert "another community" in run.err


def test_what_is_not_allowed_leaves_no_file(run: Run) -> None:
    run("credit", "statement", 1, "--reader", 2, code=2)
    run("credit", "statement", 2, "--only", "score", code=2)
    run("credit", "statement", 1, "--only", "height", code=2)
    assert not (run.folder / "credit.json").exists()


def test_a_release_to_a_reader_is_on_record(run: Run) -> None:
    suite, town = run.town.suite, run.town
    until = town.connection.block().time + 86_400
    ann = next(
        account
        for account in (town_account(number) for number in range(1, 9))
        if account.address == suite.parties.wallet_of(1)
    )
    town.send(ann, suite.consent.call("grant", 2, 0, until, 1))
    run("credit", "statement", 1, "--reader", 2)
    assert len(suite.consent.events("ReadRecorded")) == 1
    told = json.loads(
        run("credit", "verify", "credit.json", "--issuer", local_account("OFFICER").address, "--json")
    )
    assert told["reader"] == 2
    run("credit", "statement", 1, "--reader", 2, "--out", "again.json", code=2)


def town_account(number: int) -> object:
    from eth_account import Account
    from eth_utils.crypto import keccak

    return Account.from_key(keccak(text=f"somebody {number}"))
