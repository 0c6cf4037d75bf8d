"""What gas may cost in any hour, in the chain's coin. A purse for `ops.settle`.

Before something is sent, the most that it can cost at the present price is laid aside and written down; when
it is mined, its real cost takes that place. A fee that is raised for a stuck transaction is counted when it
is mined, so an hour may go over by that; the next one then has less.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from commonhold.ops.settle import BudgetSpent

HOUR: Final = 3_600.0  # [s]


class Budget:
    """limit: in any hour [wei]; spent: (when [unix], how much [wei]); keep: writes them down."""

    def __init__(
        self,
        limit: int,
        spent: Sequence[Sequence[float]] = (),
        keep: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.limit = limit
        self._spent = [(float(when), int(amount)) for when, amount in spent]
        self._keep = keep
        self._clock = clock

    def spent(self) -> int:
        """In the last hour [wei]."""
        since = self._clock() - HOUR
        self._spent = [(when, amount) for when, amount in self._spent if when > since]
        return sum(amount for _, amount in self._spent)

    @property
    def left(self) -> int:
        """Of this hour [wei]."""
        return max(0, self.limit - self.spent())

    def most_gas(self, price: int) -> int:
        return self.limit // max(1, price)

    def take(self, most: int) -> None:
        if most > self.limit:
            raise BudgetSpent(
                f"One transaction may cost {most} wei now, more than the {self.limit} wei of a whole hour.",
                "Wait for lower fees, or raise the budget.",
                again=self._clock() + HOUR,
            )
        if most > self.left:
            raise BudgetSpent(
                f"{self.spent()} of {self.limit} wei of this hour are spent; the next batch may cost {most}.",
                "The run goes on when the hour is over.",
                again=self._free_at(most),
            )
        self._spent.append((self._clock(), most))
        self._keep()

    def _free_at(self, most: int) -> float:
        """When so much is left again [unix]."""
        free = self.left
        for when, amount in sorted(self._spent):
            free += amount
            if free >= most:
                return when + HOUR
        return self._clock() + HOUR

    def settle_up(self, taken: int, cost: int) -> None:
        """The latest of what was laid aside, up to `taken`, becomes `cost`."""
        while taken > 0 and self._spent:
            when, amount = self._spent.pop()
            if amount > taken:
                self._spent.append((when, amount - taken))
            taken -= amount
        if cost:
            self._spent.append((self._clock(), cost))
        self._keep()

    def as_json(self) -> list[Any]:
        self.spent()
        return [[when, str(amount)] for when, amount in self._spent]
