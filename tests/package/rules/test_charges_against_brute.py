"""Fee accounts and bills lived through at random, against models that go day by day.

Branches: whole and partial months, first and last · tariffs that change · charges due in the month or the
next, before and after the account was opened · late fees over touched and untouched days, to their last day ·
principal, late fees, prepayment · bills issued early and late, paid in parts.
"""

from hypothesis import given
from hypothesis import strategies as st

from commonhold.rules.billbook import IssuedBill, RunTerms
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.fee_book import FeeBook, Unit
from commonhold.rules.mandates import MandateBook
from commonhold.rules.tariff import Category, CategoryKind, TariffBook
from tests.brute_charges import BruteBill, BruteFees

PARTY, PAYEE, UNIT = 7, 8, 1
START = first_of(672)


@given(st.data())
def test_a_fee_account_is_what_the_days_make_of_it(data: st.DataObject) -> None:
    draw = data.draw
    late = {
        "grace_days": draw(st.integers(0, 20)),
        "late_fee_rate": draw(st.integers(0, 100)),
        "late_fee_max_days": draw(st.sampled_from((0, 1, 30, 400))),
    }
    due_day, due_month = draw(st.integers(1, 28)), draw(st.integers(0, 1))
    rates, tariffs = {}, TariffBook()
    number = tariffs.add(Category(CategoryKind.AREA, PAYEE, due_day=due_day, due_month=due_month, **late))
    rate = 0
    for month in range(673, 690):
        if draw(st.booleans()):
            rate = draw(st.integers(0, 9_999_999))
            tariffs.set_rate(number, month, rate, month - 1)
        rates[month] = rate
    book = FeeBook(MandateBook(), tariffs)
    size = draw(st.integers(1, 30_000))
    book.units[UNIT] = Unit(PARTY, size)
    book.money.mint(PARTY, 10**18)
    book.money.purse(PARTY).allowance = 10**18
    day = START + draw(st.integers(40, 120))
    begin = day - draw(st.integers(0, 40))
    until = draw(st.sampled_from((0, begin + 1, begin + 45, begin + 200)))
    account = book.subscribe(UNIT, number, PARTY, begin, until, day)
    slow = BruteFees(rates, size, begin, day, due_day, due_month, **_short(late), until=until)
    for step in draw(st.lists(st.integers(0, 40), max_size=8)):
        day += step
        slow.live_to(day)
        found = book.look(account, day)
        assert (found.open, found.late_fees, found.pot) == (slow.open, slow.late_fees, slow.pot)
        assert found.accrual == slow.accrual
        owing = slow.open + slow.late_fees
        amount = draw(st.sampled_from((0, 1, owing // 3, owing, owing + draw(st.integers(0, 10**7)))))
        if 0 < amount <= owing + found.room():
            book.pay(PARTY, account, amount, day)
            slow.pay(amount)
    assert month_of(day) < 690


def _short(late: dict[str, int]) -> dict[str, int]:
    return {
        "grace": late["grace_days"],
        "late_rate": late["late_fee_rate"],
        "most": late["late_fee_max_days"],
    }


@given(st.data())
def test_a_bill_is_what_the_days_make_of_it(data: st.DataObject) -> None:
    draw = data.draw
    grace, rate, most = (
        draw(st.integers(0, 60)),
        draw(st.integers(0, 100)),
        draw(st.sampled_from((0, 1, 45, 400))),
    )
    due = START + draw(st.integers(0, 60))
    day = START + draw(st.integers(0, 90))
    amount = draw(st.integers(1, 10**12))
    terms = RunTerms(1, month_of(START), due, PAYEE, 0, 0, grace, rate, most)
    bill = IssuedBill.issue(1, terms, PARTY, amount, day)
    slow = BruteBill(day, amount, max(due, day + 7) + grace, rate, most)
    for step in draw(st.lists(st.integers(0, 150), max_size=6)):
        day += step
        slow.live_to(day)
        seen = bill.at(day)
        assert (seen.open, seen.accrual, seen.late_fees) == (slow.open, slow.accrual, slow.late_fees)
        part = draw(st.integers(0, seen.payable))
        if part:
            assert seen.pay(part, day) == slow.pay(part)
            bill = seen
