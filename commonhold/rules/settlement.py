"""The settlement of one lease: prepaid cash, then each tenant's mandate for the rent, then for the late fees.

A late fee is never collected before the rent of the same account. Amounts [cmt].
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from commonhold.rules.accounts import Part, Touched
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


def settle_accounts(
    accounts: Sequence[Touched], cover_mask: int, collect: Collect, share_out: Callable[[Part], None]
) -> Settlement:
    """Settle the accounts of one lease; accounts with nothing due stay untouched."""
    discharged = []
    for account in accounts:
        part = account.allocate_pot()
        share_out(part)
        discharged.append(part.total)
    asked = [account.principal for account in accounts]
    is_open = [
        account.principal + account.late_fees + done > 0
        for account, done in zip(accounts, discharged, strict=True)
    ]
    if not any(is_open):
        return Settlement(Code.NOTHING_DUE, 0, ())
    rent = _ask(accounts, asked, collect)
    for account, got in zip(accounts, rent, strict=True):
        share_out(account.allocate(min(got.amount, account.principal)))
    if cover_mask:
        for i, covered in enumerate(_cover(accounts, cover_mask, collect, share_out)):
            discharged[i] += covered
    fees = [0 if account.principal else account.late_fees for account in accounts]
    late = _ask(accounts, fees, collect)
    lines = []
    for i, account in enumerate(accounts):
        account.pay_fees(late[i].amount)
        share_out(Part(0, late[i].amount))
        if is_open[i]:
            lines.append(
                Line(
                    tenant=account.account.tenant,
                    code=_code(account, rent[i], late[i], discharged[i] + asked[i] > 0),
                    amount=discharged[i] + rent[i].amount + late[i].amount,
                )
            )
            account.store()
    return Settlement(_overall(lines, len(accounts)), sum(line.amount for line in lines), tuple(lines))


def _ask(accounts: Sequence[Touched], amounts: Sequence[int], collect: Collect) -> Sequence[Collected]:
    if not any(amounts):
        return [Collected(Code.NONE, 0)] * len(accounts)
    return collect([(a.account.tenant, amount) for a, amount in zip(accounts, amounts, strict=True)])


def _cover(
    accounts: Sequence[Touched], mask: int, collect: Collect, share_out: Callable[[Part], None]
) -> list[int]:
    """Tenants who signed for it pay the rent that the others' mandates did not. [cmt per account]"""
    covered = [0] * len(accounts)
    for i, short in enumerate(accounts):
        for j, payer in enumerate(accounts):
            if short.principal and i != j and mask >> j & 1:
                got = collect([(payer.account.tenant, short.principal)])[0].amount
                share_out(short.allocate(got))
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
