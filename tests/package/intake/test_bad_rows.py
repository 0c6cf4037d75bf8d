"""Rolls with one thing wrong: each is refused with its line, its column, its value and what to do (I3).

Nothing is guessed: what could be read in two ways is a problem until the mapping file declares it.
"""

from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest

from commonhold.ops.intake import Mapping
from tests.package.intake.rolls import Row, only_problem, read, row, xlsx_of

JOINT = {"Lease no": "7", "Shares": ""}

# name, rows below the headings, mapping, line, column, value, what to do
ROWS: list[tuple[str, list[Row], Mapping, int, str, str, str]] = [
    ("two decimal marks", [row(rent="1.234,50")], Mapping(), 2, "Rent", "1.234,50", 'decimal = ","'),
    ("comma as decimal mark", [row(rent="1234,5")], Mapping(), 2, "Rent", "1234,5", 'decimal = ","'),
    (
        "point as decimal mark, comma declared",
        [row(rent="1,234.50", area="60")],
        Mapping(decimal=","),
        2,
        "Rent",
        "1,234.50",
        'decimal = "."',
    ),
    ("three decimals", [row(rent="1.234")], Mapping(), 2, "Rent", "1.234", "Round it"),
    ("wrong groups", [row(rent="12,34,567")], Mapping(), 2, "Rent", "12,34,567", "Write it as 1234.50"),
    ("no amount", [row(rent="five")], Mapping(), 2, "Rent", "five", "Write it as 1234.50"),
    ("amount in words", [row(rent="1.2万")], Mapping(), 2, "Rent", "1.2万", "Write the digits out"),
    ("two signs", [row(arrears="-(25)")], Mapping(), 2, "Arrears", "-(25)", "-25.00"),
    (
        "two currencies in a cell",
        [row(rent="$5000元")],
        Mapping(),
        2,
        "Rent",
        "$5000元",
        "Write the amount alone",
    ),
    (
        "two currencies in a roll",
        [row(rent="¥5000", deposit="10000"), row(unit="0102", rent="$5000")],
        Mapping(),
        3,
        "Rent",
        "$5000",
        "convert it",
    ),
    ("negative rent", [row(rent="-5000")], Mapping(), 2, "Rent", "-5000", "0.01 to 9,999,999"),
    (
        "negative rent with a typographic minus",
        [row(rent="−5000")],
        Mapping(),
        2,
        "Rent",
        "−5000",
        "0.01 to 9",
    ),
    ("rent in brackets", [row(rent="(5000)")], Mapping(), 2, "Rent", "(5000)", "0.01 to 9,999,999"),
    ("rent zero", [row(rent="0")], Mapping(), 2, "Rent", "0", "Put the monthly rent in"),
    (
        "rent too high",
        [row(rent="10,000,000")],
        Mapping(),
        2,
        "Rent",
        "10,000,000",
        "Put the monthly rent in",
    ),
    ("rent missing", [row(rent="")], Mapping(), 2, "Rent", "", "Put the monthly rent in"),
    (
        "absurd deposit",
        [row(deposit="99,999,999,999")],
        Mapping(),
        2,
        "Deposit",
        "99,999,999,999",
        "Check the digits",
    ),
    ("negative arrears", [row(arrears="-25.00")], Mapping(), 2, "Arrears", "-25.00", "prepaid column"),
    ("negative prepayment", [row(prepaid="−25.00")], Mapping(), 2, "Prepaid", "−25.00", "arrears column"),
    (
        "behind and ahead",
        [row(arrears="10", prepaid="10")],
        Mapping(),
        2,
        "Prepaid",
        "10",
        "Set the prepayment off",
    ),
    (
        "prepaid beyond the end",
        [row(prepaid="999999")],
        Mapping(),
        2,
        "Prepaid",
        "999999",
        "Put at most that in",
    ),
    (
        "arrears beyond the start",
        [row(start="2025-12-01", arrears="5000.01")],
        Mapping(),
        2,
        "Arrears",
        "5000.01",
        "Put the unpaid rent in",
    ),
    (
        "books of a lease to come",
        [row(start="2026-02-01", arrears="10")],
        Mapping(),
        2,
        "Arrears",
        "10",
        "Empty the cell",
    ),
    (
        "balance undeclared",
        [row(balance="-25.00")],
        Mapping(),
        2,
        "Balance",
        "-25.00",
        '[lease] balance = "arrears" or "prepaid"',
    ),
    (
        "balance beside arrears",
        [row(balance="25.00", arrears="25.00")],
        Mapping(balance="arrears"),
        2,
        "Balance",
        "25.00",
        "ignore",
    ),
    (
        "day and month undeclared",
        [row(start="31/12/2024")],
        Mapping(),
        2,
        "Start",
        "31/12/2024",
        'dates = "dmy"',
    ),
    (
        "month first where day first is declared",
        [row(start="12/31/2024")],
        Mapping(dates="dmy"),
        2,
        "Start",
        "12/31/2024",
        "change [format] dates",
    ),
    ("two-digit year", [row(start="01/03/25")], Mapping(dates="dmy"), 2, "Start", "01/03/25", "2025-12-31"),
    ("a cut October", [row(end="2026.1")], Mapping(), 2, "End", "2026.1", "2026-01 or 2026-10"),
    ("no such day", [row(start="2025-02-29")], Mapping(), 2, "Start", "2025-02-29", "a day in that exists"),
    ("day count in a text file", [row(start="45717")], Mapping(), 2, "Start", "45717", "serial_dates = true"),
    ("unknown month name", [row(start="3 Mars 2025")], Mapping(), 2, "Start", "3 Mars 2025", "2025-12-31"),
    ("no date", [row(start="spring")], Mapping(), 2, "Start", "spring", "2025-12-31"),
    ("year out of range", [row(end="9999-12-31")], Mapping(), 2, "End", "9999-12-31", "2025-12-31"),
    ("time of day", [row(start="2025-03-01 14:30")], Mapping(), 2, "Start", "2025-03-01 14:30", "2025-12-31"),
    ("start missing", [row(start="")], Mapping(), 2, "Start", "", "Fill it in"),
    ("end missing", [row(end="n/a")], Mapping(), 2, "End", "", "Fill it in"),
    (
        "end before start",
        [row(end="2025-02-28")],
        Mapping(),
        2,
        "End",
        "2025-02-28",
        "Correct the start or the end",
    ),
    ("over by the cut-over", [row(end="2025-12-31")], Mapping(), 2, "End", "2025-12-31", "Leave it out"),
    ("tenant missing", [row(tenant="")], Mapping(), 2, "Tenant", "", "vacant_when_empty"),
    ("landlord missing", [row(landlord="")], Mapping(), 2, "Landlord", "", "[defaults] landlord"),
    ("unit missing", [row(unit=" ")], Mapping(), 2, "Unit", "", "Fill in the unit's number"),
    ("area missing", [row(area="")], Mapping(), 2, "Area", "", "[defaults] area"),
    ("area with three decimals", [row(area="60.505")], Mapping(), 2, "Area", "60.505", "89.50"),
    ("unknown kind", [row(kind="castle")], Mapping(), 2, "Kind", "castle", "Write one of home"),
    ("vacant with a tenant", [row(status="空置")], Mapping(), 2, "Status", "空置", "Empty the tenant's cell"),
    (
        "vacant with arrears",
        [row(tenant="vacant", start="", end="", rent="", arrears="10")],
        Mapping(),
        2,
        "Arrears",
        "10",
        "settle what a former tenant owes",
    ),
    ("listed twice", [row(), row()], Mapping(), 3, "Unit", "0101", "Delete one of the lines"),
    (
        "vacant and let",
        [row(), row(tenant="空置", start="", end="", rent="")],
        Mapping(),
        3,
        "Unit",
        "0101",
        "Delete one of the lines",
    ),
    (
        "three leases of a unit",
        [
            row(end="2026-01-31"),
            row(start="2026-02-01", end="2026-12-31"),
            row(start="2027-01-01", end="2027-12-31"),
        ],
        Mapping(),
        4,
        "Unit",
        "0101",
        "import later ones",
    ),
    (
        "two owners of a unit",
        [row(end="2026-01-31"), row(start="2026-02-01", landlord="Mei Ho")],
        Mapping(),
        3,
        "Landlord",
        "Mei Ho",
        "Write the present owner",
    ),
    (
        "two areas of a unit",
        [row(end="2026-01-31"), row(start="2026-02-01", area="61")],
        Mapping(),
        3,
        "Area",
        "61",
        "Write the same",
    ),
    (
        "landlord as tenant",
        [row(tenant="Lin Wei", landlord="Lin Wei")],
        Mapping(),
        2,
        "Tenant",
        "Lin Wei",
        "Name different",
    ),
    ("joint tenants without shares", [row(tenant="Anna、Liam")], Mapping(), 2, "shares", "", "60% / 40%"),
    (
        "shares that are not whole",
        [row(tenant="Anna、Liam", shares="60% / 30%")],
        Mapping(),
        2,
        "Shares",
        "60% / 30%",
        "Correct them",
    ),
    (
        "a share that is none",
        [row(tenant="Anna、Liam", shares="half / half")],
        Mapping(),
        2,
        "Shares",
        "half",
        "60% / 40%",
    ),
    (
        "five tenants",
        [row(tenant="A;B;C;D;E", shares="20%;20%;20%;20%;20%")],
        Mapping(),
        2,
        "Tenant",
        "A;B;C;D;E",
        "at most 4",
    ),
    (
        "a tenant twice",
        [row(tenant="Anna、Anna", shares="50%、50%")],
        Mapping(),
        2,
        "Tenant",
        "Anna、Anna",
        "Name different",
    ),
    (
        "a joint line that differs",
        [
            row(**{"lease_no": "7", "tenant": "Anna"}),
            row(**{"lease_no": "7", "tenant": "Liam", "rent": "5001"}),
        ],
        Mapping(shares="equal"),
        3,
        "Rent",
        "5001",
        "lease number of its own",
    ),
    (
        "more contacts than tenants",
        [row(tenant="Anna", contact="a@example.org;b@example.org")],
        Mapping(),
        2,
        "Contact",
        "a@example.org;b@example.org",
        "one for each name",
    ),
    (
        "a namesake without a contact",
        [row(contact="130-0000-0001"), row(unit="0102")],
        Mapping(),
        3,
        "Tenant",
        "Anna Bennett",
        "Fill in the contact here too",
    ),
    (
        "cover by a stranger",
        [row(tenant="Anna、Liam", covers="Zoe")],
        Mapping(shares="equal"),
        2,
        "Covers",
        "Zoe",
        '"all"',
    ),
    (
        "unknown interval",
        [row(interval="sometimes")],
        Mapping(),
        2,
        "Interval",
        "sometimes",
        "Write one of monthly",
    ),
    ("interval of 13 months", [row(interval="13")], Mapping(), 2, "Interval", "13", "1 to 12"),
    ("billing day 32", [row(billing_day="32")], Mapping(), 2, "Billing day", "32", "1 to 31"),
    ("half a day of grace", [row(grace_days="0.5")], Mapping(), 2, "Grace days", "0.5", "0 to 60"),
    ("a rate without a unit", [row(late_fee="0.05")], Mapping(), 2, "Late fee", "0.05", "percentage"),
    ("a rate too fine", [row(late_fee="0.005%")], Mapping(), 2, "Late fee", "0.005%", "percentage"),
    ("a rate too high", [row(late_fee="5%")], Mapping(), 2, "Late fee", "5%", "Check the decimal mark"),
    ("commission for nobody", [row(commission="5%")], Mapping(), 2, "Commission", "5%", "[defaults] manager"),
    ("agency fee for nobody", [row(agency_fee="5")], Mapping(), 2, "Agency fee", "5", "[defaults] manager"),
    (
        "break fee without a break",
        [row(break_fee="5")],
        Mapping(),
        2,
        "Break fee",
        "5",
        "Fill in the break date",
    ),
    (
        "break after the end",
        [row(break_day="2027-01-01")],
        Mapping(),
        2,
        "Break day",
        "2027-01-01",
        "bounds of every",
    ),
    (
        "a step off the boundary",
        [row(rent_steps="2026-07-02: 5500")],
        Mapping(),
        2,
        "Rent steps",
        "2026-07-02",
        "begins with a period",
    ),
    (
        "a step without a rent",
        [row(rent_steps="2026-07-01")],
        Mapping(),
        2,
        "Rent steps",
        "2026-07-01",
        "2026-07-01: 6500",
    ),
    (
        "a step after the end",
        [row(rent_steps="2027-07-01: 6")],
        Mapping(),
        2,
        "Rent steps",
        "2027-07-01",
        "Order the steps",
    ),
    (
        "a past step that is not the rent",
        [row(rent_steps="2025-07-01: 5100")],
        Mapping(),
        2,
        "Rent",
        "5000",
        "rent of the cut-over day",
    ),
    (
        "a lease that is all free",
        [row(start="2026-02-01", rent_free="400")],
        Mapping(),
        2,
        "Rent free",
        "400",
        "Correct",
    ),
    (
        "free days into the next payment",
        [row(start="2025-12-01", rent_free="60")],
        Mapping(),
        2,
        "Rent free",
        "60",
        "first day that costs rent",
    ),
    ("no wallet", [row(wallet="0x12")], Mapping(), 2, "Wallet", "0x12", "all 42 characters"),
    (
        "a mistyped wallet",
        [row(wallet="0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267")],
        Mapping(),
        2,
        "Wallet",
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267",
        "Copy it again",
    ),
    (
        "a formula in a text file",
        [row(rent="=2500*2")],
        Mapping(),
        2,
        "Rent",
        "=2500*2",
        "paste it as values",
    ),
    (
        "unknown day count",
        [row(day_count="lunar")],
        Mapping(),
        2,
        "Day count",
        "lunar",
        "Write one of actual",
    ),
    (
        "a share below 1%",
        [row(tenant="Anna、Liam", shares="99.5、0.5")],
        Mapping(),
        2,
        "Shares",
        "99.5、0.5",
        "at least 1%",
    ),
    (
        "a tenant as arbiter",
        [row(arbiter="Anna Bennett")],
        Mapping(),
        2,
        "Arbiter",
        "Anna Bennett",
        "no part in the lease",
    ),
    (
        "the landlord as arbiter",
        [row(arbiter="Lin Wei")],
        Mapping(),
        2,
        "Arbiter",
        "Lin Wei",
        "no part in the lease",
    ),
    (
        "a step of no rent",
        [row(rent_steps="2026-07-01: 0")],
        Mapping(),
        2,
        "Rent steps",
        "2026-07-01: 0",
        "Put the new rent in",
    ),
    ("paid 13 months at a time", [row(interval="押一付13")], Mapping(), 2, "Interval", "押一付13", "1 to 12"),
    ("a balance that is none", [row(balance="x")], Mapping(balance="arrears"), 2, "Balance", "x", "1234.50"),
    (
        "a vacant unit twice",
        [row(tenant="空置", start="", end="", rent="")] * 2,
        Mapping(),
        3,
        "Unit",
        "0101",
        "Delete one of the lines",
    ),
    ("120 years", [row(end="2150-12-31")], Mapping(), 2, "End", "2150-12-31", "bounds of every term"),
]


