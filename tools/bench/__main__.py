"""Measures, prints the table and writes reports/bench.json and docs/gas-snapshot.json."""

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from commonhold.chain.compile import EVM_VERSION, OPTIMIZER_RUNS, SOLC_VERSION
from tools.bench import bills, credit, fees, index
from tools.bench.gas import measure
from tools.bench.rows import Row
from tools.bench.speed import throughput

ROOT = Path(__file__).resolve().parent.parent.parent
REPORT = ROOT / "reports" / "bench.json"
SNAPSHOT = ROOT / "docs" / "gas-snapshot.json"


def compiler_words() -> str:
    """The compiler and its settings, on which every figure of gas depends."""
    return f"solc {SOLC_VERSION}, {EVM_VERSION}, via IR, {OPTIMIZER_RUNS} runs"


def show(rows: list[Row]) -> None:
    table = Table(
        title="Gas and speed",
        caption="Settling and paying write the credit history too.",
    )
    table.add_column("work")
    for heading in ("unit", "floor", "best peer", "goal", "ours", "met"):
        table.add_column(heading, justify="right")
    for row in rows:
        figures = [
            f"{value:,}" if value is not None else "–" for value in (row.floor, row.best_peer, row.goal)
        ]
        met = {True: "yes", False: "no", None: "–"}[row.met]
        table.add_row(row.work, row.unit, *figures, f"{row.ours:,}", met)
    Console(width=120).print(table)


def main() -> int:
    def say(what: str) -> None:
        print(f"… {what}", file=sys.stderr, flush=True)

    parts = (measure, credit.measure, fees.measure, bills.measure, throughput, index.throughput)
    rows = [row for part in parts for row in part(say)]
    show(rows)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(
        json.dumps([row.as_json() for row in rows], indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    gas = {row.work: row.ours for row in rows if row.unit == "gas"}
    SNAPSHOT.write_text(
        json.dumps({"compiler": compiler_words(), "gas": gas}, indent=1, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
    missed = [row.work for row in rows if row.met is False]
    if missed:
        print(f"Goals missed: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
