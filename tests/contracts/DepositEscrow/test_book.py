"""book: a deposit comes in with the activation.

caller ── a stranger, the landlord: refused
deposit ── booked per tenant, with its arbiter; `held` and the balance grow by it · none: nothing booked
"""

import pytest

from tests.lease_world import World

HELD = 1


@pytest.mark.parametrize("caller", ["stranger", "landlord", "admin", "manager", "committee"])
def test_a1_nobody_but_the_leases_books_a_deposit(world: World, caller: str):
    wallet = world.wallet(caller)
    with world.reverts("DepositCallerNotLeases", wallet):
        world.escrow.book(1, 5, sender=wallet)


def test_activation_books_each_tenants_part(world: World):
    before = world.escrow.held()
    lease = world.activate("ann", "ben", "cleo", shares=[3_333, 3_333, 3_334], deposit=1_000)
    assert [world.escrow.partOf(lease, i) for i in range(4)] == [333, 333, 334, 0]
    assert world.escrow.depositOf(lease) == 1_000
    assert world.escrow.held() == before + 1_000 == world.token.balanceOf(world.escrow)
    review = world.escrow.reviewOf(lease)
    assert (review[0], review[4]) == (HELD, world.party["arbiter"])


def test_the_event_tells_the_parts(world: World):
    lease = world.activate("ann", "ben", shares=[6_000, 4_000], deposit=1_000)
    (event,) = world.events("DepositBooked")
    assert (event["lease"], event["parts"]) == (lease, 600 | 400 << 56 | world.party["arbiter"] << 224)


def test_a_lease_without_a_deposit_books_nothing(world: World):
    lease = world.activate("ann", deposit=0)
    assert world.escrow.depositOf(lease) == 0
    assert world.escrow.reviewOf(lease)[0] == 0