@pytest.mark.parametrize(
    ("rows", "mapping", "line", "column", "value", "advice"),
    [case[1:] for case in ROWS],
    ids=[case[0] for case in ROWS],
)
def test_I3_a_bad_row_is_named_with_what_to_do(
    tmp_path: Path, rows: list[Row], mapping: Mapping, line: int, column: str, value: str, advice: str
) -> None:
    report = read(tmp_path, rows, mapping)
    problem = only_problem(report)
    assert (problem.line, problem.column, problem.value) == (line, column, value)
    assert advice in problem.advice
    assert not report.ok


def test_at_least_forty_bad_rolls_are_tried() -> None:
    assert len({case[0] for case in ROWS}) == len(ROWS) >= 40


# the same in a workbook: the cell is named
CELLS: list[tuple[str, dict[str, Any], str, str]] = [
    ("formula", {"rent": "=2500*2"}, "H2", "paste it as values"),
    ("error value", {"rent": "#REF!"}, "H2", "Put the right value in"),
    ("true", {"rent": True}, "H2", "Put an amount"),
    ("a cut October", {"end": 2026.1}, "G2", "2026-01 or 2026-10"),
    ("a year as a date", {"end": 2026}, "G2", "2025-12-31"),
    ("noise behind the cents", {"rent": 5166.666666}, "H2", "Round it"),
    ("a time of day", {"start": datetime(2025, 3, 1, 14, 30)}, "F2", "Put the date alone in"),
    ("only a time", {"start": time(14, 30)}, "F2", "Put an amount, a date"),
    ("a part of a day", {"start": 45717.5}, "F2", "2025-12-31"),
    ("undeclared order", {"start": "31/12/2024"}, "F2", 'dates = "dmy"'),
]


