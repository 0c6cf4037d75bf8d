"""The terms of a lease as a person reads them before signing: every field that counts, none left out."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commonhold.rules.terms import LeaseTerms
from commonhold.units import Bps, Day, Money, format_bps, format_day, format_money
from commonhold.words import word

Line = tuple[str, str]


def terms_lines(terms: LeaseTerms, names: Mapping[str, str], language: str = "en") -> list[Line]:
    """(what, value) of every field. names: "party 7" and "unit 3" -> what people call them."""

    def party(number: int) -> str:
        key = f"party {number}"
        return f"{names[key]} ({key})" if key in names else key

    def money(amount: int) -> str:
        return format_money(Money(amount))

    def day(number: int) -> str:
        return format_day(Day(number))

    def say(key: str) -> str:
        return word(language, key)

    unit = f"unit {terms.unit}"
    lines = [
        (say("unit"), f"{names[unit]} ({unit})" if unit in names else unit),
        (say("landlord"), party(terms.landlord)),
    ]
    for index, (tenant, share) in enumerate(zip(terms.tenants, terms.shares, strict=True)):
        text = party(tenant)
        if len(terms.tenants) > 1:
            text += f", {say('share')} {format_bps(Bps(share))}"
        if terms.cover_mask >> index & 1:
            text += f", {say('covers')}"
        lines.append((say("tenant"), text))
    lines += [
        (say("rent"), money(terms.rent)),
        (say("deposit"), money(terms.deposit)),
        (say("first_day"), day(terms.start_day)),
        (say("last_day"), day(terms.end_day - 1)),
        (say("billing_day"), str(terms.billing_day or format_day(Day(terms.start_day))[-2:].lstrip("0"))),
        (say("interval"), str(terms.interval)),
        (say("due_offset"), str(terms.due_offset)),
    ]
    if terms.rent_free_days:
        lines.append((say("rent_free"), str(terms.rent_free_days)))
    lines += [(f"{say('step')} {day(step.day)}", money(step.rent)) for step in terms.steps]
    lines += [
        (f"{say('fee')} {party(fee.payee)}", f"{money(fee.amount)} (0x{fee.kind.hex()})")
        for fee in terms.fees
    ]
    lines += [(say("grace"), str(terms.grace_days)), (say("late_rate"), format_bps(Bps(terms.late_fee_rate)))]
    if terms.late_fee_rate:
        lines.append((say("late_days"), str(terms.late_fee_max_days)))
    lines.append((say("notice_days"), str(terms.notice_days)))
    if terms.break_day:
        lines += [(say("break_day"), day(terms.break_day)), (say("break_fee"), money(terms.break_fee))]
    if terms.manager:
        lines.append((say("manager"), party(terms.manager)))
        lines.append((say("commission"), format_bps(Bps(terms.commission))))
    if terms.holdover_rate:
        lines.append((say("holdover"), format_bps(Bps(terms.holdover_rate))))
    lines.append((say("day_count"), say(terms.day_count.name)))
    if terms.arbiter:
        lines.append((say("arbiter"), party(terms.arbiter)))
    if terms.opening.day:
        opening = terms.opening
        lines += [
            (say("opening_day"), day(opening.day)),
            (say("opening_paid"), money(opening.paid)),
            (say("opening_arrears"), money(opening.arrears)),
            (say("opening_fees"), money(opening.late_fees)),
            (say("opening_prepaid"), money(opening.prepaid)),
        ]
    if any(terms.document_hash):
        lines.append((say("document"), "0x" + terms.document_hash.hex()))
    lines.append((say("deadline"), moment(terms.deadline)))
    return lines


def moment(seconds: int) -> str:
    """A time as people read it; far ones as seconds [unix]."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s"


def width(text: str) -> int:
    """Columns of a terminal that a text takes: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def aligned(title: str, lines: list[Line]) -> str:
    """The lines under a title, values below one another."""
    most = max(width(label) for label, _ in lines)
    rows = [f"{label}{' ' * (most - width(label))}  {value}" for label, value in lines]
    return "\n".join([title, "=" * width(title), "", *rows, ""])


def names_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The names that a file to sign carries for its reader."""
    found = document.get("names", {})
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, Mapping) else {}
