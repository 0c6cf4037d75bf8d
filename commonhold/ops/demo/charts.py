"""The charts of the story: rents, fees and bills by month, and what is owed by its age."""

from collections.abc import Mapping, Sequence
from typing import Final

from commonhold.ops.arrears import AGES, Arrears
from commonhold.ops.chart import Series, bars
from commonhold.ops.demo.months import FeeMonth, Month
from commonhold.units import MONEY_ONE, format_month
from commonhold.units import Month as MonthNumber

KINDS: Final = {"lease": "rents", "account": "property fees", "bill": "water bills"}
_NARROW: Final = 560  # a telephone shows all of it [px]
_COLOURS: Final = {"lease": "#c0392b", "account": "#e08e36", "bill": "#48a9a6"}


def _series(name: str, colour: str, sums: Sequence[int]) -> Series:
    return Series(name, colour, [sum_ / MONEY_ONE / 1000 for sum_ in sums])


def of_rents(months: Sequence[Month]) -> str:
    """Collections by month."""
    return bars(
        "Rent collected, month by month",
        [format_month(month.month) for month in months],
        [
            _series("collected by settlement", "#2f7d4f", [month.collected for month in months]),
            _series("paid by hand", "#5b8fd6", [month.paid for month in months]),
        ],
        _series("rent owed at the month's end", "#c0392b", [month.owed for month in months]),
        unit="thousand",
    )


def of_fees(months: Sequence[FeeMonth], water: Mapping[int, int]) -> str:
    """Property fees and water bills by month. water: by month [cmt]."""
    return bars(
        "Property fees and water, month by month",
        [format_month(MonthNumber(month.month)) for month in months],
        [
            _series("fees collected", "#2f7d4f", [month.collected for month in months]),
            _series("fees paid by hand", "#5b8fd6", [month.paid for month in months]),
            _series("water bills paid", "#48a9a6", [water.get(month.month, 0) for month in months]),
        ],
        _series("fees owed at the month's end", "#c0392b", [month.owed for month in months]),
        unit="thousand",
    )


def ages() -> list[str]:
    """The names of the ages."""
    upto = [f"–{after - 1}" for after in AGES[1:]]
    return [f"{age}{end} days" for age, end in zip(AGES, [*upto, " and more"], strict=True)]


def of_arrears(rows: Sequence[Arrears]) -> str:
    """What is owed, by the days since it fell due."""
    stacks = [
        _series(
            name, _COLOURS[what],
            [sum(row.buckets[at] for row in rows if row.what == what) for at in range(len(AGES))],
        )
        for what, name in KINDS.items()
    ]  # fmt: skip
    return bars("Arrears by age", ages(), stacks, unit="thousand", width=_NARROW)
