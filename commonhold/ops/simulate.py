"""An invented community of any size, lived through the same engine as the demo.

    simulate(units=300, months=12, seed=7, out=Path("simulation"))

Roll and payers follow from the seed alone: the same seed lives the same life. Contracts and twin are compared
after every settlement and every month, as in the demo.
"""

import hashlib
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console

from commonhold.errors import InputError
from commonhold.ops.demo.desks import FeeFiles
from commonhold.ops.demo.life import Play, live
from commonhold.ops.demo.scenario import ALL, LANDLORD, Action, Amount, Scenario, scenario_of
from commonhold.ops.intake.opening import is_running, take_over
from commonhold.ops.intake.roll import LeaseDraft, PartyDraft, RollReport, RollRow, UnitDraft
from commonhold.rules.calendar import boundary, day_number, first_of, month_day
from commonhold.rules.rent import Schedule
from commonhold.rules.terms import DayCount, LeaseTerms
from commonhold.units import MONEY_ONE, Area, Day, Money, Month, Ppm, format_day, format_month

CUTOVER: Final = Day(day_number(2024, 1, 31))
_MANAGER: Final = "manager"
_ARBITER: Final = "arbiter"
_OFFICE: Final = "Community services"
_FEE_DUE: Final = 5  # day of the month
_UNITS_PER_OWNER: Final = 3
_WHOLE: Final = 1_000_000  # [ppm]
_LANDLORDS_LIMIT: Final = 300_000 * MONEY_ONE  # [cmt/month]
_PAYMENTS_A_MONTH: Final = 400  # most that a tenant lets be collected [percent of a payment]

# How people pay, and how many of a hundred do.
_HABITS: Final = (
    ("on time", 72),
    ("late 4", 8),
    ("late 9", 4),
    ("early 6", 4),
    ("by hand 0", 3),
    ("by hand 3", 3),
    ("short 60", 4),
    ("nothing", 2),
)


def simulate(units: int, months: int, seed: int, out: Path, console: Console | None = None) -> int:
    """Live `months` months of `units` homes; 0 if contracts and twin agree. Raises TwinDisagrees."""
    if units < 1 or months < 1:
        raise InputError(f"{units} units and {months} months cannot be lived.", "Give 1 or more of each.")
    report = invent_roll(units, seed)
    with tempfile.TemporaryDirectory() as folder:
        schedule = Path(folder) / "fee-schedule.csv"
        schedule.write_text(invent_fees(seed), encoding="utf-8")
        play = Play(
            title=f"An invented community of {units} units, {months} months, seed {seed}",
            report=report,
            scenario=invent_scenario(report, months, seed),
            months=months,
            seed=seed,
            telling=[lease.key for lease in report.leases[:5]],
            fees=FeeFiles(schedule),
        )
        live(out, play, console or Console())
    return 0


# ---------------------------------------------------------------- the roll


