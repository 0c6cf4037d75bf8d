"""Time and memory of the audit for 1,000, 10,000 and 100,000 leases of twelve months.

    python -m tools.bench.audit [--real LEASES]

A small chain lives on a real Anvil, with its node's time to give logs and answer views; the three sizes are
read from generated logs (tools/bench/audit_logs.py) through a pipe, as from a file, and their views are
compared with answers made beside them: the node's part is not in their time. Each audit is a process of its
own, so that memory is its own; CPU is what that process used, whatever else the computer did. Times in [s],
memory in [MB].
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.rawlogs import LogReader, read_all, saved
from commonhold.chain.rawviews import encoded
from commonhold.ops.audit import audit
from commonhold.ops.audit.compare import balances, check_supply, compare
from commonhold.ops.audit.replay import Books
from commonhold.ops.audit.views import rows
from commonhold.ops.manifest import read
from tools.bench.audit_logs import GIVEN
from tools.bench.rows import Row

ROOT: Final = Path(__file__).resolve().parents[2]
MONTHS: Final = 12
REAL: Final = 300  # leases on a real node, which keeps a copy of its state for every block
GENERATED: Final = (1_000, 10_000, 100_000)  # leases by generated logs
BEGIN: Final = 1_767_200_400  # 2026-01-01 01:00 in China [unix]
GOAL: Final = 300  # for the largest [s]


@dataclass(frozen=True)
class Size:
    """One measurement."""

    leases: int
    real: bool
    logs: int
    figures: int
    views: int
    seconds: float
    cpu: float  # of the audit's own process [s]
    megabytes: int
    differences: int


def measure(progress: Callable[[str], None], real: int = REAL) -> list[Size]:
    """The real chain first, then the generated logs."""
    progress(f"living {MONTHS} months of {real:,} leases on Anvil, then auditing them")
    found = [_real(real)]
    for leases in GENERATED:
        progress(f"auditing generated logs of {leases:,} leases")
        found.append(_generated(leases))
    return found


def bench_rows(progress: Callable[[str], None]) -> list[Row]:
    """For the table of `make bench`."""
    sizes = measure(progress)
    last = sizes[-1]
    work = f"audit {last.leases:,} leases × {MONTHS} months, from generated logs"
    return [Row(work, "s", None, None, GOAL, round(last.seconds))]


# ---- measured in a process of its own


def _child(*arguments: str, feed: list[str] | None = None) -> dict[str, Any]:
    command = [sys.executable, "-m", "tools.bench.audit", *arguments]
    source = subprocess.Popen(feed, stdout=subprocess.PIPE, cwd=ROOT) if feed else None
    done = subprocess.run(
        command, stdin=source.stdout if source else None, stdout=subprocess.PIPE, check=True, cwd=ROOT
    )
    if source is not None and source.wait() != 0:
        raise RuntimeError("the generator of logs failed")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _generated(leases: int) -> Size:
    feed = [sys.executable, "-m", "tools.bench.audit_logs", str(leases), str(MONTHS)]
    return Size(leases, False, **_child("--generated", feed=feed))


def _audit_generated() -> dict[str, Any]:
    began = time.monotonic()
    books = Books(GIVEN)
    books.replay(read_all(LogReader(GIVEN.addresses), saved(Path("/dev/stdin"))))
    views = 0

    def answered() -> Any:
        nonlocal views
        for question in rows(books, books.time):
            views += 1
            yield question, encoded(question.expected)

    compare(answered(), books.findings)
    list(balances(books))
    check_supply(books)
    found = books.findings
    return {
        "logs": sum(found.logs.values()),
        "figures": sum(found.checked.values()) + sum(found.rows.values()),
        "views": views,
        "seconds": time.monotonic() - began,
        "cpu": time.process_time(),
        "megabytes": _megabytes(),
        "differences": found.total,
    }


def _audit_real(rpc: str, folder: str) -> dict[str, Any]:
    report = audit(Connection(rpc), read(Path(folder)))
    return {
        "logs": sum(line.logs for line in report.lines),
        "figures": sum(line.checked + line.rows for line in report.lines),
        "views": report.views,
        "seconds": report.seconds,
        "cpu": time.process_time(),
        "megabytes": report.megabytes,
        "differences": report.total,
    }


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (
        2**20 if sys.platform == "darwin" else 2**10
    )


# ---- a real chain


def _real(leases: int) -> Size:
    from tools.bench.audit_town import live

    with Node(timestamp=BEGIN, gas_limit=10**9) as node, tempfile.TemporaryDirectory() as folder:
        live(node.rpc_url, leases, MONTHS).write(Path(folder))
        return Size(leases, True, **_child("--chain", node.rpc_url, "--manifest", folder))


# ---- shown


def show(sizes: list[Size]) -> None:
    table = Table(title=f"Audit, {MONTHS} months")
    for heading in (
        "leases",
        "source",
        "logs",
        "figures",
        "views",
        "seconds",
        "µs a log",
        "MB",
        "differences",
    ):
        table.add_column(heading, justify="left" if heading == "source" else "right")
    for one in sizes:
        table.add_row(
            f"{one.leases:,}",
            "Anvil, node's time included" if one.real else "generated logs",
            f"{one.logs:,}",
            f"{one.figures:,}",
            f"{one.views:,}",
            f"{one.seconds:,.1f}",
            f"{one.cpu:,.1f}",
            f"{one.cpu / one.logs * 1e6:,.0f}",
            f"{one.megabytes:,}",
            str(one.differences),
        )
    Console(width=120).print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--real", type=int, default=REAL, help="leases on the real node")
    parser.add_argument("--generated", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--chain", help=argparse.SUPPRESS)
    parser.add_argument("--manifest", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.generated:
        print(json.dumps(_audit_generated()))
        return 0
    if given.chain:
        print(json.dumps(_audit_real(given.chain, given.manifest)))
        return 0
    sizes = measure(lambda what: print(f"… {what}", file=sys.stderr, flush=True), given.real)
    show(sizes)
    return 1 if any(one.differences for one in sizes) or sizes[-1].seconds > GOAL else 0


if __name__ == "__main__":
    raise SystemExit(main())
