"""register(owner, building, kind, area, share)

- only MANAGER
- kind NONE, building 0, area 0, share above the whole, unknown owner: reverts
- ids are sequential; details and owner are kept; the owner's wallet is announced
- an owner without a wallet is kept by party and announced later
"""

import pytest

from tests.registry_world import HOME, NOBODY, PARKING, SHOP, World, spare


def register(world: World, *, sender: str = "manager", **changes: int) -> int:
    values = {"owner": world.party["ann"], "building": 1, "kind": HOME, "area": 8_900, "share": 100}
    world.units.register(*(values | changes).values(), sender=world.wallet(sender))
    return int(world.units.unitCount())


@pytest.mark.parametrize("kind", [HOME, PARKING, SHOP])
def test_a_unit_keeps_what_it_was_registered_with(world: World, kind: int) -> None:
    unit = register(world, building=7, kind=kind, area=2**40 - 1, share=1_000_000)
    assert unit == 1
    assert world.units.detailsOf(unit) == (kind, 7, 2**40 - 1, 1_000_000)
    assert world.units.ownerPartyOf(unit) == world.party["ann"]
    assert world.units.ownerOf(unit) == world.wallet("ann")
    assert world.units.leasedUntil(unit) == (0, 0)
    assert register(world) == 2


def test_the_first_owner_is_announced_as_minted(world: World) -> None:
    unit = register(world)
    world.units.register(world.party["ben"], 1, HOME, 1, 0, sender=world.wallet("manager"))
    minted = world.events("Transfer")[-1]
    assert (minted["from"], minted["to"], minted["tokenId"]) == (NOBODY, world.wallet("ben"), unit + 1)


def test_an_owner_without_a_wallet_owns_all_the_same(world: World) -> None:
    alone = world.register()
    unit = register(world, owner=alone)
    assert world.events("Transfer") == []
    assert world.units.ownerPartyOf(unit) == alone
    with world.reverts("UnitOwnerHasNoWallet", unit, alone):
        world.units.ownerOf(unit)
    consent = world.sign("LinkWallet", spare(1), alone)
    world.parties.linkFirst(alone, spare(1).address, *consent, sender=world.wallet("attestor"))
    assert world.units.ownerOf(unit) == spare(1).address
    assert world.units.balanceOf(spare(1).address) == 1


def test_a_kind_is_needed(world: World) -> None:
    with world.reverts("UnitKindMissing"):
        register(world, kind=0)


@pytest.mark.parametrize(
    ("field", "value", "most"),
    [("building", 0, 2**24 - 1), ("area", 0, 2**40 - 1), ("share", 1_000_001, 1_000_000)],
)
def test_numbers_outside_their_bounds_are_named(world: World, field: str, value: int, most: int) -> None:
    with world.reverts("UnitValueInvalid", field.encode().ljust(32, b"\0"), value, most):
        register(world, **{field: value})


@pytest.mark.parametrize("owner", [0, 99])
def test_an_unknown_owner_is_refused(world: World, owner: int) -> None:
    with world.reverts("UnitPartyUnknown", owner):
        register(world, owner=owner)


@pytest.mark.parametrize("person", ["admin", "officer", "attestor", "committee", "stranger", "ann"])
def test_A1_only_the_manager_registers(world: World, person: str) -> None:
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        register(world, sender=person)
