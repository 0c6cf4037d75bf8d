"""link(party, wallet, deadline, signature)

- party 0 and unknown ones revert; only the current wallet of the party may call, no other linked one
- the new wallet's signature: wrong signer, party, nonce, deadline, chain or contract reverts; used once
- ERC-1271 wallets sign too; one that says no or burns gas hurts its own link alone
- a wallet that is linked anywhere reverts; one replaced by a recovery for ever
- at most 32 wallets
- while guardians recover the party it reverts; a recovery by the manager ends
"""

import pytest

from tests.registry_world import DAY, NOBODY, World, account, spare


def test_a_second_wallet_is_linked_and_the_first_stays_current(world: World) -> None:
    world.link("ann", spare(1))
    assert world.parties.partyOf(spare(1).address) == world.party["ann"]
    assert world.parties.walletOf(world.party["ann"]) == world.wallet("ann")
    assert world.parties.walletCount(world.party["ann"]) == 2


def test_only_the_current_wallet_links(world: World) -> None:
    ann = world.party["ann"]
    consent = world.sign("LinkWallet", spare(1), ann)
    for person in ("stranger", "ben", "manager"):
        with world.reverts("PartyNotCurrentWallet", ann, world.wallet(person)):
            world.parties.link(ann, spare(1).address, *consent, sender=world.wallet(person))


def test_another_linked_wallet_does_not_link(world: World) -> None:
    ann = world.party["ann"]
    world.link("ann", account(5))  # the stranger's wallet, so that it can send
    consent = world.sign("LinkWallet", spare(1), ann)
    with world.reverts("PartyNotCurrentWallet", ann, world.wallet("stranger")):
        world.parties.link(ann, spare(1).address, *consent, sender=world.wallet("stranger"))


def test_an_unknown_party_links_nothing(world: World) -> None:
    ann = world.wallet("ann")
    with world.reverts("PartyNotLinked", ann):
        world.parties.link(0, spare(1).address, *world.sign("LinkWallet", spare(1), 0), sender=ann)
    with world.reverts("PartyUnknown", 99):
        world.parties.link(99, spare(1).address, *world.sign("LinkWallet", spare(1), 99), sender=ann)


def test_S8_a_consent_for_one_party_links_to_no_other(world: World) -> None:
    consent = world.sign("LinkWallet", spare(1), world.party["ann"])
    with world.reverts("PartySignatureInvalid", spare(1).address):
        world.parties.link(world.party["ben"], spare(1).address, *consent, sender=world.wallet("ben"))


def test_S1_a_consent_is_used_once(world: World) -> None:
    ann = world.party["ann"]
    consent = world.sign("LinkWallet", spare(1), ann)
    world.parties.link(ann, spare(1).address, *consent, sender=world.wallet("ann"))
    world.parties.unlink(spare(1).address, sender=world.wallet("ann"))
    with world.reverts("PartySignatureInvalid", spare(1).address):
        world.parties.link(ann, spare(1).address, *consent, sender=world.wallet("ann"))


def test_S9_raising_the_nonce_withdraws_a_consent(world: World) -> None:
    ann = world.party["ann"]
    consent = world.sign("LinkWallet", account(5), ann)
    world.parties.raiseLinkNonce(sender=world.wallet("stranger"))
    assert world.events("LinkNonceRaised")[0]["nonce"] == 1
    with world.reverts("PartySignatureInvalid", world.wallet("stranger")):
        world.parties.link(ann, world.wallet("stranger"), *consent, sender=world.wallet("ann"))


def test_S5_a_consent_past_its_deadline_is_refused(exact: World) -> None:
    ann = exact.party["ann"]
    consent = exact.sign("LinkWallet", spare(1), ann, deadline=exact.time + 10)
    exact.later(11)
    with exact.reverts("PartySignatureExpired", consent[0], exact.time):
        exact.parties.link(ann, spare(1).address, *consent, sender=exact.wallet("ann"))
    exact.later(-1)
    exact.parties.link(ann, spare(1).address, *consent, sender=exact.wallet("ann"))


def test_S6_a_consent_for_another_chain_is_refused(world: World) -> None:
    ann = world.party["ann"]
    consent = world.sign("LinkWallet", spare(1), ann, chain_id=world.backend.chain_id + 1)
    with world.reverts("PartySignatureInvalid", spare(1).address):
        world.parties.link(ann, spare(1).address, *consent, sender=world.wallet("ann"))


def test_S7_a_consent_to_a_recovery_is_no_consent_to_a_link(world: World) -> None:
    ann = world.party["ann"]
    consent = world.sign("ReplaceWallet", spare(1), ann)
    with world.reverts("PartySignatureInvalid", spare(1).address):
        world.parties.link(ann, spare(1).address, *consent, sender=world.wallet("ann"))


@pytest.mark.parametrize("change", ["v", "short", "long", "zero"])
def test_S3_a_malformed_signature_is_refused(world: World, change: str) -> None:
    ann = world.party["ann"]
    deadline, signature = world.sign("LinkWallet", spare(1), ann)
    broken = {
        "v": signature[:64] + b"\x01", "short": signature[:64], "long": signature + b"\x00", "zero": bytes(65)
    }[change]  # fmt: skip
    with world.reverts("PartySignatureInvalid", spare(1).address):
        world.parties.link(ann, spare(1).address, deadline, broken, sender=world.wallet("ann"))


