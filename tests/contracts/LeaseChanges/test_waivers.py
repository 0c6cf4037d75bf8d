"""proposeWaiver, approveWaiver, withdrawWaiver: the landlord and the office waive, maker and checker.

caller ── without the office, forwarded, the AccessManager itself, the landlord's own party: refused
kind ── a change that is no waiver: refused
maker ── the landlord, checked by the office · the office, checked by the landlord · the office alone: never
amount ── more than is owed: refused · rent and late fees: discharged, prepaid cash untouched
total ── per month, rent and late fees apart · version: rises for waivers, not for other changes
"""

import pytest

from commonhold.rules.calendar import month_of
from tests.lease_world import CMT, REASON, RENT, SALE, WAIVE_FEES, WAIVE_RENT, World


@pytest.fixture
def late(world: World) -> int:
    """Ann owes 500 of rent and late fees since forty days; Ben has paid."""
    lease = world.activate("ann", "ben", lateFeeRate=10, lateFeeMaxDays=60, endDay=world.month_start(6))
    world.revoke_mandate("ann")
    world.leases.settle([lease], sender=world.wallet("stranger"))
    world.pass_days(20)
    return lease


def waiver(world: World, lease: int, kind: int = WAIVE_RENT, amount: int = 200 * CMT, **other):
    fields = {"index": 0, "party": "ann", "amount": amount, "reason": REASON} | other
    return world.proposal(lease, kind, **fields)


def act(world: World, function: str, *arguments, by: str = "manager") -> None:
    getattr(world.changes, function)(*arguments, sender=world.wallet(by))


@pytest.mark.parametrize("caller", ["landlord", "ann", "stranger", "committee", "admin"])
def test_a1_the_offices_functions_are_for_the_office(world: World, late: int, caller: str):
    proposal, wallet = waiver(world, late), world.wallet(caller)
    for call in (("proposeWaiver", proposal), ("approveWaiver", proposal), ("withdrawWaiver", REASON)):
        with world.reverts("AccessManagedUnauthorized", wallet):
            act(world, *call, by=caller)


def test_the_office_does_not_act_through_the_forwarder(world: World, late: int):
    proposal = waiver(world, late)
    with world.reverts("FailedCall"):
        world.forward("manager", world.changes, "proposeWaiver", proposal)
    assert world.changes.openOf(late, WAIVE_RENT, 0) == bytes(32)
    act(world, "proposeWaiver", proposal)


def test_the_office_proposes_and_the_landlord_agrees(world: World, late: int):
    proposal = waiver(world, late)
    act(world, "proposeWaiver", proposal)
    id_ = world.changes.hashProposal(proposal)
    assert world.changes.progressOf(id_)[2:5] == (0, 65, 64)
    assert world.changes.openOf(late, WAIVE_RENT, 0) == id_
    world.changes.accept(proposal, sender=world.wallet("landlord"))
    account = world.leases.accountsOf(late)[0]
    assert (account[2], account[3], account[4]) == (500 * CMT, 200 * CMT, 0)


def test_the_landlord_proposes_and_the_office_approves(world: World, late: int):
    proposal = waiver(world, late)
    world.agree(proposal, "landlord")
    assert world.leases.accountsOf(late)[0][3] == 0
    act(world, "approveWaiver", proposal)
    assert world.leases.accountsOf(late)[0][3] == 200 * CMT
    (event,) = world.events("ProposalAccepted")
    assert event["party"] == 0


def test_a4_the_office_alone_waives_nothing(world: World, late: int):
    proposal = waiver(world, late)
    act(world, "proposeWaiver", proposal)
    with world.reverts("ProposalAcceptedAlready", world.changes.hashProposal(proposal), 0):
        act(world, "approveWaiver", proposal)


def test_tenants_do_not_waive_what_they_owe(world: World, late: int):
    proposal = waiver(world, late)
    with world.reverts("ProposalNotParty", late, world.wallet("ann")):
        world.changes.propose(proposal, sender=world.wallet("ann"))
    act(world, "proposeWaiver", proposal)
    with world.reverts("ProposalNotParty", late, world.wallet("ann")):
        world.changes.accept(proposal, sender=world.wallet("ann"))


def test_maker_and_checker_are_not_one(world: World, late: int):
    """The officer who is also the landlord's wallet may not approve what the landlord proposed."""
    world.start_recovery("landlord")
    manager = world.wallet("manager")
    world.parties.replaceWallet(world.party["landlord"], manager, sender=world.wallet("committee"))
    proposal = waiver(world, late)
    for function in ("proposeWaiver", "approveWaiver"):
        with world.reverts("ProposalCheckerIsMaker", manager):
            act(world, function, proposal)


