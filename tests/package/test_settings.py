"""commonhold.toml and commonhold.secret.toml: read, refused with what to put right, secrets not shown."""

from pathlib import Path

import pytest

from commonhold.errors import SettingsError
from commonhold.settings import FILE, PRIVATE_FILE, Settings, load_settings

GOOD = """
[network]
name = "testnet"
rpc = "https://node.example"
depth = 5
[fees]
max_fee_gwei = 1.5
tip_gwei = 0
patience = 60
[folders]
deployments = "d"
keystore = "k"
data = "/absolute"
[show]
language = "zh"
"""


def test_without_files_the_defaults_are_for_a_chain_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = load_settings()
    assert (found.network, found.rpc, found.depth, found.language) == (
        "local",
        "http://127.0.0.1:8545",
        0,
        "en",
    )
    assert found.deployment == tmp_path / "deployments" / "local"


def test_a_file_is_read_and_its_folders_are_beside_it(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(GOOD)
    found = load_settings(path)
    assert (found.network, found.rpc, found.depth) == ("testnet", "https://node.example", 5)
    assert (found.max_fee, found.tip, found.patience) == (1_500_000_000, 0, 60)
    assert (found.deployments, found.keystore, found.data) == (
        tmp_path / "d",
        tmp_path / "k",
        Path("/absolute"),
    )


def test_K2_a_secret_address_is_used_and_never_shown(tmp_path: Path) -> None:
    path, secret = tmp_path / FILE, tmp_path / PRIVATE_FILE
    path.write_text(GOOD)
    secret.write_text('[network]\nrpc = "https://node.example/key123"\n')
    secret.chmod(0o600)
    found = load_settings(path)
    assert found.rpc == "https://node.example/key123"
    assert "key123" not in repr(found) and "key123" not in str(found)
    secret.chmod(0o644)
    with pytest.raises(SettingsError, match="read by others"):
        load_settings(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[fees]", "[fee]", "no section .fee."),
        ("depth", "deep", r"\[network\] has no deep"),
        ("= 5", '= "5"', "network.depth"),
        ("= 5", "= true", "network.depth"),
        ("= 5", "= -1", "depth is -1"),
        ("= 1.5", "= -2", "max_fee_gwei is -2"),
        ('"zh"', '"fr"', "language"),
        ('"testnet"', '"../x"', "network.name"),
        ('"testnet"', '""', "network.name"),
        ("[network]", "[network", "TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / FILE
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(SettingsError, match=words):
        load_settings(path)


def test_a_section_that_is_a_value_and_a_file_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text("network = 5")
    with pytest.raises(SettingsError, match="network is no section"):
        load_settings(path)
    with pytest.raises(SettingsError, match="There is no file"):
        load_settings(tmp_path / "none.toml")
    assert Settings().secrets.rpc is None
