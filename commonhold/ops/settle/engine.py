"""A run from the plan to its end: written down, sent, buried, looked at again, told.

Whatever happens in between, the same steps bring a run to its end: what is signed is mined and buried or
provably never will be; ids that no buried transaction of the run holds, and that are still due, are sent
again; figures are read when nothing can be taken back any more. The contract collects nothing twice, so a
second keeper, a transaction that comes back or a run that is repeated can only find nothing due.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from commonhold.chain.artifacts import ArtifactError
from commonhold.chain.connect import RpcError
from commonhold.chain.contracts import Suite
from commonhold.chain.receipts import CallRefused, FeeTooHigh, Receipt
from commonhold.chain.send import Interrupted, Order, Sender
from commonhold.errors import PartlyDoneError
from commonhold.ops.settle import final
from commonhold.ops.settle.books import Book, Leases
from commonhold.ops.settle.plan import BLOCK_SHARE, batches, preview
from commonhold.ops.settle.purse import BudgetSpent, Purse
from commonhold.ops.settle.report import Report, Row, whole_code
from commonhold.ops.settle.runs import Run, RunLog
from commonhold.rules.codes import Code

_TOGETHER: Final = 4  # batches on their way at once
_ROUNDS: Final = 6  # of sending what is still due
_WATCHED: Final = 20  # ended runs whose transactions are looked for again
Progress = Callable[[int], None]


def run(
    suite: Suite,
    sender: Sender | None,
    leases: Iterable[int] | None = None,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    book: Book | None = None,
    purse: Purse | None = None,
) -> Report:
    """Settle these ids (all, if none are named). Without a sender, or with dry_run, nothing is sent.

    With a journal, open runs go to their end first (`resume`), and what they tried is not tried once more.
    progress: hears how many more of those with something due are done. Raises ChainError, PartlyDoneError;
    run or resume again goes on.
    """
    book = book or Leases(suite)
    dry = dry_run or sender is None
    before = () if sender is None or dry else tuple(resume(suite, sender, book=book, purse=purse))
    tried = {row.lease for report in before for row in report.rows}
    head = suite.connection.block()
    rows = [row for row in preview(suite, leases, block=head.number, book=book) if row.lease not in tried]
    day, total = book.today(head.number), len(book.ids(head.number))
    if sender is None or dry or not rows:
        return Report(head.number, day, total, tuple(rows), (), dry, book.name, resumed=before)
    log = RunLog(sender.journal)
    begun = log.begin(book, day=day, block=head.number, ids=[row.lease for row in rows])
    told = _Work(suite, sender, book, log, begun.name, progress, purse).report(rows)
    return replace(told, resumed=before)


def resume(
    suite: Suite,
    sender: Sender,
    name: str | None = None,
    *,
    progress: Progress | None = None,
    book: Book | None = None,
    purse: Purse | None = None,
) -> list[Report]:
    """Bring the open runs of a book (or the one of that name) to their end; their reports.

    A run that had ended is open again when a reorganisation took one of its transactions back.
    """
    book = book or Leases(suite)
    log = RunLog(sender.journal)
    for ended in [run for run in log.runs() if run.end is not None and run.is_of(book)][-_WATCHED:]:
        _look_again(suite, log, ended)
    reports = []
    for found in log.runs():
        if found.end is None and found.is_of(book) and name in (None, found.name):
            reports.append(_Work(suite, sender, book, log, found.name, progress, purse).report())
    return reports


def _look_again(suite: Suite, log: RunLog, run: Run) -> bool:
    """Whether what was mined for the run is still there; what is not is unfinished again."""
    gone = run.taken_back(final.receipts(suite.connection, run.all_hashes))
    if gone:
        log.lost(run, gone)
    return not gone


class _Work:
    """One run under way."""

    def __init__(
        self,
        suite: Suite,
        sender: Sender,
        book: Book,
        log: RunLog,
        name: str,
        progress: Progress | None,
        purse: Purse | None,
    ) -> None:
        self._suite = suite
        self._sender = sender
        self._book = book
        self._log = log
        self._name = name
        self._progress = progress or (lambda count: None)
        self._purse = purse
        self._connection = suite.connection

    @property
    def _run(self) -> Run:
        return self._log.run(self._name)

    def report(self, before: Sequence[Row] | None = None) -> Report:
        """To its end. before: what was owed when it was planned, where that is known."""
        for _ in range(_ROUNDS):
            landed = self._buried()
            covered = {one for number, _ in landed for one in self._run.batches[number]}
            rest = [one for one in self._run.ids if one not in covered]
            due = [row.lease for row in preview(self._suite, rest, book=self._book)] if rest else []
            if not due:
                return self._tell([receipt for _, receipt in landed], before)
            self._send(due)
        raise PartlyDoneError(
            f"Run {self._name}: {len(due)} {self._book.name}s are still due after {_ROUNDS} rounds.",
            "Look at its transactions (settle status), then resume it.",
            done=len(self._run.ids) - len(due),
            failed=len(due),
        )

    def _buried(self) -> list[tuple[int, Receipt]]:
        """The run's transactions that count: mined without failing, buried, and still there. By batch."""
        while True:
            self._sender.resume()
            if _look_again(self._suite, self._log, self._run):
                break
        run = self._run
        found = final.receipts(self._connection, run.all_hashes)
        return [
            (number, found[hash_])
            for number, hashes in run.hashes.items()
            for hash_ in hashes
            if hash_ in found and found[hash_].ok
        ]

    # ---- send

    def _send(self, ids: Sequence[int]) -> None:
        """In batches, a few on their way at once; what the purse does not pay for stays."""
        sender = self._sender
        most = min(self._connection.block().gas_limit // BLOCK_SHARE, sender.fees.gas_most)
        price = sender.price()[0]
        if self._purse is not None:
            most = min(most, self._purse.most_gas(price))
        window: list[tuple[Sequence[int], int]] = []
        try:
            for batch, gas in batches(self._book, sender, ids, most):
                price = price if window else sender.price()[0]
                if self._purse is not None:
                    self._purse.take(gas * price)
                window.append((batch, gas))
                if len(window) == _TOGETHER:
                    ready, window = window, []
                    self._fly(ready, price)
        except BudgetSpent:
            self._fly(window, price)
            raise
        except FeeTooHigh:
            if self._purse is not None:
                self._purse.settle_up(sum(gas for _, gas in window) * price, 0)
            raise
        self._fly(window, price)

    def _fly(self, window: Sequence[tuple[Sequence[int], int]], price: int) -> None:
        """Written down, signed, sent and mined; `_buried` waits for the rest. price [wei/gas]"""
        if not window:
            return
        stop = self._sender.waiting.stop
        if stop is not None and stop.is_set():
            raise Interrupted("Stopped between two batches.", "Resume the run to go on.")
        following = max(self._run.batches, default=0) + 1
        references = self._log.batches(self._name, following, [batch for batch, _ in window])
        orders = [
            Order(self._sender.signer, self._book.settle(batch), gas, reference)
            for (batch, gas), reference in zip(window, references, strict=True)
        ]
        depth = 0 if self._sender.journal is not None else None
        outcomes = self._sender.send_many(orders, check=False, depth=depth)
        cost = 0
        for outcome, reference, (batch, _) in zip(outcomes, references, window, strict=True):
            if outcome.receipt is not None:
                self._log.sent(reference, outcome.receipt.hash)
                cost += outcome.receipt.gas_used * outcome.receipt.price
                self._progress(len(batch))
        if self._purse is not None:
            self._purse.settle_up(sum(gas for _, gas in window) * price, cost)

    # ---- tell

    def _tell(self, landed: Sequence[Receipt], before: Sequence[Row] | None) -> Report:
        """The figures, from the logs of blocks that stay."""
        run, book, depth = self._run, self._book, self._sender.waiting.depth
        logs = final.logs_of(self._connection, landed, book.address)
        block = max([receipt.block for receipt in landed], default=run.block)
        answers: dict[int, list[tuple[Code, int]]] = {one: [] for one in run.ids}
        for answer in book.settled(logs):
            answers.setdefault(answer.id, []).append((answer.code, answer.amount))
        sums = {one: sum(amount for _, amount in answers[one]) for one in run.ids}
        rows = []
        for owed in before or self._owed_before(run, sums):
            codes, amount = answers[owed.lease], sums[owed.lease]
            code = whole_code([code for code, _ in codes], amount, owed.tenants)
            rows.append(replace(owed, code=code, amount=amount))
        report = Report(
            block=block,
            day=run.day,
            leases=len(book.ids(block)),
            rows=tuple(rows),
            transactions=tuple((receipt.hash, receipt.gas_used) for receipt in landed),
            dry=False,
            name=book.name,
            run=run.name,
            depth=depth,
        )
        self._log.finish(
            run.name, block, {"discharged": str(report.discharged), "rows": len(rows), "depth": depth}
        )
        return report

    def _owed_before(self, run: Run, discharged: Mapping[int, int]) -> list[Row]:
        """What was owed when the run was planned; where the node keeps no such state, what is left of it and
        what the run discharged."""
        try:
            return preview(self._suite, run.ids, block=run.block, every=True, book=self._book)
        except (RpcError, CallRefused, ArtifactError):
            left = preview(self._suite, run.ids, every=True, book=self._book)
            return [replace(row, principal=row.principal + discharged[row.lease]) for row in left]
