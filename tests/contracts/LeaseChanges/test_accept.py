"""accept: the other parties agree; the last acceptance applies the change in the same transaction.

proposal ── unknown, withdrawn, changed by one field, expired, stale: refused
caller ── no acceptor, twice, under recovery: refused
last ── each kind is applied as agreed · a change that the lease refuses: refused as a whole
after ── the version rises, other proposals go stale, the proposal is gone
"""

import pytest

from tests.lease_world import (
    ACTIVE,
    CMT,
    END,
    ENDED,
    HELD_OVER,
    HOLDOVER,
    LANDLORD,
    NOTICE,
    RENEWAL,
    RENT,
    SALE,
    TENANT,
    Gains,
    World,
)


def rent(world: World, lease: int, amount: int = 1_100 * CMT, **other):
    return world.proposal(lease, RENT, day=world.month_start(2), amount=amount, **other)


def accept(world: World, proposal, person: str) -> None:
    world.changes.accept(proposal, sender=world.wallet(person))


def test_what_was_not_proposed_is_not_accepted(world: World, lease: int):
    proposal = rent(world, lease)
    with world.reverts("ProposalUnknown", world.changes.hashProposal(proposal)):
        accept(world, proposal, "ann")


@pytest.mark.parametrize("position", range(4))
def test_s10_a_proposal_changed_in_one_field_is_another(world: World, lease: int, position: int):
    proposal = rent(world, lease)
    world.agree(proposal, "landlord")
    change, notice, reason, version, deadline = proposal
    other = [
        ((*change[:5], change[5] + 1), notice, reason, version, deadline),
        ((*change[:3], world.month_start(3), *change[4:]), notice, reason, version, deadline),
        (change, notice, b"\x01" * 32, version, deadline),
        (change, notice, reason, version, deadline + 1),
    ][position]
    with world.reverts("ProposalUnknown", world.changes.hashProposal(other)):
        accept(world, other, "ann")


def test_an_expired_proposal_is_not_accepted(world: World, lease: int):
    proposal = rent(world, lease)
    world.agree(proposal, "landlord")
    world.backend.warp(proposal[4] + 1)
    with world.reverts("ProposalExpired", proposal[4], ...):
        accept(world, proposal, "ann")


def test_s9_a_withdrawn_proposal_is_not_accepted(world: World, lease: int):
    proposal = rent(world, lease)
    world.agree(proposal, "landlord")
    id_ = world.changes.hashProposal(proposal)
    world.changes.withdraw(id_, sender=world.wallet("landlord"))
    with world.reverts("ProposalUnknown", id_):
        accept(world, proposal, "ann")


@pytest.mark.parametrize("caller", ["stranger", "cleo", "arbiter", "manager", "admin"])
def test_a1_nobody_accepts_for_a_lease_that_is_not_his(world: World, lease: int, caller: str):
    proposal = rent(world, lease)
    world.agree(proposal, "landlord")
    with world.reverts("ProposalNotParty", lease, world.wallet(caller)):
        accept(world, proposal, caller)


def test_s13_nobody_accepts_twice(world: World, lease: int):
    proposal = rent(world, lease)
    world.agree(proposal, "landlord", "ann")
    for person in ("landlord", "ann"):
        with world.reverts(
            "ProposalAcceptedAlready", world.changes.hashProposal(proposal), world.party[person]
        ):
            accept(world, proposal, person)
    assert world.changes.versionOf(lease, RENT) == 0


def test_a_party_whose_wallet_is_being_recovered_waits(world: World, lease: int):
    proposal = rent(world, lease)
    world.agree(proposal, "landlord")
    world.start_recovery("ann")
    with world.reverts("ProposalPartyInRecovery", world.party["ann"]):
        accept(world, proposal, "ann")


def test_the_last_acceptance_applies_the_change(world: World, lease: int):
    proposal = rent(world, lease, reason=b"\x05" * 32)
    id_ = world.changes.hashProposal(proposal)
    world.agree(proposal, "landlord", "ann")
    (event,) = world.events("ProposalAccepted")
    assert (event["id"], event["party"]) == (id_, world.party["ann"])
    assert world.changes.progressOf(id_)[4] == 3
    accept(world, proposal, "ben")
    (event,) = world.events("ProposalApplied")
    assert (event["id"], event["lease"], event["kind"]) == (id_, lease, RENT)
    assert (len(world.events("LeaseChanged")), world.changes.versionOf(lease, RENT)) == (1, 1)
    assert world.changes.progressOf(id_) == (0, 0, 0, 0, 0, 0, 0)
    assert world.changes.openOf(lease, RENT, world.party["landlord"]) == bytes(32)


