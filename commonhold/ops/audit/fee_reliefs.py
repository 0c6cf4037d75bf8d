"""Credits, reliefs, plans, notices and clearance of property fees under replay.

Amounts and levels [cmt], days [day], months [month], times [unix].
"""

from dataclasses import dataclass
from typing import Any

from commonhold.ops.audit.fee_accounts import FEES, Assumption, FeeAccounts, Notices
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import TOKEN
from commonhold.rules.fee_account import FeeAccount, Plan
from commonhold.rules.fees import BPS

_WAIVE_PRINCIPAL, _WAIVE_FEES, _CREDIT_NOTE = range(3)


@dataclass(slots=True)
class FeeReliefs(FeeAccounts):
    """What takes off or puts off what an account owes."""

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
        self.pay_party(found.party, collected, moment)
        rest = expected[1] - collected
        if rest:
            key = (account, payee)
            self.credits[key] = self.credits.get(key, 0) + rest
            self.debts[payee] = self.debts.get(payee, 0) + rest

    def credit_paid(self, values: tuple[Any, ...], moment: Moment) -> None:
        """Out of what was withheld from the payee, or by somebody's money: his transfer comes next."""
        account, payee, amount = values
        found, id_ = self._known(account, "CreditPaid"), f"account {account}"
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
        self.pay_party(found.party, amount, moment)

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
        if self._known(account, "NoticeServed") is None:
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
