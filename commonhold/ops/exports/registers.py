"""Tables of what there is at a block: parties, units, leases, deposits, fee accounts, bills. [cmt]"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from commonhold.ops.audit.leases import LeaseBook
from commonhold.ops.audit.moment import NOBODY
from commonhold.ops.audit.replay import Books
from commonhold.ops.exports.table import (
    Column,
    Kind,
    Table,
    Value,
    columns,
    day,
    money,
    number,
    reference,
)
from commonhold.rules.accounts import Touched
from commonhold.rules.bills import unit_of
from commonhold.rules.calendar import label_of
from commonhold.rules.deposit import Phase
from commonhold.rules.ledger import LeaseLedger
from commonhold.rules.rent import Schedule
from commonhold.units import Month, format_month

Rows = Iterator[Sequence[Value]]
PARTY_KINDS: Final = ("none", "person", "company", "staff", "merchant", "device")
UNIT_KINDS: Final = ("none", "home", "parking", "shop")

PARTIES: Final = columns(
    number("party"), "kind", "wallet", number("wallets"), money("balance"), "suspended", "recovery"
)
UNITS: Final = columns(
    number("unit"), "kind", number("building"), Column("area", Kind.AREA), number("share_ppm"),
    reference("owner"), reference("user"), reference("lease"), day("until"),
)  # fmt: skip
LEASES: Final = columns(
    number("lease"), number("unit"), number("landlord"), "tenants", "state", money("rent"), day("first_day"),
    day("last_day"), money("fallen_due"), money("discharged"), money("rent_owed"), money("late_fees"),
    money("prepaid"), money("deposit"), money("landlord_debt"),
)  # fmt: skip
DEPOSITS: Final = columns(
    number("lease"), number("unit"), number("landlord"), "tenants", "state", money("deposit"), money("claim"),
    money("offer"), reference("arbiter"), day("last_day"),
)  # fmt: skip
ACCOUNTS: Final = columns(
    number("account"), number("unit"), number("category"), number("party"), "state", day("first_day"),
    day("last_day"), money("fee_owed"), money("late_fees"), money("plan"), money("prepaid"),
)  # fmt: skip
BILLS: Final = columns(
    "bill", reference("run"), number("unit"), number("category"), "period", number("party"), "state",
    day("due_day"), money("amount"), money("open"), money("late_fees"), money("disputed"),
)  # fmt: skip


def parties(books: Books, today: int) -> Rows:
    """Every party; its balance is that of all its wallets. [cmt]"""
    sums: dict[int, int] = {}
    links, replaced = books.parties.links, books.parties.replaced
    for wallet, purse in books.token.purses.items():
        party = links.get(wallet, 0) or replaced.get(wallet, 0)
        sums[party] = sums.get(party, 0) + purse.balance
    for id_, one in books.parties.parties.items():
        kind = PARTY_KINDS[one.kind] if one.kind < len(PARTY_KINDS) else str(one.kind)
        wallet = "" if one.wallet == NOBODY else one.wallet
        suspended = "yes" if one.suspended else "no"
        recovery = "yes" if books.parties.pending(id_, books.time) else "no"
        yield id_, kind, wallet, one.wallets, sums.get(id_, 0), suspended, recovery


def units(books: Books, today: int) -> Rows:
    """Every unit with its owner and, where it is let today, its user."""
    for id_, unit in books.units.units.items():
        place = unit.places.on(today)
        kind = UNIT_KINDS[unit.kind] if unit.kind < len(UNIT_KINDS) else str(unit.kind)
        yield (
            id_,
            kind,
            unit.building,
            unit.area,
            unit.share,
            unit.owner,
            place.user,
            place.lease,
            place.until_day,
        )


def touched(ledger: LeaseLedger, today: int) -> list[Touched]:
    """A lease's accounts as of a day."""
    return [ledger.touched(index, today) for index in range(len(ledger.accounts))]


def tenants(ledger: LeaseLedger) -> str:
    return " ".join(str(account.tenant) for account in ledger.accounts)


def rent_on(schedule: Schedule, today: int) -> int:
    """The rent of the period in which a day lies, of the first or last one outside them. [cmt/month]"""
    label = min(label_of(schedule.anchor, today), schedule.last)
    running = [segment.rent for segment in schedule.segments if segment.label <= label]
    return running[-1] if running else schedule.segments[0].rent


def leases(books: Books, today: int) -> Rows:
    """Every lease with its terms and figures."""
    for id_, ledger in books.leases.leases.items():
        parts, schedule = touched(ledger, today), ledger.schedule
        yield (
            id_, ledger.terms.unit, ledger.landlord, tenants(ledger), ledger.state_on(today).name,
            rent_on(schedule, today), ledger.terms.start_day, schedule.end_day - 1,
            sum(part.due for part in parts),
            sum(part.settled for part in parts), sum(part.principal for part in parts),
            sum(part.late_fees for part in parts), sum(part.pot for part in parts),
            books.escrow.twin.deposit(id_).left, sum(one.landlord_debt for one in ledger.accounts),
        )  # fmt: skip


def deposits(books: Books, today: int) -> Rows:
    """Every deposit that was booked."""
    for id_, deposit in books.escrow.twin.deposits.items():
        ledger = _ledger(books.leases, id_)
        last = deposit.last_day if deposit.phase in (Phase.CLAIMING, Phase.ANSWERING, Phase.AWARDING) else 0
        yield (
            id_, ledger.terms.unit, ledger.landlord, tenants(ledger), deposit.phase.name, deposit.left,
            deposit.claim, deposit.offer, deposit.arbiter, last,
        )  # fmt: skip


def _ledger(book: LeaseBook, lease: int) -> LeaseLedger:
    return book.leases[lease]


def accounts(books: Books, today: int) -> Rows:
    """Every fee account as of a day."""
    for id_ in books.fees.accounts:
        found = books.fees.look(id_, today)
        until = found.terms.until_day
        state = "ended" if found.ended else "running"
        yield (
            id_, found.unit, found.number, found.party, state, found.terms.from_day,
            until - 1 if until else 0, found.open, found.late_fees, found.plan.left, found.pot,
        )  # fmt: skip


def bills(books: Books, today: int) -> Rows:
    """Every bill that is on the books; one paid by its proof never was."""
    for key, kept in books.bills.bills.items():
        bill = kept.at(today)
        state = "disputed" if bill.dispute_until else "open" if bill.owing else "paid"
        yield (
            f"{key:#x}", books.bills.run_of.get(key, 0), unit_of(key), bill.terms.category,
            format_month(Month(bill.terms.period)), bill.party, state, bill.due_day, bill.amount, bill.open,
            bill.late_fees, bill.disputed,
        )  # fmt: skip


REGISTERS: Final[Mapping[str, tuple[Sequence[Column], Callable[[Books, int], Rows]]]] = {
    "parties": (PARTIES, parties),
    "units": (UNITS, units),
    "leases": (LEASES, leases),
    "deposits": (DEPOSITS, deposits),
    "accounts": (ACCOUNTS, accounts),
    "bills": (BILLS, bills),
}


def register(name: str, books: Books, today: int) -> Table:
    """One of REGISTERS. today: of the block that is shown [day]"""
    found, rows = REGISTERS[name]
    return Table(name, found, rows(books, today))
