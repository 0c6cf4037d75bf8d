"""ScoreMath against its twin: random histories under random lawful parameters, by the contract's views.

- score, band, evidence, records, months, every contribution, and the limit are the twin's to the unit
- any word of a history, full lanes and months before and after the window included
"""

from random import Random

import pytest

from commonhold.rules.history import counts_of
from commonhold.rules.score import FIRST, Band, Contribution, Parameters, check, limit_of, score_of
from tests.credit_world import CreditWorld
from tests.lease_world import InProcess

CELLS = (1 << 240) - 1


def parameters(rng: Random) -> Parameters:
    """Lawful parameters."""
    late = sorted(rng.randint(1, 10_000) for _ in range(4))
    floors = sorted(rng.sample(range(301, 851), 4))
    limits = sorted(rng.randint(0, 10**12) for _ in range(6))
    p = Parameters(
        decay=rng.randint(8_000, 10_000), prior_good=rng.randint(1, 1_000), prior_bad=rng.randint(1, 1_000),
        points=(
            rng.randint(1, 10_000), late[0], late[1], late[2], rng.randint(1, 10_000),
            rng.randint(1, 10_000), rng.randint(1, 10_000), rng.randint(1, 10_000), late[3], 0,
        ),
        caps=(1, *(rng.randint(1, 15) for _ in range(9))), floors=tuple(floors),
        min_records=rng.randint(3, 24), min_months=rng.randint(3, 24), full_months=rng.randint(1, 36),
        limits=tuple(limits[:5]), cap=limits[5],
    )  # fmt: skip
    check(p)
    return p


def word(rng: Random) -> int:
    """A half-year: empty, thin or any counts at all; the lane of rents in time holds at most one."""
    kind = rng.randrange(4)
    if kind == 0:
        return 0
    cells = 0
    for place in range(60):
        count = rng.randint(0, 15) if kind == 3 else int(rng.random() < 0.2)
        cells |= (min(count, 1) if place % 10 == 0 else count) << 4 * place
    return cells & CELLS


@pytest.fixture(scope="module")
def world() -> CreditWorld:
    return CreditWorld(InProcess())


@pytest.mark.parametrize("seed", range(60))
def test_the_contract_scores_as_the_twin_does(world: CreditWorld, seed: int) -> None:
    rng = Random(seed)
    mark = world.backend.snapshot()
    p = FIRST if seed % 3 == 0 else parameters(rng)
    if p != FIRST:
        plain = tuple(getattr(p, name) for name in Parameters.__slots__)
        world.formula.proposeFormula(plain, sender=world.wallet("officer"))
        world.formula.approveFormula(plain, sender=world.wallet("committee"))
        world.later(14 * 86_400)
    world.later(rng.randrange(400) * 86_400)
    month, party, half = world.month, world.party["ann"], world.month // 6 - 8
    words = [word(rng) for _ in range(11)]
    world.store("ann", half, words)
    version = int(world.formula.formulaVersion())
    expected, reasons = score_of(p, counts_of(words, half), month, version)
    score, rows = world.explained("ann")
    assert score == expected == world.score("ann")
    assert rows == reasons
    assert score.good == sum(row.good for row in rows) and score.bad == sum(row.bad for row in rows)
    limit, total, exposure, band, verified = world.formula.limitOf(party)
    assert (limit, total, exposure, Band(band), verified) == tuple(
        getattr(limit_of(p, expected, 0), name) for name in ("limit", "total", "exposure", "band", "verified")
    )
    earlier = month - rng.randint(1, 5)
    then, rows_then = world.formula.explainAt(party, version, earlier)
    wanted, reasons_then = score_of(p, counts_of(words, half), earlier, version)
    assert (then[0], then[6], then[7]) == (wanted.score, wanted.good, wanted.bad)
    assert [Contribution(*row) for row in rows_then] == reasons_then
    world.backend.restore(mark)
