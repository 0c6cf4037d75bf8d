"""proposeCorrection, confirmCorrection, objectToCorrection, applyCorrection

- MANAGER proposes on a document, COMMITTEE confirms the document it read, another person than the proposer
- nothing to change, no document, a share above the whole, unknown unit or owner: reverts
- applied by anybody seven days after the confirmation, not sooner, once
- the owner may object to a change of owner, not to one of area or share
- a change of owner waits while the unit is leased or its owner's wallet is recovered
"""

import pytest

from commonhold.roles import ROLE_ID
from tests.registry_world import DAY, NOTHING, REASON, World, spare

OTHER = b"\x02" * 32


def propose(
    world: World, unit: int, owner: int = 0, area: int = 0, share: int = 0, reason: bytes = REASON
) -> None:
    world.transfers.proposeCorrection(unit, owner, area, share, reason, sender=world.wallet("manager"))


def confirm(world: World, unit: int, reason: bytes = REASON) -> None:
    world.transfers.confirmCorrection(unit, reason, sender=world.wallet("committee"))


def apply(world: World, unit: int) -> None:
    world.transfers.applyCorrection(unit, sender=world.wallet("stranger"))


@pytest.mark.parametrize(("area", "share", "kept"), [(90, 0, (90, 100)), (0, 7, (100, 7)), (90, 7, (90, 7))])
def test_two_officers_and_a_week_correct_area_and_share(
    exact: World, area: int, share: int, kept: tuple[int, int]
) -> None:
    world, unit = exact, exact.unit("ann", area=100)
    propose(world, unit, area=area, share=share)
    with world.reverts("CorrectionTooEarly", unit, 0, world.time):
        apply(world, unit)
    confirm(world, unit)
    effective = world.time + 7 * DAY
    world.backend.warp(effective - 1)
    with world.reverts("CorrectionTooEarly", unit, effective, world.time):
        apply(world, unit)
    world.later(1)
    apply(world, unit)
    assert world.units.detailsOf(unit)[2:] == kept
    assert world.units.ownerPartyOf(unit) == world.party["ann"]
    with world.reverts("CorrectionNone", unit):
        apply(world, unit)


def test_an_owner_without_a_wallet_sells_on_paper(world: World) -> None:
    alone = world.register()
    world.units.register(alone, 1, 1, 100, 0, sender=world.wallet("manager"))
    propose(world, 1, owner=world.party["ben"])
    confirm(world, 1)
    world.later(7 * DAY)
    apply(world, 1)
    assert world.units.ownerPartyOf(1) == world.party["ben"]
    assert world.units.detailsOf(1)[2:] == (100, 0)


def test_an_owner_objects_to_losing_the_unit(world: World) -> None:
    unit = world.unit("ann")
    propose(world, unit, owner=world.party["ben"], area=5)
    confirm(world, unit)
    for person in ("ben", "stranger", "manager"):
        with world.reverts("TransferNotParty", unit, world.party["ann"], world.wallet(person)):
            world.transfers.objectToCorrection(unit, sender=world.wallet(person))
    world.transfers.objectToCorrection(unit, sender=world.wallet("ann"))
    world.later(7 * DAY)
    with world.reverts("CorrectionNone", unit):
        apply(world, unit)


def test_an_owner_does_not_choose_the_area(world: World) -> None:
    unit = world.unit("ann")
    with world.reverts("CorrectionNone", unit):
        world.transfers.objectToCorrection(unit, sender=world.wallet("ann"))
    propose(world, unit, area=9_900)
    with world.reverts("CorrectionNone", unit):
        world.transfers.objectToCorrection(unit, sender=world.wallet("ann"))
    with world.reverts("TransferUnitUnknown", 99):
        world.transfers.objectToCorrection(99, sender=world.wallet("ann"))


