"""Who is due, worked out by the twin from kept figures, without asking a node about every lease.

    found = plan(index.lease_figures(), day)
    found.rows                      # only leases with something due, by id

One scan over the leases in the order in which they come; memory grows with what is due, not with what there
is. Whether a mandate would pay is the token's answer, and is asked only for what is due. Amounts [cmt].
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from commonhold.chain.connect import Connection
from commonhold.chain.contracts import Suite
from commonhold.errors import ChainError, TwinError
from commonhold.index import At, Index
from commonhold.ops.settle import Row, preview
from commonhold.rules.calendar import day_of
from commonhold.rules.late import accrue, fee_of
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
    schedule, terms, shares = ledger.schedule, ledger.terms, ledger.terms.shares
    due, rate = schedule.due(day), terms.late_fee_rate
    grace, most = terms.grace_days, terms.late_fee_max_days
    principal = late_fees = prepaid = 0
    for index, account in enumerate(ledger.accounts):
        rent = max(0, share_of(shares, index, due) - account.settled)
        accrual = account.accrual
        if rent and rate:  # where nothing is unpaid, nothing grew
            covered, window = account.settled + account.pot, (account.day, day)
            accrual += accrue(schedule, shares, index, covered, *window, grace, rate, most)
        late = fee_of(accrual)
        principal += rent
        late_fees += late
        prepaid += min(account.pot, rent + late)
    if not principal + late_fees:
        return None
    return Due(lease, principal, late_fees, prepaid, len(ledger.accounts))


# ---- from an index, beside the contract


def same_block(connection: Connection, at: At) -> None:
    """Raises ChainError where the node has another block in the place of the index's."""
    newest = connection.block_number()
    if at.block > newest or connection.block(at.block).hash != at.hash:
        raise ChainError(
            f"The index stands at block {at.block} ({at.hash}), which the node does not have.",
            "`commonhold index update` follows the node's chain.",
        )


def preview_planned(suite: Suite, index: Index, *, every: bool = False) -> tuple[At, Plan, list[Row]]:
    """What is due by the index, and what the contract would answer for it at the index's block: the node is
    asked for what is due alone. every: for all leases. Raises TwinError where the two differ."""
    at = index.at()
    same_block(suite.connection, at)
    found = plan(index.lease_figures(), day_of(at.time, suite.utc_offset))
    ids = None if every else [row.lease for row in found.rows]
    rows = preview(suite, ids, block=at.block, every=every)
    told = {row.lease: (row.principal, row.late_fees) for row in rows if row.principal + row.late_fees}
    for due in found.rows:
        rent, late = told.get(due.lease, (0, 0))
        if (rent, late) != (due.principal, due.late_fees):
            raise TwinError(
                f"Lease {due.lease} at block {at.block}: rent due by the index {due.principal}, by contract "
                f"{rent}; late fees {due.late_fees} and {late}.",
                "`commonhold index verify` names what is wrong; `commonhold audit` proves the contracts.",
            )
    return at, found, rows
