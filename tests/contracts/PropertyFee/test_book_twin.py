"""The twin of all fee accounts beside the contract: rare acts, rare figures, and every refusal alike.

refused ── nothing paid, too much, by a stranger · an unknown account, unit, category · somebody else's unit
           an end before the beginning · a batch too large · plans out of bounds · no debt to take over
plans ── an instalment exactly paid though the sum cannot be divided · paid ahead, kept: neutral · a month of
         a plan as an obligation
shares ── of a payee who cannot be reached wait, and are withdrawn once
history ── what fell due more than 1,096 days ago is told to nobody
"""

from dataclasses import dataclass

import pytest

from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.fee_account import HISTORY_DAYS
from commonhold.rules.tariff import Category, CategoryKind
from tests.contracts.PropertyFee.conftest import LINE
from tests.fee_mirror import FeeMirror
from tests.fee_world import CMT, RATE, FeeWorld
from tests.mirror import same


@dataclass
class Both:
    """Ann's account in contract and twin: due on the 5th, ten days of grace, 0.05 % a day."""

    mirror: FeeMirror
    fund: int
    ann: int
    ben: int
    number: int
    unit: int
    start: int  # the first month that costs something
    account: int = 1

    def to(self, months: int, day: int = 1) -> None:
        """A day of the month so many months after the first."""
        self.mirror.world.to_month(self.start + months, day)

    def refused(self, done: bool, error: str) -> None:
        """Contract and twin refused alike, with this error, and nothing has changed."""
        assert (done, self.mirror.refusal) == (False, error)
        self.mirror.compare()


@pytest.fixture
def both(world: FeeWorld) -> Both:
    world.allow_recoveries()
    mirror = FeeMirror(world)
    fund, ann, ben = mirror.person(), mirror.person(10_000 * CMT), mirror.person(10_000 * CMT)
    number = mirror.category(
        Category(CategoryKind.AREA, fund, due_day=5, grace_days=10, late_fee_rate=5, late_fee_max_days=100)
    )
    start = world.month + 1
    assert mirror.tariff(number, start, RATE)
    for payer in (ann, ben):
        mirror.mandate(payer, 10**12)
    unit = mirror.home(ann)
    assert mirror.subscribe(unit, number, ann)
    return Both(mirror, fund, ann, ben, number, unit, start)


# ---------------------------------------------------------------- refused


def test_a_payment_of_nothing_or_of_too_much_is_refused_alike(both: Both) -> None:
    both.to(0, 20)
    both.refused(both.mirror.pay(both.ann, both.account, 0), "FeeAmountZero")
    both.refused(both.mirror.pay(both.ann, both.account, 10**12), "FeePaymentTooLarge")


def test_a_refund_is_the_partys_and_at_most_what_is_prepaid(both: Both) -> None:
    mirror, account = both.mirror, both.account
    assert mirror.pay(both.ben, account, 5 * CMT)
    both.refused(mirror.refund(account, 0), "FeeAmountZero")
    both.refused(mirror.refund(account, 5 * CMT + 1), "FeeRefundTooLarge")
    by_ben = mirror._both(
        lambda: mirror.fees.refund(account, 1, sender=mirror.people[both.ben]),
        lambda: mirror.twin.refund(account, both.ben, 1, both.mirror.day),
    )
    assert (by_ben, mirror.refusal) == (False, "FeeNotParty")
    before = mirror.world.balance(mirror.people[both.ann])
    assert mirror.refund(account, 5 * CMT)
    assert mirror.world.balance(mirror.people[both.ann]) == before + 5 * CMT
    mirror.compare()


def test_a_credit_that_nobody_owes_can_neither_be_claimed_nor_paid(both: Both) -> None:
    mirror = both.mirror
    both.refused(mirror.claim_credit(both.account, both.fund), "FeeNothingOwed")
    both.refused(mirror.pay_credit(both.ben, both.account, both.fund, 0), "FeeAmountZero")
    both.refused(mirror.pay_credit(both.ben, both.account, both.fund, 1), "FeeCreditTooSmall")


