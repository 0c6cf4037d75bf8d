"""Shared costs by largest remainder: the lines are the invoice, nobody is a unit away from his share."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.rules.sharing import SharingRefused, largest_remainder


@pytest.mark.parametrize(
    ("invoice", "weights", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (1, [1, 1], [1, 0]),
        (100, [2, 3, 5], [20, 30, 50]),
        (7, [0, 1, 0], [0, 7, 0]),
        (5, [1, 2, 4], [1, 1, 3]),
        (0, [1, 2], [0, 0]),
    ],
)
def test_worked_examples(invoice: int, weights: list[int], parts: list[int]) -> None:
    assert largest_remainder(invoice, weights) == parts


@given(invoice=st.integers(0, 10**15), weights=st.lists(st.integers(0, 10**7), min_size=1, max_size=40))
def test_R1_an_odd_split_neither_burns_nor_makes_a_unit(invoice: int, weights: list[int]) -> None:
    if sum(weights) == 0:
        with pytest.raises(SharingRefused, match="nobody"):
            largest_remainder(invoice, weights)
        return
    parts = largest_remainder(invoice, weights)
    assert sum(parts) == invoice
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(invoice * weight, sum(weights))) < 1
        assert weight or not part


def test_what_cannot_be_shared_is_refused() -> None:
    for invoice, weights, words in ((-1, [1], "credit note"), (1, [2, -1], "negative"), (1, [], "nobody")):
        with pytest.raises(SharingRefused, match=words):
            largest_remainder(invoice, weights)
