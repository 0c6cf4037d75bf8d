"""All tests: plain pytest beside `brownie test`, on as many processors as there are.

    python -m tools.testing                            # everything
    python -m tools.testing tests/package -k calendar  # some paths, and options for pytest

Every test runs in plain pytest, where contracts live in an EVM inside the process. Those that are marked
`core` run again inside brownie on Anvil and on Ganache, on ports of their own. `make verify`, and a run of
named paths, take every folder whose fixtures have their chain from `backend_for` to Anvil.
"""

import os
import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

from commonhold.chain.node import Kind, Node
from tools.brownie import BROWNIE, compile_contracts
from tools.environment import LOCAL, PYTHON, ROOT, brownie_home, tool_environment
from tools.jobs import Job, Result, report, run_job

LONG = os.environ.get("COMMONHOLD_EXAMPLES") == "long"
SHARDS = 2  # runs of brownie that share out the tests on Anvil
REPORTS = LOCAL / "test-reports"
PLAIN_OPTIONS = ("-p", "no:pytest-brownie")
_AS_BROWNIE: dict[Kind, tuple[str, ...]] = {  # what brownie adds when it starts a node
    "anvil": (),
    "ganache": ("--chain.vmErrorsOnRPCResponse", "true"),
}
MANY = 20  # test files; fewer are not worth a second process


def select(paths: Sequence[str]) -> list[str]:
    """The test files under these paths (all tests when there are none); `file.py::test` stays as it is."""
    chosen: dict[str, None] = {}
    for name in paths or ["tests"]:
        if "::" in name or (ROOT / name).is_file():
            chosen[name] = None
        else:
            files = sorted((ROOT / name).resolve().rglob("test_*.py"))
            chosen.update((str(file.relative_to(ROOT)), None) for file in files)
    return list(chosen)


def file_of(test: str) -> Path:
    return Path(test.split("::")[0])


@cache
def _takes_its_chain(file: Path) -> bool:
    """Whether this file asks `backend_for` for a chain, or has its fixtures from one that does."""
    if not file.is_file():
        return False
    text = file.read_text(encoding="utf-8")
    modules = re.findall(r"^from (tests[\w.]*) import", text, re.MULTILINE)
    return "backend_for(pytestconfig" in text or any(
        _takes_its_chain(ROOT / f"{module.replace('.', '/')}.py") for module in modules
    )


def runs_on_node(test: str) -> bool:
    """Whether the test's folder takes the chain that it is given."""
    return _takes_its_chain(ROOT / file_of(test).parent / "conftest.py")


def share_out(tests: Sequence[str], count: int) -> list[list[str]]:
    """Share the tests out by size, keeping each folder together: its tests share a deployment."""
    sizes: dict[Path, int] = {}
    for test in tests:
        file = file_of(test)
        sizes[file.parent] = sizes.get(file.parent, 0) + (ROOT / file).stat().st_size
    loads: list[tuple[int, set[Path]]] = [(0, set()) for _ in range(count)]
    for folder in sorted(sizes, key=lambda name: -sizes[name]):
        index = min(range(count), key=lambda number: loads[number][0])
        loads[index] = (loads[index][0] + sizes[folder], loads[index][1] | {folder})
    return [[test for test in tests if file_of(test).parent in folders] for _, folders in loads if folders]


def spread() -> tuple[str, ...]:
    """Options that share tests out, two processes for each processor: tests of faults mostly wait.

    By files, whose tests share a chain; long campaigns in one file are shared out themselves.
    """
    return ("-n", str(2 * (os.cpu_count() or 1)), "--dist", "worksteal" if LONG else "loadfile")


def plain_job(tests: Sequence[str], options: Sequence[str], home: Path) -> Job:
    """Tests in plain pytest, without brownie's plugin; many files are shared out over the processors."""
    target = REPORTS / "plain.xml"
    shared = spread() if len(tests) > MANY else ()
    command = [str(PYTHON), "-m", "pytest", *PLAIN_OPTIONS, *shared, f"--junitxml={target}", *options, *tests]
    return Job("plain", command, tool_environment(home), target)


def run_in_brownie(name: str, tests: Sequence[str], options: Sequence[str], kind: Kind) -> Result:
    """Run tests inside brownie, on a node of their own.

    Brownie would start it itself, but gives up after ten seconds, and on a port that another took meanwhile.
    """
    target = REPORTS / f"{name}.xml"
    with Node(kind, accounts=32, options=_AS_BROWNIE[kind]) as node, brownie_home(node=node) as home:
        network = () if kind == "anvil" else ("--network", "ganache-cli")
        command = [str(BROWNIE), "test", *tests, f"--junitxml={target}", *options, *network]
        return run_job(Job(name, command, tool_environment(home), target), ROOT)


def is_core(test: str) -> bool:
    return "pytest.mark.core" in (ROOT / file_of(test)).read_text(encoding="utf-8")


def run_tests(arguments: Sequence[str]) -> int:
    """Run the tests that the arguments name, all by default; returns the exit code."""
    start = time.monotonic()
    paths = [argument for argument in arguments if (ROOT / argument.split("::")[0]).exists()]
    options = [argument for argument in arguments if argument not in paths]
    tests = select(paths)
    on_node = [test for test in tests if runs_on_node(test)]
    core = [test for test in on_node if is_core(test)]
    waiting: list[Future[Result]] = []
    with (
        brownie_home() as home,
        brownie_home() as other,
        ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as pool,
    ):

        def in_brownie(
            name: str, chosen: Sequence[str], more: Sequence[str] = (), kind: Kind = "anvil"
        ) -> None:
            waiting.append(pool.submit(run_in_brownie, name, chosen, [*options, *more], kind))

        waiting.append(pool.submit(run_job, plain_job(tests, options, home), ROOT))
        if on_node and compile_contracts(other) != 0:
            print("The contracts do not compile under brownie; its messages stand above.", file=sys.stderr)
            return 1
        if on_node and (LONG or paths):
            for number, shard in enumerate(share_out(on_node, SHARDS), start=1):
                in_brownie(f"anvil-{number}", shard)
        elif core:
            in_brownie("anvil", core, ["-m", "core"])
        if core:
            in_brownie("ganache", core, ["-m", "core"], "ganache")
        results = [future.result() for future in waiting]
    return report(results, time.monotonic() - start)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(run_tests(sys.argv[1:]))
