"""acceptBySignature: a party accepts by its signature, which anybody submits.

signature ── good: counts · another party's, proposal's, chain's or contract's, malleable or cut: refused
nonce ── raised after signing: refused
wallet ── contract wallet of the party (ERC-1271): counts · hostile ones harm nobody else · none: refused
deadline ── the last second counts, the next does not (S5)
party ── under recovery, no acceptor, twice: refused
"""

import pytest

from tests.lease_world import CMT, RENT, World, key_of, sign_hash, sign_typed

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

FIELDS = {
    "kind": "uint8", "lease": "uint32", "index": "uint8", "day": "uint32", "party": "uint32",
    "amount": "uint64", "notice": "bool", "reasonHash": "bytes32", "version": "uint64", "deadline": "uint64",
}  # fmt: skip
TYPES = {
    "LeaseProposal": [{"name": name, "type": kind} for name, kind in FIELDS.items()],
    "LeaseAcceptance": [
        {"name": "proposal", "type": "LeaseProposal"},
        {"name": "acceptor", "type": "uint32"},
        {"name": "nonce", "type": "uint256"},
    ],
}


@pytest.fixture
def proposal(world: World, lease: int):
    """The landlord proposed a new rent."""
    found = world.proposal(lease, RENT, day=world.month_start(2), amount=1_100 * CMT)
    world.agree(found, "landlord")
    return found


def accept(world: World, proposal, person: str, signature: bytes) -> None:
    world.changes.acceptBySignature(proposal, world.party[person], signature, sender=world.wallet("stranger"))


def refused(world: World, proposal, person: str, signature: bytes) -> None:
    with world.reverts("ProposalSignatureInvalid", world.party[person], world.wallet(person)):
        accept(world, proposal, person, signature)


def typed(world: World, proposal, person: str, **domain) -> bytes:
    """The signature of a wallet that knows nothing but the typed data."""
    change, *rest = proposal
    message = {
        "proposal": dict(zip(FIELDS, [*change, *rest], strict=True)),
        "acceptor": world.party[person],
        "nonce": 0,
    }
    where = world.domain("Commonhold LeaseChanges", world.changes) | domain
    return sign_typed(person, where, TYPES, message)


def test_a_wallets_own_signature_over_the_typed_data_counts(world: World, proposal, lease: int):
    accept(world, proposal, "ann", typed(world, proposal, "ann"))
    (event,) = world.events("ProposalAccepted")
    assert event["party"] == world.party["ann"]
    accept(world, proposal, "ben", typed(world, proposal, "ben"))
    assert world.changes.versionOf(lease, RENT) == 1


def test_s8_the_signature_of_another_party_is_refused(world: World, proposal):
    refused(world, proposal, "ann", world.acceptance(proposal, "ben"))
    digest = world.changes.hashAcceptance(proposal, world.party["ann"])
    refused(world, proposal, "ann", sign_hash("ben", bytes(digest)))


def test_s10_a_signature_under_another_proposal_is_refused(world: World, proposal, lease: int):
    other = world.proposal(lease, RENT, day=world.month_start(2), amount=1_000 * CMT)
    refused(world, proposal, "ann", world.acceptance(other, "ann"))


def test_s6_s7_a_signature_for_another_chain_or_contract_is_refused(world: World, proposal):
    refused(world, proposal, "ann", typed(world, proposal, "ann", chainId=1))
    refused(world, proposal, "ann", typed(world, proposal, "ann", verifyingContract=world.leases.address))
    refused(world, proposal, "ann", typed(world, proposal, "ann", name="Commonhold LeaseAgreement"))


def test_s2_s3_odd_signatures_are_refused(world: World, proposal):
    good = world.acceptance(proposal, "ann")
    r, s, v = good[:32], int.from_bytes(good[32:64], "big"), good[64]
    high = r + (N - s).to_bytes(32, "big") + bytes([55 - v])
    for odd in (high, good[:64], good + b"\0", good[:64] + bytes([v - 27]), bytes(65), b""):
        refused(world, proposal, "ann", odd)


