"""One lease from activation to closing, in exact examples.

Branches: opening figures and their split · pay: zero, stranger, too much, to the last unit · refund · each
kind of change: accepted, refused · break fee both ways · plain or not · closing: too early, twice, pots
back, arrears from the deposit, credit set off, collected, left as debt · the landlord's debt.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from commonhold.rules.calendar import day_number as D
from commonhold.rules.codes import Code
from commonhold.rules.ledger import (
    LANDLORD_INDEX,
    Change,
    ChangeKind,
    Closing,
    LeaseLedger,
    LeaseRefused,
    State,
)
from commonhold.rules.rent import ChangeInvalid
from commonhold.rules.shares import Collected, Outgo
from commonhold.rules.terms import LeaseTerms, Opening, RentStep

START, END = D(2027, 1, 1), D(2028, 1, 1)
RENT = 3_100_000
TERMS = LeaseTerms(1, 1, (11,), (10_000,), RENT, 6_200_000, START, END)
JOINT = replace(TERMS, tenants=(11, 12), shares=(6_667, 3_333))
LATE = replace(TERMS, late_fee_rate=10, late_fee_max_days=30)


def active(terms: LeaseTerms = TERMS, today: int = START) -> LeaseLedger:
    return LeaseLedger.activate(terms, today)[0]


def refusal(act: Any) -> tuple[str, tuple[int, ...]]:
    with pytest.raises(LeaseRefused) as caught:
        act()
    return caught.value.error, caught.value.values


def invalid(ledger: LeaseLedger, change: Change, day: int = START) -> tuple[int, int]:
    before = [replace(account) for account in ledger.accounts]
    out = Outgo()
    with pytest.raises(ChangeInvalid) as caught:
        ledger.apply(change, day, out)
    assert (ledger.accounts, out) == (before, {})
    assert caught.value.kind == change.kind
    return caught.value.value, caught.value.bound


# ---------------------------------------------------------------- activation


def test_money_at_activation_is_split_by_shares_and_the_last_takes_the_rest() -> None:
    terms = replace(JOINT, deposit=1_000_001)
    assert LeaseLedger.activate(terms, START)[1].deposits == (666_700, 333_301)


def test_opening_figures_start_the_accounts() -> None:
    opening = Opening(D(2027, 6, 1), paid=1_000_001, arrears=500_000, late_fees=777, prepaid=10)
    ledger = active(replace(JOINT, opening=opening), D(2027, 6, 9))
    figures = [(a.settled, a.pot, a.accrual, a.day) for a in ledger.accounts]
    assert figures == [(666_700, 6, 518 * 10_000, D(2027, 6, 9)), (333_301, 4, 259 * 10_000, D(2027, 6, 9))]
    assert [account.principal for account in ledger.all_touched(D(2027, 6, 9))] == [1_733_420, 866_579]


# ---------------------------------------------------------------- paying


def test_a_payment_goes_to_rent_then_late_fee_then_prepayment() -> None:
    ledger, out = active(LATE), Outgo()
    payment = ledger.pay(11, RENT + 31_000 + 5, D(2027, 1, 11), out)
    assert (payment.paid.principal, payment.paid.late_fees, payment.prepaid) == (RENT, 31_000, 5)
    assert (out, ledger.accounts[0].pot) == ({1: RENT + 31_000}, 5)


def test_a_payment_of_one_unit_too_much_is_refused_with_the_maximum() -> None:
    ledger, most = active(), 12 * RENT
    assert refusal(lambda: ledger.pay(11, most + 1, START, Outgo())) == (
        "LeasePaymentTooLarge",
        (most + 1, most),
    )
    ledger.pay(11, most, START, Outgo())
    assert refusal(lambda: ledger.pay(11, 1, START, Outgo())) == ("LeasePaymentTooLarge", (1, 0))


def test_a_payment_of_nothing_or_for_a_stranger_is_refused() -> None:
    assert refusal(lambda: active().pay(11, 0, START, Outgo())) == ("LeaseAmountZero", ())
    assert refusal(lambda: active().pay(99, 5, START, Outgo())) == ("LeaseTenantUnknown", (99,))


def test_b11_a_payment_of_one_unit_does_not_reset_lateness() -> None:
    one, other = active(LATE), active(LATE)
    for day in range(START + 1, START + 11):
        one.pay(11, 1, day, Outgo())
    fee = one.touched(0, START + 11).late_fees
    assert (
        other.touched(0, START + 11).late_fees - 1 <= fee <= other.touched(0, START + 11).late_fees == 34_100
    )


def test_prepaid_cash_that_fell_due_is_not_refundable() -> None:
    ledger, out = active(), Outgo()
    ledger.pay(11, RENT + 4_000_000, START, out)
    february = D(2027, 2, 1)
    most = 4_000_000 - RENT
    wanted = most + 1
    assert refusal(lambda: ledger.refund(11, wanted, february, Outgo())) == (
        "LeaseRefundTooLarge",
        (wanted, most),
    )
    assert refusal(lambda: ledger.refund(11, 0, february, Outgo())) == ("LeaseAmountZero", ())
    ledger.refund(11, most, february, out)
    assert (out[11], out[1], ledger.accounts[0].pot) == (most, 2 * RENT, 0)


# ---------------------------------------------------------------- changes


def test_a_rent_change_waits_for_a_boundary_that_is_not_due_and_none_other_pending() -> None:
    ledger, kind = active(), ChangeKind.RENT
    march = Change(kind, day=D(2027, 3, 1), amount=4_000_000)
    assert invalid(ledger, replace(march, day=D(2027, 3, 2))) == (D(2027, 3, 2), 1)
    assert invalid(ledger, replace(march, day=START)) == (684, 684)
    assert invalid(ledger, replace(march, day=END)) == (696, 684)
    assert invalid(ledger, replace(march, amount=9_999)) == (9_999, 2**44 - 1)
    ledger.apply(march, START, Outgo())
    assert ledger.schedule.total == 2 * RENT + 10 * 4_000_000
    assert invalid(ledger, replace(march, day=D(2027, 5, 1))) == (688, 686)
    ledger.apply(replace(march, day=D(2027, 5, 1)), D(2027, 3, 1), Outgo())


def test_a_renewal_inside_a_period_must_reach_past_the_next_boundary() -> None:
    ledger = active(replace(TERMS, end_day=D(2027, 12, 16)))
    renewal = Change(ChangeKind.RENEWAL, day=END, amount=6_200_000)
    assert invalid(ledger, renewal) == (END, END)
    ledger.apply(replace(renewal, day=END + 31), START, Outgo())
    # December: 15 days at the old rent, 16 at the new, these due with January
    assert ledger.schedule.total == 11 * RENT + 1_500_000 + 3_200_000 + 6_200_000
    assert ledger.schedule.due(END - 1) == 11 * RENT + 1_500_000


def test_a_holdover_has_its_own_rate_and_state_and_a_renewal_makes_it_active_again() -> None:
    ledger = active()
    assert ledger.state_on(END) == State.ENDED
    ledger.apply(Change(ChangeKind.HOLDOVER, day=D(2028, 2, 1), amount=2 * RENT), END, Outgo())
    assert (ledger.state_on(END), ledger.schedule.total) == (State.HOLDOVER, 14 * RENT)
    ledger.apply(Change(ChangeKind.RENEWAL, day=D(2028, 3, 1), amount=RENT), END, Outgo())
    assert (ledger.state_on(END), ledger.schedule.total) == (State.ACTIVE, 15 * RENT)


def test_a_renewal_agreed_late_charges_no_late_fee_for_the_days_before() -> None:
    ledger, agreed = active(LATE), END + 20
    ledger.accounts[0].settled = 12 * RENT
    ledger.apply(Change(ChangeKind.RENEWAL, day=END + 366, amount=RENT), agreed, Outgo())
    assert ledger.touched(0, agreed).late_fees == 0
    assert ledger.touched(0, agreed + 1).late_fees == RENT // 1_000


def test_an_early_end_drops_the_rents_agreed_for_after_it() -> None:
    ledger = active(replace(TERMS, steps=(RentStep(D(2027, 10, 1), 9_000_000),)))
    end = Change(ChangeKind.END, day=D(2027, 7, 11))
    assert invalid(ledger, replace(end, day=END)) == (END, END)
    assert invalid(ledger, replace(end, day=START - 1)) == (START - 1, START)
    assert invalid(ledger, replace(end, day=START)) == (START, START)
    ledger.apply(end, START, Outgo())
    assert (ledger.state_on(START), ledger.schedule.total) == (State.NOTICE, 6 * RENT + 1_000_000)
    ledger.apply(Change(ChangeKind.RENEWAL, day=END, amount=RENT), START, Outgo())
    assert ledger.schedule.total == 6 * RENT + 1_000_000 + 2_100_000 + 5 * RENT


def test_the_break_fee_goes_from_who_breaks_to_the_other_side() -> None:
    ledger, out = active(JOINT), Outgo()
    change = Change(ChangeKind.END, index=1, day=D(2027, 7, 1), party=12, amount=1_000_001)
    assert ledger.copy().apply(change, START, out) == 1_000_001
    assert out == {1: 1_000_001}
    out = Outgo()
    ledger.apply(replace(change, index=LANDLORD_INDEX, party=1), START, out)
    assert out == {11: 666_700, 12: 333_301}


def test_a_tenant_leaves_with_an_empty_pot_and_hands_over_account_and_debts() -> None:
    ledger, out = active(JOINT), Outgo()
    change = Change(ChangeKind.TENANT, index=1, party=13)
    ledger.pay(12, 2_000_000, START, out)
    pot = 2_000_000 - ledger.touched(1, START).due
    assert invalid(ledger, change) == (pot, 0)
    ledger.refund(12, pot, START, out)
    for party, bound in ((0, 1), (1, 1), (11, 0), (12, 1)):
        assert invalid(ledger, replace(change, party=party)) == (party, bound)
    assert invalid(ledger, replace(change, index=2)) == (2, 2)
    ledger.apply(change, START, out)
    assert (ledger.accounts[1].tenant, ledger.accounts[1].settled) == (13, 2_000_000 - pot)
    assert refusal(lambda: ledger.pay(12, 1, START, Outgo())) == ("LeaseTenantUnknown", (12,))


def test_a_sale_pays_what_was_due_to_the_old_landlord_and_the_rest_to_the_new() -> None:
    ledger, out = active(), Outgo()
    ledger.pay(11, 2 * RENT, START, Outgo())
    for party in (0, 11):
        assert invalid(ledger, Change(ChangeKind.SALE, party=party)) == (party, 0)
    ledger.apply(Change(ChangeKind.SALE, party=7), D(2027, 2, 1), out)
    ledger.pay(11, RENT, D(2027, 3, 1), out)
    assert out == {1: RENT, 7: RENT}


def test_waivers_give_up_what_is_owed_and_never_prepaid_cash() -> None:
    ledger, day = active(LATE), START + 10
    rent = Change(ChangeKind.WAIVE_RENT, amount=RENT)
    fees = Change(ChangeKind.WAIVE_FEES, amount=31_000)
    assert invalid(ledger, replace(rent, amount=RENT + 1), day) == (RENT + 1, RENT)
    assert invalid(ledger, replace(rent, amount=0), day) == (0, RENT)
    assert invalid(ledger, replace(fees, amount=31_001), day) == (31_001, 31_000)
    assert invalid(ledger, replace(fees, index=1), day) == (1, 1)
    ledger.apply(rent, day, Outgo())
    ledger.apply(fees, day, Outgo())
    touched = ledger.touched(0, day + 300)
    assert (touched.settled, touched.pot) == (RENT, 0)
    assert ledger.touched(0, day).late_fees == 0


# ---------------------------------------------------------------- plain


@pytest.mark.parametrize(
    "others",
    [
        {"tenants": (11, 12), "shares": (5_000, 5_000)},
        {"commission": 1, "manager": 2},
        {"interval": 3},
        {"due_offset": 1},
        {"billing_day": 5},
        {"end_day": END - 1},
        {"steps": (RentStep(D(2027, 3, 1), RENT + 1),)},
        {"opening": Opening(START, arrears=1)},
    ],
)
def test_a_lease_with_a_shape_of_its_own_is_not_plain(others: dict[str, Any]) -> None:
    assert active().plain(START)
    assert not active(replace(TERMS, **others)).plain(START)


def test_a_lease_is_plain_until_a_late_fee_may_run_or_a_change_shapes_it() -> None:
    ledger = active(replace(LATE, grace_days=5))
    assert ledger.plain(START + 5) and not ledger.plain(START + 6)
    ledger.accounts[0].pot = RENT
    assert ledger.plain(START + 6)
    ledger.accounts[0].accrual = 9_999
    assert ledger.plain(START + 6)
    ledger.accounts[0].accrual = 10_000
    assert not ledger.plain(START)
    ledger = active()
    ledger.apply(Change(ChangeKind.RENEWAL, day=D(2028, 3, 1), amount=RENT), START, Outgo())
    assert ledger.plain(START) and ledger.schedule.total == 14 * RENT
    ledger.apply(Change(ChangeKind.RENT, day=D(2027, 3, 1), amount=RENT + 1), START, Outgo())
    assert not ledger.plain(START)


# ---------------------------------------------------------------- closing


class Ending:
    """Closes a lease with a landlord's purse and a deposit."""

    def __init__(self, ledger: LeaseLedger, day: int, landlord: int = 0, deposit: int = 0) -> None:
        self.landlord, self.deposit, self.out = landlord, deposit, Outgo()
        self.closing: Closing = ledger.close(day, self.collect, self.take, lambda: self.deposit > 0, self.out)

    def collect(self, items: Sequence[tuple[int, int]]) -> list[Collected]:
        [(party, amount)] = items
        assert party == 1
        if self.landlord < amount:
            return [Collected(Code.NO_FUNDS, 0)]
        self.landlord -= amount
        return [Collected(Code.COLLECTED, amount)]

    def take(self, index: int, amount: int) -> int:
        taken = min(amount, self.deposit)
        self.deposit -= taken
        return taken


