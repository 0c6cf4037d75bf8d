"""extendClock: more time for whoever cannot act, once a clock; open to all.

phase ── the lease runs, settled: refused
reason ── none, only another's recovery, extended before: refused
       ── a pause, a recovery of whose turn it is: EXTENSION_DAYS more
"""

import pytest

from tests.contracts.DepositEscrow.conftest import CLAIM_DAYS, EXTENSION_DAYS
from tests.lease_world import World


def extend(world: World, lease: int) -> None:
    world.escrow.extendClock(lease, sender=world.wallet("stranger"))


def test_there_is_no_clock_while_the_lease_runs(world: World, running: int):
    world.pause(1)
    with world.reverts("DepositPhaseWrong", running, 1):
        extend(world, running)


def test_there_is_no_clock_once_it_is_settled(world: World, ended: int):
    world.escrow.fileClaim(ended, [], [], sender=world.wallet("landlord"))
    world.pause(1)
    with world.reverts("DepositPhaseWrong", ended, 5):
        extend(world, ended)


def test_a_clock_is_not_extended_without_a_reason(world: World, ended: int):
    with world.reverts("DepositClockNotExtendable", ended):
        extend(world, ended)
    world.start_recovery("ann")
    with world.reverts("DepositClockNotExtendable", ended):
        extend(world, ended)


@pytest.mark.parametrize(
    ("stage", "person"),
    [("ended", "landlord"), ("claimed", "ann"), ("claimed", "ben"), ("disputed", "arbiter")],
)
def test_a_recovery_of_whose_turn_it_is_gives_more_time_once(
    world: World, stage: str, person: str, request: pytest.FixtureRequest
):
    lease = request.getfixturevalue(stage)
    last = world.escrow.reviewOf(lease)[3]
    world.start_recovery(person)
    extend(world, lease)
    assert world.escrow.reviewOf(lease)[3] == last + EXTENSION_DAYS
    with world.reverts("DepositClockNotExtendable", lease):
        extend(world, lease)


def test_a_pause_gives_more_time_even_after_the_last_day(world: World, ended: int):
    last = world.today + CLAIM_DAYS
    world.to_day(last + 1)
    world.pause(1)
    extend(world, ended)
    world.escrow.fileClaim(ended, [1], [bytes(32)], sender=world.wallet("landlord"))


def test_a_pause_that_is_over_gives_nothing(world: World, ended: int):
    world.pause(1)
    world.pass_days(2)
    with world.reverts("DepositClockNotExtendable", ended):
        extend(world, ended)
