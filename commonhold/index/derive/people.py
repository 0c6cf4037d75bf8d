"""Parties, their wallets, and units with who owns and uses them. Days [day], areas [0.01 m²]."""

from typing import Any

from commonhold.index.derive.when import NOBODY, Handler, When
from commonhold.index.rows import Row, Rows


class People:
    """PartyRegistry."""

    def __init__(self, rows: Rows) -> None:
        self._parties = rows["parties"]
        self._wallets = rows["wallets"]

    def handlers(self) -> dict[str, Handler]:
        return {
            "PartyRegistered": self.registered,
            "WalletLinked": self.linked,
            "WalletUnlinked": self.unlinked,
            "CurrentWalletChanged": self.current_changed,
            "WalletReplaced": self.replaced,
            "SuspensionSet": self.suspended,
            "CollectingConsentSet": self.consented,
            "RecoveryPendingSet": self.recovering,
        }

    def registered(self, values: tuple[Any, ...], when: When) -> None:
        party, kind, identity = values
        self._parties.put(
            {
                "party": party,
                "kind": kind,
                "identity": identity,
                "wallet": "",
                "suspended": 0,
                "consent": 0,
                "recovery_until": 0,
            }
        )

    def _wallet(self, wallet: str) -> Row:
        found = self._wallets.change(wallet)
        if found is None:
            found = self._wallets.put(
                {"wallet": wallet, "party": 0, "linked": 0, "replaced": 0, "replaced_by": ""}
            )
        return found

    def _set(self, party: int, **values: Any) -> None:
        row = self._parties.change(party)
        if row is not None:
            row.update(values)

    def linked(self, values: tuple[Any, ...], when: When) -> None:
        party, wallet = values
        self._wallet(wallet).update(party=party, linked=1)

    def unlinked(self, values: tuple[Any, ...], when: When) -> None:
        self._wallet(values[1]).update(linked=0)

    def current_changed(self, values: tuple[Any, ...], when: When) -> None:
        party, _, new = values
        self._set(party, wallet="" if new == NOBODY else new)

    def replaced(self, values: tuple[Any, ...], when: When) -> None:
        _, old, new = values
        self._wallet(old).update(replaced=1, replaced_by=new)

    def suspended(self, values: tuple[Any, ...], when: When) -> None:
        self._set(values[0], suspended=values[1])

    def consented(self, values: tuple[Any, ...], when: When) -> None:
        self._set(values[0], consent=values[1])

    def recovering(self, values: tuple[Any, ...], when: When) -> None:
        self._set(values[0], recovery_until=values[1])


class Homes:
    """UnitRegistry."""

    def __init__(self, rows: Rows) -> None:
        self._units = rows["units"]

    def handlers(self) -> dict[str, Handler]:
        return {
            "UnitRegistered": self.registered,
            "UnitOwnerChanged": self.owner_changed,
            "UnitOccupied": self.occupied,
            "UnitOccupancyChanged": self.occupancy_changed,
            "UnitCorrected": self.corrected,
        }

    def registered(self, values: tuple[Any, ...], when: When) -> None:
        unit, owner, building, kind, area, share = values
        self._units.put(
            {
                "unit": unit,
                "owner": owner,
                "building": building,
                "kind": kind,
                "area": area,
                "share": share,
                "lease": 0,
                "lease_contract": "",
                "user": 0,
                "from_day": 0,
                "until_day": 0,
            }
        )

    def _set(self, unit: int, **values: Any) -> None:
        row = self._units.change(unit)
        if row is not None:
            row.update(values)

    def owner_changed(self, values: tuple[Any, ...], when: When) -> None:
        unit, _, new = values
        self._set(unit, owner=new)

    def occupied(self, values: tuple[Any, ...], when: When) -> None:
        unit, lease, user, from_day, until_day, contract = values
        self._set(
            unit, lease=lease, user=user, from_day=from_day, until_day=until_day, lease_contract=contract
        )

    def occupancy_changed(self, values: tuple[Any, ...], when: When) -> None:
        """Of the unit's last lease alone: an earlier one may still be changed while the next is agreed."""
        unit, lease, user, until_day, contract = values
        row = self._units.get(unit)
        if row is not None and (row["lease"], row["lease_contract"]) == (lease, contract):
            self._set(unit, user=user, until_day=until_day)

    def corrected(self, values: tuple[Any, ...], when: When) -> None:
        unit, area, share = values
        self._set(unit, area=area, share=share)
