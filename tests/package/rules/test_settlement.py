"""The codes of a settlement.

Branches: nothing due · pot alone · all collected · rent partial, refused · fee refused after the rent, fee
alone refused, fee alone partial · joint: all, none, some, covered by another, covered in part · not active
· a second time.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from commonhold.rules.calendar import day_number as D
from commonhold.rules.codes import Code
from commonhold.rules.ledger import Change, ChangeKind, LeaseLedger, State
from commonhold.rules.settlement import Line, Settlement
from commonhold.rules.shares import Collected, Outgo
from commonhold.rules.terms import LeaseTerms

START = D(2027, 1, 1)
TERMS = LeaseTerms(
    1,
    1,
    (11,),
    (10_000,),
    1_000_000,
    0,
    START,
    D(2028, 1, 1),
    late_fee_rate=10,
    late_fee_max_days=30,
    manager=2,
    commission=500,
)
JOINT = replace(TERMS, tenants=(11, 12), shares=(6_000, 4_000))
FIVE_LATE = D(2027, 1, 6)  # five days late: a fee of 0.5 % of the rent


class Purses:
    """What each tenant's mandate still gives, in part or not."""

    def __init__(self, partial: bool = False, **left: int) -> None:
        self.left = {int(name[1:]): amount for name, amount in left.items()}
        self.partial = partial
        self.asked: list[tuple[int, int]] = []

    def __call__(self, items: Sequence[tuple[int, int]]) -> list[Collected]:
        return [self.take(party, amount) for party, amount in items]

    def take(self, party: int, amount: int) -> Collected:
        if not amount:
            return Collected(Code.NONE, 0)
        self.asked.append((party, amount))
        has = self.left.get(party, 0)
        taken = amount if has >= amount else has if self.partial else 0
        self.left[party] = has - taken
        if taken == amount:
            return Collected(Code.COLLECTED, taken)
        return Collected(Code.PARTIAL, taken) if taken else Collected(Code.NO_FUNDS, 0)


def settle(
    terms: LeaseTerms, day: int, purses: Purses, prepay: int = 0
) -> tuple[Settlement, Outgo, LeaseLedger]:
    ledger, _ = LeaseLedger.activate(terms, START)
    if prepay:
        ledger.accounts[0].pot = prepay
    out = Outgo()
    return ledger.settle(day, purses, out), out, ledger


def only(settlement: Settlement) -> tuple[Code, int]:
    assert settlement.lines == (Line(11, settlement.code, settlement.amount),)
    return settlement.code, settlement.amount


def test_before_anything_is_due_nothing_is_asked() -> None:
    purses = Purses(t11=10**9)
    terms = replace(TERMS, due_offset=5)
    answer, out, _ = settle(terms, START, purses)
    assert (answer.code, answer.amount, answer.lines, out, purses.asked) == (Code.NOTHING_DUE, 0, (), {}, [])


def test_rent_and_late_fee_are_collected_in_two_steps_and_shared_out() -> None:
    purses = Purses(t11=10**9)
    answer, out, _ = settle(TERMS, FIVE_LATE, purses)
    assert only(answer) == (Code.COLLECTED, 1_005_000)
    assert purses.asked == [(11, 1_000_000), (11, 5_000)]
    assert out == {2: 50_000, 1: 955_000}


def test_prepaid_cash_is_used_first_and_alone_where_it_does() -> None:
    answer, _, ledger = settle(TERMS, START, purses := Purses(), prepay=1_200_000)
    assert only(answer) == (Code.COLLECTED, 1_000_000)
    assert (purses.asked, ledger.accounts[0].pot) == ([], 200_000)


def test_a_refused_rent_answers_why_and_what_the_pot_paid_and_asks_no_fee() -> None:
    answer, out, _ = settle(TERMS, FIVE_LATE, purses := Purses(), prepay=300_000)
    assert only(answer) == (Code.NO_FUNDS, 300_000)
    assert purses.asked == [(11, 700_000)]
    assert out == {2: 15_000, 1: 285_000}


def test_a_part_payment_is_partial_and_never_touches_the_fee() -> None:
    answer, _, ledger = settle(TERMS, FIVE_LATE, Purses(partial=True, t11=400_000))
    assert only(answer) == (Code.PARTIAL, 400_000)
    assert ledger.touched(0, FIVE_LATE).late_fees == 5_000


