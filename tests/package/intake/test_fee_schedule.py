"""read_schedule: a fee schedule from CSV and XLSX.

good ── the sample · later tariffs of a category · a workbook with percentages and dates
bad ── each kind of cell names its line, column, value and what to do · a bad line leaves the others readable
file ── no headings, a missing or a double column, a formula, an open quote, a workbook that is no zip, whose
        sheet is cut off or not shown: refused with the place; lines with nothing in them are passed over
"""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from commonhold.ops.intake.feeschedule import Schedule, read_schedule
from commonhold.ops.intake.problems import FileProblem
from commonhold.rules.tariff import CategoryKind
from tools.environment import ROOT

SAMPLE = ROOT / "commonhold/samples/fee-schedule.csv"
HEAD = "category,kind,rate,from,due day,late fee,payee,mode,manager,manager share"


def read(tmp_path: Path, *lines: str, head: str = HEAD) -> Schedule:
    path = tmp_path / "schedule.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return read_schedule(path)


def test_the_sample_is_read_whole() -> None:
    found = read_schedule(SAMPLE)
    assert not found.problems
    fee, parking, water = found.categories
    assert (fee.name, fee.terms.kind, fee.terms.due_day) == ("物业费 Property fee", CategoryKind.AREA, 5)
    assert (fee.terms.late_fee_rate, fee.terms.prompt_bps, fee.terms.vacancy_bps) == (5, 100, 3_000)
    assert fee.rates == {57 * 12: 2_500_000, 57 * 12 + 6: 2_800_000}
    assert parking.rates == {57 * 12: 150_000_000}
    assert (water.terms.kind, water.terms.due_month, water.rates) == (CategoryKind.POSTED, 1, {})
    assert len({one.name_hash for one in found.categories}) == 3


@pytest.mark.parametrize(
    ("line", "column", "what"),
    [
        ("Fee,volume,1,2027-01,5,,Ann,,,", "kind", "not known"),
        ("Fee,,1,2027-01,5,,Ann,,,", "kind", "missing"),
        ("Fee,area,x,2027-01,5,,Ann,,,", "rate", ""),
        ("Fee,area,-1,2027-01,5,,Ann,,,", "rate", "negative"),
        ("Fee,area,1,January,5,,Ann,,,", "from", "first of a month"),
        ("Fee,area,1,2027-13,5,,Ann,,,", "from", "first of a month"),
        ("Fee,area,1,,5,,Ann,,,", "from", "needs a rate"),
        ("Fee,area,1,2027-01,29,,Ann,,,", "due day", ""),
        ("Fee,area,1,2027-01,5,2%/day,Ann,,,", "late fee", "out of bounds"),
        ("Fee,area,1,2027-01,5,,,,,", "payee", "nobody"),
        ("Fee,area,1,2027-01,5,,Ann,commission,,5%", "manager", "needs the manager"),
        ("Fee,area,1,2027-01,5,,Ann,commission,Ben,40%", "manager share", "out of bounds"),
        ("Fee,posted,1,2027-01,5,,Ann,,,", "rate", "no rate"),
        (",area,1,2027-01,5,,Ann,,,", "category", "no category"),
    ],
)
def test_I3_a_bad_cell_names_its_place_and_what_to_do(
    tmp_path: Path, line: str, column: str, what: str
) -> None:
    found = read(tmp_path, line, "Other,flat,9,2027-01,1,,Ann,,,")
    (problem,) = found.problems
    assert (problem.line, problem.column) == (2, column)
    assert what in problem.what
    assert problem.advice
    assert [one.name for one in found.categories] == ["Other"]


def test_a_second_line_adds_a_tariff_and_nothing_else(tmp_path: Path) -> None:
    first = "Fee,area,1,2027-01,5,,Ann,,,"
    assert read(tmp_path, first, "Fee,,2,2027-05,,,,,,").categories[0].rates == {684: 10**6, 688: 2 * 10**6}
    for second, column in (
        ("Fee,,2,2027-01,,,,,,", "from"), ("Fee,,,,,,,,,", "rate"), ("Fee,,2,2027-05,9,,,,,", "due day"),
        ("Fee,flat,2,2027-05,,,,,,", "kind"),
    ):  # fmt: skip
        (problem,) = read(tmp_path, first, second).problems
        assert (problem.line, problem.column) == (3, column)


def test_I1_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    for head, word in (("a,b,c", "category"), ("category,kind,payee,rate,rate", "two columns")):
        with pytest.raises(FileProblem, match=word):
            read(tmp_path, "x,y,z", head=head)


def test_I1_a_workbook_is_read_and_a_formula_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Category", "Kind", "Rate", "From", "Late fee", "Payee"])
    sheet.append(["Fee", "area", 2.5, "2027-03", 0.0005, "Ann"])
    sheet["E2"].number_format = "0.00%"
    path = tmp_path / "schedule.xlsx"
    book.save(path)
    (draft,) = read_schedule(path).categories
    assert (draft.terms.late_fee_rate, draft.rates) == (5, {686: 2_500_000})
    sheet["C2"] = "=1+1"
    book.save(path)
    with pytest.raises(FileProblem, match="formula"):
        read_schedule(path)


def test_a_bad_line_of_a_category_that_is_bad_already_is_no_second_problem(tmp_path: Path) -> None:
    found = read(tmp_path, "Fee,volume,1,2027-01,5,,Ann,,,", "", "Fee,,2,2027-05,,,,,,", ",,,,,,,,,")
    assert [(one.line, one.column) for one in found.problems] == [(2, "kind")] and found.categories == ()
    # and what cannot be read as a rate is not said to be missing besides
    (problem,) = read(tmp_path, "Fee,area,1,2027-01,5,,Ann,,,", "Fee,,x,2027-05,,,,,,").problems
    assert (problem.line, problem.column, problem.value) == (3, "rate", "x")


def test_I1_an_empty_file_and_an_open_quote_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no headings") as caught:
        read(tmp_path, head=",,,")
    assert "category, kind, payee" in caught.value.hint
    with pytest.raises(FileProblem, match="line 3: a quotation mark is not closed"):
        read(tmp_path, "Fee,area,1,2027-01,5,,Ann,,,", '"Fee,,2,2027-05,,,,,,')


def test_I1_a_damaged_workbook_and_one_without_a_sheet_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "schedule.xlsx"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(FileProblem, match="cannot be opened"):
        read_schedule(path)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Category", "Kind", "Rate", "From", "Payee"])
    sheet.append(["Fee", "area", 2.5, date(2027, 3, 1), "Ann"])
    book.save(path)
    assert read_schedule(path).categories[0].rates == {686: 2_500_000}  # a real date in the cell
    path.write_bytes(cut_off(path.read_bytes()))
    with pytest.raises(FileProblem, match="the sheet is damaged"):
        read_schedule(path)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=2))
    book.create_chartsheet("picture").add_chart(chart)
    sheet.sheet_state = "hidden"
    book.save(path)
    with pytest.raises(FileProblem, match="shows no sheet"):
        read_schedule(path)


def cut_off(workbook: bytes) -> bytes:
    """The same with its first sheet broken off in the middle."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if name.endswith("sheet1.xml") else data)
    return stream.getvalue()
