"""Token, reserve and redemption desk beside a plain Python model, under any order of acts.

Every act is predicted by `tests/stateful/money_model.py`, success or the name of the error, and every step
compares balances, mandates, states and supply. Invariants, by the numbers of the contracts' own lists
(docs/invariants.md calls TOK-1 T1, TOK-3 T2 and RES-1 R1):

TOK-1 balances add up to the supply, within the cap     TOK-2 Transfer events add up to the balances
TOK-3 a month's collections stay within the limit       TOK-4 minted less burned is the supply
TOK-5 a replaced wallet has no balance and no mandate   RES-1 what the reserve holds covers what it owes
RES-2 netMinted adds up to what the reserve created     RES-3 no ceiling is passed
RED-1 the desk holds the sum of the open requests       RED-2 a request ends once

At the end everybody is paid out: every pot is emptied, and every unit is back where it came from.
"""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.examples import LONG
from tests.money_world import CAP, REASON
from tests.stateful.money_model import (
    COLLECTORS,
    DAY,
    RESIDENTS,
    SUITE,
    WEEK,
    State,
)  # fmt: skip
from tests.stateful.money_pair import CEILING, CMT, DECIMALS, WHOLE, MoneyPair

people = st.sampled_from(RESIDENTS)
anybody = st.sampled_from((*RESIDENTS, *SUITE))
collectors = st.sampled_from(tuple(COLLECTORS))
houses = st.sampled_from(("leases", "fees", "escrow"))
# whom a house's own code pays: reserve and desk it knows not, and they could not book what it brought
payees = st.sampled_from((*RESIDENTS, "leases", "fees", "escrow"))
amounts = st.one_of(st.integers(1, 50 * CMT), st.integers(1, 600).map(lambda whole: whole * CMT))
limits = st.integers(1, 40_000).map(lambda units: units * 10_000)
batches = st.lists(st.tuples(people, st.one_of(st.just(0), amounts)), max_size=6)
payouts = st.lists(st.tuples(anybody, st.one_of(st.just(0), amounts)), max_size=6)
assets = st.sampled_from(tuple(DECIMALS))


