"""acceptTransfer(unit, fromParty) and confirmTransfer(unit, toParty)

- needs an open offer of the present owner: none, lapsed after thirty days, or an owner who changed: reverts
- the buyer's current wallet accepts from the owner it believes in; MANAGER confirms for the buyer it read
- the unit moves with the last of the two, in either order
- leased, or its owner in recovery, since the offer: reverts
- with a clearance contract: it decides, the manager is not asked; not cleared reverts
"""

import pytest

from tests.registry_world import DAY, World, spare


def offered(world: World) -> int:
    unit = world.unit("ann")
    world.transfers.transfer(unit, world.party["ben"], sender=world.wallet("ann"))
    return unit


def accept(world: World, unit: int) -> None:
    world.transfers.acceptTransfer(unit, world.party["ann"], sender=world.wallet("ben"))


def confirm(world: World, unit: int) -> None:
    world.transfers.confirmTransfer(unit, world.party["ben"], sender=world.wallet("manager"))


@pytest.mark.parametrize("order", [(accept, confirm), (confirm, accept)])
def test_the_unit_moves_when_buyer_and_manager_agree(world: World, order: tuple) -> None:  # type: ignore[type-arg]
    unit = offered(world)
    order[0](world, unit)
    assert world.units.ownerPartyOf(unit) == world.party["ann"]
    order[1](world, unit)
    assert world.units.ownerPartyOf(unit) == world.party["ben"]
    assert world.units.ownerOf(unit) == world.wallet("ben")
    assert len(world.events("TransferCompleted")) == 1
    assert world.transfers.offerOf(unit) == (0, 0, 0, False, False)
    with world.reverts("TransferOfferNone", unit):
        order[1](world, unit)


def test_no_offer_no_transfer(world: World) -> None:
    unit = world.unit("ann")
    for step in (accept, confirm):
        with world.reverts("TransferOfferNone", unit):
            step(world, unit)


def test_S5_an_offer_holds_for_thirty_days(exact: World) -> None:
    unit = offered(exact)
    exact.later(30 * DAY + 1)
    for step in (accept, confirm):
        with exact.reverts("TransferOfferNone", unit):
            step(exact, unit)
    exact.later(-1)
    accept(exact, unit)
    confirm(exact, unit)
    assert exact.units.ownerPartyOf(unit) == exact.party["ben"]


@pytest.mark.parametrize("person", ["ann", "cleo", "stranger", "manager"])
def test_A1_only_the_buyer_accepts(world: World, person: str) -> None:
    unit = offered(world)
    with world.reverts("TransferNotParty", unit, world.party["ben"], world.wallet(person)):
        world.transfers.acceptTransfer(unit, world.party["ann"], sender=world.wallet(person))


@pytest.mark.parametrize("person", ["admin", "officer", "attestor", "committee", "stranger", "ann", "ben"])
def test_A1_only_the_manager_confirms(world: World, person: str) -> None:
    unit = offered(world)
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.transfers.confirmTransfer(unit, world.party["ben"], sender=world.wallet(person))


def test_F2_each_side_names_the_other(world: World) -> None:
    unit, ann, ben = offered(world), world.party["ann"], world.party["ben"]
    with world.reverts("TransferOfferChanged", unit, ann, ben):
        world.transfers.acceptTransfer(unit, world.party["cleo"], sender=world.wallet("ben"))
    with world.reverts("TransferOfferChanged", unit, ann, ben):
        world.transfers.confirmTransfer(unit, world.party["cleo"], sender=world.wallet("manager"))


def test_a_lease_signed_since_the_offer_stops_it(world: World) -> None:
    leases, unit, today = world.lease_contract(), offered(world), world.today
    accept(world, unit)
    world.occupy(leases, unit, 1, 0, 5, "cleo")
    with world.reverts("TransferUnitLeased", unit, 1, today + 5):
        confirm(world, unit)


def test_a_recovery_since_the_offer_stops_it(world: World) -> None:
    unit = world.unit("ann")
    world.guard("ann", ["cleo"], 1)
    world.transfers.transfer(unit, world.party["ben"], sender=world.wallet("ann"))
    accept(world, unit)
    world.start_by_guardians("ann", ["cleo"], spare(1))
    with world.reverts("TransferOwnerInRecovery", unit, world.party["ann"]):
        confirm(world, unit)


def test_an_offer_dies_with_its_owners_ownership(world: World) -> None:
    leases, unit = world.lease_contract(), offered(world)
    world.occupy(leases, unit, 1, 0, 5, "dora")
    world.as_contract(leases, world.units, "transferByLease", unit, 1, world.party["cleo"])
    world.later(6 * DAY)
    for step in (accept, confirm):
        with world.reverts("TransferOfferNone", unit):
            step(world, unit)


def test_a_clearance_contract_takes_the_managers_place(world: World) -> None:
    clearance = world.backend.deploy("ClearanceDouble")
    world.transfers.setClearance(clearance, sender=world.wallet("admin"))
    unit, ann, ben = offered(world), world.party["ann"], world.party["ben"]
    with world.reverts("TransferClearanceDecides", clearance.address):
        confirm(world, unit)
    with world.reverts("TransferNotCleared", unit, ann, ben):
        accept(world, unit)
    clearance.setCleared(True, sender=world.wallet("stranger"))
    accept(world, unit)
    assert world.units.ownerPartyOf(unit) == ben


def test_a_confirmation_given_before_does_not_replace_the_clearance(world: World) -> None:
    unit = offered(world)
    confirm(world, unit)
    clearance = world.backend.deploy("ClearanceDouble")
    world.transfers.setClearance(clearance, sender=world.wallet("admin"))
    with world.reverts("TransferNotCleared", unit, world.party["ann"], world.party["ben"]):
        accept(world, unit)
