"""CSV statements: columns declared or usual, and every bad cell with its row and column.

read: signed amounts, amount and side, two columns · several text columns · decimal commas, full-width digits
encodings, marks, delimiters · balances in either order · rows below the headings that are no entries
refused: formulas · undeclared dates · wrong separators · both columns · unknown side · too many cells · no
headings · two of one · another account or currency · a workbook · mappings with mistakes
"""

from pathlib import Path

import pytest

from commonhold.errors import InputError
from commonhold.ops.bank import read_bank_file
from commonhold.ops.bank.entries import BankFile
from commonhold.ops.bank.mapping import BankMapping, load_bank_mapping, parse_bank_mapping
from commonhold.ops.intake.problems import FileProblem
from tests.package.bank.files import ACCOUNT, CMT, Booking, csv_of, day, reference, write

GERMAN = {
    "file": {"delimiter": ";"},
    "format": {"dates": "dmy", "decimal": ","},
    "columns": {"text": ["Buchungstext", "Verwendungszweck"], "amount": "Betrag"},
}
GERMAN_TEXT = f"""Umsatzliste;;;;;;
Buchungstag;Valuta;Buchungstext;Verwendungszweck;Name;Betrag;Saldo
03.03.2026;02.03.2026;Dauerauftrag;{reference(7)};Ann Lee;1.000,00;1.097,50
02.03.2026;02.03.2026;Entgelt;;;-2,50;97,50
;;;;;;
"""
CHINESE_TEXT = """交易日期,借方发生额,贷方发生额,对方户名,摘要,余额
2026-03-02,,"１，０００．００",张伟,房租,1100.00
2026-03-03,2.50,,,手续费,1097.50
"""


def read(folder: Path, content: str | bytes, mapping: BankMapping | None = None, **how: str) -> BankFile:
    return read_bank_file(write(folder / "s.csv", content, **how), mapping, ACCOUNT)


def test_I3_decimal_commas_days_first_and_several_text_columns_as_declared(tmp_path: Path) -> None:
    found = read(tmp_path, GERMAN_TEXT, parse_bank_mapping(GERMAN))
    (statement,) = found.statements
    rent, fee = statement.entries
    assert (rent.side, rent.amount, rent.counterparty) == ("credit", 1000 * CMT, "Ann Lee")
    assert rent.told == ("Dauerauftrag", reference(7)) and rent.line == 3
    assert (rent.day, rent.value_day) == (day("2026-03-03"), day("2026-03-02"))
    assert (fee.side, fee.amount) == ("debit", 2_500_000)
    assert (statement.opening, statement.closing, statement.gap) == (100 * CMT, 1097_500_000, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_I1_encodings_and_full_width_digits_are_read(tmp_path: Path, encoding: str) -> None:
    (statement,) = read(tmp_path, CHINESE_TEXT, encoding=encoding).statements
    assert [(one.side, one.amount, one.counterparty) for one in statement.entries] == [
        ("credit", 1000 * CMT, "张伟"),
        ("debit", 2_500_000, ""),
    ]
    assert (statement.opening, statement.closing) == (100 * CMT, 1097_500_000)


def test_I1_shift_jis_and_japanese_headings_are_read(tmp_path: Path) -> None:
    text = "取引日,お引出金額,お預入金額,取引内容\n2026/03/02,,\\80000,家賃の振込　山田太郎\n"
    (entry,) = read(tmp_path, text.replace("\\", ""), encoding="cp932").statements[0].entries
    assert (entry.side, entry.amount, entry.text) == ("credit", 80_000 * CMT, "家賃の振込 山田太郎")


def test_a_side_of_its_own_says_what_the_amount_is(tmp_path: Path) -> None:
    rows = ["2026-03-02,5,CRDT,Booked,", "2026-03-03,5,D,,yes", "2026-03-03,5,C,pending,"]
    text = "\n".join(["Date,Amount,Credit/Debit,Status,Reversal", *rows])
    found = read(tmp_path, text)
    assert [(one.side, one.reversal) for one in found.statements[0].entries] == [
        ("credit", False),
        ("debit", True),
    ]
    assert "not booked (pending)" in found.notes[0].text


def test_balances_that_do_not_add_up_are_not_used(tmp_path: Path) -> None:
    text = "Date,Amount,Balance\n2026-03-02,5,105\n2026-03-03,5,111\n"
    found = read(tmp_path, text)
    assert found.statements[0].closing is None and "does not add up" in found.notes[0].text


def test_the_same_entries_come_out_of_both_orders(tmp_path: Path) -> None:
    bookings = [
        Booking("2026-03-02", "5", "a, b", 'Ann "A"', "R-100001"),
        Booking("2026-03-03", "-1", "c", "", "R-100002"),
    ]
    newest = read(tmp_path, csv_of(bookings)).statements[0].entries
    oldest = read(tmp_path, csv_of(bookings[::-1])).statements[0].entries
    assert newest == oldest[::-1] and newest[1].counterparty == 'Ann "A"'


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("03/02/2026,5,x", "Date", "day or the month comes first"),
        ("2026-02-30,5,x", "Date", "no such day"),
        (",5,x", "Date", "the day is missing"),
        ("2026-03-02,,x", "Amount", "the amount is missing"),
        ("2026-03-02,=1+1,x", "Amount", "a formula"),
        ('2026-03-02,"1.000,00",x', "Amount", "decimal mark"),
        ("2026-03-02,5.001,x", "Amount", "more than 2 decimals"),
        ("2026-03-02,five,x", "Amount", "not an amount"),
        ("2026-03-02,£5,x", "Amount", "not in EUR"),
        ("2026-03-02,5,x,y", "", "more cells"),
    ],
)
def test_I3_a_bad_cell_is_a_problem_of_its_row_and_column(
    tmp_path: Path, row: str, column: str, words: str
) -> None:
    mapping = BankMapping(currency="EUR")
    found = read(tmp_path, f"Date,Amount,Details\n2026-03-01,5,good\n{row}\n", mapping)
    (problem,) = found.problems
    assert (problem.line, problem.column) == (3, column) and words in problem.what
    assert len(found.statements[0].entries) == 1


