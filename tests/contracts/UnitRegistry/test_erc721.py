"""The ERC-721 and ERC-4907 view

- symbol, interfaces; ownerOf and balanceOf follow the party's current wallet
- approvals and every transferFrom revert and say how a unit moves; setUser reverts
- userOf and userExpires follow the lease by civil days, to the second of midnight
"""

import pytest

from tests.registry_world import DAY, NOBODY, World, spare


def test_the_interfaces_are_declared(world: World) -> None:
    for interface in ("01ffc9a7", "80ac58cd", "5b5e139f", "ad092b5c"):
        assert world.units.supportsInterface(bytes.fromhex(interface))
    assert not world.units.supportsInterface(b"\xff" * 4)
    assert world.units.symbol() == "UNIT"


def test_owner_and_balance_follow_the_current_wallet(world: World) -> None:
    first, second = world.unit("ann"), world.unit("ann")
    world.link("ann", spare(1))
    assert world.units.balanceOf(world.wallet("ann")) == 2
    assert world.units.balanceOf(spare(1).address) == 0
    world.parties.switchWallet(spare(1).address, sender=world.wallet("ann"))
    assert world.units.ownerOf(first) == world.units.ownerOf(second) == spare(1).address
    assert world.units.balanceOf(spare(1).address) == 2
    assert world.units.balanceOf(world.wallet("ann")) == 0
    assert world.units.balanceOf(world.wallet("stranger")) == 0
    with world.reverts("UnitPartyUnknown", 0):
        world.units.balanceOf(NOBODY)


def test_unknown_units_have_no_owner(world: World) -> None:
    for unit in (0, 1, 2**32 + 1):
        with world.reverts("UnitUnknown", unit):
            world.units.ownerOf(unit)
        assert world.units.userOf(unit) == NOBODY
        assert world.units.userExpires(unit) == 0
    assert world.units.ownerPartyOf(1) == 0
    assert world.units.userPartyOf(1) == 0


def test_no_erc721_call_moves_a_unit(world: World) -> None:
    unit, ann, ben = world.unit("ann"), world.wallet("ann"), world.wallet("ben")
    for function, arguments, values in (
        ("approve", (ben, unit), (unit,)),
        ("setApprovalForAll", (ben, True), (0,)),
        ("transferFrom", (ann, ben, unit), (unit,)),
        ("safeTransferFrom", (ann, ben, unit, b""), (unit,)),
    ):
        with world.reverts("UnitMovesByTransferOnly", *values):
            getattr(world.units, function)(*arguments, sender=ann)
    assert world.units.getApproved(unit) == NOBODY
    assert not world.units.isApprovedForAll(ann, ben)
    assert world.units.ownerOf(unit) == ann


def test_nobody_sets_the_user(world: World) -> None:
    unit = world.unit("ann")
    with world.reverts("UnitUserFollowsLease", unit):
        world.units.setUser(unit, world.wallet("ben"), world.time + DAY, sender=world.wallet("ann"))


@pytest.mark.parametrize("second", [0, 1])
def test_M5_the_use_ends_at_local_midnight_to_the_second(exact: World, second: int) -> None:
    leases, unit, today = exact.lease_contract(), exact.unit("ann"), exact.today
    exact.occupy(leases, unit, 1, 0, 2)
    midnight = (today + 2) * DAY - 28_800
    assert exact.units.userExpires(unit) == midnight
    exact.backend.warp(midnight - second)
    assert exact.units.userOf(unit) == (exact.wallet("ben") if second else NOBODY)
    assert exact.units.userExpires(unit) == (midnight if second else 0)
