"""What happened in a month, counted for a person: from the chain's answers, after they were compared."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from commonhold.ops.demo.sides import Picture, Settled
from commonhold.rules.codes import Code
from commonhold.rules.ledger import State
from commonhold.units import Month as MonthNumber
from commonhold.units import format_month


@dataclass(frozen=True, slots=True)
class Month:
    """Money [cmt]. due: rent that fell due; collected: by settlement; paid: by hand.

    owed, late_fees, prepaid, deposits: at the month's end. attempts: leases by the answer of a settlement,
    each attempt counted. amounts: what was discharged, by answer. events: what else happened, in words.
    office: what the manager's office did, in words.
    """

    month: MonthNumber
    due: int
    collected: int
    paid: int
    owed: int
    late_fees: int
    prepaid: int
    deposits: int
    active: int
    attempts: Counter[Code]
    amounts: Counter[Code]
    events: tuple[str, ...]
    office: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Amounts in base units as decimal strings."""
        return {
            "month": format_month(self.month),
            "due": str(self.due),
            "collected": str(self.collected),
            "paid_by_hand": str(self.paid),
            "owed_at_end": str(self.owed),
            "late_fees_owed_at_end": str(self.late_fees),
            "prepaid_at_end": str(self.prepaid),
            "deposits_at_end": str(self.deposits),
            "leases_running": self.active,
            "attempts": {code.name: count for code, count in sorted(self.attempts.items())},
            "discharged": {code.name: str(sum_) for code, sum_ in sorted(self.amounts.items())},
            "events": list(self.events),
            "office": list(self.office),
        }


@dataclass(frozen=True, slots=True)
class FeeMonth:
    """A month of fees [cmt]. due: fell due; collected: by mandate; paid: by hand; the rest at its end."""

    month: int
    due: int
    collected: int
    paid: int
    owed: int
    late_fees: int

    def as_json(self) -> dict[str, str]:
        """Amounts in base units as decimal strings."""
        sums = {"due": self.due, "collected": self.collected, "paid_by_hand": self.paid}
        sums |= {"owed_at_end": self.owed, "late_fees_owed_at_end": self.late_fees}
        return {
            "month": format_month(MonthNumber(self.month)),
            **{name: str(sum_) for name, sum_ in sums.items()},
        }


@dataclass(slots=True)
class Tally:
    """A month as it goes on."""

    month: MonthNumber
    collected: int = 0
    paid: int = 0
    attempts: Counter[Code] = field(default_factory=Counter)
    amounts: Counter[Code] = field(default_factory=Counter)
    events: list[str] = field(default_factory=list)
    office: list[str] = field(default_factory=list)

    def add(self, settled: Settled) -> None:
        """One batch."""
        for answer in settled.results:
            self.attempts[answer.code] += 1
            self.amounts[answer.code] += answer.amount
            self.collected += answer.amount

    def note(self, event: str) -> None:
        if event:
            self.events.append(event)

    def note_office(self, work: str) -> None:
        if work:
            self.office.append(work)

    def close(self, picture: Picture, before: int) -> Month:
        """The month as a whole, with the figures of its last day. before: due when it began [cmt]."""
        accounts = [account for one in picture.leases.values() for account in one.accounts]
        return Month(
            month=self.month,
            due=total_due(picture) - before,
            collected=self.collected,
            paid=self.paid,
            owed=sum(max(0, account.due - account.settled) for account in accounts),
            late_fees=sum(account.late_fees for account in accounts),
            prepaid=sum(account.pot for account in accounts),
            deposits=sum(one.deposit for one in picture.leases.values()),
            active=sum(one.state in _RUNNING for one in picture.leases.values()),
            attempts=self.attempts,
            amounts=self.amounts,
            events=tuple(self.events),
            office=tuple(self.office),
        )


_RUNNING = (State.ACTIVE, State.NOTICE, State.HOLDOVER)


def total_due(picture: Picture) -> int:
    """All principal that has fallen due so far. [cmt]"""
    return sum(account.due for one in picture.leases.values() for account in one.accounts)
