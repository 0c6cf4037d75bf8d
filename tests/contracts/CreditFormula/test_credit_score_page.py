"""docs/credit-score.md: every figure of the page is computed again by the twin and by the contract.

examples ── good, bad, records, score, band and limit of each row, from the history beside it
parameters ── points, caps, decay, priors, floors, least records, limits, and the days of due process
"""

import re

import pytest

from commonhold.rules.history import CURE_DAYS, REVIEW_DAYS, Lane, shift_of
from commonhold.rules.score import FIRST, MOST, Score, limit_of, score_of
from commonhold.units import Money, format_money
from tests.credit_world import CreditWorld
from tests.lease_world import InProcess
from tools.environment import ROOT

PAGE = (ROOT / "docs" / "credit-score.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())
EXAMPLES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## Worked examples")[2].splitlines()
    if re.match(r"\| .*\d…\d", line)
]
Cells = dict[tuple[int, int], int]


def cells(history: str, month: int) -> Cells:
    """(month, lane) -> count of `a…b:lane×count …`."""
    parts = [re.fullmatch(r"(\d+)…(\d+):(\d)×(\d+)", part) for part in history.split()]
    assert all(parts), history
    return {
        (month - age, int(part[3])): int(part[4])
        for part in parts
        if part
        for age in range(int(part[1]), int(part[2]) + 1)
    }


def shown(score: Score) -> list[str]:
    return [
        f"{score.good:,}",
        f"{score.bad:,}",
        str(score.records),
        str(score.score) if score.sufficient else "–",
        score.band.name.lower().replace("_", " "),
    ]


@pytest.fixture(scope="module")
def world() -> CreditWorld:
    return CreditWorld(InProcess())


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_an_example_is_what_the_twin_computes(row: list[str]) -> None:
    score, _ = score_of(FIRST, cells(row[1], 1_000), 1_000)
    assert [*shown(score), format_money(Money(limit_of(FIRST, score, 0).total))] == row[2:]


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_an_example_is_what_the_contract_computes(world: CreditWorld, row: list[str]) -> None:
    mark = world.backend.snapshot()
    half = (world.month - 35) // 6
    words = [0] * (world.month // 6 - half + 1)
    for (month, lane), count in cells(row[1], world.month).items():
        words[month // 6 - half] |= count << shift_of(month, lane)
    world.store("ann", half, words)
    limit = world.formula.limitOf(world.party["ann"])
    assert [*shown(world.score("ann")), format_money(Money(limit[1]))] == row[2:]
    world.backend.restore(mark)


def test_points_and_caps_are_those_of_version_1(world: CreditWorld) -> None:
    table = PAGE.partition("| lane | points | cap per month |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([\d,]+) \| (\d+) \|$", table, re.MULTILINE)
    assert tuple(int(points.replace(",", "")) for _, points, _ in rows) == FIRST.points
    assert tuple(int(cap) for _, _, cap in rows) == FIRST.caps == world.parameters().caps
    assert len(rows) == len(Lane)


def test_the_words_name_the_same_figures(world: CreditWorld) -> None:
    p = world.parameters()
    assert p == FIRST
    assert f"⌊w(a) × {p.decay:,} / 10,000⌋" in TEXT
    good, both = p.prior_good * 10**6, (p.prior_good + p.prior_bad) * 10**6
    assert f"300 + ⌊{MOST - 300} × (good + {good:,}) / (good + bad + {both:,})⌋" in TEXT
    assert f"At least {p.min_records} records in at least {p.min_months} months" in TEXT
    fair, fine, very, best = p.floors
    assert f"fair from {fair}, good from {fine}, very good from {very}, excellent from {best}" in TEXT
    limits = ", ".join(f"{limit // 10**6:,}" for limit in p.limits)
    assert f"({limits}) × months with a payment in time, at most {p.full_months}, / {p.full_months}" in TEXT
    assert f"{CURE_DAYS} days after the day of the notice" in TEXT
    assert world.credit.CURE_DAYS() == CURE_DAYS
    assert f"An officer decides within {REVIEW_DAYS} days" in TEXT
    assert world.review.REVIEW_DAYS() == REVIEW_DAYS
    assert f"takes effect {world.formula.FORMULA_DELAY() // 86_400} days later" in TEXT
