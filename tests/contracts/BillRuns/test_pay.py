"""pay, payWithAuthorization: an issued bill, in whole or in part, by anybody.

pay
├── unknown key, amount 0, another party than owes it ── refused
├── beyond what is owed and not in dispute ── refused, with the most
├── up to the last day in time ── no late fee; the outcome is in time
├── later ── principal first, then the late fee of the days so far; the outcome is late
│   ├── simple: unpaid principal × rate × days after grace, for at most so many days, rounded down
│   ├── a part paid before ── the rest alone goes on
│   └── the fee alone is left ── it stays as it is, the bill stays open
└── one outcome a bill, when the last of its principal is paid
payWithAuthorization ── the same with the payer's ERC-3009 signature
"""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonhold.rules.billbook import IssuedBill
from commonhold.rules.calendar import month_of
from tests.bill_world import CMT, GRACE, HEAT, MOST_DAYS, RATE, BillWorld
from tests.evm import reverts
from tests.suite import FAR, typed_digest


def test_in_time_a_bill_costs_its_amount(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    due = world.standing(key)["due_day"]
    world.to_day(due + GRACE)
    world.bills.pay(key, world.ann.party, 100 * CMT, sender=world.ben)
    assert world.event("BillPaid") == {
        "key": key, "party": world.ann.party, "payer": world.ben.wallet,
        "principal": 100 * CMT, "lateFees": 0,
    }  # fmt: skip
    assert world.outcomes() == [("on time", month_of(due), world.ann.party)]
    assert (world.balance(world.works), world.balance(world.bills)) == (100 * CMT, 0)
    assert world.standing(key)["open"] == 0


def test_a_day_later_it_costs_a_days_late_fee(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    due = world.standing(key)["due_day"]
    world.to_day(due + GRACE + 1)
    fee = 100 * CMT * RATE // 10_000
    assert world.standing(key)["late_fees"] == fee
    with reverts("BillPaymentTooLarge", key, 100 * CMT + fee + 1, 100 * CMT + fee):
        world.bills.pay(key, world.ann.party, 100 * CMT + fee + 1, sender=world.ann)
    world.bills.pay(key, world.ann.party, 100 * CMT + fee, sender=world.ann)
    assert world.outcomes() == [("late", key, world.ann.party, due, world.today, False)]
    paid = world.event("BillPaid")
    assert (paid["principal"], paid["lateFees"]) == (100 * CMT, fee)
    assert world.balance(world.works) == 100 * CMT + fee


def test_the_late_fee_stops_after_its_days(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    fees = []
    for days in (MOST_DAYS - 1, MOST_DAYS, MOST_DAYS + 1, 1_000):
        world.to_day(world.standing(key)["last_on_time"] + days)
        fees.append(world.standing(key)["late_fees"])
    daily = 100 * CMT * RATE // 10_000
    assert fees == [(MOST_DAYS - 1) * daily, MOST_DAYS * daily, MOST_DAYS * daily, MOST_DAYS * daily]


def test_B11_one_unit_stops_neither_the_fee_nor_the_lateness(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    world.bills.pay(key, world.ann.party, 1, sender=world.ann)
    assert world.outcomes() == []
    due, last = (world.standing(key)[name] for name in ("due_day", "last_on_time"))
    world.to_day(last + 10)
    fee = (100 * CMT - 1) * RATE * 10 // 10_000
    assert world.standing(key)["late_fees"] == fee
    world.bills.pay(key, world.ann.party, 100 * CMT - 1, sender=world.ann)
    assert world.outcomes() == [("late", key, world.ann.party, due, world.today, False)]
    assert world.bills.openBills(1, world.ann.party) == 1  # the fee is left
    world.to_day(last + 50)
    assert world.standing(key)["late_fees"] == fee
    world.bills.pay(key, world.ann.party, fee, sender=world.ann)
    assert world.outcomes() == []
    assert world.bills.openBills(1, world.ann.party) == 0


def test_a_late_fee_bears_no_commission(world: BillWorld) -> None:
    key = world.issued(100 * CMT, category=HEAT)
    world.to_day(world.standing(key)["last_on_time"] + 2)
    fee = 2 * 100 * CMT * RATE // 10_000
    world.bills.pay(key, world.ann.party, 100 * CMT + fee, sender=world.ann)
    assert (world.balance(world.works), world.balance(world.fund)) == (10 * CMT, 90 * CMT + fee)


def test_refused_payments(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    with reverts("BillUnknown", key + 1):
        world.bills.pay(key + 1, world.ann.party, 1, sender=world.ann)
    with reverts("BillAmountZero"):
        world.bills.pay(key, world.ann.party, 0, sender=world.ann)
    with reverts("BillPartyMismatch", key, world.ben.party, world.ann.party):
        world.bills.pay(key, world.ben.party, 1, sender=world.ann)
    with reverts("BillPaymentTooLarge", key, 2**255, 100 * CMT):
        world.bills.pay(key, world.ann.party, 2**255, sender=world.ann)


def test_R2_the_largest_bill_there_can_be_overflows_nothing(world: BillWorld) -> None:
    most = 2**64 - 1
    world.set_category(7, lateFeeRate=2**16 - 1, lateFeeMaxDays=400)
    key = world.issued(most)
    world.suite.fund(world.ben, 2**78)
    world.to_day(world.standing(key)["last_on_time"] + 400)
    fee = most * (2**16 - 1) * 400 // 10_000
    assert world.standing(key)["late_fees"] == fee
    world.bills.pay(key, world.ann.party, most + fee, sender=world.ben)
    assert world.event("BillPaid")["lateFees"] == fee


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amount=st.integers(1, 10_000 * CMT),
    acts=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 100)), max_size=5),
)
def test_payments_at_any_time_are_booked_as_the_twin_says(
    world: BillWorld, amount: int, acts: list[tuple[int, int]]
) -> None:
    chain = world.chain
    mark, start = chain.evm.snapshot(), chain.timestamp
    run = world.run([(world.ann, amount)])
    key = world.issue(run, world.ann)
    world.suite.fund(world.ann, 100_000 * CMT)
    twin = IssuedBill.issue(key, run.terms, world.ann.party, amount, world.today)
    for days, percent in acts:
        world.pass_days(days)
        twin = twin.at(world.today)
        sum_ = max(1, twin.payable * percent // 100)
        if twin.payable == 0:
            break
        paid = twin.pay(sum_, world.today)
        world.bills.pay(key, world.ann.party, sum_, sender=world.ann)
        event = world.event("BillPaid")
        assert (event["principal"], event["lateFees"]) == paid
        standing = world.standing(key)
        assert (standing["open"], standing["late_fees"]) == (twin.open, twin.late_fees)
        assert world.bills.openBills(1, world.ann.party) == twin.owing
    chain.evm.revert(mark)
    chain.warp(start)


# ---------------------------------------------------------------- payWithAuthorization

RECEIVE = (
    "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
    "bytes32 nonce)"
)


def authorised(world: BillWorld, key: int, amount: int, signed_for: int = 0) -> tuple[Any, ...]:
    """The arguments of payWithAuthorization, signed by Ben for Ann's bill."""
    salt = keccak(text="one")
    nonce = keccak(encode(["uint256", "uint32", "bytes32"], [signed_for or key, world.ann.party, salt]))
    struct = keccak(
        encode(
            ["bytes32", "address", "address", "uint256", "uint256", "uint256", "bytes32"],
            [keccak(text=RECEIVE), world.ben.wallet, world.bills.address, amount, 0, FAR, nonce],
        )
    )
    signature = world.ben.sign(typed_digest("Community Token", world.token, struct))
    return key, world.ann.party, amount, world.ben.wallet, 0, FAR, salt, signature


def test_a_signature_pays_and_whoever_brings_it_pays_nothing(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    world.bills.payWithAuthorization(*authorised(world, key, 40 * CMT), sender=world.stranger)
    assert world.event("BillPaid")["payer"] == world.ben.wallet
    assert world.balance(world.works) == 40 * CMT
    assert world.balance(world.bills) == 0


def test_S1_a_signature_pays_once_and_only_its_bill(world: BillWorld) -> None:
    key = world.issued(100 * CMT)
    with reverts("TokenSignatureInvalid", world.ben.wallet):
        world.bills.payWithAuthorization(*authorised(world, key, CMT, key + 1), sender=world.stranger)
    arguments = authorised(world, key, CMT)
    world.bills.payWithAuthorization(*arguments, sender=world.stranger)
    with reverts("TokenAuthorizationUsed", ...):
        world.bills.payWithAuthorization(*arguments, sender=world.stranger)
    with reverts("BillAmountZero"):
        world.bills.payWithAuthorization(*authorised(world, key, 0), sender=world.stranger)


@pytest.mark.parametrize("amount", [1, 100 * CMT])
def test_an_authorised_payment_reports_like_any_other(world: BillWorld, amount: int) -> None:
    key = world.issued(amount)
    world.bills.payWithAuthorization(*authorised(world, key, amount), sender=world.stranger)
    assert world.outcomes() == [("on time", month_of(world.standing(key)["due_day"]), world.ann.party)]