@dataclass(slots=True)
class _Inventor:
    """Makes people, units and leases, one after the other."""

    chance: random.Random
    count: int
    tenants: int = 0

    def unit(self, index: int) -> UnitDraft:
        building, number = divmod(index, 60)
        return UnitDraft(
            key=f"{building + 1}/{number + 1:03d}",
            building=f"Building {building + 1}",
            label=f"{number + 1:03d}",
            area=Area(self.chance.randrange(3_000, 14_000)),
            share=Ppm(_WHOLE // self.count),
            owner=f"owner {index // _UNITS_PER_OWNER + 1}",
        )

    def lease(self, index: int, unit: UnitDraft) -> LeaseDraft:
        chance = self.chance
        joint = chance.choices((1, 2, 3), (85, 12, 3))[0]
        names = tuple(f"tenant {self.tenants + one + 1}" for one in range(joint))
        self.tenants += joint
        start = CUTOVER - chance.randrange(-90, 600)
        month, day = month_day(start)
        start = boundary(chance.choice((1, 1, 1, 5, 15, 20, day, 31)), month)
        length = chance.choice((12, 12, 12, 24))
        anchor = month_day(start)[1]
        end = boundary(anchor, month + length)
        while end <= CUTOVER + 30:
            end = boundary(anchor, month_day(end)[0] + 12)
        terms = self.terms(joint, start, end)
        books = {"arrears": 0, "prepaid": 0, "late_fees": 0}
        if is_running(Day(start), CUTOVER):
            schedule = Schedule.of(terms)
            due = schedule.due(CUTOVER)
            if chance.random() < 0.06 and due >= terms.rent:
                books["arrears"] = terms.rent
            elif chance.random() < 0.05 and schedule.total - due >= terms.rent:
                books["prepaid"] = terms.rent // 2
            money = {name: Money(amount) for name, amount in books.items()}
            terms = take_over(terms, CUTOVER, **money)
        return LeaseDraft(
            key=f"no s-{index + 1:05d}",
            lines=(index + 1,),
            unit=unit.key,
            landlord=unit.owner,
            tenants=names,
            manager=_MANAGER,
            arbiter=_ARBITER,
            fee_payees=(),
            terms=terms,
            cutover=CUTOVER,
            books=books,
        )

    def terms(self, joint: int, start: int, end: int) -> LeaseTerms:
        chance = self.chance
        rent = chance.randrange(2_500, 14_000) * MONEY_ONE + chance.choice((0, 0, MONEY_ONE // 2, 333_333))
        shares: dict[int, Sequence[int]] = {1: (10_000,), 2: (6_000, 4_000), 3: (3_333, 3_333, 3_334)}
        rate = chance.choice((0, 3, 5, 5))
        return LeaseTerms(
            unit=0,
            landlord=0,
            tenants=(0,) * joint,
            shares=tuple(shares[joint]),
            rent=rent,
            deposit=rent * chance.choice((1, 1, 2)),
            start_day=start,
            end_day=end,
            interval=chance.choice((1, 1, 1, 3)),
            due_offset=chance.choice((0, 0, 0, 0, -3, 5)),
            grace_days=chance.choice((0, 5, 10)) if rate else 0,
            late_fee_rate=rate,
            late_fee_max_days=chance.choice((60, 90, 365)) if rate else 0,
            notice_days=30,
            commission=chance.choice((0, 0, 0, 500)),
            day_count=chance.choice((DayCount.ACTUAL, DayCount.ACTUAL, *DayCount)),
            cover_mask=chance.choice((0, 1)) if joint > 1 else 0,
        )


def invent_roll(units: int, seed: int) -> RollReport:
    """A roll of that many homes, one in twenty of them vacant."""
    inventor = _Inventor(random.Random(f"roll {seed}"), units)
    homes = [inventor.unit(index) for index in range(units)]
    let = [home for index, home in enumerate(homes) if index % 20 != 19]
    leases = [inventor.lease(index, home) for index, home in enumerate(let)]
    people = [
        PartyDraft(_MANAGER, "company", _OFFICE),
        PartyDraft(_ARBITER, "company", "Arbiters"),
    ]
    people += [
        PartyDraft(name, "person", name.title()) for name in dict.fromkeys(home.owner for home in homes)
    ]
    people += [PartyDraft(name, "person", name.title()) for lease in leases for name in lease.tenants]
    return RollReport(
        path=f"an invented roll of {units} units",
        sha256=hashlib.sha256(f"{units} {seed}".encode()).hexdigest(),
        cutover=CUTOVER,
        rows=tuple(RollRow(lease.lines, lease.unit, lease.key) for lease in leases),
        parties=tuple(people),
        units=tuple(homes),
        leases=tuple(leases),
    )


def invent_fees(seed: int) -> str:
    """A fee schedule: a rate by area that rises once, and a fee for every place for a car."""
    chance = random.Random(f"fees {seed}")
    first = month_day(CUTOVER)[0] + 1
    rate, car = chance.randrange(150, 400), chance.randrange(80, 300)
    later = rate * chance.randrange(103, 115) // 100
    begin, rise = (format_month(Month(month)) for month in (first, first + chance.randrange(3, 9)))
    terms = f"{_FEE_DUE},same,15,0.05%/day,100,{_OFFICE},lump sum"
    return (
        "category,kind,rate,from,due day,due month,grace days,late fee,late fee days,payee,mode\n"
        f"Property fee,area,{rate / 100:.2f},{begin},{terms}\n"
        f"Property fee,,{later / 100:.2f},{rise},,,,,,,\n"
        f"Parking,flat,{car},{begin},{terms}\n"
    )


# ---------------------------------------------------------------- the payers


def invent_scenario(report: RollReport, months: int, seed: int) -> Scenario:
    """How everybody pays, who renews, who quarrels."""
    chance = random.Random(f"payers {seed}")
    until = first_of(month_day(CUTOVER + 1)[0] + months)
    actions = list(_habits(report, chance))
    everybody = Amount(percent=_PAYMENTS_A_MONTH, of="payment")
    partly = {action.lease for action in actions if action.detail.startswith("short")}
    actions.append(_action(CUTOVER, "mandate", "*", ALL, everybody))
    actions.append(_action(CUTOVER, "mandate", "*", LANDLORD, Amount(money=_LANDLORDS_LIMIT)))
    actions += [_action(CUTOVER, "mandate", lease, ALL, everybody, "part") for lease in sorted(partly)]
    for lease in report.leases:
        actions += _later(lease, until, chance)
    order = sorted(actions, key=lambda action: action.day)
    return scenario_of([replace(action, line=number) for number, action in enumerate(order, start=1)])


def _habits(report: RollReport, chance: random.Random) -> Iterator[Action]:
    kinds, weights = zip(*_HABITS, strict=True)
    for lease in report.leases:
        habit = chance.choices(kinds, weights)[0]
        if habit != "on time":
            yield _action(CUTOVER, "habit", _ref(lease), ALL, detail=habit)


def _later(lease: LeaseDraft, until: int, chance: random.Random) -> Iterator[Action]:
    """What happens to one lease after the cut-over."""
    end, ref = lease.terms.end_day, _ref(lease)
    day = chance.randrange(CUTOVER + 5, until)
    if chance.random() < 0.03 and day < end:
        yield _action(Day(day), "revoke", ref, 0)
        if day + 40 < min(until, end):
            again = Amount(percent=_PAYMENTS_A_MONTH, of="payment")
            yield _action(Day(day + 40), "mandate", ref, ALL, again)
    if end >= until:
        return
    if chance.random() < 0.6:
        last = boundary(month_day(end)[1], month_day(end)[0] + 12) - 1
        agreed = max(CUTOVER + 1, end - chance.randrange(20, 60))
        rent = Amount(percent=chance.choice((98, 100, 103, 105)), of="rent")
        yield _action(Day(agreed), "renewal", ref, 0, rent, format_day(Day(last)))
    elif chance.random() < 0.3 and end + 40 < until:
        claim = chance.randrange(20, 80)
        yield _action(Day(end + 3), "claim", ref, LANDLORD, Amount(percent=claim, of="deposit"), "repairs")
        if len(lease.tenants) == 1:
            offer = Amount(percent=claim // 2, of="deposit")
            yield _action(Day(end + 9), "offer", ref, 0, offer)


def _ref(lease: LeaseDraft) -> str:
    return lease.key.removeprefix("no ")


def _action(
    day: Day, action: str, lease: str, who: int, amount: Amount | None = None, detail: str = ""
) -> Action:
    return Action(0, day, action, lease, who, amount or Amount(), detail, "")
