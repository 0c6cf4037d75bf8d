"""What the events of one transaction did to one debt, as lines that people read. Amounts [cmt].

Events that name their amount give their own lines; what a settlement or an agreed change did is what is left
of the difference. A difference that no event explains makes no statement.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.chain.rawlogs import Log
from commonhold.ops.audit.bills import BILLS
from commonhold.ops.audit.fees import FEES
from commonhold.ops.audit.leases import ESCROW, LEASES
from commonhold.ops.audit.moment import IN, Moment
from commonhold.ops.statements.debts import ACCOUNT, BILL, LEASE, WHOLE, Debt
from commonhold.ops.statements.lease import Line, StatementWrong
from commonhold.rules.codes import Code
from commonhold.rules.rent import ChangeKind
from commonhold.units import Month, format_month

_GOOD: Final = (Code.COLLECTED, Code.PARTIAL, Code.RENT_ONLY)
_CREDIT_NOTE: Final = 2
_SECOND: Final = {"AdjustmentMade": 2}  # events of bills whose key stands in the second place
_WAIVERS: Final = (ChangeKind.WAIVE_RENT, ChangeKind.WAIVE_FEES)


@dataclass(slots=True)
class Told:
    """The lines of one debt in one transaction. reasons: what explains the rest of the difference, the first
    that was told; code, settled: of its settlement [cmt]."""

    day: int
    transaction: str
    lines: list[Line] = field(default_factory=list)
    reasons: list[tuple[str, str]] = field(default_factory=list)
    code: Code | None = None
    settled: int = 0

    def charge(self, what: str, amount: int, note: str = "") -> None:
        if amount:
            self.lines.append(Line(self.day, what, charged=amount, note=note, transaction=self.transaction))

    def credit(self, what: str, amount: int, note: str = "") -> None:
        if amount:
            self.lines.append(Line(self.day, what, credited=amount, note=note, transaction=self.transaction))

    def say(self, what: str, note: str = "", code: Code | None = None) -> None:
        self.lines.append(Line(self.day, what, note=note, code=code, transaction=self.transaction))

    def explains(self, what: str, note: str = "") -> None:
        """A change explains what no amount of an event does."""
        self.reasons.append((what, note))

    def was_settled(self, code: int, amount: int) -> None:
        self.code, self.settled = Code(code), self.settled + amount

    def finish(self, left: int) -> bool:
        """The rest goes to the first reason; agreed changes are told in any case. Answers whether all is
        explained. [cmt]"""
        for what, note in self.reasons:
            if left:
                if what == "opening":
                    what = "late_fee" if left > 0 else "paid_before"
                (self.charge if left > 0 else self.credit)(what, abs(left), note)
                left = 0
            elif what == "changed":
                self.say(what, note)
        return not left


def told(debt: Debt, party: int | None, moment: Moment, change: int) -> list[Line]:
    """The lines. party: only what concerns this tenant. change: of what is owed [cmt]. Raises
    StatementWrong."""
    found = Told(moment.day, moment.transaction)
    for log in moment.logs:
        for act in _acts(debt, log):
            act(found, log.values, party)
    left = change - sum(line.charged - line.credited for line in found.lines)
    if found.code is not None:
        if found.reasons:  # prepaid cash, on the way to the act
            found.say("from_pot", str(found.settled))
        else:
            left = _collected(found, left, _brought(debt, moment))
    if not found.finish(left):
        raise StatementWrong(
            f"Transaction {moment.transaction}: {left} of what is owed for {debt.about} {debt.id} is "
            "explained by no event.",
            "`commonhold audit` names the figure; rely on no statement before that is explained.",
        )
    return found.lines


def _brought(debt: Debt, moment: Moment) -> int | None:
    """What a mandate brought for a fee account: the rest of what it discharged is a reduction. [cmt]"""
    if debt.about != ACCOUNT:
        return None
    flows = moment.flows or ()
    return sum(flow.amount for flow in flows if flow.way == IN and flow.about == (ACCOUNT, debt.id))


def _collected(found: Told, left: int, brought: int | None) -> int:
    """What a settlement collected, what prepaid cash paid, and why something is open. Answers what is left
    to explain. [cmt]"""
    taken = max(0, -left) if brought is None else brought
    if found.settled > taken:
        found.say("from_pot", str(found.settled - taken))
    if taken:
        found.lines.append(
            Line(found.day, "collected", credited=taken, code=found.code, transaction=found.transaction)
        )
    if brought is not None:
        found.credit("reduction", max(0, -left - taken))
    if found.code not in _GOOD:
        found.say("not_collected", code=found.code)
    return max(0, left)


def _acts(debt: Debt, log: Log) -> Iterator[Any]:
    contract, event, values = log.contract, log.event, log.values
    if debt.about == LEASE and values and values[0] == debt.id:
        if contract == LEASES:
            yield from _found(_LEASE, event, debt)
        elif contract == ESCROW and event == "ArrearsTaken":
            yield _arrears_taken(debt)
    elif debt.about == ACCOUNT and contract == FEES:
        if event == "PrepaymentMoved" and values[1] == debt.id:
            yield lambda found, given, party: found.credit("moved", given[2])
        elif values and values[0] == debt.id:
            yield from _found(_ACCOUNT, event, debt)
    elif debt.about == BILL and contract == BILLS and debt.id in values[: _SECOND.get(event, 1)][-1:]:
        yield from _found(_BILL, event, debt)


def _found(table: dict[str, Any], event: str, debt: Debt) -> Iterator[Any]:
    if event in table:
        yield table[event]


# ---- leases: values of an event name the tenant in the second place


def _other(party: int | None, tenant: int) -> bool:
    return party is not None and party != tenant


def _activated(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    found.say("activated")
    found.explains("opening")


def _settled(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    if not _other(party, values[1]):
        found.was_settled(values[2], values[3])


def _rent_paid(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    if not _other(party, values[1]):
        found.credit("payment", sum(values[3:6]))


def _refunded(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    if not _other(party, values[1]):
        found.charge("refund", values[2])


def _end_credit(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    # what is set off against late fees lowers both sides; the rest leaves the account for the tenant
    if not _other(party, values[1]):
        found.charge("credit", values[3] + values[4])


def _changed(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    kind = ChangeKind(values[1])
    if kind in _WAIVERS:
        found.explains("waived")
    else:
        found.explains("changed", kind.name)


def _closed(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    found.say("closed")


def _arrears_taken(debt: Debt) -> Any:
    def act(found: Told, values: tuple[Any, ...], party: int | None) -> None:
        if debt.place in (WHOLE, values[1]):
            found.credit("from_deposit", values[2])

    return act


_LEASE: Final[dict[str, Any]] = {
    "LeaseActivated": _activated,
    "Settled": _settled,
    "RentPaid": _rent_paid,
    "PrepaymentRefunded": _refunded,
    "EndCredit": _end_credit,
    "LeaseChanged": _changed,
    "LeaseClosed": _closed,
}

# ---- fee accounts


def _opened(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    found.say("account_opened")


def _fee_paid(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    found.credit("payment", sum(values[3:6]))
    found.credit("reduction", values[6])
    found.explains("reduction")


def _account_closed(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    found.say("account_closed")
    found.explains("account_ended")


def _relieved(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    found.explains("credit_note" if values[1] == _CREDIT_NOTE else "waived")


_ACCOUNT: Final[dict[str, Any]] = {
    "AccountOpened": _opened,
    "Settled": lambda found, values, party: found.was_settled(values[2], values[3]),
    "FeePaid": _fee_paid,
    "PrepaymentRefunded": lambda found, values, party: found.charge("refund", values[2]),
    "PrepaymentMoved": lambda found, values, party: found.charge("moved", values[2]),
    "AccountClosed": _account_closed,
    "ReliefGranted": _relieved,
    "PlanAgreed": lambda found, values, party: found.say("plan_agreed", str(values[3])),
    "DebtTakenOver": lambda found, values, party: found.explains("debt_taken_over"),
    "CreditDue": lambda found, values, party: found.explains("account_ended"),
    "NoticeServed": lambda found, values, party: found.say("notice_served", str(values[1])),
}

# ---- bills


def _month_of(key: int) -> str:
    return format_month(Month(key >> 16 & 0xFFFF))


def _issued(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    found.charge("bill", values[3], _month_of(values[0]))


def _paid_at_once(found: Told, values: tuple[Any, ...], party: int | None) -> None:
    if not _other(party, values[2]):
        found.charge("bill", values[4], _month_of(values[0]))
        found.credit("payment", values[4])


_BILL: Final[dict[str, Any]] = {
    "BillIssued": _issued,
    "BillPaidAtOnce": _paid_at_once,
    "BillPaid": lambda found, values, party: found.credit("payment", values[3] + values[4]),
    "BillSettled": lambda found, values, party: found.was_settled(values[2], values[3] + values[4]),
    "DisputeOpened": lambda found, values, party: found.say("dispute_opened"),
    "DisputeDecided": lambda found, values, party: found.explains("removed"),
    "AdjustmentMade": lambda found, values, party: found.explains("waived"),
}
