"""Reserve.enter, enterWithPermit: outside tokens become community money, exactly or not at all.

├── asset not listed: reverts
├── entry paused: reverts
├── amount 0, or decimals above 6 and no multiple: reverts
├── above the ceiling: reverts
├── allowance too low: reverts
├── the asset fails or answers false: reverts
├── the asset moved another amount than it was told: reverts
├── the asset re-enters: the inner call reverts, the entry counts once
└── otherwise: as much community money, one citation never used before
permit: used already, invalid or without effect: the allowance decides
"""

import pytest

from tests.money_world import CAP, CMT, DAY, FAR, NOBODY, Money

FEE, FEE_ON_TOP, BONUS, NO_RETURN, FALSE_UNMOVED, FALSE_MOVED, LIAR, PAUSED, BLOCKS, REENTERS, RACE = range(
    1, 12
)
ONE = 10**6


@pytest.mark.parametrize(
    ("decimals", "paid", "amount"),
    [
        (6, 5 * CMT, 5 * CMT), (6, 1, 1), (18, 10**12, 1), (18, 25 * 10**17, 2_500_000), (8, 300, 3),
        (2, 199, 1_990_000), (0, 7, 7 * CMT), (60, 10**54, 1), (60, 3 * 10**60, 3 * CMT), (77, 10**71, 1),
    ],
)  # fmt: skip
def test_T12_decimals_scale_exactly(world: Money, decimals: int, paid: int, amount: int) -> None:
    asset = world.asset(decimals)
    world.supply(asset, "ann", paid)
    world.enter(asset, "ann", paid)
    assert world.balance("ann") == world.net(asset) == world.token.totalSupply() == amount
    assert asset.balanceOf(world.reserve) == paid
    assert world.reserve.coverOf(asset) == (paid, paid)


@pytest.mark.parametrize(
    ("decimals", "paid", "multiple"),
    [(18, 1, 10**12), (18, 10**12 + 1, 10**12), (8, 150, 100), (60, 10**54 - 1, 10**54)],
)
def test_T12_what_does_not_divide_is_refused(world: Money, decimals: int, paid: int, multiple: int) -> None:
    asset = world.asset(decimals)
    world.supply(asset, "ann", paid)
    with world.reverts("ReserveAmountInexact", paid, multiple):
        world.enter(asset, "ann", paid)


