"""Readings, formulas, drafts, run files, receipts: without a chain.

formula ── the sample reads; gaps, typos, negative amounts ── refused; its hash moves with every term
readings ── new, the same again, another figure, a correction; unsigned, odd and disputed ones wait
draft ── from the last reading before the month to the last in it; who waits; shared invoices to the unit
run file ── every bill is proved; salts differ; damaged or missing files are said
receipt ── correct; wrong by X; not issued; from JSON and from the page; nothing runs in page or table
"""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_utils.crypto import keccak

from commonhold.errors import InputError
from commonhold.ops.billing import receipt as receipts
from commonhold.ops.billing import runs, verify
from commonhold.ops.billing.draft import Draft, Roll, make_draft
from commonhold.ops.billing.formula import Formula, from_json, load_formula, parse_quantity, quantity_text
from commonhold.ops.billing.lines import told, told_meter
from commonhold.ops.billing.readings import Entry, Intake, Readings, domain_of, read_file, typed_reading
from commonhold.rules.bills import leaf_of, proves
from commonhold.rules.calendar import day_number
from commonhold.units import parse_month

SAMPLES = Path(__file__).resolve().parents[3] / "commonhold" / "samples"
CONTRACT = "0x" + "11" * 20
DOMAIN = domain_of(31337, CONTRACT)
KEY = Account.from_key(keccak(text="reader"))
JANUARY = int(parse_month("2026-01"))
LATE = day_number(2026, 2, 20)
AREAS = {1: 8_900, 2: 5_515, 3: 12_005}


@pytest.fixture
def water() -> Formula:
    return load_formula(SAMPLES / "water.toml")


def signed(meter: str, unit: int, day: int, value: int) -> str:
    entry = Entry(meter, unit, day, value)
    return "0x" + bytes(KEY.sign_message(typed_reading(DOMAIN, entry)).signature).hex()


def row(meter: str, unit: int, day: str, reading: str, **other: str) -> dict[str, str]:
    return {"unit": str(unit), "meter": meter, "day": day, "reading": reading, **other}


def take(folder: Path, rows: list[dict[str, str]], *, keep: bool = True, sign: bool = True) -> Intake:
    """A CSV of these rows, read into the folder."""
    names = ["unit", "meter", "day", "reading", "signature", "confirmed_by", "note", "disputed", "photo"]
    lines = [",".join(names)]
    for one in rows:
        found = dict(one)
        if sign and "signature" not in found:
            year, month, day = map(int, found["day"].split("-"))
            value = parse_quantity(found["reading"])
            found["signature"] = signed(
                found["meter"], int(found["unit"]), day_number(year, month, day), value
            )
        lines.append(",".join(found.get(name, "") for name in names))
    path = folder / "readings.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    known = Readings(folder)
    intake = read_file(path, known, unit_of, DOMAIN, lambda wallet: wallet == KEY.address)
    if keep and not intake.problems:
        known.keep(intake.new)
    return intake


def unit_of(building: str, label: str) -> int | None:
    return int(label) if label in ("1", "2", "3") and not building else None


def drafted(folder: Path, formula: Formula, *, period: int = JANUARY, today: int = LATE) -> Draft:
    return make_draft(
        formula, period, Readings(folder), Roll(lambda unit: 100 + unit, AREAS.__getitem__), today
    )


MONTH = [
    row("W1", 1, "2025-12-31", "100"), row("W1", 1, "2026-01-31", "112.345"),
    row("W2", 2, "2025-12-31", "20"), row("W2", 2, "2026-01-15", "25"), row("W2", 2, "2026-01-31", "36.5"),
    row("W3", 3, "2026-01-02", "0"), row("W3", 3, "2026-01-30", "3"),
]  # fmt: skip


# ---------------------------------------------------------------- formula


