"""The fee contracts and their Python twin side by side: every act is done to both and every figure compared.

An act that the contract refuses must be refused by the twin with the same error, and keep nothing.
"""

import copy
from collections.abc import Callable
from typing import Any

from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.fee_account import Outcome
from commonhold.rules.fee_book import FEES, FeeBook, Unit
from commonhold.rules.mandates import Mandate, MandateBook, MoneyRefused
from commonhold.rules.tariff import Category, FeeRefused, TariffBook
from tests.evm import Reverted
from tests.fee_world import AREA, FeeWorld
from tests.mirror import same
from tests.suite import Person


class FeeMirror:
    """One community's fees twice."""

    def __init__(self, world: FeeWorld) -> None:
        self.world, self.fees = world, world.fees
        self.twin = FeeBook(MandateBook(), TariffBook(), bit=world.token.collectorBit(world.fees))
        self.people: dict[int, Person] = {}
        self.refusal = ""  # the error of the last act that both refused

    @property
    def day(self) -> int:
        """Today. [day]"""
        return self.world.day

    # ---------------------------------------------------------------- people and homes

    def person(self, funds: int = 0) -> int:
        """A party with money; answers its id."""
        who = self.world.person(funds=funds)
        self.people[who.party] = who
        self.twin.money.mint(who.party, funds)
        return who.party

    def fund(self, party: int, amount: int) -> None:
        """New money."""
        self.world.fund(self.people[party], amount)
        self.twin.money.mint(party, amount)

    def mandate(self, party: int, limit: int, *, partial: bool = False) -> None:
        """A mandate for the fees. [cmt/month]"""
        mandate = (limit, self.twin.bit, month_of(self.day) + 600, partial)
        self.world.token.setMandate(mandate, sender=self.people[party])
        self.twin.money.set_mandate(party, Mandate(*mandate))

    def revoke(self, party: int) -> None:
        """The mandate ends."""
        self.world.token.revokeMandate(sender=self.people[party])
        self.twin.money.revoke_mandate(party)

    def home(self, owner: int, area: int = AREA) -> int:
        """A home; answers its unit."""
        unit = self.world.home(self.people[owner], area)
        self.twin.units[unit] = Unit(owner, area)
        return unit

    def sell(self, unit: int, buyer: int) -> None:
        """Another owner."""
        self.world.sell(unit, self.people[buyer])
        self.twin.units[unit].owner = buyer

    def resize(self, unit: int, area: int) -> None:
        """The roll had it wrong. [0.01 m²]"""
        self.world.units.correct(unit, area, 0, sender=self.world.admin)
        self.twin.units[unit].area = area

    # ---------------------------------------------------------------- tariffs

    def category(self, rules: Category) -> int:
        """A category; answers its number."""
        number = self.world.add_category(rules)
        assert self.twin.tariffs.add(rules) == number
        return number

    def tariff(self, number: int, month: int, rate: int) -> bool:
        """A tariff from a month on."""
        return self._both(
            lambda: self.world.tariff(number, month, rate),
            lambda: self.twin.tariffs.set_rate(number, month, rate, month_of(self.day)),
        )

    # ---------------------------------------------------------------- accounts

    def subscribe(self, unit: int, number: int, party: int, start: int = 0, until: int = 0) -> bool:
        """A new account."""
        begin = start or self.day
        return self._both(
            lambda: self.fees.subscribe(unit, number, party, begin, until, sender=self.world.maker),
            lambda: self.twin.subscribe(unit, number, party, begin, until, self.day),
        )

    def close(self, account: int, until: int) -> bool:
        """The account ends."""
        return self._both(
            lambda: self.fees.close(account, until, sender=self.world.maker),
            lambda: self.twin.close(account, until, self.day),
        )

    def hand_over(self, account: int, party: int, day: int) -> bool:
        """Another party from a day on."""
        return self._both(
            lambda: self.fees.handOver(account, party, day, sender=self.world.maker),
            lambda: self.twin.hand_over(account, party, day, self.day),
        )

    def reopen(self, account: int, day: int, *, vacant: bool) -> bool:
        """The same party with another area, or vacant."""
        return self._both(
            lambda: self.fees.reopen(account, day, vacant, b"\1" * 32, sender=self.world.maker),
            lambda: self.twin.reopen(account, day, self.day, vacant=vacant),
        )

    # ---------------------------------------------------------------- money

    def pay(self, payer: int, account: int, amount: int) -> bool:
        """Anybody pays for anybody."""
        kept = self.twin.accounts[account]
        claim = (account, kept.unit, kept.number, kept.party, amount)
        return self._both(
            lambda: self.fees.pay(*claim, sender=self.people[payer]),
            lambda: self.twin.pay(payer, account, amount, self.day),
        )

    def refund(self, account: int, amount: int) -> bool:
        """The account's party takes prepaid cash back."""
        party = self.twin.accounts[account].party
        return self._both(
            lambda: self.fees.refund(account, amount, sender=self.people[party]),
            lambda: self.twin.refund(account, party, amount, self.day),
        )

    def claim_credit(self, account: int, payee: int) -> bool:
        """What was withheld for it."""
        return self._both(
            lambda: self.fees.claimCredit(account, payee, sender=self.world.admin),
            lambda: self.twin.claim_credit(account, payee),
        )

    def pay_credit(self, payer: int, account: int, payee: int, amount: int) -> bool:
        """A payee's debt."""
        return self._both(
            lambda: self.fees.payCredit(account, payee, amount, sender=self.people[payer]),
            lambda: self.twin.pay_credit(payer, account, payee, amount, self.day),
        )

    def settle(self, accounts: list[int]) -> list[tuple[int, Code, int]]:
        """A batch: preview, run and twin must answer alike."""
        answer = self.world.settle(*accounts)
        events = {
            event["account"]: (Code(event["code"]), event["amount"]) for event in self.world.events("Settled")
        }
        results = self.twin.settle(accounts, self.day)
        same("answers", answer, [tuple(result) for result in results])
        idle = (Code.NOTHING_DUE, Code.UNKNOWN)
        same("events", events, {r.account: (r.code, r.amount) for r in results if r.code not in idle})
        return answer

    # ---------------------------------------------------------------- relief

    def relieve(self, account: int, kind: int, amount: int) -> bool:
        """Two persons waive, or correct a charge."""
        act = (self.twin.waive_principal, self.twin.waive_fees, self.twin.credit_note)[kind]
        return self._both(
            lambda: self.world.relieve(account, kind, amount), lambda: act(account, amount, self.day)
        )

    def plan(self, account: int, count: int, first_day: int) -> bool:
        """An instalment plan for all that is due."""
        who = self.people[self.twin.accounts[account].party]
        return self._both(
            lambda: self.world.plan(account, who, count, first_day),
            lambda: self.twin.agree_plan(account, count, first_day, self.day),
        )

    # ---------------------------------------------------------------- compare

    def _both(self, contract: Callable[[], Any], twin: Callable[[], Any]) -> bool:
        """Do it in both; true if both did it, false if both refused it alike."""
        refusal: Reverted | None = None
        try:
            contract()
        except Reverted as error:
            refusal = error
        self.refusal = refusal.name if refusal else ""
        kept = copy.deepcopy(self.twin.__dict__)
        try:
            twin()
        except (FeeRefused, MoneyRefused) as error:
            assert refusal is not None, f"only the twin refused: {error}"
            self.twin.__dict__ = kept
            found = tuple(value for value in refusal.values if isinstance(value, int))
            expected = tuple(value for value in error.values if isinstance(value, int))
            # the contract may name more, such as the kind of a relief
            same("refusal", (refusal.name, found[:1], found[-1:]), (error.error, expected[:1], expected[-1:]))
            return False
        assert refusal is None, f"only the contract refused: {refusal}"
        return True

    def outcomes(self) -> tuple[set[tuple[int, int]], set[tuple[int, ...]]]:
        """What the last act reported: (month, party) in time, and late ones whole."""
        on_time, late = set(), set()
        for event in self.world.events("OnTime"):
            on_time |= {(item >> 32, item & 0xFFFFFFFF) for item in event["items"]}
        for event in self.world.events("Late"):
            late |= {tuple(map(int, outcome)) for outcome in event["outcomes"]}
        return on_time, late

    def reports(self, account: int) -> bool:
        """The last act reported exactly the outcomes that the twin saw for an account."""
        one = self.twin.accounts[account]
        punctual: list[Outcome] = [outcome for outcome in one.outcomes if outcome.on_time]
        others = [outcome for outcome in one.outcomes if not outcome.on_time]
        on_time, late = self.outcomes()
        expected = {(account << 16 | o.month, one.party, o.due_day, one.day, o.neutral) for o in others}
        return on_time == {(month_of(o.due_day), one.party) for o in punctual} and late == expected

    def compare(self) -> None:
        """Every figure of every account, party and pot."""
        twin, fees = self.twin, self.fees
        for account in twin.accounts:
            one, found = twin.look(account, self.day), self.world.account(account)
            contract = (
                found.party, found.size, found.share, found.from_day, found.until_day, found.open_day,
                found.due, found.late_fees, found.plan_left, found.pot, found.level,
            )  # fmt: skip
            terms = one.terms
            mine = (
                one.party, terms.size, terms.share, terms.from_day, terms.until_day, terms.open_day,
                one.open, one.late_fees, one.plan.left, one.pot, one.level,
            )  # fmt: skip
            same(f"account {account}", contract, mine)
        for party, person in self.people.items():
            same(f"balance of party {party}", self.world.balance(person), twin.money.balance(party))
            same(f"owed to party {party}", fees.owed(party), twin.owed.get(party, 0))
            debt = (twin.debts.get(party, 0), twin.withheld.get(party, 0))
            same(f"debt of payee {party}", tuple(fees.payeeDebt(party)), debt)
        for (account, payee), amount in twin.credits.items():
            same(f"credit of account {account}", fees.creditOf(account, payee), amount)
        for month, sums in twin.waived.items():
            same(f"waived in {month}", tuple(fees.waivedIn(month)), sums)
        same("held", fees.held(), twin.held)
        same("money of the fees", self.world.balance(fees), twin.money.balance(FEES))
        assert self.world.balance(fees) == fees.held()
