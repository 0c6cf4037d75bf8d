"""Leases, changes and deposits beside their Python twin, under any order of acts and days.

Every act is done to the contracts and to `commonhold.rules`: both do the same or refuse with the same error
and figures, and every step compares every figure. Invariants, by the numbers of LeaseAgreement's own list:

L1 the balance covers what is held = Σ pots + Σ owed   L2 no account is settled beyond its lease's cost
L3 a settlement twice moves nothing                    L4 all that was paid in is somewhere
D1 the escrow's balance covers what it holds           D2 a deposit pays out exactly what came in

At the end every lease is walked out of whatever state it is in, without anybody's goodwill: closed, its
deposit's clocks run down by silence, what waits withdrawn; nothing is left behind in any contract.
"""

from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commonhold.rules.calendar import boundary, label_of, month_day
from commonhold.rules.deposit import Phase
from commonhold.rules.ledger import Change, ChangeKind, State
from commonhold.rules.rent import share_of
from tests.examples import LONG
from tests.lease_world import CMT, InProcess, World
from tests.stateful.lease_pair import Pair

TENANTS = ("ann", "ben", "cleo")
SHARES = {1: [10_000], 2: [6_667, 3_333], 3: [3_333, 3_333, 3_334]}
MOST_LEASES = 4

numbers = st.integers(0, 10**6)
tenants = st.sampled_from(TENANTS)
rents = st.sampled_from((10_001, 1_000 * CMT, 2_345_678_901))
limits = st.sampled_from((0, 10_000, 800 * CMT, 10**12))  # 0: no mandate
parts = st.sampled_from((1, 3, 10, 17, 30))  # tenths of a month's rent


@cache
def deployed() -> World:
    return World(InProcess())


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, object]:
    """What terms may differ in besides parties and days."""
    late = draw(st.booleans())
    return {
        "rent": draw(rents),
        "deposit": draw(st.sampled_from((0, 77_777, 2_000 * CMT, 2_000 * CMT))),
        "lateFeeRate": 100 if late else 0,
        "lateFeeMaxDays": draw(st.sampled_from((10, 400))) if late else 0,
        "graceDays": draw(st.sampled_from((0, 5))),
        "billingDay": draw(st.sampled_from((0, 0, 1, 31))),
        "interval": draw(st.sampled_from((1, 1, 1, 3))),
        "dueOffset": draw(st.sampled_from((0, 0, -9, 12))),
        "rentFreeDays": draw(st.sampled_from((0, 0, 15))),
        "commission": draw(st.sampled_from((0, 0, 777))),
        "dayCount": draw(st.integers(0, 2)),
        "holdoverRate": draw(st.sampled_from((0, 15_000))),
    }


class LeaseMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = deployed()
        self.mark = self.world.backend.snapshot(), dict(self.world.terms_hash)
        self.pair = Pair(self.world)
        self.twin = self.pair.twin
        # that each account of each lease could have settled after the last step [cmt]
        self.most: dict[tuple[int, int], int] = {}

    @initialize(shape=shapes())
    def begin_with_two(self, shape: dict[str, object]) -> None:
        months = self.world.month_start(7)
        assert self.pair.begin(["ann"], endDay=months)
        self.pair.begin(["ben", "cleo"], shares=SHARES[2], endDay=months + 9, **self._manned(shape))

    # ---------------------------------------------------------------- choices

    def _manned(self, shape: dict[str, object]) -> dict[str, object]:
        return shape | {"manager": self.world.party["arbiter"] if shape["commission"] else 0}

    def _lease(self, number: int) -> int:
        return number % len(self.twin.leases) + 1

    def _tenant(self, lease: int, number: int) -> int:
        accounts = self.twin.lease(lease).accounts
        return int(accounts[number % len(accounts)].tenant)

    def _party(self, name: str) -> int:
        return self.world.party[name]

    def _free(self, *parties: int) -> bool:
        """Whether nobody's wallet among these is being recovered: such a wallet moves nothing itself."""
        return not self.pair.pending.intersection(parties)

    # ---------------------------------------------------------------- time

    @rule(days=st.sampled_from((1, 2, 7, 15, 30, 31, 47)))
    def wait(self, days: int) -> None:
        self.pair.to_day(self.pair.day + days)

    @rule(number=numbers)
    def wait_for_the_due_day(self, number: int) -> None:
        anchor = self.twin.lease(self._lease(number)).schedule.anchor
        self.pair.to_day(boundary(anchor, label_of(anchor, self.pair.day) + 1))

    @rule(number=numbers)
    def wait_for_the_end(self, number: int) -> None:
        self.pair.to_day(self.twin.lease(self._lease(number)).schedule.end_day)

    # ---------------------------------------------------------------- leases and money

    @precondition(lambda self: len(self.twin.leases) < MOST_LEASES and not self.pair.pending)
    @rule(number=numbers, shape=shapes(), months=st.integers(1, 8), days=st.sampled_from((0, 0, 11)))
    def activate(self, number: int, shape: dict[str, object], months: int, days: int) -> None:
        if self.world.backend.time() < self.world.leases.pausedUntil():
            return
        people = [TENANTS[(number + i) % 3] for i in range(number % 3 + 1)]
        anchor = month_day(self.pair.day)[1]
        end = boundary(anchor, label_of(anchor, self.pair.day) + months) + days
        cover = number % 2 ** len(people) if len(people) > 1 else 0
        shape = self._manned(shape)
        self.pair.begin(people, shares=SHARES[len(people)], endDay=end, coverMask=cover, **shape)

    @rule(order=st.randoms(use_true_random=False))
    def settle(self, order: object) -> None:
        self._settle_all(order)

    @rule(order=st.randoms(use_true_random=False), months=st.integers(1, 2))
    def settle_on_the_due_day(self, order: object, months: int) -> None:
        for _ in range(months):
            self.pair.to_day(self.world.month_start(1))
            self._settle_all(order)

    def _settle_all(self, order: object) -> None:
        leases = [0, *self.twin.leases, 99, self._lease(1)]
        order.shuffle(leases)  # type: ignore[attr-defined]
        self.pair.settle_twice(leases)

    @rule(number=numbers, index=numbers, tenths=parts, other=st.booleans())
    def pay(self, number: int, index: int, tenths: int, other: bool) -> None:
        lease = self._lease(number)
        tenant = self._tenant(lease, index)
        payer = self._party("buyer") if other else tenant
        if self._free(payer):
            rent = self.twin.lease(lease).schedule.segments[0].rent
            self.pair.pay(lease, tenant, max(1, rent * tenths // 10), payer)

    @rule(number=numbers, index=numbers, all_of_it=st.booleans())
    def refund(self, number: int, index: int, all_of_it: bool) -> None:
        lease = self._lease(number)
        tenant = self._tenant(lease, index)
        figures = self.twin.figures(lease, self.pair.day)
        pot = next(account.pot for account in figures if account.tenant == tenant)
        self.pair.refund(lease, tenant, pot if all_of_it else pot // 2 + 1)

    @rule(name=tenants, leave=st.sampled_from((0, 5, 900 * CMT)))
    def empty_a_wallet(self, name: str, leave: int) -> None:
        party = self._party(name)
        amount = self.twin.money.balance(party) - leave
        if amount > 0 and self._free(party):
            self.pair.transfer(party, self._party("buyer"), amount)

    @rule(name=tenants, amount=st.sampled_from((500 * CMT, 50_000 * CMT)))
    def fill_a_wallet(self, name: str, amount: int) -> None:
        if self._free(self._party("buyer")):
            self.pair.transfer(self._party("buyer"), self._party(name), amount)

    @rule(name=st.sampled_from((*TENANTS, "landlord")), limit=limits, partial=st.booleans())
    def change_a_mandate(self, name: str, limit: int, partial: bool) -> None:
        party = self._party(name)
        if not self._free(party):
            return
        if limit:
            self.pair.mandate(party, limit, int(self.world.token.currentMonth()) + 24, partial)
        else:
            self.pair.revoke(party)

    @rule(name=st.sampled_from(("landlord", "ann", "ben", "arbiter")))
    def recover_a_wallet(self, name: str) -> None:
        party = self._party(name)
        self.pair.recover(party, start=party not in self.pair.pending)

    @rule(name=st.sampled_from(("landlord", "ann", "ben", "arbiter", "buyer")))
    def withdraw_what_waits(self, name: str) -> None:
        self.pair.withdraw(self._party(name))

    @rule()
    def pause(self) -> None:
        self.world.pause(5)

    # ---------------------------------------------------------------- changes

    @rule(number=numbers, months=st.integers(0, 4), rent=rents)
    def new_rent(self, number: int, months: int, rent: int) -> None:
        lease = self._lease(number)
        anchor = self.twin.lease(lease).schedule.anchor
        day = boundary(anchor, label_of(anchor, self.pair.day) + months)
        self.pair.agree(lease, Change(ChangeKind.RENT, day=day, amount=rent))

    @rule(
        number=numbers, months=st.integers(1, 5), rent=rents, over=st.booleans(), days=st.sampled_from((0, 8))
    )
    def longer(self, number: int, months: int, rent: int, over: bool, days: int) -> None:
        lease = self._lease(number)
        schedule = self.twin.lease(lease).schedule
        day = boundary(schedule.anchor, label_of(schedule.anchor, schedule.end_day) + months) + days
        kind = ChangeKind.HOLDOVER if over else ChangeKind.RENEWAL
        self.pair.agree(lease, Change(kind, day=day, amount=rent))

    @rule(number=numbers, days=st.integers(0, 70))
    def shorter(self, number: int, days: int) -> None:
        self.pair.agree(self._lease(number), Change(ChangeKind.END, day=self.pair.day + days))

    @rule(number=numbers, index=numbers, name=st.sampled_from((*TENANTS, "arbiter")))
    def another_tenant(self, number: int, index: int, name: str) -> None:
        lease, party = self._lease(number), self._party(name)
        place = index % len(self.twin.lease(lease).accounts)
        self.pair.agree(lease, Change(ChangeKind.TENANT, index=place, party=party), newcomer=party)

    @rule(number=numbers)
    def sell(self, number: int) -> None:
        buyer = self._party("buyer")
        self.pair.agree(self._lease(number), Change(ChangeKind.SALE, party=buyer), newcomer=buyer)

    @rule(number=numbers, index=numbers, rent=st.booleans(), half=st.booleans())
    def waive(self, number: int, index: int, rent: bool, half: bool) -> None:
        lease = self._lease(number)
        place = index % len(self.twin.lease(lease).accounts)
        figures = self.twin.figures(lease, self.pair.day)[place]
        amount = max(0, figures.due - figures.settled) if rent else figures.late_fees
        kind = ChangeKind.WAIVE_RENT if rent else ChangeKind.WAIVE_FEES
        amount = amount // 2 if half else amount
        if amount:
            self.pair.agree(lease, Change(kind, index=place, party=figures.tenant, amount=amount))

    # ---------------------------------------------------------------- the end

    @rule(number=numbers)
    def close_at_the_end(self, number: int) -> None:
        lease = self._lease(number)
        ledger = self.twin.lease(lease)
        if ledger.state <= State.HOLDOVER:
            self.pair.to_day(ledger.schedule.end_day)
            self.pair.settle_twice([lease])
            self.pair.close(lease)

    @rule(number=numbers, days=st.integers(1, 25), willing=st.booleans())
    def move_out_of_a_paid_month(self, number: int, days: int, willing: bool) -> None:
        """Rent beyond the end comes back from the landlord, or stays his debt."""
        lease, pair = self._lease(number), self.pair
        landlord, anchor = self.twin.lease(lease).landlord, self.twin.lease(lease).schedule.anchor
        due_day = boundary(anchor, label_of(anchor, pair.day) + 1)
        if self.twin.lease(lease).state > State.HOLDOVER or due_day > self.twin.lease(lease).schedule.end_day:
            return
        pair.to_day(due_day)
        pair.settle_twice([lease])
        if not willing and self._free(landlord):
            pair.revoke(landlord)
        if pair.agree(lease, Change(ChangeKind.END, day=pair.day + days)):
            pair.to_day(pair.day + days)
            pair.close(lease)

    @rule(number=numbers)
    def close(self, number: int) -> None:
        self.pair.close(self._lease(number))

    @rule(number=numbers, index=numbers, half=st.booleans())
    def pay_landlord_debt(self, number: int, index: int, half: bool) -> None:
        lease = self._lease(number)
        tenant, payer = self._tenant(lease, index), self._party("buyer")
        debt = next(a.landlord_debt for a in self.twin.lease(lease).accounts if a.tenant == tenant)
        if debt and self._free(payer):
            self.pair.pay_landlord_debt(lease, tenant, debt // 2 + 1 if half else debt, payer)

    def _in_review(self, number: int) -> tuple[int, Phase]:
        review = [i for i, ledger in self.twin.leases.items() if ledger.state == State.DEPOSIT_REVIEW]
        lease = review[number % len(review)]
        return lease, self.twin.deposits.deposit(lease).phase

    def _any_review(self) -> bool:
        return any(ledger.state == State.DEPOSIT_REVIEW for ledger in self.twin.leases.values())

    @precondition(_any_review)
    @rule(number=numbers, index=numbers, tenths=st.integers(0, 11), choice=st.integers(0, 3))
    def go_on_with_a_review(self, number: int, index: int, tenths: int, choice: int) -> None:
        """Whose turn it is acts, if his wallet can."""
        lease, phase = self._in_review(number)
        ledger, deposit = self.twin.lease(lease), self.twin.deposits.deposit(lease)
        tenant = self._tenant(lease, index)
        if phase == Phase.CLAIMING and self._free(ledger.landlord):
            amount = deposit.left * tenths // 10
            self.pair.claim(lease, [amount - amount // 3, amount // 3] if amount > 2 else [])
        elif phase == Phase.ANSWERING and self._free(tenant):
            if choice == 0:
                self.pair.accept_claim(lease, tenant)
            else:
                self.pair.offer(lease, tenant, deposit.claim * tenths // 10)
        elif phase == Phase.AWARDING and choice == 0 and self._free(ledger.landlord):
            self.pair.accept_offer(lease)
        elif phase == Phase.AWARDING and choice != 0 and self._free(deposit.arbiter):
            self.pair.award(
                lease, deposit.arbiter, deposit.offer + (deposit.claim - deposit.offer) * tenths // 10
            )

    @precondition(_any_review)
    @rule(number=numbers, act=st.sampled_from(("claim", "accept", "offer", "take", "award")))
    def out_of_turn(self, number: int, act: str) -> None:
        """Somebody acts whose turn it may not be: refused alike, or done alike."""
        lease = self._lease(number)
        ledger, deposit = self.twin.lease(lease), self.twin.deposits.deposit(lease)
        tenant = self._tenant(lease, number)
        if not deposit.arbiter or not self._free(tenant, ledger.landlord, deposit.arbiter):
            return
        if act == "claim":
            self.pair.claim(lease, [deposit.left // 2 + 1])
        elif act == "accept":
            self.pair.accept_claim(lease, tenant)
        elif act == "offer":
            self.pair.offer(lease, tenant, deposit.claim // 2)
        elif act == "take":
            self.pair.accept_offer(lease)
        else:
            self.pair.award(lease, deposit.arbiter, deposit.offer)

    @precondition(_any_review)
    @rule(number=numbers)
    def silence(self, number: int) -> None:
        lease, _ = self._in_review(number)
        self.pair.silence(lease)

    # ---------------------------------------------------------------- always, and at the end

    @invariant()
    def l1_l4_every_figure_is_the_twins(self) -> None:
        self.pair.check()

    @invariant()
    def l2_no_account_is_settled_beyond_its_lease(self) -> None:
        """An earlier end may leave it so; then nothing is added, and the closing gives back the rest."""
        for lease, ledger in self.twin.leases.items():
            for index, account in enumerate(self.world.leases.accountsOf(lease)):
                settled, costs = account[3], share_of(ledger.terms.shares, index, ledger.schedule.total)
                before = self.most.get((lease, index), costs)
                self.most[lease, index] = max(costs, settled)
                assert settled <= (max(before, costs) if ledger.state < State.DEPOSIT_REVIEW else costs), "L2"

    def teardown(self) -> None:
        try:
            if self.twin.leases:
                self._walk_out()
        finally:
            snapshot, self.world.terms_hash = self.mark
            self.world.backend.restore(snapshot)

    def _dispute(self, lease: int) -> None:
        """In some of the leases the landlord claims and a tenant answers before all are silent."""
        ledger, deposit = self.twin.lease(lease), self.twin.deposits.deposit(lease)
        tenant = ledger.accounts[-1].tenant
        if ledger.state != State.DEPOSIT_REVIEW or lease % 3 == 0:
            return
        if self._free(ledger.landlord):
            assert self.pair.claim(lease, [deposit.left // 2 + 1])
            if self._free(tenant) and lease % 3 == 1:
                assert self.pair.offer(lease, tenant, deposit.claim // 3)

    def _walk_out(self) -> None:
        """L1 of liveness: time and anybody's calls are enough, whatever was claimed and answered before."""
        pair = self.pair
        pair.to_day(max([pair.day, *(ledger.schedule.end_day for ledger in self.twin.leases.values())]))
        for lease, ledger in self.twin.leases.items():
            if ledger.state <= State.HOLDOVER:
                assert pair.close(lease)
                self._dispute(lease)
        for _ in range(6):  # three clocks, each extended once
            pair.to_day(pair.day + 31)
            for lease, ledger in self.twin.leases.items():
                if ledger.state == State.DEPOSIT_REVIEW:
                    pair.silence(lease)
        assert {ledger.state for ledger in self.twin.leases.values()} == {State.CLOSED}
        for party in tuple(pair.pending):
            pair.recover(party, start=False)
        for party in pair.people:
            pair.withdraw(party)
        pair.check()
        for contract in (self.world.leases, self.world.escrow):
            assert contract.held() == pair.suite.balance(contract) == 0


LeaseMachine.TestCase.settings = settings(
    max_examples=300 if LONG else 12,
    stateful_step_count=60 if LONG else 40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestLeasesAndDeposits = LeaseMachine.TestCase
