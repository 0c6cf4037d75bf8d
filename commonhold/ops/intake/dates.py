"""Dates as people write them. The year first is understood everywhere; day and month first only as declared.

    2025-12-31  2025/12/31  2025.12.31  20251231  2022年10月5日  令和7年12月31日  31 Dec 2025  Dec 31, 2025
    2022年10月  2022-10  2022/10  2022.10      a month: its first day for a start, its last for an end
    31/12/2025  31.12.2025                    with dates = "dmy"
    12/31/2025                                with dates = "mdy"

Refused, because they have two readings: 31/12/2025 undeclared, two-digit years, 2022.1 (a spreadsheet makes
it of 2022.10), numbers of days unless the file is a workbook or serial_dates is declared.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from commonhold.ops.intake.problems import ValueProblem
from commonhold.ops.intake.table import Cell, text_of
from commonhold.text import narrow
from commonhold.units import Day, day_of

Order = Literal["", "dmy", "mdy"]
Edge = Literal["first", "last", ""]

YEARS: Final = (1970, 2199)
_SERIAL_EPOCH: Final = date(1899, 12, 30)
_SERIALS: Final = (25_569, 109_939)  # 1970-01-01 to 2200-12-30
_ERAS: Final = {"令和": 2018, "平成": 1988}
_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MONTH_ONLY = re.compile(r"(\d{4})([-/.])(\d{1,2})", re.ASCII)
_HAN = re.compile(r"(令和|平成|)(\d{1,4}|元) ?年 ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?[日号])?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2,4})", re.ASCII)
_DAY_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -](\d{4})", re.ASCII)
_NAME_DAY = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII)
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")
_ADVICE = "Write it as 2025-12-31."


def read_day(cell: Cell, *, order: Order = "", serials: bool = False, edge: Edge = "") -> Day:
    """A cell as a day.

    order: of day and month where the year comes last. serials: whether a plain number is a spreadsheet's day
    count. edge: which day of a month that stands alone, "" if it must not. Raises ValueProblem.
    """
    if isinstance(cell, date):
        return _checked(cell.year, cell.month, cell.day)
    if isinstance(cell, Decimal):
        return _number(cell, serials=serials, edge=edge)
    text = _MIDNIGHT.sub("", narrow(text_of(cell)))
    if match := _COMPACT.fullmatch(text):
        return _checked(*map(int, match.groups()))
    if re.fullmatch(r"\d+([.]\d+)?", text, re.ASCII) and not _MONTH_ONLY.fullmatch(text):
        return _number(Decimal(text), serials=serials, edge=edge)
    if match := _YEAR_FIRST.fullmatch(text):
        return _checked(int(match[1]), int(match[3]), int(match[4]))
    if match := _HAN.fullmatch(text):
        return _han(match, edge)
    if match := _MONTH_ONLY.fullmatch(text):
        if match[2] == "." and len(match[3]) == 1:
            raise _two_readings(text)
        return _month(int(match[1]), int(match[3]), edge)
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(match, order)
    return _named(text)


def _number(number: Decimal, *, serials: bool, edge: Edge) -> Day:
    text = f"{number:f}"
    if number != number.to_integral_value():
        if _MONTH_ONLY.fullmatch(text):
            if len(text) == 6:
                raise _two_readings(text)
            return _month(int(text[:4]), int(text[5:]), edge)
        raise ValueProblem("this number is not a date", _ADVICE)
    if match := _COMPACT.fullmatch(text):
        return _checked(*map(int, match.groups()))
    if not serials:
        raise ValueProblem(
            "this number is not a date",
            f"{_ADVICE} For a spreadsheet's day counts: [format] serial_dates = true.",
        )
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        raise ValueProblem("this number is not a day count between 1970 and 2200", _ADVICE)
    return day_of(_SERIAL_EPOCH + timedelta(days=int(number)))


def _han(match: re.Match[str], edge: Edge) -> Day:
    era, written, month, day = match.groups()
    if era:
        year = _ERAS[era] + (1 if written == "元" else int(written))
    elif written == "元" or len(written) != 4:
        raise ValueProblem("the year is not written with four digits", _ADVICE)
    else:
        year = int(written)
    if day is None:
        return _month(year, int(month), edge)
    return _checked(year, int(month), int(day))


def _year_last(match: re.Match[str], order: Order) -> Day:
    first, _, second, year = match.groups()
    if len(year) != 4:
        raise ValueProblem("the year is not written with four digits", _ADVICE)
    if not order:
        raise ValueProblem(
            "it is not declared whether the day or the month comes first",
            'Declare it in the mapping file: [format] dates = "dmy" (31/12/2025) or "mdy" (12/31/2025).',
        )
    day, month = (first, second) if order == "dmy" else (second, first)
    if int(month) > 12:
        raise ValueProblem(
            f"there is no month {int(month)} (the mapping declares dates = {order!r})",
            f"{_ADVICE} If the whole column is written so, change [format] dates.",
        )
    return _checked(int(year), int(month), int(day))


def _named(text: str) -> Day:
    lower = text.lower()
    if match := _DAY_NAME.fullmatch(lower):
        day, name, year = match.groups()
    elif match := _NAME_DAY.fullmatch(lower):
        name, day, year = match.groups()
    else:
        raise ValueProblem("this is not a date", _ADVICE)
    known = [index for index, month in enumerate(_MONTHS, start=1) if name in (month, month[:3], month[:4])]
    if not known:
        raise ValueProblem("the month's name is not known", _ADVICE)
    return _checked(int(year), known[0], int(day))


def _month(year: int, month: int, edge: Edge) -> Day:
    if not edge:
        raise ValueProblem("a month is not enough here", _ADVICE)
    first = _checked(year, month, 1)
    if edge == "first":
        return first
    following = date(year + month // 12, month % 12 + 1, 1)
    return Day(day_of(following) - 1)


def _checked(year: int, month: int, day: int) -> Day:
    if not YEARS[0] <= year <= YEARS[1]:
        raise ValueProblem(f"the year {year} is not between {YEARS[0]} and {YEARS[1]}", _ADVICE)
    try:
        return day_of(date(year, month, day))
    except ValueError:
        raise ValueProblem("there is no such day in the calendar", "Put a day in that exists.") from None


def _two_readings(text: str) -> ValueProblem:
    year = text[:4]
    return ValueProblem(
        f"this could be January or October {year}: a spreadsheet cuts {year}.10 to {text}",
        f"Write the month as {year}-01 or {year}-10, in a cell formatted as text.",
    )
