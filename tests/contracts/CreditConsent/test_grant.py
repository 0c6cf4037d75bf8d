"""grant, grantBySignature, revoke, raiseConsentNonce

grant
├── not a party's current wallet, while recovering ── reverts
├── reader unknown, or the party itself ── reverts
├── end in the past, or more than two years away ── reverts, both neighbours
├── uses 0 or above 1,000 ── reverts
└── else ── for this reader and this purpose alone; replaces the earlier one
by signature
├── of the current wallet, or of a contract wallet ── the same as grant
└── late (S5), of another, changed in any field (S10), twice (S1), after raising the nonce (S9) ── reverts
revoke ── at once (P1) · nothing to revoke: nothing happens
"""

from typing import Any

import pytest

from tests.credit_world import LENDING, SHARING, CreditWorld
from tests.registry_world import DAY, PEOPLE, account, spare

FIELDS = (
    ("party", "uint32"), ("reader", "uint32"), ("purpose", "uint8"), ("expiry", "uint40"), ("uses", "uint32"),
    ("nonce", "uint256"), ("deadline", "uint256"),
)  # fmt: skip


def sign(world: CreditWorld, who: Any, values: tuple, *, nonce: int = 0, deadline: int = 2**40) -> bytes:
    """A consent (party, reader, purpose, expiry, uses) signed by an account."""
    domain = {
        "name": "Commonhold CreditConsent", "version": "1", "chainId": world.backend.chain_id,
        "verifyingContract": world.consent.address,
    }  # fmt: skip
    types = {"CreditConsent": [{"name": name, "type": kind} for name, kind in FIELDS]}
    message = dict(zip((name for name, _ in FIELDS), (*values, nonce, deadline), strict=True))
    return bytes(who.sign_typed_data(domain, types, message).signature)


def ann(world: CreditWorld) -> Any:
    return account(PEOPLE.index("ann"))


def given(
    world: CreditWorld, purpose: int = LENDING, reader: str = "dora", person: str = "ann"
) -> tuple[int, int]:
    return tuple(world.consent.consentOf(world.party[person], world.party[reader], purpose))


def test_a_consent_names_reader_purpose_end_and_uses(world: CreditWorld) -> None:
    until = world.time + 90 * DAY
    world.consent.grant(world.party["dora"], LENDING, until, 3, sender=world.wallet("ann"))
    (event,) = world.events("ConsentGranted")
    assert (event["party"], event["reader"]) == (world.party["ann"], world.party["dora"])
    assert (event["purpose"], event["expiry"], event["uses"]) == (LENDING, until, 3)
    assert given(world) == (until, 3)
    assert given(world, SHARING) == given(world, reader="ben") == given(world, person="cleo") == (0, 0)


def test_a_new_consent_replaces_the_one_for_the_same_reader_and_purpose(world: CreditWorld) -> None:
    until = world.time + 90 * DAY
    for purpose, uses in ((LENDING, 3), (SHARING, 5), (LENDING, 1)):
        world.consent.grant(world.party["dora"], purpose, until, uses, sender=world.wallet("ann"))
    assert (given(world)[1], given(world, SHARING)[1]) == (1, 5)


def test_only_a_partys_current_wallet_consents(world: CreditWorld) -> None:
    until, dora = world.time + DAY, world.party["dora"]
    with world.reverts("ConsentNotParty", 0, world.wallet("stranger")):
        world.consent.grant(dora, LENDING, until, 1, sender=world.wallet("stranger"))
    world.link("ann", spare(0))
    with world.reverts("ConsentNotParty", world.party["ann"], spare(0).address):
        world.consent.grant(dora, LENDING, until, 1, sender=spare(0).address)
    world.start_by_manager("ann", spare(1))
    with world.reverts("ConsentPartyInRecovery", world.party["ann"]):
        world.consent.grant(dora, LENDING, until, 1, sender=world.wallet("ann"))


def test_the_reader_is_another_party(world: CreditWorld) -> None:
    for reader in (0, 99, world.party["ann"]):
        with world.reverts("ConsentReaderInvalid", reader):
            world.consent.grant(reader, LENDING, world.time + DAY, 1, sender=world.wallet("ann"))


def test_S5_a_consent_ends_within_two_years(exact: CreditWorld) -> None:
    world, now, dora = exact, exact.time, exact.party["dora"]
    for expiry in (now - 1, now + 730 * DAY + 1):
        with world.reverts("ConsentExpiryInvalid", expiry, now, now + 730 * DAY):
            world.consent.grant(dora, LENDING, expiry, 1, sender=world.wallet("ann"))
    for expiry in (now, now + 730 * DAY):
        world.consent.grant(dora, LENDING, expiry, 1, sender=world.wallet("ann"))


@pytest.mark.parametrize("uses", [0, 1_001])
def test_uses_are_bounded(world: CreditWorld, uses: int) -> None:
    with world.reverts("ConsentUsesInvalid", uses, 1, 1_000):
        world.consent.grant(world.party["dora"], LENDING, world.time + DAY, uses, sender=world.wallet("ann"))


def test_P1_revoked_it_is_gone_at_once(world: CreditWorld) -> None:
    world.consent.grant(world.party["dora"], LENDING, world.time + DAY, 1, sender=world.wallet("ann"))
    world.consent.revoke(world.party["dora"], LENDING, sender=world.wallet("ann"))
    assert len(world.events("ConsentRevoked")) == 1
    assert given(world) == (0, 0)
    world.consent.revoke(world.party["dora"], LENDING, sender=world.wallet("ann"))
    assert world.events("ConsentRevoked") == []


