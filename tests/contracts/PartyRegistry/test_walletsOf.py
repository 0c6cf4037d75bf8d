"""walletsOf(parties) and payeesOf(parties), walletOf and the other looks

- current wallets as clean words, zero for no wallet, id 0, unknown ids and numbers beyond any id
- duplicates and an empty list are answered as asked
- payeesOf answers zero while a recovery is pending, and the wallet again when it lapsed or was completed
- one storage read per party
"""

import pytest

from tests.lease_world import InProcess
from tests.registry_world import DAY, NOBODY, World, spare


def words(*wallets: str) -> tuple[int, ...]:
    return tuple(int(wallet, 16) for wallet in wallets)


def test_wallets_come_as_clean_words_in_the_order_asked(world: World) -> None:
    ann, ben = world.party["ann"], world.party["ben"]
    world.parties.setCollectingConsent(True, sender=world.wallet("ann"))
    expected = words(world.wallet("ben"), world.wallet("ann"), world.wallet("ben"))
    assert tuple(world.parties.walletsOf([ben, ann, ben])) == expected
    assert tuple(world.parties.payeesOf([ben, ann, ben])) == expected


def test_nobody_is_zero(world: World) -> None:
    alone = world.register()
    asked = [0, alone, 99, 2**32 + world.party["ann"], 2**256 - 1]
    assert tuple(world.parties.walletsOf(asked)) == (0,) * 5
    assert tuple(world.parties.payeesOf(asked)) == (0,) * 5
    assert tuple(world.parties.walletsOf([])) == tuple(world.parties.payeesOf([])) == ()
    assert world.parties.walletOf(99) == NOBODY
    assert world.parties.partyOf(spare(9).address) == 0
    assert world.parties.kindOf(99) == 0
    assert world.parties.replacedOf(world.wallet("ann")) == 0


def test_a_pending_recovery_stops_paying_but_not_collecting(world: World) -> None:
    ann = world.party["ann"]
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    assert tuple(world.parties.walletsOf([ann])) == words(world.wallet("ann"))
    assert tuple(world.parties.payeesOf([ann])) == (0,)
    assert world.parties.receiverOf(ann) == NOBODY
    world.later(3 * DAY)
    world.recovery.completeRecovery(ann, sender=world.wallet("stranger"))
    assert tuple(world.parties.walletsOf([ann])) == words(spare(1).address)
    assert tuple(world.parties.payeesOf([ann])) == words(spare(1).address)
    assert world.parties.receiverOf(ann) == spare(1).address
    assert world.parties.replacedOf(world.wallet("ann")) == ann
    assert world.parties.partyOf(world.wallet("ann")) == 0


def test_L1_a_lapsed_recovery_stops_nothing_even_before_it_is_cleared(world: World) -> None:
    ann = world.party["ann"]
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    world.later(17 * DAY + 2)
    assert not world.parties.recoveryPending(ann)
    assert tuple(world.parties.payeesOf([ann])) == words(world.wallet("ann"))


@pytest.mark.gas
def test_one_more_party_costs_one_storage_read(world: World) -> None:
    if not isinstance(world.backend, InProcess):
        return
    few = [world.party["ann"]]
    costs = []
    for asked in (few, [*few, world.party["ben"], world.party["cleo"]]):
        world.parties.walletsOf(asked)
        costs.append(world.backend.chain.gas_used)
    assert (costs[1] - costs[0]) / 2 < 2_100 + 1_100  # calldata and answer of one word cost some 700
