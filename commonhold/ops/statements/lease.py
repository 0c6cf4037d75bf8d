"""The statement of one lease: every charge and every credit with a running balance, as of one block.

Charges come from the contract's own schedule (`dueOn`), credits from its events, and the last balance must be
what its views answer at that block; otherwise no statement is made. Late fees accrue from day to day: where
the node keeps history they stand at the events between which they grew, otherwise as one line.

Amounts in [cmt], days in [day], times in [unix].
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from commonhold.chain.connect import RpcError
from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.base import Event
from commonhold.chain.contracts.leases import Account, Activation, Summary
from commonhold.errors import ChainError, InputError
from commonhold.rules.codes import Code
from commonhold.rules.lease_parts import State
from commonhold.rules.rent import ChangeKind, share_of
from commonhold.units import SECONDS_PER_DAY

_EVENTS: Final = (
    "LeaseActivated",
    "Settled",
    "RentPaid",
    "PrepaymentRefunded",
    "ShareCovered",
    "LeaseChanged",
    "LeaseClosed",
    "EndCredit",
    "LandlordDebtPaid",
)


class StatementWrong(ChainError):
    """Charges and credits do not add up to what the contract says; such a statement is not shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. what: a key of `commonhold.words`; balance: owed after it (negative: ahead).

    Lines with neither charge nor credit only tell something.
    """

    day: int
    what: str
    charged: int = 0
    credited: int = 0
    balance: int = 0
    note: str = ""
    code: Code | None = None
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A lease as of one block. next_due: (day, amount), None if nothing more falls due."""

    lease: int
    terms: Summary
    state: State
    block: int
    block_hash: str
    time: int
    today: int
    accounts: tuple[Account, ...]
    deposit: int
    next_due: tuple[int, int] | None
    lines: tuple[Line, ...]
    late_fees_in_one: bool

    @property
    def rent_owed(self) -> int:
        return sum(account.arrears for account in self.accounts)

    @property
    def late_fees(self) -> int:
        return sum(account.late_fees for account in self.accounts)

    @property
    def prepaid(self) -> int:
        return sum(account.pot for account in self.accounts)

    @property
    def owed(self) -> int:
        """What has to be paid now."""
        return self.rent_owed + self.late_fees

    @property
    def balance(self) -> int:
        return balance_of(self.accounts)


def balance_of(accounts: Sequence[Account]) -> int:
    """Due less discharged, plus late fees, less prepaid: negative while the tenants are ahead."""
    return sum(one.due - one.settled + one.late_fees - one.pot for one in accounts)


@dataclass(slots=True)
class _Moment:
    """The events of one block, as lines, and what they did to the account."""

    block: int
    lines: list[Line] = field(default_factory=list)

    @property
    def net(self) -> int:
        return sum(line.credited - line.charged for line in self.lines)


def statement(suite: Suite, lease: int, *, block: int | None = None) -> Statement:
    """The statement of a lease as of a block (the newest). Raises InputError, StatementWrong."""
    head = suite.connection.block("latest" if block is None else block)
    if not 0 < lease <= suite.leases.lease_count(head.number):
        raise InputError(f"There is no lease {lease}.", "`commonhold settle list --all` shows every lease.")
    accounts = suite.leases.accounts_of(lease, head.number)
    today = suite.leases.today(head.number)
    terms = suite.leases.terms_of(lease, head.number)
    events = suite.leases.events(*_EVENTS, last=head.number, topics=[lease])
    opening = _activation(events, len(accounts))
    days = _days_of(suite, events)
    charges, next_due = _charges(suite, lease, opening, terms, today, head.number)
    moments = list(_moments(events, accounts, opening, days))
    fees, in_one = _late_fees(suite, lease, moments, accounts, today, days)
    lines = _in_order([*charges, *fees, *(line for moment in moments for line in moment.lines)])
    if lines and lines[-1].balance != balance_of(accounts):
        raise StatementWrong(
            f"Lease {lease}: the lines add up to {lines[-1].balance}, the contract says "
            f"{balance_of(accounts)}.",
            "Do not rely on either figure; report it with the lease and the block.",
        )
    return Statement(
        lease=lease,
        terms=terms,
        state=suite.leases.state_of(lease, head.number),
        block=head.number,
        block_hash=head.hash,
        time=head.time,
        today=today,
        accounts=tuple(accounts),
        deposit=suite.escrow.deposit_of(lease, head.number),
        next_due=next_due,
        lines=tuple(lines),
        late_fees_in_one=in_one,
    )


