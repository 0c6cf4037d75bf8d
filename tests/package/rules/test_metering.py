"""Meter readings: what is billed at once, and what waits for a person."""

import pytest

from commonhold.rules.metering import Counter, Finding, Reading, use_between

COUNTER = Counter(rolls_at=100_000_000, most=120_000)


def reading(value: int, day: int = 10) -> Reading:
    return Reading("W-1", "1-101", day, value)


@pytest.mark.parametrize(
    ("before", "after", "finding", "amount"),
    [
        (None, 5_000, Finding.OPENING, 0),
        (5_000, 5_000, Finding.PLAIN, 0),
        (5_000, 17_345, Finding.PLAIN, 12_345),
        (0, 120_000, Finding.PLAIN, 120_000),
        (0, 120_001, Finding.IMPLAUSIBLE, 120_001),
        (5_000, 4_999, Finding.NEGATIVE, -1),
        (99_990_000, 2_000, Finding.ROLLED_OVER, 12_000),
        (99_880_000, 0, Finding.ROLLED_OVER, 120_000),
        (99_879_999, 0, Finding.NEGATIVE, -99_879_999),
    ],
)
def test_what_a_reading_says(before: int | None, after: int, finding: Finding, amount: int) -> None:
    use = use_between(None if before is None else reading(before), reading(after, 40), COUNTER)
    assert (use.finding, use.amount) == (finding, amount)
    assert use.waits == (finding not in (Finding.OPENING, Finding.PLAIN))


@pytest.mark.parametrize("day", [9, 10])
def test_a_reading_that_is_not_later_waits(day: int) -> None:
    assert use_between(reading(1_000), reading(2_000, day), COUNTER) == use_between(
        reading(9_000), reading(1, day), COUNTER
    )
    assert use_between(reading(1_000), reading(2_000, day), COUNTER).finding is Finding.OUT_OF_ORDER