def test_a_new_rent_counts_from_its_boundary(world: World, lease: int):
    before = world.leases.dueOn(lease, world.month_start(1))
    world.agree(rent(world, lease), "ann", "ben", "landlord")
    assert world.leases.dueOn(lease, world.month_start(1)) == before == 2_000 * CMT
    assert world.leases.dueOn(lease, world.month_start(2)) == before + 1_100 * CMT


def test_f2_a_change_that_the_lease_refuses_leaves_everything_as_it_was(world: World, lease: int):
    proposal = world.proposal(lease, RENT, day=world.month_start(2) + 1, amount=CMT)
    world.agree(proposal, "landlord", "ann")
    with world.reverts("LeaseChangeInvalid", lease, RENT, ...):
        accept(world, proposal, "ben")
    assert world.changes.versionOf(lease, RENT) == 0
    assert world.changes.progressOf(world.changes.hashProposal(proposal))[4] == 3


def test_a_renewal_moves_the_end_and_keeps_the_deposit(world: World, lease: int):
    end = world.leases.termsOf(lease)[4]
    proposal = world.proposal(lease, RENEWAL, day=end + 365, amount=1_200 * CMT)
    world.agree(proposal, "landlord", "ann", "ben")
    assert world.leases.termsOf(lease)[4] == end + 365
    assert world.leases.stateOf(lease) == ACTIVE
    assert world.escrow.depositOf(lease) == 2_000 * CMT


def test_holdover_after_the_end_runs_at_its_own_rate(world: World):
    lease = world.activate("ann", endDay=world.month_start(2), holdoverRate=15_000)
    world.to_day(world.month_start(2))
    assert world.leases.stateOf(lease) == ENDED
    due = world.leases.dueOn(lease, world.today)
    world.agree(
        world.proposal(lease, HOLDOVER, day=world.month_start(1), amount=1_500 * CMT), "ann", "landlord"
    )
    assert world.leases.stateOf(lease) == HELD_OVER
    assert world.leases.dueOn(lease, world.today) == due + 1_500 * CMT


def test_a_newcomer_takes_over_an_account_with_the_deposit(world: World, lease: int):
    proposal = world.proposal(lease, TENANT, index=1, party="cleo")
    world.agree(proposal, "ben", "landlord", "cleo", "ann")
    accounts = world.leases.accountsOf(lease)
    assert [account[0] for account in accounts] == [world.party["ann"], world.party["cleo"]]
    assert world.escrow.partOf(lease, 1) == 1_000 * CMT
    with world.reverts("ProposalNotParty", lease, world.wallet("ben")):
        world.changes.propose(rent(world, lease), sender=world.wallet("ben"))


def test_a_sale_never_ends_the_lease_and_tells_the_tenants(world: World, lease: int):
    world.agree(world.proposal(lease, SALE, party="buyer"), "landlord", "buyer")
    told = [
        (event["tenant"], event["landlord"], event["newLandlord"]) for event in world.events("SaleNotified")
    ]
    landlord, buyer = world.party["landlord"], world.party["buyer"]
    assert told == [(world.party["ann"], landlord, buyer), (world.party["ben"], landlord, buyer)]
    assert world.leases.stateOf(lease) == ACTIVE
    assert world.leases.termsOf(lease)[1] == buyer
    gains = Gains(world)
    world.leases.settle([lease], sender=world.wallet("stranger"))
    assert gains.of("buyer", "landlord") == (1_000 * CMT, 0)


def test_an_end_by_consent_may_be_today(world: World, lease: int):
    world.pass_days(3)
    world.agree(world.proposal(lease, END, day=world.today), "ann", "ben", "landlord")
    assert world.leases.stateOf(lease) == ENDED


def test_an_end_by_consent_may_be_paid_for(world: World, lease: int):
    gains = Gains(world)
    end = world.proposal(lease, END, day=world.today + 40, index=LANDLORD, party="landlord", amount=101)
    world.agree(end, "landlord", "ann", "ben")
    assert gains.of("landlord", "ann", "ben") == (-101, 50, 51)
    assert world.leases.stateOf(lease) == NOTICE


def test_a_change_in_between_makes_older_acceptances_worthless(world: World, lease: int):
    late = world.backend.time() + 86_400
    renewal = world.proposal(lease, RENEWAL, day=world.today + 730, amount=1_100 * CMT, deadline=late)
    world.agree(renewal, "landlord", "ann")
    world.agree(rent(world, lease), "landlord", "ann", "ben")
    with world.reverts("ProposalStale", lease, 0, 1):
        accept(world, renewal, "ben")


def test_a5_no_obligation_is_completed_while_paused(world: World, lease: int):
    proposal = rent(world, lease)
    world.agree(proposal, "landlord", "ann")
    world.pause(3)
    with world.reverts("ProposalsPaused", world.leases.pausedUntil()):
        accept(world, proposal, "ben")