def test_empty_rows_cells_beyond_the_headings_and_amounts_of_nothing_are_no_entries(tmp_path: Path) -> None:
    lines = [",,,page 1", "2026-03-02,5,,good, ,", "2026-03-03,0.00,,none", "2026-03-04,,,none"]
    found = read(tmp_path, "\n".join(["Date,Credit,Debit,Details", *lines]))
    assert not found.problems
    assert [entry.amount for entry in found.statements[0].entries] == [5 * CMT]
    assert [(note.line, "over nothing" in note.text) for note in found.notes if note.line > 1] == [
        (2, False), (4, True), (5, True),
    ]  # fmt: skip
    assert "without a day and an amount" in next(note.text for note in found.notes if note.line == 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Date,Credit,Debit\n2026-03-02,5,5\n", "both filled in"),
        ("Date,Credit,Debit\n2026-03-02,five,\n", "not an amount"),
        ("Date,Credit,Debit\n2026-03-02,-5,\n", "below zero in a column of its own"),
        ("Date,Amount,Dr/Cr\n2026-03-02,5,maybe\n", "credit or a debit"),
        ("Date,Amount,Dr/Cr\n2026-03-02,-5,C\n", "a credit is below zero"),
    ],
)
def test_an_unclear_side_is_a_problem(tmp_path: Path, text: str, words: str) -> None:
    (problem,) = read(tmp_path, text).problems
    assert problem.line == 2 and words in problem.what


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("when,how much\n2026-03-02,5\n", "no headings for the day and the amount"),
        ("Date,Amount,Betrag\n2026-03-02,5,5\n", "both mean amount"),
        ('Date,Amount\n2026-03-02,"5\n', "never closed"),
        (b"Date,Amount\n2026-03-02,\xff\xfe5\n", "encoding is unclear"),
        (b"PK\x03\x04rest", "a workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"", "is empty"),
        ("Date,Amount,IBAN\n2026-03-02,5,DE89370400440532013000\n", "DE89370400440532013000"),
        ("Date,Amount,Currency\n2026-03-02,5,USD\n", "in USD"),
    ],
)
def test_I1_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[columns]\ndya = 'Date'", "Did you mean day"),
        ("[colums]\nday = 'Date'", "Did you mean columns"),
        ("[format]\ndecimal = ';'", "decimal"),
        ("[file]\nheader_row = 0", "whole number from 1"),
        ("[columns]\nday = 'X'\namount = 'X'", "named for day and for amount"),
        ("day = ", "not valid TOML"),
        ("[account]\nnumber = 1.5", "number is 1.5, not a text"),
        ('account = "DE02"', "account"),
        ("columns = 5", "columns"),
        ("meaning = 5", "meaning"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused_naming_the_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        load_bank_mapping(write(tmp_path / "m.toml", text))
    assert words in str(caught.value)


def test_a_declared_heading_and_row_win_over_the_usual_ones(tmp_path: Path) -> None:
    text = "Date,Amount\nBooked on,Sum\n2026-03-02,5\n"
    mapping = parse_bank_mapping(
        {"file": {"header_row": 2}, "columns": {"day": "Booked on", "amount": "Sum"}}
    )
    assert len(read(tmp_path, text, mapping).statements[0].entries) == 1
    with pytest.raises(FileProblem):
        read(tmp_path, text, parse_bank_mapping({"file": {"header_row": 3}}))
