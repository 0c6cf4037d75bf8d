"""The credit history: a grid of counts per party and month, one outcome per obligation, with due process.

The twin of `contracts/finance/CreditRegistry.sol` and of the disputes and corrections in CreditReview.
`History` keeps the same facts in plain dictionaries; `words` packs them as the contract stores them. Days
[day], months [month]. What the contract refuses, the twin refuses with HistoryRefused and its error's name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum

from commonhold.rules.calendar import month_of

CURE_DAYS = 14  # after the day of the notice
REVIEW_DAYS = 30  # after the day of the dispute
FULL = 15  # most counts of a cell
NOWHERE = 15  # no lane
MONTHS_PER_WORD = 6
LANES = 10
PROVIDER_NEGATIVE = (1, 3)


class Kind(IntEnum):
    """Of an obligation."""

    RENT = 0
    FEES = 1
    INSTALMENT = 2


class Lane(IntEnum):
    """Of a month in a party's history."""

    RENT_ON_TIME = 0
    RENT_LATE_1 = 1
    RENT_LATE_30 = 2
    RENT_LATE_60 = 3
    FEES_ON_TIME = 4
    FEES_LATE = 5
    INSTALMENT_ON_TIME = 6
    INSTALMENT_LATE = 7
    DEFAULT = 8
    NEUTRAL = 9


class ProviderLane(IntEnum):
    """Of a month in the record of a landlord or manager."""

    DEPOSIT_SETTLED = 0
    DEPOSIT_DISPUTED = 1
    TICKET_ON_TIME = 2
    TICKET_LATE = 3
    NEUTRAL = 9


class Standing(IntEnum):
    """Of the entry of one obligation."""

    NONE = 0
    NOTICED = 1
    ENTERED = 2
    DISPUTED = 3
    UPHELD = 4
    REMOVED = 5


ON_TIME = {
    Kind.RENT: Lane.RENT_ON_TIME,
    Kind.FEES: Lane.FEES_ON_TIME,
    Kind.INSTALMENT: Lane.INSTALMENT_ON_TIME,
}
PUNCTUAL = frozenset(ON_TIME.values())


class HistoryRefused(Exception):
    """What the contract would refuse; `name` is its error."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one entry of an obligation: who owed it, when it fell due, where it counts and how it stands."""

    party: int = 0
    month: int = 0
    due_day: int = 0
    notice_day: int = 0
    lane: int = 0
    counted: bool = False
    closed: bool = False
    standing: Standing = Standing.NONE
    last_day: int = 0


@dataclass(frozen=True, slots=True)
class Overdue:
    """What the reporter answers about an obligation. open [cmt]"""

    kind: Kind
    party: int
    due_day: int
    last_on_time_day: int
    open: int


@dataclass(frozen=True, slots=True)
class Discharge:
    """An obligation that was discharged after its grace, or waived."""

    key: int
    party: int
    due_day: int
    day: int
    waived: bool = False


def late_lane(kind: Kind, days: int) -> Lane:
    """The lane of a delinquency this many days after the due day."""
    if kind is Kind.FEES:
        return Lane.FEES_LATE
    if kind is Kind.INSTALMENT:
        return Lane.INSTALMENT_LATE
    return Lane.RENT_LATE_1 if days < 30 else Lane.RENT_LATE_30 if days < 60 else Lane.RENT_LATE_60


def is_negative(lane: int) -> bool:
    """Whether a lane speaks against a party."""
    return lane < Lane.NEUTRAL and lane not in PUNCTUAL


Cell = tuple[int, int, int]  # party, month, lane


