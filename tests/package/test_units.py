"""Units: what is written is read back, and what is unclear is refused.

money: whole | grouped | decimals 1-6 | negative | wrong groups, seven decimals, other signs refused
day, month: ISO only | round trip over 1970-2199; rates and areas: two decimals at most
"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold import units
from commonhold.units import Area, Bps, Day, Money, Month


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("1234.5", 1_234_500_000),
        ("1,234.50", 1_234_500_000),
        (" 0.000001 ", 1),
        ("-25", -25_000_000),
        ("9,999,999", 9_999_999_000_000),
    ],
)
def test_an_amount_is_read_in_base_units(text: str, amount: int) -> None:
    assert units.parse_money(text) == amount


@pytest.mark.parametrize(
    "text", ["", "1,23.00", "12,34", "1.2345678", "1.", ".5", "¥5", "１２", "1e3", "--1", "1 000"]
)
def test_an_unclear_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        units.parse_money(text)


@given(st.integers(-(2**64), 2**64))
def test_every_amount_survives_writing_and_reading(amount: int) -> None:
    assert units.parse_money(units.format_money(Money(amount))) == amount


def test_an_amount_is_written_with_at_least_two_decimals() -> None:
    assert units.format_money(Money(62_000_000_000)) == "62,000.00"
    assert units.format_money(Money(-1)) == "-0.000001"
    assert units.format_money(Money(1_230_000)) == "1.23"


def test_a_decimal_finer_than_a_base_unit_is_refused() -> None:
    assert units.money_from_decimal(Decimal("0.01")) == 10_000
    for text in ("0.0000001", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="finer"):
            units.money_from_decimal(Decimal(text))


@given(st.dates(date(1970, 1, 1), date(2199, 12, 31)))
def test_every_day_and_month_survives_writing_and_reading(value: date) -> None:
    day = units.day_of(value)
    assert units.date_of(day) == value
    assert units.parse_day(units.format_day(day)) == day
    month = units.month_of(value)
    assert units.parse_month(units.format_month(month)) == month
    assert units.format_month(month) == value.isoformat()[:7]


def test_day_numbers_count_from_1970() -> None:
    assert units.day_of(date(1970, 1, 1)) == Day(0)
    assert units.parse_day("2000-03-01") == 11_017
    assert units.parse_month("1970-01") == Month(0)


@pytest.mark.parametrize("text", ["2025-02-29", "31/12/2025", "2025-1-5", "20251231", ""])
def test_a_day_that_is_not_iso_or_not_in_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        units.parse_day(text)


@pytest.mark.parametrize("text", ["2025-13", "2025-00", "2025", "2025-1"])
def test_a_month_that_is_not_iso_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        units.parse_month(text)


@pytest.mark.parametrize(("text", "rate"), [("0.05%", 5), ("5%", 500), ("12.5 %", 1250), ("100%", 10_000)])
def test_a_percentage_is_read_in_basis_points(text: str, rate: int) -> None:
    assert units.parse_bps(text) == rate
    assert units.parse_bps(units.format_bps(Bps(rate))) == rate


@pytest.mark.parametrize("text", ["5", "0.005%", "-1%", "%"])
def test_an_unclear_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="percentage"):
        units.parse_bps(text)


def test_areas_are_hundredths_of_a_square_metre() -> None:
    assert units.parse_area("89.5") == 8950
    assert units.format_area(Area(123_456)) == "1,234.56"
    with pytest.raises(ValueError, match="area"):
        units.parse_area("89.505")
