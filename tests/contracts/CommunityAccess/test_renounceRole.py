"""renounceRole and revokeRole of ADMIN

- the last proven ADMIN cannot leave, nor be taken away, whoever else holds the role unproven
- a proven one may leave while another proven one stays; it is no longer counted
- an unproven one may be taken away
- after leaving and coming back an ADMIN proves its key again
- other roles leave as ever; a wrong confirmation reverts
"""

from tests.registry_world import World


def test_A2_the_last_admin_cannot_renounce(world: World) -> None:
    admin = world.wallet("admin")
    with world.reverts("AccessLastAdmin", admin):
        world.access.renounceRole(0, admin, sender=admin)
    assert world.access.hasRole(0, admin)[0]


def test_A2_the_last_admin_cannot_be_revoked_either(world: World) -> None:
    admin = world.wallet("admin")
    with world.reverts("AccessLastAdmin", admin):
        world.access.revokeRole(0, admin, sender=admin)


def test_A2_handing_admin_to_a_wrong_address_does_not_let_the_old_one_go(world: World) -> None:
    admin = world.wallet("admin")
    world.access.grantRole(0, "0x" + "77" * 20, 0, sender=admin)
    with world.reverts("AccessLastAdmin", admin):
        world.access.renounceRole(0, admin, sender=admin)


def test_A2_once_the_new_admin_has_accepted_the_old_one_may_go(world: World) -> None:
    admin, ann = world.wallet("admin"), world.wallet("ann")
    world.access.grantRole(0, ann, 0, sender=admin)
    world.access.acceptAdmin(sender=ann)
    world.access.renounceRole(0, admin, sender=admin)
    assert not world.access.hasRole(0, admin)[0]
    assert world.access.acceptedAdmins() == 1
    assert not world.access.adminAccepted(admin)
    with world.reverts("AccessLastAdmin", ann):
        world.access.renounceRole(0, ann, sender=ann)


def test_an_unproven_admin_can_be_taken_away(world: World) -> None:
    admin, ann = world.wallet("admin"), world.wallet("ann")
    world.access.grantRole(0, ann, 0, sender=admin)
    world.access.revokeRole(0, ann, sender=admin)
    assert not world.access.hasRole(0, ann)[0]
    assert world.access.acceptedAdmins() == 1


def test_an_admin_who_comes_back_proves_its_key_again(world: World) -> None:
    admin, ann = world.wallet("admin"), world.wallet("ann")
    for _ in range(2):
        world.access.grantRole(0, ann, 0, sender=admin)
        world.access.acceptAdmin(sender=ann)
        world.access.renounceRole(0, ann, sender=ann)
    assert world.access.acceptedAdmins() == 1


def test_revoking_somebody_who_never_was_admin_changes_nothing(world: World) -> None:
    admin = world.wallet("admin")
    world.access.revokeRole(0, world.wallet("stranger"), sender=admin)
    assert world.access.acceptedAdmins() == 1


def test_a_manager_may_leave_office(world: World) -> None:
    manager = world.wallet("manager")
    world.access.renounceRole(1, manager, sender=manager)
    assert not world.access.hasRole(1, manager)[0]


def test_nobody_renounces_for_another(world: World) -> None:
    with world.reverts("AccessManagerBadConfirmation"):
        world.access.renounceRole(1, world.wallet("manager"), sender=world.wallet("stranger"))
