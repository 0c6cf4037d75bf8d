"""Who failed is not tried again at once: growing pauses, forgotten as soon as something has changed.

A failed try costs gas and moves nothing. The next one comes after an hour, then two, four … at most a week,
unless the settings say other pauses; or at once when the contract's own preview says something else than
after the failure: another reason, another amount that could be taken, another debt.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from commonhold.ops.settle import Row
from commonhold.rules.codes import Code

FIRST: Final = 3_600.0  # [s]
LONGEST: Final = 7 * 86_400.0  # [s]
_DOUBLINGS: Final = 64  # more than any longest pause needs


@dataclass(frozen=True, slots=True)
class Failure:
    """What the preview said after it, how often it failed, and when it is tried again [cmt, unix]."""

    code: str
    amount: int
    principal: int
    times: int
    again: float

    def is_as(self, row: Row) -> bool:
        return (self.code, self.amount, self.principal) == (row.code.name, row.amount, row.principal)


class Backoff:
    """The failures of one book, by id. first, longest: pauses [s]"""

    def __init__(
        self,
        known: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        first: float = FIRST,
        longest: float = LONGEST,
    ) -> None:
        self._pauses = first, longest
        self._failures = {int(one): Failure(**values) for one, values in (known or {}).items()}

    def __len__(self) -> int:
        return len(self._failures)

    def ripe(self, rows: Sequence[Row], now: float) -> list[Row]:
        """Those that may be tried: never failed, changed since, or their pause is over."""
        found = []
        for row in rows:
            failure = self._failures.get(row.lease)
            if failure is None or now >= failure.again or not failure.is_as(row):
                found.append(row)
        return found

    def first(self) -> float | None:
        """When the first pause is over [unix]."""
        return min((failure.again for failure in self._failures.values()), default=None)

    def learn(self, tried: Iterable[int], after: Iterable[Row], now: float) -> None:
        """tried: ids of a run; after: what the preview says of them now, with something due or not."""
        said = {row.lease: row for row in after}
        for one in tried:
            row = said.get(one)
            if row is None or row.code in (Code.NOTHING_DUE, Code.NOT_ACTIVE, Code.COLLECTED):
                self._failures.pop(one, None)
                continue
            before = self._failures.get(one)
            times = before.times + 1 if before is not None and before.is_as(row) else 1
            first, longest = self._pauses
            again = now + min(first * 2 ** min(times - 1, _DOUBLINGS), longest)
            self._failures[one] = Failure(row.code.name, row.amount, row.principal, times, again)

    def as_json(self) -> dict[str, Any]:
        return {str(one): asdict(failure) for one, failure in self._failures.items()}
