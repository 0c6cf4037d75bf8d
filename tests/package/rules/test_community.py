"""A community replayed by the twin.

Branches: activation new and taken over, refused for lack of money · batch order: plain leases last,
together · a repeated id · unknown, closed, too many · preview · undelivered shares and their withdrawal ·
closing with deposit and review · refusals take everything back · random lives keep every sum.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from commonhold.rules.calendar import day_number as D
from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.community import ESCROW, LEASES, MAX_BATCH, Community, Result
from commonhold.rules.ledger import Change, ChangeKind, LeaseRefused, State
from commonhold.rules.mandates import Mandate, MoneyRefused
from commonhold.rules.rent import ChangeInvalid
from commonhold.rules.terms import LeaseTerms, OneOffFee, Opening

START, END = D(2027, 1, 1), D(2028, 1, 1)
RENT, DEPOSIT = 1_000_000, 2_000_000
LANDLORD, AGENT, ANNA, BERT = 1, 3, 11, 12
HOME = LeaseTerms(1, LANDLORD, (ANNA,), (10_000,), RENT, DEPOSIT, START, END)
PARKING = replace(HOME, unit=2, deposit=0, billing_day=15, rent=100_000)


def community(anna: int = 100_000_000) -> Community:
    village = Community()
    for party, amount in ((ANNA, anna), (BERT, 100_000_000)):
        village.money.mint(party, amount)
        village.money.set_mandate(party, Mandate(50_000_000, 1, month_of(END)))
    return village


def refused(act: Callable[[], object]) -> tuple[str, tuple[int, ...]]:
    with pytest.raises((LeaseRefused, MoneyRefused)) as caught:
        act()
    return caught.value.error, caught.value.values  # type: ignore[attr-defined]


def test_activation_moves_deposit_and_one_off_fees() -> None:
    village = community()
    terms = replace(HOME, fees=(OneOffFee(AGENT, 300_000, bytes(32)), OneOffFee(LANDLORD, 5, bytes(32))))
    assert village.activate(terms, START) == 1
    money = village.money
    assert (money.balance(ESCROW), money.balance(LEASES)) == (DEPOSIT, 0)
    assert (money.balance(AGENT), money.balance(LANDLORD)) == (300_000, 5)
    assert village.deposits.deposit(1).parts == [DEPOSIT]


def test_a_lease_taken_over_takes_deposit_and_prepayment_from_who_submits_it() -> None:
    village = community()
    village.money.mint(AGENT, 3_000_000)
    village.money.purse(AGENT).allowance = 3_000_000
    opening = Opening(START, paid=0, arrears=50, late_fees=7, prepaid=400_000)
    village.activate(replace(HOME, start_day=D(2026, 1, 1), opening=opening), START + 3, submitter=AGENT)
    assert (village.money.balance(AGENT), village.money.balance(ANNA)) == (600_000, 100_000_000)
    assert village.held == village.money.balance(LEASES) == 400_000
    taken = replace(village.money.purse(AGENT))
    again = replace(HOME, start_day=D(2026, 1, 1), opening=opening, deposit=500_000)
    error, _ = refused(lambda: village.activate(again, START + 3, submitter=AGENT))
    assert error == "ERC20InsufficientAllowance"
    assert village.money.purse(AGENT) == taken


def test_a_tenant_without_the_deposit_gets_no_lease_and_loses_nothing() -> None:
    village = community(anna=DEPOSIT - 1)
    joint = replace(HOME, tenants=(BERT, ANNA), shares=(100, 9_900), deposit=3 * DEPOSIT)
    assert refused(lambda: village.activate(joint, START))[0] == "ERC20InsufficientBalance"
    assert (village.money.balance(BERT), village.money.purse(BERT).spent, village.leases) == (
        100_000_000,
        0,
        {},
    )


def test_a_batch_settles_shaped_leases_before_the_plain_ones() -> None:
    """One wallet, money for one of two leases: the one with the stub is asked first."""
    village = community()
    home, parking = village.activate(HOME, START), village.activate(PARKING, START)
    village.money.transfer(ANNA, BERT, village.money.balance(ANNA) - RENT)
    stub = 100_000 * 14 // 31
    results = village.settle([home, parking], START)
    assert results == [Result(home, Code.NO_FUNDS, 0), Result(parking, Code.COLLECTED, stub)]
    assert village.last_lines[home].lines[0][1:] == (Code.NO_FUNDS, 0)


def test_b4_an_id_that_appears_twice_collects_once() -> None:
    village = community()
    home = village.activate(HOME, START)
    expected = [Result(home, Code.COLLECTED, RENT), Result(home, Code.NOTHING_DUE, 0)]
    assert village.settle([home, home], START) == expected
    village.money.transfer(ANNA, BERT, village.money.balance(ANNA))
    parking = village.activate(replace(PARKING, start_day=START, commission=1, manager=2), START)
    answers = village.settle([home, parking, home, parking], D(2027, 2, 1))
    assert [r.code for r in answers] == [Code.NO_FUNDS, Code.NO_FUNDS, Code.NOTHING_DUE, Code.NOTHING_DUE]


def test_b5_unknown_and_closed_leases_are_answered_not_refused() -> None:
    village = community()
    home = village.activate(HOME, START)
    village.leases[home].state = State.CLOSED
    answers = [(r.code, r.amount) for r in village.settle([0, home, 7], START)]
    assert answers == [(Code.UNKNOWN, 0), (Code.NOT_ACTIVE, 0), (Code.UNKNOWN, 0)]


def test_b6_an_empty_batch_does_nothing_and_one_too_large_is_refused() -> None:
    village = community()
    assert village.settle([], START) == []
    ids = [1] * (MAX_BATCH + 1)
    assert refused(lambda: village.settle(ids, START)) == ("LeaseBatchTooLarge", (MAX_BATCH + 1, MAX_BATCH))


def test_a_preview_answers_the_same_and_changes_nothing() -> None:
    village = community()
    leases = [village.activate(terms, START) for terms in (HOME, PARKING)]
    before = {holder: replace(purse) for holder, purse in village.money.purses.items()}
    preview = village.preview_settle(leases, START)
    assert village.money.purses == before
    assert preview == village.settle(leases, START)


def test_prepaid_cash_and_mandate_pay_a_plain_lease_together() -> None:
    village = community()
    home = village.activate(HOME, START)
    village.pay(home, ANNA, RENT + 400_000, START, payer=BERT)
    assert village.held == 400_000
    assert village.settle([home], D(2027, 2, 1)) == [Result(home, Code.COLLECTED, RENT)]
    assert (village.held, village.received) == (0, {LANDLORD: 2 * RENT})


def test_a_share_that_cannot_be_delivered_waits_and_goes_out_later() -> None:
    village = community()
    home = village.activate(HOME, START)
    village.money.purse(LANDLORD).reachable = False
    village.settle([home], START)
    assert (village.owed, village.held, village.money.balance(LEASES)) == ({LANDLORD: RENT}, RENT, RENT)
    village.withdraw_owed(LANDLORD)
    assert village.owed == {LANDLORD: RENT}
    village.money.purse(LANDLORD).reachable = True
    assert village.withdraw_owed(LANDLORD) == RENT
    assert (village.owed, village.money.balance(LANDLORD)) == ({}, RENT)
    assert refused(lambda: village.withdraw_owed(LANDLORD)) == ("LeaseNothingOwed", (LANDLORD,))


def test_a_payment_that_the_token_refuses_leaves_the_lease_as_it_was() -> None:
    village = community(anna=DEPOSIT)
    home = village.activate(HOME, START)
    assert refused(lambda: village.pay(home, ANNA, RENT, START))[0] == "ERC20InsufficientBalance"
    assert village.figures(home, START)[0].settled == 0
    end = Change(ChangeKind.END, day=END - 30, party=ANNA, amount=5)
    assert refused(lambda: village.apply(home, end, START))[0] == "ERC20InsufficientBalance"
    assert village.lease(home).schedule.end_day == END
    assert refused(lambda: village.lease(99)) == ("LeaseUnknown", (99,))


def test_closing_takes_arrears_from_the_deposit_and_the_review_pays_the_rest() -> None:
    village = community()
    home = village.activate(HOME, START)
    village.settle([home], D(2027, 11, 30))
    closing = village.close(home, END)
    assert closing.from_deposit == (RENT, 0)
    assert (village.money.balance(ESCROW), village.lease(home).state) == (
        DEPOSIT - RENT,
        State.DEPOSIT_REVIEW,
    )
    village.file_claim(home, [300_000], END + 1)
    village.make_offer(home, ANNA, 100_000, END + 2)
    assert village.lease(home).state == State.CLOSED  # no arbiter: the difference is split
    assert village.money.balance(LANDLORD) == 12 * RENT + 200_000
    assert village.money.balance(ESCROW) == village.money.balance(LEASES) == 0


def test_a_claim_is_accepted_awarded_offered_or_times_out() -> None:
    for way, to_landlord in (("accept", 300_000), ("award", 250_000), ("offer", 100_000), ("silence", 0)):
        village = community()
        home = village.activate(replace(HOME, arbiter=5), START)
        village.settle([home], END)
        village.close(home, END)
        if way != "silence":
            village.file_claim(home, [300_000], END)
        if way == "accept":
            village.accept_claim(home, ANNA, END)
        elif way != "silence":
            village.make_offer(home, ANNA, 100_000, END)
        if way == "award":
            village.award(home, 250_000, END)
        elif way == "offer":
            village.accept_offer(home)
        elif way == "silence":
            village.money.purse(ANNA).reachable = False
            village.finalise(home, END + 15)
            assert village.deposits.owed == {ANNA: DEPOSIT}
        assert village.money.balance(LANDLORD) == 12 * RENT + to_landlord


def test_the_landlords_debt_of_an_early_end_is_paid_to_the_tenant() -> None:
    village = community()
    home = village.activate(replace(HOME, deposit=0), START)
    village.settle([home], START)
    village.apply(home, Change(ChangeKind.END, day=START + 16), START)
    village.money.revoke_mandate(LANDLORD)
    village.close(home, START + 16)
    debt = village.lease(home).accounts[0].landlord_debt
    assert debt == RENT - RENT * 16 // 31
    before = village.money.balance(ANNA)
    village.pay_landlord_debt(home, ANNA, debt, START + 20, payer=BERT)
    assert (village.money.balance(ANNA) - before, village.lease(home).accounts[0].landlord_debt) == (debt, 0)


@pytest.mark.parametrize("seed", range(12))
def test_random_lives_keep_every_sum_and_pay_everybody_out(seed: int) -> None:
    """No unit appears or disappears; what the contract holds is what it owes; at the end it holds nothing."""
    rng, village = Random(seed), community()
    for _ in range(4):
        shares = rng.choice(((10_000,), (6_667, 3_333)))
        terms = replace(
            rng.choice((HOME, PARKING)),
            tenants=(ANNA, BERT)[: len(shares)],
            shares=shares,
            late_fee_rate=rng.randint(0, 50),
            late_fee_max_days=40,
            manager=2,
            commission=rng.choice((0, 777)),
            interval=rng.choice((1, 3)),
        )
        village.activate(terms, START)
    all_money, day = village.money.total(), START
    while day < END:
        day += rng.randint(0, 25)
        lease = rng.randint(1, 4)
        try:
            if rng.random() < 0.4:
                village.settle([1, 2, 3, 4], day)
            elif rng.random() < 0.6:
                village.pay(lease, rng.choice((ANNA, BERT)), rng.randint(1, 3 * RENT), day, payer=BERT)
            elif rng.random() < 0.5:
                village.refund(lease, ANNA, rng.randint(1, RENT), day)
            else:
                village.apply(lease, Change(ChangeKind.END, day=day + rng.randint(0, 90)), day)
        except (LeaseRefused, MoneyRefused, ChangeInvalid):
            pass
        assert village.money.total() == all_money
        assert village.money.balance(LEASES) == village.held
    for lease in range(1, 5):
        village.close(lease, END)
        if village.lease(lease).state == State.DEPOSIT_REVIEW:
            village.finalise(lease, END + 15)
    assert village.money.balance(LEASES) == village.money.balance(ESCROW) == village.held == 0
    assert {ledger.state for ledger in village.leases.values()} == {State.CLOSED}
    assert village.money.total() == all_money
