"""The accounts of PropertyFee's twin: how they are looked at, opened and ended, and how money leaves them.

Parties and accounts by id, amounts [cmt], days [day].
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.codes import Code
from commonhold.rules.fee_account import FeeAccount
from commonhold.rules.fees import BPS, FeeTerms
from commonhold.rules.mandates import MandateBook
from commonhold.rules.shares import Collected, Outgo
from commonhold.rules.tariff import Category, CategoryKind, FeeRefused, TariffBook

FEES = -3  # holder: PropertyFee
MAX_BACK_DAYS = 62
FLAT_SIZE = 100


class Result(NamedTuple):
    """One account's answer in a batch."""

    account: int
    code: Code
    amount: int  # discharged [cmt]


class Credit(NamedTuple):
    """Money that a payee has and an account's party should have. [cmt]"""

    set_off: int
    collected: int
    debt: int
    gift: int


@dataclass(slots=True)
class Unit:
    """Who may owe a unit's fees, and its area [0.01 m²]."""

    owner: int
    area: int
    user: int = 0


class FeeAccounts:
    """Accounts by id from 1."""

    def __init__(self, money: MandateBook, tariffs: TariffBook, bit: int = 1) -> None:
        self.money = money
        self.tariffs = tariffs
        self.bit = bit  # of PropertyFee among the token's collectors
        self.units: dict[int, Unit] = {}
        self.accounts: dict[int, FeeAccount] = {}
        self.latest: dict[tuple[int, int], int] = {}  # by unit and category
        self.credits: dict[tuple[int, int], int] = {}  # by account and payee [cmt]
        self.debts = Outgo()  # credits that nobody has paid yet, by payee [cmt]
        self.withheld = Outgo()  # from payees' shares, for them [cmt]
        self.owed = Outgo()  # shares that could not be delivered, by party [cmt]
        self.received = Outgo()  # all that was paid out, delivered or owed, by party [cmt]
        self.paid_in = 0  # [cmt]
        self.waived: dict[int, tuple[int, int]] = {}  # by month: principal, late fees [cmt]
        self.last_credit = Credit(0, 0, 0, 0)

    # ---- look

    @property
    def held(self) -> int:
        """Σ pots + Σ owed + Σ withheld. [cmt]"""
        pots = sum(account.pot for account in self.accounts.values())
        return pots + sum(self.owed.values()) + sum(self.withheld.values())

    def account(self, account: int, day: int) -> FeeAccount:
        """An account brought to a day, with the category and tariff as they stand."""
        found = self.accounts.get(account)
        if found is None:
            raise FeeRefused("FeeAccountUnknown", account)
        category, tariff = self.tariffs.categories[found.number], self.tariffs.tariffs[found.number]
        found.terms = replace(found.terms, category=category, tariff=tariff)
        found.bring(day)
        return found

    def look(self, account: int, day: int) -> FeeAccount:
        """A copy of an account as it would stand."""
        kept = self.accounts.get(account)
        if kept is None:
            raise FeeRefused("FeeAccountUnknown", account)
        self.accounts[account] = replace(kept)
        try:
            return self.account(account, day)
        finally:
            self.accounts[account] = kept

    def open_of_unit(self, unit: int, day: int) -> int:
        """All that the accounts of a unit owe. [cmt]"""
        found = [account for account, one in self.accounts.items() if one.unit == unit]
        return sum(self.look(account, day).owing for account in found)

    # ---- accounts

    def subscribe(self, unit: int, number: int, party: int, start: int, until: int, day: int) -> int:
        """A new account; answers its id."""
        home = self._home(unit, party)
        latest = self.latest.get((unit, number))
        if latest is not None:
            ends = self.accounts[latest].terms.until_day
            if ends == 0 or start < ends:
                raise FeeRefused("FeeSubscribedAlready", unit, number, latest)
        return self._open(home, unit, number, party, start, until, day, vacant=False)

    def _home(self, unit: int, party: int) -> Unit:
        home = self.units.get(unit)
        if home is None:
            raise FeeRefused("FeeUnitUnknown", unit)
        if party == 0 or party not in (home.owner, home.user):
            raise FeeRefused("FeePartyNotOfUnit", unit, party)
        return home

    def _open(
        self,
        home: Unit,
        unit: int,
        number: int,
        party: int,
        start: int,
        until: int,
        day: int,
        *,
        vacant: bool,
    ) -> int:
        earliest, latest = day - MAX_BACK_DAYS, first_of(month_of(day) + 1)
        if not earliest <= start <= latest:
            raise FeeRefused("FeeDayInvalid", start, earliest, latest)
        if until and until <= start:
            raise FeeRefused("FeeDayInvalid", until, start + 1, 2**24 - 1)
        category = self.tariffs.categories.get(number)
        if category is None or category.kind not in (CategoryKind.AREA, CategoryKind.FLAT):
            raise FeeRefused("FeeCategoryInvalid", number)
        open_day = max(day, start)
        terms = FeeTerms(
            category=category,
            tariff=self.tariffs.tariffs[number],
            size=FLAT_SIZE if category.kind == CategoryKind.FLAT else home.area,
            share=BPS - (category.vacancy_bps if vacant else 0),
            from_day=start,
            open_day=open_day,
            until_day=until,
            end_due=max(until - 1, open_day) if until else 0,
        )
        account = len(self.accounts) + 1
        self.accounts[account] = FeeAccount(
            account, unit, number, party, terms, terms.begin, open_day, vacant=vacant, day=day
        )
        self.latest[unit, number] = account
        return account

    # ---- end

    def close(self, account: int, until: int, day: int) -> None:
        """Ends an account; what is prepaid and no longer needed goes back."""
        found, out = self.account(account, day), Outgo()
        self._end(found, until, out)
        self._refund_rest(found, out)
        self._finish(found, out)

    def hand_over(self, account: int, party: int, day_over: int, day: int) -> int:
        """Ends an account and opens the next one for another party."""
        found, out = self.account(account, day), Outgo()
        home = self._home(found.unit, party)
        if party == found.party:
            raise FeeRefused("FeeNothingChanges", account)
        until = found.terms.until_day
        self._end(found, day_over, out)
        self._refund_rest(found, out)
        self._finish(found, out)
        return self._open(home, found.unit, found.number, party, day_over, until, day, vacant=found.vacant)

    def reopen(self, account: int, day_over: int, day: int, *, vacant: bool) -> int:
        """Ends an account and opens the next one for the same party: another area, or vacant."""
        found, out = self.account(account, day), Outgo()
        home = self.units[found.unit]
        flat = found.terms.category.kind == CategoryKind.FLAT
        if found.vacant == vacant and (flat or found.terms.size == home.area):
            raise FeeRefused("FeeNothingChanges", account)
        until = found.terms.until_day
        self._end(found, day_over, out)
        moved = found.pot if found.ended else 0
        found.pot -= moved
        self._finish(found, out)
        following = self._open(
            home, found.unit, found.number, found.party, day_over, until, day, vacant=vacant
        )
        self.accounts[following].pot = moved
        return following

    def _end(self, found: FeeAccount, until: int, out: Outgo) -> None:
        terms = found.terms
        if terms.until_day and until >= terms.until_day:
            raise FeeRefused("FeeAccountEnds", found.id, terms.until_day)
        earliest = max(found.day - MAX_BACK_DAYS, terms.from_day)
        latest = first_of(month_of(found.day) + 1)
        if not earliest <= until <= latest:
            raise FeeRefused("FeeDayInvalid", until, earliest, latest)
        credit, gift = found.end(until)
        if credit + gift:
            self._give_back(found, credit, gift, out)
        found.use_pot()
        found.use_pot_for_fees()

    def _refund_rest(self, found: FeeAccount, out: Outgo) -> None:
        if found.ended:
            out.add(found.party, found.pot)
            found.pot = 0

    def _give_back(self, found: FeeAccount, credit: int, gift: int, out: Outgo) -> None:
        """Set off against late fees and plan, collected from the payee's mandate, or his debt."""
        fees = min(found.late_fees, credit)
        found.accrual -= fees * BPS
        part = min(found.plan.left, credit - fees)
        found.pay_plan(part)
        set_off = fees + part
        payee = found.terms.category.payee
        got = min(credit - set_off, found.principal)  # of what this call would have forwarded
        found.principal -= got
        if credit > set_off + got:
            got += self._collect(payee, credit - set_off - got, month_of(found.day)).amount
        out.add(found.party, got)
        debt = credit - set_off - got
        if debt:
            self.credits[found.id, payee] = self.credits.get((found.id, payee), 0) + debt
            self.debts.add(payee, debt)
        self.last_credit = Credit(set_off, got, debt, gift)

    # ---- money out

    def _collect(self, party: int, amount: int, month: int) -> Collected:
        answer = self.money.collect(FEES, self.bit, month, [(party, amount)])[0]
        self.paid_in += answer.amount
        return answer

    def _finish(self, found: FeeAccount, out: Outgo) -> None:
        self._route(found.terms.category, found.principal + found.fees, out)
        found.principal = found.fees = 0
        self._deliver(out)

    def _route(self, category: Category, amount: int, out: Outgo) -> None:
        """To the payee, less the manager's part, less what the payee owes to others."""
        to_manager = amount * category.manager_bps // BPS  # rounded down, for the payee
        out.add(category.manager, to_manager)
        amount -= to_manager
        kept = min(self.debts.get(category.payee, 0), amount)
        if kept:
            self.debts.add(category.payee, -kept)
            self.withheld.add(category.payee, kept)
        out.add(category.payee, amount - kept)

    def _deliver(self, out: Outgo) -> None:
        for party, amount in out.items():
            self.received.add(party, amount)
        for party, amount in self.money.disburse(FEES, out).items():
            self.owed.add(party, amount)
