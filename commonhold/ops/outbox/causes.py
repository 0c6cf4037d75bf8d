"""What there is to tell: found on chain, noted in one transaction of the store, each under its cause's key.

    rent_due        a rent falls due within the next days                 once for lease, tenant and due day
    arrears         a debt has reached 1, 30, 60 or 90 days               once for debt, age and month
    settle_failed   a rent that is due could not be collected in full     once for lease, tenant and due sum
    receipt_ready   a bill was paid; its receipt can be had               once for run and unit

Unplaced and taken-back bank entries are noted where they come in, by `commonhold.ops.bank.taking`.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from commonhold.chain.contracts import Suite
from commonhold.ops.arrears import AGES, Arrears, arrears
from commonhold.ops.billing import runs
from commonhold.ops.billing.desk import standing_of
from commonhold.ops.settle import preview
from commonhold.ops.statement import steps
from commonhold.rules.codes import Code
from commonhold.store import Store
from commonhold.store.outbox import Message, put
from commonhold.units import Day, date_of, format_month, month_of

# What a settlement answers where nothing is wrong.
_FINE = (Code.COLLECTED, Code.NOTHING_DUE, Code.NOT_ACTIVE, Code.UNKNOWN, Code.NONE)


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
        *rents_due(suite, number, due_days),
        *aged(suite, number),
        *failed(suite, number),
        *receipts(suite, store.folder, known),
    ]
    now = store.now()
    with store.writing() as session:
        return sum(put(session, one.key, one.cause, one.audience, one.facts, now) for one in found)


def rents_due(suite: Suite, block: int, due_days: int) -> Iterator[Cause]:
    """Each tenant's part of what falls due after today and not later than `due_days` from now."""
    leases = suite.leases
    today = leases.today(block)
    ids = list(range(1, leases.lease_count(block) + 1))
    asked = [("dueOn", (lease, today + more)) for lease in ids for more in (0, due_days)]
    answers = [int(answer) for answer in leases.read_many(asked, block=block)]
    soon = [lease for place, lease in enumerate(ids) if answers[2 * place + 1] > answers[2 * place]]
    accounts = leases.accounts_of_many(soon, block)
    for lease, terms, parts in zip(soon, leases.terms_of_many(soon, block), accounts, strict=True):
        for day, amount in steps(suite, lease, today, today + due_days, block):
            for part in parts:
                facts = {
                    "lease": lease,
                    "unit": terms.unit,
                    "day": day,
                    "amount": amount * part.share // 10_000,
                    "prepaid": part.pot,
                }
                key = f"rent_due lease {lease} party {part.tenant} day {day}"
                yield Cause(key, "rent_due", f"party {part.tenant}", facts)


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
