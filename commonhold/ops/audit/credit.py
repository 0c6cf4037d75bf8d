"""CreditRegistry and CreditReview replayed: every cell of the history by its twin.

What was paid in time leaves no log of its own: the books of the reporters note it as they replay payments and
settlements, and here it is counted. Every other count moves with a log, which has to be the one that the
twin moves. Days [day], months [month], times [unix].
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.outcomes import Default, InTime, Late, Provided, told
from commonhold.rules.history import (
    CURE_DAYS,
    FULL,
    NOWHERE,
    ON_TIME,
    Discharge,
    History,
    HistoryRefused,
    Kind,
    Lane,
    Outcome,
    Overdue,
    Standing,
)

CREDIT: Final = "CreditRegistry"
REVIEW: Final = "CreditReview"
DEFAULT_KEY: Final = 1 << 255
_DEFAULTS, _PROVIDERS = 3, 4  # bits of a reporter's kinds
_SATURATED, _ONE_A_MONTH = 0, 1

Move = tuple[int, int, int, int, int, int, int, int]  # as OutcomeMoved tells it


class Grid(History):
    """The twin's history, which also says what it moves and what it does not count."""

    moves: list[Move]
    refused: list[tuple[int, int, int, int]]  # party, month, lane, reason

    def __init__(self) -> None:
        super().__init__()
        self.moves, self.refused = [], []

    def _add(self, grid: dict[tuple[int, int, int], int], cell: tuple[int, int, int], most: int) -> None:
        if grid is self.grid and grid.get(cell, 0) >= most:
            self.refused.append((*cell, _ONE_A_MONTH if most == 1 else _SATURATED))
        super()._add(grid, cell, most)

    def _place(self, key: int, outcome: Outcome, lane: int) -> None:
        before = self.outcomes.get(key, Outcome())
        super()._place(key, outcome, lane)
        after = self.outcomes[key]
        source = before.lane if before.counted else NOWHERE
        target = after.lane if after.counted else NOWHERE
        if after.standing in (Standing.ENTERED, Standing.UPHELD) and not after.counted and source != lane:
            self.refused.append((after.party, after.month, lane, _SATURATED))
        if source == target:
            source = target = NOWHERE
        self.moves.append(
            (key, after.party, after.month, source, target, lane, int(after.standing), int(after.closed))
        )


@dataclass(slots=True)
class Reporter:
    """A contract that may report. effective: from when [unix]."""

    number: int
    kinds: int
    effective: int
    retired: bool = False

    def active(self, bit: int, time: int) -> bool:
        """Whether its reports of a kind count. [unix]"""
        return not self.retired and time >= self.effective and bool(self.kinds >> bit & 1)


