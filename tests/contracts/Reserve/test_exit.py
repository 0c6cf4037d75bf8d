"""Reserve.exit, exitWithPermit, quoteExit, coverOf: community money back into outside tokens, never paused.

├── asset not listed: reverts
├── more than entered as this asset: reverts
├── amount 0, or decimals below 6 and no multiple: reverts
├── no allowance, no money, frozen, under recovery: reverts
├── the asset fails or answers false: reverts
├── the asset takes more or less from the reserve than it was told: reverts
├── less arrives than the leaver accepts: reverts
├── the asset lost value by itself: everybody bears it in proportion
└── otherwise: exactly that much leaves, the community money is destroyed
"""

import pytest

from tests.contracts.Reserve.test_enter import (
    BLOCKS,
    BONUS,
    FALSE_MOVED,
    FALSE_UNMOVED,
    FEE,
    FEE_ON_TOP,
    LIAR,
    ONE,
    PAUSED,
    REENTERS,
)  # fmt: skip
from tests.money_world import CAP, CMT, DAY, FAR, Money


def _entered(world: Money, decimals: int = 6, who: str = "ann", whole: int = 100) -> object:
    asset = world.asset(decimals)
    _more(world, asset, who, whole, decimals)
    return asset


def _more(world: Money, asset: object, who: str, whole: int = 100, decimals: int = 6) -> None:
    world.supply(asset, who, whole * 10**decimals)
    world.enter(asset, who, whole * 10**decimals)


@pytest.mark.parametrize(
    ("decimals", "amount", "received"),
    [(6, 40 * CMT, 40 * ONE), (18, 1, 10**12), (0, 40 * CMT, 40), (2, 10_000, 1), (60, 1, 10**54)],
)
def test_exactly_that_much_leaves(world: Money, decimals: int, amount: int, received: int) -> None:
    asset = _entered(world, decimals)
    assert world.reserve.quoteExit(asset, amount) == received
    world.exit(asset, "ann", amount, least=received)
    (event,) = world.events("Exited")
    assert (event["holder"], event["to"], event["amount"], event["received"]) == (
        world.wallet("ann"), world.wallet("ann"), amount, received,
    )  # fmt: skip
    assert asset.balanceOf(world.wallet("ann")) == received  # type: ignore[attr-defined]
    assert world.net(asset) == world.balance("ann") == world.token.totalSupply() == 100 * CMT - amount


@pytest.mark.parametrize(("decimals", "amount", "multiple"), [(0, 1, 10**6), (2, 10_001, 10**4)])
def test_T12_what_does_not_divide_stays(world: Money, decimals: int, amount: int, multiple: int) -> None:
    asset = _entered(world, decimals)
    with world.reverts("ReserveAmountInexact", amount, multiple):
        world.exit(asset, "ann", amount)


def test_nothing_is_no_exit_and_unknown_assets_have_none(world: Money) -> None:
    asset = _entered(world)
    with world.reverts("ReserveAmountZero"):
        world.exit(asset, "ann", 0)
    other = world.backend.deploy("OddToken", 6)
    with world.reverts("ReserveAssetUnknown", other.address):
        world.exit(other, "ann", CMT)


@pytest.mark.core
def test_ruling_10_one_broken_coin_cannot_drain_another(world: Money) -> None:
    good, bad = _entered(world, who="ann"), _entered(world, who="ben")
    with world.reverts("ReserveExitTooLarge", good.address, 100 * CMT + 1, 100 * CMT):  # type: ignore[attr-defined]
        world.fund("ben", CMT)
        world.exit(good, "ben", 100 * CMT + 1)
    # money of one door may leave by the other, but never more than entered there
    world.exit(good, "ben", 100 * CMT)
    with world.reverts("ReserveExitTooLarge", good.address, 1, 0):  # type: ignore[attr-defined]
        world.exit(good, "ann", 1)
    world.exit(bad, "ann", 100 * CMT)


def test_leaving_goes_on_while_entry_is_paused_and_closed(world: Money) -> None:
    asset = _entered(world)
    world.reserve.pauseEntry(asset, 30 * DAY, sender=world.wallet("committee"))
    world.reserve.setCeiling(asset, 0, sender=world.wallet("admin"))
    world.exit(asset, "ann", 100 * CMT, least=100 * ONE)
    assert asset.balanceOf(world.wallet("ann")) == 100 * ONE  # type: ignore[attr-defined]


def test_the_leaver_needs_an_allowance_and_the_money(world: Money) -> None:
    asset = _entered(world)
    ann = world.wallet("ann")
    with world.reverts("ERC20InsufficientAllowance", world.reserve.address, 0, CMT):
        world.reserve.exit(asset, CMT, ann, 0, sender=ann)
    with world.reverts("ERC20InsufficientBalance", world.wallet("ben"), 0, CMT):
        world.exit(asset, "ben", CMT)