def test_the_access_managers_execute_lends_no_second_face(world: World, late: int):
    proposal = waiver(world, late)
    for function in ("proposeWaiver", "approveWaiver"):
        data = world.changes.data(function, proposal)
        with world.reverts("ProposalCheckerIsMaker", world.access):
            world.access.execute(world.changes, data, sender=world.wallet("manager"))


def test_the_office_proposes_waivers_only(world: World, late: int):
    for kind, fields in ((RENT, {"day": world.month_start(2), "amount": CMT}), (SALE, {"party": "buyer"})):
        proposal = world.proposal(late, kind, **fields)
        with world.reverts("ProposalNotParty", late, world.wallet("manager")):
            act(world, "proposeWaiver", proposal)
    proposal = world.proposal(late, SALE, party="buyer")
    world.agree(proposal, "landlord")
    with world.reverts("ProposalNotParty", late, world.wallet("manager")):
        act(world, "approveWaiver", proposal)


def test_the_office_takes_back_what_it_proposed(world: World, late: int):
    proposal = waiver(world, late)
    id_ = world.changes.hashProposal(proposal)
    with world.reverts("ProposalUnknown", id_):
        act(world, "withdrawWaiver", id_)
    act(world, "proposeWaiver", proposal)
    act(world, "withdrawWaiver", id_)
    assert world.changes.progressOf(id_)[3] == 0
    world.agree(proposal, "landlord")
    with world.reverts("ProposalNotProposer", id_, world.wallet("manager")):
        act(world, "withdrawWaiver", id_)


def test_no_more_is_waived_than_is_owed(world: World, late: int):
    proposal = waiver(world, late, amount=500 * CMT + 1)
    world.agree(proposal, "landlord")
    with world.reverts("LeaseChangeInvalid", late, WAIVE_RENT, 500 * CMT + 1, 500 * CMT):
        act(world, "approveWaiver", proposal)
    assert world.changes.waivedIn(month_of(world.today)) == (0, 0)


def test_late_fees_are_waived_apart_from_the_rent(world: World, late: int):
    fees = world.leases.accountsOf(late)[0][5]
    assert fees > 0
    proposal = waiver(world, late, WAIVE_FEES, fees)
    world.agree(proposal, "landlord")
    act(world, "approveWaiver", proposal)
    account = world.leases.accountsOf(late)[0]
    assert (account[3], account[5]) == (0, 0)
    (event,) = world.events("Waived")
    assert (event["lease"], event["tenant"]) == (late, world.party["ann"])
    assert (event["principal"], event["lateFees"], event["month"]) == (0, fees, month_of(world.today))


def test_the_months_total_is_public(world: World, late: int):
    for amount in (100 * CMT, 50 * CMT):
        proposal = waiver(world, late, amount=amount)
        world.agree(proposal, "landlord")
        act(world, "approveWaiver", proposal)
    fees = world.leases.accountsOf(late)[0][5]
    proposal = waiver(world, late, WAIVE_FEES, fees)
    act(world, "proposeWaiver", proposal)
    world.changes.accept(proposal, sender=world.wallet("landlord"))
    month = month_of(world.today)
    assert world.changes.waivedIn(month) == (150 * CMT, fees)
    assert world.changes.waivedIn(month + 1) == (0, 0)


def test_s9_one_consent_waives_once(world: World, late: int):
    proposal = waiver(world, late, amount=100 * CMT)
    act(world, "proposeWaiver", proposal)
    signature = world.acceptance(proposal, "landlord")
    world.changes.acceptBySignature(
        proposal, world.party["landlord"], signature, sender=world.wallet("stranger")
    )
    with world.reverts("ProposalStale", late, 0, 1):
        act(world, "proposeWaiver", proposal)


def test_a_waiver_disturbs_no_other_proposal_but_a_change_disturbs_waivers(world: World, late: int):
    renewal = world.proposal(late, RENT, day=world.month_start(2), amount=CMT)
    open_waiver = waiver(world, late, amount=10 * CMT)
    world.agree(renewal, "landlord")
    world.agree(open_waiver, "landlord")
    act(world, "approveWaiver", open_waiver)
    assert (world.changes.versionOf(late, RENT), world.changes.versionOf(late, WAIVE_FEES)) == (0, 1)
    second = waiver(world, late, amount=10 * CMT)
    world.agree(second, "landlord")
    world.changes.accept(renewal, sender=world.wallet("ann"))
    world.changes.accept(renewal, sender=world.wallet("ben"))
    assert (world.changes.versionOf(late, RENT), world.changes.versionOf(late, WAIVE_RENT)) == (1, 2)
    with world.reverts("ProposalStale", late, 1, 2):
        act(world, "approveWaiver", second)


def test_a5_no_waivers_while_paused(world: World, late: int):
    world.pause(1)
    with world.reverts("ProposalsPaused", world.leases.pausedUntil()):
        act(world, "proposeWaiver", waiver(world, late))
