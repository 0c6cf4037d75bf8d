"""setClearance(clearance)

- only ADMIN; an address without code reverts, zero gives the word back to the manager
- at once on the day of deployment, after two days later; until then the one before decides
"""

import pytest

from tests.registry_world import DAY, NOBODY, World


@pytest.mark.parametrize("person", ["manager", "officer", "attestor", "committee", "stranger", "ann"])
def test_A1_only_an_admin_sets_the_clearance(world: World, person: str) -> None:
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.transfers.setClearance(NOBODY, sender=world.wallet(person))


def test_an_address_without_code_clears_nothing(world: World) -> None:
    with world.reverts("TransferClearanceInvalid", world.wallet("ann")):
        world.transfers.setClearance(world.wallet("ann"), sender=world.wallet("admin"))


def test_A6_after_the_first_day_a_change_waits_two_days(exact: World) -> None:
    world, admin = exact, exact.wallet("admin")
    first, second = (world.backend.deploy("ClearanceDouble") for _ in range(2))
    world.transfers.setClearance(first, sender=admin)
    assert world.transfers.clearance() == first.address
    for wanted in (second.address, NOBODY):
        before = world.transfers.clearance()
        call = world.transfers.data("setClearance", wanted)
        world.backend.warp(max(world.time, world.transfers.bootstrapUntil()))
        world.access.schedule(world.transfers, call, 0, sender=admin)
        world.later(2 * DAY)
        world.transfers.setClearance(wanted, sender=admin)
        world.later(2 * DAY - 1)
        assert world.transfers.clearance() == before
        world.later(1)
        assert world.transfers.clearance() == wanted
