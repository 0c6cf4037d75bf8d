"""Whether an index is right: its logs against the node's, its tables against the books of an audit.

The books are replayed from the index's own logs by the audit, which shares nothing with the index but the
twin of the rules; so a table that says something else than its logs is found, and so is a log that no
contract would tell. The logs themselves are compared with a second reading of the node's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from commonhold.chain.connect import Connection
from commonhold.chain.rawlogs import Log, LogReader, read_all, stream
from commonhold.errors import ChainError
from commonhold.index import At, Index, queries
from commonhold.ops.audit.audit import arguments_of
from commonhold.ops.audit.findings import Difference, Findings
from commonhold.ops.audit.moment import NOBODY
from commonhold.ops.audit.replay import Books
from commonhold.ops.manifest import Deployment

_NONE: Final = "no row"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found at a block. logs: compared with the node's; rows: compared with the books."""

    at: At
    logs: int
    rows: int
    differences: tuple[Difference, ...]
    total: int

    @property
    def ok(self) -> bool:
        return not self.total

    def as_json(self) -> dict[str, Any]:
        return {
            "block": self.at.block,
            "block_hash": self.at.hash,
            "confirmations": self.at.confirmations,
            "ok": self.ok,
            "logs": self.logs,
            "rows": self.rows,
            "differences": [one.as_json() for one in self.differences],
            "difference_count": self.total,
        }


def verify(index: Index, deployment: Deployment, connection: Connection | None = None) -> Verdict:
    """Compare the index with the audit's books and, given a connection, with the node's logs.

    Raises ChainError where the chain was reorganised below the index: it is to be brought up to date first.
    """
    at = index.at()
    books = Books(arguments_of(deployment))
    compared = 0
    if connection is not None:
        _same_block(connection, at)
        compared = _logs(index, connection, books)
        _same_block(connection, at)
    books.replay(index.logs(last=at.block))
    rows = compare_tables(index, books)
    if index.at().block != at.block:
        raise ChainError("The index was brought up to date meanwhile.", "Verify it once more.")
    return Verdict(at, compared, rows, tuple(books.findings.differences), books.findings.total)


def _same_block(connection: Connection, at: At) -> None:
    if connection.block(at.block).hash != at.hash:
        raise ChainError(
            f"Block {at.block} of the node is not the one of the index: the chain was reorganised.",
            "Run `commonhold index update` first.",
        )


def _logs(index: Index, connection: Connection, books: Books) -> int:
    """One after the other, the node's and the index's; the first that differs is named."""
    addresses = books.arguments.addresses
    last = index.at().block
    told = read_all(LogReader(addresses), stream(connection, list(addresses.values()), 0, last))
    kept = (log for log in index.logs(last=last) if log.contract in addresses)
    count = 0
    for expected, found in zip_longest(told, kept):
        if expected != found:
            one: Log = expected or found
            place = f"log {one.place} of block {one.block}"
            books.findings.differ(
                one.contract, place, one.event, expected.values if expected else "no log", _values(found)
            )
            break
        count += 1
    return count


def _values(found: Log | None) -> Any:
    return "no log" if found is None else found.values


# ---- tables against books

Line = tuple[str, str, dict[str, Any], dict[str, Any] | None]  # contract, id, expected, found


def compare_tables(index: Index, books: Books) -> int:
    """Every row against the books; differences go to the books' findings. Answers how many were compared."""
    findings: Findings = books.findings
    compared = 0
    for contract, id_, expected, found in _lines(index, books):
        compared += 1
        if found is None:
            findings.differ(contract, id_, "index", expected, _NONE)
            continue
        for name, value in expected.items():
            findings.check(contract, id_, f"index {name}", value, found[name])
    return compared


def _lines(index: Index, books: Books) -> Iterator[Line]:
    yield from _money(index, books)
    yield from _people(index, books)
    yield from _leases(index, books)
    yield from _charges(index, books)


def _money(index: Index, books: Books) -> Iterator[Line]:
    balances = {row.wallet: row._asdict() for row in queries.balances(index).rows}
    mandates = {row.wallet: row._asdict() for row in queries.mandates(index).rows}
    purses = books.token.purses
    for wallet in {**purses, **balances}:
        purse = purses.get(wallet)
        expected = {"balance": purse.balance if purse is not None else 0}
        yield "CommunityToken", f"wallet {wallet}", expected, balances.get(wallet, {"balance": 0})
    for wallet in {**purses, **mandates}:
        purse, found = purses.get(wallet), mandates.get(wallet)
        mandate = purse.mandate if purse is not None else None
        if mandate is None:
            if found is not None:
                yield "CommunityToken", f"mandate of {wallet}", {"limit": 0}, found
            continue
        limits = {
            "limit": mandate.limit,
            "collectors": mandate.collectors,
            "expiry_month": mandate.expiry_month,
            "partial": int(mandate.allow_partial),
        }
        yield "CommunityToken", f"mandate of {wallet}", limits, found