def test_s9_a_raised_nonce_cancels_the_signature(world: World, proposal):
    signature = world.acceptance(proposal, "ann")
    world.changes.raiseAcceptanceNonce(sender=world.wallet("ann"))
    refused(world, proposal, "ann", signature)
    accept(world, proposal, "ann", world.acceptance(proposal, "ann"))


def test_s5_the_last_second_counts_and_the_next_does_not(world: World, proposal):
    signature, deadline = world.acceptance(proposal, "ann"), proposal[4]
    mark = world.backend.snapshot()
    world.backend.next_block_at(deadline + 1)
    with world.reverts("ProposalExpired", deadline, deadline + 1):
        accept(world, proposal, "ann", signature)
    world.backend.restore(mark)
    world.backend.next_block_at(deadline)
    accept(world, proposal, "ann", signature)


def test_a_party_whose_wallet_is_being_recovered_waits(world: World, proposal):
    signature = world.acceptance(proposal, "ann")
    world.start_recovery("ann")
    with world.reverts("ProposalPartyInRecovery", world.party["ann"]):
        accept(world, proposal, "ann", signature)


def test_after_a_recovery_the_lost_wallet_signs_nothing(world: World, proposal):
    world.start_recovery("ann")
    new = world.wallet("stranger")
    world.parties.replaceWallet(world.party["ann"], new, sender=world.wallet("committee"))
    with world.reverts("ProposalSignatureInvalid", world.party["ann"], new):
        accept(world, proposal, "ann", world.acceptance(proposal, "ann"))
    digest = world.changes.hashAcceptance(proposal, world.party["ann"])
    accept(world, proposal, "ann", sign_hash("stranger", bytes(digest)))


def test_only_acceptors_count_and_only_once(world: World, proposal, lease: int):
    with world.reverts("ProposalNotParty", lease, world.wallet("stranger")):
        accept(world, proposal, "cleo", world.acceptance(proposal, "cleo"))
    signature = world.acceptance(proposal, "ann")
    accept(world, proposal, "ann", signature)
    with world.reverts("ProposalAcceptedAlready", world.changes.hashProposal(proposal), world.party["ann"]):
        accept(world, proposal, "ann", signature)


def test_s4_a_party_without_a_wallet_signs_nothing(world: World, proposal):
    nobody = "0x" + "00" * 20
    with world.reverts("ProposalSignatureInvalid", 99, nobody):
        world.changes.acceptBySignature(proposal, 99, bytes(65), sender=world.wallet("stranger"))


def move_to(world: World, person: str, wallet) -> None:
    """The party's wallet is from now on this contract."""
    world.start_recovery(person)
    world.parties.replaceWallet(world.party[person], wallet, sender=world.wallet("committee"))


def test_a_contract_wallet_of_the_party_signs(world: World, proposal):
    wallet = world.backend.deploy("OwnedWallet", world.wallet("cleo"))
    move_to(world, "ann", wallet)
    digest = bytes(world.changes.hashAcceptance(proposal, world.party["ann"]))
    with world.reverts("ProposalSignatureInvalid", world.party["ann"], wallet.address):
        accept(world, proposal, "ann", sign_hash("ann", digest))
    accept(world, proposal, "ann", sign_hash("cleo", digest))


@pytest.mark.parametrize("kind", ["GasBurnerWallet", "BombWallet", "ShortAnswerWallet"])
def test_s12_a_hostile_contract_wallet_harms_itself_alone(world: World, proposal, lease: int, kind: str):
    wallet = world.backend.deploy(kind)
    move_to(world, "ann", wallet)
    with world.reverts("ProposalSignatureInvalid", world.party["ann"], wallet.address):
        accept(world, proposal, "ann", bytes(65))
    accept(world, proposal, "ben", world.acceptance(proposal, "ben"))


def test_the_people_here_have_different_keys():
    assert key_of("ann") != key_of("ben")
