"""A town in which rents are due, on one Anvil, put back before each run; what an undisturbed run collects.

    with World.build() as world:
        with world.fresh(): …settle, with whatever fault… ; world.prove()

`prove`: every lease was collected once, no more and no less than undisturbed, the landlords have exactly that
money, and the audit derives the same books from the raw logs.
"""

import contextlib
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonhold.chain.connect import Connection
from commonhold.chain.journal import Journal, read_entries
from commonhold.chain.node import Node
from commonhold.chain.send import Fees, Sender, Waiting
from commonhold.ops.audit import audit
from commonhold.ops.deploy import local_account
from commonhold.ops.settle import Report, run
from commonhold.ops.settle.runs import runs_in
from commonhold.rules.codes import Code
from tests.faults import processes
from tests.faults.chainfaults import go_back
from tests.package.ops.town import CMT, Person, Town

SMALL: Final = 800_000  # gas of a transaction, so that a dozen leases need several [gas]
DEPTH: Final = 2
_CHILD: Final = Path(__file__).with_name("settling_child.py")
_RENT: Final = 1_000 * CMT


@dataclass
class World:
    node: Node
    town: Town
    landlords: list[Person]
    folder: Path  # of the manifest
    snapshot: str = ""
    expected: tuple[dict[int, int], dict[str, int]] = ({}, {})
    codes: Counter[Code] | None = None

    @classmethod
    @contextlib.contextmanager
    def build(cls, folder: Path) -> "Iterator[World]":
        with Node() as node:
            town = Town.build(node.rpc_url)
            landlords = town.people(2)
            _let(town, landlords)
            town.to_day(town.today + 40)
            town.deployment.write(folder)
            world = cls(node, town, landlords, folder)
            world.snapshot = world.connection.call("evm_snapshot")
            report = run(
                town.suite, Sender(world.connection, local_account("MANAGER"), fees=Fees(gas_most=SMALL))
            )
            assert len(report.transactions) >= 3
            world.expected = world.collected()
            world.codes = Counter(report.by_code)
            world.restore()
            yield world

    @property
    def connection(self) -> Connection:
        return self.town.connection

    def restore(self) -> None:
        """As it was before anything was settled, some blocks later.

        The new blocks keep their states among those that Anvil holds in memory: a reorganisation back to one
        that it has put on the disk would leave the chain without code.
        """
        go_back(self.connection, self.snapshot)
        self.connection.call("anvil_mine", hex(12))
        self.snapshot = self.connection.call("evm_snapshot")

    @contextlib.contextmanager
    def fresh(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.restore()

    # ---- what happened

    def collected(self) -> tuple[dict[int, int], dict[str, int]]:
        """Per lease what was settled, over all logs [cmt]; and what each landlord has."""
        sums: Counter[int] = Counter()
        for event in self.town.suite.leases.events("Settled"):
            sums[int(event["lease"])] += int(event["amount"])
        wallets = [one.wallet for one in self.landlords]
        return dict(sums), {wallet: self.town.suite.token.balance_of(wallet) for wallet in wallets}

    def prove(self) -> None:
        """Nothing lost, nothing twice."""
        sums, money = self.collected()
        wanted, wealth = self.expected
        assert {one: sum_ for one, sum_ in sums.items() if sum_} == {
            one: sum_ for one, sum_ in wanted.items() if sum_
        }
        assert money == wealth
        found = audit(self.connection, self.town.deployment)
        assert found.ok, found.differences[:3]

    def times_paid(self) -> Counter[int]:
        """How many settlements discharged something of each lease."""
        events = self.town.suite.leases.events("Settled")
        once = {(int(one["lease"]), int(one["tenant"]), one.transaction) for one in events if one["amount"]}
        return Counter(lease for lease, _, _ in once)

    # ---- settling, here and in another process

    @contextlib.contextmanager
    def sender(self, url: str, data: Path, role: str = "MANAGER", **values: Any) -> Iterator[Sender]:
        """As a command has it: with the journal of its key, after finishing what that had begun."""
        connection = Connection(url, pause=0.01, timeout=20)
        fees = Fees(gas_most=SMALL, cap=values.pop("cap", Fees().cap), patience=values.pop("patience", 0))
        waiting = Waiting(**{"timeout": 30, "poll": 0.03, "stuck": 20, "depth": DEPTH, **values})
        account = local_account(role)
        with Journal(data / f"local-{account.address.lower()}.journal", connection) as journal:
            sender = Sender(connection, account, journal=journal, fees=fees, waiting=waiting)
            sender.resume()
            yield sender

    def settle(self, url: str, data: Path, role: str = "MANAGER", **values: Any) -> Report:
        """One whole command: finish, plan, send, bury, report."""
        with self.sender(url, data, role, **values) as sender:
            return run(self.town.deployment.suite(sender.connection), sender)

    def command(self, url: str, data: Path, role: str = "MANAGER", depth: int = DEPTH) -> list[str]:
        """The same in another process."""
        return [sys.executable, str(_CHILD), url, str(self.folder), str(data), role, str(depth), str(SMALL)]

    def child(self, data: Path, **values: Any) -> dict[str, Any]:
        """Run it to its end; its report."""
        done = processes.run(self.command(self.node.rpc_url, data, **values), processes.ROOT)
        assert done.returncode == 0, done.stderr.decode()
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def start(self, data: Path, role: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(self.node.rpc_url, data, role),
            cwd=processes.ROOT,
            env=processes.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    @contextlib.contextmanager
    def mining(self, every: float = 0.03) -> Iterator[None]:
        """Blocks keep coming."""
        done = threading.Event()
        other = Connection(self.node.rpc_url)

        def mine() -> None:
            while not done.wait(every):
                other.call("evm_mine")

        thread = threading.Thread(target=mine)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def entries(data: Path) -> list[dict[str, Any]]:
    return [entry for path in sorted(data.glob("*.journal")) for entry in read_entries(path)]


def signed(data: Path) -> list[str]:
    return [entry["hash"] for entry in entries(data) if entry["kind"] == "signed"]


def open_runs(data: Path) -> list[str]:
    """Runs that have not ended, in all journals of a folder."""
    found = [one for path in data.glob("*.journal") for one in runs_in(read_entries(path))]
    return [one.name for one in found if one.end is None]


def _let(town: Town, landlords: list[Person]) -> None:
    """Leases of every kind: paid from mandates, from prepayment, jointly, partly, and not at all."""
    able = town.people(9, funds=20 * _RENT, mandate=5 * _RENT)
    unwilling, poor = town.people(1, funds=_RENT)[0], town.people(1, funds=_RENT // 2, mandate=5 * _RENT)[0]
    partly = town.people(1, funds=_RENT // 4)[0]
    town.send(partly.account, town.suite.token.set_mandate(town.mandate(5 * _RENT, partial=True)))
    ahead = town.people(1, funds=5 * _RENT)[0]
    tenants = [[one] for one in able] + [[unwilling], [poor], [partly], [able[0], unwilling], [ahead]]
    late = {"grace_days": 5, "late_fee_rate": 5, "late_fee_max_days": 90}
    items = []
    for number, people in enumerate(tenants):
        landlord = landlords[number % 2]
        item = town.item(f"lease {number}", landlord, people, rent=_RENT + number, **late)
        lease = town.activate(item, [landlord, *people])
        items.append((lease, item))
    lease, item = items[-1]
    leases = town.suite.leases
    town.send(ahead.account, town.suite.token.approve(leases.address, 3 * _RENT))
    town.send(ahead.account, leases.pay(lease, ahead.party, 2 * _RENT, leases.hash_terms(item.terms)))
