"""`python -m commonhold.chain.compile`: what it compiles, says and answers.

everything ── says how many artifacts · quiet: nothing · some paths: those · force: also what did not change
an error ── the compiler's words on stderr, code 1
"""

import sys
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain import compile as compiling
from commonhold.chain.compile import CompileError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the compiler is asked for; it answers two artifacts."""
    found: dict[str, Any] = {}

    def compile_project(root: Path, **wishes: Any) -> list[str]:
        found.update(wishes, root=root)
        return ["A", "B"]

    monkeypatch.setattr(compiling, "compile_project", compile_project)
    return found


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["compile", *arguments])
    return compiling.main()


def test_it_says_how_many_artifacts_there_are(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch) == 0
    streams = capsys.readouterr()
    assert streams.out == "" and streams.err.startswith("2 artifacts in ")
    assert (asked["only"], asked["force"]) == ([], False)
    assert (asked["root"] / "contracts").is_dir()


def test_quiet_says_nothing_and_the_options_reach_the_compiler(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "--quiet", "--force", "here.sol", "/there") == 0
    assert capsys.readouterr() == ("", "")
    assert (asked["only"], asked["force"]) == ([tmp_path / "here.sol", Path("/there")], True)


def test_an_error_is_told_on_stderr_with_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise CompileError("A.sol:3: expected ';'")

    monkeypatch.setattr(compiling, "compile_project", refuse)
    assert run(monkeypatch) == 1
    streams = capsys.readouterr()
    assert streams.out == "" and "expected ';'" in streams.err
