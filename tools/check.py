"""Everything that is checked without running it: format, lint, types, locks, and the contracts by slither.

Runs every step, also after one failed, and says of each how it went.
"""

import hashlib
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path

from commonhold.chain.compile import SOURCE_FOLDERS
from tools import slither
from tools.environment import LOCAL, PYTHON, ROOT, tool_environment

PYTHON_PATHS = ["bootstrap.py", "setup.py", "commonhold", "tools", "tests", "scripts"]
CHECK_VENV = LOCAL / "check-venv"
CHECK_LOCK = ROOT / "requirements" / "check.lock"


def _tool(name: str) -> str:
    return str(ROOT / ".venv" / "bin" / name)


def _run(*command: str) -> bool:
    result = subprocess.run(
        command, cwd=ROOT, env=tool_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if result.returncode != 0:
        print(result.stdout.rstrip())
    return result.returncode == 0


def _python_paths() -> list[str]:
    return [path for path in PYTHON_PATHS if (ROOT / path).exists()]


def _solidity_folders() -> list[str]:
    return [name for name in SOURCE_FOLDERS if (ROOT / name).is_dir()]


def check_format() -> bool:
    return _run(_tool("ruff"), "format", "--check", *_python_paths())


def check_lint() -> bool:
    return _run(_tool("ruff"), "check", *_python_paths())


def check_types() -> bool:
    return _run(_tool("mypy"))


def check_npm_lock() -> bool:
    return _run(str(PYTHON), "-m", "tools.npm_lock", "--check")


def check_solidity_lint() -> bool:
    solhint = str(ROOT / "node_modules" / ".bin" / "solhint")
    options = ["--disc", "--noPoster", "--max-warnings", "0", "--config", ".solhint.json"]
    return _run(solhint, *options, *(f"{folder}/**/*.sol" for folder in _solidity_folders()))


def _check_environment() -> Path:
    """Slither's own environment, made from its lock the first time: it clashes with brownie's pins."""
    stamp = CHECK_VENV / "lock.sha256"
    key = hashlib.sha256(CHECK_LOCK.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != key:
        print("Installing slither into its own environment …", flush=True)
        shutil.rmtree(CHECK_VENV, ignore_errors=True)
        venv.EnvBuilder(with_pip=True, symlinks=True).create(CHECK_VENV)
        pip = [str(CHECK_VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
        options = ["--disable-pip-version-check", "--no-input", "--require-hashes"]
        subprocess.run([*pip, *options, "--requirement", str(CHECK_LOCK)], check=True)
        stamp.write_text(key)
    return CHECK_VENV / "bin"


def check_slither() -> bool:
    """Nothing of medium or high impact is unexplained: slither-explained.toml says why each is no fault."""
    return slither.check(_check_environment() / "slither")


STEPS: list[tuple[str, Callable[[], bool]]] = [
    ("format (ruff)", check_format),
    ("lint (ruff)", check_lint),
    ("types (mypy --strict)", check_types),
    ("package-lock.json", check_npm_lock),
    ("Solidity lint (solhint)", check_solidity_lint),
    ("Solidity analysis (slither)", check_slither),
]


def format_all() -> int:
    """Rewrite the Python sources in the house format."""
    return 0 if _run(_tool("ruff"), "format", *_python_paths()) else 1


def main() -> int:
    failed = []
    for name, step in STEPS:
        start = time.monotonic()
        good = step()
        print(f"{name:<32} {'ok' if good else 'FAILED':<7} {time.monotonic() - start:6.1f} s", flush=True)
        if not good:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
