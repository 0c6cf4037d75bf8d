"""Civil calendar: days and months of the community's time zone.

Days are counted from 1970-01-01 [day], months from 1970-01 [month]. Years are counted from March, so that
the leap day ends the year and one formula serves every month: H. Hinnant, "chrono-Compatible Low-Level Date
Algorithms", https://howardhinnant.github.io/date_algorithms.html. Integers only; the contracts' twin is
`contracts/lib/Calendar.sol`.
"""

DAYS_PER_ERA = 146_097  # 400 Gregorian years
EPOCH_SHIFT = 719_468  # days from 0000-03-01 to 1970-01-01
MONTH_SHIFT = 23_638  # months from 0000-03 to 1970-01


def day_of(timestamp: int, offset: int) -> int:
    """The civil day of a moment. [unix], [seconds east of UTC] → [day]"""
    return (timestamp + offset) // 86_400


def first_of(month: int) -> int:
    """The day number of the first of a month. [month] → [day]"""
    year, march_month = divmod(month + MONTH_SHIFT, 12)
    day_of_year = (153 * march_month + 2) // 5
    return year * 365 + year // 4 - year // 100 + year // 400 + day_of_year - EPOCH_SHIFT


def month_day(day: int) -> tuple[int, int]:
    """The month of a day and its day of the month (1–31). [day] → [month], [1–31]"""
    era, day_of_era = divmod(day + EPOCH_SHIFT, DAYS_PER_ERA)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * day_of_year + 2) // 153
    return (
        (year_of_era + era * 400) * 12 + march_month - MONTH_SHIFT,
        day_of_year - (153 * march_month + 2) // 5 + 1,
    )


def month_of(day: int) -> int:
    """The month of a day. [day] → [month]"""
    return month_day(day)[0]


def civil(day: int) -> tuple[int, int, int]:
    """Year, month (1–12) and day of the month of a day number."""
    month, day_of_month = month_day(day)
    return 1970 + month // 12, month % 12 + 1, day_of_month


def day_number(year: int, month: int, day: int) -> int:
    """The day number of a date; a date that does not exist is refused (ValueError)."""
    if not 1 <= month <= 12:
        raise ValueError(f"{year}-{month}-{day} is no date: the month must be 1 to 12")
    index = (year - 1970) * 12 + month - 1
    if not 1 <= day <= days_in_month(index):
        raise ValueError(f"{year}-{month}-{day} is no date: that month has {days_in_month(index)} days")
    return first_of(index) + day - 1


def days_in_month(month: int) -> int:
    """Length of a month. [month] → [days]"""
    return first_of(month + 1) - first_of(month)


def boundary(anchor: int, month: int) -> int:
    """The anchor day of a month, or its last day where the month is shorter. [1–31], [month] → [day]"""
    if anchor < 29:
        return first_of(month) + anchor - 1
    return min(first_of(month) + anchor, first_of(month + 1)) - 1


def label_of(anchor: int, day: int) -> int:
    """The last month whose boundary is not after `day`: the label of the period that holds the day."""
    month, day_of_month = month_day(day)
    if day_of_month >= anchor:
        return month
    # a clamped boundary is the last day of its month
    return month if anchor > 28 and boundary(anchor, month) <= day else month - 1
