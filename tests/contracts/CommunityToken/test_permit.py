"""CommunityToken.permit, nonces, raisePermitNonce, DOMAIN_SEPARATOR: EIP-2612.

├── deadline passed: reverts; deadline now: accepted
├── replayed, cancelled, malformed, by another, for another chain or contract: reverts
├── owner replaced: reverts
└── otherwise: the allowance is what was signed
"""

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.CommunityToken.test_setMandateBySignature import SECP256K1_N
from tests.evm import Chain
from tests.lease_world import InProcess
from tests.money_world import CMT, FAR, NOBODY, Money


def _submit(world: Money, arguments: tuple[object, ...]) -> None:
    world.token.permit(*arguments, sender=world.wallet("stranger"))


def test_a_permit_sets_the_allowance_and_uses_its_nonce(world: Money) -> None:
    _submit(world, world.permit("ann", "ben", 5 * CMT))
    assert world.token.allowance(world.wallet("ann"), world.wallet("ben")) == 5 * CMT
    assert world.token.nonces(world.wallet("ann")) == 1


@pytest.mark.core
def test_S1_a_replayed_permit_is_refused_and_the_nonce_grew_once(world: Money) -> None:
    arguments = world.permit("ann", "ben", 5 * CMT)
    _submit(world, arguments)
    with world.reverts("ERC2612InvalidSigner", ...):
        _submit(world, arguments)
    assert world.token.nonces(world.wallet("ann")) == 1


def test_S2_the_high_s_twin_of_a_permit_is_refused(world: Money) -> None:
    *head, v, r, s = world.permit("ann", "ben", 5 * CMT)
    twin = (SECP256K1_N - int.from_bytes(s, "big")).to_bytes(32, "big")
    with world.reverts("ECDSAInvalidSignatureS", ...):
        _submit(world, (*head, 55 - v, r, twin))


@pytest.mark.parametrize("broken", ["v 0", "v 1", "s 0", "r 0"])
def test_S3_a_malformed_permit_is_refused(world: Money, broken: str) -> None:
    *head, v, r, s = world.permit("ann", "ben", 5 * CMT)
    part, value = broken.split()
    fields = {"v": v, "r": r, "s": s} | {part: int(value) if part == "v" else bytes(32)}
    with world.reverts("ECDSAInvalidSignature", ...):
        _submit(world, (*head, fields["v"], fields["r"], fields["s"]))


def test_S4_nobody_permits_for_the_zero_address(world: Money) -> None:
    with world.reverts("ECDSAInvalidSignature", ...):
        _submit(world, (NOBODY, world.wallet("ben"), CMT, FAR, 27, bytes(32), bytes(32)))


def test_S5_a_permit_counts_on_its_deadline(world: Money) -> None:
    deadline = world.time + 100
    arguments = world.permit("ann", "ben", CMT, deadline=deadline)
    world.at(deadline)
    _submit(world, arguments)


def test_S5_a_permit_is_refused_one_second_after_its_deadline(world: Money) -> None:
    deadline = world.time + 100
    arguments = world.permit("ann", "ben", CMT, deadline=deadline)
    world.at(deadline + 1)
    with world.reverts("ERC2612ExpiredSignature", deadline):
        _submit(world, arguments)


def test_S6_a_permit_for_another_chain_is_refused(world: Money) -> None:
    with world.reverts("ERC2612InvalidSigner", ...):
        _submit(world, world.permit("ann", "ben", CMT, chain_id=world.backend.chain_id + 1))


def test_S6_after_a_fork_the_domain_is_another_one(world: Money) -> None:
    """The chain's id changes under the deployed contract: what was signed before counts for nothing."""
    if not isinstance(world.backend, InProcess):
        pytest.skip("a node keeps its chain id")
    fork = Chain(chain_id=31337)
    token = fork.deploy("CommunityToken", fork.user(), fork.user(), 0, 10**15, "Community Token", "CMT")
    before = token.DOMAIN_SEPARATOR()
    code = bytes(fork.evm.get_code(token.address))
    other = Chain(chain_id=31338)
    other.set_code(token.address, code)
    after = other.at("CommunityToken", token.address).DOMAIN_SEPARATOR()
    kind = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"

    def separator(chain_id: int) -> bytes:
        words = [keccak(text=kind), keccak(text="Community Token"), keccak(text="1"), chain_id, token.address]
        return keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], words))

    assert before == separator(31337)
    assert after == separator(31338)


def test_S7_a_permit_for_another_contract_is_refused(world: Money) -> None:
    with world.reverts("ERC2612InvalidSigner", ...):
        _submit(world, world.permit("ann", "ben", CMT, contract=world.reserve))


def test_S9_a_cancelled_permit_is_refused(world: Money) -> None:
    arguments = world.permit("ann", "ben", CMT)
    world.token.raisePermitNonce(sender=world.wallet("ann"))
    with world.reverts("ERC2612InvalidSigner", ...):
        _submit(world, arguments)
    _submit(world, world.permit("ann", "ben", CMT))


def test_a_replaced_wallet_permits_nothing(world: Money) -> None:
    arguments = world.permit("ann", "ben", CMT)
    world.replace("ann", "cleo")
    with world.reverts("TokenWalletReplaced", world.wallet("ann"), world.wallet("cleo")):
        _submit(world, arguments)


def test_a_sponsored_cancellation_is_the_signer_s(world: Money) -> None:
    world.forward("ann", world.token, "raisePermitNonce")
    world.forward("ann", world.token, "raiseMandateNonce")
    assert world.token.nonces(world.wallet("ann")) == 1
    assert world.token.mandateNonce(world.wallet("ann")) == 1
    assert world.token.nonces(world.wallet("stranger")) == 0
