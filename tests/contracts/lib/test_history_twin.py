"""The twin of the credit history beside its contracts: due process step by step, and what is refused.

overdue ── noticed · still curing · entered · the same lane again · a worse lane · closed: nothing new
late ── in time of the cure: neutral · after it: its lane · of a disputed entry: waived, neutral
dispute ── decided in time · too late: removed by silence · nothing of it counts meanwhile
correct ── an entry unknown, by no lane, in dispute · a count of none, into a full lane, of a provider
full ── an entry whose lane is full is there and does not count
After every act every cell and every entry are compared.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from commonhold.roles import ROLE_ID
from commonhold.rules.history import (
    CURE_DAYS,
    REVIEW_DAYS,
    Discharge,
    History,
    HistoryRefused,
    Kind,
    Lane,
    Overdue,
    Standing,
)
from tests.credit_world import CreditWorld
from tests.evm import Reverted
from tests.lease_world import InProcess
from tests.registry_world import REASON

HALF, WORDS = 108, 20  # half-years that are compared


class Pair:
    """Contracts and twin, told the same about Ann."""

    def __init__(self, world: CreditWorld) -> None:
        self.world, self.twin = world, History()
        self.ann = world.party["ann"]
        self.facts: dict[int, Overdue] = {}
        world.collect("ann")
        self.twin.consenting.add(self.ann)

    def both(self, there: Callable[[], Any], here: Callable[[], None]) -> str:
        """The error by which both refuse it, none if both do it."""
        refused = ""
        try:
            here()
        except HistoryRefused as error:
            refused = error.name
        try:
            there()
        except Reverted as error:
            assert error.name == refused
        else:
            assert not refused
        self.compare()
        return refused

    def compare(self) -> None:
        for provider, ask in ((False, "historyOf"), (True, "providerHistoryOf")):
            stored = list(getattr(self.world.credit, ask)(self.ann, HALF, WORDS))
            assert stored == self.twin.words(self.ann, HALF, WORDS, provider=provider)
        for key in self.twin.outcomes:
            assert self.world.outcome(key) == self.twin.outcome_of(key, self.world.today)

    # ---- acts

    def owe(self, number: int, *, due: int, grace: int = 5, kind: Kind = Kind.RENT) -> int:
        """Something of Ann's that fell due on a day; its key."""
        self.facts[number] = Overdue(kind, self.ann, due, due + grace, 1)
        return self.world.owe(number, "ann", due, grace=grace, kind=kind)

    def look(self, number: int) -> str:
        key, facts = self.world.key(number), self.facts[number]
        return self.both(
            lambda: self.world.overdue(number),
            lambda: self.twin.overdue(key, facts, self.world.today),
        )

    def discharge(self, number: int, *, waived: bool = False) -> str:
        facts, day = self.facts[number], self.world.today
        item = Discharge(self.world.key(number), self.ann, facts.due_day, day, waived)
        return self.both(
            lambda: self.world.late(number, "ann", facts.due_day, day, waived=waived, kind=facts.kind),
            lambda: self.twin.late(facts.kind, [item], day),
        )

    def dispute(self, key: int) -> str:
        return self.both(
            lambda: self.world.review.dispute(key, REASON, sender=self.world.wallet("ann")),
            lambda: self.twin.dispute(key, self.world.today),
        )

    def decide(self, key: int, upheld: bool) -> str:
        return self.both(
            lambda: self.world.review.decide(key, upheld, REASON, sender=self.world.wallet("officer")),
            lambda: self.twin.decide(key, upheld, self.world.today),
        )

    def correct(self, correction: tuple[Any, ...]) -> str:
        """(key, provider, month, from, to) by two persons; a refused one is withdrawn."""
        key, provider, month, source, target = correction
        whole = (key, provider, self.ann, month, source, target, REASON)
        review, officer = self.world.review, self.world.wallet("officer")

        def there() -> None:
            review.proposeCorrection(whole, sender=officer)
            try:
                review.approveCorrection(whole, sender=self.world.wallet("committee"))
            except Reverted:
                review.withdrawCorrection(review.hashCorrection(whole), sender=officer)
                raise

        if key:
            return self.both(there, lambda: self.twin.correct(key, target, self.world.today))
        return self.both(there, lambda: self.twin.correct_count(provider, self.ann, month, source, target))

    def entered(self, number: int = 1) -> int:
        """A rent noticed and, after the cure, entered; its key."""
        key = self.owe(number, due=self.world.today, grace=0)
        self.pass_days(1)
        assert self.look(number) == ""
        self.pass_days(CURE_DAYS + 1)
        assert self.look(number) == ""
        return key

    def pass_days(self, days: int) -> None:
        self.world.to_day(self.world.today + days)

    def lane(self, key: int) -> tuple[int, bool, Standing]:
        """Where an entry counts, whether it does, and how it stands."""
        found = self.world.outcome(key)
        return found.lane, found.counted, found.standing


