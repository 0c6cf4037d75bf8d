"""Letters about arrears: one for each party that owes, in large print, with what to do and a payment slip.

Its tone follows the age of the oldest part: a question at first, a last reminder after ninety days. Nothing
in a letter changes anybody's rights; notices that do are given on chain.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commonhold.ops.arrears import AGES, Arrears
from commonhold.ops.bank.slip import slip_parts
from commonhold.ops.letters.words import text
from commonhold.ops.outbox.causes import stage_of
from commonhold.ops.outbox.render import Letterhead
from commonhold.ops.pages import render
from commonhold.text import clean
from commonhold.units import Day, Money, format_day, format_money

ANSWER_WITHIN = 14  # in which a letter asks to hear from its reader [day]


@dataclass(frozen=True, slots=True)
class Letter:
    """party: who owes. debts: what; day: of the letter [day]."""

    party: int
    debts: tuple[Arrears, ...]
    day: int

    @property
    def total(self) -> int:
        """[cmt]"""
        return sum(debt.total for debt in self.debts)

    @property
    def stage(self) -> int:
        """The age of the oldest part: 0, 30, 60 or 90 [day]."""
        return max(stage_of(debt) for debt in self.debts)

    def as_json(self) -> dict[str, Any]:
        """Amounts in base units as decimal strings [cmt]."""
        return {
            "party": self.party,
            "day": format_day(Day(self.day)),
            "stage": self.stage,
            "total": str(self.total),
            "debts": [debt.as_json() for debt in self.debts],
        }


def letters(
    rows: Iterable[Arrears], day: int, *, least: int = 0, parties: Iterable[int] = ()
) -> list[Letter]:
    """One for each party whose oldest debt has at least that age [day]; parties: only these."""
    wanted = set(parties)
    by_party: dict[int, list[Arrears]] = {}
    for row in rows:
        if row.total and (not wanted or row.party in wanted):
            by_party.setdefault(row.party, []).append(row)
    found = [Letter(party, tuple(debts), day) for party, debts in sorted(by_party.items())]
    return [letter for letter in found if letter.stage >= least]


def lines(letter: Letter, head: Letterhead) -> list[tuple[str, str, str]]:
    """(what, due for, amount) of each part, the oldest first within each debt."""
    language = head.language
    rows = []
    for debt in letter.debts:
        unit = clean(head.names.get(f"unit {debt.unit}", f"unit {debt.unit}"))
        what = text(language, f"letter_{debt.what}", unit=unit)
        for age, amount in reversed(list(zip(AGES, debt.buckets, strict=True))):
            if amount:
                rows.append((what, text(language, f"age_{age}"), format_money(Money(amount))))
        if debt.late_fees:
            late = text(language, "letter_late", unit=unit)
            rows.append((late, "", format_money(Money(debt.late_fees))))
    return rows


def page(letter: Letter, head: Letterhead) -> str:
    """The letter as a page to print."""
    language = head.language
    slip = head.slip_of(letter.party, letter.total)
    total = format_money(Money(letter.total))
    until = format_day(Day(letter.day + ANSWER_WITHIN))
    steps = [
        text(language, "letter_do_pay", amount=total),
        text(language, "letter_do_balance"),
        text(language, "letter_do_talk", day=until),
        text(language, "letter_do_wrong"),
    ]
    name = clean(head.names.get(f"party {letter.party}", f"party {letter.party}"))
    return render(
        "letter.html",
        language=language,
        holder=head.holder,
        day=format_day(Day(letter.day)),
        subject=text(language, f"letter_subject_{letter.stage}"),
        dear=text(language, "dear", name=name),
        opening=text(language, "letter_open"),
        total_words=text(language, "letter_total"),
        total=total,
        columns=[text(language, key) for key in ("letter_what", "letter_since", "letter_amount")],
        rows=lines(letter, head),
        do=text(language, "letter_do"),
        steps=steps if slip is not None else steps[1:],
        following=text(language, f"letter_next_{letter.stage}"),
        slip_words=text(language, "slip"),
        slip=slip_parts(slip, language) if slip is not None else None,
        closing=text(language, "from_office", holder=head.holder or "Commonhold"),
    )


def write_letters(found: Iterable[Letter], head: Letterhead, folder: Path) -> list[Path]:
    """One file for each, `party-7.html`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for letter in found:
        path = folder / f"party-{letter.party}.html"
        path.write_text(page(letter, head), encoding="utf-8")
        paths.append(path)
    return paths
