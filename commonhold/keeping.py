"""The `[keeper]` table of commonhold.toml: what `commonhold keeper` does where its options say nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonhold.errors import SettingsError

BOOKS: Final = ("leases", "fees", "bills")
TIME_OF_DAY: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
KEYS: Final[Mapping[str, type]] = {
    "every": float,
    "at": list,
    "books": list,
    "budget": float,
    "low_coin": float,
    "port": int,
    "retry_after": float,
    "retry_at_most": float,
}
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Keeping:
    """every: minutes between two rounds, None for no such rounds [min]; at: times of the local day.

    books: of BOOKS, in this order. budget: for gas in any hour, None for no limit [coin]; low_coin: less than
    this alarms [coin]. port: of health and metrics, 0 for any. retry_after, retry_at_most: the first and the
    longest pause after a failure [min].
    """

    every: float | None = None
    at: tuple[str, ...] = ()
    books: tuple[str, ...] = BOOKS
    budget: float | None = None
    low_coin: float = 0.05
    port: int = 9632
    retry_after: float = 60
    retry_at_most: float = 10_080


def read_keeping(values: Mapping[str, Any], path: Path) -> Keeping:
    """values: of the table, each of its type. Raises SettingsError."""
    given: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in values.items()}
    found = Keeping(**given)
    for name in ("every", "retry_after"):
        if getattr(found, name) == 0:
            raise SettingsError(f"{path}: keeper.{name} is 0.", "Write minutes, more than 0.")
    for text in found.at:
        if TIME_OF_DAY.fullmatch(text) is None:
            raise SettingsError(f"{path}: keeper.at holds {text!r}.", "Write times of day as 07:30.")
    for book in found.books or ("",):
        if book not in BOOKS:
            what = f"holds {book!r}" if book else "is empty"
            raise SettingsError(f"{path}: keeper.books {what}.", f"There are {', '.join(BOOKS)}.")
    if found.port > _LAST_PORT:
        raise SettingsError(f"{path}: keeper.port is {found.port}.", f"Write 0 to {_LAST_PORT}.")
    if found.retry_at_most < found.retry_after:
        raise SettingsError(
            f"{path}: keeper.retry_at_most is {found.retry_at_most:g}, less than retry_after.",
            f"Write {found.retry_after:g} or more.",
        )
    return found
