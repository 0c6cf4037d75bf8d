"""Who gets what: shares of a joint sum, and the sums that one call owes to each party. [cmt]"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from commonhold.rules.codes import Code
from commonhold.rules.rent import share_of


class Collected(NamedTuple):
    """The token's answer for one item."""

    code: Code
    amount: int  # [cmt]


Collect = Callable[[Sequence[tuple[int, int]]], Sequence[Collected]]
"""Asks the token for a list of (party, amount); an amount of 0 is skipped and answers NONE."""


class Outgo(dict[int, int]):
    """One sum per party [cmt], paid once at the end of a call."""

    def add(self, party: int, amount: int) -> None:
        """A further share of a party; nothing is kept for 0."""
        if amount:
            self[party] = self.get(party, 0) + amount


def split(shares: Sequence[int], amount: int) -> tuple[int, ...]:
    """The tenants' parts of a sum: each rounded down, the last takes the rest. [bps], [cmt]"""
    return tuple(share_of(shares, index, amount) for index in range(len(shares)))
