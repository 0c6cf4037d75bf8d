"""The two sides of the story: the contracts on a chain, and their twin. Both are told the same, act by act.

    world.fund([(party, 100)]); world.settle([1, 2, 3]); world.close(4)

Amounts [cmt], days [day], parties and leases by id, tenants of a lease by account index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from commonhold.rules.codes import Code
from commonhold.rules.ledger import Change, State
from commonhold.rules.mandates import Mandate
from commonhold.units import Day


class Result(NamedTuple):
    """What a batch answered for one lease. amount: discharged [cmt]"""

    lease: int
    code: Code
    amount: int


class Line(NamedTuple):
    """What a batch recorded for one account. amount: discharged [cmt]"""

    lease: int
    tenant: int
    code: Code
    amount: int


class Settled(NamedTuple):
    """A batch as a whole."""

    results: tuple[Result, ...]
    lines: tuple[Line, ...]


class AccountFigures(NamedTuple):
    """One account as of a day. Money [cmt], share [bps]."""

    tenant: int
    share: int
    due: int
    settled: int
    pot: int
    late_fees: int
    landlord_debt: int


class LeaseFigures(NamedTuple):
    """One lease as of a day. deposit: what is left of it [cmt]. phase: of its review."""

    state: State
    end_day: int
    landlord: int
    accounts: tuple[AccountFigures, ...]
    deposit: int
    phase: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything as of a day. preview: what settling all leases would answer now.

    purses: what every party's wallet holds; owed: shares that wait for their party; held: what the lease
    contract and the escrow keep for others; cash: what these two hold, and all money there is [cmt].
    """

    day: Day
    leases: dict[int, LeaseFigures]
    preview: dict[int, Result]
    purses: dict[int, int]
    owed: dict[int, int]
    held: tuple[int, int]
    cash: tuple[int, int, int]


class Side(Protocol):
    """What both sides can be told."""

    def begin_day(self, day: Day) -> None: ...

    def fund(self, sums: Sequence[tuple[int, int]]) -> None:
        """Bank money arrives: (party, amount)."""

    def mandate(self, mandates: Sequence[tuple[int, Mandate]]) -> None: ...

    def revoke(self, party: int) -> None: ...

    def pay(self, payments: Sequence[tuple[int, int, int]]) -> None:
        """(lease, index, amount), each tenant for himself."""

    def refund(self, lease: int, index: int, amount: int) -> None: ...

    def settle(self, leases: Sequence[int]) -> Settled: ...

    def change(self, lease: int, change: Change, *, notice: bool = False) -> None:
        """Agreed by all whom it binds."""

    def default_notice(self, lease: int) -> None: ...

    def default_end(self, lease: int, day: int) -> None:
        """Ends on `day` unless the lease ends earlier anyway."""

    def close(self, leases: Sequence[int]) -> None: ...

    def give_back(self, leases: Sequence[int]) -> None:
        """The landlords claim nothing: the deposits go back."""

    def claim(self, lease: int, amounts: Sequence[int]) -> None: ...

    def offer(self, lease: int, index: int, amount: int) -> None: ...

    def accept_claim(self, lease: int, index: int) -> None: ...

    def accept_offer(self, lease: int) -> None: ...

    def award(self, lease: int, amount: int) -> None: ...

    def finalise(self, lease: int) -> None: ...

    def guardians(self, party: int, guardians: Sequence[int]) -> None: ...

    def lost(self, party: int, guardians: Sequence[int]) -> None:
        """The guardians support replacing the party's wallet."""

    def recovered(self, party: int) -> None: ...

    def picture(self, leases: Sequence[int], parties: Sequence[int]) -> Picture: ...
