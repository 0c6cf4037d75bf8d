"""What a settlement did, or would do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from commonhold.rules.codes import Code
from commonhold.words import reason

_WHOLE: Final = (Code.COLLECTED,)
_IN_PART: Final = (Code.PARTIAL, Code.RENT_ONLY)


@dataclass(frozen=True, slots=True)
class Row:
    """One lease or account: what was due before, what was discharged, what is left, and why. [cmt]"""

    lease: int
    code: Code
    amount: int
    principal: int
    late_fees: int
    tenants: int = 1
    name: str = "lease"  # what the id names

    @property
    def left(self) -> int:
        """Owed after it [cmt].

        What a fee account owes is told after its prepaid cash, and what was discharged with it: where nothing
        was collected, none of that comes off again. Where a mandate gave a part, all of it is taken for the
        mandate's, for the contract does not tell the two apart.
        """
        owed = self.principal + self.late_fees
        if self.code == Code.COLLECTED:
            return 0
        if self.name == "account" and self.code not in _IN_PART:
            return owed
        return max(0, owed - self.amount)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        return {
            self.name: self.lease,
            "code": self.code.name,
            "reason": reason(self.code, language),
            "due": str(self.principal),
            "late_fees": str(self.late_fees),
            "discharged": str(self.amount),
            "left": str(self.left),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A run. rows: the leases that had something due; transactions: hash and gas of each.

    block: the last one that the figures are from. run: its name in the journal, empty where there is none.
    depth: blocks that were on top of every transaction when the figures were read.
    resumed: runs that had been cut off and were brought to their end first; what they told is not told twice.
    """

    block: int
    day: int
    leases: int
    rows: tuple[Row, ...]
    transactions: tuple[tuple[str, int], ...]
    dry: bool
    name: str = "lease"
    run: str = ""
    depth: int = 0
    resumed: "tuple[Report, ...]" = ()

    @property
    def due(self) -> int:
        return sum(row.principal + row.late_fees for row in self.rows)

    @property
    def discharged(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def by_code(self) -> Mapping[Code, int]:
        return Counter(row.code for row in self.rows)

    @property
    def failed(self) -> list[Row]:
        """Where something is left owed."""
        return [row for row in self.rows if row.code not in _WHOLE]

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """Amounts in base units as decimal strings [cmt]."""
        return {
            "run": self.run,
            "block": self.block,
            "depth": self.depth,
            "day": self.day,
            "dry_run": self.dry,
            f"{self.name}s": self.leases,
            "due": str(self.due),
            "discharged": str(self.discharged),
            "codes": {code.name: count for code, count in sorted(self.by_code.items())},
            "transactions": [{"hash": hash_, "gas": gas} for hash_, gas in self.transactions],
            "rows": [row.as_json(language) for row in self.rows],
            "resumed": [report.as_json(language) for report in self.resumed],
        }


def whole_code(codes: Sequence[Code], amount: int, tenants: int) -> Code:
    """The lease's code from those of its accounts that had something due, as the contract answers it."""
    if not codes:
        return Code.NOTHING_DUE
    first = next((code for code in codes if code != Code.COLLECTED), Code.COLLECTED)
    return Code.SHARES_MISSING if tenants > 1 and first != Code.COLLECTED and amount else first
