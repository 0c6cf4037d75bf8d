"""acceptAdmin()

- the caller is no ADMIN, or its grant has not taken effect: reverts
- the caller has accepted already: reverts
- otherwise it is proven and counted
"""

from tests.registry_world import DAY, World


def test_a_stranger_cannot_accept(world: World) -> None:
    stranger = world.wallet("stranger")
    with world.reverts("AccessNotAdmin", stranger):
        world.access.acceptAdmin(sender=stranger)


def test_a_grant_that_still_waits_cannot_be_accepted(world: World) -> None:
    admin, ann = world.wallet("admin"), world.wallet("ann")
    world.access.setGrantDelay(0, 2 * DAY, sender=admin)
    world.access.grantRole(0, ann, 0, sender=admin)
    with world.reverts("AccessNotAdmin", ann):
        world.access.acceptAdmin(sender=ann)
    world.later(2 * DAY)
    world.access.acceptAdmin(sender=ann)
    assert world.access.adminAccepted(ann)


def test_A2_an_admin_proves_its_key_once(world: World) -> None:
    ann = world.wallet("ann")
    world.access.grantRole(0, ann, 0, sender=world.wallet("admin"))
    assert world.access.acceptedAdmins() == 1
    world.access.acceptAdmin(sender=ann)
    assert world.events("AdminAccepted")[0]["account"] == ann
    assert world.access.acceptedAdmins() == 2
    with world.reverts("AccessAdminAcceptedAlready", ann):
        world.access.acceptAdmin(sender=ann)
