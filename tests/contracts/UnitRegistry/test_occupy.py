"""occupy(unit, lease, landlord, user, fromDay, untilDay)

- only a registered lease contract, from its effective time on
- unknown unit, or a landlord who does not own it: reverts
- no day, or a last day beyond 2^24: reverts
- one lease runs and one follows, before or after; a third reverts; an ended one makes room
- sharing a day with either reverts, even a past day
- a free unit or an ended lease: one slot read, one slot written
"""

import pytest

from tests.lease_world import InProcess
from tests.registry_world import DAY, NOBODY, World


def test_a_lease_gives_the_unit_to_its_user_from_its_first_day_on(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 7, 2, 30)
    first = world.today + 2
    (current, following) = world.units.occupancyOf(unit)
    assert current == (7, world.party["ben"], first, first + 28, 1)
    assert following == (0, 0, 0, 0, 0)
    assert world.units.userOf(unit) == NOBODY
    assert world.units.leasedUntil(unit) == (7, first + 28)
    world.later(2 * DAY)
    assert world.units.userOf(unit) == world.wallet("ben")
    assert world.units.userPartyOf(unit) == world.party["ben"]


@pytest.mark.parametrize("person", ["stranger", "admin", "manager", "ann"])
def test_A1_only_lease_contracts_occupy(world: World, person: str) -> None:
    unit, today, caller = world.unit(), world.today, world.wallet(person)
    with world.reverts("UnitCallerNotLeaseContract", caller):
        world.units.occupy(unit, 1, world.party["ann"], world.party["ben"], today, today + 1, sender=caller)


def test_a_landlord_must_own_the_unit(world: World) -> None:
    leases, unit, today = world.lease_contract(), world.unit("ann"), world.today
    ann, ben = world.party["ann"], world.party["ben"]
    with world.reverts("UnitNotOwner", unit, ann, ben):
        world.as_contract(leases, world.units, "occupy", unit, 1, ben, ann, today, today + 1)
    with world.reverts("UnitNotOwner", 99, 0, ann):
        world.as_contract(leases, world.units, "occupy", 99, 1, ann, ben, today, today + 1)
    with world.reverts("UnitNotOwner", 99, 0, 0):
        world.as_contract(leases, world.units, "occupy", 99, 1, 0, ben, today, today + 1)


@pytest.mark.parametrize(("first", "end"), [(5, 5), (6, 5), (5, 2**24)])
def test_a_lease_without_days_or_beyond_the_calendar_is_refused(world: World, first: int, end: int) -> None:
    leases, unit = world.lease_contract(), world.unit()
    ann, ben = world.party["ann"], world.party["ben"]
    with world.reverts("UnitDaysInvalid", first, end):
        world.as_contract(leases, world.units, "occupy", unit, 1, ann, ben, first, end)


@pytest.mark.parametrize(("first", "end"), [(10, 20), (0, 11), (19, 25), (12, 15), (0, 40), (-5, 11)])
def test_two_leases_never_share_a_day(world: World, first: int, end: int) -> None:
    leases, unit, today = world.lease_contract(), world.unit(), world.today
    world.occupy(leases, unit, 1, 10, 20)
    with world.reverts("UnitTaken", unit, 1, today + 10, today + 20):
        world.occupy(leases, unit, 2, first, end)


def test_neighbours_to_the_day_fit(world: World) -> None:
    leases, unit, today = world.lease_contract(), world.unit(), world.today
    world.occupy(leases, unit, 1, 10, 20)
    world.occupy(leases, unit, 2, 20, 30, "cleo")
    current, following = world.units.occupancyOf(unit)
    assert (current[0], following[0]) == (1, 2)
    assert following[2:4] == (today + 20, today + 30)
    assert world.units.leasedUntil(unit) == (2, today + 30)


def test_a_lease_may_come_before_one_that_is_still_to_come(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 10, 20)
    world.occupy(leases, unit, 2, 0, 10, "cleo")
    current, following = world.units.occupancyOf(unit)
    assert (current[0], following[0]) == (2, 1)
    assert world.units.userOf(unit) == world.wallet("cleo")
    world.later(10 * DAY)
    assert world.units.userOf(unit) == world.wallet("ben")


def test_a_third_lease_waits(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    world.occupy(leases, unit, 2, 10, 20)
    with world.reverts("UnitQueueFull", unit, 1, 2):
        world.occupy(leases, unit, 3, 20, 30)


def test_an_overlap_with_the_follower_is_named(world: World) -> None:
    leases, unit, today = world.lease_contract(), world.unit(), world.today
    world.occupy(leases, unit, 1, 0, 10)
    world.occupy(leases, unit, 2, 10, 20)
    with world.reverts("UnitTaken", unit, 2, today + 10, today + 20):
        world.occupy(leases, unit, 3, 15, 30)


def test_an_ended_lease_makes_room_and_the_follower_moves_up(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    world.occupy(leases, unit, 2, 10, 20)
    world.later(10 * DAY)
    world.occupy(leases, unit, 3, 10, 30, "cleo")
    current, following = world.units.occupancyOf(unit)
    assert (current[0], following[0]) == (2, 3)
    world.later(31 * DAY)
    world.occupy(leases, unit, 4, 0, 5, "dora")
    current, following = world.units.occupancyOf(unit)
    assert (current[0], following[0]) == (4, 0)
    assert world.units.userOf(unit) == world.wallet("dora")


def test_M3_a_lease_taken_over_running_may_not_claim_days_of_the_one_before(world: World) -> None:
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    first = world.today
    world.later(30 * DAY)
    with world.reverts("UnitTaken", unit, 1, first, first + 10):
        world.occupy(leases, unit, 2, -21, 40)
    world.occupy(leases, unit, 2, -20, 40)
    assert world.units.userOf(unit) == world.wallet("ben")


def test_the_events_name_lease_user_and_days(world: World) -> None:
    leases, unit, today = world.lease_contract(), world.unit(), world.today
    world.occupy(leases, unit, 5, 0, 10)
    event = world.events("UnitOccupied")[0]
    assert (event["unit"], event["lease"], event["user"]) == (unit, 5, world.party["ben"])
    assert (event["fromDay"], event["untilDay"]) == (today, today + 10)
    update = world.events("UpdateUser")[0]
    assert (update["tokenId"], update["user"]) == (unit, world.wallet("ben"))
    assert update["expires"] == (today + 10) * DAY - 28_800


@pytest.mark.gas
def test_the_normal_case_reads_and_writes_one_slot_of_the_unit(world: World) -> None:
    if not isinstance(world.backend, InProcess):
        return
    leases, unit = world.lease_contract(), world.unit()
    world.occupy(leases, unit, 1, 0, 10)
    world.later(10 * DAY)
    world.occupy(leases, unit, 2, 0, 10)
    # base, calldata, puppet, lease contract, unit (5,000), party registry and wallet, two events
    assert world.backend.chain.gas_used < 42_000
