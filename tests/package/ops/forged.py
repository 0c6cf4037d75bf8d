"""Logs written by hand, for audits of what no contract would write.

forger = Forger()
forger.tell(("BillRuns", "RunApproved", (4, ANN)))      # one transaction: what the audit says of it
"""

from collections.abc import Sequence
from typing import Any

from commonhold.chain.rawlogs import Log
from commonhold.ops.audit.replay import Arguments, Books
from commonhold.ops.deploy.plan import CONTRACTS
from commonhold.rules.billbook import RunTerms
from commonhold.rules.calendar import month_of
from tests.suite import OFFSET, START

CAP = 1_000
HASH, OTHER = "0x" + "07" * 32, "0x" + "08" * 32
ANN, BEN, FUND = ("0x" + digit * 40 for digit in "abf")
NOBODY = "0x" + "00" * 20
DAY = (START + OFFSET) // 86_400
MONTH = month_of(DAY)
ADDRESSES = {name: f"0x{number:040x}" for number, name in enumerate(CONTRACTS, 1)}
KEY = 1 << 48 | 7 << 32 | MONTH << 16 | 1  # a bill of unit 1, category 7, this month
TERMS = RunTerms(category=7, period=MONTH, due_day=DAY + 30, payee=3, grace_days=5)

Told = tuple[str, str, tuple[Any, ...]]  # contract, event, values


class Forger:
    """Books, and transactions that nobody sent."""

    def __init__(self) -> None:
        self.books = Books(Arguments(ADDRESSES, 31337, OFFSET, CAP))
        self.transactions = self.place = 0

    def tell(self, *told: Told, day: int = DAY) -> list[str]:
        """One transaction; what the audit then says."""
        self.transactions += 1
        time = day * 86_400 - OFFSET + 43_200
        logs = []
        for contract, event, values in told:
            self.place += 1
            logs.append(
                Log(contract, event, values, self.transactions, time, f"0x{self.transactions}", self.place)
            )
        before = len(self.books.findings.differences)
        self.books.replay(logs)
        return [str(one).partition(" (transaction")[0] for one in self.books.findings.differences[before:]]


def party(number: int, wallet: str, identity: str = HASH) -> Sequence[Told]:
    """A party with a wallet."""
    registry = "PartyRegistry"
    return (
        (registry, "PartyRegistered", (number, 1, identity)),
        (registry, "WalletLinked", (number, wallet)),
        (registry, "CurrentWalletChanged", (number, NOBODY, wallet)),
    )


def minted(wallet: str, amount: int, citation: str = HASH) -> Sequence[Told]:
    """Money as it should come into being."""
    return (
        ("CommunityToken", "MinterSet", (FUND, amount)),
        ("CommunityToken", "Minted", (FUND, wallet, amount, citation)),
        ("CommunityToken", "Transfer", (NOBODY, wallet, amount)),
    )
