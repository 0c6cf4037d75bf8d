"""What agreed changes make of the schedule, where nothing much changes.

RENT ── before the first day: counts from its boundary
RENEWAL ── at the same rent: the months go on as they were
"""

from tests.lease_world import CMT, RENEWAL, RENT, World

RENT_BEFORE, RENT_AFTER = 1_000 * CMT, 1_100 * CMT


def test_a_rent_agreed_before_the_lease_begins_counts_from_its_month(world: World):
    lease = world.activate("ann", startDay=world.month_start(2), endDay=world.month_start(14))
    change = world.proposal(lease, RENT, day=world.month_start(4), amount=RENT_AFTER)
    world.agree(change, "landlord", "ann")
    dues = [world.leases.dueOn(lease, world.month_start(month)) for month in range(1, 7)]
    assert dues == [0, RENT_BEFORE, 2 * RENT_BEFORE] + [
        2 * RENT_BEFORE + months * RENT_AFTER for months in (1, 2, 3)
    ]


def test_a_second_change_must_wait_until_the_first_has_begun(world: World):
    lease = world.activate("ann", startDay=world.month_start(2), endDay=world.month_start(14))
    world.agree(world.proposal(lease, RENT, day=world.month_start(4), amount=RENT_AFTER), "landlord", "ann")
    before = world.leases.dueOn(lease, world.month_start(14))
    second = world.proposal(lease, RENT, day=world.month_start(6), amount=RENT_BEFORE)
    world.changes.propose(second, sender=world.wallet("landlord"))
    with world.reverts("LeaseChangeInvalid", ...):
        world.changes.accept(second, sender=world.wallet("ann"))
    assert world.leases.dueOn(lease, world.month_start(14)) == before


def test_a_renewal_at_the_same_rent_only_moves_the_end(world: World):
    lease = world.activate("ann", endDay=world.month_start(12))
    renewal = world.proposal(lease, RENEWAL, day=world.month_start(24), amount=RENT_BEFORE)
    world.agree(renewal, "landlord", "ann")
    assert world.leases.termsOf(lease)[4] == world.month_start(24)
    world.to_day(world.month_start(13))
    assert world.leases.dueOn(lease, world.today) == 14 * RENT_BEFORE
    world.leases.settle([lease], sender=world.wallet("stranger"))
    assert [event["amount"] for event in world.events("Settled")] == [14 * RENT_BEFORE]
    world.to_day(world.month_start(30))
    assert world.leases.dueOn(lease, world.today) == 24 * RENT_BEFORE