def test_a_lease_closes_once_and_not_before_its_end() -> None:
    ledger = active()
    ledger.accounts[0].settled = 12 * RENT
    assert refusal(lambda: Ending(ledger, END - 1)) == ("LeaseStillRunning", (END, END - 1))
    Ending(ledger, END)
    assert refusal(lambda: Ending(ledger, END)) == ("LeaseStateWrong", (int(State.CLOSED),))


def test_closing_takes_arrears_and_fees_from_the_deposit_and_opens_its_review() -> None:
    ledger = active(LATE)
    ledger.accounts[0].settled = 11 * RENT
    ending = Ending(ledger, END, deposit=6_200_000)
    fee = RENT * 30 // 1_000
    assert ending.closing.from_deposit == (RENT, fee)
    assert (ending.out, ending.deposit, ledger.state) == (
        {1: RENT + fee},
        6_200_000 - RENT - fee,
        State.DEPOSIT_REVIEW,
    )
    ledger.finish_closing()
    assert ledger.state == State.CLOSED


def test_what_the_deposit_cannot_pay_stays_payable_and_nothing_more_is_accepted() -> None:
    ledger = active()
    ledger.accounts[0].settled = 10 * RENT
    ending = Ending(ledger, END, deposit=RENT)
    assert ledger.state == State.CLOSED
    wanted = RENT + 1
    assert refusal(lambda: ledger.pay(11, wanted, END, Outgo())) == ("LeasePaymentTooLarge", (wanted, RENT))
    ledger.pay(11, RENT, END + 9_000, ending.out)
    assert ending.out == {1: 2 * RENT}


