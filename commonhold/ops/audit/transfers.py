"""UnitTransfers replayed: offers of units, and corrections of the roll on a document.

Times [unix], areas [0.01 m²], shares [ppm].
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from commonhold.chain.rawviews import Question
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import NOBODY, Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.units import UNITS, UnitBook

TRANSFERS: Final = "UnitTransfers"
OFFER_VALIDITY: Final = 30 * 86_400  # [s]
CORRECTION_DELAY: Final = 7 * 86_400  # from the committee's confirmation [s]
SETTING_DELAY: Final = 2 * 86_400  # [s]
_OFFER: Final = ("from", "to", "validUntil", "accepted", "confirmed")
_CORRECTION: Final = ("owner", "area", "share", "effectiveAt", "proposer", "reasonHash")


@dataclass(frozen=True, slots=True)
class Offer:
    """An owner's offer, until buyer and manager, or the clearance contract, agree."""

    seller: int = 0
    buyer: int = 0
    valid_until: int = 0  # [unix]
    accepted: bool = False
    confirmed: bool = False


_NONE: Final = Offer()
_UNCORRECTED: Final = (0, 0, 0, 0, NOBODY, "0x" + "00" * 32)


@dataclass(slots=True)
class TransferRows:
    """Offers and corrections that wait, by unit."""

    findings: Findings
    units: UnitBook
    offers: dict[int, Offer] = field(default_factory=dict)
    corrections: dict[int, tuple[Any, ...]] = field(default_factory=dict)  # as the event has them
    setting: tuple[str, str, int] = (NOBODY, NOBODY, 0)  # clearance now, next, from when [unix]

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "TransferOffered": self.offered,
            "TransferAccepted": self.accepted,
            "TransferConfirmed": self.confirmed,
            "TransferWithdrawn": self.withdrawn,
            "TransferCompleted": self.completed,
            "CorrectionProposed": self.proposed,
            "CorrectionConfirmed": self.correction_confirmed,
            "CorrectionDropped": self.dropped,
            "CorrectionApplied": self.applied,
            "ClearanceSet": self.clearance_set,
        }

    def _check(self, unit: int, name: str, expected: Any, found: Any) -> None:
        self.findings.check(TRANSFERS, f"unit {unit}", name, expected, found)

    def _owner(self, unit: int) -> int:
        found = self.units.units.get(unit)
        return found.owner if found is not None else 0

    def clearance(self, time: int) -> str:
        """The contract that clears transfers, the zero address if the manager confirms. [unix]"""
        now, later, since = self.setting
        return now if time < since else later

    # ---------------------------------------------------------------- sale

    def offered(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, seller, buyer, until = values
        self._check(unit, "TransferOffered.fromParty", self._owner(unit), seller)
        self._check(unit, "TransferOffered.validUntil", moment.time + OFFER_VALIDITY, until)
        self.offers[unit] = Offer(seller, buyer, until)

    def _open(self, unit: int, buyer: int, event: str, time: int) -> Offer:
        """The offer that an act is about: alive, its maker still the owner, and for this buyer."""
        offer = self.offers.get(unit, _NONE)
        alive = offer.buyer != 0 and time <= offer.valid_until and self._owner(unit) == offer.seller
        self._check(unit, f"{event} of an open offer", True, alive)
        self._check(unit, f"{event}.toParty", offer.buyer, buyer)
        return offer

    def accepted(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, buyer = values
        offer = self._open(unit, buyer, "TransferAccepted", moment.time)
        self.offers[unit] = replace(offer, accepted=True)

    def confirmed(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, buyer, _ = values
        offer = self._open(unit, buyer, "TransferConfirmed", moment.time)
        self._check(unit, "TransferConfirmed beside a clearance", NOBODY, self.clearance(moment.time))
        self.offers[unit] = replace(offer, confirmed=True)

    def withdrawn(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, seller, buyer = values
        offer = self.offers.get(unit, _NONE)
        self._check(unit, "TransferWithdrawn", (offer.seller, offer.buyer), (seller, buyer))
        self.offers[unit] = _NONE

    def completed(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, seller, buyer = values
        offer = self._open(unit, buyer, "TransferCompleted", moment.time)
        self._check(unit, "TransferCompleted.fromParty", offer.seller, seller)
        agreed = offer.accepted and (offer.confirmed or self.clearance(moment.time) != NOBODY)
        self._check(unit, "TransferCompleted by both sides", True, agreed)
        self.offers[unit] = _NONE
        moment.announce(UNITS, "UnitOwnerChanged", f"unit {unit}", "toParty", buyer)

    # ---------------------------------------------------------------- correct the roll

    def proposed(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, proposer, correction = values
        self._check(unit, "CorrectionProposed.proposer", proposer, correction[4])
        self._check(unit, "CorrectionProposed.effectiveAt", 0, correction[3])
        self.corrections[unit] = correction

    def correction_confirmed(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, by, effective = values
        owner, area, share, before, proposer, reason = self.corrections.get(unit, _UNCORRECTED)
        self._check(unit, "CorrectionConfirmed of a proposal", True, proposer != NOBODY and before == 0)
        self._check(unit, "CorrectionConfirmed by its proposer", False, by == proposer)
        self._check(unit, "CorrectionConfirmed.effectiveAt", moment.time + CORRECTION_DELAY, effective)
        self.corrections[unit] = (owner, area, share, effective, proposer, reason)

    def dropped(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit = values[0]
        owner = self.corrections.get(unit, _UNCORRECTED)[0]
        self._check(unit, "CorrectionDropped that changes the owner", True, owner != 0)
        self.corrections[unit] = _UNCORRECTED

    def applied(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, correction = values
        kept = self.corrections.get(unit, _UNCORRECTED)
        self._check(unit, "CorrectionApplied", kept, correction)
        self._check(unit, "CorrectionApplied after its delay", True, 0 < kept[3] <= moment.time)
        self.corrections[unit] = _UNCORRECTED
        owner = kept[0]
        if owner not in (0, self._owner(unit)):
            self.offers[unit] = _NONE
            moment.announce(UNITS, "UnitOwnerChanged", f"unit {unit}", "toParty", owner)

    def clearance_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        clearance, effective = values
        if effective not in (moment.time, moment.time + SETTING_DELAY):  # at once on the first day alone
            expected = f"{moment.time} or {moment.time + SETTING_DELAY}"
            self.findings.differ(TRANSFERS, "clearance", "ClearanceSet.effectiveAt", expected, effective)
        self.setting = (self.clearance(moment.time), clearance, effective)

    # ---------------------------------------------------------------- views

    def rows(self, time: int) -> Iterator[Question]:
        """What the views must answer. [unix]"""
        now = int(self.clearance(time), 16)
        yield Question(TRANSFERS, "clearance", (), "clearance", ("clearance",), (now,))
        for unit, offer in self.offers.items():
            made = (offer.seller, offer.buyer, offer.valid_until, int(offer.accepted), int(offer.confirmed))
            yield Question(TRANSFERS, "offerOf", (unit,), f"unit {unit}", _OFFER, made)
        for unit, found in self.corrections.items():
            words = (*found[:4], int(found[4], 16), int(found[5], 16))
            yield Question(TRANSFERS, "correctionOf", (unit,), f"unit {unit}", _CORRECTION, words)
