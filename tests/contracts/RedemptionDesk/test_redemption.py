"""RedemptionDesk: request, requestWithAuthorization, takeBack, complete, refuse.

request
├── amount 0 or beyond a word, no payout hash: reverts
├── no allowance, no money, frozen, under recovery: reverts
└── otherwise: the money is held, the request is open
complete, refuse, takeBack
├── no such request, or ended already: reverts
├── complete: no reference, a used one; holder frozen, under recovery or replaced: reverts
├── refuse: no reason: reverts
├── takeBack: not the holder, or before 7 days: reverts
└── otherwise: the money is destroyed, or goes back, also to the wallet that replaced the holder's
"""

from typing import Any

import pytest
from eth_utils.address import to_checksum_address

from tests.money_world import CMT, DAY, NOTHING, REASON, SALT, Money, person

REQUESTED, COMPLETED, REFUSED, TAKEN_BACK = range(1, 5)
WEEK = 7 * DAY


def _request(world: Money, who: str = "ann", amount: int = 4 * CMT) -> int:
    world.token.approve(world.desk, amount, sender=world.wallet(who))
    world.desk.request(amount, REASON, sender=world.wallet(who))
    return int(world.desk.redemptionCount())


def _state(world: Money, number: int) -> int:
    return int(world.desk.redemptionOf(number)[3])


def _holder(world: Money, number: int) -> str:
    return str(to_checksum_address(world.desk.redemptionOf(number)[0]))


def _complete(world: Money, number: int, reference: bytes = SALT) -> None:
    world.desk.complete(number, reference, sender=world.wallet("treasurer"))


def _refuse(world: Money, number: int, reason: bytes = REASON) -> None:
    world.desk.refuse(number, reason, sender=world.wallet("treasurer"))


@pytest.fixture(autouse=True)
def funds(world: Money) -> None:
    world.fund("ann", 10 * CMT)


def test_a_request_holds_the_money(world: Money) -> None:
    number = _request(world)
    assert world.events("RedemptionRequested") == [
        {"id": number, "holder": world.wallet("ann"), "amount": 4 * CMT, "payoutHash": REASON}
    ]
    assert tuple(world.desk.redemptionOf(number)[1:]) == (4 * CMT, world.time, REQUESTED)
    assert _holder(world, number) == world.wallet("ann")
    assert world.desk.heldForRedemption() == world.balance(world.desk) == 4 * CMT
    assert world.balance("ann") == 6 * CMT


def test_requests_that_make_no_sense_are_refused(world: Money) -> None:
    ann = world.wallet("ann")
    for amount in (0, 2**96, 2**256 - 1):
        with world.reverts("RedemptionAmountInvalid", amount):
            world.desk.request(amount, REASON, sender=ann)
    with world.reverts("RedemptionHashZero"):
        world.desk.request(CMT, NOTHING, sender=ann)
    with world.reverts("ERC20InsufficientAllowance", world.desk.address, 0, CMT):
        world.desk.request(CMT, REASON, sender=ann)
    with world.reverts("ERC20InsufficientBalance", ann, 10 * CMT, 11 * CMT):
        _request(world, amount=11 * CMT)


def test_a_frozen_wallet_and_one_under_recovery_redeem_nothing(world: Money) -> None:
    world.fund("ben", CMT)
    until = world.freeze("ann")
    world.hold("ben")
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        _request(world)
    with world.reverts("TokenRecoveryPending", world.wallet("ben")):
        _request(world, "ben", CMT)


@pytest.mark.core
def test_completing_destroys_the_money_under_the_bank_s_reference(world: Money) -> None:
    number = _request(world)
    _complete(world, number)
    assert world.events("RedemptionCompleted") == [
        {"id": number, "treasurer": world.wallet("treasurer"), "bankReference": SALT, "amount": 4 * CMT}
    ]
    assert world.token.totalSupply() == world.balance("ann") == 6 * CMT
    assert (_state(world, number), world.desk.heldForRedemption()) == (COMPLETED, 0)
    assert world.desk.bankReferenceUsed(SALT) is True


def test_a_bank_reference_counts_once(world: Money) -> None:
    first, second = _request(world), _request(world)
    _complete(world, first)
    with world.reverts("RedemptionReferenceUsed", ...):
        _complete(world, second)
    with world.reverts("RedemptionHashZero"):
        _complete(world, second, NOTHING)
    _complete(world, second, REASON)


@pytest.mark.parametrize("trouble", ["freeze", "hold", "replace"])
def test_nothing_is_paid_out_for_a_wallet_in_trouble(world: Money, trouble: str) -> None:
    number = _request(world)
    arguments: tuple[Any, ...] = ("ann", "ben") if trouble == "replace" else ("ann",)
    getattr(world, trouble)(*arguments)
    with world.reverts("RedemptionHolderBlocked", number, world.wallet("ann")):
        _complete(world, number)
    _refuse(world, number)
    assert world.balance("ben" if trouble == "replace" else "ann") == 10 * CMT


@pytest.mark.core
def test_refusing_gives_the_money_back_with_a_reason(world: Money) -> None:
    number = _request(world)
    with world.reverts("RedemptionHashZero"):
        _refuse(world, number, NOTHING)
    _refuse(world, number, SALT)
    assert world.events("RedemptionRefused") == [
        {"id": number, "treasurer": world.wallet("treasurer"), "amount": 4 * CMT, "reasonHash": SALT}
    ]
    assert (world.balance("ann"), _state(world, number)) == (10 * CMT, REFUSED)
    assert world.desk.heldForRedemption() == 0


