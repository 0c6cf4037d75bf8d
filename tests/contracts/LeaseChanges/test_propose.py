"""propose: a party opens a proposal and thereby accepts it.

caller ── no party, no acceptor, a second linked wallet, under recovery: refused · each acceptor: may
deadline ── past: refused · now: taken (S5) · PROPOSAL_DAYS ahead: taken · a second more: refused
version ── not the present one: refused
open ── the same again: refused · another of the kind by the same party: refused
     ── by another party, or of another kind: taken (nobody blocks another) · expired or stale: replaced
paused ── refused, but for END
"""

import pytest

from tests.contracts.LeaseChanges.conftest import PROPOSAL_DAYS
from tests.lease_world import CMT, END, HOLDOVER, RENEWAL, RENT, SALE, TENANT, World, field


def rent(world: World, lease: int, amount: int = 1_100 * CMT, **other):
    return world.proposal(lease, RENT, day=world.month_start(2), amount=amount, **other)


def propose(world: World, proposal, person: str = "landlord") -> None:
    world.changes.propose(proposal, sender=world.wallet(person))


@pytest.mark.parametrize("caller", ["stranger", "cleo", "arbiter", "admin", "manager", "committee"])
def test_a1_nobody_proposes_for_a_lease_that_is_not_his(world: World, lease: int, caller: str):
    with world.reverts("ProposalNotParty", lease, world.wallet(caller)):
        propose(world, rent(world, lease), caller)


def test_the_partys_current_wallet_alone_speaks_for_it(world: World, lease: int):
    world.link("landlord", "stranger")
    with world.reverts("ProposalNotParty", lease, world.wallet("stranger")):
        propose(world, rent(world, lease), "stranger")
    world.parties.switchWallet(world.wallet("stranger"), sender=world.wallet("landlord"))
    propose(world, rent(world, lease), "stranger")


def test_a_tenant_does_not_propose_a_sale(world: World, lease: int):
    with world.reverts("ProposalNotParty", lease, world.wallet("ann")):
        propose(world, world.proposal(lease, SALE, party="buyer"), "ann")


def test_a_party_whose_wallet_is_being_recovered_waits(world: World, lease: int):
    world.start_recovery("landlord")
    with world.reverts("ProposalPartyInRecovery", world.party["landlord"]):
        propose(world, rent(world, lease))


def test_each_acceptor_may_propose_and_accepts_by_it(world: World, lease: int):
    proposal = world.proposal(lease, TENANT, index=1, party="cleo")
    id_ = world.changes.hashProposal(proposal)
    for bit, person in ((1, "landlord"), (2, "ann"), (4, "ben"), (32, "cleo")):
        mark = world.backend.snapshot()
        propose(world, proposal, person)
        (event,) = world.events("ProposalMade")
        party = world.party[person]
        assert (event["id"], event["lease"], event["proposer"], event["required"]) == (id_, lease, party, 39)
        deadline = world.backend.time() + 600
        assert world.changes.progressOf(id_)[:6] == (lease, TENANT, party, 39, bit, 0)
        assert abs(world.changes.progressOf(id_)[6] - deadline) < 60
        assert world.changes.openOf(lease, TENANT, party) == id_
        world.backend.restore(mark)


def test_s5_the_last_second_counts_and_the_next_does_not(world: World, lease: int):
    deadline = world.backend.time() + 100
    proposal = rent(world, lease, deadline=deadline)
    mark = world.backend.snapshot()
    world.backend.next_block_at(deadline + 1)
    with world.reverts("ProposalExpired", deadline, deadline + 1):
        propose(world, proposal)
    world.backend.restore(mark)
    world.backend.next_block_at(deadline)
    propose(world, proposal)


def test_a_proposal_lives_ninety_days_at_most(world: World, lease: int):
    latest = world.backend.time() + PROPOSAL_DAYS * 86_400
    with world.reverts("ProposalInvalid", field("deadline"), latest + 1_000, ...):
        propose(world, rent(world, lease, deadline=latest + 1_000))
    propose(world, rent(world, lease, deadline=latest))


def test_a_proposal_for_another_version_is_stale(world: World, lease: int):
    with world.reverts("ProposalStale", lease, 1, 0):
        propose(world, rent(world, lease, version=1))


def test_the_same_proposal_is_made_once_by_anybody(world: World, lease: int):
    proposal = rent(world, lease)
    propose(world, proposal)
    for person in ("landlord", "ann"):
        with world.reverts("ProposalExists", world.changes.hashProposal(proposal)):
            propose(world, proposal, person)


def test_a_party_has_one_open_proposal_of_a_kind(world: World, lease: int):
    first = rent(world, lease)
    propose(world, first)
    with world.reverts("ProposalOpen", lease, RENT, world.changes.hashProposal(first)):
        propose(world, rent(world, lease, 1_200 * CMT))


def test_nobody_can_keep_another_from_proposing(world: World, lease: int):
    propose(world, rent(world, lease))
    propose(world, rent(world, lease, 1_050 * CMT), "ann")
    propose(world, rent(world, lease, 1_040 * CMT), "ben")
    propose(world, world.proposal(lease, RENEWAL, day=world.today + 730, amount=1_100 * CMT))


def test_a_proposal_that_expired_makes_room(world: World, lease: int):
    first = rent(world, lease)
    propose(world, first)
    world.pass_days(1)
    propose(world, rent(world, lease, 1_200 * CMT))
    assert world.changes.progressOf(world.changes.hashProposal(first))[3] == 0


def test_a_proposal_that_went_stale_makes_room(world: World, lease: int):
    late = world.backend.time() + 30 * 86_400
    first = rent(world, lease, deadline=late)
    propose(world, first)
    world.agree(world.proposal(lease, SALE, party="buyer"), "landlord", "buyer")
    with world.reverts("ProposalNotParty", lease, world.wallet("landlord")):
        propose(world, rent(world, lease))
    propose(world, rent(world, lease, deadline=late), "buyer")
    propose(world, rent(world, lease, 1_050 * CMT, deadline=late), "ann")


def test_a_party_replaces_its_own_stale_proposal(world: World, lease: int):
    late = world.backend.time() + 30 * 86_400
    propose(world, rent(world, lease, deadline=late), "ann")
    world.agree(world.proposal(lease, SALE, party="buyer"), "landlord", "buyer")
    propose(world, rent(world, lease, deadline=late), "ann")
    assert world.changes.openOf(lease, RENT, world.party["ann"]) == world.changes.hashProposal(
        rent(world, lease, deadline=late)
    )


@pytest.mark.parametrize("kind", [RENT, RENEWAL, HOLDOVER, TENANT, SALE])
def test_a5_a_pause_stops_new_obligations(world: World, lease: int, kind: int):
    proposals = {
        RENT: {"day": world.month_start(2), "amount": CMT},
        RENEWAL: {"day": world.today + 500, "amount": CMT},
        HOLDOVER: {"day": world.today + 500, "amount": CMT},
        TENANT: {"party": "cleo"},
        SALE: {"party": "buyer"},
    }
    world.pause(3)
    with world.reverts("ProposalsPaused", world.leases.pausedUntil()):
        propose(world, world.proposal(lease, kind, **proposals[kind]))


def test_a5_a_pause_stops_no_end(world: World, lease: int):
    world.pause(3)
    world.agree(world.proposal(lease, END, day=world.today + 30), "landlord", "ann", "ben")
    assert world.leases.termsOf(lease)[4] == world.today + 30


def test_a5_a_pause_ends_by_itself(world: World, lease: int):
    world.pause(3)
    world.pass_days(4)
    propose(world, rent(world, lease))
