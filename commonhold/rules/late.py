"""Late fees: simple daily interest on the unpaid principal of each period, as one closed formula between
two touches.

Between two touches of an account, days a < b, the accrual grows by

    Σ over labels k of unpaid_k × rate × |(a, b] ∩ (due_k + grace, due_k + grace + most]|      [cmt × bps ×
    days]

with unpaid_k the part of label k that is not covered by what was discharged and the prepaid cash together,
oldest first. A fee account is the same with months for labels. The accrual is kept undivided and rounded
down, for who owes it, only when a fee is read or paid. The contracts' twins are `RentMath.lateUnits` and
`FeeMath.lateUnits`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commonhold.rules.rent import BPS, Schedule, share_of


@dataclass(frozen=True, slots=True)
class Dues:
    """When the labels of an account fall due, and what each leaves unpaid."""

    last_due: Callable[[int], int]  # the last label due by the end of a day; before the first, one less
    due_day: Callable[[int], int]  # of a label
    unpaid: Callable[[int], int]  # of all labels up to one [cmt]


def overdue_units(dues: Dues, a: int, b: int, grace: int, most: int) -> int:
    """Unpaid principal × late days of one account between the touched days a and b. [cmt × days]

    At most some 14 labels at each edge of the window are walked; the labels between them have all their days
    inside and are one product.
    """
    if b <= a or most == 0:
        return 0
    high = dues.last_due(b - grace - 1)
    if dues.unpaid(high) == 0:
        return 0
    label = dues.last_due(a - grace - most) + 1
    whole_from = dues.last_due(a - grace - 1) + 1
    whole_until = dues.last_due(b - grace - most)
    units, before = 0, dues.unpaid(label - 1)
    while label <= high:
        if label == whole_from and label < whole_until:
            after, days, label = dues.unpaid(whole_until), most, whole_until
        else:
            begin = dues.due_day(label) + grace
            after, days = dues.unpaid(label), min(b, begin + most) - max(a, begin)
        units += (after - before) * max(0, days)
        before = after
        label += 1
    return units


def late_units(
    schedule: Schedule,
    shares: Sequence[int],
    index: int,
    covered: int,
    a: int,
    b: int,
    grace: int,
    most: int,
) -> int:
    """`overdue_units` of one account of a lease. [cmt × days]

    `covered` is principal discharged plus prepaid cash of the account [cmt].
    """

    def unpaid(label: int) -> int:
        return max(0, share_of(shares, index, schedule.cum(label)) - covered)

    return overdue_units(Dues(schedule.last_label_due, schedule.due_day, unpaid), a, b, grace, most)


def accrue(
    schedule: Schedule,
    shares: Sequence[int],
    index: int,
    covered: int,
    a: int,
    b: int,
    grace: int,
    rate: int,
    most: int,
) -> int:
    """What the touch of day b adds to the accrual since day a. [cmt × bps × days]"""
    return rate * late_units(schedule, shares, index, covered, a, b, grace, most)


def fee_of(accrual: int) -> int:
    """The late fee owed: the accrual, rounded down for the tenant. [cmt × bps × days] → [cmt]"""
    return accrual // BPS
