"""close: an ended lease is squared in one transaction, and its deposit's review opens.

time ── before the end day: refused · from it on: by anybody · twice: refused
prepaid cash ── pays what is due · the rest goes back
rent beyond the end ── set off against late fees · from the landlord's mandate · the rest is his debt
arrears ── from the tenant's own part of the deposit, rent before fees · the rest stays a debt
deposit ── left: review · none or used up: closed
the unit is free from the end day on
"""

import pytest

from tests.contracts.LeaseAgreement.offers import RENT, account, act, give_away, pay, settle
from tests.lease_world import CLOSED, CMT, DEPOSIT_REVIEW, END, ENDED, Gains, World


def close(world: World, lease: int, person: str = "stranger") -> None:
    act(world, "close", lease, sender=person)


@pytest.fixture
def short(world: World) -> int:
    """Ann's lease for two months with a late fee of 1 % a day and a deposit of 2,000."""
    return world.activate("ann", endDay=world.month_start(2), lateFeeRate=100, lateFeeMaxDays=60)


def test_not_before_the_end_day(world: World, short: int):
    end = world.month_start(2)
    world.to_day(end - 1)
    with world.reverts("LeaseStillRunning", short, end, end - 1):
        close(world, short)
    settle(world, short)
    world.to_day(end)
    assert world.leases.stateOf(short) == ENDED
    close(world, short)
    assert world.leases.stateOf(short) == DEPOSIT_REVIEW


def test_a_lease_closes_once(world: World, short: int):
    world.end(short)
    with world.reverts("LeaseStateWrong", short, DEPOSIT_REVIEW):
        close(world, short)
    with world.reverts("LeaseUnknown", 99):
        close(world, 99)


def test_without_a_deposit_it_is_closed_at_once(world: World):
    lease = world.activate("ann", deposit=0, endDay=world.month_start(1))
    world.to_day(world.month_start(1))
    settle(world, lease)
    close(world, lease)
    assert world.leases.stateOf(lease) == CLOSED
    with world.reverts("LeaseStateWrong", lease, CLOSED):
        close(world, lease)


def test_prepaid_cash_pays_what_is_due_and_the_rest_goes_back(world: World, short: int):
    pay(world, short, 2 * RENT)
    world.agree(world.proposal(short, END, day=world.today + 35), "landlord", "ann")
    end = world.today + 35
    days_of_next = end - world.month_start(1)
    length = world.month_start(2) - world.month_start(1)
    world.to_day(end)
    gains = Gains(world)
    close(world, short)
    last = RENT * days_of_next // length
    assert gains.of("ann", "landlord") == (RENT - last, last)
    assert world.events("PrepaymentRefunded")[0]["amount"] == RENT - last
    assert world.leases.held() == 0


def paid_beyond_the_end(world: World, **terms) -> tuple[int, int]:
    """A lease whose second month was forwarded whole before an end in its middle; its credit."""
    lease = world.activate("ann", endDay=world.month_start(2), **terms)
    settle(world, lease)
    begin, end = world.month_start(1), world.month_start(2)
    world.to_day(begin)
    settle(world, lease)
    world.agree(world.proposal(lease, END, day=begin + 10), "landlord", "ann")
    world.to_day(begin + 10)
    return lease, RENT - RENT * 10 // (end - begin)


def test_rent_beyond_the_end_comes_back_from_the_landlord(world: World):
    lease, credit = paid_beyond_the_end(world)
    gains = Gains(world)
    close(world, lease)
    assert gains.of("ann", "landlord") == (credit, -credit)
    (event,) = world.events("EndCredit")
    assert (event["setOff"], event["collected"], event["debt"]) == (0, credit, 0)
    assert account(world, lease)[2] == account(world, lease)[3] == 2 * RENT - credit


def test_rent_beyond_the_end_that_the_landlord_does_not_give_is_his_debt(world: World):
    lease, credit = paid_beyond_the_end(world)
    world.revoke_mandate("landlord")
    other = world.activate("ben")
    pay(world, other, 5 * RENT, tenant="ben")
    gains = Gains(world)
    close(world, lease)
    assert gains.of("ann", "landlord") == (0, 0)  # never from another lease's pot
    assert world.leases.landlordDebt(lease, world.party["ann"]) == credit
    assert world.leases.held() == 4 * RENT


