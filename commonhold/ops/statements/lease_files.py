"""A statement as a CSV for a spreadsheet, a page to print, and JSON."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from commonhold.ops.leases.summary import moment
from commonhold.ops.pages import render, write
from commonhold.ops.statements.lease import Line, Statement
from commonhold.ops.statements.lines import describe, lines_json, shown
from commonhold.text import clean, write_csv
from commonhold.units import MONEY_ONE, Day, Money, format_day, format_money
from commonhold.words import word


def title_of(statement: Statement, names: Mapping[str, str], language: str) -> str:
    unit = f"unit {statement.terms.unit}"
    name = clean(names[unit]) if unit in names else f"{word(language, 'unit')} {statement.terms.unit}"
    return f"{name}, {word(language, 'lease')} {statement.lease}"


def figures(statement: Statement, names: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    """The figures at the head of the page."""

    def say(key: str) -> str:
        return word(language, key)

    def party(number: int) -> str:
        return clean(names.get(f"party {number}", f"party {number}"))

    terms = statement.terms
    rows = [(say("landlord"), party(terms.landlord))]
    rows += [(say("tenant"), party(account.tenant)) for account in statement.accounts]
    rows += [
        (say("state"), say(statement.state.name)),
        (say("rent"), format_money(Money(terms.rent))),
        (say("last_day"), format_day(Day(terms.end_day - 1))),
        (say("rent_owed"), format_money(Money(statement.rent_owed))),
        (say("fees_owed"), format_money(Money(statement.late_fees))),
        (say("prepaid_now"), format_money(Money(statement.prepaid))),
        (say("deposit_now"), format_money(Money(statement.deposit))),
    ]
    return rows


def page(statement: Statement, names: Mapping[str, str] | None = None, language: str = "en") -> str:
    """The page to print. names: "party 7" and "unit 3" -> what people call them; they are escaped."""
    known = names or {}
    due = statement.next_due
    return render(
        "statement.html",
        language=language,
        word=lambda key: word(language, key),
        title=title_of(statement, known, language),
        lease=statement.lease,
        today=format_day(Day(statement.today)),
        time=moment(statement.time),
        block=statement.block,
        block_hash=statement.block_hash,
        owed=format_money(Money(statement.owed)) if statement.owed else "",
        next_due=(format_day(Day(due[0])), format_money(Money(due[1]))) if due else None,
        figures=figures(statement, known, language),
        lines=shown(statement.lines, language),
    )


def write_page(
    statement: Statement, path: Path, names: Mapping[str, str] | None = None, language: str = "en"
) -> None:
    write(path, page(statement, names, language))


def write_table(statement: Statement, path: Path, language: str = "en") -> None:
    """A CSV that a spreadsheet opens without running anything; amounts as plain numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    headings = [word(language, key) for key in ("date", "what", "charged", "credited", "balance", "block")]
    write_csv(path, headings, (_cells(line, statement, language) for line in statement.lines))


def _cells(line: Line, statement: Statement, language: str) -> Sequence[str | Decimal | int]:
    amounts = (Decimal(amount) / MONEY_ONE for amount in (line.charged, line.credited, line.balance))
    return [format_day(Day(line.day)), describe(line, language), *amounts, statement.block]


def as_json(statement: Statement) -> dict[str, Any]:
    """Amounts in base units as decimal strings [cmt], days as ISO dates."""
    due = statement.next_due
    return {
        "lease": statement.lease,
        "state": statement.state.name,
        "block": statement.block,
        "block_hash": statement.block_hash,
        "time": statement.time,
        "today": format_day(Day(statement.today)),
        "rent_owed": str(statement.rent_owed),
        "late_fees": str(statement.late_fees),
        "prepaid": str(statement.prepaid),
        "deposit": str(statement.deposit),
        "balance": str(statement.balance),
        "next_due": {"day": format_day(Day(due[0])), "amount": str(due[1])} if due else None,
        "late_fees_in_one": statement.late_fees_in_one,
        "lines": lines_json(statement.lines),
    }
