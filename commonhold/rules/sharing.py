"""Shared costs: an invoice divided so that the lines sum up to it exactly (largest remainder, 公摊).

Everybody first gets his exact share rounded down; the units that are left go one each to the largest
fractions, and among equal ones to who stands first. So nobody is a base unit away from his exact share.
"""

from collections.abc import Sequence


class SharingRefused(ValueError):
    """A cost that cannot be shared; in words for a person."""


def largest_remainder(invoice: int, weights: Sequence[int]) -> list[int]:
    """The parts of an invoice by weight; their sum is the invoice. [cmt]"""
    if invoice < 0:
        raise SharingRefused("the invoice is negative: a refund is a credit note, not a shared cost")
    if any(weight < 0 for weight in weights):
        raise SharingRefused("a weight is negative")
    whole = sum(weights)
    if whole == 0:
        raise SharingRefused("nobody shares this cost: all weights are 0")
    parts = [invoice * weight // whole for weight in weights]
    left = invoice - sum(parts)
    # the largest fraction first, then the first in line
    order = sorted(range(len(weights)), key=lambda i: (-(invoice * weights[i] % whole), i))
    for index in order[:left]:
        parts[index] += 1
    return parts
