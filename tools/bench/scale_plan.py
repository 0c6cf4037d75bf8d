"""Time and memory of planning a settlement from the index, for some numbers of leases.

    python -m tools.bench.scale_plan LEASES

Leases of all shapes are invented as `commonhold simulate` does it, and their rows written into an index as it
writes them itself; four of five have paid until the take-over, one in five is behind, and a month later all
are planned. Each size is planned in a process of its own, so that memory is its own. Times in [s], memory and
files in [MB].
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from commonhold.index import tables
from commonhold.index.database import Database
from commonhold.index.figures import lease_figures
from commonhold.index.ledgers import ACCOUNT, pack_schedule, pack_terms
from commonhold.ops.planning import plan
from commonhold.ops.simulate import CUTOVER, invent_roll
from commonhold.rules.ledger import LeaseLedger
from commonhold.rules.rent import share_of
from commonhold.units import Day

ROOT: Final = Path(__file__).resolve().parents[2]
SIZES: Final = (1_000, 10_000, 100_000)
DAY: Final = Day(CUTOVER + 31)
GOALS: Final = 10, 1_024  # for the largest [s], [MB]
_BEHIND: Final = 5  # one lease in so many
_LET: Final = 20, 19  # units and leases of an invented roll
_TOGETHER: Final = 5_000  # rows
_MEGABYTE: Final = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Planned:
    """One measurement. cpu: of the planning process [s]; file: the index's [MB]."""

    leases: int
    due: int
    seconds: float
    cpu: float
    megabytes: int
    file: float


def measure(progress: Callable[[str], None], sizes: tuple[int, ...] = SIZES) -> list[Planned]:
    """Every size in a process of its own."""
    found = []
    for leases in sizes:
        progress(f"writing an index of {leases:,} leases, then planning them")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "index.sqlite"
            _child("--write", str(leases), str(path))
            size = path.stat().st_size / 2**20
            found.append(Planned(file=round(size, 1), **_child("--plan", str(leases), str(path))))
    return found


def _child(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tools.bench.scale_plan", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


# ---- the index


def invented(leases: int) -> Iterator[tuple[int, LeaseLedger]]:
    """As many leases as asked for, with the figures of a month ago."""
    chance = random.Random("scale")
    units = -(-leases * _LET[0] // _LET[1])
    for count, draft in enumerate(invent_roll(units, 1).leases[:leases], start=1):
        parties = range(4 * count, 4 * count + len(draft.terms.shares))
        terms = replace(
            draft.terms, unit=count, landlord=4 * count + 3, tenants=tuple(parties), manager=1, arbiter=2
        )
        if not terms.commission:
            terms = replace(terms, manager=0)
        ledger, _ = LeaseLedger.activate(terms, CUTOVER)
        paid_until = Day(CUTOVER - 62) if chance.randrange(_BEHIND) == 0 else CUTOVER
        for index, account in enumerate(ledger.accounts):
            due = share_of(terms.shares, index, ledger.schedule.due(paid_until))
            account.settled = max(account.settled, due)
        yield count, ledger


def write_index(leases: int, path: Path) -> None:
    """The rows of an index that planning reads."""
    database = Database(f"sqlite:///{path}")
    with database.writing() as connection:
        tables.METADATA.create_all(connection)
        waiting: list[tuple[Any, ...]] = []
        parts: list[tuple[Any, ...]] = []
        for lease, ledger in invented(leases):
            waiting.append(_row(lease, ledger))
            for place, account in enumerate(ledger.accounts):
                figures = [getattr(account, name) for name in ACCOUNT]
                figures[ACCOUNT.index("accrual")] = str(account.accrual)
                parts.append((lease, place, *figures))
            if len(waiting) == _TOGETHER:
                database.insert(connection, tables.leases, waiting)
                database.insert(connection, tables.lease_accounts, parts)
                waiting, parts = [], []
        database.insert(connection, tables.leases, waiting)
        database.insert(connection, tables.lease_accounts, parts)
    database.close()


def _row(lease: int, ledger: LeaseLedger) -> tuple[Any, ...]:
    values = {
        "lease": lease,
        "unit": lease,
        "landlord": ledger.landlord,
        "state": int(ledger.state),
        "end_day": ledger.schedule.end_day,
        "rent": ledger.schedule.segments[-1].rent,
        "whole": int(ledger.whole),
        "terms_hash": f"0x{lease:064x}",
        "document_hash": f"0x{0:064x}",
        "block": lease,
        "terms": pack_terms(ledger.terms),
        "schedule": pack_schedule(ledger.schedule),
    }
    return tuple(values[column.name] for column in tables.leases.columns)


# ---- in a process of its own


def _plan(leases: int, path: Path) -> dict[str, Any]:
    database = Database(f"sqlite:///{path}")
    wall, cpu = time.monotonic(), time.process_time()
    with database.reading() as connection:
        found = plan(lease_figures(connection), DAY)
    seconds, used = time.monotonic() - wall, time.process_time() - cpu
    database.close()
    if found.leases != leases:
        raise RuntimeError(f"{found.leases} of {leases} leases were planned")
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MEGABYTE
    return {
        "leases": leases,
        "due": len(found.rows),
        "seconds": round(seconds, 2),
        "cpu": round(used, 2),
        "megabytes": megabytes,
    }


def main() -> int:
    what, leases, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if what == "--write":
        write_index(leases, path)
        print("{}")
    else:
        print(json.dumps(_plan(leases, path)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
