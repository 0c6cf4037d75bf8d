"""Formulas, readings and drafts: without a chain.

formula ── the sample reads; gaps, typos, negative amounts ── refused; its hash moves with every term
readings ── new, the same again, another figure, a correction; unsigned, odd and disputed ones wait
draft ── from the last reading before the month to the last in it; who waits; shared invoices to the unit
"""

import json
from pathlib import Path
from typing import Any

import pytest

from commonhold.errors import InputError
from commonhold.ops.billing.formula import Formula, from_json, load_formula, parse_quantity, quantity_text
from commonhold.ops.billing.lines import told, told_meter
from commonhold.ops.billing.readings import Entry, Readings, domain_of, read_file, typed_reading
from commonhold.rules.calendar import day_number
from tests.package.ops.billing_month import (
    CONTRACT,
    DOMAIN,
    JANUARY,
    KEY,
    LATE,
    MONTH,
    SAMPLES,
    drafted,
    row,
    signed,
    take,
    unit_of,
)


@pytest.fixture
def water() -> Formula:
    return load_formula(SAMPLES / "water.toml")


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
