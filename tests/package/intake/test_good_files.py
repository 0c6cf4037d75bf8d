"""Files that are read rightly, in every encoding and form (I1).

text: UTF-8 | with mark | GB18030 | Shift-JIS | UTF-16 with mark | declared beats found; LF, CR LF, CR, mixed;
      quoted line breaks; comma, semicolon, tab, a spreadsheet's "sep=" line; titles above the headings
workbook: text, numbers, dates, percentages; title rows; other sheets; hidden sheets named; cached formulas
headings: English, Chinese, Japanese, mixed, mapped, ignored
"""

import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from commonhold.ops.intake import Mapping, load_mapping, read_roll
from tests.package.intake.rolls import CUTOVER, HEADINGS, bytes_of, cmt, csv_of, day, read, row, xlsx_of
from tools.environment import ROOT

CHINESE = """楼栋,房号,建筑面积,出租人,承租人,起租日,到期日,月租金,押金,欠租,预收租金
一号楼,0101,60.5,林伟,欧阳静,2025年3月1日,2026年12月31日,"￥5,000.00",10000,"1,250.50",
一号楼,0102,70,林伟,空置,,,,,,
"""
JAPANESE = """建物,部屋番号,面積,貸主,借主,契約開始日,契約終了日,賃料,敷金,滞納額,前受賃料
さくら荘,１０１,６０．５,山本 恵,髙木 一郎,令和7年3月1日,令和8年12月31日,￥62，000,124000,,
"""


def one_lease(report):  # type: ignore[no-untyped-def]
    assert report.problems == (), [str(problem) for problem in report.problems]
    (lease,) = report.leases
    return lease


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_I1_a_chinese_roll_is_read_in_every_encoding(tmp_path: Path, codec: str, name: str) -> None:
    data = CHINESE.encode(codec)
    if codec == "utf-16-be":
        data = b"\xfe\xff" + data
    report = read(tmp_path, data)
    lease = one_lease(report)
    assert report.encoding == name
    assert (lease.unit, lease.tenants, lease.landlord) == ("一号楼/0101", ("欧阳静",), "林伟")
    assert (lease.terms.rent, lease.books["arrears"]) == (cmt(5000), cmt(1250.50))
    assert report.totals.vacant == 1


@pytest.mark.parametrize(("codec", "name"), [("cp932", "shift-jis"), ("utf-8", "utf-8")])
def test_I1_a_japanese_roll_is_read_in_shift_jis_and_utf_8(tmp_path: Path, codec: str, name: str) -> None:
    report = read(tmp_path, JAPANESE.encode(codec))
    lease = one_lease(report)
    assert report.encoding == name
    assert (lease.unit, lease.tenants) == ("さくら荘/101", ("髙木 一郎",))
    assert (lease.terms.rent, lease.terms.start_day) == (cmt(62_000), day("2025-03-01"))
    assert report.units[0].area == 6050


def test_I1_the_backslash_of_a_shift_jis_file_is_the_yen_sign(tmp_path: Path) -> None:
    data = JAPANESE.replace("￥62，000", '"\\62,000"').encode("cp932")
    assert one_lease(read(tmp_path, data)).terms.rent == cmt(62_000)


def test_I1_a_declared_encoding_is_used_where_none_can_be_found(tmp_path: Path) -> None:
    data = csv_of([row(tenant="ﾔﾏﾓﾄ ｹｲ")]).encode("cp932")
    lease = one_lease(read(tmp_path, data, Mapping(encoding="shift-jis")))
    assert lease.tenants == ("ヤマモト ケイ",)


def test_I1_western_letters_in_utf_8_are_not_taken_for_chinese(tmp_path: Path) -> None:
    report = read(tmp_path, csv_of([row(tenant="Jürgen Weiß", landlord="Chloé Novák")]))
    assert report.encoding == "utf-8"
    assert report.parties[0].name == "Jürgen Weiß"


def test_I1_a_quotation_mark_left_open_far_down_ends_the_reading_there(tmp_path: Path) -> None:
    rows = [row(unit=str(number)) for number in range(100)]
    report = read(tmp_path, csv_of(rows) + '"A,100,')
    assert [(problem.line, problem.what) for problem in report.problems] == [
        (102, "a quotation mark is opened here and never closed")
    ]
    assert len(report.leases) == 100


