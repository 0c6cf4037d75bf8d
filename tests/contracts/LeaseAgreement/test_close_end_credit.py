"""close: rent paid beyond an earlier end is set off against late fees, as far as it goes.

credit ── less than the late fees: all of it is set off, the rest of the fees comes from the deposit
"""

from tests.contracts.LeaseAgreement.offers import RENT, RENT_ONLY, account, act, settle
from tests.lease_world import CMT, END, Gains, World


def test_a_small_credit_is_wholly_set_off_and_the_deposit_pays_the_other_fees(world: World, late: int):
    days = world.month_start(1) - world.today
    world.pass_days(20)
    mandate = (2_000 * CMT + RENT, 1, world.token.currentMonth() + 9, False)  # the deposit came this month
    world.token.setMandate(mandate, sender=world.wallet("ann"))
    assert [row[1] for row in settle(world, late)] == [RENT_ONLY]
    fees = account(world, late)[5]
    end = world.today + days - 21  # a day before the month is over
    world.agree(world.proposal(late, END, day=end), "landlord", "ann")
    world.to_day(end)
    credit = RENT - RENT * (days - 1) // days
    assert 0 < credit < fees == 15 * RENT // 100

    gains = Gains(world)
    act(world, "close", late, sender="landlord")
    assert gains.of("ann", "landlord") == (0, fees - credit)
    assert world.token.balanceOf(world.escrow) == 2_000 * CMT - (fees - credit)
    assert world.leases.held() == 0