def test_prepaid_cash_beyond_the_last_rent_goes_back() -> None:
    ledger = active()
    ledger.accounts[0].settled = 11 * RENT
    ledger.accounts[0].pot = RENT + 7
    ending = Ending(ledger, END)
    assert (ending.closing.refunded, ending.out) == ((7,), {1: RENT, 11: 7})


def test_a_single_tenant_with_prepaid_cash_takes_it_out_before_another_comes() -> None:
    ledger = active()
    ledger.pay(11, RENT + 7, START, Outgo())
    assert ledger.accounts[0].pot == 7
    assert invalid(ledger, Change(ChangeKind.TENANT, party=13)) == (7, 0)
    ledger.refund(11, 7, START, Outgo())
    ledger.apply(Change(ChangeKind.TENANT, party=13), START, Outgo())
    assert ledger.accounts[0].tenant == 13


def credited(terms: LeaseTerms = TERMS) -> LeaseLedger:
    """A lease that ends after 11 July with July paid: 20 of 31 days too much."""
    ledger = active(terms)
    ledger.accounts[0].settled = 7 * RENT
    ledger.apply(Change(ChangeKind.END, day=D(2027, 7, 12)), START, Outgo())
    return ledger


def test_rent_beyond_the_end_comes_back_from_the_landlord() -> None:
    ending = Ending(credited(), D(2027, 7, 12), landlord=2_000_000)
    assert ending.closing.credits == ((11, 0, 2_000_000, 0),)
    assert ending.out == {11: 2_000_000}


