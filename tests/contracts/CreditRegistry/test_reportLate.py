"""reportLate(kind, outcomes)

caller never registered ── reverts · retired ── without effect
each outcome
├── no consent ── nothing is written
├── waived ── NEUTRAL, also out of a negative lane or a dispute
├── never noticed ── NEUTRAL: noticed first
├── noticed, paid by the last day of the cure ── NEUTRAL · a day later ── negative, by days since the due day
├── entered as a delinquency before ── moved to its final lane, never a second entry
├── reported before ── a repeat changes nothing
├── disputed ── waits outside its cell with its final lane · removed ── gone for ever
└── the lane is full ── an event, and no neighbour is touched
"""

import pytest

from commonhold.rules.history import Standing
from tests.credit_world import (
    FEES,
    FEES_LATE,
    INSTALMENT,
    INSTALMENT_LATE,
    NEUTRAL,
    NOWHERE,
    RENT,
    RENT_LATE_1,
    RENT_LATE_30,
    RENT_LATE_60,
    CreditWorld,
)  # fmt: skip
from tests.registry_world import REASON


def lanes(world: CreditWorld, month: int, person: str = "ann") -> dict[int, int]:
    """The lanes of a month that are not empty."""
    return {lane: count for lane in range(10) if (count := world.cell(person, month, lane))}


def noticed(world: CreditWorld, obligation: int = 1, kind: int = RENT) -> tuple[int, int]:
    """(due day, day of the notice) of an obligation of Ann's."""
    due = world.today
    world.collect("ann")
    world.owe(obligation, "ann", due, grace=0, kind=kind)
    world.to_day(due + 1)
    world.overdue(obligation)
    return due, due + 1


def test_late_but_never_noticed_is_neutral(world: CreditWorld) -> None:
    world.collect("ann")
    due, month = world.today, world.month
    world.late(1, "ann", due, due + 90)
    assert lanes(world, month) == {NEUTRAL: 1}
    outcome = world.outcome(world.key(1))
    assert (outcome.lane, outcome.closed, outcome.counted) == (NEUTRAL, True, True)
    assert outcome.standing is Standing.ENTERED
    (event,) = world.events("OutcomeMoved")
    assert (event["from"], event["to"], event["lane"], event["closed"]) == (NOWHERE, NEUTRAL, NEUTRAL, True)


@pytest.mark.parametrize(("late", "lane"), [(14, NEUTRAL), (15, RENT_LATE_1)])
def test_paid_by_the_last_day_of_the_cure_is_neutral(world: CreditWorld, late: int, lane: int) -> None:
    due, notice = noticed(world)
    month = world.month
    world.late(1, "ann", due, notice + late)
    assert lanes(world, month) == {lane: 1}


@pytest.mark.parametrize(
    ("days", "lane"), [(29, RENT_LATE_1), (30, RENT_LATE_30), (59, RENT_LATE_30), (60, RENT_LATE_60)]
)
def test_the_final_lane_counts_days_since_the_due_day(world: CreditWorld, days: int, lane: int) -> None:
    month = world.month
    due, _ = noticed(world)
    world.late(1, "ann", due, due + days)
    assert lanes(world, month) == {lane: 1}


@pytest.mark.parametrize(("kind", "lane"), [(FEES, FEES_LATE), (INSTALMENT, INSTALMENT_LATE)])
def test_fees_and_instalments_have_one_late_lane(world: CreditWorld, kind: int, lane: int) -> None:
    month = world.month
    due, _ = noticed(world, kind=kind)
    world.late(1, "ann", due, due + 100, kind=kind)
    assert lanes(world, month) == {lane: 1}


def test_an_entered_delinquency_is_moved_and_never_entered_twice(world: CreditWorld) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    world.entered("ann", days=20)
    assert lanes(world, month) == {RENT_LATE_1: 1}
    world.late(1, "ann", due, due + 75)
    assert lanes(world, month) == {RENT_LATE_60: 1}
    (event,) = world.events("OutcomeMoved")
    assert (event["from"], event["to"]) == (RENT_LATE_1, RENT_LATE_60)


