"""The lines of one lease, and the draft they become."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from commonhold.ops.intake.line import RollLine
from commonhold.ops.intake.parties import Mention
from commonhold.ops.intake.reader import RowReader
from commonhold.ops.intake.roll import LeaseDraft
from commonhold.rules.terms import LeaseTerms
from commonhold.text import fold
from commonhold.units import Bps, Day, Money, format_bps, format_day, format_money

_RATES: Final = {"late_fee_rate", "commission", "holdover_rate"}
_AMOUNTS: Final = {"break_fee", "key_money", "agency_fee"}


@dataclass(slots=True)
class LeaseLines:
    """The lines of one lease and the people on them."""

    lines: list[RollLine]
    landlord: Mention | None
    tenants: list[Mention]
    manager: Mention | None
    arbiter: Mention | None

    @property
    def head(self) -> RollLine:
        return self.lines[0]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The lines in the file."""
        return tuple(line.line for line in self.lines)

    @property
    def reader(self) -> RowReader:
        return self.head.reader

    def failed(self) -> bool:
        """Whether a line of the lease has a problem."""
        return any(line.reader.failed for line in self.lines)


def draft_of(
    group: LeaseLines,
    tenants: Sequence[str],
    roles: dict[str, str],
    terms: LeaseTerms,
    payees: Sequence[str],
    cutover: Day,
) -> LeaseDraft:
    """The draft of good lines. tenants, roles: keys. payees: the role that earns each of the fees."""
    head = group.head
    key = f"no {fold(head.ref)}" if head.ref else f"{head.unit} from {format_day(Day(terms.start_day))}"
    blank = replace(
        terms,
        unit=0,
        landlord=0,
        tenants=(0,) * len(tenants),
        manager=0,
        arbiter=0,
        fees=tuple(replace(fee, payee=0) for fee in terms.fees),
    )
    return LeaseDraft(
        key=key,
        lines=group.numbers,
        unit=head.unit,
        landlord=roles["landlord"],
        tenants=tuple(tenants),
        manager=roles["manager"],
        arbiter=roles["arbiter"],
        fee_payees=tuple(roles[payee] for payee in payees),
        terms=blank,
        cutover=cutover,
        agreed=_agreed(group, tenants, roles, terms),
        books={name: head.money.get(name, Money(0)) for name in ("arrears", "prepaid", "late_fees")},
    )


def _agreed(
    group: LeaseLines, tenants: Sequence[str], roles: dict[str, str], terms: LeaseTerms
) -> dict[str, str]:
    """What was agreed, as a person reads it; the fields of a later roll are compared with these."""
    head = group.head
    answer = {
        "unit": head.unit,
        **roles,
        "tenant": "; ".join(tenants),
        "shares": " / ".join(format_bps(Bps(share)) for share in terms.shares),
        "rent": format_money(head.money["rent"]),
        "deposit": format_money(Money(terms.deposit)),
        "start": format_day(Day(terms.start_day)),
        "end": format_day(Day(terms.end_day - 1)),
        "steps": "; ".join(f"{format_day(day)}: {format_money(rent)}" for day, rent in head.steps),
        "day_count": head.day_count.name,
        "cover": str(terms.cover_mask),
    }
    for name, value in head.numbers.items():
        if name in _RATES:
            answer[name] = format_bps(Bps(value))
        elif name in _AMOUNTS:
            answer[name] = format_money(Money(value))
        else:
            answer[name] = format_day(Day(value)) if name == "break_day" else str(value)
    return {name: text for name, text in answer.items() if re.search(r"\S", text)}