def test_the_rent_without_the_late_fee_is_rent_only() -> None:
    answer, _, _ = settle(TERMS, FIVE_LATE, Purses(t11=1_000_000))
    assert only(answer) == (Code.RENT_ONLY, 1_000_000)


def test_a_late_fee_alone_answers_the_tokens_own_code() -> None:
    for partial, left, expected in ((False, 4_999, (Code.NO_FUNDS, 0)), (True, 4_000, (Code.PARTIAL, 4_000))):
        _, out, ledger = settle(TERMS, FIVE_LATE, Purses(t11=1_000_000))
        answer = ledger.settle(FIVE_LATE, Purses(partial=partial, t11=left), out)
        assert only(answer) == expected
        assert ledger.touched(0, FIVE_LATE).late_fees == 5_000 - expected[1]


def test_settling_twice_collects_nothing_twice() -> None:
    _, out, ledger = settle(TERMS, FIVE_LATE, Purses(t11=10**9))
    before = dict(out)
    assert ledger.settle(FIVE_LATE, Purses(t11=10**9), out) == Settlement(Code.NOTHING_DUE, 0, ())
    assert out == before


def test_the_commission_is_rounded_down_once_and_never_taken_of_a_fee() -> None:
    terms = replace(TERMS, commission=333, rent=1_000_001)
    _, out, _ = settle(terms, FIVE_LATE, Purses(t11=10**9))
    assert out[2] == 1_000_001 * 333 // 10_000
    assert out[1] == 1_000_001 - out[2] + 5_000


def lines(answer: Settlement) -> list[tuple[Code, int]]:
    return [(line.code, line.amount) for line in answer.lines]


def test_joint_tenants_who_all_pay_are_collected() -> None:
    answer, _, _ = settle(JOINT, START, Purses(t11=10**9, t12=10**9))
    assert (answer.code, answer.amount) == (Code.COLLECTED, 1_000_000)
    assert lines(answer) == [(Code.COLLECTED, 600_000), (Code.COLLECTED, 400_000)]


def test_joint_tenants_of_whom_some_pay_are_shares_missing() -> None:
    answer, _, ledger = settle(JOINT, START, Purses(t12=10**9))
    assert (answer.code, answer.amount) == (Code.SHARES_MISSING, 400_000)
    assert lines(answer) == [(Code.NO_FUNDS, 0), (Code.COLLECTED, 400_000)]
    answer = ledger.settle(START, Purses(), Outgo())
    assert (answer.code, answer.amount, lines(answer)) == (Code.NO_FUNDS, 0, [(Code.NO_FUNDS, 0)])


def test_another_tenants_share_is_covered_only_by_who_signed_for_it() -> None:
    purses = Purses(t12=10**9)
    answer, _, ledger = settle(replace(JOINT, cover_mask=0b10), START, purses)
    assert (answer.code, answer.amount) == (Code.COLLECTED, 1_000_000)
    assert lines(answer) == [(Code.COLLECTED, 600_000), (Code.COLLECTED, 400_000)]
    assert [account.settled for account in ledger.accounts] == [600_000, 400_000]
    answer, _, _ = settle(replace(JOINT, cover_mask=0b01), START, Purses(t12=10**9))
    assert answer.code == Code.SHARES_MISSING


def test_a_share_covered_in_part_is_still_missing_the_rest() -> None:
    answer, _, _ = settle(replace(JOINT, cover_mask=0b10), START, Purses(partial=True, t12=500_000))
    assert lines(answer) == [(Code.NO_FUNDS, 100_000), (Code.COLLECTED, 400_000)]
    assert (answer.code, answer.amount) == (Code.SHARES_MISSING, 500_000)


@pytest.mark.parametrize("state", [State.DEPOSIT_REVIEW, State.CLOSED])
def test_a_lease_that_is_over_is_not_settled(state: State) -> None:
    ledger, _ = LeaseLedger.activate(TERMS, START)
    ledger.state = state
    assert ledger.settle(START, Purses(t11=10**9), Outgo()).code == Code.NOT_ACTIVE


def test_an_ended_lease_that_is_not_closed_still_settles_its_arrears() -> None:
    ledger, _ = LeaseLedger.activate(TERMS, START)
    ledger.apply(Change(ChangeKind.END, day=D(2027, 2, 1)), START, Outgo())
    assert ledger.state_on(D(2027, 3, 1)) == State.ENDED
    assert ledger.settle(D(2027, 3, 1), Purses(t11=10**9), Outgo()).code == Code.COLLECTED