def test_a_repeat_changes_nothing(world: CreditWorld) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    world.late(1, "ann", due, due + 40)
    world.late(1, "ann", due, due + 70)
    world.late(1, "ann", due, due + 70, waived=True)
    assert lanes(world, month) == {NEUTRAL: 1}
    assert world.events("OutcomeMoved") == []


def test_a_waiver_takes_a_delinquency_back(world: CreditWorld) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    world.entered("ann", days=40)
    assert lanes(world, month) == {RENT_LATE_30: 1}
    world.late(1, "ann", due, world.today, waived=True)
    assert lanes(world, month) == {NEUTRAL: 1}


def test_nothing_is_written_without_consent(world: CreditWorld) -> None:
    month, due = world.month, world.today
    world.late(1, "ann", due, due + 40)
    assert lanes(world, month) == {}
    assert world.outcome(world.key(1)).standing is Standing.NONE


def test_a_consent_withdrawn_after_the_notice_ends_the_collecting(world: CreditWorld) -> None:
    month = world.month
    due, _ = noticed(world)
    world.collect("ann", consent=False)
    world.late(1, "ann", due, due + 40)
    assert lanes(world, month) == {}
    assert world.outcome(world.key(1)).standing is Standing.NOTICED


def test_paid_while_disputed_it_waits_outside_with_its_final_lane(world: CreditWorld) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    key = world.entered("ann", days=20)
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    world.late(1, "ann", due, due + 35)
    assert lanes(world, month) == {}
    assert (world.outcome(key).lane, world.outcome(key).standing) == (RENT_LATE_30, Standing.DISPUTED)
    world.review.decide(key, True, REASON, sender=world.wallet("officer"))
    assert lanes(world, month) == {RENT_LATE_30: 1}


def test_waived_while_disputed_nothing_is_left_to_review(world: CreditWorld) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    key = world.entered("ann", days=20)
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    world.late(1, "ann", due, world.today, waived=True)
    assert lanes(world, month) == {NEUTRAL: 1}
    with world.reverts("CreditNotDisputed", key, Standing.ENTERED):
        world.review.decide(key, True, REASON, sender=world.wallet("officer"))


@pytest.mark.parametrize("silent", [False, True])
def test_what_a_review_removed_never_comes_back(world: CreditWorld, silent: bool) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    key = world.entered("ann", days=20)
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    if silent:
        world.to_day(world.outcome(key).last_day + 1)
    else:
        world.review.decide(key, False, REASON, sender=world.wallet("officer"))
    world.late(1, "ann", due, due + 100)
    assert lanes(world, month) == {}
    assert world.outcome(key).standing is Standing.REMOVED


def test_a_full_lane_says_so_and_keeps_its_neighbours(world: CreditWorld) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    for obligation in range(1, 16):
        world.late(obligation, "ann", due, due + 40)
    assert lanes(world, month) == {NEUTRAL: 15}
    world.late(16, "ann", due, due + 40)
    assert world.events("OutcomeNotCounted")[0]["lane"] == NEUTRAL
    assert lanes(world, month) == {NEUTRAL: 15}
    outcome = world.outcome(world.key(16))
    assert (outcome.lane, outcome.counted, outcome.closed) == (NEUTRAL, False, True)


def test_joint_tenants_answer_each_for_their_share(world: CreditWorld) -> None:
    world.collect("ann", "ben")
    month, due = world.month, world.today
    world.on_time(RENT, [(month, "ann")])
    world.late(2, "ben", due, due + 40)
    assert lanes(world, month) == {0: 1}
    assert lanes(world, month, "ben") == {NEUTRAL: 1}


def test_C5_strangers_and_retired_reporters_have_no_effect(world: CreditWorld) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    stranger = world.wallet("stranger")
    with world.reverts("CreditNotReporter", stranger):
        world.credit.reportLate(RENT, [(1, world.party["ann"], due, due + 40, False)], sender=stranger)
    world.credit.retireReporter(world.reporter, sender=world.wallet("admin"))
    world.late(1, "ann", due, due + 40)
    assert lanes(world, month) == {}
