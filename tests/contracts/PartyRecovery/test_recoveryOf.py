"""recoveryOf(party)

- while one runs: its figures · none, over, lapsed: all zero, also if an old one is still in storage
"""

from tests.registry_world import DAY, NOBODY, World, spare


def test_there_is_nothing_to_see_before_a_recovery_and_after_it_lapsed(world: World) -> None:
    ann = world.party["ann"]
    nothing = world.recovery.recoveryOf(ann)
    assert nothing[0] == NOBODY and not any(nothing[1:])
    world.guard("ann", ["ben", "cleo", "dora"], 2)
    world.start_by_guardians("ann", ["ben", "cleo"], spare(1))
    assert world.recovery.recoveryOf(ann)[0].lower() == spare(1).address.lower()
    world.later(3 * DAY + 14 * DAY + 2)
    assert world.recovery.recoveryOf(ann) == nothing
