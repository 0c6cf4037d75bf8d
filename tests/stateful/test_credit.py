"""The credit history against its twin, over any order of payments, delays, waivers, disputes and corrections.

After every step the grid is computed again in two ways: by the twin (`commonhold.rules.history`), and from
nothing but the list of payments in time and the contracts' events, as an auditor would.

Invariants (docs/invariants.md): H1 grid = all outcomes recomputed · H2 one entry per obligation in at most
one cell, and a negative one was noticed and not cured in time · H3 nothing is written about a party without
consent · H4 the score is the twin's and its reasons add up.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from commonhold.rules.calendar import month_of
from commonhold.rules.history import (
    CURE_DAYS,
    NOWHERE,
    Discharge,
    History,
    HistoryRefused,
    Kind,
    Lane,
    Outcome,
    Overdue,
    Standing,
    counts_of,
    is_negative,
)  # fmt: skip
from commonhold.rules.score import FIRST, score_of
from tests.credit_world import CreditWorld
from tests.evm import Reverted
from tests.examples import LONG
from tests.lease_world import InProcess
from tests.registry_world import REASON

PEOPLE = ("ann", "ben", "cleo")
people = st.sampled_from(PEOPLE)
kinds = st.sampled_from(list(Kind))
_world: list[CreditWorld] = []


def world() -> CreditWorld:
    if not _world:
        _world.append(CreditWorld(InProcess()))
    return _world[0]


class CreditMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = world()
        self.mark = self.world.backend.snapshot()
        self.model = History()
        self.owed: dict[int, Overdue] = {}  # obligation -> what its reporter answers
        self.in_time: Counter[tuple[int, int, int]] = Counter()  # reports about who consented, by cell
        self.events: list[dict[str, Any]] = []
        self.ever_consented: set[int] = set()

    def teardown(self) -> None:
        self.world.backend.restore(self.mark)

    # ---------------------------------------------------------------- both sides

    def act(self, there: Callable[[], None], here: Callable[[], None]) -> bool:
        """One act on contract and twin: both accept it, or both refuse it for the same reason."""
        refused = ""
        try:
            here()
        except HistoryRefused as error:
            refused = error.name
        try:
            there()
        except Reverted as error:
            assert error.name == refused, (error, refused)
            return False
        assert not refused, f"the twin refuses with {refused}"
        self.events += self.world.backend.chain.found
        return True

    @property
    def keys(self) -> list[int]:
        return sorted(self.model.outcomes)

    def party(self, person: str) -> int:
        return self.world.party[person]

    def obligation(self, number: int) -> int:
        return sorted(self.owed)[number % len(self.owed)]

    # ---------------------------------------------------------------- what happens

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.world.to_day(self.world.today + days)

    @rule(person=people, consent=st.sampled_from([True, True, False]))
    def somebody_changes_the_consent(self, person: str, consent: bool) -> None:
        self.world.collect(person, consent=consent)
        (self.model.consenting.add if consent else self.model.consenting.discard)(self.party(person))
        if consent:
            self.ever_consented.add(self.party(person))

    @rule(kind=kinds, items=st.lists(st.tuples(st.integers(-8, 2), people), min_size=1, max_size=20))
    def payments_in_time_are_reported(self, kind: Kind, items: list[tuple[int, str]]) -> None:
        month = self.world.month
        pairs = [(month + back, self.party(person)) for back, person in items]
        for when, party in pairs:
            if party in self.model.consenting:
                self.in_time[
                    party, when, (Lane.RENT_ON_TIME, Lane.FEES_ON_TIME, Lane.INSTALMENT_ON_TIME)[kind]
                ] += 1
                self.events.append({"event": "InTime", "cell": (party, when, kind)})
        self.act(
            lambda: self.world.on_time(kind, [(month + back, person) for back, person in items]),
            lambda: self.model.on_time(kind, pairs),
        )

    @rule(person=people, kind=kinds, ago=st.integers(0, 70), grace=st.integers(0, 10))
    def something_falls_due(self, person: str, kind: Kind, ago: int, grace: int) -> None:
        obligation, due = len(self.owed) + 1, self.world.today - ago
        self.owed[obligation] = Overdue(kind, self.party(person), due, due + grace, 1_000)
        self.world.owe(obligation, person, due, grace=grace, open=1_000, kind=kind)

    @precondition(lambda self: self.owed)
    @rule(number=st.integers(0, 99))
    def somebody_looks_at_an_obligation(self, number: int) -> None:
        obligation = self.obligation(number)
        key = self.world.key(obligation)
        self.act(
            lambda: self.world.overdue(obligation),
            lambda: self.model.overdue(key, self.owed[obligation], self.world.today),
        )

    @precondition(lambda self: self.owed)
    @rule(number=st.integers(0, 99), ago=st.integers(0, 3), waived=st.booleans(), paid=st.booleans())
    def an_obligation_is_discharged_late(self, number: int, ago: int, waived: bool, paid: bool) -> None:
        obligation = self.obligation(number)
        facts, day = self.owed[obligation], self.world.today - ago
        item = Discharge(self.world.key(obligation), facts.party, facts.due_day, day, waived)
        values = (obligation, facts.party, facts.due_day, day, waived)
        if paid:
            self.owed[obligation] = Overdue(facts.kind, facts.party, facts.due_day, facts.last_on_time_day, 0)
            person = next(name for name in PEOPLE if self.party(name) == facts.party)
            self.world.owe(obligation, person, facts.due_day, open=0, kind=facts.kind)
        self.act(
            lambda: self.world._report("reportLate", facts.kind, [values, values]),
            lambda: self.model.late(facts.kind, [item, item], self.world.today),
        )

    @rule(person=people, number=st.integers(1, 4), ago=st.integers(0, 60))
    def a_default_is_declared(self, person: str, number: int, ago: int) -> None:
        day, key = self.world.today - ago, self.world.key(number, default=True)
        self.act(
            lambda: self.world.default(number, person, day),
            lambda: self.model.default(key, self.party(person), day),
        )

    @rule(person=people, back=st.integers(0, 3), lane=st.integers(0, 4))
    def a_provider_is_reported(self, person: str, back: int, lane: int) -> None:
        month = self.world.month - back
        self.act(
            lambda: self.world.provide(person, month, lane),
            lambda: self.model.provider(self.party(person), month, lane),
        )

    # ---------------------------------------------------------------- due process

    @precondition(lambda self: self.model.outcomes)
    @rule(number=st.integers(0, 99))
    def a_party_disputes(self, number: int) -> None:
        key = self.keys[number % len(self.keys)]
        party = self.model.outcomes[key].party
        person = next(name for name in PEOPLE if self.party(name) == party)
        self.act(
            lambda: self.world.review.dispute(key, REASON, sender=self.world.wallet(person)),
            lambda: self.model.dispute(key, self.world.today),
        )

    @precondition(lambda self: self.model.outcomes)
    @rule(number=st.integers(0, 99), upheld=st.booleans())
    def an_officer_decides(self, number: int, upheld: bool) -> None:
        open_ = [
            key for key in self.keys if self.model.outcomes[key].standing is Standing.DISPUTED
        ] or self.keys
        key = open_[number % len(open_)]
        self.act(
            lambda: self.world.review.decide(key, upheld, REASON, sender=self.world.wallet("officer")),
            lambda: self.model.decide(key, upheld, self.world.today),
        )

    def correct(self, correction: tuple[Any, ...], here: Callable[[], None]) -> None:
        def there() -> None:
            self.world.review.proposeCorrection(correction, sender=self.world.wallet("officer"))
            try:
                self.world.review.approveCorrection(correction, sender=self.world.wallet("committee"))
            except Reverted:
                digest = self.world.review.hashCorrection(correction)
                self.world.review.withdrawCorrection(digest, sender=self.world.wallet("officer"))
                raise

        self.act(there, here)

    @precondition(lambda self: self.model.outcomes)
    @rule(number=st.integers(0, 99), goal=st.integers(0, 10))
    def an_entry_is_corrected(self, number: int, goal: int) -> None:
        key = self.keys[number % len(self.keys)]
        one = self.model.outcomes[key]
        self.correct(
            (key, False, one.party, one.month, one.lane, goal, REASON),
            lambda: self.model.correct(key, goal, self.world.today),
        )

    @rule(
        provider=st.booleans(),
        person=people,
        back=st.integers(0, 3),
        source=st.integers(0, 9),
        goal=st.integers(0, 9),
    )
    def a_count_is_corrected(self, provider: bool, person: str, back: int, source: int, goal: int) -> None:
        month, party = self.world.month - back, self.party(person)
        self.correct(
            (0, provider, party, month, source, goal, REASON),
            lambda: self.model.correct_count(provider, party, month, source, goal),
        )

    # ---------------------------------------------------------------- what always holds

    def stored(self, party: int, *, provider: bool = False) -> list[int]:
        ask = self.world.credit.providerHistoryOf if provider else self.world.credit.historyOf
        return list(ask(party, 108, 20))

    @invariant()
    def H1_the_grid_is_the_twins(self) -> None:
        for person in PEOPLE:
            for provider in (False, True):
                party = self.party(person)
                assert self.stored(party, provider=provider) == self.model.words(
                    party, 108, 20, provider=provider
                )

    @invariant()
    def H1_the_grid_is_what_reports_and_events_add_up_to(self) -> None:
        cells: dict[bool, Counter[tuple[int, int, int]]] = {False: Counter(), True: Counter()}
        for event in self.events:
            if event["event"] == "InTime":
                party, month, kind = event["cell"]
                lane = (Lane.RENT_ON_TIME, Lane.FEES_ON_TIME, Lane.INSTALMENT_ON_TIME)[kind]
                most = 1 if kind is Kind.RENT else 15
                cells[False][party, month, lane] += cells[False][party, month, lane] < most
            elif event["event"] == "ProviderCounted":
                cells[True][event["party"], event["month"], event["lane"]] += 1
            elif event["event"] in ("OutcomeMoved", "CountCorrected"):
                grid = cells[event.get("provider", False)]
                for lane, change in ((event["from"], -1), (event["to"], 1)):
                    if lane != NOWHERE:
                        grid[event["party"], event["month"], lane] += change
        for person in PEOPLE:
            for provider, grid in cells.items():
                party = self.party(person)
                found = counts_of(self.stored(party, provider=provider), 108)
                assert found == {
                    cell[1:]: count for cell, count in grid.items() if count and cell[0] == party
                }

    @invariant()
    def H2_every_obligation_has_one_entry_and_negative_ones_had_their_chance(self) -> None:
        defaults = {self.world.key(number, default=True) for number in range(1, 5)}
        corrected = {
            event["key"] for event in self.events if event["event"] == "OutcomeMoved" and event["closed"]
        }
        for key in self.keys:
            outcome = self.world.outcome(key)
            assert outcome == self.model.outcome_of(key, self.world.today)
            assert not (outcome.counted and outcome.standing in (Standing.DISPUTED, Standing.REMOVED))
            if outcome.counted and is_negative(outcome.lane) and key not in defaults | corrected:
                assert 0 < outcome.notice_day < self.world.today - CURE_DAYS

    @invariant()
    def H3_nothing_is_written_without_consent(self) -> None:
        for person in PEOPLE:
            party = self.party(person)
            if party not in self.ever_consented:
                assert not any(self.stored(party)) and not any(self.stored(party, provider=True))
        assert all(self.model.outcomes[key].party in self.ever_consented for key in self.keys)
        unknown = {self.world.key(obligation) for obligation in self.owed} - set(self.keys)
        assert all(self.world.outcome(key) == Outcome() for key in unknown)

    @invariant()
    def H4_the_score_is_the_twins_and_its_reasons_add_up(self) -> None:
        month = month_of(self.world.today)
        for person in PEOPLE:
            counts = counts_of(self.model.words(self.party(person), 108, 20), 108)
            score, rows = self.world.explained(person)
            assert (score, rows) == score_of(FIRST, counts, month)
            assert (score.good, score.bad) == (sum(row.good for row in rows), sum(row.bad for row in rows))


TestCredit = CreditMachine.TestCase
# the first example may have to compile the contracts
TestCredit.settings = settings(
    max_examples=400 if LONG else 40,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
