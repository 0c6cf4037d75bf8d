"""Rolls with one thing wrong: each is refused with its line, its column, its value and what to do (I3).

Nothing is guessed: what could be read in two ways is a problem until the mapping file declares it.
"""

from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest

from commonhold.ops.intake import Mapping
from tests.package.intake.bad_leases import LEASES
from tests.package.intake.bad_values import VALUES
from tests.package.intake.rolls import Row, only_problem, read, row, xlsx_of

ROWS = [*VALUES, *LEASES]


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
