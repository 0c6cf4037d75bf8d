"""What `make bench` makes of its figures, and what it left in docs/gas-snapshot.json.

A goal is a most or a least; a row without a goal is for information; the snapshot names its compiler.
"""

import json

import pytest

from tools.bench.__main__ import compiler_words
from tools.bench.rows import Row
from tools.environment import ROOT

SNAPSHOT = ROOT / "docs" / "gas-snapshot.json"


@pytest.mark.parametrize(
    ("ours", "at_least", "met"),
    [(99, False, True), (100, False, True), (101, False, False), (99, True, False), (100, True, True)],
)
def test_a_goal_is_the_most_for_gas_and_the_least_for_speed(ours: int, at_least: bool, met: bool) -> None:
    assert Row("work", "unit", None, None, 100, ours, at_least).met is met


def test_a_row_without_a_goal_is_neither_met_nor_missed() -> None:
    assert Row("work", "gas", None, None, None, 1).met is None


def test_a_row_of_the_report_has_the_six_agreed_fields() -> None:
    row = Row("work", "gas", 1, 2, 3, 4).as_json()
    assert row == {"work": "work", "unit": "gas", "floor": 1, "best_peer": 2, "goal": 3, "ours": 4}


def test_the_snapshot_was_taken_with_the_compiler_settings_of_today() -> None:
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8"))["compiler"] == compiler_words()
