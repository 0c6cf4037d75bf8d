"""pay: anybody pays for a named tenant.

order ── principal due, oldest first · late fees · prepayment
amount ── zero, more than remains with the fees: refused with the most · all that remains: taken
for whom ── the terms' hash must fit the lease · the tenant must be one of it
prepaid cash that fell due meanwhile is forwarded first
state ── running, ended, in review, closed: debts for ever, no prepayment after the end
"""

import pytest

from tests.contracts.LeaseAgreement.offers import RENT, account, act, give_away, pay, settle
from tests.lease_world import CLOSED, CMT, DEPOSIT_REVIEW, NO_HASH, Gains, World


def test_a_payment_goes_to_rent_then_late_fees_then_prepayment(world: World, late: int):
    world.pass_days(25)
    fee = RENT * 20 // 100
    gains = Gains(world)
    for amount, expected in (
        (RENT - 1, (RENT - 1, 0, fee)),
        (1, (RENT, 0, fee)),
        (fee - 1, (RENT, 0, 1)),
        (11, (RENT, 10, 0)),
    ):
        pay(world, late, amount)
        assert account(world, late)[3:] == expected
    assert gains.of("ann", "landlord") == (-RENT - fee - 10, RENT + fee)
    assert world.leases.held() == world.token.balanceOf(world.leases) == 10