def test_I1_the_zero_of_chinese_numbers_is_a_chinese_character(tmp_path: Path) -> None:
    assert read(tmp_path, CHINESE.replace("0101", "一〇一").encode("gb18030")).encoding == "gb18030"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_I1_every_delimiter_and_line_end_is_found(tmp_path: Path, delimiter: str, end: str) -> None:
    text = csv_of([row(), row(unit="0102", rent="1,234.50")], delimiter, end)
    report = read(tmp_path, text)
    assert report.ok, report.problems
    assert [lease.terms.rent for lease in report.leases] == [cmt(5000), cmt(1234.50)]
    assert [lease.lines for lease in report.leases] == [(2,), (3,)]


def test_I1_mixed_line_ends_and_quoted_line_breaks_keep_the_line_numbers(tmp_path: Path) -> None:
    rows = csv_of([row(), row(unit="0102", tenant="Liam\nWalsh", rent="0"), row(unit="0103")]).split("\n")
    text = rows[0] + "\r\n" + rows[1] + "\r" + rows[2] + "\n" + rows[3] + "\r\n\r\n" + rows[4]
    report = read(tmp_path, text, Mapping(separators=(";",)))
    assert [(problem.line, problem.column) for problem in report.problems] == [(3, "Rent")]
    assert [lease.lines for lease in report.leases] == [(2,), (6,)]


def test_I1_a_spreadsheets_own_delimiter_line_is_obeyed(tmp_path: Path) -> None:
    report = read(tmp_path, "sep=;\r\n" + csv_of([row(rent="0")], ";"))
    assert report.problems[0].line == 3


def test_I1_titles_above_the_headings_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    commas = "," * (len(HEADINGS) - 1)
    report = read(tmp_path, f"Maple Grove{commas}\nas of 2025-12-31\n\n" + csv_of([row()]) + f"{commas}\n\n")
    assert one_lease(report).lines == (5,)


def test_I1_a_workbook_is_read_with_its_own_dates_numbers_and_percentages(tmp_path: Path) -> None:
    book = Workbook()
    notes = book.active
    assert notes is not None
    notes.title = "Notes"
    notes.append(["about this file"])
    sheet = book.create_sheet("Roll")
    sheet.append(["Maple Grove"])
    sheet.append([*HEADINGS, "Commission", "Manager"])
    sheet.append(
        [
            "A",
            101,
            60.5,
            "Lin Wei",
            "Anna",
            datetime(2025, 3, 1),
            date(2026, 12, 31),
            5166.666,
            10000,
            "−25.00",
            None,
        ]
    )
    sheet["H3"] = 1234.5
    sheet["J3"] = 0
    sheet["L3"] = 0.05
    sheet["L3"].number_format = "0%"
    sheet["M3"] = "Comfort Homes Ltd"
    hidden = book.create_sheet("Old roll")
    hidden.append(list(HEADINGS))
    hidden.sheet_state = "hidden"
    report = read(tmp_path, bytes_of(book))
    lease = one_lease(report)
    assert (lease.unit, lease.lines, report.sheet) == ("a/101", (3,), "Roll")
    assert read(tmp_path, bytes_of(book), Mapping(sheet="Roll")).leases == report.leases
    assert (lease.terms.rent, lease.terms.commission) == (cmt(1234.5), 500)
    assert (lease.terms.start_day, lease.terms.end_day) == (day("2025-03-01"), day("2027-01-01"))
    assert any("'Old roll' is hidden" in note.text for note in report.notes)


def test_I1_the_noise_of_a_spreadsheets_arithmetic_is_not_read(tmp_path: Path) -> None:
    # 0.1 + 0.2 as a spreadsheet stores it, which shows 0.3
    stored = BytesIO()
    with zipfile.ZipFile(BytesIO(xlsx_of([row(rent=0.75)]))) as book, zipfile.ZipFile(stored, "w") as copy:
        for name in book.namelist():
            data = book.read(name)
            assert not name.endswith("sheet1.xml") or b"<v>0.75</v>" in data
            copy.writestr(name, data.replace(b"<v>0.75</v>", b"<v>0.30000000000000004</v>"))
    assert one_lease(read(tmp_path, stored.getvalue())).terms.rent == cmt(0.3)


def test_I1_day_counts_of_a_workbook_are_dates(tmp_path: Path) -> None:
    lease = one_lease(read(tmp_path, xlsx_of([row(start=45_717, end=46_387)])))
    assert (lease.terms.start_day, lease.terms.end_day) == (day("2025-03-01"), day("2027-01-01"))


