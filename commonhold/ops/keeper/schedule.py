"""When the keeper works: every so many minutes, or at times of day of the community's calendar."""

from dataclasses import dataclass
from typing import Final

from commonhold.errors import InputError
from commonhold.keeping import TIME_OF_DAY

_DAY: Final = 86_400  # [s]


@dataclass(frozen=True, slots=True)
class Schedule:
    """every: seconds between two rounds, 0 for none [s]; at: seconds of the local day [s];
    offset: of the community's time zone [s]. With both, whichever comes first."""

    every: float = 0
    at: tuple[int, ...] = ()
    offset: int = 0

    def following(self, now: float) -> float:
        """The next round after `now` [unix]."""
        times = [now + self.every] if self.every else []
        midnight = (int(now) + self.offset) // _DAY * _DAY - self.offset
        for second in self.at:
            today = midnight + second
            times.append(today if today > now else today + _DAY)
        return min(times)


def time_of_day(text: str) -> int:
    """ "07:30" as seconds of the day [s]. Raises InputError."""
    found = TIME_OF_DAY.fullmatch(text.strip())
    if found is None:
        raise InputError(f"{text!r} is no time of day.", "Write it as 07:30.")
    return int(found[1]) * 3_600 + int(found[2]) * 60