def test_the_sample_formula_reads_and_comes_back_from_its_own_json(water: Formula) -> None:
    assert (water.name, water.category, len(water.tiers), water.shared[0].by) == ("Water", 7, 3, "area")
    assert water.counter.rolls_at == 100_000_000
    assert from_json(water.as_json()) == water
    assert from_json(json.loads(json.dumps(water.as_json()))).hash == water.hash


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('to = "10"', 'to = "11"', "tiers overlap"),
        ('to = "15"', 'to = "14"', "between 14 and 15 has no price"),
        ('price = "2.85"', "price = 2.85", "price = 2.85"),
        ('price = "2.85"', 'price = "-2.85"', "not negative"),
        ('by = "area"', 'by = "height"', "only area or equal or use is known"),
        ("category = 7", "category = 0", "from 1 to 65535"),
        ("category = 7", "catgory = 7", "needs category"),
        ('name = "Meter rent"', 'name = "Meter rent"\nnote = "x"', "knows no note"),
        ("[readings]", "[reading]", "there is no part reading"),
        ('method = "cumulative"', 'method = "steps"', "only cumulative or slab is known"),
        ('name = "Water"', "name = ", "is no TOML file"),
    ],
)
def test_a_formula_that_leaves_something_open_is_refused(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = (SAMPLES / "water.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "water.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_formula(path)


def test_every_term_of_a_formula_moves_its_hash(water: Formula) -> None:
    found = water.as_json()

    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return [changed(value[0]), *value[1:]]
        if isinstance(value, dict):
            first = next(iter(value))
            return {**value, first: changed(value[first])}
        return value + 1 if isinstance(value, int) else f"{value}x"

    from commonhold.ops.billing.canonical import hash_of

    hashes = {hash_of({**found, name: changed(value)}) for name, value in found.items()}
    assert len(hashes | {water.hash}) == len(found) + 1


@pytest.mark.parametrize(("text", "quantity"), [("0", 0), ("12.345", 12_345), ("1,234.5", 1_234_500)])
def test_quantities_are_read_and_written(text: str, quantity: int) -> None:
    assert parse_quantity(text) == quantity
    assert quantity_text(quantity) == text


@pytest.mark.parametrize("text", ["-1", "1.2345", "x", ""])
def test_quantities_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_quantity(text)


# ---------------------------------------------------------------- readings


def test_a_file_again_changes_nothing(tmp_path: Path) -> None:
    assert len(take(tmp_path, MONTH).new) == 7
    again = take(tmp_path, MONTH)
    assert (again.new, again.same, again.problems) == ([], 7, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": "9"}, "no such unit"),
        ({"day": "31/01/2026"}, "is not a date"),
        ({"reading": "12.3456"}, "finer than three decimals"),
        ({"reading": ""}, "the cell is empty"),
        ({"photo": "0x12"}, "no hash"),
        ({"signature": "0x12"}, "65 bytes"),
        ({"signature": "0x" + "00" * 65}, "no signature"),
        ({"confirmed_by": "Mr Li"}, "needs a note"),
    ],
)
def test_a_bad_line_is_named_with_its_place_and_nothing_is_kept(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    rows = [row("W1", 1, "2026-01-31", "5"), {**row("W2", 2, "2026-01-31", "5", signature=""), **change}]
    intake = take(tmp_path, rows, sign=False)
    (problem,) = intake.problems
    assert problem.line == 3 and words in str(problem)
    assert Readings(tmp_path).entries == {}


def test_unknown_and_missing_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    for heading, words in (("unit,meter,day", "reading"), ("unit,meter,day,reading,colour", "colour")):
        path.write_text(heading + "\n1,W,2026-01-31\n", encoding="utf-8")
        with pytest.raises(InputError, match=words):
            read_file(path, Readings(tmp_path), unit_of, DOMAIN, lambda wallet: True)


def test_a_signature_over_other_figures_or_of_a_stranger_is_refused(tmp_path: Path) -> None:
    day = day_number(2026, 1, 31)
    other = signed("W1", 1, day, 6_000)
    intake = take(tmp_path, [row("W1", 1, "2026-01-31", "5", signature=other)])
    assert "belongs to nobody" in str(intake.problems[0])
    path = tmp_path / "signer.csv"
    path.write_text(
        f"unit,meter,day,reading,signer,signature\n1,W1,2026-01-31,5,{KEY.address},{other}\n",
        encoding="utf-8",
    )
    intake = read_file(path, Readings(tmp_path), unit_of, DOMAIN, lambda wallet: True)
    assert "signed other figures" in str(intake.problems[0])


def test_a_signature_for_another_chain_or_contract_counts_for_nothing(tmp_path: Path) -> None:
    entry = Entry("W1", 1, day_number(2026, 1, 31), 5_000)
    for domain in (domain_of(1, CONTRACT), domain_of(31337, "0x" + "22" * 20)):
        raw = KEY.sign_message(typed_reading(domain, entry)).signature
        intake = take(tmp_path, [row("W1", 1, "2026-01-31", "5", signature="0x" + bytes(raw).hex())])
        assert "belongs to nobody" in str(intake.problems[0])


def test_another_figure_for_the_same_day_needs_a_person(tmp_path: Path) -> None:
    take(tmp_path, [row("W1", 1, "2026-01-31", "5")])
    intake = take(tmp_path, [row("W1", 1, "2026-01-31", "6")])
    assert "known as 5" in str(intake.problems[0])
    fixed = row("W1", 1, "2026-01-31", "6", confirmed_by="Mr Li", note="typo")
    assert take(tmp_path, [fixed]).problems == []
    assert Readings(tmp_path).of("W1")[0].value == 6_000


# ---------------------------------------------------------------- draft


def test_a_month_is_billed_from_the_last_reading_before_it(tmp_path: Path, water: Formula) -> None:
    take(tmp_path, MONTH)
    draft = drafted(tmp_path, water)
    used = [bill.meters[0].used for bill in draft.bills]
    assert used == [12_345, 16_500, 3_000]
    assert [bill.unit for bill in draft.bills] == [1, 2, 3]
    assert [bill.party for bill in draft.bills] == [101, 102, 103]
    tiers = [[line["amount"] for line in bill.lines if line["kind"] == "tier"] for bill in draft.bills]
    assert tiers == [[28_500_000, 9_614_500], [28_500_000, 20_500_000, 11_775_000], [8_550_000]]
    shared = [line["amount"] for bill in draft.bills for line in bill.lines if line["kind"] == "shared"]
    assert sum(shared) == 412_350_000, "the sum of the lines is the invoice"
    assert all(bill.amount == sum(line["amount"] for line in bill.lines) for bill in draft.bills)


def test_the_lines_are_words_that_anybody_can_follow(tmp_path: Path, water: Formula) -> None:
    take(tmp_path, MONTH)
    bill = drafted(tmp_path, water).bills[0]
    assert told_meter(water, bill.meters[0]) == (
        "Meter W1: 100 on 2025-12-31, 112.345 on 2026-01-31: 12.345 m³ used"
    )
    assert [told(water, line) for line in bill.lines] == [
        "10 m³ at 2.85", "2.345 m³ at 4.10", "Meter rent",
        "Pumping and corridor lights: 89.00 of 264.20 m² of 412.35",
    ]  # fmt: skip


def simple(water: Formula) -> Formula:
    return from_json({**water.as_json(), "shared": []})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reading": "99"}, "negative"),
        ({"reading": "300"}, "implausible"),
        ({"disputed": "Ann"}, "disputed by Ann"),
        ({"signature": ""}, "unsigned"),
    ],
)
def test_what_is_odd_waits_for_a_person(
    tmp_path: Path, water: Formula, change: dict[str, str], why: str
) -> None:
    rows = [dict(one) for one in MONTH]
    rows[1] |= change
    take(tmp_path, rows)
    draft = drafted(tmp_path, simple(water))
    assert [bill.unit for bill in draft.bills] == [2, 3]
    (waits,) = draft.waiting
    assert (waits.unit, waits.meter) == (1, "W1") and why in waits.why


