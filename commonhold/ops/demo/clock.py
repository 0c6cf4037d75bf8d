"""The chain's clock as the story's clock: a development chain travels from day to day.

Each day of the story begins with one empty block at nine in the morning of the community's civil calendar.
"""

from typing import Final

from commonhold.chain.connect import Connection
from commonhold.units import Day

MORNING: Final = 9 * 3600  # [s] after midnight


def morning_of(day: Day, utc_offset: int) -> int:
    """Nine o'clock of a civil day [unix]. utc_offset in [s]."""
    return day * 86_400 - utc_offset + MORNING


class Clock:
    """Moves one chain forward in time."""

    def __init__(self, connection: Connection, utc_offset: int) -> None:
        self._connection = connection
        self._offset = utc_offset

    def morning(self, day: Day) -> int:
        """Nine o'clock of a day [unix]."""
        return morning_of(day, self._offset)

    def go_to(self, day: Day) -> None:
        """The next block is of the morning of `day`."""
        self._connection.call("evm_mine", {"timestamp": self.morning(day)})
