"""One lease lived through at random, against the model that goes day by day.

Branches: pay (principal, fees, prepayment, too much) · refund (all, part, too much) · settle with and without
money · waivers · rent change, renewal, holdover, end · joint tenants · opening figures · late fees over
touched and untouched days.
"""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from commonhold.rules.codes import Code
from commonhold.rules.ledger import Change, LeaseLedger, LeaseRefused
from commonhold.rules.rent import ChangeInvalid, ChangeKind
from commonhold.rules.shares import Collected, Outgo
from commonhold.rules.terms import LeaseTerms
from tests.brute import BruteLease
from tests.package.rules import cases

ACTS = ["pay", "pay", "settle", "settle nothing", "refund", "waive", "change", "look"]
KINDS = [ChangeKind.RENT, ChangeKind.RENEWAL, ChangeKind.HOLDOVER, ChangeKind.END]


def same(ledger: LeaseLedger, brute: BruteLease) -> None:
    for index, account in enumerate(ledger.all_touched(brute.day)):
        slow = brute.accounts[index]
        assert (account.settled, account.pot, account.accrual) == (slow.settled, slow.pot, slow.accrual)
        assert (account.principal, account.late_fees) == brute.owed(index)
        assert account.total == brute.part(index, brute.total())


class Life:
    """The twin and the slow model side by side, with all the money that came in and went out."""

    def __init__(self, terms: LeaseTerms, today: int, data: st.DataObject) -> None:
        self.ledger, _ = LeaseLedger.activate(terms, today)
        self.brute = BruteLease(terms, today)
        self.draw = data.draw
        self.paid_in = terms.opening.prepaid
        self.out = Outgo()

    def step(self) -> None:
        if self.draw(st.booleans()):
            self.brute.go_to(self.brute.day + self.draw(st.one_of(st.integers(0, 3), st.integers(0, 60))))
        index = self.draw(st.integers(0, len(self.brute.accounts) - 1))
        act = self.draw(st.sampled_from(ACTS))
        if act == "pay":
            self.pay(index)
        elif act.startswith("settle"):
            self.settle(paying=act == "settle")
        elif act == "refund":
            self.refund(index)
        elif act == "waive":
            self.waive(index)
        elif act == "change":
            self.change()
        same(self.ledger, self.brute)

    def pay(self, index: int) -> None:
        account = self.ledger.touched(index, self.brute.day)
        account.allocate_pot()
        most = account.most
        any_sum = st.one_of(st.integers(1, 1_000_000), st.integers(1, max(1, most)), st.just(most + 1))
        amount = self.draw(any_sum)
        tenant = self.brute.terms.tenants[index]
        try:
            payment = self.ledger.pay(tenant, amount, self.brute.day, self.out)
        except LeaseRefused as refusal:
            assert amount > most and refusal.values == (amount, most)
            return
        assert payment.paid.total + payment.prepaid == amount
        self.brute.pay(index, amount)
        self.paid_in += amount

    def settle(self, paying: bool) -> None:
        def collect(items: Sequence[tuple[int, int]]) -> list[Collected]:
            if paying:
                self.paid_in += sum(amount for _, amount in items)
                return [Collected(Code.COLLECTED if amount else Code.NONE, amount) for _, amount in items]
            return [Collected(Code.NO_FUNDS if amount else Code.NONE, 0) for _, amount in items]

        self.ledger.settle(self.brute.day, collect, self.out)
        for index in range(len(self.brute.accounts)):
            self.brute.use_pot(index)
            if paying:
                self.brute.put(index, sum(self.brute.owed(index)))
        if paying:
            again = self.ledger.settle(self.brute.day, collect, self.out)
            assert (again.code, again.amount) == (Code.NOTHING_DUE, 0)

    def refund(self, index: int) -> None:
        account = self.ledger.touched(index, self.brute.day)
        account.allocate_pot()
        amount = self.draw(st.integers(1, account.pot + 1))
        tenant = self.brute.terms.tenants[index]
        try:
            self.ledger.refund(tenant, amount, self.brute.day, self.out)
        except LeaseRefused as refusal:
            assert amount > account.pot and refusal.values == (amount, account.pot)
            return
        self.brute.refund(index, amount)

    def waive(self, index: int) -> None:
        kind = self.draw(st.sampled_from([ChangeKind.WAIVE_RENT, ChangeKind.WAIVE_FEES]))
        amount = self.draw(st.integers(0, 1_000_000))
        if not self.applied(Change(kind, index=index, amount=amount)):
            return
        if kind == ChangeKind.WAIVE_RENT:
            self.brute.accounts[index].settled += amount
        else:
            self.brute.accounts[index].accrual -= amount * 10_000

    def change(self) -> None:
        kind = self.draw(st.sampled_from(KINDS))
        starts = st.sampled_from([piece.start for piece in self.ledger.schedule.pieces()])
        any_day = st.integers(self.brute.day, self.brute.day + 300)
        day = self.draw(st.one_of(any_day, starts))
        rent = self.draw(st.integers(10_000, 2**40)) if kind != ChangeKind.END else 0
        if not self.applied(Change(kind, day=day, amount=rent)):
            return
        if kind == ChangeKind.RENT:
            self.brute.change_rent(day, rent)
        elif kind == ChangeKind.END:
            self.brute.cut(day)
        else:
            self.brute.renew(day, rent)

    def applied(self, change: Change) -> bool:
        try:
            self.ledger.apply(change, self.brute.day, self.out)
        except ChangeInvalid:
            return False
        for index in range(len(self.brute.accounts)):
            self.brute.use_pot(index)
        return True

    def balanced(self) -> bool:
        pots = sum(account.pot for account in self.brute.accounts)
        return self.paid_in == sum(self.out.values()) + pots


@cases.examples(100)
@given(cases.terms(longest=250, most_late=40), st.data())
def test_a_lease_lived_at_random_agrees_with_the_daily_model(terms: LeaseTerms, data: st.DataObject) -> None:
    life = Life(terms, terms.start_day, data)
    for _ in range(data.draw(st.integers(2, 8))):
        life.step()
    assert life.balanced()


@cases.examples(50)
@given(cases.running_terms(), st.data())
def test_a_lease_taken_over_agrees_with_the_daily_model(
    case: tuple[LeaseTerms, int], data: st.DataObject
) -> None:
    life = Life(*case, data)
    same(life.ledger, life.brute)
    for _ in range(data.draw(st.integers(1, 6))):
        life.step()
    assert life.balanced()
