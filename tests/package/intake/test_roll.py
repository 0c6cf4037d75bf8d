"""What a roll becomes: totals reconciled, joint tenants, people told apart, drafts complete, reports.

totals: subtotal and grand total, the unit that explains a difference, unreadable rows not compared, joint
lines once, vacant units, balance column, a tenant called Total
joint tenants: in one row, in several rows, shares given, equal, covering; people: contacts, namesakes
drafts: terms with ids, notes, deposit held, fees; JSON round trip; report as JSON and as a table
"""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from eth_utils.crypto import keccak
from rich.console import Console

from commonhold.ops.intake import Mapping, render, report_json
from commonhold.ops.intake.codec import draft_from_json, draft_to_json, terms_from_json, terms_to_json
from commonhold.rules.terms import DayCount, OneOffFee, RentStep
from commonhold.rules.validate import validate_terms
from tests.package.intake.rolls import CUTOVER, Row, cmt, day, only_problem, read, row

NOTHING = dict.fromkeys(("Unit", "Area", "Landlord", "Tenant", "Start", "End", "Rent", "Deposit"), "")


def total(label: str, **values: str) -> Row:
    return {**NOTHING, "Building": label, **{key.capitalize(): value for key, value in values.items()}}


BLOCK = [row(arrears="100"), row(unit="0102", rent="1,200.50", deposit="", arrears="40")]


@pytest.mark.parametrize("label", ["小计", "A栋小计", "Subtotal", "A sub-total", "小計 (A棟)"])
def test_subtotals_are_compared_and_not_imported(tmp_path: Path, label: str) -> None:
    rows = [
        *BLOCK,
        total(label, rent="6,200.50", arrears="140"),
        row(building="B"),
        total(label, rent="5000", deposit="10,000.00"),
        total("总计 Total", rent="11,200.50", arrears="140", deposit="20000"),
    ]
    report = read(tmp_path, rows)
    assert report.ok, report.problems
    assert len(report.units) == 3
    assert [(one.line, one.field, one.difference) for one in report.reconciliation] == [
        (4, "rent", 0),
        (4, "arrears", 0),
        (6, "rent", 0),
        (6, "deposit", 0),
        (7, "rent", 0),
        (7, "deposit", 0),
        (7, "arrears", 0),
    ]
    assert [(one.first, one.last) for one in report.reconciliation] == [(2, 3)] * 2 + [(5, 5)] * 2 + [
        (2, 5)
    ] * 3


@pytest.mark.parametrize("column", ["Unit", "Tenant", "Landlord"])
def test_a_total_row_may_say_so_in_any_naming_column(tmp_path: Path, column: str) -> None:
    report = read(tmp_path, [*BLOCK, {**total("A", rent="6,200.50"), column: "小计"}])
    assert report.ok, report.problems
    assert [one.label for one in report.reconciliation] == ["小计"]


@pytest.mark.parametrize(
    ("stated", "advice", "suspects"),
    [
        ("6,200.49", "No single unit", ()),
        (
            "5,000.00",
            "A 0102 (line 3) has this figure, and may be left out of the total",
            ("A 0102 (line 3)",),
        ),
        ("11,200.50", "A 0101 (line 2) has this figure, and may be counted twice", ("A 0101 (line 2)",)),
    ],
)
def test_a_total_that_differs_is_a_problem_naming_the_unit_that_explains_it(
    tmp_path: Path, stated: str, advice: str, suspects: tuple[str, ...]
) -> None:
    report = read(tmp_path, [*BLOCK, total("小计", rent=stated)])
    problem = only_problem(report)
    assert (problem.line, problem.column, problem.value) == (4, "Rent", stated)
    assert advice in problem.advice
    assert report.reconciliation[0].suspects == suspects
    assert report.reconciliation[0].difference == cmt(float(stated.replace(",", ""))) - cmt(6200.50)


def test_a_column_that_could_not_be_read_is_not_compared(tmp_path: Path) -> None:
    report = read(tmp_path, [*BLOCK, row(unit="0103", rent="?"), total("小计", rent="1", arrears="140")])
    assert only_problem(report).line == 4
    assert [one.field for one in report.reconciliation] == ["arrears"]
    assert any("line 4 could not be read" in note.text for note in report.notes)


