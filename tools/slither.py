"""Run slither and hold its findings of medium and high impact against slither-explained.toml.

A finding is named by its detector and the function or variable it begins with: `LeaseAgreement._keep`. One
that is not explained fails. Whoever explains writes why it is no fault, or mends the contract.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.environment import ROOT, tool_environment

EXPLAINED = ROOT / "slither-explained.toml"
NOT_ANALYSED = "node_modules|contracts/mocks"
SERIOUS = ("High", "Medium")
_SUBJECT = re.compile(r"(?:Reentrancy in )?(\w+(?:\.\w+)?)")


@dataclass(frozen=True)
class Finding:
    """One finding: `check` is slither's detector, `subject` what it is about, `words` its own description."""

    check: str
    subject: str
    words: str


def serious(results: Iterable[dict[str, Any]]) -> list[Finding]:
    """The findings of medium and high impact, in order of detector and subject."""
    found = []
    for result in results:
        if result["impact"] in SERIOUS:
            match = _SUBJECT.match(result["description"])
            subject = match[1] if match else ""
            found.append(Finding(result["check"], subject, result["description"].strip()))
    return sorted(found, key=lambda finding: (finding.check, finding.subject))


def unexplained(findings: Sequence[Finding], explanations: Sequence[dict[str, Any]]) -> list[Finding]:
    """The findings whose detector and subject, or whose detector as a whole, no explanation names."""
    known = {
        (entry["detector"], subject)
        for entry in explanations
        for subject in entry["subjects"]
        if entry["reason"]
    }
    return [f for f in findings if known.isdisjoint({(f.check, f.subject), (f.check, "*")})]


def run_slither(program: Path) -> list[dict[str, Any]]:
    """All findings of slither on this project. Raises RuntimeError when it does not get that far."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        answer = subprocess.run(
            [str(program), ".", "--filter-paths", NOT_ANALYSED, "--json", str(report), "--no-fail-pedantic"],
            cwd=ROOT,
            env=tool_environment(),
            capture_output=True,
            text=True,
        )
        if not report.is_file():
            raise RuntimeError(answer.stderr.strip() or answer.stdout.strip())
        found = json.loads(report.read_text(encoding="utf-8"))
    if not found["success"]:
        raise RuntimeError(found["error"])
    results: list[dict[str, Any]] = found["results"].get("detectors", [])
    return results


def check(program: Path) -> bool:
    """Whether every serious finding is explained; prints those that are not."""
    explanations = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["explained"]
    try:
        findings = serious(run_slither(program))
    except RuntimeError as error:
        print(f"slither did not finish: {error}")
        return False
    open_findings = unexplained(findings, explanations)
    for finding in open_findings:
        print(f"{finding.check}: {finding.subject}\n    {finding.words}")
    print(f"slither: {len(findings)} findings of medium or high impact, {len(open_findings)} unexplained")
    return not open_findings


if __name__ == "__main__":
    sys.exit(0 if check(Path(sys.argv[1])) else 1)
