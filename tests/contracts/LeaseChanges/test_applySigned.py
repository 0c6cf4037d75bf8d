"""applySigned: all signatures at once, one transaction, submitted by anybody.

signatures ── one for each acceptor in the mask's order: applied · missing, too many, exchanged: refused
again ── refused: the version has risen · a waiver cannot be signed: the office acts itself
open ── an open proposal of the same content is closed with it
notice ── one signature of the landlord, or those of all tenants
"""

import pytest

from tests.lease_world import CMT, END, LANDLORD, REASON, RENT, SALE, TENANT, WAIVE_RENT, World, field


def rent(world: World, lease: int, **other):
    return world.proposal(lease, RENT, day=world.month_start(2), amount=1_100 * CMT, **other)


def apply(world: World, proposal, *people: str) -> None:
    signatures = [world.acceptance(proposal, person) for person in people]
    world.changes.applySigned(proposal, signatures, sender=world.wallet("stranger"))


@pytest.mark.core
def test_all_signatures_apply_the_change_at_once(world: World, lease: int):
    proposal = rent(world, lease)
    apply(world, proposal, "landlord", "ann", "ben")
    assert world.events("ProposalApplied")[0]["id"] == world.changes.hashProposal(proposal)
    assert world.changes.versionOf(lease, RENT) == 1


@pytest.mark.parametrize("people", [(), ("landlord",), ("landlord", "ann")])
def test_a_missing_signature_is_named(world: World, lease: int, people: tuple[str, ...]):
    missing = ("landlord", "ann", "ben")[len(people)]
    with world.reverts("ProposalSignatureInvalid", world.party[missing], "0x" + "00" * 20):
        apply(world, rent(world, lease), *people)


def test_a_signature_too_many_is_refused(world: World, lease: int):
    with world.reverts("ProposalInvalid", field("signatures"), 4, 3):
        apply(world, rent(world, lease), "landlord", "ann", "ben", "ben")


def test_s13_one_person_does_not_sign_for_two(world: World, lease: int):
    with world.reverts("ProposalSignatureInvalid", world.party["ben"], world.wallet("ben")):
        apply(world, rent(world, lease), "landlord", "ann", "ann")
    with world.reverts("ProposalSignatureInvalid", world.party["ann"], world.wallet("ann")):
        apply(world, rent(world, lease), "landlord", "ben", "ann")


def test_s9_the_signatures_count_once(world: World, lease: int):
    proposal = world.proposal(lease, END, day=world.today + 90)
    apply(world, proposal, "landlord", "ann", "ben")
    with world.reverts("ProposalStale", lease, 0, 1):
        apply(world, proposal, "landlord", "ann", "ben")


def test_an_expired_agreement_is_not_applied(world: World, lease: int):
    proposal = rent(world, lease)
    world.backend.warp(proposal[4] + 1)
    with world.reverts("ProposalExpired", proposal[4], ...):
        apply(world, proposal, "landlord", "ann", "ben")


def test_signatures_may_be_gathered_longer_than_a_proposal_stays_open(world: World, lease: int):
    apply(world, rent(world, lease, deadline=world.backend.time() + 400 * 86_400), "landlord", "ann", "ben")


def test_an_open_proposal_of_the_same_content_is_closed_with_it(world: World, lease: int):
    proposal = rent(world, lease)
    world.agree(proposal, "ann")
    apply(world, proposal, "landlord", "ann", "ben")
    assert world.changes.openOf(lease, RENT, world.party["ann"]) == bytes(32)
    assert world.changes.progressOf(world.changes.hashProposal(proposal))[3] == 0


def test_a_newcomer_signs_last(world: World, lease: int):
    apply(world, world.proposal(lease, TENANT, index=0, party="cleo"), "landlord", "ann", "ben", "cleo")
    assert world.leases.accountsOf(lease)[0][0] == world.party["cleo"]


def test_a_buyer_signs_after_the_landlord(world: World, lease: int):
    apply(world, world.proposal(lease, SALE, party="buyer"), "landlord", "buyer")
    assert world.leases.termsOf(lease)[1] == world.party["buyer"]


def test_a_notice_needs_the_signatures_of_its_side_alone(world: World, breakable: int):
    fields = {"day": world.today + 90, "amount": 500 * CMT, "notice": True}
    by_landlord = world.proposal(breakable, END, index=LANDLORD, party="landlord", **fields)
    mark = world.backend.snapshot()
    apply(world, by_landlord, "landlord")
    world.backend.restore(mark)
    apply(world, world.proposal(breakable, END, index=1, party="ben", **fields), "ann", "ben")
    assert world.leases.termsOf(breakable)[4] == world.today + 90


def test_a_waiver_is_not_signed_away(world: World, lease: int):
    waiver = world.proposal(lease, WAIVE_RENT, party="ann", amount=CMT, reason=REASON)
    with world.reverts("ProposalInvalid", field("kind"), WAIVE_RENT, 0):
        apply(world, waiver, "landlord")


def test_a_party_whose_wallet_is_being_recovered_waits(world: World, lease: int):
    proposal = rent(world, lease)
    world.start_recovery("ben")
    with world.reverts("ProposalPartyInRecovery", world.party["ben"]):
        apply(world, proposal, "landlord", "ann", "ben")
