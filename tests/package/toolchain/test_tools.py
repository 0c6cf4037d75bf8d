"""The repository's tools: locks that hold everywhere, test runs that add up, probes that change nothing.

Branches: an npm lock with addresses and without the other platforms' binaries · a Python lock line without
hash · jobs that pass, fail, collect nothing · tests shared out by folder · statements and conditions probed ·
a running node that brownie is led to · marks of the EVM left open.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.compile import run_compiler
from commonhold.chain.node import Node
from tests.backends import InProcess
from tools.coverage.contracts import compare
from tools.coverage.instrument import Plan, instrument
from tools.coverage.probes import BASE, number_of
from tools.environment import ROOT, brownie_home
from tools.jobs import Job, Result, exit_code, summary
from tools.npm_lock import complete
from tools.slither import serious, unexplained
from tools.testing import is_core, runs_on_node, select, share_out

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def test_the_npm_lock_names_every_platform_and_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert complete(lock) == lock
    assert "resolved" not in json.dumps(lock)
    names = {path.rpartition("/")[2] for path in lock["packages"] if "@foundry-rs/" in path}
    for tool in ("anvil", "forge"):
        for system in ("linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "win32-amd64"):
            assert f"{tool}-{system}" in names


def test_missing_binaries_and_addresses_are_mended_in_an_npm_lock() -> None:
    name = "@foundry-rs/anvil"
    lock = {
        "packages": {
            f"node_modules/{name}": {
                "version": "9.9.9",
                "resolved": "https://example.org/anvil.tgz",
                "optionalDependencies": {f"{name}-darwin-arm64": "9.9.9"},
            }
        }
    }
    packages = complete(lock)["packages"]
    assert "resolved" not in packages[f"node_modules/{name}"]
    added = packages[f"node_modules/{name}-darwin-arm64"]
    assert (added["version"], added["os"], added["cpu"], added["optional"]) == (
        "9.9.9",
        ["darwin"],
        ["arm64"],
        True,
    )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.stem))
def test_every_python_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    entries = re.findall(r"^[a-z0-9].*(?:\\\n.*)+", text, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^[a-z0-9][^\n]*==", text, re.MULTILINE)) > 0
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links", text)


def test_the_package_asks_for_what_its_lock_holds() -> None:
    wanted = re.findall(r"^([a-z0-9-]+)[>=<]", (ROOT / "requirements/runtime.in").read_text(), re.MULTILINE)
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements/runtime.lock").read_text(), re.MULTILINE)
    assert wanted and set(wanted) <= set(locked)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements/runtime.in"]}


def test_every_dependency_is_listed_with_its_reason() -> None:
    page = (ROOT / "docs/dependencies.md").read_text()
    npm = json.loads((ROOT / "package.json").read_text())
    names = [*npm["dependencies"], *npm["devDependencies"]]
    for file in ("runtime.in", "dev.in", "check.in"):
        names += re.findall(
            r"^([a-z0-9][a-z0-9-]*)", (ROOT / "requirements" / file).read_text(), re.MULTILINE
        )
    assert [name for name in names if name.removesuffix("-analyzer") not in page] == []


def result(code: int, **counts: int) -> Result:
    return Result(Job("job", [], {}, Path("none")), code, 1.0, counts)


def test_results_add_up_to_pytest_s_closing_line() -> None:
    line = summary([result(0, passed=3, skipped=1), result(1, passed=2, failed=1, errors=1)], 12.3)
    assert line.strip("= ") == "5 passed, 1 failed, 1 error, 1 skipped in 12.30s"


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([result(0, passed=1)], 0),
        ([result(0, passed=1), result(5)], 0),
        ([result(5)], 5),
        ([result(0, passed=1), result(1, failed=1)], 1),
        ([result(0, passed=1), result(3)], 1),
    ],
)
def test_a_run_is_good_only_if_something_ran_and_nothing_failed(results: list[Result], code: int) -> None:
    assert exit_code(results) == code


def test_a_folder_s_tests_stay_together_and_none_is_lost() -> None:
    tests = select(["tests/contracts"])
    shares = share_out(tests, 2)
    assert sorted(test for share in shares for test in share) == tests
    folders = [{Path(test).parent for test in share} for share in shares]
    assert folders[0].isdisjoint(folders[1])


def test_every_test_of_the_core_is_in_a_folder_that_runs_on_a_node() -> None:
    core = [test for test in select(["tests/contracts"]) if is_core(test)]
    folders = {Path(test).parent.name for test in core}
    assert {"CommunityToken", "DepositEscrow", "LeaseAgreement", "LeaseChanges", "Reserve"} <= folders
    assert [test for test in core if not runs_on_node(test)] == []


def test_a_folder_without_a_chain_of_its_own_is_not_taken_to_a_node() -> None:
    assert not any(map(runs_on_node, select(["tests/package", "tests/contracts/lib"])))


PROBED = """\
// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;
contract Sample {
    error Bad();
    uint256 constant K = 2;
    function f(uint256 a) public pure returns (uint256 sum) {
        if (a == 0) revert Bad();
        else if (a == 1) { sum = 1; }
        else sum = a > 5 ? K : 7;
        for (uint256 i; i < a; ++i) sum += i;
        while (sum > 1000) { sum -= 1; }
        require(a != 9, Bad());
    }
    function g(Sample other) external view returns (uint256) {
        try other.f(0) returns (uint256 b) { return b; } catch { return 3; }
    }
}
"""


def tree_of(root: Path, file: str, text: str) -> dict[str, Any]:
    request = {
        "language": "Solidity",
        "sources": {file: {"content": text}},
        "settings": {"outputSelection": {"*": {"": ["ast"]}}},
    }
    found: dict[str, Any] = run_compiler(root, request)["sources"][file]["ast"]
    return found


@pytest.fixture(scope="module")
def sample() -> tuple[bytes, Plan]:
    file = "contracts/Sample.sol"
    return instrument(file, PROBED.encode(), tree_of(ROOT, file, PROBED), 100)


def test_every_statement_and_outcome_has_a_probe(sample: tuple[bytes, Plan]) -> None:
    _, plan = sample
    assert {line for line, _ in plan.statements} == {7, 8, 9, 10, 11, 12, 15}
    conditions = [(7, "if"), (8, "if"), (9, "choice"), (12, "require")]
    expected = {(line, f"{kind} {outcome}") for line, kind in conditions for outcome in ("true", "false")}
    assert {(line, words) for line, words, _ in plan.branches} == expected | {(15, "try"), (15, "catch")}
    numbers = [probe for _, _, probe in plan.branches]
    assert len(set(numbers)) == len(numbers) == 10


def test_probes_leave_the_lines_where_they_were(sample: tuple[bytes, Plan]) -> None:
    text, _ = sample
    assert text.count(b"\n") == PROBED.count("\n")


def test_what_no_test_reached_is_named(sample: tuple[bytes, Plan]) -> None:
    _, plan = sample
    every = {probe for _, probe in plan.statements} | {probe for _, _, probe in plan.branches}
    assert compare(plan, every).missed == []
    missing = next(probe for line, words, probe in plan.branches if (line, words) == (7, "if true"))
    found = compare(plan, every - {missing})
    assert found.missed == ["line 7: if true"] and found.branches_reached == found.branches - 1


def test_only_a_probe_s_address_counts() -> None:
    assert number_of(f"{BASE + 77:#042x}") == 77
    assert number_of("0xC0FE" + "ff" * 18) is None and number_of("0x" + "11" * 20) is None


def finding(impact: str, check: str, description: str) -> dict[str, Any]:
    return {"impact": impact, "check": check, "description": description}


def test_a_serious_finding_of_slither_needs_an_explanation_of_its_own() -> None:
    findings = serious(
        [
            finding("Low", "timestamp", "Lease.pay(uint256) (contracts/Lease.sol#5) uses the time"),
            finding("High", "reentrancy-no-eth", "Reentrancy in Lease.pay(uint256) (contracts/Lease.sol#5):"),
            finding("Medium", "unused-return", "Lease.end() (contracts/Lease.sol#9) ignores"),
        ]
    )
    assert [(f.check, f.subject) for f in findings] == [
        ("reentrancy-no-eth", "Lease.pay"),
        ("unused-return", "Lease.end"),
    ]
    one = {"detector": "unused-return", "subjects": ["Lease.end"], "reason": "not needed"}
    assert unexplained(findings, [one]) == findings[:1]
    every = {"detector": "reentrancy-no-eth", "subjects": ["*"], "reason": "no foreign code"}
    assert unexplained(findings, [one, every]) == []
    assert unexplained(findings, [one, {**every, "reason": ""}]) == findings[:1]


def test_brownie_is_led_to_the_node_that_runs() -> None:
    with Node() as node, brownie_home(node=node) as home:
        networks = (home / ".brownie/network-config.yaml").read_text()
        assert networks.count(f"port: {node.port}\n") == 1
        assert len(set(re.findall(r"port: (\d+)", networks))) == 2


def test_marks_that_nobody_goes_back_to_leave_the_chain_as_deep_as_it_was() -> None:
    """Each open one takes a call's place, of which the EVM has 1,024."""
    backend = InProcess()
    deep, first = backend.chain.evm.journal_depth, backend.snapshot()
    for _ in range(3):
        backend.snapshot()
    backend.restore(first)
    assert backend.chain.evm.journal_depth == deep and not backend.marks
