"""CommunityToken.proposeFreeze, confirmFreeze, liftFreeze: maker, checker, and an end by itself.

proposeFreeze
├── not an officer, or the access manager: reverts
├── no reason: reverts
├── until in the past, or more than 90 days ahead: reverts
├── one of the suite's contracts, or a replaced wallet: reverts
└── otherwise: proposed, nothing frozen
confirmFreeze
├── not of the committee, the access manager, or the proposer: reverts
├── other reason or time than proposed, nothing proposed, confirmed already: reverts
├── its time has come meanwhile: reverts
└── otherwise: frozen
liftFreeze: by the committee; drops the freeze and the proposal
"""

from typing import Any

import pytest

from tests.money_world import CMT, DAY, REASON, ROLES, SALT, Money


def _propose(
    world: Money, who: Any = "ann", until: int | None = None, reason: bytes = REASON, **by: str
) -> int:
    until = world.time + 30 * DAY if until is None else until
    sender = world.wallet(by.get("by", "officer"))
    world.token.proposeFreeze(world.address(who), reason, until, sender=sender)
    return until


def _confirm(world: Money, until: int, reason: bytes = REASON, by: str = "committee") -> None:
    world.token.confirmFreeze(world.wallet("ann"), reason, until, sender=world.wallet(by))


def _frozen_until(world: Money, who: Any = "ann") -> int:
    return int(world.token.statusOf(world.address(who))[2])


def test_a_proposal_alone_freezes_nothing(world: Money) -> None:
    world.fund("ann", CMT)
    until = _propose(world)
    assert world.events("FreezeProposed") == [
        {"wallet": world.wallet("ann"), "officer": world.wallet("officer"), "reasonHash": REASON,
         "until": until}
    ]  # fmt: skip
    assert _frozen_until(world) == 0
    world.token.transfer(world.wallet("ben"), CMT, sender=world.wallet("ann"))


def test_a_second_person_s_yes_freezes_until_the_time_proposed(world: Money) -> None:
    until = _propose(world)
    _confirm(world, until)
    assert world.events("WalletFrozen") == [
        {"wallet": world.wallet("ann"), "confirmer": world.wallet("committee"), "reasonHash": REASON,
         "until": until}
    ]  # fmt: skip
    assert _frozen_until(world) == until


def test_a_freeze_ends_by_itself_on_its_second(world: Money) -> None:
    world.fund("ann", 2 * CMT)
    until = world.freeze("ann")
    world.at(until - 1)
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        world.token.transfer(world.wallet("ben"), CMT, sender=world.wallet("ann"))
    world.at(until)
    world.token.transfer(world.wallet("ben"), CMT, sender=world.wallet("ann"))


def test_maker_and_checker_are_two(world: Money) -> None:
    admin = world.wallet("admin")
    world.access.grantRole(ROLES["COMMITTEE"], world.wallet("officer"), 0, sender=admin)
    until = _propose(world)
    with world.reverts("TokenFreezeSamePerson", world.wallet("officer")):
        _confirm(world, until, by="officer")


def test_the_access_manager_s_execute_makes_nobody_two_persons(world: Money) -> None:
    """Ruling 25: through `execute` the manager itself calls, and would be another caller than the officer."""
    admin = world.wallet("admin")
    world.access.grantRole(ROLES["OFFICER"], world.access.address, 0, sender=admin)
    world.access.grantRole(ROLES["COMMITTEE"], world.access.address, 0, sender=admin)
    until, ann = world.time + DAY, world.wallet("ann")
    propose = world.token.data("proposeFreeze", ann, REASON, until)
    with world.reverts("TokenCallerIsAuthority", world.access.address):
        world.access.execute(world.token, propose, sender=world.wallet("officer"))
    _propose(world, until=until)
    confirm = world.token.data("confirmFreeze", ann, REASON, until)
    with world.reverts("TokenCallerIsAuthority", world.access.address):
        world.access.execute(world.token, confirm, sender=world.wallet("committee"))


def test_what_is_confirmed_is_exactly_what_was_proposed(world: Money) -> None:
    until = _propose(world)
    ann = world.wallet("ann")
    for other in ({"until": until + 1}, {"until": until, "reason": SALT}):
        with world.reverts("TokenFreezeNotProposed", ann):
            _confirm(world, **other)
    _confirm(world, until)
    with world.reverts("TokenFreezeNotProposed", ann):
        _confirm(world, until)


def test_a_later_proposal_replaces_the_earlier_one(world: Money) -> None:
    first = _propose(world)
    second = _propose(world, until=first + DAY)
    with world.reverts("TokenFreezeNotProposed", world.wallet("ann")):
        _confirm(world, first)
    _confirm(world, second)
    assert _frozen_until(world) == second


def test_a_proposal_does_not_end_the_freeze_in_force(world: Money) -> None:
    until = world.freeze("ann")
    _propose(world, until=until + DAY)
    assert _frozen_until(world) == until
    _confirm(world, until + DAY)
    assert _frozen_until(world) == until + DAY


@pytest.mark.parametrize("ahead", [-1, 0, 90 * DAY + 1])
def test_a_freeze_ends_after_now_and_within_90_days(world: Money, ahead: int) -> None:
    now = world.time + 100
    world.at(now)
    with world.reverts("TokenFreezeTimeInvalid", now + ahead, now, now + 90 * DAY):
        _propose(world, until=now + ahead)


@pytest.mark.parametrize("ahead", [1, 90 * DAY])
def test_the_shortest_and_the_longest_freeze(world: Money, ahead: int) -> None:
    now = world.time + 100
    world.at(now)
    assert _propose(world, until=now + ahead) == now + ahead


def test_a_proposal_whose_time_has_come_is_not_confirmed(world: Money) -> None:
    until = _propose(world, until=world.time + 100)
    world.at(until)
    with world.reverts("TokenFreezeTimeInvalid", until, until, until + 90 * DAY):
        _confirm(world, until)


def test_a_freeze_needs_a_reason(world: Money) -> None:
    with world.reverts("TokenCitationInvalid", ...):
        _propose(world, reason=bytes(32))


def test_the_suite_s_contracts_are_never_frozen(world: Money) -> None:
    for contract in (world.leases, world.escrow, world.reserve, world.desk):
        with world.reverts("TokenFreezeOfSuite", contract.address):
            _propose(world, contract)


def test_a_replaced_wallet_is_not_frozen(world: Money) -> None:
    until = _propose(world)
    world.replace("ann", "ben")
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("ben")):
        _confirm(world, until)
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("ben")):
        _propose(world)


@pytest.mark.parametrize("confirmed", [False, True])
def test_lifting_ends_the_freeze_and_drops_the_proposal(world: Money, confirmed: bool) -> None:
    world.fund("ann", CMT)
    until = _propose(world)
    if confirmed:
        _confirm(world, until)
    world.token.liftFreeze(world.wallet("ann"), sender=world.wallet("committee"))
    assert world.events("FreezeLifted") == [{"wallet": world.wallet("ann"), "by": world.wallet("committee")}]
    assert _frozen_until(world) == 0
    with world.reverts("TokenFreezeNotProposed", world.wallet("ann")):
        _confirm(world, until)
    world.token.transfer(world.wallet("ben"), CMT, sender=world.wallet("ann"))
