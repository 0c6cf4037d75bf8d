"""Text for spreadsheets: what we write runs nothing (I2, W3), what we read is what one sees (G2).

harmless: each sign that begins a formula, plain and full-width, at the start, behind spaces, after a
delimiter or a line break; numbers stay numbers; write and read back: same cells, CJK, mark, line ends
clean, fold: controls, zero-width, direction, spaces, width, case
"""

import csv
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.text import clean, csv_text, fold, harmless, narrow, write_csv


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        " =1+1",
        "＝1+1",
        "＋1",
        "－1+1",
        "＠x",
        "\t=1",
        "\r=1",
        "\n=1",
        '=HYPERLINK("http://example.org","x")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_W3_I2_text_that_would_run_as_a_formula_is_put_behind_an_apostrophe(text: str) -> None:
    assert harmless(text).startswith("'")
    assert harmless(text)[1:].replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", ["Anna;=1+1", "Anna\t@x", "Anna\n=1", "Anna,+1"])
def test_W3_a_formula_that_another_delimiter_would_uncover_is_harmless_too(text: str) -> None:
    assert "'" in harmless(text)
    for delimiter in ";\t,":
        for cells in csv.reader(StringIO(csv_text([], [[text]])), delimiter=delimiter):
            assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize("value", ["-25.00", "+5", "1,234.50", "-1", "12%", -25, Decimal("-1.5")])
def test_I2_numbers_stay_numbers(value: str | int | Decimal) -> None:
    assert harmless(value) == str(value)


def test_I2_nothing_is_an_empty_cell() -> None:
    assert harmless(None) == ""


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=5))
def test_I2_no_cell_of_a_written_file_begins_a_formula(rows: list[list[str]]) -> None:
    for cells in csv.reader(StringIO(csv_text(["a", "b"], rows), newline="")):
        for cell in cells:
            shown = cell.lstrip()
            number = shown.replace(",", "").replace(".", "").lstrip("+-").rstrip("%").isdecimal()
            assert number or not shown.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
            assert not cell.startswith(("\t", "\r", "\n"))


def test_I2_a_written_file_opens_with_its_characters_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert write_csv(path, ["房号", "名"], [["0101", "髙木, 一郎"], [None, '"x"']]) == 2
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == '房号,名\r\n0101,"髙木, 一郎"\r\n,"""x"""\r\n'
    write_csv(path, ["a"], [], bom=False)
    assert path.read_bytes() == b"a\r\n"


def test_G2_invisible_and_direction_changing_characters_are_removed() -> None:
    assert clean("An\u200bna \u202eevil\u202c\u0000") == "Anna evil"
    assert clean("  An\u00a0na\u3000 x\n") == "An na x"
    assert clean("e\u0301") == "é"
    assert clean("　１０１ ") == "１０１"


def test_names_are_compared_without_width_case_and_spaces() -> None:
    assert fold("  ＡＮＮＡ　Ｂennett ") == "anna bennett" == fold("Anna  Bennett")
    assert narrow("￥１２３") == "¥123"