def test_I1_results_of_formulas_are_taken_if_the_mapping_says_so(tmp_path: Path) -> None:
    # a workbook as a spreadsheet program saves it: the formula, and its result beside it
    path = Path(__file__).parent / "files" / "formula-with-result.xlsx"
    report = read_roll(path, Mapping(formulas="cached"), cutover=CUTOVER)
    assert one_lease(report).terms.rent == cmt(5000)


@pytest.mark.parametrize(
    "headings",
    [
        "楼栋,房号,面积,业主,租客,开始日期,结束日期,月租,保证金,欠费,预付租金",
        "棟,号室,専有面積,オーナー,入居者,開始日,終了日,家賃,保証金,未収賃料,前払賃料",
        "楼栋 Building,房号/Unit no.,Area (m²),出租人（Landlord）,Lessee,起租日 Start date,Lease end,"
        "月租金 Monthly rent (CNY),押金 Deposit,Rent owing,Rent in advance",
        "BUILDING,ＵＮＩＴ,floor area,Owner,Tenants,From,To,  Monthly   Rent ,Security deposit,"
        "Outstanding rent,Prepayment",
    ],
)
def test_headings_are_found_in_three_languages_and_mixtures(tmp_path: Path, headings: str) -> None:
    body = csv_of([row(arrears="100")]).split("\n", 1)[1]
    lease = one_lease(read(tmp_path, f"{headings}\n{body}"))
    assert (lease.terms.rent, lease.terms.deposit, lease.books["arrears"]) == (
        cmt(5000),
        cmt(10_000),
        cmt(100),
    )


def test_a_mapping_file_names_headings_defaults_and_what_to_ignore(tmp_path: Path) -> None:
    mapping = tmp_path / "roll.toml"
    mapping.write_text(
        """
[format]
dates = "dmy"
decimal = ","
[columns]
rent = ["Kaltmiete", "Miete"]
tenant = "Mieter"
unit = "Wohnung"
start = "Beginn"
end = "Ende"
ignore = ["Deposit"]
[lease]
cutover = 2025-12-31
[defaults]
building = "Haus 3"
landlord = "Weiß Immobilien GmbH"
area = "80,00"
grace_days = "5 days"
""",
        encoding="utf-8",
    )
    path = tmp_path / "roll.csv"
    path.write_text(
        "Wohnung;Mieter;Beginn;Ende;Miete;Deposit;Bemerkung\n"
        "3 OG;Ingrid Larsen;01.03.2025;31/12/2026;1.234,50;x;y\n",
        encoding="utf-8",
    )
    report = read_roll(path, mapping)
    lease = one_lease(report)
    assert (lease.unit, lease.terms.rent, lease.terms.grace_days) == ("haus 3/3 og", cmt(1234.50), 5)
    assert (lease.terms.start_day, lease.terms.end_day) == (day("2025-03-01"), day("2027-01-01"))
    assert report.parties[0].kind == "person"
    assert report.parties[1].kind == "company"
    assert any("Bemerkung" in note.text for note in report.notes)


def test_a_building_that_stands_once_is_filled_down_if_declared(tmp_path: Path) -> None:
    rows = [
        row(),
        row(building="", unit="0102"),
        row(building="B", unit="0101"),
        row(building="", unit="0102"),
    ]
    report = read(tmp_path, rows, Mapping(fill_down=("building",)))
    assert [lease.unit for lease in report.leases] == ["a/0101", "a/0102", "b/0101", "b/0102"]


def test_the_sample_roll_is_read_without_a_problem_and_agrees_with_its_own_totals() -> None:
    samples = ROOT / "commonhold" / "samples"
    report = read_roll(samples / "rent-roll.csv", load_mapping(samples / "rent-roll.toml"))
    assert report.problems == ()
    assert len(report.units) >= 150
    assert len(report.buildings) == 3
    assert len(report.reconciliation) == 24
    assert all(comparison.difference == 0 for comparison in report.reconciliation)
    running = [lease for lease in report.leases if lease.running]
    assert len(running) > 100
    assert any(lease.terms.opening.arrears for lease in running)
    assert any(lease.terms.opening.prepaid for lease in running)
    assert {len(lease.tenants) for lease in report.leases} == {1, 2, 3, 4}


def test_the_sample_is_what_its_script_writes() -> None:
    from tools import make_sample_roll

    committed = make_sample_roll.TARGET.read_bytes()
    rows = make_sample_roll.roll()
    lines = committed.decode("utf-8-sig").split("\r\n")
    assert len(rows) >= 170
    assert sum(line.startswith(("1号楼", "2号楼", "3号楼", "总计")) for line in lines) == len(rows)
    assert make_sample_roll.roll() == rows
