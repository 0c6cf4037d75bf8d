"""The whole journey by the command: an empty folder, a spreadsheet, signed leases, settled rent, a statement.

Each resident makes a key of his own with `keys new`, as on his own machine; no other command makes one.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.chain.signing import dev_account
from commonhold.ops import keys
from commonhold.ops.deploy import local_account
from commonhold.ops.manifest import read
from commonhold.store import Store
from tests.faults.chainfaults import set_back
from tests.package.chain.conftest import pay
from tests.package.ops.town import CMT, Town
from tests.system.command import Run
from tools.environment import ROOT

NEW_YEAR = 1_767_240_000  # 2026-01-01 12:00 in China [unix]
PASSWORD = "correct horse battery"
ROLL = """Building,Unit,Area,Landlord,Lease no,Tenant,Start,End,Rent,Deposit,Arrears,Prepaid
甲,101,80.5,王芳,N-1,Ann Lee,2026-01-01,2026-12-31,"1,000.00","2,000.00",,
甲,102,60,王芳,R-1,山田 太郎,2025-03-01,2026-02-28,800,"1,600.00",300.00,
甲,103,60,王芳,,,,,,,,
"""
MAPPING = """
[lease]
cutover = 2025-12-31
[format]
end = "last-day"
[rows]
vacant_when_empty = true
"""


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node(timestamp=NEW_YEAR) as running:
        yield running


@pytest.fixture
def run(
    node: Node, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    connection = Connection(node.rpc_url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("commonhold.present.out._width", 200)  # the console is older than this test
    real = Account.encrypt
    monkeypatch.setattr(
        keys.Account, "encrypt", lambda key, password: real(key, password, kdf="pbkdf2", iterations=1)
    )
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o600)
    (tmp_path / "roll.csv").write_text(ROLL, encoding="utf-8-sig")
    (tmp_path / "roll.toml").write_text(MAPPING)
    with set_back(connection):
        yield Run(capsys, monkeypatch)


def _json(text: str) -> Any:
    return json.loads(text)


def _import(run: Run) -> None:
    run("deploy")
    run("import", "rent-roll", "roll.csv", "--mapping", "roll.toml")


def _keys_and_files(run: Run, folder: Path) -> None:
    """Every party makes a key and signs what is for it."""
    run("lease", "prepare", "--permits")
    for path in sorted(folder.rglob("*.to-sign.json")):
        party = _json(path.read_text())["party"]
        if not (folder / "keystore" / f"party-{party}.json").is_file():
            run("keys", "new", f"party-{party}", "--password-file", "password")
        run("lease", "sign", str(path), "--key", f"party-{party}", "--password-file", "password", "--yes")


def test_from_a_spreadsheet_to_settled_rent_and_a_statement(run: Run, node: Node, tmp_path: Path) -> None:
    out = run("deploy")
    assert "LeaseAgreement" in out and "manifest.json" in run.err
    deployment = read(tmp_path / "deployments" / "local")
    assert _json(run("deploy", "--json"))["contracts"]["LeaseAgreement"]["address"] == deployment.address(
        "LeaseAgreement"
    )

    # import: looked at, applied, applied again
    dry = _json(run("import", "rent-roll", "roll.csv", "--mapping", "roll.toml", "--dry-run", "--json"))
    assert dry["plan"]["new"] == {"parties": 3, "units": 3, "leases": 2}
    connection = Connection(node.rpc_url)
    suite = deployment.suite(connection)
    assert suite.units.unit_count() == 0
    assert "Every line is good." in run("import", "rent-roll", "roll.csv", "--mapping", "roll.toml")
    assert (suite.parties.party_count(), suite.units.unit_count()) == (3, 3)
    run("import", "rent-roll", "roll.csv", "--mapping", "roll.toml")
    assert "Nothing to do" in run.err and suite.units.unit_count() == 3

    # sign and activate
    _keys_and_files(run, tmp_path)
    signed = sorted(tmp_path.rglob("*.signed.json"))
    assert len(signed) == 4
    rows = _json(run("lease", "activate", "to-sign", "--dry-run", "--json"))
    assert [row["state"] for row in rows] == ["ready", "ready"]
    # the manager brings in deposit and prepayment of the running lease, the tenant of the new one his deposit
    town = Town(connection, deployment, suite)
    manager = local_account("MANAGER").address
    town.fund(manager, 1_600 * CMT)
    run("lease", "activate", "to-sign", "--skip-bad", code=7)
    with Store.open(tmp_path / ".commonhold") as store:
        row = store.lease("no n-1")
        parties = store.party_ids()
    assert row is not None and row.state == "prepared"
    tenant = next(number for key, number in parties.items() if "ann" in key)
    wallet = suite.parties.wallet_of(tenant)
    town.fund(wallet, 5_000 * CMT)
    Sender(connection, dev_account(9)).send(pay(wallet, 10**18))
    run("lease", "prepare")
    _keys_and_files(run, tmp_path)
    rows = _json(run("lease", "activate", "to-sign/no-n-1", "--json"))
    assert [row["state"] for row in rows] == ["activated"]
    assert suite.leases.lease_count() == 2

    # settle: nobody has a mandate yet, then one does
    listed = _json(run("settle", "list", "--json"))
    assert {row["code"] for row in listed["rows"]} == {"NO_MANDATE"}
    assert "no mandate" in run("settle", "run", "--dry-run")
    assert "Nothing was sent." in run.err
    account = keys.open_key(
        f"party-{tenant}", tmp_path / "keystore", keys.PasswordSource(tmp_path / "password")
    )
    Sender(connection, account).send(suite.token.set_mandate(town.mandate(5_000 * CMT)))
    report = _json(run("settle", "run", "--json"))
    assert sorted(row["code"] for row in report["rows"]) == ["COLLECTED", "NO_MANDATE"]
    assert report["discharged"] == "1000000000"
    out = run("settle", "run", "--language", "zh")
    assert "无委托扣款授权" in out and "甲 102" in out and "山田 太郎" in out

    # statements
    (lease,) = [row["lease"] for row in report["rows"] if row["code"] == "COLLECTED"]
    document = _json(run("statement", str(lease), "--json"))
    assert document["balance"] == "0" and document["deposit"] == "2000000000"
    assert "Ann Lee" in run("lease", "show", str(lease))
    assert "0.00" in run("statement", str(lease))
    run("statement", str(lease), "--html", "out/page.html", "--csv", "out/table.csv", "--language", "ja")
    assert "Ann Lee" in (tmp_path / "out/page.html").read_text(encoding="utf-8")
    assert (tmp_path / "out/table.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert _json(run("doctor", "--json"))[-1]["state"] == "ok"


def test_a_draft_that_is_not_in_the_books_is_prepared_from_the_page_of_the_manual(
    run: Run, node: Node, tmp_path: Path
) -> None:
    _import(run)
    manual = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
    draft = _json(manual[manual.index("```json") + 7 :].split("```")[0])
    suite = read(tmp_path / "deployments" / "local").suite(Connection(node.rpc_url))
    owner = suite.units.owner_party_of(1)
    draft["terms"] |= {"landlord": owner, "tenants": [owner % 3 + 1]}
    (tmp_path / "draft.json").write_text(json.dumps(draft))
    (row,) = _json(run("lease", "prepare", "--draft", "draft.json", "--json"))
    document = _json(Path(row["files"][0]).read_text(encoding="utf-8"))
    message = document["terms"]["message"]
    assert (message["rent"], message["lateFeeMaxDays"]) == ("1000000000", "90")
    assert int(message["deadline"]) > NEW_YEAR and int(message["salt"], 16) > 0
    (tmp_path / "draft.json").write_text('{"key": "x", "terms": {"rent": 5}}')
    run("lease", "prepare", "--draft", "draft.json", code=2)
    assert "no draft of a lease" in run.err


def test_names_never_reach_the_chain(run: Run, node: Node, tmp_path: Path) -> None:
    _import(run)
    connection = Connection(node.rpc_url)
    number = connection.block_number()
    blocks = connection.batch([("eth_getBlockByNumber", (hex(index), True)) for index in range(number + 1)])
    data = "".join(item["input"] for block in blocks for item in block["transactions"])
    for name in ("王芳", "Ann Lee", "山田", "甲"):
        assert name.encode().hex() not in data and name.encode("utf-16-be").hex() not in data


def test_exit_codes_are_those_that_are_documented(run: Run, node: Node, tmp_path: Path) -> None:
    run("--version")
    run("settle", "list", code=3)  # no deployment
    assert "commonhold deploy" in run.err
    run("nonsense", code=2)
    run("settle", "list", "--rpc", "http://127.0.0.1:9", code=3)
    _import(run)
    run("settle", "list", "--rpc", "http://127.0.0.1:9", code=4)
    run("statement", "7", code=2)
    run("import", "rent-roll", "nowhere.csv", code=2)
    (tmp_path / "bad.csv").write_text(ROLL.replace("2026-12-31", "2020-12-31"), encoding="utf-8")
    run("import", "rent-roll", "bad.csv", "--mapping", "roll.toml", code=2)
    run("lease", "sign", "nowhere", "--key", "x", code=2)
    (tmp_path / "x.to-sign.json").write_text("{}")
    run("lease", "prepare", "unknown", code=2)
    run("lease", "prepare", "--draft", "x.to-sign.json", code=2)
    first = next(tmp_path.rglob("roll.toml"))
    assert first
    run("keys", "new", "me", code=6)  # no terminal to ask for a password
    run("settle", "run", "--key", "nobody", code=6)
    document = _json(run("statement", "7", "--json", code=2))
    assert document["error"] == "InputError" and document["exit_code"] == 2
    (tmp_path / "commonhold.toml").write_text("[nonsense]\n")
    run("settle", "list", code=3)


def test_N14_N15_commands_stop_where_the_chain_is_not_that_of_the_manifest(
    run: Run, node: Node, tmp_path: Path
) -> None:
    _import(run)
    with Node(timestamp=NEW_YEAR + 999) as other:
        for command in (["settle", "run"], ["statement", "1"], ["lease", "prepare"]):
            run(*command, "--rpc", other.rpc_url, code=4)
            assert "another beginning" in run.err
    connection = Connection(node.rpc_url)
    connection.call("anvil_setCode", read(tmp_path / "deployments" / "local").address("Reserve"), "0x6000")
    run("settle", "run", code=4)
    assert "is not the Reserve" in run.err
    assert [row["state"] for row in _json(run("doctor", "--json", code=3))][-1] == "problem"


def test_no_command_of_the_manager_makes_a_key(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a key was made")

    monkeypatch.setattr(Account, "create", refuse)
    monkeypatch.setattr(Account, "create_with_mnemonic", refuse)
    _import(run)
    run("lease", "prepare")
    run("lease", "activate", "to-sign", code=2)  # nothing came back
    run("settle", "list")
    run("settle", "run")
    assert not (tmp_path / "keystore").exists()
    files = sorted(tmp_path.rglob("*.to-sign.json"))
    assert files and all(_json(path.read_text())["wallet"] is None for path in files)


def test_a_signer_is_shown_what_he_signs_and_may_refuse(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _import(run)
    run("lease", "prepare")
    run("keys", "new", "ann", "--password-file", "password")
    assert _json(run("keys", "list", "--json"))[0]["name"] == "ann"
    assert "ann" in run("keys", "list")
    path = next(tmp_path.rglob("tenant-*.to-sign.json"))
    answers: list[Callable[[], bool]] = [lambda: False]
    monkeypatch.setattr("typer.confirm", lambda *_, **__: answers.pop()())
    run("lease", "sign", str(path), "--key", "ann", "--password-file", "password")
    assert "Rent per month" in run.err and "Not signed." in run.err
    assert not list(tmp_path.rglob("*.signed.json"))
    path.with_name(path.name.replace(".json", ".txt")).write_text("Rent per month 1.00")
    run("lease", "sign", str(path), "--key", "ann", "--password-file", "password", "--yes", code=2)
    assert "does not say what" in run.err


def test_a_bad_line_holds_all_back_unless_it_is_skipped(run: Run, tmp_path: Path) -> None:
    run("deploy")
    bad = ROLL.replace("800,", "minus eight,")
    (tmp_path / "bad.csv").write_text(bad, encoding="utf-8")
    out = _json(run("import", "rent-roll", "bad.csv", "--mapping", "roll.toml", "--json", code=2))
    assert out["report"]["problems"][0]["line"] == 3
    run("import", "rent-roll", "bad.csv", "--mapping", "roll.toml", "--dry-run", code=2)
    run("import", "rent-roll", "bad.csv", "--mapping", "roll.toml", "--skip-bad")
    assert "Leases to sign: 1" in run.err