def test_the_roll_reconciles_by_one_balance_column_too(tmp_path: Path) -> None:
    rows = [row(balance="100.00"), row(unit="0102", balance="−25.00"), total("合計", balance="75")]
    for meaning, arrears, prepaid in (("arrears", 100, 25), ("prepaid", 25, 100)):
        report = read(tmp_path, rows, Mapping(balance=meaning))  # type: ignore[arg-type]
        assert report.ok, report.problems
        assert report.totals.money["arrears"] == cmt(arrears)
        assert report.totals.money["prepaid"] == cmt(prepaid)


def test_a_tenant_called_total_is_a_tenant(tmp_path: Path) -> None:
    report = read(tmp_path, [row(tenant="Total Energy Ltd")])
    assert report.ok
    assert report.parties[0].name == "Total Energy Ltd"


def test_vacant_units_become_units_without_a_lease(tmp_path: Path) -> None:
    empty = {"start": "", "end": "", "rent": "", "deposit": ""}
    rows = [
        row(tenant="空置", **empty),
        row(unit="0102", tenant="", status="vacant 空室", **empty),
        row(unit="0103", tenant="Vacant", **{**empty, "rent": "4000"}),
        row(unit="0104", tenant="", **empty),
    ]
    report = read(tmp_path, rows, Mapping(vacant_when_empty=True))
    assert report.ok, report.problems
    assert (len(report.units), len(report.leases), report.totals.vacant) == (4, 0, 4)
    assert {unit.owner for unit in report.units} == {"lin wei"}


JOINT = row(tenant="Anna、Liam", shares="60% / 40%", covers="Liam", contact="a@example.org、+44 0000 111222")


def test_joint_tenants_in_one_row_have_shares_contacts_and_cover(tmp_path: Path) -> None:
    report = read(tmp_path, [JOINT])
    (lease,) = report.leases
    assert lease.tenants == ("anna|a@example.org", "liam|440000111222")
    assert (lease.terms.shares, lease.terms.cover_mask) == ((6000, 4000), 0b10)


def test_joint_tenants_in_several_rows_are_one_lease_counted_once(tmp_path: Path) -> None:
    blank = dict.fromkeys(("rent", "deposit", "arrears"), "")
    rows = [
        row(**{"lease_no": "7", "tenant": "Anna", "shares": "50%", "arrears": "10", "covers": "all"}),
        row(**{"lease_no": "7", "tenant": "Liam", "shares": "25%", **blank}),
        row(**{"lease_no": "7", "tenant": "Zoë", "shares": "25%"}),
        total("Total", rent="5000", deposit="10000", arrears="10"),
    ]
    report = read(tmp_path, rows)
    assert report.ok, report.problems
    (lease,) = report.leases
    assert (lease.key, lease.lines, lease.tenants) == ("no 7", (2, 3, 4), ("anna", "liam", "zoë"))
    assert (lease.terms.shares, lease.terms.cover_mask) == ((5000, 2500, 2500), 0b111)
    assert (report.totals.units, report.totals.money["rent"]) == (1, cmt(5000))


def test_equal_shares_are_taken_only_if_declared_and_the_last_takes_the_rest(tmp_path: Path) -> None:
    report = read(tmp_path, [row(tenant="A & B & C")], Mapping(shares="equal"))
    assert report.leases[0].terms.shares == (3333, 3333, 3334)


