"""The settlement of one lease: prepaid cash, then each tenant's mandate for the rent, then for the late fees.

A late fee is never collected before the rent of the same account. Amounts [cmt].
"""

from collections.abc import Sequence
from typing import NamedTuple

from commonhold.rules.accounts import NOTHING, Part, Touched
from commonhold.rules.codes import Code
from commonhold.rules.shares import Collect, Collected


class Line(NamedTuple):
    """One account's outcome: a Settled event."""

    tenant: int  # party
    code: Code
    amount: int  # discharged, from the pot first [cmt]


class Settlement(NamedTuple):
    """One lease's outcome: a Result of `settle`."""

    code: Code
    amount: int  # [cmt]
    lines: tuple[Line, ...]
    forwarded: Part = NOTHING  # to landlord and manager, the same money by what it paid for


def settle_accounts(accounts: Sequence[Touched], cover_mask: int, collect: Collect) -> Settlement:
    """Settle the accounts of one lease; if nothing is due they stay untouched."""
    from_pots = [account.allocate_pot() for account in accounts]
    asked = [account.principal for account in accounts]
    open_ = [
        part.total + account.principal + account.late_fees > 0
        for part, account in zip(from_pots, accounts, strict=True)
    ]
    if not any(open_):
        return Settlement(Code.NOTHING_DUE, 0, ())
    rent = _ask(accounts, asked, collect)
    for account, got in zip(accounts, rent, strict=True):
        account.settled += got.amount
    covered = _cover(accounts, cover_mask, collect)
    fees = [0 if account.principal else account.late_fees for account in accounts]
    late = _ask(accounts, fees, collect)
    forwarded, lines = NOTHING, []
    for i, account in enumerate(accounts):
        account.pay_fees(late[i].amount)
        part = from_pots[i].plus(Part(rent[i].amount + covered[i], late[i].amount))
        forwarded = forwarded.plus(part)
        if open_[i]:
            other = part.total - late[i].amount + asked[i] > 0
            lines.append(Line(account.account.tenant, _code(account, rent[i], late[i], other), part.total))
            account.store()
    return Settlement(_overall(lines, len(accounts)), forwarded.total, tuple(lines), forwarded)


def _ask(accounts: Sequence[Touched], amounts: Sequence[int], collect: Collect) -> Sequence[Collected]:
    if not any(amounts):
        return [Collected(Code.NONE, 0)] * len(accounts)
    return collect([(a.account.tenant, amount) for a, amount in zip(accounts, amounts, strict=True)])


def _cover(accounts: Sequence[Touched], mask: int, collect: Collect) -> list[int]:
    """Tenants who signed for it pay the rent that the others' mandates did not. [cmt per account]"""
    covered = [0] * len(accounts)
    for i, short in enumerate(accounts):
        for j, payer in enumerate(accounts):
            if short.principal and i != j and mask >> j & 1:
                got = collect([(payer.account.tenant, short.principal)])[0].amount
                short.settled += got
                covered[i] += got
    return covered


def _code(account: Touched, rent: Collected, late: Collected, other: bool) -> Code:
    """`other`: something besides the late fee that was asked of the mandate was due."""
    if account.principal:
        return rent.code
    if account.late_fees:
        return Code.RENT_ONLY if other else late.code
    return Code.COLLECTED


def _overall(lines: Sequence[Line], count: int) -> Code:
    failing = [line.code for line in lines if line.code != Code.COLLECTED]
    if not failing:
        return Code.COLLECTED
    if count == 1 or not any(line.amount for line in lines):
        return failing[0]
    return Code.SHARES_MISSING