def test_a_shared_invoice_waits_with_the_reading_that_waits(tmp_path: Path, water: Formula) -> None:
    take(tmp_path, [*MONTH[:1], {**MONTH[1], "reading": "300"}, *MONTH[2:]])
    with pytest.raises(InputError, match=r"wait for a person.*W1"):
        drafted(tmp_path, water)


def test_a_roll_over_is_billed_once_a_person_has_seen_it(tmp_path: Path, water: Formula) -> None:
    rows = [row("W1", 1, "2025-12-31", "99990"), row("W1", 1, "2026-01-31", "2")]
    take(tmp_path, rows)
    assert "rolled over" in drafted(tmp_path, simple(water)).waiting[0].why
    seen = row("W1", 1, "2026-01-31", "2", confirmed_by="Mr Li", note="counter started again")
    take(tmp_path, [seen])
    (bill,) = drafted(tmp_path, simple(water)).bills
    assert bill.meters[0].used == 12_000
    assert "confirmed by Mr Li" in told_meter(water, bill.meters[0])


def test_nobody_confirms_a_counter_that_ran_backwards(tmp_path: Path, water: Formula) -> None:
    back = row("W1", 1, "2026-01-31", "99", confirmed_by="Mr Li", note="?")
    take(tmp_path, [MONTH[0], back])
    assert "new meter" in drafted(tmp_path, simple(water)).waiting[0].why


def test_a_reading_is_billed_after_its_time_for_disputes(tmp_path: Path, water: Formula) -> None:
    take(tmp_path, MONTH[:2])
    last = day_number(2026, 1, 31) + 3
    assert "can be disputed until 2026-02-03" in drafted(tmp_path, simple(water), today=last).waiting[0].why
    assert len(drafted(tmp_path, simple(water), today=last + 1).bills) == 1


def test_a_month_without_a_reading_waits_and_the_next_one_bills_both(tmp_path: Path, water: Formula) -> None:
    take(tmp_path, [MONTH[0], row("W1", 1, "2026-02-28", "140")])
    assert "no reading in 2026-01" in drafted(tmp_path, simple(water)).waiting[0].why
    later = drafted(tmp_path, simple(water), period=JANUARY + 1, today=LATE + 60)
    assert later.bills[0].meters[0].used == 40_000


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
