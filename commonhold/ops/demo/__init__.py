"""The demo: a rent roll of 155 leases, fourteen months of life, and a twin that must agree on every figure.

    run_demo(Path("demo"))        0 if contracts and twin agree

It ships its roll and the payers' scenario (`commonhold/samples`), opens a chain of its own whose clock is the
story's, and leaves chain, store, statements, a chart and summary.json in the folder.
"""

import os
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from commonhold.errors import InputError
from commonhold.ops.demo import receipts
from commonhold.ops.demo.desks import FeeFiles
from commonhold.ops.demo.life import Play, live
from commonhold.ops.demo.scenario import read_scenario
from commonhold.ops.intake import load_mapping, read_roll

SAMPLES: Final = Path(__file__).resolve().parents[2] / "samples"
SEED: Final = 20240131
# Leases whose statements tell something; what, stands in the scenario.
TELLING: Final = (
    "no fl-23-008",
    "no fl-21-015",
    "no fl-21-034",
    "no fl-22-036",
    "no fl-23-041",
    "no fl-21-045",
    "no fl-23-050",
    "no fl-22-053",
    "no fl-21-084",
    "no fl-22-119",
    "no fl-23-123",
)
# Leases whose periods begin on the 29th and on the 31st.
CALENDAR: Final = ("no fl-20-021", "no fl-23-123")


def run_demo(out: Path, months: int = 14, keep_chain: bool = False, console: Console | None = None) -> int:
    """The whole demo; answers the exit code. Raises TwinDisagrees (exit code 8) at the first difference."""
    if months < 1:
        raise InputError(f"{months} months cannot be lived.", "Give 1 or more.")
    screen = console or Console()
    report = read_roll(SAMPLES / "rent-roll.csv", load_mapping(SAMPLES / "rent-roll.toml"))
    if not report.ok:
        raise InputError(f"The sample roll has problems: {report.problems[0]}")
    play = Play(
        title="Maple Grove, fourteen months" if months == 14 else f"Maple Grove, {months} months",
        report=report,
        scenario=read_scenario(SAMPLES / "scenario.csv"),
        months=months,
        seed=SEED,
        telling=TELLING,
        calendar=CALENDAR,
        keep_chain=keep_chain,
        fees=FeeFiles(
            schedule=SAMPLES / "fee-schedule-2024.csv",
            readings=SAMPLES / "readings.csv",
            formula=SAMPLES / "water.toml",
        ),
    )
    life = live(out, play, screen)
    if life.receipts is not None:
        lines = receipts.told(out, life.receipts, stopped=not keep_chain)
        screen.print(Text("\n".join(["", *lines])), soft_wrap=True)
    screen.print(Text(next_steps(out, life.rpc, life.pid, life.receipts)), soft_wrap=True)
    screen.print(Text(f"\n{life.audit}"), soft_wrap=True)
    return 0


def next_steps(out: Path, rpc: str = "", pid: int = 0, kept: receipts.Kept | None = None) -> str:
    """What to try next, as commands that work from here. rpc, pid: of the chain, if it still runs; kept:
    receipts, if there are any."""
    program = Path(sys.executable).with_name("commonhold")
    command = os.path.relpath(program) if program.exists() else "commonhold"
    settings = f"--config {out / 'commonhold.toml'}"
    lines = [
        "",
        f"Everything is in {out}: open {out / 'index.html'}, statements/*.html, summary.json.",
        "What to try next:",
    ]
    if rpc:
        lines.append(f"  (the chain runs at {rpc}; to stop it: kill {pid})")
    else:
        lines.append(f"  {command} chain up --state {out / 'chain-state.json'}      # in a second window")
    return "\n".join(
        [
            *lines,
            f"  {command} settle list {settings}",
            f"  {command} statement 119 {settings}",
            f"  {command} settle run --dry-run {settings}",
            f"  {command} arrears --aged {settings}",
            f"  {command} credit explain 20 {settings}",
            *([f"  {command} verify-receipt {out / kept.forged}"] if kept else []),
            f"  {command} audit {settings}",
            f"  {command} simulate --units 300 --months 6 --seed 7",
        ]
    )
