"""All fee accounts of a community replayed: the twin of `PropertyFee`.

Who may act is the contract's matter; here are the figures. Parties and accounts by id, amounts [cmt], days
[day].
"""

from collections.abc import Sequence

from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.fee_account import FeeAccount, Plan
from commonhold.rules.fee_book_accounts import FEES, MAX_BACK_DAYS, Credit, FeeAccounts, Result, Unit
from commonhold.rules.fees import BPS
from commonhold.rules.shares import Outgo
from commonhold.rules.tariff import FeeRefused

MAX_BATCH = 1_000  # accounts
MAX_START_DAYS = 62
MAX_INSTALMENTS = 36


class FeeBook(FeeAccounts):
    """The same with payments, settlements, reliefs and plans."""

    # ---- pay

    def pay(self, payer: int, account: int, amount: int, day: int) -> None:
        """Principal due, late fees, then the rest of a plan or prepayment."""
        if amount == 0:
            raise FeeRefused("FeeAmountZero")
        kept = self.accounts.get(account)
        found = self.look(account, day)
        rest = amount - found.discharge(amount, prepaid=False)
        rest -= found.pay_fees(rest)
        if rest > (most := found.room()):
            raise FeeRefused("FeePaymentTooLarge", account, amount, amount - rest + most)
        self.money.pull(FEES, self.bit, month_of(day), payer, amount)
        assert kept is not None
        self.accounts[account] = found
        self.paid_in += amount
        if found.plan.left:
            found.pay_plan(rest)
            found.principal += rest
        else:
            found.pot += rest
        self._finish(found, Outgo())

    def refund(self, account: int, party: int, amount: int, day: int) -> None:
        """Prepaid cash back to the account's party."""
        if amount == 0:
            raise FeeRefused("FeeAmountZero")
        found, out = self.look(account, day), Outgo()
        if found.party != party:
            raise FeeRefused("FeeNotParty", account)
        if amount > found.pot:
            raise FeeRefused("FeeRefundTooLarge", account, amount, found.pot)
        self.accounts[account] = found
        found.pot -= amount
        out.add(party, amount)
        self._finish(found, out)

    def claim_credit(self, account: int, payee: int) -> int:
        """Pays the account's party what was withheld for it."""
        credit = self.credits.get((account, payee), 0)
        amount = min(credit, self.withheld.get(payee, 0))
        if amount == 0:
            raise FeeRefused("FeeNothingOwed", self.accounts[account].party)
        self.credits[account, payee] = credit - amount
        self.withheld[payee] -= amount
        self._deliver(Outgo({self.accounts[account].party: amount}))
        return amount

    def pay_credit(self, payer: int, account: int, payee: int, amount: int, day: int) -> None:
        """Somebody pays a payee's debt to an account's party."""
        if amount == 0:
            raise FeeRefused("FeeAmountZero")
        most = min(self.credits.get((account, payee), 0), self.debts.get(payee, 0))
        if amount > most:
            raise FeeRefused("FeeCreditTooSmall", account, payee, most)
        self.money.pull(FEES, self.bit, month_of(day), payer, amount)
        self.paid_in += amount
        self.credits[account, payee] -= amount
        self.debts[payee] -= amount
        self._deliver(Outgo({self.accounts[account].party: amount}))

    def withdraw_owed(self, party: int) -> None:
        """What could not be delivered before."""
        amount = self.owed.pop(party, 0)
        if amount == 0:
            raise FeeRefused("FeeNothingOwed", party)
        self.received.add(party, -amount)
        self._deliver(Outgo({party: amount}))

    # ---- settle

    def settle(self, accounts: Sequence[int], day: int) -> list[Result]:
        """Takes what is due from prepayments and mandates. Plain accounts, at most a month behind, are
        collected after all others, as the contract does."""
        if len(accounts) > MAX_BATCH:
            raise FeeRefused("FeeBatchTooLarge", len(accounts), MAX_BATCH)
        results: list[Result] = []
        plain: list[tuple[int, FeeAccount]] = []
        seen: set[int] = set()
        taken = Outgo()  # by category
        for account in accounts:
            if account not in self.accounts:
                results.append(Result(account, Code.UNKNOWN, 0))
            elif account in seen:
                results.append(Result(account, Code.NOTHING_DUE, 0))
            else:
                seen.add(account)
                was_late = self._is_slow(account, day)
                found = self.account(account, day)
                if was_late or found.released + found.open == 0 or found.open == 0:
                    results.append(self._settle(found, taken))
                else:
                    plain.append((len(results), found))
                    results.append(Result(account, Code.NONE, 0))
        for at, found in plain:
            results[at] = self._settle(found, taken)
        out = Outgo()
        for number, amount in taken.items():
            self._route(self.tariffs.categories[number], amount, out)
        self._deliver(out)
        return results

    def _is_slow(self, account: int, day: int) -> bool:
        """Whether the contract needs more than the hot word: then it is collected in its turn."""
        one = self.look(account, day)
        kept = self.accounts[account]
        terms = one.terms
        special = kept.late_fees or terms.until_day or kept.plan.left or kept.assumed
        if special or terms.category.prompt_bps:
            return True
        late = (
            one.open > terms.line(one.last_due)
            or day > terms.due_day(one.last_due) + terms.category.grace_days
        )
        return bool(late)

    def _settle(self, found: FeeAccount, taken: Outgo) -> Result:
        """The mandate: principal, and only after it the late fee."""
        asked, fees = found.price(), found.late_fees
        if found.released + asked + fees == 0:
            return Result(found.id, Code.NOTHING_DUE, 0)
        month, got, code = month_of(found.day), 0, Code.COLLECTED
        if asked:
            answer = self._collect(found.party, asked, month)
            got = found.discharge(answer.amount, prepaid=False)
            if got != asked:
                code = answer.code
        if fees and code == Code.COLLECTED:
            answer = self._collect(found.party, fees, month)
            if found.pay_fees(answer.amount) != fees:
                code = answer.code if found.released + asked == 0 else Code.RENT_ONLY
            got += answer.amount
        taken.add(found.number, found.principal + found.fees)
        return Result(found.id, code, found.released + got)

    # ---- relief

    def waive_fees(self, account: int, amount: int, day: int) -> None:
        """Of late fees owed."""
        found = self._relieved(account, amount, day, lambda one: one.late_fees)
        found.accrual -= amount * BPS
        self._count_waiver(day, 0, amount)
        self._finish(found, Outgo())

    def waive_principal(self, account: int, amount: int, day: int) -> None:
        """Of what has fallen due."""
        found = self._relieved(account, amount, day, lambda one: one.open)
        found.forgive(amount)
        self._count_waiver(day, amount, 0)
        self._finish(found, Outgo())

    def credit_note(self, account: int, amount: int, day: int) -> None:
        """A charge was wrong: open principal is reduced, what was paid too much is given back."""
        found = self._relieved(account, amount, day, lambda one: one.open + one.level - one.terms.begin)
        part, out = min(amount, found.open), Outgo()
        found.forgive(part)
        if amount > part:
            self._give_back(found, amount - part, 0, out)
        self._finish(found, out)

    def _relieved(self, account: int, amount: int, day: int, most: object) -> FeeAccount:
        if amount == 0:
            raise FeeRefused("FeeAmountZero")
        assert callable(most)
        limit = most(self.look(account, day))
        if amount > limit:
            raise FeeRefused("FeeReliefTooLarge", account, amount, limit)
        return self.account(account, day)

    def _count_waiver(self, day: int, principal: int, fees: int) -> None:
        month = month_of(day)
        before = self.waived.get(month, (0, 0))
        self.waived[month] = before[0] + principal, before[1] + fees

    def agree_plan(self, account: int, count: int, first_day: int, day: int) -> int:
        """What is due is owed by a plan from now on; answers its sum."""
        found = self.look(account, day)
        if not 2 <= count <= MAX_INSTALMENTS:
            raise FeeRefused("FeePlanInvalid", account, "count", count, MAX_INSTALMENTS)
        if not day < first_day <= day + MAX_START_DAYS:
            raise FeeRefused("FeePlanInvalid", account, "firstDay", first_day, day + MAX_START_DAYS)
        if found.plan.left:
            raise FeeRefused("FeePlanRunning", account)
        if found.open < count:
            raise FeeRefused("FeePlanInvalid", account, "sum", found.open, found.open)
        total = found.open
        self.accounts[account] = found
        found.plan = Plan(found.level, total, 0, first_day, count)
        found.level = found.due
        self._finish(found, Outgo())
        return total

    def take_over_debt(self, account: int, party: int, day: int) -> int:
        """What a closed account owes becomes another party's debt; answers how much."""
        found = self.account(account, day)
        owing = found.owing
        if owing == 0:
            raise FeeRefused("FeeNoArrears", account)
        self._finish(found, Outgo())
        found.party, found.assumed = party, True
        return owing


__all__ = ["FEES", "MAX_BACK_DAYS", "MAX_START_DAYS", "Credit", "FeeBook", "Result", "Unit"]
