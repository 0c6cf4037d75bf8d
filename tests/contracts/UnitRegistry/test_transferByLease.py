"""transferByLease(unit, lease, newOwner)

- only the lease contract of a lease on record: the running one or the one that follows
- an unknown new owner reverts; the present owner changes nothing
- owner, roll and announcement change, the lease goes on
"""

import pytest

from tests.registry_world import World


def test_the_sale_inside_a_lease_changes_the_owner_alone(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit("ann")
    world.occupy(leases, unit, 1, 0, 10)
    world.as_contract(leases, world.units, "transferByLease", unit, 1, world.party["cleo"])
    assert world.units.ownerPartyOf(unit) == world.party["cleo"]
    moved = world.events("Transfer")[0]
    assert (moved["from"], moved["to"]) == (world.wallet("ann"), world.wallet("cleo"))
    assert world.units.userOf(unit) == world.wallet("ben")
    assert world.units.balanceOf(world.wallet("ann")) == 0
    assert world.units.balanceOf(world.wallet("cleo")) == 1
    world.as_contract(leases, world.units, "transferByLease", unit, 1, world.party["cleo"])
    assert world.events("UnitOwnerChanged") == []


def test_the_following_leases_sale_counts_too(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit("ann")
    world.occupy(leases, unit, 1, 0, 10)
    world.occupy(leases, unit, 2, 10, 20)
    world.as_contract(leases, world.units, "transferByLease", unit, 2, world.party["cleo"])
    assert world.units.ownerPartyOf(unit) == world.party["cleo"]


def test_a_lease_without_a_place_sells_nothing(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit("ann")
    with world.reverts("UnitLeaseUnknown", unit, 1):
        world.as_contract(leases, world.units, "transferByLease", unit, 1, world.party["cleo"])
    with world.reverts("UnitLeaseUnknown", 99, 0):
        world.as_contract(leases, world.units, "transferByLease", 99, 0, world.party["cleo"])


def test_an_unknown_buyer_is_refused(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit("ann")
    world.occupy(leases, unit, 1, 0, 10)
    with world.reverts("UnitPartyUnknown", 99):
        world.as_contract(leases, world.units, "transferByLease", unit, 1, 99)


@pytest.mark.parametrize("person", ["stranger", "admin", "manager", "ann"])
def test_A1_nobody_else_transfers_by_lease(world: World, person: str) -> None:
    leases, unit = world.lease_contract(), world.unit("ann")
    world.occupy(leases, unit, 1, 0, 10)
    with world.reverts("UnitCallerNotLeaseContract", world.wallet(person)):
        world.units.transferByLease(unit, 1, world.party["ben"], sender=world.wallet(person))
