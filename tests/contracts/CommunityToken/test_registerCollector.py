"""CommunityToken.registerCollector, retireCollector, collectorBit, collectorAt: who may collect.

registerCollector
├── known already, also if retired: reverts
├── the seventeenth: reverts
├── no code, or an account with a mandate or a flag: reverts
├── within a day of deployment: effective at once
└── later: effective after 2 days
retireCollector
├── no collector, or retired: reverts
└── otherwise: at once and for ever; the bit is not used again
"""

import pytest

from commonhold.rules.codes import Code
from tests.money_world import CMT, DAY, Money


def _admin_later(world: Money, function: str, *arguments: object) -> None:
    """ADMIN's act after the day of set-up: announced, then carried out a day later."""
    data = world.token.data(function, *arguments)
    world.access.schedule(world.token, data, 0, sender=world.wallet("admin"))
    world.later(DAY + 1)
    getattr(world.token, function)(*arguments, sender=world.wallet("admin"))


def test_on_the_day_of_deployment_a_collector_collects_at_once(world: Money) -> None:
    new = world.backend.deploy("Puppet")
    world.token.registerCollector(new, sender=world.wallet("admin"))
    assert world.events("SuiteMarked") == [{"account": new.address, "suite": True}]
    (event,) = world.events("CollectorRegistered")
    assert (event["collector"], event["bit"]) == (new.address, 4)
    assert world.token.collectorBit(new) == 4
    assert world.token.collectorAt(2) == (new.address, event["effectiveFrom"], False)
    world.fund("ann", CMT)
    world.mandate("ann", collectors=4)
    assert world.collect(("ann", CMT), by=new) == [(Code.COLLECTED, CMT)]


def test_A6_later_a_collector_waits_two_days(world: Money) -> None:
    new = world.backend.deploy("Puppet")
    world.fund("ann", 2 * CMT)
    world.later(DAY)
    _admin_later(world, "registerCollector", new)
    (event,) = world.events("CollectorRegistered")
    start = event["effectiveFrom"]
    assert start == world.time + 2 * DAY
    world.mandate("ann", collectors=4)
    assert world.token.collectorBit(new) == 0
    with world.reverts("TokenNotCollector", new.address):
        world.collect(("ann", CMT), by=new)
    world.backend.warp(start)
    assert world.token.collectorBit(new) == 4
    assert world.collect(("ann", CMT), by=new) == [(Code.COLLECTED, CMT)]


@pytest.mark.parametrize(("after", "waits"), [(0, 0), (1, 2 * DAY)])
def test_the_first_day_ends_with_its_last_second(world: Money, after: int, waits: int) -> None:
    """With an access manager that is younger than the token, so that ADMIN still acts at once."""
    (_, access) = world.backend.next_addresses(2)
    admin = world.wallet("admin")
    token = world.backend.deploy(
        "CommunityToken", access, world.forwarder, 0, 10**15, "Community Token", "CMT"
    )
    world.later(600)
    assert world.backend.deploy("CommunityAccess", admin, DAY).address == access
    new = world.backend.deploy("Puppet")
    now = token.bootstrapUntil() + after
    world.at(now)
    token.registerCollector(new, sender=admin)
    assert world.events("CollectorRegistered")[0]["effectiveFrom"] == now + waits


def test_a_mandate_given_before_never_covers_a_new_collector(world: Money) -> None:
    world.fund("ann", CMT)
    world.mandate("ann", collectors=3)
    new = world.backend.deploy("Puppet")
    world.token.registerCollector(new, sender=world.wallet("admin"))
    assert world.collect(("ann", CMT), by=new) == [(Code.NO_MANDATE, 0)]


def test_a_bit_is_never_used_twice(world: Money) -> None:
    world.token.retireCollector(world.fees, sender=world.wallet("admin"))
    new = world.backend.deploy("Puppet")
    world.token.registerCollector(new, sender=world.wallet("admin"))
    assert world.token.collectorBit(new) == 4


def test_a_retired_collector_collects_nothing_from_that_moment_and_for_ever(world: Money) -> None:
    world.fund("ann", CMT)
    world.mandate("ann")
    admin = world.wallet("admin")
    world.token.retireCollector(world.leases, sender=admin)
    assert world.events("CollectorRetired") == [{"collector": world.leases.address, "bit": 1}]
    assert world.token.collectorBit(world.leases) == 0
    assert world.token.collectorAt(0)[2] is True
    with world.reverts("TokenNotCollector", world.leases.address):
        world.collect(("ann", CMT))
    with world.reverts("TokenCollectorKnown", world.leases.address):
        world.token.registerCollector(world.leases, sender=admin)
    with world.reverts("TokenNotCollector", world.leases.address):
        world.token.retireCollector(world.leases, sender=admin)


def test_a_retired_collector_s_mandate_pulls_nothing_either(world: Money) -> None:
    world.fund("ann", CMT)
    world.mandate("ann")
    world.token.retireCollector(world.leases, sender=world.wallet("admin"))
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, CMT):
        world.pull("ann", CMT)


def test_there_are_sixteen_bits_and_no_more(world: Money) -> None:
    admin = world.wallet("admin")
    for index in range(2, 16):
        new = world.backend.deploy("Puppet")
        world.token.registerCollector(new, sender=admin)
        assert world.token.collectorBit(new) == 1 << index
    with world.reverts("TokenCollectorsExhausted", 16):
        world.token.registerCollector(world.backend.deploy("Puppet"), sender=admin)
    world.mandate("ann", collectors=2**16 - 1)
    assert world.mandate_of("ann")[0][1] == 2**16 - 1


def test_a_collector_is_a_contract(world: Money) -> None:
    with world.reverts("TokenHasNoCode", world.wallet("ann")):
        world.token.registerCollector(world.wallet("ann"), sender=world.wallet("admin"))


def test_nobody_else_has_a_bit(world: Money) -> None:
    for who in ("ann", world.escrow, world.outsider):
        assert world.token.collectorBit(world.address(who)) == 0
