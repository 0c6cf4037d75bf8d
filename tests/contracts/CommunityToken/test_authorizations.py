"""CommunityToken: ERC-3009 (transferWithAuthorization, receiveWithAuthorization, cancelAuthorization).

├── not after validAfter, or not before validBefore: reverts
├── nonce used or cancelled: reverts
├── signature of another, of another kind, for another chain or contract, malformed: reverts
├── receive by anybody but the recipient: reverts
├── to one of the suite's contracts
│   ├── by transferWithAuthorization: reverts
│   └── by receiveWithAuthorization: paid; a frozen wallet pays collectors only; one under recovery nobody
├── wallet frozen, under recovery or replaced: reverts
└── otherwise: moved, the nonce is used
"""

import pytest

from tests.money_world import CMT, REASON, SALT, Money, person

KINDS = ("Transfer", "Receive")


def _submit(world: Money, kind: str, arguments: tuple[object, ...], by: str = "ben") -> None:
    call = getattr(world.token, f"{kind.lower()}WithAuthorization")
    call(*arguments, sender=world.wallet(by))


@pytest.fixture(autouse=True)
def funds(world: Money) -> None:
    world.fund("ann", 10 * CMT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_transfer_moves_and_uses_its_nonce(world: Money, kind: str) -> None:
    assert world.token.authorizationState(world.wallet("ann"), SALT) is False
    _submit(world, kind, world.authorization(kind, "ann", "ben", 3 * CMT))
    assert world.events("AuthorizationUsed") == [{"authorizer": world.wallet("ann"), "nonce": SALT}]
    assert (world.balance("ann"), world.balance("ben")) == (7 * CMT, 3 * CMT)
    assert world.token.authorizationState(world.wallet("ann"), SALT) is True


@pytest.mark.parametrize("kind", KINDS)
def test_S1_a_replayed_authorisation_is_refused(world: Money, kind: str) -> None:
    arguments = world.authorization(kind, "ann", "ben", CMT)
    _submit(world, kind, arguments)
    with world.reverts("TokenAuthorizationUsed", world.wallet("ann"), SALT):
        _submit(world, kind, arguments)
    other = "Receive" if kind == "Transfer" else "Transfer"
    with world.reverts("TokenAuthorizationUsed", world.wallet("ann"), SALT):
        _submit(world, other, world.authorization(other, "ann", "ben", CMT))


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_of_signature_does_not_do_for_the_other(world: Money, kind: str) -> None:
    other = "Receive" if kind == "Transfer" else "Transfer"
    with world.reverts("TokenSignatureInvalid", world.wallet("ann")):
        _submit(world, kind, world.authorization(other, "ann", "ben", CMT))


@pytest.mark.parametrize("kind", KINDS)
def test_the_bounds_of_its_time_are_both_outside(world: Money, kind: str) -> None:
    now = world.time + 100
    early = world.authorization(kind, "ann", "ben", CMT, after=now)
    late = world.authorization(kind, "ann", "ben", CMT, before=now)
    world.at(now)
    with world.reverts("TokenAuthorizationNotYetValid", now, now):
        _submit(world, kind, early)
    world.at(now + 1)
    with world.reverts("TokenAuthorizationExpired", now, now + 1):
        _submit(world, kind, late)
    world.at(now + 2)
    _submit(world, kind, early)


def test_S5_one_second_before_its_end_it_still_counts(world: Money) -> None:
    end = world.time + 100
    arguments = world.authorization("Transfer", "ann", "ben", CMT, before=end)
    world.at(end - 1)
    _submit(world, "Transfer", arguments)


@pytest.mark.parametrize("kind", KINDS)
def test_S10_other_fields_than_signed_are_refused(world: Money, kind: str) -> None:
    good = world.authorization(kind, "ann", "ben", CMT)
    changes = {0: world.wallet("cleo"), 2: 2 * CMT, 3: 1, 4: good[4] - 1, 5: REASON}
    for place, value in changes.items():
        bad = (*good[:place], value, *good[place + 1 :])
        with world.reverts("TokenSignatureInvalid", bad[0]):
            _submit(world, kind, bad)
    bad = (good[0], world.wallet("cleo"), *good[2:])
    with world.reverts("TokenSignatureInvalid", good[0]):
        _submit(world, kind, bad, by="cleo")


def test_S6_S7_a_signature_for_another_chain_or_contract_is_refused(world: Money) -> None:
    for other in ({"chain_id": world.backend.chain_id + 1}, {"contract": world.reserve}, {"by": "ben"}):
        with world.reverts("TokenSignatureInvalid", world.wallet("ann")):
            _submit(world, "Transfer", world.authorization("Transfer", "ann", "ben", CMT, **other))


@pytest.mark.parametrize("length", [0, 64, 66])
def test_S3_a_signature_of_another_length_is_refused(world: Money, length: int) -> None:
    *head, signature = world.authorization("Transfer", "ann", "ben", CMT)
    with world.reverts("TokenSignatureInvalid", world.wallet("ann")):
        _submit(world, "Transfer", (*head, (signature + b"\0")[:length]))


def test_only_the_recipient_submits_a_receive(world: Money) -> None:
    arguments = world.authorization("Receive", "ann", "ben", CMT)
    with world.reverts("TokenAuthorizationForOther", world.wallet("cleo"), world.wallet("ben")):
        _submit(world, "Receive", arguments, by="cleo")
    world.forward("ben", world.token, "receiveWithAuthorization", *arguments)
    assert world.balance("ben") == CMT


def test_the_suite_s_contracts_receive_but_nobody_transfers_to_them(world: Money) -> None:
    transfer = world.authorization("Transfer", "ann", world.leases, CMT)
    with world.reverts("TokenRecipientIsSuite", world.leases.address):
        _submit(world, "Transfer", transfer)
    for contract in (world.leases, world.escrow):
        nonce = REASON if contract is world.leases else SALT
        receive = world.authorization("Receive", "ann", contract, CMT, nonce=nonce)
        world.act(contract, world.token, "receiveWithAuthorization", *receive)
        assert world.balance(contract) == CMT


def test_a_contract_of_the_suite_takes_no_more_than_there_is(world: Money) -> None:
    receive = world.authorization("Receive", "ann", world.leases, 11 * CMT)
    with world.reverts("ERC20InsufficientBalance", world.wallet("ann"), 10 * CMT, 11 * CMT):
        world.act(world.leases, world.token, "receiveWithAuthorization", *receive)


def test_a_frozen_wallet_signs_payments_to_collectors_only(world: Money) -> None:
    until = world.freeze("ann")
    to_leases = world.authorization("Receive", "ann", world.leases, CMT)
    world.act(world.leases, world.token, "receiveWithAuthorization", *to_leases)
    assert world.balance(world.leases) == CMT
    to_escrow = world.authorization("Receive", "ann", world.escrow, CMT, nonce=REASON)
    with world.reverts("TokenFrozen", world.wallet("ann"), until):
        world.act(world.escrow, world.token, "receiveWithAuthorization", *to_escrow)
    for kind in KINDS:
        with world.reverts("TokenFrozen", world.wallet("ann"), until):
            _submit(world, kind, world.authorization(kind, "ann", "ben", CMT, nonce=REASON))


def test_a_wallet_under_recovery_pays_by_no_signature(world: Money) -> None:
    world.hold("ann")
    receive = world.authorization("Receive", "ann", world.leases, CMT)
    with world.reverts("TokenRecoveryPending", world.wallet("ann")):
        world.act(world.leases, world.token, "receiveWithAuthorization", *receive)
    for kind in KINDS:
        with world.reverts("TokenRecoveryPending", world.wallet("ann")):
            _submit(world, kind, world.authorization(kind, "ann", "ben", CMT))


@pytest.mark.parametrize("kind", KINDS)
def test_a_replaced_wallet_signs_nothing(world: Money, kind: str) -> None:
    arguments = world.authorization(kind, "ann", "ben", 0)
    world.replace("ann", "cleo")
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("cleo")):
        _submit(world, kind, arguments)


