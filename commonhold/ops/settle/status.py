"""How far the runs of a journal are: read from the journal and the chain, without the journal's lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commonhold.chain.contracts import Suite
from commonhold.chain.receipts import Receipt
from commonhold.ops.settle import final
from commonhold.ops.settle.books import Bills, Book, Fees, Leases
from commonhold.ops.settle.runs import Run, runs_in


@dataclass(frozen=True, slots=True)
class RunStatus:
    """One run as of a block. Amounts [cmt]; depth, confirmations: blocks on top.

    settled: discharged by transactions that are `depth` deep; waiting: by those that are mined and not yet
    so deep, which a reorganisation may still take back. taken_back: transactions that one did take.
    confirmations: of the run's newest transaction, None where none is mined.
    """

    run: str
    book: str
    day: int
    ids: int
    batches: int
    signed: int
    mined: int
    taken_back: int
    ended: bool
    settled: int
    waiting: int
    confirmations: int | None
    block: int
    depth: int

    @property
    def state(self) -> str:
        """planned, sent, mined, final; or taken back, where a reorganisation undid what had ended."""
        if self.taken_back:
            return "taken back"
        if not self.signed:
            return "final" if self.ended else "planned"
        if self.mined < self.signed and not self.ended:
            return "sent"
        deep = self.confirmations is None or self.confirmations >= self.depth
        return "final" if self.ended and deep else "mined"

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "of": self.book,
            "day": self.day,
            "state": self.state,
            "ids": self.ids,
            "batches": self.batches,
            "signed": self.signed,
            "mined": self.mined,
            "settled": str(self.settled),
            "waiting": str(self.waiting),
            "confirmations": self.confirmations,
            "block": self.block,
            "depth": self.depth,
        }


def status(
    suite: Suite, entries: Iterable[Mapping[str, Any]], *, depth: int = 0, last: int | None = None
) -> list[RunStatus]:
    """The runs of this deployment in a journal, oldest first; the `last` of them if that is given."""
    books: list[Book] = [Leases(suite), Fees(suite), Bills(suite)]
    runs = [(run, book) for run in runs_in(entries) for book in books if run.is_of(book)]
    chosen = runs if last is None else runs[-last:] if last else []
    hashes = [hash_ for run, _ in chosen for hash_ in run.all_hashes]
    found = final.receipts(suite.connection, hashes)
    head = suite.connection.block_number()
    return [_status(suite, run, book, found, head, depth) for run, book in chosen]


def _status(
    suite: Suite, run: Run, book: Book, found: Mapping[str, Receipt], head: int, depth: int
) -> RunStatus:
    mined = [found[hash_] for hash_ in run.all_hashes if hash_ in found and found[hash_].ok]
    batches = {number for number, hashes in run.hashes.items() if any(hash_ in found for hash_ in hashes)}
    deep = [receipt for receipt in mined if receipt.block + depth <= head]
    shallow = [receipt for receipt in mined if receipt.block + depth > head]
    newest = max((receipt.block for receipt in mined), default=None)
    return RunStatus(
        run=run.name,
        book=run.book,
        day=run.day,
        ids=len(run.ids),
        batches=len(run.batches),
        signed=sum(bool(hashes) for hashes in run.hashes.values()),
        mined=len(batches),
        taken_back=len(run.taken_back(found)),
        ended=run.end is not None,
        settled=_discharged(suite, deep, book),
        waiting=_discharged(suite, shallow, book),
        confirmations=None if newest is None else max(0, head - newest),
        block=head,
        depth=depth,
    )


def _discharged(suite: Suite, found: Sequence[Receipt], book: Book) -> int:
    logs = final.logs_of(suite.connection, found, book.address)
    return sum(answer.amount for answer in book.settled(logs))
