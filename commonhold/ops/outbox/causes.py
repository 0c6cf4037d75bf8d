"""What there is to tell: found on chain, noted in one transaction of the store, each under its cause's key.

    rent_due        a rent falls due within the next days                 once for lease, tenant and due day
    charge_due      a fee, an instalment or a bill does                   once for account or bill and due day
    arrears         a debt has reached 1, 30, 60 or 90 days               once for debt, age and month
    settle_failed   a rent that is due could not be collected in full     once for lease, tenant and due sum
                    a fee or bill could not, though there is a mandate    once for account or bill and due sum
    receipt_ready   a bill was paid; its receipt can be had               once for run and unit

Unplaced and taken-back bank entries are noted where they come in, by `commonhold.ops.bank.taking`.
"""

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from commonhold.chain.contracts import Suite
from commonhold.ops.arrears import AGES, Arrears, arrears
from commonhold.ops.billing import runs
from commonhold.ops.billing.desk import standing_of
from commonhold.ops.dues import dues
from commonhold.ops.settle import Bills, Book, Fees, Row, preview
from commonhold.rules.bills import unit_of
from commonhold.rules.codes import Code
from commonhold.store import Store
from commonhold.store.outbox import Message, put
from commonhold.units import Day, date_of, format_month, month_of

# What a settlement answers where nothing is wrong.
_FINE = (Code.COLLECTED, Code.NOTHING_DUE, Code.NOT_ACTIVE, Code.UNKNOWN, Code.NONE)
# What it answers where a mandate is there and did not pay all.
_UNABLE = (Code.PARTIAL, Code.LIMIT_EXCEEDED, Code.MANDATE_EXPIRED, Code.NO_FUNDS, Code.RENT_ONLY)


@dataclass(frozen=True, slots=True)
class Cause:
    """key: the same for the same cause, for ever. audience: "party 7". facts: what the message says."""

    key: str
    cause: str
    audience: str
    facts: dict[str, Any]


def gather(suite: Suite, store: Store, *, due_days: int, block: int | None = None) -> int:
    """Note what is to be told now; returns how many messages are new. due_days [day]"""
    number = suite.connection.block_number() if block is None else block
    with store.reading() as session:
        known = set(session.scalars(select(Message.key).where(Message.cause == "receipt_ready")))
    found = [
        *due_soon(suite, number, due_days),
        *aged(suite, number),
        *failed(suite, number),
        *charges_failed(suite, number),
        *receipts(suite, store.folder, known),
    ]
    now = store.now()
    with store.writing() as session:
        return sum(put(session, one.key, one.cause, one.audience, one.facts, now) for one in found)


def due_soon(suite: Suite, block: int, due_days: int) -> Iterator[Cause]:
    """Each party's part of what falls due after today and not later than `due_days` from now, less what it
    has paid ahead, which pays the earliest first: who has nothing to pay hears nothing."""
    used: Counter[tuple[str, int, int]] = Counter()
    for due in dues(suite, days=due_days, block=block):
        place = (due.what, due.number, due.party)
        covered = min(due.amount, due.prepaid - used[place])
        used[place] += covered
        if covered == due.amount:
            continue
        to, when = f"party {due.party}", f"party {due.party} day {due.day}"
        facts = {"unit": due.unit, "day": due.day, "amount": due.amount - covered, "prepaid": due.prepaid}
        if due.what == "rent":
            yield Cause(f"rent_due lease {due.id} {when}", "rent_due", to, {"lease": due.id, **facts})
        else:
            about = {"kind": due.what, "number": due.id}
            yield Cause(f"charge_due {due.what} {due.id} {when}", "charge_due", to, {**about, **facts})


def stage_of(debt: Arrears) -> int:
    """The age of the oldest part that is owed: 0, 30, 60 or 90 [day]."""
    return max((age for age, amount in zip(AGES, debt.buckets, strict=True) if amount), default=0)


def aged(suite: Suite, block: int) -> Iterator[Cause]:
    today = suite.leases.today(block)
    month = format_month(month_of(date_of(Day(today))))
    for debt in arrears(suite, block=block):
        stage = stage_of(debt)
        facts = {
            debt.what: debt.number,
            "unit": debt.unit,
            "day": today,
            "amount": debt.total,
            "late_fees": debt.late_fees,
            "stage": stage,
        }
        key = f"arrears {debt.what} {debt.number} party {debt.party} stage {stage} month {month}"
        yield Cause(key, "arrears", f"party {debt.party}", facts)


def failed(suite: Suite, block: int) -> Iterator[Cause]:
    """Rents that are due and that a settlement could not collect in full, with the reason."""
    rows = [row for row in preview(suite, block=block) if row.code not in _FINE and row.left]
    ids = [row.lease for row in rows]
    accounts = suite.leases.accounts_of_many(ids, block)
    for row, terms, parts in zip(rows, suite.leases.terms_of_many(ids, block), accounts, strict=True):
        for part in parts:
            owed = part.arrears + part.late_fees
            if not owed:
                continue
            facts = {"lease": row.lease, "unit": terms.unit, "amount": owed, "code": row.code.name}
            key = f"settle_failed lease {row.lease} party {part.tenant} due {part.due} {row.code.name}"
            yield Cause(key, "settle_failed", f"party {part.tenant}", facts)


def charges_failed(suite: Suite, block: int) -> Iterator[Cause]:
    """Fees and bills that are due and that their party's mandate did not pay in full. Who has given none pays
    by himself: to him `aged` says what is owed."""
    fees = _unable(suite, Fees(suite), block)
    accounts = suite.fees.accounts_of_many([row.lease for row in fees], block)
    for row, account in zip(fees, accounts, strict=True):
        yield _charge_failed(row, "account", row.lease, account.unit, account.party, account.owing)
    bills = _unable(suite, Bills(suite), block)
    for row, bill in zip(bills, suite.bills.bills_of([row.lease for row in bills], block), strict=True):
        owing = bill.open + bill.late_fees
        yield _charge_failed(row, "bill", f"{row.lease:#x}", unit_of(row.lease), bill.party, owing)


def _unable(suite: Suite, book: Book, block: int) -> list[Row]:
    return [row for row in preview(suite, book=book, block=block) if row.code in _UNABLE and row.left]


def _charge_failed(row: Row, what: str, number: int | str, unit: int, party: int, owing: int) -> Cause:
    key = f"settle_failed {what} {number} party {party} due {row.principal} {row.code.name}"
    facts = {what: number, "unit": unit, "amount": owing, "code": row.code.name}
    return Cause(key, "settle_failed", f"party {party}", facts)


def receipts(suite: Suite, folder: Path, known: Container[str] = ()) -> Iterator[Cause]:
    """Bills of this office's runs that are paid. known: keys that are noted already."""
    for run in runs.every(folder):
        number = run.values["run"]
        for bill in run.bills:
            key = f"receipt_ready run {number} unit {bill.unit}"
            if key in known:
                continue
            standing = standing_of(suite, run, bill.unit)
            paid = standing["state"] in ("PAID_AT_ONCE", "ISSUED") and standing["open"] == "0"
            if paid and standing["paid"]:
                facts = {
                    "run": number,
                    "unit": bill.unit,
                    "charge": run.formula.name,
                    "month": run.values["period"],
                    "amount": bill.amount,
                }
                yield Cause(key, "receipt_ready", f"party {bill.party}", facts)
