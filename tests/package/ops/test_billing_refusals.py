"""What billing refuses, in words that say what to do: files, formulas, readings, corrections, charges.

canonical ── what has no canonical form · files that cannot be read or written
formula ── a part that is missing, a name that is none, a file that is not there, JSON of another formula
readings ── a workbook, an empty file, empty lines, the same meter and day twice · a meter that begins
draft ── an invoice that nobody's use divides · each share in words
corrections ── what the contract would refuse of disputes, waivers and credit notes
charge ── a reason, an amount; receipts ── too large, no text, a bill that cannot be
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from commonhold.chain.contracts.bills import AdjustmentKind, BillState, Standing
from commonhold.errors import InputError, StoreError
from commonhold.ops.billing import charge, files, runs, verify
from commonhold.ops.billing import receipt as receipts
from commonhold.ops.billing.canonical import hash_of
from commonhold.ops.billing.corrections import OneBill, adjustment_of, check_dispute
from commonhold.ops.billing.formula import Formula, Shared, from_json, load_formula
from commonhold.ops.billing.lines import told
from commonhold.ops.billing.readings import Readings, read_file
from commonhold.ops.reasons import hash_of_reason
from tests.package.ops.billing_month import (
    CONTRACT,
    DOMAIN,
    JANUARY,
    LATE,
    MONTH,
    SAMPLES,
    drafted,
    row,
    take,
    unit_of,
)

CMT = 10**6


@pytest.fixture
def water() -> Formula:
    return load_formula(SAMPLES / "water.toml")


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("value", "words"), [({1: "a"}, "1 is no text"), ({"a": [1.5]}, "1.5 has no"), ([b"x"], "b'x' has no")]
)
def test_what_has_no_canonical_form_is_never_hashed(value: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        hash_of(value)


def test_a_file_that_cannot_be_written_or_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("{")
    with pytest.raises(StoreError, match="cannot be written") as caught:
        files.write(tmp_path / "file" / "x.json", {})
    assert "disk" in caught.value.hint
    with pytest.raises(StoreError, match="cannot be read") as caught:
        files.read(tmp_path / "file", None)
    assert "backup" in caught.value.hint
    assert files.read(tmp_path / "none", 7) == 7


def test_a_run_file_of_another_kind_is_refused(tmp_path: Path, water: Formula) -> None:
    take(tmp_path, MONTH)
    run = runs.make_run(drafted(tmp_path, water), chain_id=31337, contract=CONTRACT, run=3, due_day=LATE + 10)
    run.values["format"] = 99
    path = runs.save(tmp_path, run)
    with pytest.raises(InputError, match=re.escape(f"{path} is no file of a billing run")):
        runs.load(tmp_path, 3)


# ---------------------------------------------------------------- formula


def test_a_formula_without_a_part_or_with_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    text = (SAMPLES / "water.toml").read_text(encoding="utf-8")
    path = tmp_path / "water.toml"
    path.write_text(text[text.index("[[tier]]") :], encoding="utf-8")
    with pytest.raises(InputError, match=r"\[charge\] is missing"):
        load_formula(path)
    for part in ("tier = 5", '[fixed]\nname = "Rent"'):
        name = "tier" if "tier" in part else "fixed"
        rest = re.sub(rf"(?ms)^\[\[{name}\]\].*?(?=^\[)", "", text)
        path.write_text(f"{part}\n{rest}" if name == "tier" else f"{rest}\n{part}\n", encoding="utf-8")
        with pytest.raises(InputError, match=f"{name} is no list") as caught:
            load_formula(path)
        assert caught.value.hint == f"Write [[{name}]] above each of them."
    for name in ("", "x" * 81):
        path.write_text(text.replace('name = "Water"', f'name = "{name}"', 1), encoding="utf-8")
        with pytest.raises(InputError, match="1 to 80 characters"):
            load_formula(path)
    with pytest.raises(InputError, match="No such file") as caught:
        load_formula(tmp_path / "nowhere.toml")
    assert caught.value.hint == "Check the name."


def test_a_formula_in_json_that_lacks_something_is_to_be_asked_for_again(water: Formula) -> None:
    found = dict(water.as_json())
    for broken in ({**found, "tiers": 5}, {name: found[name] for name in found if name != "use"}):
        with pytest.raises(InputError, match="The formula in this file cannot be read") as caught:
            from_json(broken)
        assert caught.value.hint == "Ask for it again."


# ---------------------------------------------------------------- readings


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_file(path, Readings(path.parent), unit_of, DOMAIN, lambda wallet: True)
    return caught.value


def test_a_workbook_and_an_empty_file_are_no_readings(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["unit", "meter", "day", "reading"])  # type: ignore[union-attr]
    book.save(tmp_path / "readings.xlsx")
    error = refused(tmp_path / "readings.xlsx")
    assert "is a workbook" in error.message and error.hint == "Save the sheet as CSV UTF-8."
    (tmp_path / "empty.csv").write_text("")
    assert "is empty" in refused(tmp_path / "empty.csv").message
    (tmp_path / "mark.csv").write_bytes(b"\xef\xbb\xbf")  # what some programs write before nothing
    error = refused(tmp_path / "mark.csv")
    assert "is empty" in error.message and error.hint == "Export the readings again."


def test_empty_lines_are_passed_over_and_a_meter_and_day_stand_once(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    lines = ["unit,meter,day,reading", "1,W1,2026-01-31,5", ",,,", "2,W2,2026-01-31,6", "1,W1,2026-01-31,5"]
    path.write_text("\n".join(lines), encoding="utf-8")
    intake = read_file(path, Readings(tmp_path), unit_of, DOMAIN, lambda wallet: True)
    assert [entry.meter for entry in intake.new] == ["W1", "W2"]
    (problem,) = intake.problems
    assert problem.line == 5 and "line 2 has this meter and day too" in str(problem)


def test_a_meter_that_begins_in_a_month_is_billed_from_its_second_reading(
    tmp_path: Path, water: Formula
) -> None:
    alone = from_json({**water.as_json(), "shared": []})
    take(tmp_path, [*MONTH[:2], row("W3", 3, "2026-01-15", "50")])
    draft = drafted(tmp_path, alone)
    assert [bill.unit for bill in draft.bills] == [1] and draft.waiting == ()
    take(tmp_path, [row("W3", 3, "2026-01-30", "52.5")])
    draft = drafted(tmp_path, alone)
    assert [(bill.unit, bill.meters[0].used) for bill in draft.bills] == [(1, 12_345), (3, 2_500)]
    assert drafted(tmp_path, alone, period=JANUARY - 1).bills == ()


# ---------------------------------------------------------------- shares


def shared_by(water: Formula, *ways: str) -> Formula:
    return replace(water, shared=tuple(Shared(f"Cost {way}", 10 * CMT, way) for way in ways))


def test_every_way_of_sharing_is_told_in_words_and_sums_up_to_the_invoice(
    tmp_path: Path, water: Formula
) -> None:
    take(tmp_path, MONTH)
    formula = shared_by(water, "area", "equal", "use")
    bills = drafted(tmp_path, formula).bills
    for way, words in (
        ("area", "89.00 of 264.20 m² of 10.00"),
        ("equal", "one of 3 units of 10.00"),
        ("use", "12.345 of 31.845 m³ of 10.00"),
    ):
        lines = [next(one for one in bill.lines if one.get("name") == f"Cost {way}") for bill in bills]
        assert told(formula, lines[0]) == f"Cost {way}: {words}"
        assert sum(line["amount"] for line in lines) == 10 * CMT
        whole = {"area": 26_420, "equal": 3, "use": 31_845}[way]
        weight = {"area": 8_900, "equal": 1, "use": 12_345}[way]
        assert abs(lines[0]["amount"] * whole - 10 * CMT * weight) <= whole


def test_an_invoice_that_goes_by_use_needs_somebody_who_used_something(
    tmp_path: Path, water: Formula
) -> None:
    take(tmp_path, [MONTH[0], row("W1", 1, "2026-01-31", "100")])
    with pytest.raises(InputError, match="Cost use cannot be divided: nobody shares this cost") as caught:
        drafted(tmp_path, shared_by(water, "use"))
    assert caught.value.hint == "Look at the readings."


# ---------------------------------------------------------------- corrections


def standing(**changes: Any) -> Standing:
    values: dict[str, Any] = {
        "state": BillState.ISSUED, "run": 1, "party": 101, "issued_day": 20_000, "due_day": 20_010,
        "last_on_time_day": 20_015, "dispute_until": 0, "amount": 100 * CMT, "open": 80 * CMT,
        "late_fees": 3 * CMT, "removed": 20 * CMT, "disputed": 0, "repayable": 0,
    }  # fmt: skip
    return Standing(**{**values, **changes})


@pytest.fixture
def bill(tmp_path: Path, water: Formula) -> OneBill:
    fixed = charge.formula_of("Keys", 7, 100 * CMT)
    run = runs.make_run(
        charge.draft_of(fixed, JANUARY, 1, 101), chain_id=31337, contract=CONTRACT, run=1, due_day=20_010
    )
    return OneBill(run, 0, 5, standing())


@pytest.mark.parametrize(
    ("changes", "amount", "today", "words"),
    [
        ({"state": BillState.NONE}, 1, 20_000, "not on the books yet"),
        ({"state": BillState.PAID_AT_ONCE}, 1, 20_000, "was paid by its proof"),
        ({}, 1, 20_016, "could be disputed until 2024-10-19"),
        ({}, 0, 20_015, "Nothing is disputed by 0"),
        ({}, 80 * CMT + 1, 20_015, r"80\.000001 is more than what is open"),
        ({"open": 0}, 1, 20_015, "is more than what is open"),
        ({}, -1, 20_015, "not negative"),
    ],
)
def test_a_dispute_that_the_contract_would_refuse_is_refused_here(
    bill: OneBill, changes: dict[str, Any], amount: int, today: int, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        check_dispute(replace(bill, standing=standing(**changes)), amount, today)
    assert caught.value.hint
    check_dispute(bill, 80 * CMT, 20_015)


@pytest.mark.parametrize(
    ("kind", "changes", "principal", "fees", "words"),
    [
        (AdjustmentKind.WAIVER, {"dispute_until": 20_030}, 1, 0, "in dispute until 2024-11-03"),
        (AdjustmentKind.WAIVER, {}, 0, 0, "Nothing is taken off by 0"),
        (AdjustmentKind.WAIVER, {"state": BillState.PAID_AT_ONCE}, 1, 0, "paid by its proof"),
        (AdjustmentKind.WAIVER, {}, 80 * CMT + 1, 0, "more than what is open"),
        (AdjustmentKind.WAIVER, {}, 1, 3 * CMT + 1, "more than the late fees that are owed"),
        (AdjustmentKind.CREDIT_NOTE, {"state": BillState.NONE}, 1, 0, "not on the books yet"),
        (AdjustmentKind.CREDIT_NOTE, {}, 80 * CMT + 1, 0, "more than the bill"),
        (AdjustmentKind.CREDIT_NOTE, {}, -2, 1, "not negative"),
    ],
)
def test_a_waiver_or_credit_note_that_the_contract_would_refuse_is_refused_here(
    bill: OneBill, kind: AdjustmentKind, changes: dict[str, Any], principal: int, fees: int, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        adjustment_of(replace(bill, standing=standing(**changes)), kind, principal, fees, "wrong meter")
    assert caught.value.hint


def test_a_credit_note_may_take_off_a_bill_that_was_paid_at_once(bill: OneBill) -> None:
    paid = standing(state=BillState.PAID_AT_ONCE, open=0, removed=0, late_fees=0)
    found = adjustment_of(
        replace(bill, standing=paid), AdjustmentKind.CREDIT_NOTE, 100 * CMT, 0, "wrong meter"
    )
    assert (found.key, found.principal, found.late_fees) == (5, 100 * CMT, 0)
    assert found.reason_hash == hash_of_reason("wrong meter")


# ---------------------------------------------------------------- charges and receipts


@pytest.mark.parametrize(
    ("reason", "amount", "words"),
    [(" ", 1, "has 0 characters"), ("x" * 81, 1, "has 81 characters"), ("Keys", 0, "more than nothing")],
)
def test_a_charge_has_a_reason_and_an_amount(reason: str, amount: int, words: str) -> None:
    with pytest.raises(InputError, match=words):
        charge.formula_of(reason, 7, amount)
    (bill,) = charge.draft_of(charge.formula_of("Keys", 7, 25 * CMT), JANUARY, 1, 101).bills
    assert (bill.amount, [line.get("name") for line in bill.lines if line["amount"]]) == (25 * CMT, ["Keys"])


def test_a_receipt_that_is_too_large_or_no_text_is_none(tmp_path: Path) -> None:
    large, binary = tmp_path / "large.json", tmp_path / "binary.json"
    with large.open("wb") as stream:
        stream.truncate(verify.SIZE_LIMIT + 1)
    binary.write_bytes(b"\xff\xfe\xff")
    for path, words in ((large, "larger than 5 MB"), (binary, "is no receipt")):
        with pytest.raises(InputError, match=words):
            verify.read(path)


def test_a_receipt_of_a_bill_that_no_run_can_hold_was_not_issued(tmp_path: Path, water: Formula) -> None:
    take(tmp_path, MONTH)
    run = runs.make_run(drafted(tmp_path, water), chain_id=31337, contract=CONTRACT, run=1, due_day=LATE + 10)
    state = {"state": "ISSUED", "block": 1, "open": "0", "late_fees": "0", "removed": "0", "paid": []}
    receipt = receipts.make_receipt(run, 1, state, {})
    assert verify.verify(receipt).answer == verify.CORRECT
    strange = {**receipt, "bill": {**receipt["bill"], "party": 0}}
    verdict = verify.verify(strange)
    assert verdict.answer == verify.NOT_ISSUED and "no run holds such a bill: party is 0" in verdict.why
