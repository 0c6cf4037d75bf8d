"""CommunityToken.setMandateBySignature, raiseMandateNonce.

├── deadline passed: reverts; deadline now: accepted
├── nonce not the next one (used, future, cancelled): reverts
├── signature of another wallet, other terms, other chain, other contract, malformed: reverts
├── wallet replaced: reverts
├── contract wallet: its own answer counts, with bounded gas
└── otherwise: as setMandate, by anybody
"""

from typing import Any

import pytest

from tests.money_world import CMT, FAR, NOBODY, Money, person

SECP256K1_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def _signed(
    world: Money, who: Any = "ann", *, by: str | None = None, nonce: int = 0, deadline: int = FAR,
    **other: Any,
) -> tuple[Any, ...]:  # fmt: skip
    wallet, terms = world.address(who), world.terms()
    signature = world.sign("SetMandate", by or who, (wallet, *terms, nonce, deadline), **other)
    return wallet, terms, nonce, deadline, signature


def _submit(world: Money, arguments: tuple[Any, ...]) -> None:
    world.token.setMandateBySignature(*arguments, sender=world.wallet("stranger"))


@pytest.mark.core
def test_a_signed_mandate_stands_and_its_nonce_is_used(world: Money) -> None:
    arguments = _signed(world)
    _submit(world, arguments)
    assert world.mandate_of("ann")[0] == arguments[1]
    assert world.token.mandateNonce(world.wallet("ann")) == 1


@pytest.mark.core
def test_S1_a_replayed_mandate_is_refused(world: Money) -> None:
    arguments = _signed(world)
    _submit(world, arguments)
    with world.reverts("TokenNonceInvalid", world.wallet("ann"), 0, 1):
        _submit(world, arguments)
    world.token.revokeMandate(sender=world.wallet("ann"))
    with world.reverts("TokenNonceInvalid", world.wallet("ann"), 0, 1):
        _submit(world, arguments)


def test_a_nonce_of_the_future_is_refused(world: Money) -> None:
    with world.reverts("TokenNonceInvalid", world.wallet("ann"), 1, 0):
        _submit(world, _signed(world, nonce=1))


def test_S9_a_cancelled_mandate_is_refused(world: Money) -> None:
    arguments = _signed(world)
    world.token.raiseMandateNonce(sender=world.wallet("ann"))
    assert world.events("MandateNonceRaised") == [{"wallet": world.wallet("ann"), "nonce": 1}]
    with world.reverts("TokenNonceInvalid", world.wallet("ann"), 0, 1):
        _submit(world, arguments)
    _submit(world, _signed(world, nonce=1))


def test_nonces_of_mandates_and_permits_do_not_touch_each_other(world: Money) -> None:
    permit = world.permit("ann", "ben", CMT)
    mandate = _signed(world)
    world.token.raisePermitNonce(sender=world.wallet("ann"))
    _submit(world, mandate)
    assert world.token.nonces(world.wallet("ann")) == 1
    with world.reverts("ERC2612InvalidSigner", ...):
        world.token.permit(*permit, sender=world.wallet("ben"))


def test_S5_the_deadline_is_the_last_second(world: Money) -> None:
    deadline = world.time + 100
    arguments = _signed(world, deadline=deadline)
    world.at(deadline + 1)
    with world.reverts("TokenSignatureExpired", deadline, deadline + 1):
        _submit(world, arguments)


def test_S5_on_the_deadline_it_is_accepted(world: Money) -> None:
    deadline = world.time + 100
    arguments = _signed(world, deadline=deadline)
    world.at(deadline)
    _submit(world, arguments)


def test_somebody_else_s_signature_is_refused(world: Money) -> None:
    with world.reverts("TokenSignatureInvalid", world.wallet("ann")):
        _submit(world, _signed(world, by="ben"))


def test_S10_other_terms_than_signed_are_refused(world: Money) -> None:
    wallet, terms, nonce, deadline, signature = _signed(world)
    limit, collectors, expiry, partial = terms
    for other in (
        (limit * 10, collectors, expiry, partial), (limit, collectors | 2, expiry, partial),
        (limit, collectors, expiry + 1, partial), (limit, collectors, expiry, not partial),
    ):  # fmt: skip
        with world.reverts("TokenSignatureInvalid", wallet):
            _submit(world, (wallet, other, nonce, deadline, signature))
    with world.reverts("TokenSignatureInvalid", wallet):
        _submit(world, (wallet, terms, nonce, deadline - 1, signature))


