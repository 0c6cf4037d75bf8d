"""A deployment whose process is killed (-9), or whose node is, ends as if nothing had happened.

Moments: before and after every flush of the journal, every file put in its place and every request that
sends, listed by a run that is not disturbed; and any other time. By default some of them, with
`COMMONHOLD_EXAMPLES=long` all, and two hundred random times more.
"""

import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.artifacts import load
from commonhold.chain.connect import Connection
from commonhold.chain.journal import read_entries
from commonhold.chain.node import Node
from commonhold.chain.signing import dev_account
from commonhold.ops.deploy import JOURNAL, local_parameters
from commonhold.ops.deploy.care import verify
from commonhold.ops.deploy.plan import make_plan
from commonhold.ops.manifest import FILE, Deployment, read
from tests.examples import LONG
from tests.faults.chainfaults import kept_awake, set_back
from tests.faults.kinds import Kind
from tests.faults.processes import KILLED, environment, moments, run, run_killed
from tests.faults.proxy import FaultProxy
from tests.faults.record import recorded
from tests.system.deploy.deploy_world import ROOMY, TIMED, creations, seeds, until

COMMAND = [sys.executable, "-m", "commonhold.cli", "deploy"]
DEPLOYER = dev_account(0).address
PLACE = Path("deployments") / "local"
MOST = 140  # moments, at most: a deployment has some hundred and twenty
# A moment's number, from 1, or its place among all.
PLACES: list[int | float] = list(range(1, MOST + 1)) if LONG else [0.0, 0.11, 0.36, 0.78, 0.985, 0.999]


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with (
        Node(gas_limit=ROOMY, options=("--block-base-fee-per-gas", "0")) as running,
        kept_awake(running.rpc_url),
    ):
        yield running


@pytest.fixture
def chain(node: Node) -> Iterator[Connection]:
    connection = Connection(node.rpc_url)
    with set_back(connection):
        yield connection
    connection.close()


@pytest.fixture(scope="module")
def undisturbed(node: Node, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Deployment, int]:
    """The moments of a run, its manifest, and how many transactions it sent."""
    connection, folder = Connection(node.rpc_url), tmp_path_factory.mktemp("undisturbed")
    with set_back(connection):
        _settings(folder, node.rpc_url)
        names = moments(COMMAND, folder, folder / "moments", on="fsync,replace,send")
        found, sent = read(folder / PLACE), connection.nonce(DEPLOYER)
    return names, found, sent


def _settings(folder: Path, rpc: str) -> None:
    (folder / "commonhold.toml").write_text(f'[network]\nrpc = "{rpc}"\n')


def _comparable(deployment: Deployment) -> dict[str, Any]:
    """Without blocks and times, which a pause changes."""
    found = asdict(deployment)
    del found["block"], found["commit"]
    for name, contract in found["contracts"].items():
        del contract["block"]
        if TIMED & set(load(name).functions):
            del contract["code_hash"]
    return found


def _finish(chain: Connection, folder: Path, undisturbed: tuple[list[str], Deployment, int]) -> None:
    """Run it again, and prove that all is there once."""
    _, wanted, sent = undisturbed
    done = run(COMMAND, folder)
    assert done.returncode == 0, done.stderr.decode()
    found = verify(chain, folder / PLACE)
    same = _comparable(found) == _comparable(wanted)
    assert same, "the same manifest"
    assert sorted(creations(chain, DEPLOYER)) == sorted(found.addresses.values()), (
        "each contract created once"
    )
    assert chain.nonce(DEPLOYER) == sent, "each step sent once"
    signed = [entry for entry in read_entries(folder / PLACE / JOURNAL) if entry["kind"] == "signed"]
    assert len({entry["hash"] for entry in signed}) == len(signed) == sent + 1  # and ADMIN's acceptance


def test_the_moments_are_those_of_the_journal_the_manifest_and_the_sending(
    undisturbed: tuple[list[str], Deployment, int],
) -> None:
    names, _, _ = undisturbed
    assert {"before fsync", "after fsync", "before send", "after send"} <= set(names)
    assert any("replace" in name or "rename" in name for name in names)
    assert 100 < len(names) <= MOST


@pytest.mark.parametrize("place", PLACES)
def test_N6_the_client_killed_before_or_after_a_flush_or_a_send_continues(
    chain: Connection, undisturbed: tuple[list[str], Deployment, int], tmp_path: Path, place: float
) -> None:
    at = place if isinstance(place, int) else 1 + int(place * len(undisturbed[0]))
    if at > len(undisturbed[0]):
        pytest.skip("a deployment has fewer moments")
    with recorded("deploy", "N6", f"killed at moment {at}: {undisturbed[0][at - 1]}"):
        _settings(tmp_path, chain.url)
        killed = run_killed(COMMAND, tmp_path, at=at, on="fsync,replace,send", tear=at % 2 == 1)
        assert killed.returncode == KILLED
        _finish(chain, tmp_path, undisturbed)


@pytest.mark.parametrize("seed", seeds(2, 200))
def test_N6_the_client_killed_at_any_time_continues(
    chain: Connection, undisturbed: tuple[list[str], Deployment, int], tmp_path: Path, seed: int
) -> None:
    """Up to three times in a row."""
    dice = random.Random(seed)
    _settings(tmp_path, chain.url)
    times = [dice.uniform(0.8, 4) for _ in range(dice.randint(1, 3))]
    with recorded("deploy", "N6", f"seed {seed}: killed after {', '.join(f'{one:.2f}' for one in times)} s"):
        for one in times:
            run_killed(COMMAND, tmp_path, after=one)
        _finish(chain, tmp_path, undisturbed)


def test_N5_a_node_that_ends_in_the_middle_and_comes_back_is_deployed_to_once(tmp_path: Path) -> None:
    """The node comes back with all its blocks, and the same command finishes.

    First the line goes, then the node when it has mined what it got: Anvil, ended while it mines, leaves a
    state with numbers of accounts that its blocks do not have.
    """
    state = tmp_path / "chain.json"
    with recorded("deploy", "N5", "node ended after some steps, started again"):
        with Node(state=state) as node, FaultProxy(node.rpc_url) as proxy:
            connection = Connection(node.rpc_url)
            plan = make_plan(connection, local_parameters(), DEPLOYER, 0)
            _settings(tmp_path, proxy.url)
            process = subprocess.Popen(
                COMMAND,
                cwd=tmp_path,
                env=environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            until(lambda: _signed(tmp_path) > 12 or process.poll() is not None)
            proxy.always(Kind.LOST_REQUEST)
            _, told = process.communicate(timeout=120)
            assert process.returncode == 4 and b"No usable answer" in told
            connection.call("evm_mine")
            until(lambda: connection.nonce(DEPLOYER) == connection.nonce(DEPLOYER, "pending"))
        assert not (tmp_path / PLACE / FILE).exists()
        with Node(state=state) as node:
            _settings(tmp_path, node.rpc_url)
            second = run(COMMAND, tmp_path)
            assert second.returncode == 0, second.stderr.decode()
            deployment = verify(Connection(node.rpc_url), tmp_path / PLACE)
            assert deployment.addresses == plan.addresses


def _signed(folder: Path) -> int:
    path = folder / PLACE / JOURNAL
    return path.read_bytes().count(b'"kind":"signed"') if path.is_file() else 0
