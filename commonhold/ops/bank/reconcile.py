"""The bank's balance against the money on chain that it backs, at the end of a day, every difference named.

The balance of the account is what it held before the first entry, plus credits, less debits. The money that
it backs is what was minted, less what was burned, the reserve's coins left out. The two differ by money on
its way (not placed yet, not minted yet, handed in and not yet paid out), by the account's own costs, and by
what should not be: those lines are marked, and the command leaves with 8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select

from commonhold.chain.connect import Connection
from commonhold.chain.contracts import Suite
from commonhold.errors import InputError
from commonhold.ops.bank.entries import account_name
from commonhold.ops.bank.proposals import citation_of
from commonhold.settings import BankAccount
from commonhold.store import Store
from commonhold.store.bank import BankEntry, BankStatement
from commonhold.units import SECONDS_PER_DAY, Day, Money, format_day, format_money

_WAITING: Final = {
    "unmatched": "credits that nobody could place yet",
    "matched": "credits that belong to a party and are not proposed yet",
    "proposed": "credits proposed and not minted yet",
    "minted": "credits minted later",
    "to_return": "credits to be sent back",
    "returned": "credits sent or taken back later",
    "taken_back": "credits minted later and taken back",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A part of the difference between bank and chain. amount: more at the bank above zero [cmt]; wrong:
    whether it should not be; entries: their numbers, or those of redemptions."""

    what: str
    amount: int
    entries: tuple[int, ...] = ()
    wrong: bool = False


@dataclass(slots=True)
class Reconciliation:
    """day [day]. start: before the first entry. bank: as the bank says, None if it says nothing; computed:
    from the entries. minted, burned: without the reserve. reserve: minted for coins. supply: the token's own
    figure at the block. waiting: handed in for redemption and not answered, in supply still. [cmt]"""

    day: int
    block: int
    start: int
    bank: int | None
    computed: int
    minted: int
    burned: int
    reserve: int
    supply: int
    waiting: int
    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def backed(self) -> int:
        """[cmt]"""
        return self.minted - self.burned

    @property
    def difference(self) -> int:
        """[cmt]"""
        return self.computed - self.backed

    @property
    def ok(self) -> bool:
        return not self.faults and not any(line.wrong for line in self.lines)

    def as_json(self) -> dict[str, Any]:
        """Amounts in base units as decimal strings [cmt]."""
        names = (
            "start",
            "computed",
            "minted",
            "burned",
            "reserve",
            "supply",
            "waiting",
            "backed",
            "difference",
        )
        return {
            "day": format_day(Day(self.day)),
            "block": self.block,
            "bank": None if self.bank is None else str(self.bank),
            **{name: str(getattr(self, name)) for name in names},
            "lines": [
                {
                    "what": line.what,
                    "amount": str(line.amount),
                    "numbers": list(line.entries),
                    "wrong": line.wrong,
                }
                for line in self.lines
            ],
            "faults": self.faults,
            "ok": self.ok,
        }


def reconcile(
    suite: Suite,
    store: Store,
    account: BankAccount,
    *,
    day: int | None = None,
    opening: int | None = None,
    closing: int | None = None,
) -> Reconciliation:
    """As of the end of a day (default: the newest that a statement or an entry knows) [day].

    opening: the balance before the first entry; closing: at the end of the day; where the statements do not
    say them [cmt]. Raises InputError without any entry."""
    name = account_name(account.account)
    with store.reading() as session:
        entries = list(
            session.scalars(select(BankEntry).where(BankEntry.account == name).order_by(BankEntry.id))
        )
        statements = list(
            session.scalars(
                select(BankStatement).where(BankStatement.account == name).order_by(BankStatement.id)
            )
        )
    days = [row.day for row in entries] + [row.last_day for row in statements if row.last_day is not None]
    if not days:
        raise InputError("There is nothing of the bank yet.", "Begin with `commonhold bank import FILE`.")
    last = max(days) if day is None else day
    start = opening if opening is not None else _start(statements)
    counted = [row for row in entries if row.state not in ("doubled", "doubtful") and row.day <= last]
    books = _Books(suite, last)
    found = Reconciliation(
        day=last,
        block=books.block,
        start=start,
        bank=closing if closing is not None else _closing(statements, last),
        computed=start + sum(_signed(row) for row in counted),
        minted=sum(books.mints.values()),
        burned=sum(books.burns.values()),
        reserve=books.reserve,
        supply=suite.token.total_supply(books.block),
        waiting=sum(
            one.amount for one in suite.desk.redemptions(block=books.block) if one.state == "requested"
        ),
    )
    _explain(
        found, counted, books, {row.id: citation_of(store, row) for row in entries if row.side == "credit"}
    )
    _faults(found, statements, entries, last)
    return found


