"""openReview: closing a lease starts the landlord's clock.

caller ── anybody but the leases: refused
deposit ── nothing left: no review, the lease is closed · something left: Claiming until CLAIM_DAYS later
"""

from tests.contracts.DepositEscrow.conftest import CLAIM_DAYS
from tests.lease_world import CLOSED, DEPOSIT_REVIEW, World


def test_a1_nobody_but_the_leases_opens_a_review(world: World, running: int):
    for caller in ("landlord", "ann", "stranger", "admin", "manager"):
        wallet = world.wallet(caller)
        with world.reverts("DepositCallerNotLeases", wallet):
            world.escrow.openReview(running, sender=wallet)


def test_closing_starts_the_landlords_clock(world: World, ended: int):
    review = world.escrow.reviewOf(ended)
    assert review[:4] == (2, False, 0, world.today + CLAIM_DAYS)
    assert world.leases.stateOf(ended) == DEPOSIT_REVIEW
    (event,) = world.events("ReviewOpened")
    assert (event["amount"], event["lastDay"]) == (1_000, world.today + CLAIM_DAYS)


def test_a_lease_without_a_deposit_is_closed_at_once(world: World):
    lease = world.activate("ann", deposit=0, endDay=world.today + 28)
    world.end(lease)
    assert world.leases.stateOf(lease) == CLOSED
    with world.reverts("DepositPhaseWrong", lease, 0):
        world.escrow.finalise(lease, sender=world.wallet("stranger"))
