"""CommunityToken.pullTo, disburseFrom: a payer's money goes straight to a contract of the suite or to payees.

Taking from the payer is as in pull (test_pull.py). Then
pullTo
├── to anybody but one of the suite's contracts: reverts
└── otherwise: one Transfer event from payer to that contract
disburseFrom
├── more than 256 items, or items for more than was taken: reverts
├── an item without a wallet or to one of the suite's contracts: its bit set, the caller is credited
├── a replaced payee: its successor
└── otherwise: one Transfer event from payer to payee each, the rest to the caller
"""

import pytest

from tests.money_world import CMT, NOBODY, Money


@pytest.fixture(autouse=True)
def funds(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")


def _pull_to(world: Money, to: object, amount: int, by: object = None) -> None:
    world.act(by or world.leases, world.token, "pullTo", world.wallet("ann"), world.address(to), amount)


def _pull_for(world: Money, amount: int, *items: tuple[object, int], by: object = None) -> int:
    words = [world.item(who, part) for who, part in items]
    answer = world.act(by or world.leases, world.token, "disburseFrom", world.wallet("ann"), amount, words)
    return int.from_bytes(answer, "big")


def test_money_goes_straight_to_the_contract_that_books_it(world: Money) -> None:
    _pull_to(world, world.escrow, 4 * CMT)
    assert world.transfers() == [(world.wallet("ann"), world.escrow.address, 4 * CMT)]
    assert (world.balance("ann"), world.balance(world.escrow)) == (6 * CMT, 4 * CMT)
    assert world.balance(world.leases) == 0
    assert world.mandate_of("ann")[1] == 4 * CMT


def test_only_contracts_of_the_suite_are_pulled_to_or_pull(world: Money) -> None:
    for to in ("ben", world.outsider):
        with world.reverts("TokenNotSuite", world.address(to)):
            _pull_to(world, to, CMT)
    with world.reverts("TokenNotSuite", world.outsider.address):
        _pull_to(world, world.escrow, CMT, by=world.outsider)
    with world.reverts("TokenNotSuite", world.outsider.address):
        _pull_for(world, CMT, by=world.outsider)


def test_a_payer_in_trouble_is_as_in_pull(world: Money) -> None:
    until = world.freeze("ann")
    _pull_to(world, world.escrow, CMT)
    world.token.approve(world.escrow, CMT, sender=world.wallet("ann"))
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        _pull_to(world, world.leases, CMT, by=world.escrow)
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        _pull_for(world, CMT, ("ben", CMT), by=world.escrow)
    world.hold("ann")
    for pull in (lambda: _pull_to(world, world.escrow, CMT), lambda: _pull_for(world, CMT)):
        with world.reverts("TokenRecoveryPending", world.wallet("ann")):
            pull()


def test_payees_are_paid_straight_and_the_caller_gets_the_rest(world: Money) -> None:
    assert _pull_for(world, 6 * CMT, ("ben", 3 * CMT), ("cleo", 2 * CMT)) == 0
    ann = world.wallet("ann")
    assert world.transfers() == [
        (ann, world.wallet("ben"), 3 * CMT), (ann, world.wallet("cleo"), 2 * CMT),
        (ann, world.leases.address, CMT),
    ]  # fmt: skip
    balances = [world.balance(who) for who in ("ann", "ben", "cleo", world.leases)]
    assert balances == [4 * CMT, 3 * CMT, 2 * CMT, CMT]
    assert world.mandate_of("ann")[1] == 6 * CMT


def test_what_all_goes_to_payees_leaves_no_event_for_the_caller(world: Money) -> None:
    assert _pull_for(world, 3 * CMT, ("ben", 3 * CMT)) == 0
    assert world.transfers() == [(world.wallet("ann"), world.wallet("ben"), 3 * CMT)]


def test_what_cannot_be_delivered_is_credited_to_the_caller(world: Money) -> None:
    items = [(NOBODY, CMT), ("ben", CMT), (world.escrow, CMT), (world.leases, CMT), (NOBODY, 0)]
    assert _pull_for(world, 4 * CMT, *items) == 0b1101
    assert (world.balance("ben"), world.balance(world.leases)) == (CMT, 3 * CMT)


def test_a_replaced_payee_s_share_follows_and_the_payer_may_be_a_payee(world: Money) -> None:
    world.replace("cleo", "dora")
    assert _pull_for(world, 5 * CMT, ("cleo", 2 * CMT), ("ann", 3 * CMT)) == 0
    assert [world.balance(who) for who in ("ann", "cleo", "dora")] == [8 * CMT, 0, 2 * CMT]


def test_items_never_pass_what_was_taken(world: Money) -> None:
    with world.reverts("ERC20InsufficientBalance", world.wallet("ann"), 3 * CMT, 3 * CMT + 1):
        _pull_for(world, 3 * CMT, ("ben", 3 * CMT), ("cleo", 1))
    with world.reverts("TokenBatchTooLarge", 257, 256):
        _pull_for(world, CMT, *[("ben", 1)] * 257)


def test_without_a_mandate_the_allowance_pays(world: Money) -> None:
    world.token.revokeMandate(sender=world.wallet("ann"))
    with world.reverts("ERC20InsufficientAllowance", world.leases.address, 0, CMT):
        _pull_for(world, CMT, ("ben", CMT))
    world.token.approve(world.leases, 2 * CMT, sender=world.wallet("ann"))
    _pull_for(world, CMT, ("ben", CMT))
    _pull_to(world, world.escrow, CMT)
    assert world.token.allowance(world.wallet("ann"), world.leases) == 0
