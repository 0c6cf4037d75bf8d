"""END by notice: one side breaks the lease by the clause that both signed.

clause ── none, before breakDay or the notice is over, on or after the end: refused · first day: taken
side ── the landlord alone, applied at once · all tenants; a sole tenant at once
fee ── not as agreed: refused · from the breaking side to the other, at once; to the tenants by shares
state ── already under notice, ended: refused · held over: taken
"""

import pytest

from tests.lease_world import CMT, END, HOLDOVER, LANDLORD, NOTICE, Gains, World, field

FEE = 500 * CMT


def by_landlord(world: World, lease: int, day: int, **other):
    fields = {"index": LANDLORD, "party": "landlord", "amount": FEE, "notice": True} | other
    return world.proposal(lease, END, day=day, **fields)


def by_tenant(world: World, lease: int, day: int, person: str = "ann", **other):
    fields = {"index": ("ann", "ben").index(person), "party": person, "amount": FEE, "notice": True} | other
    return world.proposal(lease, END, day=day, **fields)


def give(world: World, proposal, person: str = "landlord") -> None:
    world.changes.propose(proposal, sender=world.wallet(person))


def test_without_a_clause_nobody_breaks_the_lease(world: World, lease: int):
    for proposal, person in (
        (by_landlord(world, lease, world.today + 100, amount=0), "landlord"),
        (by_tenant(world, lease, world.today + 100, amount=0), "ann"),
    ):
        with world.reverts("ProposalInvalid", field("breakDay"), 0, 1):
            give(world, proposal, person)


def test_not_before_the_break_day(world: World, breakable: int):
    first = world.leases.termsOf(breakable)[7]
    with world.reverts("ProposalInvalid", field("day"), first - 1, first):
        give(world, by_landlord(world, breakable, first - 1))
    give(world, by_landlord(world, breakable, first))


def test_not_before_the_notice_is_over(world: World, breakable: int):
    world.pass_days(100)
    first = world.today + 30
    with world.reverts("ProposalInvalid", field("day"), first - 1, first):
        give(world, by_landlord(world, breakable, first - 1))
    give(world, by_landlord(world, breakable, first))


def test_before_the_end_day_only(world: World, breakable: int):
    end = world.leases.termsOf(breakable)[4]
    with world.reverts("ProposalInvalid", field("day"), end, end - 1):
        give(world, by_landlord(world, breakable, end))
    give(world, by_landlord(world, breakable, end - 1))


def test_the_landlord_breaks_it_alone_and_pays_the_tenants(world: World, breakable: int):
    gains = Gains(world)
    day = world.today + 90
    give(world, by_landlord(world, breakable, day))
    assert gains.of("landlord", "ann", "ben") == (-FEE, FEE // 2, FEE // 2)
    assert world.leases.stateOf(breakable) == NOTICE
    assert world.leases.termsOf(breakable)[4] == day


@pytest.mark.core
def test_all_tenants_must_break_it_and_the_named_one_pays(world: World, breakable: int):
    gains = Gains(world)
    proposal = by_tenant(world, breakable, world.today + 90, "ben")
    give(world, proposal, "ann")
    assert world.leases.stateOf(breakable) != NOTICE
    world.changes.accept(proposal, sender=world.wallet("ben"))
    assert gains.of("landlord", "ann", "ben") == (FEE, 0, -FEE)
    assert world.leases.stateOf(breakable) == NOTICE


def test_a_sole_tenant_breaks_it_at_once(world: World):
    lease = world.activate("ann", breakDay=world.today + 40, breakFee=FEE)
    give(world, by_tenant(world, lease, world.today + 40), "ann")
    assert world.leases.stateOf(lease) == NOTICE


def test_no_side_gives_the_others_notice(world: World, breakable: int):
    day = world.today + 90
    with world.reverts("ProposalNotParty", breakable, world.wallet("ann")):
        give(world, by_landlord(world, breakable, day), "ann")
    with world.reverts("ProposalNotParty", breakable, world.wallet("landlord")):
        give(world, by_tenant(world, breakable, day), "landlord")


@pytest.mark.parametrize("amount", [0, FEE - 1, FEE + 1])
def test_the_fee_is_the_agreed_one(world: World, breakable: int, amount: int):
    with world.reverts("ProposalInvalid", field("amount"), amount, FEE):
        give(world, by_landlord(world, breakable, world.today + 90, amount=amount))


def test_without_the_money_there_is_no_notice(world: World, breakable: int):
    world.revoke_mandate("landlord")
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, FEE):
        give(world, by_landlord(world, breakable, world.today + 90))
    assert world.changes.versionOf(breakable, END) == 0


def test_m9_notice_is_given_once(world: World, breakable: int):
    give(world, by_landlord(world, breakable, world.today + 90))
    with world.reverts("ProposalStateWrong", breakable, NOTICE):
        give(world, by_landlord(world, breakable, world.today + 91))
    with world.reverts("ProposalStateWrong", breakable, NOTICE):
        give(world, by_tenant(world, breakable, world.today + 89), "ann")


def test_a_held_over_lease_can_be_broken_too(world: World):
    lease = world.activate(
        "ann", endDay=world.month_start(2), breakDay=world.month_start(1), breakFee=FEE, noticeDays=10
    )
    world.to_day(world.month_start(2))
    extension = world.proposal(lease, HOLDOVER, day=world.month_start(3), amount=CMT)
    world.agree(extension, "landlord", "ann")
    give(world, by_tenant(world, lease, world.today + 10), "ann")
    assert world.leases.termsOf(lease)[4] == world.today + 10


def test_a5_notice_is_given_also_while_paused(world: World, breakable: int):
    world.pause(5)
    give(world, by_landlord(world, breakable, world.today + 90))
    assert world.leases.stateOf(breakable) == NOTICE