# ---- the chain


class _Books:
    """What was minted and burned until the end of a day, by citation; redemptions completed, by number."""

    def __init__(self, suite: Suite, day: int) -> None:
        end = (day + 1) * SECONDS_PER_DAY - suite.utc_offset
        self.block = block_before(suite.connection, end, suite.begin)
        self.mints: dict[bytes, int] = {}
        self.burns: dict[bytes, int] = {}
        self.reserve = 0
        reserve, desk = suite.reserve.address.lower(), suite.desk.address.lower()
        self.by_desk: set[bytes] = set()
        for event in suite.token.events("Minted", "Burned", last=self.block):
            minted = event.name == "Minted"
            minter = str(event["minter"]).lower()
            if minter == reserve:
                self.reserve += event["amount"] if minted else -event["amount"]
                continue
            citation = _bytes(event["citation"])
            book = self.mints if minted else self.burns
            book[citation] = book.get(citation, 0) + event["amount"]
            if minter == desk:
                self.by_desk.add(citation)
        self.completed = {
            int(event["id"]): int(event["amount"])
            for event in suite.desk.events("RedemptionCompleted", last=self.block)
        }


def _bytes(value: Any) -> bytes:
    return bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)


def block_before(connection: Connection, time: int, first: int = 0) -> int:
    """The last block that is older than a moment. [unix]"""
    low, high = first, connection.block_number()
    if connection.block(high).time < time:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if connection.block(middle).time < time:
            low = middle
        else:
            high = middle - 1
    return low


# ---- the bank


def _signed(row: BankEntry) -> int:
    return row.amount if row.side == "credit" else -row.amount


def _start(statements: Sequence[BankStatement]) -> int:
    """What the account held before the first statement; 0 if no statement says it. [cmt]"""
    known = [(row.first_day or 0, row.id, row.opening) for row in statements if row.opening is not None]
    return min(known)[2] if known else 0


def _closing(statements: Sequence[BankStatement], day: int) -> int | None:
    """What the bank says of the end of a day. [cmt]"""
    known = [row for row in statements if row.closing is not None and row.last_day == day]
    booked = [row for row in known if row.form != "csv"] or known
    return booked[-1].closing if booked else None


# ---- the difference


def _explain(
    found: Reconciliation, counted: Sequence[BankEntry], books: _Books, citations: Mapping[int, bytes]
) -> None:
    """Lines that add up to the difference, to the base unit."""
    lines = found.lines
    if found.start:
        lines.append(Line("on the account before the first entry", found.start))
    credits = [row for row in counted if row.side == "credit"]
    debits = [row for row in counted if row.side == "debit"]
    unminted = [row for row in credits if citations[row.id] not in books.mints]
    undone = {row.like for row in debits if row.state in ("reversal", "return")}
    for state, words in _WAITING.items():
        rows = [row for row in unminted if row.state == state and row.id not in undone]
        _add(lines, words, rows)
    by_citation = {citations[row.id]: row for row in credits}
    strange = {key: amount for key, amount in books.mints.items() if key not in by_citation}
    if strange:
        what = f"minted without a bank entry of this day or before ({len(strange)} times)"
        lines.append(Line(what, -sum(strange.values()), wrong=True))
    for citation, row in by_citation.items():
        if citation in books.mints and books.mints[citation] != row.amount:
            difference = row.amount - books.mints[citation]
            lines.append(Line("minted over another amount", difference, (row.id,), wrong=True))
    _taken_back(lines, credits, debits, books, citations)
    _payouts(lines, debits, books)
    _add(lines, "paid from the account for other things", [row for row in debits if row.state == "other"], -1)


