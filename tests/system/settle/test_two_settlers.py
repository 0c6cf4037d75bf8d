"""Two who settle at once collect once (B8): real processes, one node.

Branches: two keys · one key on two machines · one key, one journal · somebody else between plan and send · a
wallet outside, also one that was cut off
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.journal import Journal, read_entries
from commonhold.chain.send import Fees, Sender, Waiting
from commonhold.chain.signing import Prepared
from commonhold.ops.deploy import local_account
from commonhold.ops.settle import preview, resume, run, status
from tests.faults.proxy import FaultProxy
from tests.faults.record import recorded
from tests.package.chain.test_outside import Wallet
from tests.system.settle.settling_world import SMALL, World, open_runs


def test_B8_two_keepers_with_keys_of_their_own_collect_once(world: World, tmp_path: Path) -> None:
    with recorded("settle", "B8", "two processes, two keys"), world.mining():
        both = [world.start(tmp_path / role, role) for role in ("MANAGER", "STAFF")]
        for process in both:
            _, err = process.communicate(timeout=120)
            assert process.returncode == 0, err.decode()
        assert max(world.times_paid().values()) == 1
        world.prove()


def test_B8_two_keepers_with_one_key_on_two_machines_collect_once(world: World, tmp_path: Path) -> None:
    with recorded("settle", "B8", "two processes, one key, two data folders"), world.mining():
        both = [world.start(tmp_path / place, "MANAGER") for place in ("here", "there")]
        outcomes = [(process.communicate(timeout=120)[1], process.returncode) for process in both]
        for place, (err, code) in zip(("here", "there"), outcomes, strict=True):
            if code:  # it lost its numbers to the other too often: the same command goes on
                assert b"TransactionLost" in err or b"NumberTaken" in err, err.decode()
                world.settle(world.node.rpc_url, tmp_path / place)
            assert open_runs(tmp_path / place) == []
        assert max(world.times_paid().values()) == 1
        world.prove()


def test_B8_one_journal_is_held_by_one_process_at_a_time(world: World, tmp_path: Path) -> None:
    with recorded("settle", "B8", "two processes, one key, one data folder"), world.mining():
        with world.sender(world.node.rpc_url, tmp_path):
            process = world.start(tmp_path, "MANAGER")
            _, err = process.communicate(timeout=120)
            assert process.returncode and b"in use by another process" in err
        world.settle(world.node.rpc_url, tmp_path)
        world.prove()


def test_B8_what_somebody_else_settled_in_between_is_told_as_nothing_due(
    world: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    suite = world.town.suite

    def overtaken(entry: Any) -> Any:
        if preview(suite, [1]):
            account = local_account("STAFF")
            Sender(Connection(world.node.rpc_url), account, fees=Fees()).send(suite.leases.settle([1, 2, 3]))
        return {}

    with recorded("settle", "B8", "another settles between the plan and the send"), world.mining():
        proxy.next("eth_estimateGas", overtaken)
        report = world.settle(proxy.url, tmp_path)
        assert [row.amount for row in report.rows[:3]] == [0, 0, 0]
        assert max(world.times_paid().values()) == 1
        world.prove()


def test_a_wallet_outside_settles_once_also_when_it_was_cut_off(world: World, tmp_path: Path) -> None:
    class Closed(Exception):
        """The page of the wallet was closed."""

    wallet = Wallet(world.connection)
    suite = world.town.suite

    def sender(journal: Journal) -> Sender:
        waiting = Waiting(timeout=20, poll=0.03)
        return Sender(world.connection, wallet, journal=journal, fees=Fees(gas_most=SMALL), waiting=waiting)

    def one_and_no_more(prepared: Prepared, sent: Callable[[str], None]) -> None:
        wallet.broadcast(prepared.transaction)
        raise Closed

    path = tmp_path / "local-wallet.journal"
    with recorded("settle", "N6", "wallet outside: closed after its first transaction"):
        wallet.behave = one_and_no_more
        with Journal(path, world.connection) as journal, pytest.raises(Closed):
            run(suite, sender(journal))
        assert open_runs(tmp_path)
        wallet.behave = None
        with Journal(path, world.connection) as journal:
            (report,) = resume(suite, sender(journal))
        assert report.by_code == world.codes and open_runs(tmp_path) == []
        (found,) = status(suite, read_entries(path))
        assert found.state == "final" and found.settled == report.discharged
        assert max(world.times_paid().values()) == 1
        world.prove()