def _people(index: Index, books: Books) -> Iterator[Line]:
    parties = {row.party: row._asdict() for row in queries.parties(index).rows}
    for party, record in books.parties.parties.items():
        wanted = {
            "kind": record.kind,
            "identity": record.identity,
            "wallet": "" if record.wallet == NOBODY else record.wallet,
            "suspended": record.suspended,
            "consent": record.consent,
            "recovery_until": record.until,
        }
        yield "PartyRegistry", f"party {party}", wanted, parties.pop(party, None)
    for party, extra in parties.items():
        yield "PartyRegistry", f"party {party}", {"kind": _NONE}, extra
    units = {row.unit: row._asdict() for row in queries.units(index).rows}
    for unit, home in books.units.units.items():
        wanted = {
            "owner": home.owner,
            "kind": home.kind,
            "building": home.building,
            "area": home.area,
            "share": home.share,
        }
        yield "UnitRegistry", f"unit {unit}", wanted, units.pop(unit, None)
    for unit, extra in units.items():
        yield "UnitRegistry", f"unit {unit}", {"owner": _NONE}, extra


def _leases(index: Index, books: Books) -> Iterator[Line]:
    figures = {one.lease: one for one in index.lease_figures()}
    for lease, ledger in books.leases.leases.items():
        found = figures.pop(lease, None)
        row = None
        if found is not None:
            own = found.ledger
            row = {
                "terms": own.terms,
                "schedule": own.schedule,
                "accounts": own.accounts,
                "landlord": own.landlord,
                "state": own.state,
                "whole": own.whole,
            }
        wanted = {
            "terms": ledger.terms,
            "schedule": ledger.schedule,
            "accounts": ledger.accounts,
            "landlord": ledger.landlord,
            "state": ledger.state,
            "whole": ledger.whole,
        }
        yield "LeaseAgreement", f"lease {lease}", wanted, row
    for lease in figures:
        yield "LeaseAgreement", f"lease {lease}", {"state": _NONE}, {"state": "a row"}


def _charges(index: Index, books: Books) -> Iterator[Line]:
    accounts = {row.account: row._asdict() for row in queries.fee_accounts(index).rows}
    for number, account in books.fees.accounts.items():
        wanted = {
            "unit": account.unit,
            "party": account.party,
            "category": account.number,
            "size": account.terms.size,
            "share": account.terms.share,
            "from_day": account.terms.from_day,
            "until_day": account.terms.until_day,
        }
        yield "PropertyFee", f"account {number}", wanted, accounts.pop(number, None)
    for number, extra in accounts.items():
        yield "PropertyFee", f"account {number}", {"unit": _NONE}, extra
    runs = {row.run: row._asdict() for row in queries.runs(index).rows}
    for run, terms in books.bills.runs.items():
        figures: dict[str, Any] = {
            "category": terms.terms.category,
            "period": terms.terms.period,
            "payee": terms.terms.payee,
            "leaves": terms.count,
            "total": terms.total,
            "state": terms.state,
            "root": terms.root,
        }
        yield "BillRuns", f"run {run}", figures, runs.pop(run, None)
    for run, extra in runs.items():
        yield "BillRuns", f"run {run}", {"root": _NONE}, extra
    bills = {row.bill: row for row in queries.bills(index).rows}
    for key, bill in books.bills.bills.items():
        kept = bills.get(key)
        row = None if kept is None else {**kept._asdict(), "open": kept.open}
        wanted = {
            "run": books.bills.run_of[key],
            "party": bill.party,
            "amount": bill.amount,
            "removed": bill.removed,
            "open": bill.open,
        }
        yield "BillRuns", f"bill {key:#x}", wanted, row
    for key in bills.keys() - books.bills.bills.keys() - books.bills.at_once:
        yield "BillRuns", f"bill {key:#x}", {"run": _NONE}, bills[key]._asdict()
    outcomes = {int(row.outcome, 16): row._asdict() for row in queries.outcomes(index).rows}
    for key, outcome in books.credit.grid.outcomes.items():
        wanted = {
            "party": outcome.party,
            "month": outcome.month,
            "standing": int(outcome.standing),
            "closed": int(outcome.closed),
        }
        yield "CreditRegistry", f"outcome {key:#x}", wanted, outcomes.pop(key, None)
    for key, extra in outcomes.items():
        yield "CreditRegistry", f"outcome {key:#x}", {"party": _NONE}, extra
