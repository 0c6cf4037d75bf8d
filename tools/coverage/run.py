"""`make coverage`: lines and branches of our contracts and of the package, and what was not reached."""

import argparse
import json
import subprocess
from collections.abc import Sequence

from tools.coverage.contracts import WORK, Reached, measure
from tools.environment import PYTHON, ROOT, brownie_home, tool_environment
from tools.testing import PLAIN_OPTIONS, spread

GOAL = 95.0  # of branches [%]
DATA = WORK / "python.coverage"


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0


def _row(name: str, lines: tuple[int, int], branches: tuple[int, int]) -> str:
    shown = [f"{part:>6}/{whole:<6}{_percent(part, whole):6.1f} %" for part, whole in (lines, branches)]
    return f"{name:<48}{shown[0]}   {shown[1]}"


def print_contracts(files: Sequence[Reached], show_missed: bool) -> float:
    """The table of the contracts; returns the share of branches reached [%]."""
    print(f"\n{'Contracts':<48}{'lines':>16}{'branches':>23}")
    for file in files:
        lines, branches = (file.lines_reached, file.lines), (file.branches_reached, file.branches)
        print(_row(file.file, lines, branches))
        if show_missed:
            for words in file.missed:
                print(f"    not reached: {words}")
    lines = sum(file.lines_reached for file in files), sum(file.lines for file in files)
    branches = sum(file.branches_reached for file in files), sum(file.branches for file in files)
    print(_row("all contracts", lines, branches))
    return _percent(*branches)


def measure_package() -> tuple[dict[str, dict[str, int]], int]:
    """Coverage of the Python package over all tests, commands run in processes of their own included."""
    DATA.parent.mkdir(parents=True, exist_ok=True)
    for old in DATA.parent.glob("python.coverage*"):
        old.unlink()
    coverage = [str(PYTHON), "-m", "coverage"]
    with brownie_home() as home:
        environment = {**tool_environment(home), "COVERAGE_FILE": str(DATA)}
        pytest = ["pytest", *PLAIN_OPTIONS, *spread(), "-q", "--no-header", "-rfE", "tests"]
        code = subprocess.run([*coverage, "run", "-m", *pytest], cwd=ROOT, env=environment).returncode
        subprocess.run([*coverage, "combine", "--quiet"], cwd=ROOT, env=environment)
        report = WORK / "python.json"
        subprocess.run(
            [*coverage, "json", "--quiet", "-o", str(report)], cwd=ROOT, env=environment, check=True
        )
    files = json.loads(report.read_text())["files"]
    return {name: entry["summary"] for name, entry in sorted(files.items())}, code


def print_package(files: dict[str, dict[str, int]]) -> float:
    """The table of the package; returns the share of branches reached [%]."""
    print(f"\n{'Package':<48}{'lines':>16}{'branches':>23}")
    fields = ("covered_lines", "num_statements", "covered_branches", "num_branches")
    for name, entry in files.items():
        if entry["num_statements"]:
            part = [entry[key] for key in fields]
            print(_row(name, (part[0], part[1]), (part[2], part[3])))
    total = [sum(entry[key] for entry in files.values()) for key in fields]
    print(_row("the package", (total[0], total[1]), (total[2], total[3])))
    return _percent(total[2], total[3])


def run_coverage(arguments: Sequence[str]) -> int:
    """Measure both, print both; 0 only if all tests passed and both reach the goal."""
    parser = argparse.ArgumentParser(
        prog="make coverage", description="Lines and branches reached by the tests."
    )
    parser.add_argument("--only", choices=["contracts", "package"], help="measure one of the two")
    parser.add_argument("--missed", action="store_true", help="list the lines and branches not reached")
    parser.add_argument("-k", help="only tests that match, as pytest's -k")
    options = parser.parse_args(arguments)
    shares, codes, text = {}, [], []
    selected = ["-k", options.k] if options.k else []
    if options.only != "package":
        files, code = measure(selected)
        codes.append(code)
    if options.only != "contracts":
        package, code = measure_package()
        codes.append(code)
    if options.only != "package":
        shares["contracts"] = print_contracts(files, options.missed)
    if options.only != "contracts":
        shares["package"] = print_package(package)
    for name, share in shares.items():
        text.append(f"{name}: {share:.1f} % of branches, goal {GOAL:.0f} %")
    print("\n" + "; ".join(text))
    if any(codes):
        print("Some tests failed above.")
    return 0 if not any(codes) and all(share >= GOAL for share in shares.values()) else 1