def test_nobody_revokes_for_another(world: CreditWorld) -> None:
    world.consent.grant(world.party["dora"], LENDING, world.time + DAY, 1, sender=world.wallet("ann"))
    world.consent.revoke(world.party["dora"], LENDING, sender=world.wallet("ben"))
    assert given(world)[1] == 1


def test_a_signature_grants_as_a_call_does_and_only_once(world: CreditWorld) -> None:
    values = (world.party["ann"], world.party["dora"], LENDING, world.time + 9 * DAY, 2)
    signature = sign(world, ann(world), values)
    world.consent.grantBySignature(*values, 2**40, signature, sender=world.wallet("stranger"))
    assert given(world) == (values[3], 2)
    assert world.consent.consentNonce(world.party["ann"]) == 1
    with world.reverts("ConsentSignatureInvalid", world.party["ann"], world.wallet("ann")):
        world.consent.grantBySignature(*values, 2**40, signature, sender=world.wallet("stranger"))


def test_a_contract_wallet_consents_by_signature(world: CreditWorld) -> None:
    owner = spare(3)
    wallet = world.backend.deploy("OwnedWallet", owner.address)
    world.parties.link(world.party["ann"], wallet, *_link(world, owner, wallet), sender=world.wallet("ann"))
    world.parties.switchWallet(wallet, sender=world.wallet("ann"))
    values = (world.party["ann"], world.party["dora"], SHARING, world.time + 9 * DAY, 2)
    with world.reverts("ConsentSignatureInvalid", world.party["ann"], wallet):
        world.consent.grantBySignature(*values, 2**40, sign(world, ann(world), values), sender=owner.address)
    world.consent.grantBySignature(
        *values, 2**40, sign(world, owner, values), sender=world.wallet("stranger")
    )
    assert given(world, SHARING)[1] == 2


def _link(world: CreditWorld, owner: Any, wallet: Any) -> tuple[int, bytes]:
    """The contract wallet agrees to belong to Ann: its owner signs."""
    deadline = world.time + DAY
    domain = {
        "name": "Commonhold PartyRegistry", "version": "1", "chainId": world.backend.chain_id,
        "verifyingContract": world.parties.address,
    }  # fmt: skip
    fields = (("party", "uint32"), ("wallet", "address"), ("nonce", "uint256"), ("deadline", "uint256"))
    types = {"LinkWallet": [{"name": name, "type": kind} for name, kind in fields]}
    message = {"party": world.party["ann"], "wallet": str(wallet), "nonce": 0, "deadline": deadline}
    return deadline, bytes(owner.sign_typed_data(domain, types, message).signature)


@pytest.mark.parametrize("field", range(5))
def test_S10_a_signature_is_for_its_own_words_alone(world: CreditWorld, field: int) -> None:
    values = [world.party["ann"], world.party["dora"], LENDING, world.time + 9 * DAY, 2]
    signature = sign(world, ann(world), tuple(values))
    values[field] = {0: world.party["ben"], 1: world.party["cleo"], 2: SHARING}.get(field, values[field] + 1)
    with world.reverts("ConsentSignatureInvalid", ...):
        world.consent.grantBySignature(*values, 2**40, signature, sender=world.wallet("stranger"))


def test_S5_a_signature_holds_to_its_last_second(exact: CreditWorld) -> None:
    world, deadline = exact, exact.time + 60
    values = (world.party["ann"], world.party["dora"], LENDING, world.time + 9 * DAY, 2)
    signature = sign(world, ann(world), values, deadline=deadline)
    world.backend.warp(deadline + 1)
    with world.reverts("ConsentSignatureExpired", deadline, deadline + 1):
        world.consent.grantBySignature(*values, deadline, signature, sender=world.wallet("stranger"))
    world.backend.warp(deadline)
    world.consent.grantBySignature(*values, deadline, signature, sender=world.wallet("stranger"))


def test_S9_raising_the_nonce_withdraws_what_was_signed(world: CreditWorld) -> None:
    values = (world.party["ann"], world.party["dora"], LENDING, world.time + 9 * DAY, 2)
    signature = sign(world, ann(world), values)
    world.consent.raiseConsentNonce(sender=world.wallet("ann"))
    assert world.events("ConsentNonceRaised")[0]["nonce"] == 1
    with world.reverts("ConsentSignatureInvalid", ...):
        world.consent.grantBySignature(*values, 2**40, signature, sender=world.wallet("stranger"))


def test_S4_a_party_without_a_wallet_signs_nothing(world: CreditWorld) -> None:
    party = world.register()
    values = (party, world.party["dora"], LENDING, world.time + 9 * DAY, 2)
    with world.reverts("ConsentSignatureInvalid", party, "0x" + "00" * 20):
        world.consent.grantBySignature(*values, 2**40, bytes(65), sender=world.wallet("stranger"))
    with world.reverts("ConsentSignatureInvalid", ...):
        world.consent.grantBySignature(99, *values[1:], 2**40, bytes(65), sender=world.wallet("stranger"))


def test_not_by_signature_while_the_wallet_is_being_recovered(world: CreditWorld) -> None:
    values = (world.party["ann"], world.party["dora"], LENDING, world.time + 9 * DAY, 2)
    signature = sign(world, ann(world), values)
    world.start_by_manager("ann", spare(0))
    with world.reverts("ConsentPartyInRecovery", world.party["ann"]):
        world.consent.grantBySignature(*values, 2**40, signature, sender=world.wallet("stranger"))
