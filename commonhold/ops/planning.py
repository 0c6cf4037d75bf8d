"""Who is due, worked out by the twin from kept figures, without asking a node about every lease.

    found = plan(index.lease_figures(), day)
    found.rows                      # only leases with something due, by id

One scan over the leases in the order in which they come; memory grows with what is due, not with what there
is. Whether a mandate would pay is the token's answer, and is asked only for what is due. Amounts [cmt].
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from commonhold.rules.late import fee_of
from commonhold.rules.ledger import LeaseLedger, State
from commonhold.rules.rent import share_of


class Figures(Protocol):
    """One lease as an index gives it."""

    @property
    def lease(self) -> int:
        """Its id."""

    @property
    def ledger(self) -> LeaseLedger:
        """Its twin."""


class Due(NamedTuple):
    """What one lease owes on a day [cmt]. prepaid: what of it prepaid cash pays; parts: accounts."""

    lease: int
    principal: int
    late_fees: int
    prepaid: int
    parts: int

    @property
    def asked(self) -> int:
        """What the mandates have to bring. [cmt]"""
        return self.principal + self.late_fees - self.prepaid


@dataclass(frozen=True, slots=True)
class Plan:
    """day: for which [day]. leases: how many were looked at."""

    day: int
    leases: int
    rows: tuple[Due, ...]

    @property
    def principal(self) -> int:
        """[cmt]"""
        return sum(row.principal for row in self.rows)

    @property
    def late_fees(self) -> int:
        """[cmt]"""
        return sum(row.late_fees for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """Amounts in base units as decimal strings [cmt]."""
        return {
            "leases": self.leases,
            "due": len(self.rows),
            "principal": str(self.principal),
            "late_fees": str(self.late_fees),
        }


def plan(figures: Iterable[Figures], day: int, wanted: Iterable[int] | None = None) -> Plan:
    """What is due on a day. wanted: only these leases."""
    chosen = None if wanted is None else set(wanted)
    rows, count = [], 0
    for one in figures:
        if chosen is not None and one.lease not in chosen:
            continue
        count += 1
        found = due_of(one.lease, one.ledger, day)
        if found is not None:
            rows.append(found)
    return Plan(day, count, tuple(rows))


def due_of(lease: int, ledger: LeaseLedger, day: int) -> Due | None:
    """What a lease owes on a day; None where a settlement would find nothing to do."""
    if ledger.state > State.HOLDOVER:
        return None
    due, shares = ledger.schedule.due(day), ledger.terms.shares
    principal = late_fees = prepaid = 0
    for index, account in enumerate(ledger.accounts):
        if share_of(shares, index, due) <= account.settled:
            late = fee_of(account.accrual)  # nothing unpaid: nothing grew
            rent = 0
        else:
            touched = ledger.touched(index, day)
            rent, late = touched.principal, touched.late_fees
        principal += rent
        late_fees += late
        prepaid += min(account.pot, rent + late)
    if not principal + late_fees:
        return None
    return Due(lease, principal, late_fees, prepaid, len(ledger.accounts))