def _in_order(lines: Sequence[Line]) -> list[Line]:
    """By day, charges before credits of the same day; with the running balance."""
    ordered = sorted(lines, key=lambda line: (line.day, line.what not in ("carried", "rent_due")))
    balance, done = 0, []
    for line in ordered:
        balance += line.charged - line.credited
        done.append(replace(line, balance=balance))
    return done


def _activation(events: Sequence[Event], tenants: int) -> Activation:
    first = next((event for event in events if event.name == "LeaseActivated"), None)
    if first is None:
        raise StatementWrong(
            "The node does not give the event of this lease's activation.", "Use a node with all logs."
        )
    return Activation.of(first, tenants)


# ---- charges


def _charges(
    suite: Suite, lease: int, opening: Activation, terms: Summary, today: int, block: int
) -> tuple[list[Line], tuple[int, int] | None]:
    """What fell due, by the contract's schedule, and what falls due next."""
    start = terms.start_day - 400  # before it nothing can have fallen due
    found = steps(suite, lease, start, max(terms.end_day, today, start + 1), block)
    lines = []
    carried = opening.arrears
    for day, amount in found:
        if day > today:
            break
        if carried:
            lines.append(Line(day, "carried", charged=carried))
            amount -= carried
            carried = 0
        if amount:
            lines.append(Line(day, "rent_due", charged=amount))
    return lines, next(((day, amount) for day, amount in found if day > today), None)


