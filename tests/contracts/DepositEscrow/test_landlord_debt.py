"""What the landlord owes a tenant comes first out of what he is awarded from that tenant's part (ruling 2).

debt ── less than the award: paid in full, the rest to the landlord · more: the rest stays owed
tenants ── each part pays the debt to its own tenant alone
"""

import pytest

from tests.lease_world import CLOSED, CMT, END, NO_HASH, Gains, World


@pytest.fixture
def indebted(world: World) -> int:
    """Ann and Ben paid a month ahead and left by consent a week later; the landlord did not pay back."""
    lease = world.activate("ann", "ben", rent=600 * CMT, deposit=1_000 * CMT)
    world.leases.settle([lease], sender=world.wallet("stranger"))
    world.pass_days(7)
    change = (END, lease, 0, world.today, 0, 0)
    proposal = (change, False, NO_HASH, 0, world.backend.time() + 600)
    world.changes.propose(proposal, sender=world.wallet("landlord"))
    world.changes.accept(proposal, sender=world.wallet("ann"))
    world.changes.accept(proposal, sender=world.wallet("ben"))
    world.revoke_mandate("landlord")
    world.leases.close(lease, sender=world.wallet("ann"))
    return lease


def debts(world: World, lease: int) -> list[int]:
    return [world.leases.landlordDebt(lease, world.party[person]) for person in ("ann", "ben")]


def claim_and_accept(world: World, lease: int, amount: int) -> Gains:
    world.escrow.fileClaim(lease, [amount], [NO_HASH], sender=world.wallet("landlord"))
    gains = Gains(world)
    for person in ("ann", "ben"):
        world.escrow.acceptClaim(lease, amount, sender=world.wallet(person))
    return gains


def test_an_award_above_the_debt_pays_it_and_leaves_the_rest(world: World, indebted: int):
    ann, ben = debts(world, indebted)
    assert min(ann, ben) > 0 and ann + ben < 900 * CMT
    gains = claim_and_accept(world, indebted, 1_000 * CMT)
    assert gains.of("ann", "ben", "landlord") == (ann, ben, 1_000 * CMT - ann - ben)
    set_off = [(event["tenant"], event["amount"]) for event in world.events("LandlordDebtSetOff")]
    assert set_off == [(world.party["ann"], ann), (world.party["ben"], ben)]
    assert debts(world, indebted) == [0, 0]
    assert world.leases.stateOf(indebted) == CLOSED


def test_an_award_below_the_debt_goes_to_the_tenants_and_the_rest_stays_owed(world: World, indebted: int):
    ann, ben = debts(world, indebted)
    gains = claim_and_accept(world, indebted, 2 * CMT)
    assert gains.of("ann", "ben", "landlord") == (CMT, CMT, 0)
    assert debts(world, indebted) == [ann - CMT, ben - CMT]


def test_each_part_pays_the_debt_to_its_own_tenant_alone(world: World, indebted: int):
    ann, ben = debts(world, indebted)
    world.token.approve(world.leases, ann, sender=world.wallet("landlord"))
    world.leases.payLandlordDebt(indebted, world.party["ann"], ann, sender=world.wallet("landlord"))
    gains = claim_and_accept(world, indebted, 2 * CMT)
    assert gains.of("ann", "ben", "landlord") == (0, CMT, CMT)
    assert debts(world, indebted) == [0, ben - CMT]
