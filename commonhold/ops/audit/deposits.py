"""DepositEscrow replayed: every deposit by its twin, from booking to the last payment.

Amounts [cmt], days [day]. `finalise` has no event of its own: where the twin did not see an answer, a claim
or an award before, the end of an offer or of a review is silence after the last day.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.leases import ESCROW, LEASES, LeaseBook
from commonhold.ops.audit.moment import NOBODY, Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.outcomes import Provided, tell
from commonhold.ops.audit.parties import PartyBook
from commonhold.rules.deposit import (
    CLAIM_DAYS,
    Deposit,
    DepositBook,
    DepositRefused,
    Phase,
    middle,
)
from commonhold.rules.history import ProviderLane
from commonhold.rules.lease_words import M56
from commonhold.rules.ledger import LeaseLedger
from commonhold.rules.shares import Outgo

_OPEN: Final = (Phase.CLAIMING, Phase.ANSWERING, Phase.AWARDING)


@dataclass(slots=True)
class EscrowBook:
    """All deposits by lease."""

    findings: Findings
    parties: PartyBook
    leases: LeaseBook
    twin: DepositBook = field(default_factory=DepositBook)

    def __post_init__(self) -> None:
        self.leases.parts_left = lambda lease: self.twin.deposit(lease).parts
        self.leases.in_review = lambda lease: self.twin.deposit(lease).phase != Phase.HELD

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "DepositBooked": self.booked,
            "ArrearsTaken": self.arrears_taken,
            "ReviewOpened": self.review_opened,
            "ClaimFiled": self.claim_filed,
            "ClaimAccepted": self.claim_accepted,
            "OfferMade": self.offer_made,
            "OfferFinal": self.offer_final,
            "OfferAccepted": self.offer_accepted,
            "DepositAwarded": self.awarded,
            "ClockExtended": self.clock_extended,
            "DepositSettled": self.deposit_settled,
            "DepositPaid": self.deposit_paid,
            "LandlordDebtSetOff": self.set_off,
            "ShareHeld": self.share_held,
            "OwedWithdrawn": self.owed_withdrawn,
        }

    def _ledger(self, lease: int, event: str) -> LeaseLedger | None:
        found = self.leases.leases.get(lease)
        if found is None or lease not in self.twin.deposits:
            self.findings.differ(ESCROW, f"lease {lease}", event, "a deposit booked before", "no log")
            return None
        return found

    # ---------------------------------------------------------------- booking and closing

    def booked(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, word = values
        ledger = self.leases.leases.get(lease)
        count = len(ledger.accounts) if ledger is not None else 4
        parts = tuple(word >> 56 * i & M56 for i in range(count))
        moment.meet(ESCROW, "DepositBooked", f"lease {lease}", "parts", (parts, word >> 224))
        self.twin.deposits[lease] = Deposit(list(parts), word >> 224)

    def arrears_taken(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, index, amount = values
        deposit = self.twin.deposit(lease)
        part = deposit.parts[index] if index < len(deposit.parts) else 0
        taken = self.leases.arrears_taken(lease, index, part, moment)
        self.findings.check(ESCROW, f"lease {lease} account {index}", "ArrearsTaken.amount", taken, amount)
        if taken:
            deposit.parts[index] -= taken
        leases = self.leases.addresses[LEASES]
        moment.purpose("arrears_from_deposit", "lease", lease)
        moment.give(ESCROW, leases, amount)
        moment.take(LEASES, self.leases.addresses[ESCROW], amount)

    def review_opened(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, amount, last_day = values
        deposit, id_ = self.twin.deposit(lease), f"lease {lease}"
        self.findings.check(ESCROW, id_, "ReviewOpened.amount", deposit.left, amount)
        self.findings.check(ESCROW, id_, "ReviewOpened.lastDay", moment.day + CLAIM_DAYS, last_day)
        try:
            self.twin.open_review(lease, moment.day)
        except DepositRefused as error:
            self.findings.differ(ESCROW, id_, "ReviewOpened", f"refused: {error}", "opened")

    # ---------------------------------------------------------------- the review

    def _act(self, lease: int, event: str, act: Any, moment: Moment) -> None:
        """An act of the review in the twin; the events that follow from it are announced."""
        ledger = self._ledger(lease, event)
        if ledger is None:
            return
        deposit, id_ = self.twin.deposit(lease), f"lease {lease}"
        before = (deposit.phase, deposit.offer, deposit.claim)
        debts = [account.landlord_debt for account in ledger.accounts]
        try:
            out: Outgo = act(ledger)
        except DepositRefused as error:
            self.findings.differ(ESCROW, id_, event, f"refused: {error}", "done")
            return
        self._announce_end(id_, before, deposit, ledger.landlord, moment, event)
        for account, debt in zip(ledger.accounts, debts, strict=True):
            used = debt - account.landlord_debt
            if used:
                whose = f"{id_} party {account.tenant}"
                moment.announce(LEASES, "LandlordDebtPaid", whose, "amount", used)
                moment.announce(ESCROW, "LandlordDebtSetOff", whose, "amount", used)
        moment.purpose("deposit", "lease", lease)
        for party, amount in out.items():
            moment.announce(ESCROW, "DepositPaid", f"{id_} party {party}", "amount", amount)
            self.twin.owed.add(party, self.parties.pay(ESCROW, party, amount, moment))

    def _announce_end(
        self,
        id_: str,
        before: tuple[Phase, int, int],
        deposit: Deposit,
        landlord: int,
        moment: Moment,
        event: str,
    ) -> None:
        phase = before[0]
        final = (deposit.offer, deposit.claim)
        if phase == Phase.ANSWERING and deposit.phase == Phase.AWARDING:
            moment.announce(ESCROW, "OfferFinal", id_, "figures", (*final, deposit.last_day))
        elif phase == Phase.ANSWERING and deposit.phase == Phase.SETTLED and deposit.offer != deposit.claim:
            moment.announce(ESCROW, "OfferFinal", id_, "figures", (*final, moment.day))
        if deposit.phase == Phase.SETTLED:
            moment.announce(ESCROW, "DepositSettled", id_, "toLandlord", self._award(deposit, phase, moment))
            agreed = deposit.offer == deposit.claim or event == "OfferAccepted"
            lane = ProviderLane.DEPOSIT_SETTLED if agreed else ProviderLane.DEPOSIT_DISPUTED
            tell(moment, Provided(ESCROW, landlord, moment.month, int(lane)))

    def _award(self, deposit: Deposit, phase: Phase, moment: Moment) -> int:
        """What the landlord gets in all. [cmt]"""
        if phase == Phase.CLAIMING:
            return 0
        if phase == Phase.ANSWERING:
            return middle(deposit.offer, deposit.claim)
        awarded = moment.scratch.pop("award", None)
        return middle(deposit.offer, deposit.claim) if awarded is None else int(awarded)

    def claim_filed(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, claim, amounts, _, last_day = values
        day, twin = moment.day, self.twin
        self._act(lease, "ClaimFiled", lambda ledger: twin.file_claim(lease, ledger, amounts, day), moment)
        self.findings.check(ESCROW, f"lease {lease}", "ClaimFiled.claim", sum(amounts), claim)
        expected = twin.deposit(lease).last_day
        self.findings.check(ESCROW, f"lease {lease}", "ClaimFiled.lastDay", expected, last_day)

    def claim_accepted(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, tenant, claim = values
        day, twin = moment.day, self.twin
        self.findings.check(ESCROW, f"lease {lease}", "ClaimAccepted.claim", twin.deposit(lease).claim, claim)
        self._act(lease, "ClaimAccepted", lambda one: twin.accept_claim(lease, one, tenant, day), moment)

    def offer_made(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, tenant, offer = values
        day, twin = moment.day, self.twin
        self._act(lease, "OfferMade", lambda one: twin.make_offer(lease, one, tenant, offer, day), moment)

    def offer_accepted(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, offer = values
        self.findings.check(
            ESCROW, f"lease {lease}", "OfferAccepted.offer", self.twin.deposit(lease).offer, offer
        )
        moment.scratch["award"] = self.twin.deposit(lease).offer
        self._act(lease, "OfferAccepted", lambda ledger: self.twin.accept_offer(lease, ledger), moment)

    def awarded(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, arbiter, amount = values
        deposit = self.twin.deposit(lease)
        self.findings.check(ESCROW, f"lease {lease}", "DepositAwarded.arbiter", deposit.arbiter, arbiter)
        day, twin = moment.day, self.twin
        moment.scratch["award"] = amount
        self._act(lease, "DepositAwarded", lambda one: twin.award(lease, one, amount, day), moment)

    def _silence(self, lease: int, event: str, moment: Moment) -> None:
        """Nobody acted in time: what silence means."""
        day, twin = moment.day, self.twin
        self._act(lease, event, lambda ledger: twin.finalise(lease, ledger, day), moment)

    def offer_final(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, offer, claim, last_day = values
        if not moment.awaits(ESCROW, "OfferFinal", f"lease {lease}", "figures"):
            self._silence(lease, "OfferFinal", moment)
        moment.meet(ESCROW, "OfferFinal", f"lease {lease}", "figures", (offer, claim, last_day))

    def deposit_settled(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, to_landlord = values
        id_ = f"lease {lease}"
        waiting = moment.awaits(ESCROW, "DepositSettled", id_, "toLandlord")
        if not waiting and self.twin.deposit(lease).phase in _OPEN:
            self._silence(lease, "DepositSettled", moment)
        moment.meet(ESCROW, "DepositSettled", id_, "toLandlord", to_landlord)

    def clock_extended(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, last_day = values
        ledger = self._ledger(lease, "ClockExtended")
        if ledger is None:
            return
        id_, deposit = f"lease {lease}", self.twin.deposit(lease)
        try:
            self.twin.extend_clock(lease, self._hindered(deposit, ledger, moment))
        except DepositRefused as error:
            self.findings.differ(ESCROW, id_, "ClockExtended", f"refused: {error}", last_day)
            return
        self.findings.check(ESCROW, id_, "ClockExtended.lastDay", deposit.last_day, last_day)

    def _hindered(self, deposit: Deposit, ledger: LeaseLedger, moment: Moment) -> bool:
        """Whether the leases are paused, or whose turn it is has a wallet under recovery."""
        if moment.time < self.leases.paused_until:
            return True
        if deposit.phase == Phase.CLAIMING:
            return self.parties.pending(ledger.landlord, moment.time)
        if deposit.phase == Phase.AWARDING:
            return self.parties.pending(deposit.arbiter, moment.time)
        return any(
            self.parties.pending(account.tenant, moment.time)
            for i, account in enumerate(ledger.accounts)
            if not deposit.answered >> i & 1
        )

    # ---------------------------------------------------------------- money out

    def deposit_paid(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, party, amount = values
        moment.meet(ESCROW, "DepositPaid", f"lease {lease} party {party}", "amount", amount)

    def set_off(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, tenant, amount = values
        moment.meet(ESCROW, "LandlordDebtSetOff", f"lease {lease} party {tenant}", "amount", amount)

    def share_held(self, values: tuple[Any, ...], moment: Moment) -> None:
        moment.held_back(ESCROW, *values)

    def owed_withdrawn(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, wallet, amount = values
        expected = self.twin.owed.pop(party, 0)
        self.findings.check(ESCROW, f"party {party}", "OwedWithdrawn.amount", expected, amount)
        payee = self.parties.payee(party, moment.time)
        self.findings.check(ESCROW, f"party {party}", "OwedWithdrawn.wallet", payee, wallet)
        moment.purpose("share_withdrawn", "party", party)
        if payee != NOBODY:
            moment.give(ESCROW, payee, expected)
