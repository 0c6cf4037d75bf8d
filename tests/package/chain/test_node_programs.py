"""Where the nodes' programs come from, and what is said when they are not there.

Anvil ── the one the setting names · the project's · the machine's · none
Ganache ── none · Node missing
a node ── that is not running has neither port nor process · starts once · that never answers is ended
a node of another chain than was asked for is given up
"""

import os
import sys
from pathlib import Path

import pytest

from commonhold.chain import node
from commonhold.chain.node import Node, NodeError, anvil_program, ganache_command


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that was not set up, on a machine without the programs."""
    monkeypatch.setattr(node, "_ROOT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("COMMONHOLD_ANVIL", raising=False)
    return tmp_path


def test_the_setting_names_anvil_before_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONHOLD_ANVIL", "/opt/anvil")
    assert anvil_program() == "/opt/anvil"


def test_the_machines_anvil_serves_where_the_project_has_none(nowhere: Path) -> None:
    program = nowhere / "anvil"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert anvil_program() == str(program)


def test_a_missing_anvil_is_named_with_the_fix(nowhere: Path) -> None:
    with pytest.raises(NodeError, match=r"bootstrap\.py"):
        anvil_program()


def test_a_missing_ganache_is_named_with_the_fix(nowhere: Path) -> None:
    with pytest.raises(NodeError, match=r"bootstrap\.py"):
        ganache_command()


def test_ganache_runs_in_the_projects_own_node_if_there_is_one(nowhere: Path) -> None:
    script = nowhere / "node_modules" / "ganache" / "dist" / "node" / "cli.js"
    own = nowhere / ".local" / "bin" / "node"
    for file in (script, own):
        file.parent.mkdir(parents=True)
        file.touch()
    assert ganache_command() == [str(own), str(script)]


def test_a_node_that_does_not_run_has_neither_port_nor_process() -> None:
    for question in ("port", "pid", "rpc_url"):
        with pytest.raises(NodeError, match=r"start\(\)"):
            getattr(Node(), question)


def test_a_program_that_never_answers_is_given_up_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, mark = tmp_path / "anvil", tmp_path / "pid"
    program.write_text(
        f"#!{sys.executable}\nimport os, pathlib, time\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\ntime.sleep(60)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("COMMONHOLD_ANVIL", str(program))
    monkeypatch.setattr(node, "_TRIES", 1)
    with pytest.raises(NodeError, match="no answer within 2 s"):
        Node().start(timeout=2)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_a_node_that_runs_is_not_started_again() -> None:
    with Node() as running:
        before = (running.pid, running.port)
        assert running.start() is running and (running.pid, running.port) == before


def test_a_node_of_another_chain_than_was_asked_for_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "anvil"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "argv = ['5' if one == '31337' else one for one in sys.argv]\n"
        f"os.execv({anvil_program()!r}, argv)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("COMMONHOLD_ANVIL", str(program))
    monkeypatch.setattr(node, "_TRIES", 1)
    with pytest.raises(NodeError, match="has chain id 5, not 31337"):
        Node().start()
