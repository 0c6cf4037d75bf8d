"""A second ledger for an audit: whole communities by logs, one day and one period at a time, no closed form.

    books = BruteBooks(terms)            # by lease, as they were signed
    for log in logs: books.take(log, day)
    books.figures(lease, day)            # (settled, pot, late fees, due) of every account

Leases are those of tests/brute.py; deposits are a plain sum of what came in and what went out. It shares the
reading of logs with the audit, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from commonhold.chain.rawlogs import Log
from commonhold.rules.terms import LeaseTerms
from tests.brute import BruteLease

RENT, RENEWAL, TENANT, SALE, END, HOLDOVER, WAIVE_RENT, WAIVE_FEES = range(8)


@dataclass
class BruteBooks:
    """All leases and deposits. terms: of every lease by its number."""

    terms: Mapping[int, LeaseTerms]
    leases: dict[int, BruteLease] = field(default_factory=dict)
    deposits: dict[int, int] = field(default_factory=dict)  # left [cmt]

    def take(self, log: Log, day: int) -> None:
        """One log of a civil day. [day]"""
        act = getattr(self, f"_{log.event}", None)
        if act is None or log.contract not in ("LeaseAgreement", "DepositEscrow"):
            return
        lease = log.values[0]
        if log.event != "LeaseActivated" and lease in self.leases:
            self.leases[lease].go_to(day)
        act(*log.values, day=day)

    def figures(self, lease: int, day: int) -> list[tuple[int, int, int, int]]:
        """(settled, pot, late fees, due) of every account on a day. [cmt]"""
        found = self.leases[lease]
        found.go_to(day)
        return [
            (account.settled, account.pot, account.accrual // 10_000, found.part(i, found.due(day)))
            for i, account in enumerate(found.accounts)
        ]

    def _index(self, lease: int, tenant: int) -> int:
        return next(i for i, one in enumerate(self.leases[lease].accounts) if one.tenant == tenant)

    # ---- leases

    def _LeaseActivated(self, lease: int, *rest: Any, day: int) -> None:
        self.leases[lease] = BruteLease(self.terms[lease], day)

    def _Settled(self, lease: int, tenant: int, code: int, amount: int, day: int) -> None:
        found, index = self.leases[lease], self._index(lease, tenant)
        before = found.accounts[index].pot
        found.use_pot(index)
        left = found.put(index, amount - (before - found.accounts[index].pot))
        assert left == 0, f"lease {lease}: {left} was settled that nobody owed"

    def _RentPaid(self, lease: int, tenant: int, payer: str, *parts: int, day: int) -> None:
        self.leases[lease].pay(self._index(lease, tenant), sum(parts))

    def _PrepaymentRefunded(self, lease: int, tenant: int, amount: int, day: int) -> None:
        self.leases[lease].refund(self._index(lease, tenant), amount)

    def _LeaseChanged(self, lease: int, kind: int, change: tuple[int, ...], day: int) -> None:
        found = self.leases[lease]
        _, _, index, when, party, amount = change
        for i in range(len(found.accounts)):
            found.use_pot(i)
        if kind == RENT:
            found.change_rent(when, amount)
        elif kind in (RENEWAL, HOLDOVER):
            found.renew(when, amount)
        elif kind == END:
            found.cut(when)
        elif kind == TENANT:
            found.accounts[index].tenant = party
        elif kind == WAIVE_RENT:
            found.accounts[index].settled += amount
        elif kind == WAIVE_FEES:
            found.accounts[index].accrual -= amount * 10_000

    def _EndCredit(self, lease: int, tenant: int, set_off: int, collected: int, debt: int, day: int) -> None:
        account = self.leases[lease].accounts[self._index(lease, tenant)]
        account.settled -= set_off + collected + debt
        account.accrual -= set_off * 10_000

    # ---- deposits

    def _DepositBooked(self, lease: int, word: int, day: int) -> None:
        self.deposits[lease] = sum(word >> 56 * i & 2**56 - 1 for i in range(4))

    def _ArrearsTaken(self, lease: int, index: int, amount: int, day: int) -> None:
        self.deposits[lease] -= amount
        found = self.leases[lease]
        found.use_pot(index)
        assert found.put(index, amount) == 0

    def _DepositPaid(self, lease: int, party: int, amount: int, day: int) -> None:
        self.deposits[lease] -= amount
