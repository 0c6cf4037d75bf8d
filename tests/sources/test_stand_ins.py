"""Stand-ins take as many numbers as the files in whose place they are: the compiler itself counts.

Branches: nothing before · a gap before the first, between, after the last · two numbers, and up to the next
constant · far more than one expression holds.
"""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from commonhold.ops.sources.stand_ins import stand_in, with_stand_ins
from tools.environment import ROOT

_PROBE = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\n"
_TAKEN = 2  # numbers of a probe
COUNTS = [*range(2, 9), 299, 300, 301, 302, 303, 304, 305, 2_000, 70_001]


def last_numbers(sources: Mapping[str, Mapping[str, str]], folder: Path) -> dict[str, int]:
    """By file, from small files put behind each: a tree as deep as a stand-in's takes minutes to write."""
    probes = {f"{name}.!": {"content": _PROBE} for name in sources}
    request = {
        "language": "Solidity",
        "sources": {**sources, **probes},
        "settings": {"outputSelection": {name: {"": ["ast"]} for name in probes}},
    }
    answer = subprocess.run(
        [str(ROOT / ".local" / "bin" / "solc"), "--standard-json"],
        input=json.dumps(request),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    output = json.loads(answer.stdout)
    assert not output.get("errors"), output["errors"]
    reached = {name: output["sources"][f"{name}.!"]["ast"]["id"] for name in sorted(sources)}
    return {name: last - _TAKEN * place for place, (name, last) in enumerate(reached.items(), start=1)}


def test_a_stand_in_takes_just_the_numbers_that_it_is_asked_for(tmp_path: Path) -> None:
    sources = {f"{place:02}.sol": {"content": stand_in(count)} for place, count in enumerate(COUNTS)}
    found = last_numbers(sources, tmp_path)
    before = 0
    for name, count in zip(sorted(found), COUNTS, strict=True):
        assert found[name] - before == count
        before = found[name]


@pytest.mark.parametrize("needed", ["a", "b", "c", "e", "ab", "bd", "ace", "abcde", "de"])
def test_what_is_needed_keeps_its_numbers(needed: str, tmp_path: Path) -> None:
    every = {
        f"{name}.sol": {"content": stand_in(count)}
        for name, count in zip("abcde", (7, 4, 900, 2, 5), strict=True)
    }
    numbers = last_numbers(every, tmp_path)
    own = {f"{name}.sol": every[f"{name}.sol"] for name in needed}
    given = with_stand_ins(own, numbers)
    assert list(given) == sorted(given) and {name: given[name] for name in own} == own
    again = last_numbers(given, tmp_path)
    assert {name: again[name] for name in own} == {name: numbers[name] for name in own}
    assert len(given) <= 2 * len(own)
    if needed == "abcde":
        assert given == every
