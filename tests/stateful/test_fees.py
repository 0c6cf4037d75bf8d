"""TariffBook and PropertyFee beside their Python twin, under any order of acts and days.

Every act is done to the contracts and to `commonhold.rules`: both do the same or refuse with the same error,
and every step compares every figure. Invariants, by the numbers of the contracts' own lists:

F1 the index of a past or present month never changes   F3 balance ≥ held = Σ pots + Σ owed + Σ withheld
F4 a settlement twice moves nothing                     F5 lines add up to the difference of the levels
F6 what was paid in = what payees got + refunds + held  F7 credits of a payee = his debt + what was withheld

At the end everybody pays, every account is closed and paid out, payees' debts are paid: nothing is left.
"""

from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.codes import Code
from commonhold.rules.tariff import Category, CategoryKind, PayeeMode
from tests.examples import LONG
from tests.fee_mirror import FeeMirror
from tests.fee_world import CMT, CREDIT_NOTE, WAIVE_FEES, WAIVE_PRINCIPAL, FeeWorld

numbers = st.integers(0, 10**6)
limits = st.sampled_from((0, 10_000, 300 * CMT, 10**12))  # 0: no mandate
rates = st.sampled_from((0, 1, 333, 2_500_000, 7_777_777))


@cache
def deployed() -> FeeWorld:
    return FeeWorld()


class FeeMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = deployed()
        state = {name: getattr(self.world, name) for name in ("people", "minted", "names")}
        self.mark = self.world.chain.evm.snapshot(), self.world.chain.timestamp, state
        self.pair = FeeMirror(self.world)
        self.twin = self.pair.twin
        self.indices: dict[tuple[int, int], int] = {}

    @initialize(prompt=st.booleans(), grace=st.sampled_from((0, 10)))
    def begin(self, prompt: bool, grace: int) -> None:
        pair = self.pair
        self.fund, self.manager = pair.person(), pair.person(10**9)
        self.residents = [pair.person(10**12) for _ in range(3)]
        late = {"grace_days": grace, "late_fee_rate": 33, "late_fee_max_days": 100}
        mode = {"mode": PayeeMode.COMMISSION, "manager": self.manager, "manager_bps": 777}
        self.categories = [
            pair.category(
                Category(
                    CategoryKind.AREA,
                    self.fund,
                    due_day=5,
                    prompt_bps=500 * prompt,
                    vacancy_bps=3_000,
                    **late,
                    **mode,
                )
            ),
            pair.category(Category(CategoryKind.FLAT, self.manager, due_day=28, due_month=1, **late)),
        ]
        for number, rate in zip(self.categories, (2_500_001, 133_333_333), strict=True):
            assert pair.tariff(number, month_of(pair.day) + 1, rate)
        self.units = [pair.home(owner, 8_937 + owner) for owner in self.residents]
        for party in self.residents[:2]:
            pair.mandate(party, 10**12)
        for unit, party in zip(self.units, self.residents, strict=True):
            for number in self.categories:
                assert pair.subscribe(unit, number, party)

    # ---------------------------------------------------------------- choices

    def _account(self, pick: int) -> int:
        return 1 + pick % len(self.twin.accounts)

    def _party(self, pick: int) -> int:
        return self.residents[pick % 3]

    def _amount(self, account: int, pick: int) -> int:
        one = self.twin.look(account, self.pair.day)
        line = max(1, one.terms.line(max(one.last_due, one.terms.first)))
        return (1, one.open, one.open + one.late_fees, line, line * 3 + 1, one.owing + 5 * line, one.pot)[
            pick % 7
        ]

    # ---------------------------------------------------------------- time and tariffs

    @rule(days=st.sampled_from((1, 2, 4, 9, 20, 31, 31, 62, 130)))
    def pass_days(self, days: int) -> None:
        self.world.to_day(self.pair.day + days)

    @rule(pick=numbers, ahead=st.sampled_from((0, 1, 1, 2, 5)), rate=rates)
    def change_the_tariff(self, pick: int, ahead: int, rate: int) -> None:
        self.pair.tariff(self.categories[pick % 2], month_of(self.pair.day) + ahead, rate)

    # ---------------------------------------------------------------- accounts

    @rule(pick=numbers, back=st.sampled_from((-40, -3, 0, 0, 5, 63)))
    def subscribe(self, pick: int, back: int) -> None:
        unit = self.units[pick % 3]
        number = self.categories[pick // 3 % 2]
        self.pair.subscribe(unit, number, self.twin.units[unit].owner, self.pair.day - back)

    @rule(pick=numbers, back=st.sampled_from((-9, 0, 1, 8, 40)))
    def close(self, pick: int, back: int) -> None:
        self.pair.close(self._account(pick), self.pair.day - back)

    @rule(pick=numbers, buyer=numbers, back=st.sampled_from((0, 1, 12)))
    def sell_and_hand_over(self, pick: int, buyer: int, back: int) -> None:
        unit = self.twin.accounts[self._account(pick)].unit
        self.pair.sell(unit, self._party(buyer))
        for number in self.categories:
            latest = self.twin.latest.get((unit, number))
            if latest:
                self.pair.hand_over(latest, self._party(buyer), self.pair.day - back)

    @rule(
        pick=numbers,
        area=st.sampled_from((1, 7_001, 9_000)),
        back=st.sampled_from((0, 4)),
        vacant=st.booleans(),
    )
    def reopen(self, pick: int, area: int, back: int, vacant: bool) -> None:
        account = self._account(pick)
        self.pair.resize(self.twin.accounts[account].unit, area)
        self.pair.reopen(account, self.pair.day - back, vacant=vacant)

    # ---------------------------------------------------------------- money

    @rule(pick=numbers, payer=numbers, amount=numbers)
    def pay(self, pick: int, payer: int, amount: int) -> None:
        account = self._account(pick)
        if self.pair.pay(self._party(payer), account, self._amount(account, amount)):
            assert self.pair.reports(account)

    @rule(pick=numbers, amount=numbers)
    def refund(self, pick: int, amount: int) -> None:
        account = self._account(pick)
        if self.pair.refund(account, self._amount(account, amount)):
            assert self.pair.reports(account)

    @rule(pick=numbers, limit=limits, partial=st.booleans())
    def change_a_mandate(self, pick: int, limit: int, partial: bool) -> None:
        party = [*self.residents, self.fund, self.manager][pick % 5]
        if limit:
            self.pair.mandate(party, limit, partial=partial)
        else:
            self.pair.revoke(party)

    @rule(pick=numbers, amount=st.integers(1, 10**9))
    def spend(self, pick: int, amount: int) -> None:
        """Wallets run low."""
        payee, person = self.fund, self.pair.people[self._party(pick)]
        amount = max(0, self.world.balance(person) - amount)
        self.world.token.transfer(self.pair.people[payee].wallet, amount, sender=person)
        self.twin.money.transfer(person.party, payee, amount)

    @rule(picks=st.lists(numbers, max_size=8))
    def settle(self, picks: list[int]) -> None:
        accounts = [pick % (len(self.twin.accounts) + 2) for pick in picks]
        self.pair.settle(accounts)

    @rule()
    def settle_all_twice(self) -> None:
        """F4."""
        accounts = list(self.twin.accounts)
        done = {account for account, code, _ in self.pair.settle(accounts) if code == Code.COLLECTED}
        again = self.pair.settle(accounts)
        assert all(code == Code.NOTHING_DUE for account, code, _ in again if account in done)

    # ---------------------------------------------------------------- relief

    @rule(pick=numbers, kind=st.sampled_from((WAIVE_PRINCIPAL, WAIVE_FEES, CREDIT_NOTE)), amount=numbers)
    def relieve(self, pick: int, kind: int, amount: int) -> None:
        account = self._account(pick)
        one = self.twin.look(account, self.pair.day)
        figures = (one.open, one.open // 3, one.late_fees, one.late_fees // 2, one.owing + 99_999)
        if self.pair.relieve(account, kind, figures[amount % 5]):
            assert self.pair.reports(account)

    @rule(pick=numbers, count=st.sampled_from((1, 2, 3, 12, 37)), days=st.sampled_from((0, 1, 20, 62, 63)))
    def agree_a_plan(self, pick: int, count: int, days: int) -> None:
        self.pair.plan(self._account(pick), count, self.pair.day + days)

    @precondition(lambda self: self.twin.credits)
    @rule(pick=numbers, payer=numbers, part=st.sampled_from((1, 2, 3, 10**12)))
    def credits(self, pick: int, payer: int, part: int) -> None:
        account, payee = list(self.twin.credits)[pick % len(self.twin.credits)]
        if pick % 2:
            self.pair.claim_credit(account, payee)
        else:
            most = self.twin.credits[account, payee] // part
            self.pair.pay_credit(self._party(payer), account, payee, most)

    # ---------------------------------------------------------------- always

    @invariant()
    def both_agree(self) -> None:
        """F3 with F6 by their sum."""
        if not self.twin.accounts:
            return
        self.pair.compare()
        twin = self.twin
        assert twin.paid_in == sum(twin.received.values()) + twin.held - sum(twin.owed.values())
        for payee in self.pair.people:
            credits = sum(amount for (_, to), amount in twin.credits.items() if to == payee)
            assert credits == twin.debts.get(payee, 0) + twin.withheld.get(payee, 0), "F7"

    @invariant()
    def the_past_index_stands(self) -> None:
        """F1."""
        if not self.twin.accounts:
            return
        now = month_of(self.pair.day)
        for number in self.categories:
            for month in (now - 1, now):
                index = self.world.tariffs.indexAt(number, month)
                assert index == self.twin.tariffs.tariffs[number].index(month)
                assert self.indices.setdefault((number, month), index) == index

    @invariant()
    def lines_add_up(self) -> None:
        """F5."""
        for one in self.twin.accounts.values():
            terms, last = one.terms, one.last_due
            lines = sum(terms.line(month) for month in range(terms.first, last + 1))
            assert lines == terms.level(last) - terms.begin

    def teardown(self) -> None:
        try:
            if self.twin.accounts:
                self._pay_everyone_out()
        finally:
            evm, timestamp, state = self.mark
            self.world.chain.evm.revert(evm)
            self.world.chain.warp(timestamp)
            for name, value in state.items():
                setattr(self.world, name, value)

    def _pay_everyone_out(self) -> None:
        pair, twin = self.pair, self.twin
        for party in self.residents:
            pair.fund(party, 10**13)
            pair.mandate(party, 10**15)
        for account in list(twin.accounts):
            until = twin.accounts[account].terms.until_day
            if until == 0 or until > first_of(month_of(pair.day) + 1):
                assert pair.close(account, max(pair.day, twin.accounts[account].terms.from_day)), pair.refusal
        self.world.to_day(pair.day + 62)
        for account in list(twin.accounts):
            one = twin.look(account, pair.day)
            if one.owing:
                assert pair.pay(self.residents[0], account, one.owing), pair.refusal
            if twin.accounts[account].pot:
                assert pair.refund(account, twin.look(account, pair.day).pot)
        for (account, payee), amount in list(twin.credits.items()):
            if amount:
                pair.claim_credit(account, payee)
            rest = twin.credits[account, payee]
            if rest:
                most = min(rest, twin.debts[payee])
                if most:
                    assert pair.pay_credit(self.residents[1], account, payee, most)
                if twin.credits[account, payee]:
                    assert pair.claim_credit(account, payee)
        pair.compare()
        assert twin.held == 0 == self.world.balance(self.world.fees)
        assert all(twin.look(account, pair.day).owing == 0 for account in twin.accounts)


FeeMachine.TestCase.settings = settings(
    deadline=None,
    max_examples=200 if LONG else 12,
    stateful_step_count=40 if LONG else 30,
    suppress_health_check=list(HealthCheck),
)
TestFees = FeeMachine.TestCase
