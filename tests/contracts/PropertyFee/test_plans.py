"""offerPlan, acceptPlan: arrears by instalments.

offer ── 2 to 36 parts, first within 62 days · MANAGER · ends after 30 days or with another
accept ── only the party, only what it sees · a second plan: refused
kept ── no late fee, no outcome until the end, then neutral · new months run on as usual · extra pays ahead
broken ── the day after grace of an instalment that is not paid whole: all of the rest is due, late fees run
"""

from commonhold.rules.calendar import first_of
from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import reverts


def late(town: Town) -> int:
    """Two months behind, on the 20th; answers the late fee."""
    town.world.to_month(town.start + 1, 20)
    return int(town.world.account(town.account).late_fees)


def first_day(town: Town) -> int:
    return first_of(town.start + 2)


def test_an_offer_has_bounds(town: Town):
    world = town.world
    late(town)
    today = world.day
    for count in (1, 37):
        with reverts("FeePlanInvalid", town.account, b"count".ljust(32, b"\0"), count, 36):
            world.fees.offerPlan(town.account, count, today + 1, sender=world.maker)
    for day in (today, today + 63):
        with reverts("FeePlanInvalid", town.account, b"firstDay".ljust(32, b"\0"), day, today + 62):
            world.fees.offerPlan(town.account, 3, day, sender=world.maker)
    with reverts("FeeAccountUnknown", 99):
        world.fees.offerPlan(99, 3, today + 1, sender=world.maker)


def test_only_the_party_accepts_and_only_what_it_sees(town: Town):
    world = town.world
    late(town)
    day = first_day(town)
    with reverts("FeePlanUnknown", town.account):
        world.fees.acceptPlan(town.account, 2 * LINE, 3, day, sender=town.ann)
    world.fees.offerPlan(town.account, 3, day, sender=world.maker)
    with reverts("FeeNotParty", town.account, town.ben.wallet):
        world.fees.acceptPlan(town.account, 2 * LINE, 3, day, sender=town.ben)
    with reverts("FeePlanUnknown", town.account):
        world.fees.acceptPlan(town.account, 2 * LINE, 4, day, sender=town.ann)
    with reverts("FeePlanInvalid", town.account, b"sum".ljust(32, b"\0"), LINE, 2 * LINE):
        world.fees.acceptPlan(town.account, LINE, 3, day, sender=town.ann)
    world.fees.acceptPlan(town.account, 2 * LINE, 3, day, sender=town.ann)
    assert world.fees.planOf(town.account) == (2 * LINE, 0, day, 3, 0)
    world.to_month(town.start + 2, 20)
    world.fees.offerPlan(town.account, 3, world.day + 1, sender=world.maker)
    with reverts("FeePlanRunning", town.account):
        world.fees.acceptPlan(town.account, LINE, 3, world.day + 1, sender=town.ann)


def test_R5_a_plan_that_is_kept_costs_no_late_fee_and_ends_neutral(town: Town):
    world = town.world
    fee = late(town)
    day = first_day(town)
    total = world.plan(town.account, town.ann, 3, day)
    assert total == 2 * LINE
    assert world.account(town.account).due == 0
    assert world.fees.overdueOf(town.account << 16 | town.start)[4] == 0
    paid, reported = 0, []
    for month in range(3):
        world.to_day(first_of(town.start + 2 + month) + 4)
        due = total * (month + 1) // 3 - paid + LINE
        owed = fee if month == 0 else 0
        assert world.settle(town.account)[0][2] == due + owed
        paid += due - LINE
        assert world.events("OnTime")[0]["items"] == (town.start + 2 + month << 32 | town.ann.party,)
        reported += [outcome for event in world.events("Late") for outcome in event["outcomes"]]
        assert bool(world.events("PlanKept")) == (month == 2)
    assert paid == total
    assert [(outcome[0] & 0xFFFF, outcome[4]) for outcome in reported] == [
        (town.start, True), (town.start + 1, True)
    ]  # fmt: skip
    assert world.account(town.account).late_fees == 0


def test_extra_money_pays_the_plan_ahead_instead_of_a_prepayment(town: Town):
    world = town.world
    fee = late(town)
    total = world.plan(town.account, town.ann, 3, first_day(town))
    most = fee + total
    with reverts("FeePaymentTooLarge", town.account, most + 1, most):
        world.pay(town.account, most + 1, town.ben)
    world.pay(town.account, most, town.ben)
    found = world.account(town.account)
    assert (found.plan_left, found.pot, found.due) == (0, 0, 0)
    assert world.events("PlanKept")


def test_a_plan_is_broken_after_the_grace_of_an_instalment(town: Town):
    world = town.world
    late(town)
    total = world.plan(town.account, town.ann, 2, first_day(town))
    fee = world.account(town.account).late_fees
    world.to_day(first_day(town) + 10)
    assert world.account(town.account).due == total // 2 + LINE
    world.to_day(first_day(town) + 11)
    found = world.account(town.account)
    assert (found.due, found.plan_left) == (total + LINE, total)
    assert found.late_fees == fee + total * 5 // 10_000
    assert world.fees.planOf(town.account)[4] == world.day
    assert world.fees.overdueOf(town.account << 16 | town.start)[4] == LINE
    broken = world.day
    world.to_day(broken + 9)
    world.pay(town.account, LINE + 5, town.ben)
    (event,) = world.events("PlanBroken")
    assert (event["day"], event["rest"]) == (broken, total)
    (event,) = world.events("Late")
    assert [(outcome[0] & 0xFFFF, outcome[4]) for outcome in event["outcomes"]] == [(town.start, False)]
    assert world.fees.overdueOf(town.account << 16 | town.start + 1)[4] == LINE - 5
    assert world.settle(town.account)[0][1] == 1
    assert world.account(town.account).plan_left == 0
    world.solvent()
