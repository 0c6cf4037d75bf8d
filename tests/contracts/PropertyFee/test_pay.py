"""pay: anybody pays for anybody, and the order is principal, late fees, prepayment.

what ── the account that the payer means, or refused · zero: refused · more than 36 months ahead: refused
order ── oldest month first · late fee after all principal · the rest is prepaid
where ── payee, or fund and manager in commission mode · undelivered shares wait
credit ── in time, late, exactly one outcome a month
"""

from commonhold.rules.calendar import first_of
from commonhold.rules.tariff import PayeeMode
from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import reverts
from tests.fee_world import CMT


def test_somebody_else_pays_and_the_receipt_names_both(town: Town):
    world = town.world
    world.next_month(5)
    world.pay(town.account, LINE, town.ben)
    (event,) = world.events("FeePaid")
    assert (event["account"], event["party"], event["payer"]) == (
        town.account,
        town.ann.party,
        town.ben.wallet,
    )
    assert (event["principal"], event["lateFees"], event["prepaid"], event["level"]) == (LINE, 0, 0, LINE)
    assert world.balance(town.fund) == LINE
    assert world.account(town.account).due == 0


def test_a_payer_names_what_he_pays_for(town: Town):
    world = town.world
    right = (town.account, town.unit, town.category, town.ann.party)
    for place in (1, 2, 3):
        wrong = list(right)
        wrong[place] += 1
        with reverts("FeeAccountMismatch", *right):
            world.fees.pay(*wrong, CMT, sender=town.ben)
    with reverts("FeeAccountUnknown", 9):
        world.fees.pay(9, *right[1:], CMT, sender=town.ben)
    with reverts("FeeAmountZero"):
        world.fees.pay(*right, 0, sender=town.ben)


def test_the_oldest_month_is_paid_first_and_late_fees_after_all_principal(town: Town):
    world = town.world
    world.to_month(town.start + 1, 16)  # the first month is 31 days past its grace, the second one day
    first_late = world.day - (first_of(town.start) + 4 + 10)
    fee = (LINE * first_late + LINE) * 5 // 10_000
    assert (world.account(town.account).due, world.account(town.account).late_fees) == (2 * LINE, fee)
    world.pay(town.account, LINE + 7, town.ben)
    assert world.fees.overdueOf(town.account << 16 | town.start)[4] == 0
    assert world.fees.overdueOf(town.account << 16 | town.start + 1)[4] == LINE - 7
    world.pay(town.account, LINE - 7 + fee - 1, town.ben)
    found = world.account(town.account)
    assert (found.due, found.late_fees, found.pot) == (0, 1, 0)
    world.pay(town.account, 6, town.ben)
    found = world.account(town.account)
    assert (found.due, found.late_fees, found.pot) == (0, 0, 5)
    world.solvent()


def test_a_late_fee_stops_with_the_payment_and_after_the_most_days(town: Town):
    world = town.world
    world.to_month(town.start, 15)
    assert world.account(town.account).late_fees == 0
    world.to_month(town.start, 20)
    world.pay(town.account, LINE, town.ben)
    fee = LINE * 5 * 5 // 10_000
    world.to_month(town.start, 28)
    assert world.account(town.account).late_fees == fee
    world.to_month(town.start + 1, 15)
    assert world.account(town.account).late_fees == fee
    world.to_day(first_of(town.start + 1) + 4 + 10 + 100)
    one_window = LINE * 100 * 5 // 10_000
    assert world.account(town.account).late_fees > one_window
    later = world.fees.overdueOf(town.account << 16 | town.start + 1)
    assert later[4] == LINE


