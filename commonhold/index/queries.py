"""Questions to an index. Every answer names the block it is of and the confirmations which that block had.

    found = payments(index, party=7)
    found.at.block, found.at.confirmations
    for row in found.rows: ...

Amounts [cmt], days [day], months [month], times [unix]; wallets and hashes in lower-case hex.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Table, and_, select

from commonhold.index import tables
from commonhold.index.index import Index
from commonhold.index.state import At, read_at

T = TypeVar("T")
_TOGETHER: Final = 500  # values in one question


class Found(NamedTuple, Generic[T]):
    """An answer, and the block of which it is."""

    at: At
    rows: list[T]


class Party(NamedTuple):
    """wallet: the current one, empty for none; recovery_until: 0 where none runs [unix]."""

    party: int
    kind: int
    identity: str
    wallet: str
    suspended: int
    consent: int
    recovery_until: int


class Wallet(NamedTuple):
    """party: whose it is or was; linked: it is still; replaced_by: the one in its place after a recovery."""

    wallet: str
    party: int
    linked: int
    replaced: int
    replaced_by: str


class Unit(NamedTuple):
    """lease, user, from_day, until_day: of the last lease that was placed; all 0 for none."""

    unit: int
    owner: int
    building: int
    kind: int
    area: int
    share: int
    lease: int
    lease_contract: str
    user: int
    from_day: int
    until_day: int


class Balance(NamedTuple):
    """Of the community token. [cmt]"""

    wallet: str
    balance: int


class Mandate(NamedTuple):
    """limit [cmt/month]; collectors: bits; expiry_month: the last one [month]."""

    wallet: str
    limit: int
    collectors: int
    expiry_month: int
    partial: int


class Lease(NamedTuple):
    """state: as stored (`rules.ledger.State`); rent: of the last segment; block: of its activation."""

    lease: int
    unit: int
    landlord: int
    state: int
    end_day: int
    rent: int
    terms_hash: str
    document_hash: str
    block: int


class LeaseAccount(NamedTuple):
    """One tenant of a lease, as of the account's last change on `day`."""

    lease: int
    place: int
    tenant: int
    share: int
    settled: int
    pot: int
    accrual: int
    day: int
    landlord_debt: int


class FeeAccount(NamedTuple):
    """What its own logs say of one fee account; closed_on, until_day: 0 for an open one."""

    account: int
    unit: int
    party: int
    category: int
    size: int
    share: int
    from_day: int
    until_day: int
    closed_on: int
    principal: int
    late_fees: int
    prepaid: int
    settled: int
    open_at_close: int
    level: int


class Tariff(NamedTuple):
    """From a month on."""

    category: int
    month: int
    rate: int
    index_before: int
    version: int


class Run(NamedTuple):
    """leaves: how many bills; state: 1 posted, 2 approved, 3 dropped."""

    run: int
    category: int
    period: int
    due_day: int
    payee: int
    leaves: int
    total: int
    state: int
    root: str


class Bill(NamedTuple):
    """principal, late_fees: paid; removed: by waiver, credit note or dispute."""

    bill: int
    run: int
    unit: int
    party: int
    amount: int
    due_day: int
    principal: int
    late_fees: int
    removed: int
    at_once: int
    lines_hash: str

    @property
    def open(self) -> int:
        """Principal that is neither paid nor removed. [cmt]"""
        return max(0, self.amount - self.principal - self.removed)


class Outcome(NamedTuple):
    """Where one obligation stands in the credit history, and the lane it belongs to, counted or not."""

    outcome: str
    party: int
    month: int
    lane: int
    standing: int
    closed: int


class Payment(NamedTuple):
    """One discharge of a debt, or money back (negative). subject: lease, account or bill."""

    block: int
    place: int
    time: int
    day: int
    transaction: str
    contract: str
    event: str
    subject: int
    party: int
    payer: str
    code: int
    principal: int
    late_fees: int
    prepaid: int
    amount: int


