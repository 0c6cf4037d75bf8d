"""One sponsored call of each function of token, reserve and redemption desk that is open to residents."""

from collections.abc import Callable
from typing import Any

from tests.money_world import CMT, DAY, FAR, NOTHING, REASON, SALT, Money

Case = Callable[[Money], None]


def _moves(function: str, *tail: Any) -> Case:
    def case(world: Money) -> None:
        world.forward("ann", world.token, function, world.wallet("ben"), 7, *tail)
        assert (world.balance("ann"), world.balance("ben")) == (10 * CMT - 7, 10 * CMT + 7)

    return case


def _approve(world: Money) -> None:
    world.forward("ann", world.token, "approve", world.wallet("ben"), 7)
    assert world.token.allowance(world.wallet("ann"), world.wallet("ben")) == 7


def _transfer_from(world: Money) -> None:
    _approve(world)
    world.forward("ben", world.token, "transferFrom", world.wallet("ann"), world.wallet("cleo"), 7)
    assert world.balance("cleo") == 10 * CMT + 7


def _permit(world: Money) -> None:
    world.forward("ben", world.token, "permit", *world.permit("ann", world.wallet("ben"), 7))
    assert world.token.allowance(world.wallet("ann"), world.wallet("ben")) == 7


def _authorized(kind: str) -> Case:
    def case(world: Money) -> None:
        arguments = world.authorization(kind, "ann", "ben", 7)
        world.forward("ben", world.token, f"{kind.lower()}WithAuthorization", *arguments)
        assert world.balance("ben") == 10 * CMT + 7

    return case


def _cancel(world: Money) -> None:
    wallet = world.wallet("ann")
    signature = world.sign("CancelAuthorization", "ann", (wallet, SALT))
    world.forward("ben", world.token, "cancelAuthorization", wallet, SALT, signature)
    assert world.token.authorizationState(wallet, SALT)


def _mandate(world: Money) -> None:
    world.forward("ann", world.token, "setMandate", world.terms())
    assert world.mandate_of("ann")[0] == world.terms()


def _mandate_signed(world: Money) -> None:
    wallet, terms = world.wallet("ann"), world.terms()
    signature = world.sign("SetMandate", "ann", (wallet, *terms, 0, FAR))
    world.forward("ben", world.token, "setMandateBySignature", wallet, terms, 0, FAR, signature)
    assert world.mandate_of("ann")[0] == terms


def _revoke(world: Money) -> None:
    _mandate(world)
    world.forward("ann", world.token, "revokeMandate")
    assert world.mandate_of("ann")[0][0] == 0


def _nonce(function: str, view: str) -> Case:
    def case(world: Money) -> None:
        world.forward("ann", world.token, function)
        assert getattr(world.token, view)(world.wallet("ann")) == 1

    return case


def _enter(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", 7)
    world.forward("ann", world.reserve, "enter", asset, 7)
    assert world.balance("ann") == 10 * CMT + 7


def _coin_permit(world: Money, coin: Any) -> tuple[Any, ...]:
    values = (world.wallet("ann"), world.reserve.address, 7, 0, FAR)
    raw = world.sign("Permit", "ann", values, contract=coin, name="Coin")
    return FAR, raw[64], raw[:32], raw[32:64]


def _enter_with_permit(world: Money) -> None:
    coin = world.backend.deploy("TestCoin", "Coin", "COIN", 6)
    world.reserve.listAsset(coin, CMT, sender=world.wallet("admin"))
    coin.drip(7, sender=world.wallet("ann"))
    world.forward("ann", world.reserve, "enterWithPermit", coin, 7, *_coin_permit(world, coin))
    assert world.balance("ann") == 10 * CMT + 7


def _exit(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", 7)
    world.enter(asset, "ann", 7)
    world.forward("ann", world.token, "approve", world.reserve, 7)
    world.forward("ann", world.reserve, "exit", asset, 7, world.wallet("ann"), 7)
    assert asset.balanceOf(world.wallet("ann")) == 7


def _exit_with_permit(world: Money) -> None:
    asset = world.asset()
    world.supply(asset, "ann", 7)
    world.enter(asset, "ann", 7)
    _, _, _, *paper = world.permit("ann", world.reserve, 7)
    world.forward("ann", world.reserve, "exitWithPermit", asset, 7, world.wallet("ann"), 7, *paper)
    assert asset.balanceOf(world.wallet("ann")) == 7


def _request(world: Money) -> None:
    world.forward("ann", world.token, "approve", world.desk, 7)
    world.forward("ann", world.desk, "request", 7, REASON)
    assert world.desk.heldForRedemption() == 7


def _request_authorized(world: Money) -> None:
    nonce = world.desk.authorizationNonce(REASON, SALT)
    *_, signature = world.authorization("Receive", "ann", world.desk, 7, nonce=nonce)
    arguments = (world.wallet("ann"), 7, REASON, 0, FAR, SALT, signature)
    world.forward("ben", world.desk, "requestWithAuthorization", *arguments)
    assert world.desk.heldForRedemption() == 7


def _take_back(world: Money) -> None:
    _request(world)
    world.later(7 * DAY + 1)
    world.forward("ann", world.desk, "takeBack", 1)
    assert (world.desk.heldForRedemption(), world.balance("ann")) == (0, 10 * CMT)


CASES: dict[tuple[str, str], Case] = {
    ("CommunityToken", "approve"): _approve,
    ("CommunityToken", "transfer"): _moves("transfer"),
    ("CommunityToken", "transferFrom"): _transfer_from,
    ("CommunityToken", "transferWithMemo"): _moves("transferWithMemo", REASON),
    ("CommunityToken", "payFor"): _moves("payFor", REASON, NOTHING),
    ("CommunityToken", "permit"): _permit,
    ("CommunityToken", "transferWithAuthorization"): _authorized("Transfer"),
    ("CommunityToken", "receiveWithAuthorization"): _authorized("Receive"),
    ("CommunityToken", "cancelAuthorization"): _cancel,
    ("CommunityToken", "raisePermitNonce"): _nonce("raisePermitNonce", "nonces"),
    ("CommunityToken", "setMandate"): _mandate,
    ("CommunityToken", "setMandateBySignature"): _mandate_signed,
    ("CommunityToken", "revokeMandate"): _revoke,
    ("CommunityToken", "raiseMandateNonce"): _nonce("raiseMandateNonce", "mandateNonce"),
    ("Reserve", "enter"): _enter,
    ("Reserve", "enterWithPermit"): _enter_with_permit,
    ("Reserve", "exit"): _exit,
    ("Reserve", "exitWithPermit"): _exit_with_permit,
    ("RedemptionDesk", "request"): _request,
    ("RedemptionDesk", "requestWithAuthorization"): _request_authorized,
    ("RedemptionDesk", "takeBack"): _take_back,
}
