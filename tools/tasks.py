"""The tasks behind `make`: `python -m tools.tasks TASK [arguments]`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

from tools.environment import LOCAL, PYTHON, ROOT, tool_environment

COMMAND = ROOT / ".venv" / "bin" / "commonhold"
MADE = [
    "artifacts",
    "build",
    "demo",
    ".coverage",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
]


def demo(arguments: Sequence[str]) -> int:
    """A year of leases on a chain of its own."""
    os.execve(COMMAND, [str(COMMAND), "demo", *arguments], tool_environment())


def test(arguments: Sequence[str]) -> int:
    """All tests, or those that the arguments name."""
    from tools.testing import run_tests

    return run_tests(arguments)


def verify(arguments: Sequence[str]) -> int:
    """All checks, then all tests with many more random examples."""
    from tools import check as checks

    if arguments:
        print("verify takes no arguments.", file=sys.stderr)
        return 2
    os.environ["COMMONHOLD_EXAMPLES"] = "long"
    checked, tested = checks.main(), test([])
    return checked or tested


def bench(arguments: Sequence[str]) -> int:
    """Gas and speed beside their floors, goals and peers; writes reports/bench.json."""
    return _run([str(PYTHON), "scripts/bench.py", *arguments])


def coverage(arguments: Sequence[str]) -> int:
    """Lines and branches that the tests reach, of our contracts and of the package."""
    from tools.coverage import run_coverage

    return run_coverage(arguments)


def check(arguments: Sequence[str]) -> int:
    """Format, lint, types, locks, and the contracts by slither."""
    from tools import check as checks

    if arguments:
        print("check takes no arguments.", file=sys.stderr)
        return 2
    return checks.main()


def tidy(arguments: Sequence[str]) -> int:
    """Rewrite the Python sources in the house format."""
    from tools.check import format_all

    return format_all()


def compile_all(arguments: Sequence[str]) -> int:
    """Compile the contracts into artifacts/."""
    return _run([str(PYTHON), "-m", "commonhold.chain.compile", *arguments])


def brownie(arguments: Sequence[str]) -> int:
    """brownie in the project's environment, on ports of its own."""
    return _run([str(PYTHON), "-m", "tools.brownie", *arguments])


def clean(arguments: Sequence[str]) -> int:
    """Remove what compiling, testing and the demo made; the installed tools stay."""
    for name in MADE:
        path = ROOT / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for name in ("homes", "test-reports", "forge", "coverage"):
        shutil.rmtree(LOCAL / name, ignore_errors=True)
    return 0


TASKS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": demo,
    "test": test,
    "verify": verify,
    "bench": bench,
    "coverage": coverage,
    "check": check,
    "format": tidy,
    "compile": compile_all,
    "brownie": brownie,
    "clean": clean,
}


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=tool_environment()).returncode


def main() -> int:
    os.chdir(ROOT)
    name, *arguments = sys.argv[1:] or [""]
    task = TASKS.get(name)
    if task is None:
        print(f"There is no task {name!r}. The tasks:" if name else "The tasks:", file=sys.stderr)
        for known, action in TASKS.items():
            print(f"  {known:<10} {action.__doc__}", file=sys.stderr)
        return 2
    return task(arguments)


if __name__ == "__main__":
    sys.exit(main())
