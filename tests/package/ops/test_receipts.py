"""Run files and receipts: without a chain.

run file ── every bill is proved; salts differ; damaged or missing files are said
receipt ── correct; wrong by X; not issued; from JSON and from the page; nothing runs in page or table
"""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commonhold.errors import InputError
from commonhold.ops.billing import receipt as receipts
from commonhold.ops.billing import runs, verify
from commonhold.ops.billing.draft import Draft
from commonhold.ops.billing.formula import Formula, load_formula
from commonhold.rules.bills import leaf_of, proves
from tests.package.ops.billing_month import (
    CONTRACT,
    JANUARY,
    LATE,
    MONTH,
    SAMPLES,
    drafted,
    take,
)


@pytest.fixture
def water() -> Formula:
    return load_formula(SAMPLES / "water.toml")


# ---------------------------------------------------------------- run file


@pytest.fixture
def run(tmp_path: Path, water: Formula) -> runs.RunFile:
    take(tmp_path, MONTH)
    return runs.make_run(
        drafted(tmp_path, water), chain_id=31337, contract=CONTRACT, run=1, due_day=LATE + 10
    )


def test_every_bill_of_a_run_is_proved_and_comes_back_from_its_file(
    tmp_path: Path, run: runs.RunFile
) -> None:
    path = runs.save(tmp_path, run)
    assert path.stat().st_mode & 0o077 == 0, "names of parties and salts are nobody else's"
    again = runs.load(tmp_path, 1)
    assert again.values == run.values
    for index, bill in enumerate(again.bills):
        assert proves(again.root, leaf_of(again.place, bill), again.tree.proof(index))
    assert len({bill.salt for bill in again.bills}) == 3
    assert again.posting()[5:7] == (3, sum(bill.amount for bill in again.bills))
    assert runs.find(tmp_path, 7, JANUARY).values == run.values  # type: ignore[union-attr]
    assert runs.find(tmp_path, 7, JANUARY + 1) is None


def test_a_missing_run_and_a_missing_bill_are_said(tmp_path: Path, run: runs.RunFile) -> None:
    with pytest.raises(InputError, match="run 7 is not in this data folder"):
        runs.load(tmp_path, 7)
    with pytest.raises(InputError, match="no bill of unit 9"):
        run.index_of(9)


def test_an_empty_month_makes_no_run(water: Formula) -> None:
    with pytest.raises(InputError, match="nothing to bill"):
        runs.make_run(Draft(water, JANUARY, (), ()), chain_id=1, contract=CONTRACT, run=1, due_day=1)


# ---------------------------------------------------------------- receipts


@pytest.fixture
def receipt(run: runs.RunFile) -> dict[str, Any]:
    standing = {"state": "NONE", "block": 9, "open": "0", "late_fees": "0", "removed": "0", "paid": []}
    names = {"unit 1": "1号楼 0201", "party 101": '<script>alert("x")</script>=1+1'}
    found = receipts.make_receipt(run, 1, standing, names)
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def test_a_right_receipt_is_correct_in_both_forms(
    tmp_path: Path, receipt: dict[str, Any], water: Formula
) -> None:
    receipts.write_json(receipt, tmp_path / "r.json")
    receipts.write_page(receipt, water, tmp_path / "r.html")
    for name in ("r.json", "r.html"):
        found = verify.read(tmp_path / name)
        assert found == receipt
        assert verify.verify(found).answer == verify.CORRECT
        assert verify.verify(found, receipt["root"]).answer == verify.CORRECT
        assert verify.verify(found, "0x" + "00" * 32).answer == verify.NOT_ISSUED


def first_line(receipt: dict[str, Any]) -> Any:
    return receipt["bill"]["lines"][0]


def dearer_line(receipt: dict[str, Any]) -> None:
    first_line(receipt).update(amount=30_000_000)
    more_asked(receipt, 1_500_000)


def more_asked(receipt: dict[str, Any], amount: int) -> None:
    receipt["bill"]["amount"] += amount


