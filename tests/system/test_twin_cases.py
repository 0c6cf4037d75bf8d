"""Cases that random lives found, small and by themselves, in contract and twin alike.

Branches: prepaid cash that fell due exceeds the next payment · rent due before the lease begins · a
repeated id of a lease that is not plain · a share too small to be rounded · an early end after a renewal,
and a renewal after that.
"""

from commonhold.rules.calendar import boundary, label_of, month_day, month_of
from commonhold.rules.codes import Code
from commonhold.rules.ledger import Change, ChangeKind
from tests.lives.home import RENT, Home


def test_a_payment_smaller_than_the_prepaid_cash_that_fell_due_is_accepted() -> None:
    home = Home()
    lease = home.lease()
    assert home.mirror.pay(lease, home.anna, 3 * RENT, home.anna)
    home.mirror.to_day(home.month(2))
    assert home.mirror.pay(lease, home.anna, 1, home.bert)
    home.mirror.compare()
    assert home.mirror.twin.money.balance(home.landlord) == 3 * RENT
    assert home.mirror.twin.held == 1


def test_rent_due_before_the_lease_begins_costs_no_late_fee_for_days_before_it() -> None:
    home = Home()
    lease = home.lease(due_offset=-10, late_fee_rate=100, late_fee_max_days=30)
    assert home.mirror.twin.figures(lease, home.first)[0].late_fees == 0
    home.mirror.compare()
    home.mirror.to_day(home.first + 3)
    assert home.mirror.twin.figures(lease, home.first + 3)[0].late_fees == 3 * RENT // 100
    home.mirror.compare()


def test_b4_a_lease_of_any_shape_is_tried_once_in_a_batch() -> None:
    home = Home(funds=RENT // 2)
    plain, shaped = home.lease(), home.lease(billing_day=15)
    home.mirror.to_day(home.month(1))
    codes = [result.code for result in home.mirror.settle([shaped, plain, shaped, plain])]
    assert codes == [Code.NO_FUNDS, Code.NO_FUNDS, Code.NOTHING_DUE, Code.NOTHING_DUE]
    home.mirror.compare()


def test_r1_the_smallest_share_of_the_smallest_rent_never_stops_a_batch() -> None:
    home = Home()
    tenants = [home.anna, home.bert]
    lease = home.mirror.activate(
        home.landlord,
        tenants,
        shares=(9_900, 100),
        rent=10_000,
        start_day=home.first,
        end_day=home.first + 400,
        billing_day=2,
        late_fee_rate=100,
        late_fee_max_days=400,
    )
    for day in range(home.first, home.first + 420, 29):
        home.mirror.to_day(day)
        home.mirror.compare()
    assert home.mirror.settle([lease])[0].code == Code.COLLECTED
    home.mirror.compare()


def test_an_end_before_the_renewal_begins_gives_the_old_price_back() -> None:
    home = Home()
    lease = home.lease(end_day=home.month(3, day=16))
    schedule = home.mirror.twin.lease(lease).schedule
    assert home.mirror.change(lease, Change(ChangeKind.RENEWAL, day=home.month(9), amount=2 * RENT))
    assert not home.mirror.change(lease, Change(ChangeKind.END, day=home.month(3, day=21)))
    assert home.mirror.change(lease, Change(ChangeKind.END, day=home.month(3, day=16)))
    home.mirror.compare()
    assert home.mirror.twin.lease(lease).schedule.total == schedule.total
    assert home.mirror.change(lease, Change(ChangeKind.RENEWAL, day=home.month(8), amount=3 * RENT))
    home.mirror.to_day(home.month(8))
    home.mirror.settle([lease])
    home.mirror.compare()


def test_m1_a_lease_from_the_31st_settles_on_the_last_days_of_short_months() -> None:
    home = Home()
    start = boundary(31, label_of(31, home.first) + 1)
    while month_day(start)[1] != 31:
        start = boundary(31, label_of(31, start) + 1)
    home.mirror.to_day(start)
    lease = home.mirror.activate(home.landlord, [home.anna], rent=RENT, start_day=start, end_day=start + 366)
    for month in range(1, 8):
        day = boundary(31, month_of(start) + month)
        home.mirror.to_day(day - 1)
        home.mirror.settle([lease])
        assert home.mirror.settle([lease])[0].code == Code.NOTHING_DUE
        home.mirror.to_day(day)
        assert home.mirror.settle([lease])[0] == (lease, Code.COLLECTED, RENT)
    home.mirror.compare()