@pytest.mark.parametrize(
    ("values", "cell", "advice"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS]
)
def test_I1_I3_a_bad_cell_of_a_workbook_is_named(
    tmp_path: Path, values: dict[str, Any], cell: str, advice: str
) -> None:
    problem = only_problem(read(tmp_path, xlsx_of([row(**values)])))
    assert (problem.sheet, problem.cell, problem.line) == ("Roll", cell, 2)
    assert advice in problem.advice
    assert problem.place == f"Roll!{cell}"


def test_a_unit_leased_twice_at_once_is_named_on_both_lines(tmp_path: Path) -> None:
    report = read(tmp_path, [row(), row(start="2026-12-01", end="2027-11-30", tenant="Liam")])
    assert [(one.line, one.column) for one in report.problems] == [(2, "End"), (3, "Start")]
    assert "line 3 from 2026-12-01" in report.problems[0].what
    assert "line 2 from 2025-03-01 to 2026-12-31" in report.problems[1].what
    assert report.leases == ()


def test_a_long_lease_over_two_short_ones_clashes_with_both(tmp_path: Path) -> None:
    rows = [
        row(end="2028-12-31"),
        row(start="2026-02-01", end="2026-06-30", tenant="Liam"),
        row(start="2027-02-01", end="2027-06-30", tenant="Zoe"),
    ]
    clashes = [(one.line, one.column, one.what[:30]) for one in read(tmp_path, rows).problems]
    assert clashes == [
        (2, "End", "the unit is leased on line 3 f"),
        (2, "End", "the unit is leased on line 4 f"),
        (3, "Start", "the unit is leased on line 2 f"),
        (4, "Start", "the unit is leased on line 2 f"),
    ]


def test_every_problem_of_a_row_and_of_a_roll_is_listed_at_once(tmp_path: Path) -> None:
    report = read(tmp_path, [row(rent="x", start="y"), row(unit="0102"), row(unit="0103", area="z")])
    assert [(one.line, one.column) for one in report.problems] == [(2, "Rent"), (2, "Start"), (4, "Area")]
    assert [lease.unit for lease in report.leases] == ["a/0102"]
    assert [one.good for one in report.rows] == [False, True, False]


def test_the_good_lines_of_a_roll_with_bad_ones_are_still_there_for_skip_bad(tmp_path: Path) -> None:
    report = read(tmp_path, [row(), row(unit="0102", rent="?")])
    assert [unit.label for unit in report.units] == ["0101"]
    assert {party.name for party in report.parties} == {"Lin Wei", "Anna Bennett"}
