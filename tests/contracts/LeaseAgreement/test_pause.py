"""pause and retire: the committee stops new leases for a while, an administrator for ever.

Nothing else stops.

who ── committee, administrator · others: refused
length ── at most thirty days · ends by itself · can be lifted by a pause of no length
"""

import pytest

from tests.contracts.LeaseAgreement.offers import act, as_admin
from tests.lease_world import World

DAY = 86_400


@pytest.mark.parametrize("person", ["landlord", "ann", "manager", "stranger"])
def test_a1_only_the_committee_pauses_and_only_an_administrator_retires(world: World, person: str):
    for function, arguments in (("pause", (1,)), ("retire", ())):
        with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
            act(world, function, *arguments, sender=person)


def test_a5_a_pause_has_an_end(world: World):
    now = world.backend.time() + 10
    world.backend.next_block_at(now)
    act(world, "pause", 30 * DAY, sender="committee")
    assert world.leases.pausedUntil() == now + 30 * DAY
    assert world.events("PausedUntil")[0]["time"] == now + 30 * DAY


def test_a5_a_pause_is_no_longer_than_thirty_days(world: World):
    with world.reverts("LeasePauseTooLong", 30 * DAY + 1, 30 * DAY):
        act(world, "pause", 30 * DAY + 1, sender="committee")


def test_a_pause_can_be_lifted(world: World):
    act(world, "pause", 30 * DAY, sender="committee")
    act(world, "pause", 0, sender="committee")
    assert world.activate("ann") == 1


def test_a_retired_contract_goes_on_with_what_runs(world: World, lease: int):
    as_admin(world, world.leases, "retire")
    assert len(world.events("Retired")) == 1
    act(world, "settle", [lease], sender="stranger")
    assert len(world.events("Settled")) == 1
    world.end(lease)


def test_the_forwarder_carries_no_role(world: World):
    with world.reverts("FailedCall"):
        world.forward("committee", world.leases, "pause", 5)
    assert world.leases.pausedUntil() == 0
