"""reportOverdue(reporter, obligation), open to all

reporter ── unknown, retired, not for this kind: reverts · number of the obligation too large: reverts
obligation ── paid, or today is the last day in time: reverts
party ── no consent: reverts
├── never noticed ── the notice, with the day until which it can be cured; no cell changes
├── noticed, still curing ── reverts until the last day of the cure, both neighbours
├── cure over ── entered once, by days since the due day
├── entered, a worse bucket reached ── moved (C6) · the same bucket ── reverts
├── disputed ── its lane grows worse outside its cell
└── removed or closed ── reverts
"""

import pytest

from commonhold.rules.history import Standing
from tests.credit_world import (
    FEES,
    FEES_LATE,
    INSTALMENT,
    INSTALMENT_LATE,
    NEUTRAL,
    RENT,
    RENT_LATE_1,
    RENT_LATE_30,
    RENT_LATE_60,
    CreditWorld,
)  # fmt: skip
from tests.registry_world import REASON

OBLIGATION = 7 << 24 | 672


def test_the_first_call_serves_the_notice_and_enters_nothing(world: CreditWorld) -> None:
    world.collect("ann")
    due, month = world.today, world.month
    key = world.owe(OBLIGATION, "ann", due)
    world.to_day(due + 6)
    world.overdue(OBLIGATION)
    (event,) = world.events("DelinquencyNoticed")
    assert (event["key"], event["party"], event["obligation"]) == (key, world.party["ann"], OBLIGATION)
    assert (event["dueDay"], event["cureDay"]) == (due, due + 20)
    assert [world.cell("ann", month, lane) for lane in range(10)] == [0] * 10
    outcome = world.outcome(key)
    assert (outcome.standing, outcome.notice_day, outcome.counted) == (Standing.NOTICED, due + 6, False)


def test_the_last_day_in_time_is_not_overdue_yet(world: CreditWorld) -> None:
    world.collect("ann")
    due = world.today
    key = world.owe(OBLIGATION, "ann", due, grace=5)
    world.to_day(due + 5)
    with world.reverts("CreditNotOverdue", key, 1, due + 5, due + 5):
        world.overdue(OBLIGATION)
    world.to_day(due + 6)
    world.overdue(OBLIGATION)


def test_what_is_paid_is_not_overdue(world: CreditWorld) -> None:
    world.collect("ann")
    due = world.today
    key = world.owe(OBLIGATION, "ann", due, open=0)
    world.to_day(due + 50)
    with world.reverts("CreditNotOverdue", key, 0, due + 5, due + 50):
        world.overdue(OBLIGATION)


def test_an_obligation_that_never_existed_is_not_overdue(world: CreditWorld) -> None:
    with world.reverts("CreditNotOverdue", ...):
        world.overdue(12345)


def test_nobody_is_noticed_without_consent(world: CreditWorld) -> None:
    due = world.today
    key = world.owe(OBLIGATION, "ann", due)
    world.to_day(due + 50)
    with world.reverts("CreditNoConsent", world.party["ann"]):
        world.overdue(OBLIGATION)
    assert world.outcome(key).standing is Standing.NONE


def test_the_cure_runs_fourteen_days_after_the_notice(world: CreditWorld) -> None:
    world.collect("ann")
    due, month = world.today, world.month
    key = world.owe(OBLIGATION, "ann", due, grace=0)
    world.to_day(due + 1)
    world.overdue(OBLIGATION)
    for day in (due + 1, due + 15):
        world.to_day(day)
        with world.reverts("CreditCuring", key, due + 15, day):
            world.overdue(OBLIGATION)
    world.to_day(due + 16)
    world.overdue(OBLIGATION)
    assert world.cell("ann", month, RENT_LATE_1) == 1


def test_a_late_notice_still_leaves_the_whole_cure(world: CreditWorld) -> None:
    world.collect("ann")
    due = world.today
    key = world.owe(OBLIGATION, "ann", due)
    world.to_day(due + 200)
    world.overdue(OBLIGATION)
    world.to_day(due + 214)
    with world.reverts("CreditCuring", key, due + 214, due + 214):
        world.overdue(OBLIGATION)


