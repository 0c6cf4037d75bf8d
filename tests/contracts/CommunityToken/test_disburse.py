"""CommunityToken.disburse: the suite's contracts pay many, and no payee can stop it.

caller
├── none of the suite's contracts: reverts
└── one of them
    ├── more than 256 items: reverts
    ├── holds less than the sum: reverts
    └── item
        ├── amount 0: counts as delivered, no event
        ├── wallet 0, one of the suite's contracts, the caller itself: bit set, not paid
        ├── replaced wallet: its successor is paid
        └── any other: paid, one Transfer event
"""

import pytest

from tests.money_world import CMT, NOBODY, Money


def _stock(world: Money, amount: int) -> None:
    """Money in the lease contract."""
    world.fund("emil", amount)
    world.mandate("emil", limit=amount)
    world.collect(("emil", amount))


def test_every_payee_gets_its_sum_in_one_transfer_event(world: Money) -> None:
    _stock(world, 10 * CMT)
    assert world.disburse(("ann", 3 * CMT), ("ben", 4 * CMT), ("ann", CMT)) == 0
    assert [event[1:] for event in world.transfers()] == [
        (world.wallet("ann"), 3 * CMT), (world.wallet("ben"), 4 * CMT), (world.wallet("ann"), CMT),
    ]  # fmt: skip
    assert [world.balance(who) for who in ("ann", "ben", world.leases)] == [4 * CMT, 4 * CMT, 2 * CMT]


@pytest.mark.core
def test_what_cannot_be_delivered_is_answered_by_its_bit_and_stays(world: Money) -> None:
    _stock(world, 10 * CMT)
    items = [(NOBODY, CMT), ("ann", CMT), (world.escrow, CMT), (world.leases, CMT), (world.token, CMT)]
    assert world.disburse(*items) == 0b11101
    assert (world.balance("ann"), world.balance(world.leases)) == (CMT, 9 * CMT)


def test_T8_frozen_and_held_payees_receive_and_a_replaced_one_s_share_follows_the_party(world: Money) -> None:
    _stock(world, 10 * CMT)
    world.freeze("ann")
    world.hold("ben")
    world.replace("cleo", "dora")
    assert world.disburse(("ann", CMT), ("ben", 2 * CMT), ("cleo", 3 * CMT)) == 0
    leases = world.leases.address
    assert world.transfers() == [
        (leases, world.wallet("ann"), CMT), (leases, world.wallet("ben"), 2 * CMT),
        (leases, world.wallet("cleo"), 3 * CMT), (world.wallet("cleo"), world.wallet("dora"), 3 * CMT),
    ]  # fmt: skip
    assert [world.balance(who) for who in ("ann", "ben", "cleo", "dora")] == [CMT, 2 * CMT, 0, 3 * CMT]


def test_an_amount_of_zero_is_delivered_without_an_event(world: Money) -> None:
    assert world.disburse(("ann", 0), (NOBODY, 0), (world.escrow, 0)) == 0
    assert world.transfers() == []


def test_the_last_of_256_items_has_its_bit_and_257_are_refused(world: Money) -> None:
    _stock(world, 10 * CMT)
    assert world.disburse(*[("ann", 1)] * 255, (NOBODY, 1)) == 1 << 255
    with world.reverts("TokenBatchTooLarge", 257, 256):
        world.disburse(*[("ann", 1)] * 257)


def test_the_caller_pays_no_more_than_it_holds(world: Money) -> None:
    _stock(world, 10 * CMT)
    with world.reverts("ERC20InsufficientBalance", world.leases.address, 10 * CMT, 10 * CMT + 1):
        world.disburse(("ann", 10 * CMT), ("ben", 1))
    assert world.disburse(("ann", 10 * CMT), (NOBODY, 1)) == 2
    assert world.balance(world.leases) == 0


def test_only_the_suite_s_contracts_may_disburse(world: Money) -> None:
    world.fund("ann", CMT)
    with world.reverts("TokenNotSuite", world.outsider.address):
        world.disburse(("ann", 0), by=world.outsider)
    with world.reverts("TokenNotSuite", world.wallet("ann")):
        world.token.disburse([world.item("ben", CMT)], sender=world.wallet("ann"))


def test_a_retired_collector_still_pays_out_what_it_holds(world: Money) -> None:
    _stock(world, 10 * CMT)
    world.token.retireCollector(world.leases, sender=world.wallet("admin"))
    assert world.disburse(("ann", 10 * CMT)) == 0
    assert world.balance("ann") == 10 * CMT


def test_B1_a_hostile_payee_contract_is_not_called(world: Money) -> None:
    _stock(world, 10 * CMT)
    burner = world.backend.deploy("GasBurnerWallet")
    assert world.disburse((burner, CMT), ("ann", CMT)) == 0
    assert world.balance(burner) == CMT
