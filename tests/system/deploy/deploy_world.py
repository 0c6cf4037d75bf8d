"""A test network to deploy to under faults, and the proof that nothing was lost and nothing done twice.

The chain has id 11155111, so nothing is forgiven; its base fee is 0, so a step signed again says the same.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from commonhold.chain.artifacts import load
from commonhold.chain.connect import Connection
from commonhold.chain.journal import read_entries
from commonhold.chain.node import Node
from commonhold.chain.send import Fees, Waiting
from commonhold.ops.audit import audit
from commonhold.ops.deploy import JOURNAL, deploy
from commonhold.ops.deploy.care import verify
from commonhold.ops.deploy.plan import Parameters, Plan, make_plan
from commonhold.ops.manifest import Deployment
from commonhold.roles import ROLES
from tests.examples import LONG
from tests.faults.chainfaults import kept_awake, set_back
from tests.faults.kinds import LINE, Kind
from tests.faults.proxy import FaultProxy

CHAIN = 11155111
GWEI = 10**9
ROOMY = 10**9  # blocks never half full, so that the base fee stays where it is [gas]
DEPLOYER: LocalAccount = Account.from_key(keccak(text="deployer under faults"))
ADMIN: LocalAccount = Account.from_key(keccak(text="admin under faults"))
MANAGER: LocalAccount = Account.from_key(keccak(text="manager under faults"))
PARAMETERS = Parameters(
    name="Under faults", admin=ADMIN.address, roles={"MANAGER": {MANAGER.address: 0}}, delays=True
)
TIMED = {"bootstrapUntil()", "setupUntil()"}  # contracts with the time of their creation in their code
SEND = "eth_sendRawTransaction"
ARRAYS = 17  # in which an undisturbed deployment sends
BAD_LINE = sorted(LINE - {Kind.DELAY})
QUICK = Waiting(timeout=100, stuck=60, poll=0.05)


@contextmanager
def a_test_network() -> Iterator[Node]:
    options = ("--block-base-fee-per-gas", "0")
    with Node(chain_id=CHAIN, gas_limit=ROOMY, options=options) as node:
        connection = Connection(node.rpc_url)
        for account in (DEPLOYER, ADMIN):
            connection.call("anvil_setBalance", account.address, hex(10**21))
        with kept_awake(node.rpc_url):
            yield node


@contextmanager
def put_back(node: Node) -> Iterator[Connection]:
    """A connection to a node that afterwards is as it was before."""
    connection = Connection(node.rpc_url, pause=0.01)
    with set_back(connection):
        yield connection
    connection.call("anvil_setNextBlockBaseFeePerGas", "0x0")  # which goes with no snapshot
    connection.close()


def over(line: FaultProxy | Connection) -> Connection:
    """A connection through a proxy, or a second one to the same node: sessions are not shared by threads."""
    return Connection(line.url, pause=0.01)


def journal(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in read_entries(folder / JOURNAL) if entry["kind"] == kind]


def run(connection: Connection, folder: Path, **changes: Any) -> Deployment:
    values: dict[str, Any] = {
        "network": "try",
        "folder": folder,
        "admin_signer": ADMIN,
        "waiting": QUICK,
        "fees": Fees(cap=200 * GWEI),
    }
    return deploy(connection, DEPLOYER, PARAMETERS, **{**values, **changes})


def plan_of(connection: Connection, first_nonce: int = 0) -> Plan:
    return make_plan(connection, PARAMETERS, DEPLOYER.address, first_nonce)


def comparable(deployment: Deployment, *, same_bytes: bool) -> dict[str, Any]:
    """A manifest without what a fault may change: blocks and times, and hashes where a fee was raised."""
    found = asdict(deployment)
    del found["block"], found["commit"]  # somebody may work on the sources meanwhile
    for name, contract in found["contracts"].items():
        if TIMED & set(load(name).functions):
            del contract["code_hash"]
        del contract["block"]
        if not same_bytes:
            del contract["transaction"]
    return found


class Proof:
    """What an undisturbed deployment left: every disturbed one has to leave the same."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        with set_back(connection):
            self._reference = run(connection, folder)
            self.sent = connection.nonce(DEPLOYER.address)

    def holds(
        self, connection: Connection, folder: Path, *, same_bytes: bool = True, foreign: int = 0
    ) -> None:
        """foreign: transactions of the deployer that the test itself sent."""
        found = verify(connection, folder)
        mine, wanted = (comparable(one, same_bytes=same_bytes) for one in (found, self._reference))
        different = [field for field in wanted if field != "contracts" and mine[field] != wanted[field]]
        for name, contract in wanted["contracts"].items():
            own = mine["contracts"][name]
            different += [
                f"{name}.{field}: {own[field]}, was {contract[field]}"
                for field in contract
                if own[field] != contract[field]
            ]
        assert different == [], f"the same manifest as without a fault: {different}"
        made = creations(connection)
        assert sorted(made) == sorted(found.addresses.values()), "each contract created once"
        assert connection.nonce(DEPLOYER.address) == self.sent + foreign, "each step sent once"
        access = found.suite(connection).access
        assert not any(access.has_role(role.id, DEPLOYER.address)[0] for role in ROLES)
        assert access.admin_accepted(ADMIN.address) and found.pending == []
        assert audit(connection, found).ok


def creations(connection: Connection, deployer: str = DEPLOYER.address) -> list[str]:
    """The address of everything that the deployer's transactions created, one entry each."""
    found = []
    for number in range(1, connection.block_number() + 1):
        for entry in connection.call("eth_getBlockByNumber", hex(number), True)["transactions"]:
            if entry.get("to") is None and to_checksum_address(entry["from"]) == deployer:
                receipt = connection.call("eth_getTransactionReceipt", entry["hash"])
                if int(receipt["status"], 16):
                    found.append(to_checksum_address(receipt["contractAddress"]))
    return found


@contextmanager
def meanwhile(work: Callable[[], Any]) -> Iterator[list[BaseException]]:
    """Runs `work` in a thread while the block goes on; joined at the end. Yields what it raised."""
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            raised.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    try:
        yield raised
    finally:
        thread.join(60)
        assert not thread.is_alive()


def until(question: Callable[[], Any], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def seeds(few: int, many: int) -> list[int]:
    """The seeds of a campaign; always the same ones."""
    return random.Random(20_261_122).sample(range(10**6), many if LONG else few)
