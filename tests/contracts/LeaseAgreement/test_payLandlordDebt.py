"""payLandlordDebt and offsetLandlordDebt: what a landlord owes a tenant of an ended lease.

amount ── zero, more than the debt: refused · part by part: taken
tenant ── of the lease · others: refused
an award of the deposit pays the debt first
"""

import pytest

from tests.contracts.LeaseAgreement.offers import RENT, act, settle
from tests.lease_world import END, REASON, Gains, World


@pytest.fixture
def indebted(world: World) -> int:
    """Ann's lease ended inside a paid month; the landlord owes her all of it but for the tenth day."""
    lease = world.activate("ann", endDay=world.month_start(2), deposit=RENT)
    settle(world, lease)
    world.agree(world.proposal(lease, END, day=world.today + 10), "landlord", "ann")
    world.revoke_mandate("landlord")
    world.pass_days(10)
    act(world, "close", lease, sender="ann")
    return lease


def debt_of(world: World, lease: int) -> int:
    return int(world.leases.landlordDebt(lease, world.party["ann"]))


def pay_debt(world: World, lease: int, amount: int, payer: str = "landlord", tenant: str = "ann") -> None:
    world.token.approve(world.leases, amount, sender=world.wallet(payer))
    act(world, "payLandlordDebt", lease, world.party[tenant], amount, sender=payer)


def test_the_debt_is_paid_part_by_part_by_anybody(world: World, indebted: int):
    debt = debt_of(world, indebted)
    assert RENT // 2 < debt < RENT
    gains = Gains(world)
    pay_debt(world, indebted, 7)
    pay_debt(world, indebted, debt - 7, payer="buyer")
    (event,) = world.events("LandlordDebtPaid")
    assert (event["lease"], event["tenant"], event["amount"]) == (indebted, world.party["ann"], debt - 7)
    assert gains.of("landlord", "buyer", "ann") == (-7, 7 - debt, debt)
    assert debt_of(world, indebted) == world.leases.held() == 0


def test_no_more_than_the_debt(world: World, indebted: int):
    debt = debt_of(world, indebted)
    with world.reverts("LeasePaymentTooLarge", indebted, debt + 1, debt):
        pay_debt(world, indebted, debt + 1)
    with world.reverts("LeaseAmountZero"):
        pay_debt(world, indebted, 0)


def test_only_to_a_tenant_of_the_lease(world: World, indebted: int):
    with world.reverts("LeaseTenantUnknown", indebted, world.party["ben"]):
        pay_debt(world, indebted, 1, tenant="ben")
    with world.reverts("LeaseUnknown", 99):
        pay_debt(world, 99, 1)


def test_l3_the_debt_stays_for_ever(world: World, indebted: int):
    debt = debt_of(world, indebted)
    world.pass_days(40_000)
    assert debt_of(world, indebted) == debt
    gains = Gains(world)
    pay_debt(world, indebted, debt)
    assert gains.of("ann") == debt


def test_what_the_landlord_wins_of_the_deposit_pays_his_debt_first(world: World, indebted: int):
    debt = debt_of(world, indebted)
    gains = Gains(world)
    world.escrow.fileClaim(indebted, [debt - 5], [REASON], sender=world.wallet("landlord"))
    world.escrow.acceptClaim(indebted, debt - 5, sender=world.wallet("ann"))
    assert gains.of("landlord", "ann") == (0, RENT)
    assert debt_of(world, indebted) == 5


def test_what_he_wins_beyond_his_debt_is_his(world: World, indebted: int):
    debt = debt_of(world, indebted)
    gains = Gains(world)
    world.escrow.fileClaim(indebted, [RENT], [REASON], sender=world.wallet("landlord"))
    world.escrow.acceptClaim(indebted, RENT, sender=world.wallet("ann"))
    assert gains.of("landlord", "ann") == (RENT - debt, debt)
    assert debt_of(world, indebted) == 0
