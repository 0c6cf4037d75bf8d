"""The command itself: what it offers, what it loads, how it leaves."""

import subprocess
import sys
from pathlib import Path

import pytest

from commonhold import cli
from commonhold.chain.compile import CompileError
from commonhold.commands import chain, session
from commonhold.commands.session import DEPLOYER, signer_of
from commonhold.errors import CommonholdError, SettingsError, SigningError
from commonhold.ops.keys import PasswordSource
from commonhold.settings import Settings
from tools.environment import ROOT

COMMANDS = {
    (): ("compile", "chain", "deploy", "import", "lease", "settle", "statement", "simulate", "demo", "doctor",
         "keys"),
    ("chain",): ("up",),
    ("import",): ("rent-roll",),
    ("lease",): ("prepare", "sign", "activate", "show"),
    ("settle",): ("list", "run"),
    ("keys",): ("new", "import", "list", "show"),
}  # fmt: skip


def _left(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["commonhold", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


@pytest.mark.parametrize("group", COMMANDS)
def test_every_command_is_offered_with_a_word_about_it(
    group: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _left(monkeypatch, *group, "--help") == 0
    shown = capsys.readouterr().out
    for command in COMMANDS[group]:
        assert f" {command} " in shown
        assert _left(monkeypatch, *group, command, "--help") == 0
        assert len(capsys.readouterr().out) > 200


def test_the_version_is_that_of_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _left(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == "commonhold 0.1.0\n"


def test_the_command_loads_neither_brownie_nor_the_demo_before_they_are_asked_for() -> None:
    code = "import sys, commonhold.cli; print([m for m in sys.modules if 'brownie' in m or 'ops.demo' in m])"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "[]\n"


def test_an_error_leaves_with_its_own_code_and_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for family in CommonholdError.__subclasses__():
        assert family.exit_code in range(1, 10)
    assert _left(monkeypatch, "doctor", "--config", "/nowhere.toml") == SettingsError.exit_code
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err and captured.out == "" and "--config" in captured.err


def test_an_interruption_leaves_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", interrupt)
    assert _left(monkeypatch) == 130


def test_contracts_that_do_not_compile_and_missing_sources_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise CompileError("TypeError: no")

    monkeypatch.setattr(chain, "compile_project", fail)
    assert _left(monkeypatch, "compile") == SettingsError.exit_code
    monkeypatch.setattr(chain, "compile_project", lambda *_, **__: {})
    assert _left(monkeypatch, "compile", "--force") == 0
    monkeypatch.setattr(chain, "_PROJECT", tmp_path)
    assert _left(monkeypatch, "compile") == SettingsError.exit_code


class _Public:
    """A connection to a chain that counts."""

    is_local, chain_id, url = False, 1, "https://node.example/key123"


def test_K3_on_a_public_chain_a_key_must_be_named(tmp_path: Path) -> None:
    for role in (DEPLOYER, "MANAGER"):
        with pytest.raises(SigningError, match="Nobody is named"):
            signer_of(Settings(keystore=tmp_path), _Public(), None, PasswordSource(), role)  # type: ignore[arg-type]


def test_on_a_public_chain_nothing_is_sent_without_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    public: object = _Public()
    session.confirm_chain("Send?", public, True)  # type: ignore[arg-type]
    with pytest.raises(SigningError, match="without a yes"):
        session.confirm_chain("Send?", public, False)  # type: ignore[arg-type]
    assert "key123" not in capsys.readouterr().err


def test_the_demo_and_the_simulation_get_what_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import commonhold.ops.demo
    import commonhold.ops.simulate

    heard: list[tuple[object, ...]] = []

    def run_demo(out: Path, months: int, keep_chain: bool, console: object) -> int:
        heard.append((out, months, keep_chain))
        return 0

    def simulate(units: int, months: int, seed: int, out: Path, console: object) -> int:
        heard.append((units, months, seed, out))
        return 8

    monkeypatch.setattr(commonhold.ops.demo, "run_demo", run_demo)
    monkeypatch.setattr(commonhold.ops.simulate, "simulate", simulate)
    assert _left(monkeypatch, "demo", "--months", "3", "--keep-chain", "--out", str(tmp_path)) == 0
    options = ["--units", "5", "--months", "2", "--seed", "7", "--out", str(tmp_path)]
    assert _left(monkeypatch, "simulate", *options) == 8
    assert heard == [(tmp_path, 3, True), (5, 2, 7, tmp_path)]


def test_a_yes_is_taken_and_a_no_leaves_without_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    public: object = _Public()
    monkeypatch.setattr(session.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(session, "err", type("Terminal", (), {"is_terminal": True})())
    monkeypatch.setattr(session.typer, "confirm", lambda *_, **__: True)
    session.confirm_chain("Send?", public, False)  # type: ignore[arg-type]
    monkeypatch.setattr(session.typer, "confirm", lambda *_, **__: False)
    with pytest.raises(session.typer.Exit):
        session.confirm_chain("Send?", public, False)  # type: ignore[arg-type]
