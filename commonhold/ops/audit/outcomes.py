"""What reporters tell the credit history, noted by the books for the end of each transaction.

Days [day], months [month]. A reporter is known by the name of its contract.
"""

from dataclasses import dataclass
from typing import Final

from commonhold.ops.audit.moment import Moment
from commonhold.rules.history import Kind

_KEY: Final = "outcomes"


@dataclass(frozen=True, slots=True)
class InTime:
    """An obligation discharged by its due day and grace. It leaves no log of its own."""

    reporter: str
    kind: Kind
    month: int
    party: int


@dataclass(frozen=True, slots=True)
class Late:
    """An obligation discharged after it, or given up."""

    reporter: str
    kind: Kind
    obligation: int
    party: int
    due_day: int
    day: int
    waived: bool


@dataclass(frozen=True, slots=True)
class Default:
    """A default declared after notice and cure."""

    reporter: str
    obligation: int
    party: int
    day: int


@dataclass(frozen=True, slots=True)
class Provided:
    """Something in the record of a landlord or manager."""

    reporter: str
    party: int
    month: int
    lane: int


Told = InTime | Late | Default | Provided


def tell(moment: Moment, outcome: Told) -> None:
    """A book notes what its contract reports."""
    moment.scratch.setdefault(_KEY, []).append(outcome)


def told(moment: Moment) -> list[Told]:
    """All that was noted in a transaction, in order."""
    found: list[Told] = moment.scratch.get(_KEY, [])
    return found
