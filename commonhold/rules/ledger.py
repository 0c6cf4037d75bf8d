"""One lease as a state machine: the twin of `LeaseAgreement` for one id.

It keeps the tenants' accounts and says who gets what; it holds no money. Collecting and the deposit are
given by the caller as plain functions. Amounts [cmt], days [day], parties by id.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Self

from commonhold.rules.accounts import NOTHING, Account, FeeTerms, Part, Touched, touch
from commonhold.rules.calendar import boundary, label_of
from commonhold.rules.codes import Code
from commonhold.rules.lease_parts import (
    Booked,
    Change,
    Closing,
    EndCredit,
    LeaseRefused,
    Opened,
    Payment,
    State,
)
from commonhold.rules.outcomes import Group, Outcome, completed
from commonhold.rules.rent import BPS, ChangeInvalid, ChangeKind, Schedule
from commonhold.rules.settlement import Line, Settlement, settle_accounts
from commonhold.rules.shares import Collect, Outgo, split
from commonhold.rules.terms import LeaseTerms
from commonhold.rules.validate import validate_terms

LANDLORD_INDEX = 0xFF  # in place of a tenant's account index


@dataclass(slots=True)
class LeaseLedger:
    """One lease: its terms, its schedule as changed since, and its accounts. Build it with `activate`."""

    terms: LeaseTerms
    schedule: Schedule
    accounts: list[Account]
    landlord: int  # party
    state: State  # as stored: ACTIVE, NOTICE and HOLDOVER read ENDED from the end day on
    whole: bool  # plain schedule: whole months from a boundary to a boundary, one rent, due on the boundary
    told: list[Outcome] = field(default_factory=list)  # what the credit history was told, in order

    @classmethod
    def activate(cls, terms: LeaseTerms, today: int) -> tuple[Self, Opened]:
        """A new lease; refused with TermsInvalid."""
        validate_terms(terms, today)
        shares = terms.shares
        one_off = split(shares, sum(fee.amount for fee in terms.fees))
        opened = Opened(split(shares, terms.deposit), split(shares, terms.opening.prepaid), one_off)
        return cls.opened(terms, today), opened

    @classmethod
    def opened(cls, terms: LeaseTerms, today: int) -> Self:
        """A lease as it begins, of terms that were accepted."""
        opening, shares = terms.opening, terms.shares
        paid, prepaid = split(shares, opening.paid), split(shares, opening.prepaid)
        fees = split(shares, opening.late_fees)
        accounts = [
            Account(tenant, shares[i], paid[i], prepaid[i], fees[i] * BPS, today)
            for i, tenant in enumerate(terms.tenants)
        ]
        schedule = Schedule.of(terms)
        for account in accounts:
            account.covered = schedule.first - 1
        simple = terms.interval == 1 and terms.due_offset == 0 and not terms.steps
        whole = simple and not opening.arrears and not schedule.stub and _on_boundary(schedule)
        return cls(terms, schedule, accounts, terms.landlord, State.ACTIVE, whole)

    def copy(self) -> Self:
        """An independent copy, for previews and for taking back what was refused."""
        return replace(self, accounts=[replace(account) for account in self.accounts], told=list(self.told))

    # ---------------------------------------------------------------- look

    def state_on(self, day: int) -> State:
        """The state as everybody sees it on a day."""
        ended = self.state <= State.HOLDOVER and day >= self.schedule.end_day
        return State.ENDED if ended else self.state

    def touched(self, index: int, day: int) -> Touched:
        """One account as of a day."""
        fees = FeeTerms(self.terms.late_fee_rate, self.terms.grace_days, self.terms.late_fee_max_days)
        return touch(self.accounts[index], self.schedule, self.terms.shares, index, fees, day)

    def all_touched(self, day: int) -> list[Touched]:
        """Every account as of a day."""
        return [self.touched(index, day) for index in range(len(self.accounts))]

    def index_of(self, tenant: int) -> int:
        """The account of a tenant. [party]"""
        for index, account in enumerate(self.accounts):
            if account.tenant == tenant:
                return index
        raise LeaseRefused("LeaseTenantUnknown", tenant)

    def plain(self, day: int) -> bool:
        """Whether a batch may settle this lease from its hot word alone, together with all other plain
        ones, after the leases that it settles one by one: one tenant, whole months, no commission, no late
        fee to count."""
        account = self.accounts[0]
        if not self.whole or len(self.accounts) > 1 or self.terms.commission or account.accrual >= BPS:
            return False
        due = self.schedule.due(day) - account.settled
        if due <= 0 or not self.terms.late_fee_rate or account.pot >= due:
            return True
        label = self.schedule.last_label_due(day)
        within = day <= boundary(self.schedule.anchor, label) + self.terms.grace_days
        return within and due <= self.schedule.segments[0].rent

    def book_plain(self, day: int) -> Booked:
        """A plain lease books all that is due as settled, prepaid cash first; `asked` is still to be
        collected, and what is not is taken back from `settled`."""
        self._skip_told(day)
        account = self.accounts[0]
        due = max(0, self.schedule.due(day) - account.settled)
        from_pot = min(account.pot, due)
        account.settled += due
        account.pot -= from_pot
        return Booked(from_pot, due - from_pot)

    def outcome(self, code: Code, amount: int) -> Settlement:
        """The settlement of a plain lease, with its one line."""
        return Settlement(code, amount, (Line(self.accounts[0].tenant, code, amount),))

    # ---------------------------------------------------------------- credit history

    def _skip_told(self, day: int) -> None:
        """Begin an act: what was settled ahead of its due day, or before the cut-over, is told to nobody."""
        for index, account in enumerate(self.accounts):
            for group in self._completed(index, account.settled, day):
                account.covered = group.last

    def _completed(self, index: int, settled: int, day: int) -> Iterator[Group]:
        shares, covered = self.terms.shares, self.accounts[index].covered
        return completed(self.schedule, shares, index, covered, settled, day)

    def tell(self, index: int, settled: int, day: int, *, waived: bool = False) -> None:
        """Note every obligation of an account that `settled` has completed by now. [cmt]"""
        account = self.accounts[index]
        for group in self._completed(index, settled, day):
            account.covered = group.last
            if group.amount:
                due = self.schedule.due_day(group.first)
                in_time = not waived and day <= due + self.terms.grace_days
                self.told.append(Outcome(index, group.first, account.tenant, due, day, waived, in_time))

    # ---------------------------------------------------------------- money

    def share_out(self, out: Outgo, principal: int, late_fees: int = 0) -> None:
        """Rent less the manager's commission (rounded down, for the landlord) and late fees go to the
        landlord."""
        commission = principal * self.terms.commission // BPS
        out.add(self.terms.manager, commission)
        out.add(self.landlord, principal - commission + late_fees)

    def pay(self, tenant: int, amount: int, day: int, out: Outgo) -> Payment:
        """A payment for a tenant by anybody."""
        if amount == 0:
            raise LeaseRefused("LeaseAmountZero")
        index = self.index_of(tenant)
        self._skip_told(day)
        account = self.touched(index, day)
        from_pot = account.allocate_pot()
        if amount > account.most:
            raise LeaseRefused("LeasePaymentTooLarge", amount, account.most)
        paid = account.allocate(amount)
        prepaid = amount - paid.total
        account.pot += prepaid
        account.store()
        self.tell(index, account.settled, day)
        self.share_out(out, *from_pot.plus(paid))
        return Payment(from_pot, paid, prepaid)

    def refund(self, tenant: int, amount: int, day: int, out: Outgo) -> Part:
        """A tenant takes prepaid cash back; what has fallen due is paid from it first."""
        if amount == 0:
            raise LeaseRefused("LeaseAmountZero")
        index = self.index_of(tenant)
        self._skip_told(day)
        account = self.touched(index, day)
        from_pot = account.allocate_pot()
        if amount > account.pot:
            raise LeaseRefused("LeaseRefundTooLarge", amount, account.pot)
        account.pot -= amount
        account.store()
        self.tell(index, account.settled, day)
        self.share_out(out, *from_pot)
        out.add(tenant, amount)
        return from_pot

    def settle(self, day: int, collect: Collect, out: Outgo) -> Settlement:
        """Take what is due from prepayments and mandates; `collect` asks the token for a list of (party,
        amount)."""
        if self.state > State.HOLDOVER:
            return Settlement(Code.NOT_ACTIVE, 0, ())
        self._skip_told(day)
        accounts = self.all_touched(day)
        settlement = settle_accounts(accounts, self.terms.cover_mask, collect)
        for index, account in enumerate(accounts):
            self.tell(index, account.settled, day)
        self.share_out(out, *settlement.forwarded)
        return settlement

    def pay_landlord_debt(self, tenant: int, amount: int) -> None:
        """The landlord's debt of an ended lease is paid to the tenant, in part or whole."""
        if amount == 0:
            raise LeaseRefused("LeaseAmountZero")
        account = self.accounts[self.index_of(tenant)]
        if amount > account.landlord_debt:
            raise LeaseRefused("LeasePaymentTooLarge", amount, account.landlord_debt)
        account.landlord_debt -= amount

    # ---------------------------------------------------------------- changes

    def apply(self, change: Change, day: int, out: Outgo) -> int:
        """An agreed change; answers the break fee that `change.party` pays. [cmt]

        Every account is touched first, prepaid cash pays what has fallen due, and the day is kept, so that
        a new schedule charges no late fee for days before it was agreed. A refused change keeps nothing."""
        waiver = change.kind in (ChangeKind.WAIVE_RENT, ChangeKind.WAIVE_FEES)
        if not waiver and self.state > State.HOLDOVER:
            raise LeaseRefused("LeaseStateWrong", int(self.state))
        self._skip_told(day)
        accounts = self.all_touched(day)
        parts = [account.allocate_pot() for account in accounts]
        for index, account in enumerate(accounts):
            self.tell(index, account.settled, day)
        paid = self._revise(change, accounts, day, out)
        for index, account in enumerate(accounts):
            account.store()
            # what a later end makes due and was paid before is told to nobody
            if change.kind not in (ChangeKind.RENEWAL, ChangeKind.HOLDOVER):
                self.tell(index, account.settled, day, waived=change.kind == ChangeKind.WAIVE_RENT)
        self.share_out(out, *reduce(Part.plus, parts))
        if change.kind == ChangeKind.SALE:
            self.landlord = change.party
        return paid

    def _revise(self, change: Change, accounts: list[Touched], day: int, out: Outgo) -> int:
        if change.kind == ChangeKind.RENT:
            self._reschedule(self.schedule.with_rent_change(change.day, change.amount, day), change.kind)
        elif change.kind in (ChangeKind.RENEWAL, ChangeKind.HOLDOVER):
            same = self.whole and change.amount == self.schedule.segments[0].rent
            renewed = self.schedule.with_renewal(change.day, change.amount, change.kind)
            # a plain lease renewed at its rent stays one segment, and plain
            kept = self.schedule.segments if same else renewed.segments
            self._reschedule(replace(renewed, segments=kept), change.kind)
        elif change.kind == ChangeKind.END:
            self._reschedule(self.schedule.with_end(change.day, day), change.kind)
            for account in self.accounts:  # a rent that is no more may come back, by a renewal, as another
                account.covered = min(account.covered, self.schedule.last)
            return self._break_fee(change, out)
        elif change.kind == ChangeKind.SALE:
            self._need_stranger(change)
        else:
            if change.index >= len(accounts):
                raise ChangeInvalid(change.kind, change.index, len(accounts))
            self._revise_account(change, accounts[change.index])
        return 0

    def _reschedule(self, schedule: Schedule, kind: ChangeKind) -> None:
        self.schedule = schedule
        self.whole = self.whole and len(schedule.segments) == 1 and _on_boundary(schedule)
        self.state = _STATE_AFTER.get(kind, self.state)

    def _revise_account(self, change: Change, account: Touched) -> None:
        if change.kind == ChangeKind.TENANT:
            if change.party in (0, self.landlord):
                raise ChangeInvalid(change.kind, change.party, self.landlord)
            # a tenant leaves with an empty pot; a single tenant's is looked at first
            if account.pot and len(self.accounts) == 1:
                raise ChangeInvalid(change.kind, account.pot, 0)
            self._need_stranger(change)
            if account.pot:
                raise ChangeInvalid(change.kind, account.pot, 0)
            account.account.tenant = change.party
        elif change.kind == ChangeKind.WAIVE_RENT:
            if not 1 <= change.amount <= account.principal:
                raise ChangeInvalid(change.kind, change.amount, account.principal)
            account.settled += change.amount
        else:
            if not 1 <= change.amount <= account.late_fees:
                raise ChangeInvalid(change.kind, change.amount, account.late_fees)
            account.pay_fees(change.amount)

    def _need_stranger(self, change: Change) -> None:
        tenants = [account.tenant for account in self.accounts]
        if change.party == 0 or change.party in tenants:
            index = tenants.index(change.party) if change.party else 0
            raise ChangeInvalid(change.kind, change.party, index)

    def _break_fee(self, change: Change, out: Outgo) -> int:
        """From who breaks the lease to the other side: the landlord, or the tenants by their shares. [cmt]"""
        if change.amount and change.index == LANDLORD_INDEX:
            for account, part in zip(self.accounts, split(self.terms.shares, change.amount), strict=True):
                out.add(account.tenant, part)
        else:
            out.add(self.landlord, change.amount)
        return change.amount

    # ---------------------------------------------------------------- end

    def close(
        self,
        day: int,
        collect: Collect,
        take_arrears: Callable[[int, int], int],
        open_review: Callable[[], bool],
        out: Outgo,
    ) -> Closing:
        """Closing: pots and arrears are squared, the deposit pays what is missing, its review opens.

        `take_arrears(index, amount)` answers what came out of that tenant's part of the deposit."""
        if self.state > State.HOLDOVER:
            raise LeaseRefused("LeaseStateWrong", int(self.state))
        if day < self.schedule.end_day:
            raise LeaseRefused("LeaseStillRunning", self.schedule.end_day, day)
        self._skip_told(day)
        refunded, credits, from_pots, taken = [], [], NOTHING, NOTHING
        for index, account in enumerate(self.all_touched(day)):
            from_pots = from_pots.plus(account.allocate_pot())
            refunded.append(account.pot)
            out.add(account.account.tenant, account.pot)
            account.pot = 0
            if account.settled > account.due:
                credits.append(self._give_back(account, collect, out))
            missing = account.principal + account.late_fees
            if missing:
                taken = taken.plus(account.allocate(take_arrears(index, missing)))
            account.store()
            self.tell(index, account.settled, day)
        self.share_out(out, *from_pots.plus(taken))
        self.state = State.DEPOSIT_REVIEW if open_review() else State.CLOSED
        return Closing(tuple(refunded), tuple(credits), taken)

    def _give_back(self, account: Touched, collect: Collect, out: Outgo) -> EndCredit:
        credit = account.settled - account.due
        account.settled = account.due
        set_off = min(account.late_fees, credit)
        account.pay_fees(set_off)
        credit -= set_off
        collected = collect([(self.landlord, credit)])[0].amount if credit else 0
        out.add(account.account.tenant, collected)
        account.account.landlord_debt += credit - collected
        return EndCredit(account.account.tenant, set_off, collected, credit - collected)

    def finish_closing(self) -> None:
        """The deposit is settled."""
        self.state = State.CLOSED


_STATE_AFTER = {
    ChangeKind.RENEWAL: State.ACTIVE,
    ChangeKind.HOLDOVER: State.HOLDOVER,
    ChangeKind.END: State.NOTICE,
}


def _on_boundary(schedule: Schedule) -> bool:
    return boundary(schedule.anchor, label_of(schedule.anchor, schedule.end_day)) == schedule.end_day


__all__ = [
    "LANDLORD_INDEX",
    "Booked",
    "Change",
    "ChangeKind",
    "Closing",
    "EndCredit",
    "LeaseLedger",
    "LeaseRefused",
    "Opened",
    "Payment",
    "State",
]