def test_the_receipt_names_payer_beneficiary_and_parts(world: World, late: int):
    world.pass_days(25)
    pay(world, late, RENT + RENT * 20 // 100 + 5, payer="ben")
    (event,) = world.events("RentPaid")
    told = {
        "lease": late, "tenant": world.party["ann"], "payer": world.wallet("ben"),
        "principal": RENT, "lateFees": RENT * 20 // 100, "prepaid": 5,
    }  # fmt: skip
    assert {name: event[name] for name in event if name not in ("event", "address")} == told


def test_somebody_elses_payment_belongs_to_the_named_tenant(world: World, joint: int):
    gains = Gains(world)
    pay(world, joint, 700 * CMT, tenant="ben", payer="cleo")
    assert account(world, joint, 1)[3:5] == (400 * CMT, 300 * CMT)
    assert account(world, joint, 0)[3:5] == (0, 0)
    assert gains.of("cleo", "ann", "ben", "landlord") == (-700 * CMT, 0, 0, 400 * CMT)
    with world.reverts("LeaseRefundTooLarge", joint, 1, 0):
        act(world, "refund", joint, 1, sender="ann")


def test_an_old_fee_never_makes_a_punctual_payer_late(world: World, late: int):
    world.pass_days(25)
    pay(world, late, RENT)
    world.revoke_mandate("ann")
    world.to_day(world.month_start(1))
    world.token.approve(world.leases, RENT, sender=world.wallet("ann"))
    pay(world, late, RENT)
    world.pass_days(15)
    assert account(world, late)[2:] == (2 * RENT, 2 * RENT, 0, RENT * 20 // 100)


def test_no_fee_on_fees(world: World, late: int):
    world.pass_days(25)
    pay(world, late, RENT)
    before = account(world, late)[5]
    world.pass_days(3)
    assert account(world, late)[5] == before == RENT * 20 // 100


def test_m9_at_most_what_remains_to_the_end(world: World, lease: int):
    with world.reverts("LeasePaymentTooLarge", lease, 12 * RENT + 1, 12 * RENT):
        pay(world, lease, 12 * RENT + 1)
    pay(world, lease, 12 * RENT)
    with world.reverts("LeasePaymentTooLarge", lease, 1, 0):
        pay(world, lease, 1)


def test_the_most_counts_the_late_fees_and_the_prepaid_cash(world: World, late: int):
    world.pass_days(25)
    most = 12 * RENT + RENT * 20 // 100
    pay(world, late, 2 * RENT)
    with world.reverts("LeasePaymentTooLarge", late, most - 2 * RENT + 1, most - 2 * RENT):
        pay(world, late, most - 2 * RENT + 1)
    pay(world, late, most - 2 * RENT)
    world.to_day(world.month_start(12))
    settle(world, late)
    assert world.leases.held() == 0


def test_nothing_is_not_a_payment(world: World, lease: int):
    with world.reverts("LeaseAmountZero"):
        pay(world, lease, 0)


def test_the_payer_must_say_what_he_thinks_he_pays(world: World, lease: int, joint: int):
    for terms_hash in (NO_HASH, world.terms_hash[joint]):
        with world.reverts("LeaseTermsMismatch", lease, terms_hash):
            act(world, "pay", lease, world.party["ann"], RENT, terms_hash, sender="ann")


def test_only_for_a_tenant_of_the_lease(world: World, lease: int, joint: int):
    for each, person in ((lease, "ben"), (joint, "cleo"), (joint, "landlord")):
        with world.reverts("LeaseTenantUnknown", each, world.party[person]):
            pay(world, each, RENT, tenant=person)


def test_only_for_a_lease(world: World, lease: int):
    with world.reverts("LeaseUnknown", 99):
        act(world, "pay", 99, world.party["ann"], RENT, NO_HASH, sender="ann")


def test_without_mandate_the_approval_counts(world: World, lease: int):
    world.revoke_mandate("ann")
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, RENT):
        pay(world, lease, RENT)
    world.token.approve(world.leases, RENT, sender=world.wallet("ann"))
    pay(world, lease, RENT)
    assert account(world, lease)[3] == RENT
    assert world.token.allowance(world.wallet("ann"), world.leases) == 0


def test_an_empty_wallet_pays_nothing(world: World, lease: int):
    give_away(world, "ann", RENT - 1)
    world.token.approve(world.leases, RENT, sender=world.wallet("ann"))
    with world.reverts("ERC20InsufficientBalance", world.wallet("ann"), RENT - 1, RENT):
        pay(world, lease, RENT)
    assert account(world, lease)[3] == 0


def test_prepaid_cash_that_fell_due_goes_out_with_a_smaller_payment(world: World, lease: int):
    pay(world, lease, 3 * RENT)
    world.to_day(world.month_start(2))
    gains = Gains(world)
    pay(world, lease, 7)
    assert gains.of("ann", "landlord") == (-7, 2 * RENT)
    assert account(world, lease)[2:5] == (3 * RENT, 3 * RENT, 7)
    assert world.leases.held() == world.token.balanceOf(world.leases) == 7


def test_t8_what_the_landlord_cannot_receive_waits_for_him(world: World, lease: int):
    world.start_recovery("landlord")
    pay(world, lease, RENT + 5)
    assert world.leases.owed(world.party["landlord"]) == RENT
    assert world.leases.held() == world.token.balanceOf(world.leases) == RENT + 5


@pytest.mark.parametrize("deposit", [0, 3])
def test_debts_of_an_ended_lease_are_payable_for_ever(world: World, deposit: int):
    lease = world.activate(
        "ann", deposit=deposit, endDay=world.month_start(1), lateFeeRate=100, lateFeeMaxDays=10
    )
    world.revoke_mandate("ann")
    world.to_day(world.month_start(1))
    act(world, "close", lease, sender="landlord")
    assert world.leases.stateOf(lease) == CLOSED
    world.pass_days(1_000)
    due = RENT - deposit
    fees = account(world, lease)[5]
    assert fees > 0
    with world.reverts("LeasePaymentTooLarge", lease, due + fees + 1, due + fees):
        pay(world, lease, due + fees + 1, payer="ben")
    gains = Gains(world)
    pay(world, lease, due + fees, payer="ben")
    assert gains.of("ben", "landlord") == (-due - fees, due + fees)
    assert account(world, lease)[2:] == (RENT, RENT, 0, 0)


def test_no_prepayment_in_review(world: World):
    lease = world.activate("ann", endDay=world.month_start(1))
    world.end(lease)
    assert world.leases.stateOf(lease) == DEPOSIT_REVIEW
    with world.reverts("LeasePaymentTooLarge", lease, 1, 0):
        pay(world, lease, 1)


def test_a5_a_pause_stops_no_payment(world: World, lease: int):
    world.pause(20)
    pay(world, lease, RENT)
    assert account(world, lease)[3] == RENT
