"""UnitRegistry replayed: owners, occupancies and the roll of owners.

Days [day], times [unix], areas [0.01 m²], shares [ppm].
"""

from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler
from commonhold.rules.occupancy import Occupancy, OccupancyRefused, Places

UNITS: Final = "UnitRegistry"
EMPTY: Final = Places()


@dataclass(slots=True)
class Unit:
    """One unit as on record."""

    kind: int
    building: int
    area: int  # [0.01 m²]
    share: int  # [ppm]
    owner: int = 0  # party
    places: Places = EMPTY


@dataclass(slots=True)
class Holding:
    """What one party owns."""

    units: int = 0
    area: int = 0  # [0.01 m²]


@dataclass(slots=True)
class UnitBook:
    """All units by id. The roll is kept as it was before the present second, which is how it can be read."""

    findings: Findings
    units: dict[int, Unit] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)  # lease contract → its number
    holdings: dict[int, Holding] = field(default_factory=dict)  # by party
    waiting: list[tuple[int, int, int, int]] = field(default_factory=list)  # party, units, area, time

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "UnitRegistered": self.registered,
            "UnitOwnerChanged": self.owner_changed,
            "UnitOccupied": self.occupied,
            "UnitOccupancyChanged": self.occupancy_changed,
            "UnitCorrected": self.corrected,
            "LeaseContractRegistered": self.contract_registered,
        }

    def _unit(self, unit: int, event: str) -> Unit:
        found = self.units.get(unit)
        if found is None:
            self.findings.differ(UNITS, f"unit {unit}", event, "registered before", "no log")
            found = self.units[unit] = Unit(0, 0, 0, 0)
        return found

    def knows(self, unit: int, lease: int, contract: str) -> bool:
        """Whether the lease has a place at the unit."""
        found = self.units.get(unit)
        return found is not None and found.places.knows(lease, self.numbers.get(contract, 0))

    # ---- the roll

    def _move(self, party: int, units: int, area: int, time: int) -> None:
        self.settle_roll(time)
        self.waiting.append((party, units, area, time))

    def settle_roll(self, before: int) -> None:
        """Brings the roll to the moment before a time. [unix]"""
        if self.waiting and self.waiting[0][3] < before:
            for party, units, area, _ in self.waiting:
                holding = self.holdings.setdefault(party, Holding())
                holding.units += units
                holding.area += area
            self.waiting.clear()

    # ---- events

    def registered(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, owner, building, kind, area, share = values
        self.findings.check(UNITS, f"unit {unit}", "id", len(self.units) + 1, unit)
        self.units[unit] = Unit(kind, building, area, share)
        moment.announce(UNITS, "UnitOwnerChanged", f"unit {unit}", "toParty", owner)

    def owner_changed(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, old, new = values
        record = self._unit(unit, "UnitOwnerChanged")
        self.findings.check(UNITS, f"unit {unit}", "owner", record.owner, old)
        if moment.awaits(UNITS, "UnitOwnerChanged", f"unit {unit}", "toParty"):
            moment.meet(UNITS, "UnitOwnerChanged", f"unit {unit}", "toParty", new)
        if old:
            self._move(old, -1, -record.area, moment.time)
        self._move(new, 1, record.area, moment.time)
        record.owner = new

    def occupied(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, lease, user, from_day, until_day, contract = values
        record = self._unit(unit, "UnitOccupied")
        use = Occupancy(lease, user, from_day, until_day, self.numbers.get(contract, 0))
        told = (unit, user, from_day, until_day)
        moment.meet(UNITS, "UnitOccupied", f"lease {lease}", "unit, user, fromDay, untilDay", told)
        try:
            record.places = record.places.place(use, moment.day)
        except OccupancyRefused as error:
            self.findings.differ(UNITS, f"unit {unit}", "UnitOccupied", str(error), f"lease {lease}")

    def occupancy_changed(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, lease, user, until_day, contract = values
        record = self._unit(unit, "UnitOccupancyChanged")
        moment.meet(
            UNITS, "UnitOccupancyChanged", f"lease {lease}", "unit, user, untilDay", (unit, user, until_day)
        )
        try:
            record.places = record.places.change(lease, self.numbers.get(contract, 0), user, until_day)
        except OccupancyRefused as error:
            self.findings.differ(UNITS, f"unit {unit}", "UnitOccupancyChanged", str(error), f"lease {lease}")

    def corrected(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, area, share = values
        record = self._unit(unit, "UnitCorrected")
        self._move(record.owner, 0, area - record.area, moment.time)
        record.area, record.share = area, share

    def contract_registered(self, values: tuple[Any, ...], moment: Moment) -> None:
        contract, number, _ = values
        self.findings.check(UNITS, f"lease contract {contract}", "number", len(self.numbers) + 1, number)
        self.numbers[contract] = number
