"""Answers of the views against the books, and the sums of every contract."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from commonhold.chain.rawviews import Question, encoded
from commonhold.ops.audit.bills import BILLS
from commonhold.ops.audit.exchange import DESK
from commonhold.ops.audit.fees import FEES
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.leases import ESCROW, LEASES
from commonhold.ops.audit.money import TOKEN, Sums
from commonhold.ops.audit.replay import Books

_WORD: Final = 64  # hex digits


def compare(answers: Iterable[tuple[Question, str]], findings: Findings) -> int:
    """Counts what was compared and notes every word that is not as expected. Answers how many views."""
    rows, views = findings.rows, 0
    for question, answer in answers:
        views += 1
        names = question.fields
        rows[question.contract] = rows.get(question.contract, 0) + sum(1 for name in names if name)
        if answer != encoded(question.expected):
            _differ(question, answer, findings)
    return views


def _differ(question: Question, answer: str, findings: Findings) -> None:
    if not answer.startswith("0x"):
        findings.differ(question.contract, question.id, question.function, "an answer", answer)
        return
    digits = answer[2:]
    if len(digits) != _WORD * len(question.expected):
        findings.differ(
            question.contract,
            question.id,
            question.function,
            f"{len(question.expected)} words",
            f"{len(digits) // _WORD} words",
        )
        return
    for at, (name, expected) in enumerate(zip(question.fields, question.expected, strict=True)):
        found = int(digits[at * _WORD : (at + 1) * _WORD], 16)
        if found != expected:
            findings.differ(question.contract, question.id, name or question.function, expected, found)


@dataclass(frozen=True, slots=True)
class Balance:
    """What one contract did with money. [cmt]"""

    contract: str
    into: int
    out: int
    held: int

    @property
    def balance(self) -> int:
        """What Transfer logs leave there. [cmt]"""
        return self.into - self.out


def balances(books: Books) -> Iterator[Balance]:
    """Σ in − Σ out ≥ held for every contract; the balance itself is compared with the token's view."""
    held = {
        LEASES: books.leases.held,
        ESCROW: books.escrow.twin.held,
        DESK: books.desk.held,
        FEES: books.fees.held,
        BILLS: books.bills.held,
    }
    for contract in books.arguments.addresses:
        sums = books.token.sums.get(contract, Sums())
        found = Balance(contract, sums.into, sums.out, held.get(contract, 0))
        if found.balance < found.held:
            books.findings.differ(
                contract, "balance", "Σ in − Σ out", f"at least {found.held}", found.balance
            )
        yield found


def check_supply(books: Books) -> None:
    """All wallets together have what was minted and not burned, at most the cap."""
    total, book = sum(purse.balance for purse in books.token.purses.values()), books.token
    if total != book.supply:
        books.findings.differ(TOKEN, "supply", "Σ balances", book.supply, total)
    if book.supply > book.supply_cap:
        books.findings.differ(TOKEN, "supply", "supply", f"at most {book.supply_cap}", book.supply)