class MoneyMachine(RuleBasedStateMachine, MoneyPair):
    def __init__(self) -> None:
        RuleBasedStateMachine.__init__(self)
        MoneyPair.__init__(self)

    # ---------------------------------------------------------------- money

    @initialize()
    def start(self) -> None:
        for who in RESIDENTS:
            self.mint(who, 500 * CMT)

    @rule(to=anybody, amount=amounts)
    def mint(self, to: str, amount: int) -> None:
        self.both(lambda: self.model.mint(to, amount), lambda: self.world.fund(self.address(to), amount))

    @rule(sender=people, to=anybody, amount=amounts)
    def transfer(self, sender: str, to: str, amount: int) -> None:
        self.both(
            lambda: self.model.transfer(sender, to, amount),
            lambda: self.world.token.transfer(self.address(to), amount, sender=self.address(sender)),
        )

    @rule(sender=houses, to=payees, amount=amounts)
    def transfer_within_the_suite(self, sender: str, to: str, amount: int) -> None:
        self.both(
            lambda: self.model.transfer(sender, to, amount),
            lambda: self.world.act(
                self.contracts[sender], self.world.token, "transfer", self.address(to), amount
            ),
        )

    @rule(owner=people, spender=st.sampled_from(SUITE), amount=amounts)
    def approve(self, owner: str, spender: str, amount: int) -> None:
        self.both(
            lambda: self.model.approve(owner, spender, amount),
            lambda: self.world.token.approve(self.address(spender), amount, sender=self.address(owner)),
        )

    @rule(sender=people, to=people, amount=amounts)
    def authorize(self, sender: str, to: str, amount: int) -> None:
        nonce = self.world.citation()
        arguments = self.world.authorization("Transfer", sender, to, amount, nonce=nonce)
        self.both(
            lambda: self.model.transfer(sender, to, amount),
            lambda: self.world.token.transferWithAuthorization(*arguments, sender=self.address("bank")),
        )

    # ---------------------------------------------------------------- mandates

    @rule(
        who=people,
        limit=limits,
        named=st.integers(1, 3),
        months=st.integers(0, 4),
        partial=st.booleans(),
    )
    def set_mandate(self, who: str, limit: int, named: int, months: int, partial: bool) -> None:
        terms = {"limit": limit, "collectors": named, "months": months, "partial": partial}
        self.both(
            lambda: self.model.set_mandate(who, limit, named, months, partial),
            lambda: self.world.mandate(who, **terms),
        )

    @rule(who=people)
    def revoke(self, who: str) -> None:
        self.both(
            lambda: self.model.revoke(who),
            lambda: self.world.token.revokeMandate(sender=self.address(who)),
        )

    @rule(by=collectors, items=batches)
    def collect(self, by: str, items: list[tuple[str, int]]) -> None:
        wanted, found = self.both(
            lambda: self.model.collect(by, items),
            lambda: self.world.collect(*items, by=self.contracts[by]),
        )
        assert found == wanted

    @rule(by=houses, payer=people, amount=amounts)
    def pull(self, by: str, payer: str, amount: int) -> None:
        self.both(
            lambda: self.model.pull(by, payer, amount),
            lambda: self.world.pull(payer, amount, by=self.contracts[by]),
        )

    @rule(by=houses, payer=people, to=payees, amount=amounts)
    def pull_to(self, by: str, payer: str, to: str, amount: int) -> None:
        self.both(
            lambda: self.model.pull_to(by, payer, to, amount),
            lambda: self.world.act(
                self.contracts[by],
                self.world.token,
                "pullTo",
                self.address(payer),
                self.address(to),
                amount,
            ),
        )

    @rule(by=houses, payer=people, items=payouts, extra=st.integers(0, 5 * CMT))
    def pull_for(self, by: str, payer: str, items: list[tuple[str, int]], extra: int) -> None:
        amount = sum(part for _, part in items) + extra
        words = [self.world.item(self.address(name), part) for name, part in items]
        answers = self.both(
            lambda: self.model.pull_for(by, payer, amount, items),
            lambda: self.world.act(
                self.contracts[by], self.world.token, "disburseFrom", self.address(payer), amount, words
            ),
        )
        assert answers is None or answers[0] == int.from_bytes(answers[1], "big")

    @rule(by=houses, items=payouts)
    def disburse(self, by: str, items: list[tuple[str, int]]) -> None:
        addressed = [(self.address(name), amount) for name, amount in items]
        answers = self.both(
            lambda: self.model.disburse(by, items),
            lambda: self.world.disburse(*addressed, by=self.contracts[by]),
        )
        assert answers is None or answers[0] == answers[1]

    # ---------------------------------------------------------------- freezing and recovery

    @rule(who=people, days=st.integers(1, 90))
    def freeze(self, who: str, days: int) -> None:
        until = self.model.now + days * DAY
        self.both(lambda: self.model.freeze(who, until), lambda: self.world.freeze(who, until))

    @rule(who=people)
    def lift(self, who: str) -> None:
        committee = self.address("committee")
        self.both(
            lambda: self.model.lift(who),
            lambda: self.world.token.liftFreeze(self.address(who), sender=committee),
        )

    @rule(who=people, hold=st.booleans())
    def hold(self, who: str, hold: bool) -> None:
        self.both(lambda: self.model.hold(who, hold), lambda: self.world.hold(who, hold))

    @precondition(lambda self: len(self.model.successor) < len(RESIDENTS) - 1)
    @rule(old=people, new=people)
    def replace(self, old: str, new: str) -> None:
        self.both(lambda: self.model.replace(old, new), lambda: self.world.replace(old, new))

    # ---------------------------------------------------------------- reserve and desk

    @rule(name=assets, who=people, amount=st.one_of(amounts, st.integers(1, WHOLE).map(lambda n: n * CMT)))
    def enter(self, name: str, who: str, amount: int) -> None:
        """`amount` [cmt], turned into units of the asset as far as it goes."""
        paid = max(1, amount * 10 ** DECIMALS[name] // CMT)
        self.both(
            lambda: self.model.enter(self.model.assets[name], who, paid),
            lambda: self.world.enter(self.odd[name], who, paid),
        )

    @rule(name=assets, who=people, amount=amounts)
    def exit(self, name: str, who: str, amount: int) -> None:
        def contract() -> int:
            self.world.reserve.exit(self.odd[name], amount, self.address(who), 0, sender=self.address(who))
            return int(self.world.events("Exited")[0]["received"])

        answers = self.both(lambda: self.model.exit(self.model.assets[name], who, amount), contract)
        assert answers is None or answers[0] == answers[1]

    @rule(name=assets, share=st.integers(1, 4))
    def T11_lose_value(self, name: str, share: int) -> None:
        """A rebasing asset takes a part of what the reserve holds; nothing else changes."""
        asset = self.model.assets[name]
        lost = asset.holds * share // 100
        asset.holds -= lost
        self.odd[name].seize(self.world.reserve, lost, sender=self.address("bank"))

    @rule(who=people, amount=amounts)
    def request(self, who: str, amount: int) -> None:
        self.both(
            lambda: self.model.request(who, amount),
            lambda: self.world.desk.request(amount, REASON, sender=self.address(who)),
        )

    @precondition(lambda self: self.model.redemptions)
    @rule(data=st.data(), end=st.sampled_from(("complete", "refuse")))
    def answer(self, data: st.DataObject, end: str) -> None:
        number = data.draw(st.integers(0, len(self.model.redemptions) - 1))
        treasurer, citation = self.address("treasurer"), self.world.citation()
        self.both(
            lambda: getattr(self.model, end)(number),
            lambda: getattr(self.world.desk, end)(number + 1, citation, sender=treasurer),
        )

    @precondition(lambda self: self.model.redemptions)
    @rule(data=st.data(), caller=people)
    def take_back(self, data: st.DataObject, caller: str) -> None:
        number = data.draw(st.integers(0, len(self.model.redemptions) - 1))
        self.both(
            lambda: self.model.take_back(number, caller),
            lambda: self.world.desk.takeBack(number + 1, sender=self.address(caller)),
        )

    @rule(days=st.integers(0, 40), seconds=st.integers(0, DAY))
    def wait(self, days: int, seconds: int) -> None:
        self.model.now += days * DAY + seconds
        self.world.backend.warp(self.model.now)

    # ---------------------------------------------------------------- what holds after every step

    @invariant()
    def TOK_1_TOK_2_balances_add_up(self) -> None:
        balances = {name: self.world.balance(self.address(name)) for name in (*RESIDENTS, *SUITE)}
        assert balances == {name: self.model.balance(name) for name in balances}
        assert balances == {name: self.moved[name] for name in balances}
        supply = self.world.token.totalSupply()
        assert sum(balances.values()) == supply <= CAP

    @invariant()
    def TOK_3_no_month_passes_its_limit(self) -> None:
        for key, collected in self.model.collected.items():
            assert collected <= self.model.highest[key]

    @invariant()
    def TOK_4_minted_less_burned_is_the_supply(self) -> None:
        assert self.world.token.totalSupply() == self.model.minted - self.model.burned

    @invariant()
    def TOK_5_mandates_and_states_agree(self) -> None:
        for name in RESIDENTS:
            mandate, spent, month = self.world.mandate_of(name)
            purse = self.model.purses[name]
            wanted = purse.mandate
            assert mandate == (
                (wanted.limit, wanted.collectors, wanted.expiry_month, wanted.allow_partial)
                if wanted
                else (0, 0, 0, False)
            )
            assert (spent, month) == (purse.spent, purse.spent_month)
            assert self.world.token.statusOf(self.address(name)) == (
                False, name in self.model.held, self.model.frozen_until(name),
                self.address(self.model.newest(name)),
            )  # fmt: skip

    @invariant()
    def RES_1_RES_2_RES_3_the_reserve_is_covered(self) -> None:
        for name, asset in self.model.assets.items():
            holds, owes = self.world.reserve.coverOf(self.odd[name])
            assert (holds, owes) == (asset.holds, asset.owes())
            assert self.world.net(self.odd[name]) == asset.net <= CEILING
        assert self.world.balance(self.world.reserve) == 0

    @invariant()
    def RED_1_RED_2_the_desk_holds_what_is_open(self) -> None:
        held = self.world.desk.heldForRedemption()
        assert held == self.world.balance(self.world.desk) == self.model.held_for_redemption()
        for number, item in enumerate(self.model.redemptions, start=1):
            assert self.world.desk.redemptionOf(number)[3] == item.state

    # ---------------------------------------------------------------- everybody is paid out

    def teardown(self) -> None:
        try:
            self._walk_out()
        finally:
            self.world.backend.restore(self.mark[0])
            self.world.citations = self.mark[1]

    def _walk_out(self) -> None:
        """Freezes end, recoveries end, and then every unit leaves by a way that needs nobody else."""
        self.wait(91, 0)
        for who in RESIDENTS:
            if who not in self.model.successor:
                self.hold(who, False)
        for number, item in enumerate(self.model.redemptions):
            if item.state == State.REQUESTED:
                assert self.model.now >= item.since + WEEK
                self.take_back_now(number, self.model.newest(item.holder))
        for house in ("leases", "fees", "escrow"):
            self.disburse(house, [("ann", self.model.balance(house))])
        for who in RESIDENTS:
            for name, asset in self.model.assets.items():
                multiply, _ = asset.scale()
                amount = min(self.model.balance(who), asset.net) // multiply * multiply
                if amount:
                    self.approve(who, "reserve", amount)
                    self.exit(name, who, amount)
            rest = self.model.balance(who)
            if rest:
                self.approve(who, "desk", rest)
                self.request(who, rest)
                number = len(self.model.redemptions)
                self.complete_now(number)
        assert self.world.token.totalSupply() == 0
        for name, asset in self.model.assets.items():
            for who in RESIDENTS:
                assert self.odd[name].balanceOf(self.address(who)) == asset.purses[who]
            if asset.net == 0:
                assert self.world.reserve.coverOf(self.odd[name])[1] == 0

    def complete_now(self, number: int) -> None:
        citation, treasurer = self.world.citation(), self.address("treasurer")
        answer = self.both(
            lambda: self.model.complete(number - 1),
            lambda: self.world.desk.complete(number, citation, sender=treasurer),
        )
        assert answer is not None

    def take_back_now(self, number: int, caller: str) -> None:
        answer = self.both(
            lambda: self.model.take_back(number, caller),
            lambda: self.world.desk.takeBack(number + 1, sender=self.address(caller)),
        )
        assert answer is not None


MoneyMachine.TestCase.settings = settings(
    max_examples=1_000 if LONG else 60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestMoney = MoneyMachine.TestCase
