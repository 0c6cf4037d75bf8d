"""What became of each fault that was injected: one line a run, for the table of faults and outcomes.

    with recorded("deploy", "N2", "LOST_ANSWER at send 7"):
        …the run and its proof…

`python -m tools.faults` prints the table of the last runs.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Final

from tools.environment import ROOT

FILE: Final = ROOT / ".local" / "fault-runs.jsonl"


def record(room: str, fault: str, step: str, outcome: str) -> None:
    """room: deploy, settle or index; fault: its id; outcome: `nothing lost, nothing twice`, or what else."""
    FILE.parent.mkdir(exist_ok=True)
    line = json.dumps({"room": room, "fault": fault, "step": step, "outcome": outcome})
    descriptor = os.open(FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line.encode() + b"\n")
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def recorded(room: str, fault: str, step: str) -> Iterator[None]:
    """Records the run as proven, unless it raises."""
    try:
        yield
    except BaseException as error:
        record(room, fault, step, f"FAILED: {type(error).__name__}")
        raise
    record(room, fault, step, "nothing lost, nothing twice")
