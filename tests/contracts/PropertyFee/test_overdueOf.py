"""overdueOf, and the real CreditRegistry behind it.

one month ── who owes it, when it fell due, the last day in time, what is open · prepaid cash covers it
none ── an unknown account or a month outside it answers zeros
with the registry ── in time: counted by the payment alone · overdue: noticed, cured or entered, never twice
"""

from functools import cache

import pytest

from commonhold.rules.calendar import first_of
from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.fee_world import FeeWorld


def test_a_month_is_an_obligation(town: Town):
    world = town.world
    ask = world.fees.overdueOf
    due = first_of(town.start) + 4
    obligation = town.account << 16 | town.start
    world.to_day(due)
    assert ask(obligation) == (1, town.ann.party, due, due + 10, LINE)
    assert ask(obligation + 1)[2:] == (first_of(town.start + 1) + 4, first_of(town.start + 1) + 14, LINE)
    world.pay(town.account, 2 * LINE + 7, town.ben)
    assert [ask(obligation + ahead)[4] for ahead in range(3)] == [0, 0, LINE - 7]


def test_what_never_was_answers_zeros(town: Town):
    nothing = (1, 0, 0, 0, 0)
    assert town.world.fees.overdueOf(99 << 16 | town.start) == nothing
    assert town.world.fees.overdueOf(town.account << 16 | town.start - 2) == nothing
    town.world.fees.close(town.account, town.world.day, sender=town.world.maker)
    assert town.world.fees.overdueOf(town.account << 16 | town.start + 1) == nothing


@cache
def historied() -> FeeWorld:
    return FeeWorld(recorded=False)


@pytest.fixture
def real():
    world = historied()
    mark, time, state = (
        world.chain.evm.snapshot(),
        world.chain.timestamp,
        (world.people, world.minted, world.names),
    )
    fund, ann = world.payer(0), world.payer()
    world.parties.setCollectingConsent(True, sender=ann)
    category = world.category(payee=fund, due_day=5, grace_days=10)
    unit = world.home(ann)
    yield Town(world, fund, ann, ann, category, unit, world.subscribe(unit, category, ann))
    world.chain.evm.revert(mark)
    world.chain.warp(time)
    world.people, world.minted, world.names = state


def counts(town: Town, month: int) -> dict[int, int]:
    ask = town.world.credit.countOf
    found = {lane: ask(town.ann.party, month, lane) for lane in range(10)}
    return {lane: count for lane, count in found.items() if count}


def test_a_fee_settled_in_time_is_counted_once(real: Town):
    world = real.world
    world.to_month(real.start, 5)
    world.settle(real.account)
    world.settle(real.account)
    assert counts(real, real.start) == {4: 1}


def test_a_fee_noticed_and_not_cured_is_entered_and_stays_one_entry(real: Town):
    world = real.world
    obligation = real.account << 16 | real.start
    world.to_month(real.start, 16)
    world.credit.reportOverdue(world.fees, obligation, sender=real.fund)
    world.to_day(world.day + 15)
    world.credit.reportOverdue(world.fees, obligation, sender=real.fund)
    assert counts(real, real.start) == {5: 1}
    world.settle(real.account)
    assert counts(real, real.start) == {5: 1}


def test_a_fee_paid_within_the_cure_is_neutral(real: Town):
    world = real.world
    world.to_month(real.start, 16)
    world.credit.reportOverdue(world.fees, real.account << 16 | real.start, sender=real.fund)
    world.settle(real.account)
    assert counts(real, real.start) == {9: 1}
