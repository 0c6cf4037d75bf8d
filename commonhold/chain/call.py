"""An unsigned request. Wrappers make them, `send` sends them, pages show them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """A call that changes something. `to` None creates a contract; `value` is in [wei].

    contract, function: names, for messages and journals; "LeaseAgreement", "pay".
    """

    to: str | None
    data: bytes
    contract: str
    function: str
    value: int = 0

    @property
    def label(self) -> str:
        return f"{self.contract}.{self.function}"

    def request(self, sender: str) -> dict[str, Any]:
        """As the parameters of eth_call and eth_estimateGas."""
        fields: dict[str, Any] = {"from": sender, "data": "0x" + self.data.hex()}
        if self.to is not None:
            fields["to"] = self.to
        if self.value:
            fields["value"] = hex(self.value)
        return fields
