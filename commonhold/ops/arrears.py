"""Who owes what for how long: arrears of leases, fee accounts and issued bills by age.

    rows = arrears(suite)

A charge's age is the days since its due day. Buckets: 0–29, 30–59, 60–89, 90 days and more. Late fees stand
apart: they have no due day of their own. Amounts [cmt], days [day].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.fees import FeeAccount
from commonhold.ops.settle import Bills
from commonhold.rules.bills import unit_of
from commonhold.rules.fees import FeeTerms, instalments_open
from commonhold.rules.tariff import Category, Tariff

AGES: Final = (0, 30, 60, 90)  # first day of each bucket
Charge = tuple[int, int]  # due day, unpaid [cmt]


@dataclass(frozen=True, slots=True)
class Arrears:
    """One debt. what: "lease", "account" or "bill"; number: its id, of a bill its key; buckets: principal by
    age, as AGES [cmt]."""

    what: str
    number: int
    unit: int
    party: int
    buckets: tuple[int, ...]
    late_fees: int
    oldest: int  # due day of the oldest unpaid charge; 0: not known

    @property
    def principal(self) -> int:
        """[cmt]"""
        return sum(self.buckets)

    @property
    def total(self) -> int:
        """[cmt]"""
        return self.principal + self.late_fees

    @property
    def label(self) -> str:
        """What and number; a key as everywhere else, in hexadecimal digits."""
        return f"{self.what} {self.number:#x}" if self.what == "bill" else f"{self.what} {self.number}"

    def as_json(self) -> dict[str, Any]:
        """Amounts in base units as decimal strings [cmt]."""
        return {
            self.what: f"{self.number:#x}" if self.what == "bill" else self.number,
            "unit": self.unit,
            "party": self.party,
            "buckets": {str(age): str(amount) for age, amount in zip(AGES, self.buckets, strict=True)},
            "principal": str(self.principal),
            "late_fees": str(self.late_fees),
            "total": str(self.total),
            "oldest_due_day": self.oldest or None,
        }


def aged(charges: Sequence[Charge], day: int) -> tuple[int, ...]:
    """(due day, unpaid [cmt]) of each charge by the days since."""
    buckets = [0] * len(AGES)
    for due_day, amount in charges:
        buckets[sum(day - due_day >= age for age in AGES[1:])] += amount
    return tuple(buckets)


def terms_of_account(account: FeeAccount, category: Category, tariff: Tariff) -> FeeTerms:
    """What decides the lines of an account."""
    until = account.until_day
    end_due = max(until - 1, account.open_day) if until else 0
    return FeeTerms(
        category, tariff, account.size, account.share, account.from_day, account.open_day, until, end_due
    )


def unpaid_of(account: FeeAccount, terms: FeeTerms, day: int) -> list[Charge]:
    """The unpaid months of a fee account, oldest first. What a plan covers is not among them."""
    charges = []
    for month in range(terms.first, terms.last_due(day) + 1):
        open_part = max(0, terms.level(month) - max(account.level, terms.level(month - 1)))
        if open_part:
            charges.append((terms.due_day(month), open_part))
    return charges


def unpaid_of_plan(
    suite: Suite, number: int, account: FeeAccount, terms: FeeTerms, block: int
) -> list[Charge]:
    """As unpaid_of, of an account with an instalment plan: its instalments count from their own days while it
    is kept; its months from theirs again once it is broken. A debt that a buyer took over has no months of
    his: it counts from the day on which the plan was broken."""
    day = suite.fees.today(block)
    (plan,) = suite.fees.plans_of_many([number], block)
    later = unpaid_of(account, terms, day)
    if not plan.broken_day:
        parts = instalments_open(plan.total, plan.paid, plan.count, plan.first_day, day)
        return sorted([*parts, *later])
    if account.assumed:
        return sorted([(plan.broken_day, account.plan_left), *later])
    months = suite.fees.open_months_of(number, range(terms.first, terms.last_due(day) + 1), block)
    return [(due_day, unpaid) for due_day, unpaid in months if unpaid]


def arrears(suite: Suite, *, block: int | None = None) -> list[Arrears]:
    """All debts of leases, fee accounts and bills, in the state of a block."""
    number = suite.connection.block_number() if block is None else block
    return [*_leases(suite, number), *_fees(suite, number), *_bills(suite, number)]


def _leases(suite: Suite, block: int) -> list[Arrears]:
    """A lease's age is asked of the contract: what had fallen due 30, 60 and 90 days ago and is unpaid."""
    ids = list(range(1, suite.leases.lease_count(block) + 1))
    owing = [
        (lease, parts)
        for lease, parts in zip(ids, suite.leases.accounts_of_many(ids, block), strict=True)
        if any(part.arrears + part.late_fees for part in parts)
    ]
    today = suite.leases.today(block)
    asked = [("dueOn", (lease, today - age)) for lease, _ in owing for age in AGES]
    answers = iter(suite.leases.read_many(asked, block=block))
    terms = suite.leases.terms_of_many([lease for lease, _ in owing], block)
    rows = []
    for (lease, parts), summary in zip(owing, terms, strict=True):
        due = [int(next(answers)) for _ in AGES]
        open_sum = sum(part.arrears for part in parts)
        discharged = due[0] - open_sum
        older = [max(0, figure - discharged) for figure in due] + [0]
        buckets = tuple(older[i] - older[i + 1] for i in range(len(AGES)))
        fees = sum(part.late_fees for part in parts)
        rows.append(Arrears("lease", lease, summary.unit, parts[0].tenant, buckets, fees, 0))
    return rows


def _fees(suite: Suite, block: int) -> list[Arrears]:
    ids = list(range(1, suite.fees.account_count(block) + 1))
    today = suite.fees.today(block)
    accounts = suite.fees.accounts_of_many(ids, block)
    rules = {
        number: suite.tariffs.category_of(number, block) for number in {one.category for one in accounts}
    }
    rows = []
    for number, account in zip(ids, accounts, strict=True):
        found = rules[account.category]
        if not account.owing or found is None:
            continue
        terms = terms_of_account(account, *found)
        if account.plan_left:
            charges = unpaid_of_plan(suite, number, account, terms, block)
        else:
            charges = unpaid_of(account, terms, today)
        oldest = charges[0][0] if charges else 0
        buckets = aged(charges, today)
        rows.append(
            Arrears("account", number, account.unit, account.party, buckets, account.late_fees, oldest)
        )
    return rows


def _bills(suite: Suite, block: int) -> list[Arrears]:
    """Issued bills that are due; what is in dispute is among it."""
    keys = Bills(suite).ids(block)
    today = suite.fees.today(block)
    rows = []
    for key, one in zip(keys, suite.bills.bills_of(keys, block), strict=True):
        due = one.open if today >= one.due_day else 0
        if due + one.late_fees:
            buckets = aged([(one.due_day, due)], today)
            rows.append(Arrears("bill", key, unit_of(key), one.party, buckets, one.late_fees, one.due_day))
    return rows
