"""Reserve and RedemptionDesk: money that comes from stablecoins or leaves to the bank."""

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
