"""A community with a bank account on a real node: three people with wallets, one without, two who mint.

with BankWorld.build(folder) as world: world.run("bank", "list")
"""

import contextlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commonhold import cli
from commonhold.chain.node import Node
from commonhold.ops.bank.reference import Purpose, Reference, tag_of
from commonhold.ops.deploy import deploy_local, local_account, local_parameters
from commonhold.store import Store
from commonhold.store.bank import BankEntry
from tests.faults.chainfaults import set_back
from tests.faults.processes import run as run_child
from tests.package.bank.files import ACCOUNT, IBAN, Booking, camt, stmt, write
from tests.package.ops.town import CMT, Person, Town

START = 1_772_409_600  # 2026-03-02 00:00 UTC
PROGRAM = "from commonhold.cli import main; main()"


@dataclass
class BankWorld:
    """folder: with commonhold.toml, deployments and the data folder. Amounts in [cmt]."""

    node: Node
    folder: Path
    town: Town
    people: list[Person]

    @classmethod
    @contextlib.contextmanager
    def build(cls, folder: Path) -> Iterator["BankWorld"]:
        with Node(timestamp=START) as node:
            minters = {local_account(role).address: 10**15 for role in ("TREASURER", "OFFICER")}
            deploy_local(node.rpc_url, local_parameters(minters=minters), folder / "deployments" / "local")
            town = Town.build_on(node.rpc_url, folder / "deployments" / "local")
            (folder / "commonhold.toml").write_text(
                f'[network]\nrpc = "{node.rpc_url}"\n'
                f'[bank]\naccount = "{IBAN}"\nholder = "{ACCOUNT.holder}"\n'
                f'currency = "{ACCOUNT.currency}"\nbic = "{ACCOUNT.bic}"\n'
            )
            people = town.people(3)
            town.party()  # number 4 has no wallet
            yield cls(node, folder, town, people)

    @contextlib.contextmanager
    def fresh(self) -> Iterator[None]:
        """From the same state, chain and data folder; put back afterwards."""
        kept = self.folder.parent / f"{self.folder.name}-kept"
        shutil.copytree(self.folder, kept)
        try:
            with set_back(self.town.connection):
                yield
        finally:
            shutil.rmtree(self.folder)
            kept.rename(self.folder)

    # ---- slips and statements

    @property
    def tag(self) -> int:
        deployment = self.town.deployment
        return tag_of(deployment.chain_id, deployment.genesis, deployment.address("PartyRegistry"))

    def slip(self, number: int, purpose: Purpose = Purpose.PARTY) -> str:
        return str(Reference(self.tag, purpose, number))

    def rents(self, count: int = 3) -> list[Booking]:
        """A rent of each of the people with a wallet, a thousand and some."""
        return [
            Booking("2026-03-02", f"{1000 + n}.00", self.slip(n % 3 + 1), f"Payer {n}", f"B-{n:06d}")
            for n in range(count)
        ]

    def statement(self, name: str, bookings: list[Booking], **balances: tuple[str, str]) -> Path:
        return write(self.folder / name, camt(stmt(bookings, name=name, **balances)))

    # ---- the command

    def argv(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", PROGRAM, *arguments]

    def child(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """A command in a process of its own, to its end."""
        return run_child(self.argv(*arguments), self.folder)

    def here(self, *arguments: str) -> tuple[int, str, str]:
        """A command in this process: exit code, output, messages."""
        out, err = io.StringIO(), io.StringIO()
        before, sys.argv = sys.argv, ["commonhold", *arguments]
        code = 0
        try:
            with (
                contextlib.chdir(self.folder),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
            ):
                cli.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
        finally:
            sys.argv = before
        return code, out.getvalue(), err.getvalue()

    def run(self, *arguments: str, code: int = 0) -> Any:
        """What a command prints with --json, which must leave with `code`."""
        found, out, err = self.here(*arguments, "--json")
        assert found == code, f"{arguments}: {found}\n{out}\n{err}"
        return json.loads(out) if out else None

    def do(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        """Output and messages of a command without --json."""
        found, out, err = self.here(*arguments)
        assert found == code, f"{arguments}: {found}\n{err}"
        return out, err

    # ---- what became of it

    def balances(self) -> list[int]:
        """Of the people's wallets. [cmt]"""
        return [
            amount // CMT for amount in self.town.suite.token.balances_of(one.wallet for one in self.people)
        ]

    def supply(self) -> int:
        """[cmt]"""
        return self.town.suite.token.total_supply() // CMT

    def mints(self) -> list[str]:
        """The citations of every mint."""
        return [str(event["citation"]) for event in self.town.suite.token.events("Minted")]

    def states(self) -> list[str]:
        with Store.open(self.folder / ".commonhold") as store, store.reading() as session:
            return [one.state for one in session.query(BankEntry).order_by(BankEntry.id)]
