"""Every rent that falls due is told to the credit history once; a test here fails for each report left out.

report sites ── a plain payment, in time and late · one that is not plain · a batch, in time and months in
arrears · joint tenants · a refund · a closing · prepaid cash before a change · a waiver · an end that makes a
rent smaller
once ── in parts, twice in a row, several months at a time, nothing of what was paid before a cut-over
overdueOf ── open, covered by prepaid cash, discharged, inside a group, of another account, opening arrears,
unknown
"""

from typing import Any

from commonhold.rules.calendar import boundary, month_of
from commonhold.rules.ledger import Change, ChangeKind
from commonhold.rules.terms import Opening
from tests.lives.home import RENT, Home


class Told(Home):
    """What was told since the last look: ("in time", party, month) or ("late", obligation, party, …)."""

    def told(self) -> list[tuple[Any, ...]]:
        self.mirror.compare()
        found = list(self.mirror.told.elements())
        new = found[self.seen :] if hasattr(self, "seen") else found
        self.seen = len(found)
        return new

    def in_time(self, months: int, party: int | None = None) -> tuple[Any, ...]:
        return ("in time", party or self.anna, month_of(self.month(months)))

    def late(
        self, lease: int, months: int, *, account: int = 0, party: int | None = None, waived: bool = False
    ) -> tuple[Any, ...]:
        day = self.month(months)
        return (
            "late",
            lease << 24 | account << 16 | month_of(day),
            party or self.anna,
            day,
            self.mirror.day,
            waived,
        )


def test_a_payment_in_time_is_told() -> None:
    home = Told()
    lease = home.lease()
    home.mirror.pay(lease, home.anna, RENT, home.anna)
    assert home.told() == [home.in_time(0)]


def test_a_late_payment_is_told_as_late() -> None:
    home = Told()
    lease = home.lease(grace_days=5)
    home.mirror.to_day(home.first + 6)
    home.mirror.pay(lease, home.anna, RENT, home.bert)
    assert home.told() == [home.late(lease, 0)]


def test_the_last_day_of_grace_is_in_time() -> None:
    home = Told()
    lease = home.lease(grace_days=5)
    home.mirror.to_day(home.first + 5)
    home.mirror.pay(lease, home.anna, RENT, home.bert)
    assert home.told() == [home.in_time(0)]


def test_only_the_payment_that_completes_a_rent_is_told() -> None:
    home = Told()
    lease = home.lease()
    home.mirror.pay(lease, home.anna, RENT - 1, home.anna)
    assert home.told() == []
    home.mirror.pay(lease, home.anna, 1, home.bert)
    assert home.told() == [home.in_time(0)]


def test_a_payment_ahead_is_told_when_its_rent_falls_due_and_is_taken() -> None:
    home = Told()
    lease = home.lease()
    home.mirror.pay(lease, home.anna, 2 * RENT, home.anna)
    assert home.told() == [home.in_time(0)]
    home.mirror.to_day(home.month(1))
    home.mirror.settle([lease])
    assert home.told() == [home.in_time(1)]


def test_a_settlement_in_time_is_told_once() -> None:
    home = Told()
    leases = [home.lease(), home.lease()]
    home.mirror.settle(leases)
    assert home.told() == [home.in_time(0)] * 2
    home.mirror.settle(leases)
    assert home.told() == []


def test_months_in_arrears_are_told_one_by_one() -> None:
    home = Told()
    lease = home.lease()
    home.mirror.to_day(home.month(2))
    home.mirror.settle([lease])
    assert sorted(home.told()) == sorted([home.late(lease, 0), home.late(lease, 1), home.in_time(2)])


