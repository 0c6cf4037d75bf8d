"""bootstrap.py: what it refuses, with the fix, and that it does a step once.

Branches: Python too old · venv incomplete, a link, made anew, activated · Node absent, too old, without npm ·
a step done, another key, failed · a command that fails shows its output.
"""

import shutil
import sys
from pathlib import Path

import pytest

import bootstrap
from bootstrap import SetupError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "LOCAL", tmp_path / "local")


def test_an_old_python_is_told_which_one_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SetupError, match=r"Python 3\.11 or newer is needed; this is 3\.9\.2"):
        bootstrap.check_python()


def test_a_python_without_venv_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SetupError, match="apt-get install python3-venv"):
        bootstrap.make_venv()


def test_a_linked_environment_is_not_emptied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "kept").touch()
    (tmp_path / ".venv").symlink_to(shared)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    with pytest.raises(SetupError, match="Remove the link"):
        bootstrap.make_venv()
    assert (shared / "kept").exists()


def test_an_environment_made_anew_gets_its_packages_again_and_an_activated_one_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done: list[str] = []

    class Builder:
        def __init__(self, **options: bool) -> None:
            assert options["clear"]

        def create(self, folder: Path) -> None:
            done.append("venv")
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "bin").mkdir(parents=True, exist_ok=True)
            (folder / "bin/python").touch()

    monkeypatch.setattr("venv.EnvBuilder", Builder)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(bootstrap, "install_python_packages", lambda: done.append("packages"))
    monkeypatch.setattr(bootstrap, "install_project", lambda: done.append("project"))
    everything = ["venv", "packages", "project"]
    bootstrap.set_up_python()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))  # activated
    bootstrap.set_up_python()
    assert done == everything
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "another Python"))
    bootstrap.set_up_python()
    assert done == 2 * everything


@pytest.mark.parametrize(
    ("node", "npm", "version"), [(None, None, 0), ("/n/node", None, 20), ("/n/node", "/n/npm", 16)]
)
def test_a_missing_old_or_lonely_node_is_replaced_by_one_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, node: str | None, npm: str | None, version: int
) -> None:
    locks: list[str] = []
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: {"node": node, "npm": npm}[name])
    monkeypatch.setattr(bootstrap, "node_version", lambda path: version)
    monkeypatch.setattr(bootstrap, "install_lock", lambda name, *rest: locks.append(name))
    found, *command = bootstrap.find_node()
    assert locks == ["node"]
    assert Path(found).is_relative_to(tmp_path) and command[0] == found and command[1].endswith("npm-cli.js")


def test_the_machine_s_own_node_is_used_from_18_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/n/{name}")
    monkeypatch.setattr(bootstrap, "node_version", lambda path: 18)
    assert bootstrap.find_node() == ["/n/node", "/n/npm"]


def test_a_program_that_is_no_node_has_version_zero(tmp_path: Path) -> None:
    assert bootstrap.node_version(str(tmp_path / "none")) == 0
    assert bootstrap.node_version("/bin/true") == 0


def test_a_step_runs_once_for_each_key_and_again_after_a_failure() -> None:
    done: list[int] = []

    def fail() -> None:
        raise SetupError("no network")

    for key in ("one", "one", "two"):
        bootstrap.once("step", key, "stepping", lambda: done.append(1))
    assert len(done) == 2
    with pytest.raises(SetupError):
        bootstrap.once("step", "three", "stepping", fail)
    bootstrap.once("step", "two", "stepping", lambda: done.append(1))
    assert len(done) == 3


def test_a_failing_command_shows_what_it_said() -> None:
    with pytest.raises(SetupError, match=r"(?s)the disk is full.*This command failed: sh -c"):
        bootstrap.run(["sh", "-c", "echo the disk is full; exit 3"])
