"""Files that cannot be read as a whole: each STOPs with its place and what to do (I1).

encoding: unclear between Chinese and others | damaged | declared wrongly | zero bytes | UTF-16 without a mark
form: empty, too large, old .xls, PDF, damaged or huge workbook, open quotes, shifted cells, delimiter unclear
headings: none, incomplete, twice, ambiguous; sheets: none, several, hidden, misspelt
mapping file: not TOML, unknown section, key or choice, wrong type, a heading named twice
"""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from commonhold.errors import InputError
from commonhold.ops.intake import Mapping, load_mapping, read_roll
from commonhold.ops.intake import decode as decoding
from commonhold.ops.intake import workbook as workbook_reading
from tests.package.intake.rolls import CUTOVER, HEADINGS, bytes_of, csv_of, only_problem, read, row, xlsx_of

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize(
    ("name", "line", "column", "advice"),
    [
        ("half-width-katakana.csv", 2, "character 21", 'encoding = "utf-8"'),
        ("utf8-or-chinese.csv", 2, "character 4", 'encoding = "utf-8"'),
        ("latin-1.csv", 3, "character 22", 'encoding = "utf-8"'),
        ("big5.csv", 1, "character 1", 'encoding = "utf-8"'),
        ("cut-in-a-character.csv", 3, "character", 'encoding = "utf-8"'),
        ("utf16-without-mark.csv", 0, "", 'encoding = "utf-8"'),
        ("zero-byte.csv", 3, "", 'encoding = "utf-8"'),
        ("open-quote.csv", 3, "", "close the cell"),
        ("text-after-quote.csv", 2, "", "close the cell"),
        ("shifted-cells.csv", 3, "", "quotation marks"),
        ("short-line.csv", 2, "", "quotation marks"),
        ("headings-only.csv", 1, "", "Export the roll again"),
        ("no-headings.csv", 0, "", "[file] header_row"),
        ("headings-incomplete.csv", 2, "", "[columns] end"),
        ("headings-twice.csv", 1, "Monthly rent", "[columns] field"),
        ("heading-of-two-fields.csv", 1, "预收租金 Arrears", "[columns] field"),
        ("old-workbook.xls", 0, "", "save it in the spreadsheet program as .xlsx"),
        ("printed.pdf", 0, "", "Export the roll"),
        ("damaged.xlsx", 0, "", "save it as .xlsx again"),
    ],
)
def test_I1_an_unreadable_file_stops_with_its_place_and_what_to_do(
    name: str, line: int, column: str, advice: str
) -> None:
    problem = only_problem(read_roll(FILES / name, cutover=CUTOVER))
    assert problem.line == line
    assert problem.column.startswith(column)
    assert advice.casefold() in problem.advice.casefold()


def test_I1_the_folder_of_bad_files_is_read_wholly() -> None:
    """Every file there but the good one has a line above."""
    assert len(list(FILES.iterdir())) == 20


def test_I1_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "Export the roll again" in only_problem(read(tmp_path, b" \n")).advice


def test_I1_a_file_above_50_MB_is_refused_and_one_below_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = csv_of([row()]).encode()
    assert decoding.SIZE_LIMIT == 50 * 1024 * 1024
    monkeypatch.setattr(decoding, "SIZE_LIMIT", len(content))
    assert read(tmp_path, content).ok
    monkeypatch.setattr(decoding, "SIZE_LIMIT", len(content) - 1)
    assert "Split it by building" in only_problem(read(tmp_path, content)).advice


def test_I1_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_roll(tmp_path / "none.csv", cutover=CUTOVER)


def test_the_cut_over_has_to_be_declared(tmp_path: Path) -> None:
    path = tmp_path / "roll.csv"
    path.write_text(csv_of([row()]))
    with pytest.raises(InputError) as caught:
        read_roll(path)
    assert "[lease] cutover" in caught.value.hint


@pytest.mark.parametrize(
    ("declared", "data", "line", "column"),
    [
        ("shift-jis", csv_of([row(), row(unit="二〇一")]).encode(), 3, "character 6"),
        ("utf-8", csv_of([row(), row(tenant="王静")]).encode("gb18030"), 3, "character 21"),
        ("utf-16", csv_of([row()]).encode("utf-8-sig"), 1, "character 1"),
    ],
)
def test_I1_a_declaration_that_does_not_fit_is_refused_at_its_first_byte(
    tmp_path: Path, declared: str, data: bytes, line: int, column: str
) -> None:
    problem = only_problem(read(tmp_path, data, Mapping(encoding=declared)))
    assert (problem.line, problem.column) == (line, column)


def test_two_possible_delimiters_have_to_be_declared(tmp_path: Path) -> None:
    names = "unit,tenant,rent,start,end"
    problem = only_problem(read(tmp_path, f"{names}\n{names.replace(',', ';')}\n"))
    assert problem.line == 1
    assert 'delimiter = ","' in problem.advice


