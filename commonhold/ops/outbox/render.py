"""What a message says, in the office's language, from the facts of its cause and the names of the store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from commonhold.ops.bank.slip import Slip, slip_text
from commonhold.ops.letters.words import text
from commonhold.rules.codes import Code
from commonhold.text import clean
from commonhold.units import Day, Money, Month, format_day, format_money, format_month
from commonhold.words import reason

# Messages to residents that ask for money carry the payment slip.
_WITH_SLIP: Final = ("rent_due", "charge_due", "arrears", "settle_failed")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """language: en, zh or ja. holder: whose office writes. names: "party 7", "unit 3" → names. slip_of: the
    slip of a party over an amount [cmt], None where the settings name no account."""

    language: str
    holder: str
    names: Mapping[str, str]
    slip_of: Callable[[int, int], Slip | None]


def render(cause: str, audience: str, facts: Mapping[str, Any], head: Letterhead) -> tuple[str, str]:
    """(subject, body). Raises KeyError for a cause that has no words."""
    language = head.language
    values = {key: _shown(key, value, language, head) for key, value in facts.items()}
    values.setdefault("unit", "")
    subject = clean(text(language, f"{cause}_subject", **values))
    if not audience.startswith("party "):
        return subject, text(language, cause, **values) + "\n"
    party = int(audience.removeprefix("party "))
    name = clean(head.names.get(audience, audience))
    parts = [text(language, "dear", name=name), text(language, cause, **values)]
    if facts.get("stage"):
        parts.append(text(language, "arrears_since", stage=facts["stage"]))
    if cause in _WITH_SLIP:
        parts.append(text(language, f"{cause}_help"))
        slip = head.slip_of(party, facts["amount"])
        if slip is not None:
            parts.append(slip_text(slip, language))
    parts.append(text(language, "from_office", holder=head.holder or "Commonhold"))
    return subject, "\n\n".join(parts) + "\n"


def _shown(key: str, value: Any, language: str, head: Letterhead) -> str:
    if key in ("amount", "late_fees", "prepaid"):
        return format_money(Money(value))
    if key == "day":
        return format_day(Day(value))
    if key == "month":
        return format_month(Month(value))
    if key == "kind":
        return text(language, f"kind_{value}")
    if key == "unit":
        return clean(head.names.get(f"unit {value}", f"unit {value}"))
    return clean(str(value))


def with_reason(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The facts with the words of their reason code."""
    if "code" not in facts:
        return dict(facts)
    return {**facts, "reason": reason(Code[facts["code"]], language)}
