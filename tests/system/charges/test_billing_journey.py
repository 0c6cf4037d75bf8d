"""From the meter to the receipt by the command, on a node; and the receipt when the node is gone.

Every transaction is sent as a manager or a committee sends it; the resident pays by his proof.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from commonhold import cli
from commonhold.chain.connect import Connection
from commonhold.chain.contracts.bills import BillState
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.commands import bill as bill_commands
from commonhold.ops.billing import runs
from commonhold.ops.deploy import local_account
from commonhold.ops.manifest import read
from commonhold.rules.bills import key_of
from commonhold.rules.tariff import Category, CategoryKind
from tests.package.ops.town import CMT, Town
from tests.system.command import Run

ROLL = """Building,Unit,Area,Landlord,Lease no,Tenant,Start,End,Rent,Deposit
A,101,80.5,Wang Fang,,,,,,
A,102,60,Wang Fang,,,,,,
A,103,59.5,Li Na,,,,,,
"""
MAPPING = """
[lease]
cutover = 2025-12-31
[format]
end = "last-day"
[rows]
vacant_when_empty = true
"""
READINGS = """building,unit,meter,day,reading,confirmed_by,note
A,101,W1,2025-12-31,100,desk,on paper
A,101,W1,2026-01-31,112.345,desk,on paper
A,102,W2,2025-12-31,10,desk,on paper
A,102,W2,2026-01-31,13,desk,on paper
A,103,W3,2025-12-31,7,desk,on paper
A,103,W3,2026-01-31,7,desk,on paper
"""
SAMPLES = Path(cli.__file__).resolve().parent / "samples"


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """In a folder with what the office has."""
    (tmp_path / "roll.csv").write_text(ROLL)
    (tmp_path / "roll.toml").write_text(MAPPING)
    (tmp_path / "readings.csv").write_text(READINGS)
    return run


def _json(text: str) -> Any:
    return json.loads(text)


def test_from_the_meter_to_a_receipt_that_needs_no_chain(
    run: Run, node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("deploy")
    run("import", "rent-roll", "roll.csv", "--mapping", "roll.toml")
    connection = Connection(node.rpc_url)
    deployment = read(tmp_path / "deployments" / "local")
    suite = deployment.suite(connection)
    town = Town(connection, deployment, suite)

    # the category of water bills: proposed by the manager, approved by the committee
    works = town.people(1)[0]
    water = Category(
        CategoryKind.POSTED, works.party, due_day=25, due_month=1, grace_days=5,
        late_fee_rate=5, late_fee_max_days=60,
    )  # fmt: skip
    manager, committee = (Sender(connection, local_account(role)) for role in ("MANAGER", "COMMITTEE"))
    name = keccak(text="water")
    manager.send(suite.tariffs.propose_category(water, name))
    (number,) = suite.tariffs.named([name])
    number = number or suite.tariffs.category_count() or 1
    committee.send(suite.tariffs.approve_category(number, water))
    formula = (SAMPLES / "water.toml").read_text(encoding="utf-8")
    (tmp_path / "water.toml").write_text(formula.replace("category = 7", f"category = {number}"))

    # readings: looked at, kept, kept again
    dry = _json(run("import", "readings", "readings.csv", "--dry-run", "--json"))
    assert dry == {"new": 6, "same": 0, "problems": []}
    run("import", "readings", "readings.csv")
    assert _json(run("import", "readings", "readings.csv", "--json"))["same"] == 6

    # preview: words for people, figures for programs
    shown = run("bill", "preview", "water.toml", "--period", "2026-01")
    assert "12.345 m³ used" in shown and "10 m³ at 2.85" in shown and "Pumping and corridor lights" in shown
    found = _json(run("bill", "preview", "water.toml", "--period", "2026-01", "--json"))
    assert [bill["unit"] for bill in found["bills"]] == [1, 2, 3]
    assert sum(bill["lines"][-1]["amount"] for bill in found["bills"]) == 412_350_000

    # post: the file is there before the root is sent; what was interrupted goes on with the same salts
    run("bill", "post", "water.toml", "--period", "2026-01", "--dry-run")
    assert suite.bills.run_count() == 0
    sent: list[bool] = []
    real = bill_commands.desk.post

    def cut(*arguments: Any) -> Any:
        sent.append(runs.path_of(tmp_path / ".commonhold", 1).is_file())
        raise KeyboardInterrupt

    monkeypatch.setattr(bill_commands.desk, "post", cut)
    run("bill", "post", "water.toml", "--period", "2026-01", code=130)
    assert sent == [True] and suite.bills.run_count() == 0
    monkeypatch.setattr(bill_commands.desk, "post", real)
    before = runs.load(tmp_path / ".commonhold", 1).values
    posted = _json(run("bill", "post", "water.toml", "--period", "2026-01", "--json"))
    assert (posted["run"], posted["root"]) == (1, before["root"])
    assert suite.bills.run_count() == 1
    run("bill", "post", "water.toml", "--period", "2026-01", code=2)
    assert "already" in run.err and suite.bills.run_count() == 1

    # approve, pay by proof, issue the rest
    run("bill", "approve", "1")
    proof = _json(run("bill", "proof", "1", "1"))
    bill = proof["bill"]
    leaf = (
        bill["unit"], bill["version"], bill["party"], int(bill["amount"]),
        bytes.fromhex(bill["linesHash"][2:]), bytes.fromhex(bill["salt"][2:]),
    )  # fmt: skip
    payer = local_account("MANAGER")
    town.fund(payer.address, 1_000 * CMT)
    manager.send(suite.token.call("approve", suite.bills.address, 1_000 * CMT))
    nodes = [bytes.fromhex(one[2:]) for one in proof["proof"]]
    manager.send(suite.bills.pay_by_proof(1, leaf, nodes, leaf[3]))
    assert suite.token.balance_of(works.wallet) == leaf[3]
    run("bill", "issue", "1")
    assert "2 bills issued" in run.err
    run("bill", "issue", "1")
    assert "0 bills issued" in run.err
    keys = [key_of(unit, number, before["period"], 1) for unit in (1, 2, 3)]
    states = [one.state for one in suite.bills.bills_of(keys)]
    assert states == [BillState.PAID_AT_ONCE, BillState.ISSUED, BillState.ISSUED]

    # receipts, and the chain is stopped
    run("receipt", "1", "1", "--html", "r1.html", "--csv", "r1.csv", "--to", "r1.json")
    assert "not paid" not in (tmp_path / "r1.html").read_text(encoding="utf-8")
    assert "A 101" in (tmp_path / "r1.html").read_text(encoding="utf-8")
    run("receipt", "1", "2", "--to", "r2.json")
    assert "is open" in run("receipt", "1", "2")
    node.stop()
    for name_ in ("r1.html", "r1.json", "r2.json"):
        run("verify-receipt", name_)
        assert "Correct" in run.err
    wrong = _json((tmp_path / "r1.json").read_text(encoding="utf-8"))
    wrong["bill"]["amount"] += 5 * CMT
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))
    run("verify-receipt", "wrong.json", code=8)
    assert "5.00 too much" in run.err
    verdict = _json(run("verify-receipt", "wrong.json", "--json", code=8))
    assert (verdict["answer"], verdict["wrong_by"]) == ("wrong", str(5 * CMT))
    run("verify-receipt", "r1.json", "--root", "0x" + "11" * 32, code=9)
    assert "Not issued" in run.err
    run("verify-receipt", "roll.csv", code=2)
