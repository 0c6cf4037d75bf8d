"""The parts of an instalment plan: those due and unpaid, against what `instalments_due` lets fall due."""

from hypothesis import example, given
from hypothesis import strategies as st

from commonhold.rules.calendar import first_of
from commonhold.rules.fees import instalment_day, instalments_due, instalments_open

START = first_of(672)


@given(
    st.integers(1, 10**9), st.floats(0, 1), st.integers(1, 60), st.integers(0, 1_000), st.integers(-5, 2_000)
)
@example(100, 0.0, 3, 30, 0)
def test_open_parts_are_what_has_fallen_due_less_what_was_paid(
    total: int, part: float, count: int, begin: int, after: int
) -> None:
    paid, first, day = int(total * part), START + begin, START + begin + after
    found = instalments_open(total, paid, count, first, day)
    assert sum(unpaid for _, unpaid in found) == max(0, instalments_due(total, count, first, day) - paid)
    days = [due_day for due_day, _ in found]
    assert days == sorted(set(days)) and all(first <= due_day <= day for due_day in days)
    every = [instalment_day(first, number) for number in range(count)]
    assert set(days) <= set(every) and all(unpaid > 0 for _, unpaid in found)


def test_a_payment_covers_the_oldest_part_first() -> None:
    days = [instalment_day(START, number) for number in range(4)]
    late = days[-1] + 1
    assert instalments_open(101, 0, 4, START, late) == list(zip(days, (25, 25, 25, 26), strict=True))
    assert instalments_open(101, 30, 4, START, late) == list(zip(days[1:], (20, 25, 26), strict=True))
    assert instalments_open(101, 101, 4, START, late) == []
    assert instalments_open(101, 0, 4, START, START - 1) == []