def test_S2_the_high_s_twin_of_a_signature_is_refused(world: World) -> None:
    ann = world.party["ann"]
    deadline, signature = world.sign("LinkWallet", spare(1), ann)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = order - int.from_bytes(signature[32:64], "big")
    twin = signature[:32] + high.to_bytes(32, "big") + bytes([55 - signature[64]])
    with world.reverts("PartySignatureInvalid", spare(1).address):
        world.parties.link(ann, spare(1).address, deadline, twin, sender=world.wallet("ann"))


def test_S4_nobody_is_not_a_wallet(world: World) -> None:
    ann = world.party["ann"]
    with world.reverts("PartySignatureInvalid", NOBODY):
        world.parties.link(ann, NOBODY, world.time + DAY, bytes(65), sender=world.wallet("ann"))


def test_a_contract_wallet_joins_by_its_owners_signature(world: World) -> None:
    ann = world.party["ann"]
    wallet = world.backend.deploy("OwnedWallet", spare(1).address)
    deadline, signature = sign_for(world, wallet.address, ann)
    world.parties.link(ann, wallet.address, deadline, signature, sender=world.wallet("ann"))
    assert world.parties.partyOf(wallet.address) == ann


def test_a_contract_wallet_refuses_a_strangers_signature(world: World) -> None:
    ann = world.party["ann"]
    wallet = world.backend.deploy("OwnedWallet", spare(2).address)
    deadline, signature = sign_for(world, wallet.address, ann)
    with world.reverts("PartySignatureInvalid", wallet.address):
        world.parties.link(ann, wallet.address, deadline, signature, sender=world.wallet("ann"))


@pytest.mark.parametrize("kind", ["GasBurnerWallet", "BombWallet", "ShortAnswerWallet"])
def test_S12_a_hostile_contract_wallet_is_merely_not_linked(world: World, kind: str) -> None:
    ann = world.party["ann"]
    wallet = world.backend.deploy(kind)
    with world.reverts("PartySignatureInvalid", wallet.address):
        world.parties.link(ann, wallet.address, world.time + DAY, b"", sender=world.wallet("ann"))
    world.link("ann", spare(1))


def sign_for(world: World, wallet: str, party: int) -> tuple[int, bytes]:
    """Spare wallet 1 signs in the name of a contract wallet."""
    deadline = world.time + DAY
    names = (("party", "uint32"), ("wallet", "address"), ("nonce", "uint256"), ("deadline", "uint256"))
    types = {"LinkWallet": [{"name": name, "type": kind} for name, kind in names]}
    domain = {
        "name": "Commonhold PartyRegistry", "version": "1", "chainId": world.backend.chain_id,
        "verifyingContract": world.parties.address,
    }  # fmt: skip
    message = {"party": party, "wallet": wallet, "nonce": 0, "deadline": deadline}
    return deadline, bytes(spare(1).sign_typed_data(domain, types, message).signature)


def test_a_wallet_belongs_to_one_party_only(world: World) -> None:
    world.link("ann", spare(1))
    ben = world.party["ben"]
    consent = world.sign("LinkWallet", spare(1), ben)
    with world.reverts("PartyWalletTaken", spare(1).address, world.party["ann"]):
        world.parties.link(ben, spare(1).address, *consent, sender=world.wallet("ben"))


def test_G1_a_party_has_at_most_32_wallets(world: World) -> None:
    for number in range(31):
        world.link("ann", spare(number))
    ann = world.party["ann"]
    consent = world.sign("LinkWallet", spare(31), ann)
    with world.reverts("PartyTooManyWallets", ann, 32):
        world.parties.link(ann, spare(31).address, *consent, sender=world.wallet("ann"))


def test_a_replaced_wallet_is_never_linked_again(world: World) -> None:
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    world.later(3 * DAY)
    world.recovery.completeRecovery(world.party["ann"], sender=world.wallet("stranger"))
    cleo, old = world.party["cleo"], world.wallet("ann")
    consent = world.sign("LinkWallet", account(6), cleo)
    with world.reverts("PartyWalletReplaced", old):
        world.parties.link(cleo, old, *consent, sender=world.wallet("cleo"))
    with world.reverts("PartyWalletReplaced", old):
        world.register(account(6))


def test_while_guardians_recover_the_party_the_old_wallet_links_nothing(world: World) -> None:
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    ann = world.party["ann"]
    consent = world.sign("LinkWallet", spare(2), ann)
    with world.reverts("PartyRecoveryRunning", ann, world.parties.recoveryUntil(ann)):
        world.parties.link(ann, spare(2).address, *consent, sender=world.wallet("ann"))


def test_linking_ends_a_recovery_by_the_manager(world: World) -> None:
    world.start_by_manager("ann", spare(1))
    assert world.parties.recoveryPending(world.party["ann"])
    world.link("ann", spare(2))
    assert not world.parties.recoveryPending(world.party["ann"])
    world.fund(world.wallet("ann"), 5)
    world.token.transfer(world.wallet("ben"), 5, sender=world.wallet("ann"))


def test_linking_clears_a_recovery_that_lapsed(world: World) -> None:
    world.guard("ann", ["ben"], 1)
    world.start_by_guardians("ann", ["ben"], spare(1))
    world.later(40 * DAY)
    world.link("ann", spare(2))
    assert world.parties.recoveryUntil(world.party["ann"]) == 0
