"""decide(key, upheld, reasonHash)

├── not disputed, unknown, decided before ── reverts · no reason ── reverts · about himself ── reverts
├── in time ── upheld: back into its cell, where it belongs by then · not upheld: gone for ever
└── the day after the last ── reverts: silence removed it, without any transaction
"""

from commonhold.rules.history import Standing
from tests.credit_world import RENT_LATE_1, RENT_LATE_30, CreditWorld
from tests.registry_world import REASON


def disputed(world: CreditWorld) -> int:
    world.collect("ann")
    key = world.entered("ann", days=20)
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    return key


def test_upheld_it_counts_again(world: CreditWorld) -> None:
    month, key = world.month, disputed(world)
    world.review.decide(key, True, REASON, sender=world.wallet("officer"))
    (event,) = world.events("DisputeDecided")
    assert (event["key"], event["officer"], event["upheld"]) == (key, world.wallet("officer"), True)
    assert world.cell("ann", month, RENT_LATE_1) == 1
    assert world.outcome(key).standing is Standing.UPHELD


def test_upheld_and_still_unpaid_it_moves_on(world: CreditWorld) -> None:
    month, due = world.month, world.today
    key = disputed(world)
    world.review.decide(key, True, REASON, sender=world.wallet("officer"))
    world.to_day(due + 40)
    world.overdue(1)
    assert [world.cell("ann", month, lane) for lane in (RENT_LATE_1, RENT_LATE_30)] == [0, 1]
    assert world.outcome(key).standing is Standing.UPHELD


def test_not_upheld_it_is_gone(world: CreditWorld) -> None:
    month, key = world.month, disputed(world)
    world.review.decide(key, False, REASON, sender=world.wallet("officer"))
    assert world.cell("ann", month, RENT_LATE_1) == 0
    assert world.outcome(key).standing is Standing.REMOVED
    with world.reverts("CreditNotDisputed", key, Standing.REMOVED):
        world.review.decide(key, True, REASON, sender=world.wallet("officer"))


def test_on_the_last_day_it_can_still_be_decided(world: CreditWorld) -> None:
    month, key = world.month, disputed(world)
    world.to_day(world.outcome(key).last_day)
    world.review.decide(key, True, REASON, sender=world.wallet("officer"))
    assert world.cell("ann", month, RENT_LATE_1) == 1


def test_silence_removes_it(world: CreditWorld) -> None:
    month, key = world.month, disputed(world)
    last = world.outcome(key).last_day
    world.to_day(last + 1)
    assert world.outcome(key).standing is Standing.REMOVED
    with world.reverts("CreditReviewOver", key, last, last + 1):
        world.review.decide(key, True, REASON, sender=world.wallet("officer"))
    assert world.cell("ann", month, RENT_LATE_1) == 0


def test_only_what_is_disputed_is_decided(world: CreditWorld) -> None:
    officer = world.wallet("officer")
    with world.reverts("ReviewOutcomeUnknown", 77):
        world.review.decide(77, True, REASON, sender=officer)
    world.collect("ann")
    key = world.entered("ann")
    with world.reverts("CreditNotDisputed", key, Standing.ENTERED):
        world.review.decide(key, False, REASON, sender=officer)


def test_a_decision_has_a_reason(world: CreditWorld) -> None:
    key = disputed(world)
    with world.reverts("ReviewReasonMissing"):
        world.review.decide(key, False, bytes(32), sender=world.wallet("officer"))


def test_S13_nobody_decides_about_himself(world: CreditWorld) -> None:
    ann = world.wallet("ann")
    world.access.grantRole(3, ann, 0, sender=world.wallet("admin"))
    key = disputed(world)
    with world.reverts("ReviewOwnCase", world.party["ann"], ann):
        world.review.decide(key, False, REASON, sender=ann)


def test_A1_only_an_officer_decides(world: CreditWorld) -> None:
    key = disputed(world)
    for person in ("ann", "manager", "committee", "stranger"):
        with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
            world.review.decide(key, False, REASON, sender=world.wallet(person))
