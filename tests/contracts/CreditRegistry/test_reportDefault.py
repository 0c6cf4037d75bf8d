"""reportDefault(obligation, party, day) and reportProvider(party, month, lane)

default ── in the month of its day, once per obligation, beside the obligation's own entry
        · no consent: nothing · disputable like any delinquency (C3)
provider ── lanes 0 to 3, up to 15 · other lanes, no consent, full: nothing, never a revert
both ── a stranger reverts
"""

import pytest

from commonhold.rules.calendar import month_of
from tests.credit_world import DEFAULT, NEUTRAL, CreditWorld
from tests.registry_world import REASON


def test_a_default_counts_once_in_the_month_of_its_day(world: CreditWorld) -> None:
    world.collect("ann")
    day = world.today - 40
    world.default(1, "ann", day)
    world.default(1, "ann", day + 30)
    assert world.cell("ann", month_of(day), DEFAULT) == 1
    assert world.cell("ann", month_of(day + 30), DEFAULT) == 0
    world.default(2, "ann", day)
    world.default(1, "ann", day, by=world.other)
    assert world.cell("ann", month_of(day), DEFAULT) == 3


def test_a_default_stands_beside_the_entry_of_the_same_number(world: CreditWorld) -> None:
    world.collect("ann")
    day, month = world.today, world.month
    world.late(1, "ann", day, day + 40)
    world.default(1, "ann", day)
    assert [world.cell("ann", month, lane) for lane in (NEUTRAL, DEFAULT)] == [1, 1]


def test_no_default_without_consent(world: CreditWorld) -> None:
    world.default(1, "ann", world.today)
    assert world.cell("ann", world.month, DEFAULT) == 0


def test_C3_a_default_can_be_disputed_and_removed(world: CreditWorld) -> None:
    world.collect("ann")
    world.default(1, "ann", world.today)
    key = world.key(1, default=True)
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    assert world.cell("ann", world.month, DEFAULT) == 0
    world.review.decide(key, False, REASON, sender=world.wallet("officer"))
    assert world.cell("ann", world.month, DEFAULT) == 0


def test_a_provider_has_a_record_of_its_own(world: CreditWorld) -> None:
    world.collect("dora")
    for lane in range(4):
        world.provide("dora", 672, lane)
        (event,) = world.events("ProviderCounted")
        assert (event["party"], event["month"], event["lane"]) == (world.party["dora"], 672, lane)
    assert [world.provided("dora", 672, lane) for lane in range(10)] == [1] * 4 + [0] * 6
    assert [world.cell("dora", 672, lane) for lane in range(10)] == [0] * 10


@pytest.mark.parametrize("lane", [4, 9, 15, 255])
def test_a_provider_has_no_other_lanes(world: CreditWorld, lane: int) -> None:
    world.collect("dora")
    world.provide("dora", 672, lane)
    assert world.credit.providerHistoryOf(world.party["dora"], 112, 1) == (0,)


def test_a_full_providers_lane_keeps_its_neighbours(world: CreditWorld) -> None:
    world.collect("dora")
    for _ in range(16):
        world.provide("dora", 672, 0)
    assert [world.provided("dora", 672, lane) for lane in range(4)] == [15, 0, 0, 0]


def test_a_provider_without_consent_has_no_record(world: CreditWorld) -> None:
    world.provide("dora", 672, 0)
    assert world.provided("dora", 672, 0) == 0


def test_C5_a_stranger_reports_neither(world: CreditWorld) -> None:
    stranger = world.wallet("stranger")
    with world.reverts("CreditNotReporter", stranger):
        world.credit.reportDefault(1, 1, 20_000, sender=stranger)
    with world.reverts("CreditNotReporter", stranger):
        world.credit.reportProvider(1, 672, 0, sender=stranger)
