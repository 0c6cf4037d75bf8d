"""Run brownie in the project's own environment: `python -m tools.brownie test`, `make brownie ARGS=test`."""

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from commonhold.chain.compile import SOURCE_FOLDERS
from tools.environment import LOCAL, ROOT, brownie_home, tool_environment

BROWNIE = ROOT / ".venv" / "bin" / "brownie"
BUILD = ROOT / "build"


def _sources_key() -> str:
    digest = hashlib.sha256()
    sources = sorted(file for folder in SOURCE_FOLDERS for file in (ROOT / folder).rglob("*.sol"))
    for file in [*sources, ROOT / "brownie-config.yaml"]:
        digest.update(f"{file}\0".encode() + file.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (LOCAL / "brownie-build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def compile_contracts(home: Path) -> int:
    """Bring brownie's build folder up to date, one run at a time; returns brownie's exit code.

    Brownie compiles only what changed, though code may depend on what else is read (`chain.compile` tells
    how), and not even that when only an interface changed. So all of the build goes with any change.
    """
    with _alone():
        stamp, key = BUILD / "sources.key", _sources_key()
        stale = not stamp.is_file() or stamp.read_text() != key
        if stale:
            shutil.rmtree(BUILD / "contracts", ignore_errors=True)
            shutil.rmtree(BUILD / "interfaces", ignore_errors=True)
        # Loading a new build, brownie takes away what no contract of ours needs: a second time here, so that
        # two runs that load it at once do not take it from under each other.
        for _ in range(2 if stale else 1):
            code = _compile_once(home)
            if code != 0:
                return code
        stamp.write_text(key)
    return 0


def _compile_once(home: Path) -> int:
    result = subprocess.run(
        [str(BROWNIE), "compile"], cwd=ROOT, env=tool_environment(home), capture_output=True, text=True
    )
    # Brownie prints compiler errors and ends with 0: the build tells whether it worked.
    if result.returncode != 0 or "Project has been compiled" not in result.stdout:
        print(result.stdout + result.stderr, file=sys.stderr)
        return result.returncode or 1
    return 0


def main() -> int:
    arguments = sys.argv[1:]
    with brownie_home(tracing="--coverage" in arguments or "-C" in arguments) as home:
        if arguments and arguments[0] in ("test", "run", "console"):
            code = compile_contracts(home)
            if code != 0:
                return code
        return subprocess.run([str(BROWNIE), *arguments], cwd=ROOT, env=tool_environment(home)).returncode


if __name__ == "__main__":
    sys.exit(main())