def test_rent_beyond_the_end_is_set_off_against_late_fees_first(world: World):
    opening = (world.today, 0, 0, 50 * CMT, 0)
    lease = world.activate("ann", opening=opening, deposit=0, endDay=world.month_start(2))
    world.token.setMandate((RENT, 1, world.token.currentMonth() + 9, False), sender=world.wallet("ann"))
    settle(world, lease)  # the limit leaves nothing for the fee
    begin, end = world.month_start(1), world.month_start(2)
    world.to_day(begin)
    settle(world, lease)
    assert account(world, lease)[3:] == (2 * RENT, 0, 50 * CMT)
    world.agree(world.proposal(lease, END, day=begin + 10), "landlord", "ann")
    world.to_day(begin + 10)
    credit = RENT - RENT * 10 // (end - begin)
    gains = Gains(world)
    close(world, lease)
    (event,) = world.events("EndCredit")
    assert (event["setOff"], event["collected"]) == (50 * CMT, credit - 50 * CMT)
    assert gains.of("ann", "landlord") == (credit - 50 * CMT, 50 * CMT - credit)
    assert account(world, lease)[5] == 0


def test_r4_arrears_come_from_the_deposit_and_never_more_than_it_holds(world: World, short: int):
    world.revoke_mandate("ann")
    world.to_day(world.month_start(2))
    fees = account(world, short)[5]
    assert fees > 0
    gains = Gains(world)
    close(world, short)
    (event,) = world.events("LeaseClosed")
    assert (event["principalFromDeposit"], event["lateFeesFromDeposit"]) == (2 * RENT, 0)
    assert gains.of("landlord", "ann") == (2 * RENT, 0)
    assert account(world, short)[2:] == (2 * RENT, 2 * RENT, 0, fees)
    assert world.leases.stateOf(short) == CLOSED
    assert world.escrow.held() == world.token.balanceOf(world.escrow) == 0


def test_late_fees_come_from_the_deposit_after_the_rent(world: World, short: int):
    settle(world, short)
    world.revoke_mandate("ann")
    world.to_day(world.month_start(2))
    fees = account(world, short)[5]
    gains = Gains(world)
    close(world, short)
    assert gains.of("landlord") == RENT + fees > RENT
    assert world.escrow.depositOf(short) == 2 * RENT - RENT - fees
    assert world.leases.stateOf(short) == DEPOSIT_REVIEW


def test_a_joint_tenants_arrears_never_touch_the_others_part(world: World):
    lease = world.activate("ann", "ben", deposit=1_000 * CMT, endDay=world.month_start(2))
    give_away(world, "ben")
    settle(world, lease)
    world.to_day(world.month_start(2))
    settle(world, lease)
    gains = Gains(world)
    close(world, lease)
    assert gains.of("landlord") == 500 * CMT
    assert [world.escrow.partOf(lease, index) for index in (0, 1)] == [500 * CMT, 0]
    assert account(world, lease, 1)[2:4] == (RENT, 500 * CMT)


def test_the_commission_is_earned_at_closing_too(world: World):
    lease = world.activate("ann", manager=world.party["buyer"], commission=1_000, endDay=world.month_start(1))
    world.revoke_mandate("ann")
    world.to_day(world.month_start(1))
    gains = Gains(world)
    close(world, lease)
    assert gains.of("buyer", "landlord") == (RENT // 10, RENT - RENT // 10)


def test_the_unit_is_free_after_the_end(world: World, short: int):
    unit = world.leases.termsOf(short)[0]
    world.to_day(world.month_start(2))
    close(world, short)
    assert world.units.userPartyOf(unit) != world.party["ann"]
    assert world.activate("ben", unit=unit) == short + 1


def test_t8_what_cannot_be_delivered_waits(world: World, short: int):
    pay(world, short, 2 * RENT)
    world.agree(world.proposal(short, END, day=world.month_start(1)), "landlord", "ann")
    world.to_day(world.month_start(1))
    world.start_recovery("ann")
    close(world, short)
    assert world.leases.owed(world.party["ann"]) == world.leases.held() == RENT


def test_l3_a_lease_can_be_closed_far_in_the_future(world: World, short: int):
    settle(world, short)
    world.pass_days(40_000)
    settle(world, short)
    close(world, short)
    assert world.leases.stateOf(short) == DEPOSIT_REVIEW


def test_a5_a_pause_stops_no_closing(world: World, short: int):
    world.to_day(world.month_start(2))
    settle(world, short)
    world.pause(20)
    close(world, short)
    assert world.leases.stateOf(short) == DEPOSIT_REVIEW
