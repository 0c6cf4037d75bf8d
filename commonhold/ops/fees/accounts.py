"""Fee accounts as a manager keeps them: opened, listed, closed, handed over, relieved.

    rows(suite)                                   what every account is and owes
    plan_openings(suite, category, units, …)      whom to charge, and who is charged already
    check_relief(suite, account, kind, amount)    what a waiver or credit note may take off today

Whatever the contract would refuse is an InputError with what to do, before anything is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.chain.call import Call
from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.fees import FeeAccount, Relief
from commonhold.errors import InputError
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.fee_book import MAX_BACK_DAYS, MAX_START_DAYS
from commonhold.rules.tariff import CategoryKind
from commonhold.units import Day, Money, format_day, format_money

RELIEFS: Final = {
    Relief.WAIVE_PRINCIPAL: "what is due",
    Relief.WAIVE_FEES: "the late fees that are owed",
    Relief.CREDIT_NOTE: "what was charged so far",
}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as of a block."""

    number: int
    account: FeeAccount

    def runs(self, today: int) -> bool:
        """Whether it still charges."""
        return not self.account.until_day or today < self.account.until_day

    def as_json(self) -> dict[str, Any]:
        """Amounts in base units as decimal strings [cmt], days [day], size [0.01 m²], share [bps]."""
        one = self.account
        return {
            "account": self.number,
            "unit": one.unit,
            "category": one.category,
            "party": one.party,
            "size": one.size,
            "share": one.share,
            "from_day": one.from_day,
            "until_day": one.until_day or None,
            "due": str(one.due),
            "late_fees": str(one.late_fees),
            "plan_left": str(one.plan_left),
            "prepaid": str(one.pot),
        }


def rows(suite: Suite, *, unit: int | None = None, every: bool = False, block: int) -> list[AccountRow]:
    """Accounts that run or owe; every: also those that ended and are paid."""
    ids = range(1, suite.fees.account_count(block) + 1)
    today = suite.fees.today(block)
    found = [
        AccountRow(number, one)
        for number, one in zip(ids, suite.fees.accounts_of_many(ids, block), strict=True)
        if unit is None or one.unit == unit
    ]
    return [row for row in found if every or row.runs(today) or row.account.owing or row.account.pot]


def account_of(suite: Suite, number: int) -> FeeAccount:
    """Raises InputError for a number that no account has."""
    count = suite.fees.account_count()
    if not 1 <= number <= count:
        raise InputError(f"There is no fee account {number}.", f"They run from 1 to {count}: fee list.")
    return suite.fees.accounts_of_many([number])[0]


def category_of(suite: Suite, name: str) -> int:
    """The number of a category that accounts can have, from its number or its name in the fee schedule."""
    number = int(name) if name.isdecimal() else suite.tariffs.named([keccak(text=name)])[0]
    found = suite.tariffs.category_of(number) if number else None
    if found is None:
        raise InputError(
            f"There is no charge category {name!r} on this chain.",
            "Write its number, or its name as in the fee schedule; import fee-schedule brings it in.",
        )
    if found[0].kind is CategoryKind.POSTED:
        raise InputError(
            f"Category {number} is of posted bills: nobody has an account of it.", "bill post, bill charge."
        )
    return number


@dataclass(frozen=True, slots=True)
class Opening:
    """An account to be opened. days [day]; until: 0 = until further notice"""

    unit: int
    category: int
    party: int
    start: int
    until: int

    def as_json(self) -> dict[str, Any]:
        names = ("unit", "category", "party", "start", "until")
        return {name: getattr(self, name) for name in names}

    def call(self, suite: Suite) -> Call:
        return suite.fees.subscribe(self.unit, self.category, self.party, self.start, self.until)


@dataclass(frozen=True, slots=True)
class Charged:
    """A unit that has a running account of the category already."""

    unit: int
    account: int


def plan_openings(
    suite: Suite,
    category: int,
    units: Sequence[int],
    *,
    start: int | None,
    until: int = 0,
    party: int | None = None,
    users: bool = False,
) -> tuple[list[Opening], list[Charged]]:
    """Whom to charge from a day on (default: the first of next month); no units named: all.

    The owner is charged; users: who uses the unit by a lease, where somebody does; party: this one."""
    count = suite.units.unit_count()
    wanted = list(dict.fromkeys(units)) or list(range(1, count + 1))
    unknown = [unit for unit in wanted if not 1 <= unit <= count]
    if unknown:
        raise InputError(f"There is no unit {unknown[0]}.", f"Units run from 1 to {count}.")
    today = suite.fees.today()
    begin = first_of(month_of(today) + 1) if start is None else start
    check_day(begin, today - MAX_START_DAYS, today)
    if until and until <= begin:
        raise InputError("The account would end before it begins.", "Give a later day, or none.")
    owners = suite.units.owner_parties_of(wanted)
    by_lease = suite.units.user_parties_of(wanted)
    latest = suite.fees.latest_accounts([(unit, category) for unit in wanted])
    ends = _ends(suite, latest)
    openings, charged = [], []
    for unit, owner, user, last in zip(wanted, owners, by_lease, latest, strict=True):
        if last and (ends[last] == 0 or begin < ends[last]):
            charged.append(Charged(unit, last))
            continue
        payer = party or (users and user) or owner
        if payer not in (owner, user):
            raise InputError(
                f"Party {payer} neither owns unit {unit} nor uses it by a lease.", "Charge who does."
            )
        openings.append(Opening(unit, category, payer, begin, until))
    return openings, charged


def _ends(suite: Suite, accounts: Sequence[int]) -> dict[int, int]:
    """The first day after each account, 0 while it runs on. [day]"""
    numbers = [number for number in accounts if number]
    found = suite.fees.accounts_of_many(numbers)
    return {number: one.until_day for number, one in zip(numbers, found, strict=True)}


def check_day(day: int, earliest: int, today: int) -> None:
    """Raises InputError for a day that the contract would refuse. [day]"""
    latest = first_of(month_of(today) + 1)
    if not earliest <= day <= latest:
        raise InputError(
            f"{format_day(Day(day))} is not possible.",
            f"Choose a day from {format_day(Day(earliest))} to {format_day(Day(latest))}.",
        )


def check_end(suite: Suite, account: FeeAccount, day: int) -> None:
    """Whether an account can end on a day, its first one without charge. Raises InputError."""
    if account.until_day and day >= account.until_day:
        raise InputError(
            f"This account ends on {format_day(Day(account.until_day))} already.", "Choose an earlier day."
        )
    today = suite.fees.today()
    check_day(day, max(today - MAX_BACK_DAYS, account.from_day), today)


def check_relief(suite: Suite, number: int, kind: Relief, amount: int) -> FeeAccount:
    """The account as it stands. Raises InputError for more than can be taken off. [cmt]"""
    account = account_of(suite, number)
    most = {Relief.WAIVE_PRINCIPAL: account.due, Relief.WAIVE_FEES: account.late_fees}.get(kind)
    if amount <= 0:
        raise InputError("Nothing is taken off by 0.", "Give an amount such as 12.50.")
    if most is not None and amount > most:
        raise InputError(
            f"{format_money(Money(amount))} is more than {RELIEFS[kind]} on account {number}.",
            f"At most {format_money(Money(most))}.",
        )
    return account
