"""A run from the plan to its end: written down, sent, buried, looked at again, told.

Whatever happens in between, the same steps bring a run to its end: what is signed is mined and buried or
provably never will be; ids that no buried transaction of the run holds, and that are still due, are sent
again; figures are read when nothing can be taken back any more. The contract collects nothing twice, so a
second keeper, a transaction that comes back or a run that is repeated can only find nothing due.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from commonhold.chain.contracts import Suite
from commonhold.chain.receipts import FeeTooHigh, Receipt
from commonhold.chain.send import Interrupted, Order, Sender, TransactionLost
from commonhold.chain.signing import OutsideSigner
from commonhold.errors import InputError, PartlyDoneError
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
    begun = log.begin(book, day=day, block=head.number, rows=rows)
    told = _Work(suite, sender, book, log, begun.name, progress, purse).report()
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

    A run that had ended is open again when a reorganisation took one of its transactions back. Raises
    InputError for a name that the journal does not know, and what `run` raises.
    """
    book = book or Leases(suite)
    log = RunLog(sender.journal)
    if name is not None and not any(run.name == name and run.is_of(book) for run in log.runs()):
        raise InputError(f"This key has no run {name} of {book.name}s.", "settle status names the runs.")
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

    def report(self) -> Report:
        """To its end."""
        for _ in range(_ROUNDS):
            landed = self._buried()
            covered = {one for number, _ in landed for one in self._run.batches[number]}
            rest = [one for one in self._run.ids if one not in covered]
            due = [row.lease for row in preview(self._suite, rest, book=self._book)] if rest else []
            if not due:
                return self._tell([receipt for _, receipt in landed])
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
        found = self._deep(run)
        return [
            (number, found[hash_])
            for number, hashes in run.hashes.items()
            for hash_ in hashes
            if hash_ in found and found[hash_].ok
        ]

    def _deep(self, run: Run) -> dict[str, Receipt]:
        """The run's receipts, once all are deep enough and of the chain as it is. Raises TransactionLost."""
        waiting = self._sender.waiting
        end = time.monotonic() + waiting.timeout
        while True:
            found = final.receipts(self._connection, run.all_hashes)
            newest = max((receipt.block for receipt in found.values()), default=0)
            head = self._connection.block_number()
            if head >= newest + waiting.depth and final.on_chain(self._connection, found.values()):
                return found
            if waiting.stop is not None and waiting.stop.is_set():
                raise Interrupted("Stopped while waiting for confirmations.", "Resume the run to go on.")
            if time.monotonic() >= end:
                raise TransactionLost(
                    f"Run {run.name} is not {waiting.depth} blocks deep within {waiting.timeout:g} s.",
                    "Resume it later: nothing is sent twice.",
                )
            time.sleep(min(waiting.poll, 0.2))

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
        here = self._sender.journal is not None and not isinstance(self._sender.signer, OutsideSigner)
        depth = 0 if here else None  # a wallet outside is waited for at once
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

    def _tell(self, landed: Sequence[Receipt]) -> Report:
        """The figures, from the logs of blocks that stay."""
        run, book, depth = self._run, self._book, self._sender.waiting.depth
        logs = final.logs_of(self._connection, landed, book.address)
        block = max([receipt.block for receipt in landed], default=run.block)
        answers: dict[int, list[tuple[Code, int]]] = {one: [] for one in run.ids}
        for answer in book.settled(logs):
            answers.setdefault(answer.id, []).append((answer.code, answer.amount))
        rows = []
        for one, owed in zip(run.ids, run.owed, strict=True):
            amount = sum(amount for _, amount in answers[one])
            code = whole_code([code for code, _ in answers[one]], amount, owed.parts)
            rows.append(Row(one, code, amount, *owed, book.name))
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
