"""Write requirements/*.lock from *.in: exact versions with hashes, for every platform, naming no host.

    python -m tools.lock             # newest versions that fit
    python -m tools.lock dev         # only requirements/dev.lock

Needs `uv` (`pip install uv` anywhere). pip's and uv's own settings are left out, so that the locks hold no
address of a mirror.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# build.lock takes its versions from dev.lock, so dev comes first.
LOCKS = ("runtime", "dev", "build", "check", "node")
PYTHON = "3.11"


def make_lock(uv: str, name: str) -> None:
    """Resolve requirements/<name>.in into requirements/<name>.lock."""
    options = ["--universal", "--python-version", PYTHON, "--generate-hashes", "--upgrade", "--quiet"]
    options += [
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--custom-compile-command",
        "python -m tools.lock",
    ]
    environment = {
        key: value for key, value in os.environ.items() if not key.upper().startswith(("UV_", "PIP_"))
    }
    subprocess.run(
        [uv, "--no-config", "pip", "compile", *options, "--output-file", f"{name}.lock", f"{name}.in"],
        cwd=ROOT / "requirements",
        env=environment,
        check=True,
    )


def main() -> int:
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        print("uv is not installed: `pip install uv`, or set UV to its path.", file=sys.stderr)
        return 2
    names = sys.argv[1:] or LOCKS
    unknown = [name for name in names if name not in LOCKS]
    if unknown:
        print(f"No such lock: {', '.join(unknown)}. There are {', '.join(LOCKS)}.", file=sys.stderr)
        return 2
    for name in names:
        make_lock(uv, name)
        print(f"requirements/{name}.lock written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
