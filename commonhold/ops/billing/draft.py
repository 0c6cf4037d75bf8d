"""The bills of a period: who owes what, line by line; who waits, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commonhold.errors import InputError
from commonhold.ops.billing.formula import Formula
from commonhold.ops.billing.lines import MeterUse, Share, amount_of, hash_lines, lines_of
from commonhold.ops.billing.readings import Entry, Judged, Readings, judge
from commonhold.rules.calendar import first_of
from commonhold.rules.metering import Finding
from commonhold.rules.sharing import SharingRefused, largest_remainder
from commonhold.units import Day, Month, format_day, format_month


@dataclass(frozen=True, slots=True)
class Waiting:
    """A unit that is not billed in this run."""

    unit: int
    meter: str
    why: str


@dataclass(frozen=True, slots=True)
class DraftBill:
    """One bill before it has a place in a run. amount [cmt]"""

    unit: int
    party: int
    meters: tuple[MeterUse, ...]
    lines: tuple[dict[str, Any], ...]

    @property
    def amount(self) -> int:
        return amount_of(self.lines)

    def lines_hash(self, formula: Formula) -> bytes:
        return hash_lines(formula.hash, [one.as_json() for one in self.meters], self.lines)


@dataclass(frozen=True, slots=True)
class Draft:
    """period [month]"""

    formula: Formula
    period: int
    bills: tuple[DraftBill, ...]
    waiting: tuple[Waiting, ...]

    @property
    def total(self) -> int:
        return sum(bill.amount for bill in self.bills)


@dataclass(frozen=True, slots=True)
class Roll:
    """What a draft asks of the units. area [0.01 m²]"""

    party_of: Callable[[int], int]
    area_of: Callable[[int], int]


def make_draft(formula: Formula, period: int, readings: Readings, roll: Roll, today: int) -> Draft:
    """The bills of a month. Raises InputError where a shared invoice cannot be divided yet."""
    uses: dict[int, list[MeterUse]] = {}
    waiting: list[Waiting] = []
    for meter in readings.meters():
        judged = judge(readings.of(meter), formula.counter)
        found = _use_of(judged, period, formula, today)
        if isinstance(found, Waiting):
            waiting.append(found)
        elif found is not None:
            uses.setdefault(judged[-1].entry.unit, []).append(found)
    late = {one.unit for one in waiting}
    if formula.shared and late:
        raise InputError(
            f"{len(late)} units wait for a person, and a shared invoice is divided among all at once: "
            + "; ".join(f"{one.meter} ({one.why})" for one in waiting[:5]),
            "Confirm or correct these readings (confirmed_by and note), then preview again.",
        )
    units = sorted(unit for unit in uses if unit not in late)
    shares = _shares(formula, units, uses, roll)
    bills = [
        DraftBill(
            unit, roll.party_of(unit), tuple(uses[unit]),
            tuple(lines_of(formula, uses[unit], [shared[index] for shared in shares])),
        )
        for index, unit in enumerate(units)
    ]  # fmt: skip
    return Draft(formula, period, tuple(bill for bill in bills if bill.amount), tuple(waiting))


def _use_of(judged: Sequence[Judged], period: int, formula: Formula, today: int) -> MeterUse | Waiting | None:
    """From the last reading before the period to the last one in it; None for a meter that came later."""
    first, end = first_of(period), first_of(period + 1)
    unit, meter = judged[-1].entry.unit, judged[-1].entry.meter
    for one in judged:
        if one.waits and first <= one.entry.day < end:
            day = format_day(Day(one.entry.day))
            return Waiting(unit, meter, f"reading of {day}: {one.waits}")
    counting = [one for one in judged if not one.waits]
    before = [one for one in counting if one.entry.day < first]
    within = [one for one in counting if first <= one.entry.day < end]
    if not before:
        # the first reading of a meter opens it; a second one in the same month is billed from there
        before = [one for one in within[:1] if one.use.finding is Finding.OPENING]
        within = within[1:]
        if not before or not within:
            return None
    if not within:
        return Waiting(unit, meter, f"no reading in {format_month(Month(period))}")
    last = within[-1].entry
    if today <= last.day + formula.dispute_days:
        until = format_day(Day(last.day + formula.dispute_days))
        return Waiting(unit, meter, f"can be disputed until {until}")
    used = sum(one.use.amount for one in within)
    return _meter(before[-1].entry, last, used)


def _meter(before: Entry, after: Entry, used: int) -> MeterUse:
    return MeterUse(
        after.meter, before.day, before.value, after.day, after.value, used, after.photo, after.confirmed_by
    )


def _shares(
    formula: Formula, units: Sequence[int], uses: Mapping[int, Sequence[MeterUse]], roll: Roll
) -> list[list[Share]]:
    """For each shared invoice, each unit's part; the parts of one invoice sum up to it."""
    found = []
    for one in formula.shared:
        weights = [
            1 if one.by == "equal" else roll.area_of(unit) if one.by == "area" else
            sum(meter.used for meter in uses[unit])
            for unit in units
        ]  # fmt: skip
        try:
            parts = largest_remainder(one.invoice, weights)
        except SharingRefused as error:
            raise InputError(f"{one.name} cannot be divided: {error}.", "Look at the readings.") from None
        whole = sum(weights)
        found.append([Share(weight, whole, part) for weight, part in zip(weights, parts, strict=True)])
    return found