def test_joint_tenants_answer_each_for_their_share() -> None:
    home = Told()
    terms = {"rent": RENT, "start_day": home.first, "end_day": home.month(12)}
    lease = home.mirror.activate(home.landlord, [home.anna, home.bert], **terms)
    home.mirror.revoke(home.bert)
    home.mirror.settle([lease])
    assert home.told() == [home.in_time(0)]
    home.mirror.to_day(home.first + 1)
    home.mirror.pay(lease, home.bert, RENT // 2, home.bert)
    assert home.told() == [home.late(lease, 0, account=1, party=home.bert)]


def test_a_refund_tells_the_rent_that_prepaid_cash_pays_on_the_way() -> None:
    home = Told()
    lease = home.lease()
    home.mirror.pay(lease, home.anna, 3 * RENT, home.anna)
    home.mirror.to_day(home.month(1))
    home.told()
    home.mirror.refund(lease, home.anna, RENT)
    assert home.told() == [home.in_time(1)]


def test_a_change_tells_the_rent_that_prepaid_cash_pays_on_the_way() -> None:
    home = Told()
    lease = home.lease()
    home.mirror.pay(lease, home.anna, 3 * RENT, home.anna)
    home.mirror.to_day(home.month(1))
    home.told()
    home.mirror.change(lease, Change(ChangeKind.RENT, day=home.month(6), amount=2 * RENT))
    assert home.told() == [home.in_time(1)]


def test_a_waived_rent_is_told_as_waived() -> None:
    home = Told()
    lease = home.lease()
    home.mirror.pay(lease, home.anna, RENT // 2, home.anna)
    home.mirror.change(lease, Change(ChangeKind.WAIVE_RENT, amount=RENT - RENT // 2))
    assert home.told() == [home.late(lease, 0, waived=True)]


def test_an_end_that_makes_a_rent_as_small_as_what_was_paid_completes_it() -> None:
    home = Told()
    lease = home.lease()
    home.mirror.pay(lease, home.anna, RENT * 9 // 10, home.anna)
    assert home.told() == []
    home.mirror.to_day(home.first + 2)
    home.mirror.change(lease, Change(ChangeKind.END, day=home.first + 10))
    assert home.told() == [home.late(lease, 0)]


def test_a_rent_that_a_later_end_makes_due_and_that_was_paid_before_is_told_to_nobody() -> None:
    """Found by a random life: agreed after its due day, it could not have been paid in time."""
    home = Told()
    lease = home.lease()
    home.mirror.pay(lease, home.anna, RENT, home.anna)
    home.mirror.to_day(home.first + 2)
    home.mirror.change(lease, Change(ChangeKind.END, day=home.first + 3))
    assert home.told() == [home.in_time(0)]
    home.mirror.to_day(home.month(1) + 1)
    home.mirror.change(lease, Change(ChangeKind.HOLDOVER, day=home.month(3), amount=RENT // 10))
    assert home.told() == []


def test_a_rent_that_was_told_never_grows_again() -> None:
    """Found by a state machine: ended, renewed and ended again in one month, it was told twice."""
    home = Told()
    lease = home.lease()
    home.mirror.change(lease, Change(ChangeKind.END, day=home.first + 3))
    home.mirror.settle([lease])
    assert home.told() == [home.in_time(0)]
    home.mirror.change(lease, Change(ChangeKind.RENEWAL, day=home.month(3), amount=2 * RENT))
    for day in (home.first + 4, home.month(1)):
        assert not home.mirror.change(lease, Change(ChangeKind.END, day=day))
    assert home.mirror.change(lease, Change(ChangeKind.END, day=home.month(1) + 1))
    home.mirror.to_day(home.month(1))
    home.mirror.settle([lease])
    assert home.told() == [home.in_time(1)]


def test_a_rent_that_comes_back_dearer_after_an_end_is_another() -> None:
    home = Told()
    lease = home.lease()
    home.mirror.to_day(home.month(1))
    home.mirror.settle([lease])
    home.told()
    home.mirror.change(lease, Change(ChangeKind.END, day=home.month(1)))
    home.mirror.change(lease, Change(ChangeKind.RENEWAL, day=home.month(3), amount=2 * RENT))
    assert home.told() == []
    home.mirror.to_day(home.month(1) + 1)
    home.mirror.settle([lease])
    assert home.told() == [home.late(lease, 1)]


def test_what_the_deposit_pays_at_the_end_is_told_as_late() -> None:
    home = Told()
    lease = home.lease(end_day=home.month(1), deposit=RENT)
    home.mirror.to_day(home.month(1))
    home.mirror.close(lease)
    assert home.told() == [home.late(lease, 0)]


def test_months_paid_at_a_time_are_one_obligation() -> None:
    home = Told()
    lease = home.lease(interval=3)
    home.mirror.settle([lease])
    assert home.told() == [home.in_time(0)]
    home.mirror.to_day(home.month(3))
    home.mirror.settle([lease])
    assert home.told() == [home.in_time(3)]


def test_nothing_paid_before_a_cut_over_is_told() -> None:
    home = Told()
    home.mirror.to_day(home.month(2) + 3)
    opening = Opening(day=home.month(2), paid=RENT)
    lease = home.lease(opening=opening)
    home.mirror.settle([lease])
    assert home.told() == []
    home.mirror.to_day(home.month(3))
    home.mirror.settle([lease])
    assert home.told() == [home.in_time(3)]


def test_of_arrears_of_many_years_the_last_thirty_six_rents_are_told() -> None:
    home = Told()
    lease = home.lease(end_day=home.month(60))
    home.mirror.to_day(home.month(39))  # forty rents have fallen due
    home.mirror.pay(lease, home.anna, 3 * RENT, home.anna)
    assert home.told() == []
    home.mirror.pay(lease, home.anna, 3 * RENT, home.anna)
    assert set(home.told()) == {home.late(lease, 4), home.late(lease, 5)}
    home.mirror.to_day(home.month(45))
    home.mirror.pay(lease, home.anna, 40 * RENT, home.anna)
    assert set(home.told()) == {home.late(lease, month) for month in range(10, 45)} | {home.in_time(45)}


def obligation(home: Told, lease: int, months: int, account: int = 0) -> list[int]:
    label = month_of(home.month(months))
    return [int(value) for value in home.mirror.leases.overdueOf(lease << 24 | account << 16 | label)]


def test_an_obligation_answers_what_of_it_is_open() -> None:
    home = Told()
    lease = home.lease(grace_days=4)
    day = home.first
    assert obligation(home, lease, 0) == [0, home.anna, day, day + 4, RENT]
    home.mirror.pay(lease, home.anna, RENT // 4, home.anna)
    assert obligation(home, lease, 0)[-1] == RENT - RENT // 4
    assert obligation(home, lease, 1)[-1] == RENT
    home.mirror.pay(lease, home.anna, RENT, home.anna)
    assert obligation(home, lease, 0)[-1] == 0
    assert obligation(home, lease, 1)[-1] == RENT - RENT // 4  # prepaid cash covers a part of it


def test_what_is_no_obligation_answers_zeros() -> None:
    home = Told()
    lease = home.lease(interval=3)
    nothing = [0, 0, 0, 0, 0]
    assert obligation(home, lease, 3)[-1] == 3 * RENT
    assert obligation(home, lease, 1) == nothing  # inside a group
    assert obligation(home, lease, -1) == nothing
    assert obligation(home, lease, 12) == nothing
    assert obligation(home, lease, 0, account=1) == nothing
    assert obligation(home, 99, 0) == nothing


def test_opening_arrears_are_no_obligation() -> None:
    home = Told()
    home.mirror.to_day(home.month(2) + 3)
    lease = home.lease(opening=Opening(day=home.month(2), arrears=RENT))
    assert obligation(home, lease, 2) == [0, 0, 0, 0, 0]
    assert obligation(home, lease, 3)[-1] == RENT


def test_a_joint_tenants_obligation_is_his_share() -> None:
    home = Told()
    terms = {"rent": RENT, "start_day": home.first, "end_day": home.month(12)}
    lease = home.mirror.activate(home.landlord, [home.anna, home.bert], **terms)
    assert obligation(home, lease, 0, account=1) == [0, home.bert, home.first, home.first, RENT // 2]


def test_a_stub_is_an_obligation_of_its_own() -> None:
    home = Told()
    start = home.first + 10
    home.mirror.to_day(start)
    lease = home.lease(start_day=start, billing_day=1)
    label, day = month_of(start), boundary(1, month_of(start) + 1)
    answer = [int(value) for value in home.mirror.leases.overdueOf(lease << 24 | label)]
    assert answer == [0, home.anna, start, start, RENT * (day - start) // (day - home.first)]