def _ask(index: Index, kind: type[T], table: Table, *where: ColumnElement[bool]) -> Found[T]:
    """All columns that the row has, in the table's order of keys."""
    columns = [table.c[name] for name in kind._fields]  # type: ignore[attr-defined]
    query = select(*columns).where(and_(True, *where)).order_by(*table.primary_key.columns)
    with index.database.reading() as connection:
        at = read_at(connection)
        return Found(at, [kind(*row) for row in connection.execute(query)])


def _among(index: Index, kind: type[T], table: Table, column: str, values: Iterable[Any] | None) -> Found[T]:
    """Rows whose column has one of these values; all, if none are named."""
    if values is None:
        return _ask(index, kind, table)
    wanted: Sequence[Any] = list(dict.fromkeys(values))
    columns = [table.c[name] for name in kind._fields]  # type: ignore[attr-defined]
    rows: list[T] = []
    with index.database.reading() as connection:
        at = read_at(connection)
        for start in range(0, len(wanted), _TOGETHER):
            some = table.c[column].in_(wanted[start : start + _TOGETHER])
            query = select(*columns).where(some).order_by(*table.primary_key.columns)
            rows += [kind(*row) for row in connection.execute(query)]
    return Found(at, rows)


def parties(index: Index, ids: Iterable[int] | None = None) -> Found[Party]:
    return _among(index, Party, tables.parties, "party", ids)


def wallets(index: Index, party: int | None = None) -> Found[Wallet]:
    return _among(index, Wallet, tables.wallets, "party", None if party is None else [party])


def units(index: Index, ids: Iterable[int] | None = None) -> Found[Unit]:
    return _among(index, Unit, tables.units, "unit", ids)


def balances(index: Index, wallets: Iterable[str] | None = None) -> Found[Balance]:
    wanted = None if wallets is None else [wallet.lower() for wallet in wallets]
    return _among(index, Balance, tables.balances, "wallet", wanted)


def mandates(index: Index, wallets: Iterable[str] | None = None) -> Found[Mandate]:
    wanted = None if wallets is None else [wallet.lower() for wallet in wallets]
    return _among(index, Mandate, tables.mandates, "wallet", wanted)


def leases(index: Index, ids: Iterable[int] | None = None) -> Found[Lease]:
    return _among(index, Lease, tables.leases, "lease", ids)


def lease_accounts(index: Index, leases: Iterable[int] | None = None) -> Found[LeaseAccount]:
    return _among(index, LeaseAccount, tables.lease_accounts, "lease", leases)


def fee_accounts(index: Index, unit: int | None = None) -> Found[FeeAccount]:
    return _among(index, FeeAccount, tables.fee_accounts, "unit", None if unit is None else [unit])


def tariffs(index: Index) -> Found[Tariff]:
    return _ask(index, Tariff, tables.tariffs)


def runs(index: Index) -> Found[Run]:
    return _ask(index, Run, tables.runs)


def bills(index: Index, unit: int | None = None) -> Found[Bill]:
    return _among(index, Bill, tables.bills, "unit", None if unit is None else [unit])


def outcomes(index: Index, party: int | None = None) -> Found[Outcome]:
    return _among(index, Outcome, tables.outcomes, "party", None if party is None else [party])


def payments(
    index: Index,
    *,
    contract: str | None = None,
    subject: int | None = None,
    party: int | None = None,
    first_day: int | None = None,
    last_day: int | None = None,
) -> Found[Payment]:
    """In the order of the chain. subject: lease, account or bill of the contract."""
    table = tables.payments
    where: list[ColumnElement[bool]] = []
    for name, value in (("contract", contract), ("subject", subject), ("party", party)):
        if value is not None:
            where.append(table.c[name] == value)
    if first_day is not None:
        where.append(table.c.day >= first_day)
    if last_day is not None:
        where.append(table.c.day <= last_day)
    return _ask(index, Payment, table, *where)
