"""execute(request)

- a signed request acts in its author's name, paid for by anybody
- another signer, a changed call, a used nonce or a past deadline reverts
- role functions refuse what comes through the forwarder, even from the right officer
- the forwarder itself holds no role and cannot speak for anybody
"""

from typing import Any

import pytest

from tests.registry_world import DAY, NOTHING, World, account, spare


def request(world: World, signer: Any, data: bytes, to: Any, deadline: int | None = None) -> list[Any]:
    deadline = deadline or world.time + 600
    fields = {
        "from": signer.address, "to": to.address, "value": 0, "gas": 1_000_000,
        "nonce": world.forwarder.nonces(signer.address), "deadline": deadline, "data": data,
    }  # fmt: skip
    kinds = ("address", "address", "uint256", "uint256", "uint256", "uint48", "bytes")
    types = {"ForwardRequest": [{"name": n, "type": k} for n, k in zip(fields, kinds, strict=True)]}
    domain = {
        "name": "Commonhold Forwarder", "version": "1", "chainId": world.backend.chain_id,
        "verifyingContract": world.forwarder.address,
    }  # fmt: skip
    signature = bytes(signer.sign_typed_data(domain, types, fields).signature)
    return [signer.address, to.address, 0, 1_000_000, deadline, data, signature]


def test_a_resident_without_any_coin_acts_through_a_sponsor(world: World) -> None:
    world.link("ann", spare(1))
    data = world.parties.data("switchWallet", spare(1).address)
    world.forward("ann", world.parties, data)
    assert world.parties.walletOf(world.party["ann"]) == spare(1).address


def test_a_request_changed_after_signing_is_refused(world: World) -> None:
    made = request(world, account(6), world.parties.data("raiseLinkNonce"), world.parties)
    made[5] = world.parties.data("setCollectingConsent", True)
    with world.reverts("ERC2771ForwarderInvalidSigner", ...):
        world.forwarder.execute(tuple(made), sender=world.wallet("stranger"))


def test_W8_a_request_runs_once(world: World) -> None:
    made = request(world, account(6), world.parties.data("raiseLinkNonce"), world.parties)
    world.forwarder.execute(tuple(made), sender=world.wallet("stranger"))
    assert world.parties.linkNonce(world.wallet("ann")) == 2
    with world.reverts("ERC2771ForwarderInvalidSigner", ...):
        world.forwarder.execute(tuple(made), sender=world.wallet("stranger"))
    assert world.parties.linkNonce(world.wallet("ann")) == 2


def test_a_request_past_its_deadline_is_refused(world: World) -> None:
    data = world.parties.data("raiseLinkNonce")
    made = request(world, account(6), data, world.parties, deadline=world.time + 100)
    world.later(102)
    with world.reverts("ERC2771ForwarderExpiredRequest", made[4]):
        world.forwarder.execute(tuple(made), sender=world.wallet("stranger"))


def test_E5_a_target_that_does_not_trust_the_forwarder_is_refused(world: World) -> None:
    made = request(world, account(6), world.access.data("acceptAdmin"), world.access)
    with world.reverts("ERC2771UntrustfulTarget", world.access.address, world.forwarder.address):
        world.forwarder.execute(tuple(made), sender=world.wallet("stranger"))


GUARDED_CALLS = [
    ("parties", "manager", "register", (1, b"\x01" * 32, "0x" + "00" * 20, 0, b"")),
    ("parties", "officer", "setSuspended", (1, True, NOTHING)),
    ("recovery", "committee", "confirmRecovery", (1, "0x" + "11" * 20)),
    ("units", "manager", "register", (1, 1, 1, 100, 0)),
    ("transfers", "manager", "confirmTransfer", (1, 1)),
    ("token", "committee", "liftFreeze", ("0x" + "11" * 20,)),
]


@pytest.mark.parametrize(("contract", "officer", "function", "arguments"), GUARDED_CALLS)
def test_A8_officers_cannot_use_the_forwarder(
    world: World, contract: str, officer: str, function: str, arguments: tuple[Any, ...]
) -> None:
    target = getattr(world, contract)
    with world.reverts("FailedCall"):
        world.forward(officer, target, target.data(function, *arguments))


def test_A8_the_relayer_moves_nothing_of_its_own(world: World) -> None:
    for role in range(10):
        assert not world.access.hasRole(role, world.forwarder.address)[0]
    assert world.token.balanceOf(world.forwarder.address) == 0
    assert world.forwarder.VERSION() == "1"
    assert DAY