def test_contacts_tell_namesakes_apart_and_bring_one_person_together(tmp_path: Path) -> None:
    rows = [
        row(contact="130-0000-0001", landlord_contact="x@example.org"),
        row(unit="0102", contact="130 0000 0001"),
        row(unit="0103", contact="130-0000-0002"),
        row(unit="0104", tenant="Liam", contact=""),
        row(unit="0105", tenant=" LIAM ", contact=""),
    ]
    report = read(tmp_path, rows)
    assert report.ok, report.problems
    assert [lease.tenants[0] for lease in report.leases] == [
        "anna bennett|13000000001",
        "anna bennett|13000000001",
        "anna bennett|13000000002",
        "liam",
        "liam",
    ]
    assert {lease.landlord for lease in report.leases} == {"lin wei|x@example.org"}
    assert any("lines 5, 6 is taken as one person" in note.text for note in report.notes)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("枫林资产管理有限公司", "company"),
        ("株式会社サクラ", "company"),
        ("㈱サクラ", "company"),
        ("Harbour Light Ltd", "company"),
        ("Weiß GmbH", "company"),
        ("Smith & Co.", "company"),
        ("王静", "person"),
        ("Nicole Incze", "person"),
        ("Colin Ltdberg", "person"),
    ],
)
def test_a_company_is_known_by_its_legal_form(tmp_path: Path, name: str, kind: str) -> None:
    report = read(tmp_path, [row(landlord=name)])
    assert next(party.kind for party in report.parties if party.name == name) == kind


FULL = row(
    start="2026-02-01",
    end="2027-01-31",
    manager="Comfort Homes Ltd",
    arbiter="Grove Committee",
    interval="押一付三",
    billing_day="15",
    due_offset="-3",
    rent_free_days="14 days",
    rent_steps="2026-08-15: 5,500; 2026-11-15 → 6000",
    grace_days="5",
    late_fee="0.05%/day",
    late_fee_days="90",
    notice_days="30",
    break_date="2026-10-01",
    break_fee="5000",
    commission="5%",
    holdover="150%",
    day_count="30/360",
    key_money="5000",
    agency_fee="2500",
    kind="商铺",
    unit_share="0.5512%",
    address="1 Maple Road",
)


def test_a_new_lease_with_every_clause_becomes_terms_that_the_contract_takes(tmp_path: Path) -> None:
    report = read(tmp_path, [FULL])
    assert report.ok, report.problems
    (lease,) = report.leases
    parties = {"lin wei": 11, "anna bennett": 12, "comfort homes ltd": 13, "grove committee": 14}
    terms = lease.terms_with(
        {"a/0101": 7}, parties, nonce=3, salt=b"s" * 32, document_hash=b"d" * 32, deadline=9
    )
    validate_terms(terms, CUTOVER)
    assert (terms.unit, terms.landlord, terms.tenants, terms.manager, terms.arbiter) == (7, 11, (12,), 13, 14)
    assert (terms.interval, terms.billing_day, terms.due_offset, terms.rent_free_days) == (3, 15, -3, 14)
    assert terms.steps == (RentStep(day("2026-08-15"), cmt(5500)), RentStep(day("2026-11-15"), cmt(6000)))
    assert (terms.grace_days, terms.late_fee_rate, terms.late_fee_max_days) == (5, 5, 90)
    assert (terms.notice_days, terms.break_day, terms.break_fee) == (30, day("2026-10-01"), cmt(5000))
    assert (terms.commission, terms.holdover_rate, terms.day_count) == (500, 15_000, DayCount.THIRTY_360)
    assert terms.fees == (
        OneOffFee(11, cmt(5000), keccak(text="key money")),
        OneOffFee(13, cmt(2500), keccak(text="agency fee")),
    )
    assert (terms.nonce, terms.salt, terms.document_hash, terms.deadline) == (3, b"s" * 32, b"d" * 32, 9)
    assert not lease.running
    (unit,) = report.units
    assert (unit.kind, unit.share, unit.address, unit.name) == ("shop", 5512, "1 Maple Road", "A 0101")


def test_a_running_lease_takes_over_the_deposit_that_is_held_and_no_fees(tmp_path: Path) -> None:
    report = read(tmp_path, [row(deposit_held="8000", key_money="5000", late_fees_owed="12.34")])
    (lease,) = report.leases
    assert (lease.terms.deposit, lease.terms.fees, lease.fee_payees) == (cmt(8000), (), ())
    assert lease.terms.opening.late_fees == cmt(12.34)
    assert [note.line for note in report.notes] == [2, 2]


