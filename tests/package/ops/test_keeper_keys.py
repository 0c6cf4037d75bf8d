"""Who signs for a keeper, which runs where nobody is asked; and how one round ends without a node.

public chain ── no key · a key of somebody who would have to be there · not agreed to · agreed: the keystore's
development chain ── dry: nobody · the manager's published key
"""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from commonhold.ops.deploy import local_account
from commonhold.ops.manifest import Deployment
from tests.system.command import Run

PASSWORD = "correct horse battery"
AWAY = "http://127.0.0.1:1"  # nobody listens there


@pytest.fixture
def own() -> Iterator[None]:
    """The signals of this process, which a keeper takes for itself."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def run(
    own: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run(capsys, monkeypatch)


def place(folder: Path, name: str, chain_id: int) -> None:
    """A folder with a manifest of a chain, whose node is away."""
    (folder / "commonhold.toml").write_text(f'[network]\nname = "{name}"\nrpc = "{AWAY}"\n')
    Deployment(
        network=name,
        chain_id=chain_id,
        genesis="0x" + "11" * 32,
        version="0.1.0",
        compiler="0.8.35",
        deployer="0x" + "22" * 20,
        block=1,
        parameters={"utc_offset": 28_800},
        contracts={},
        pending=[],
    ).write(folder / "deployments" / name)


def told(shown: str) -> list[dict[str, Any]]:
    """The keeper's own lines, before the error that ends it."""
    return [json.loads(line) for line in shown.splitlines() if line.startswith('{"time')]


def test_K1_nobody_signs_for_a_keeper_on_a_public_chain_but_a_named_and_agreed_keystore(
    run: Run, tmp_path: Path
) -> None:
    place(tmp_path, "public", 11_155_111)
    made = Account.create()
    (tmp_path / "keystore").mkdir()
    file = tmp_path / "keystore" / "night.json"
    file.write_text(json.dumps(Account.encrypt(made.key, PASSWORD, iterations=2)))
    (tmp_path / "password").write_text(PASSWORD)
    for path in (file, tmp_path / "password"):
        path.chmod(0o600)
    for key, code, words in (
        ((), 6, "Nobody is named who signs."),
        (("--key", "browser"), 2, "Nobody is there to sign for a keeper."),
        (("--key", "safe-json:0x" + "33" * 20), 2, "Nobody is there to sign for a keeper."),
        (("--key", "night", "--password-file", "password"), 6, "A keeper settles on public without asking."),
    ):
        assert run("keeper", "--once", *key, code=code) == "" and words in run.err
        assert "--key" in run.err or "--yes" in run.err
    with_key = ("--key", "keystore:night", "--password-file", "password", "--yes")
    shown = run("keeper", "--once", "--json", *with_key, code=4)
    started, *rest = told(shown)
    assert (started["event"], started["network"], started["key"]) == ("started", "public", made.address)
    assert rest and PASSWORD not in shown + run.err


def test_on_a_development_chain_the_managers_key_is_taken_and_a_dry_run_takes_none(
    run: Run, tmp_path: Path
) -> None:
    place(tmp_path, "local", 31_337)
    started = told(run("keeper", "--once", "--json", code=4))[0]
    assert started["key"] == local_account("MANAGER").address
    started = told(run("keeper", "--once", "--json", "--dry-run", code=4))[0]
    assert "key" not in started
    assert "--every 0: that is no pause." in (run("keeper", "--every", "0", code=2), run.err)[1]
