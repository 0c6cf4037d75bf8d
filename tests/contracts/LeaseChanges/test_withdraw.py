"""withdraw: a party takes back what it proposed.

id ── unknown, applied: refused
caller ── another party, nobody, the office's waiver: refused · the proposer, also paused or expired
"""

from tests.lease_world import CMT, REASON, RENT, WAIVE_RENT, World


def rent(world: World, lease: int):
    return world.proposal(lease, RENT, day=world.month_start(2), amount=1_100 * CMT)


def withdraw(world: World, id_, person: str = "landlord") -> None:
    world.changes.withdraw(id_, sender=world.wallet(person))


def test_what_is_not_open_is_not_withdrawn(world: World, lease: int):
    with world.reverts("ProposalUnknown", REASON):
        withdraw(world, REASON)
    proposal = rent(world, lease)
    world.agree(proposal, "landlord", "ann", "ben")
    id_ = world.changes.hashProposal(proposal)
    with world.reverts("ProposalUnknown", id_):
        withdraw(world, id_)


def test_a1_nobody_withdraws_what_another_proposed(world: World, lease: int):
    proposal = rent(world, lease)
    world.agree(proposal, "landlord", "ann")
    id_ = world.changes.hashProposal(proposal)
    for person in ("ann", "ben", "cleo", "stranger", "manager", "admin"):
        with world.reverts("ProposalNotProposer", id_, world.wallet(person)):
            withdraw(world, id_, person)


def test_somebody_without_a_party_is_not_taken_for_the_office(world: World, lease: int):
    waiver = world.proposal(lease, WAIVE_RENT, party="ann", amount=CMT, reason=REASON)
    world.changes.proposeWaiver(waiver, sender=world.wallet("manager"))
    id_ = world.changes.hashProposal(waiver)
    for person in ("stranger", "manager", "landlord"):
        with world.reverts("ProposalNotProposer", id_, world.wallet(person)):
            withdraw(world, id_, person)


def test_the_proposer_takes_it_back_and_may_propose_again(world: World, lease: int):
    proposal = rent(world, lease)
    world.agree(proposal, "landlord", "ann")
    id_ = world.changes.hashProposal(proposal)
    withdraw(world, id_)
    (event,) = world.events("ProposalWithdrawn")
    assert (event["id"], event["party"]) == (id_, world.party["landlord"])
    assert world.changes.openOf(lease, RENT, world.party["landlord"]) == bytes(32)
    world.agree(proposal, "landlord")
    assert world.changes.progressOf(id_)[4] == 1


def test_a5_withdrawing_works_while_paused_and_after_the_deadline(world: World, lease: int):
    proposal = rent(world, lease)
    world.agree(proposal, "ann")
    world.pause(5)
    world.pass_days(1)
    withdraw(world, world.changes.hashProposal(proposal), "ann")
