"""CommunityToken.collect: within mandates, item by item, never reverting for one.

caller
├── not a registered collector: reverts
├── registered, delay not over: reverts (test_registerCollector.py)
└── collector
    ├── item 0: skipped
    ├── amount 0: NOTHING_DUE
    ├── wallet 0: NO_WALLET
    ├── no mandate, other collector named, revoked, replaced: NO_MANDATE
    ├── expired: MANDATE_EXPIRED
    ├── over the month's limit
    │   ├── part payments not allowed: LIMIT_EXCEEDED
    │   ├── allowed, something left: PARTIAL
    │   └── allowed, nothing left: LIMIT_EXCEEDED
    ├── wallet too empty
    │   ├── part payments not allowed: NO_FUNDS
    │   ├── allowed, something there: PARTIAL
    │   └── allowed, nothing there: NO_FUNDS
    └── covered: COLLECTED, the spending of a new month starts at nothing
"""

import pytest

from commonhold.rules.calendar import first_of
from commonhold.rules.codes import Code
from tests.money_world import CMT, DAY, FEES, LEASES, NOBODY, UTC_OFFSET, Money


@pytest.mark.core
def test_a_mandate_that_covers_pays_the_collector_in_one_transfer_event(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    assert world.collect(("ann", 3 * CMT)) == [(Code.COLLECTED, 3 * CMT)]
    assert world.transfers() == [(world.wallet("ann"), world.leases.address, 3 * CMT)]
    assert (world.balance("ann"), world.balance(world.leases)) == (7 * CMT, 3 * CMT)
    assert world.mandate_of("ann")[1:] == (3 * CMT, world.month())


def test_only_a_registered_collector_may_collect(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    for caller in (world.escrow, world.outsider):
        with world.reverts("TokenNotCollector", caller.address):
            world.collect(("ann", CMT), by=caller)
    with world.reverts("TokenNotCollector", world.wallet("stranger")):
        world.token.collect([world.item("ann", CMT)], sender=world.wallet("stranger"))


@pytest.mark.core
def test_a_failing_item_is_answered_and_the_others_go_on(world: Money) -> None:
    for who in ("ann", "ben", "cleo", "dora"):
        world.fund(who, 10 * CMT)
    world.mandate("ann", limit=2 * CMT)
    world.mandate("cleo", collectors=FEES)
    world.mandate("dora")
    items = [("ann", 3 * CMT), ("ben", CMT), ("cleo", CMT), ("dora", 11 * CMT), ("dora", 4 * CMT)]
    assert world.collect(*items) == [
        (Code.LIMIT_EXCEEDED, 0), (Code.NO_MANDATE, 0), (Code.NO_MANDATE, 0), (Code.NO_FUNDS, 0),
        (Code.COLLECTED, 4 * CMT),
    ]  # fmt: skip
    assert world.balance(world.leases) == 4 * CMT
    assert world.transfers() == [(world.wallet("dora"), world.leases.address, 4 * CMT)]


def test_an_empty_item_is_skipped_an_empty_amount_is_nothing_due_and_no_wallet_is_said(world: Money) -> None:
    words = world.collect_words(0, world.item("ann", 0), world.item(NOBODY, 5))
    assert words == [0, Code.NOTHING_DUE << 96, Code.NO_WALLET << 96]
    assert world.transfers() == []


def test_an_empty_batch_is_no_operation(world: Money) -> None:
    assert world.collect() == []


def test_the_sum_is_credited_once_and_the_same_wallet_may_stand_twice(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", limit=6 * CMT)
    answers = world.collect(("ann", 4 * CMT), ("ann", 3 * CMT), ("ann", 2 * CMT))
    assert answers == [(Code.COLLECTED, 4 * CMT), (Code.LIMIT_EXCEEDED, 0), (Code.COLLECTED, 2 * CMT)]
    assert world.balance(world.leases) == 6 * CMT
    assert world.mandate_of("ann")[1] == 6 * CMT


def test_the_month_s_limit_runs_over_all_collectors(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", limit=5 * CMT, collectors=LEASES | FEES)
    assert world.collect(("ann", 3 * CMT)) == [(Code.COLLECTED, 3 * CMT)]
    assert world.collect(("ann", 3 * CMT), by=world.fees) == [(Code.LIMIT_EXCEEDED, 0)]
    assert world.collect(("ann", 2 * CMT), by=world.fees) == [(Code.COLLECTED, 2 * CMT)]


def test_a_new_civil_month_starts_at_nothing_spent_on_the_second_of_local_midnight(world: Money) -> None:
    world.fund("ann", 30 * CMT)
    world.mandate("ann", limit=10 * CMT)
    month = world.month()
    midnight = first_of(month + 1) * DAY - UTC_OFFSET
    world.backend.warp(midnight - 60)
    assert world.collect(("ann", 10 * CMT)) == [(Code.COLLECTED, 10 * CMT)]
    world.backend.warp(midnight)
    assert world.collect(("ann", 7 * CMT)) == [(Code.COLLECTED, 7 * CMT)]
    assert world.mandate_of("ann")[1:] == (7 * CMT, month + 1)


def test_a_mandate_counts_through_its_last_month_and_not_in_the_next(world: Money) -> None:
    world.fund("ann", 30 * CMT)
    world.mandate("ann", months=1)
    last = world.month() + 1
    world.backend.warp(first_of(last + 1) * DAY - UTC_OFFSET - 60)
    assert world.collect(("ann", CMT)) == [(Code.COLLECTED, CMT)]
    world.backend.warp(first_of(last + 1) * DAY - UTC_OFFSET)
    assert world.collect(("ann", CMT)) == [(Code.MANDATE_EXPIRED, 0)]


def test_L3_a_month_beyond_all_words_expires_mandates_and_reverts_nothing(world: Money) -> None:
    world.fund("ann", 30 * CMT)
    world.mandate("ann")
    world.backend.warp(2**40)
    assert world.collect(("ann", CMT)) == [(Code.MANDATE_EXPIRED, 0)]


def test_the_first_reason_in_order_is_answered(world: Money) -> None:
    # all at once: other collector, over the limit, empty wallet
    world.mandate("ann", limit=CMT, collectors=FEES, months=0)
    assert world.collect(("ann", 2 * CMT)) == [(Code.NO_MANDATE, 0)]
    assert world.collect(("ann", 2 * CMT), by=world.fees) == [(Code.LIMIT_EXCEEDED, 0)]
    assert world.collect(("ann", CMT), by=world.fees) == [(Code.NO_FUNDS, 0)]
    world.later(40 * DAY)
    assert world.collect(("ann", 2 * CMT), by=world.fees) == [(Code.MANDATE_EXPIRED, 0)]


def test_part_payments_take_what_the_limit_leaves(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", limit=4 * CMT, partial=True)
    assert world.collect(("ann", 6 * CMT)) == [(Code.PARTIAL, 4 * CMT)]
    assert world.collect(("ann", 6 * CMT)) == [(Code.LIMIT_EXCEEDED, 0)]
    assert world.balance("ann") == 6 * CMT


@pytest.mark.core
def test_part_payments_take_what_the_wallet_has(world: Money) -> None:
    world.fund("ann", 4 * CMT + 1)
    world.mandate("ann", partial=True)
    assert world.collect(("ann", 6 * CMT)) == [(Code.PARTIAL, 4 * CMT + 1)]
    assert world.collect(("ann", 6 * CMT)) == [(Code.NO_FUNDS, 0)]
    assert world.mandate_of("ann")[1] == 4 * CMT + 1


def test_an_empty_wallet_under_a_short_limit_is_without_funds_where_parts_are_allowed(world: Money) -> None:
    world.mandate("ann", limit=CMT, partial=True)
    assert world.collect(("ann", 2 * CMT)) == [(Code.NO_FUNDS, 0)]


def test_a_limit_below_what_was_spent_leaves_nothing(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", limit=5 * CMT)
    world.collect(("ann", 4 * CMT))
    for partial in (False, True):
        world.mandate("ann", limit=3 * CMT, partial=partial)
        assert world.collect(("ann", 1)) == [(Code.LIMIT_EXCEEDED, 0)]


def test_a_revoked_mandate_collects_nothing_from_that_moment(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    world.token.revokeMandate(sender=world.wallet("ann"))
    assert world.collect(("ann", CMT)) == [(Code.NO_MANDATE, 0)]


@pytest.mark.core
def test_T8_a_frozen_wallet_and_one_under_recovery_are_still_collected_from(world: Money) -> None:
    for who in ("ann", "ben"):
        world.fund(who, 10 * CMT)
        world.mandate(who)
    world.freeze("ann")
    world.hold("ben")
    assert world.collect(("ann", CMT), ("ben", CMT)) == [(Code.COLLECTED, CMT)] * 2


def test_the_largest_amount_of_an_item_overflows_nothing(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", limit=(2**40 - 1) * 10**4, partial=True)
    assert world.collect(("ann", 2**96 - 1)) == [(Code.PARTIAL, 10 * CMT)]


def test_B2_a_contract_wallet_is_not_called_so_no_item_can_burn_the_batch_s_gas(world: Money) -> None:
    burner = world.backend.deploy("GasBurnerWallet")
    world.fund(burner, 10 * CMT)
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    assert world.collect((burner, CMT), ("ann", CMT)) == [(Code.NO_MANDATE, 0), (Code.COLLECTED, CMT)]
