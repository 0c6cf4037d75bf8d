"""refund: a tenant takes prepaid cash back.

who ── a tenant's current wallet · others: refused
amount ── zero, more than the pot after what fell due: refused with the pot · otherwise paid
the pot alone: never what was forwarded, never a neighbour's, never what waives or cuts gave
"""

import pytest

from tests.contracts.LeaseAgreement.offers import RENT, account, act, pay
from tests.lease_world import CMT, REASON, WAIVE_RENT, Gains, World


def refund(world: World, lease: int, amount: int, person: str = "ann") -> None:
    act(world, "refund", lease, amount, sender=person)


def test_prepaid_cash_comes_back(world: World, lease: int):
    pay(world, lease, 3 * RENT)
    gains = Gains(world)
    refund(world, lease, 2 * RENT - 1)
    (event,) = world.events("PrepaymentRefunded")
    assert (event["lease"], event["tenant"], event["amount"]) == (lease, world.party["ann"], 2 * RENT - 1)
    assert gains.of("ann", "landlord") == (2 * RENT - 1, 0)
    assert world.leases.held() == world.token.balanceOf(world.leases) == 1
    refund(world, lease, 1)
    assert world.leases.held() == 0


def test_rent_that_was_forwarded_never_comes_back(world: World, lease: int):
    pay(world, lease, RENT + 5)
    with world.reverts("LeaseRefundTooLarge", lease, 6, 5):
        refund(world, lease, 6)


def test_what_fell_due_is_paid_first(world: World, lease: int):
    pay(world, lease, 3 * RENT)
    world.to_day(world.month_start(1))
    gains = Gains(world)
    with world.reverts("LeaseRefundTooLarge", lease, RENT + 1, RENT):
        refund(world, lease, RENT + 1)
    refund(world, lease, RENT)
    assert gains.of("ann", "landlord") == (RENT, RENT)
    assert account(world, lease)[2:5] == (2 * RENT, 2 * RENT, 0)
    assert world.leases.held() == 0


def test_late_fees_are_paid_first_too(world: World):
    opening = (world.today, 0, 0, 30 * CMT, 0)
    lease = world.activate(
        "ann", startDay=world.today, opening=opening, deposit=0, endDay=world.month_start(12)
    )
    pay(world, lease, RENT + 40 * CMT)
    assert account(world, lease)[4:] == (10 * CMT, 0)
    with world.reverts("LeaseRefundTooLarge", lease, 11 * CMT, 10 * CMT):
        refund(world, lease, 11 * CMT)


def test_a_waiver_gives_no_cash(world: World, lease: int):
    pay(world, lease, RENT - 100)
    proposal = world.proposal(lease, WAIVE_RENT, party="ann", amount=100, reason=REASON)
    world.changes.propose(proposal, sender=world.wallet("landlord"))
    world.changes.approveWaiver(proposal, sender=world.wallet("manager"))
    assert account(world, lease)[2:5] == (RENT, RENT, 0)
    with world.reverts("LeaseRefundTooLarge", lease, 1, 0):
        refund(world, lease, 1)


def test_no_tenant_gets_anothers_cash(world: World, lease: int, joint: int):
    pay(world, lease, 2 * RENT)
    pay(world, joint, RENT, tenant="ben")
    with world.reverts("LeaseRefundTooLarge", joint, 1, 0):
        refund(world, joint, 1, "ann")
    with world.reverts("LeaseTenantUnknown", lease, world.party["ben"]):
        refund(world, lease, 1, "ben")
    refund(world, joint, 600 * CMT, "ben")


@pytest.mark.parametrize("person", ["landlord", "cleo"])
def test_only_a_tenant(world: World, lease: int, person: str):
    pay(world, lease, 2 * RENT)
    with world.reverts("LeaseTenantUnknown", lease, world.party[person]):
        refund(world, lease, 1, person)


def test_nobody_without_a_party(world: World, lease: int):
    with world.reverts("LeaseNotParty", 0, world.wallet("stranger")):
        refund(world, lease, 1, "stranger")


def test_nothing_is_no_refund(world: World, lease: int):
    with world.reverts("LeaseAmountZero"):
        refund(world, lease, 0)


def test_a5_a_pause_stops_no_refund(world: World, lease: int):
    pay(world, lease, 2 * RENT)
    world.pause(20)
    refund(world, lease, RENT)
    assert world.leases.held() == 0


def test_a_refund_goes_to_the_current_wallet(world: World, lease: int):
    pay(world, lease, 2 * RENT)
    world.link("ann", "stranger")
    world.parties.switchWallet(world.wallet("stranger"), sender=world.wallet("ann"))
    before = world.balance("stranger")
    with world.reverts("LeaseAmountZero"):
        refund(world, lease, 0, "ann")
    refund(world, lease, RENT, "stranger")
    assert world.balance("stranger") == before + RENT
