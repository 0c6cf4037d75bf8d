"""What BillRuns' books hold, how they are looked at, and how money and outcomes leave them.

Amounts [cmt], days [day], times [unix].
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import TokenBook
from commonhold.ops.audit.outcomes import InTime, Late, tell
from commonhold.ops.audit.parties import PartyBook
from commonhold.ops.audit.payer import Payer
from commonhold.ops.audit.tariffs import TariffRows
from commonhold.ops.audit.units import UnitBook
from commonhold.rules.billbook import (
    IssuedBill,
    RunTerms,
    manager_part,
)
from commonhold.rules.bills import unit_of
from commonhold.rules.history import Kind, Overdue
from commonhold.rules.shares import Outgo

BILLS: Final = "BillRuns"
POSTED, APPROVED, DROPPED = 1, 2, 3  # states of a run
ISSUED, PAID_AT_ONCE = 1, 2  # states of a bill


@dataclass(slots=True)
class Run:
    """One run. count, total: as approved; used, charged: of its bills that are on the books [cmt]."""

    terms: RunTerms
    root: str
    count: int
    total: int
    state: int = POSTED
    used: int = 0
    charged: int = 0


@dataclass(slots=True)
class BillBook(Payer):
    """All runs, and all bills that are on the books."""

    NAME: ClassVar[str] = BILLS

    findings: Findings
    address: str
    chain_id: int
    token: TokenBook
    parties: PartyBook
    units: UnitBook
    tariffs: TariffRows
    runs: dict[int, Run] = field(default_factory=dict)
    bills: dict[int, IssuedBill] = field(default_factory=dict)  # by key
    run_of: dict[int, int] = field(default_factory=dict)  # by key
    at_once: set[int] = field(default_factory=set)  # keys
    adjustments: dict[str, tuple[str, int]] = field(default_factory=dict)  # maker, last day
    adjusted: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # by month [cmt]
    clearances: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # last run, day
    owed: Outgo = field(default_factory=Outgo)  # [cmt by party]
    paused_until: int = 0  # [unix]
    retired: bool = False

    # ---------------------------------------------------------------- look

    @property
    def held(self) -> int:
        """All shares that wait. [cmt]"""
        return sum(self.owed.values())

    def open_bills(self, unit: int, party: int) -> int:
        """Bills of a unit that a party has not paid, as they were at their last change."""
        return sum(
            1
            for key, bill in self.bills.items()
            if unit_of(key) == unit and bill.party == party and bill.owing
        )

    def overdue(self, obligation: int, moment: Moment) -> Overdue | None:
        """A bill as an obligation; None if it is not on the books."""
        kept = self.bills.get(obligation)
        if kept is None:
            return None
        bill = kept.at(moment.day)
        last = max(bill.dispute_until, bill.last_on_time)
        return Overdue(Kind.FEES, bill.party, bill.due_day, last, bill.open - bill.disputed)

    def _check(self, id_: str, name: str, expected: Any, found: Any) -> None:
        self.findings.check(BILLS, id_, name, expected, found)

    def _touch(self, key: int, event: str, moment: Moment) -> IssuedBill | None:
        """A bill brought to today, to be kept; what silence did is told with it."""
        kept = self.bills.get(key)
        if kept is None:
            self.findings.differ(BILLS, f"bill {key:#x}", event, "issued before", "no log")
            return None
        if kept.dispute_until and moment.day > kept.dispute_until:
            found = kept.at(moment.day)
            moment.scratch["lapsed", key] = (kept.disputed, found.last_on_time)
        else:
            found = kept.at(moment.day)
        moment.scratch.setdefault("bills", {}).setdefault(key, (kept.open, False))
        self.bills[key] = found
        return found

    def _by_money(self, key: int, principal: int, moment: Moment) -> None:
        if principal:
            moment.scratch["bills"][key] = (moment.scratch["bills"][key][0], True)

    def close_moment(self, moment: Moment) -> None:
        """The one outcome of every bill whose principal was discharged, and what silence did."""
        for key, (before, by_money) in moment.scratch.get("bills", {}).items():
            bill = self.bills[key]
            expected = moment.scratch.get(("lapsed", key))
            told = moment.scratch.get(("lapse told", key))
            if expected or told:
                self._check(f"bill {key:#x}", "DisputeDecided by silence", expected, told)
            if not before or bill.open:
                continue
            outcome = bill.outcome(by_money)
            if outcome.on_time:
                tell(moment, InTime(BILLS, Kind.FEES, outcome.month, outcome.party))
            else:
                late = (outcome.key, outcome.party, outcome.due_day, outcome.day, outcome.waived)
                tell(moment, Late(BILLS, Kind.FEES, *late))

    # ---------------------------------------------------------------- money

    def _share(self, terms: RunTerms, principal: int, fees: int, moment: Moment) -> None:
        part, number = manager_part(principal, terms.manager_bps), terms.category
        moment.purpose("bill", "category", number)
        self.pay_party(terms.payee, principal - part, moment)
        moment.purpose("late_fee", "category", number)
        self.pay_party(terms.payee, fees, moment)
        moment.purpose("commission", "category", number)
        self.pay_party(terms.manager, part, moment)
