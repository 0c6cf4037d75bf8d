"""safeTransferFrom without data: like every call of ERC-721 that would move a unit, it moves none."""

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.registry_world import World


def test_the_short_form_moves_no_unit_either(exact: World) -> None:
    unit, ann = exact.unit("ann"), exact.wallet("ann")
    selector = keccak(text="safeTransferFrom(address,address,uint256)")[:4]
    data = selector + encode(["address", "address", "uint256"], [ann, exact.wallet("ben"), unit])
    with exact.reverts("UnitMovesByTransferOnly", unit):
        exact.backend.chain.send(ann, exact.units.address, data)  # type: ignore[attr-defined]
    assert exact.units.ownerOf(unit) == ann
