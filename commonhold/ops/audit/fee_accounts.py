"""What PropertyFee's books hold, how they are looked at, and how money and outcomes leave them.

Amounts and levels [cmt], days [day], months [month], times [unix].
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import NOBODY, Moment
from commonhold.ops.audit.money import TokenBook
from commonhold.ops.audit.outcomes import InTime, Late, tell
from commonhold.ops.audit.parties import PartyBook
from commonhold.ops.audit.payer import Payer
from commonhold.ops.audit.tariffs import TariffRows
from commonhold.ops.audit.units import UnitBook
from commonhold.rules.calendar import month_of
from commonhold.rules.fee_account import FeeAccount
from commonhold.rules.fees import BPS
from commonhold.rules.history import Kind, Overdue
from commonhold.rules.shares import Outgo

FEES: Final = "PropertyFee"
_AHEAD: Final = ("AccountClosed", "ReliefGranted", "DebtTakenOver")  # told last, found first


@dataclass(slots=True)
class Notices:
    """Of one account. target: the level that was noticed, None for a broken plan."""

    target: int | None
    days: list[int]


@dataclass(slots=True)
class Assumption:
    """What a buyer takes over."""

    seller: int  # party
    buyer: int  # party
    most: int  # [cmt]
    until: int  # [unix]


@dataclass(slots=True)
class FeeAccounts(Payer):
    """All fee accounts by id."""

    NAME: ClassVar[str] = FEES

    findings: Findings
    address: str
    token: TokenBook
    parties: PartyBook
    units: UnitBook
    tariffs: TariffRows
    accounts: dict[int, FeeAccount] = field(default_factory=dict)
    latest: dict[tuple[int, int], int] = field(default_factory=dict)  # by unit and category
    credits: dict[tuple[int, int], int] = field(default_factory=dict)  # by account and payee [cmt]
    debts: dict[int, int] = field(default_factory=dict)  # by payee [cmt]
    withheld: dict[int, int] = field(default_factory=dict)  # by payee [cmt]
    owed: Outgo = field(default_factory=Outgo)  # [cmt by party]
    waived: dict[int, tuple[int, int]] = field(default_factory=dict)  # by month [cmt]
    notices: dict[int, Notices] = field(default_factory=dict)
    assumptions: dict[int, Assumption] = field(default_factory=dict)  # by unit
    paused_until: int = 0  # [unix]
    further: tuple[str, str, int] = (NOBODY, NOBODY, 0)  # clearing contract: now, next, from when [unix]
    acts: dict[str, Callable[[tuple[Any, ...], Moment], None]] = field(default_factory=dict)  # by event

    # ---------------------------------------------------------------- look

    @property
    def held(self) -> int:
        """All pots, all shares that wait, all that is withheld. [cmt]"""
        pots = sum(account.pot for account in self.accounts.values())
        return pots + sum(self.owed.values()) + sum(self.withheld.values())

    def look(self, account: int, day: int) -> FeeAccount:
        """A copy of an account brought to a day."""
        return self._brought(replace(self.accounts[account]), day)

    def _brought(self, found: FeeAccount, day: int) -> FeeAccount:
        category, tariff = self.tariffs.categories[found.number], self.tariffs.tariffs[found.number]
        found.terms = replace(found.terms, category=category, tariff=tariff)
        found.bring(day)
        return found

    def open_of_unit(self, unit: int, day: int) -> int:
        """All that the accounts of a unit owe. [cmt]"""
        return sum(self.look(id_, day).owing for id_, one in self.accounts.items() if one.unit == unit)

    def _known(self, account: int, event: str) -> FeeAccount | None:
        found = self.accounts.get(account)
        if found is None:
            self.findings.differ(FEES, f"account {account}", event, "opened before", "no log")
        return found

    def _account(self, account: int, event: str, moment: Moment) -> FeeAccount | None:
        found = self._known(account, event)
        if found is None:
            return None
        self._note_plan(found, moment)
        return self._brought(found, moment.day)

    # ---------------------------------------------------------------- money out

    def _route(self, number: int, amount: int, moment: Moment) -> None:
        """To the payee, less the manager's part, less what the payee owes to others."""
        if not amount:
            return
        category = self.tariffs.categories[number]
        to_manager = amount * category.manager_bps // BPS
        moment.purpose("commission", "category", number)
        self.pay_party(category.manager, to_manager, moment)
        amount -= to_manager
        kept = min(self.debts.get(category.payee, 0), amount)
        if kept:
            self.debts[category.payee] -= kept
            self.withheld[category.payee] = self.withheld.get(category.payee, 0) + kept
            wanted = moment.scratch.setdefault("withheld", {})
            wanted[category.payee] = wanted.get(category.payee, 0) + kept
        moment.purpose("fee", "category", number)
        self.pay_party(category.payee, amount - kept, moment)

    def _report(self, found: FeeAccount, moment: Moment) -> None:
        """What the account tells the credit history of this call."""
        for month, due_day, on_time, neutral in found.outcomes:
            if on_time:
                tell(moment, InTime(FEES, Kind.FEES, month_of(due_day), found.party))
            else:
                obligation = found.id << 16 | month
                tell(moment, Late(FEES, Kind.FEES, obligation, found.party, due_day, moment.day, neutral))
        found.outcomes = []

    def overdue(self, obligation: int, moment: Moment) -> Overdue | None:
        """One month of an account as an obligation; None if there is none."""
        account, month = obligation >> 16, obligation & 0xFFFF
        if account not in self.accounts:
            return None
        found = self.look(account, moment.day)
        terms = found.terms
        if month < terms.first or (terms.last is not None and month > terms.last):
            return None
        due = terms.due_day(month)
        open_ = 0 if found.assumed else found.open_of(month)
        return Overdue(Kind.FEES, found.party, due, due + terms.category.grace_days, open_)

    def _finish(self, found: FeeAccount, moment: Moment) -> None:
        """The end of a call: prepaid cash that was used is told, and shares go out."""
        self._report(found, moment)
        if found.released:
            moment.announce(FEES, "Settled", f"account {found.id}", "amount", found.released)
        self._route(found.number, found.principal + found.fees, moment)

    def _note_plan(self, found: FeeAccount, moment: Moment) -> None:
        moment.scratch.setdefault("plans", {}).setdefault(found.id, found.plan)

    def close_moment(self, moment: Moment) -> None:
        """What a settlement forwards by category, and the events of plans and withheld shares."""
        for number, amount in moment.scratch.get("fee run", {}).items():
            self._route(number, amount, moment)
        self._compare_sums("ShareWithheld", "withheld", moment)
        for account, before in moment.scratch.get("plans", {}).items():
            after, id_ = self.accounts[account].plan, f"account {account}"
            broken = after.broken_day if before.broken_day != after.broken_day else 0
            kept = after != before and after.total > 0 and after.left == 0 and not after.broken_day
            told = moment.scratch.get(("plan broken", account), (0, 0))
            self._check(id_, "PlanBroken (day, rest)", (broken, before.left if broken else 0), told)
            self._check(id_, "PlanKept", kept, ("plan kept", account) in moment.scratch)

    def _compare_sums(self, event: str, key: str, moment: Moment) -> None:
        wanted, told = moment.scratch.get(key, {}), moment.scratch.get(key + " told", {})
        for party in {**wanted, **told}:
            self._check(f"party {party}", f"{event}.amount", wanted.get(party, 0), told.get(party, 0))

    def _check(self, id_: str, name: str, expected: Any, found: Any) -> None:
        self.findings.check(FEES, id_, name, expected, found)

    # ---------------------------------------------------------------- acts that are told last

    def _ahead(self, account: int, moment: Moment) -> None:
        """Does the act of this transaction that stands behind an event of the account, unless it is done."""
        for log in moment.logs:
            if log.contract == FEES and log.event in _AHEAD and log.values[0] == account:
                self._act(log.event, log.values, moment)

    def _act(self, event: str, values: tuple[Any, ...], moment: Moment) -> None:
        key = ("done", event, values)
        if key not in moment.scratch:
            moment.scratch[key] = True
            self.acts[event](values, moment)
