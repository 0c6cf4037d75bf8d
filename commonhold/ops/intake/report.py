"""A report for people and for programs. Neither holds names or contacts, but for what a problem quotes."""

from collections.abc import Iterable
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from commonhold.ops.intake.headings import MONEY_FIELDS
from commonhold.ops.intake.problems import Problem
from commonhold.ops.intake.roll import Comparison, RollReport, Totals
from commonhold.units import Money, format_day, format_money

_SHOWN: Final = 50  # problems in a table; the rest is counted
_WORDS: Final = {
    "rent": "rent / month",
    "deposit": "deposit",
    "deposit_held": "deposit held",
    "arrears": "arrears",
    "prepaid": "prepaid",
    "late_fees": "late fees",
}


def report_json(report: RollReport) -> dict[str, Any]:
    """The report as one JSON object; amounts in base units [cmt], days as ISO dates."""
    return {
        "file": report.path,
        "sha256": report.sha256,
        "encoding": report.encoding,
        "sheet": report.sheet,
        "cutover": format_day(report.cutover) if report.cutover is not None else None,
        "ok": report.ok,
        "totals": _totals_json(report.totals),
        "buildings": {name: _totals_json(totals) for name, totals in report.buildings.items()},
        "problems": [problem.as_json() for problem in report.problems],
        "notes": [note.as_json() for note in report.notes],
        "reconciliation": [_comparison_json(comparison) for comparison in report.reconciliation],
        "rows": [
            {"lines": list(row.lines), "unit": row.unit, "lease": row.lease, "good": row.good}
            for row in report.rows
        ],
    }


def _totals_json(totals: Totals) -> dict[str, Any]:
    return {
        "units": totals.units,
        "leases": totals.leases,
        "running": totals.running,
        "vacant": totals.vacant,
        "parties": totals.parties,
        **totals.money,
    }


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "line": comparison.line,
        "label": comparison.label,
        "column": comparison.column,
        "field": comparison.field,
        "stated": comparison.stated,
        "summed": comparison.summed,
        "difference": comparison.difference,
        "lines": [comparison.first, comparison.last],
        "suspects": list(comparison.suspects),
    }


def render(report: RollReport) -> RenderableType:
    """The whole report for a terminal; wide characters keep their columns."""
    parts: list[RenderableType] = [totals_table(report)]
    if report.reconciliation:
        parts.append(reconciliation_table(report.reconciliation))
    if report.notes:
        parts.append(Text("Notes", style="bold"))
        parts += [Text(f"  {_line(note.line)}{note.text}") for note in report.notes]
    if report.problems:
        parts.append(problems_table(report.problems))
    parts.append(_verdict(report))
    return Group(*parts)


def totals_table(report: RollReport) -> Table:
    """One line per building, and the whole."""
    table = Table(title=f"{report.path}: what was read", title_justify="left")
    table.add_column("building")
    for heading in ("units", "leases", "running", "vacant"):
        table.add_column(heading, justify="right")
    fields = [field for field in MONEY_FIELDS if report.totals.money.get(field)]
    for field in fields:
        table.add_column(_WORDS[field], justify="right")
    for name, totals in report.buildings.items():
        table.add_row(name or "–", *_figures(totals, fields))
    table.add_section()
    table.add_row("all", *_figures(report.totals, fields), style="bold")
    return table


def _figures(totals: Totals, fields: Iterable[str]) -> list[str]:
    counts = (totals.units, totals.leases, totals.running, totals.vacant)
    return [*map(str, counts), *(format_money(totals.money.get(field, Money(0))) for field in fields)]


def reconciliation_table(comparisons: Iterable[Comparison]) -> Table:
    """The roll's totals beside the sums."""
    table = Table(title="The roll's own totals", title_justify="left")
    table.add_column("line", justify="right")
    table.add_column("total")
    table.add_column("column")
    for heading in ("the roll says", "its rows add up to", "difference"):
        table.add_column(heading, justify="right")
    for one in comparisons:
        difference = format_money(one.difference) if one.difference else "–"
        table.add_row(
            str(one.line),
            one.label,
            one.column,
            format_money(one.stated),
            format_money(one.summed),
            difference,
            style="red" if one.difference else "",
        )
    return table


def problems_table(problems: tuple[Problem, ...]) -> Table:
    """Where, what stands there, what is wrong, what to do."""
    more = len(problems) - _SHOWN
    caption = f"and {more} more: --json lists all" if more > 0 else None
    table = Table(title="To put right", title_justify="left", caption=caption, show_lines=True)
    table.add_column("place")
    table.add_column("value")
    table.add_column("what is wrong")
    table.add_column("what to do")
    for problem in problems[:_SHOWN]:
        place = problem.place + (f"\n{problem.column}" if problem.cell else "")
        table.add_row(Text(place), Text(problem.value), Text(problem.what), Text(problem.advice))
    return table


def _verdict(report: RollReport) -> Text:
    if report.ok:
        return Text("Every line is good.", style="green")
    lines = len({problem.line for problem in report.problems})
    words = f"Problems: {len(report.problems)}, on {lines} lines. Nothing is applied until they are put right"
    return Text(f"{words}, or the bad lines are left out with --skip-bad.", style="red")


def _line(line: int) -> str:
    return f"line {line}: " if line else ""
