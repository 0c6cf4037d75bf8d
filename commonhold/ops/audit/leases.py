"""LeaseAgreement replayed: every lease by its twin, every event against what the twin says is due that day.

A log tells that somebody paid, settled, changed or closed; how much was due, how it was allocated, what the
late fee was and who is paid how much is worked out here. Amounts [cmt], days [day].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.ops.audit.answers import fitting
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler, TokenBook
from commonhold.ops.audit.opening import Opened, open_lease
from commonhold.ops.audit.outcomes import InTime, Late, tell
from commonhold.ops.audit.parties import PartyBook
from commonhold.ops.audit.units import UNITS, UnitBook
from commonhold.rules.accounts import Account, Touched
from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.history import Kind, Overdue
from commonhold.rules.ledger import Change, LeaseLedger, LeaseRefused, State
from commonhold.rules.outcomes import Group, completed
from commonhold.rules.rent import ChangeInvalid, ChangeKind, share_of
from commonhold.rules.shares import Outgo, split

LEASES: Final = "LeaseAgreement"
ESCROW: Final = "DepositEscrow"
_MOVES: Final = (ChangeKind.RENEWAL, ChangeKind.TENANT, ChangeKind.END, ChangeKind.HOLDOVER)
_CODES: Final = frozenset(Code)
CALL_ENDS: Final = ("RentPaid", "PrepaymentRefunded", "LeaseChanged", "LeaseClosed")


@dataclass(slots=True)
class Call:
    """What one call forwards of one lease: the commission is rounded once for all of it. [cmt]"""

    rent: int = 0
    fees: int = 0
    last: int = -1  # the last account that was settled
    pots_only: bool = True
    from_deposit: int = 0  # rent
    fees_from_deposit: int = 0


@dataclass(slots=True)
class LeaseBook:
    """All leases by id."""

    findings: Findings
    token: TokenBook
    parties: PartyBook
    units: UnitBook
    addresses: dict[str, str]
    leases: dict[int, LeaseLedger] = field(default_factory=dict)
    terms: dict[str, int] = field(default_factory=dict)  # hash → lease; WITHDRAWN
    offer_nonces: dict[int, int] = field(default_factory=dict)
    break_fees: dict[int, int] = field(default_factory=dict)
    owed: Outgo = field(default_factory=Outgo)  # [cmt by party]
    paused_until: int = 0  # [unix]
    retired: bool = False
    parts_left: Callable[[int], Sequence[int]] = lambda lease: ()  # of the deposit, by account [cmt]
    in_review: Callable[[int], bool] = lambda lease: False

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

    # ---------------------------------------------------------------- look

    def _ledger(self, lease: int, event: str) -> LeaseLedger | None:
        found = self.leases.get(lease)
        if found is None:
            self.findings.differ(LEASES, f"lease {lease}", event, "activated before", "no log")
        return found

    def _account(self, lease: int, tenant: int, event: str) -> tuple[LeaseLedger, int] | None:
        ledger = self._ledger(lease, event)
        if ledger is None:
            return None
        for index, account in enumerate(ledger.accounts):
            if account.tenant == tenant:
                return ledger, index
        tenants = ", ".join(str(account.tenant) for account in ledger.accounts)
        self.findings.differ(LEASES, f"lease {lease}", f"{event}.tenant", tenants, tenant)
        return None

    def pots(self) -> int:
        """All prepaid cash. [cmt]"""
        return sum(account.pot for ledger in self.leases.values() for account in ledger.accounts)

    @property
    def held(self) -> int:
        """All pots and all shares that wait. [cmt]"""
        return self.pots() + sum(self.owed.values())

    # ---------------------------------------------------------------- credit history

    def _begin(self, ledger: LeaseLedger, index: int, day: int) -> None:
        """What was settled ahead of its due day, or before a take-over, is told to nobody."""
        account = ledger.accounts[index]
        for group in self._completed(ledger, index, day):
            account.covered = group.last

    def _completed(self, ledger: LeaseLedger, index: int, day: int) -> list[Group]:
        account = ledger.accounts[index]
        if account.covered >= ledger.schedule.last_label_due(day):
            return []
        shares = ledger.terms.shares
        return list(completed(ledger.schedule, shares, index, account.covered, account.settled, day))

    def _tell(
        self, lease: int, ledger: LeaseLedger, index: int, moment: Moment, *, waived: bool = False
    ) -> None:
        """Every rent that the account has completed since `_begin`."""
        account, day = ledger.accounts[index], moment.day
        for group in self._completed(ledger, index, day):
            account.covered = group.last
            if not group.amount:
                continue
            due = ledger.schedule.due_day(group.first)
            if not waived and day <= due + ledger.terms.grace_days:
                tell(moment, InTime(LEASES, Kind.RENT, month_of(due), account.tenant))
            else:
                obligation = lease << 24 | index << 16 | group.first
                tell(moment, Late(LEASES, Kind.RENT, obligation, account.tenant, due, day, waived))

    def _told_by_twin(self, lease: int, ledger: LeaseLedger, moment: Moment) -> None:
        """What the twin itself noted of a change."""
        for one in ledger.told:
            if one.in_time:
                tell(moment, InTime(LEASES, Kind.RENT, one.month, one.party))
            else:
                obligation = lease << 24 | one.account << 16 | one.label
                tell(moment, Late(LEASES, Kind.RENT, obligation, one.party, one.due_day, one.day, one.waived))
        ledger.told.clear()

    def overdue(self, obligation: int, moment: Moment) -> Overdue | None:
        """One account's share of one payment group; None if there is none."""
        ledger = self.leases.get(obligation >> 24)
        index, label = obligation >> 16 & 0xFF, obligation & 0xFFFF
        if ledger is None or index >= len(ledger.accounts):
            return None
        schedule, shares = ledger.schedule, ledger.terms.shares
        if not schedule.first <= label <= schedule.last or schedule.group(label)[0] != label:
            return None
        if label == schedule.first and schedule.segments[0].carried:
            return None
        account, due = ledger.accounts[index], schedule.due_day(label)
        before = share_of(shares, index, schedule.cum(label - 1))
        whole = share_of(shares, index, schedule.cum(schedule.group(label)[1]))
        open_ = max(0, whole - max(before, account.settled + account.pot))
        return Overdue(Kind.RENT, account.tenant, due, due + ledger.terms.grace_days, open_)

    # ---------------------------------------------------------------- money out

    def pay_party(self, party: int, amount: int, moment: Moment) -> None:
        """A share goes out, or waits in `owed`. [cmt]"""
        self.owed.add(party, self.parties.pay(LEASES, party, amount, moment))

    def _call(self, lease: int, moment: Moment) -> Call:
        calls: dict[int, Call] = moment.scratch.setdefault("calls", {})
        found = calls.get(lease)
        if found is None:
            found = calls[lease] = Call()
        return found

    def _finish(self, lease: int, ledger: LeaseLedger, moment: Moment) -> None:
        """The end of a call: landlord and manager are paid what it forwards."""
        calls: dict[int, Call] = moment.scratch.get("calls", {})
        call = calls.pop(lease, None)
        if call is None:
            return
        out = Outgo()
        ledger.share_out(out, call.rent)
        landlords = out.pop(ledger.landlord, 0)
        for party, amount in out.items():
            moment.purpose("commission", "lease", lease)
            self.pay_party(party, amount, moment)
        moment.purpose("rent", "lease", lease)
        self.pay_party(ledger.landlord, landlords, moment)
        moment.purpose("late_fee", "lease", lease)
        self.pay_party(ledger.landlord, call.fees, moment)

    def close_moment(self, moment: Moment) -> None:
        """What the transaction's settlements forward, and the first money of its new leases."""
        calls: dict[int, Call] = moment.scratch.get("calls", {})
        for lease in list(calls):
            self._finish(lease, self.leases[lease], moment)
        for (lease, tenant), expected in moment.scratch.get("unfinished", {}).items():
            self.findings.differ(
                LEASES, f"lease {lease} party {tenant}", "Settled.code", expected, "COLLECTED"
            )
        for lease, opened in moment.scratch.get("opened", ()):
            self._first_money(lease, opened, moment)

    # ---------------------------------------------------------------- activation

    def activated(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, unit, terms_hash, _, words = values
        self.findings.check(LEASES, f"lease {lease}", "id", len(self.leases) + 1, lease)
        opened = open_lease(lease, unit, words, moment.day, self.findings)
        ledger = self.leases[lease] = opened.ledger
        self.terms[terms_hash] = lease
        self.break_fees[lease] = opened.break_fee
        terms = ledger.terms
        told = (unit, ledger.accounts[0].tenant, terms.start_day, terms.end_day)
        moment.announce(UNITS, "UnitOccupied", f"lease {lease}", "unit, user, fromDay, untilDay", told)
        if any(opened.deposits):
            moment.announce(
                ESCROW, "DepositBooked", f"lease {lease}", "parts", (opened.deposits, opened.arbiter)
            )
        moment.scratch.setdefault("opened", []).append((lease, opened))

    def _first_money(self, lease: int, opened: Opened, moment: Moment) -> None:
        """Deposit, prepayment and one-off fees."""
        ledger = opened.ledger
        wallets = [self.parties.wallet(account.tenant) for account in ledger.accounts]
        whole = sum(opened.deposits)
        brought = {w: a for (c, w), a in moment.got_in.items() if c == ESCROW}
        own: dict[str, int] = {}
        for wallet, part in zip(wallets, opened.deposits, strict=True):
            own[wallet] = own.get(wallet, 0) + part
        by_tenants = all(brought.get(wallet, 0) == part for wallet, part in own.items())
        moment.purpose("deposit", "lease", lease)
        if opened.taken_over or (opened.taken_over is None and not by_tenants):
            moment.take_from_somebody(ESCROW, whole)
            moment.purpose("prepaid", "lease", lease)
            moment.take_from_somebody(LEASES, opened.prepaid)
            return
        for wallet, part in own.items():
            moment.take(ESCROW, wallet, part)
        self._one_off_fees(lease, ledger, wallets, moment)

    def one_off_fee(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, payee, amount = values
        if all(lease != one for one, _ in moment.scratch.get("opened", ())):
            self.findings.differ(LEASES, f"lease {lease}", "OneOffFeePaid", "activated just before", "no log")
            return
        fees: dict[int, Outgo] = moment.scratch.setdefault("one-off fees", {})
        fees.setdefault(lease, Outgo()).add(payee, amount)

    def _one_off_fees(self, lease: int, ledger: LeaseLedger, wallets: list[str], moment: Moment) -> None:
        """From the tenants by their shares, through the contract, to each payee once."""
        fees: dict[int, Outgo] = moment.scratch.get("one-off fees", {})
        out = fees.get(lease, Outgo())
        moment.purpose("one_off_fee", "lease", lease)
        for wallet, part in zip(wallets, split(ledger.terms.shares, sum(out.values())), strict=True):
            moment.take(LEASES, wallet, part)
        for payee, amount in out.items():
            self.pay_party(payee, amount, moment)

    def terms_cancelled(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.terms[values[0]] = 2**32 - 1

    def offer_nonce_raised(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, nonce = values
        expected = self.offer_nonces.get(party, 0) + 1
        self.findings.check(LEASES, f"party {party}", "OfferNonceRaised.nonce", expected, nonce)
        self.offer_nonces[party] = expected

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

    # ---------------------------------------------------------------- shares that wait

    def share_held(self, values: tuple[Any, ...], moment: Moment) -> None:
        moment.held_back(LEASES, *values)

    def owed_withdrawn(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, amount = values
        expected = self.owed.pop(party, 0)
        self.findings.check(LEASES, f"party {party}", "OwedWithdrawn.amount", expected, amount)
        moment.purpose("share_withdrawn", "party", party)
        self.pay_party(party, expected, moment)

    def paused(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.paused_until = values[0]

    def retire(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.retired = True
