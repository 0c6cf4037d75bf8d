"""CommunityToken.transfer, transferFrom, approve, transferWithMemo, payFor: ordinary movements.

sender
├── has too little: reverts
├── frozen: reverts; the freeze is over: goes through and the flag goes
├── under recovery: reverts
├── replaced: reverts, also with an amount of 0
└── can pay
    ├── to the zero address: reverts
    ├── to one of the suite's contracts
    │   ├── from another one: goes through
    │   └── from anybody else: reverts
    ├── to a replaced wallet: goes on to its successor, two events
    ├── to itself: changes nothing
    └── to anybody else, also frozen or under recovery: goes through
transferFrom: allowance goes down, infinite stays; approve: not by a replaced wallet
transferWithMemo, payFor: the same, with an event
"""

from typing import Any

import pytest

from tests.evm import artifact
from tests.money_world import CMT, NOBODY, NOTHING, REASON, Money


def _send(world: Money, who: str, to: Any, amount: int) -> None:
    world.token.transfer(world.address(to), amount, sender=world.wallet(who))


@pytest.mark.core
def test_a_transfer_moves_exactly_the_amount(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    _send(world, "ann", "ben", 3 * CMT)
    assert world.transfers() == [(world.wallet("ann"), world.wallet("ben"), 3 * CMT)]
    assert (world.balance("ann"), world.balance("ben")) == (7 * CMT, 3 * CMT)
    assert world.token.totalSupply() == 10 * CMT


def test_a_transfer_leaves_the_mandates_of_both_sides_alone(world: Money) -> None:
    for who in ("ann", "ben"):
        world.fund(who, 10 * CMT)
        world.mandate(who)
        world.collect((who, CMT))
    before = [world.mandate_of(who) for who in ("ann", "ben")]
    _send(world, "ann", "ben", 9 * CMT)
    assert [world.mandate_of(who) for who in ("ann", "ben")] == before


@pytest.mark.parametrize("amount", [10 * CMT + 1, 2**96, 2**96 + 1, 2**256 - 1])
def test_more_than_the_balance_is_refused_and_reaches_no_other_field(world: Money, amount: int) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    with world.reverts("ERC20InsufficientBalance", world.wallet("ann"), 10 * CMT, amount):
        _send(world, "ann", "ben", amount)


def test_a_transfer_to_oneself_changes_nothing(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    _send(world, "ann", "ann", 10 * CMT)
    assert world.balance("ann") == 10 * CMT


def test_a_transfer_of_nothing_is_a_transfer(world: Money) -> None:
    _send(world, "ann", "ben", 0)
    assert world.transfers() == [(world.wallet("ann"), world.wallet("ben"), 0)]


def test_nothing_is_sent_to_nobody(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    with world.reverts("ERC20InvalidReceiver", NOBODY):
        _send(world, "ann", NOBODY, CMT)


@pytest.mark.core
def test_the_suite_s_contracts_take_no_plain_transfer_from_a_resident(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    for contract in (world.leases, world.escrow, world.reserve, world.desk, world.token):
        with world.reverts("TokenRecipientIsSuite", contract.address):
            _send(world, "ann", contract, CMT)
        world.token.approve(world.wallet("ben"), CMT, sender=world.wallet("ann"))
        with world.reverts("TokenRecipientIsSuite", contract.address):
            world.token.transferFrom(world.wallet("ann"), contract.address, CMT, sender=world.wallet("ben"))


def test_the_suite_s_contracts_send_one_another_money(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    world.collect(("ann", 5 * CMT))
    world.act(world.leases, world.token, "transfer", world.escrow.address, 4 * CMT)
    world.act(world.escrow, world.token, "transfer", world.leases.address, CMT)
    assert (world.balance(world.leases), world.balance(world.escrow)) == (2 * CMT, 3 * CMT)


def test_a_frozen_wallet_receives_but_sends_nothing_until_the_freeze_is_over(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    until = world.freeze("ann")
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        _send(world, "ann", "ben", 0)
    world.token.approve(world.wallet("ben"), CMT, sender=world.wallet("ann"))
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        world.token.transferFrom(world.wallet("ann"), world.wallet("ben"), CMT, sender=world.wallet("ben"))
    world.fund("ann", CMT)
    world.backend.warp(until)
    _send(world, "ann", "ben", 11 * CMT)
    assert world.token.statusOf(world.wallet("ann"))[2] == 0


def test_a_wallet_under_recovery_receives_but_sends_nothing(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.hold("ann")
    with world.reverts("TokenRecoveryPending", world.wallet("ann")):
        _send(world, "ann", "ben", CMT)
    world.fund("ann", CMT)
    world.hold("ann", False)
    _send(world, "ann", "ben", 11 * CMT)


def test_a_replaced_wallet_sends_nothing_not_even_nothing(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.replace("ann", "ben")
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("ben")):
        _send(world, "ann", "cleo", 0)


def test_what_a_replaced_wallet_receives_goes_on_to_its_successor(world: Money) -> None:
    world.fund("cleo", 10 * CMT)
    world.replace("ann", "ben")
    _send(world, "cleo", "ann", 4 * CMT)
    assert world.transfers() == [
        (world.wallet("cleo"), world.wallet("ann"), 4 * CMT),
        (world.wallet("ann"), world.wallet("ben"), 4 * CMT),
    ]
    assert (world.balance("ann"), world.balance("ben")) == (0, 4 * CMT)


def test_the_successor_may_send_to_its_own_old_wallet(world: Money) -> None:
    world.fund("ben", 10 * CMT)
    world.replace("ann", "ben")
    _send(world, "ben", "ann", 4 * CMT)
    assert world.balance("ben") == 10 * CMT


def test_an_allowance_goes_down_and_an_infinite_one_stays(world: Money) -> None:
    ann, ben, cleo = (world.wallet(who) for who in ("ann", "ben", "cleo"))
    world.fund("ann", 10 * CMT)
    world.token.approve(ben, 3 * CMT, sender=ann)
    world.token.transferFrom(ann, cleo, 2 * CMT, sender=ben)
    assert world.token.allowance(ann, ben) == CMT
    with world.reverts("ERC20InsufficientAllowance", ben, CMT, 2 * CMT):
        world.token.transferFrom(ann, cleo, 2 * CMT, sender=ben)
    world.token.approve(ben, 2**256 - 1, sender=ann)
    world.token.transferFrom(ann, cleo, 2 * CMT, sender=ben)
    assert world.token.allowance(ann, ben) == 2**256 - 1


def test_a_replaced_wallet_approves_nobody(world: Money) -> None:
    world.replace("ann", "ben")
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("ben")):
        world.token.approve(world.wallet("cleo"), CMT, sender=world.wallet("ann"))


def test_a_memo_is_kept_as_its_hash(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.token.transferWithMemo(world.wallet("ben"), CMT, REASON, sender=world.wallet("ann"))
    assert world.events("TransferMemo") == [
        {"from": world.wallet("ann"), "to": world.wallet("ben"), "amount": CMT, "memoHash": REASON}
    ]
    assert world.balance("ben") == CMT
    with world.reverts("ERC20InsufficientBalance", ...):
        world.token.transferWithMemo(world.wallet("ben"), 10 * CMT, REASON, sender=world.wallet("ann"))


def test_a_payment_says_its_purpose(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    ann, ben = world.wallet("ann"), world.wallet("ben")
    world.token.payFor(ben, CMT, REASON, NOTHING, sender=ann)
    assert world.events("PurposePaid") == [
        {"from": ann, "to": ben, "purpose": REASON, "amount": CMT, "memoHash": NOTHING}
    ]
    assert world.balance("ben") == CMT
    with world.reverts("TokenCitationInvalid", ...):
        world.token.payFor(ben, CMT, NOTHING, REASON, sender=ann)
    with world.reverts("TokenRecipientIsSuite", world.leases.address):
        world.token.payFor(world.leases, CMT, REASON, NOTHING, sender=ann)


@pytest.mark.parametrize("name", ["CommunityToken", "Reserve", "RedemptionDesk"])
def test_E3_ether_is_not_taken(name: str) -> None:
    payable = [entry for entry in artifact(name)["abi"] if entry.get("stateMutability") == "payable"]
    assert payable == []


@pytest.mark.parametrize("function", ["transfer", "transferWithMemo", "payFor", "approve"])
def test_a_sponsored_call_is_the_signer_s(world: Money, function: str) -> None:
    world.fund("ann", 10 * CMT)
    rest = {"transferWithMemo": (REASON,), "payFor": (REASON, REASON)}.get(function, ())
    world.forward("ann", world.token, function, world.wallet("ben"), CMT, *rest)
    if function == "approve":
        assert world.token.allowance(world.wallet("ann"), world.wallet("ben")) == CMT
    else:
        assert (world.balance("ann"), world.balance("ben")) == (9 * CMT, CMT)
