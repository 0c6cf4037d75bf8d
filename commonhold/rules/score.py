"""The credit formula: Beta reputation with forgetting, mapped to 300–850; integers only.

After A. Jøsang and R. Ismail, "The Beta Reputation System", 15th Bled Electronic Commerce Conference, 2002.
The twin of `contracts/lib/ScoreMath.sol` and of CreditFormula's views; docs/credit-score.md explains it.

    weight     w(0) = 10^6, w(a + 1) = ⌊w(a) × decay / 10^4⌋, for the months of age a = 0…35
    evidence   of a cell: min(count, cap of its lane) × points of its lane × w(age)
    score      300 + ⌊550 × (good + prior good) / (good + bad + both priors)⌋, a prior being points × 10^6
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from commonhold.rules.history import FULL, LANES, PUNCTUAL, Lane

DEPTH = 36  # months
UNIT = 10**6  # weight of the current month
LEAST, MOST = 300, 850  # of a score
MAX_POINTS = 10_000
MAX_LIMIT = 10**12  # [cmt]


class Band(IntEnum):
    """Of a score; INSUFFICIENT is an answer of its own."""

    INSUFFICIENT = 0
    POOR = 1
    FAIR = 2
    GOOD = 3
    VERY_GOOD = 4
    EXCELLENT = 5


@dataclass(frozen=True, slots=True)
class Parameters:
    """Of one formula version, as the contract keeps them. decay [1/10,000]; points are hundredths of one
    piece of evidence; floors of FAIR to EXCELLENT; limits of POOR to EXCELLENT and cap [cmt]."""

    decay: int = 9_500
    prior_good: int = 100
    prior_bad: int = 100
    points: tuple[int, ...] = (100, 100, 300, 600, 50, 100, 100, 300, 1_500, 0)
    caps: tuple[int, ...] = (1, 2, 2, 2, 2, 2, 2, 2, 1, 15)
    floors: tuple[int, ...] = (560, 650, 720, 780)
    min_records: int = 6
    min_months: int = 6
    full_months: int = 24
    limits: tuple[int, ...] = (0, 500 * 10**6, 2_000 * 10**6, 5_000 * 10**6, 10_000 * 10**6)
    cap: int = 10_000 * 10**6


FIRST = Parameters()  # formula version 1


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one cell adds. counted: of its count, up to the cap; good, bad [points × weight]"""

    month: int
    lane: int
    count: int
    counted: int
    weight: int
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class Score:
    """A score as of a month; `score` means nothing while not sufficient."""

    score: int
    band: Band
    sufficient: bool
    records: int
    months: int
    verified: int
    good: int
    bad: int
    version: int
    month: int


@dataclass(frozen=True, slots=True)
class Limit:
    """limit: what may still be lent; total: in all; exposure: what is out [cmt]"""

    limit: int
    total: int
    exposure: int
    band: Band
    verified: int


class OutOfBounds(Exception):
    """A parameter outside its bounds: the contract's FormulaOutOfBounds."""

    def __init__(self, field: str, value: int, least: int, most: int) -> None:
        super().__init__(f"{field} is {value}; it must be {least} to {most}")
        self.values = (field, value, least, most)


def check(p: Parameters) -> None:
    """Raises OutOfBounds unless every parameter is lawful."""

    def within(field: str, value: int, least: int, most: int) -> None:
        if not least <= value <= most:
            raise OutOfBounds(field, value, least, most)

    within("decay", p.decay, 8_000, 10_000)
    within("priorGood", p.prior_good, 1, 1_000)
    within("priorBad", p.prior_bad, 1, 1_000)
    for lane in range(Lane.NEUTRAL):
        within("points", p.points[lane], 1, MAX_POINTS)
        within("caps", p.caps[lane], 1, FULL)
    within("points", p.points[Lane.NEUTRAL], 0, 0)
    within("caps", p.caps[Lane.NEUTRAL], 1, FULL)
    within("caps", p.caps[Lane.RENT_ON_TIME], 1, 1)
    milder = Lane.RENT_LATE_1
    for harder in (Lane.RENT_LATE_30, Lane.RENT_LATE_60, Lane.DEFAULT):
        within("points", p.points[harder], p.points[milder], MAX_POINTS)
        milder = harder
    floor = LEAST
    for value in p.floors:
        within("floors", value, floor + 1, MOST)
        floor = value
    within("minRecords", p.min_records, 3, 24)
    within("minMonths", p.min_months, 3, 24)
    within("fullMonths", p.full_months, 1, DEPTH)
    within("cap", p.cap, 0, MAX_LIMIT)
    before = 0
    for value in p.limits:
        within("limits", value, before, p.cap)
        before = value


def weights(decay: int) -> list[int]:
    """The weight of each age from 0 to 35 months."""
    found = [UNIT]
    while len(found) < DEPTH:
        found.append(found[-1] * decay // 10_000)
    return found


def explain(p: Parameters, counts: Mapping[tuple[int, int], int], month: int) -> list[Contribution]:
    """Every cell of the 36 months up to `month`, newest first. counts: (month, lane) -> count"""
    rows = []
    for age, weight in enumerate(weights(p.decay)):
        for lane in range(LANES):
            count = counts.get((month - age, lane), 0)
            if count == 0:
                continue
            counted = 0 if lane == Lane.NEUTRAL else min(count, p.caps[lane])
            evidence = counted * p.points[lane] * weight
            good, bad = (evidence, 0) if lane in PUNCTUAL else (0, evidence)
            rows.append(Contribution(month - age, lane, count, counted, weight, good, bad))
    return rows


def score_of(
    p: Parameters, counts: Mapping[tuple[int, int], int], month: int, version: int = 1
) -> tuple[Score, list[Contribution]]:
    """The score as of a month, and the contributions that add up to its evidence."""
    rows = explain(p, counts, month)
    good, bad = sum(row.good for row in rows), sum(row.bad for row in rows)
    records = sum(row.counted for row in rows)
    months = len({row.month for row in rows if row.counted})
    verified = len({row.month for row in rows if row.lane in PUNCTUAL})
    value = points_to_score(p, good, bad)
    sufficient = records >= p.min_records and months >= p.min_months
    score = Score(
        value, band_of(p, value, sufficient), sufficient, records, months, verified, good, bad, version, month
    )
    return score, rows


def points_to_score(p: Parameters, good: int, bad: int) -> int:
    """The posterior mean on 300–850, rounded down."""
    above = good + p.prior_good * UNIT
    return LEAST + (MOST - LEAST) * above // (above + bad + p.prior_bad * UNIT)


def band_of(p: Parameters, score: int, sufficient: bool) -> Band:
    """INSUFFICIENT, or the band whose floor the score has reached."""
    return Band(1 + sum(score >= floor for floor in p.floors)) if sufficient else Band.INSUFFICIENT


def limit_of(p: Parameters, score: Score, exposure: int, *, suspended: bool = False) -> Limit:
    """What may be lent: the band's limit by the verified months, capped, less what is out. [cmt]"""
    total = 0
    if score.sufficient and not suspended:
        share = min(score.verified, p.full_months)
        total = min(p.limits[score.band - 1] * share // p.full_months, p.cap)
    return Limit(max(0, total - exposure), total, exposure, score.band, score.verified)
