"""The civil calendar.

Branches: anchor below 29 or not · clamped or not · label of a day before, on and after the boundary,
clamped or not · negative months (before 1970) · dates that do not exist · moments on both sides of local
midnight.
"""

import itertools
from datetime import date, datetime, timedelta, timezone

import pytest

from commonhold.rules.calendar import (
    boundary,
    civil,
    day_number,
    day_of,
    days_in_month,
    first_of,
    label_of,
    month_day,
    month_of,
)

EPOCH = date(1970, 1, 1)
SHANGHAI = 28_800


def test_every_day_from_1970_to_2199_agrees_with_datetime() -> None:
    when = EPOCH
    for day in range((date(2200, 1, 1) - EPOCH).days):
        assert civil(day) == (when.year, when.month, when.day)
        assert month_day(day) == ((when.year - 1970) * 12 + when.month - 1, when.day)
        assert day_number(when.year, when.month, when.day) == day
        when += timedelta(days=1)


def test_days_before_1970_and_far_ahead_agree_with_datetime() -> None:
    for year in (1, 400, 1900, 1969, 2400, 9999):
        for month, last in ((2, 28), (3, 1), (12, 31)):
            assert civil((date(year, month, last) - EPOCH).days) == (year, month, last)


@pytest.mark.parametrize(
    ("year", "days"), [(2023, 28), (2028, 29), (2100, 28), (2400, 29), (2000, 29), (1972, 29), (2199, 28)]
)
def test_m2_february_has_its_days_in_leap_years_and_centuries(year: int, days: int) -> None:
    assert days_in_month((year - 1970) * 12 + 1) == days


def test_first_of_and_month_of_are_inverse() -> None:
    for month in range(-24, 2760):
        assert month_of(first_of(month)) == month
        assert month_of(first_of(month) - 1) == month - 1


def test_m1_the_boundary_of_the_31st_is_the_last_day_of_shorter_months_and_comes_back() -> None:
    january = (2027 - 1970) * 12
    assert [civil(boundary(31, january + k)) for k in range(4)] == [
        (2027, 1, 31),
        (2027, 2, 28),
        (2027, 3, 31),
        (2027, 4, 30),
    ]
    assert civil(boundary(30, (2028 - 1970) * 12 + 1)) == (2028, 2, 29)
    assert civil(boundary(29, (2100 - 1970) * 12 + 1)) == (2100, 2, 28)


def test_boundaries_strictly_increase_and_lie_in_their_month() -> None:
    for anchor in range(1, 32):
        days = [boundary(anchor, month) for month in range(0, 2760)]
        assert all(a < b for a, b in itertools.pairwise(days))
        assert all(month_of(day) == month for month, day in enumerate(days))


def test_the_label_is_the_last_month_whose_boundary_is_not_after_the_day() -> None:
    for anchor in (1, 15, 28, 29, 30, 31):
        for month in range(680, 760):
            begin, end = boundary(anchor, month), boundary(anchor, month + 1)
            assert {label_of(anchor, day) for day in range(begin, end)} == {month}


def test_a_day_begins_at_local_midnight() -> None:
    midnight = int(datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=8))).timestamp())
    assert day_of(midnight, SHANGHAI) == day_number(2026, 3, 1)
    assert day_of(midnight - 1, SHANGHAI) == day_number(2026, 2, 28)
    assert day_of(0, -3_600) == -1


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ((2023, 2, 29), "28 days"),
        ((2100, 2, 29), "28 days"),
        ((2024, 4, 31), "30 days"),
        ((2024, 13, 1), "1 to 12"),
    ],
)
def test_a_date_that_does_not_exist_is_refused(when: tuple[int, int, int], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        day_number(*when)
    with pytest.raises(ValueError, match="no date"):
        day_number(when[0], when[1], 0)