def steps(suite: Suite, lease: int, first: int, last: int, block: int) -> list[tuple[int, int]]:
    """(day, amount that falls due on it), found by halving the spans in which something falls due."""
    low, high = suite.leases.due_on(lease, [first, last], block)
    spans = [(first, low, last, high)]
    found = []
    while spans:
        split = []
        for left, due_left, right, due_right in spans:
            if due_left == due_right:
                continue
            if right - left == 1:
                found.append((right, due_right - due_left))
            else:
                split.append((left, due_left, right, due_right))
        middles = [(left + right) // 2 for left, _, right, _ in split]
        dues = suite.leases.due_on(lease, middles, block)
        spans = [
            span
            for (left, due_left, right, due_right), middle, due in zip(split, middles, dues, strict=True)
            for span in ((left, due_left, middle, due), (middle, due, right, due_right))
        ]
    return sorted(found)


# ---- credits


def _days_of(suite: Suite, events: Sequence[Event]) -> dict[int, int]:
    """The community's day of each event's block."""
    blocks = sorted({event.block for event in events})
    heads = suite.connection.batch([("eth_getBlockByNumber", (hex(block), False)) for block in blocks])
    offset = suite.utc_offset
    return {
        block: (int(head["timestamp"], 16) + offset) // SECONDS_PER_DAY
        for block, head in zip(blocks, heads, strict=True)
    }


def _moments(
    events: Sequence[Event], accounts: Sequence[Account], opening: Activation, days: dict[int, int]
) -> Iterator[_Moment]:
    pots: dict[int, int] = {}
    shares = [account.share for account in accounts]
    for index, tenant in enumerate(opening.tenants):
        pots[tenant] = share_of(shares, index, opening.prepaid)
    moment: _Moment | None = None
    for event in events:
        if moment is None or moment.block != event.block:
            if moment is not None:
                yield moment
            moment = _Moment(event.block)
        moment.lines += _lines(event, pots, opening, days[event.block])
    if moment is not None:
        yield moment


def _lines(event: Event, pots: dict[int, int], opening: Activation, day: int) -> list[Line]:
    """What one event means for the account, all tenants together."""
    make = _LINES.get(event.name)
    return [] if make is None else [line for line in make(event, pots, opening, day) if line is not None]


def _activated(event: Event, pots: dict[int, int], opening: Activation, day: int) -> Iterator[Line]:
    yield Line(day, "activated", transaction=event.transaction)
    if opening.paid:
        yield Line(day, "paid_before", credited=opening.paid, transaction=event.transaction)
    if opening.late_fees:
        yield Line(day, "late_fee", charged=opening.late_fees, transaction=event.transaction)
    if opening.prepaid:
        yield Line(day, "prepaid", credited=opening.prepaid, transaction=event.transaction)


def _settled(event: Event, pots: dict[int, int], opening: Activation, day: int) -> Iterator[Line]:
    tenant, amount, code = int(event["tenant"]), int(event["amount"]), Code(event["code"])
    from_pot = min(pots.get(tenant, 0), amount)
    pots[tenant] = pots.get(tenant, 0) - from_pot
    if from_pot:
        note = str(from_pot)
        yield Line(day, "from_pot", note=note, transaction=event.transaction)
    if amount > from_pot:
        yield Line(day, "collected", credited=amount - from_pot, code=code, transaction=event.transaction)
    if code not in (Code.COLLECTED, Code.PARTIAL, Code.RENT_ONLY):
        yield Line(day, "not_collected", code=code, transaction=event.transaction)


def _paid(event: Event, pots: dict[int, int], opening: Activation, day: int) -> Iterator[Line]:
    tenant, prepaid = int(event["tenant"]), int(event["prepaid"])
    pots[tenant] = pots.get(tenant, 0) + prepaid
    amount = int(event["principal"]) + int(event["lateFees"]) + prepaid
    yield Line(day, "payment", credited=amount, transaction=event.transaction)


def _refunded(event: Event, pots: dict[int, int], opening: Activation, day: int) -> Iterator[Line]:
    tenant, amount = int(event["tenant"]), int(event["amount"])
    pots[tenant] = pots.get(tenant, 0) - amount
    yield Line(day, "refund", charged=amount, transaction=event.transaction)


def _covered(event: Event, pots: dict[int, int], opening: Activation, day: int) -> Iterator[Line]:
    # the sum itself is part of the Settled event of the account that was short
    yield Line(day, "covered", note=str(int(event["amount"])), transaction=event.transaction)


def _changed(event: Event, pots: dict[int, int], opening: Activation, day: int) -> Iterator[Line]:
    kind = ChangeKind(event["kind"])
    if kind in (ChangeKind.WAIVE_RENT, ChangeKind.WAIVE_FEES):
        yield Line(day, "waived", credited=int(event["change"][5]), transaction=event.transaction)
    else:
        yield Line(day, "changed", note=kind.name, transaction=event.transaction)


def _closed(event: Event, pots: dict[int, int], opening: Activation, day: int) -> Iterator[Line]:
    taken = int(event["principalFromDeposit"]) + int(event["lateFeesFromDeposit"])
    if taken:
        yield Line(day, "from_deposit", credited=taken, transaction=event.transaction)
    yield Line(day, "closed", transaction=event.transaction)


def _end_credit(event: Event, pots: dict[int, int], opening: Activation, day: int) -> Iterator[Line]:
    # what is set off against late fees lowers both sides; the rest leaves the account for the tenant
    amount = int(event["collected"]) + int(event["debt"])
    if amount:
        yield Line(day, "credit", charged=amount, transaction=event.transaction)


_LINES: Final[dict[str, Any]] = {
    "LeaseActivated": _activated,
    "Settled": _settled,
    "RentPaid": _paid,
    "PrepaymentRefunded": _refunded,
    "ShareCovered": _covered,
    "LeaseChanged": _changed,
    "LeaseClosed": _closed,
    "EndCredit": _end_credit,
}


# ---- late fees


def _late_fees(
    suite: Suite,
    lease: int,
    moments: Sequence[_Moment],
    accounts: Sequence[Account],
    today: int,
    days: dict[int, int],
) -> tuple[list[Line], bool]:
    """Lines of what accrued, and whether the node's missing history made them one."""
    blocks = [moment.block for moment in moments]
    try:
        answers = suite.leases.read_at("accountsOf", (lease,), blocks)
        snapshots = [[Account(*map(int, one)) for one in answer] for answer in answers]
        in_one = False
    except RpcError:
        snapshots, in_one = [], True
    lines = []
    position = 0  # fees less settled less prepaid, as events and fee lines so far make it
    for moment, snapshot in zip(moments, snapshots, strict=False):
        position -= moment.net
        accrued = _position(snapshot) - position
        if accrued:
            lines.append(Line(days[moment.block], "late_fee", charged=accrued))
            position += accrued
    if in_one:
        position = -sum(moment.net for moment in moments)
    rest = _position(accounts) - position
    if rest:
        lines.append(Line(today, "late_fee", charged=rest))
    if any(line.charged < 0 for line in lines):
        raise StatementWrong(
            f"Lease {lease}: the events and the accounts of the contract do not fit each other.",
            "Do not rely on either; report it with the lease and the block.",
        )
    return lines, in_one


def _position(accounts: Sequence[Account]) -> int:
    return sum(one.late_fees - one.settled - one.pot for one in accounts)
