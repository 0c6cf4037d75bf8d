"""What can be settled: leases, fee accounts and bills, each by its contract."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from commonhold.chain.call import Call
from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.base import Contract, Event
from commonhold.rules.calendar import day_of
from commonhold.rules.codes import Code
from commonhold.rules.community import MAX_BATCH

MOST_BILLS: Final = 500  # that BillRuns takes in one call


class Answer(NamedTuple):
    """What the contract answers for one id; amount: discharged [cmt]."""

    id: int
    code: Code
    amount: int


class Owed(NamedTuple):
    """What one id owes [cmt], over how many accounts of its own."""

    principal: int
    late_fees: int
    parts: int = 1


class Book(Protocol):
    """A contract that settles ids in batches."""

    name: str  # of one id, in reports
    most: int  # ids in one call

    @property
    def address(self) -> str:
        """Of the contract."""

    def ids(self, block: int) -> Sequence[int]:
        """All there are."""

    def today(self, block: int) -> int:
        """[day]"""

    def preview(self, ids: Sequence[int], block: int) -> list[Answer]:
        """What a settlement would answer."""

    def owed(self, ids: Sequence[int], block: int) -> list[Owed]:
        """What each owes."""

    def settle(self, ids: Sequence[int]) -> Call:
        """The transaction."""

    def settled(self, logs: Iterable[Mapping[str, Any]]) -> list[Answer]:
        """What its events among raw logs say, in their order."""


def _events(contract: Contract, logs: Iterable[Mapping[str, Any]], name: str) -> list[Event]:
    found = (contract.decode(log) for log in logs)
    return [event for event in found if event is not None and event.name == name]


class Leases:
    """LeaseAgreement."""

    name = "lease"
    most = MAX_BATCH

    def __init__(self, suite: Suite) -> None:
        self._leases = suite.leases

    @property
    def address(self) -> str:
        return self._leases.address

    def ids(self, block: int) -> Sequence[int]:
        return range(1, self._leases.lease_count(block) + 1)

    def today(self, block: int) -> int:
        return self._leases.today(block)

    def preview(self, ids: Sequence[int], block: int) -> list[Answer]:
        found = self._leases.preview_settle(ids, block=block)
        return [Answer(one.lease, one.code, one.amount) for one in found]

    def owed(self, ids: Sequence[int], block: int) -> list[Owed]:
        return [
            Owed(sum(part.arrears for part in parts), sum(part.late_fees for part in parts), len(parts))
            for parts in self._leases.accounts_of_many(ids, block)
        ]

    def settle(self, ids: Sequence[int]) -> Call:
        return self._leases.settle(ids)

    def settled(self, logs: Iterable[Mapping[str, Any]]) -> list[Answer]:
        events = _events(self._leases, logs, "Settled")
        return [Answer(int(one["lease"]), Code(one["code"]), int(one["amount"])) for one in events]


class Fees:
    """PropertyFee: the ids are accounts."""

    name = "account"
    most = MAX_BATCH

    def __init__(self, suite: Suite) -> None:
        self._fees = suite.fees

    @property
    def address(self) -> str:
        return self._fees.address

    def ids(self, block: int) -> Sequence[int]:
        return range(1, self._fees.account_count(block) + 1)

    def today(self, block: int) -> int:
        return self._fees.today(block)

    def preview(self, ids: Sequence[int], block: int) -> list[Answer]:
        found = self._fees.preview_settle(ids, block=block)
        return [Answer(one.account, one.code, one.amount) for one in found]

    def owed(self, ids: Sequence[int], block: int) -> list[Owed]:
        return [Owed(one.due, one.late_fees) for one in self._fees.accounts_of_many(ids, block)]

    def settle(self, ids: Sequence[int]) -> Call:
        return self._fees.settle(ids)

    def settled(self, logs: Iterable[Mapping[str, Any]]) -> list[Answer]:
        events = _events(self._fees, logs, "Settled")
        return [Answer(int(one["account"]), Code(one["code"]), int(one["amount"])) for one in events]


class Bills:
    """BillRuns: the ids are the keys of issued bills."""

    name = "bill"
    most = MOST_BILLS

    def __init__(self, suite: Suite) -> None:
        self._bills = suite.bills
        self._suite = suite

    @property
    def address(self) -> str:
        return self._bills.address

    def ids(self, block: int) -> Sequence[int]:
        issued = self._bills.events("BillIssued", last=block)
        return list(dict.fromkeys(int(one["key"]) for one in issued))

    def today(self, block: int) -> int:
        return day_of(self._suite.connection.block(block).time, self._suite.utc_offset)

    def preview(self, ids: Sequence[int], block: int) -> list[Answer]:
        found = self._bills.preview_settle(ids, block=block)
        return [Answer(one.key, one.code, one.amount) for one in found]

    def owed(self, ids: Sequence[int], block: int) -> list[Owed]:
        return [Owed(one.open, one.late_fees) for one in self._bills.bills_of(ids, block)]

    def settle(self, ids: Sequence[int]) -> Call:
        return self._bills.settle(ids)

    def settled(self, logs: Iterable[Mapping[str, Any]]) -> list[Answer]:
        return [
            Answer(int(one["key"]), Code(one["code"]), int(one["principal"]) + int(one["lateFees"]))
            for one in _events(self._bills, logs, "BillSettled")
        ]
