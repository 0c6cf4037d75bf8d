"""`commonhold deploy` on a chain in earnest: chain id 11155111, keystores, nobody who answers questions.

Branches: another chain id · plan as table and as JSON · no yes · no key · published key · a contract as
deployer · a contract as ADMIN, before and after it accepts · options before a subcommand · resume without a
beginning · faucet coin · two ways to say who signs
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from commonhold import cli
from commonhold.chain.artifacts import load
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.chain.signing import dev_account
from commonhold.ops.manifest import read
from commonhold.roles import ROLES
from tests.faults.chainfaults import set_back
from tests.faults.proxy import FaultProxy

CHAIN = 11155111
DEPLOYER: LocalAccount = Account.from_key(keccak(text="deployer of the tests of the command"))
PASSWORD = "seven plain words of a password"


@pytest.fixture(scope="module")
def testnet() -> Iterator[Node]:
    with Node(chain_id=CHAIN) as node:
        yield node


@pytest.fixture
def chain(testnet: Node) -> Iterator[Connection]:
    connection = Connection(testnet.rpc_url)
    with set_back(connection):
        connection.call("anvil_setBalance", DEPLOYER.address, hex(10**20))
        yield connection
    connection.close()


@pytest.fixture
def folder(tmp_path: Path, chain: Connection, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder: a network, its parameters, a keystore."""
    monkeypatch.chdir(tmp_path)
    _network(tmp_path, chain.url)
    _parameters(tmp_path, "")
    keys = tmp_path / "keystore"
    keys.mkdir()
    for name, account in (("deployer", DEPLOYER), ("published", dev_account(0))):
        stored = Account.encrypt(account.key, PASSWORD, kdf="pbkdf2", iterations=1_000)
        (keys / f"{name}.json").write_text(json.dumps(stored))
        (keys / f"{name}.json").chmod(0o600)
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o600)
    return tmp_path


def _network(folder: Path, rpc: str, chain_id: int = CHAIN) -> None:
    (folder / "commonhold.toml").write_text(
        f'[networks.try]\nrpc = "{rpc}"\nchain_id = {chain_id}\ntestnet = true\nmax_fee_gwei = 30\n'
    )