def test_an_unknown_delimiter_of_the_files_own_line_is_refused(tmp_path: Path) -> None:
    problem = only_problem(read(tmp_path, "sep=|\n" + csv_of([row()], "|")))
    assert (problem.line, problem.value) == (1, "|")


def test_a_declared_heading_row_is_believed(tmp_path: Path) -> None:
    text = csv_of([row()])
    assert read(tmp_path, text, Mapping(header_row=1)).ok
    problem = only_problem(read(tmp_path, text, Mapping(header_row=2)))
    assert "no heading row" in problem.what


def workbook(*sheets: tuple[str, str, list[object]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, state, cells in sheets:
        sheet = book.create_sheet(title)
        sheet.append(cells)
        sheet.sheet_state = state
    return bytes_of(book)


@pytest.mark.parametrize(
    ("content", "mapping", "advice"),
    [
        (
            workbook(("A", "visible", list(HEADINGS)), ("B", "visible", list(HEADINGS))),
            Mapping(),
            'sheet = "A"',
        ),
        (
            workbook(
                ("Cover", "visible", ["hello"]), ("Roll", "hidden", list(HEADINGS)), ("X", "visible", [1])
            ),
            Mapping(),
            "Hidden sheets are not read",
        ),
        (
            workbook(("Cover", "visible", ["hello"]), ("Roll", "hidden", list(HEADINGS))),
            Mapping(sheet="Roll"),
            "Show it",
        ),
        (workbook(("Roll", "visible", list(HEADINGS))), Mapping(sheet="Rolls"), "one of 'Roll'"),
        (workbook(("Roll", "visible", ["hello"])), Mapping(), "[file] header_row"),
        (workbook(("Roll", "visible", list(HEADINGS))), Mapping(), "Export the roll again"),
    ],
    ids=["two sheets", "hidden", "hidden and named", "misspelt", "no headings", "no rows"],
)
def test_I1_a_workbook_without_the_one_sheet_is_refused(
    tmp_path: Path, content: bytes, mapping: Mapping, advice: str
) -> None:
    assert advice in only_problem(read(tmp_path, content, mapping)).advice


def test_I1_a_workbook_that_unpacks_to_a_gigabyte_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = xlsx_of([row()])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(member.file_size for member in archive.infolist())
    assert workbook_reading.UNPACKED_LIMIT == 1024 * 1024 * 1024
    monkeypatch.setattr(workbook_reading, "UNPACKED_LIMIT", size)
    assert read(tmp_path, content).ok
    monkeypatch.setattr(workbook_reading, "UNPACKED_LIMIT", size - 1)
    assert "more than 1 GB" in only_problem(read(tmp_path, content)).what


def test_I1_a_formula_without_a_result_is_refused_even_if_results_are_taken(tmp_path: Path) -> None:
    problem = only_problem(read(tmp_path, xlsx_of([row(rent="=1+1")]), Mapping(formulas="cached")))
    assert (problem.cell, problem.value) == ("H2", "=1+1")
    assert "compute and save" in problem.advice


def test_I1_a_formula_in_a_column_that_is_not_read_harms_nobody(tmp_path: Path) -> None:
    assert read(tmp_path, xlsx_of([row(remarks="=1+1")])).ok


def test_a_file_with_thousands_of_problems_is_given_up(tmp_path: Path) -> None:
    rows = [row(unit=str(number), rent="?", start="?") for number in range(3000)]
    assert 2000 <= len(read(tmp_path, rows).problems) < 2010


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[file", "not valid TOML"),
        ("[fiel]\n", "Did you mean file?"),
        ("file = 1\n", "[file] on a line of its own"),
        ("[columns]\nrents = 'x'\n", "Did you mean rent?"),
        ("[columns]\nrent = 5\n", "a list of texts"),
        ("[columns]\nrent = 'x'\ndeposit = ['X']\n", "named for rent and for deposit"),
        ("[format]\ndates = 'ymd'\n", '"dmy" or "mdy"'),
        ("[format]\ndecimals = 7\n", "from 0 to 6"),
        ("[format]\nserial_dates = 'yes'\n", "true or serial_dates = false"),
        ("[file]\nencoding = 'big5'\n", "gb18030"),
        ("[file]\nencoding = true\n", "in quotes"),
        ("[file]\ndelimiter = '|'\n", '"," or ";" or "tab"'),
        ("[lease]\ncutover = '31/12/2025'\n", "cutover = 2025-12-31"),
        ("[rows]\nfill_down = ['bilding']\n", "Did you mean building?"),
        ("[defaults]\nzzz = 'x'\n", "Known are"),
    ],
)
def test_a_mapping_file_that_says_something_unknown_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "roll.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_mapping(path)
    assert words in str(caught.value)


def test_a_mapping_file_that_is_missing_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")
    path = tmp_path / "roll.toml"
    path.write_bytes("[columns]\nrent = '租金'\n".encode("gb18030"))
    with pytest.raises(InputError, match="not UTF-8"):
        load_mapping(path)
