"""Make package-lock.json work on every platform and name no host.

`npm install` may write the machine it ran on into the lock: `resolved` addresses, and only those optional
binaries of Anvil and Forge that its platform could fetch. `npm ci` elsewhere then fails with "Missing: …".
This tool removes the addresses and adds the missing optional entries. Run it after every `npm install`:

    python -m tools.npm_lock            # rewrite the lock
    python -m tools.npm_lock --check    # exit 1 if the lock would change
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"

# The suffix of a binary package's name, and what npm calls that system and processor.
PLATFORMS = {
    "darwin-amd64": ("darwin", "x64"),
    "darwin-arm64": ("darwin", "arm64"),
    "linux-amd64": ("linux", "x64"),
    "linux-arm64": ("linux", "arm64"),
    "win32-amd64": ("win32", "x64"),
}


def _platform_entry(tool: str, version: str, suffix: str, licence: str) -> dict[str, Any]:
    system, processor = PLATFORMS[suffix]
    program = f"bin/{tool}.exe" if system == "win32" else f"bin/{tool}"
    return {
        "version": version,
        "cpu": [processor],
        "dev": True,
        "license": licence,
        "optional": True,
        "os": [system],
        "bin": {tool: program},
    }


def complete(lock: dict[str, Any]) -> dict[str, Any]:
    """The lock without addresses and with an entry for each optional binary that its packages ask for."""
    packages: dict[str, dict[str, Any]] = {
        path: {key: value for key, value in entry.items() if key != "resolved"}
        for path, entry in lock["packages"].items()
    }
    for path, entry in list(packages.items()):
        for name, version in entry.get("optionalDependencies", {}).items():
            tool, _, suffix = name.rpartition("/")[2].partition("-")
            if path.startswith("node_modules/@foundry-rs/") and suffix in PLATFORMS:
                packages.setdefault(
                    f"node_modules/{name}",
                    _platform_entry(tool, version, suffix, entry.get("license", "MIT")),
                )
    ordered = {path: packages[path] for path in sorted(packages)}
    return {**lock, "packages": ordered}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if the lock is incomplete"
    )
    arguments = parser.parse_args()
    before = LOCK.read_text(encoding="utf-8")
    after = json.dumps(complete(json.loads(before)), indent=2, ensure_ascii=False) + "\n"
    if before == after:
        return 0
    if arguments.check:
        print("package-lock.json is incomplete: run `python -m tools.npm_lock`", file=sys.stderr)
        return 1
    LOCK.write_text(after, encoding="utf-8")
    print("package-lock.json completed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
