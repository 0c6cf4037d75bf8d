"""All functions of a party work through the forwarder, from a wallet without coin; none of the office."""

from tests.lease_world import CMT, END, RENT, World


def test_a_sponsored_change_of_rent(world: World, lease: int):
    proposal = world.proposal(lease, RENT, day=world.month_start(2), amount=1_100 * CMT)
    world.forward("landlord", world.changes, "propose", proposal)
    world.forward("ann", world.changes, "accept", proposal)
    signature = world.acceptance(proposal, "ben")
    world.forward("ben", world.changes, "acceptBySignature", proposal, world.party["ben"], signature)
    assert world.changes.versionOf(lease, RENT) == 1


def test_a_sponsored_agreement_of_all(world: World, lease: int):
    proposal = world.proposal(lease, END, day=world.today + 50)
    signatures = [world.acceptance(proposal, person) for person in ("landlord", "ann", "ben")]
    world.forward("ann", world.changes, "applySigned", proposal, signatures)
    assert world.leases.termsOf(lease)[4] == world.today + 50


def test_a_sponsored_change_of_mind(world: World, lease: int):
    proposal = world.proposal(lease, RENT, day=world.month_start(2), amount=1_100 * CMT)
    world.forward("ann", world.changes, "propose", proposal)
    world.forward("ann", world.changes, "withdraw", world.changes.hashProposal(proposal))
    world.forward("ann", world.changes, "raiseAcceptanceNonce")
    assert world.changes.openOf(lease, RENT, world.party["ann"]) == bytes(32)
    assert world.changes.acceptanceNonce(world.party["ann"]) == 1


def test_a_sponsored_default(world: World, lease: int):
    for person in ("ann", "ben"):
        world.revoke_mandate(person)
    world.pass_days(19)
    world.forward("landlord", world.changes, "giveDefaultNotice", lease)
    world.pass_days(15)
    world.forward("landlord", world.changes, "endForDefault", lease)
    assert world.leases.termsOf(lease)[4] == world.today + 14


def test_the_office_is_not_sponsored(world: World, lease: int):
    world.revoke_mandate("ann")
    world.revoke_mandate("ben")
    world.pass_days(19)
    with world.reverts("FailedCall"):
        world.forward("manager", world.changes, "giveDefaultNoticeAsManager", lease)
    world.changes.giveDefaultNoticeAsManager(lease, sender=world.wallet("manager"))
