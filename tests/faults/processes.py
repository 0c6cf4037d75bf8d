"""Programs that are killed (SIGKILL) at a place that is chosen, not by luck.

A child that runs with `hooks/` on its path counts the moments at which something leaves it or is made to
last: a flush to the disk, a file put in its place, a request that sends, a commit. Each has a moment before
and one after. `moments` runs a program to its end and lists them; `run_killed` ends it at one of them.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

HOOKS: Final = Path(__file__).resolve().parent / "hooks"
ROOT: Final = HOOKS.parents[2]
KILLED: Final = -signal.SIGKILL


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Of a child: the project and the hooks on its path."""
    return {**os.environ, "PYTHONPATH": f"{HOOKS}{os.pathsep}{ROOT}", **(extra or {})}


def run(
    argv: Sequence[str], cwd: Path, extra: Mapping[str, str] | None = None, seconds: float = 120
) -> subprocess.CompletedProcess[bytes]:
    """To its end, in whatever way."""
    return subprocess.run(
        argv, cwd=cwd, env=environment(extra), capture_output=True, timeout=seconds, check=False
    )


def moments(argv: Sequence[str], cwd: Path, log: Path, on: str = "fsync,replace,send,commit") -> list[str]:
    """The names of the moments of an undisturbed run, in order; moment n of the list is `at=n + 1`."""
    done = run(
        argv, cwd, {"COMMONHOLD_KILL_AT": "0", "COMMONHOLD_KILL_ON": on, "COMMONHOLD_KILL_LOG": str(log)}
    )
    assert done.returncode == 0, done.stderr.decode()
    return log.read_text(encoding="utf-8").split("\n")[:-1]


def run_killed(
    argv: Sequence[str],
    cwd: Path,
    *,
    at: int | None = None,
    after: float | None = None,
    on: str = "fsync,replace,send,commit",
    tear: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Kill it at moment `at` (from 1), or `after` so many seconds; it may also end before.

    tear: what was written since the last flush is cut in half on the disk, as by a loss of power.
    """
    if at is not None:
        extra = {"COMMONHOLD_KILL_AT": str(at), "COMMONHOLD_KILL_ON": on}
        return run(argv, cwd, extra | ({"COMMONHOLD_KILL_TEAR": "1"} if tear else {}))
    child = subprocess.Popen(argv, cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.monotonic() + (after or 0)
    while child.poll() is None and time.monotonic() < end:
        time.sleep(min(0.002, max(0.0, end - time.monotonic())))
    if child.poll() is None:
        child.send_signal(signal.SIGKILL)
    out, err = child.communicate(timeout=60)
    return subprocess.CompletedProcess(list(argv), child.returncode, out, err)