def test_S6_a_signature_for_another_chain_is_refused(world: Money) -> None:
    with world.reverts("TokenSignatureInvalid", world.wallet("ann")):
        _submit(world, _signed(world, chain_id=world.backend.chain_id + 1))


def test_S7_a_signature_for_another_contract_is_refused(world: Money) -> None:
    with world.reverts("TokenSignatureInvalid", world.wallet("ann")):
        _submit(world, _signed(world, contract=world.desk))


def test_S2_the_high_s_twin_is_refused(world: Money) -> None:
    *head, signature = _signed(world)
    s = int.from_bytes(signature[32:64], "big")
    twin = signature[:32] + (SECP256K1_N - s).to_bytes(32, "big") + bytes([55 - signature[64]])
    with world.reverts("TokenSignatureInvalid", world.wallet("ann")):
        _submit(world, (*head, twin))


@pytest.mark.parametrize("broken", ["v 0", "v 1", "s 0", "r 0", "64 bytes", "66 bytes", "empty"])
def test_S3_a_malformed_signature_is_refused(world: Money, broken: str) -> None:
    *head, good = _signed(world)
    bad = {
        "v 0": good[:64] + b"\0", "v 1": good[:64] + b"\1", "s 0": good[:32] + bytes(32) + good[64:],
        "r 0": bytes(32) + good[32:], "64 bytes": good[:64], "66 bytes": good + b"\0", "empty": b"",
    }[broken]  # fmt: skip
    with world.reverts("TokenSignatureInvalid", world.wallet("ann")):
        _submit(world, (*head, bad))


def test_S4_nobody_signs_for_the_zero_address(world: Money) -> None:
    for signature in (bytes(65), bytes(64) + b"\x1b", b""):
        with world.reverts("TokenSignatureInvalid", NOBODY):
            _submit(world, (NOBODY, world.terms(), 0, FAR, signature))


def test_a_replaced_wallet_signs_nothing(world: Money) -> None:
    arguments = _signed(world)
    world.replace("ann", "ben")
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("ben")):
        _submit(world, arguments)


def test_the_terms_are_checked_as_in_a_transaction(world: Money) -> None:
    wallet, terms = world.wallet("ann"), (CMT, 8, world.month(), False)
    signature = world.sign("SetMandate", "ann", (wallet, *terms, 0, FAR))
    with world.reverts("TokenMandateCollectorsUnknown", 8, 3):
        _submit(world, (wallet, terms, 0, FAR, signature))


@pytest.mark.core
def test_a_contract_wallet_s_owner_signs_for_it(world: Money) -> None:
    wallet = world.backend.deploy("OwnedWallet", person("ann").address)
    with world.reverts("TokenSignatureInvalid", wallet.address):
        _submit(world, _signed(world, wallet, by="ben"))
    _submit(world, _signed(world, wallet, by="ann"))
    assert world.mandate_of(wallet)[0] == world.terms()


def test_S12_a_wallet_that_says_yes_to_everything_spoils_only_itself(world: Money) -> None:
    wallet = world.backend.deploy("YesWallet")
    world.fund("ann", 10 * CMT)
    world.mandate("ann")
    _submit(world, (wallet.address, world.terms(), 0, FAR, b"anything"))
    assert world.mandate_of(wallet)[0] == world.terms()
    assert world.balance("ann") == 10 * CMT


@pytest.mark.parametrize("hostile", ["GasBurnerWallet", "BombWallet", "ShortAnswerWallet", "Puppet"])
def test_S12_a_hostile_contract_wallet_cannot_sign_and_its_gas_is_bounded(world: Money, hostile: str) -> None:
    wallet = world.backend.deploy(hostile)
    with world.reverts("TokenSignatureInvalid", wallet.address):
        _submit(world, (wallet.address, world.terms(), 0, FAR, bytes(65)))