def test_prepayment_pays_what_falls_due_and_is_bounded(town: Town):
    world = town.world
    most = 36 * LINE
    with reverts("FeePaymentTooLarge", town.account, most + 1, most):
        world.pay(town.account, most + 1, town.ben)
    world.pay(town.account, 2 * LINE + 5, town.ben)
    assert (world.balance(town.fund), world.account(town.account).pot) == (0, 2 * LINE + 5)
    world.to_month(town.start + 2, 20)
    found = world.account(town.account)
    assert (found.due, found.pot) == (LINE - 5, 0)
    assert world.fees.overdueOf(town.account << 16 | town.start + 1)[4] == 0
    # prepaid cash was there on the due days: only the missing part is late
    assert found.late_fees == (LINE - 5) * 5 * 5 // 10_000
    world.pay(town.account, 3, town.ben)
    assert world.balance(town.fund) == 2 * LINE + 8
    world.solvent()


def test_each_month_is_reported_once_and_by_its_due_day(town: Town):
    world = town.world
    world.to_month(town.start, 15)  # the last day of grace
    world.pay(town.account, LINE - 1, town.ben)
    assert not world.events("OnTime")
    world.pay(town.account, 1, town.ben)
    (event,) = world.events("OnTime")
    assert event["items"] == (town.start << 32 | town.ann.party,)
    world.pay(town.account, LINE, town.ben)  # prepaid
    assert not world.events("OnTime") + world.events("Late")
    world.to_month(town.start + 2, 16)
    world.pay(town.account, LINE, town.ben)
    (event,) = world.events("OnTime")
    assert event["items"] == (town.start + 1 << 32 | town.ann.party,)
    (event,) = world.events("Late")
    due = first_of(town.start + 2) + 4
    expected = (town.account << 16 | town.start + 2, town.ann.party, due, world.day, False)
    assert event["outcomes"] == (expected,)


def test_commission_mode_pays_the_fund_and_the_managers_capped_part(town: Town):
    world = town.world
    manager = world.person()
    new = (town.fund.party, int(PayeeMode.COMMISSION), manager.party, 777)
    world.tariffs.proposePayee(town.category, *new, sender=world.maker)
    world.tariffs.approvePayee(town.category, *new, sender=world.checker)
    world.next_month(5)
    world.pay(town.account, LINE, town.ben)
    part = LINE * 777 // 10_000
    assert (world.balance(manager), world.balance(town.fund)) == (part, LINE - part)


def test_a_share_that_cannot_be_delivered_waits_for_its_party(town: Town):
    world = town.world
    world.allow_recoveries()
    until = world.chain.timestamp + 60 * 86_400
    world.parties.setRecovery(town.fund.party, until, True, sender=world.checker)
    world.next_month(5)
    world.pay(town.account, LINE, town.ben)
    assert (world.fees.owed(town.fund.party), world.fees.held()) == (LINE, LINE)
    with reverts("FeeNothingOwed", town.ben.party):
        world.fees.withdrawOwed(town.ben.party, sender=town.ben)
    world.parties.setRecovery(town.fund.party, 0, False, sender=world.checker)
    world.fees.withdrawOwed(town.fund.party, sender=town.ben)
    assert (world.balance(town.fund), world.fees.held()) == (LINE, 0)


def test_a_zero_month_asks_nothing_and_reports_nothing(town: Town):
    world = town.world
    world.tariff(town.category, town.start + 1, 0)
    world.to_month(town.start + 3, 20)
    assert world.account(town.account).due == LINE
    world.pay(town.account, LINE, town.ben)
    (event,) = world.events("Late")
    assert [outcome[0] & 0xFFFF for outcome in event["outcomes"]] == [town.start]


def test_360_months_of_arrears_are_paid_in_one_call(town: Town):
    """Peer bug: an assertion that bricks after 360 periods."""
    world = town.world
    world.to_month(town.start + 359, 20)
    found = world.account(town.account)
    assert found.due == 360 * LINE
    world.fund(town.ben, found.due + found.late_fees)
    world.mandate(town.ben)
    world.pay(town.account, found.due + found.late_fees, town.ben)
    assert world.account(town.account).due == 0
    (event,) = world.events("Late")
    assert len(event["outcomes"]) in (36, 37)  # the depth of the history
    world.solvent()
