"""payWithAuthorization: a payment that its payer signed and somebody else submits.

signature ── of the payer over lease, tenant, terms and amount: taken
  any of them altered, another payer: refused
time ── before it is valid, after it: refused · once only
receipt ── names the payer, not who submitted
"""

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.LeaseAgreement.offers import RENT, account
from tests.lease_world import Gains, World, sign_typed

SALT = keccak(b"one payment")


class Paper:
    """What the payer signed, and its submission with some parts altered."""

    def __init__(self, world: World, lease: int, *, payer: str = "ben", amount: int = RENT) -> None:
        self.world, now = world, world.backend.time()
        self.values = {
            "lease": lease, "tenant": world.party["ann"], "amount": amount,
            "termsHash": world.terms_hash[lease],
            "payer": world.wallet(payer), "validAfter": now - 1, "validBefore": now + 600, "salt": SALT,
        }  # fmt: skip
        inner = [self.values[name] for name in ("lease", "tenant", "termsHash", "salt")]
        self.nonce = keccak(encode(["uint32", "uint32", "bytes32", "bytes32"], inner))
        message = {
            "from": self.values["payer"], "to": world.leases.address, "value": amount,
            "validAfter": self.values["validAfter"], "validBefore": self.values["validBefore"],
            "nonce": self.nonce,
        }  # fmt: skip
        kinds = ("address", "address", "uint256", "uint256", "uint256", "bytes32")
        fields = [{"name": name, "type": kind} for name, kind in zip(message, kinds, strict=True)]
        domain = world.domain("Community Token", world.token)
        self.signature = sign_typed(payer, domain, {"ReceiveWithAuthorization": fields}, message)

    def submit(self, **other) -> None:
        values = [*(self.values | other).values(), self.signature]
        self.world.leases.payWithAuthorization(*values, sender=self.world.wallet("stranger"))


def test_a_signed_payment_is_submitted_by_anybody(world: World, lease: int):
    world.revoke_mandate("ben")
    gains = Gains(world)
    Paper(world, lease, amount=RENT + 9).submit()
    (event,) = world.events("RentPaid")
    assert (event["payer"], event["principal"], event["prepaid"]) == (world.wallet("ben"), RENT, 9)
    assert gains.of("ben", "ann", "landlord") == (-RENT - 9, 0, RENT)
    assert account(world, lease)[3:5] == (RENT, 9)
    assert world.leases.held() == world.token.balanceOf(world.leases) == 9


def test_it_is_paid_once(world: World, lease: int):
    paper = Paper(world, lease, amount=5)
    paper.submit()
    with world.reverts("TokenAuthorizationUsed", world.wallet("ben"), paper.nonce):
        paper.submit()


@pytest.mark.parametrize("change", ["amount", "payer", "salt"])
def test_s10_nothing_signed_can_be_altered(world: World, lease: int, change: str):
    other = {"amount": 2 * RENT, "payer": world.wallet("cleo"), "salt": keccak(b"another")}
    gains = Gains(world)
    with world.reverts("TokenSignatureInvalid", ...):
        Paper(world, lease).submit(**{change: other[change]})
    assert gains.of("ben", "cleo") == (0, 0)


def test_s10_it_cannot_be_turned_to_another_lease_or_tenant(world: World, lease: int):
    other = world.activate("cleo")
    paper = Paper(world, lease)
    with world.reverts("LeaseTermsMismatch", other, world.terms_hash[lease]):
        paper.submit(lease=other)
    with world.reverts("TokenSignatureInvalid", ...):
        paper.submit(lease=other, tenant=world.party["cleo"], termsHash=world.terms_hash[other])
    with world.reverts("LeaseTenantUnknown", lease, world.party["cleo"]):
        paper.submit(tenant=world.party["cleo"])


def test_its_time_is_kept(world: World, lease: int):
    paper = Paper(world, lease)
    world.backend.next_block_at(paper.values["validBefore"])
    with world.reverts("TokenAuthorizationExpired", ...):
        paper.submit()


def test_too_much_is_refused_whole(world: World, lease: int):
    gains = Gains(world)
    with world.reverts("LeasePaymentTooLarge", lease, 13 * RENT, 12 * RENT):
        Paper(world, lease, amount=13 * RENT).submit()
    assert gains.of("ben") == 0


def test_nothing_is_not_a_payment(world: World, lease: int):
    with world.reverts("LeaseAmountZero"):
        Paper(world, lease, amount=0).submit()
