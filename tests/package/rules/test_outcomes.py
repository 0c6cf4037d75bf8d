"""What a lease tells the credit history, in exact examples.

Branches: in time, late, waived · several months paid together are one obligation · months free of
rent are none · at most the last 36 obligations, counted in groups
"""

from dataclasses import replace

from commonhold.rules.calendar import boundary, month_of
from commonhold.rules.calendar import day_number as D
from commonhold.rules.ledger import Change, ChangeKind, LeaseLedger
from commonhold.rules.outcomes import MOST, completed
from commonhold.rules.rent import Schedule
from commonhold.rules.shares import Outgo
from commonhold.rules.terms import LeaseTerms

RENT, TENANT, START = 1_000_000, 11, D(2027, 1, 1)
TERMS = LeaseTerms(1, 1, (TENANT,), (10_000,), RENT, 0, START, D(2037, 1, 1), interval=3, grace_days=5)


def told(ledger: LeaseLedger) -> list[tuple[int, int, bool, bool]]:
    """(first month of the group from the start, day, waived, in time)"""
    first = ledger.schedule.first
    return [(one.label - first, one.day, one.waived, one.in_time) for one in ledger.told]


def test_a_quarter_is_one_obligation_and_completed_by_its_last_unit() -> None:
    ledger = LeaseLedger.activate(TERMS, START)[0]
    ledger.pay(TENANT, 3 * RENT - 1, START, Outgo())
    assert told(ledger) == []
    ledger.pay(TENANT, 1, START + 5, Outgo())
    assert told(ledger) == [(0, START + 5, False, True)]
    late = boundary(1, ledger.schedule.first + 3) + 6
    ledger.told.clear()
    ledger.pay(TENANT, 2 * RENT, late, Outgo())
    ledger.apply(Change(ChangeKind.WAIVE_RENT, amount=RENT), late, Outgo())
    assert told(ledger) == [(3, late, True, False)]


def test_of_a_tenant_far_behind_the_last_36_obligations_are_told() -> None:
    """Ten years of months: the history would hold no older ones."""
    monthly = replace(TERMS, interval=1)
    schedule, day = Schedule.of(monthly), D(2036, 12, 2)
    found = list(completed(schedule, (10_000,), 0, 0, 120 * RENT, day))
    assert [group.first - schedule.first for group in found] == list(range(120 - MOST, 120))
    assert {group.amount for group in found} == {RENT}


def test_fewer_groups_than_36_are_all_told_though_they_are_more_months() -> None:
    """Ten years of quarters are forty groups; nine are thirty-six and all of them are told."""
    schedule = Schedule.of(TERMS)
    for day, first, count in ((D(2036, 12, 2), 12, MOST), (D(2035, 10, 2), 0, 36), (D(2034, 10, 2), 0, 32)):
        found = list(completed(schedule, (10_000,), 0, 0, 120 * RENT, day))
        assert len(found) == count
        assert found[0].first - schedule.first == first
        assert all(group.last - group.first == 2 and group.amount == 3 * RENT for group in found)


def test_months_without_rent_are_no_obligations() -> None:
    """January and February are free: the first obligation is that of March."""
    ledger = LeaseLedger.activate(replace(TERMS, interval=1, rent_free_days=31 + 28), START)[0]
    march = D(2027, 3, 1)
    ledger.pay(TENANT, RENT, march, Outgo())
    (one,) = ledger.told
    assert (one.label, one.month, one.due_day, one.in_time) == (month_of(march), month_of(march), march, True)
