"""A whole community replayed: every lease, purse and deposit, and what each party was paid.

The model that the demo compares with the chain month by month, and the one that state machines carry. It is
deterministic: the same calls in the same order give the same figures. Amounts [cmt], days [day].
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

from commonhold.rules.accounts import Part
from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.deposit import DepositBook
from commonhold.rules.ledger import (
    Change,
    Closing,
    LeaseLedger,
    LeaseRefused,
    Payment,
    State,
)
from commonhold.rules.mandates import MandateBook
from commonhold.rules.settlement import Settlement
from commonhold.rules.shares import Collected, Outgo
from commonhold.rules.terms import LeaseTerms

LEASES = -1  # holder: LeaseAgreement
ESCROW = -2  # holder: DepositEscrow
MAX_BATCH = 1_000  # leases


class Result(NamedTuple):
    """One lease's answer in a batch."""

    lease: int
    code: Code
    amount: int  # discharged [cmt]


class Figures(NamedTuple):
    """One account on a day, as `accountsOf` answers it. [cmt]"""

    tenant: int
    share: int  # [bps]
    due: int
    settled: int
    pot: int
    late_fees: int


@dataclass(slots=True)
class _Plain:
    """A plain lease on its way through a batch."""

    at: int  # index of its result
    ledger: LeaseLedger
    from_pot: int
    asked: int