def test_a_day_after_is_the_end_itself_if_declared(tmp_path: Path) -> None:
    for end, wanted in (("last-day", "2027-01-01"), ("day-after", "2026-12-31")):
        (lease,) = read(tmp_path, [row()], Mapping(end=end)).leases  # type: ignore[arg-type]
        assert lease.terms.end_day == day(wanted)


def test_drafts_and_terms_survive_json(tmp_path: Path) -> None:
    for lease in read(tmp_path, [FULL, {**JOINT, "Unit": "0102"}]).leases:
        assert draft_from_json(json.loads(json.dumps(draft_to_json(lease)))) == lease
        terms = replace(lease.terms, salt=b"\x01" * 32, fees=(OneOffFee(1, 2, b"\x03" * 32),))
        assert terms_from_json(json.loads(json.dumps(terms_to_json(terms)))) == terms


def test_the_report_is_json_without_names_but_what_a_problem_quotes(tmp_path: Path) -> None:
    report = read(tmp_path, [*BLOCK, total("小计", rent="1")])
    document = json.loads(json.dumps(report_json(report)))
    assert document["ok"] is False
    assert document["cutover"] == "2025-12-31"
    assert document["totals"]["rent"] == cmt(6200.50)
    assert document["buildings"]["A"]["units"] == 2
    assert document["problems"][0]["line"] == 4
    assert document["reconciliation"][0]["difference"] == cmt(1) - cmt(6200.50)
    assert "Anna" not in json.dumps(document)


def test_the_report_for_a_terminal_keeps_wide_characters_in_their_columns(tmp_path: Path) -> None:
    rows = [
        row(building="一号楼"),
        row(building="一号楼", unit="0102", rent="１２３x"),
        total("小计", rent="1"),
    ]
    stream = StringIO()
    console = Console(file=stream, width=150, color_system=None)
    console.print(render(read(tmp_path, rows)))
    text = stream.getvalue()
    assert "１２３x" in text
    assert "line 3" in text
    assert "Nothing is applied" in text
    lines = [line for line in text.splitlines() if line.startswith(("┃", "│"))]
    widths = {console.measure(line).maximum for line in lines if "一号楼" in line or "building" in line}
    assert len(widths) == 1


def test_the_report_for_a_terminal_shows_notes_totals_and_that_every_line_is_good(tmp_path: Path) -> None:
    stream = StringIO()
    rows = [row(deposit_held="1"), total("Total", rent="5000")]
    Console(file=stream, width=150, color_system=None).print(render(read(tmp_path, rows)))
    text = stream.getvalue()
    for words in (
        "line 2: 0101: the deposit held is 1.00",
        "The roll's own totals",
        "5,000.00",
        "Every line is good",
    ):
        assert words in text
    assert "To put right" not in text


def test_bad_lines_are_listed_by_number(tmp_path: Path) -> None:
    report = read(tmp_path, [row(rent="?", start="?"), row(unit="0102"), row(unit="0103", rent="?")])
    assert report.bad_lines == [2, 4]


def test_a_wallet_in_the_roll_is_kept_with_its_party(tmp_path: Path) -> None:
    wallet = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
    report = read(
        tmp_path, [row(wallet=wallet), row(unit="0102", tenant="A、B", covers="no", shares="1%、99%")]
    )
    assert report.ok, report.problems
    assert report.parties[0].wallet == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    assert report.leases[1].terms.cover_mask == 0


def test_a_lease_of_a_vacant_unit_may_follow(tmp_path: Path) -> None:
    vacant = row(tenant="空置", start="", end="", rent="", deposit="")
    report = read(tmp_path, [vacant, row(start="2026-02-01")])
    assert report.ok, report.problems
    assert (len(report.units), len(report.leases)) == (1, 1)


def test_progress_is_told_by_line(tmp_path: Path) -> None:
    from commonhold.ops.intake import read_roll

    path = tmp_path / "roll.csv"
    path.write_text("\n".join(["Unit,Tenant,Rent,Start,End"] + ["1,Anna,5,2026-01-01,2026-12-31"] * 3))
    seen: list[int] = []
    read_roll(path, cutover=CUTOVER, progress=seen.append)
    assert seen == [2, 3, 4]