def test_L1_after_seven_days_of_silence_the_holder_takes_it_back(world: Money) -> None:
    number = _request(world)
    start = world.desk.redemptionOf(number)[2]
    world.at(start + WEEK - 1)
    with world.reverts("RedemptionTooEarly", number, start + WEEK, start + WEEK - 1):
        world.desk.takeBack(number, sender=world.wallet("ann"))
    world.at(start + WEEK)
    world.desk.takeBack(number, sender=world.wallet("ann"))
    assert world.events("RedemptionTakenBack") == [
        {"id": number, "holder": world.wallet("ann"), "amount": 4 * CMT}
    ]
    assert (world.balance("ann"), _state(world, number)) == (10 * CMT, TAKEN_BACK)


def test_L3_no_time_in_the_future_stops_the_way_out(world: Money) -> None:
    number = _request(world)
    world.backend.warp(2**40)
    world.desk.takeBack(number, sender=world.wallet("ann"))
    assert world.balance("ann") == 10 * CMT


def test_nobody_else_takes_it_back(world: Money) -> None:
    number = _request(world)
    world.later(WEEK)
    for who in ("ben", "treasurer"):
        with world.reverts("RedemptionNotHolder", number, world.wallet(who), world.wallet("ann")):
            world.desk.takeBack(number, sender=world.wallet(who))


def test_the_wallet_that_replaced_the_holder_s_takes_it_back(world: Money) -> None:
    number = _request(world)
    world.replace("ann", "ben")
    world.later(WEEK)
    with world.reverts("RedemptionNotHolder", number, world.wallet("ann"), world.wallet("ben")):
        world.desk.takeBack(number, sender=world.wallet("ann"))
    world.desk.takeBack(number, sender=world.wallet("ben"))
    assert (world.balance("ann"), world.balance("ben")) == (0, 10 * CMT)


def test_a_frozen_holder_gets_it_back_and_keeps_it(world: Money) -> None:
    number = _request(world)
    world.later(WEEK)
    world.freeze("ann")
    world.desk.takeBack(number, sender=world.wallet("ann"))
    assert world.balance("ann") == 10 * CMT


@pytest.mark.parametrize("end", ["complete", "refuse", "takeBack"])
def test_a_request_ends_once(world: Money, end: str) -> None:
    number = _request(world)
    _request(world)
    world.later(WEEK)
    ends = {
        "complete": lambda: _complete(world, number),
        "refuse": lambda: _refuse(world, number),
        "takeBack": lambda: world.desk.takeBack(number, sender=world.wallet("ann")),
    }
    ends[end]()
    state = _state(world, number)
    for again in ends.values():
        with world.reverts("RedemptionNotOpen", number, state):
            again()
    assert world.desk.heldForRedemption() == world.balance(world.desk) == 4 * CMT


@pytest.mark.parametrize("number", [0, 1, 2**256 - 1])
def test_what_was_never_requested_does_not_end(world: Money, number: int) -> None:
    with world.reverts("RedemptionNotOpen", number, 0):
        _refuse(world, number)
    assert _state(world, number) == 0


def _authorization(
    world: Money, holder: Any, by: str, amount: int = 4 * CMT, **other: Any
) -> tuple[Any, ...]:
    nonce = world.desk.authorizationNonce(other.pop("payout", REASON), SALT)
    values = world.authorization("Receive", holder, world.desk, amount, nonce=nonce, by=by, **other)
    wallet, _, value, after, before, _, signature = values
    return wallet, value, REASON, after, before, SALT, signature


def test_one_signature_requests_and_anybody_submits_it(world: Money) -> None:
    arguments = _authorization(world, "ann", "ann")
    world.desk.requestWithAuthorization(*arguments, sender=world.wallet("stranger"))
    assert _holder(world, 1) == world.wallet("ann")
    assert world.desk.heldForRedemption() == world.balance(world.desk) == 4 * CMT
    with world.reverts("TokenAuthorizationUsed", world.wallet("ann"), ...):
        world.desk.requestWithAuthorization(*arguments, sender=world.wallet("stranger"))


def test_S10_a_signature_for_another_payout_amount_or_holder_is_refused(world: Money) -> None:
    world.fund("ben", 10 * CMT)
    good = _authorization(world, "ann", "ann")
    bad = [
        _authorization(world, "ann", "ann", payout=SALT), (good[0], 5 * CMT, *good[2:]),
        (world.wallet("ben"), *good[1:]), _authorization(world, "ann", "ben"),
    ]  # fmt: skip
    for arguments in bad:
        with world.reverts("TokenSignatureInvalid", arguments[0]):
            world.desk.requestWithAuthorization(*arguments, sender=world.wallet("stranger"))


def test_a_contract_wallet_redeems_by_its_owner_s_signature(world: Money) -> None:
    wallet = world.backend.deploy("OwnedWallet", person("cleo").address)
    world.fund(wallet, 10 * CMT)
    arguments = _authorization(world, wallet, "cleo")
    world.desk.requestWithAuthorization(*arguments, sender=world.wallet("stranger"))
    _refuse(world, 1)
    assert world.balance(wallet) == 10 * CMT


def test_sponsored_calls_are_the_signer_s(world: Money) -> None:
    world.forward("ann", world.token, "approve", world.desk.address, CMT)
    world.forward("ann", world.desk, "request", CMT, REASON)
    assert _holder(world, 1) == world.wallet("ann")
    world.later(WEEK)
    world.forward("ann", world.desk, "takeBack", 1)
    assert world.balance("ann") == 10 * CMT


def test_the_desk_belongs_to_one_token(world: Money) -> None:
    assert world.desk.token() == world.token.address
    assert world.desk.VERSION() == "1"
    with world.reverts("RedemptionTokenHasNoCode", world.wallet("ann")):
        world.backend.deploy("RedemptionDesk", world.access, world.forwarder, world.wallet("ann"))
