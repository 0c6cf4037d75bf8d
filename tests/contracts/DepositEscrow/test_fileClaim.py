"""fileClaim: the landlord's itemised claim.

caller ── everybody but the landlord, before a sale, under recovery, from another linked wallet: refused
phase ── the lease runs, a claim is filed already, the last day is over: refused · on the last day: accepted
items ── none: everything goes back · unequal lists, too many, a zero, Σ > deposit: refused · Σ = deposit
money ── what is not claimed goes to the tenants at once, pro rata
"""

import pytest

from tests.contracts.DepositEscrow.conftest import ANSWER_DAYS, CLAIM_DAYS
from tests.lease_world import CLOSED, Gains, World

PROOF = b"\x07" * 32


def claim(world: World, lease: int, *amounts: int, by: str = "landlord") -> None:
    world.escrow.fileClaim(lease, list(amounts), [PROOF] * len(amounts), sender=world.wallet(by))


@pytest.mark.parametrize("caller", ["ann", "manager", "admin", "stranger", "arbiter", "buyer"])
def test_a1_nobody_but_the_landlord_claims(world: World, ended: int, caller: str):
    with world.reverts("DepositNotParty", ended, world.wallet(caller)):
        claim(world, ended, 1, by=caller)


def test_a_landlord_whose_wallet_is_being_recovered_waits(world: World, ended: int):
    world.start_recovery("landlord")
    with world.reverts("DepositPartyInRecovery", world.party["landlord"]):
        claim(world, ended, 1)


def test_the_partys_current_wallet_alone_speaks_for_it(world: World, ended: int):
    world.link("landlord", "stranger")
    with world.reverts("DepositNotParty", ended, world.wallet("stranger")):
        claim(world, ended, 1, by="stranger")
    world.parties.switchWallet(world.wallet("stranger"), sender=world.wallet("landlord"))
    claim(world, ended, 1, by="stranger")


def test_no_claim_while_the_lease_runs(world: World, running: int):
    with world.reverts("DepositPhaseWrong", running, 1):
        claim(world, running, 1)


def test_a_claim_on_the_last_day_counts(world: World, ended: int):
    world.pass_days(CLAIM_DAYS)
    claim(world, ended, 1_000)
    assert world.escrow.reviewOf(ended)[0] == 3


def test_a_claim_after_the_last_day_is_refused(world: World, ended: int):
    last = world.today + CLAIM_DAYS
    world.to_day(last + 1)
    with world.reverts("DepositDeadlinePassed", ended, last, last + 1):
        claim(world, ended, 1)


def test_a_second_claim_is_refused(world: World, claimed: int):
    with world.reverts("DepositPhaseWrong", claimed, 3):
        claim(world, claimed, 1)


def test_r4_a_claim_above_the_deposit_is_refused(world: World, ended: int):
    with world.reverts("DepositClaimTooLarge", ended, 1_001, 1_000):
        claim(world, ended, 1_000, 1)


def test_amounts_that_would_overflow_are_refused(world: World, ended: int):
    with world.reverts("DepositClaimTooLarge", ended, 2 * (2**64 - 1), 1_000):
        claim(world, ended, 2**64 - 1, 2**64 - 1)


def test_an_item_of_nothing_is_refused(world: World, ended: int):
    with world.reverts("DepositItemZero", 1):
        claim(world, ended, 5, 0)


def test_g1_items_and_evidence_must_match_and_be_few(world: World, ended: int):
    landlord = world.wallet("landlord")
    with world.reverts("DepositItemsInvalid", 1, 2, 32):
        world.escrow.fileClaim(ended, [1], [PROOF, PROOF], sender=landlord)
    with world.reverts("DepositItemsInvalid", 33, 33, 32):
        claim(world, ended, *([1] * 33))
    claim(world, ended, *([1] * 32))
    assert world.escrow.reviewOf(ended)[5] == 32


def test_what_is_not_claimed_goes_to_the_tenants_at_once(world: World, ended: int):
    gains = Gains(world)
    claim(world, ended, 100, 201)
    # 699 over 600 and 400: floor(699 × 600 / 1000) = 419, the last takes the rest
    assert gains.of("ann", "ben", "landlord") == (419, 280, 0)
    assert [world.escrow.partOf(ended, i) for i in (0, 1)] == [181, 120]
    assert world.escrow.held() == 301 == world.token.balanceOf(world.escrow)
    review = world.escrow.reviewOf(ended)
    assert review == (3, False, 0, world.today + ANSWER_DAYS, world.party["arbiter"], 301, 301)
    paid = [(event["party"], event["amount"]) for event in world.events("DepositPaid")]
    assert paid == [(world.party["ann"], 419), (world.party["ben"], 280)]


def test_the_event_carries_the_items_and_their_evidence(world: World, ended: int):
    claim(world, ended, 100, 200)
    (event,) = world.events("ClaimFiled")
    assert (event["lease"], event["claim"], event["lastDay"]) == (ended, 300, world.today + ANSWER_DAYS)
    assert list(event["amounts"]) == [100, 200]
    assert len(event["evidence"]) == 2


def test_a_landlord_who_claims_nothing_ends_it_at_once(world: World, ended: int):
    gains = Gains(world)
    claim(world, ended)
    assert gains.of("ann", "ben") == (600, 400)
    assert world.escrow.reviewOf(ended)[0] == 5
    assert world.leases.stateOf(ended) == CLOSED
    assert world.escrow.held() == 0


def test_one_leases_deposit_never_pays_for_another(world: World, ended: int):
    other = world.activate("cleo", deposit=5_000)
    with world.reverts("DepositClaimTooLarge", ended, 1_001, 1_000):
        claim(world, ended, 1_001)
    claim(world, ended, 1_000)
    assert world.escrow.depositOf(other) == 5_000


def test_after_a_sale_the_new_landlord_claims(world: World, running: int):
    sale = ((3, running, 0, 0, world.party["buyer"], 0), False, bytes(32), 0, world.backend.time() + 600)
    world.changes.propose(sale, sender=world.wallet("landlord"))
    world.changes.accept(sale, sender=world.wallet("buyer"))
    world.end(running)
    with world.reverts("DepositNotParty", running, world.wallet("landlord")):
        claim(world, running, 1)
    claim(world, running, 1, by="buyer")
