"""activate: the money that comes with a lease, leases taken over, and when none begins.

money ── mandate, allowance, permit, permit already used: pulled · none: refused · fees to their payees,
  kept if they cannot be delivered
taken over ── opening figures, deposit and prepayment from the submitter
stopped ── paused, retired: refused
"""

from tests.contracts.LeaseAgreement.offers import (
    RENT,
    account,
    as_admin,
    changed,
    permit,
    signed,
    submit,
    walletless,
)
from tests.lease_world import (
    CMT,
    NO_HASH,
    Gains,
    World,
    field,
)

# ---------------------------------------------------------------- the first money


def test_without_mandate_and_allowance_nothing_begins(world: World):
    world.revoke_mandate("ben")
    terms = world.terms(["ann", "ben"])
    gains = Gains(world)
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, 1_000 * CMT):
        submit(world, terms, signed(world, terms, "landlord", "ann", "ben"))
    assert gains.of("ann") == 0
    assert world.leases.leaseCount() == 0
    assert world.leases.leaseOf(world.leases.hashTerms(terms)) == 0


def test_the_deposit_comes_by_permit(world: World):
    world.revoke_mandate("ann")
    terms = world.terms(["ann"])
    paper = permit(world, "ann", 2_000 * CMT, terms[30])
    lease = submit(world, terms, signed(world, terms, "landlord", "ann"), permits=[paper])
    assert world.escrow.depositOf(lease) == 2_000 * CMT
    assert world.token.nonces(world.wallet("ann")) == 1


def test_s11_a_permit_that_somebody_submitted_first_does_no_harm(world: World):
    world.revoke_mandate("ann")
    terms = world.terms(["ann"])
    paper = permit(world, "ann", 2_000 * CMT, terms[30])
    owner, spender = world.wallet("ann"), world.leases.address
    world.token.permit(owner, spender, *paper, sender=world.wallet("stranger"))
    lease = submit(world, terms, signed(world, terms, "landlord", "ann"), permits=[paper])
    assert world.escrow.depositOf(lease) == 2_000 * CMT


def test_s11_a_false_permit_brings_nothing(world: World):
    world.revoke_mandate("ann")
    terms = world.terms(["ann"])
    paper = permit(world, "ben", 2_000 * CMT, terms[30])
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, 2_000 * CMT):
        submit(world, terms, signed(world, terms, "landlord", "ann"), permits=[paper])


def test_one_off_fees_go_to_their_payees_by_the_tenants_shares(world: World):
    gains = Gains(world)
    fees = [
        (world.party["arbiter"], 100, NO_HASH),
        (world.party["landlord"], 50, NO_HASH),
        (world.party["arbiter"], 1, NO_HASH),
    ]
    world.activate("ann", "ben", shares=[3_333, 6_667], deposit=0, fees=fees)
    told = [(event["lease"], event["payee"], event["amount"]) for event in world.events("OneOffFeePaid")]
    assert told == [(1, payee, amount) for payee, amount, _ in fees]
    assert gains.of("arbiter", "landlord") == (101, 50)
    assert gains.of("ann", "ben") == (-50, -101)  # ⌊151 × 0.3333⌋ and the rest
    assert world.leases.held() == world.token.balanceOf(world.leases) == 0


def test_t8_a_fee_whose_payee_has_no_wallet_waits_for_him(world: World):
    party = walletless(world, "the agency")
    world.activate("ann", fees=[(party, 77, NO_HASH)])
    assert world.events("ShareHeld")[0]["amount"] == 77
    assert (world.leases.owed(party), world.leases.held()) == (77, 77)
    assert world.token.balanceOf(world.leases) == 77


def test_rent_due_before_the_first_day_is_due_at_once_and_late_only_from_now(world: World):
    lease = world.activate(
        "ann", startDay=world.today + 5, dueOffset=-20, lateFeeRate=100, lateFeeMaxDays=30, graceDays=0
    )
    assert account(world, lease)[2] == RENT
    assert account(world, lease)[5] == 0
    world.pass_days(1)
    assert account(world, lease)[5] == RENT // 100


# ---------------------------------------------------------------- taken over while running


def test_a_lease_taken_over_begins_with_the_signed_figures(world: World):
    start = world.month_start(-5)
    day = world.month_start(-1)
    opening = (day, 300 * CMT, 70 * CMT, 9 * CMT, 40 * CMT)
    terms = changed(
        world.terms(["ann"]), startDay=start, endDay=world.month_start(7), opening=opening, deposit=500
    )
    gains = Gains(world)
    lease = submit(world, terms, signed(world, terms, "landlord", "ann"), sender="landlord")
    # two months and the old arrears are due, 300 are paid, 40 lie ready
    assert account(world, lease)[2:] == (2 * RENT + 70 * CMT, 300 * CMT, 40 * CMT, 9 * CMT)
    assert gains.of("landlord", "ann") == (-40 * CMT - 500, 0)
    assert world.leases.held() == 40 * CMT
    assert world.escrow.depositOf(lease) == 500
    assert world.leases.termsOf(lease)[3] == start


def test_who_takes_over_must_bring_the_money(world: World):
    opening = (world.today, 0, 0, 0, 40 * CMT)
    terms = changed(world.terms(["ann"]), startDay=world.month_start(-5), opening=opening, deposit=0)
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, 40 * CMT):
        submit(world, terms, signed(world, terms, "landlord", "ann"))


def test_m3_a_lease_that_has_ended_is_not_taken_over(world: World):
    terms = changed(
        world.terms(["ann"]),
        startDay=world.month_start(-5),
        endDay=world.today,
        opening=(world.month_start(-1), 0, 0, 0, 0),
    )
    with world.reverts("LeaseTermsInvalid", field("endDay"), world.today, world.today + 1):
        submit(world, terms, signed(world, terms, "landlord", "ann"))


# ---------------------------------------------------------------- stopped


def test_a5_nothing_new_begins_while_paused(world: World):
    terms = changed(
        world.terms(["ann"]),
        deadline=world.backend.time() + 10 * 86_400,
        startDay=world.today + 10,
        endDay=world.today + 50,
    )
    world.pause(2)
    until = world.leases.pausedUntil()
    with world.reverts("LeasePaused", until):
        submit(world, terms, signed(world, terms, "landlord", "ann"))
    world.backend.next_block_at(until)
    assert submit(world, terms, signed(world, terms, "landlord", "ann")) == 1


def test_a_retired_contract_begins_nothing_new(world: World, lease: int):
    as_admin(world, world.leases, "retire")
    assert world.leases.retired()
    terms = world.terms(["ben"])
    with world.reverts("LeaseContractRetired"):
        submit(world, terms, signed(world, terms, "landlord", "ben"))
