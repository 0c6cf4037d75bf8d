"""payWithAuthorization: a payer's ERC-3009 signature pays, whoever sends it.

good ── pays as pay does · again, another account, another amount, after its end: refused
"""

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import reverts
from tests.fee_world import REASON
from tests.suite import typed_digest

TYPE = (
    "ReceiveWithAuthorization(address from,address to,uint256 value,"
    "uint256 validAfter,uint256 validBefore,bytes32 nonce)"
)


def signed(town: Town, amount: int, before: int) -> bytes:
    claim = (town.account, town.unit, town.category, town.ann.party)
    kinds = ["uint32", "uint32", "uint16", "uint32", "bytes32"]
    nonce = keccak(encode(kinds, [*claim, REASON]))
    world = town.world
    struct = keccak(
        encode(
            ["bytes32", "address", "address", "uint256", "uint256", "uint256", "bytes32"],
            [keccak(text=TYPE), town.ben.wallet, world.fees.address, amount, 0, before, nonce],
        )
    )
    return town.ben.sign(typed_digest("Community Token", world.token, struct))


def test_a_signature_pays_once_for_what_it_names(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    before = world.chain.timestamp + 60
    signature = signed(town, LINE, before)
    claim = (town.account, town.unit, town.category, town.ann.party)
    rest = (town.ben.wallet, 0, before, REASON, signature)
    other = world.subscribe(world.home(town.ann), town.category, town.ann)
    unit = world.account(other).unit
    with reverts("TokenSignatureInvalid", ...):
        world.fees.payWithAuthorization(
            other, unit, town.category, town.ann.party, LINE, *rest, sender=town.fund
        )
    with reverts("TokenSignatureInvalid", ...):
        world.fees.payWithAuthorization(*claim, LINE - 1, *rest, sender=town.fund)
    money = world.balance(town.ben)
    world.fees.payWithAuthorization(*claim, LINE, *rest, sender=town.fund)
    assert (world.balance(town.ben), world.balance(town.fund)) == (money - LINE, LINE)
    assert world.events("FeePaid")[0]["payer"] == town.ben.wallet
    with reverts("TokenAuthorizationUsed", ...):
        world.fees.payWithAuthorization(*claim, LINE, *rest, sender=town.fund)
    world.solvent()


def test_S5_a_signature_ends(town: Town):
    world = town.world
    before = world.chain.timestamp + 60
    signature = signed(town, LINE, before)
    world.chain.warp(before)
    claim = (town.account, town.unit, town.category, town.ann.party)
    with reverts("TokenAuthorizationExpired", ...):
        world.fees.payWithAuthorization(
            *claim, LINE, town.ben.wallet, 0, before, REASON, signature, sender=town.fund
        )
