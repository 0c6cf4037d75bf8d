"""The examination: everything well, and each thing that can be missing with what to do about it."""

import locale
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from commonhold.ops import doctor
from commonhold.ops.doctor import Finding, examine
from commonhold.settings import Settings
from tests.package.ops.town import Town


@pytest.fixture
def settings(town: Town, tmp_path: Path) -> Settings:
    town.deployment.write(tmp_path / "deployments" / "local")
    return Settings(
        public_rpc=town.connection.url,
        deployments=tmp_path / "deployments",
        keystore=tmp_path / "keystore",
        data=tmp_path / "data",
    )


def _found(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(settings)}


def test_where_all_is_well_nothing_is_a_problem(settings: Settings) -> None:
    found = _found(settings)
    assert {finding.state for finding in found.values()} <= {"ok", "warning"}
    assert found["manifest"].state == found["node"].state == found["contracts"].state == "ok"


def test_each_trouble_is_told_with_advice(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _found(replace(settings, public_rpc="http://127.0.0.1:9"))["node"].state == "problem"
    assert _found(replace(settings, network="none"))["manifest"].advice == "commonhold deploy"
    monkeypatch.setenv("COMMONHOLD_ARTIFACTS", str(tmp_path / "none"))
    assert "commonhold compile" in _found(settings)["contracts"].advice
    monkeypatch.delenv("COMMONHOLD_ARTIFACTS")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5))
    assert _found(settings)["disk"].state == "problem"
    monkeypatch.setattr(locale, "getpreferredencoding", lambda _: "ANSI_X3.4-1968")
    assert "LC_ALL" in _found(settings)["locale"].advice
    monkeypatch.setattr(doctor, "_PACKAGES", ("nonsense",))
    assert "nonsense" in _found(settings)["packages"].detail
    monkeypatch.setattr(doctor, "_PYTHON", (9, 0))
    assert _found(settings)["Python"].state == "problem"
    monkeypatch.setenv("COMMONHOLD_ANVIL", "")
    settings.keystore.mkdir()
    shared = settings.keystore / "a.json"
    shared.write_text('{"crypto": {}, "address": "' + "11" * 20 + '"}')
    shared.chmod(0o644)
    assert "chmod 600" in _found(settings)["keystores"].advice


def test_a_deployment_that_waits_for_its_admin_is_a_warning(settings: Settings, town: Town) -> None:
    replace(town.deployment, pending=["somebody accepts"]).write(settings.deployment)
    assert _found(settings)["manifest"].detail == "somebody accepts"


def test_no_finding_raises(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("no such place")

    monkeypatch.setattr(shutil, "disk_usage", fail)
    assert _found(settings)["disk"].detail == "no such place"
