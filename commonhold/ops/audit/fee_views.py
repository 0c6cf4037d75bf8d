"""What the views of PropertyFee must answer, by the books. Amounts [cmt], days [day]."""

from collections.abc import Iterator
from typing import Final

from commonhold.chain.rawviews import Question
from commonhold.ops.audit.fees import FEES, NO_PLAN, FeeRows
from commonhold.rules.fee_account import FeeAccount

_ACCOUNT: Final = (
    "unit", "category", "party", "size", "share", "fromDay", "untilDay", "openDay", "due", "lateFees",
    "planLeft", "pot", "level", "assumed",
)  # fmt: skip
_PLAN: Final = ("plan sum", "plan paid", "plan firstDay", "plan count", "plan brokenDay")
_NOTICES: Final = ("notice stage", "notice 1", "notice 2", "notice 3")
_ASSUMPTION: Final = (
    "assumption fromParty",
    "assumption toParty",
    "assumption most",
    "assumption validUntil",
)


def _one(function: str, id_: str, expected: int, *arguments: int) -> Question:
    return Question(FEES, function, arguments, id_, (function,), (expected,))


def _words(found: FeeAccount) -> tuple[int, ...]:
    terms = found.terms
    return (
        found.unit, found.number, found.party, terms.size, terms.share, terms.from_day, terms.until_day,
        terms.open_day, found.open, found.late_fees, found.plan.left, found.pot, found.level,
        int(found.assumed),
    )  # fmt: skip


def fee_rows(book: FeeRows, day: int, time: int) -> Iterator[Question]:
    """Every account as of the day, and what payees and parties are owed."""
    yield _one("accountCount", "accounts", len(book.accounts))
    yield _one("held", "held", book.held)
    yield _one("pausedUntil", "pause", book.paused_until)
    yield _one("today", "calendar", day)
    yield _one("furtherClearance", "contract", int(book.clearing(time), 16))
    for number in book.accounts:
        found, id_ = book.look(number, day), f"account {number}"
        yield Question(FEES, "accountOf", (number,), id_, _ACCOUNT, _words(found))
        yield _one("levelDueOn", id_, found.due, number, day)
        if found.plan != NO_PLAN:
            plan = found.plan
            words = (plan.total, plan.paid, plan.first_day, plan.count, plan.broken_day)
            yield Question(FEES, "planOf", (number,), id_, _PLAN, words)
        days = book.stage(number, found)
        if number in book.notices:
            served = (len(days), *days, *(0,) * (3 - len(days)))
            yield Question(FEES, "noticesOf", (number,), id_, _NOTICES, served)
    for (unit, category), number in book.latest.items():
        yield _one("latestAccount", f"unit {unit} category {category}", number, unit, category)
    for (number, payee), credit in book.credits.items():
        yield _one("creditOf", f"account {number} payee {payee}", credit, number, payee)
    for payee in {**book.debts, **book.withheld}:
        sums_of = (book.debts.get(payee, 0), book.withheld.get(payee, 0))
        fields = ("payee's debt", "withheld")
        yield Question(FEES, "payeeDebt", (payee,), f"party {payee}", fields, sums_of)
    for month, sums in book.waived.items():
        fields = ("principal waived", "late fees waived")
        yield Question(FEES, "waivedIn", (month,), f"month {month}", fields, sums)
    for unit, one in book.assumptions.items():
        assumed = (one.seller, one.buyer, one.most, one.until)
        yield Question(FEES, "assumptionOf", (unit,), f"unit {unit}", _ASSUMPTION, assumed)
    for party in book.parties.parties:
        yield _one("owed", f"party {party}", book.owed.get(party, 0), party)
