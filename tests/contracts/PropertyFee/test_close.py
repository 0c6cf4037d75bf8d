"""close, handOver, reopen: an account ends, and perhaps another begins.

days ── outside its bounds, after a known end: refused · each party pays its days
certificate ── what is open and prepaid on the day of closing
credit ── set off against late fees, then the payee's mandate, then his debt, withheld; never others' money
gifts ── what was waived or reduced is not paid out
reopen ── another area, vacant and back · nothing changes: refused · prepaid cash moves along
"""

import pytest

from commonhold.rules.calendar import days_in_month, first_of
from commonhold.rules.tariff import CategoryKind
from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import reverts
from tests.fee_world import AREA, CMT, CREDIT_NOTE, RATE, REASON, WAIVE_PRINCIPAL


def cost(days: int, month: int, size: int = AREA, share: int = 10_000) -> int:
    return RATE * size * share * days // (1_000_000 * days_in_month(month))


def close(town: Town, day: int) -> None:
    town.world.fees.close(town.account, day, sender=town.world.maker)


@pytest.mark.parametrize("day_of_month", [1, 2, 14, 28])
def test_seller_and_buyer_each_pay_their_days(town: Town, day_of_month: int):
    """Peer bug: an odd split burns a unit; here the payers keep at most one."""
    world = town.world
    world.to_month(town.start, 28)
    world.sell(town.unit, town.ben)
    over = first_of(town.start) + day_of_month - 1
    following = world.fees.handOver(town.account, town.ben.party, over, sender=world.maker)
    mine = world.account(town.account).due
    yours = world.account(following).due
    days = days_in_month(town.start)
    assert mine == cost(day_of_month - 1, town.start)
    assert yours == (LINE if day_of_month == 1 else cost(days - day_of_month + 1, town.start))
    assert LINE - 1 <= mine + yours <= LINE
    assert (world.account(town.account).party, world.account(following).party) == (
        town.ann.party,
        town.ben.party,
    )


def test_the_certificate_names_what_is_open(town: Town):
    world = town.world
    world.to_month(town.start + 1, 20)
    fees = world.account(town.account).late_fees
    close(town, world.day)
    (event,) = world.events("AccountClosed")
    assert (event["untilDay"], event["closedOn"]) == (world.day, world.day)
    assert event["principal"] == LINE + cost(19, town.start + 1) == world.account(town.account).due
    assert (event["lateFees"], event["pot"]) == (fees, 0)
    assert fees > 0


def test_an_end_lies_within_the_account_and_two_months(town: Town):
    world = town.world
    begin = world.account(town.account).from_day
    with reverts("FeeDayInvalid", begin - 1, begin, first_of(world.month + 1)):
        close(town, begin - 1)
    with reverts("FeeDayInvalid", first_of(world.month + 1) + 1, begin, first_of(world.month + 1)):
        close(town, first_of(world.month + 1) + 1)
    close(town, begin)
    with reverts("FeeAccountEnds", town.account, begin):
        close(town, begin)
    world.to_month(town.start + 6)
    assert world.account(town.account).due == 0


def test_all_of_a_closed_account_falls_due_on_the_day_of_closing(town: Town):
    world = town.world
    number = world.category(payee=town.fund, kind=CategoryKind.FLAT, rate=310, due_day=20, due_month=1)
    account = world.subscribe(town.unit, number, town.ann)
    world.to_month(town.start, 11)
    assert world.account(account).due == 0
    world.fees.close(account, world.day, sender=world.maker)
    assert world.account(account).due == 310 * 10 // days_in_month(town.start)
    assert world.fees.overdueOf(account << 16 | town.start)[2] == world.day


def test_prepaid_cash_goes_back_at_the_end(town: Town):
    world = town.world
    world.pay(town.account, 3 * LINE, town.ben)
    before = world.balance(town.ann)
    world.to_month(town.start, 11)
    close(town, world.day)
    assert world.balance(town.ann) == before + 3 * LINE - LINE + (LINE - cost(10, town.start))
    world.solvent()