class Community:
    """Leases by id from 1, purses by party."""

    def __init__(self, bit: int = 1) -> None:
        self.bit = bit  # of the lease contract among the token's collectors
        self.money = MandateBook()
        self.deposits = DepositBook()
        self.leases: dict[int, LeaseLedger] = {}
        self.owed = Outgo()  # shares that could not be delivered [cmt by party]
        self.received = Outgo()  # all that the leases paid out, delivered or owed [cmt by party]
        self.last_lines: dict[int, Settlement] = {}  # the last batch's outcome by lease, line by line

    # ---------------------------------------------------------------- look

    def lease(self, lease: int) -> LeaseLedger:
        """One lease; an unknown id is refused."""
        if lease not in self.leases:
            raise LeaseRefused("LeaseUnknown", lease)
        return self.leases[lease]

    def figures(self, lease: int, day: int) -> list[Figures]:
        """Every account of a lease on a day."""
        ledger = self.lease(lease)
        return [
            Figures(
                touched.account.tenant,
                touched.account.share,
                touched.due,
                touched.settled,
                touched.pot,
                touched.late_fees,
            )
            for touched in ledger.all_touched(day)
        ]

    @property
    def held(self) -> int:
        """What the lease contract keeps for others: all pots and all undelivered shares. [cmt]"""
        pots = sum(account.pot for ledger in self.leases.values() for account in ledger.accounts)
        return pots + sum(self.owed.values())

    # ---------------------------------------------------------------- acts

    def activate(self, terms: LeaseTerms, day: int, submitter: int = 0) -> int:
        """A new lease: its tenants bring deposit and one-off fees; one taken over: the submitter brings the
        deposit and the prepayments that he held."""
        ledger, opened = LeaseLedger.activate(terms, day)
        lease = len(self.leases) + 1
        out = Outgo()
        with self._whole(*terms.tenants, submitter):
            if terms.opening.day:
                self._pull(submitter, terms.deposit, day, ESCROW)
                self._pull(submitter, terms.opening.prepaid, day)
            else:
                for tenant, deposit, fee in zip(terms.tenants, opened.deposits, opened.fees, strict=True):
                    self._pull(tenant, deposit, day, ESCROW)
                    self._pull(tenant, fee, day)
                for one_off in terms.fees:
                    out.add(one_off.payee, one_off.amount)
        if terms.deposit:
            self.deposits.book(lease, opened.deposits, terms.arbiter)
        self.leases[lease] = ledger
        self._deliver(out)
        return lease

    def pay(self, lease: int, tenant: int, amount: int, day: int, payer: int = 0) -> Payment:
        """Anybody pays for a tenant; without a payer the tenant himself."""
        out = Outgo()
        with self._whole(payer or tenant, lease=lease):
            payment = self.lease(lease).pay(tenant, amount, day, out)
            self._pull(payer or tenant, amount, day)
        self._deliver(out)
        return payment

    def refund(self, lease: int, tenant: int, amount: int, day: int) -> Part:
        """A tenant takes prepaid cash back."""
        out = Outgo()
        part = self.lease(lease).refund(tenant, amount, day, out)
        self._deliver(out)
        return part

    def apply(self, lease: int, change: Change, day: int) -> None:
        """An agreed change."""
        out = Outgo()
        with self._whole(change.party, lease=lease):
            fee = self.lease(lease).apply(change, day, out)
            self._pull(change.party, fee, day)
        self._deliver(out)

    def pay_landlord_debt(self, lease: int, tenant: int, amount: int, day: int, payer: int) -> None:
        """Somebody pays what the landlord owes a tenant."""
        with self._whole(payer, lease=lease):
            self.lease(lease).pay_landlord_debt(tenant, amount)
            self._pull(payer, amount, day)
        self._deliver(Outgo({tenant: amount}))

    def withdraw_owed(self, party: int) -> int:
        """A share that waited for its party goes out, or waits again. [cmt]"""
        amount = self.owed.pop(party, 0)
        if not amount:
            raise LeaseRefused("LeaseNothingOwed", party)
        self._deliver(Outgo({party: amount}))
        return amount

    def close(self, lease: int, day: int) -> Closing:
        """The end of a lease: everything is squared, the deposit's review opens."""
        out = Outgo()

        def take(index: int, amount: int) -> int:
            taken = self.deposits.take_arrears(lease, index, amount)
            self.money.transfer(ESCROW, LEASES, taken)
            return taken

        closing = self.lease(lease).close(
            day,
            collect=lambda items: self._collect(items, day),
            take_arrears=take,
            open_review=lambda: self.deposits.open_review(lease, day),
            out=out,
        )
        self._deliver(out)
        return closing

    # ---------------------------------------------------------------- settle

    def settle(self, leases: Sequence[int], day: int) -> list[Result]:
        """A batch: the leases that are not plain are settled one by one, then the plain ones are collected
        together. A lease that appears again finds nothing due."""
        if len(leases) > MAX_BATCH:
            raise LeaseRefused("LeaseBatchTooLarge", len(leases), MAX_BATCH)
        out, plain, results = Outgo(), list[_Plain](), list[Result]()
        self.last_lines, seen = {}, set[int]()
        for at, lease in enumerate(leases):
            ledger = self.leases.get(lease)
            if ledger is None:
                results.append(Result(lease, Code.UNKNOWN, 0))
            elif ledger.state > State.HOLDOVER:
                results.append(Result(lease, Code.NOT_ACTIVE, 0))
            elif lease in seen:
                results.append(Result(lease, Code.NOTHING_DUE, 0))
            elif ledger.plain(day):
                seen.add(lease)
                booked = ledger.book_plain(day)
                ledger.share_out(out, booked.from_pot)
                code = Code.COLLECTED if booked.from_pot + booked.asked else Code.NOTHING_DUE
                results.append(Result(lease, code, booked.from_pot))
                plain.append(_Plain(at, ledger, booked.from_pot, booked.asked))
            else:
                seen.add(lease)
                settled = ledger.settle(day, lambda items: self._collect(items, day), out)
                self.last_lines[lease] = settled
                results.append(Result(lease, settled.code, settled.amount))
        self._collect_plain(plain, results, day, out)
        self._deliver(out)
        return results

    def _collect_plain(self, plain: list[_Plain], results: list[Result], day: int, out: Outgo) -> None:
        answers = self._collect([(p.ledger.accounts[0].tenant, p.asked) for p in plain], day)
        for item, answer in zip(plain, answers, strict=True):
            if item.asked:
                lease, code, amount = results[item.at]
                if answer.amount != item.asked:
                    code = answer.code
                    item.ledger.accounts[0].settled -= item.asked - answer.amount
                item.ledger.share_out(out, answer.amount)
                results[item.at] = Result(lease, code, amount + answer.amount)
        for item in plain:
            item.ledger.tell(0, item.ledger.accounts[0].settled, day)
            result = results[item.at]
            if result.code != Code.NOTHING_DUE:
                self.last_lines[result.lease] = item.ledger.outcome(result.code, result.amount)

    def preview_settle(self, leases: Sequence[int], day: int) -> list[Result]:
        """What `settle` would answer; nothing is changed."""
        trial = Community(self.bit)
        trial.money = self.money.copy()
        trial.leases = {lease: self.leases[lease].copy() for lease in leases if lease in self.leases}
        return trial.settle(leases, day)

    # ---------------------------------------------------------------- the deposit's review

    def file_claim(self, lease: int, amounts: Sequence[int], day: int) -> Outgo:
        """The landlord claims from the deposit. [cmt]"""
        return self._release(self.deposits.file_claim(lease, self.lease(lease), amounts, day))

    def accept_claim(self, lease: int, tenant: int, day: int) -> Outgo:
        """A tenant agrees to the claim."""
        return self._release(self.deposits.accept_claim(lease, self.lease(lease), tenant, day))

    def make_offer(self, lease: int, tenant: int, offer: int, day: int) -> Outgo:
        """A tenant answers with less. [cmt]"""
        return self._release(self.deposits.make_offer(lease, self.lease(lease), tenant, offer, day))

    def accept_offer(self, lease: int) -> Outgo:
        """The landlord takes the final offer."""
        return self._release(self.deposits.accept_offer(lease, self.lease(lease)))

    def award(self, lease: int, amount: int, day: int) -> Outgo:
        """The arbiter decides. [cmt]"""
        return self._release(self.deposits.award(lease, self.lease(lease), amount, day))

    def finalise(self, lease: int, day: int, hindered: bool = False) -> Outgo:
        """A clock has run out."""
        return self._release(self.deposits.finalise(lease, self.lease(lease), day, hindered))

    def _release(self, out: Outgo) -> Outgo:
        for party, amount in self.money.disburse(ESCROW, out).items():
            self.deposits.owed.add(party, amount)
        return out

    # ---------------------------------------------------------------- money

    @contextmanager
    def _whole(self, *parties: int, lease: int = 0) -> Iterator[None]:
        """All of an act or nothing of it: what a refusal interrupts is taken back."""
        purses = {party: replace(self.money.purse(party)) for party in (*parties, LEASES, ESCROW)}
        ledger = self.leases[lease].copy() if lease in self.leases else None
        try:
            yield
        except ValueError:
            self.money.purses.update(purses)
            if ledger:
                self.leases[lease] = ledger
            raise

    def _pull(self, payer: int, amount: int, day: int, receiver: int = LEASES) -> None:
        """Money that a payer asked to pay, to the leases or by their order to the deposits. [cmt]"""
        if amount:
            self.money.pull(receiver, self.bit, month_of(day), payer, amount)

    def _collect(self, items: Sequence[tuple[int, int]], day: int) -> Sequence[Collected]:
        return self.money.collect(LEASES, self.bit, month_of(day), items)

    def _deliver(self, out: Outgo) -> None:
        for party, amount in self.money.disburse(LEASES, out).items():
            self.owed.add(party, amount)
        for party, amount in out.items():
            self.received.add(party, amount)
