"""A statement of a unit, a party, a month as a page to print, a CSV and JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonhold.ops.exports.table import decimal_of
from commonhold.ops.exports.words import told as purpose
from commonhold.ops.leases.summary import moment
from commonhold.ops.pages import render, write
from commonhold.ops.statements import lines as statement_lines
from commonhold.ops.statements.debts import LEASE
from commonhold.ops.statements.history import Section
from commonhold.ops.statements.lease import Line
from commonhold.ops.statements.lines import Shown, balance, lines_json, plain, shown
from commonhold.ops.statements.sheet import Movement, Sheet, Wallets
from commonhold.ops.statements.words import word
from commonhold.rules.calendar import month_of
from commonhold.text import clean, write_csv
from commonhold.units import Day, Money, Month, format_day, format_money, format_month

Names = Mapping[str, str]  # "party 7" and "unit 3" → what people call them


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the page with its headings."""

    title: str
    plus: str
    minus: str
    left: str
    before: str
    after: str
    first: str
    opening: str
    closing: str
    lines: list[Shown]


@dataclass(frozen=True, slots=True)
class Row:
    """One debt of a community's month."""

    title: str
    opening: str
    charged: str
    credited: str
    closing: str


def describe(line: Line, language: str) -> str:
    """What a line is about, in words."""
    return statement_lines.describe(line, language, word)


def name_of(kind: str, number: int, names: Names, language: str) -> str:
    """What people call a unit or party, else its number."""
    known = clean(names.get(f"{kind} {number}", ""))
    return known or f"{word(language, kind)} {number}"


def title_of(sheet: Sheet, names: Names, language: str) -> str:
    scope = sheet.scope
    if scope.unit is not None:
        return name_of("unit", scope.unit, names, language)
    if scope.party is not None:
        return name_of("party", scope.party, names, language)
    if scope.lease is not None:
        return f"{word(language, 'lease')} {scope.lease}"
    return word(language, "community")


def title_of_section(section: Section, sheet: Sheet, names: Names, language: str) -> str:
    """A lease or an account with its number, and its unit where the page is not about that alone."""
    text = word(language, section.debt.about)
    if section.debt.about == "bills":
        return text
    text = f"{text} {section.debt.id}"
    if sheet.scope.unit is not None:
        return text
    return f"{text}, {name_of('unit', section.unit, names, language)}"


def period_of(sheet: Sheet, language: str) -> tuple[str, str]:
    """The month, and its days; the second is kept on one line."""
    last = format_day(Day(sheet.last))
    if sheet.first is None:
        return "", word(language, "until").format(last=last)
    month = format_month(Month(month_of(sheet.first)))
    return month, word(language, "range").format(first=format_day(Day(sheet.first)), last=last)


def _part(section: Section, sheet: Sheet, names: Names, language: str) -> Part:
    def say(key: str) -> str:
        return word(language, key)

    return Part(
        title=title_of_section(section, sheet, names, language),
        plus=say("charged"),
        minus=say("credited"),
        left=say("balance"),
        before=say("opening_balance"),
        after=say("closing_balance"),
        first=format_day(Day(sheet.first)) if sheet.first is not None else "",
        opening=balance(section.opening, language) if sheet.first is not None else "",
        closing=balance(section.balance, language),
        lines=shown(section.lines, language, word),
    )


def _wallets(found: Wallets, sheet: Sheet, language: str) -> Part:
    def say(key: str) -> str:
        return word(language, key)

    return Part(
        title=say("wallets"),
        plus=say("money_in"),
        minus=say("money_out"),
        left=say("money_left"),
        before=say("money_before"),
        after=say("money_after"),
        first=format_day(Day(sheet.first)) if sheet.first is not None else "",
        opening=format_money(Money(found.opening)) if sheet.first is not None else "",
        closing=format_money(Money(found.balance)),
        lines=[_movement(one, language) for one in found.movements],
    )


def _movement(one: Movement, language: str) -> Shown:
    about, number = one.about
    what = purpose(language, one.why)
    if about and about not in ("bill", "party"):
        what = f"{what} ({purpose(language, about)} {number})"
    return Shown(
        format_day(Day(one.day)),
        what[:1].upper() + what[1:],
        plain(max(0, one.amount)),
        plain(max(0, -one.amount)),
        format_money(Money(one.balance)),
    )


