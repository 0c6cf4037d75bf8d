"""The lines of all statements: in words, as a page shows them, and in JSON."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from commonhold.ops.statements.lease import Line
from commonhold.rules.rent import ChangeKind
from commonhold.units import Day, Money, format_day, format_money
from commonhold.words import reason, word

Say = Callable[[str, str], str]  # language, key → word


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as people read it; empty where there is no amount."""

    day: str
    what: str
    charged: str
    credited: str
    balance: str


def describe(line: Line, language: str, say: Say = word) -> str:
    """What a line is about, in words."""
    text = say(language, line.what)
    if line.what in ("from_pot", "covered") and line.note:
        return f"{text}: {format_money(Money(int(line.note)))}"
    if line.what == "not_collected" and line.code is not None:
        return f"{text}: {reason(line.code, language)}"
    if line.what == "changed" and line.note in ChangeKind.__members__:
        return say(language, f"changed_{line.note}")
    return f"{text}: {line.note}" if line.note else text


def plain(amount: int) -> str:
    """[cmt] as people write it; empty where there is none."""
    return format_money(Money(amount)) if amount else ""


def balance(amount: int, language: str) -> str:
    """What is owed [cmt]; money that is ahead is no debt with a minus but says so."""
    owed = format_money(Money(abs(amount)))
    return f"{word(language, 'ahead')} {owed}" if amount < 0 else owed


def shown(lines: Iterable[Line], language: str, say: Say = word) -> list[Shown]:
    return [
        Shown(
            format_day(Day(line.day)),
            describe(line, language, say),
            plain(line.charged),
            plain(line.credited),
            balance(line.balance, language),
        )
        for line in lines
    ]


def lines_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Amounts in base units as decimal strings [cmt], days as ISO dates."""
    return [
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
        for line in lines
    ]
