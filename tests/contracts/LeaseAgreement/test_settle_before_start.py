"""settle: a lease that is signed ahead owes nothing before its first day.

plain ── begins in a later month: NOTHING_DUE · on its first day: collected
"""

from tests.contracts.LeaseAgreement.offers import COLLECTED, NOTHING_DUE, RENT, settle
from tests.lease_world import World


def test_a_lease_that_begins_in_a_later_month_owes_nothing_before(world: World):
    start = world.month_start(2)
    lease = world.activate("ann", startDay=start, endDay=world.month_start(14))
    assert settle(world, lease) == [(lease, NOTHING_DUE, 0)]
    world.to_day(start - 1)
    assert settle(world, lease) == [(lease, NOTHING_DUE, 0)]
    world.to_day(start)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]