def _add(lines: list[Line], what: str, rows: Sequence[BankEntry], sign: int = 1) -> None:
    if rows:
        lines.append(Line(what, sign * sum(row.amount for row in rows), tuple(row.id for row in rows)))


def _taken_back(
    lines: list[Line],
    credits: Sequence[BankEntry],
    debits: Sequence[BankEntry],
    books: _Books,
    citations: Mapping[int, bytes],
) -> None:
    """The bank took back what was minted already, unless the treasurer burned as much under its citation."""
    known = {row.id for row in credits}
    burned = {key: amount for key, amount in books.burns.items() if key not in books.by_desk}
    for debit in debits:
        if debit.state not in ("reversal", "return") or debit.like is None or debit.like not in known:
            continue
        citation = citations[debit.like]
        if citation in books.mints:
            covered = burned.pop(citation, 0)
            if covered != debit.amount:
                what = "minted, and then taken back by the bank: the party owes it"
                lines.append(Line(what, covered - debit.amount, (debit.like, debit.id), wrong=True))
    if burned:
        lines.append(Line("burned by a minter for other reasons", sum(burned.values()), wrong=True))


def _payouts(lines: list[Line], debits: Sequence[BankEntry], books: _Books) -> None:
    """Redemptions completed and paid: each once, over the same amount."""
    paid: dict[int, int] = {}
    for row in debits:
        if row.state == "payout" and row.target is not None:
            paid[row.target] = paid.get(row.target, 0) + row.amount
    open_ = {number: amount for number, amount in books.completed.items() if number not in paid}
    if open_:
        what = "redemptions completed and not yet paid by the bank"
        lines.append(Line(what, sum(open_.values()), tuple(sorted(open_))))
    for number, amount in sorted(paid.items()):
        difference = books.completed.get(number, 0) - amount
        if difference:
            what = "redemption paid over another amount than was completed"
            if number not in books.completed:
                what = "redemption paid before it was completed"
            lines.append(Line(what, difference, (number,), wrong=True))


def _faults(
    found: Reconciliation, statements: Sequence[BankStatement], entries: Sequence[BankEntry], day: int
) -> None:
    """What is wrong with the statements themselves, or with the token's own sum."""
    counted = [row for row in entries if row.state not in ("doubled", "doubtful")]
    doubtful = [row.id for row in entries if row.state == "doubtful" and row.day <= day]
    if doubtful:
        found.faults.append(
            f"entries {', '.join(map(str, doubtful))} are doubtful: are they payments of their own?"
        )
    if found.bank is not None and found.bank != found.computed:
        gap = found.bank - found.computed
        found.faults.append(f"the bank's balance is {_money(gap)} off the sum of its entries")
    for row in statements:
        if row.form == "csv" or row.opening is None or row.first_day is None or row.first_day > day:
            continue
        before = found.start + sum(_signed(one) for one in counted if one.day < row.first_day)
        if before != row.opening:
            off = _money(row.opening - before)
            found.faults.append(
                f"statement {row.name} of {format_day(Day(row.first_day))} begins {off} off the entries "
                "before it: is a statement missing?"
            )
    if found.supply != found.backed + found.reserve:
        found.faults.append("the token's supply is not the sum of its mints and burns")
    rest = found.difference - sum(line.amount for line in found.lines)
    if rest:
        found.lines.append(Line("not explained", rest, wrong=True))


def _money(amount: int) -> str:
    return format_money(Money(amount))
