"""applyChange and finishClosing: what the neighbours tell, and what becomes of the accounts.

The rules of each kind are the tests of LeaseChanges.

caller ── LeaseChanges, DepositEscrow · anybody else: refused
before it ── late fees are counted and prepaid cash pays what is due, to the landlord before a sale
kinds ── rent · renewal · holdover · tenant · sale · end with break fee, in the days that a
          renewal carries · waivers
"""

import pytest

from tests.contracts.LeaseAgreement.offers import COLLECTED, RENT, account, act, pay, settle
from tests.lease_world import (
    ACTIVE,
    CMT,
    END,
    HELD_OVER,
    HOLDOVER,
    NOTICE,
    REASON,
    RENEWAL,
    SALE,
    TENANT,
    WAIVE_FEES,
    Gains,
    World,
)
from tests.lease_world import RENT as RENT_CHANGE


@pytest.mark.parametrize("person", ["landlord", "ann", "manager", "admin", "stranger"])
def test_a1_only_lease_changes_tells_changes(world: World, lease: int, person: str):
    with world.reverts("LeaseCallerNotChanges", world.wallet(person)):
        act(world, "applyChange", (END, lease, 0, world.today, 0, 0), sender=person)
    for function, arguments in (("finishClosing", (lease,)), ("offsetLandlordDebt", (lease, 1, 1))):
        with world.reverts("LeaseCallerNotEscrow", world.wallet(person)):
            act(world, function, *arguments, sender=person)


def test_a_new_rent_counts_from_its_boundary(world: World, lease: int):
    settle(world, lease)
    day = world.month_start(2)
    world.agree(world.proposal(lease, RENT_CHANGE, day=day, amount=1_500 * CMT), "landlord", "ann")
    (event,) = world.events("LeaseChanged")
    assert (event["lease"], event["kind"]) == (lease, RENT_CHANGE)
    assert [world.leases.dueOn(lease, d) for d in (day - 1, day)] == [2 * RENT, 3_500 * CMT]
    world.to_day(day)
    assert settle(world, lease) == [(lease, COLLECTED, 2_500 * CMT)]


def test_late_fees_use_the_rent_of_their_period(world: World, late: int):
    settle(world, late)
    world.agree(
        world.proposal(late, RENT_CHANGE, day=world.month_start(2), amount=3 * RENT), "landlord", "ann"
    )
    world.revoke_mandate("ann")
    world.to_day(world.month_start(1) + 15)
    assert account(world, late)[5] == RENT * 10 // 100


def test_b9_f2_a_renewal_reaches_back_to_the_end_and_charges_no_fee_for_days_before_it(world: World):
    lease = world.activate("ann", endDay=world.month_start(1), lateFeeRate=100, lateFeeMaxDays=60)
    settle(world, lease)
    world.to_day(world.month_start(1) + 20)
    world.agree(world.proposal(lease, RENEWAL, day=world.month_start(5), amount=2 * RENT), "landlord", "ann")
    assert account(world, lease)[2:] == (3 * RENT, RENT, 0, 0)
    assert world.leases.stateOf(lease) == ACTIVE
    world.pass_days(2)
    assert account(world, lease)[5] == 2 * 2 * RENT // 100


def test_holdover_has_its_own_rate(world: World):
    lease = world.activate("ann", endDay=world.month_start(1), holdoverRate=15_000)
    settle(world, lease)
    world.to_day(world.month_start(1))
    change = world.proposal(lease, HOLDOVER, day=world.month_start(1), amount=1_500 * CMT)
    world.agree(change, "landlord", "ann")
    assert world.leases.stateOf(lease) == HELD_OVER
    assert settle(world, lease) == [(lease, COLLECTED, 1_500 * CMT)]


def test_another_tenant_takes_over_the_account_with_its_debts_and_not_its_cash(world: World, lease: int):
    pay(world, lease, RENT + 5)
    change = world.proposal(lease, TENANT, party="ben")
    world.changes.propose(change, sender=world.wallet("landlord"))
    world.changes.accept(change, sender=world.wallet("ann"))
    with world.reverts("LeaseChangeInvalid", lease, TENANT, 5, 0):
        world.changes.accept(change, sender=world.wallet("ben"))
    act(world, "refund", lease, 5, sender="ann")
    world.changes.accept(change, sender=world.wallet("ben"))
    world.to_day(world.month_start(1))
    gains = Gains(world)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]
    assert gains.of("ann", "ben") == (0, -RENT)


def test_a_sale_pays_the_old_landlord_what_was_his_and_the_new_one_the_rest(world: World, lease: int):
    pay(world, lease, 3 * RENT)
    world.to_day(world.month_start(1))
    gains = Gains(world)
    world.agree(world.proposal(lease, SALE, party="buyer"), "landlord", "buyer")
    assert gains.of("landlord", "buyer") == (RENT, 0)
    world.to_day(world.month_start(1))
    settle(world, lease)
    assert gains.of("landlord", "buyer") == (RENT, RENT)
    assert world.units.ownerPartyOf(world.leases.termsOf(lease)[0]) == world.party["buyer"]


def test_an_earlier_end_prorates_the_last_month(world: World, lease: int):
    day, length = world.month_start(1) + 10, world.month_start(2) - world.month_start(1)
    world.agree(world.proposal(lease, END, day=day), "landlord", "ann")
    assert world.leases.stateOf(lease) == NOTICE
    assert world.leases.dueOn(lease, day) == RENT + RENT * 10 // length


def test_an_end_does_not_part_the_days_that_a_renewal_carries(world: World, lease: int):
    """They have the new rent and fall due with the period that follows: the old rent would be another."""
    inside, months = world.month_start(2) + 10, [world.month_start(number) for number in range(2, 8)]
    world.agree(world.proposal(lease, END, day=inside), "landlord", "ann")
    first = world.leases.dueOn(lease, inside)
    world.agree(world.proposal(lease, RENEWAL, day=months[5], amount=2 * RENT), "landlord", "ann")
    for day in (inside + 1, months[1] - 1, months[1]):
        proposal, mark = world.proposal(lease, END, day=day), world.backend.snapshot()
        world.changes.propose(proposal, sender=world.wallet("landlord"))
        with world.reverts("LeaseChangeInvalid", lease, END, day, months[1]):
            world.changes.accept(proposal, sender=world.wallet("ann"))
        world.backend.restore(mark)
    world.agree(world.proposal(lease, END, day=months[1] + 1), "landlord", "ann")
    rest = 2 * RENT * (months[1] - inside) // (months[1] - months[0])
    assert world.leases.dueOn(lease, months[1]) == first + rest + 2 * RENT // (months[2] - months[1])
    world.agree(world.proposal(lease, END, day=inside), "landlord", "ann")
    assert world.leases.dueOn(lease, months[5]) == first


def test_waived_fees_still_use_up_the_days(world: World, late: int):
    settle(world, late)
    world.revoke_mandate("ann")
    world.to_day(world.month_start(1) + 35)
    owed = account(world, late)[5]
    change = world.proposal(late, WAIVE_FEES, party="ann", amount=owed, reason=REASON)
    world.changes.propose(change, sender=world.wallet("landlord"))
    world.changes.approveWaiver(change, sender=world.wallet("manager"))
    assert account(world, late)[5] == 0
    world.pass_days(1_000)  # every month has cost its sixty days by now
    month = RENT * 60 // 100
    assert account(world, late)[5] == 11 * month - owed
