"""scoreOf(party), explain(party), explainAt(party, version, month), limitOf(party)

history
├── empty, one record short of enough, one month short ── INSUFFICIENT, limit 0, and never a score of 0
├── enough ── the twin's score, band and evidence, to the unit
├── older than 36 months, later than this month ── does not count
└── neutral ── shown, weighs nothing, no record
explain ── its contributions add up to the evidence, newest month first; the same for any version and month
limit ── by band and verified months, capped, less exposure; nothing while suspended
"""

import pytest

from commonhold.rules.history import counts_of
from commonhold.rules.score import FIRST, Band, Contribution, score_of
from tests.credit_world import FEES, INSTALMENT, NEUTRAL, RENT, CreditWorld
from tests.registry_world import REASON

CMT = 10**6


def twin(world: CreditWorld, person: str, month: int | None = None) -> tuple:
    """The twin's score and reasons from the words that the registry answers."""
    month = world.month if month is None else month
    half = (month - 35) // 6
    words = world.credit.historyOf(world.party[person], half, month // 6 - half + 1)
    return score_of(FIRST, counts_of(words, half), month)


def test_the_parameters_in_force_are_the_twins(world: CreditWorld) -> None:
    assert world.formula.formulaVersion() == 1
    assert world.parameters() == FIRST


def test_no_records_is_an_answer_of_its_own(world: CreditWorld) -> None:
    score = world.score("ann")
    assert (score.band, score.sufficient, score.records, score.months) == (Band.INSUFFICIENT, False, 0, 0)
    assert score.score == 575
    assert world.formula.limitOf(world.party["ann"]) == (0, 0, 0, Band.INSUFFICIENT, 0)


def test_five_months_are_too_few_and_six_are_enough(world: CreditWorld) -> None:
    world.collect("ann")
    world.punctual("ann", 5)
    assert (world.score("ann").records, world.score("ann").sufficient) == (5, False)
    world.punctual("ann", 6)
    score = world.score("ann")
    assert (score.records, score.months, score.sufficient) == (6, 6, True)
    assert score.band > Band.INSUFFICIENT


def test_many_records_of_few_months_are_too_few(world: CreditWorld) -> None:
    world.collect("ann")
    for kind in (RENT, FEES, INSTALMENT):
        world.punctual("ann", 5, kind=kind)
        world.punctual("ann", 5, kind=kind)
    score = world.score("ann")
    assert (score.records, score.months, score.sufficient) == (25, 5, False)


def test_a_month_of_36_counts_and_a_month_of_37_does_not(world: CreditWorld) -> None:
    world.collect("ann")
    world.on_time(RENT, [(world.month - 36, "ann"), (world.month + 1, "ann")])
    assert world.score("ann").records == 0
    world.on_time(RENT, [(world.month - 35, "ann")])
    assert world.score("ann").records == 1
    assert world.score("ann").good == 100 * 166_077


def test_the_score_is_the_twins_to_the_unit(world: CreditWorld) -> None:
    world.collect("ann")
    world.punctual("ann", 30)
    world.punctual("ann", 17, kind=FEES)
    world.entered("ann", days=70)
    world.default(1, "ann", world.today - 300)
    world.late(9, "ann", world.today - 100, world.today)
    assert world.explained("ann") == twin(world, "ann")


def test_what_is_explained_adds_up_to_the_evidence(world: CreditWorld) -> None:
    world.collect("ann")
    world.punctual("ann", 12)
    world.punctual("ann", 12, kind=FEES)
    world.entered("ann", days=40)
    score, rows = world.explained("ann")
    assert score == world.score("ann")
    assert (sum(row.good for row in rows), sum(row.bad for row in rows)) == (score.good, score.bad)
    assert sum(row.counted for row in rows) == score.records
    assert score.bad > 0
    assert [row.month for row in rows] == sorted((row.month for row in rows), reverse=True)


def test_neutral_is_shown_and_weighs_nothing(world: CreditWorld) -> None:
    world.collect("ann")
    world.late(1, "ann", world.today, world.today + 50)
    score, rows = world.explained("ann")
    assert rows == [Contribution(world.month, NEUTRAL, 1, 0, 10**6, 0, 0)]
    assert (score.records, score.months, score.verified, score.score) == (0, 0, 0, 575)


def test_a_score_can_be_recomputed_as_of_an_earlier_month(world: CreditWorld) -> None:
    world.collect("ann")
    world.punctual("ann", 20)
    month = world.month - 7
    score, rows = world.formula.explainAt(world.party["ann"], 1, month)
    expected, reasons = twin(world, "ann", month)
    assert score[0] == expected.score
    assert [Contribution(*row) for row in rows] == reasons
    with world.reverts("FormulaVersionUnknown", 2):
        world.formula.explainAt(world.party["ann"], 2, month)
    with world.reverts("FormulaOutOfBounds", ...):
        world.formula.explainAt(world.party["ann"], 1, world.month + 1)


def test_the_peers_score_of_constants_is_impossible(world: CreditWorld) -> None:
    """Every kind of record, alone, changes the score in its own direction."""
    world.collect("ann")
    base = world.score("ann").score
    mark = world.backend.snapshot()
    for kind in (RENT, FEES, INSTALMENT):
        world.on_time(kind, [(world.month, "ann")])
        assert world.score("ann").score > base
        world.backend.restore(mark)
        mark = world.backend.snapshot()
    for kind in (RENT, FEES, INSTALMENT):
        world.entered("ann", days=20, kind=kind)
        assert world.score("ann").score < base
        world.backend.restore(mark)
        mark = world.backend.snapshot()
    world.default(1, "ann", world.today)
    assert world.score("ann").score < base


def test_one_big_bill_weighs_as_one_and_a_busy_month_is_capped(world: CreditWorld) -> None:
    world.collect("ann", "ben")
    world.on_time(FEES, [(world.month, "ann")] * 15)
    world.on_time(FEES, [(world.month - age, "ben") for age in range(10)])
    busy, steady = world.score("ann"), world.score("ben")
    assert (busy.records, steady.records) == (2, 10)
    assert steady.score > busy.score


def test_R8_the_best_and_the_worst_history_stay_within_300_and_850(world: CreditWorld) -> None:
    world.collect("ann", "ben")
    for kind in (RENT, FEES, FEES, INSTALMENT, INSTALMENT):
        world.punctual("ann", 36, kind=kind)
    for month in range(36):
        world.default(month, "ben", world.today - 30 * month)
        world.default(100 + month, "ben", world.today - 30 * month)
    best, worst = world.score("ann"), world.score("ben")
    assert 840 <= best.score <= 850 and best.band is Band.EXCELLENT
    assert 300 <= worst.score <= 305 and worst.band is Band.POOR


def test_the_limit_grows_with_band_and_verified_months(world: CreditWorld) -> None:
    world.collect("ann")
    world.punctual("ann", 12)
    limit = world.formula.limitOf(world.party["ann"])
    score = world.score("ann")
    assert score.band is Band.EXCELLENT
    assert limit == (5_000 * CMT, 5_000 * CMT, 0, Band.EXCELLENT, 12)
    world.punctual("ann", 36)
    assert world.formula.limitOf(world.party["ann"])[0] == 10_000 * CMT


def test_a_suspended_party_has_no_limit(world: CreditWorld) -> None:
    world.collect("ann")
    world.punctual("ann", 36)
    world.parties.setSuspended(world.party["ann"], True, REASON, sender=world.wallet("officer"))
    assert world.formula.limitOf(world.party["ann"])[:2] == (0, 0)


@pytest.mark.parametrize("person", ["ann", "stranger"])
def test_everybody_can_see_a_score_for_consent_governs_use(world: CreditWorld, person: str) -> None:
    score, _ = world.formula.explain(world.party["ann"], sender=world.wallet(person))
    assert score[0] == 575
