"""serveNotice: stages of dunning with the days on which they were served.

who ── MANAGER · when ── only after the grace of something unpaid, stages in order, 7 days apart
again ── when the arrears of the first notice are paid, the next begin at stage 1
"""

from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import reverts
from tests.fee_world import REASON


def serve(town: Town, stage: int) -> None:
    town.world.fees.serveNotice(town.account, stage, REASON, sender=town.world.maker)


def test_stages_follow_each_other_with_their_days(town: Town):
    world = town.world
    world.to_month(town.start, 15)
    with reverts("FeeNoArrears", town.account):
        serve(town, 1)
    world.to_month(town.start, 16)
    with reverts("FeeNoticeInvalid", town.account, 2, 1):
        serve(town, 2)
    serve(town, 1)
    (event,) = world.events("NoticeServed")
    assert (event["stage"], event["day"], event["principal"]) == (1, world.day, LINE)
    first = world.day
    world.to_day(first + 6)
    with reverts("FeeNoticeTooEarly", town.account, first + 7, first + 6):
        serve(town, 2)
    world.to_day(first + 7)
    serve(town, 2)
    world.to_day(first + 20)
    serve(town, 3)
    assert world.fees.noticesOf(town.account) == (3, (first, first + 7, first + 20))
    with reverts("FeeNoticeInvalid", town.account, 4, 4):
        serve(town, 4)


def test_paying_the_named_arrears_begins_anew(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    serve(town, 1)
    world.pay(town.account, LINE - 1, town.ben)
    assert world.fees.noticesOf(town.account)[0] == 1
    world.pay(town.account, 1, town.ben)
    assert world.fees.noticesOf(town.account) == (0, (0, 0, 0))
    world.to_month(town.start + 1, 20)
    serve(town, 1)


def test_a_broken_plan_can_be_noticed(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    world.plan(town.account, town.ann, 2, world.day + 1)
    world.to_day(world.day + 12)
    serve(town, 1)
    assert world.fees.noticesOf(town.account)[0] == 1
    world.settle(town.account)
    assert world.fees.noticesOf(town.account)[0] == 0
