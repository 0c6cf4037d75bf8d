"""The desks of the manager's office in the story: credit always, fees and water where the play has files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from commonhold.ops.demo.chain_side import ChainSide
from commonhold.ops.demo.compare import Count
from commonhold.ops.demo.credit import CreditDesk
from commonhold.ops.demo.fees import FeeDesk
from commonhold.ops.demo.stage import Stage
from commonhold.ops.demo.story import Desk
from commonhold.ops.demo.twin_side import TwinSide
from commonhold.ops.demo.water import WaterDesk
from commonhold.ops.intake.roll import RollReport
from commonhold.units import Day


@dataclass(frozen=True, slots=True)
class FeeFiles:
    """What a manager brings: schedule and readings (CSV), and the published formula of the water (TOML).
    Without readings nothing is metered."""

    schedule: Path
    readings: Path | None = None
    formula: Path | None = None


@dataclass(slots=True)
class Desks:
    """fees and water are None where nothing but rents is lived, water also where nothing is metered."""

    credit: CreditDesk
    sides: Sequence[ChainSide | TwinSide] = ()
    fees: FeeDesk | None = None
    water: WaterDesk | None = None

    @property
    def all(self) -> list[Desk]:
        return [desk for desk in (self.credit, self.fees, self.water) if desk is not None]

    @property
    def acts(self) -> dict[str, Callable[[int], str]]:
        """What the scenario may tell of them."""
        return self.fees.acts if self.fees else {}

    def open(self, day: Day) -> str:
        """On the day before the story; answers what was prepared, in words."""
        if self.fees is None:
            return ""
        told = self.fees.open(day)
        if self.water is not None:
            self.water.open()
        for side in self.sides:
            side.mandate(list(self.fees.payees()))
        return told


def collectors_of(stage: Stage) -> int:
    """The bits of all contracts that residents let collect. [bit set]"""
    suite = stage.suite
    bits = [suite.token.collector_bit(one.address) for one in (suite.leases, suite.fees, suite.bills)]
    return sum(bits)


def make_desks(
    stage: Stage, chain: ChainSide, twin: TwinSide, count: Count, report: RollReport, files: FeeFiles | None
) -> Desks:
    """files: None for a life of rents alone."""
    credit = CreditDesk(stage, chain.relay)
    if files is None:
        return Desks(credit)
    units, parties = stage.store.unit_ids(), stage.store.party_ids()
    fees = FeeDesk(
        stage=stage,
        relay=chain.relay,
        twin=twin,
        count=count,
        owners={units[unit.key]: parties[unit.owner] for unit in report.units},
        areas={units[unit.key]: unit.area for unit in report.units},
        file=files.schedule,
    )
    if files.readings is None or files.formula is None:
        return Desks(credit, (chain, twin), fees)
    water = WaterDesk(stage, chain, fees, count, files.readings, files.formula)
    return Desks(credit, (chain, twin), fees, water)
