"""The terms of a lease, field for field as `ILeaseAgreement.LeaseTerms` has them.

Money is in base units of the community token [cmt, 10^-6], days are civil day numbers since 1970-01-01 [day],
rates are basis points [bps].
"""

from dataclasses import dataclass
from enum import IntEnum


class DayCount(IntEnum):
    """How a partial period is priced."""

    ACTUAL = 0
    THIRTY_360 = 1
    ACTUAL_365 = 2


@dataclass(frozen=True, slots=True)
class RentStep:
    """A dated change of rent agreed in the terms."""

    day: int  # a boundary of the schedule [day]
    rent: int  # per month from then on [cmt/month]


@dataclass(frozen=True, slots=True)
class OneOffFee:
    """A fee paid at activation (key money, agency, renewal fee)."""

    payee: int  # party
    amount: int  # [cmt]
    kind: bytes  # 32-byte hash of its name in the document


@dataclass(frozen=True, slots=True)
class Opening:
    """Opening figures of a lease taken over while running; all zero for a new lease."""

    day: int = 0  # effective boundary: the schedule counts from here [day]
    paid: int = 0  # principal already paid of the periods from `day` on [cmt]
    arrears: int = 0  # principal still unpaid of the periods before `day` [cmt]
    late_fees: int = 0  # owed at the cut-over [cmt]
    prepaid: int = 0  # prepayment brought in with the activation [cmt]


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """What every party signs."""

    unit: int
    landlord: int  # party
    tenants: tuple[int, ...]  # parties, 1 to 4
    shares: tuple[int, ...]  # [bps], sum 10,000
    rent: int  # [cmt/month]
    deposit: int  # [cmt]
    start_day: int  # [day]
    end_day: int  # exclusive [day]
    billing_day: int = 0  # 1–31, 0 = the start's day of the month
    interval: int = 1  # months paid at a time
    due_offset: int = 0  # days after (before, if negative) the period's first day
    rent_free_days: int = 0
    steps: tuple[RentStep, ...] = ()
    fees: tuple[OneOffFee, ...] = ()
    grace_days: int = 0
    late_fee_rate: int = 0  # [bps/day]
    late_fee_max_days: int = 0
    notice_days: int = 0
    break_day: int = 0
    break_fee: int = 0  # [cmt]
    manager: int = 0  # party
    commission: int = 0  # [bps]
    holdover_rate: int = 0  # [bps]
    day_count: DayCount = DayCount.ACTUAL
    arbiter: int = 0  # party
    cover_mask: int = 0
    opening: Opening = Opening()
    document_hash: bytes = bytes(32)
    nonce: int = 0
    salt: bytes = bytes(32)
    deadline: int = 0  # [unix]
