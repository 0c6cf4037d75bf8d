"""PropertyFee replayed: every account by its twin, every event against what the twin says is due that day.

Some calls tell what they did before they tell what they are: a closing pays credits back before its own
event comes. Such an act is found ahead among the logs of its transaction and done by the twin at the first
of its events. Amounts and levels [cmt], days [day], months [month].
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from commonhold.ops.audit.answers import fitting
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import NOBODY, Moment
from commonhold.ops.audit.money import TOKEN, Handler, TokenBook
from commonhold.ops.audit.outcomes import InTime, Late, tell
from commonhold.ops.audit.parties import PartyBook
from commonhold.ops.audit.tariffs import TariffRows
from commonhold.ops.audit.units import UnitBook
from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.fee_account import NO_PLAN, FeeAccount, Plan
from commonhold.rules.fees import BPS, FeeTerms
from commonhold.rules.history import Kind, Overdue
from commonhold.rules.shares import Outgo
from commonhold.rules.tariff import CategoryKind, Tariff

FEES: Final = "PropertyFee"
_FLAT_SIZE: Final = 100
_AHEAD: Final = ("AccountClosed", "ReliefGranted", "DebtTakenOver")  # told last, found first
_WAIVE_PRINCIPAL, _WAIVE_FEES, _CREDIT_NOTE = range(3)


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
class FeeRows:
    """All fee accounts by id."""

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
    acts: dict[str, Callable[[tuple[Any, ...], Moment], None]] = field(init=False)

    def __post_init__(self) -> None:
        self.acts = {
            "AccountClosed": self._close,
            "ReliefGranted": self._relieve,
            "DebtTakenOver": self._take_over,
        }

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "AccountOpened": self.opened,
            "AccountClosed": self.closed,
            "Settled": self.settled,
            "FeePaid": self.fee_paid,
            "PrepaymentRefunded": self.refunded,
            "PrepaymentMoved": self.moved,
            "CreditDue": self.credit_due,
            "CreditPaid": self.credit_paid,
            "ShareWithheld": self.share_withheld,
            "ShareHeld": self.share_held,
            "OwedWithdrawn": self.owed_withdrawn,
            "ReliefGranted": self.relief_granted,
            "PlanAgreed": self.plan_agreed,
            "PlanBroken": self.plan_broken,
            "PlanKept": self.plan_kept,
            "NoticeServed": self.notice_served,
            "ClearanceGiven": self.clearance_given,
            "DebtAssumption": self.debt_assumption,
            "DebtTakenOver": self.debt_taken_over,
            "PausedUntil": self.paused,
            "FurtherClearanceSet": self.further_set,
        }

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

    def _account(self, account: int, event: str, moment: Moment) -> FeeAccount | None:
        found = self.accounts.get(account)
        if found is None:
            self.findings.differ(FEES, f"account {account}", event, "opened before", "no log")
            return None
        self._note_plan(found, moment)
        return self._brought(found, moment.day)

    # ---------------------------------------------------------------- money out

    def _pay(self, party: int, amount: int, moment: Moment) -> None:
        self.owed.add(party, self.parties.pay(FEES, party, amount, moment))

    def _route(self, number: int, amount: int, moment: Moment) -> None:
        """To the payee, less the manager's part, less what the payee owes to others."""
        if not amount:
            return
        category = self.tariffs.categories[number]
        to_manager = amount * category.manager_bps // BPS
        moment.purpose("commission", "category", number)
        self._pay(category.manager, to_manager, moment)
        amount -= to_manager
        kept = min(self.debts.get(category.payee, 0), amount)
        if kept:
            self.debts[category.payee] -= kept
            self.withheld[category.payee] = self.withheld.get(category.payee, 0) + kept
            wanted = moment.scratch.setdefault("withheld", {})
            wanted[category.payee] = wanted.get(category.payee, 0) + kept
        moment.purpose("fee", "category", number)
        self._pay(category.payee, amount - kept, moment)

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

    # ---------------------------------------------------------------- accounts

    def opened(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, unit, party, number, size, share, start, until, open_day, level = values
        id_, category = f"account {account}", self.tariffs.categories[number]
        self._check(id_, "id", len(self.accounts) + 1, account)
        flat = category.kind == CategoryKind.FLAT
        area = self.units.units[unit].area if unit in self.units.units else 0
        self._check(id_, "AccountOpened.size", _FLAT_SIZE if flat else area, size)
        if share != BPS:
            self._check(id_, "AccountOpened.share", BPS - category.vacancy_bps, share)
        expected = max(moment.day, start)
        self._check(id_, "AccountOpened.openDay", expected, open_day)
        terms = FeeTerms(
            category=category,
            tariff=self.tariffs.tariffs.get(number, Tariff()),
            size=size,
            share=share,
            from_day=start,
            open_day=expected,
            until_day=until,
            end_due=max(until - 1, expected) if until else 0,
        )
        self._check(id_, "AccountOpened.level", terms.begin, level)
        self.accounts[account] = FeeAccount(
            account, unit, number, party, terms, terms.begin, expected, vacant=share != BPS, day=moment.day
        )
        self.latest[unit, number] = account

    def closed(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, unit, party, until, closed_on, principal, late_fees, pot, level = values
        self._act("AccountClosed", values, moment)
        found, id_ = self.accounts.get(account), f"account {account}"
        if found is None:
            return
        self._check(id_, "AccountClosed.unit", found.unit, unit)
        self._check(id_, "AccountClosed.party", found.party, party)
        self._check(id_, "AccountClosed.untilDay", found.terms.until_day, until)
        self._check(id_, "AccountClosed.closedOn", moment.day, closed_on)
        self._check(id_, "AccountClosed.principal", found.open, principal)
        self._check(id_, "AccountClosed.lateFees", found.late_fees, late_fees)
        self._check(id_, "AccountClosed.pot", found.pot, pot)
        self._check(id_, "AccountClosed.level", found.level, level)
        self._route(found.number, found.principal + found.fees, moment)
        found.principal = found.fees = 0

    def _close(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, until = values[0], values[3]
        found = self._account(account, "AccountClosed", moment)
        if found is None:
            return
        credit, gift = found.end(until)
        if credit + gift:
            self._give_back(found, credit, gift, moment)
        found.use_pot()
        found.use_pot_for_fees()
        if found.ended and found.pot:
            following = self._follower(account, moment)
            if following is None:
                moment.announce(FEES, "PrepaymentRefunded", f"account {account}", "amount", found.pot)
                moment.purpose("refund", "account", account)
                self._pay(found.party, found.pot, moment)
            else:
                moment.announce(
                    FEES, "PrepaymentMoved", f"account {account}", "amount", (following, found.pot)
                )
            found.pot = 0
        self._report(found, moment)
        if found.released:
            moment.announce(FEES, "Settled", f"account {account}", "amount", found.released)

    def _follower(self, account: int, moment: Moment) -> int | None:
        """The next account of the same party, if the call opens one."""
        party = self.accounts[account].party
        for log in moment.logs:
            if log.contract == FEES and log.event == "AccountFollowed" and log.values[0] == account:
                following: int = log.values[1]
                same = any(
                    one.event == "AccountOpened" and one.values[0] == following and one.values[2] == party
                    for one in moment.logs
                    if one.contract == FEES
                )
                return following if same else None
        return None

    def moved(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, following, amount = values
        moment.meet(FEES, "PrepaymentMoved", f"account {account}", "amount", (following, amount))
        if following in self.accounts:
            self.accounts[following].pot += amount

    # ---------------------------------------------------------------- credits

    def _give_back(self, found: FeeAccount, credit: int, gift: int, moment: Moment) -> None:
        """Set off against late fees and plan; then out of what this call would forward; what is left is
        collected from the payee, or his debt."""
        fees = min(found.late_fees, credit)
        found.accrual -= fees * BPS
        part = min(found.plan.left, credit - fees)
        found.pay_plan(part)
        left = credit - fees - part
        kept = min(left, found.principal)
        found.principal -= kept
        moment.scratch["credit", found.id] = (fees + part, left, gift, kept)

    def credit_due(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, payee, set_off, collected, debt, gift = values
        self._ahead(account, moment)
        found, id_ = self.accounts.get(account), f"account {account}"
        expected = moment.scratch.pop(("credit", account), None)
        if found is None or expected is None:
            self.findings.differ(FEES, id_, "CreditDue", "no log", set_off + collected + debt + gift)
            return
        self._check(id_, "CreditDue.payee", self.tariffs.categories[found.number].payee, payee)
        self._check(id_, "CreditDue.setOff", expected[0], set_off)
        self._check(id_, "CreditDue.collected + debt", expected[1], collected + debt)
        self._check(id_, "CreditDue.gift", expected[2], gift)
        kept = expected[3]
        if collected < kept:
            self.findings.differ(FEES, id_, "CreditDue.collected", f"at least {kept}", collected)
        moment.purpose("fee_credit", "account", account)
        moment.take(FEES, self.parties.wallet(payee), max(0, collected - kept))
        self._pay(found.party, collected, moment)
        rest = expected[1] - collected
        if rest:
            key = (account, payee)
            self.credits[key] = self.credits.get(key, 0) + rest
            self.debts[payee] = self.debts.get(payee, 0) + rest

    def credit_paid(self, values: tuple[Any, ...], moment: Moment) -> None:
        """Out of what was withheld from the payee, or by somebody's money: his transfer comes next."""
        account, payee, amount = values
        found, id_ = self.accounts.get(account), f"account {account}"
        if found is None:
            return
        credit = self.credits.get((account, payee), 0)
        pulled = any(
            log.contract == TOKEN and log.event == "Transfer" and log.values[1] == self.address
            for log in moment.logs
        )
        left = self.debts if pulled else self.withheld
        most = min(credit, left.get(payee, 0))
        moment.purpose("fee_credit", "account", account)
        if pulled:
            moment.take_from_somebody(FEES, amount)
            if amount > most:
                self.findings.differ(FEES, id_, "CreditPaid.amount", f"at most {most}", amount)
        else:
            self._check(id_, "CreditPaid.amount", most, amount)
        self.credits[account, payee] = credit - amount
        left[payee] = left.get(payee, 0) - amount
        self._pay(found.party, amount, moment)

    # ---------------------------------------------------------------- pay and settle

    def fee_paid(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, party, payer, principal, late_fees, prepaid, reduction, level = values
        found = self._account(account, "FeePaid", moment)
        if found is None:
            return
        id_ = f"account {account}"
        before = (found.principal, found.fees, found.reduction)
        total = principal + late_fees + prepaid
        rest = total - found.discharge(total, prepaid=False)
        rest -= found.pay_fees(rest)
        room = found.room()
        if rest > room:
            self.findings.differ(FEES, id_, "FeePaid.prepaid", f"at most {room}", rest)
        if rest and found.plan.left:
            found.pay_plan(rest)
            found.principal += rest
            rest = 0
        found.pot += rest
        self._check(id_, "FeePaid.party", found.party, party)
        self._check(id_, "FeePaid.principal", found.principal - before[0], principal)
        self._check(id_, "FeePaid.lateFees", found.fees - before[1], late_fees)
        self._check(id_, "FeePaid.prepaid", rest, prepaid)
        self._check(id_, "FeePaid.reduction", found.reduction - before[2], reduction)
        self._check(id_, "FeePaid.level", found.level, level)
        moment.purpose("fee", "account", account)
        moment.pull(FEES, payer, ("fee", principal), ("late_fee", late_fees), ("prepaid", prepaid))
        self._finish(found, moment)

    def refunded(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, party, amount = values
        self._ahead(account, moment)
        id_ = f"account {account}"
        if moment.awaits(FEES, "PrepaymentRefunded", id_, "amount"):
            moment.meet(FEES, "PrepaymentRefunded", id_, "amount", amount)
            self._check(id_, "PrepaymentRefunded.party", self.accounts[account].party, party)
            return
        found = self._account(account, "PrepaymentRefunded", moment)
        if found is None:
            return
        self._check(id_, "PrepaymentRefunded.party", found.party, party)
        if amount > found.pot:
            self.findings.differ(FEES, id_, "PrepaymentRefunded.amount", f"at most {found.pot}", amount)
        found.pot -= amount
        self._finish(found, moment)
        moment.purpose("refund", "account", account)
        self._pay(found.party, amount, moment)

    def settled(self, values: tuple[Any, ...], moment: Moment) -> None:
        """Of a settlement, or of another act that used prepaid cash."""
        account, party, code, amount = values
        self._ahead(account, moment)
        id_ = f"account {account}"
        if moment.awaits(FEES, "Settled", id_, "amount"):
            moment.meet(FEES, "Settled", id_, "amount", amount)
            self._check(id_, "Settled.code", int(Code.COLLECTED), code)
            return
        found = self._account(account, "Settled", moment)
        if found is None:
            return
        self._check(id_, "Settled.party", found.party, party)
        asked, fees = found.price(), found.late_fees
        most = found.released + asked + fees
        if not most or not found.released <= amount <= most:
            self.findings.differ(FEES, id_, "Settled.amount", f"{found.released} to {most}", amount)
        got = max(0, min(amount, most) - found.released)
        part = found.discharge(min(got, asked), prepaid=False) if asked else 0
        late = found.pay_fees(got - part)
        wallet, collected = self.parties.wallet(found.party), amount - found.released
        late_part = min(late, collected)
        moment.purpose("fee", "account", account)
        moment.take(FEES, wallet, collected - late_part)
        moment.purpose("late_fee", "account", account)
        moment.take(FEES, wallet, late_part)
        self._report(found, moment)
        run = moment.scratch.setdefault("fee run", {})
        run[found.number] = run.get(found.number, 0) + found.principal + found.fees
        other = found.released + asked > 0
        allowed = self._codes(found, (asked - part, part), (fees - late, late), other, moment)
        if code not in allowed:
            names = " or ".join(sorted(one.name for one in allowed))
            self.findings.differ(FEES, id_, "Settled.code", names, code)

    def _codes(
        self,
        found: FeeAccount,
        rent: tuple[int, int],
        fees: tuple[int, int],
        other: bool,
        moment: Moment,
    ) -> set[Code]:
        """Which codes fit: rent and fees are (open, collected) of what was asked of the mandate. [cmt]"""
        if not rent[0] and not fees[0]:
            return {Code.COLLECTED}
        if not rent[0] and other:
            return {Code.RENT_ONLY}
        left, got = rent if rent[0] else fees
        wallet = self.parties.wallet(found.party)
        return fitting(self.token, wallet, self.address, left, got, moment)

    # ---------------------------------------------------------------- relief, plans, notices

    def _relieve(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, kind, month, amount, level, _, _ = values
        found = self._account(account, "ReliefGranted", moment)
        if found is None:
            return
        id_ = f"account {account}"
        self._check(id_, "ReliefGranted.month", moment.month, month)
        if kind > _CREDIT_NOTE:
            self.findings.differ(FEES, id_, "ReliefGranted.kind", f"at most {_CREDIT_NOTE}", kind)
        most = found.late_fees if kind == _WAIVE_FEES else found.open
        most += found.level - found.terms.begin if kind == _CREDIT_NOTE else 0
        if amount > most:
            self.findings.differ(FEES, id_, "ReliefGranted.amount", f"at most {most}", amount)
            amount = most
        if kind == _WAIVE_FEES:
            found.accrual -= amount * BPS
        else:
            part = min(amount, found.open)
            found.forgive(part)
            if kind == _CREDIT_NOTE and amount > part:
                self._give_back(found, amount - part, 0, moment)
        waived = self.waived.get(moment.month, (0, 0))
        rent = amount if kind == _WAIVE_PRINCIPAL else 0
        fees = amount if kind == _WAIVE_FEES else 0
        self.waived[moment.month] = (waived[0] + rent, waived[1] + fees)
        self._check(id_, "ReliefGranted.level", found.level, level)

    def relief_granted(self, values: tuple[Any, ...], moment: Moment) -> None:
        self._act("ReliefGranted", values, moment)
        found = self.accounts.get(values[0])
        if found is not None:
            if moment.scratch.pop(("credit", found.id), None):
                self.findings.differ(FEES, f"account {found.id}", "CreditDue", "told", "no log")
            self._finish(found, moment)

    def plan_agreed(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, party, total, count, first_day, level = values
        found = self._account(account, "PlanAgreed", moment)
        if found is None:
            return
        id_ = f"account {account}"
        self._check(id_, "PlanAgreed.party", found.party, party)
        self._check(id_, "PlanAgreed.sum", found.open, total)
        found.plan = Plan(found.level, found.open, 0, first_day, count)
        moment.scratch["plans"][account] = found.plan
        found.level = found.due
        self._check(id_, "PlanAgreed.level", found.level, level)
        self._finish(found, moment)

    def plan_broken(self, values: tuple[Any, ...], moment: Moment) -> None:
        moment.scratch["plan broken", values[0]] = (values[1], values[2])

    def plan_kept(self, values: tuple[Any, ...], moment: Moment) -> None:
        moment.scratch["plan kept", values[0]] = True

    def stage(self, account: int, found: FeeAccount) -> list[int]:
        """The days of the notices that the present arrears have had."""
        notices = self.notices.get(account)
        if notices is None:
            return []
        if notices.target is None:
            unpaid = bool(found.plan.broken_day and found.plan.left)
        else:
            unpaid = found.level < notices.target
        return notices.days if unpaid else []

    def notice_served(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, stage, day, principal, late_fees, _ = values
        if account not in self.accounts:
            return
        found, id_ = self.look(account, moment.day), f"account {account}"
        reached = self.stage(account, found)
        self._check(id_, "NoticeServed.stage", len(reached) + 1, stage)
        self._check(id_, "NoticeServed.day", moment.day, day)
        self._check(id_, "NoticeServed.principal", found.open, principal)
        self._check(id_, "NoticeServed.lateFees", found.late_fees, late_fees)
        if reached:
            self.notices[account].days = [*reached, moment.day]
            return
        broken = bool(found.plan.broken_day and found.plan.left)
        grace = found.terms.category.grace_days
        late = found.terms.level(found.terms.last_due(moment.day - grace - 1))
        self.notices[account] = Notices(None if broken else late, [moment.day])

    # ---------------------------------------------------------------- clearance

    def clearance_given(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, day = values
        self._check(f"unit {unit}", "ClearanceGiven.day", moment.day, day)
        self._check(f"unit {unit}", "open at clearance", 0, self.open_of_unit(unit, moment.day))

    def debt_assumption(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, seller, buyer, most, until = values
        self.assumptions[unit] = Assumption(seller, buyer, most, until)

    def _take_over(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, seller, buyer, amount = values
        found = self._account(account, "DebtTakenOver", moment)
        if found is None:
            return
        id_, assumed = f"account {account}", self.assumptions.get(found.unit)
        self._check(id_, "DebtTakenOver.fromParty", found.party, seller)
        self._check(id_, "DebtTakenOver.amount", found.owing, amount)
        expected = assumed.buyer if assumed is not None else "no log"
        self._check(id_, "DebtTakenOver.toParty", expected, buyer)
        if assumed is not None:
            assumed.most -= found.owing
        self._finish(found, moment)
        found.party, found.assumed = buyer, True

    def debt_taken_over(self, values: tuple[Any, ...], moment: Moment) -> None:
        self._act("DebtTakenOver", values, moment)

    # ---------------------------------------------------------------- shares that wait

    def share_withheld(self, values: tuple[Any, ...], moment: Moment) -> None:
        told = moment.scratch.setdefault("withheld told", {})
        told[values[0]] = told.get(values[0], 0) + values[1]

    def share_held(self, values: tuple[Any, ...], moment: Moment) -> None:
        moment.held_back(FEES, *values)

    def owed_withdrawn(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, amount = values
        expected = self.owed.pop(party, 0)
        self._check(f"party {party}", "OwedWithdrawn.amount", expected, amount)
        moment.purpose("share_withdrawn", "party", party)
        self._pay(party, expected, moment)

    def paused(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.paused_until = values[0]

    def further_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        clearance, effective = values
        self.further = (self.clearing(moment.time), clearance, effective)

    def clearing(self, time: int) -> str:
        """The other contract that must clear a transfer. [unix]"""
        present, following, effective = self.further
        return present if time < effective else following


__all__ = ["FEES", "NO_PLAN", "FeeRows"]
