"""What the story leaves behind: summary.json, a page with a chart, statements, settings to explore with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

from commonhold.chain.contracts import Suite
from commonhold.ops.arrears import Arrears
from commonhold.ops.chart import FONTS
from commonhold.ops.demo.charts import KINDS, ages
from commonhold.ops.demo.compare import Count
from commonhold.ops.demo.months import FeeMonth, Month
from commonhold.ops.demo.receipts import Kept
from commonhold.ops.demo.show import cents, failed
from commonhold.ops.statements.lease import statement
from commonhold.ops.statements.lease_files import write_page, write_table
from commonhold.units import Month as MonthNumber
from commonhold.units import format_month
from commonhold.words import LANGUAGES, reason

_SETTINGS: Final = """# To explore what the demo left: run commonhold in this folder.
[network]
name = "local"
rpc = "{rpc}"

[folders]
deployments = "deployments"
data = "store"
"""
_STYLE: Final = f"""
body {{ font: 18px/1.5 {FONTS}; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1b1b1b; }}
h1, h2 {{ line-height: 1.2; }} .wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }}
th, td {{ border-bottom: 1px solid #ddd; padding: 0.3rem 0.7rem; text-align: right; }}
th:first-child, td:first-child {{ text-align: left; }}
.months td, .months th {{ white-space: nowrap; }}
svg {{ box-sizing: border-box; width: 100%; height: auto; border: 1px solid #ddd; }}
@media (max-width: 40rem) {{ body {{ font-size: 16px; }} th, td {{ padding: 0.3rem 0.4rem; }} }}
.same {{ background: #e7f4ea; padding: 0.7rem 1rem; border-radius: 4px; }}
"""


@dataclass(frozen=True, slots=True)
class Life:
    """All that is worth telling. seconds: by what they were spent on [s]; gas: of all settlements [gas]."""

    title: str
    seed: int
    leases: int
    parties: int
    units: int
    months: Sequence[Month]
    count: Count
    seconds: Mapping[str, float]
    gas: int
    settled: int
    rpc: str  # of the chain, if it still runs, and its process
    pid: int
    charts: Mapping[str, str]  # SVG by the name of its file
    fees: Sequence[FeeMonth]
    water: Mapping[int, int]  # paid of bills, by month [cmt]
    arrears: Sequence[Arrears]
    receipts: Kept | None
    audit: str  # its verdict

    def as_json(self) -> dict[str, Any]:
        """Amounts in base units as decimal strings."""
        return {
            "title": self.title,
            "seed": self.seed,
            "leases": self.leases,
            "parties": self.parties,
            "units": self.units,
            "twin": {"differences": 0, "compared": self.count.as_json()},
            "audit": self.audit,
            "settlement": {"gas": self.gas, "leases": self.settled},
            "seconds": {name: round(spent, 1) for name, spent in self.seconds.items()},
            "months": [month.as_json() for month in self.months],
            "fees": [month.as_json() for month in self.fees],
            "water": {format_month(MonthNumber(month)): str(sum_) for month, sum_ in self.water.items()},
            "arrears": [row.as_json() for row in self.arrears],
        }


def page_of(life: Life, statements: Mapping[str, str]) -> str:
    """One page: what was lived, the chart, the months, what happened. statements: name -> file."""
    rows = "".join(
        f"<tr><td>{format_month(month.month)}</td>"
        + "".join(
            f"<td>{cents(sum_)}</td>"
            for sum_ in (month.due, month.collected, month.paid, month.owed, month.late_fees)
        )
        + f"<td>{month.attempts.total()}</td><td>{failed(month)}</td></tr>\n"
        for month in life.months
    )
    heads = ("month", "fell due", "collected", "by hand", "rent owed", "late fees owed", "attempts", "failed")
    codes = sorted({code for month in life.months for code in month.attempts})
    reasons = "".join(
        f"<tr><td>{escape(reason(code))}</td><td>{sum(month.attempts[code] for month in life.months)}</td>"
        f"<td>{cents(sum(month.amounts[code] for month in life.months))}</td></tr>\n"
        for code in codes
    )
    events = "".join(
        f"<li>{escape(event)}</li>\n" for month in life.months for event in month.events if event
    )
    links = "".join(_link(name, file) for name, file in statements.items())
    charts = "\n".join(f'<div class="wide">{chart}</div>' for chart in life.charts.values())
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(life.title)}</title><style>{_STYLE}</style></head>
<body>
<h1>{escape(life.title)}</h1>
<p>{life.leases} leases, {life.units} units, {life.parties} people and companies, {len(life.months)} months.
Settling cost {life.gas // max(1, life.settled):,} gas a lease, in {life.count.batches} transactions for
{life.settled / max(1, life.count.batches):.1f} leases on average.</p>
<p class="same">Contracts and twin agree on all {life.count.figures:,} figures compared after
{len(life.months)} months and on all {life.count.batches} settlements, to the base unit.</p>
<p class="same">{escape(life.audit)}</p>
{charts}
<div class="wide"><table class="months"><tr>{"".join(f"<th>{head}</th>" for head in heads)}</tr>
{rows}</table></div>
{_arrears(life)}{_receipts(life)}<h2>Answers of the settlements</h2>
<table><tr><th>answer</th><th>attempts</th><th>collected</th></tr>
{reasons}</table>
<h2>Statements</h2>
<ul>{links}</ul>
<h2>What happened</h2>
<ul>{events}</ul>
</body></html>
"""


def _arrears(life: Life) -> str:
    """What is owed at the end, by its age."""
    rows = ""
    for what, name in KINDS.items():
        found = [row for row in life.arrears if row.what == what]
        sums = [sum(row.buckets[at] for row in found) for at in range(len(ages()))]
        sums += [sum(row.late_fees for row in found), sum(row.total for row in found)]
        rows += f"<tr><td>{name}</td>" + "".join(f"<td>{cents(sum_)}</td>" for sum_ in sums) + "</tr>\n"
    heads = "".join(f"<th>{escape(head)}</th>" for head in ("", *ages(), "late fees", "total"))
    return f"""<h2>Arrears by age</h2>
<div class="wide"><table class="months"><tr>{heads}</tr>
{rows}</table></div>
"""


def _receipts(life: Life) -> str:
    """The receipt that is kept, and how to verify it."""
    if life.receipts is None:
        return ""
    return f"""<h2>A receipt</h2>
<p><a href="{escape(life.receipts.page)}">A water bill, paid by its proof</a>. It proves itself:
<code>commonhold verify-receipt {escape(life.receipts.right)}</code> says that it is correct, and of
<code>{escape(life.receipts.forged)}</code> by how much it is wrong.</p>
"""


def _link(name: str, file: str) -> str:
    """A statement in English, and beside it in the other languages."""
    folder, page = file.rsplit("/", 1)
    others = "".join(
        f' · <a lang="{language}" href="{escape(f"{folder}/{language}/{page}")}">{escape(called)}</a>'
        for language, called in LANGUAGES.items()
        if language != "en"
    )
    return f'<li><a href="{escape(file)}">{escape(name)}</a>{others}</li>\n'


def write_outcome(folder: Path, life: Life, rpc: str, statements: Mapping[str, str]) -> None:
    """summary.json, index.html, the charts and commonhold.toml."""
    summary = json.dumps(life.as_json(), indent=2, ensure_ascii=False)
    (folder / "summary.json").write_text(summary + "\n", encoding="utf-8")
    for name, chart in life.charts.items():
        (folder / f"{name}.svg").write_text(chart, encoding="utf-8")
    (folder / "index.html").write_text(page_of(life, statements), encoding="utf-8")
    (folder / "commonhold.toml").write_text(_SETTINGS.format(rpc=rpc), encoding="utf-8")


def write_statements(
    folder: Path, suite: Suite, leases: Mapping[int, str], names: Mapping[str, str]
) -> dict[str, str]:
    """Pages in every language and a table for each of these leases, in folder/statements.

    Answers name -> file of the English page, from `folder`; the others lie in a folder of their language.
    """
    done = {}
    for lease, name in leases.items():
        made = statement(suite, lease)
        path = folder / "statements" / f"lease-{lease:03d}.html"
        for language in LANGUAGES:
            place = path if language == "en" else path.parent / language / path.name
            write_page(made, place, names, language)
        write_table(made, path.with_suffix(".csv"))
        done[name] = path.relative_to(folder).as_posix()
    return done
