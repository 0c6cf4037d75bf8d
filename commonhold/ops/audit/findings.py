"""What an audit finds: differences, each with the one row that is wrong."""

from dataclasses import dataclass, field
from typing import Any, Final

_MOST: Final = 1_000  # differences that are kept; all are counted


@dataclass(frozen=True, slots=True)
class Difference:
    """contract, id and field say which figure; expected: by the twin; found: in a log or a view.

    where: the transaction for a log, empty for a view.
    """

    contract: str
    id: str
    field: str
    expected: Any
    found: Any
    where: str = ""

    def __str__(self) -> str:
        place = f" (transaction {self.where})" if self.where else ""
        return (
            f"{self.contract}, {self.id}, {self.field}: expected {self.expected}, found {self.found}{place}"
        )

    def as_json(self) -> dict[str, str]:
        return {
            "contract": self.contract,
            "id": self.id,
            "field": self.field,
            "expected": str(self.expected),
            "found": str(self.found),
            "transaction": self.where,
        }


@dataclass(slots=True)
class Findings:
    """Collects differences, and counts by contract what was compared."""

    differences: list[Difference] = field(default_factory=list)
    count: dict[str, int] = field(default_factory=dict)  # differences by contract
    checked: dict[str, int] = field(default_factory=dict)  # figures of logs by contract
    rows: dict[str, int] = field(default_factory=dict)  # figures of views by contract
    logs: dict[str, int] = field(default_factory=dict)  # logs read by contract
    where: str = ""  # the transaction that is being replayed

    def differ(self, contract: str, id_: str, name: str, expected: Any, found: Any) -> None:
        """One figure is wrong."""
        self.count[contract] = self.count.get(contract, 0) + 1
        if len(self.differences) < _MOST:
            self.differences.append(Difference(contract, id_, name, expected, found, self.where))

    def check(self, contract: str, id_: str, name: str, expected: Any, found: Any) -> bool:
        """Compares a figure of a log with what the twin says."""
        self.checked[contract] = self.checked.get(contract, 0) + 1
        if expected != found:
            self.differ(contract, id_, name, expected, found)
            return False
        return True

    @property
    def total(self) -> int:
        """All differences."""
        return sum(self.count.values())
