"""holdingAt(party, time) and rollAt(time): the roll as it was

- the present second cannot be asked
- every registration, sale and correction shows from its second on, and not before
- Σ holdings = the roll; owners count as heads, once however many units
- several changes in one second leave their last state
"""

from commonhold.roles import ROLE_ID
from tests.registry_world import World


def test_the_roll_of_a_past_day_does_not_change(exact: World) -> None:
    world = exact
    start = world.time
    world.access.grantRole(ROLE_ID["TRANSFERS"], world.wallet("dora"), 0, sender=world.wallet("admin"))
    ann, ben = world.party["ann"], world.party["ben"]
    first = world.unit("ann", area=100)
    second = world.unit("ann", area=50)
    world.later(10)
    world.unit("ben", area=30)
    world.later(10)
    world.units.setOwner(first, ben, sender=world.wallet("dora"))
    world.later(10)
    world.units.correct(first, 120, 0, sender=world.wallet("dora"))
    world.later(10)
    world.units.setOwner(second, ben, sender=world.wallet("dora"))
    world.later(10)
    expected = {
        start - 1: ((0, 0), (0, 0), (0, 0, 0)),
        start: ((2, 150), (0, 0), (2, 150, 1)),
        start + 10: ((2, 150), (1, 30), (3, 180, 2)),
        start + 20: ((1, 50), (2, 130), (3, 180, 2)),
        start + 30: ((1, 50), (2, 150), (3, 200, 2)),
        start + 40: ((0, 0), (3, 200), (3, 200, 1)),
        start + 49: ((0, 0), (3, 200), (3, 200, 1)),
    }
    for time, (of_ann, of_ben, roll) in expected.items():
        assert world.units.holdingAt(ann, time) == of_ann
        assert world.units.holdingAt(ben, time) == of_ben
        assert world.units.rollAt(time) == roll
        assert of_ann[0] + of_ben[0] == roll[0]
        assert of_ann[1] + of_ben[1] == roll[1]


def test_R9_the_present_second_may_still_change_and_is_not_answered(exact: World) -> None:
    field = b"time".ljust(32, b"\0")
    for time in (exact.time, exact.time + 1):
        with exact.reverts("UnitValueInvalid", field, time, exact.time - 1):
            exact.units.rollAt(time)
        with exact.reverts("UnitValueInvalid", field, time, exact.time - 1):
            exact.units.holdingAt(1, time)
    assert exact.units.rollAt(exact.time - 1) == (0, 0, 0)
