"""CommunityToken.setRecoveryHold, replaceWallet, statusOf: one recovery moves the whole account.

setRecoveryHold
├── the zero address, one of the suite's contracts, a replaced wallet: reverts
└── otherwise: the hold stands or falls, nothing else changes
replaceWallet
├── same wallet, zero address, one of the suite's contracts, a replaced wallet on either side: reverts
└── otherwise
    ├── balances add, also from or to zero
    ├── the mandate and its spending move if the new wallet has none; else the new wallet's stays
    ├── a freeze follows, the longer one stands; the hold ends
    ├── the old wallet is replaced for ever; what it receives follows the line to its newest wallet
    └── lines of any length and joined lines are followed within few look-ups
"""

from itertools import pairwise
from typing import Any

import pytest

from commonhold.rules.codes import Code
from tests.money_world import CMT, DAY, FEES, LEASES, NOBODY, REASON, Money


def _receiver(world: Money, who: Any) -> str:
    return str(world.token.statusOf(world.address(who))[3])


def test_a_hold_stands_until_it_is_taken_back_and_touches_nothing_else(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    before = world.mandate_of("ann")
    for hold in (True, True, False):
        world.hold("ann", hold)
        assert world.events("RecoveryHoldSet") == [{"wallet": world.wallet("ann"), "hold": hold}]
        assert world.token.statusOf(world.wallet("ann"))[1] is hold
    assert (world.mandate_of("ann"), world.balance("ann")) == (before, 10 * CMT)


def test_no_hold_on_nobody_the_suite_or_a_replaced_wallet(world: Money) -> None:
    world.replace("ann", "ben")
    for who in (NOBODY, world.leases, world.escrow, "ann"):
        wallet = world.address(who)
        with world.reverts("TokenReplacementInvalid", wallet, wallet):
            world.hold(who)


def test_balance_mandate_and_spending_move_to_an_empty_wallet(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann", limit=5 * CMT, collectors=LEASES | FEES, partial=True)
    world.collect(("ann", 4 * CMT))
    world.hold("ann")
    moved = world.mandate_of("ann")
    world.replace("ann", "ben")
    ann, ben = world.wallet("ann"), world.wallet("ben")
    assert world.transfers() == [(ann, ben, 6 * CMT)]
    assert world.events("WalletReplaced") == [{"oldWallet": ann, "newWallet": ben, "amount": 6 * CMT}]
    assert (world.mandate_of("ben"), world.balance("ben")) == (moved, 6 * CMT)
    assert world.token.statusOf(ben) == (False, False, 0, ben)
    assert world.collect(("ben", 2 * CMT)) == [(Code.PARTIAL, CMT)]


def test_TOK5_the_old_wallet_keeps_no_balance_and_no_mandate(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    world.hold("ann")
    world.replace("ann", "ben")
    assert (world.mandate_of("ann"), world.balance("ann")) == (((0, 0, 0, False), 0, 0), 0)
    assert world.token.statusOf(world.wallet("ann")) == (False, False, 0, world.wallet("ben"))
    assert world.collect(("ann", CMT)) == [(Code.NO_MANDATE, 0)]


def test_an_account_without_money_is_replaced_too(world: Money) -> None:
    world.mandate("ann")
    world.replace("ann", "ben")
    assert world.transfers() == [(world.wallet("ann"), world.wallet("ben"), 0)]
    assert world.mandate_of("ben")[0][1] == LEASES


def test_the_new_wallet_s_own_mandate_stays_and_balances_add(world: Money) -> None:
    for who, limit in (("ann", 5 * CMT), ("ben", 7 * CMT)):
        world.fund(who, 10 * CMT)
        world.mandate(who, limit=limit)
        world.collect((who, CMT))
    own = world.mandate_of("ben")
    world.replace("ann", "ben")
    assert (world.mandate_of("ben"), world.balance("ben")) == (own, 18 * CMT)


def test_a_revoked_mandate_s_spending_does_not_hide_the_moved_one_s(world: Money) -> None:
    """The new wallet has no mandate but once had: limit and spending of the old wallet move together."""
    for who in ("ann", "ben"):
        world.fund(who, 10 * CMT)
        world.mandate(who, limit=5 * CMT)
        world.collect((who, 3 * CMT))
    world.token.revokeMandate(sender=world.wallet("ben"))
    world.replace("ann", "ben")
    assert world.collect(("ben", 3 * CMT)) == [(Code.LIMIT_EXCEEDED, 0)]
    assert world.collect(("ben", 2 * CMT)) == [(Code.COLLECTED, 2 * CMT)]


def test_a_wallet_without_a_mandate_leaves_the_new_wallet_s_spending_alone(world: Money) -> None:
    """Otherwise revoking, taking over an empty wallet and giving again would renew the month's limit."""
    world.fund("ben", 10 * CMT)
    world.mandate("ben", limit=5 * CMT)
    world.collect(("ben", 5 * CMT))
    world.token.revokeMandate(sender=world.wallet("ben"))
    world.replace("ann", "ben")
    world.mandate("ben", limit=5 * CMT)
    assert world.collect(("ben", CMT)) == [(Code.LIMIT_EXCEEDED, 0)]


def test_a_freeze_follows_the_party_to_the_new_wallet(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    until = world.freeze("ann")
    world.replace("ann", "ben")
    assert world.token.statusOf(world.wallet("ben"))[2] == until
    with world.reverts("TokenFrozen", world.wallet("ben"), until):
        world.token.transfer(world.wallet("cleo"), CMT, sender=world.wallet("ben"))


@pytest.mark.parametrize(("days_old", "days_new"), [(10, 20), (20, 10)])
def test_of_two_freezes_the_longer_one_stands(world: Money, days_old: int, days_new: int) -> None:
    start = world.time
    world.freeze("ann", start + days_old * DAY)
    world.freeze("ben", start + days_new * DAY)
    world.replace("ann", "ben")
    assert world.token.statusOf(world.wallet("ben"))[2] == start + 20 * DAY


def test_a_freeze_that_is_over_does_not_follow(world: Money) -> None:
    world.fund("ann", 10 * CMT)
    world.backend.warp(world.freeze("ann") + 1)
    world.replace("ann", "ben")
    world.token.transfer(world.wallet("cleo"), CMT, sender=world.wallet("ben"))
    assert world.balance("cleo") == CMT


def test_replacements_that_make_no_sense_are_refused(world: Money) -> None:
    world.replace("cleo", "dora")
    pairs = [
        ("ann", "ann"), (NOBODY, "ann"), ("ann", NOBODY), ("ann", world.leases), (world.escrow, "ann"),
        ("cleo", "ann"), ("ann", "cleo"), ("dora", "cleo"),
    ]  # fmt: skip
    for old, new in pairs:
        with world.reverts("TokenReplacementInvalid", world.address(old), world.address(new)):
            world.replace(old, new)


def test_what_any_wallet_of_a_line_receives_reaches_the_newest(world: Money) -> None:
    line = ["ann", "ben", "cleo", "dora"]
    for old, new in pairwise(line):
        world.replace(old, new)
    world.fund("emil", 10 * CMT)
    for who in line[:-1]:
        assert _receiver(world, who) == world.wallet("dora")
        world.token.transfer(world.wallet(who), CMT, sender=world.wallet("emil"))
        assert world.transfers() == [
            (world.wallet("emil"), world.wallet(who), CMT), (world.wallet(who), world.wallet("dora"), CMT),
        ]  # fmt: skip
    assert world.balance("dora") == 3 * CMT
    assert _receiver(world, "dora") == world.wallet("dora")


def test_two_lines_joined_in_one_wallet_go_on_together(world: Money) -> None:
    world.replace("ann", "ben")
    world.replace("cleo", "ben")
    world.replace("ben", "dora")
    world.replace("dora", "emil")
    for who in ("ann", "ben", "cleo", "dora", "emil"):
        assert _receiver(world, who) == world.wallet("emil")


def test_L2_a_long_line_costs_no_more_to_follow_than_a_short_one(world: Money) -> None:
    wallets = [f"0x{number:040x}" for number in range(0x1000, 0x1040)]
    for old, new in pairwise(wallets):
        world.replace(old, new)
    assert {_receiver(world, wallet) for wallet in wallets} == {world.address(wallets[-1])}
    # a tournament joins 16 lines pairwise: the deepest tree that 16 wallets can make
    heads = [f"0x{number:040x}" for number in range(0x2000, 0x2010)]
    everyone = list(heads)
    while len(heads) > 1:
        pairs = list(zip(heads[::2], heads[1::2], strict=True))
        for old, new in pairs:
            world.replace(old, new)
        heads = [new for _, new in pairs]
    assert {_receiver(world, wallet) for wallet in everyone} == {world.address(heads[0])}


def test_the_other_mandate_and_permit_of_the_replaced_wallet_are_void(world: Money) -> None:
    permit = world.permit("ann", "cleo", CMT)
    world.replace("ann", "ben")
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("ben")):
        world.token.permit(*permit, sender=world.wallet("cleo"))
    transfer = world.authorization("Transfer", "ann", "cleo", 0, nonce=REASON)
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("ben")):
        world.token.transferWithAuthorization(*transfer, sender=world.wallet("cleo"))
