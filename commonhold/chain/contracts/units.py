"""UnitRegistry: units, their owners by party and who uses them by lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract


class UnitKind(IntEnum):
    NONE = 0
    HOME = 1
    PARKING = 2
    SHOP = 3


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """area in [0.01 m²], share in parts per million of the community [ppm]."""

    kind: UnitKind
    building: int
    area: int
    share: int


class UnitRegistry(Contract):
    """The roll of units."""

    NAME = "UnitRegistry"

    def register(self, owner: int, building: int, kind: UnitKind, area: int, share: int) -> Call:
        """owner: party; building: its number from 1; area [0.01 m²]; share [ppm]."""
        return self.call("register", owner, building, kind, area, share)

    def register_lease_contract(self, leases: str) -> Call:
        return self.call("registerLeaseContract", leases)

    def announce(self, units: Sequence[int]) -> Call:
        return self.call("announce", list(units))

    def owner_party_of(self, unit: int) -> int:
        return int(self.read("ownerPartyOf", unit))

    def owner_parties_of(self, units: Sequence[int]) -> list[int]:
        return [int(x) for x in self.read_many([("ownerPartyOf", (unit,)) for unit in units])]

    def user_party_of(self, unit: int) -> int:
        return int(self.read("userPartyOf", unit))

    def user_parties_of(self, units: Sequence[int]) -> list[int]:
        """Who uses each unit by a lease, 0 where nobody does."""
        return [int(x) for x in self.read_many([("userPartyOf", (unit,)) for unit in units])]

    def details_of(self, unit: int) -> UnitDetails:
        return self.details_of_many([unit])[0]

    def details_of_many(self, units: Sequence[int]) -> list[UnitDetails]:
        answers = self.read_many([("detailsOf", (unit,)) for unit in units])
        return [
            UnitDetails(UnitKind(kind), int(building), int(area), int(share))
            for kind, building, area, share in answers
        ]

    def leased_until(self, unit: int) -> tuple[int, int]:
        """(the last lease on record that is not over, 0 if free; the day after it [day])"""
        lease, day = self.read("leasedUntil", unit)
        return int(lease), int(day)

    def unit_count(self) -> int:
        return int(self.read("unitCount"))

    def lease_contract_of(self, leases: str) -> tuple[int, int]:
        """(number of a lease contract, 0 if not registered; from when it may occupy [unix])"""
        number, effective = self.read("leaseContractOf", leases)
        return int(number), int(effective)


class UnitTransfers(Contract):
    """Units change hands: by sale, or by a correction of the roll."""

    NAME = "UnitTransfers"

    def transfer(self, unit: int, to_party: int) -> Call:
        return self.call("transfer", unit, to_party)

    def accept_transfer(self, unit: int, from_party: int) -> Call:
        return self.call("acceptTransfer", unit, from_party)

    def confirm_transfer(self, unit: int, to_party: int) -> Call:
        return self.call("confirmTransfer", unit, to_party)

    def set_clearance(self, address: str) -> Call:
        return self.call("setClearance", address)

    def clearance(self) -> str:
        """The contract that clears transfers."""
        return str(self.read("clearance"))
