"""acceptClaim: a tenant agrees to the claim.

caller ── no tenant: refused · under recovery: refused · a tenant, twice: refused
phase ── before a claim, after the last day: refused · on the last day: accepted
figure ── another than the claim: refused
answers ── one of two: waits · all: the landlord is paid, the lease is closed
"""

import pytest

from tests.contracts.DepositEscrow.conftest import ANSWER_DAYS
from tests.lease_world import CLOSED, Gains, World


def accept(world: World, lease: int, person: str, claim: int = 300) -> None:
    world.escrow.acceptClaim(lease, claim, sender=world.wallet(person))


@pytest.mark.parametrize("caller", ["landlord", "cleo", "arbiter", "stranger", "manager", "admin"])
def test_a1_nobody_but_a_tenant_accepts(world: World, claimed: int, caller: str):
    with world.reverts("DepositNotParty", claimed, world.wallet(caller)):
        accept(world, claimed, caller)


def test_a_tenant_whose_wallet_is_being_recovered_waits(world: World, claimed: int):
    world.start_recovery("ann")
    with world.reverts("DepositPartyInRecovery", world.party["ann"]):
        accept(world, claimed, "ann")


def test_there_is_nothing_to_accept_before_a_claim(world: World, ended: int):
    with world.reverts("DepositPhaseWrong", ended, 2):
        accept(world, ended, "ann")


def test_the_figure_on_the_table_must_be_the_one_accepted(world: World, claimed: int):
    with world.reverts("DepositFigureWrong", claimed, 299, 300):
        accept(world, claimed, "ann", 299)


def test_one_acceptance_of_two_waits_for_the_other(world: World, claimed: int):
    gains = Gains(world)
    accept(world, claimed, "ann")
    (event,) = world.events("ClaimAccepted")
    assert (event["lease"], event["tenant"], event["claim"]) == (claimed, world.party["ann"], 300)
    assert world.escrow.reviewOf(claimed)[:3] == (3, False, 1)
    assert gains.of("landlord") == 0


def test_a_tenant_answers_once(world: World, claimed: int):
    accept(world, claimed, "ann")
    with world.reverts("DepositAnsweredAlready", claimed, world.party["ann"]):
        accept(world, claimed, "ann")


@pytest.mark.core
def test_when_all_accept_the_landlord_is_paid(world: World, claimed: int):
    world.pass_days(ANSWER_DAYS)
    gains = Gains(world)
    accept(world, claimed, "ben")
    accept(world, claimed, "ann")
    assert gains.of("landlord", "ann", "ben") == (300, 0, 0)
    (event,) = world.events("DepositSettled")
    assert (event["lease"], event["toLandlord"]) == (claimed, 300)
    assert world.leases.stateOf(claimed) == CLOSED
    assert world.escrow.held() == 0


def test_an_acceptance_after_the_last_day_is_refused(world: World, claimed: int):
    last = world.today + ANSWER_DAYS
    world.to_day(last + 1)
    with world.reverts("DepositDeadlinePassed", claimed, last, last + 1):
        accept(world, claimed, "ann")


def test_a_newcomer_answers_for_the_account_he_took_over(world: World, running: int):
    change = ((2, running, 1, 0, world.party["cleo"], 0), False, bytes(32), 0, world.backend.time() + 600)
    world.changes.propose(change, sender=world.wallet("landlord"))
    for person in ("ann", "ben", "cleo"):
        world.changes.accept(change, sender=world.wallet(person))
    world.end(running)
    world.escrow.fileClaim(running, [300], [bytes(32)], sender=world.wallet("landlord"))
    with world.reverts("DepositNotParty", running, world.wallet("ben")):
        accept(world, running, "ben")
    accept(world, running, "ann")
    accept(world, running, "cleo")
    assert world.leases.stateOf(running) == CLOSED
