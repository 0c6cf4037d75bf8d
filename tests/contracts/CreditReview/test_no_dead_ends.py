"""Peer bug: states nobody can leave or reach. Every standing is reached here, and none is a dead end.

NONE ── the notice · NOTICED ── paying, or the cure running out · ENTERED ── disputing
DISPUTED ── silence alone ── REMOVED, for ever · UPHELD ── growing old: after 36 months it weighs nothing
"""

from commonhold.rules.history import Standing
from tests.credit_world import NEUTRAL, RENT_LATE_1, CreditWorld
from tests.registry_world import REASON


def test_from_nothing_to_neutral_by_paying_within_the_cure(world: CreditWorld) -> None:
    world.collect("ann")
    due, month = world.today, world.month
    key = world.owe(1, "ann", due, grace=0)
    assert world.outcome(key).standing is Standing.NONE
    world.to_day(due + 1)
    world.overdue(1)
    assert world.outcome(key).standing is Standing.NOTICED
    world.late(1, "ann", due, due + 15)
    assert (world.outcome(key).standing, world.outcome(key).closed) == (Standing.ENTERED, True)
    assert world.cell("ann", month, NEUTRAL) == 1


def test_from_entered_to_removed_by_the_party_and_time_alone(world: CreditWorld) -> None:
    world.collect("ann")
    month = world.month
    key = world.entered("ann", days=20)
    assert world.outcome(key).standing is Standing.ENTERED
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    assert world.outcome(key).standing is Standing.DISPUTED
    world.to_day(world.today + 31)
    assert world.outcome(key).standing is Standing.REMOVED
    assert world.cell("ann", month, RENT_LATE_1) == 0


def test_what_was_upheld_is_forgotten_after_three_years(world: CreditWorld) -> None:
    world.collect("ann")
    key = world.entered("ann", days=20)
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    world.review.decide(key, True, REASON, sender=world.wallet("officer"))
    assert world.outcome(key).standing is Standing.UPHELD
    assert world.score("ann").bad > 0
    world.to_day(world.today + 36 * 31)
    assert world.score("ann").bad == 0
