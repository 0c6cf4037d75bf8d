"""commonhold.toml and commonhold.secret.toml: read, refused with what to put right, secrets not shown."""

from pathlib import Path

import pytest

from commonhold.errors import SettingsError
from commonhold.settings import FILE, PRIVATE_FILE, Settings, load_settings
from tools.environment import ROOT

SAMPLE = ROOT / "commonhold" / "samples" / "networks.toml"

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
    secret.write_text('[etherscan]\nkey = "ETHERSCANKEY"\n')
    found = load_settings(path)
    assert found.secrets.etherscan_key == "ETHERSCANKEY" and "ETHERSCANKEY" not in f"{found!r}{found}"
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


SEVERAL = """
[network]
name = "first"
rpc = "https://one.example"
depth = 1
[networks.second]
rpc = "https://two.example"
chain_id = 11155111
depth = 4
testnet = true
max_fee_gwei = 20
explorer = "https://look.example/"
[networks.third]
chain_id = 84532
[fees]
max_fee_gwei = 99
tip_gwei = 2
"""


def test_a_network_is_picked_by_name_and_its_own_figures_stand_first(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(SEVERAL)
    first, second = load_settings(path), load_settings(path, "second")
    assert (first.network, first.rpc, first.depth, first.chain_id) == (
        "first",
        "https://one.example",
        1,
        None,
    )
    assert (first.max_fee, first.testnet) == (99 * 10**9, False)
    assert (second.network, second.rpc, second.depth) == ("second", "https://two.example", 4)
    assert (second.chain_id, second.testnet, second.explorer) == (11155111, True, "https://look.example")
    assert (second.max_fee, second.tip) == (20 * 10**9, 2 * 10**9)
    assert load_settings(path, "local").rpc == "https://one.example"
    path.write_text(SEVERAL.replace('"first"', '"second"'))
    assert load_settings(path).chain_id == 11155111
    with pytest.raises(SettingsError, match=r"no .networks\.fourth.") as caught:
        load_settings(path, "fourth")
    assert "second, third" in caught.value.hint


def test_a_file_with_one_network_serves_every_folder(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(GOOD)
    assert load_settings(path, "other").rpc == "https://node.example"
    assert load_settings(path, "other").deployment == tmp_path / "d" / "other"


def test_K2_each_network_has_a_secret_address_of_its_own(tmp_path: Path) -> None:
    path, secret = tmp_path / FILE, tmp_path / PRIVATE_FILE
    path.write_text(SEVERAL)
    with pytest.raises(SettingsError, match="names no node"):
        load_settings(path, "third")
    secret.write_text('[networks.third]\nrpc = "https://three.example/key3"\n')
    secret.chmod(0o600)
    assert load_settings(path, "third").rpc == "https://three.example/key3"
    assert "key3" not in repr(load_settings(path, "third"))
    assert load_settings(path, "second").rpc == "https://two.example"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("testnet = true", "testnet = 1", "testnet is 1"),
        ("chain_id = 11155111", 'chain_id = "sepolia"', "a whole number"),
        ("chain_id = 11155111", "chain_id = true", "a whole number"),
        ("depth = 4", "depth = -4", "networks.second.depth is -4"),
        ("explorer", "exploder", r"\[networks.second\] has no exploder"),
        ("[networks.second]", '[networks."../x"]', "networks is '../x'"),
        ("[networks.second]", "[networks]\nfifth = 5\n[networks.second]", "networks.fifth is no section"),
    ],
)
def test_what_is_wrong_in_a_table_of_a_network_is_named(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / FILE
    path.write_text(SEVERAL.replace(old, new, 1))
    with pytest.raises(SettingsError, match=words) as caught:
        load_settings(path, "second")
    assert caught.value.hint


def test_the_test_networks_that_ship_are_readable_and_name_their_chains() -> None:
    chains = {"sepolia": 11155111, "hoodi": 560048, "base-sepolia": 84532, "arbitrum-sepolia": 421614}
    for name, chain_id in chains.items():
        found = load_settings(SAMPLE, name)
        assert (found.chain_id, found.testnet) == (chain_id, True) and found.rpc.startswith("https://")
        assert found.depth > 0 and found.tip < found.max_fee and found.explorer


def test_a_section_that_is_a_value_and_a_file_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text("network = 5")
    with pytest.raises(SettingsError, match="network is no section"):
        load_settings(path)
    with pytest.raises(SettingsError, match="There is no file"):
        load_settings(tmp_path / "none.toml")
    assert Settings().secrets.rpc is None


KEEPER = """
[keeper]
every = 30
at = ["06:00", "18:30"]
books = ["bills", "leases"]
budget = 0.02
low_coin = 1
port = 9700
retry_after = 15
retry_at_most = 60
"""


def test_what_a_keeper_does_stands_in_a_table_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(GOOD)
    own = load_settings(path).keeper
    assert (own.every, own.at, own.books, own.budget) == (None, (), ("leases", "fees", "bills"), None)
    assert (own.low_coin, own.port, own.retry_after, own.retry_at_most) == (0.05, 9632, 60, 10_080)
    path.write_text(KEEPER)
    own = load_settings(path).keeper
    assert (own.every, own.at, own.books, own.budget) == (30, ("06:00", "18:30"), ("bills", "leases"), 0.02)
    assert (own.low_coin, own.port, own.retry_after, own.retry_at_most) == (1, 9700, 15, 60)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("every", "often", r"\[keeper\] has no often"),
        ("every = 30", "every = 0", "keeper.every is 0"),
        ("every = 30", 'every = "hourly"', "keeper.every is 'hourly'"),
        ("every = 30", "every = inf", "keeper.every is inf"),
        ("every = 30", "every = true", "keeper.every is True"),
        ('at = ["06:00", "18:30"]', 'at = "06:00"', "keeper.at is '06:00'"),
        ('"18:30"', "18", "keeper.at is"),
        ('"18:30"', '"24:30"', "keeper.at holds '24:30'"),
        ('"bills", ', '"rents", ', "keeper.books holds 'rents'"),
        ('"bills", "leases"', "", "keeper.books is empty"),
        ("budget = 0.02", "budget = -1", "keeper.budget is -1"),
        ("budget = 0.02", "budget = nan", "keeper.budget is nan"),
        ("low_coin = 1", 'low_coin = "1"', "keeper.low_coin is '1'"),
        ("port = 9700", "port = 97000", "keeper.port is 97000"),
        ("port = 9700", "port = 97.5", "keeper.port is 97.5"),
        ("retry_after = 15", "retry_after = 0", "keeper.retry_after is 0"),
        ("retry_at_most = 60", "retry_at_most = 10", "keeper.retry_at_most is 10"),
    ],
)
def test_what_is_wrong_in_the_table_of_a_keeper_is_named(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / FILE
    assert old in KEEPER
    path.write_text(KEEPER.replace(old, new, 1))
    with pytest.raises(SettingsError, match=words) as caught:
        load_settings(path)
    assert caught.value.hint
