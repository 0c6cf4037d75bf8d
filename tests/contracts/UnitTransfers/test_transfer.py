"""transfer(unit, toParty) and withdrawTransfer(unit)

- unknown unit or party, the owner itself as buyer, a caller who is not the owner's current wallet: reverts
- a leased unit, or an owner in recovery: reverts
- a later offer replaces an earlier one; owner or buyer step back, nobody else
- an offer dies after thirty days
"""

import pytest

from tests.registry_world import DAY, World, account, spare


def test_an_offer_is_on_record_and_moves_nothing(exact: World) -> None:
    world = exact
    unit, ann, ben = world.unit("ann"), world.party["ann"], world.party["ben"]
    world.transfers.transfer(unit, ben, sender=world.wallet("ann"))
    assert world.transfers.offerOf(unit) == (ann, ben, world.time + 30 * DAY, False, False)
    assert world.units.ownerPartyOf(unit) == ann


@pytest.mark.parametrize("person", ["stranger", "ben", "manager", "admin"])
def test_A1_only_the_owner_offers(world: World, person: str) -> None:
    unit, caller = world.unit("ann"), world.wallet(person)
    with world.reverts("TransferNotParty", unit, world.party["ann"], caller):
        world.transfers.transfer(unit, world.party["cleo"], sender=caller)


def test_another_linked_wallet_of_the_owner_does_not_offer(world: World) -> None:
    unit = world.unit("ann")
    world.link("ann", account(5))
    with world.reverts("TransferNotParty", unit, world.party["ann"], world.wallet("stranger")):
        world.transfers.transfer(unit, world.party["ben"], sender=world.wallet("stranger"))


def test_unknown_units_and_buyers_and_oneself(world: World) -> None:
    unit, ann = world.unit("ann"), world.wallet("ann")
    with world.reverts("TransferUnitUnknown", 99):
        world.transfers.transfer(99, world.party["ben"], sender=ann)
    with world.reverts("TransferPartyUnknown", 99):
        world.transfers.transfer(unit, 99, sender=ann)
    with world.reverts("TransferToOwner", unit, world.party["ann"]):
        world.transfers.transfer(unit, world.party["ann"], sender=ann)


def test_a_leased_unit_moves_only_inside_its_lease(world: World) -> None:
    leases, unit, today = world.lease_contract(), world.unit("ann"), world.today
    world.occupy(leases, unit, 4, 3, 10)
    with world.reverts("TransferUnitLeased", unit, 4, today + 10):
        world.transfers.transfer(unit, world.party["ben"], sender=world.wallet("ann"))
    world.later(10 * DAY)
    world.transfers.transfer(unit, world.party["ben"], sender=world.wallet("ann"))


def test_a_thief_sells_nothing_while_the_wallet_is_recovered(world: World) -> None:
    unit = world.unit("ann")
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    with world.reverts("TransferOwnerInRecovery", unit, world.party["ann"]):
        world.transfers.transfer(unit, world.party["cleo"], sender=world.wallet("ann"))


def test_a_later_offer_replaces_an_earlier_one(world: World) -> None:
    unit, ann = world.unit("ann"), world.party["ann"]
    world.transfers.transfer(unit, world.party["ben"], sender=world.wallet("ann"))
    world.transfers.acceptTransfer(unit, ann, sender=world.wallet("ben"))
    world.transfers.transfer(unit, world.party["cleo"], sender=world.wallet("ann"))
    assert world.transfers.offerOf(unit)[3:] == (False, False)
    with world.reverts("TransferOfferChanged", unit, ann, world.party["cleo"]):
        world.transfers.confirmTransfer(unit, world.party["ben"], sender=world.wallet("manager"))


@pytest.mark.parametrize("person", ["ann", "ben"])
def test_either_side_steps_back(world: World, person: str) -> None:
    unit = world.unit("ann")
    world.transfers.transfer(unit, world.party["ben"], sender=world.wallet("ann"))
    world.transfers.withdrawTransfer(unit, sender=world.wallet(person))
    assert world.transfers.offerOf(unit) == (0, 0, 0, False, False)
    with world.reverts("TransferOfferNone", unit):
        world.transfers.withdrawTransfer(unit, sender=world.wallet(person))


@pytest.mark.parametrize("person", ["stranger", "cleo", "manager"])
def test_A1_nobody_else_withdraws_an_offer(world: World, person: str) -> None:
    unit = world.unit("ann")
    world.transfers.transfer(unit, world.party["ben"], sender=world.wallet("ann"))
    with world.reverts("TransferNotParty", unit, world.party["ben"], world.wallet(person)):
        world.transfers.withdrawTransfer(unit, sender=world.wallet(person))
