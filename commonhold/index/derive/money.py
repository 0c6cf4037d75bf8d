"""Balances and mandates. Amounts [cmt], months [month]."""

from typing import Any

from commonhold.index.derive.when import NOBODY, Handler, When
from commonhold.index.rows import Rows


class Money:
    """CommunityToken."""

    def __init__(self, rows: Rows) -> None:
        self._balances = rows["balances"]
        self._mandates = rows["mandates"]

    def handlers(self) -> dict[str, Handler]:
        return {
            "Transfer": self.transfer,
            "MandateSet": self.mandate_set,
            "MandateRevoked": self.mandate_revoked,
            "WalletReplaced": self.wallet_replaced,
        }

    def transfer(self, values: tuple[Any, ...], when: When) -> None:
        sender, receiver, amount = values
        if sender != NOBODY:
            self._add(sender, -amount)
        if receiver != NOBODY:
            self._add(receiver, amount)

    def _add(self, wallet: str, amount: int) -> None:
        row = self._balances.change(wallet)
        if row is None:
            self._balances.put({"wallet": wallet, "balance": amount})
        else:
            row["balance"] += amount

    def mandate_set(self, values: tuple[Any, ...], when: When) -> None:
        wallet, limit, collectors, expiry, partial = values
        self._mandates.put(
            {
                "wallet": wallet,
                "limit": limit,
                "collectors": collectors,
                "expiry_month": expiry,
                "partial": int(partial),
            }
        )

    def mandate_revoked(self, values: tuple[Any, ...], when: When) -> None:
        self._mandates.drop(values[0])

    def wallet_replaced(self, values: tuple[Any, ...], when: When) -> None:
        """The mandate moves to a wallet that has none; the balance moves by its own Transfer."""
        old, new, _ = values
        before = self._mandates.get(old)
        if before is not None and self._mandates.get(new) is None:
            self._mandates.put({**before, "wallet": new})
        self._mandates.drop(old)
