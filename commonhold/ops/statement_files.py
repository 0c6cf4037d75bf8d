"""A statement as a CSV for a spreadsheet, a page to print, and JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from commonhold.chain.contracts.leases import ChangeKind
from commonhold.ops.statement import Line, Statement
from commonhold.ops.summary import moment
from commonhold.text import clean, write_csv
from commonhold.units import MONEY_ONE, Day, Money, format_day, format_money
from commonhold.words import reason, word


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as people read it; empty where there is no amount."""

    day: str
    what: str
    charged: str
    credited: str
    balance: str


def describe(line: Line, language: str) -> str:
    """What a line is about, in words."""
    text = word(language, line.what)
    if line.what in ("from_pot", "covered") and line.note:
        return f"{text}: {format_money(Money(int(line.note)))}"
    if line.code is not None and line.what == "not_collected":
        return f"{text}: {reason(line.code, language)}"
    if line.what == "changed" and line.note in ChangeKind.__members__:
        return word(language, f"changed_{line.note}")
    return f"{text}: {line.note}" if line.note else text


def _balance(amount: int, language: str) -> str:
    """What is owed; money that is ahead is no debt with a minus but says so."""
    owed = format_money(Money(abs(amount)))
    return f"{word(language, 'ahead')} {owed}" if amount < 0 else owed


def shown(statement: Statement, language: str) -> list[Shown]:
    return [
        Shown(
            format_day(Day(line.day)),
            describe(line, language),
            format_money(Money(line.charged)) if line.charged else "",
            format_money(Money(line.credited)) if line.credited else "",
            _balance(line.balance, language),
        )
        for line in statement.lines
    ]


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
    environment = Environment(
        loader=PackageLoader("commonhold"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    known = names or {}
    due = statement.next_due
    return environment.get_template("statement.html").render(
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
        lines=shown(statement, language),
    )


def write_page(
    statement: Statement, path: Path, names: Mapping[str, str] | None = None, language: str = "en"
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(statement, names, language), encoding="utf-8")


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
        "lines": [
            {
                "day": format_day(Day(line.day)),
                "what": line.what,
                "charged": str(line.charged),
                "credited": str(line.credited),
                "balance": str(line.balance),
                "note": line.note,
                "code": None if line.code is None else line.code.name,
                "transaction": line.transaction,
            }
            for line in statement.lines
        ],
    }
