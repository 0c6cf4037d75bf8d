"""proposeRelief, approveRelief: waivers and credit notes by two persons.

who ── maker and checker, never one person, not the AccessManager · a proposal ends after 30 days
amount ── zero, more than is open: refused · no reason: refused
waiver ── counted in the public total of its month · neutral for credit · touches no pot
credit note ── open principal first, then back to the party · not counted as a waiver
"""

import pytest

from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import reverts
from tests.fee_world import CREDIT_NOTE, REASON, WAIVE_FEES, WAIVE_PRINCIPAL


def test_a_waiver_takes_two_persons(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    act = (town.account, WAIVE_PRINCIPAL, 100, REASON)
    world.fees.proposeRelief(*act, sender=world.maker)
    for other in (
        (town.account, WAIVE_PRINCIPAL, 101, REASON),
        (town.account, WAIVE_PRINCIPAL, 100, b"\1" * 32),
    ):
        with reverts("FeeReliefUnknown", ...):
            world.fees.approveRelief(*other, sender=world.checker)
    world.fees.approveRelief(*act, sender=world.checker)
    assert world.account(town.account).due == LINE - 100
    with reverts("FeeReliefUnknown", ...):
        world.fees.approveRelief(*act, sender=world.checker)


def test_one_person_with_both_roles_is_not_two(town: Town):
    world = town.world
    world.access.grantRole(6, world.maker, 0, sender=world.admin)
    world.access.grantRole(1, str(world.access), 0, sender=world.admin)
    world.pay(town.account, LINE, town.ben)
    act = (town.account, CREDIT_NOTE, 5, REASON)
    with reverts("FeeReliefTooLarge", town.account, CREDIT_NOTE, 5, 0):
        world.fees.proposeRelief(*act, sender=world.maker)
    data = world.fees.data("proposeRelief", *act)
    with reverts("FeeCallerIsAuthority", world.access):
        world.access.execute(world.fees, data, sender=world.maker)
    world.to_month(town.start, 5)
    world.fees.proposeRelief(*act, sender=world.maker)
    with reverts("FeeSecondPersonMissing", world.maker):
        world.fees.approveRelief(*act, sender=world.maker)


def test_a_proposal_waits_thirty_days(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    act = (town.account, WAIVE_PRINCIPAL, 100, REASON)
    world.fees.proposeRelief(*act, sender=world.maker)
    world.to_day(world.day + 31)
    with reverts("FeeReliefUnknown", ...):
        world.fees.approveRelief(*act, sender=world.checker)


@pytest.mark.parametrize("kind", [WAIVE_PRINCIPAL, WAIVE_FEES])
def test_no_more_is_waived_than_is_open(town: Town, kind: int):
    world = town.world
    world.to_month(town.start, 20)
    found = world.account(town.account)
    most = found.due if kind == WAIVE_PRINCIPAL else found.late_fees
    with reverts("FeeReliefTooLarge", town.account, kind, most + 1, most):
        world.fees.proposeRelief(town.account, kind, most + 1, REASON, sender=world.maker)
    with reverts("FeeAmountZero"):
        world.fees.proposeRelief(town.account, kind, 0, REASON, sender=world.maker)
    with reverts("FeeReliefInvalid", town.account, bytes(32)):
        world.fees.proposeRelief(town.account, kind, 1, bytes(32), sender=world.maker)
    world.fees.proposeRelief(town.account, kind, most, REASON, sender=world.maker)
    world.pay(town.account, found.due + found.late_fees, town.ben)
    with reverts("FeeReliefTooLarge", town.account, kind, most, 0):
        world.fees.approveRelief(town.account, kind, most, REASON, sender=world.checker)


def test_waivers_are_counted_in_their_month_and_neutral_for_credit(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    fee = world.account(town.account).late_fees
    world.relieve(town.account, WAIVE_PRINCIPAL, LINE)
    (event,) = world.events("ReliefGranted")
    assert (event["month"], event["amount"], event["level"]) == (town.start, LINE, LINE)
    (late,) = world.events("Late")
    assert [(outcome[0] & 0xFFFF, outcome[4]) for outcome in late["outcomes"]] == [(town.start, True)]
    world.relieve(town.account, WAIVE_FEES, fee)
    assert world.fees.waivedIn(town.start) == (LINE, fee)
    assert world.fees.waivedIn(town.start + 1) == (0, 0)
    found = world.account(town.account)
    assert (found.due, found.late_fees, found.pot, world.balance(town.fund)) == (0, 0, 0, 0)


def test_waived_fees_still_use_up_the_days(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    fee = world.account(town.account).late_fees
    world.relieve(town.account, WAIVE_FEES, fee)
    world.to_month(town.start, 21)
    assert world.account(town.account).late_fees == LINE * 5 * 6 // 10_000 - fee


def test_a_credit_note_reduces_what_is_open_and_gives_the_rest_back(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    world.pay(town.account, LINE - 100, town.ben)
    before, fund = world.balance(town.ann), world.balance(town.fund)
    world.relieve(town.account, CREDIT_NOTE, 350)
    assert world.account(town.account).due == 0
    assert (world.balance(town.ann), world.balance(town.fund)) == (before + 250, fund - 250)
    assert world.fees.waivedIn(town.start) == (0, 0)
    with reverts("FeeReliefTooLarge", town.account, CREDIT_NOTE, LINE + 1, LINE):
        world.fees.proposeRelief(town.account, CREDIT_NOTE, LINE + 1, REASON, sender=world.maker)
