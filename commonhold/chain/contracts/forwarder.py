"""CommunityForwarder: carries out requests that residents signed and somebody else pays the gas for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract


@dataclass(frozen=True, slots=True)
class ForwardRequest:
    """What a resident signed. gas in [gas], value in [wei], deadline in [unix]."""

    sender: str
    to: str
    value: int
    gas: int
    deadline: int
    data: bytes
    signature: bytes


class CommunityForwarder(Contract):
    """The sponsor's door (ERC-2771)."""

    NAME = "CommunityForwarder"

    def execute(self, request: ForwardRequest) -> Call:
        return self.call("execute", request)

    def verify(self, request: ForwardRequest) -> bool:
        return bool(self.read("verify", request))

    def nonce(self, signer: str) -> int:
        return int(self.read("nonces", signer))

    def typed_data(self, sender: str, call: Call, *, gas: int, deadline: int) -> Mapping[str, Any]:
        """What the resident's wallet signs so that anybody may submit `call` in his name."""
        fields = "from:address to:address value:uint256 gas:uint256 nonce:uint256 deadline:uint48 data:bytes"
        domain = "name:string version:string chainId:uint256 verifyingContract:address"
        return {
            "types": {
                "EIP712Domain": _members(domain),
                "ForwardRequest": _members(fields),
            },
            "primaryType": "ForwardRequest",
            "domain": self.domain(),
            "message": {
                "from": sender,
                "to": call.to,
                "value": str(call.value),
                "gas": str(gas),
                "nonce": str(self.nonce(sender)),
                "deadline": str(deadline),
                "data": "0x" + call.data.hex(),
            },
        }


def _members(text: str) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in (part.split(":") for part in text.split())]
