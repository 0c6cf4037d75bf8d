"""Tiered prices: what a metered use costs, line by line.

CUMULATIVE: each part of the use costs the price of its own tier (阶梯价). SLAB: all of it costs the
price of the tier it ends in. Tiers must follow each other without gap or overlap, from 0 to without end.

Line k = ⌊cost of the use up to tier k⌋ − ⌊cost of the use up to tier k − 1⌋, so the lines sum up to the whole
cost rounded down, for the payer; no cent is made or lost between them.

Quantities are thousandths of the unit of use [0.001 unit], prices base units per unit of use [cmt/unit].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

ONE: Final = 1_000  # a whole unit of use


class TierRefused(ValueError):
    """Tiers that leave a use without a price, or give it two; in words for a person."""


class Method(StrEnum):
    CUMULATIVE = "cumulative"
    SLAB = "slab"


@dataclass(frozen=True, slots=True)
class Tier:
    """From `start` (exclusive) to `end` (inclusive, None = without end) [0.001 unit]; price [cmt/unit]."""

    start: int
    end: int | None
    price: int


@dataclass(frozen=True, slots=True)
class TierLine:
    """A part of a use at one price. quantity [0.001 unit], price [cmt/unit], amount [cmt]."""

    quantity: int
    price: int
    amount: int


def _said(quantity: int | None) -> str:
    return "without end" if quantity is None else f"{quantity / ONE:g}"


def check(tiers: Sequence[Tier]) -> None:
    """Raises TierRefused, naming the place, unless every use has exactly one price."""
    if not tiers:
        raise TierRefused("there is no tier: give at least one, from 0 without an end")
    if tiers[0].start != 0:
        raise TierRefused(f"a use below {_said(tiers[0].start)} has no price: the first tier starts at 0")
    for tier in tiers:
        if tier.price < 0:
            raise TierRefused(f"the price from {_said(tier.start)} is negative")
        if tier.end is not None and tier.end <= tier.start:
            raise TierRefused(
                f"the tier from {_said(tier.start)} ends at {_said(tier.end)}, before it starts"
            )
    for lower, upper in pairwise(tiers):
        if lower.end is None or upper.start < lower.end:
            raise TierRefused(
                f"tiers overlap: one runs to {_said(lower.end)}, the next starts at {_said(upper.start)}"
            )
        if upper.start > lower.end:
            raise TierRefused(f"a use between {_said(lower.end)} and {_said(upper.start)} has no price")
    if tiers[-1].end is not None:
        raise TierRefused(f"a use above {_said(tiers[-1].end)} has no price: the last tier has no end")


def lines(tiers: Sequence[Tier], method: Method, use: int) -> list[TierLine]:
    """The lines of a use; none for no use. Their sum is ⌊exact cost⌋. [0.001 unit] → [cmt]"""
    check(tiers)
    if use < 0:
        raise TierRefused(f"a use of {_said(use)} is negative: a person has to look at the readings")
    if use == 0:
        return []
    if method is Method.SLAB:
        price = next(tier.price for tier in tiers if tier.end is None or use <= tier.end)
        return [TierLine(use, price, use * price // ONE)]
    found = []
    exact = 0  # [cmt × 0.001 unit]
    for tier in tiers:
        if use <= tier.start:
            break
        part = (use if tier.end is None else min(use, tier.end)) - tier.start
        before, exact = exact, exact + part * tier.price
        found.append(TierLine(part, tier.price, exact // ONE - before // ONE))
    return found