def test_C6_who_never_pays_moves_from_bucket_to_bucket_in_one_entry(world: CreditWorld) -> None:
    world.collect("ann")
    due, month = world.today, world.month
    key = world.owe(OBLIGATION, "ann", due, grace=0)
    world.to_day(due + 1)
    world.overdue(OBLIGATION)
    for day, lane in ((16, RENT_LATE_1), (30, RENT_LATE_30), (60, RENT_LATE_60)):
        world.to_day(due + day)
        world.overdue(OBLIGATION)
        counts = {other: world.cell("ann", month, other) for other in range(10)}
        assert counts == {other: int(other == lane) for other in range(10)}
        with world.reverts("CreditNothingNew", key):
            world.overdue(OBLIGATION)
    world.to_day(due + 2_000)
    with world.reverts("CreditNothingNew", key):
        world.overdue(OBLIGATION)


@pytest.mark.parametrize(("kind", "lane"), [(FEES, FEES_LATE), (INSTALMENT, INSTALMENT_LATE)])
def test_fees_and_instalments_are_entered_in_their_lane(world: CreditWorld, kind: int, lane: int) -> None:
    world.collect("ann")
    month = world.month
    world.entered("ann", days=70, kind=kind)
    assert world.cell("ann", month, lane) == 1


def test_while_disputed_it_grows_worse_outside_its_cell(world: CreditWorld) -> None:
    world.collect("ann")
    due, month = world.today, world.month
    key = world.entered("ann", days=20)
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    world.to_day(due + 35)
    world.overdue(1)
    assert (world.outcome(key).lane, world.cell("ann", month, RENT_LATE_30)) == (RENT_LATE_30, 0)
    world.review.decide(key, True, REASON, sender=world.wallet("officer"))
    assert [world.cell("ann", month, lane) for lane in (RENT_LATE_1, RENT_LATE_30)] == [0, 1]


def test_what_a_review_removed_is_not_entered_again(world: CreditWorld) -> None:
    world.collect("ann")
    due = world.today
    key = world.entered("ann", days=20)
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    world.review.decide(key, False, REASON, sender=world.wallet("officer"))
    world.to_day(due + 100)
    with world.reverts("CreditNothingNew", key):
        world.overdue(1)


def test_what_was_discharged_is_closed(world: CreditWorld) -> None:
    world.collect("ann")
    due, month = world.today, world.month
    key = world.owe(OBLIGATION, "ann", due)
    world.late(OBLIGATION, "ann", due, due)
    world.to_day(due + 100)
    with world.reverts("CreditNothingNew", key):
        world.overdue(OBLIGATION)
    assert world.cell("ann", month, NEUTRAL) == 1


def test_a_retired_or_unfit_reporter_is_asked_nothing(world: CreditWorld) -> None:
    world.collect("ann")
    admin, due = world.wallet("admin"), world.today
    rents = world.backend.deploy("ReporterPuppet")
    world.credit.registerReporter(rents, 1 << RENT, sender=admin)
    world.owe(OBLIGATION, "ann", due, by=rents, kind=FEES)
    world.owe(OBLIGATION, "ann", due)
    world.to_day(due + 20)
    with world.reverts("CreditReporterNotActive", rents):
        world.overdue(OBLIGATION, by=rents)
    world.as_admin(world.credit, "retireReporter", world.reporter)
    with world.reverts("CreditReporterNotActive", world.reporter):
        world.overdue(OBLIGATION)
    with world.reverts("CreditReporterUnknown", world.parties):
        world.overdue(OBLIGATION, by=world.parties)


def test_a_number_beyond_192_bits_is_refused(world: CreditWorld) -> None:
    with world.reverts("CreditObligationInvalid", 2**192):
        world.overdue(2**192)
