"""read_schedule: a fee schedule from CSV and XLSX.

good ── the sample · later tariffs of a category · a workbook with percentages and dates
bad ── each kind of cell names its line, column, value and what to do · a bad line leaves the others readable
file ── no headings, a missing or a double column, a formula: refused with the place
"""

from pathlib import Path

import pytest
from openpyxl import Workbook

from commonhold.ops.intake.feeschedule import Schedule, read_schedule
from commonhold.ops.intake.problems import FileProblem
from commonhold.rules.tariff import CategoryKind

SAMPLE = Path(__file__).resolve().parents[3] / "commonhold/samples/fee-schedule.csv"
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
