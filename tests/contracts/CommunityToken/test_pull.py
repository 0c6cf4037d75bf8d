"""CommunityToken.pull: what a payer asked to pay, by mandate or by allowance.

caller
├── none of the suite's contracts: reverts
└── one of them
    ├── payer replaced or under recovery: reverts
    ├── payer frozen
    │   ├── caller is or was a collector: paid
    │   └── otherwise: reverts
    ├── mandate covers all: taken within it, the allowance stays
    ├── mandate would do, the wallet is too empty: reverts with the balance
    └── otherwise the allowance
        ├── too low: reverts with have and need
        ├── infinite: stays infinite
        ├── wallet too empty: reverts with the balance
        └── enough: goes down
"""

import pytest

from tests.money_world import CMT, DAY, FEES, NOBODY, Money


@pytest.mark.core
def test_a_mandate_that_covers_needs_no_allowance_and_counts_as_spent(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", limit=4 * CMT)
    world.pull("ann", 3 * CMT)
    assert world.transfers() == [(world.wallet("ann"), world.leases.address, 3 * CMT)]
    assert (world.balance("ann"), world.mandate_of("ann")[1]) == (7 * CMT, 3 * CMT)


def test_a_mandate_that_covers_leaves_the_allowance_alone(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    world.token.approve(world.leases, 5 * CMT, sender=world.wallet("ann"))
    world.pull("ann", 3 * CMT)
    assert world.token.allowance(world.wallet("ann"), world.leases) == 5 * CMT


@pytest.mark.parametrize("terms", [{"limit": CMT}, {"collectors": FEES}, {"limit": CMT, "partial": True}])
def test_a_mandate_that_does_not_cover_falls_back_to_the_allowance(
    world: Money, terms: dict[str, int]
) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", **terms)
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, 3 * CMT):
        world.pull("ann", 3 * CMT)
    world.token.approve(world.leases, 5 * CMT, sender=world.wallet("ann"))
    world.pull("ann", 3 * CMT)
    assert world.token.allowance(world.wallet("ann"), world.leases) == 2 * CMT
    assert world.mandate_of("ann")[1] == 0


def test_an_expired_mandate_falls_back_to_the_allowance(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", months=0)
    world.later(40 * DAY)
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, CMT):
        world.pull("ann", CMT)


def test_an_infinite_allowance_stays(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.token.approve(world.leases, 2**256 - 1, sender=world.wallet("ann"))
    world.pull("ann", 3 * CMT)
    assert world.token.allowance(world.wallet("ann"), world.leases) == 2**256 - 1


def test_a_mandate_that_would_do_over_an_empty_wallet_names_the_balance(world: Money) -> None:
    world.fund("ann", CMT)
    world.mandate("ann")
    with world.reverts("ERC20InsufficientBalance", world.wallet("ann"), CMT, 3 * CMT):
        world.pull("ann", 3 * CMT)


def test_an_allowance_over_an_empty_wallet_names_the_balance(world: Money) -> None:
    world.fund("ann", CMT)
    world.token.approve(world.leases, 9 * CMT, sender=world.wallet("ann"))
    with world.reverts("ERC20InsufficientBalance", world.wallet("ann"), CMT, 3 * CMT):
        world.pull("ann", 3 * CMT)


def test_only_the_suite_s_contracts_may_pull(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.token.approve(world.outsider, 9 * CMT, sender=world.wallet("ann"))
    with world.reverts("TokenNotSuite", world.outsider.address):
        world.pull("ann", CMT, by=world.outsider)
    with world.reverts("TokenNotSuite", world.wallet("ben")):
        world.token.pull(world.wallet("ann"), CMT, sender=world.wallet("ben"))


@pytest.mark.core
def test_a_contract_of_the_suite_that_is_no_collector_pulls_by_allowance_only(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", collectors=3)
    with world.reverts("ERC20InsufficientAllowance", world.escrow.address, 0, CMT):
        world.pull("ann", CMT, by=world.escrow)
    world.token.approve(world.escrow, CMT, sender=world.wallet("ann"))
    world.pull("ann", CMT, by=world.escrow)
    assert world.balance(world.escrow) == CMT


def test_a_frozen_party_pays_collectors_but_no_other_door(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", limit=CMT)
    until = world.freeze("ann")
    world.pull("ann", CMT)
    world.token.approve(world.leases, CMT, sender=world.wallet("ann"))
    world.pull("ann", CMT)
    assert world.balance(world.leases) == 2 * CMT
    world.token.approve(world.reserve, CMT, sender=world.wallet("ann"))
    world.token.approve(world.escrow, CMT, sender=world.wallet("ann"))
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        world.pull("ann", CMT, by=world.escrow)


def test_a_frozen_party_still_pays_off_debts_to_a_retired_collector(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.token.approve(world.leases, CMT, sender=world.wallet("ann"))
    world.freeze("ann")
    world.token.retireCollector(world.leases, sender=world.wallet("admin"))
    world.pull("ann", CMT)
    assert world.balance(world.leases) == CMT


def test_a_payer_under_recovery_cannot_be_made_to_pay(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    world.hold("ann")
    with world.reverts("TokenRecoveryPending", world.wallet("ann")):
        world.pull("ann", CMT)


def test_a_replaced_payer_pays_nothing_even_of_amount_zero(world: Money) -> None:
    world.replace("ann", "ben")
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("ben")):
        world.pull("ann", 0)


def test_nobody_pays_from_the_zero_address(world: Money) -> None:
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, CMT):
        world.pull(NOBODY, CMT)


def test_an_amount_beyond_all_words_is_refused(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", partial=True)
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, 2**256 - 1):
        world.pull("ann", 2**256 - 1)