def test_an_account_that_there_is_not_is_named(both: Both) -> None:
    mirror = both.mirror
    both.refused(mirror.close(99, mirror.day), "FeeAccountUnknown")
    looked = mirror._both(
        lambda: mirror.fees.offerPlan(99, 2, mirror.day + 1, sender=mirror.world.maker),
        lambda: mirror.twin.agree_plan(99, 2, mirror.day + 1, mirror.day),
    )
    both.refused(looked, "FeeAccountUnknown")


def test_an_account_is_of_a_unit_its_people_and_a_category_charged_by_tariff(both: Both) -> None:
    mirror, posted = both.mirror, both.mirror.category(Category(CategoryKind.POSTED, both.fund))
    both.refused(mirror.subscribe(99, both.number, both.ann), "FeeUnitUnknown")
    both.refused(mirror.subscribe(both.unit, both.number, both.ben), "FeePartyNotOfUnit")
    both.refused(mirror.subscribe(both.unit, posted, both.ann), "FeeCategoryInvalid")
    other = mirror.home(both.ann)
    today = mirror.day
    both.refused(mirror.subscribe(other, both.number, both.ann, today, today), "FeeDayInvalid")
    assert mirror.subscribe(other, both.number, both.ann, today, today + 1)


def test_a_batch_has_at_most_a_thousand_accounts(both: Both) -> None:
    mirror, batch = both.mirror, [both.account] * 1_001
    done = mirror._both(
        lambda: mirror.fees.settle(batch, sender=mirror.world.maker),
        lambda: mirror.twin.settle(batch, mirror.day),
    )
    both.refused(done, "FeeBatchTooLarge")


def test_a_plan_has_two_to_36_parts_and_begins_within_62_days(both: Both) -> None:
    mirror = both.mirror
    both.to(1, 20)
    for count in (1, 37):
        both.refused(mirror.plan(both.account, count, mirror.day + 1), "FeePlanInvalid")
    for ahead in (0, 63):
        both.refused(mirror.plan(both.account, 3, mirror.day + ahead), "FeePlanInvalid")
    assert mirror.plan(both.account, 36, mirror.day + 62)
    both.refused(mirror.plan(both.account, 3, mirror.day + 1), "FeePlanRunning")


# ---------------------------------------------------------------- debts taken over


def test_a_debt_is_taken_over_whole_once_and_what_becomes_of_it_is_neutral(both: Both) -> None:
    mirror = both.mirror
    both.to(0, 20)
    mirror.fees.assumeDebt(both.unit, both.ann, 9 * LINE, sender=mirror.people[both.ben])
    mirror.sell(both.unit, both.ben)
    assert mirror.hand_over(both.account, both.ben, mirror.day)
    taken = mirror._both(
        lambda: mirror.fees.takeOverDebt(both.account, sender=mirror.world.admin),
        lambda: mirror.twin.take_over_debt(both.account, both.ben, mirror.day),
    )
    assert taken
    (event,) = mirror.world.events("DebtTakenOver")
    assert event["amount"] == mirror.twin.look(both.account, mirror.day).owing
    mirror.compare()
    assert mirror.pay(both.ben, both.account, event["amount"])
    assert mirror.reports(both.account)
    assert [outcome.neutral for outcome in mirror.twin.accounts[both.account].outcomes] == [True]


def test_a_closed_account_that_owes_nothing_has_no_debt_to_take_over(both: Both) -> None:
    mirror = both.mirror
    mirror.fees.assumeDebt(both.unit, both.ann, LINE, sender=mirror.people[both.ben])
    mirror.sell(both.unit, both.ben)
    assert mirror.hand_over(both.account, both.ben, mirror.day)
    done = mirror._both(
        lambda: mirror.fees.takeOverDebt(both.account, sender=mirror.world.admin),
        lambda: mirror.twin.take_over_debt(both.account, both.ben, mirror.day),
    )
    both.refused(done, "FeeNoArrears")


# ---------------------------------------------------------------- plans


def open_alike(both: Both, months: range) -> list[int]:
    """What is open of each of the months after the first, by both. [cmt]"""
    found = []
    for month in months:
        one = both.mirror.twin.look(both.account, both.mirror.day)
        obligation = both.account << 16 | both.start + month
        answer = both.mirror.fees.overdueOf(obligation)[4]
        same(f"open of month {month}", answer, one.open_of(both.start + month))
        found.append(int(answer))
    return found


