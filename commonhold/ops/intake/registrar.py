"""What the import of a rent roll needs of the chain: parties and units, registered in arrays."""

from collections.abc import Sequence
from typing import Final

from commonhold.chain.call import Call
from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.parties import PartyKind
from commonhold.chain.contracts.units import UnitKind
from commonhold.chain.send import Sender
from commonhold.ops.intake.registering import PartyRequest, UnitRequest

_PARTY_KINDS: Final = {
    "person": PartyKind.PERSON,
    "company": PartyKind.COMPANY,
    "staff": PartyKind.STAFF,
    "merchant": PartyKind.MERCHANT,
    "device": PartyKind.DEVICE,
}
_UNIT_KINDS: Final = {"home": UnitKind.HOME, "parking": UnitKind.PARKING, "shop": UnitKind.SHOP}
_UNIT_NAMES: Final = {kind: name for name, kind in _UNIT_KINDS.items()}


class ChainRegistrar:
    """The `Registrar` of `commonhold.ops.intake.registering`; `sender` signs for an office of MANAGER."""

    def __init__(self, suite: Suite, sender: Sender) -> None:
        self._suite = suite
        self._sender = sender

    def parties_of(self, identities: Sequence[bytes]) -> list[int]:
        return self._suite.parties.parties_of_identities(identities)

    def register_parties(self, requests: Sequence[PartyRequest]) -> list[int]:
        calls = [self._suite.parties.register(_PARTY_KINDS[one.kind], one.identity) for one in requests]
        return self._ids(calls, "PartyRegistered", "party")

    def unit_count(self) -> int:
        return self._suite.units.unit_count()

    def units_from(self, first: int) -> list[UnitRequest]:
        ids = range(first, self.unit_count() + 1)
        owners = self._suite.units.owner_parties_of(ids)
        details = self._suite.units.details_of_many(ids)
        return [
            UnitRequest(owner, one.building, _UNIT_NAMES[one.kind], one.area, one.share)
            for owner, one in zip(owners, details, strict=True)
        ]

    def register_units(self, requests: Sequence[UnitRequest]) -> list[int]:
        calls = [
            self._suite.units.register(one.owner, one.building, _UNIT_KINDS[one.kind], one.area, one.share)
            for one in requests
        ]
        return self._ids(calls, "UnitRegistered", "unit")

    def _ids(self, calls: Sequence[Call], event: str, field: str) -> list[int]:
        """Send, and read the new ids from the events; units are numbered in the order of `calls`."""
        found = []
        for outcome in self._sender.send_many(calls):
            receipt = outcome.receipt
            events = self._suite.events_in(receipt) if receipt is not None else []
            found.append(next(int(one[field]) for one in events if one.name == event))
        return found