@dataclass(slots=True)
class CreditRows:
    """The whole registry. overdue: what a reporter would answer about an obligation, by its contract."""

    findings: Findings
    addresses: dict[str, str]  # of contracts
    grid: Grid = field(default_factory=Grid)
    reporters: dict[str, Reporter] = field(default_factory=dict)  # by address
    corrections: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # proposed, by id
    statements: dict[int, str] = field(default_factory=dict)  # by party
    overdue: dict[str, Callable[[int, Moment], Overdue | None]] = field(default_factory=dict)

    def handlers(self) -> dict[str, Handler]:
        """By event of CreditRegistry."""
        return {
            "ReporterRegistered": self.reporter_registered,
            "ReporterRetired": self.reporter_retired,
            "DelinquencyNoticed": self._keep("noticed"),
            "OutcomeMoved": self._keep("moved"),
            "OutcomeNotCounted": self._keep("not counted"),
            "ProviderCounted": self._keep("provider"),
            "CountCorrected": self._keep("corrected"),
        }

    def review_handlers(self) -> dict[str, Handler]:
        """By event of CreditReview."""
        return {
            "OutcomeDisputed": self._keep("disputed"),
            "DisputeDecided": self._keep("decided"),
            "CorrectionProposed": self.correction_proposed,
            "CorrectionApproved": self._keep("approved"),
            "ConsumerStatementSet": self.statement_set,
        }

    def _keep(self, kind: str) -> Handler:
        """Events that are compared at the end of the transaction."""

        def keep(values: tuple[Any, ...], moment: Moment) -> None:
            moment.scratch.setdefault("credit", {}).setdefault(kind, []).append(values)

        return keep

    def reporter_registered(self, values: tuple[Any, ...], moment: Moment) -> None:
        reporter, number, kinds, effective = values
        self.findings.check(CREDIT, f"reporter {reporter}", "number", len(self.reporters) + 1, number)
        self.reporters[reporter] = Reporter(number, kinds, effective)

    def reporter_retired(self, values: tuple[Any, ...], moment: Moment) -> None:
        found = self.reporters.get(values[0])
        if found is None:
            row = f"reporter {values[0]}"
            self.findings.differ(CREDIT, row, "ReporterRetired", "registered before", "no log")
            return
        found.retired = True

    def correction_proposed(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.corrections[values[0]] = values[3]

    def statement_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.statements[values[0]] = values[1]

    # ---------------------------------------------------------------- the end of a transaction

    def close_moment(self, moment: Moment) -> None:
        """The twin counts what was reported, then does what the registry's own logs tell."""
        outcomes, logs = told(moment), moment.scratch.get("credit", {})
        if not outcomes and not logs:
            return
        grid = self.grid
        grid.moves, grid.refused = [], []
        provided: list[tuple[int, int, int]] = []
        for outcome in outcomes:
            reporter = self.reporters.get(self.addresses.get(outcome.reporter, ""))
            if reporter is not None:
                self._report(reporter, outcome, provided, moment)
        for values in logs.get("noticed", ()):
            self._notice(values, moment)
        self._review(logs, moment)
        self._rest(logs.get("moved", []), moment)
        self._compare("OutcomeMoved", grid.moves, logs.get("moved", ()))
        self._compare("OutcomeNotCounted", grid.refused, logs.get("not counted", ()))
        self._compare("ProviderCounted", provided, logs.get("provider", ()))

    def _report(
        self, reporter: Reporter, told_: Any, provided: list[tuple[int, int, int]], moment: Moment
    ) -> None:
        grid = self.grid
        match told_:
            case InTime():
                if reporter.active(told_.kind, moment.time):
                    grid.on_time(told_.kind, [(told_.month, told_.party)])
            case Late():
                if reporter.active(told_.kind, moment.time):
                    key = reporter.number << 192 | told_.obligation
                    item = Discharge(key, told_.party, told_.due_day, told_.day, told_.waived)
                    grid.late(told_.kind, [item], moment.day)
            case Default():
                if reporter.active(_DEFAULTS, moment.time):
                    key = DEFAULT_KEY | reporter.number << 192 | told_.obligation
                    grid.default(key, told_.party, told_.day)
            case Provided():
                cell = (told_.party, told_.month, told_.lane)
                room = grid.providers.get(cell, 0) < FULL
                if reporter.active(_PROVIDERS, moment.time) and told_.party in grid.consenting and room:
                    grid.provider(*cell)
                    provided.append(cell)

    def _facts(self, key: int, moment: Moment) -> Overdue | None:
        number, obligation = key >> 192, key & 2**192 - 1
        for address, reporter in self.reporters.items():
            if reporter.number == number:
                names = [name for name, found in self.addresses.items() if found == address]
                ask = self.overdue.get(names[0]) if names else None
                return ask(obligation, moment) if ask is not None else None
        return None

    def _notice(self, values: tuple[Any, ...], moment: Moment) -> None:
        key, party, reporter, obligation, kind, due_day, cure_day = values
        id_ = f"outcome {key:#x}"
        number = self.reporters[reporter].number if reporter in self.reporters else 0
        self.findings.check(CREDIT, id_, "DelinquencyNoticed.key", number << 192 | obligation, key)
        self.findings.check(CREDIT, id_, "DelinquencyNoticed.cureDay", moment.day + CURE_DAYS, cure_day)
        facts = self._facts(key, moment)
        if facts is None:
            self.findings.differ(
                CREDIT, id_, "DelinquencyNoticed.obligation", "one that there is", obligation
            )
            return
        expected = (facts.party, int(facts.kind), facts.due_day)
        self.findings.check(
            CREDIT, id_, "DelinquencyNoticed (party, kind, dueDay)", expected, (party, kind, due_day)
        )
        self._try(id_, "DelinquencyNoticed", partial(self.grid.overdue, key, facts, moment.day))

    def _try(self, id_: str, event: str, act: Callable[[], None]) -> None:
        try:
            act()
        except HistoryRefused as error:
            self.findings.differ(CREDIT, id_, event, f"refused: {error.name}", "done")

    def _review(self, logs: dict[str, list[Any]], moment: Moment) -> None:
        day, grid = moment.day, self.grid
        for key, party, _, last_day in logs.get("disputed", ()):
            id_ = f"outcome {key:#x}"
            self._try(id_, "OutcomeDisputed", partial(grid.dispute, key, day))
            found = grid.outcomes.get(key, Outcome())
            self.findings.check(REVIEW, id_, "OutcomeDisputed.lastDay", found.last_day, last_day)
            self.findings.check(REVIEW, id_, "OutcomeDisputed.party", found.party, party)
        for key, party, _, upheld, _ in logs.get("decided", ()):
            id_ = f"outcome {key:#x}"
            self._try(
                id_,
                "DisputeDecided",
                partial(grid.decide, key, bool(upheld), day),
            )
            self.findings.check(REVIEW, id_, "DisputeDecided.party", grid.outcomes[key].party, party)
        expected = []
        for id_, _, _ in logs.get("approved", ()):
            correction = self.corrections.pop(id_, None)
            if correction is None:
                self.findings.differ(
                    REVIEW, f"correction {id_}", "CorrectionApproved", "proposed before", "no log"
                )
                continue
            key, provider, party, month, source, target, _ = correction
            if key:
                self._try(
                    f"outcome {key:#x}",
                    "CorrectionApproved",
                    partial(grid.correct, key, target, day),
                )
                continue
            cell = (bool(provider), party, month, source, target)
            self._try(
                f"correction {id_}",
                "CorrectionApproved",
                partial(grid.correct_count, *cell),
            )
            expected.append((provider, party, month, source, target))
        self._compare("CountCorrected", expected, logs.get("corrected", ()))

    def _rest(self, moved: list[tuple[Any, ...]], moment: Moment) -> None:
        """Moves that follow from nothing else: `reportOverdue`, after the cure."""
        waiting = Counter(move[0] for move in self.grid.moves)
        for values in moved:
            key = values[0]
            if waiting[key]:
                waiting[key] -= 1
                continue
            facts, id_ = self._facts(key, moment), f"outcome {key:#x}"
            if facts is None:
                continue
            self._try(id_, "OutcomeMoved", partial(self.grid.overdue, key, facts, moment.day))

    def _compare(self, event: str, wanted: Iterable[Any], found: Iterable[Any]) -> None:
        """The same rows, in whatever order."""
        expected, told_ = (Counter(tuple(map(int, row)) for row in rows) for rows in (wanted, found))
        checked = self.findings.checked
        checked[CREDIT] = checked.get(CREDIT, 0) + sum(told_.values())
        for row in (expected - told_).elements():
            self.findings.differ(CREDIT, _name(event, row), event, row, "no log")
        for row in (told_ - expected).elements():
            self.findings.differ(CREDIT, _name(event, row), event, "no log", row)


def _name(event: str, row: tuple[Any, ...]) -> str:
    if event == "OutcomeMoved":
        return f"outcome {row[0]:#x}"
    party, month = (row[1], row[2]) if event == "CountCorrected" else (row[0], row[1])
    return f"party {party} month {month}"


__all__ = ["CREDIT", "ON_TIME", "REVIEW", "CreditRows", "Kind", "Lane"]
