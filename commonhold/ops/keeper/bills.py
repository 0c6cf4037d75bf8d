"""Which bills a keeper asks about: those that are due and that it has not seen paid for a while.

Logs are read once, but for the last blocks, which a reorganisation may replace: those are read again in every
round, and a bill is forgotten only when it has been paid for as many blocks. So a round asks about what is
open, and not about all that was ever issued. Once a week everything is read again: what a node left out, or a
deeper reorganisation brought, is found then. What is known is in the keeper's memory.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from commonhold.chain.contracts import Suite
from commonhold.ops.settle import Bills

SAFE: Final = 64  # blocks that a reorganisation may replace
WEEK: Final = 7  # between two whole readings [day]


class OpenBills(Bills):
    """known: as `as_json` gave it; of another contract it is nothing. safe: blocks."""

    def __init__(self, suite: Suite, known: Mapping[str, Any], safe: int = SAFE) -> None:
        super().__init__(suite)
        known = known if known.get("contract") == self.address else {}
        self._safe = safe
        self._read = int(known.get("read", -1))  # up to this block every log was read for good
        self._whole = int(known.get("whole", -WEEK))  # when all was read [day]
        self._due = {int(key): int(day) for key, day in known.get("due", {}).items()}
        self._paid = {int(key): int(block) for key, block in known.get("paid", {}).items()}

    def ids(self, block: int) -> Sequence[int]:
        """The bills that are due and open at a block."""
        today, begin = self.today(block), self._bills.begin
        first = max(begin, self._read + 1)
        if today >= self._whole + WEEK:
            self._whole, first = today, begin
        for event in self._bills.events("BillIssued", first=first, last=block):
            self._due[int(event["key"])] = int(event["dueDay"])
        self._read = max(self._read, block - self._safe)
        due = [key for key, day in self._due.items() if day <= today]
        owing = []
        for key, one in zip(due, self._bills.bills_of(due, block), strict=True):
            if one.open + one.late_fees:
                owing.append(key)
                self._paid.pop(key, None)
            elif self._paid.setdefault(key, block) + self._safe <= block:
                del self._due[key], self._paid[key]
        return owing

    def as_json(self) -> dict[str, Any]:
        """For the next start. whole: [day]; due: key → due day [day]; paid: key → since which block."""
        return {
            "contract": self.address,
            "read": self._read,
            "whole": self._whole,
            "due": {str(key): day for key, day in self._due.items()},
            "paid": {str(key): block for key, block in self._paid.items()},
        }
