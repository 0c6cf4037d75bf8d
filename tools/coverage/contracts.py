"""Coverage of the contracts: instrument a copy of the project, run its tests there, compare with the plan."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commonhold.chain.compile import SOURCE_FOLDERS, run_compiler, tree_request
from tools.coverage.instrument import Plan, instrument
from tools.coverage.probes import LIBRARY_FILE, SOURCE
from tools.environment import LOCAL, PYTHON, ROOT, brownie_home, tool_environment

WORK = LOCAL / "coverage"
COPY = WORK / "project"
HITS = WORK / "hits"
NOT_MEASURED = ("contracts/mocks/",)
# Tests that start a node, which takes no contract as large as an instrumented one, or that need no contract.
NOT_RUN = ("index", "package", "sources", "system")
PROBES_PER_FILE = 1 << 13
# Files in which variables, with probes between them, lie deeper in the stack than the EVM reaches. They are
# compiled by the usual steps but for "i", which puts functions into each other, and "M", which draws values
# out of loops; the unusual figure of runs tells them apart.
DEEP = ("contracts/finance/CreditRegistry.sol",)
DEEP_RUNS = 199
DEEP_STEPS = (
    "dhfoDgvulfnTUtnIf[xa[r]EscLVcul[j]Trpeulxa[r]cLgvfVDulfDgvuCTUcarrLsTFOtfDncarrIulc]"
    "jmul[jul]VcTOcul jmul"
)
OPTIMIZER = '"optimizer": {"enabled": True, "runs": runs}'
RUNS = "RUNS_OF_FILE: dict[str, int] = {}"


@dataclass
class Reached:
    """How much of one file was reached; `missed` in words."""

    file: str
    lines: int
    lines_reached: int
    branches: int
    branches_reached: int
    missed: list[str]


def make_copy() -> list[Plan]:
    """A copy of the project with probes in its contracts. What did not change keeps its artifacts."""
    for name in ("commonhold", "tests", "tools", "scripts", "docs"):
        shutil.rmtree(COPY / name, ignore_errors=True)
        shutil.copytree(ROOT / name, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in SOURCE_FOLDERS:
        shutil.rmtree(COPY / name, ignore_errors=True)
        shutil.copytree(ROOT / name, COPY / name)
    shutil.copy2(ROOT / "pyproject.toml", COPY)
    _flatten(COPY / "commonhold" / "chain" / "compile.py")
    if not (COPY / "node_modules").is_symlink():
        (COPY / "node_modules").symlink_to(ROOT / "node_modules")
    (COPY / LIBRARY_FILE).write_text(SOURCE, encoding="utf-8")
    trees = run_compiler(ROOT, tree_request(ROOT))["sources"]
    plans = []
    files = sorted(
        name for name in trees if name.startswith("contracts/") and not name.startswith(NOT_MEASURED)
    )
    for index, name in enumerate(files):
        text = (ROOT / name).read_bytes()
        changed, plan = instrument(name, text, trees[name]["ast"], index * PROBES_PER_FILE)
        (COPY / name).write_bytes(changed)
        plans.append(plan)
    return plans


def _flatten(compile_step: Path) -> None:
    """Let the copy compile DEEP by DEEP_STEPS."""
    text = compile_step.read_text(encoding="utf-8")
    details = {"yul": True, "yulDetails": {"stackAllocation": True, "optimizerSteps": DEEP_STEPS}}
    deep = f"({{'details': {details!r}}} if runs == {DEEP_RUNS} else {{}})"
    for old, new in (
        (OPTIMIZER, f"{OPTIMIZER[:-1]}, **{deep}}}"),
        (RUNS, f"RUNS_OF_FILE: dict[str, int] = {dict.fromkeys(DEEP, DEEP_RUNS)!r}"),
    ):
        if text.count(old) != 1:
            raise RuntimeError(f"{compile_step} does not say {old!r}.")
        text = text.replace(old, new)
    compile_step.write_text(text, encoding="utf-8")


def _environment(home: Path) -> dict[str, str]:
    environment = tool_environment(home)
    environment["PYTHONPATH"] = str(COPY)
    environment["COMMONHOLD_SOLC"] = str(LOCAL / "bin" / "solc")
    environment["COMMONHOLD_COVERAGE"] = str(HITS)
    return environment


def run_instrumented(options: Sequence[str]) -> int:
    """Compile the copy and run its tests; returns pytest's exit code."""
    shutil.rmtree(HITS, ignore_errors=True)
    folders = sorted(
        f"tests/{folder.name}"
        for folder in (COPY / "tests").iterdir()
        if folder.is_dir() and folder.name not in NOT_RUN and any(folder.rglob("test_*.py"))
    )
    with brownie_home() as home:
        environment = _environment(home)
        compiled = subprocess.run(
            [str(PYTHON), "-m", "commonhold.chain.compile", "--quiet"],
            cwd=COPY,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        # That contracts are too large now is no fault, and their artifacts are good.
        faults = [words for words in compiled.stderr.split("\n\n") if "exceeds 24576" not in words]
        if compiled.returncode and any(words.strip() for words in faults):
            print("\n\n".join(faults), file=sys.stderr)
            return compiled.returncode
        command = [str(PYTHON), "-m", "pytest", "-p", "no:pytest-brownie", "-p", "tools.coverage.plugin"]
        command += ["-q", "-n", str(os.cpu_count() or 1), "--dist", "loadfile", "--no-header", "-rfE"]
        command += ["-m", "not gas"]
        return subprocess.run([*command, *options, *folders], cwd=COPY, env=environment).returncode


def read_hits() -> set[int]:
    """The probes that any test reached."""
    return {int(line) for file in HITS.glob("hits-*.txt") for line in file.read_text().split()}


def compare(plan: Plan, hits: set[int]) -> Reached:
    """What of the plan was reached. A line counts as reached when any statement that begins on it was."""
    lines: dict[int, bool] = {}
    for line, probe in plan.statements:
        lines[line] = lines.get(line, False) or probe in hits
    missed = [f"line {line}" for line, reached in sorted(lines.items()) if not reached]
    missed += [f"line {line}: {words}" for line, words, probe in plan.branches if probe not in hits]
    reached = sum(probe in hits for _, _, probe in plan.branches)
    return Reached(plan.file, len(lines), sum(lines.values()), len(plan.branches), reached, missed)


def measure(options: Sequence[str]) -> tuple[list[Reached], int]:
    """Coverage of every contract file, and pytest's exit code."""
    COPY.mkdir(parents=True, exist_ok=True)
    plans = make_copy()
    code = run_instrumented(options)
    hits = read_hits()
    if not hits:
        print("No test reached any contract.", file=sys.stderr)
    return [compare(plan, hits) for plan in plans if plan.statements], code