@pytest.mark.core
def test_a_contract_wallet_pays_by_its_owner_s_signature(world: Money) -> None:
    wallet = world.backend.deploy("OwnedWallet", person("cleo").address)
    world.fund(wallet, 5 * CMT)
    with world.reverts("TokenSignatureInvalid", wallet.address):
        _submit(world, "Transfer", world.authorization("Transfer", wallet, "ben", CMT, by="ann"))
    _submit(world, "Transfer", world.authorization("Transfer", wallet, "ben", CMT, by="cleo"))
    assert (world.balance(wallet), world.balance("ben")) == (4 * CMT, CMT)


def test_S12_a_wallet_that_says_yes_loses_only_its_own_money(world: Money) -> None:
    wallet = world.backend.deploy("YesWallet")
    world.fund(wallet, 5 * CMT)
    values = (wallet.address, world.wallet("ben"), 5 * CMT, 0, 2**40, SALT, b"")
    _submit(world, "Transfer", values)
    assert (world.balance("ben"), world.balance("ann")) == (5 * CMT, 10 * CMT)


def _cancel(world: Money, by: str = "ann") -> None:
    ann = world.wallet("ann")
    world.token.cancelAuthorization(
        ann, SALT, world.sign("CancelAuthorization", by, (ann, SALT)), sender=world.wallet("stranger")
    )


@pytest.mark.parametrize("kind", KINDS)
def test_S9_a_cancelled_authorisation_is_void(world: Money, kind: str) -> None:
    _cancel(world)
    assert world.events("AuthorizationCanceled") == [{"authorizer": world.wallet("ann"), "nonce": SALT}]
    with world.reverts("TokenAuthorizationUsed", world.wallet("ann"), SALT):
        _submit(world, kind, world.authorization(kind, "ann", "ben", CMT))


def test_nobody_cancels_another_s_authorisation_or_a_used_one(world: Money) -> None:
    with world.reverts("TokenSignatureInvalid", world.wallet("ann")):
        _cancel(world, by="ben")
    _cancel(world)
    with world.reverts("TokenAuthorizationUsed", world.wallet("ann"), SALT):
        _cancel(world)
