"""What a lease's ledger takes and answers: states, refusals, changes, and what each act did.

Amounts [cmt], days [day], parties by id.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from commonhold.rules.accounts import Part
from commonhold.rules.refused import Refused
from commonhold.rules.rent import ChangeKind


class State(IntEnum):
    """Where a lease is, the same numbers as `ILeaseAgreement.State`."""

    NONE = 0
    ACTIVE = 1
    NOTICE = 2
    HOLDOVER = 3
    ENDED = 4
    DEPOSIT_REVIEW = 5
    CLOSED = 6


class LeaseRefused(Refused):
    """An act that a contract of leases would refuse."""


@dataclass(frozen=True, slots=True)
class Change:
    """One agreed change, field for field as `ILeaseAgreement.Change` without the lease's id."""

    kind: ChangeKind
    index: int = 0  # account
    day: int = 0  # [day]
    party: int = 0
    amount: int = 0  # [cmt] or [cmt/month]


class Payment(NamedTuple):
    """What a payment did."""

    from_pot: Part  # prepaid cash that had fallen due and was allocated first
    paid: Part
    prepaid: int  # into the pot [cmt]


class Opened(NamedTuple):
    """The money that an activation asks for, per tenant. [cmt]"""

    deposits: tuple[int, ...]
    prepaid: tuple[int, ...]
    fees: tuple[int, ...]


class Booked(NamedTuple):
    """What a plain lease owes on a day. [cmt]"""

    from_pot: int
    asked: int


class EndCredit(NamedTuple):
    """Rent paid beyond the end: what became of it. [cmt]"""

    tenant: int
    set_off: int
    collected: int
    debt: int


class Closing(NamedTuple):
    """What closing did. [cmt]"""

    refunded: tuple[int, ...]  # pots, per account
    credits: tuple[EndCredit, ...]
    from_deposit: Part
