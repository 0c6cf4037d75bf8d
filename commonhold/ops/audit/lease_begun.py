"""How leases lie in the audit's books: looked at, told to the credit history, paid out, and begun.

Amounts [cmt], days [day], times [unix], shares [bps].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import TokenBook
from commonhold.ops.audit.opening import Opened, open_lease
from commonhold.ops.audit.outcomes import InTime, Late, tell
from commonhold.ops.audit.parties import PartyBook
from commonhold.ops.audit.payer import Payer
from commonhold.ops.audit.units import UNITS, UnitBook
from commonhold.rules.calendar import month_of
from commonhold.rules.history import Kind, Overdue
from commonhold.rules.ledger import LeaseLedger
from commonhold.rules.outcomes import Group, completed
from commonhold.rules.rent import share_of
from commonhold.rules.shares import Outgo, split

LEASES: Final = "LeaseAgreement"
ESCROW: Final = "DepositEscrow"
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
class LeaseBegun(Payer):
    """All leases by id."""

    NAME: ClassVar[str] = LEASES

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
