"""What a community, a city and a country cost and need: measured, and written into docs/scale.md.

    python -m tools.bench.scale            measures, writes docs/scale.json, reports/scale.json and the tables
    python -m tools.bench.scale --tables   writes the tables anew from docs/scale.json

No price is asked for anywhere: prices are the assumptions in `PRICES`, each with where it comes from; change
them and write the tables anew.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tools.bench.rows import BLOCK, Row
from tools.bench.scale_gas import HOMES, Work
from tools.bench.scale_gas import measure as measure_gas
from tools.bench.scale_plan import GOALS, Planned
from tools.bench.scale_plan import measure as measure_plans

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "scale.md"
FIGURES: Final = ROOT / "docs" / "scale.json"
REPORT: Final = ROOT / "reports" / "scale.json"
Report = dict[str, Any]

GWEI: Final = 10**9
COIN: Final = 10**18  # [wei]
# Assumptions, not quotations of a day: each is a round figure that a reader can replace.
PRICES: Final[Report] = {
    "gas_gwei": [1, 5, 30],  # a mainnet that is quiet, usual, busy
    "coin": 3_000,  # units of account for one coin
    "l2_gas_gwei": 0.01,  # five times the floor that docs.base.org states for Base, 0.002 gwei
    "l1_base_fee_gwei": 5,  # the middle one of the three above
    "blob_base_fee_gwei": 1,  # the floor of EIP-4844 is 1 wei
    "base_fee_scalar": 0.002269,  # of an OP-stack chain: GasPriceOracle.baseFeeScalar() / 1e6
    "blob_base_fee_scalar": 1.055762,  # GasPriceOracle.blobBaseFeeScalar() / 1e6
    "size_factor": 0.8365,  # of the Fjord specification: 836,500 / 1e6 for each packed byte
}
YEARS_OF_A_LEASE: Final = 2
PLACES: Final = (
    ("a community", 1_000),
    ("a district", 10_000),
    ("a city", 100_000),
    ("a country", 10_000_000),
)
BLOCK_SECONDS: Final = {"mainnet": 12, "L2": 2}


# ---- figures from the measurements


def l2_wei(gas: int, packed: int, prices: Report) -> float:
    """Execution and data of one home on an OP-stack chain. [gas], [bytes] → [wei]"""
    data_price = 16 * prices["base_fee_scalar"] * prices["l1_base_fee_gwei"]
    data_price += prices["blob_base_fee_scalar"] * prices["blob_base_fee_gwei"]
    execution = gas * prices["l2_gas_gwei"] * GWEI
    return float(execution + prices["size_factor"] * packed * data_price * GWEI)


def year_of(works: Sequence[Report]) -> Report:
    """All that one home needs in a year; a lease is activated every other year."""
    return {
        name: sum(work[name] // (YEARS_OF_A_LEASE if work["times"] == 1 else 1) for work in works)
        for name in ("gas", "data", "packed")
    }


def batches(leases: int, gas_each: int) -> int:
    """Transactions of 2^24 gas that settle so many leases."""
    return -(-leases * gas_each // BLOCK)


def planned(report: Report, leases: int) -> Report:
    """Processor time [s], memory and file [MB] of a size: measured, or from the largest one in proportion."""
    found: Report | None = next((one for one in report["plans"] if one["leases"] == leases), None)
    if found is not None:
        return {**found, "measured": True}
    last = report["plans"][-1]
    times = leases / last["leases"]
    return {
        "leases": leases,
        "cpu": last["cpu"] * times,
        "megabytes": _floor(report) + (last["megabytes"] - _floor(report)) * times,
        "file": last["file"] * times,
        "measured": False,
    }


def _floor(report: Report) -> float:
    """What the program needs before its first lease. [MB]"""
    return float(report["plans"][0]["megabytes"])


# ---- tables


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(headings) + " |"
    yield "|---" + "|---:" * (len(headings) - 1) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _about(value: float, measured: bool = True) -> str:
    digits = 2 if value < 10 else 0
    return f"{'' if measured else '≈ '}{value:,.{digits}f}"


def plan_table(report: Report) -> Iterator[str]:
    rows = [
        (
            f"{one['leases']:,}",
            f"{one['due']:,}",
            f"{one['cpu']:,.2f}",
            f"{one['cpu'] / one['leases'] * 1e6:,.0f}",
            f"{one['megabytes']:,}",
            f"{one['file']:,.1f}",
        )
        for one in report["plans"]
    ]
    headings = ("leases", "due", "processor, s", "µs a lease", "memory, MB", "index, MB")
    return _table(headings, rows)


def gas_table(report: Report) -> Iterator[str]:
    rows = [
        (
            work["work"],
            f"{work['gas']:,}",
            f"{work['gas'] // work['times']:,}",
            f"{work['data']:,}",
            f"{work['packed']:,}",
        )
        for work in report["works"]
    ]
    year = year_of(report["works"])
    rows.append(("**a year**", f"{year['gas']:,}", "", f"{year['data']:,}", f"{year['packed']:,}"))
    return _table(("one home", "gas a year", "gas each time", "bytes", "packed bytes"), rows)


def cost_table(report: Report) -> Iterator[str]:
    prices, year = report["prices"], year_of(report["works"])
    found = [(f"mainnet, {gwei} gwei", year["gas"] * gwei * GWEI) for gwei in prices["gas_gwei"]]
    found.append(("L2", l2_wei(year["gas"], year["packed"], prices)))
    found.append(("L2, data not packed", l2_wei(year["gas"], year["data"], prices)))
    rows = [(name, f"{wei / COIN:.6f}", f"{wei / COIN * prices['coin']:,.3f}") for name, wei in found]
    return _table(("where", "coins", "units of account"), rows)


def place_table(report: Report) -> Iterator[str]:
    rents = next(work for work in report["works"] if work["times"] > 1)
    each = rents["gas"] // rents["times"]
    rows = []
    for name, leases in PLACES:
        plan, count = planned(report, leases), batches(leases, each)
        minutes = {where: count * seconds / 60 for where, seconds in BLOCK_SECONDS.items()}
        rows.append(
            (
                f"{name}, {leases:,} leases",
                _about(plan["cpu"], plan["measured"]),
                _about(plan["megabytes"], plan["measured"]),
                _about(plan["file"], plan["measured"]),
                f"{count:,}",
                _about(minutes["mainnet"]),
                _about(minutes["L2"]),
            )
        )
    headings = (
        "", "planning, s", "memory, MB", "index, MB", "transactions", "minutes, mainnet", "minutes, L2",
    )  # fmt: skip
    return _table(headings, rows)


TABLES: Final[dict[str, Callable[[Report], Iterator[str]]]] = {
    "plan": plan_table,
    "gas": gas_table,
    "cost": cost_table,
    "place": place_table,
}


def with_tables(text: str, report: Report) -> str:
    """The page with its tables made anew between their marks."""
    for name, make in TABLES.items():
        begin, end = f"<!-- table: {name} -->\n", f"<!-- end: {name} -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise ValueError(f"docs/scale.md has no place for the table {name}")
        text = head + begin + "\n".join(make(report)) + "\n" + end + tail
    return text


# ---- the command


def report_of(plans: Sequence[Planned], works: Sequence[Work]) -> Report:
    return {
        "homes": HOMES,
        "prices": PRICES,
        "plans": [asdict(one) for one in plans],
        "works": [asdict(one) for one in works],
    }


def bench_rows(progress: Callable[[str], None]) -> list[Row]:
    """For the table of `make bench`."""
    last = measure_plans(progress)[-1]
    work = f"plan a settlement of {last.leases:,} leases from the index"
    return [
        Row(work, "s", None, None, GOALS[0], round(last.cpu)),
        Row(f"{work}: memory", "MB", None, None, GOALS[1], last.megabytes),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tables", action="store_true", help="measure nothing")
    given = parser.parse_args()
    if given.tables:
        report = json.loads(FIGURES.read_text(encoding="utf-8")) | {"prices": PRICES}
    else:

        def say(what: str) -> None:
            print(f"… {what}", file=sys.stderr, flush=True)

        report = report_of(measure_plans(say), measure_gas(say))
    text = json.dumps(report, indent=1) + "\n"
    REPORT.parent.mkdir(exist_ok=True)
    for path in (FIGURES, REPORT):
        path.write_text(text, encoding="utf-8")
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), report), encoding="utf-8")
    for name, make in TABLES.items():
        print(f"{name}\n" + "\n".join(make(report)) + "\n")
    last = report["plans"][-1]
    return 1 if last["cpu"] > GOALS[0] or last["megabytes"] > GOALS[1] else 0


if __name__ == "__main__":
    raise SystemExit(main())