def figures(sheet: Sheet, language: str) -> list[tuple[str, str]]:
    """The sums at the head of the page."""
    rows = []
    if sheet.first is not None:
        rows.append((word(language, "opening_balance"), balance(sheet.opening, language)))
    rows += [
        (word(language, "charged"), format_money(Money(sheet.charged))),
        (word(language, "credited"), format_money(Money(sheet.credited))),
        (word(language, "closing_balance"), balance(sheet.owed, language)),
    ]
    return rows


def page(sheet: Sheet, names: Names | None = None, language: str = "en") -> str:
    """The page to print; names are escaped. A community's month has one row for each debt."""
    known, everything = names or {}, sheet.scope.everything
    parts = [] if everything else [_part(one, sheet, known, language) for one in sheet.sections]
    if sheet.wallets is not None:
        parts.append(_wallets(sheet.wallets, sheet, language))
    block = sheet.as_of.block
    ahead = sum(max(0, -one.balance) for one in sheet.sections)
    return render(
        "sheet.html",
        language=language,
        say=lambda key: word(language, key),
        title=title_of(sheet, known, language),
        period=period_of(sheet, language),
        to_pay=plain(sheet.to_pay),
        ahead=plain(ahead),
        figures=figures(sheet, language),
        rows=list(_rows(sheet, known, language)) if everything else [],
        parts=parts,
        last=format_day(Day(sheet.last)),
        block=block.number,
        block_hash=block.hash,
        time=moment(block.time),
        confirmations=sheet.as_of.confirmations,
        checked=sheet.checked,
    )


def _rows(sheet: Sheet, names: Names, language: str) -> Iterator[Row]:
    for one in sheet.sections:
        yield Row(
            title_of_section(one, sheet, names, language),
            balance(one.opening, language),
            format_money(Money(one.charged)),
            format_money(Money(one.credited)),
            balance(one.balance, language),
        )


def write_page(sheet: Sheet, path: Path, names: Names | None = None, language: str = "en") -> None:
    write(path, page(sheet, names, language))


_HEADINGS: Final = ("what", "date", "what", "charged", "credited", "balance", "block")


def write_table(sheet: Sheet, path: Path, language: str = "en") -> int:
    """A CSV with all lines of all debts; amounts as plain numbers, nothing runs in a spreadsheet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    headings = [word(language, key) for key in _HEADINGS]
    block = sheet.as_of.block.number
    return write_csv(
        path,
        headings,
        (
            (
                title_of_section(section, sheet, {}, language),
                format_day(Day(line.day)),
                describe(line, language),
                *map(decimal_of, (line.charged, line.credited, line.balance)),
                block,
            )
            for section in sheet.sections
            for line in section.lines
        ),
    )


def as_json(sheet: Sheet) -> dict[str, Any]:
    """Amounts in base units as decimal strings [cmt], days as ISO dates."""
    block, scope = sheet.as_of.block, sheet.scope
    return {
        "lease": scope.lease,
        "unit": scope.unit,
        "party": scope.party,
        "first": format_day(Day(sheet.first)) if sheet.first is not None else None,
        "last": format_day(Day(sheet.last)),
        "block": block.number,
        "block_hash": block.hash,
        "confirmations": sheet.as_of.confirmations,
        "checked": sheet.checked,
        "opening": str(sheet.opening),
        "charged": str(sheet.charged),
        "credited": str(sheet.credited),
        "owed": str(sheet.owed),
        "to_pay": str(sheet.to_pay),
        "debts": [_section(one) for one in sheet.sections],
        "money": _money(sheet.wallets) if sheet.wallets is not None else None,
    }


def _section(section: Section) -> dict[str, Any]:
    debt = section.debt
    return {
        "about": debt.about,
        "number": debt.id or None,
        "tenant": section.party if debt.about == LEASE and debt.place >= 0 else None,
        "unit": section.unit,
        "opening": str(section.opening),
        "owed": str(section.balance),
        "lines": lines_json(section.lines),
    }


def _money(found: Wallets) -> dict[str, Any]:
    return {
        "opening": str(found.opening),
        "closing": str(found.balance),
        "movements": [
            {
                "day": format_day(Day(one.day)),
                "why": one.why,
                "about": one.about[0] or None,
                "number": one.about[1] or None,
                "amount": str(one.amount),
                "balance": str(one.balance),
                "transaction": one.transaction,
            }
            for one in found.movements
        ],
    }
