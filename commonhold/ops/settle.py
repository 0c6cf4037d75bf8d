"""Settle what is due: from prepayments and mandates, in few transactions, with a reason for each that failed.

    rows = preview(suite)                 what a settlement would do now, by the contract itself
    report = run(suite, sender)           does it; safe to repeat, and while somebody else does the same

Leases with nothing due are left out. A transaction carries as many leases as fit below half of the block's
gas limit, so that it is mined soon wherever it is sent.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.base import Event
from commonhold.chain.contracts.leases import Result
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


@dataclass(frozen=True, slots=True)
class Row:
    """One lease: what was due before, what was discharged, what is left, and why. All amounts [cmt]."""

    lease: int
    code: Code
    amount: int
    principal: int
    late_fees: int
    tenants: int = 1

    @property
    def left(self) -> int:
        """Owed after it [cmt]."""
        return max(0, self.principal + self.late_fees - self.amount)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        return {
            "lease": self.lease,
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
            "leases": self.leases,
            "due": str(self.due),
            "discharged": str(self.discharged),
            "codes": {code.name: count for code, count in sorted(self.by_code.items())},
            "transactions": [{"hash": hash_, "gas": gas} for hash_, gas in self.transactions],
            "rows": [row.as_json(language) for row in self.rows],
        }


def _chunks(ids: Sequence[int], size: int) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def preview(
    suite: Suite, leases: Iterable[int] | None = None, *, block: int | None = None, every: bool = False
) -> list[Row]:
    """What a settlement would do for these leases (all, if none are named) in the state of a block.

    every: also those with nothing to do.
    """
    number = suite.connection.block_number() if block is None else block
    ids = list(range(1, suite.leases.lease_count(number) + 1) if leases is None else leases)
    results = [
        result for part in _chunks(ids, MOST) for result in suite.leases.preview_settle(part, block=number)
    ]
    busy = [result for result in results if every or result.code not in IDLE]
    return _rows(suite, busy, number)


def _rows(suite: Suite, results: Sequence[Result], block: int) -> list[Row]:
    """With what each lease owed at `block`; unknown leases owe nothing."""
    known = [result.lease for result in results if result.code != Code.UNKNOWN]
    accounts = dict(zip(known, suite.leases.accounts_of_many(known, block), strict=True))
    rows = []
    for result in results:
        parts = accounts.get(result.lease, [])
        rows.append(
            Row(
                lease=result.lease,
                code=result.code,
                amount=result.amount,
                principal=sum(part.arrears for part in parts),
                late_fees=sum(part.late_fees for part in parts),
                tenants=len(parts),
            )
        )
    return rows


def run(
    suite: Suite,
    sender: Sender | None,
    leases: Iterable[int] | None = None,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Settle these leases (all, if none are named). Without a sender, or with dry_run, nothing is sent.

    progress: hears how many more leases of those with something due are done.
    """
    head = suite.connection.block()
    rows = preview(suite, leases, block=head.number)
    day, total = suite.leases.today(head.number), suite.leases.lease_count(head.number)
    if dry_run or sender is None or not rows:
        return Report(head.number, day, total, tuple(rows), (), dry=dry_run or sender is None)
    before = {row.lease: row for row in rows}
    after: dict[int, Row] = {}
    transactions = []
    block = head.number
    for batch, gas in _batches(suite, sender, [row.lease for row in rows], head.gas_limit):
        outcome = sender.send_many([Order(sender.signer, suite.leases.settle(batch), gas)])[0]
        receipt = outcome.receipt
        if receipt is None:
            continue
        block = receipt.block
        transactions.append((receipt.hash, receipt.gas_used))
        after |= _settled(suite, receipt, batch, before)
        if progress is not None:
            progress(len(batch))
    return Report(block, day, total, tuple(after[row.lease] for row in rows), tuple(transactions), dry=False)


def _batches(
    suite: Suite, sender: Sender, ids: Sequence[int], block_gas: int
) -> Iterable[tuple[Sequence[int], int]]:
    """Batches with their gas limits, each estimated just before it is sent, halved until it fits."""
    most = min(block_gas // _BLOCK_SHARE, sender.fees.gas_most)
    size, start = _FIRST_SIZE, 0
    while start < len(ids):
        batch = ids[start : start + size]
        gas = sender.estimate(suite.leases.settle(batch)) * _MARGIN[0] // _MARGIN[1] + _ROOM
        if gas > most and len(batch) > 1:
            size = len(batch) // 2
            continue
        if gas > sender.fees.gas_most:
            raise FeeTooHigh(
                f"Settling lease {batch[0]} alone needs {gas:,} gas, more than the {sender.fees.gas_most:,} "
                "allowed for one transaction.",
                "Raise the limit of a transaction.",
            )
        yield batch, gas
        start += len(batch)
        if gas * 3 < most:
            size = min(MOST, size * 2)


def _settled(
    suite: Suite, receipt: Receipt, batch: Sequence[int], before: Mapping[int, Row]
) -> dict[int, Row]:
    """What the events of the transaction say; only what was owed comes from before."""
    found: dict[int, list[Event]] = {lease: [] for lease in batch}
    for event in suite.leases.events_in(receipt, "Settled"):
        found[int(event["lease"])].append(event)
    rows = {}
    for lease, events in found.items():
        owed = before[lease]
        amount = sum(int(event["amount"]) for event in events)
        code = whole_code([Code(event["code"]) for event in events], amount, owed.tenants)
        rows[lease] = replace(owed, code=code, amount=amount)
    return rows


def whole_code(codes: Sequence[Code], amount: int, tenants: int) -> Code:
    """The lease's code from those of its accounts that had something due, as the contract answers it."""
    if not codes:
        return Code.NOTHING_DUE
    first = next((code for code in codes if code != Code.COLLECTED), Code.COLLECTED)
    return Code.SHARES_MISSING if tenants > 1 and first != Code.COLLECTED and amount else first
