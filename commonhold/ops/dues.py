"""What falls due in the days to come, as far as the contracts know it now: rents, property fees, the parts of
instalment plans, issued bills.

    for due in dues(suite, days=5): ...
    for due in dues(suite, days=400, party=7): ...

What has fallen due already is `commonhold.ops.arrears`. Amounts [cmt], days [day].
"""

from collections.abc import Iterator
from dataclasses import dataclass

from commonhold.chain.contracts import Suite
from commonhold.ops.arrears import terms_of_account
from commonhold.ops.settle import Bills
from commonhold.ops.statements.lease import steps
from commonhold.rules.bills import unit_of
from commonhold.rules.fees import instalments_open
from commonhold.rules.rent import BPS


@dataclass(frozen=True, slots=True)
class Due:
    """One sum of one party. what: "rent", "fee", "instalment" or "bill". number: of the lease or account, or
    the bill's key. amount: this party's part; prepaid: what it has paid ahead there. [cmt], day [day]"""

    what: str
    number: int
    unit: int
    party: int
    day: int
    amount: int
    prepaid: int = 0

    @property
    def id(self) -> int | str:
        """The number; a bill's key as everywhere else, in hexadecimal digits."""
        return f"{self.number:#x}" if self.what == "bill" else self.number


def dues(suite: Suite, *, days: int, party: int | None = None, block: int | None = None) -> list[Due]:
    """What falls due after today and within `days`, of one party or of all, by day."""
    number = suite.connection.block_number() if block is None else block
    found = [*_rents(suite, party, days, number), *_fees(suite, party, days, number)]
    found += _bills(suite, party, days, number)
    return sorted(found, key=lambda one: (one.day, one.what, one.number, one.party))


def _rents(suite: Suite, party: int | None, days: int, block: int) -> Iterator[Due]:
    leases, today = suite.leases, suite.leases.today(block)
    ids = list(range(1, leases.lease_count(block) + 1))
    asked = [("dueOn", (lease, day)) for lease in ids for day in (today, today + days)]
    answers = iter(leases.read_many(asked, block=block))
    soon = [lease for lease, now, then in zip(ids, answers, answers, strict=True) if int(then) > int(now)]
    accounts = leases.accounts_of_many(soon, block)
    for lease, terms, parts in zip(soon, leases.terms_of_many(soon, block), accounts, strict=True):
        mine = [part for part in parts if party in (None, part.tenant)]
        for day, amount in steps(suite, lease, today, today + days, block) if mine else ():
            for part in mine:
                share = amount * part.share // BPS
                yield Due("rent", lease, terms.unit, part.tenant, day, share, part.pot)


def _fees(suite: Suite, party: int | None, days: int, block: int) -> Iterator[Due]:
    today = suite.fees.today(block)
    ids = list(range(1, suite.fees.account_count(block) + 1))
    accounts = suite.fees.accounts_of_many(ids, block)
    mine = [pair for pair in zip(ids, accounts, strict=True) if party in (None, pair[1].party)]
    rules = {number: suite.tariffs.category_of(number, block) for number in {one.category for _, one in mine}}
    for number, account in mine:
        found = rules[account.category]
        if found is None:
            continue
        terms = terms_of_account(account, *found)
        place = (number, account.unit, account.party)
        for month in range(terms.last_due(today) + 1, terms.last_due(today + days) + 1):
            amount = terms.line(month)
            if amount:
                yield Due("fee", *place, terms.due_day(month), amount, account.pot)
        if account.plan_left:
            (plan,) = suite.fees.plans_of_many([number], block)
            until = today if plan.broken_day else today + days
            parts = instalments_open(plan.total, plan.paid, plan.count, plan.first_day, until)
            yield from (Due("instalment", *place, day, unpaid) for day, unpaid in parts if day > today)


def _bills(suite: Suite, party: int | None, days: int, block: int) -> Iterator[Due]:
    """Those that are issued."""
    today = suite.fees.today(block)
    keys = Bills(suite).ids(block)
    for key, one in zip(keys, suite.bills.bills_of(keys, block), strict=True):
        if party in (None, one.party) and one.open and today < one.due_day <= today + days:
            yield Due("bill", key, unit_of(key), one.party, one.due_day, one.open)
