"""Units and ids as types, and how people read and write them.

    Money   base units of the community token, 10^-6 of one unit of account [cmt]
    Day     civil day number in the community's calendar, 0 = 1970-01-01 [day]
    Month   months since January 1970, 0 = 1970-01 [month]
    Bps     one ten-thousandth: 10,000 = 100 % [bps]
    Ppm     one millionth: a unit's share of the community [ppm]
    Area    one hundredth of a square metre [0.01 m²]
    Seconds seconds since 1970-01-01T00:00Z [unix]

The parsers take the exact form that the formatters write (and what a careful person types); they raise
ValueError with words for a person. Looser forms, as spreadsheets have them, are read in
`commonhold.ops.intake`.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NewType

Money = NewType("Money", int)
Day = NewType("Day", int)
Month = NewType("Month", int)
Bps = NewType("Bps", int)
Ppm = NewType("Ppm", int)
Area = NewType("Area", int)
Seconds = NewType("Seconds", int)

PartyId = NewType("PartyId", int)
UnitId = NewType("UnitId", int)
LeaseId = NewType("LeaseId", int)

MONEY_DECIMALS: Final = 6
MONEY_ONE: Final = Money(10**MONEY_DECIMALS)  # one unit of account
FULL_BPS: Final = Bps(10_000)
SECONDS_PER_DAY: Final = 86_400
EPOCH: Final = date(1970, 1, 1)

_MONEY = re.compile(r"(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,6}))?", re.ASCII)
_PERCENT = re.compile(r"(\d+)(?:\.(\d{1,2}))? ?%", re.ASCII)
_AREA = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?", re.ASCII)


def parse_money(text: str) -> Money:
    """Read "1,234.50", "-25" or "0.000001" as base units [cmt]."""
    match = _MONEY.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"{text!r} is not an amount: write digits with a point and at most {MONEY_DECIMALS} decimals, "
            "such as 1234.50"
        )
    sign, whole, decimals = match.groups()
    units = int(whole.replace(",", "")) * MONEY_ONE + int((decimals or "").ljust(MONEY_DECIMALS, "0"))
    return Money(-units if sign else units)


def format_money(amount: Money) -> str:
    """Write base units as "1,234.50": at least two decimals, more only where they are not zero."""
    whole, rest = divmod(abs(amount), MONEY_ONE)
    decimals = f"{rest:0{MONEY_DECIMALS}d}"
    decimals = decimals[:2] + decimals[2:].rstrip("0")
    return f"{'-' if amount < 0 else ''}{whole:,}.{decimals}"


def money_from_decimal(value: Decimal) -> Money:
    """Whole base units of a decimal number of units of account; ValueError if it is finer than that."""
    scaled = value.scaleb(MONEY_DECIMALS)
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{value} is finer than {MONEY_DECIMALS} decimals")
    return Money(int(scaled))


def day_of(value: date) -> Day:
    """The day number of a calendar date."""
    return Day((value - EPOCH).days)


def date_of(day: Day) -> date:
    """The calendar date of a day number."""
    return EPOCH + timedelta(days=day)


def parse_day(text: str) -> Day:
    """Read an ISO date such as 2025-12-31."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII) is None:
        raise ValueError(f"{text!r} is not a date: write it as 2025-12-31")
    try:
        return day_of(date.fromisoformat(text.strip()))
    except ValueError:
        raise ValueError(f"{text!r} is not a day of the calendar") from None


def format_day(day: Day) -> str:
    """Write a day as an ISO date."""
    return date_of(day).isoformat()


def month_of(value: date) -> Month:
    """The month number of a calendar date."""
    return Month((value.year - 1970) * 12 + value.month - 1)


def parse_month(text: str) -> Month:
    """Read a month such as 2026-01."""
    match = re.fullmatch(r"(\d{4})-(\d{2})", text.strip(), re.ASCII)
    if match is None or not 1 <= int(match[2]) <= 12:
        raise ValueError(f"{text!r} is not a month: write it as 2026-01")
    return Month((int(match[1]) - 1970) * 12 + int(match[2]) - 1)


def format_month(month: Month) -> str:
    """Write a month number as 2026-01."""
    return f"{1970 + month // 12:04d}-{month % 12 + 1:02d}"


def parse_bps(text: str) -> Bps:
    """Read "0.05%" or "12 %" as basis points."""
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a percentage with at most two decimals, such as 0.05%")
    return Bps(int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")))


def format_bps(rate: Bps) -> str:
    """Write basis points as a percentage: 5 is "0.05%", 10,000 is "100%"."""
    whole, rest = divmod(rate, 100)
    decimals = f".{rest:02d}".rstrip("0").rstrip(".")
    return f"{whole}{decimals}%"


def parse_area(text: str) -> Area:
    """Read square metres with at most two decimals."""
    match = _AREA.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an area in square metres with at most two decimals, such as 89.50")
    return Area(int(match[1].replace(",", "")) * 100 + int((match[2] or "").ljust(2, "0")))


def format_area(area: Area) -> str:
    """Write an area as square metres with two decimals."""
    return f"{area // 100:,}.{area % 100:02d}"
