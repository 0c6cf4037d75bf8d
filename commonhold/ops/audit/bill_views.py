"""What the views of BillRuns must answer, by the books. Amounts [cmt], days [day]."""

from collections.abc import Iterator
from typing import Final

from commonhold.chain.rawviews import Question
from commonhold.ops.audit.bills import APPROVED, BILLS, ISSUED, PAID_AT_ONCE, BillRows
from commonhold.rules.bills import unit_of

_STANDING: Final = (
    "state", "run", "party", "issuedDay", "dueDay", "lastOnTimeDay", "disputeUntil", "amount", "open",
    "lateFees", "removed", "disputed", "repayable",
)  # fmt: skip
_ADJUSTED: Final = ("principal waived", "late fees waived", "credited")


def _one(function: str, id_: str, expected: int, *arguments: int) -> Question:
    return Question(BILLS, function, arguments, id_, (function,), (expected,))


def bill_rows(book: BillRows, day: int) -> Iterator[Question]:
    """Every run, and every bill as of the day."""
    yield _one("runCount", "runs", len(book.runs))
    yield _one("held", "held", book.held)
    yield _one("pausedUntil", "pause", book.paused_until)
    yield _one("retired", "contract", int(book.retired))
    yield _one("today", "calendar", day)
    for number, run in book.runs.items():
        binding = run.state == APPROVED
        words = (run.state, int(run.root, 16) if binding else 0, run.terms.word if binding else 0)
        yield Question(BILLS, "runOf", (number,), f"run {number}", ("run state", "root", "terms"), words)
    for key in book.at_once:
        id_ = f"bill {key:#x}"
        yield Question(BILLS, "billOf", (key,), id_, _STANDING, (PAID_AT_ONCE, *(0,) * 12))
    open_: dict[tuple[int, int], int] = {}
    for key, kept in book.bills.items():
        bill = kept.at(day)
        figures = (
            ISSUED, book.run_of[key], bill.party, bill.issued_day, bill.due_day, bill.last_on_time,
            bill.dispute_until, bill.amount, bill.open, bill.late_fees, bill.removed, bill.disputed,
            bill.repayable,
        )  # fmt: skip
        yield Question(BILLS, "billOf", (key,), f"bill {key:#x}", _STANDING, figures)
        place = (unit_of(key), bill.party)
        open_[place] = open_.get(place, 0) + kept.owing
    for (unit, party), count in open_.items():
        yield _one("openBills", f"unit {unit} party {party}", count, unit, party)
    for (unit, buyer), cleared in book.clearances.items():
        fields = ("cleared run", "cleared day")
        yield Question(BILLS, "clearanceOf", (unit, buyer), f"unit {unit} party {buyer}", fields, cleared)
    for month, sums in book.adjusted.items():
        yield Question(BILLS, "adjustedIn", (month,), f"month {month}", _ADJUSTED, sums)
    for hash_, (maker, until) in book.adjustments.items():
        fields = ("maker", "untilDay")
        words_ = (int(maker, 16), until)
        yield Question(BILLS, "adjustmentOf", (int(hash_, 16),), f"adjustment {hash_}", fields, words_)
    for party in book.parties.parties:
        yield _one("owed", f"party {party}", book.owed.get(party, 0), party)
