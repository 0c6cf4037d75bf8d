"""proposeCorrection, approveCorrection, withdrawCorrection

├── one person, the AccessManager, no reason, about himself ── reverts
├── never proposed, proposed otherwise, withdrawn, expired, used up ── reverts
├── a count without an entry ── from a lane in time to another or to NEUTRAL; never into a negative lane
├── a provider's count ── among its lanes
├── an entry ── to any lane of its month, and moves no more by itself; the cells named are where it counts
└── an empty lane, a full lane, a second rent in time ── reverts: exact or not at all
each moves one count of one month: every other cell stays (C6)
"""

from typing import Any

import pytest

from commonhold.rules.history import Standing
from tests.credit_world import (
    DEFAULT,
    FEES,
    FEES_LATE,
    FEES_ON_TIME,
    NEUTRAL,
    RENT,
    RENT_LATE_1,
    RENT_LATE_30,
    RENT_ON_TIME,
    CreditWorld,
)  # fmt: skip
from tests.registry_world import DAY, REASON

MONTH = 672
WHY = bytes(31) + b"\x07"


def count(
    world: CreditWorld, source: int, target: int, *, provider: bool = False, key: int = 0, **other: Any
) -> tuple:
    """A correction of Ann's history."""
    month, person = other.get("month", MONTH), other.get("person", "ann")
    return (key, provider, world.party[person], month, source, target, other.get("reason", WHY))


def propose(world: CreditWorld, correction: tuple) -> None:
    world.review.proposeCorrection(correction, sender=world.wallet("officer"))


def correct(world: CreditWorld, correction: tuple) -> None:
    propose(world, correction)
    world.review.approveCorrection(correction, sender=world.wallet("committee"))


def filled(world: CreditWorld) -> None:
    """A month of Ann's with something in every lane that is reported in time, and its neighbours."""
    world.collect("ann", "dora")
    for month in (MONTH - 1, MONTH, MONTH + 1):
        world.on_time(RENT, [(month, "ann")])
        world.on_time(FEES, [(month, "ann")] * 3)


def test_two_persons_move_one_count_and_nothing_else(world: CreditWorld) -> None:
    filled(world)
    before = {(m, lane): world.cell("ann", m, lane) for m in range(666, 678) for lane in range(10)}
    correct(world, count(world, FEES_ON_TIME, NEUTRAL))
    after = {(m, lane): world.cell("ann", m, lane) for m in range(666, 678) for lane in range(10)}
    assert {cell: after[cell] - number for cell, number in before.items() if after[cell] != number} == {
        (MONTH, FEES_ON_TIME): -1,
        (MONTH, NEUTRAL): 1,
    }
    (event,) = world.events("CountCorrected")
    assert (event["provider"], event["party"], event["month"]) == (False, world.party["ann"], MONTH)
    assert (event["from"], event["to"]) == (FEES_ON_TIME, NEUTRAL)


@pytest.mark.parametrize("lane", [RENT_LATE_1, FEES_LATE, DEFAULT])
def test_no_correction_makes_a_negative_entry_without_notice_and_cure(world: CreditWorld, lane: int) -> None:
    filled(world)
    propose(world, count(world, FEES_ON_TIME, lane))
    with world.reverts("CreditCorrectionInvalid", FEES_ON_TIME, lane):
        world.review.approveCorrection(count(world, FEES_ON_TIME, lane), sender=world.wallet("committee"))


@pytest.mark.parametrize("lane", [RENT_LATE_1, NEUTRAL, 10, 15])
def test_a_count_of_an_entry_is_corrected_only_through_its_key(world: CreditWorld, lane: int) -> None:
    filled(world)
    world.late(1, "ann", 20_455, 20_500)  # NEUTRAL
    propose(world, count(world, lane, FEES_ON_TIME))
    with world.reverts("CreditCorrectionInvalid", lane, FEES_ON_TIME):
        world.review.approveCorrection(count(world, lane, FEES_ON_TIME), sender=world.wallet("committee"))


