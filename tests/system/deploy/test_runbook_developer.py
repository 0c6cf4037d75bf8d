"""docs/runbook-developer.md: every command exists with its options; what can be run is run as it stands.

every line of every passage · every passage marked is run · the test network's life: keys, plan, deploy, Safe
as ADMIN, sources, an office handed over · a second version beside the first · the emergency and its cost
"""

import getpass
import json
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from eth_utils.address import to_checksum_address

from commonhold import cli
from commonhold.chain.artifacts import create_address, load
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.chain.signing import dev_account
from commonhold.ops.deploy import deploy_local, local_account, local_parameters, plan
from commonhold.ops.manifest import read
from tests.faults.chainfaults import set_back
from tests.sources.double import SourcesDouble
from tools.environment import ROOT

PAGE = (ROOT / "docs" / "runbook-developer.md").read_text(encoding="utf-8")
PASSWORD = "a password of the runbook"
DAYS = 3 * 86_400


def _passages() -> dict[str, list[str]]:
    """The shell lines of the page, by the name in the comment before them; without a name as "0", "1", …"""
    found: dict[str, list[str]] = {}
    for number, match in enumerate(
        re.finditer(r"(?:<!-- run: (\w+) -->\n)?```sh\n(.*?)```", PAGE, re.DOTALL)
    ):
        found[match[1] or str(number)] = match[2].strip().split("\n")
    return found


PASSAGES = _passages()
RUN = {"keys", "deploy", "admin", "leave", "sources", "handover", "migration", "emergency"}


def test_every_passage_that_is_marked_is_run_by_these_tests() -> None:
    assert {name for name in PASSAGES if not name.isdigit()} == RUN
    assert set(re.findall(r"<!-- run: (\w+) -->", PAGE)) == RUN


LINES = [line for lines in PASSAGES.values() for line in lines]


@pytest.mark.parametrize("line", LINES)
def test_every_command_of_the_page_exists_with_these_options(line: str) -> None:
    words = shlex.split(line)
    assert words.pop(0) == "commonhold", line
    command: Any = typer.main.get_command(cli.app)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    used = {word for word in words if word.startswith("--")}
    assert used <= options, f"{line}: {sorted(used - options)}"
    assert not hasattr(command, "commands") or not words or words[0].startswith("--"), line


def test_every_option_and_act_in_the_words_of_the_page_exists() -> None:
    group: Any = typer.main.get_command(cli.app)

    def options(command: Any) -> set[str]:
        own = {option for parameter in command.params for option in parameter.opts}
        return own.union(*(options(child) for child in getattr(command, "commands", {}).values()))

    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) <= options(group) | {"--help"}
    for contract, function in re.findall(r"`(?:\w+ )*([A-Z]\w+)\.([a-z]\w+)", PAGE):
        assert load(contract).has(function), f"{contract}.{function}"


