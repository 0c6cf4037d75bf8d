"""Settle what is due: from prepayments and mandates, in few transactions, with a reason for each that failed.

    rows = preview(suite)                 what a settlement would do now, by the contract itself
    report = run(suite, sender)           does it; safe to repeat, and while somebody else does the same

What is collected is a book: the leases, unless `Fees(suite)` is given, whose ids are fee accounts.

Leases with nothing due are left out. A transaction carries as many leases as fit below half of the block's
gas limit, so that it is mined soon wherever it is sent.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, Protocol

from commonhold.chain.call import Call
from commonhold.chain.contracts import Suite
from commonhold.chain.send import FeeTooHigh, Order, Receipt, Sender
from commonhold.rules.codes import Code
from commonhold.rules.community import MAX_BATCH
from commonhold.words import reason

MOST: Final = MAX_BATCH  # ids that the contract takes in one call
_FIRST_SIZE: Final = 250
_BLOCK_SHARE: Final = 2  # a batch takes at most 1 / _BLOCK_SHARE of a block
_MARGIN: Final = 5, 4  # above the estimate, and
_ROOM: Final = 50_000  # for a slot or two that the next second may need [gas]
# Codes that say that nothing was to be done.
IDLE: Final = (Code.NOTHING_DUE, Code.NOT_ACTIVE, Code.UNKNOWN)
_WHOLE: Final = (Code.COLLECTED,)


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

    def count(self, block: int) -> int:
        """Ids run from 1 to this."""

    def today(self, block: int) -> int:
        """[day]"""

    def preview(self, ids: Sequence[int], block: int) -> list[Answer]:
        """What a settlement would answer."""

    def owed(self, ids: Sequence[int], block: int) -> list[Owed]:
        """What each owes."""

    def settle(self, ids: Sequence[int]) -> Call:
        """The transaction."""

    def settled(self, receipt: Receipt) -> list[Answer]:
        """What its events say."""


class Leases:
    """LeaseAgreement."""

    name = "lease"

    def __init__(self, suite: Suite) -> None:
        self._leases = suite.leases

    def count(self, block: int) -> int:
        return self._leases.lease_count(block)

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

    def settled(self, receipt: Receipt) -> list[Answer]:
        events = self._leases.events_in(receipt, "Settled")
        return [Answer(int(one["lease"]), Code(one["code"]), int(one["amount"])) for one in events]


class Fees:
    """PropertyFee: the ids are accounts."""

    name = "account"

    def __init__(self, suite: Suite) -> None:
        self._fees = suite.fees

    def count(self, block: int) -> int:
        return self._fees.account_count(block)

    def today(self, block: int) -> int:
        return self._fees.today(block)

    def preview(self, ids: Sequence[int], block: int) -> list[Answer]:
        found = self._fees.preview_settle(ids, block=block)
        return [Answer(one.account, one.code, one.amount) for one in found]

    def owed(self, ids: Sequence[int], block: int) -> list[Owed]:
        return [Owed(one.due, one.late_fees) for one in self._fees.accounts_of_many(ids, block)]

    def settle(self, ids: Sequence[int]) -> Call:
        return self._fees.settle(ids)

    def settled(self, receipt: Receipt) -> list[Answer]:
        events = self._fees.events_in(receipt, "Settled")
        return [Answer(int(one["account"]), Code(one["code"]), int(one["amount"])) for one in events]


@dataclass(frozen=True, slots=True)
class Row:
    """One lease or account: what was due before, what was discharged, what is left, and why. [cmt]"""

    lease: int
    code: Code
    amount: int
    principal: int
    late_fees: int
    tenants: int = 1
    name: str = "lease"  # what the id names

    @property
    def left(self) -> int:
        """Owed after it [cmt]."""
        return max(0, self.principal + self.late_fees - self.amount)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        return {
            self.name: self.lease,
            "code": self.code.name,
            "reason": reason(self.code, language),
            "due": str(self.principal),
            "late_fees": str(self.late_fees),
            "discharged": str(self.amount),
            "left": str(self.left),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A run. rows: the leases that had something due; transactions: hash and gas of each."""

    block: int
    day: int
    leases: int
    rows: tuple[Row, ...]
    transactions: tuple[tuple[str, int], ...]
    dry: bool
    name: str = "lease"

    @property
    def due(self) -> int:
        return sum(row.principal + row.late_fees for row in self.rows)

    @property
    def discharged(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def by_code(self) -> Mapping[Code, int]:
        return Counter(row.code for row in self.rows)

    @property
    def failed(self) -> list[Row]:
        """Where something is left owed."""
        return [row for row in self.rows if row.code not in _WHOLE]

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """Amounts in base units as decimal strings [cmt]."""
        return {
            "block": self.block,
            "day": self.day,
            "dry_run": self.dry,
            f"{self.name}s": self.leases,
            "due": str(self.due),
            "discharged": str(self.discharged),
            "codes": {code.name: count for code, count in sorted(self.by_code.items())},
            "transactions": [{"hash": hash_, "gas": gas} for hash_, gas in self.transactions],
            "rows": [row.as_json(language) for row in self.rows],
        }


def _chunks(ids: Sequence[int], size: int) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def preview(
    suite: Suite,
    leases: Iterable[int] | None = None,
    *,
    block: int | None = None,
    every: bool = False,
    book: Book | None = None,
) -> list[Row]:
    """What a settlement would do for these ids (all, if none are named) in the state of a block.

    every: also those with nothing to do.
    """
    book = book or Leases(suite)
    number = suite.connection.block_number() if block is None else block
    ids = list(range(1, book.count(number) + 1) if leases is None else leases)
    answers = [answer for part in _chunks(ids, MOST) for answer in book.preview(part, number)]
    busy = [answer for answer in answers if every or answer.code not in IDLE]
    return _rows(book, busy, number)


def _rows(book: Book, answers: Sequence[Answer], block: int) -> list[Row]:
    """With what each owed at `block`; unknown ids owe nothing."""
    known = [answer.id for answer in answers if answer.code != Code.UNKNOWN]
    owed = dict(zip(known, book.owed(known, block), strict=True))
    rows = []
    for answer in answers:
        one = owed.get(answer.id, Owed(0, 0, 0))
        rows.append(
            Row(answer.id, answer.code, answer.amount, one.principal, one.late_fees, one.parts, book.name)
        )
    return rows


def run(
    suite: Suite,
    sender: Sender | None,
    leases: Iterable[int] | None = None,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    book: Book | None = None,
) -> Report:
    """Settle these ids (all, if none are named). Without a sender, or with dry_run, nothing is sent.

    progress: hears how many more of those with something due are done.
    """
    book = book or Leases(suite)
    head = suite.connection.block()
    rows = preview(suite, leases, block=head.number, book=book)
    day, total = book.today(head.number), book.count(head.number)
    if dry_run or sender is None or not rows:
        dry = dry_run or sender is None
        return Report(head.number, day, total, tuple(rows), (), dry, book.name)
    before = {row.lease: row for row in rows}
    after: dict[int, Row] = {}
    transactions = []
    block = head.number
    for batch, gas in _batches(book, sender, [row.lease for row in rows], head.gas_limit):
        outcome = sender.send_many([Order(sender.signer, book.settle(batch), gas)])[0]
        receipt = outcome.receipt
        if receipt is None:
            continue
        block = receipt.block
        transactions.append((receipt.hash, receipt.gas_used))
        after |= _settled(book, receipt, batch, before)
        if progress is not None:
            progress(len(batch))
    settled = tuple(after[row.lease] for row in rows)
    return Report(block, day, total, settled, tuple(transactions), False, book.name)


def _batches(
    book: Book, sender: Sender, ids: Sequence[int], block_gas: int
) -> Iterable[tuple[Sequence[int], int]]:
    """Batches with their gas limits, each estimated just before it is sent, halved until it fits."""
    most = min(block_gas // _BLOCK_SHARE, sender.fees.gas_most)
    size, start = _FIRST_SIZE, 0
    while start < len(ids):
        batch = ids[start : start + size]
        gas = sender.estimate(book.settle(batch)) * _MARGIN[0] // _MARGIN[1] + _ROOM
        if gas > most and len(batch) > 1:
            size = len(batch) // 2
            continue
        if gas > sender.fees.gas_most:
            raise FeeTooHigh(
                f"Settling {book.name} {batch[0]} alone needs {gas:,} gas, more than the "
                f"{sender.fees.gas_most:,} allowed for one transaction.",
                "Raise the limit of a transaction.",
            )
        yield batch, gas
        start += len(batch)
        if gas * 3 < most:
            size = min(MOST, size * 2)


def _settled(book: Book, receipt: Receipt, batch: Sequence[int], before: Mapping[int, Row]) -> dict[int, Row]:
    """What the events of the transaction say; only what was owed comes from before."""
    found: dict[int, list[Answer]] = {one: [] for one in batch}
    for answer in book.settled(receipt):
        found[answer.id].append(answer)
    rows = {}
    for one, answers in found.items():
        owed = before[one]
        amount = sum(answer.amount for answer in answers)
        code = whole_code([answer.code for answer in answers], amount, owed.tenants)
        rows[one] = replace(owed, code=code, amount=amount)
    return rows


def whole_code(codes: Sequence[Code], amount: int, tenants: int) -> Code:
    """The lease's code from those of its accounts that had something due, as the contract answers it."""
    if not codes:
        return Code.NOTHING_DUE
    first = next((code for code in codes if code != Code.COLLECTED), Code.COLLECTED)
    return Code.SHARES_MISSING if tenants > 1 and first != Code.COLLECTED and amount else first
