"""One community for this folder: a fund that is paid, Ann with a home charged by its area, and Ben."""

from dataclasses import dataclass

import pytest

from tests.fee_fixtures import world
from tests.fee_world import AREA, RATE, FeeWorld
from tests.suite import Person

__all__ = ["Town", "town", "world"]

LINE = RATE * AREA // 100  # a month of a home [cmt]


@dataclass
class Town:
    """Fees due on the 5th, ten days of grace, 0.05 % a day for at most 100 days."""

    world: FeeWorld
    fund: Person
    ann: Person
    ben: Person
    category: int
    unit: int
    account: int  # Ann's; its first line is next month's

    @property
    def start(self) -> int:
        """The first month that costs something."""
        return int(self.world.tariffs.termsAt(self.category, 0)[2][0]) & 0xFFFF


@pytest.fixture
def town(world: FeeWorld) -> Town:
    fund, ann, ben = world.payer(0), world.payer(), world.payer()
    category = world.category(
        payee=fund, due_day=5, grace_days=10, late_fee_rate=5, late_fee_max_days=100, vacancy_bps=3_000
    )
    unit = world.home(ann)
    return Town(world, fund, ann, ben, category, unit, world.subscribe(unit, category, ann))