def test_a_credit_is_set_off_against_late_fees_first() -> None:
    ledger = credited()
    ledger.accounts[0].accrual = 500_000 * 10_000 + 9_999
    ending = Ending(ledger, D(2027, 7, 12), landlord=1_500_000)
    assert ending.closing.credits == ((11, 500_000, 1_500_000, 0),)
    assert ledger.touched(0, D(2027, 7, 12)).late_fees == 0


def test_a_credit_that_late_fees_use_up_asks_the_landlord_for_nothing() -> None:
    ledger = credited()
    ledger.accounts[0].accrual = 2_000_001 * 10_000
    ending = Ending(ledger, D(2027, 7, 12), landlord=5, deposit=3)
    assert ending.closing.credits == ((11, 2_000_000, 0, 0),)
    assert ending.closing.from_deposit == (0, 1)


def test_a_landlord_without_money_owes_the_credit_until_he_pays() -> None:
    ledger = credited()
    ending = Ending(ledger, D(2027, 7, 12))
    assert ending.closing.credits == ((11, 0, 0, 2_000_000),)
    assert refusal(lambda: ledger.pay_landlord_debt(11, 2_000_001)) == (
        "LeasePaymentTooLarge",
        (2_000_001, 2_000_000),
    )
    assert refusal(lambda: ledger.pay_landlord_debt(11, 0)) == ("LeaseAmountZero", ())
    ledger.pay_landlord_debt(11, 1_999_999)
    assert ledger.accounts[0].landlord_debt == 1


def test_only_waivers_change_a_lease_that_is_over() -> None:
    ledger = active()
    Ending(ledger, END)
    change = Change(ChangeKind.RENEWAL, day=END + 99, amount=RENT)
    assert refusal(lambda: ledger.apply(change, END, Outgo())) == ("LeaseStateWrong", (int(State.CLOSED),))
    ledger.apply(Change(ChangeKind.WAIVE_RENT, amount=12 * RENT), END, Outgo())
    assert ledger.touched(0, END).principal == 0
