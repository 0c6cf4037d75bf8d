"""Compile the contracts into artifacts/: `python scripts/compile.py`, or `brownie run compile`."""

from pathlib import Path

from commonhold.chain.compile import compile_project


def main() -> None:
    artifacts = compile_project(Path(__file__).resolve().parent.parent)
    print(f"{len(artifacts)} artifacts are up to date")


if __name__ == "__main__":
    main()
