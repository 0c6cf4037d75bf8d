"""takeArrears: arrears of a tenant come out of his part at closing, without dispute.

caller ── anybody but the leases: refused
amount ── within the part · more than the part: the rest stays the tenant's debt · no other part is touched
"""

from tests.lease_world import CLOSED, CMT, DEPOSIT_REVIEW, World


def test_a1_nobody_but_the_leases_takes_arrears(world: World, running: int):
    for caller in ("landlord", "ann", "stranger", "admin", "manager"):
        wallet = world.wallet(caller)
        with world.reverts("DepositCallerNotLeases", wallet):
            world.escrow.takeArrears(running, 0, 1, sender=wallet)


def leave_unpaid(world: World, lease: int, *people: str) -> None:
    for person in people:
        world.revoke_mandate(person)
    world.to_day(world.leases.termsOf(lease)[4])
    world.leases.settle([lease], sender=world.wallet("stranger"))
    world.leases.close(lease, sender=world.wallet("landlord"))


def test_arrears_come_out_of_the_debtors_part_alone(world: World):
    lease = world.activate("ann", "ben", rent=100 * CMT, deposit=200 * CMT, endDay=world.month_start(1))
    landlord = world.balance("landlord")
    leave_unpaid(world, lease, "ann")
    assert [world.escrow.partOf(lease, i) for i in (0, 1)] == [50 * CMT, 100 * CMT]
    assert world.balance("landlord") - landlord == 100 * CMT
    assert world.leases.stateOf(lease) == DEPOSIT_REVIEW
    assert world.escrow.held() == world.token.balanceOf(world.escrow)


def test_more_than_the_part_takes_the_part_and_leaves_the_rest_as_debt(world: World):
    lease = world.activate("ann", "ben", rent=100 * CMT, deposit=60 * CMT, endDay=world.month_start(1))
    leave_unpaid(world, lease, "ann")
    assert [world.escrow.partOf(lease, i) for i in (0, 1)] == [0, 30 * CMT]
    account = world.leases.accountsOf(lease)[0]
    assert account[2] - account[3] == 20 * CMT


def test_a_deposit_used_up_by_arrears_leaves_nothing_to_review(world: World):
    lease = world.activate("ann", rent=100 * CMT, deposit=60 * CMT, endDay=world.month_start(1))
    leave_unpaid(world, lease, "ann")
    assert world.leases.stateOf(lease) == CLOSED
    assert world.escrow.held() == 0
