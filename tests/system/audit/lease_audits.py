"""The community of tests/lease_world.py on a chain that remembers its logs, audited when a test asks.

town = audited()                      # once
with town.fresh(): ...                # a community as at the beginning
    town.audit()                      # by all logs: what differs
    town.audit(town.without("DepositEscrow", "OfferFinal"))
"""

import contextlib
from collections.abc import Iterator
from functools import cache

from commonhold.chain.rawlogs import LogReader
from commonhold.ops.audit.replay import Books
from tests.backends import InProcess
from tests.lease_world import UTC_OFFSET, World
from tests.recorded import Kept, Raw, arguments, differences, replayed

CAP = 10**15


class Audited:
    """One community, and what an audit says of it."""

    def __init__(self) -> None:
        backend = InProcess()
        backend.chain = self.chain = Kept(timestamp=backend.chain.timestamp)
        self.world = world = World(backend)
        addresses = {
            "CommunityToken": world.token, "PartyRegistry": world.parties, "UnitRegistry": world.units,
            "LeaseAgreement": world.leases, "LeaseChanges": world.changes, "DepositEscrow": world.escrow,
        }  # fmt: skip
        self.given = arguments(addresses, UTC_OFFSET, CAP)
        self.reader = LogReader(self.given.addresses)

    @contextlib.contextmanager
    def fresh(self) -> Iterator["Audited"]:
        """Everything is put back afterwards."""
        mark, logs = self.world.backend.snapshot(), len(self.chain.raws)
        yield self
        self.world.backend.restore(mark)
        del self.chain.raws[logs:]

    def audit(self, raws: list[Raw] | None = None) -> list[str]:
        """By all logs, or by these."""
        found = differences(self.chain, self.given, self.chain.raws if raws is None else raws)
        return [str(one).partition(" (transaction")[0] for one in found]

    def books(self) -> Books:
        """By all logs."""
        return replayed(self.given, self.chain.raws)

    def place(self, contract: str, event: str) -> int:
        """Of the last such log."""
        logs = ((at, self.reader.read(raw, 0)) for at, raw in enumerate(self.chain.raws))
        return [at for at, log in logs if log and (log.contract, log.event) == (contract, event)][-1]

    def without(self, contract: str, event: str) -> list[Raw]:
        """All logs but the last such one."""
        at = self.place(contract, event)
        return self.chain.raws[:at] + self.chain.raws[at + 1 :]

    def more(self, contract: str, event: str, word: int, by: int = 1) -> list[Raw]:
        """All logs, with one word of the data of the last such one greater."""
        at = self.place(contract, event)
        data = self.chain.raws[at]["data"]
        begin = 2 + 64 * word
        value = int(data[begin : begin + 64], 16) + by
        altered = {**self.chain.raws[at], "data": f"{data[:begin]}{value:064x}{data[begin + 64 :]}"}
        return [*self.chain.raws[:at], altered, *self.chain.raws[at + 1 :]]

    def together(self, count: int) -> list[Raw]:
        """All logs, with those of the last `count` transactions as of one: somebody called them all."""
        last = int(self.chain.raws[-1]["transactionHash"], 16)
        name = f"0x{last:064x}"
        block = self.chain.raws[-1]["blockNumber"]
        return [
            {**raw, "transactionHash": name, "blockNumber": block}
            if int(raw["transactionHash"], 16) > last - count
            else raw
            for raw in self.chain.raws
        ]


@cache
def audited() -> Audited:
    """Deployed once."""
    return Audited()
