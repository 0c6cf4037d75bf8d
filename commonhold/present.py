"""What the command shows: tables that keep wide characters aligned, and amounts as people write them.

Data goes to standard output, everything else to standard error.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from commonhold.errors import CommonholdError
from commonhold.ops.leases.activate import Row as LeaseRow
from commonhold.ops.settle import Report, Row
from commonhold.units import Day, Money, format_day, format_money
from commonhold.words import reason

out = Console(file=None, highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def money(amount: int) -> str:
    """Base units as "1,234.50"."""
    return format_money(Money(amount))


def day(number: int) -> str:
    return format_day(Day(number))


def print_json(value: Any) -> None:
    """One JSON document on standard output, letters of every script as they are."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def say(text: str) -> None:
    """A message, on standard error."""
    err.print(Text(text), soft_wrap=True)


def show_error(error: CommonholdError, *, as_json: bool = False) -> None:
    if as_json:
        print_json(error.as_json())
    err.print(Text(error.message, style="bold red"), soft_wrap=True)
    if error.hint:
        err.print(Text(error.hint), soft_wrap=True)


def progress_bar() -> Progress:
    """A bar on standard error; shows nothing where that is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()
) -> Table:
    """A table; `right` are the columns with numbers. Cells are shown as they are, never as markup."""
    numbers = set(right)
    made = Table(title=title, title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        made.add_column(column, justify="right" if index in numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def settle_rows(rows: Sequence[Row], names: Mapping[int, str], language: str, title: str) -> Table:
    """One line for each lease. names: lease -> what people call it."""
    return table(
        title,
        [rows[0].name if rows else "lease", "", "due", "late fees", "collected", "left", "reason"],
        [
            [
                str(row.lease),
                names.get(row.lease, ""),
                money(row.principal),
                money(row.late_fees),
                money(row.amount),
                money(row.left),
                reason(row.code, language),
            ]
            for row in rows
        ],
        right=(0, 2, 3, 4, 5),
    )


def settle_report(report: Report, names: Mapping[int, str], language: str) -> Sequence[Table]:
    """What failed, each with its reason, and the sums by reason."""
    made = []
    if report.failed:
        made.append(settle_rows(report.failed, names, language, "Not fully collected"))
    sums: dict[str, list[int]] = {}
    for row in report.rows:
        entry = sums.setdefault(reason(row.code, language), [0, 0, 0])
        entry[0] += 1
        entry[1] += row.amount
        entry[2] += row.left
    lines = [[name, str(count), money(got), money(left)] for name, (count, got, left) in sums.items()]
    count = len(report.rows)
    lines.append(["all", str(count), money(report.discharged), money(sum(row.left for row in report.rows))])
    heading = (
        f"{day(report.day)}, block {report.block}: {report.leases} {report.name}s, {count} with something due"
    )
    made.append(table(heading, ["reason", f"{report.name}s", "collected", "left"], lines, right=(1, 2, 3)))
    return made


def lease_rows(rows: Sequence[LeaseRow]) -> Table:
    return table(
        "Leases",
        ["key", "lease", "state", "why"],
        [[row.key, str(row.lease or ""), row.state, row.why] for row in rows],
        right=(1,),
    )
