"""BillRuns replayed: every bill by its twin, from the run that was approved to the last payment.

Leaves that nobody has issued or paid are not on chain and cannot be audited; those that were have to stay
within the count and the sum that the committee approved. Amounts [cmt], days [day], months [month].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.ops.audit.answers import fitting
from commonhold.ops.audit.bill_book import (
    APPROVED,
    BILLS,
    DROPPED,
    ISSUED,
    PAID_AT_ONCE,
    POSTED,
    BillBook,
    Run,
)
from commonhold.ops.audit.moment import NOBODY, Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.outcomes import InTime, tell
from commonhold.rules.billbook import (
    BPS,
    DECISION_DAYS,
    ISSUE_DAYS,
    PROPOSAL_DAYS,
    BillBookRefused,
    Extent,
    IssuedBill,
    RunTerms,
    earliest_due_day,
)
from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.history import Kind

_WAIVER: Final = 0


def hash_of(words: Sequence[int]) -> str:
    """The keccak hash of words as `abi.encode` writes them."""
    return "0x" + keccak(b"".join(word.to_bytes(32, "big") for word in words)).hex()


@dataclass(slots=True)
class BillRows(BillBook):
    """The same, filled from the logs."""

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "RunPosted": self.posted,
            "ChargePosted": self.charge_posted,
            "RunApproved": self.approved,
            "RunDropped": self.dropped,
            "BillIssued": self.issued,
            "BillPaidAtOnce": self.paid_at_once,
            "BillRecorded": self.recorded,
            "BillPaid": self.paid,
            "BillSettled": self.settled,
            "DisputeOpened": self.dispute_opened,
            "DisputeWithdrawn": self.dispute_withdrawn,
            "DisputeDecided": self.dispute_decided,
            "AdjustmentProposed": self.adjustment_proposed,
            "AdjustmentWithdrawn": self.adjustment_withdrawn,
            "AdjustmentMade": self.adjustment_made,
            "CreditRepaid": self.credit_repaid,
            "ClearanceGiven": self.clearance_given,
            "ShareHeld": self.share_held,
            "OwedWithdrawn": self.owed_withdrawn,
            "PausedUntil": self.paused,
            "Retired": self.retire,
        }

    # ---------------------------------------------------------------- runs

    def posted(self, values: tuple[Any, ...], moment: Moment) -> None:
        run, (root, word, extent, _) = values
        id_ = f"run {run}"
        terms, size = RunTerms.from_word(word), Extent.from_word(extent)
        self._check(id_, "id", len(self.runs) + 1, run)
        self._check(id_, "RunPosted.terms", terms.word, word)
        found = self.tariffs.categories.get(terms.category)
        if found is not None:
            expected = (
                found.payee, found.manager, found.manager_bps, found.grace_days, found.late_fee_rate,
                found.late_fee_max_days,
            )  # fmt: skip
            frozen = (
                terms.payee, terms.manager, terms.manager_bps, terms.grace_days, terms.late_fee_rate,
                terms.late_fee_max_days,
            )  # fmt: skip
            self._check(id_, "RunPosted.terms", expected, frozen)
            earliest = earliest_due_day(terms.period, found.due_day, found.due_month)
            if terms.due_day < earliest:
                self.findings.differ(BILLS, id_, "RunPosted.dueDay", f"from {earliest}", terms.due_day)
        self.runs[run] = Run(terms, root, size.count, size.total)

    def charge_posted(self, values: tuple[Any, ...], moment: Moment) -> None:
        """A run of one bill: its root is that bill's leaf."""
        run, unit, party, (bill_unit, version, bill_party, amount, lines, salt) = values
        found, id_ = self._run(run, "ChargePosted"), f"run {run}"
        if found is None:
            return
        self._check(id_, "ChargePosted.unit", unit, bill_unit)
        self._check(id_, "ChargePosted.party", party, bill_party)
        terms = found.terms
        inner = hash_of(
            (
                self.chain_id, int(self.address, 16), run, bill_unit, terms.category, terms.period, version,
                bill_party, amount, int(lines, 16), int(salt, 16),
            )
        )  # fmt: skip
        self._check(id_, "ChargePosted.root", hash_of((int(inner, 16),)), found.root)
        self._check(id_, "ChargePosted (count, total)", (1, amount), (found.count, found.total))

    def approved(self, values: tuple[Any, ...], moment: Moment) -> None:
        self._decide(values[0], "RunApproved", APPROVED)

    def dropped(self, values: tuple[Any, ...], moment: Moment) -> None:
        self._decide(values[0], "RunDropped", DROPPED)

    def _run(self, run: int, event: str) -> Run | None:
        found = self.runs.get(run)
        if found is None:
            self.findings.differ(BILLS, f"run {run}", event, "posted before", "no log")
        return found

    def _decide(self, run: int, event: str, state: int) -> None:
        found = self._run(run, event)
        if found is not None:
            self._check(f"run {run}", "state before", POSTED, found.state)
            found.state = state

    def _bind(self, key: int, run: int, amount: int, event: str) -> Run | None:
        """A bill of a run goes on the books: once, within what was approved."""
        found, id_ = self.runs.get(run), f"bill {key:#x}"
        if found is None:
            self.findings.differ(BILLS, id_, event, f"run {run}", "no log")
            return None
        self._check(id_, f"{event}.run approved", APPROVED, found.state)
        terms = found.terms
        self._check(
            id_, f"{event}.key", (terms.category, terms.period), (key >> 32 & 0xFFFF, key >> 16 & 0xFFFF)
        )
        if key in self.bills or key in self.at_once:
            self.findings.differ(BILLS, id_, event, "once", "again")
        found.used += 1
        found.charged += amount
        if found.used > found.count or found.charged > found.total:
            most = f"at most {found.count} bills of {found.total}"
            self.findings.differ(BILLS, f"run {run}", event, most, f"{found.used} of {found.charged}")
        self.run_of[key] = run
        return found

    # ---------------------------------------------------------------- issue and pay

    def issued(self, values: tuple[Any, ...], moment: Moment) -> None:
        key, run, party, amount, due_day, _ = values
        found = self._bind(key, run, amount, "BillIssued")
        if found is None:
            return
        bill = IssuedBill.issue(key, found.terms, party, amount, moment.day)
        self._check(f"bill {key:#x}", "BillIssued.dueDay", bill.due_day, due_day)
        self.bills[key] = bill

    def paid_at_once(self, values: tuple[Any, ...], moment: Moment) -> None:
        key, run, party, payer, amount = values
        found = self._bind(key, run, amount, "BillPaidAtOnce")
        if found is None:
            return
        due_day = max(found.terms.due_day, moment.day + ISSUE_DAYS)
        self.at_once.add(key)
        moment.purpose("bill", "bill", key)
        moment.pull(BILLS, payer, ("bill", amount))
        self._share(found.terms, amount, 0, moment)
        tell(moment, InTime(BILLS, Kind.FEES, month_of(due_day), party))

    def recorded(self, values: tuple[Any, ...], moment: Moment) -> None:
        key, run, party, amount = values
        found, id_ = self.runs.get(run), f"bill {key:#x}"
        self._check(id_, "BillRecorded", "paid at once", "paid at once" if key in self.at_once else "not")
        self.at_once.discard(key)
        if found is None:
            return
        due = found.terms.due_day
        self.bills[key] = IssuedBill(
            key, found.terms, party, amount, moment.day, due, 0, due + found.terms.grace_days, was_paid=True
        )

    def paid(self, values: tuple[Any, ...], moment: Moment) -> None:
        key, party, payer, principal, fees = values
        bill, id_ = self._touch(key, "BillPaid", moment), f"bill {key:#x}"
        if bill is None:
            return
        self._check(id_, "BillPaid.party", bill.party, party)
        total = principal + fees
        if total > bill.payable:
            self.findings.differ(BILLS, id_, "BillPaid", f"at most {bill.payable}", total)
            total = bill.payable
        expected = bill.pay(total, moment.day)
        self._check(id_, "BillPaid (principal, lateFees)", expected, (principal, fees))
        self._by_money(key, expected[0], moment)
        moment.purpose("bill", "bill", key)
        moment.pull(BILLS, payer, ("bill", principal), ("late_fee", fees))
        self._share(bill.terms, *expected, moment)

    def settled(self, values: tuple[Any, ...], moment: Moment) -> None:
        key, party, code, principal, fees = values
        kept, id_ = self.bills.get(key), f"bill {key:#x}"
        if kept is None:
            self.findings.differ(BILLS, id_, "BillSettled", "issued before", "no log")
            return
        lapses = bool(kept.dispute_until and moment.day > kept.dispute_until)
        bill = self._touch(key, "BillSettled", moment) if principal + fees or lapses else kept.at(moment.day)
        assert bill is not None
        self._check(id_, "BillSettled.party", bill.party, party)
        if bill.dispute_until or moment.day < bill.due_day:
            self.findings.differ(BILLS, id_, "BillSettled", "due and not disputed", moment.day)
        asked, late = bill.open, bill.late_fees
        if principal > asked or fees > late or (fees and principal != asked):
            most = (asked, late)
            self.findings.differ(BILLS, id_, "BillSettled (principal, lateFees)", most, (principal, fees))
        wallet = self.parties.wallet(bill.party)
        moment.purpose("bill", "bill", key)
        moment.take(BILLS, wallet, principal)
        moment.purpose("late_fee", "bill", key)
        moment.take(BILLS, wallet, fees)
        allowed = self._codes(wallet, (asked, principal), (late, fees), moment)
        if code not in allowed:
            names = " or ".join(sorted(one.name for one in allowed))
            self.findings.differ(BILLS, id_, "BillSettled.code", names, code)
        bill.take(min(principal, asked), min(fees, late), moment.day)
        if principal + fees:
            self._by_money(key, principal, moment)
        self._share(bill.terms, principal, fees, moment)

    def _codes(self, wallet: str, rent: tuple[int, int], late: tuple[int, int], moment: Moment) -> set[Code]:
        """Which codes fit: (asked, collected) of principal and late fee. [cmt]"""
        if rent[0] == rent[1] and late[0] == late[1]:
            return {Code.COLLECTED}
        if rent[0] == rent[1] and rent[1]:
            return {Code.RENT_ONLY}
        asked, got = rent if rent[0] != rent[1] else late
        return fitting(self.token, wallet, self.address, asked, got, moment)

    def credit_repaid(self, values: tuple[Any, ...], moment: Moment) -> None:
        key, party, payer, amount = values
        bill, id_ = self.bills.get(key), f"bill {key:#x}"
        if bill is None:
            self.findings.differ(BILLS, id_, "CreditRepaid", "issued before", "no log")
            return
        self._check(id_, "CreditRepaid.party", bill.party, party)
        if amount > bill.repayable:
            self.findings.differ(BILLS, id_, "CreditRepaid.amount", f"at most {bill.repayable}", amount)
        bill.repayable -= amount
        moment.purpose("credit_note", "bill", key)
        moment.pull(BILLS, payer, ("credit_note", amount))
        self.pay_party(bill.party, amount, moment)

    # ---------------------------------------------------------------- disputes

    def _try(self, id_: str, event: str, act: Any) -> Any:
        try:
            return act()
        except BillBookRefused as error:
            self.findings.differ(BILLS, id_, event, f"refused: {error}", "done")
            return None

    def dispute_opened(self, values: tuple[Any, ...], moment: Moment) -> None:
        key, party, amount, until, _ = values
        bill, id_ = self._touch(key, "DisputeOpened", moment), f"bill {key:#x}"
        if bill is None:
            return
        self._check(id_, "DisputeOpened.party", bill.party, party)
        self._check(id_, "DisputeOpened.untilDay", moment.day + DECISION_DAYS, until)
        self._try(id_, "DisputeOpened", lambda: bill.dispute(amount, moment.day))

    def dispute_withdrawn(self, values: tuple[Any, ...], moment: Moment) -> None:
        bill, id_ = self._touch(values[0], "DisputeWithdrawn", moment), f"bill {values[0]:#x}"
        if bill is not None:
            self._try(id_, "DisputeWithdrawn", lambda: bill.withdraw_dispute(moment.day))

    def dispute_decided(self, values: tuple[Any, ...], moment: Moment) -> None:
        """By an officer; or by silence, told with the next act or by whoever closes the dispute."""
        key, by, removed, last, _ = values
        bill, id_ = self._touch(key, "DisputeDecided", moment), f"bill {key:#x}"
        if bill is None:
            return
        if by == NOBODY:
            moment.scratch["lapse told", key] = (removed, last)
            return
        self._try(id_, "DisputeDecided", lambda: bill.decide(removed, moment.day))
        self._check(id_, "DisputeDecided.lastOnTimeDay", bill.last_on_time, last)

    # ---------------------------------------------------------------- waivers and credit notes

    def adjustment_proposed(self, values: tuple[Any, ...], moment: Moment) -> None:
        id_, key, maker, adjustment, until = values
        self._check(f"adjustment {id_}", "AdjustmentProposed.key", adjustment[0], key)
        self._check(f"adjustment {id_}", "id", _id_of(adjustment), id_)
        self._check(f"adjustment {id_}", "untilDay", moment.day + PROPOSAL_DAYS, until)
        self.adjustments[id_] = (maker, until)

    def adjustment_withdrawn(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.adjustments.pop(values[0], None)

    def adjustment_made(self, values: tuple[Any, ...], moment: Moment) -> None:
        id_, key, checker, adjustment, repayable = values
        row = f"adjustment {id_}"
        self._check(row, "id", _id_of(adjustment), id_)
        maker, _ = self.adjustments.pop(id_, (checker, 0))
        if maker == checker:
            self.findings.differ(BILLS, row, "AdjustmentMade.checker", "another than the maker", checker)
        told_key, kind, principal, fees, _ = adjustment
        self._check(row, "AdjustmentMade.key", key, told_key)
        bill = self._touch(key, "AdjustmentMade", moment)
        if bill is None:
            return
        waiver = kind == _WAIVER
        done = self._try(
            row, "AdjustmentMade", lambda: bill.adjust(principal, fees, moment.day, waiver=waiver)
        )
        self._check(row, "AdjustmentMade.repayable", done, repayable)
        waived, waived_fees, credited = self.adjusted.get(moment.month, (0, 0, 0))
        if waiver:
            self.adjusted[moment.month] = (waived + principal, waived_fees + fees, credited)
        else:
            self.adjusted[moment.month] = (waived, waived_fees, credited + principal + fees)

    # ---------------------------------------------------------------- clearance

    def clearance_given(self, values: tuple[Any, ...], moment: Moment) -> None:
        unit, owner, buyer, last_run, day = values
        id_ = f"unit {unit}"
        expected = self.units.units[unit].owner if unit in self.units.units else 0
        self._check(id_, "ClearanceGiven.owner", expected, owner)
        self._check(id_, "ClearanceGiven.lastRun", len(self.runs), last_run)
        self._check(id_, "ClearanceGiven.day", moment.day, day)
        self._check(id_, "open bills at clearance", 0, self.open_bills(unit, owner))
        self.clearances[unit, buyer] = (len(self.runs), moment.day)


def _id_of(adjustment: Sequence[Any]) -> str:
    key, kind, principal, fees, reason = adjustment
    return hash_of((key, kind, principal, fees, int(reason, 16)))


__all__ = ["APPROVED", "BILLS", "BPS", "ISSUED", "PAID_AT_ONCE", "BillRows"]