def test_a_frozen_wallet_and_one_under_recovery_do_not_leave(world: Money) -> None:
    asset = _entered(world)
    _more(world, asset, "ben")
    until = world.freeze("ann")
    world.hold("ben")
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        world.exit(asset, "ann", CMT)
    with world.reverts("TokenRecoveryPending", world.wallet("ben")):
        world.exit(asset, "ben", CMT)


def test_the_money_may_go_to_another_wallet_of_the_leaver_s_choice(world: Money) -> None:
    asset = _entered(world)
    world.exit(asset, "ann", CMT, to="cleo", least=ONE)
    assert asset.balanceOf(world.wallet("cleo")) == ONE  # type: ignore[attr-defined]
    with world.reverts("ReserveDeltaWrong", asset.address, 0, ONE):  # type: ignore[attr-defined]
        world.exit(asset, "ann", CMT, to=world.reserve)


@pytest.mark.parametrize("quirk", [FALSE_UNMOVED, FALSE_MOVED, PAUSED])
def test_T3_T9_an_asset_that_fails_keeps_everything_as_it_was(world: Money, quirk: int) -> None:
    asset = _entered(world)
    asset.setQuirk(quirk, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    with world.reverts("ReserveTransferFailed", asset.address):  # type: ignore[attr-defined]
        world.exit(asset, "ann", CMT)
    assert world.net(asset) == world.balance("ann") == 100 * CMT
    asset.setQuirk(0, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    world.exit(asset, "ann", CMT, least=ONE)


def test_T4_a_liar_pays_nobody_and_burns_nothing(world: Money) -> None:
    asset = _entered(world)
    asset.setQuirk(LIAR, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    with world.reverts("ReserveDeltaWrong", asset.address, 0, 10 * ONE):  # type: ignore[attr-defined]
        world.exit(asset, "ann", 10 * CMT)
    assert world.balance("ann") == 100 * CMT


def test_T1_a_fee_on_top_of_an_exit_is_not_paid_with_others_money(world: Money) -> None:
    asset = _entered(world)
    asset.setQuirk(FEE_ON_TOP, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    with world.reverts("ReserveDeltaWrong", asset.address, 10_100_000, 10 * ONE):  # type: ignore[attr-defined]
        world.exit(asset, "ann", 10 * CMT)


def test_T1_a_fee_on_the_way_out_is_the_leaver_s_if_he_accepts_it(world: Money) -> None:
    asset = _entered(world)
    asset.setQuirk(FEE, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    with world.reverts("ReserveTooLittle", asset.address, 9_900_000, 10 * ONE):  # type: ignore[attr-defined]
        world.exit(asset, "ann", 10 * CMT, least=10 * ONE)
    world.exit(asset, "ann", 10 * CMT, least=9_900_000)
    assert world.events("Exited")[0]["received"] == 9_900_000
    assert world.reserve.coverOf(asset) == (90 * ONE, 90 * ONE)


def test_a_bonus_on_the_way_out_is_the_leaver_s(world: Money) -> None:
    asset = _entered(world)
    asset.setQuirk(BONUS, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    world.exit(asset, "ann", 10 * CMT, least=10 * ONE)
    assert world.reserve.coverOf(asset) == (90 * ONE, 90 * ONE)


def test_T7_a_blocked_resident_stops_only_himself_and_may_name_another_wallet(world: Money) -> None:
    asset = _entered(world)
    _more(world, asset, "ben")
    asset.setBlocked(world.wallet("ann"), sender=world.wallet("ann"))  # type: ignore[attr-defined]
    asset.setQuirk(BLOCKS, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    with world.reverts("ReserveTransferFailed", asset.address):  # type: ignore[attr-defined]
        world.exit(asset, "ann", CMT)
    world.exit(asset, "ben", CMT, least=ONE)
    world.exit(asset, "ann", CMT, to="cleo", least=ONE)


def test_T10_a_hook_that_re_enters_takes_nothing_twice(world: Money) -> None:
    asset = _entered(world)
    world.fund(world.outsider, 50 * CMT)
    approve = world.token.data("approve", world.reserve, CAP)
    world.outsider.act(world.token, approve, sender=world.wallet("ann"))
    inner = world.reserve.data("exit", asset, 50 * CMT, world.wallet("ben"), 0)
    call = world.outsider.data("act", world.reserve, inner)
    asset.setReentry(world.outsider, call, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    asset.setQuirk(REENTERS, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    world.exit(asset, "ann", 60 * CMT, least=60 * ONE)
    assert (asset.called(), asset.reentered()) == (True, False)  # type: ignore[attr-defined]
    assert world.balance(world.outsider) == 50 * CMT
    assert world.reserve.coverOf(asset) == (40 * ONE, 40 * ONE)


@pytest.mark.core
def test_T11_a_loss_is_borne_in_proportion_and_nobody_is_paid_with_another_s_money(world: Money) -> None:
    asset = _entered(world, who="ann", whole=60)
    _more(world, asset, "ben", 40)
    asset.seize(world.reserve, 50 * ONE, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    assert world.reserve.coverOf(asset) == (50 * ONE, 100 * ONE)
    with world.reverts("ReserveTooLittle", asset.address, 30 * ONE, 60 * ONE):  # type: ignore[attr-defined]
        world.exit(asset, "ann", 60 * CMT, least=60 * ONE)
    world.exit(asset, "ann", 60 * CMT, least=30 * ONE)
    world.exit(asset, "ben", 40 * CMT, least=20 * ONE)
    assert world.reserve.coverOf(asset) == (0, 0)


def test_T11_a_loss_is_rounded_for_those_who_stay(world: Money) -> None:
    asset = _entered(world, whole=1)
    asset.seize(world.reserve, 1, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    assert world.reserve.quoteExit(asset, 1) == 0
    assert world.reserve.quoteExit(asset, CMT) == ONE - 1


def test_T15_a_second_address_of_one_ledger_opens_no_second_purse(world: Money) -> None:
    ledger = world.backend.deploy("OddToken", 6)
    door = world.backend.deploy("SecondDoor", ledger)
    for asset in (ledger, door):
        world.reserve.listAsset(asset, CAP, sender=world.wallet("admin"))
    ledger.mint(world.wallet("ann"), 100 * ONE, sender=world.wallet("ann"))
    for asset in (ledger, door):
        asset.approve(world.reserve, 100 * ONE, sender=world.wallet("ann"))
        world.enter(asset, "ann", 50 * ONE)
    with world.reverts("ReserveExitTooLarge", door.address, 50 * CMT + 1, 50 * CMT):
        world.exit(door, "ann", 50 * CMT + 1)
    world.exit(door, "ann", 50 * CMT, least=50 * ONE)
    world.exit(ledger, "ann", 50 * CMT, least=50 * ONE)
    assert ledger.balanceOf(world.wallet("ann")) == 100 * ONE


def test_T15_a_stray_transfer_stays_and_no_function_moves_it(world: Money) -> None:
    asset = _entered(world)
    asset.mint(world.reserve, 7 * ONE, sender=world.wallet("ann"))  # type: ignore[attr-defined]
    assert world.reserve.coverOf(asset) == (107 * ONE, 100 * ONE)
    world.exit(asset, "ann", 100 * CMT, least=100 * ONE)
    assert asset.balanceOf(world.reserve) == 7 * ONE  # type: ignore[attr-defined]


def _permit(world: Money, value: int) -> tuple[object, ...]:
    return world.permit("ann", world.reserve, value)[3:]


def test_a_permit_spares_the_approval(world: Money) -> None:
    asset = _entered(world)
    ann = world.wallet("ann")
    world.reserve.exitWithPermit(asset, CMT, ann, ONE, *_permit(world, CMT), sender=ann)
    assert asset.balanceOf(ann) == ONE  # type: ignore[attr-defined]


def test_S11_a_permit_that_somebody_submitted_first_is_no_obstacle(world: Money) -> None:
    asset = _entered(world)
    permit = world.permit("ann", world.reserve, CMT)
    world.token.permit(*permit, sender=world.wallet("stranger"))
    ann = world.wallet("ann")
    world.reserve.exitWithPermit(asset, CMT, ann, ONE, *permit[3:], sender=ann)
    assert asset.balanceOf(ann) == ONE  # type: ignore[attr-defined]


def test_a_bad_permit_without_an_allowance_leaves_nothing(world: Money) -> None:
    asset = _entered(world)
    ann = world.wallet("ann")
    with world.reverts("ERC20InsufficientAllowance", world.reserve.address, 0, CMT):
        world.reserve.exitWithPermit(asset, CMT, ann, ONE, FAR, 27, b"\1" * 32, b"\1" * 32, sender=ann)


@pytest.mark.parametrize("function", ["exit", "exitWithPermit"])
def test_a_sponsored_exit_is_the_signer_s(world: Money, function: str) -> None:
    asset = _entered(world)
    rest = _permit(world, CMT) if function == "exitWithPermit" else ()
    if not rest:
        world.forward("ann", world.token, "approve", world.reserve.address, CMT)
    world.forward("ann", world.reserve, function, asset.address, CMT, world.wallet("ann"), ONE, *rest)  # type: ignore[attr-defined]
    assert asset.balanceOf(world.wallet("ann")) == ONE  # type: ignore[attr-defined]