class Desk:
    """A working folder on one chain, in which the page's lines are run as they stand."""

    def __init__(self, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        self.connection = connection
        self.names: dict[str, str] = {}
        self.said = ""
        self._patch = monkeypatch

    def run(self, line: str, *more: str) -> int:
        for name in sorted(self.names, key=len, reverse=True):
            line = line.replace(f"${name}", self.names[name])
        self._patch.setattr(sys, "argv", [*shlex.split(line), *more])
        try:
            cli.main()
        except SystemExit as left:
            return int(left.code or 0)
        return 0

    def later(self, seconds: int = DAYS) -> None:
        self.connection.call("evm_increaseTime", seconds)
        self.connection.call("evm_mine")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody at a terminal who types the password."""
    monkeypatch.setattr(getpass, "getpass", lambda prompt="": PASSWORD)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)


# --------------------------------------------------------------------------------------- the test network


@pytest.fixture
def sepolia(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: None
) -> Iterator[tuple[Desk, Callable[[], None]]]:
    monkeypatch.chdir(tmp_path)
    with Node(chain_id=11155111) as node, SourcesDouble(node.rpc_url) as double:
        (tmp_path / "commonhold.toml").write_text(
            f'[network]\nname = "sepolia"\n[networks.sepolia]\nrpc = "{node.rpc_url}"\n'
            f'chain_id = 11155111\ntestnet = true\nverifier = "{double.sourcify}"\n'
        )
        connection = Connection(node.rpc_url)
        owner = dev_account(9).address

        def by_owner(to: str | None, data: bytes) -> dict[str, Any]:
            fields = {"from": owner, "data": "0x" + data.hex(), "gas": hex(2_000_000)}
            hash_ = connection.call("eth_sendTransaction", fields | ({"to": to} if to else {}))
            while (found := connection.call("eth_getTransactionReceipt", hash_)) is None:
                time.sleep(0.02)  # a busy node answers before it has mined
            assert found["status"] == "0x1"
            return dict(found)

        safe = to_checksum_address(
            by_owner(None, load("OwnedWallet").creation_code([owner]))["contractAddress"]
        )
        desk = Desk(connection, monkeypatch)
        desk.names = {
            "SAFE": safe,
            "OLD_MANAGER": dev_account(4).address,
            "NEW_MANAGER": dev_account(5).address,
        }
        folder = tmp_path / "deployments" / "sepolia"
        folder.mkdir(parents=True)
        text = (ROOT / "deployments/example/config.toml").read_text(encoding="utf-8")
        text = re.sub(r"^# admin = .*$", f'admin = "{safe}"', text, flags=re.MULTILINE)
        text = re.sub(
            r"^# MANAGER = .*$", f'MANAGER = ["{desk.names["OLD_MANAGER"]}"]', text, flags=re.MULTILINE
        )
        (folder / "config.toml").write_text(text, encoding="utf-8")

        def execute() -> None:
            """The owners sign the newest file, the Safe executes it."""
            newest = max((folder / "safe").iterdir(), key=lambda path: path.stat().st_mtime_ns)
            act = load("OwnedWallet").function("act")
            for entry in json.loads(newest.read_text())["transactions"]:
                by_owner(safe, act.encode([entry["to"], bytes.fromhex(entry["data"][2:])]))
            newest.unlink()

        yield desk, execute
        connection.close()


def test_the_page_leads_from_an_empty_folder_to_an_office_handed_over_by_a_safe(
    sepolia: tuple[Desk, Callable[[], None]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, execute = sepolia
    for line in PASSAGES["keys"]:
        assert desk.run(line) == 0
    deployer = capsys.readouterr().out.split()[-1]
    desk.connection.call("anvil_setBalance", deployer, hex(10**20))
    planned, deployed, status = PASSAGES["deploy"]
    assert desk.run(planned) == 0 and desk.connection.nonce(deployer) == 0
    assert desk.run(deployed, "--yes") == 0
    assert "acceptAdmin" in capsys.readouterr().err
    assert desk.run(status) == 0
    (accept,) = PASSAGES["admin"]
    assert desk.run(accept, "--yes") == 7
    execute()
    resumed, verified, offices = PASSAGES["leave"]
    assert desk.run(resumed, "--yes") == 0
    assert desk.run(verified) == 0
    capsys.readouterr()
    assert desk.run(offices, "--json") == 0
    held = {(entry["role"], entry["account"]) for entry in json.loads(capsys.readouterr().out)}
    assert ("ADMIN", desk.names["SAFE"]) in held and not any(account == deployer for _, account in held)
    for line in PASSAGES["sources"]:
        assert desk.run(line) == 0
    kept = json.loads((tmp_path / "deployments/sepolia/sources.json").read_text())
    assert kept["services"]["sourcify"]["LeaseReading"]["state"] == "exact"
    for line in PASSAGES["handover"]:
        if " office announced " in line:
            assert desk.run(line) == 0
            continue
        if " office call " in line:
            desk.later()
        assert desk.run(line, "--yes") == 7, line
        execute()
    desk.later()
    capsys.readouterr()
    assert desk.run(offices, "--json") == 0
    managers = [
        entry["account"] for entry in json.loads(capsys.readouterr().out) if entry["role"] == "MANAGER"
    ]
    assert managers == [desk.names["NEW_MANAGER"]]


# --------------------------------------------------------------------------------- a chain of one's own


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Connection]]:
    with Node() as node:
        folder = tmp_path_factory.mktemp("own")
        deploy_local(node.rpc_url, folder=folder / "deployments" / "local")
        (folder / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
        connection = Connection(node.rpc_url)
        yield folder, connection
        connection.close()


@pytest.fixture
def desk(own: tuple[Path, Connection], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    folder, connection = own
    monkeypatch.chdir(folder)
    with set_back(connection):
        yield Desk(connection, monkeypatch)


def test_a_second_version_of_leases_comes_beside_the_first(desk: Desk) -> None:
    deployment = read(Path("deployments/local"))
    trio, deployer = ("LeaseAgreement", "LeaseChanges", "DepositEscrow"), dev_account(0)
    first = desk.connection.nonce(deployer.address)
    new = {name: create_address(deployer.address, first + index) for index, name in enumerate(trio)}
    known = {**deployment.addresses, **new}
    for name in trio:
        step = plan._creation(name, local_parameters(), deployer.address, known)
        assert Sender(desk.connection, deployer).send(step.call).created is not None
    desk.names = {
        "NEW_LEASES": new["LeaseAgreement"],
        "NEW_CHANGES": new["LeaseChanges"],
        "NEW_ESCROW": new["DepositEscrow"],
    }
    lines = PASSAGES["migration"]
    for line in lines:
        assert desk.run(line.replace("office call", "office announce")) == 0, line
    desk.later()
    for line in lines:
        assert desk.run(line) == 0, line
    desk.later()
    suite = deployment.suite(desk.connection)
    assert suite.leases.read("retired")
    assert suite.units.lease_contract_of(new["LeaseAgreement"])[0] > 0
    for name, kinds in (("LeaseAgreement", 1), ("LeaseChanges", 8), ("DepositEscrow", 16)):
        assert suite.credit.reporter_of(new[name]).kinds == kinds
    bits = suite.token.read_many(
        [("collectorBit", (new[name],)) for name in ("LeaseAgreement", "DepositEscrow")]
    )
    old = suite.token.read_many([("collectorBit", (deployment.address(name),)) for name in plan.COLLECTORS])
    assert all(bits) and len({*bits, *old}) == len(bits) + len(old)
    pause = load("LeaseAgreement").function("pause").selector
    assert suite.access.target_function_role(new["LeaseAgreement"], pause) == 6


def test_A4_an_emergency_costs_no_more_than_the_page_says(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    most = {
        act: int(gas.replace(",", ""))
        for act, gas in re.findall(r"^\| `(\w+\.\w+)` \|.*\| ([\d,]+) \|$", PAGE, re.MULTILINE)
    }
    moment = desk.connection.block().time
    desk.names = {
        "MANAGER": local_account("MANAGER").address,
        "TREASURER": local_account("TREASURER").address,
        "THIEF": dev_account(9).address,
        "REASON": "0x" + "ab" * 32,
        "UNTIL": str(moment + 30 * 86_400),
    }
    capsys.readouterr()
    for line in PASSAGES["emergency"]:
        assert desk.run(line) == 0, line
        receipt = desk.connection.call("eth_getTransactionReceipt", capsys.readouterr().out.split()[-1])
        act, gas = shlex.split(line)[3], int(receipt["gasUsed"], 16)
        assert most[act] * 8 // 10 < gas <= most[act], f"{act}: {gas:,} gas, the page says {most[act]:,}"
    assert set(most) == {shlex.split(line)[3] for line in PASSAGES["emergency"]}
    suite = read(Path("deployments/local")).suite(desk.connection)
    assert not suite.access.has_role(1, desk.names["MANAGER"])[0]
