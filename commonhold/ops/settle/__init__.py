"""Settle what is due: from prepayments and mandates, in few transactions, each lease once.

    rows = preview(suite)                 what a settlement would do now, by the contract itself
    report = run(suite, sender)           does it; safe to repeat, and while somebody else does the same
    reports = resume(suite, sender)       brings to their end the runs that were cut off
    found = status(suite, entries)        how far each run of a journal is

What is collected is a book: the leases, unless `Fees(suite)` or `Bills(suite)` is given.

A run is written down before it sends anything: `runs` (what the journal keeps), `plan` (who is due, in which
batches), `engine` (from the plan to the end), `final` (what the chain says once nothing can be taken back).
"""

from commonhold.ops.settle.books import Answer, Bills, Book, Fees, Leases, Owed
from commonhold.ops.settle.engine import resume, run
from commonhold.ops.settle.plan import IDLE, preview
from commonhold.ops.settle.purse import BudgetSpent, Purse
from commonhold.ops.settle.report import Report, Row, whole_code
from commonhold.ops.settle.status import RunStatus, status

__all__ = [
    "IDLE",
    "Answer",
    "Bills",
    "Book",
    "BudgetSpent",
    "Fees",
    "Leases",
    "Owed",
    "Purse",
    "Report",
    "Row",
    "RunStatus",
    "preview",
    "resume",
    "run",
    "status",
    "whole_code",
]