def _parameters(folder: Path, more: str) -> None:
    path = folder / "deployments" / "try" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'[community]\nname = "Try"\ndelays = false\n{more}\n')


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["commonhold", "deploy", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


ME = ("--network", "try", "--signer", "keystore:deployer", "--password-file", "password")


def test_N14_a_node_of_another_chain_is_refused_before_anything_is_read(
    folder: Path, chain: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with FaultProxy(chain.url) as proxy:
        _network(folder, proxy.url, chain_id=17000)
        for arguments in (ME, (*ME, "--plan"), ("status", "--network", "try"), ("resume", *ME)):
            (folder / "deployments" / "try" / "journal.jsonl").touch()
            assert _run(monkeypatch, *arguments) == 4
            assert "has chain id 11155111; try is chain 17000" in capsys.readouterr().err
        assert {method for methods in proxy.requests for method in methods} == {"eth_chainId"}


def test_the_plan_is_shown_and_nothing_is_sent_nor_written(
    folder: Path, chain: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--network", "try", "--key", "deployer", "--plan")  # asks for no password
    assert _run(monkeypatch, *arguments) == 0
    shown = capsys.readouterr()
    assert "LeaseAgreement" in shown.out and "transactions," in shown.err and "At 30 gwei" in shown.err
    assert _run(monkeypatch, *arguments, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rehearsed"] and int(told["cost_most"]) == int(told["gas"]) * 30 * 10**9
    assert chain.nonce(DEPLOYER.address) == 0
    assert not (folder / "deployments" / "try" / "journal.jsonl").exists()


def test_nothing_is_sent_without_a_yes_and_the_cost_is_told_first(
    folder: Path, chain: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, *ME) == 6
    told = capsys.readouterr().err
    assert "of the chain's coin" in told and "--yes" in told
    assert chain.nonce(DEPLOYER.address) == 0


def test_K3_published_keys_and_nobody_are_refused(
    folder: Path, chain: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "--network", "try", "--yes") == 6
    assert "Nobody is named" in capsys.readouterr().err
    published = ("--signer", "keystore:published", "--password-file", "password")
    assert _run(monkeypatch, "--network", "try", *published, "--yes") == 6
    assert "published development key" in capsys.readouterr().err
    assert _run(monkeypatch, *ME, "--key", "deployer", "--yes") == 3
    assert "Give one of them" in capsys.readouterr().err
    assert chain.nonce(dev_account(0).address) == 0


def test_a_contract_cannot_be_the_deployer(
    folder: Path, chain: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chain.call("anvil_setCode", DEPLOYER.address, "0x6001")
    assert _run(monkeypatch, *ME, "--yes") == 2
    assert "hand ADMIN over" in capsys.readouterr().err


def test_options_before_a_subcommand_are_not_dropped_silently(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "--network", "try", "status") == 2
    assert "Options stand before `status`" in capsys.readouterr().err
    assert _run(monkeypatch, "resume", *ME, "--yes") == 3
    assert "No deployment was begun" in capsys.readouterr().err


def test_A9_admin_goes_to_a_contract_wallet_and_the_deployer_leaves(
    folder: Path, chain: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    owner: LocalAccount = Account.from_key(keccak(text="owner of the contract wallet"))
    chain.call("anvil_setBalance", owner.address, hex(10**20))
    artifact = load("OwnedWallet")
    made = Sender(chain, owner).send(
        Call(None, artifact.creation_code([owner.address]), "OwnedWallet", "constructor")
    )
    wallet = str(made.created)
    _parameters(folder, f'admin = "{wallet}"\nfaucet_coin = "tUSD"\n[roles]\nMANAGER = ["{owner.address}"]')
    assert _run(monkeypatch, *ME, "--yes") == 0
    place = folder / "deployments" / "try"
    first = read(place)
    access = first.suite(chain).access
    call = access.accept_admin()
    told = capsys.readouterr()
    assert PASSWORD not in told.out + told.err
    assert f"a contract, executes: to {access.address}, value 0, data 0x{call.data.hex()}" in first.pending[0]
    assert "Still to do" in told.err and access.has_role(0, DEPLOYER.address)[0]
    assert _run(monkeypatch, "resume", *ME, "--yes") == 0
    assert read(place).pending == first.pending
    act = artifact.function("act")
    data = act.selector + act.inputs.encode([call.to, call.data])
    Sender(chain, owner).send(Call(wallet, data, "OwnedWallet", "act"))
    assert _run(monkeypatch, "resume", *ME, "--yes") == 0
    last = read(place)
    assert last.pending == [] and last.addresses == first.addresses
    assert access.admin_accepted(wallet)
    assert not any(access.has_role(role.id, DEPLOYER.address)[0] for role in ROLES)
    capsys.readouterr()
    assert _run(monkeypatch, "verify", "--network", "try") == 0
    assert "37 contracts" in capsys.readouterr().err
    assert _run(monkeypatch, "status", "--network", "try", "--json") == 0
    told_steps = json.loads(capsys.readouterr().out)
    assert told_steps["complete"] and {step["state"] for step in told_steps["steps"]} == {"done"}
    coin = load("TestCoin").function("symbol")
    answer = chain.call(
        "eth_call", {"to": last.address("TestCoin"), "data": "0x" + coin.selector.hex()}, "latest"
    )
    assert bytes.fromhex(answer[2:])[64:68] == b"tUSD"
    number = chain.nonce(DEPLOYER.address)
    assert _run(monkeypatch, *ME, "--yes") == 0
    assert chain.nonce(DEPLOYER.address) == number, "deploying again sends nothing"
