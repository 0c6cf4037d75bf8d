"""changeOccupancy(unit, lease, user, untilDay)

- only the lease contract of that lease; the same lease number of another contract is another lease
- another user; a longer or shorter end; an end on or before the first day gives the place up
- the following lease is in the way: reverts
- a lease without a place: nothing happens if its end is not after today, else it reverts
"""

import pytest

from tests.registry_world import DAY, NOBODY, World


def change(world: World, leases: object, unit: int, lease: int, end: int, user: str = "ben") -> None:
    world.as_contract(
        leases, world.units, "changeOccupancy", unit, lease, world.party[user], world.today + end
    )


def test_another_tenant_and_another_end(world: World) -> None:
    leases, unit, today = world.lease_contract(), world.unit(), world.today
    world.occupy(leases, unit, 1, 0, 10)
    change(world, leases, unit, 1, 25, "cleo")
    assert world.units.userOf(unit) == world.wallet("cleo")
    assert world.units.leasedUntil(unit) == (1, today + 25)
    assert world.events("UnitOccupancyChanged")[0]["untilDay"] == today + 25
    change(world, leases, unit, 1, 5, "cleo")
    assert world.units.userExpires(unit) == (today + 5) * DAY - 28_800


def test_the_follower_is_in_the_way_of_a_renewal(world: World) -> None:
    leases, unit, today = world.lease_contract(), world.unit(), world.today
    world.occupy(leases, unit, 1, 0, 10)
    world.occupy(leases, unit, 2, 12, 20, "cleo")
    with world.reverts("UnitTaken", unit, 2, today + 12, today + 20):
        change(world, leases, unit, 1, 13)
    change(world, leases, unit, 1, 12)
    change(world, leases, unit, 2, 30, "dora")
    current, following = world.units.occupancyOf(unit)
    assert (current[0], current[3]) == (1, today + 12)
    assert (following[0], following[1], following[3]) == (2, world.party["dora"], today + 30)


def test_a_lease_that_never_begins_gives_its_place_to_the_follower(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 2, 10)
    world.occupy(leases, unit, 2, 10, 20, "cleo")
    change(world, leases, unit, 1, 2)
    current, following = world.units.occupancyOf(unit)
    assert (current[0], following[0]) == (2, 0)
    change(world, leases, unit, 2, 0)
    assert world.units.occupancyOf(unit) == ((0,) * 5, (0,) * 5)
    assert world.units.userOf(unit) == NOBODY


def test_a_follower_that_never_begins_gives_its_place_up(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    world.occupy(leases, unit, 2, 10, 20, "cleo")
    change(world, leases, unit, 2, 10)
    current, following = world.units.occupancyOf(unit)
    assert (current[0], following[0]) == (1, 0)
    world.occupy(leases, unit, 3, 10, 20, "dora")


def test_holdover_keeps_the_user_while_nobody_follows(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    world.later(12 * DAY)
    assert world.units.userOf(unit) == NOBODY
    change(world, leases, unit, 1, 30)
    assert world.units.userOf(unit) == world.wallet("ben")


def test_a_lease_that_made_room_is_over_for_good(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    world.later(10 * DAY)
    world.occupy(leases, unit, 2, 0, 10, "cleo")
    change(world, leases, unit, 1, 0)
    assert world.events("UnitOccupancyChanged") == []
    assert world.units.userOf(unit) == world.wallet("cleo")
    with world.reverts("UnitLeaseUnknown", unit, 1):
        change(world, leases, unit, 1, 1)


def test_another_contracts_lease_of_the_same_number_is_another_lease(world: World) -> None:
    leases, others, unit = world.lease_contract(), world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    with world.reverts("UnitLeaseUnknown", unit, 1):
        change(world, others, unit, 1, 20, "cleo")
    with world.reverts("UnitLeaseUnknown", unit, 1):
        world.as_contract(others, world.units, "transferByLease", unit, 1, world.party["cleo"])


@pytest.mark.parametrize("person", ["stranger", "admin", "manager", "ann", "ben"])
def test_A1_a_landlord_cannot_evict_and_a_tenant_cannot_stay(world: World, person: str) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    caller, today = world.wallet(person), world.today
    with world.reverts("UnitCallerNotLeaseContract", caller):
        world.units.changeOccupancy(unit, 1, world.party["ben"], today, sender=caller)


def test_an_end_beyond_the_calendar_is_refused(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    with world.reverts("UnitDaysInvalid", 0, 2**24):
        world.as_contract(leases, world.units, "changeOccupancy", unit, 1, world.party["ben"], 2**24)
