"""The tables that are worked out from the logs: one row for each thing, and one for each payment.

Nothing here was asked of a contract; deleting all of it and working it out anew gives the same rows. Amounts
[cmt] that may pass 63 bits are kept as decimal text; days [day], months [month], times [unix], shares and
rates [bps]. Wallets and hashes are lower-case hex.

    undo      what the rows were before a block changed them, for blocks that may still be replaced
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Dialect, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator

METADATA: Final = MetaData()


class Amount(TypeDecorator[int]):
    """A whole number of any size, as text."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


def _table(name: str, keys: dict[str, Any], columns: dict[str, Any]) -> Table:
    return Table(
        name,
        METADATA,
        *(Column(key, kind, primary_key=True, autoincrement=False) for key, kind in keys.items()),
        *(Column(column, kind, nullable=False) for column, kind in columns.items()),
    )


_N: Final = BigInteger
_W: Final = String(66)  # a wallet or a hash

parties: Final = _table(
    "parties",
    {"party": _N},
    {
        "kind": Integer,
        "identity": _W,
        "wallet": _W,  # the current one; empty for none
        "suspended": Integer,
        "consent": Integer,  # to collecting a payment history
        "recovery_until": _N,  # 0: none runs
    },
)
wallets: Final = _table(
    "wallets",
    {"wallet": _W},
    {"party": _N, "linked": Integer, "replaced": Integer, "replaced_by": _W},
)
units: Final = _table(
    "units",
    {"unit": _N},
    {
        "owner": _N,
        "building": _N,
        "kind": Integer,
        "area": _N,  # [0.01 m²]
        "share": _N,
        "lease": _N,  # the last one that was placed; 0: none yet
        "lease_contract": _W,
        "user": _N,
        "from_day": _N,
        "until_day": _N,  # first day after it
    },
)
balances: Final = _table("balances", {"wallet": _W}, {"balance": Amount})
mandates: Final = _table(
    "mandates",
    {"wallet": _W},
    {"limit": Amount, "collectors": Integer, "expiry_month": _N, "partial": Integer},
)
leases: Final = _table(
    "leases",
    {"lease": _N},
    {
        "unit": _N,
        "landlord": _N,
        "state": Integer,  # as stored: ILeaseAgreement.State; a running one ends by itself on its end day
        "end_day": _N,
        "rent": _N,  # of the last segment
        "whole": Integer,  # plain schedule
        "terms_hash": _W,
        "document_hash": _W,
        "block": _N,  # of its activation
        "terms": Text,  # what was signed, as a JSON list
        "schedule": Text,  # as changed since, as a JSON list
    },
)
lease_accounts: Final = _table(
    "lease_accounts",
    {"lease": _N, "place": Integer},
    {
        "tenant": _N,
        "share": _N,
        "settled": _N,
        "pot": _N,
        "accrual": Amount,  # late fee, undivided [cmt × bps × days]
        "day": _N,  # the accrual is up to here
        "landlord_debt": _N,
        "covered": _N,  # obligations completed up to here [month]
    },
)
fee_accounts: Final = _table(
    "fee_accounts",
    {"account": _N},
    {
        "unit": _N,
        "party": _N,
        "category": _N,
        "size": _N,
        "share": _N,
        "from_day": _N,
        "until_day": _N,  # 0: open
        "closed_on": _N,  # 0: not closed
        "principal": Amount,  # paid by payments
        "late_fees": Amount,  # paid by payments
        "prepaid": Amount,  # paid ahead, less what was refunded or moved on
        "settled": Amount,  # by mandate and out of prepayment
        "open_at_close": Amount,
        "level": Amount,  # as last told
    },
)
tariffs: Final = _table(
    "tariffs", {"category": _N, "month": _N}, {"rate": Amount, "index_before": Amount, "version": _N}
)
runs: Final = _table(
    "runs",
    {"run": _N},
    {
        "category": _N,
        "period": _N,
        "due_day": _N,
        "payee": _N,
        "leaves": _N,  # how many bills
        "total": Amount,
        "state": Integer,  # 1 posted, 2 approved, 3 dropped
        "root": _W,
    },
)
bills: Final = _table(
    "bills",
    {"bill": Amount},  # its key
    {
        "run": _N,
        "unit": _N,
        "party": _N,
        "amount": Amount,
        "due_day": _N,
        "principal": Amount,  # paid
        "late_fees": Amount,  # paid
        "removed": Amount,  # by waiver, credit note or dispute
        "at_once": Integer,  # paid before it was issued
        "lines_hash": _W,  # empty for a bill that was paid at once
    },
)
outcomes: Final = _table(
    "outcomes",
    {"outcome": _W},  # its key
    {"party": _N, "month": _N, "lane": _N, "standing": Integer, "closed": Integer},
)
payments: Final = _table(
    "payments",
    {"block": _N, "place": Integer},
    {
        "time": _N,
        "day": _N,
        "transaction": _W,
        "contract": String(40),
        "event": String(40),
        "subject": Amount,  # lease, account or bill
        "party": _N,
        "payer": _W,  # a wallet; empty where the mandate or prepaid cash paid
        "code": Integer,  # as in Codes.sol; 0 where there is none
        "principal": Amount,
        "late_fees": Amount,
        "prepaid": Amount,
        "amount": Amount,  # all of it
    },
)

undo: Final = Table(
    "undo",
    METADATA,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("table", String(40), primary_key=True),
    Column("before", Text, nullable=False),  # JSON: of each row that changed its key and the row; null: none
)

KEPT: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        parties, wallets, units, balances, mandates, leases, lease_accounts, fee_accounts, tariffs, runs,
        bills, outcomes,
    )
}  # fmt: skip
