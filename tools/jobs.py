"""Run test jobs side by side, show their lines as they come, and add up their results."""

import re
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

NO_TESTS = 5  # pytest's exit code when it collected none
_COUNTS = ("passed", "failed", "errors", "skipped")
_PRINTING = threading.Lock()


@dataclass(frozen=True)
class Job:
    """One run of pytest or brownie. `report` is the JUnit file that the command writes."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    report: Path


@dataclass
class Result:
    """What a job came to. `counts` by passed, failed, errors, skipped."""

    job: Job
    code: int
    seconds: float
    counts: dict[str, int] = field(default_factory=dict)


def _say(name: str, line: str) -> None:
    with _PRINTING:
        print(f"[{name}] {line}", flush=True)


def _read_report(path: Path) -> dict[str, int]:
    counts = dict.fromkeys(_COUNTS, 0)
    if not path.is_file():
        return counts
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):
        failed, errors = int(suite.get("failures", 0)), int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        counts["failed"] += failed
        counts["errors"] += errors
        counts["skipped"] += skipped
        counts["passed"] += max(0, int(suite.get("tests", 0)) - failed - errors - skipped)
    return counts


def run_job(job: Job, root: Path) -> Result:
    """Run one job to its end; every line it prints appears with the job's name before it."""
    start = time.monotonic()
    job.report.parent.mkdir(parents=True, exist_ok=True)
    job.report.unlink(missing_ok=True)
    process = subprocess.Popen(
        job.command,
        cwd=root,
        env={**job.environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            if line.strip():
                _say(job.name, line.rstrip())
    code = process.wait()
    return Result(job, code, time.monotonic() - start, _read_report(job.report))


def _totals(results: Sequence[Result]) -> dict[str, int]:
    return {name: sum(result.counts.get(name, 0) for result in results) for name in _COUNTS}


def summary(results: Sequence[Result], seconds: float) -> str:
    """pytest's closing line for all jobs together."""
    totals = _totals(results)
    parts = [f"{count} {name}" for name, count in totals.items() if count or name == "passed"]
    text = re.sub(r"\b1 errors", "1 error", ", ".join(parts))
    return f" {text} in {seconds:.2f}s ".center(80, "=")


def exit_code(results: Sequence[Result]) -> int:
    """0 if something ran and all of it passed; a job without tests is fine beside one that has some."""
    totals = _totals(results)
    if any(result.code not in (0, NO_TESTS) for result in results) or totals["failed"] or totals["errors"]:
        return 1
    return 0 if totals["passed"] else NO_TESTS


def report(results: Sequence[Result], seconds: float) -> int:
    """Print what each job came to and the closing line; returns the exit code for all."""
    print()
    for result in results:
        counts = ", ".join(f"{count} {name}" for name, count in result.counts.items() if count)
        verdict = "ok" if result.code == 0 else "no tests" if result.code == NO_TESTS else "FAILED"
        print(f"{result.job.name:<12} {verdict:<8} {result.seconds:7.1f} s   {counts}")
    print(summary(results, seconds), flush=True)
    sys.stdout.flush()
    return exit_code(results)