@dataclass
class History:
    """The whole registry. consenting: parties that allow collecting; grid and providers: count by cell."""

    consenting: set[int] = field(default_factory=set)
    grid: dict[Cell, int] = field(default_factory=dict)
    providers: dict[Cell, int] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    # ---- reports

    def on_time(self, kind: Kind, items: Iterable[tuple[int, int]]) -> None:
        """(month, party) of obligations discharged in time; one rent per party and month counts."""
        lane = ON_TIME[kind]
        for month, party in items:
            if party in self.consenting:
                self._add(self.grid, (party, month, lane), 1 if kind is Kind.RENT else FULL)

    def late(self, kind: Kind, outcomes: Iterable[Discharge], today: int) -> None:
        """Obligations discharged after their grace: their final lane, or neutral."""
        for item in outcomes:
            outcome = self.outcome_of(item.key, today)
            if item.party not in self.consenting or outcome.closed:
                continue
            if outcome.standing is Standing.NONE:
                outcome = self._opened(item.party, item.due_day)
            if outcome.standing in (Standing.NONE, Standing.NOTICED):
                outcome = replace(outcome, standing=Standing.ENTERED)
            noticed = outcome.notice_day != 0 and item.day > outcome.notice_day + CURE_DAYS
            negative = noticed and not item.waived
            lane = late_lane(kind, max(0, item.day - outcome.due_day)) if negative else Lane.NEUTRAL
            if outcome.standing is Standing.DISPUTED and not negative:
                outcome = replace(outcome, standing=Standing.ENTERED)
            self._place(item.key, replace(outcome, closed=True), lane)

    def default(self, key: int, party: int, day: int) -> None:
        """A default declared elsewhere after notice and cure, in the month of its day."""
        if party in self.consenting and key not in self.outcomes:
            opened = self._opened(party, day)
            self._place(key, replace(opened, standing=Standing.ENTERED, closed=True), Lane.DEFAULT)

    def provider(self, party: int, month: int, lane: int) -> None:
        """An outcome in the record of a landlord or manager."""
        if party in self.consenting and lane <= ProviderLane.TICKET_LATE:
            self._add(self.providers, (party, month, lane), FULL)

    def overdue(self, key: int, facts: Overdue, today: int) -> None:
        """The notice first; after the cure the delinquency; later its worse lane."""
        if facts.open == 0 or today <= facts.last_on_time_day:
            raise HistoryRefused("CreditNotOverdue")
        if facts.party not in self.consenting:
            raise HistoryRefused("CreditNoConsent")
        outcome = self.outcome_of(key, today)
        if outcome.standing is Standing.NONE:
            opened = self._opened(facts.party, facts.due_day)
            self.outcomes[key] = replace(opened, standing=Standing.NOTICED, notice_day=today)
            return
        if today <= outcome.notice_day + CURE_DAYS:
            raise HistoryRefused("CreditCuring")
        lane = late_lane(facts.kind, today - outcome.due_day)
        if outcome.closed or outcome.standing is Standing.REMOVED or lane == outcome.lane:
            raise HistoryRefused("CreditNothingNew")
        if outcome.standing is Standing.NOTICED:
            outcome = replace(outcome, standing=Standing.ENTERED)
        self._place(key, outcome, lane)

    # ---- review

    def dispute(self, key: int, today: int) -> None:
        """Out of its cell until it is decided."""
        outcome = self.outcome_of(key, today)
        if outcome.standing is not Standing.ENTERED or not outcome.counted or not is_negative(outcome.lane):
            raise HistoryRefused("CreditNotDisputable")
        disputed = replace(outcome, standing=Standing.DISPUTED, last_day=today + REVIEW_DAYS)
        self._place(key, disputed, outcome.lane)

    def decide(self, key: int, upheld: bool, today: int) -> None:
        """Back where it belongs now, or gone for ever."""
        outcome = self.outcomes.get(key, Outcome())
        if outcome.standing is not Standing.DISPUTED:
            raise HistoryRefused("CreditNotDisputed")
        if today > outcome.last_day:
            raise HistoryRefused("CreditReviewOver")
        standing = Standing.UPHELD if upheld else Standing.REMOVED
        self._place(key, replace(outcome, standing=standing), outcome.lane)

    def correct(self, key: int, target: int, today: int) -> None:
        """The counted outcome of an entry moves to another lane and stays there."""
        outcome = self.outcome_of(key, today)
        if outcome.standing is Standing.NONE:
            raise HistoryRefused("CreditOutcomeUnknown")
        if target >= LANES or target == outcome.lane:
            raise HistoryRefused("CreditCorrectionInvalid")
        if not outcome.counted or not self.count(outcome.party, outcome.month, outcome.lane):
            raise HistoryRefused("CreditCellEmpty")
        self._check_room(outcome.party, outcome.month, target)
        self._place(key, replace(outcome, closed=True), target)

    def correct_count(self, provider: bool, party: int, month: int, source: int, target: int) -> None:
        """One count without an entry of its own moves to another lane."""
        allowed: Iterable[int] = set(ProviderLane) if provider else {*PUNCTUAL, Lane.NEUTRAL}
        sources = allowed if provider else PUNCTUAL
        if source not in sources or target not in allowed or source == target:
            raise HistoryRefused("CreditCorrectionInvalid")
        grid = self.providers if provider else self.grid
        if not grid.get((party, month, source)):
            raise HistoryRefused("CreditCellEmpty")
        if provider and grid.get((party, month, target), 0) == FULL:
            raise HistoryRefused("CreditCellFull")
        if not provider:
            self._check_room(party, month, target)
        grid[party, month, source] -= 1
        grid[party, month, target] = grid.get((party, month, target), 0) + 1

    # ---- look

    def outcome_of(self, key: int, today: int) -> Outcome:
        """As it stands today: silence has removed what nobody decided in time."""
        outcome = self.outcomes.get(key, Outcome())
        if outcome.standing is Standing.DISPUTED and today > outcome.last_day:
            return replace(outcome, standing=Standing.REMOVED)
        return outcome

    def count(self, party: int, month: int, lane: int) -> int:
        return self.grid.get((party, month, lane), 0)

    def words(self, party: int, half: int, count: int, *, provider: bool = False) -> list[int]:
        """Words of half-years in a row, as the contract stores them."""
        found = [0] * count
        for (who, month, lane), number in (self.providers if provider else self.grid).items():
            place = month // MONTHS_PER_WORD - half
            if who == party and 0 <= place < count:
                found[place] += number << shift_of(month, lane)
        return found

    # ---- inside

    def _opened(self, party: int, due_day: int) -> Outcome:
        return Outcome(party=party, month=month_of(due_day), due_day=due_day, lane=NOWHERE)

    def _add(self, grid: dict[Cell, int], cell: Cell, most: int) -> None:
        if grid.get(cell, 0) < most:
            grid[cell] = grid.get(cell, 0) + 1

    def _check_room(self, party: int, month: int, lane: int) -> None:
        if self.count(party, month, lane) >= (1 if lane == Lane.RENT_ON_TIME else FULL):
            raise HistoryRefused("CreditCellFull")

    def _place(self, key: int, outcome: Outcome, lane: int) -> None:
        """Out of its cell, into the one where it belongs now, unless disputed, removed or full."""
        before = self.outcomes.get(key, Outcome())
        inside = outcome.standing in (Standing.ENTERED, Standing.UPHELD)
        if before.counted:
            self.grid[before.party, before.month, before.lane] -= 1
        room = self.count(outcome.party, outcome.month, lane) < FULL
        counted = inside and room
        if counted:
            cell = (outcome.party, outcome.month, lane)
            self.grid[cell] = self.grid.get(cell, 0) + 1
        self.outcomes[key] = replace(outcome, lane=lane, counted=counted)


def shift_of(month: int, lane: int) -> int:
    """Where a lane of a month lies in its word. [bits]"""
    return month % MONTHS_PER_WORD * 40 + lane * 4


def counts_of(words: Iterable[int], half: int) -> dict[tuple[int, int], int]:
    """(month, lane) -> count of every cell that is not empty."""
    return {
        ((half + place) * MONTHS_PER_WORD + month, lane): number
        for place, word in enumerate(words)
        for month in range(MONTHS_PER_WORD)
        for lane in range(LANES)
        if (number := word >> shift_of(month, lane) & FULL)
    }
