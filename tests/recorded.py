"""A chain inside this process that an audit can read: every log that was ever emitted, and the views.

    suite = Suite(chain=Recorded(timestamp=START))
    ... transactions ...
    books = replayed(suite.chain, addresses)             # the books by logs alone
    found = differences(suite.chain, addresses)          # and what views answer differently

It stands in for a node: nothing of the audit is replaced but the connection.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from commonhold.chain.rawlogs import LogReader, read_all
from commonhold.chain.rawviews import Question, call_data
from commonhold.ops.audit.compare import balances, check_supply, compare
from commonhold.ops.audit.findings import Difference
from commonhold.ops.audit.replay import Arguments, Books
from commonhold.ops.audit.views import rows
from tests.evm import Chain, Contract, Reverted

Raw = dict[str, Any]


class Recorded(Chain):
    """Keeps the raw logs of every transaction that was not taken back."""

    def __init__(self, timestamp: int) -> None:
        self.raws: list[Raw] = []
        self.transactions = 0
        super().__init__(timestamp=timestamp)

    def deploy(self, name: str, *arguments: Any, sender: Any = None) -> Contract:
        found = super().deploy(name, *arguments, sender=sender)
        self._keep()
        return found

    def send(self, sender: str, to: str, data: bytes, *, gas: int | None = None, view: bool = False) -> bytes:
        answer = super().send(sender, to, data, gas=gas, view=view)
        if not view:
            self._keep()
        return answer

    def _keep(self) -> None:
        self.transactions += 1
        for log in self._logs:
            self.raws.append(
                {
                    "address": log.address,
                    "topics": list(log.topics),
                    "data": "0x" + bytes(log.data[1]).hex(),
                    "blockNumber": hex(self.number),
                    "blockTimestamp": hex(self.timestamp),
                    "transactionHash": f"0x{self.transactions:064x}",
                    "logIndex": hex(len(self.raws)),
                }
            )


class Kept(Recorded):
    """Keeps a transaction's events over the looks that follow it, as the tests of registries want it."""

    found: list[dict[str, Any]] = []  # noqa: RUF012

    def send(self, *call: Any, view: bool = False, **options: Any) -> bytes:
        answer = super().send(*call, view=view, **options)
        if not view:
            self.found = self.events()
        return answer


def arguments(addresses: Mapping[str, str], offset: int, cap: int, chain_id: int = 31337) -> Arguments:
    """addresses: by contract, as they come."""
    return Arguments({name: str(a).lower() for name, a in addresses.items()}, chain_id, offset, cap)


def replayed(given: Arguments, raws: Iterable[Raw]) -> Books:
    """The books by these logs."""
    books = Books(given)
    books.replay(read_all(LogReader(given.addresses), raws))
    return books


def answers(chain: Chain, given: Arguments, questions: Iterable[Question]) -> Iterable[tuple[Question, str]]:
    """What the contracts answer now."""
    for question in questions:
        data = bytes.fromhex(call_data(question)[2:])
        try:
            found = chain.send("0x" + "00" * 20, given.addresses[question.contract], data, view=True)
            yield question, "0x" + found.hex()
        except Reverted as error:
            yield question, f"refused {error}"


def differences(
    chain: Chain,
    given: Arguments,
    raws: Iterable[Raw],
    twist: Callable[[Question, str], str] = lambda question, answer: answer,
) -> list[Difference]:
    """A whole audit. twist: what becomes of an answer on its way."""
    books = replayed(given, raws)
    found = ((q, twist(q, a)) for q, a in answers(chain, given, rows(books, chain.timestamp)))
    compare(found, books.findings)
    list(balances(books))
    check_supply(books)
    return books.findings.differences