@pytest.mark.parametrize("decimals", [0, 6, 18])
def test_T12_the_largest_numbers_overflow_nothing(world: Money, decimals: int) -> None:
    asset = world.asset(decimals)
    asset.mint(world.wallet("ann"), 2**256 - 1, sender=world.wallet("ann"))
    asset.approve(world.reserve, 2**256 - 1, sender=world.wallet("ann"))
    scale = 10 ** max(decimals - 6, 0)
    for paid in (2**96 * scale, (2**256 - 1) // scale * scale):
        with world.reverts("ReserveCeilingExceeded", asset.address, 0, CAP):
            world.enter(asset, "ann", paid)


@pytest.mark.core
def test_an_entry_says_what_came_in_and_under_which_citation(world: Money) -> None:
    asset = world.asset(18)
    world.supply(asset, "ann", 10**18)
    world.enter(asset, "ann", 10**18)
    (event,) = world.events("Entered")
    citation = event["citation"]
    assert event == {
        "asset": asset.address, "holder": world.wallet("ann"), "paid": 10**18, "amount": CMT,
        "citation": citation,
    }  # fmt: skip
    assert world.token.citationUsed(citation) is True


def test_no_two_entries_share_a_citation(world: Money) -> None:
    assets = [world.asset(), world.asset()]
    seen = set()
    for asset in assets * 3:
        world.supply(asset, "ann", ONE)
        world.enter(asset, "ann", ONE)
        seen.add(world.events("Entered")[0]["citation"])
    assert len(seen) == 6


def test_only_listed_assets_enter(world: Money) -> None:
    stranger = world.backend.deploy("OddToken", 6)
    world.supply(stranger, "ann", ONE)
    for asset in (stranger.address, world.token.address, NOBODY):
        with world.reverts("ReserveAssetUnknown", asset):
            world.reserve.enter(asset, ONE, sender=world.wallet("ann"))


def test_nothing_is_no_entry(world: Money) -> None:
    asset = world.asset()
    with world.reverts("ReserveAmountZero"):
        world.enter(asset, "ann", 0)


def test_the_ceiling_is_the_last_unit_that_enters(world: Money) -> None:
    asset = world.asset(ceiling=10 * CMT)
    world.supply(asset, "ann", 20 * ONE)
    world.enter(asset, "ann", 4 * ONE)
    with world.reverts("ReserveCeilingExceeded", asset.address, 4 * CMT, 10 * CMT):
        world.enter(asset, "ann", 6 * ONE + 1)
    world.enter(asset, "ann", 6 * ONE)
    with world.reverts("ReserveCeilingExceeded", asset.address, 10 * CMT, 10 * CMT):
        world.enter(asset, "ann", 1)


def test_a_paused_entry_opens_again_by_itself(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", ONE)
    world.reserve.pauseEntry(asset, DAY, sender=world.wallet("committee"))
    until = world.events("EntryPaused")[0]["until"]
    world.at(until - 1)
    with world.reverts("ReserveEntryPaused", asset.address, until):
        world.enter(asset, "ann", ONE)
    world.at(until)
    world.enter(asset, "ann", ONE)


def test_T6_without_an_allowance_nothing_enters(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", ONE, approve=False)
    asset.approve(world.reserve, ONE - 1, sender=world.wallet("ann"))
    with world.reverts("ReserveAllowanceTooLow", asset.address, ONE - 1, ONE):
        world.enter(asset, "ann", ONE)


@pytest.mark.parametrize(
    ("quirk", "moved"), [(FEE, 99 * ONE), (BONUS, 101 * ONE), (LIAR, 0)], ids=["fee", "bonus", "liar"]
)
def test_T1_T4_what_moves_another_amount_is_refused_with_both_amounts(
    world: Money, quirk: int, moved: int
) -> None:
    asset = world.asset(quirk=quirk)
    world.supply(asset, "ann", 200 * ONE)
    with world.reverts("ReserveDeltaWrong", asset.address, moved, 100 * ONE):
        world.enter(asset, "ann", 100 * ONE)
    assert world.net(asset) == world.token.totalSupply() == 0


def test_T1_a_fee_on_top_is_the_payer_s_own_loss(world: Money) -> None:
    asset = world.asset(quirk=FEE_ON_TOP)
    world.supply(asset, "ann", 101 * ONE)
    world.enter(asset, "ann", 100 * ONE)
    assert (world.balance("ann"), asset.balanceOf(world.reserve)) == (100 * CMT, 100 * ONE)


@pytest.mark.core
def test_T2_an_asset_without_return_values_works(world: Money) -> None:
    asset = world.asset(quirk=NO_RETURN)
    world.supply(asset, "ann", ONE)
    world.enter(asset, "ann", ONE)
    world.exit(asset, "ann", CMT, least=ONE)
    assert asset.balanceOf(world.wallet("ann")) == ONE


@pytest.mark.parametrize("quirk", [FALSE_UNMOVED, FALSE_MOVED, PAUSED])
def test_T3_T9_an_asset_that_fails_or_says_no_enters_nothing(world: Money, quirk: int) -> None:
    asset = world.asset(quirk=quirk)
    world.supply(asset, "ann", ONE)
    with world.reverts("ReserveTransferFailed", asset.address):
        world.enter(asset, "ann", ONE)
    assert world.net(asset) == world.token.totalSupply() == asset.balanceOf(world.reserve) == 0


def test_T7_a_blocked_resident_stops_only_himself(world: Money) -> None:
    asset = world.asset(quirk=BLOCKS)
    asset.setBlocked(world.wallet("ann"), sender=world.wallet("ann"))
    for who in ("ann", "ben"):
        world.supply(asset, who, ONE)
    with world.reverts("ReserveTransferFailed", asset.address):
        world.enter(asset, "ann", ONE)
    world.enter(asset, "ben", ONE)


def test_more_than_the_payer_has_is_refused(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", ONE)
    with world.reverts("ReserveTransferFailed", asset.address):
        world.enter(asset, "ann", ONE + 1)


@pytest.mark.parametrize("inner", ["enter", "exit"])
def test_T10_a_hook_that_re_enters_is_stopped_and_the_entry_counts_once(world: Money, inner: str) -> None:
    asset = world.asset()
    world.supply(asset, world.outsider, 2 * ONE, approve=False)
    approve = asset.data("approve", world.reserve, 2**255)
    world.outsider.act(asset, approve, sender=world.wallet("ann"))
    world.supply(asset, "ann", ONE)
    call = (
        world.reserve.data("enter", asset, ONE)
        if inner == "enter"
        else world.reserve.data("exit", asset, CMT, world.wallet("ann"), 0)
    )
    asset.setReentry(
        world.outsider, world.outsider.data("act", world.reserve, call), sender=world.wallet("ann")
    )
    asset.setQuirk(REENTERS, sender=world.wallet("ann"))
    world.enter(asset, "ann", ONE)
    assert (asset.called(), asset.reentered()) == (True, False)
    assert world.net(asset) == world.token.totalSupply() == world.balance("ann") == CMT


def test_T13_an_asset_that_guards_its_approvals_works(world: Money) -> None:
    asset = world.asset(quirk=RACE)
    world.supply(asset, "ann", 2 * ONE)
    world.enter(asset, "ann", ONE)
    world.exit(asset, "ann", CMT, least=ONE)
    assert asset.allowance(world.reserve, world.wallet("ann")) == 0


def test_T14_a_name_of_32_bytes_stops_nobody(world: Money) -> None:
    asset = world.asset()
    assert bytes(asset.name())[:3] == b"Odd"
    world.supply(asset, "ann", ONE)
    world.enter(asset, "ann", ONE)


def test_a_frozen_wallet_enters_and_a_contract_of_the_suite_does_not(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", ONE)
    world.freeze("ann")
    world.enter(asset, "ann", ONE)
    assert world.balance("ann") == CMT
    world.supply(asset, world.escrow, ONE, approve=False)
    world.act(world.escrow, asset, "approve", world.reserve.address, ONE)
    with world.reverts("TokenRecipientIsSuite", world.escrow.address):
        world.act(world.escrow, world.reserve, "enter", asset.address, ONE)


def test_a_sponsored_entry_is_the_signer_s(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", ONE)
    world.forward("ann", world.reserve, "enter", asset.address, ONE)
    assert world.balance("ann") == CMT


def _coin_permit(world: Money, coin: object, value: int, nonce: int = 0) -> tuple[object, ...]:
    ann = world.wallet("ann")
    raw = world.sign(
        "Permit", "ann", (ann, world.reserve.address, value, nonce, FAR), contract=coin, name="Test Dollar"
    )
    return FAR, raw[64], raw[:32], raw[32:64]


def _coin(world: Money) -> object:
    coin = world.backend.deploy("TestCoin", "Test Dollar", "TUSD", 6)
    world.reserve.listAsset(coin, CAP, sender=world.wallet("admin"))
    coin.drip(10 * ONE, sender=world.wallet("ann"))
    return coin


def test_a_permit_spares_the_approval(world: Money) -> None:
    coin = _coin(world)
    permit = _coin_permit(world, coin, 4 * ONE)
    world.reserve.enterWithPermit(coin, 4 * ONE, *permit, sender=world.wallet("ann"))
    assert world.balance("ann") == 4 * CMT


def test_a_sponsored_permit_and_entry(world: Money) -> None:
    coin = _coin(world)
    permit = _coin_permit(world, coin, 4 * ONE)
    world.forward("ann", world.reserve, "enterWithPermit", coin.address, 4 * ONE, *permit)  # type: ignore[attr-defined]
    assert world.balance("ann") == 4 * CMT


def test_S11_a_permit_that_somebody_submitted_first_is_no_obstacle(world: Money) -> None:
    coin = _coin(world)
    deadline, v, r, s = _coin_permit(world, coin, 4 * ONE)
    ann = world.wallet("ann")
    coin.permit(ann, world.reserve, 4 * ONE, deadline, v, r, s, sender=world.wallet("stranger"))  # type: ignore[attr-defined]
    world.reserve.enterWithPermit(coin, 4 * ONE, deadline, v, r, s, sender=ann)
    assert world.balance("ann") == 4 * CMT


def test_a_bad_permit_without_an_allowance_enters_nothing(world: Money) -> None:
    coin = _coin(world)
    permit = _coin_permit(world, coin, 4 * ONE, nonce=7)
    with world.reverts("ReserveAllowanceTooLow", coin.address, 0, 4 * ONE):  # type: ignore[attr-defined]
        world.reserve.enterWithPermit(coin, 4 * ONE, *permit, sender=world.wallet("ann"))


def test_T6_a_phantom_permit_gives_no_allowance(world: Money) -> None:
    phantom = world.backend.deploy("PhantomPermitToken")
    world.reserve.listAsset(phantom, CAP, sender=world.wallet("admin"))
    with world.reverts("ReserveAllowanceTooLow", phantom.address, 0, ONE):
        world.reserve.enterWithPermit(
            phantom, ONE, FAR, 27, b"\1" * 32, b"\1" * 32, sender=world.wallet("ann")
        )


def test_a_permit_for_an_unlisted_asset_is_not_even_tried(world: Money) -> None:
    asset = world.backend.deploy("PhantomPermitToken")
    with world.reverts("ReserveAssetUnknown", asset.address):
        world.reserve.enterWithPermit(asset, ONE, FAR, 27, bytes(32), bytes(32), sender=world.wallet("ann"))