@cache
def deployed() -> CreditWorld:
    return CreditWorld(InProcess())


@pytest.fixture
def pair() -> Iterator[Pair]:
    mark = deployed().backend.snapshot()
    yield Pair(deployed())
    deployed().backend.restore(mark)


def test_an_entry_is_noticed_cured_entered_and_worsens_by_its_days(pair: Pair) -> None:
    key = pair.owe(1, due=pair.world.today, grace=3)
    assert pair.look(1) == "CreditNotOverdue"
    pair.pass_days(4)
    assert pair.look(1) == ""
    pair.pass_days(CURE_DAYS)
    assert pair.look(1) == "CreditCuring"
    pair.pass_days(1)
    assert pair.look(1) == ""
    assert pair.lane(key) == (Lane.RENT_LATE_1, True, Standing.ENTERED)
    assert pair.look(1) == "CreditNothingNew"
    pair.pass_days(11)  # thirty after the due day
    assert pair.look(1) == ""
    assert pair.lane(key) == (Lane.RENT_LATE_30, True, Standing.ENTERED)
    assert pair.discharge(1) == ""
    pair.pass_days(40)
    assert pair.look(1) == "CreditNothingNew"  # it is closed


def test_what_is_paid_within_the_cure_is_neutral_and_after_it_late(pair: Pair) -> None:
    cured, late = (pair.owe(number, due=pair.world.today, grace=0) for number in (1, 2))
    pair.pass_days(1)
    assert [pair.look(number) for number in (1, 2)] == ["", ""]
    pair.pass_days(CURE_DAYS)
    assert pair.discharge(1) == ""
    pair.pass_days(1)
    assert pair.discharge(2) == ""
    assert pair.lane(cured) == (Lane.NEUTRAL, True, Standing.ENTERED)
    assert pair.lane(late) == (Lane.RENT_LATE_1, True, Standing.ENTERED)
    unnoticed = pair.owe(3, due=pair.world.today - 90)
    assert pair.discharge(3) == ""
    assert pair.lane(unnoticed)[0] == Lane.NEUTRAL


def test_a_disputed_entry_that_is_waived_is_neutral_and_no_longer_in_dispute(pair: Pair) -> None:
    key = pair.entered()
    assert pair.dispute(key) == ""
    assert pair.discharge(1, waived=True) == ""
    assert pair.lane(key) == (Lane.NEUTRAL, True, Standing.ENTERED)
    assert pair.decide(key, True) == "CreditNotDisputed"


def test_a_disputed_entry_that_is_paid_late_stays_in_dispute(pair: Pair) -> None:
    key = pair.entered()
    assert pair.dispute(key) == ""
    assert pair.discharge(1) == ""
    assert pair.lane(key) == (Lane.RENT_LATE_1, False, Standing.DISPUTED)
    assert pair.decide(key, True) == ""
    assert pair.lane(key) == (Lane.RENT_LATE_1, True, Standing.UPHELD)


def test_a_decision_after_its_days_is_too_late_and_silence_has_removed_the_entry(pair: Pair) -> None:
    key = pair.entered()
    assert pair.dispute(key) == ""
    assert pair.dispute(key) == "CreditNotDisputable"
    pair.pass_days(REVIEW_DAYS + 1)
    assert pair.decide(key, True) == "CreditReviewOver"
    assert pair.lane(key) == (Lane.RENT_LATE_1, False, Standing.REMOVED)
    pair.pass_days(60)
    assert pair.look(1) == "CreditNothingNew"  # what is removed comes back by no report


