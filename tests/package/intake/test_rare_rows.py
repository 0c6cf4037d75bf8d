"""Rows that are rare: what is passed over, what is one problem and not two, and what a month without days is.

vacant: without a unit · with noughts in its books · balance of nought · an owner missing beside a bad cell ·
months as numbers · counts with a decimal nought · a mapping value that is no text · a heading that is
missing in a workbook · rows without a cell, a sheet that is cut off
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from commonhold.errors import InputError
from commonhold.ops.intake.dates import read_day
from commonhold.ops.intake.mapping import parse_mapping
from commonhold.ops.intake.values import read_count
from tests.package.intake.rolls import day, only_problem, read, row, xlsx_of
from tests.package.intake.test_fee_schedule import cut_off

VACANT = {"tenant": "vacant", "start": "", "end": "", "rent": "", "deposit": ""}


def test_a_vacant_line_without_a_unit_is_one_problem(tmp_path: Path) -> None:
    problem = only_problem(read(tmp_path, [row(unit=" ", **VACANT)]))
    assert (problem.line, problem.column) == (2, "Unit")


def test_noughts_in_the_books_of_a_vacant_unit_are_no_money(tmp_path: Path) -> None:
    found = read(tmp_path, [row(), row(unit="0102", arrears="0.00", **VACANT)])
    assert found.ok and not found.problems


def test_a_missing_owner_beside_a_cell_that_cannot_be_read_is_not_said_twice(tmp_path: Path) -> None:
    found = read(tmp_path, [row(landlord="", area="wide")])
    assert [one.column for one in found.problems] == ["Area"]


def test_a_month_written_as_a_number_is_that_month() -> None:
    assert read_day(Decimal("2026.12"), edge="last") == day("2026-12-31")
    assert read_day(Decimal("2026.12"), edge="first") == day("2026-12-01")


def test_a_count_with_a_decimal_nought_is_that_count() -> None:
    assert read_count(Decimal("5.0"), 1, 31) == 5


def test_a_mapping_value_that_is_no_text_is_refused_with_its_key() -> None:
    with pytest.raises(InputError, match=r"sheet is 3\.5, not a text"):
        parse_mapping({"file": {"sheet": 3.5}})


def test_a_workbook_without_one_of_the_headings_names_it(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    path.write_bytes(xlsx_of([row()]))
    book = load_workbook(path)
    book["Roll"]["G1"] = "Remarks"
    book.save(path)
    problem = only_problem(read(tmp_path, path.read_bytes()))
    assert (problem.line, problem.sheet) == (1, "Roll") and "[columns] end" in problem.advice


def test_I1_rows_without_a_cell_are_passed_over_and_a_sheet_that_is_cut_off_is_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "roll.xlsx"
    path.write_bytes(xlsx_of([row(), row(unit="0102", tenant="Cara")]))
    book = load_workbook(path)
    book["Roll"].insert_rows(3, 2)
    book["Roll"]["F2"] = date(2025, 3, 1)
    book.save(path)
    found = read(tmp_path, path.read_bytes())
    assert found.ok and len(found.leases) == 2
    problem = only_problem(read(tmp_path, cut_off(path.read_bytes())))
    assert "the sheet is damaged" in problem.what and "save it again" in problem.advice
