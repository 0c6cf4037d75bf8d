"""Reserve: its constructor, listAsset, setCeiling, pauseEntry, assetOf, assetAt, assetCount.

constructor: the token has code
listAsset
├── the community token itself, listed already, no code: reverts
├── decimals unreadable or too many: reverts
└── otherwise: listed with the decimals it said
setCeiling, pauseEntry: unknown asset reverts; a pause lasts at most 30 days, 0 ends it
"""

import pytest

from tests.contracts.Reserve.test_enter import ONE
from tests.money_world import CAP, CMT, DAY, Money


def _list(world: Money, asset: object, ceiling: int = CAP) -> None:
    world.reserve.listAsset(asset, ceiling, sender=world.wallet("admin"))


def test_the_reserve_belongs_to_one_token(world: Money) -> None:
    assert world.reserve.token() == world.token.address
    assert world.reserve.VERSION() == "1"
    with world.reverts("ReserveAssetHasNoCode", world.wallet("ann")):
        world.backend.deploy("Reserve", world.access, world.forwarder, world.wallet("ann"))


def test_a_listed_asset_keeps_the_decimals_it_said(world: Money) -> None:
    first, second = (world.backend.deploy("OddToken", decimals) for decimals in (18, 0))
    _list(world, first, 5 * CMT)
    assert world.events("AssetListed") == [{"asset": first.address, "decimals": 18, "ceiling": 5 * CMT}]
    _list(world, second)
    assert tuple(world.reserve.assetOf(first)) == (True, 18, 5 * CMT, 0, 0)
    assert world.reserve.assetCount() == 2
    assert [world.reserve.assetAt(index) for index in range(2)] == [first.address, second.address]
    assert tuple(world.reserve.assetOf(world.token)) == (False, 0, 0, 0, 0)


def test_T5_an_address_without_code_is_no_asset(world: Money) -> None:
    with world.reverts("ReserveAssetHasNoCode", world.wallet("ann")):
        _list(world, world.wallet("ann"))


def test_the_community_token_is_no_asset(world: Money) -> None:
    with world.reverts("ReserveAssetIsCommunityToken", world.token.address):
        _list(world, world.token)


def test_an_asset_is_listed_once(world: Money) -> None:
    asset = world.asset()
    with world.reverts("ReserveAssetKnown", asset.address):
        _list(world, asset)


@pytest.mark.parametrize("name", ["NoToken", "WideToken", "Puppet"])
def test_T12_decimals_that_cannot_be_read_or_scaled_are_refused(world: Money, name: str) -> None:
    contract = world.backend.deploy(name)
    with world.reverts("ReserveDecimalsUnreadable", contract.address, 77):
        _list(world, contract)


def test_a_new_ceiling_counts_at_once_and_takes_nothing_back(world: Money) -> None:
    asset = world.asset(ceiling=10 * CMT)
    world.supply(asset, "ann", 20 * ONE)
    world.enter(asset, "ann", 10 * ONE)
    world.reserve.setCeiling(asset, 4 * CMT, sender=world.wallet("admin"))
    assert world.events("CeilingSet") == [{"asset": asset.address, "ceiling": 4 * CMT}]
    with world.reverts("ReserveCeilingExceeded", asset.address, 10 * CMT, 4 * CMT):
        world.enter(asset, "ann", 1)
    world.exit(asset, "ann", 10 * CMT, least=10 * ONE)
    world.enter(asset, "ann", 4 * ONE)


def test_a_pause_is_prolonged_or_ended_by_a_fresh_call(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", ONE)
    for duration in (DAY, 30 * DAY):
        world.reserve.pauseEntry(asset, duration, sender=world.wallet("committee"))
        (event,) = world.events("EntryPaused")
        assert event == {
            "asset": asset.address,
            "by": world.wallet("committee"),
            "until": world.time + duration,
        }
    world.reserve.pauseEntry(asset, 0, sender=world.wallet("committee"))
    world.enter(asset, "ann", ONE)


def test_A5_a_pause_lasts_at_most_30_days(world: Money) -> None:
    asset = world.asset()
    with world.reverts("ReservePauseTooLong", 30 * DAY + 1, 30 * DAY):
        world.reserve.pauseEntry(asset, 30 * DAY + 1, sender=world.wallet("committee"))


def test_an_unlisted_asset_has_no_ceiling_pause_or_quote(world: Money) -> None:
    other = world.backend.deploy("OddToken", 6)
    with world.reverts("ReserveAssetUnknown", other.address):
        world.reserve.setCeiling(other, 1, sender=world.wallet("admin"))
    with world.reverts("ReserveAssetUnknown", other.address):
        world.reserve.pauseEntry(other, 1, sender=world.wallet("committee"))
    with world.reverts("ReserveAssetUnknown", other.address):
        world.reserve.coverOf(other)
    with world.reverts("ReserveAssetUnknown", other.address):
        world.reserve.quoteExit(other, 1)


def test_L1_a_stopped_reserve_mints_nothing_but_lets_everybody_out(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", 2 * ONE)
    world.enter(asset, "ann", ONE)
    world.token.stopMinter(world.reserve, sender=world.wallet("committee"))
    with world.reverts("TokenNotMinter", world.reserve.address):
        world.enter(asset, "ann", ONE)
    world.exit(asset, "ann", CMT, least=ONE)