def test_an_entry_is_corrected_and_then_rests(world: CreditWorld) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    key = world.entered("ann", days=40)
    correct(world, count(world, RENT_LATE_30, RENT_ON_TIME, key=key, month=month))
    assert [world.cell("ann", month, lane) for lane in (RENT_ON_TIME, RENT_LATE_30)] == [1, 0]
    outcome = world.outcome(key)
    assert (outcome.closed, outcome.standing, outcome.lane) == (True, Standing.ENTERED, RENT_ON_TIME)
    world.late(1, "ann", due, due + 100)
    world.to_day(due + 70)
    with world.reverts("CreditNothingNew", key):
        world.overdue(1)
    assert [world.cell("ann", month, lane) for lane in (RENT_ON_TIME, RENT_LATE_30)] == [1, 0]


def test_an_entry_corrected_to_in_time_gives_its_count_only_once(world: CreditWorld) -> None:
    world.collect("ann")
    month = world.month
    key = world.entered("ann", days=40)
    correct(world, count(world, RENT_LATE_30, FEES_ON_TIME, key=key, month=month))
    correct(world, count(world, FEES_ON_TIME, NEUTRAL, month=month))
    again = count(world, FEES_ON_TIME, RENT_LATE_1, key=key, month=month)
    propose(world, again)
    with world.reverts("CreditCellEmpty", world.party["ann"], month, FEES_ON_TIME):
        world.review.approveCorrection(again, sender=world.wallet("committee"))
    assert [world.cell("ann", month, lane) for lane in range(10)] == [0] * 9 + [1]


def test_what_does_not_count_is_not_corrected(world: CreditWorld) -> None:
    world.collect("ann")
    month = world.month
    key = world.entered("ann", days=40)
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    correction = count(world, RENT_LATE_30, RENT_ON_TIME, key=key, month=month)
    propose(world, correction)
    with world.reverts("CreditCellEmpty", world.party["ann"], month, RENT_LATE_30):
        world.review.approveCorrection(correction, sender=world.wallet("committee"))


@pytest.mark.parametrize("wrong", [{"month": 600}, {"person": "ben"}, {"provider": True}])
def test_the_words_of_a_correction_must_be_what_its_key_means(world: CreditWorld, wrong: dict) -> None:
    world.collect("ann")
    month = world.month
    key = world.entered("ann", days=40)
    values: dict[str, Any] = {"key": key, "month": month, **wrong}
    with world.reverts("ReviewCorrectionStale", key, world.party["ann"], month, RENT_LATE_30):
        propose(world, count(world, RENT_LATE_30, NEUTRAL, **values))
    with world.reverts("ReviewCorrectionStale", key, world.party["ann"], month, RENT_LATE_30):
        propose(world, count(world, RENT_LATE_1, NEUTRAL, key=key, month=month))


def test_what_moved_after_the_proposal_is_looked_at_again(world: CreditWorld) -> None:
    world.collect("ann")
    month, due = world.month, world.today
    key = world.entered("ann", days=20)
    correction = count(world, RENT_LATE_1, NEUTRAL, key=key, month=month)
    propose(world, correction)
    world.to_day(due + 35)
    world.overdue(1)
    with world.reverts("ReviewCorrectionStale", key, world.party["ann"], month, RENT_LATE_30):
        world.review.approveCorrection(correction, sender=world.wallet("committee"))


def test_an_empty_or_a_full_lane_refuses(world: CreditWorld) -> None:
    world.collect("ann")
    ann = world.party["ann"]
    world.on_time(FEES, [(MONTH, "ann")] * 15)
    world.on_time(2, [(MONTH, "ann")])
    for correction, error, lane in (
        (count(world, RENT_ON_TIME, NEUTRAL), "CreditCellEmpty", RENT_ON_TIME),
        (count(world, 6, FEES_ON_TIME), "CreditCellFull", FEES_ON_TIME),
    ):
        propose(world, correction)
        with world.reverts(error, ann, MONTH, lane):
            world.review.approveCorrection(correction, sender=world.wallet("committee"))


def test_C2_a_correction_makes_no_second_rent_in_time(world: CreditWorld) -> None:
    filled(world)
    correction = count(world, FEES_ON_TIME, RENT_ON_TIME)
    propose(world, correction)
    with world.reverts("CreditCellFull", world.party["ann"], MONTH, RENT_ON_TIME):
        world.review.approveCorrection(correction, sender=world.wallet("committee"))


