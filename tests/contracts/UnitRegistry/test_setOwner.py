"""setOwner(unit, newOwner) and correct(unit, area, share)

- only the contract with role TRANSFERS
- unknown unit or party, area 0, share above the whole: reverts
- a leased unit, now or later, keeps its owner; an ended lease is no obstacle
"""

import pytest

from commonhold.roles import ROLE_ID
from tests.registry_world import DAY, World


@pytest.fixture
def desk(world: World) -> str:
    """An account that plays UnitTransfers."""
    world.access.grantRole(ROLE_ID["TRANSFERS"], world.wallet("dora"), 0, sender=world.wallet("admin"))
    return world.wallet("dora")


def test_the_owner_changes_with_roll_and_announcement(world: World, desk: str) -> None:
    unit = world.unit("ann")
    world.units.setOwner(unit, world.party["ben"], sender=desk)
    assert world.units.ownerOf(unit) == world.wallet("ben")
    assert world.units.balanceOf(world.wallet("ann")) == 0
    changed = world.units.ownerPartyOf(unit)
    assert changed == world.party["ben"]


def test_a_leased_unit_keeps_its_owner(world: World, desk: str) -> None:
    leases, unit, today = world.lease_contract(), world.unit("ann"), world.today
    world.occupy(leases, unit, 1, 5, 10)
    with world.reverts("UnitLeased", unit, 1, today + 10):
        world.units.setOwner(unit, world.party["ben"], sender=desk)
    world.occupy(leases, unit, 2, 10, 20)
    world.later(10 * DAY)
    with world.reverts("UnitLeased", unit, 2, today + 20):
        world.units.setOwner(unit, world.party["ben"], sender=desk)
    world.later(10 * DAY)
    world.units.setOwner(unit, world.party["ben"], sender=desk)
    assert world.units.ownerPartyOf(unit) == world.party["ben"]


def test_unknown_units_and_parties(world: World, desk: str) -> None:
    with world.reverts("UnitUnknown", 99):
        world.units.setOwner(99, world.party["ben"], sender=desk)
    with world.reverts("UnitUnknown", 99):
        world.units.correct(99, 1, 1, sender=desk)
    with world.reverts("UnitPartyUnknown", 99):
        world.units.setOwner(world.unit(), 99, sender=desk)


def test_area_and_share_are_corrected_within_their_bounds(world: World, desk: str) -> None:
    unit = world.unit("ann", area=100)
    world.units.correct(unit, 90, 7, sender=desk)
    assert world.units.detailsOf(unit)[2:] == (90, 7)
    with world.reverts("UnitValueInvalid", b"area".ljust(32, b"\0"), 0, 2**40 - 1):
        world.units.correct(unit, 0, 7, sender=desk)
    with world.reverts("UnitValueInvalid", b"share".ljust(32, b"\0"), 1_000_001, 1_000_000):
        world.units.correct(unit, 90, 1_000_001, sender=desk)


@pytest.mark.parametrize(
    "person", ["admin", "manager", "officer", "attestor", "committee", "stranger", "ann"]
)
def test_A1_nobody_but_the_transfer_contract_changes_the_roll(world: World, person: str) -> None:
    unit, caller = world.unit("ann"), world.wallet(person)
    with world.reverts("AccessManagedUnauthorized", caller):
        world.units.setOwner(unit, world.party["ben"], sender=caller)
    with world.reverts("AccessManagedUnauthorized", caller):
        world.units.correct(unit, 1, 1, sender=caller)