def test_an_upheld_entry_worsens_as_before(pair: Pair) -> None:
    key = pair.entered()
    assert pair.dispute(key) == ""
    assert pair.decide(key, True) == ""
    pair.pass_days(30)
    assert pair.look(1) == ""
    assert pair.lane(key) == (Lane.RENT_LATE_30, True, Standing.UPHELD)


def test_an_entry_is_corrected_once_it_counts_and_into_a_lane_that_there_is(pair: Pair) -> None:
    world, reviewer = pair.world, pair.world.lender  # the review itself looks first whether there is one
    world.access.grantRole(ROLE_ID["REVIEW"], reviewer, 0, sender=world.wallet("admin"))
    key = pair.entered()
    month = world.outcome(key).month
    unknown = pair.both(
        lambda: world.as_contract(reviewer, world.credit, "correctOutcome", key + 1, Lane.NEUTRAL),
        lambda: pair.twin.correct(key + 1, Lane.NEUTRAL, pair.world.today),
    )
    assert unknown == "CreditOutcomeUnknown"
    for target in (10, Lane.RENT_LATE_1):
        assert pair.correct((key, False, month, 1, target)) == "CreditCorrectionInvalid"
    assert pair.dispute(key) == ""
    assert pair.correct((key, False, month, 1, Lane.NEUTRAL)) == "CreditCellEmpty"
    assert pair.decide(key, True) == ""
    assert pair.correct((key, False, month, 1, Lane.RENT_ON_TIME)) == ""
    assert pair.lane(key) == (Lane.RENT_ON_TIME, True, Standing.UPHELD)


def test_a_count_is_corrected_exactly_or_not_at_all(pair: Pair) -> None:
    month = pair.world.month
    pair.both(
        lambda: pair.world.on_time(Kind.FEES, [(month, "ann")] * 16),
        lambda: pair.twin.on_time(Kind.FEES, [(month, pair.ann)] * 16),
    )
    pair.both(
        lambda: pair.world.on_time(Kind.INSTALMENT, [(month, "ann")]),
        lambda: pair.twin.on_time(Kind.INSTALMENT, [(month, pair.ann)]),
    )
    full, other = Lane.FEES_ON_TIME, Lane.INSTALMENT_ON_TIME
    for source, target in ((Lane.FEES_LATE, other), (full, Lane.FEES_LATE), (full, full)):
        assert pair.correct((0, False, month, source, target)) == "CreditCorrectionInvalid"
    assert pair.correct((0, False, month, Lane.RENT_ON_TIME, full)) == "CreditCellEmpty"
    assert pair.correct((0, False, month, other, full)) == "CreditCellFull"
    assert pair.correct((0, False, month, full, Lane.NEUTRAL)) == ""
    assert pair.world.cell("ann", month, full) == 14


def test_a_providers_count_is_corrected_among_its_lanes(pair: Pair) -> None:
    month = pair.world.month
    for lane, times in ((0, 16), (2, 1)):
        for _ in range(times):
            pair.both(
                lambda lane=lane: pair.world.provide("ann", month, lane),
                lambda lane=lane: pair.twin.provider(pair.ann, month, lane),
            )
    assert pair.correct((0, True, month, 2, 5)) == "CreditCorrectionInvalid"
    assert pair.correct((0, True, month, 2, 0)) == "CreditCellFull"
    assert pair.correct((0, True, month, 2, 3)) == ""
    assert [pair.world.provided("ann", month, lane) for lane in (0, 2, 3)] == [15, 0, 1]


def test_an_entry_whose_lane_is_full_is_there_and_does_not_count(pair: Pair) -> None:
    due = pair.world.today - 1
    for number in range(1, 17):
        pair.owe(number, due=due, grace=0)
        assert pair.discharge(number) == ""
    keys = [pair.world.key(number) for number in range(1, 17)]
    assert [pair.lane(key)[1] for key in keys] == [True] * 15 + [False]
    assert pair.world.cell("ann", pair.world.outcome(keys[0]).month, Lane.NEUTRAL) == 15