def test_a_providers_count_is_corrected_among_its_lanes(world: CreditWorld) -> None:
    world.collect("dora")
    world.provide("dora", MONTH, 1)
    correct(world, count(world, 1, 0, provider=True, person="dora"))
    assert [world.provided("dora", MONTH, lane) for lane in (0, 1)] == [1, 0]
    with world.reverts("CreditCorrectionInvalid", 0, 4):
        correct(world, count(world, 0, 4, provider=True, person="dora"))
    with world.reverts("CreditCellEmpty", world.party["dora"], MONTH, 1):
        correct(world, count(world, 1, 0, provider=True, person="dora"))


def test_S13_one_person_is_not_two(world: CreditWorld) -> None:
    filled(world)
    both, admin = world.wallet("manager"), world.wallet("admin")
    world.access.grantRole(3, both, 0, sender=admin)
    world.access.grantRole(6, both, 0, sender=admin)
    correction = count(world, FEES_ON_TIME, NEUTRAL)
    world.review.proposeCorrection(correction, sender=both)
    with world.reverts("ReviewCheckerIsMaker", both):
        world.review.approveCorrection(correction, sender=both)


def test_S13_the_access_manager_is_nobodys_second_face(world: CreditWorld) -> None:
    filled(world)
    both, admin = world.wallet("manager"), world.wallet("admin")
    world.access.grantRole(3, both, 0, sender=admin)
    world.access.grantRole(6, world.access, 0, sender=admin)
    world.access.grantRole(6, both, 0, sender=admin)
    correction = count(world, FEES_ON_TIME, NEUTRAL)
    world.review.proposeCorrection(correction, sender=both)
    call = world.review.data("approveCorrection", correction)
    with world.reverts("ReviewOwnCase", world.party["ann"], world.access):
        world.access.execute(world.review, call, sender=both)


def test_nobody_corrects_his_own_history(world: CreditWorld) -> None:
    filled(world)
    ann = world.wallet("ann")
    world.access.grantRole(3, ann, 0, sender=world.wallet("admin"))
    with world.reverts("ReviewOwnCase", world.party["ann"], ann):
        world.review.proposeCorrection(count(world, FEES_ON_TIME, NEUTRAL), sender=ann)


def test_only_what_was_proposed_word_for_word_is_approved(world: CreditWorld) -> None:
    filled(world)
    committee = world.wallet("committee")
    propose(world, count(world, FEES_ON_TIME, NEUTRAL))
    other = count(world, RENT_ON_TIME, NEUTRAL)
    with world.reverts("ReviewProposalUnknown", world.review.hashCorrection(other)):
        world.review.approveCorrection(other, sender=committee)
    first = count(world, FEES_ON_TIME, NEUTRAL)
    world.review.approveCorrection(first, sender=committee)
    with world.reverts("ReviewProposalUnknown", world.review.hashCorrection(first)):
        world.review.approveCorrection(first, sender=committee)


def test_a_proposal_is_made_once_withdrawn_and_made_again(world: CreditWorld) -> None:
    filled(world)
    correction = count(world, FEES_ON_TIME, NEUTRAL)
    digest = world.review.hashCorrection(correction)
    propose(world, correction)
    assert world.review.proposalOf(digest)[0] == world.wallet("officer")
    with world.reverts("ReviewProposalKnown", digest):
        propose(world, correction)
    world.review.withdrawCorrection(digest, sender=world.wallet("officer"))
    with world.reverts("ReviewProposalUnknown", digest):
        world.review.approveCorrection(correction, sender=world.wallet("committee"))
    with world.reverts("ReviewProposalUnknown", digest):
        world.review.withdrawCorrection(digest, sender=world.wallet("officer"))
    propose(world, correction)


def test_S5_a_proposal_holds_to_its_last_second(exact: CreditWorld) -> None:
    world = exact
    filled(world)
    first, second = count(world, FEES_ON_TIME, NEUTRAL), count(world, RENT_ON_TIME, NEUTRAL)
    propose(world, first)
    propose(world, second)
    until = world.time + 30 * DAY
    world.backend.warp(until)
    world.review.approveCorrection(first, sender=world.wallet("committee"))
    world.backend.warp(until + 1)
    with world.reverts("ReviewProposalExpired", world.review.hashCorrection(second), until, until + 1):
        world.review.approveCorrection(second, sender=world.wallet("committee"))
    propose(world, second)


def test_a_correction_has_a_reason(world: CreditWorld) -> None:
    filled(world)
    with world.reverts("ReviewReasonMissing"):
        propose(world, count(world, FEES_ON_TIME, NEUTRAL, reason=bytes(32)))