def test_a_leased_unit_keeps_its_owner_until_the_lease_is_over(world: World) -> None:
    leases, unit, today = world.lease_contract(), world.unit("ann"), world.today
    world.occupy(leases, unit, 1, 0, 20, "cleo")
    propose(world, unit, owner=world.party["ben"])
    confirm(world, unit)
    world.later(7 * DAY)
    with world.reverts("TransferUnitLeased", unit, 1, today + 20):
        apply(world, unit)
    world.later(13 * DAY)
    apply(world, unit)
    assert world.units.ownerPartyOf(unit) == world.party["ben"]


def test_an_owner_in_recovery_keeps_the_unit(world: World) -> None:
    unit = world.unit("ann")
    propose(world, unit, owner=world.party["ben"])
    confirm(world, unit)
    world.later(7 * DAY)
    world.start_by_manager("ann", spare(1))
    with world.reverts("TransferOwnerInRecovery", unit, world.party["ann"]):
        apply(world, unit)


def test_a_correction_of_owner_drops_an_open_offer(world: World) -> None:
    unit = world.unit("ann")
    world.transfers.transfer(unit, world.party["cleo"], sender=world.wallet("ann"))
    propose(world, unit, owner=world.party["ben"])
    confirm(world, unit)
    world.later(7 * DAY)
    apply(world, unit)
    assert world.transfers.offerOf(unit)[1] == 0


def test_an_incomplete_correction_is_refused(world: World) -> None:
    unit = world.unit("ann")
    with world.reverts("CorrectionInvalid", unit):
        propose(world, unit)
    with world.reverts("CorrectionInvalid", unit):
        propose(world, unit, area=1, reason=NOTHING)
    with world.reverts("CorrectionInvalid", unit):
        propose(world, unit, share=1_000_001)
    with world.reverts("TransferPartyUnknown", 99):
        propose(world, unit, owner=99)
    with world.reverts("TransferUnitUnknown", 99):
        propose(world, 99, area=1)
    with world.reverts("CorrectionNone", unit):
        confirm(world, unit)


def test_the_committee_confirms_what_it_read_once(world: World) -> None:
    unit = world.unit("ann")
    propose(world, unit, area=1)
    propose(world, unit, area=2, reason=OTHER)
    with world.reverts("CorrectionChanged", unit, OTHER):
        confirm(world, unit)
    confirm(world, unit, OTHER)
    with world.reverts("CorrectionChanged", unit, OTHER):
        confirm(world, unit, OTHER)


def test_S13_one_person_is_not_two(world: World) -> None:
    unit, manager = world.unit("ann"), world.wallet("manager")
    world.access.grantRole(ROLE_ID["COMMITTEE"], manager, 0, sender=world.wallet("admin"))
    propose(world, unit, area=1)
    with world.reverts("TransferSecondPersonMissing", manager):
        world.transfers.confirmCorrection(unit, REASON, sender=manager)
    access = world.access
    call = world.transfers.data("confirmCorrection", unit, REASON)
    with world.reverts("TransferCallerIsAuthority", access.address):
        access.execute(world.transfers, call, sender=manager)
    call = world.transfers.data("proposeCorrection", unit, 0, 1, 0, REASON)
    with world.reverts("TransferCallerIsAuthority", access.address):
        access.execute(world.transfers, call, sender=manager)


@pytest.mark.parametrize("person", ["admin", "officer", "attestor", "committee", "stranger", "ann"])
def test_A1_only_the_manager_proposes(world: World, person: str) -> None:
    unit = world.unit("ann")
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.transfers.proposeCorrection(unit, 0, 1, 0, REASON, sender=world.wallet(person))


@pytest.mark.parametrize("person", ["admin", "manager", "officer", "attestor", "stranger", "ann"])
def test_A1_only_the_committee_confirms(world: World, person: str) -> None:
    unit = world.unit("ann")
    propose(world, unit, area=1)
    with world.reverts("AccessManagedUnauthorized", world.wallet(person)):
        world.transfers.confirmCorrection(unit, REASON, sender=world.wallet(person))
