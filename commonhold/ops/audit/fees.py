"""PropertyFee replayed: every account by its twin, every event against what the twin says is due that day.

Some calls tell what they did before they tell what they are: a closing pays credits back before its own
event comes. Such an act is found ahead among the logs of its transaction and done by the twin at the first
of its events. Amounts and levels [cmt], days [day], months [month].
"""

from dataclasses import dataclass
from typing import Any, Final

from commonhold.ops.audit.answers import fitting
from commonhold.ops.audit.fee_accounts import FEES
from commonhold.ops.audit.fee_reliefs import FeeReliefs
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler
from commonhold.rules.codes import Code
from commonhold.rules.fee_account import NO_PLAN, FeeAccount
from commonhold.rules.fees import BPS, FeeTerms
from commonhold.rules.tariff import CategoryKind, Tariff

_FLAT_SIZE: Final = 100


@dataclass(slots=True)
class FeeRows(FeeReliefs):
    """The same, filled from the logs."""

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
                self.pay_party(found.party, found.pot, moment)
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
        self.pay_party(found.party, amount, moment)

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

    # ---------------------------------------------------------------- withheld, clearance

    def share_withheld(self, values: tuple[Any, ...], moment: Moment) -> None:
        told = moment.scratch.setdefault("withheld told", {})
        told[values[0]] = told.get(values[0], 0) + values[1]

    def further_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        clearance, effective = values
        self.further = (self.clearing(moment.time), clearance, effective)

    def clearing(self, time: int) -> str:
        """The other contract that must clear a transfer. [unix]"""
        present, following, effective = self.further
        return present if time < effective else following


__all__ = ["FEES", "NO_PLAN", "FeeRows"]