def test_an_instalment_is_kept_when_its_part_is_paid_to_the_unit_though_the_sum_cannot_be_divided(
    both: Both,
) -> None:
    mirror = both.mirror
    both.to(1, 20)
    assert mirror.pay(both.ann, both.account, 1)  # leaves a sum that 7 does not divide
    first = first_of(both.start + 2)
    assert mirror.plan(both.account, 7, first)
    total = 2 * LINE - 1
    assert mirror.twin.accounts[both.account].plan.total == total and total % 7
    fees = mirror.twin.look(both.account, mirror.day).late_fees
    mirror.world.to_day(first)
    assert mirror.pay(both.ann, both.account, total // 7 + fees)
    assert mirror.twin.accounts[both.account].plan.paid == total // 7
    mirror.world.to_day(first + 30)
    mirror.compare()
    assert mirror.twin.look(both.account, mirror.day).plan.broken_day == 0
    assert mirror.fees.planOf(both.account)[4] == 0


def test_a_plan_paid_ahead_is_kept_and_its_months_are_neutral(both: Both) -> None:
    mirror = both.mirror
    both.to(1, 20)
    assert mirror.plan(both.account, 4, first_of(both.start + 2))
    assert open_alike(both, range(2)) == [0, 0]  # a plan that is kept leaves nothing open
    fees = mirror.twin.look(both.account, mirror.day).late_fees
    assert mirror.pay(both.ann, both.account, LINE + fees)
    mirror.compare()
    assert mirror.twin.accounts[both.account].plan.left == LINE
    assert mirror.pay(both.ann, both.account, LINE)
    assert mirror.reports(both.account)
    outcomes = mirror.twin.accounts[both.account].outcomes
    assert [(one.month - both.start, one.on_time, one.neutral) for one in outcomes] == [
        (0, False, True),
        (1, False, True),
    ]
    mirror.compare()


def test_the_rest_of_a_broken_plan_is_open_month_by_month(both: Both) -> None:
    mirror = both.mirror
    both.to(1, 20)
    first = mirror.day + 1
    assert mirror.plan(both.account, 2, first)
    mirror.world.to_day(first)
    assert mirror.pay(both.ann, both.account, LINE // 3)
    mirror.world.to_day(first + 11)
    mirror.compare()
    assert open_alike(both, range(3)) == [LINE - LINE // 3, LINE, LINE]
    assert mirror.pay(both.ann, both.account, 2 * LINE)  # the rest of it, and what it takes of late fees
    assert mirror.reports(both.account)
    mirror.compare()


# ---------------------------------------------------------------- shares and history


def test_a_share_for_a_payee_whose_wallet_is_lost_waits_and_is_withdrawn_once(both: Both) -> None:
    mirror, world = both.mirror, both.mirror.world
    both.to(0, 5)
    until = world.chain.timestamp + 20 * 86_400
    world.parties.setRecovery(both.fund, until, False, sender=world.checker)
    mirror.twin.money.purse(both.fund).reachable = False
    assert mirror.pay(both.ann, both.account, LINE)
    assert mirror.twin.owed[both.fund] == LINE
    mirror.compare()
    world.parties.setRecovery(both.fund, 0, False, sender=world.checker)
    mirror.twin.money.purse(both.fund).reachable = True

    def withdraw() -> bool:
        return mirror._both(
            lambda: mirror.fees.withdrawOwed(both.fund, sender=world.admin),
            lambda: mirror.twin.withdraw_owed(both.fund),
        )

    assert withdraw()
    assert world.balance(mirror.people[both.fund]) == LINE
    both.refused(withdraw(), "FeeNothingOwed")


def test_a_month_that_fell_due_more_than_1096_days_ago_is_told_to_nobody(both: Both) -> None:
    mirror = both.mirror
    both.to(38, 5)
    assert mirror.pay(both.ann, both.account, mirror.twin.look(both.account, mirror.day).open)
    assert mirror.reports(both.account)
    told = [outcome.month for outcome in mirror.twin.accounts[both.account].outcomes]
    first = min(told)
    assert told == list(range(first, both.start + 39))
    day = mirror.day
    assert first_of(first) + 4 + HISTORY_DAYS >= day > first_of(first - 1) + 4 + HISTORY_DAYS
    assert month_of(day) - first == 36
