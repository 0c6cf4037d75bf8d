"""Fee accounts, tariffs, runs of bills and bills, as far as their own logs tell.

Amounts [cmt], days [day].
"""

from typing import Any, Final

from commonhold.index.derive.when import Handler, When, payment
from commonhold.index.rows import Row, Rows
from commonhold.rules.billbook import ISSUE_DAYS, Extent, RunTerms
from commonhold.rules.calendar import month_of

POSTED: Final = 1
APPROVED: Final = 2
DROPPED: Final = 3
_NOWHERE: Final = 15  # no lane of the history
_NOTICED: Final = 1  # the standing
_UNIT: Final = 48  # bits of a bill's key below its unit
_UNTOLD: Final = ""  # the lines of a bill paid at once


class Fees:
    """PropertyFee and TariffBook."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._accounts = rows["fee_accounts"]
        self._tariffs = rows["tariffs"]

    def handlers(self) -> dict[str, Handler]:
        return {
            "AccountOpened": self.opened,
            "AccountClosed": self.closed,
            "Settled": self.settled,
            "FeePaid": self.paid,
            "PrepaymentRefunded": self.refunded,
            "PrepaymentMoved": self.moved,
            "CreditPaid": self.credit_paid,
        }

    def tariff_handlers(self) -> dict[str, Handler]:
        return {"TariffApproved": self.tariff_approved}

    def tariff_approved(self, values: tuple[Any, ...], when: When) -> None:
        category, month, rate, before, version, _ = values
        self._tariffs.put(
            {"category": category, "month": month, "rate": rate, "index_before": before, "version": version}
        )

    def opened(self, values: tuple[Any, ...], when: When) -> None:
        account, unit, party, category, size, share, from_day, until_day, _, level = values
        self._accounts.put(
            {
                "account": account,
                "unit": unit,
                "party": party,
                "category": category,
                "size": size,
                "share": share,
                "from_day": from_day,
                "until_day": until_day,
                "closed_on": 0,
                "principal": 0,
                "late_fees": 0,
                "prepaid": 0,
                "settled": 0,
                "open_at_close": 0,
                "level": level,
            }
        )

    def _add(self, account: int, **amounts: int) -> Row | None:
        row = self._accounts.change(account)
        if row is not None:
            for name, amount in amounts.items():
                row[name] += amount
        return row

    def closed(self, values: tuple[Any, ...], when: When) -> None:
        account, _, _, until_day, closed_on, principal, late_fees, _, level = values
        row = self._accounts.change(account)
        if row is not None:
            row.update(
                until_day=until_day, closed_on=closed_on, open_at_close=principal + late_fees, level=level
            )

    def settled(self, values: tuple[Any, ...], when: When) -> None:
        account, party, code, amount = values
        self._add(account, settled=amount)
        self._rows.pay(payment(when, account, party, code=code, amount=amount))

    def paid(self, values: tuple[Any, ...], when: When) -> None:
        account, party, payer, principal, late_fees, prepaid, _, level = values
        row = self._add(account, principal=principal, late_fees=late_fees, prepaid=prepaid)
        if row is not None:
            row["level"] = level
        self._rows.pay(
            payment(
                when, account, party, payer=payer, principal=principal, late_fees=late_fees, prepaid=prepaid
            )
        )

    def refunded(self, values: tuple[Any, ...], when: When) -> None:
        account, party, amount = values
        self._add(account, prepaid=-amount)
        self._rows.pay(payment(when, account, party, prepaid=-amount))

    def moved(self, values: tuple[Any, ...], when: When) -> None:
        account, following, amount = values
        self._add(account, prepaid=-amount)
        self._add(following, prepaid=amount)

    def credit_paid(self, values: tuple[Any, ...], when: When) -> None:
        account, _, amount = values
        row = self._accounts.get(account)
        self._rows.pay(payment(when, account, row["party"] if row is not None else 0, amount=-amount))


class Bills:
    """BillRuns."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._runs = rows["runs"]
        self._bills = rows["bills"]

    def handlers(self) -> dict[str, Handler]:
        return {
            "RunPosted": self.posted,
            "RunApproved": self.approved,
            "RunDropped": self.dropped,
            "BillIssued": self.issued,
            "BillPaidAtOnce": self.paid_at_once,
            "BillRecorded": self.recorded,
            "BillPaid": self.paid,
            "BillSettled": self.settled,
            "DisputeDecided": self.decided,
            "AdjustmentMade": self.adjusted,
            "CreditRepaid": self.repaid,
        }

    def posted(self, values: tuple[Any, ...], when: When) -> None:
        run, (root, word, extent, _) = values
        terms, size = RunTerms.from_word(word), Extent.from_word(extent)
        self._runs.put(
            {
                "run": run,
                "category": terms.category,
                "period": terms.period,
                "due_day": terms.due_day,
                "payee": terms.payee,
                "leaves": size.count,
                "total": size.total,
                "state": POSTED,
                "root": root,
            }
        )

    def _state(self, run: int, state: int) -> None:
        row = self._runs.change(run)
        if row is not None:
            row["state"] = state

    def approved(self, values: tuple[Any, ...], when: When) -> None:
        self._state(values[0], APPROVED)

    def dropped(self, values: tuple[Any, ...], when: When) -> None:
        self._state(values[0], DROPPED)

    def _put(self, key: int, run: int, party: int, amount: int, due_day: int, lines: str) -> Row:
        return self._bills.put(
            {
                "bill": key,
                "run": run,
                "unit": key >> _UNIT,
                "party": party,
                "amount": amount,
                "due_day": due_day,
                "principal": 0,
                "late_fees": 0,
                "removed": 0,
                "at_once": 0,
                "lines_hash": lines,
            }
        )

    def issued(self, values: tuple[Any, ...], when: When) -> None:
        self._put(*values)

    def paid_at_once(self, values: tuple[Any, ...], when: When) -> None:
        """Its log tells neither the due day, which follows from the run, nor the lines."""
        key, run, party, payer, amount = values
        posted = self._runs.get(run)
        due_day = max(posted["due_day"] if posted is not None else 0, when.day + ISSUE_DAYS)
        self._put(key, run, party, amount, due_day, _UNTOLD).update(principal=amount, at_once=1)
        self._rows.pay(payment(when, key, party, payer=payer, principal=amount))

    def recorded(self, values: tuple[Any, ...], when: When) -> None:
        """A bill that was paid at once comes to the books, because something of it is changed."""
        row = self._bills.change(values[0])
        if row is not None:
            row["at_once"] = 0

    def _add(self, key: int, **amounts: int) -> Row | None:
        row = self._bills.change(key)
        if row is not None:
            for name, amount in amounts.items():
                row[name] += amount
        return row

    def paid(self, values: tuple[Any, ...], when: When) -> None:
        key, party, payer, principal, late_fees = values
        self._add(key, principal=principal, late_fees=late_fees)
        self._rows.pay(payment(when, key, party, payer=payer, principal=principal, late_fees=late_fees))

    def settled(self, values: tuple[Any, ...], when: When) -> None:
        key, party, code, principal, late_fees = values
        self._add(key, principal=principal, late_fees=late_fees)
        self._rows.pay(payment(when, key, party, code=code, principal=principal, late_fees=late_fees))

    def decided(self, values: tuple[Any, ...], when: When) -> None:
        self._add(values[0], removed=values[2])

    def adjusted(self, values: tuple[Any, ...], when: When) -> None:
        adjustment = values[3]
        self._add(values[1], removed=adjustment[2])

    def repaid(self, values: tuple[Any, ...], when: When) -> None:
        key, party, payer, amount = values
        self._rows.pay(payment(when, key, party, payer=payer, amount=-amount))


class Outcomes:
    """CreditRegistry: where each obligation's outcome stands."""

    def __init__(self, rows: Rows) -> None:
        self._outcomes = rows["outcomes"]

    def handlers(self) -> dict[str, Handler]:
        return {"DelinquencyNoticed": self.noticed, "OutcomeMoved": self.moved}

    def noticed(self, values: tuple[Any, ...], when: When) -> None:
        """Nothing is entered yet: there is time to cure it."""
        key, party, _, _, _, due_day, _ = values
        self._outcomes.put(
            {
                "outcome": f"{key:#x}",
                "party": party,
                "month": month_of(due_day),
                "lane": _NOWHERE,
                "standing": _NOTICED,
                "closed": 0,
            }
        )

    def moved(self, values: tuple[Any, ...], when: When) -> None:
        key, party, month, _, _, lane, standing, closed = values
        self._outcomes.put(
            {
                "outcome": f"{key:#x}",
                "party": party,
                "month": month,
                "lane": lane,
                "standing": standing,
                "closed": int(closed),
            }
        )
