"""Tiered prices.

check ── no tier, not from 0, a gap, an overlap, an end before the start or none above ── refused
cumulative ── each part at its own price; slab ── all at the price of the tier it ends in
both ── the lines sum up to the exact cost rounded down
"""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.rules.tiers import ONE, Method, Tier, TierRefused, check, lines

CMT = 10**6
WATER = (
    Tier(0, 10 * ONE, 2_850_000),
    Tier(10 * ONE, 15 * ONE, 4_100_000),
    Tier(15 * ONE, None, 7_850_000),
)


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        ([], "no tier"),
        ([Tier(1, None, 1)], "below 0.001 has no price"),
        ([Tier(0, 10, 1)], "above 0.01 has no price"),
        ([Tier(0, 10, 1), Tier(11, None, 1)], "between 0.01 and 0.011 has no price"),
        ([Tier(0, 10, 1), Tier(9, None, 1)], "overlap: one runs to 0.01, the next starts at 0.009"),
        ([Tier(0, None, 1), Tier(10, None, 1)], "overlap: one runs to without end"),
        ([Tier(0, 0, 1), Tier(0, None, 1)], "ends at 0, before it starts"),
        ([Tier(0, None, -1)], "negative"),
    ],
)
def test_gaps_and_overlaps_are_refused_with_their_place(tiers: list[Tier], words: str) -> None:
    with pytest.raises(TierRefused, match=words):
        check(tiers)
    with pytest.raises(TierRefused):
        lines(tiers, Method.CUMULATIVE, 1)


@pytest.mark.parametrize(
    ("use", "amounts"),
    [
        (0, []),
        (10 * ONE, [28_500_000]),
        (10 * ONE + 1, [28_500_000, 4_100]),
        (15 * ONE, [28_500_000, 20_500_000]),
        (16 * ONE, [28_500_000, 20_500_000, 7_850_000]),
    ],
)
def test_each_part_costs_the_price_of_its_own_tier(use: int, amounts: list[int]) -> None:
    assert [line.amount for line in lines(WATER, Method.CUMULATIVE, use)] == amounts


@pytest.mark.parametrize(
    ("use", "price"), [(10 * ONE, 2_850_000), (10 * ONE + 1, 4_100_000), (99 * ONE, 7_850_000)]
)
def test_a_slab_prices_the_whole_use_by_where_it_ends(use: int, price: int) -> None:
    (line,) = lines(WATER, Method.SLAB, use)
    assert (line.quantity, line.price, line.amount) == (use, price, use * price // ONE)


def test_a_negative_use_waits_for_a_person() -> None:
    with pytest.raises(TierRefused, match="negative"):
        lines(WATER, Method.CUMULATIVE, -1)


ladders = st.lists(st.integers(1, 50_000), min_size=1, max_size=6, unique=True).map(sorted)


@given(
    ends=ladders, prices=st.lists(st.integers(0, 10**9), min_size=7, max_size=7), use=st.integers(0, 10**6)
)
def test_the_lines_sum_up_to_the_exact_cost_rounded_down(
    ends: list[int], prices: list[int], use: int
) -> None:
    """The peer bug: the sum of rounded lines differing from the invoice."""
    bounds = [0, *ends, None]
    tiers = [Tier(a or 0, b, p) for a, b, p in zip(bounds, bounds[1:], prices, strict=False)]
    found = lines(tiers, Method.CUMULATIVE, use)
    exact = sum(
        Fraction(max(0, (use if tier.end is None else min(use, tier.end)) - tier.start) * tier.price, ONE)
        for tier in tiers
    )
    assert sum(line.amount for line in found) == int(exact)
    assert sum(line.quantity for line in found) == use
    for line in found:
        assert abs(line.amount - Fraction(line.quantity * line.price, ONE)) < 1


@given(ends=ladders, use=st.integers(0, 60_000))
def test_one_thousandth_more_never_costs_less(ends: list[int], use: int) -> None:
    bounds = [0, *ends, None]
    tiers = [Tier(a or 0, b, 1_000 * i) for i, (a, b) in enumerate(pairwise(bounds))]
    for method in Method:
        less, more = (sum(line.amount for line in lines(tiers, method, use + more)) for more in (0, 1))
        assert less <= more
