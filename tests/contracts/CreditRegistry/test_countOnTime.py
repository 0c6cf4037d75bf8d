"""countOnTime(kind, items)

caller
├── never registered ── reverts
├── not yet effective, retired, or not for this kind ── answered without effect
└── effective, for each item in any order
    ├── party without collecting consent, or unknown ── nothing
    ├── RENT, first of the month ── counted · a second one, also of another reporter ── event ONE_A_MONTH (C2)
    ├── FEES, INSTALMENT ── counted up to 15 · the sixteenth ── event SATURATED
    └── neighbouring months, lanes and parties keep what they had
"""

import pytest

from tests.credit_world import (
    ALL_KINDS,
    FEES,
    FEES_ON_TIME,
    INSTALMENT,
    INSTALMENT_ON_TIME,
    RENT,
    RENT_ON_TIME,
    CreditWorld,
)  # fmt: skip
from tests.registry_world import DAY


@pytest.mark.parametrize(
    ("kind", "lane"), [(RENT, RENT_ON_TIME), (FEES, FEES_ON_TIME), (INSTALMENT, INSTALMENT_ON_TIME)]
)
def test_each_kind_counts_in_its_lane(world: CreditWorld, kind: int, lane: int) -> None:
    world.collect("ann")
    world.on_time(kind, [(672, "ann")])
    for month in range(666, 680):
        for other in range(10):
            assert world.cell("ann", month, other) == (1 if (month, other) == (672, lane) else 0)


def test_a_batch_counts_each_item_of_those_who_consent(world: CreditWorld) -> None:
    world.collect("ann", "cleo")
    months = range(660, 690)
    world.on_time(FEES, [(month, person) for month in months for person in ("ann", "ben", "cleo", "ann")])
    assert [world.cell("ann", month, FEES_ON_TIME) for month in months] == [2] * 30
    assert [world.cell("ben", month, FEES_ON_TIME) for month in months] == [0] * 30
    assert [world.cell("cleo", month, FEES_ON_TIME) for month in months] == [1] * 30


def test_a_batch_longer_than_a_word_of_consents_asks_for_all_of_them(world: CreditWorld) -> None:
    world.collect("ben")
    world.on_time(FEES, [(700, "ann")] * 300 + [(700, "ben")] + [(701, "ann")] * 210 + [(701, "ben")])
    assert (world.cell("ben", 700, FEES_ON_TIME), world.cell("ben", 701, FEES_ON_TIME)) == (1, 1)
    assert (world.cell("ann", 700, FEES_ON_TIME), world.cell("ann", 701, FEES_ON_TIME)) == (0, 0)


def test_an_unknown_party_is_passed_over(world: CreditWorld) -> None:
    world.collect("ann")
    items = [672 << 32 | 99, 672 << 32, 672 << 32 | world.party["ann"]]
    world.as_contract(world.reporter, world.credit, "countOnTime", RENT, items)
    assert world.credit.countOf(99, 672, RENT_ON_TIME) == 0
    assert world.cell("ann", 672, RENT_ON_TIME) == 1


def test_C2_one_rent_a_month_counts_whatever_the_leases_and_reporters(world: CreditWorld) -> None:
    world.collect("ann")
    world.on_time(RENT, [(672, "ann")])
    world.on_time(RENT, [(672, "ann"), (673, "ann")], by=world.other)
    events = world.events("OutcomeNotCounted")
    assert [(e["party"], e["month"], e["lane"], e["reason"]) for e in events] == [
        (world.party["ann"], 672, RENT_ON_TIME, 1)
    ]
    assert (world.cell("ann", 672, RENT_ON_TIME), world.cell("ann", 673, RENT_ON_TIME)) == (1, 1)


def test_a_full_lane_says_so_and_spills_into_no_neighbour(world: CreditWorld) -> None:
    world.collect("ann")
    world.on_time(FEES, [(672, "ann")] * 15)
    assert world.events("OutcomeNotCounted") == []
    world.on_time(FEES, [(672, "ann")])
    events = world.events("OutcomeNotCounted")
    assert [(e["lane"], e["reason"]) for e in events] == [(FEES_ON_TIME, 0)]
    assert [world.cell("ann", 672, lane) for lane in range(10)] == [0, 0, 0, 0, 15, 0, 0, 0, 0, 0]


def test_a_withdrawn_consent_stops_collecting_and_keeps_what_was_collected(world: CreditWorld) -> None:
    world.collect("ann")
    world.on_time(RENT, [(672, "ann")])
    world.collect("ann", consent=False)
    world.on_time(RENT, [(673, "ann")])
    assert (world.cell("ann", 672, RENT_ON_TIME), world.cell("ann", 673, RENT_ON_TIME)) == (1, 0)


def test_an_empty_batch_does_nothing(world: CreditWorld) -> None:
    world.on_time(RENT, [])


def test_C5_a_stranger_reports_nothing(world: CreditWorld) -> None:
    stranger = world.wallet("stranger")
    with world.reverts("CreditNotReporter", stranger):
        world.credit.countOnTime(RENT, [672 << 32 | 1], sender=stranger)


def test_C5_a_retired_reporter_is_answered_without_effect(world: CreditWorld) -> None:
    world.collect("ann")
    world.credit.retireReporter(world.reporter, sender=world.wallet("admin"))
    world.on_time(RENT, [(672, "ann")])
    assert world.cell("ann", 672, RENT_ON_TIME) == 0


def test_a_reporter_counts_only_from_its_effective_moment(exact: CreditWorld) -> None:
    world = exact
    world.collect("ann")
    world.later(DAY)
    late = world.backend.deploy("ReporterPuppet")
    world.as_admin(world.credit, "registerReporter", late, ALL_KINDS)
    world.later(2 * DAY - 1)
    world.on_time(RENT, [(672, "ann")], by=late)
    assert world.cell("ann", 672, RENT_ON_TIME) == 0
    world.later(1)
    world.on_time(RENT, [(672, "ann")], by=late)
    assert world.cell("ann", 672, RENT_ON_TIME) == 1


def test_a_reporter_reports_only_its_kinds(world: CreditWorld) -> None:
    world.collect("ann")
    rents = world.backend.deploy("ReporterPuppet")
    world.credit.registerReporter(rents, 1 << RENT, sender=world.wallet("admin"))
    for kind in (FEES, RENT):
        world.on_time(kind, [(672, "ann")], by=rents)
    world.default(1, "ann", world.today, by=rents)
    world.provide("ann", 672, 0, by=rents)
    assert [world.cell("ann", 672, lane) for lane in range(10)] == [1] + [0] * 9
    assert world.cell("ann", world.month, 8) == world.provided("ann", 672, 0) == 0
