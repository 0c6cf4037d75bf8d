"""LeaseAgreement replayed: every lease by its twin, every event against what the twin says is due that day.

A log tells that somebody paid, settled, changed or closed; how much was due, how it was allocated, what the
late fee was and who is paid how much is worked out here. Amounts [cmt], days [day].
"""

from dataclasses import dataclass
from typing import Any, Final

from commonhold.ops.audit.answers import fitting
from commonhold.ops.audit.lease_begun import CALL_ENDS, ESCROW, LEASES, Call, LeaseBegun
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.units import UNITS
from commonhold.rules.accounts import Account, Touched
from commonhold.rules.codes import Code
from commonhold.rules.ledger import Change, LeaseLedger, LeaseRefused, State
from commonhold.rules.rent import ChangeInvalid, ChangeKind
from commonhold.rules.shares import Outgo

_MOVES: Final = (ChangeKind.RENEWAL, ChangeKind.TENANT, ChangeKind.END, ChangeKind.HOLDOVER)
_CODES: Final = frozenset(Code)


@dataclass(slots=True)
class LeaseBook(LeaseBegun):
    """The same through settlements, payments and changes to the end."""

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "LeaseActivated": self.activated,
            "OneOffFeePaid": self.one_off_fee,
            "TermsCancelled": self.terms_cancelled,
            "OfferNonceRaised": self.offer_nonce_raised,
            "Settled": self.settled,
            "ShareCovered": self.share_covered,
            "RentPaid": self.rent_paid,
            "PrepaymentRefunded": self.refunded,
            "LeaseChanged": self.changed,
            "LeaseClosed": self.closed,
            "EndCredit": self.end_credit,
            "LandlordDebtPaid": self.landlord_debt_paid,
            "ShareHeld": self.share_held,
            "OwedWithdrawn": self.owed_withdrawn,
            "PausedUntil": self.paused,
            "Retired": self.retire,
        }

    # ---------------------------------------------------------------- settle

    def settled(self, values: tuple[Any, ...], moment: Moment) -> None:
        """Prepaid cash first; what the log tells beyond it was collected, and must have been due."""
        lease, tenant, code, amount = values
        found = self._account(lease, tenant, "Settled")
        if found is None:
            return
        ledger, index = found
        call = self._call(lease, moment)
        if index <= call.last:
            self._finish(lease, ledger, moment)
            call = self._call(lease, moment)
        call.last = index
        self._begin(ledger, index, moment.day)
        touched = ledger.touched(index, moment.day)
        asked_before = touched.principal + touched.late_fees
        pot = touched.allocate_pot()
        covered = moment.scratch.pop(("covered", lease, tenant), 0)
        rest = amount - pot.total
        checked = self.findings.checked
        checked[LEASES] = checked.get(LEASES, 0) + 2
        if asked_before == 0 or rest < covered or amount > asked_before:
            low, high = pot.total + covered, asked_before
            expected = str(high) if low == high else f"{low} to {high}"
            self.findings.differ(LEASES, f"lease {lease} party {tenant}", "Settled.amount", expected, amount)
            rest = max(covered, min(rest, asked_before - pot.total))
        asked = touched.principal  # of the mandate, before others cover for it
        other = pot.total + asked > 0
        part = touched.allocate(rest)
        touched.store()
        self._tell(lease, ledger, index, moment)
        call.rent += pot.principal + part.principal
        call.fees += pot.late_fees + part.late_fees
        if rest:
            call.pots_only = False
            wallet = self.parties.wallet(tenant)
            moment.purpose("rent", "lease", lease)
            moment.take(LEASES, wallet, rest - covered - part.late_fees)
            moment.purpose("late_fee", "lease", lease)
            moment.take(LEASES, wallet, part.late_fees)
        if code != Code.COLLECTED or touched.principal or touched.late_fees:
            self._check_code(lease, touched, code, rest - covered, other, asked, moment)

    def _check_code(
        self, lease: int, touched: Touched, told: int, got: int, other: bool, asked: int, moment: Moment
    ) -> None:
        """Why something is still open. got: from the mandate, asked: rent asked of it [cmt]; other: more
        than a late fee was due."""
        tenant = touched.account.tenant
        code = Code(told) if told in _CODES else Code.NONE
        if not touched.principal and not touched.late_fees:
            allowed = {Code.COLLECTED}
        elif code == Code.COLLECTED and not got and any((e, lease) in moment.kinds for e in CALL_ENDS):
            # prepaid cash alone was used, on the way to a payment, a refund, a change or the closing
            moment.scratch.setdefault("unfinished", {})[lease, tenant] = "what the mandate answers"
            return
        elif not touched.principal and other:
            allowed = {Code.RENT_ONLY}
        else:
            wallet = self.parties.wallet(tenant)
            left = asked if touched.principal else touched.late_fees
            allowed = fitting(self.token, wallet, self.addresses[LEASES], left, got, moment)
        if code != Code.COLLECTED:
            self._call(lease, moment).pots_only = False
        if code not in allowed:
            names = " or ".join(sorted(one.name for one in allowed)) or "COLLECTED"
            found = code.name if code else told
            self.findings.differ(LEASES, f"lease {lease} party {tenant}", "Settled.code", names, found)

    def share_covered(self, values: tuple[Any, ...], moment: Moment) -> None:
        """A joint tenant who signed for it pays the rent of another; part of that one's Settled event."""
        lease, tenant, payer, amount = values
        short, covering = (
            self._account(lease, tenant, "ShareCovered"),
            self._account(lease, payer, "ShareCovered"),
        )
        if short is None or covering is None:
            return
        ledger, index = short
        mask = ledger.terms.cover_mask >> covering[1] & 1
        self.findings.check(LEASES, f"lease {lease} party {payer}", "ShareCovered signed for", 1, mask)
        due = ledger.touched(index, moment.day).principal
        if amount > due:
            self.findings.differ(LEASES, f"lease {lease} party {tenant}", "ShareCovered.amount", due, amount)
        key = ("covered", lease, tenant)
        moment.scratch[key] = moment.scratch.get(key, 0) + amount
        moment.purpose("rent", "lease", lease)
        moment.take(LEASES, self.parties.wallet(payer), amount)

    # ---------------------------------------------------------------- pay and refund

    def _use_pot(self, lease: int, touched: Touched, moment: Moment) -> None:
        """Prepaid cash that had fallen due was told by a Settled event before; here nothing is left of it."""
        part = touched.allocate_pot()
        if part.total:
            id_ = f"lease {lease} party {touched.account.tenant}"
            self.findings.differ(LEASES, id_, "Settled.amount", part.total, "no log")
            call = self._call(lease, moment)
            call.rent += part.principal
            call.fees += part.late_fees

    def _explained(self, lease: int, moment: Moment) -> None:
        """The event came for which prepaid cash alone was used before."""
        unfinished = moment.scratch.get("unfinished")
        if unfinished:
            for key in [key for key in unfinished if key[0] == lease]:
                del unfinished[key]

    def rent_paid(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, tenant, payer, principal, late_fees, prepaid = values
        found = self._account(lease, tenant, "RentPaid")
        if found is None:
            return
        ledger, index = found
        calls: dict[int, Call] = moment.scratch.get("calls", {})
        if lease in calls and not calls[lease].pots_only:
            self._finish(lease, ledger, moment)
        self._explained(lease, moment)
        self._begin(ledger, index, moment.day)
        touched = ledger.touched(index, moment.day)
        self._use_pot(lease, touched, moment)
        total = principal + late_fees + prepaid
        part = touched.allocate(total)
        rest = total - part.total
        id_ = f"lease {lease} party {tenant}"
        self.findings.check(LEASES, id_, "RentPaid.principal", part.principal, principal)
        self.findings.check(LEASES, id_, "RentPaid.lateFees", part.late_fees, late_fees)
        self.findings.check(LEASES, id_, "RentPaid.prepaid", rest, prepaid)
        room = max(0, touched.total - touched.settled - touched.pot)
        if rest > room:
            self.findings.differ(LEASES, id_, "RentPaid.prepaid", f"at most {room}", rest)
        touched.pot += rest
        touched.store()
        self._tell(lease, ledger, index, moment)
        call = self._call(lease, moment)
        call.rent += part.principal
        call.fees += part.late_fees
        moment.purpose("rent", "lease", lease)
        moment.pull(LEASES, payer, ("rent", principal), ("late_fee", late_fees), ("prepaid", prepaid))
        self._finish(lease, ledger, moment)

    def refunded(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, tenant, amount = values
        found = self._account(lease, tenant, "PrepaymentRefunded")
        if found is None:
            return
        ledger, index = found
        closing = ("LeaseClosed", lease) in moment.kinds
        touched = ledger.touched(index, moment.day)
        self._use_pot(lease, touched, moment)
        id_ = f"lease {lease} party {tenant}"
        if amount > touched.pot:
            self.findings.differ(LEASES, id_, "PrepaymentRefunded.amount", f"at most {touched.pot}", amount)
        touched.pot -= min(amount, touched.pot)
        touched.store()
        moment.purpose("refund", "lease", lease)
        self.pay_party(tenant, amount, moment)
        if not closing:
            self._explained(lease, moment)
            self._finish(lease, ledger, moment)

    # ---------------------------------------------------------------- change

    def changed(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, kind, (told_kind, told_lease, index, day, party, amount) = values
        ledger = self._ledger(lease, "LeaseChanged")
        if ledger is None:
            return
        id_ = f"lease {lease}"
        self.findings.check(LEASES, id_, "LeaseChanged.change.kind", kind, told_kind)
        self.findings.check(LEASES, id_, "LeaseChanged.change.lease", lease, told_lease)
        change = Change(ChangeKind(kind), index, day, party, amount)
        self._explained(lease, moment)
        for i in range(len(ledger.accounts)):
            touched = ledger.touched(i, moment.day)
            self._use_pot(lease, touched, moment)
            touched.store()
        self._finish(lease, ledger, moment)
        out = Outgo()
        ledger.told.clear()
        try:
            fee = ledger.apply(change, moment.day, out)
        except (ChangeInvalid, LeaseRefused) as error:
            self.findings.differ(
                LEASES, id_, f"LeaseChanged.{change.kind.name}", f"refused: {error}", "applied"
            )
            return
        self._told_by_twin(lease, ledger, moment)
        moment.purpose("break_fee", "lease", lease)
        for payee, share in out.items():
            self.pay_party(payee, share, moment)
        if fee:
            moment.take(LEASES, self.parties.wallet(change.party), fee)
        self._announce_use(lease, ledger, change.kind, moment)

    def _announce_use(self, lease: int, ledger: LeaseLedger, kind: ChangeKind, moment: Moment) -> None:
        """What the change means for the unit."""
        unit = ledger.terms.unit
        if kind == ChangeKind.SALE:
            owner = self.units.units[unit].owner if unit in self.units.units else 0
            if owner != ledger.landlord:
                moment.announce(UNITS, "UnitOwnerChanged", f"unit {unit}", "toParty", ledger.landlord)
        elif kind in _MOVES and self.units.knows(unit, lease, self.addresses[LEASES]):
            told = (unit, ledger.accounts[0].tenant, ledger.schedule.end_day)
            moment.announce(UNITS, "UnitOccupancyChanged", f"lease {lease}", "unit, user, untilDay", told)

    # ---------------------------------------------------------------- the end

    def end_credit(self, values: tuple[Any, ...], moment: Moment) -> None:
        """Rent paid beyond the end: set off against late fees, then collected from the landlord; the rest is
        his debt."""
        lease, tenant, set_off, collected, debt = values
        found = self._account(lease, tenant, "EndCredit")
        if found is None:
            return
        ledger, index = found
        touched = ledger.touched(index, moment.day)
        self._use_pot(lease, touched, moment)
        id_ = f"lease {lease} party {tenant}"
        credit = touched.settled - touched.due
        expected = max(0, min(touched.late_fees, credit))
        self.findings.check(LEASES, id_, "EndCredit.setOff", expected, set_off)
        self.findings.check(LEASES, id_, "EndCredit.collected + debt", credit - expected, collected + debt)
        wallet = self.parties.wallet(ledger.landlord)
        if debt:
            code = self.token.would_pay(wallet, self.addresses[LEASES], debt, moment)
            if code in (Code.COLLECTED, Code.PARTIAL):
                self.findings.differ(LEASES, id_, "EndCredit.debt", "collected from the mandate", debt)
        touched.settled = touched.due
        touched.pay_fees(expected)
        touched.store()
        ledger.accounts[index].landlord_debt += credit - expected - collected
        moment.purpose("end_credit", "lease", lease)
        moment.take(LEASES, wallet, collected)
        self.pay_party(tenant, collected, moment)

    def arrears_taken(self, lease: int, index: int, part: int, moment: Moment) -> int:
        """What the deposit pays of one account's arrears at closing, of at most `part` [cmt]."""
        ledger = self._ledger(lease, "ArrearsTaken")
        if ledger is None or index >= len(ledger.accounts):
            return 0
        touched = ledger.touched(index, moment.day)
        self._use_pot(lease, touched, moment)
        self._begin(ledger, index, moment.day)
        taken = touched.allocate(min(part, touched.principal + touched.late_fees))
        touched.store()
        self._tell(lease, ledger, index, moment)
        call = self._call(lease, moment)
        call.rent += taken.principal
        call.fees += taken.late_fees
        call.from_deposit += taken.principal
        call.fees_from_deposit += taken.late_fees
        return taken.total

    def closed(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, day, from_deposit, fees_from_deposit = values
        ledger = self._ledger(lease, "LeaseClosed")
        if ledger is None:
            return
        id_ = f"lease {lease}"
        call = self._call(lease, moment)
        check = self.findings.check
        check(LEASES, id_, "LeaseClosed.day", ledger.schedule.end_day, day)
        check(LEASES, id_, "LeaseClosed.principalFromDeposit", call.from_deposit, from_deposit)
        check(LEASES, id_, "LeaseClosed.lateFeesFromDeposit", call.fees_from_deposit, fees_from_deposit)
        for index, account in enumerate(ledger.accounts):
            touched = ledger.touched(index, moment.day)
            self._use_pot(lease, touched, moment)
            touched.store()
            whose = f"lease {lease} party {account.tenant}"
            check(LEASES, whose, "PrepaymentRefunded.amount at closing", 0, account.pot)
            check(LEASES, whose, "EndCredit at closing", 0, max(0, account.settled - touched.due))
        self._explained(lease, moment)
        self._finish(lease, ledger, moment)
        for index, left in enumerate(self.parts_left(lease)):
            touched = ledger.touched(index, moment.day)
            missing = min(left, touched.principal + touched.late_fees)
            check(LEASES, f"lease {lease} account {index}", "ArrearsTaken at closing", 0, missing)
        ledger.state = State.DEPOSIT_REVIEW if sum(self.parts_left(lease)) else State.CLOSED
        if ledger.state == State.DEPOSIT_REVIEW and not self.in_review(lease):
            self.findings.differ(ESCROW, id_, "ReviewOpened", "opened at closing", "no log")

    def landlord_debt_paid(self, values: tuple[Any, ...], moment: Moment) -> None:
        """By anybody's money, or out of what a deposit awards to the landlord."""
        lease, tenant, amount = values
        found = self._account(lease, tenant, "LandlordDebtPaid")
        if found is None:
            return
        id_ = f"lease {lease} party {tenant}"
        if moment.awaits(LEASES, "LandlordDebtPaid", id_, "amount"):
            moment.meet(LEASES, "LandlordDebtPaid", id_, "amount", amount)
            return
        account: Account = found[0].accounts[found[1]]
        if amount > account.landlord_debt:
            self.findings.differ(
                LEASES, id_, "LandlordDebtPaid.amount", f"at most {account.landlord_debt}", amount
            )
        account.landlord_debt -= amount
        moment.purpose("end_credit", "lease", lease)
        moment.take_from_somebody(LEASES, amount)
        self.pay_party(tenant, amount, moment)


__all__ = ["CALL_ENDS", "ESCROW", "LEASES", "LeaseBook"]
