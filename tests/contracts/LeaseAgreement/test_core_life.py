"""A whole life of leases with money, as short as can be: it also runs on both nodes.

activation pulls the deposit · a batch collects, and names who could not pay · by hand with prepayment ·
refund · closing keeps arrears from the deposit · everybody's money adds up in the end
"""

import pytest

from tests.contracts.LeaseAgreement.offers import (
    COLLECTED,
    NO_MANDATE,
    NOTHING_DUE,
    RENT,
    SHARES_MISSING,
    account,
    act,
    pay,
    settle,
)
from tests.lease_world import CMT, DEPOSIT_REVIEW, Gains, World

DEPOSIT = 2_000 * CMT


@pytest.mark.core
def test_a_lease_s_money_from_the_deposit_to_the_closing(world: World):
    gains = Gains(world)
    lease = world.activate("ann", endDay=world.month_start(2))
    assert gains.of("ann", "landlord") == (-DEPOSIT, 0)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]
    assert settle(world, lease) == [(lease, NOTHING_DUE, 0)]

    pay(world, lease, RENT)  # the second month's rent, a month early
    assert world.leases.held() == world.token.balanceOf(world.leases) == RENT
    act(world, "refund", lease, RENT // 4, sender="ann")
    world.revoke_mandate("ann")
    world.to_day(world.month_start(1))
    assert settle(world, lease) == [(lease, NO_MANDATE, RENT * 3 // 4)]
    assert account(world, lease)[2:5] == (2 * RENT, RENT * 7 // 4, 0)

    world.to_day(world.leases.termsOf(lease)[4])
    act(world, "close", lease, sender="landlord")
    assert world.leases.stateOf(lease) == DEPOSIT_REVIEW
    assert gains.of("ann", "landlord") == (-DEPOSIT - RENT * 7 // 4, 2 * RENT)
    assert world.leases.held() == 0
    assert world.token.balanceOf(world.escrow) == DEPOSIT - RENT // 4


@pytest.mark.core
def test_a_batch_names_each_lease_that_could_not_be_collected(world: World):
    usual = {"endDay": world.month_start(1), "deposit": 0}
    paid, joint = world.activate("ann", **usual), world.activate("ann", "ben", **usual)
    unpaid = world.activate("ben", **usual)
    world.revoke_mandate("ben")
    gains = Gains(world)
    assert settle(world, paid, joint, unpaid) == [
        (paid, COLLECTED, RENT), (joint, SHARES_MISSING, RENT // 2), (unpaid, NO_MANDATE, 0),
    ]  # fmt: skip
    assert gains.of("ann", "ben", "landlord") == (-RENT * 3 // 2, 0, RENT * 3 // 2)
