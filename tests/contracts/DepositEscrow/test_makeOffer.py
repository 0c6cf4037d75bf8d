"""makeOffer: a tenant answers with less than the claim.

caller ── no tenant, under recovery, a second answer: refused
amount ── the claim or more: refused · nothing: taken · several: the lowest stands
phase ── before a claim, after the last day: refused
last answer ── the offer goes to the landlord, the difference waits
            ── no arbiter, or one who became landlord or tenant: it is split at once
"""

import pytest

from tests.contracts.DepositEscrow.conftest import ANSWER_DAYS, AWARD_DAYS
from tests.lease_world import CLOSED, DEPOSIT_REVIEW, Gains, World


def offer(world: World, lease: int, person: str, amount: int) -> None:
    world.escrow.makeOffer(lease, amount, sender=world.wallet(person))


@pytest.mark.parametrize("caller", ["landlord", "cleo", "arbiter", "stranger", "manager", "admin"])
def test_a1_nobody_but_a_tenant_makes_an_offer(world: World, claimed: int, caller: str):
    with world.reverts("DepositNotParty", claimed, world.wallet(caller)):
        offer(world, claimed, caller, 1)


def test_a_tenant_whose_wallet_is_being_recovered_waits(world: World, claimed: int):
    world.start_recovery("ben")
    with world.reverts("DepositPartyInRecovery", world.party["ben"]):
        offer(world, claimed, "ben", 1)


@pytest.mark.parametrize("amount", [300, 301, 2**64 - 1])
def test_an_offer_is_below_the_claim(world: World, claimed: int, amount: int):
    with world.reverts("DepositOfferTooLarge", claimed, amount, 299):
        offer(world, claimed, "ann", amount)


def test_no_offer_before_a_claim(world: World, ended: int):
    with world.reverts("DepositPhaseWrong", ended, 2):
        offer(world, ended, "ann", 1)


def test_the_last_day_counts_and_the_next_does_not(world: World, claimed: int):
    last = world.today + ANSWER_DAYS
    world.to_day(last)
    offer(world, claimed, "ann", 299)
    world.to_day(last + 1)
    with world.reverts("DepositDeadlinePassed", claimed, last, last + 1):
        offer(world, claimed, "ben", 1)


def test_who_accepted_cannot_offer_afterwards(world: World, claimed: int):
    world.escrow.acceptClaim(claimed, 300, sender=world.wallet("ann"))
    with world.reverts("DepositAnsweredAlready", claimed, world.party["ann"]):
        offer(world, claimed, "ann", 1)


def test_an_offer_waits_for_the_other_answers(world: World, claimed: int):
    gains = Gains(world)
    offer(world, claimed, "ben", 100)
    (event,) = world.events("OfferMade")
    assert (event["lease"], event["tenant"], event["offer"]) == (claimed, world.party["ben"], 100)
    assert world.escrow.reviewOf(claimed)[:3] == (3, False, 2)
    assert world.escrow.reviewOf(claimed)[6] == 100
    assert gains.of("landlord") == 0


@pytest.mark.parametrize(("first", "second", "lowest"), [(100, 200, 100), (200, 100, 100), (0, 299, 0)])
def test_the_lowest_offer_stands(world: World, claimed: int, first: int, second: int, lowest: int):
    gains = Gains(world)
    offer(world, claimed, "ann", first)
    offer(world, claimed, "ben", second)
    last = world.today + AWARD_DAYS
    review = world.escrow.reviewOf(claimed)
    assert (review[0], review[3], review[5], review[6]) == (4, last, 300, lowest)
    assert gains.of("landlord") == lowest
    assert world.escrow.depositOf(claimed) == 300 - lowest == world.escrow.held()
    (event,) = world.events("OfferFinal")
    assert (event["offer"], event["claim"], event["lastDay"]) == (lowest, 300, last)
    assert world.leases.stateOf(claimed) == DEPOSIT_REVIEW


def test_one_offer_disputes_what_the_other_accepted(world: World, claimed: int):
    world.escrow.acceptClaim(claimed, 300, sender=world.wallet("ann"))
    offer(world, claimed, "ben", 50)
    assert world.escrow.reviewOf(claimed)[0] == 4
    assert world.escrow.depositOf(claimed) == 250


def test_without_an_arbiter_the_difference_is_split_at_once_the_odd_unit_for_the_tenant(world: World):
    lease = world.activate("ann", deposit=1_000, endDay=world.today + 28, arbiter=0)
    world.end(lease)
    world.escrow.fileClaim(lease, [301], [bytes(32)], sender=world.wallet("landlord"))
    gains = Gains(world)
    offer(world, lease, "ann", 100)
    assert gains.of("landlord", "ann") == (200, 101)
    assert world.leases.stateOf(lease) == CLOSED
    assert world.escrow.held() == 0


@pytest.mark.parametrize(
    ("kind", "people"), [(3, ("landlord", "arbiter")), (2, ("landlord", "ann", "arbiter"))]
)
def test_an_arbiter_who_became_a_party_decides_nothing(world: World, kind: int, people: tuple[str, ...]):
    lease = world.activate("ann", deposit=1_000, endDay=world.today + 28)
    world.agree(world.proposal(lease, kind, party="arbiter"), *people)
    world.end(lease)
    landlord, tenant = ("arbiter", "ann") if kind == 3 else ("landlord", "arbiter")
    world.escrow.fileClaim(lease, [300], [bytes(32)], sender=world.wallet(landlord))
    gains = Gains(world)
    offer(world, lease, tenant, 100)
    assert gains.of(landlord, tenant) == (200, 100)
    assert world.leases.stateOf(lease) == CLOSED
