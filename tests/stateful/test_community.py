"""One community whole: leases, deposits, property fees, bills and the credit history beside their twins.

All contracts share one token and every resident one mandate; rents, fees and bills compete for it. Wallets
are replaced, homes are sold with their leases, whatever is overdue is reported. Every act is done to the
contracts and to the twins, which do the same or refuse alike, and every step compares every figure:

C1 the balances of all make the supply              C4 the credit history holds what the twins' outcomes make
C2 what each contract has is what it holds           C5 every account, deposit, bill and balance is the twin's
C3 one purse: all collectors together stay below the month's limit of a mandate
C6 in the end everybody is paid out and no contract keeps anything
"""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.ledger import Change, ChangeKind, State
from commonhold.rules.tariff import Category, CategoryKind, PayeeMode
from tests.community_pair import CommunityPair, Town
from tests.examples import LONG
from tests.lives.leases import RENT, Life

dice = st.integers(0, 10**6)
KEPT = ("people", "minted", "names", "rescued")


@cache
def deployed() -> Town:
    return Town()


class CommunityLife(Life):
    """What residents do, by the dice; the leases' part is inherited."""

    mirror: CommunityPair

    def __init__(self, pair: CommunityPair) -> None:
        super().__init__(7, pair)
        self.works, self.house = pair.person(), pair.person(funds=RENT)
        self.residents = [*self.tenants, *self.landlords]
        late = {"grace_days": 5, "late_fee_rate": 33, "late_fee_max_days": 100}
        share = {"mode": PayeeMode.COMMISSION, "manager": self.works, "manager_bps": 777}
        self.flat, self.by_area, self.metered = (
            pair.fees.category(one)
            for one in (
                Category(CategoryKind.FLAT, self.works, due_day=28, due_month=1, **late),
                Category(CategoryKind.AREA, self.house, due_day=5, prompt_bps=500, **late, **share),
                Category(CategoryKind.POSTED, self.house, due_day=10, due_month=1, **late, **share),
            )
        )
        for number, rate in ((self.flat, 133_333), (self.by_area, 2_501)):
            assert pair.fees.tariff(number, month_of(pair.day) + 1, rate)
        for unit, home in list(pair.fees.twin.units.items())[:6]:
            for number in (self.flat, self.by_area):
                assert pair.fees.subscribe(unit, number, home.owner)

    # ---- fees

    def _account(self) -> int:
        return self.rng.choice(list(self.mirror.fees.twin.accounts))

    def pay_fees(self) -> None:
        account = self._account()
        one = self.mirror.fees.twin.look(account, self.mirror.day)
        amount = self.rng.choice((1, one.open, one.owing, one.owing + 77_777))
        self.mirror.fees.pay(self.rng.choice(self.residents), account, amount)

    def settle_fees(self) -> None:
        accounts = list(self.mirror.fees.twin.accounts)
        self.rng.shuffle(accounts)
        self.mirror.fees.settle([*accounts, 0, accounts[0]])

    def refund_fees(self) -> None:
        account = self._account()
        pot = self.mirror.fees.twin.look(account, self.mirror.day).pot
        self.mirror.fees.refund(account, self.rng.choice((0, pot, pot + 1)))

    # ---- bills

    def post_bills(self) -> None:
        parties = self.rng.sample(self.residents, 3)
        self.mirror.bill(self.metered, [(party, self.rng.randint(1, RENT // 4)) for party in parties])

    def issue_or_pay(self) -> None:
        pair = self.mirror
        if not pair.leaves:
            return self.post_bills()
        leaf = self.rng.choice(pair.leaves)
        if self.rng.random() < 0.5:
            return pair.issue(leaf)
        pair.pay_by_proof(leaf, self.rng.choice(self.residents))

    def pay_bill(self) -> None:
        pair = self.mirror
        if pair.bills.bills:
            key = self.rng.choice(list(pair.bills.bills))
            payable = pair.bills.look(key, pair.day).payable
            amount = self.rng.choice((max(1, payable // 2), max(1, payable), payable + 1))
            pair.pay_bill(key, self.rng.choice(self.residents), amount)

    def settle_bills(self) -> None:
        keys = list(self.mirror.bills.bills)
        self.rng.shuffle(keys)
        self.mirror.settle_bills([*keys, 0, *keys[:1]])

    # ---- all of them

    def collect_everything(self) -> None:
        """The keeper's day: one purse pays rents, fees and bills, in an order of chance."""
        runs: list[Callable[[], Any]] = [self.settle, self.settle_fees, self.settle_bills]
        self.rng.shuffle(runs)
        for run in runs:
            run()

    def sell(self) -> None:
        """A home goes to another landlord with its lease; the fees follow the owner."""
        pair, lease = self.mirror, self.lease()
        ledger = pair.twin.lease(lease)
        buyer = self.rng.choice((*self.landlords, self.tenants[0]))
        if not pair.change(lease, Change(ChangeKind.SALE, party=buyer)):
            return
        unit = ledger.terms.unit
        pair.fees.twin.units[unit].owner = buyer
        for number in (self.flat, self.by_area):
            account = pair.fees.twin.latest.get((unit, number))
            if account:
                pair.fees.hand_over(account, buyer, pair.day)

    def lose_a_wallet(self) -> None:
        """The landlord's or a tenant's; dues are collected meanwhile and shares wait."""
        pair = self.mirror
        pair.start_recovery(self.rng.choice((*self.residents, self.house)), 20)
        self.collect_everything()
        pair.compare()
        pair.to_day(pair.day + self.rng.choice((1, 9)))
        self.collect_everything()
        pair.end_recovery()

    def report(self) -> None:
        """Somebody reports what is overdue in any of the three contracts."""
        pair, rng = self.mirror, self.rng
        lease = self.lease()
        ledger = pair.twin.lease(lease)
        label = rng.randint(ledger.schedule.first, ledger.schedule.last)
        pair.report_overdue(pair.leases, lease << 24 | rng.randrange(len(ledger.accounts)) << 16 | label)
        account = self._account()
        month = pair.fees.twin.look(account, pair.day).last_due
        pair.report_overdue(pair.fees.fees, account << 16 | max(0, month - rng.choice((0, 0, 1))))
        if pair.bills.bills:
            pair.report_overdue(pair.town.bills, rng.choice(list(pair.bills.bills)))

    def add_money(self) -> None:
        """Somebody earns."""
        self.mirror.fund(self.rng.choice(self.tenants), self.rng.randint(1, 5) * RENT)

    # ---- the end

    def pay_everyone_out(self) -> None:
        """C6."""
        pair = self.mirror
        for party in self.residents:
            pair.fund(party, 10**12)
            pair.mandate(party, 10**15, month_of(pair.day) + 600)
        self._end_fees()
        for leaf in pair.leaves:
            pair.issue(leaf)
        for key in list(pair.bills.bills):
            payable = pair.bills.look(key, pair.day).payable
            assert not payable or pair.pay_bill(key, self.residents[0], payable), pair.refusal
        self.walk_out()
        for party in pair.people:
            pair.withdraw(party)
        pair.compare()
        assert pair.twin.held == pair.twin.deposits.held == pair.fees.twin.held == pair.bills.held == 0
        assert {ledger.state for ledger in pair.twin.leases.values()} <= {State.CLOSED}

    def _end_fees(self) -> None:
        pair, fees = self.mirror, self.mirror.fees
        for account, one in list(fees.twin.accounts.items()):
            until = one.terms.until_day
            if until == 0 or until > first_of(month_of(pair.day) + 1):
                assert fees.close(account, max(pair.day, one.terms.from_day)), fees.refusal
        pair.to_day(pair.day + 70)
        for account in list(fees.twin.accounts):
            one = fees.twin.look(account, pair.day)
            if one.owing:
                assert fees.pay(self.residents[0], account, one.owing), fees.refusal
            pot = fees.twin.look(account, pair.day).pot
            assert not pot or fees.refund(account, pot), fees.refusal
        for (account, payee), amount in list(fees.twin.credits.items()):
            if amount:
                fees.claim_credit(account, payee)
            rest = min(fees.twin.credits[account, payee], fees.twin.debts.get(payee, 0))
            assert not rest or fees.pay_credit(self.residents[0], account, payee, rest), fees.refusal


class CommunityMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.town = deployed()
        state = {name: getattr(self.town, name) for name in KEPT}
        state |= {name: dict(getattr(self.town, name)) for name in ("terms", "rules")}
        self.mark = self.town.chain.evm.snapshot(), self.town.chain.timestamp, state
        self.life: CommunityLife | None = None

    @initialize()
    def begin(self) -> None:
        self.life = CommunityLife(CommunityPair(self.town))

    def _do(self, number: int, name: str) -> None:
        assert self.life is not None
        self.life.rng = Random(number)
        getattr(self.life, name)()

    @rule(number=dice, act=st.sampled_from(("pay", "refund", "change", "review", "activate", "close")))
    def lease(self, number: int, act: str) -> None:
        self._do(number, act)

    @rule(number=dice, act=st.sampled_from(("pay_fees", "refund_fees", "settle_fees")))
    def fee(self, number: int, act: str) -> None:
        self._do(number, act)

    @rule(number=dice, act=st.sampled_from(("post_bills", "issue_or_pay", "issue_or_pay", "pay_bill")))
    def bill(self, number: int, act: str) -> None:
        self._do(number, act)

    @rule(number=dice, act=st.sampled_from(("set_mandate", "revoke_mandate", "drain", "fund")))
    def purse(self, number: int, act: str) -> None:
        self._do(number, "add_money" if act == "fund" else act)

    @rule(number=dice)
    def collect_everything(self, number: int) -> None:
        self._do(number, "collect_everything")

    @rule(number=dice, act=st.sampled_from(("sell", "lose_a_wallet", "report", "report")))
    def rarely(self, number: int, act: str) -> None:
        self._do(number, act)

    @rule(days=st.sampled_from((1, 3, 9, 16, 31)))
    def pass_days(self, days: int) -> None:
        assert self.life is not None
        self.life.mirror.to_day(self.life.mirror.day + days)

    @invariant()
    def both_agree(self) -> None:
        """C1, C2, C4, C5."""
        if self.life:
            self.life.mirror.compare()

    @invariant()
    def C3_one_purse(self) -> None:
        if not self.life:
            return
        pair, month = self.life.mirror, month_of(self.life.mirror.day)
        for party in pair.people:
            purse = pair.money.purse(party)
            if purse.mandate:
                limit = pair.most.get((party, month), 0)
                pair.most[party, month] = max(limit, purse.mandate.limit)
            if purse.spent_month == month and purse.spent:
                assert purse.spent <= pair.most[party, month]

    def teardown(self) -> None:
        try:
            if self.life:
                self.life.pay_everyone_out()
        finally:
            evm, timestamp, state = self.mark
            self.town.chain.evm.revert(evm)
            self.town.chain.warp(timestamp)
            for name, value in state.items():
                setattr(self.town, name, value)


CommunityMachine.TestCase.settings = settings(
    deadline=None,
    max_examples=60 if LONG else 3,
    stateful_step_count=60 if LONG else 25,
    suppress_health_check=list(HealthCheck),
)
TestCommunity = CommunityMachine.TestCase


ACTS = (
    "post_bills", "pay", "issue_or_pay", "collect_everything", "refund", "sell", "pay_bill", "report",
    "pay_fees", "lose_a_wallet", "change", "close", "review", "revoke_mandate", "settle_fees", "report",
    "refund_fees", "set_mandate", "drain", "activate", "collect_everything",
)  # fmt: skip


def test_every_act_is_the_same_in_contracts_and_twins_and_everybody_is_paid_out() -> None:
    machine = CommunityMachine()
    machine.begin()
    for number, act in enumerate(ACTS):
        machine._do(number, act)
        machine.pass_days((1, 9, 16)[number % 3])
        machine.both_agree()
    machine.teardown()
