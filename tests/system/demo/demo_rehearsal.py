"""A rehearsal of the demo without a chain: both sides are twins, so that only the story itself is tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commonhold.ops.demo import SAMPLES
from commonhold.ops.demo.acts import Acts
from commonhold.ops.demo.habits import Habits
from commonhold.ops.demo.scenario import Scenario, read_scenario
from commonhold.ops.demo.sides import Settled
from commonhold.ops.demo.stage import OFFICE
from commonhold.ops.demo.story import Story
from commonhold.ops.demo.twin_side import TwinSide
from commonhold.ops.intake import RollReport, load_mapping, read_roll
from commonhold.ops.leases.prepare import first_payment
from commonhold.rules.codes import Code
from commonhold.rules.terms import LeaseTerms
from commonhold.units import Day, format_day

BIT = 1


def sample_roll() -> RollReport:
    return read_roll(SAMPLES / "rent-roll.csv", load_mapping(SAMPLES / "rent-roll.toml"))


def sample_scenario() -> Scenario:
    return read_scenario(SAMPLES / "scenario.csv")


def scenario_file(folder: Path, *lines: str) -> Path:
    """A scenario with these lines."""
    path = folder / "scenario.csv"
    path.write_text("\n".join(["day,action,lease,who,amount,detail,remark", *lines, ""]), encoding="utf-8")
    return path


def forms_of(report: RollReport) -> list[LeaseTerms]:
    parties = {party.key: number for number, party in enumerate(report.parties, start=1)}
    units = {unit.key: number for number, unit in enumerate(report.units, start=1)}
    return [draft.terms_with(units, parties, deadline=2**40) for draft in report.leases]


def first_money(forms: Sequence[LeaseTerms]) -> list[tuple[int, int]]:
    return [
        (tenant, amount)
        for terms in forms
        for index, tenant in enumerate(terms.tenants)
        if (amount := first_payment(terms, index))
    ]


@dataclass(slots=True)
class Attempt:
    """One lease's answer in a batch."""

    day: str
    lease: str
    code: Code
    amount: int


class Recording(TwinSide):
    """A twin that writes down what settlements answer."""

    def __init__(self) -> None:
        super().__init__(BIT, OFFICE)
        self.attempts: list[Attempt] = []
        self.names: dict[int, str] = {}

    def settle(self, leases: Sequence[int]) -> Settled:
        settled = super().settle(leases)
        day = format_day(Day(self._day))
        self.attempts += [
            Attempt(day, self.names[one.lease], one.code, one.amount) for one in settled.results
        ]
        return settled


def rehearse(report: RollReport, scenario: Scenario) -> tuple[Story, Recording]:
    """The story at the end of the cut-over day, both sides twins."""
    forms = forms_of(report)
    sides = (TwinSide(BIT, OFFICE), Recording())
    cutover = report.cutover or Day(0)
    for side in sides:
        side.begin_day(cutover)
        side.activate(forms, first_money(forms))
    keys = [draft.key.removeprefix("no ") for draft in report.leases]
    names = {number: key.upper() for number, key in enumerate(keys, start=1)}
    sides[1].names = names
    habits = Habits(sides[1])
    acts = Acts(sides[0], sides[1], scenario, habits, {key: at for at, key in enumerate(keys, start=1)})
    story = Story(sides[0], sides[1], scenario, acts, habits, names, range(1, len(report.parties) + 1))
    for action in scenario.on(cutover):
        acts.perform(action)
    story.begin(cutover)
    return story, sides[1]
