"""Reserve and RedemptionDesk: money that comes from stablecoins or leaves to the bank."""

from dataclasses import dataclass

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract


class Reserve(Contract):
    """The only door for other tokens."""

    NAME = "Reserve"

    def enter(self, asset: str, paid: int) -> Call:
        """paid: in the asset's own base units; the caller has approved it to this contract."""
        return self.call("enter", asset, paid)

    def exit(self, asset: str, amount: int, to: str, least: int) -> Call:
        """amount [cmt]; least: smallest sum that must arrive, in the asset's own base units."""
        return self.call("exit", asset, amount, to, least)

    def list_asset(self, asset: str, ceiling: int) -> Call:
        """ceiling: most community money that may stand against it [cmt]."""
        return self.call("listAsset", asset, ceiling)


class RedemptionDesk(Contract):
    """Community money back into bank money, by request. Amounts in [cmt]."""

    NAME = "RedemptionDesk"

    def request(self, amount: int, payout_hash: bytes) -> Call:
        return self.call("request", amount, payout_hash)

    def take_back(self, redemption: int) -> Call:
        return self.call("takeBack", redemption)

    def complete(self, redemption: int, bank_reference: bytes) -> Call:
        return self.call("complete", redemption, bank_reference)

    def refuse(self, redemption: int, reason_hash: bytes) -> Call:
        return self.call("refuse", redemption, reason_hash)

    def redemptions(self, first: int = 1, block: int | str = "latest") -> list["Redemption"]:
        """All requests from number `first` on."""
        count = int(self.read("redemptionCount", block=block))
        ids = range(first, count + 1)
        found = self.read_many([("redemptionOf", (one,)) for one in ids], block=block)
        return [
            Redemption(number, str(holder), int(amount), int(since), REDEMPTION_STATES[int(state)])
            for number, (holder, amount, since, state) in zip(ids, found, strict=True)
        ]


REDEMPTION_STATES = ("none", "requested", "completed", "refused", "taken back")


@dataclass(frozen=True, slots=True)
class Redemption:
    """A request at the desk. amount [cmt], requested_at [unix]; state: one of REDEMPTION_STATES."""

    number: int
    holder: str
    amount: int
    requested_at: int
    state: str
