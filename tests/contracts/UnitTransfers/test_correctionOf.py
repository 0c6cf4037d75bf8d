"""correctionOf(unit): what waits for the committee and the week, as proposed; gone when it was applied."""

from tests.registry_world import DAY, REASON, World


def test_a_correction_can_be_read_until_it_is_applied(world: World) -> None:
    unit = world.unit("ann", area=100)
    nothing = world.transfers.correctionOf(unit)
    world.transfers.proposeCorrection(unit, 0, 90, 7, REASON, sender=world.wallet("manager"))
    found = world.transfers.correctionOf(unit)
    assert found != nothing and REASON in found and {90, 7} <= set(found)
    world.transfers.confirmCorrection(unit, REASON, sender=world.wallet("committee"))
    world.later(7 * DAY)
    world.transfers.applyCorrection(unit, sender=world.wallet("stranger"))
    assert world.transfers.correctionOf(unit) == nothing
