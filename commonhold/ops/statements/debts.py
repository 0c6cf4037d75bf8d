"""What can be owed: a lease (or one tenant's share of it), a fee account, a bill; and how much on a day.

All of it by the audit's books, for any day from the last event of the debt on. Amounts [cmt], days [day].
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from commonhold.chain.rawlogs import Log
from commonhold.ops.audit.bills import BILLS
from commonhold.ops.audit.fees import FEES
from commonhold.ops.audit.leases import ESCROW, LEASES
from commonhold.ops.audit.replay import Books
from commonhold.rules.bills import unit_of
from commonhold.rules.ledger import LeaseLedger
from commonhold.rules.rent import share_of

LEASE, ACCOUNT, BILL = "lease", "account", "bill"
WHOLE: Final = -1
_OF_LEASES: Final = (
    "LeaseActivated", "Settled", "RentPaid", "PrepaymentRefunded", "LeaseChanged", "LeaseClosed", "EndCredit",
)  # fmt: skip
_OF_ACCOUNTS: Final = (
    "AccountOpened", "AccountClosed", "Settled", "FeePaid", "PrepaymentRefunded", "PrepaymentMoved",
    "CreditDue", "ReliefGranted", "PlanAgreed", "DebtTakenOver", "NoticeServed",
)  # fmt: skip
_OF_BILLS: Final = (
    "BillIssued", "BillPaidAtOnce", "BillPaid", "BillSettled", "DisputeOpened", "DisputeWithdrawn",
    "DisputeDecided", "AdjustmentMade",
)  # fmt: skip


class Debt(NamedTuple):
    """about: LEASE, ACCOUNT or BILL. place: of one tenant's account in a lease, else WHOLE."""

    about: str
    id: int
    place: int = WHOLE


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose debts: of one lease, one unit or one party; of everybody where none is given."""

    lease: int | None = None
    unit: int | None = None
    party: int | None = None

    @property
    def everything(self) -> bool:
        return self.lease is None and self.unit is None and self.party is None

    def covers(self, books: Books, debt: Debt) -> bool:
        """Whether the debt is of these now."""
        unit, party = whose(books, debt)
        if self.lease is not None:
            return debt[:2] == (LEASE, self.lease)
        if self.unit is not None:
            return unit == self.unit
        return party == self.party if self.party is not None else unit > 0

    def debts(self, books: Books, logs: Sequence[Log]) -> Iterator[Debt]:
        """Those that the logs of a transaction speak of, each once."""
        return iter(dict.fromkeys(debt for log in logs for debt in self._of(books, log)))

    def _of(self, books: Books, log: Log) -> Iterator[Debt]:
        contract, event, values = log.contract, log.event, log.values
        if (contract == LEASES and event in _OF_LEASES) or (contract == ESCROW and event == "ArrearsTaken"):
            if self.party is None:
                yield Debt(LEASE, values[0])
                return
            found = books.leases.leases.get(values[0])
            count = len(found.accounts) if found is not None else 0
            yield from (Debt(LEASE, values[0], index) for index in range(count))
        elif contract == FEES and event in _OF_ACCOUNTS:
            yield Debt(ACCOUNT, values[0])
            if event == "PrepaymentMoved":
                yield Debt(ACCOUNT, values[1])
        elif contract == BILLS and event in _OF_BILLS:
            yield Debt(BILL, values[1] if event == "AdjustmentMade" else values[0])


def whose(books: Books, debt: Debt) -> tuple[int, int]:
    """Unit and party; zeros for what is not on the books."""
    if debt.about == LEASE:
        ledger = books.leases.leases.get(debt.id)
        if ledger is None:
            return 0, 0
        return ledger.terms.unit, ledger.accounts[max(0, debt.place)].tenant
    if debt.about == ACCOUNT:
        account = books.fees.accounts.get(debt.id)
        return (account.unit, account.party) if account is not None else (0, 0)
    bill = books.bills.bills.get(debt.id)
    return unit_of(debt.id), bill.party if bill is not None else 0


def owed(books: Books, debt: Debt, party: int | None, day: int) -> int:
    """What is owed at the end of a day, less what is prepaid: negative for who is ahead. party: 0 is owed
    where the debt is not (or no longer) this party's. [cmt]"""
    if party is not None and whose(books, debt)[1] != party:
        return 0
    if debt.about == LEASE:
        ledger = books.leases.leases.get(debt.id)
        return sum(_of_tenant(ledger, index, day) for index in _indexes(ledger, debt)) if ledger else 0
    if debt.about == ACCOUNT:
        if debt.id not in books.fees.accounts:
            return 0
        account = books.fees.look(debt.id, day)
        return account.owing - account.pot
    kept = books.bills.bills.get(debt.id)
    if kept is None:
        return 0
    bill = kept.at(day)
    return bill.open + bill.late_fees


def _indexes(ledger: LeaseLedger | None, debt: Debt) -> Sequence[int]:
    if ledger is None:
        return ()
    return range(len(ledger.accounts)) if debt.place == WHOLE else (debt.place,)


def _of_tenant(ledger: LeaseLedger, index: int, day: int) -> int:
    one = ledger.touched(index, day)
    return one.due - one.settled + one.late_fees - one.pot


def charges(books: Books, debt: Debt, after: int, day: int) -> list[tuple[int, str, int]]:
    """What fell due after one day and until another: day, what, amount. Late fees have no due day."""
    if debt.about == LEASE:
        ledger = books.leases.leases.get(debt.id)
        return _rents(ledger, debt, after, day) if ledger is not None else []
    if debt.about == ACCOUNT and debt.id in books.fees.accounts:
        terms = books.fees.look(debt.id, day).terms
        months = range(terms.last_due(after) + 1, terms.last_due(day) + 1)
        lines = [(terms.due_day(month), "fee_due", terms.line(month)) for month in months]
        return [line for line in lines if line[2]]
    return []


def _rents(ledger: LeaseLedger, debt: Debt, after: int, day: int) -> list[tuple[int, str, int]]:
    schedule, shares = ledger.schedule, ledger.terms.shares
    found: dict[tuple[int, str], int] = {}
    for label in range(schedule.last_label_due(after) + 1, schedule.last_label_due(day) + 1):
        when = schedule.due_day(label)
        for index in _indexes(ledger, debt):
            amount = share_of(shares, index, schedule.cum(label))
            amount -= share_of(shares, index, schedule.cum(label - 1))
            carried = 0
            if label == schedule.first:
                carried = min(amount, share_of(shares, index, schedule.segments[0].carried))
            for what, part in (("carried", carried), ("rent_due", amount - carried)):
                found[when, what] = found.get((when, what), 0) + part
    return [(when, what, amount) for (when, what), amount in found.items() if amount]
