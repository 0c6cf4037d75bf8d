"""Two places in a row: the lease that has a unit and the one that follows.

The twin of `contracts/lib/UnitQueue.sol`. Days are [day]; a use runs from `from_day` (inclusive) to
`until_day` (exclusive).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A lease's use of a unit; the empty one stands for none."""

    lease: int = 0  # within its lease contract
    user: int = 0  # party
    from_day: int = 0  # [day]
    until_day: int = 0  # [day]
    contract: int = 0  # number of the lease contract

    def covers(self, day: int) -> bool:
        """Whether the use runs on a day. [day]"""
        return self.from_day <= day < self.until_day

    def is_of(self, lease: int, contract: int) -> bool:
        """Whether this is that lease of that contract."""
        return (self.lease, self.contract) == (lease, contract)


NONE = Occupancy()


class OccupancyRefused(ValueError):
    """A use that the register would refuse."""


class Places(NamedTuple):
    """The lease that runs or comes first, and the one after it."""

    first: Occupancy = NONE
    second: Occupancy = NONE

    def on(self, day: int) -> Occupancy:
        """The use that runs on a day, the empty one if none does. [day]"""
        return next((use for use in self if use.covers(day)), NONE)

    def place(self, added: Occupancy, today: int) -> "Places":
        """A new lease takes the first or second place; refused if it shares a day with one on record, or
        if both places are taken by leases not yet over."""
        first, second = self
        for use in self:
            if use.lease and use.from_day < added.until_day and added.from_day < use.until_day:
                raise OccupancyRefused(f"lease {use.lease} has the unit on some of these days")
        if first.lease and first.until_day <= today:
            first, second = second, NONE
        if not first.lease or first.until_day <= today:
            return Places(added, second)
        if second.lease:
            raise OccupancyRefused(f"leases {first.lease} and {second.lease} have both places")
        return Places(added, first) if added.from_day < first.from_day else Places(first, added)

    def knows(self, lease: int, contract: int) -> bool:
        """Whether the lease has a place."""
        return any(use.is_of(lease, contract) for use in self)

    def change(self, lease: int, contract: int, user: int, until_day: int) -> "Places":
        """Another user or last day for a lease in one of the places; a last day on or before its first
        gives the place up."""
        first, second = self
        if first.is_of(lease, contract):
            if second.lease and until_day > second.from_day:
                raise OccupancyRefused(f"lease {second.lease} follows on day {second.from_day}")
            if until_day <= first.from_day:
                return Places(second, NONE)
            return Places(replace(first, user=user, until_day=until_day), second)
        if second.is_of(lease, contract):
            kept = until_day > second.from_day
            return Places(first, replace(second, user=user, until_day=until_day) if kept else NONE)
        raise OccupancyRefused(f"lease {lease} has no place")