def test_money_for_days_after_the_end_comes_from_the_payees_mandate(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    world.settle(town.account)
    before = world.balance(town.ann)
    world.to_month(town.start, 11)
    close(town, world.day)
    back = LINE - cost(10, town.start)
    (event,) = world.events("CreditDue")
    assert (event["setOff"], event["collected"], event["debt"], event["gift"]) == (0, back, 0, 0)
    assert world.balance(town.ann) == before + back
    assert world.balance(town.fund) == LINE - back


def test_a_payee_without_a_mandate_owes_it_and_it_is_withheld_from_his_shares(town: Town):
    """Never out of others' money: what others paid stays theirs or their payee's."""
    world = town.world
    world.token.revokeMandate(sender=town.fund)
    other = world.subscribe(world.home(town.ben), town.category, town.ben)
    world.pay(other, 2 * LINE, town.ben)
    world.to_month(town.start, 5)
    world.settle(town.account)
    world.to_month(town.start, 11)
    close(town, world.day)
    back = LINE - cost(10, town.start)
    assert world.fees.creditOf(town.account, town.fund.party) == back
    assert world.fees.payeeDebt(town.fund.party) == (back, 0)
    with reverts("FeeNothingOwed", town.ann.party):
        world.fees.claimCredit(town.account, town.fund.party, sender=town.ben)
    assert world.account(other).pot == LINE
    # the next share of the fund is kept for Ann
    money, fund = world.balance(town.ann), world.balance(town.fund)
    world.settle(other)
    assert world.balance(town.fund) == fund + LINE - back
    assert world.fees.payeeDebt(town.fund.party) == (0, back)
    world.solvent()
    world.fees.claimCredit(town.account, town.fund.party, sender=town.ben)
    assert world.balance(town.ann) == money + back
    assert world.fees.payeeDebt(town.fund.party) == (0, 0)
    assert world.fees.creditOf(town.account, town.fund.party) == 0
    world.solvent()


def test_anybody_pays_a_payees_debt_once(town: Town):
    world = town.world
    world.token.revokeMandate(sender=town.fund)
    world.to_month(town.start, 5)
    world.settle(town.account)
    close(town, world.day)
    back = world.fees.creditOf(town.account, town.fund.party)
    money = world.balance(town.ann)
    with reverts("FeeCreditTooSmall", town.account, town.fund.party, back):
        world.fees.payCredit(town.account, town.fund.party, back + 1, sender=town.ben)
    with reverts("FeeAmountZero"):
        world.fees.payCredit(town.account, town.fund.party, 0, sender=town.ben)
    world.fees.payCredit(town.account, town.fund.party, back, sender=town.ben)
    assert world.balance(town.ann) == money + back
    with reverts("FeeCreditTooSmall", town.account, town.fund.party, 0):
        world.fees.payCredit(town.account, town.fund.party, 1, sender=town.ben)


def test_a_credit_pays_the_accounts_late_fee_first(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    fee = world.account(town.account).late_fees
    world.pay(town.account, LINE, town.ben)
    close(town, world.day - 5)
    back = LINE - cost(14, town.start)
    (event,) = world.events("CreditDue")
    assert (event["setOff"], event["collected"]) == (fee, back - fee)
    assert world.account(town.account).late_fees == 0


def test_what_was_waived_is_not_paid_out(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    world.relieve(town.account, WAIVE_PRINCIPAL, LINE)
    before = world.balance(town.ann)
    close(town, world.day)
    (event,) = world.events("CreditDue")
    assert event["gift"] == LINE - cost(4, town.start)
    assert world.balance(town.ann) == before


def test_a_reduction_of_a_month_cut_short_is_lost(town: Town):
    world = town.world
    number = world.category(payee=town.fund, kind=CategoryKind.FLAT, rate=31_000, prompt_bps=1_000)
    account = world.subscribe(town.unit, number, town.ann)
    world.to_month(town.start, 1)
    world.settle(account)
    days = days_in_month(town.start)
    before = world.balance(town.ann)
    world.to_month(town.start, 11)
    world.fees.close(account, world.day, sender=world.maker)
    assert world.balance(town.ann) == before + 31_000 - 31_000 * 10 // days - 3_100


@pytest.mark.parametrize("by", ["closing", "a credit note", "a settlement"])
def test_a_reduction_is_lost_whatever_call_used_the_prepaid_cash(town: Town, by: str):
    """Found by a random life: the reduction was forgotten, and paid out, where the same call had given it."""
    world = town.world
    number = world.category(payee=town.fund, kind=CategoryKind.FLAT, rate=31_000, prompt_bps=1_000)
    account = world.subscribe(town.unit, number, town.ann)
    before = world.balance(town.ann)
    world.pay(account, 31_000, town.ann)
    world.to_month(town.start, 5)
    if by == "a credit note":
        world.relieve(account, CREDIT_NOTE, 100)
        before += 100
    elif by == "a settlement":
        world.settle(account)
    world.to_month(town.start, 11)
    world.fees.close(account, world.day, sender=world.maker)
    cost_of_ten_days = 31_000 * 10 // days_in_month(town.start)
    assert world.balance(town.ann) == before - cost_of_ten_days
    (event,) = world.events("CreditDue")
    assert event["gift"] == 3_100
    world.solvent()


def test_another_area_counts_from_its_day_and_prepaid_cash_moves_along(town: Town):
    world = town.world
    world.pay(town.account, 3 * LINE, town.ben)
    with reverts("FeeNothingChanges", town.account):
        world.fees.reopen(town.account, world.day, False, REASON, sender=world.maker)
    world.to_month(town.start, 11)
    world.units.correct(town.unit, 10_000, 0, sender=world.admin)
    following = world.fees.reopen(town.account, world.day, False, REASON, sender=world.maker)
    (event,) = world.events("AccountFollowed")
    assert (event["account"], event["next"], event["evidenceHash"]) == (town.account, following, REASON)
    days = days_in_month(town.start)
    assert world.account(town.account).due == 0
    assert world.account(following).size == 10_000
    world.to_month(town.start + 1, 4)
    part = RATE * 10_000 * (days - 10) // (100 * days)
    assert world.account(following).pot == 2 * LINE - part
    world.settle(following)
    # the old account's line was forwarded whole: its rest came back from the payee
    assert world.balance(town.fund) == cost(10, town.start) + part
    world.solvent()


def test_a_vacant_home_is_reduced_from_its_day_on_and_back(town: Town):
    world = town.world
    world.to_month(town.start + 1)
    vacant = world.fees.reopen(town.account, world.day, True, REASON, sender=world.maker)
    assert world.account(vacant).share == 7_000
    world.to_month(town.start + 2)
    again = world.fees.reopen(vacant, world.day, False, REASON, sender=world.maker)
    world.to_month(town.start + 2, 5)
    assert world.account(vacant).due == RATE * AREA * 7_000 // 1_000_000
    assert world.account(again).due == LINE
    with reverts("FeeNothingChanges", again):
        world.fees.reopen(again, world.day, False, REASON, sender=world.maker)


def test_a_handover_asks_for_the_new_owner_or_user(town: Town):
    world = town.world
    with reverts("FeePartyNotOfUnit", town.unit, town.ben.party):
        world.fees.handOver(town.account, town.ben.party, world.day, sender=world.maker)
    with reverts("FeeNothingChanges", town.account):
        world.fees.handOver(town.account, town.ann.party, world.day, sender=world.maker)


def test_a_debt_of_a_closed_account_is_payable_for_ever(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    close(town, world.day)
    world.to_month(town.start + 40)
    world.mandate(town.ben)
    found = world.account(town.account)
    most = found.due + found.late_fees
    with reverts("FeePaymentTooLarge", town.account, most + CMT, most):
        world.pay(town.account, most + CMT, town.ben)
    world.pay(town.account, most, town.ben)
    assert world.account(town.account).due == 0
