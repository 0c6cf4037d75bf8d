"""refund: the account's party takes prepaid cash back.

who ── the party itself · whoever paid, or another: refused
amount ── zero, more than the pot after what fell due: refused · otherwise paid
"""

from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import reverts


def test_prepaid_cash_comes_back_to_the_party(town: Town):
    world = town.world
    world.pay(town.account, 3 * LINE, town.ben)
    before = world.balance(town.ann)
    world.fees.refund(town.account, 2 * LINE, sender=town.ann)
    assert world.balance(town.ann) == before + 2 * LINE
    assert world.fees.held() == LINE
    (event,) = world.events("PrepaymentRefunded")
    assert (event["account"], event["party"], event["amount"]) == (town.account, town.ann.party, 2 * LINE)


def test_only_the_party_takes_it(town: Town):
    town.world.pay(town.account, LINE, town.ben)
    for who in (town.ben, town.world.maker):
        with reverts("FeeNotParty", town.account, str(who)):
            town.world.fees.refund(town.account, 1, sender=who)


def test_what_was_forwarded_does_not_come_back(town: Town):
    """Peer bug: refund of money already forwarded."""
    world = town.world
    world.pay(town.account, 2 * LINE, town.ben)
    world.next_month(5)
    with reverts("FeeRefundTooLarge", town.account, LINE + 1, LINE):
        world.fees.refund(town.account, LINE + 1, sender=town.ann)
    with reverts("FeeAmountZero"):
        world.fees.refund(town.account, 0, sender=town.ann)
    world.fees.refund(town.account, LINE, sender=town.ann)
    assert (world.balance(town.fund), world.fees.held()) == (LINE, 0)
    (event,) = world.events("OnTime")
    assert event["items"] == (town.start << 32 | town.ann.party,)


def test_a_waiver_gives_no_cash(town: Town):
    world = town.world
    world.next_month(5)
    world.relieve(town.account, 0, LINE)
    with reverts("FeeRefundTooLarge", town.account, 1, 0):
        world.fees.refund(town.account, 1, sender=town.ann)
