"""deployments/<network>/config.toml: read rightly, or refused with what to put right."""

from pathlib import Path

import pytest

from commonhold.errors import SettingsError
from commonhold.ops.deploy.parameters import read_parameters
from tools.environment import ROOT

ONE = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"

GOOD = f"""
[community]
name = "枫林里"
money_name = "Maple Money"
money_symbol = "MPL"
utc_offset = "-03:30"
supply_cap = "1,000.50"
admin = "{ONE.lower()}"
admin_delay_days = 3

[roles]
MANAGER = ["{ONE}"]

[minters]
"{ONE}" = "20"
"""


def test_everything_is_read_in_base_units_and_checksums(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(GOOD, encoding="utf-8")
    found = read_parameters(path)
    assert (found.name, found.money_name, found.money_symbol) == ("枫林里", "Maple Money", "MPL")
    assert found.utc_offset == -(3 * 3_600 + 1_800)
    assert found.supply_cap == 1_000_500_000
    assert (found.admin, found.admin_delay) == (ONE, 3 * 86_400)
    assert found.roles == {"MANAGER": {ONE: 0}} and found.minters == {ONE: 20_000_000}


def test_the_example_that_ships_is_readable() -> None:
    assert read_parameters(ROOT / "deployments" / "example" / "config.toml").name == "Maple Grove"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"-03:30"', '"8"', "utc_offset"),
        ('"1,000.50"', '"a lot"', "supply_cap"),
        ('"1,000.50"', '"-1"', "negative"),
        ("3\n", "0\n", "admin_delay_days"),
        ("3\n", "true\n", "admin_delay_days"),
        (f'"{ONE.lower()}"', '"0x12"', "no address"),
        (f'["{ONE}"]', '["0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266"]', "wrong checksum"),
        (f'["{ONE}"]', f'"{ONE}"', "roles.MANAGER"),
        ("MANAGER", "KING", "no office KING"),
        ("[minters]", "[mints]", "no section mints"),
        ("money_name", "moneyname", "no setting in .community. moneyname"),
        ('"MPL"', "5", "money_symbol"),
        ("[community]", "[community", "config.toml"),
        ('"枫林里"', '"枫林里枫林里枫林里枫林里"', "36 bytes"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "config.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError, match=words) as caught:
        read_parameters(path)
    assert caught.value.hint


def test_what_is_for_test_networks_is_refused_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[community]\ndelays = false\nfaucet_coin = "tUSD"\n')
    found = read_parameters(path, testnet=True)
    assert (found.delays, found.faucet_coin) == (False, "tUSD")
    with pytest.raises(SettingsError, match="delays is for test networks") as caught:
        read_parameters(path)
    assert "testnet = true" in caught.value.hint
    path.write_text('[community]\nfaucet_coin = "tUSD"\n')
    with pytest.raises(SettingsError, match="faucet_coin is for test networks"):
        read_parameters(path)
    assert read_parameters(path, testnet=True).delays
    for text, words in (
        ("delays = 0", "delays is 0"),
        ('faucet_coin = "a b"', "at most 11"),
        ('faucet_coin = "枫"', "at most 11"),
        ('faucet_coin = "ABCDEFGHIJKL"', "at most 11"),
    ):
        path.write_text(f"[community]\n{text}\n")
        with pytest.raises(SettingsError) as refused:
            read_parameters(path, testnet=True)
        assert words in str(refused.value)


def test_a_missing_file_points_to_the_example(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no") as caught:
        read_parameters(tmp_path / "config.toml")
    assert "deployments/example" in caught.value.hint
    (tmp_path / "config.toml").write_text("community = 5")
    with pytest.raises(SettingsError, match="community is no section"):
        read_parameters(tmp_path / "config.toml")
