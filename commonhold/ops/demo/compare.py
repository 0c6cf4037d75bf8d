"""The contracts held against their twin: every lease, every wallet, every batch, to the base unit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

from commonhold.errors import TwinError
from commonhold.ops.demo.sides import AccountFigures, LeaseFigures, Picture, Settled
from commonhold.units import Day, Money, format_day, format_money

_SUMS = (
    "what LeaseAgreement keeps for others",
    "what DepositEscrow keeps for others",
    "what LeaseAgreement holds",
    "what DepositEscrow holds",
    "all money there is",
)
_MONEY = frozenset(
    {"due", "settled", "pot", "late_fees", "landlord_debt", "deposit", "amount", "plan_left", "level"}
    | {"open", "removed", "held", "holds"}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """subject: what it is about, such as "lease 7, tenant 12". expected: by the twin; found: on the chain."""

    subject: str
    field: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.subject}: {self.field} should be {_told(self.field, self.expected)}, " + (
            f"but the chain says {_told(self.field, self.found)}"
        )


class TwinDisagrees(TwinError):
    """Names every lease, field, expected and found figure."""

    def __init__(self, day: Day, differences: Sequence[Difference]) -> None:
        lines = [str(one) for one in differences[:20]]
        if len(differences) > len(lines):
            lines.append(f"… and {len(differences) - len(lines)} more")
        super().__init__(
            f"On {format_day(day)} the contracts and their twin differ:\n  " + "\n  ".join(lines),
            "One of the two is wrong: please report it with the seed and the scenario.",
        )
        self.day = day
        self.differences = tuple(differences)


def need_same(day: Day, differences: Iterator[Difference]) -> None:
    """Raises TwinDisagrees if there are any."""
    found = list(differences)
    if found:
        raise TwinDisagrees(day, found)


def batches(expected: Settled, found: Settled, names: Mapping[int, str]) -> Iterator[Difference]:
    """What a batch answered and recorded."""
    for want, got in zip(expected.results, found.results, strict=True):
        subject = _lease(want.lease, names)
        yield from _fields(subject, {"code": (want.code, got.code), "amount": (want.amount, got.amount)})
    if expected.lines != found.lines:
        for line in sorted({*expected.lines} ^ {*found.lines}):
            told = f"{line.code.name} {format_money(Money(line.amount))}"
            only = line in expected.lines
            yield Difference(
                f"{_lease(line.lease, names)}, party {line.tenant}",
                "record of the batch",
                told if only else "not there",
                "not there" if only else told,
            )


def pictures(expected: Picture, found: Picture, names: Mapping[int, str]) -> Iterator[Difference]:
    """Everything as of a day."""
    for lease, want in expected.leases.items():
        yield from _leases(_lease(lease, names), want, found.leases[lease])
    for lease, answer in expected.preview.items():
        other = found.preview[lease]
        pairs = {"code": (answer.code, other.code), "amount": (answer.amount, other.amount)}
        yield from _fields(f"{_lease(lease, names)}, preview of a settlement", pairs)
    for party, balance in expected.purses.items():
        yield from _fields(f"wallet of party {party}", {"amount": (balance, found.purses[party])})
    for party in {*expected.owed, *found.owed}:
        pair = (expected.owed.get(party, 0), found.owed.get(party, 0))
        yield from _fields(f"share waiting for party {party}", {"amount": pair})
    sums = zip((*expected.held, *expected.cash), (*found.held, *found.cash), strict=True)
    for name, pair in zip(_SUMS, sums, strict=True):
        yield from _fields(name, {"amount": pair})


def tables(expected: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any]) -> Iterator[Difference]:
    """Figures by name, subject by subject."""
    for subject, want in expected.items():
        yield from _fields(subject, {name: (value, found[subject][name]) for name, value in want.items()})


def _leases(subject: str, want: LeaseFigures, got: LeaseFigures) -> Iterator[Difference]:
    names = [name for name in LeaseFigures._fields if name != "accounts"]
    yield from _fields(subject, {name: (getattr(want, name), getattr(got, name)) for name in names})
    if len(want.accounts) != len(got.accounts):
        yield Difference(subject, "accounts", len(want.accounts), len(got.accounts))
        return
    for index, (mine, other) in enumerate(zip(want.accounts, got.accounts, strict=True)):
        pairs = {name: (getattr(mine, name), getattr(other, name)) for name in AccountFigures._fields}
        yield from _fields(f"{subject}, tenant {index + 1} (party {mine.tenant})", pairs)


def _fields(subject: str, pairs: Mapping[str, tuple[Any, Any]]) -> Iterator[Difference]:
    for name, (want, got) in pairs.items():
        if want != got:
            yield Difference(subject, name, want, got)


def _lease(lease: int, names: Mapping[int, str]) -> str:
    return f"lease {lease} ({names[lease]})" if lease in names else f"lease {lease}"


def _told(field: str, value: Any) -> str:
    if field in _MONEY and isinstance(value, int):
        return f"{format_money(Money(value))} ({value} base units)"
    if isinstance(value, IntEnum):
        return value.name
    return str(value)


@dataclass(slots=True)
class Count:
    """How much was compared and found the same.

    pictures: of everything, one at the start, one after each month."""

    pictures: int = 0
    leases: int = 0
    figures: int = 0
    batches: int = 0

    def add_picture(self, picture: Picture) -> None:
        self.pictures += 1
        self.leases += len(picture.leases)
        accounts = sum(len(one.accounts) for one in picture.leases.values())
        self.figures += accounts * len(AccountFigures._fields)
        self.figures += len(picture.leases) * (len(LeaseFigures._fields) - 1)
        self.figures += 2 * len(picture.preview) + len(picture.purses) + len(_SUMS)

    def add_tables(self, expected: Mapping[str, Mapping[str, Any]]) -> None:
        """Figures by name, subject by subject."""
        self.figures += sum(map(len, expected.values()))

    def as_json(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}
