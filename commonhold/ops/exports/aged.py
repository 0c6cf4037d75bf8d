"""Who owes what for how long, by the books: every tenant's share of a lease, every fee account, every bill.

Ages are the days since the due day, in the buckets of `commonhold.ops.arrears`. Amounts [cmt], days [day].
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from commonhold.ops.arrears import AGES, Charge, aged
from commonhold.ops.audit.replay import Books
from commonhold.ops.exports.registers import Rows
from commonhold.ops.exports.table import Table, columns, day, money, number
from commonhold.rules.bills import unit_of
from commonhold.rules.fee_account import NO_PLAN, FeeAccount
from commonhold.rules.fees import instalments_open
from commonhold.rules.ledger import LeaseLedger
from commonhold.rules.rent import share_of

ARREARS = columns(
    "about", "number", number("unit"), number("party"), *(money(f"days_{age}") for age in AGES),
    money("late_fees"), money("total"), day("oldest"),
)  # fmt: skip
Charges = list[Charge]


def arrears(books: Books, today: int) -> Table:
    """One row for each debt."""
    return Table("arrears", ARREARS, _rows(books, today))


def _rows(books: Books, today: int) -> Rows:
    for lease, ledger in books.leases.leases.items():
        for index, account in enumerate(ledger.accounts):
            found = unpaid_of_lease(ledger, index, today)
            fees = ledger.touched(index, today).late_fees
            yield from _row("lease", str(lease), ledger.terms.unit, account.tenant, found, fees, today)
    for number_ in books.fees.accounts:
        one = books.fees.look(number_, today)
        found = unpaid_of_account(one, today)
        yield from _row("account", str(number_), one.unit, one.party, found, one.late_fees, today)
    for key, kept in books.bills.bills.items():
        bill = kept.at(today)
        due = [(bill.due_day, bill.open)] if bill.open and today >= bill.due_day else []
        yield from _row("bill", f"{key:#x}", unit_of(key), bill.party, due, bill.late_fees, today)


def _row(
    about: str, id_: str, unit: int, party: int, charges: Charges, late_fees: int, today: int
) -> Iterator[Sequence[int | str]]:
    principal = sum(amount for _, amount in charges)
    if principal + late_fees:
        oldest = min((day_ for day_, _ in charges), default=0)
        buckets = aged(charges, today)
        yield about, id_, unit, party, *buckets, late_fees, principal + late_fees, oldest


def unpaid_of_lease(ledger: LeaseLedger, index: int, today: int) -> Charges:
    """The periods of one account that have fallen due and are not discharged, the oldest first."""
    schedule, shares = ledger.schedule, ledger.terms.shares
    settled = ledger.accounts[index].settled
    last = schedule.last_label_due(today)
    found: Charges = []
    upto = share_of(shares, index, schedule.cum(last))
    label = last
    while label >= schedule.first and upto > settled:
        before = share_of(shares, index, schedule.cum(label - 1))
        if upto > before:
            found.append((schedule.due_day(label), upto - max(before, settled)))
        upto, label = before, label - 1
    return found[::-1]


def unpaid_of_account(account: FeeAccount, today: int) -> Charges:
    """The unpaid months of a fee account. The instalments of a plan that is kept count from their own days;
    the months of one that is broken from theirs, unless a buyer has taken the debt over: from the break."""
    terms, plan = account.terms, account.plan
    whole = replace(account, plan=NO_PLAN) if account.assumed else account
    months = range(terms.first, terms.last_due(today) + 1)
    found = [(terms.due_day(month), unpaid) for month in months if (unpaid := whole.open_of(month))]
    if plan.left and not plan.broken_day:
        found += instalments_open(plan.total, plan.paid, plan.count, plan.first_day, today)
    elif plan.left and account.assumed:
        found.append((plan.broken_day, plan.left))
    return sorted(found)
