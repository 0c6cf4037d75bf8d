"""dismiss(role, account)

- only the COMMITTEE calls it
- ADMIN, COMMITTEE and the contracts' roles are no offices: reverts
- an office is taken away at once; an account without it changes nothing and emits nothing
"""

import pytest

from tests.registry_world import World


@pytest.mark.parametrize("person", ["stranger", "manager", "officer", "attestor", "admin", "ann"])
def test_A1_only_the_committee_dismisses(world: World, person: str) -> None:
    caller = world.wallet(person)
    with world.reverts("AccessManagerUnauthorizedAccount", caller, 6):
        world.access.dismiss(1, world.wallet("manager"), sender=caller)


@pytest.mark.parametrize("role", [0, 6, 7, 8, 9, 2**64 - 1])
def test_admin_committee_and_contracts_cannot_be_dismissed(world: World, role: int) -> None:
    with world.reverts("AccessNotAnOffice", role):
        world.access.dismiss(role, world.wallet("admin"), sender=world.wallet("committee"))


@pytest.mark.parametrize("role", [1, 2, 3, 4, 5])
def test_A4_an_office_is_taken_away_at_once(world: World, role: int) -> None:
    ann, committee = world.wallet("ann"), world.wallet("committee")
    world.access.grantRole(role, ann, 0, sender=world.wallet("admin"))
    world.access.dismiss(role, ann, sender=committee)
    assert world.events("Dismissed") == [
        {**world.events("Dismissed")[0], "role": role, "account": ann, "by": committee}
    ]
    assert not world.access.hasRole(role, ann)[0]


def test_A4_a_dismissed_manager_can_do_nothing_more(world: World) -> None:
    manager = world.wallet("manager")
    world.access.dismiss(1, manager, sender=world.wallet("committee"))
    with world.reverts("AccessManagedUnauthorized", manager):
        world.unit()


def test_dismissing_somebody_without_the_office_changes_nothing(world: World) -> None:
    world.access.dismiss(1, world.wallet("stranger"), sender=world.wallet("committee"))
    assert world.events("Dismissed") == []
    assert world.access.hasRole(1, world.wallet("manager"))[0]


def test_A6_the_committee_cannot_appoint(world: World) -> None:
    committee = world.wallet("committee")
    with world.reverts("AccessManagerUnauthorizedAccount", committee, 0):
        world.access.grantRole(1, committee, 0, sender=committee)
