"""Minting bank entries exactly once, whatever line, process and people do (N1 to N4, N6, B8, I4).

Every fault is real: a proxy before Anvil, a killed process, two programs at once. Each ends with the proof:
every entry minted once, every wallet with what the bank booked, the books of bank and token in agreement.

Branches: killed at the flushes, sends and commits of import, proposal and minting · each kind of the line at
a send · two officers at once · the store lost after minting
"""

import shutil
import sys
import threading
from collections.abc import Iterator

import pytest

from commonhold.ops.bank import proposals
from commonhold.ops.deploy import local_account
from commonhold.store import Store
from tests.examples import LONG
from tests.faults.kinds import Kind
from tests.faults.processes import KILLED, moments, run, run_killed
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.record import recorded
from tests.system.bank.bank_world import PROGRAM, BankWorld

SEND = "eth_sendRawTransaction"
LINE = {
    Kind.LOST_REQUEST: "N1",
    Kind.LOST_ANSWER: "N2",
    Kind.BUSY_BEFORE: "N3",
    Kind.BUSY_AFTER: "N3",
    Kind.GARBAGE: "N4",
    Kind.TRUNCATED: "N4",
    Kind.WRONG_ID: "N4",
}
ENTRIES = 5
# a day at the office in one program, so that a kill can strike anywhere in it
DAY = """
import sys
from commonhold.cli import main
for words in (["bank", "import", "m.xml"], ["bank", "propose"], ["bank", "mint"]):
    sys.argv = ["commonhold", *words]
    try:
        main()
    except SystemExit as left:
        if left.code:
            raise
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankWorld]:
    with BankWorld.build(tmp_path_factory.mktemp("faults")) as world:
        world.statement("m.xml", world.rents(ENTRIES), closing=("5010.00", "2026-03-02"))
        yield world


@pytest.fixture
def world(built: BankWorld) -> Iterator[BankWorld]:
    with built.fresh():
        yield built


def prove(world: BankWorld) -> None:
    """Every entry minted once, and the bank's balance is what the token backs."""
    assert world.states() == ["minted"] * ENTRIES
    assert len(world.mints()) == len(set(world.mints())) == ENTRIES
    assert world.balances() == [1000 + 1003, 1001 + 1004, 1002]
    found = world.run("bank", "reconcile")
    assert found["ok"] and found["lines"] == [] and found["bank"] == str(5_010_000_000)


def test_N6_a_day_killed_at_any_moment_is_finished_by_running_it_again(built: BankWorld) -> None:
    argv = [sys.executable, "-c", DAY]
    world = built
    with world.fresh():
        names = moments(argv, world.folder, world.folder / "log")
        prove(world)
    assert names.count("before send") >= 1 and len(names) > 20
    send = names.index("before send") + 1
    # by default: in the proposal, around the broadcast, and at the end
    chosen = range(1, len(names) + 1) if LONG else (send // 2, send, send + 1, len(names) - 1)
    for number in chosen:
        with world.fresh(), recorded("bank", "N6", f"killed {names[number - 1]} ({number} of {len(names)})"):
            killed = run_killed(argv, world.folder, at=number)
            assert killed.returncode == KILLED, killed.stderr.decode()
            for words in (("import", "m.xml"), ("propose",), ("mint",)):
                world.do("bank", *words)
            prove(world)


@pytest.mark.parametrize("kind", LINE, ids=[f"{number}-{kind.name}" for kind, number in LINE.items()])
def test_a_fault_of_the_line_mints_nothing_twice(world: BankWorld, kind: Kind) -> None:
    world.do("bank", "import", "m.xml")
    world.do("bank", "propose")
    with FaultProxy(world.node.rpc_url) as proxy, recorded("bank", LINE[kind], f"{kind.name} at a mint"):
        proxy.plan(Fault(kind, SEND))
        world.do("bank", "mint", "--rpc", proxy.url)
        assert proxy.met() == [kind]
        prove(world)


def test_B8_two_officers_who_mint_the_same_batch_at_once_mint_it_once(world: BankWorld) -> None:
    world.do("bank", "import", "m.xml")
    world.do("bank", "propose")
    with recorded("bank", "B8", "two officers mint at once"):
        other = """
from pathlib import Path
from commonhold.chain.connect import Connection
from commonhold.chain.send import Sender
from commonhold.ops.bank.mint import mint
from commonhold.ops.deploy import local_account
from commonhold.ops.manifest import read
from commonhold.store import Store
import sys
connection = Connection(sys.argv[1])
suite = read(Path("deployments/local")).suite(connection)
with Store.open(Path(".commonhold")) as store:
    mint(suite, store, Sender(connection, local_account("OFFICER")), 1)
"""
        argvs = [
            [sys.executable, "-c", PROGRAM, "bank", "mint"],
            [sys.executable, "-c", other, world.node.rpc_url],
        ]
        threads = [threading.Thread(target=run, args=(argv, world.folder)) for argv in argvs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        prove(world)


def test_I4_a_store_that_is_lost_mints_nothing_a_second_time(world: BankWorld) -> None:
    """Citations of entries with the bank's reference are the same in every store."""
    for words in (("import", "m.xml"), ("propose",), ("mint",)):
        world.do("bank", *words)
    shutil.rmtree(world.folder / ".commonhold")
    for words in (("import", "m.xml"), ("propose",)):
        world.do("bank", *words)
    assert world.run("bank", "mint")["found"] == [1, 2, 3, 4, 5]
    prove(world)


def test_an_entry_changed_between_looking_and_proposing_is_not_proposed(world: BankWorld) -> None:
    world.do("bank", "import", "m.xml")
    with Store.open(world.folder / ".commonhold") as store:
        first = proposals.propose(world.town.suite, store, local_account("MANAGER"), [1, 2])
        again = proposals.propose(world.town.suite, store, local_account("MANAGER"))
    assert [item.entry for item in first.items] == [1, 2]
    assert [item.entry for item in again.items] == [3, 4, 5]
    assert sorted(world.run("bank", "mint")["minted"]) == [1, 2, 3, 4, 5]
    prove(world)
