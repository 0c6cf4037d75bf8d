"""Who says how much of the chain's coin a settlement may spend on gas."""

from typing import Protocol

from commonhold.errors import ChainError


class BudgetSpent(ChainError):
    """What may be spent on gas for now is spent; the run stays open and goes on when there is more.

    again: when that is, as far as is known [unix]
    """

    def __init__(self, message: str, hint: str = "", *, again: float = 0) -> None:
        super().__init__(message, hint)
        self.again = again


class Purse(Protocol):
    """A budget. Amounts in [wei], prices in [wei/gas]."""

    def most_gas(self, price: int) -> int:
        """The largest gas limit that a transaction at this price may ever have [gas]."""

    def take(self, most: int) -> None:
        """Lay so much aside before something is sent. Raises BudgetSpent."""

    def settle_up(self, taken: int, cost: int) -> None:
        """What was laid aside, and what it really cost."""
