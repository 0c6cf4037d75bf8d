"""Leases by their twin: a log says that somebody paid or was settled; what it paid for is worked out.

Amounts [cmt], days [day].
"""

from typing import Any, Final

from commonhold.chain.rawlogs import LogsDamaged
from commonhold.index.derive.when import Handler, When, payment
from commonhold.index.ledgers import (
    account_of,
    account_row,
    lease_figures_of,
    ledger_of,
    pack_schedule,
    pack_terms,
    unpack_schedule,
    unpack_terms,
)
from commonhold.index.rows import Row, Rows
from commonhold.rules.accounts import Account
from commonhold.rules.lease_words import read_terms
from commonhold.rules.ledger import Change, LeaseLedger, LeaseRefused, State
from commonhold.rules.outcomes import completed
from commonhold.rules.rent import BPS, ChangeInvalid, ChangeKind, Schedule
from commonhold.rules.shares import Outgo, split
from commonhold.rules.terms import LeaseTerms

_MOST: Final = 200_000  # plans that are kept unpacked


class Leases:
    """LeaseAgreement, and what DepositEscrow says of the end of a lease."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._leases = rows["leases"]
        self._accounts = rows["lease_accounts"]
        self._terms: dict[str, LeaseTerms] = {}
        self._schedules: dict[str, Schedule] = {}

    def handlers(self) -> dict[str, Handler]:
        return {
            "LeaseActivated": self.activated,
            "Settled": self.settled,
            "RentPaid": self.paid,
            "PrepaymentRefunded": self.refunded,
            "LeaseChanged": self.changed,
            "EndCredit": self.end_credit,
            "LandlordDebtPaid": self.debt_paid,
            "LeaseClosed": self.closed,
        }

    def escrow_handlers(self) -> dict[str, Handler]:
        return {
            "ArrearsTaken": self.arrears_taken,
            "ReviewOpened": self.review_opened,
            "DepositSettled": self.deposit_settled,
        }

    # ---- the twin

    def _row(self, lease: int, when: When) -> Row:
        row = self._leases.get(lease)
        if row is None:
            raise LogsDamaged(
                f"{when.event} in {when.transaction} is about lease {lease}, of which no log told before.",
                "Logs are missing: read everything anew (commonhold index rebuild), or ask another node.",
            )
        return row

    def _ledger(self, lease: int, when: When) -> LeaseLedger:
        row = self._row(lease, when)
        terms, schedule = self._terms.get(row["terms"]), self._schedules.get(row["schedule"])
        if terms is None:
            if len(self._terms) > _MOST:
                self._terms.clear()
            terms = self._terms[row["terms"]] = unpack_terms(row["terms"])
        if schedule is None:
            if len(self._schedules) > _MOST:
                self._schedules.clear()
            schedule = self._schedules[row["schedule"]] = unpack_schedule(row["schedule"])
        accounts: list[Account] = []
        while (found := self._accounts.get(lease, len(accounts))) is not None:
            accounts.append(account_of(found))
        return ledger_of(terms, schedule, row, accounts)

    def _index(self, ledger: LeaseLedger, lease: int, tenant: int, when: When) -> int:
        try:
            return ledger.index_of(tenant)
        except LeaseRefused:
            raise LogsDamaged(
                f"{when.event} in {when.transaction} names party {tenant}, no tenant of lease {lease}.",
                "Logs are missing: read everything anew (commonhold index rebuild), or ask another node.",
            ) from None

    def _keep(self, lease: int, ledger: LeaseLedger, index: int) -> None:
        self._accounts.put(account_row(lease, index, ledger.accounts[index]))

    def _keep_all(self, lease: int, ledger: LeaseLedger) -> None:
        for index in range(len(ledger.accounts)):
            self._keep(lease, ledger, index)
        row = self._leases.change(lease)
        assert row is not None
        row.update(lease_figures_of(ledger))

    @staticmethod
    def _cover(ledger: LeaseLedger, index: int, day: int) -> None:
        """Up to where the account's obligations are completed."""
        account = ledger.accounts[index]
        if account.covered < ledger.schedule.last_label_due(day):
            shares = ledger.terms.shares
            for group in completed(ledger.schedule, shares, index, account.covered, account.settled, day):
                account.covered = group.last

    # ---- events

    def activated(self, values: tuple[Any, ...], when: When) -> None:
        lease, unit, terms_hash, document_hash, words = values
        terms, _ = read_terms(unit, words)
        opening, shares = terms.opening, terms.shares
        paid, prepaid = split(shares, opening.paid), split(shares, opening.prepaid)
        fees = split(shares, opening.late_fees)
        schedule = Schedule.of(terms)
        accounts = [
            Account(tenant, shares[i], paid[i], prepaid[i], fees[i] * BPS, when.day, 0, schedule.first - 1)
            for i, tenant in enumerate(terms.tenants)
        ]
        # The words carry whether a batch may settle it from its hot word alone.
        whole = not words[0] >> 188 & 2
        self._leases.put(
            {
                "lease": lease,
                "unit": unit,
                "landlord": terms.landlord,
                "state": int(State.ACTIVE),
                "end_day": schedule.end_day,
                "rent": schedule.segments[-1].rent,
                "whole": int(whole),
                "terms_hash": terms_hash,
                "document_hash": document_hash,
                "block": when.block,
                "terms": pack_terms(terms),
                "schedule": pack_schedule(schedule),
            }
        )
        for place, account in enumerate(accounts):
            self._accounts.put(account_row(lease, place, account))

    def settled(self, values: tuple[Any, ...], when: When) -> None:
        """Prepaid cash first; the rest was collected."""
        lease, tenant, code, amount = values
        ledger = self._ledger(lease, when)
        index = self._index(ledger, lease, tenant, when)
        self._cover(ledger, index, when.day)
        touched = ledger.touched(index, when.day)
        pot = touched.allocate_pot()
        part = touched.allocate(max(0, amount - pot.total))
        touched.store()
        self._cover(ledger, index, when.day)
        self._keep(lease, ledger, index)
        both = pot.plus(part)
        self._rows.pay(
            payment(
                when,
                lease,
                tenant,
                code=code,
                principal=both.principal,
                late_fees=both.late_fees,
                amount=amount,
            )
        )

    def paid(self, values: tuple[Any, ...], when: When) -> None:
        lease, tenant, payer, principal, late_fees, prepaid = values
        ledger = self._ledger(lease, when)
        index = self._index(ledger, lease, tenant, when)
        self._cover(ledger, index, when.day)
        touched = ledger.touched(index, when.day)
        touched.allocate_pot()
        touched.allocate(principal + late_fees)
        touched.pot += prepaid
        touched.store()
        self._cover(ledger, index, when.day)
        self._keep(lease, ledger, index)
        self._rows.pay(
            payment(
                when, lease, tenant, payer=payer, principal=principal, late_fees=late_fees, prepaid=prepaid
            )
        )

    def refunded(self, values: tuple[Any, ...], when: When) -> None:
        lease, tenant, amount = values
        ledger = self._ledger(lease, when)
        index = self._index(ledger, lease, tenant, when)
        touched = ledger.touched(index, when.day)
        touched.allocate_pot()
        touched.pot -= amount
        touched.store()
        self._keep(lease, ledger, index)
        self._rows.pay(payment(when, lease, tenant, prepaid=-amount))

    def changed(self, values: tuple[Any, ...], when: When) -> None:
        lease, kind, (_, _, index, day, party, amount) = values
        ledger = self._ledger(lease, when)
        try:
            ledger.apply(Change(ChangeKind(kind), index, day, party, amount), when.day, Outgo())
        except (ChangeInvalid, LeaseRefused) as error:
            raise LogsDamaged(
                f"The change of lease {lease} in {when.transaction} is one that no contract makes: {error}.",
                "Logs are missing: read everything anew (commonhold index rebuild), or ask another node.",
            ) from None
        ledger.told.clear()
        self._keep_all(lease, ledger)

    def end_credit(self, values: tuple[Any, ...], when: When) -> None:
        """Rent paid beyond the end is set off, collected from the landlord, or his debt."""
        lease, tenant, set_off, collected, debt = values
        ledger = self._ledger(lease, when)
        index = self._index(ledger, lease, tenant, when)
        touched = ledger.touched(index, when.day)
        touched.allocate_pot()
        touched.settled = touched.due
        touched.pay_fees(set_off)
        touched.store()
        ledger.accounts[index].landlord_debt += debt
        self._keep(lease, ledger, index)
        if collected:
            self._rows.pay(payment(when, lease, tenant, amount=-collected))

    def debt_paid(self, values: tuple[Any, ...], when: When) -> None:
        lease, tenant, amount = values
        ledger = self._ledger(lease, when)
        index = self._index(ledger, lease, tenant, when)
        ledger.accounts[index].landlord_debt -= amount
        self._keep(lease, ledger, index)
        self._rows.pay(payment(when, lease, tenant, amount=-amount))

    def arrears_taken(self, values: tuple[Any, ...], when: When) -> None:
        """The deposit pays what an account still owes at closing."""
        lease, index, amount = values
        ledger = self._ledger(lease, when)
        touched = ledger.touched(index, when.day)
        touched.allocate_pot()
        self._cover(ledger, index, when.day)
        part = touched.allocate(amount)
        touched.store()
        self._cover(ledger, index, when.day)
        self._keep(lease, ledger, index)
        tenant = ledger.accounts[index].tenant
        self._rows.pay(
            payment(when, lease, tenant, principal=part.principal, late_fees=part.late_fees, amount=amount)
        )

    def closed(self, values: tuple[Any, ...], when: When) -> None:
        lease = values[0]
        ledger = self._ledger(lease, when)
        for touched in ledger.all_touched(when.day):
            touched.allocate_pot()
            touched.store()
        if ledger.state != State.DEPOSIT_REVIEW:
            ledger.state = State.CLOSED
        self._keep_all(lease, ledger)

    def _set_state(self, lease: int, state: State, when: When) -> None:
        self._row(lease, when)
        row = self._leases.change(lease)
        assert row is not None
        row["state"] = int(state)

    def review_opened(self, values: tuple[Any, ...], when: When) -> None:
        self._set_state(values[0], State.DEPOSIT_REVIEW, when)

    def deposit_settled(self, values: tuple[Any, ...], when: When) -> None:
        self._set_state(values[0], State.CLOSED, when)
