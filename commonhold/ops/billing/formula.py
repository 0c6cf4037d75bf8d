"""A tariff formula as the manager publishes it: a TOML file that anybody can read and compute after.

    [charge]      name, category (number on chain), use ("m³"), method ("cumulative" or "slab"),
                  bills ("user": who uses the unit by lease, otherwise its owner; or "owner")
    [[tier]]      from, to (left out: without end), price per unit of use
    [[fixed]]     name, amount: once a bill
    [[shared]]    name, invoice, by ("area", "equal" or "use"): divided over all units, to the last base unit
    [readings]    counter_ends_at, most_use, dispute_days

Amounts and quantities are texts ("2.85"), so that no computer rounds them while reading.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonhold.errors import InputError
from commonhold.ops.billing.canonical import hash_of
from commonhold.rules.metering import Counter
from commonhold.rules.tiers import ONE, Method, Tier, TierRefused, check
from commonhold.text import clean
from commonhold.units import parse_money

BY: Final = ("area", "equal", "use")
WHO: Final = ("user", "owner")


@dataclass(frozen=True, slots=True)
class Fixed:
    """amount [cmt]"""

    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Shared:
    """invoice [cmt]; by: what decides the shares"""

    name: str
    invoice: int
    by: str


@dataclass(frozen=True, slots=True)
class Formula:
    """tiers in [0.001 unit of use] and [cmt/unit of use]; dispute_days [days]"""

    name: str
    category: int
    use: str
    method: Method
    bills: str
    tiers: tuple[Tier, ...]
    fixed: tuple[Fixed, ...]
    shared: tuple[Shared, ...]
    counter: Counter
    dispute_days: int

    def as_json(self) -> dict[str, Any]:
        """All of it as whole numbers and texts; its hash is what a run publishes."""
        return {
            "name": self.name,
            "category": self.category,
            "use": self.use,
            "method": self.method.value,
            "bills": self.bills,
            "tiers": [{"from": tier.start, "to": tier.end, "price": tier.price} for tier in self.tiers],
            "fixed": [{"name": one.name, "amount": one.amount} for one in self.fixed],
            "shared": [{"name": one.name, "invoice": one.invoice, "by": one.by} for one in self.shared],
            "counter_ends_at": self.counter.rolls_at,
            "most_use": self.counter.most,
            "dispute_days": self.dispute_days,
        }

    @property
    def hash(self) -> bytes:
        return hash_of(self.as_json())


def from_json(found: Mapping[str, Any]) -> Formula:
    """The formula of a run file or receipt. Raises InputError."""
    try:
        return Formula(
            name=str(found["name"]),
            category=int(found["category"]),
            use=str(found["use"]),
            method=Method(found["method"]),
            bills=str(found["bills"]),
            tiers=tuple(Tier(one["from"], one["to"], one["price"]) for one in found["tiers"]),
            fixed=tuple(Fixed(one["name"], one["amount"]) for one in found["fixed"]),
            shared=tuple(Shared(one["name"], one["invoice"], one["by"]) for one in found["shared"]),
            counter=Counter(found["counter_ends_at"], found["most_use"]),
            dispute_days=int(found["dispute_days"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"The formula in this file cannot be read: {error}.", "Ask for it again.") from None


def parse_quantity(text: str) -> int:
    """ "12.345" as thousandths. Raises ValueError."""
    amount = parse_money(text)
    if amount < 0:
        raise ValueError(f"{text!r} is negative")
    whole, rest = divmod(amount, 1_000)
    if rest:
        raise ValueError(f"{text!r} is finer than three decimals")
    return whole


def quantity_text(quantity: int) -> str:
    """Thousandths as "12.345", without trailing zeros."""
    whole, rest = divmod(abs(quantity), ONE)
    decimals = f"{rest:03d}".rstrip("0")
    return f"{'-' if quantity < 0 else ''}{whole:,}{'.' + decimals if decimals else ''}"


class _Table:
    """A table of the file, read field by field; what is left over is a mistake."""

    def __init__(self, path: Path, name: str, values: Any) -> None:
        if not isinstance(values, dict):
            raise InputError(f"{path}: [{name}] is missing.", "docs/bills.md shows a formula.")
        self.path, self.name, self.values = path, name, dict(values)

    def take(self, field: str, read: Any, default: Any = ...) -> Any:
        value = self.values.pop(field, default)
        if value is ...:
            raise InputError(f"{self.path}: [{self.name}] needs {field}.", "docs/bills.md shows a formula.")
        if value is default and default is not ...:
            return value
        try:
            return read(value)
        except (ValueError, TypeError, AttributeError) as error:
            raise InputError(
                f"{self.path}: [{self.name}] {field} = {value!r}: {error}.", "Write it as docs/bills.md says."
            ) from None

    def end(self) -> None:
        if self.values:
            raise InputError(
                f"{self.path}: [{self.name}] knows no {', '.join(sorted(self.values))}.", "Look for a typo."
            )


def _one_of(*words: str) -> Any:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError(f"only {' or '.join(words)} is known")
        return value

    return read


def _name(value: str) -> str:
    found = clean(value)
    if not 0 < len(found) <= 80:
        raise ValueError("a name has 1 to 80 characters")
    return found


def _count(least: int, most: int) -> Any:
    def read(value: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"a whole number from {least} to {most} is needed")
        return value

    return read


def _amount(value: str) -> int:
    found = int(parse_money(value))
    if found < 0:
        raise ValueError("an amount is not negative; what is too much goes back by a credit note")
    return found


def load_formula(path: Path) -> Formula:
    """Read and check a formula. Raises InputError with the place."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", "Check the name.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no TOML file: {error}", "docs/bills.md shows a formula.") from None
    charge = _Table(path, "charge", raw.pop("charge", None))
    readings = _Table(path, "readings", raw.pop("readings", {}))
    tables = {name: raw.pop(name, []) for name in ("tier", "fixed", "shared")}
    if raw:
        raise InputError(f"{path}: there is no part {', '.join(sorted(raw))}.", "Look for a typo.")
    for name, found in tables.items():
        if not isinstance(found, list):
            raise InputError(f"{path}: {name} is no list.", f"Write [[{name}]] above each of them.")
    rows = {name: [_Table(path, name, one) for one in found] for name, found in tables.items()}
    formula = Formula(
        name=charge.take("name", _name),
        category=charge.take("category", _count(1, 2**16 - 1)),
        use=charge.take("use", _name, "unit"),
        method=Method(charge.take("method", _one_of(*Method), Method.CUMULATIVE.value)),
        bills=charge.take("bills", _one_of(*WHO), "user"),
        tiers=tuple(
            Tier(
                one.take("from", parse_quantity), one.take("to", parse_quantity, None),
                one.take("price", _amount),
            )
            for one in rows["tier"]
        ),
        fixed=tuple(Fixed(one.take("name", _name), one.take("amount", _amount)) for one in rows["fixed"]),
        shared=tuple(
            Shared(one.take("name", _name), one.take("invoice", _amount), one.take("by", _one_of(*BY)))
            for one in rows["shared"]
        ),
        counter=Counter(
            readings.take("counter_ends_at", parse_quantity, 100_000 * ONE),
            readings.take("most_use", parse_quantity, 1_000 * ONE),
        ),
        dispute_days=readings.take("dispute_days", _count(0, 60), 0),
    )  # fmt: skip
    for table in (charge, readings, *(one for found in rows.values() for one in found)):
        table.end()
    try:
        check(formula.tiers)
    except TierRefused as error:
        raise InputError(f"{path}: {error}.", "Every use needs exactly one price.") from None
    return formula
