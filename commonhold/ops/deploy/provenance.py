"""From which sources the contracts were compiled: commit and versions, for the manifest."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

from commonhold.chain.artifacts import load

_PROJECT: Final = Path(__file__).resolve().parents[3]
_SOURCES: Final = ("contracts", "interfaces", "package-lock.json")
_SECONDS: Final = 10


def commit(project: Path = _PROJECT) -> str:
    """Of the sources, with + behind it where they differ from it; empty where there is no git."""
    git = shutil.which("git")
    if git is None or not (project / ".git").exists() or not (project / _SOURCES[0]).is_dir():
        return ""

    def ask(*words: str) -> str | None:
        try:
            done = subprocess.run(
                [git, "-C", str(project), *words],
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    head, changed = ask("rev-parse", "HEAD"), ask("status", "--porcelain", "--", *_SOURCES)
    return "" if head is None or changed is None else head + ("+" if changed else "")


def compiler(contract: str) -> str:
    """The version of solc."""
    return str(load(contract).raw["compiler"]["version"])


def openzeppelin(project: Path = _PROJECT) -> str:
    """The version of its contracts; empty where the sources are not at hand."""
    path = project / "node_modules" / "@openzeppelin" / "contracts" / "package.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return ""
