"""FeeMath against its Python twin and against counting day by day.

index and levels ── random versions, sizes, shares · Σ lines = the difference of levels · area rounding
days ── first and last months of every length, leap years · due days with both kinds of bounds
late units ── windows before, inside and after the late days · equal to a count of single days
plans ── equal parts on clamped days, the last takes the rest
"""

from dataclasses import replace
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from commonhold.rules.calendar import day_number, days_in_month, first_of, month_of
from commonhold.rules.fees import FeeTerms, instalments_due
from commonhold.rules.tariff import Category, CategoryKind, Tariff
from tests.evm import Chain, Contract

START = month_of(day_number(2026, 1, 1))
EPOCHS = [
    day_number(year, month, 1) for year, month in ((2026, 1), (2027, 12), (2028, 2), (2100, 2), (2400, 2))
]


@cache
def harness() -> Contract:
    return Chain().deploy("FeeHarness")


@st.composite
def tariffs(draw: st.DrawFn, first: int) -> Tariff:
    found = Tariff()
    month = first - draw(st.integers(-2, 30))
    for _ in range(draw(st.integers(0, 4))):
        found = found.approved(month, draw(st.sampled_from((0, 1, 333, 2_500_000, 10**9))))
        month += draw(st.integers(1, 9))
    return found


@st.composite
def terms(draw: st.DrawFn) -> FeeTerms:
    begin = draw(st.sampled_from(EPOCHS)) + draw(st.integers(0, 40))
    opened = begin + draw(st.sampled_from((0, 0, 0, 3, 62)))
    until = draw(st.sampled_from((0, begin, begin + draw(st.integers(1, 500)))))
    category = Category(
        CategoryKind.AREA, 1, due_day=draw(st.integers(1, 28)), due_month=draw(st.integers(0, 1)),
        grace_days=draw(st.sampled_from((0, 1, 15, 60))), late_fee_rate=5,
        late_fee_max_days=draw(st.sampled_from((0, 1, 30, 400))),
    )  # fmt: skip
    end_due = max(until - 1, opened) + draw(st.sampled_from((0, 0, 20))) if until else 0
    return FeeTerms(
        category, draw(tariffs(month_of(begin))), draw(st.sampled_from((1, 99, 100, 8_937, 10**7))),
        draw(st.sampled_from((10_000, 7_000, 1))), begin, opened, until, end_due,
    )  # fmt: skip


def plain(t: FeeTerms) -> tuple[object, ...]:
    words = [v.month | v.rate << 16 | v.before << 80 for v in t.tariff.versions]
    return (
        words, t.size, t.share, t.category.due_day, t.category.due_month,
        t.from_day, t.open_day, t.until_day, t.end_due,
    )  # fmt: skip


@given(terms())
def test_levels_due_days_and_months_due_equal_the_twin(t: FeeTerms):
    months = range(t.first, (t.last if t.last is not None else t.first + 20) + 3)
    days = range(t.from_day - 5, t.from_day + 130)
    levels, due_days, due = harness().look(plain(t), months.start, len(months), days.start, len(days))
    assert list(levels) == [t.level(month) for month in months]
    assert list(due_days) == [t.due_day(month) for month in months]
    assert list(due) == [t.last_due(day) for day in days]


@given(terms())
def test_lines_are_never_negative_and_add_up(t: FeeTerms):
    """Peer bug: the sum of rounded lines differs from the bill."""
    months = range(t.first, t.first + 40)
    lines = [t.line(month) for month in months]
    assert all(line >= 0 for line in lines)
    assert sum(lines) == t.level(months[-1]) - t.begin


@given(terms(), st.integers(0, 800), st.integers(0, 500), st.integers(0, 100))
def test_late_units_equal_the_twin_and_a_count_of_days(t: FeeTerms, after: int, window: int, part: int):
    a = t.open_day + after
    b, grace, most = a + window, t.category.grace_days, t.category.late_fee_max_days
    level = t.begin + (t.level(t.first + 12) - t.begin) * part // 100
    (units,) = harness().lateUnits(plain(t), [a | b << 64 | level << 128], grace, most)
    assert units == t.late_units(level, a, b)
    counted = 0
    for month in range(t.first, t.last_due(b) + 1):
        open_line = max(0, t.level(month) - level) - max(0, t.level(month - 1) - level)
        due = t.due_day(month)
        counted += open_line * max(0, min(b, due + grace + most) - max(a, due + grace))
    assert units == counted


@given(terms(), st.integers(1, 400), st.integers(1, 399))
def test_a_window_cut_in_two_gives_the_same_units(t: FeeTerms, window: int, cut: int):
    a = t.open_day
    b, middle = a + window, a + min(cut, window)
    assert t.late_units(t.begin, a, b) == t.late_units(t.begin, a, middle) + t.late_units(t.begin, middle, b)


@given(st.sampled_from(EPOCHS), st.integers(0, 13), st.integers(1, 31), st.integers(1, 10**7))
def test_a_month_shared_by_days_never_costs_more_and_at_most_two_units_less(
    epoch: int, ahead: int, day: int, size: int
):
    month = month_of(epoch) + ahead
    middle = first_of(month) + min(day, days_in_month(month)) - 1
    tariff = Tariff().approved(month - 3, 2_345_678)
    whole = FeeTerms(Category(CategoryKind.AREA, 1), tariff, size, 10_000, first_of(month), first_of(month))
    mine = replace(whole, until_day=middle, end_due=middle)
    yours = replace(whole, from_day=middle, open_day=middle)
    parts = mine.end - mine.begin + yours.line(month)
    assert whole.line(month) - 2 <= parts <= whole.line(month)


@given(st.integers(2, 10**12), st.integers(2, 36), st.sampled_from(EPOCHS), st.integers(0, 60))
def test_instalments_equal_the_twin_and_end_with_the_whole(total: int, count: int, epoch: int, ahead: int):
    first = epoch + ahead
    found = list(harness().instalmentsDue(total, count, first, first - 2, 1_200))
    assert found == [instalments_due(total, count, first, first - 2 + i) for i in range(1_200)]
    assert found[:2] == [0, 0]
    assert found[2] == total // count
    assert found[-1] == total
    assert len(set(found)) <= count + 1
