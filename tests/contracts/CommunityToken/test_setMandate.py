"""CommunityToken.setMandate, revokeMandate, mandateOf.

setMandate
├── limit 0, no multiple of 0.01 CMT, or too large: reverts
├── no collector, or an unregistered or retired one: reverts
├── expired, or beyond the last month a word can hold: reverts
├── wallet replaced or under recovery: reverts
└── otherwise: in force at once; balance, flags and what was spent this month stay
revokeMandate: always possible; what was spent this month stays
"""

import pytest

from commonhold.rules.codes import Code
from tests.money_world import CMT, FEES, LEASES, Money

MAX_LIMIT = (2**40 - 1) * 10_000


def test_a_mandate_stands_as_it_was_given(world: Money) -> None:
    world.fund("ann", 7 * CMT)
    terms = world.terms(limit=123 * CMT + 10_000, collectors=LEASES | FEES, months=3, partial=True)
    world.token.setMandate(terms, sender=world.wallet("ann"))
    assert world.mandate_of("ann") == (terms, 0, 0)
    assert world.balance("ann") == 7 * CMT
    limit, collectors, expiry, partial = terms
    assert world.events("MandateSet") == [
        {"wallet": world.wallet("ann"), "limit": limit, "collectors": collectors, "expiryMonth": expiry,
         "allowPartial": partial}
    ]  # fmt: skip


@pytest.mark.parametrize("limit", [0, 1, 9_999, 10_001, MAX_LIMIT + 1, MAX_LIMIT + 10_000, 2**256 - 1])
def test_a_limit_that_fits_no_word_is_refused(world: Money, limit: int) -> None:
    with world.reverts("TokenMandateLimitInvalid", limit, 10_000, MAX_LIMIT):
        world.mandate("ann", limit=limit)


@pytest.mark.parametrize("limit", [10_000, MAX_LIMIT])
def test_the_smallest_and_the_largest_limit_are_kept_exactly(world: Money, limit: int) -> None:
    world.mandate("ann", limit=limit)
    assert world.mandate_of("ann")[0][0] == limit


@pytest.mark.parametrize("collectors", [0, 4, 5, 2**16 - 1])
def test_a_mandate_names_registered_collectors_only(world: Money, collectors: int) -> None:
    with world.reverts("TokenMandateCollectorsUnknown", collectors, LEASES | FEES):
        world.mandate("ann", collectors=collectors)


def test_a_retired_collector_cannot_be_named_any_more(world: Money) -> None:
    world.token.retireCollector(world.fees, sender=world.wallet("admin"))
    with world.reverts("TokenMandateCollectorsUnknown", LEASES | FEES, LEASES):
        world.mandate("ann", collectors=LEASES | FEES)


def test_an_expired_or_endless_mandate_is_refused(world: Money) -> None:
    now = world.month()
    for months in (-1, 4_096 - now):
        with world.reverts("TokenMandateExpiryInvalid", now + months, now, 4_095):
            world.mandate("ann", months=months)
    world.mandate("ann", months=0)
    world.mandate("ann", months=4_095 - now)
    assert world.mandate_of("ann")[0][2] == 4_095


def test_a_change_of_the_limit_keeps_what_was_spent_this_month(world: Money) -> None:
    world.fund("ann", 20 * CMT)
    world.mandate("ann", limit=5 * CMT)
    world.collect(("ann", 4 * CMT))
    world.mandate("ann", limit=6 * CMT)
    assert world.collect(("ann", 3 * CMT), ("ann", 2 * CMT)) == [
        (Code.LIMIT_EXCEEDED, 0), (Code.COLLECTED, 2 * CMT),
    ]  # fmt: skip


def test_revoking_and_giving_again_does_not_renew_the_month_s_limit(world: Money) -> None:
    world.fund("ann", 20 * CMT)
    world.mandate("ann", limit=5 * CMT, partial=True)
    world.collect(("ann", 5 * CMT))
    world.token.revokeMandate(sender=world.wallet("ann"))
    assert world.events("MandateRevoked") == [{"wallet": world.wallet("ann")}]
    assert world.mandate_of("ann")[0] == (0, 0, 0, False)
    world.mandate("ann", limit=5 * CMT)
    assert world.collect(("ann", CMT)) == [(Code.LIMIT_EXCEEDED, 0)]


def test_revoking_is_possible_at_any_time_and_touches_nothing_else(world: Money) -> None:
    world.fund("ann", 20 * CMT)
    world.token.revokeMandate(sender=world.wallet("ann"))
    world.mandate("ann")
    world.freeze("ann")
    world.hold("ann")
    world.token.revokeMandate(sender=world.wallet("ann"))
    assert world.balance("ann") == 20 * CMT
    assert world.token.statusOf(world.wallet("ann"))[1] is True
    assert world.token.statusOf(world.wallet("ann"))[2] != 0


def test_a_wallet_under_recovery_gives_no_mandate(world: Money) -> None:
    world.hold("ann")
    with world.reverts("TokenRecoveryPending", world.wallet("ann")):
        world.mandate("ann")
    world.hold("ann", False)
    world.mandate("ann")


def test_a_replaced_wallet_gives_no_mandate(world: Money) -> None:
    world.replace("ann", "ben")
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("ben")):
        world.mandate("ann")


def test_a_frozen_party_may_still_order_its_dues_to_be_paid(world: Money) -> None:
    world.fund("ann", 20 * CMT)
    until = world.freeze("ann")
    world.mandate("ann")
    assert world.collect(("ann", CMT)) == [(Code.COLLECTED, CMT)]
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        world.token.transfer(world.wallet("ben"), 1, sender=world.wallet("ann"))


def test_a_sponsored_mandate_belongs_to_the_signer(world: Money) -> None:
    terms = world.terms()
    world.forward("ann", world.token, "setMandate", terms)
    assert world.mandate_of("ann")[0] == terms
    world.forward("ann", world.token, "revokeMandate")
    assert world.mandate_of("ann")[0] == (0, 0, 0, False)
