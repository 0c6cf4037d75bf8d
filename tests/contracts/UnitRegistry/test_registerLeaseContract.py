"""registerLeaseContract(leaseContract) and setBaseURI(uri)

- only ADMIN
- an address without code, a second registration, the 256th: reverts
- effective at once on the day of deployment, after two days later
- a URI of more than 200 bytes reverts; tokenURI adds the id, or is empty
"""

import pytest

from tests.registry_world import DAY, World


def test_on_the_first_day_a_lease_contract_works_at_once(world: World) -> None:
    leases = world.lease_contract()
    assert world.units.leaseContractOf(leases.address)[0] == 1
    world.occupy(leases, world.unit(), 1, 0, 10)


def test_A6_later_a_lease_contract_waits_two_days(exact: World) -> None:
    world, admin = exact, exact.wallet("admin")
    world.backend.warp(world.units.bootstrapUntil())
    unit, puppet = world.unit(), world.backend.deploy("Puppet")
    call = world.units.data("registerLeaseContract", puppet.address)
    world.access.schedule(world.units, call, 0, sender=admin)
    world.later(2 * DAY)
    world.units.registerLeaseContract(puppet, sender=admin)
    effective = world.time + 2 * DAY
    assert world.units.leaseContractOf(puppet.address) == (1, effective)
    world.backend.warp(effective - 1)
    with world.reverts("UnitCallerNotLeaseContract", puppet.address):
        world.occupy(puppet, unit, 1, 0, 10)
    world.later(1)
    world.occupy(puppet, unit, 1, 0, 10)


def test_a_lease_contract_has_code_and_one_number(world: World) -> None:
    admin = world.wallet("admin")
    with world.reverts("UnitLeaseContractInvalid", world.wallet("ann")):
        world.units.registerLeaseContract(world.wallet("ann"), sender=admin)
    leases = world.lease_contract()
    with world.reverts("UnitLeaseContractInvalid", leases.address):
        world.units.registerLeaseContract(leases, sender=admin)
    assert world.units.leaseContractOf(world.lease_contract().address)[0] == 2


@pytest.mark.parametrize("person", ["manager", "officer", "attestor", "committee", "stranger", "ann"])
def test_A1_only_an_admin_registers_contracts_and_addresses(world: World, person: str) -> None:
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.units.registerLeaseContract(world.token, sender=world.wallet(person))
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.units.setBaseURI("x", sender=world.wallet(person))


def test_a_units_address_is_the_base_and_its_id(world: World) -> None:
    unit, admin = world.unit(), world.wallet("admin")
    assert world.units.tokenURI(unit) == ""
    world.units.setBaseURI("https://homes.example/", sender=admin)
    assert world.units.tokenURI(unit) == f"https://homes.example/{unit}"
    with world.reverts("UnitUnknown", 99):
        world.units.tokenURI(99)


def test_G2_a_long_base_is_refused(world: World) -> None:
    admin = world.wallet("admin")
    world.units.setBaseURI("u" * 200, sender=admin)
    with world.reverts("UnitValueInvalid", b"uri".ljust(32, b"\0"), 201, 200):
        world.units.setBaseURI("u" * 201, sender=admin)