@pytest.mark.parametrize(
    ("change", "wrong_by"),
    [
        (lambda r: more_asked(r, 1), 1),
        (lambda r: more_asked(r, -2_000_000), -2_000_000),
        (dearer_line, 1_500_000),
        (lambda r: first_line(r).update(amount=30_000_000), 0),
        (lambda r: r["bill"]["meters"][0].update(used=13_345), 0),
        (lambda r: r["bill"]["meters"][0].update(to_value=111_345, used=11_345), 4_100_000),
        (lambda r: r["bill"]["lines"].pop(), 0),
        (lambda r: r["bill"]["lines"][-1].update(weight=10**9), 0),
    ],
)
def test_a_wrong_receipt_is_wrong_by_so_much(
    receipt: dict[str, Any], change: Callable[[dict[str, Any]], Any], wrong_by: int
) -> None:
    change(receipt)
    verdict = verify.verify(receipt)
    assert (verdict.answer, verdict.wrong_by) == (verify.WRONG, wrong_by)


def test_a_shared_part_that_is_a_unit_too_high_is_found(receipt: dict[str, Any]) -> None:
    line = receipt["bill"]["lines"][-1]
    exact, rest = divmod(line["invoice"] * line["weight"], line["whole"])
    assert line["amount"] in (exact, exact + (rest > 0))
    line["amount"] = exact + 2
    receipt["bill"]["amount"] = sum(one["amount"] for one in receipt["bill"]["lines"])
    assert verify.verify(receipt).wrong_by == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r["bill"].update(party=7),
        lambda r: r["bill"].update(unit=2),
        lambda r: r["bill"].update(version=2),
        lambda r: r["bill"].update(salt="0x" + "00" * 32),
        lambda r: r.update(run=2),
        lambda r: r.update(chain_id=1),
        lambda r: r.update(period=JANUARY + 1),
        lambda r: r.update(contract="0x" + "22" * 20),
        lambda r: r.update(key="1"),
        lambda r: r["proof"].pop(),
        lambda r: r["formula"].update(name="Other"),
        lambda r: r["bill"]["meters"][0].update(photo="0x" + "11" * 32),
    ],
)
def test_a_receipt_of_a_bill_that_no_run_holds_is_not_issued(
    receipt: dict[str, Any], change: Callable[[dict[str, Any]], Any]
) -> None:
    change(receipt)
    assert verify.verify(receipt).answer == verify.NOT_ISSUED


@pytest.mark.parametrize("text", ["", "{}", "[1]", "not json", '{"kind": "commonhold receipt"}'])
def test_what_is_no_receipt_is_said_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        verify.read(path)
    with pytest.raises(InputError, match="cannot be read"):
        verify.read(tmp_path / "missing.json")


@pytest.mark.parametrize("field", ["formula", "bill", "proof", "leaf", "root", "period"])
def test_a_damaged_receipt_is_said_so(receipt: dict[str, Any], field: str) -> None:
    del receipt[field]
    with pytest.raises(InputError):
        verify.verify(receipt)


def test_W1_W3_nothing_of_a_name_runs_in_page_or_table(
    tmp_path: Path, receipt: dict[str, Any], water: Formula
) -> None:
    text = receipts.page(receipt, water)
    assert text.count("<script") == 1 and "alert(&#34;x&#34;)" in text
    assert text.count("</script>") == 1
    assert "<svg" in text and "1号楼 0201" in text and "10 m³ at 2.85" in text
    receipts.write_table(receipt, water, tmp_path / "r.csv")
    lines = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "what,amount"
    assert Decimal(lines[-1].split(",")[-1]) * 10**6 == receipt["bill"]["amount"]


def test_the_qr_code_names_chain_contract_run_and_leaf(receipt: dict[str, Any]) -> None:
    text = receipts.qr_text(receipt)
    for name in ("contract", "leaf", "root", "key"):
        assert f"{name}={receipt[name]}" in text
    assert "chain=31337" in text and "run=1" in text


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ({"state": "NONE"}, "not paid yet"),
        ({"state": "PAID_AT_ONCE"}, "paid"),
        ({"state": "ISSUED", "open": "5000000", "late_fees": "10000", "paid": []}, "5.01 is open"),
        ({"state": "ISSUED", "open": "0", "late_fees": "0", "paid": [1]}, "paid"),
        ({"state": "ISSUED", "open": "0", "late_fees": "0", "paid": []}, "settled without payment"),
    ],
)
def test_a_receipt_says_whether_it_is_paid(standing: dict[str, Any], words: str) -> None:
    assert receipts.standing_told({"standing": standing}) == words
