"""Meter readings: what was used between two of them, and which ones a person has to look at.

A counter only ever goes up, and starts again at 0 after its last figure. A reading below the one before is a
roll-over, a new meter or a mistake; one that is far above is a leak or a mistake. Neither is billed before a
person says so. Values are thousandths of the unit of use [0.001 unit], days civil days [day].
"""

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    OPENING = "opening"  # the first of this meter: nothing to bill yet
    PLAIN = "plain"
    NEGATIVE = "negative"  # below the one before
    ROLLED_OVER = "rolled over"  # below the one before, as if the counter had started again
    IMPLAUSIBLE = "implausible"  # more than anybody uses
    OUT_OF_ORDER = "out of order"  # not after the one before


WAITING = frozenset({Finding.NEGATIVE, Finding.ROLLED_OVER, Finding.IMPLAUSIBLE, Finding.OUT_OF_ORDER})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a counter showed. value [0.001 unit]"""

    meter: str
    unit: str
    day: int
    value: int


@dataclass(frozen=True, slots=True)
class Counter:
    """What is plausible. rolls_at: the counter starts again there; most: highest use between two readings."""

    rolls_at: int
    most: int


@dataclass(frozen=True, slots=True)
class Use:
    """What was used between two readings, and what is odd about it. amount [0.001 unit]"""

    finding: Finding
    amount: int

    @property
    def waits(self) -> bool:
        """Whether a person has to confirm it first."""
        return self.finding in WAITING


def use_between(before: Reading | None, after: Reading, counter: Counter) -> Use:
    """The use of a meter. For a roll-over the amount is what it would be if it is one."""
    if before is None:
        return Use(Finding.OPENING, 0)
    if after.day <= before.day:
        return Use(Finding.OUT_OF_ORDER, 0)
    amount = after.value - before.value
    if amount < 0:
        around = amount + counter.rolls_at
        if 0 <= around <= counter.most:
            return Use(Finding.ROLLED_OVER, around)
        return Use(Finding.NEGATIVE, amount)
    return Use(Finding.PLAIN if amount <= counter.most else Finding.IMPLAUSIBLE, amount)
