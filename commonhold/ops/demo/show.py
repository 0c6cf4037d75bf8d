"""What the demo shows while it runs: a bar, a table for each month, the totals at the end."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from commonhold.ops.arrears import AGES, Arrears
from commonhold.ops.demo.months import FeeMonth, Month
from commonhold.rules.codes import Code
from commonhold.units import MONEY_ONE, format_month
from commonhold.units import Month as MonthNumber
from commonhold.words import reason

_ORDER: Final = (
    Code.COLLECTED,
    Code.RENT_ONLY,
    Code.PARTIAL,
    Code.SHARES_MISSING,
    Code.NO_FUNDS,
    Code.LIMIT_EXCEEDED,
    Code.NO_MANDATE,
    Code.MANDATE_EXPIRED,
    Code.NO_WALLET,
    Code.NOTHING_DUE,
    Code.NOT_ACTIVE,
)
_SHOWN_EVENTS: Final = 12
_SHOWN_DEBTS: Final = 5
_WORDS: Final = {"lease": "rent", "account": "fee", "bill": "water"}


def cents(amount: int) -> str:
    """Money for a table, to the cent; nothing is rounded anywhere else. [cmt]"""
    hundredths = (abs(amount) * 100 + MONEY_ONE // 2) // MONEY_ONE
    return f"{'-' if amount < 0 else ''}{hundredths // 100:,}.{hundredths % 100:02d}"


def whole(amount: int) -> str:
    """Money for an overview, to the unit of account. [cmt]"""
    return f"{(amount + MONEY_ONE // 2) // MONEY_ONE:,}"


def progress(console: Console) -> Progress:
    """The bar; on a screen only."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def month_table(month: Month) -> Table:
    """One month: what was due, what came in, and the answer of every attempt to collect."""
    table = Table(
        title=f"{format_month(month.month)}   {month.active} leases running",
        title_justify="left",
        title_style="bold",
        header_style="bold",
        min_width=72,
    )
    table.add_column("answer of the settlement")
    table.add_column("attempts", justify="right")
    table.add_column("collected", justify="right")
    codes = [*_ORDER, *sorted(set(month.attempts) - set(_ORDER))]
    for code in codes:
        if month.attempts[code]:
            amount = cents(month.amounts[code]) if month.amounts[code] else "–"
            table.add_row(reason(code), str(month.attempts[code]), amount)
    table.add_section()
    table.add_row("collected by settlement", str(month.attempts.total()), cents(month.collected))
    table.add_row("paid by hand", "", cents(month.paid))
    table.add_row("fell due in the month", "", cents(month.due))
    table.add_row("rent owed at its end", "", cents(month.owed))
    table.add_row("late fees owed at its end", "", cents(month.late_fees))
    return table


def show_month(console: Console, month: Month) -> None:
    console.print(month_table(month))
    for work in month.office:
        console.print(Text(f"  {work}"), soft_wrap=True)
    renewed = [event for event in month.events if ": renewed until " in event]
    told = [event for event in month.events if event not in renewed]
    for event in told[:_SHOWN_EVENTS]:
        console.print(Text(f"  {event}"), soft_wrap=True)
    if len(told) > _SHOWN_EVENTS:
        console.print(Text(f"  … and {len(told) - _SHOWN_EVENTS} more"))
    if renewed:
        console.print(Text(f"  {len(renewed)} leases renewed"))
    console.print()


def totals_table(months: Sequence[Month]) -> Table:
    """A line for each month, and the sums, in whole units of account."""
    table = _plain("All months", "month")
    for column in ("fell due", "collected", "by hand", "rent owed", "late fees", "attempts", "failed"):
        table.add_column(column, justify="right")
    for month in months:
        table.add_row(
            format_month(month.month),
            *(whole(sum_) for sum_ in (month.due, month.collected, month.paid, month.owed, month.late_fees)),
            str(month.attempts.total()),
            str(failed(month)),
        )
    table.add_section()
    last = months[-1]
    table.add_row(
        "all",
        whole(sum(month.due for month in months)),
        whole(sum(month.collected for month in months)),
        whole(sum(month.paid for month in months)),
        whole(last.owed),
        whole(last.late_fees),
        str(sum(month.attempts.total() for month in months)),
        str(sum(failed(month) for month in months)),
        style="bold",
    )
    return table


def _plain(title: str, first: str = "") -> Table:
    """Eight figures in eighty columns: no frame between them. first: heading of the first column."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1),
        pad_edge=False,
    )
    table.add_column(first, no_wrap=True)
    return table


def leases_table(rows: Sequence[Sequence[str]]) -> Table:
    """Leases that are worth a look: number, of the roll, unit, tenants, state, owed, statement."""
    table = Table(title="Leases to look at", title_justify="left", title_style="bold", header_style="bold")
    for column in ("lease", "in the roll", "unit", "tenants", "state", "owed", "deposit"):
        right = column in ("lease", "owed", "deposit")
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def failed(month: Month) -> int:
    """Attempts after which something was still owed."""
    fine = (Code.COLLECTED, Code.NOTHING_DUE, Code.NOT_ACTIVE)
    return sum(count for code, count in month.attempts.items() if code not in fine)


def fees_table(months: Sequence[FeeMonth], water: Mapping[int, int]) -> Table:
    """Property fees by month, and what water bills brought in, in whole units of account."""
    table = _plain("Property fees and water, all months", "month")
    for column in ("fell due", "collected", "by hand", "owed", "late fees", "water paid"):
        table.add_column(column, justify="right")
    for month in months:
        sums = (
            month.due,
            month.collected,
            month.paid,
            month.owed,
            month.late_fees,
            water.get(month.month, 0),
        )
        table.add_row(format_month(MonthNumber(month.month)), *(whole(sum_) for sum_ in sums))
    return table


def arrears_table(rows: Sequence[Arrears], names: Mapping[str, str]) -> Table:
    """What is owed by its age: by kind, all together, and the largest debts."""
    table = _plain("Arrears by age")
    for column in (*(f"{age}+ days" for age in AGES), "late fees", "total"):
        table.add_column(column, justify="right")
    kinds = (("lease", "rents"), ("account", "property fees"), ("bill", "water bills"), ("", "all"))
    for what, name in kinds:
        _arrears_row(table, name, [row for row in rows if row.what == what or not what])
    table.add_section()
    for row in sorted(rows, key=lambda row: -row.total)[:_SHOWN_DEBTS]:
        _arrears_row(table, f"{names.get(f'unit {row.unit}', '')} {_WORDS[row.what]}", [row])
    return table


def _arrears_row(table: Table, name: str, rows: Sequence[Arrears]) -> None:
    sums = [sum(row.buckets[at] for row in rows) for at in range(len(AGES))]
    sums += [sum(row.late_fees for row in rows), sum(row.total for row in rows)]
    table.add_row(Text(name), *(whole(sum_) for sum_ in sums))
