"""All books of a community, filled from logs alone, one transaction after the other.

Nothing here knows a node: the logs come as an iterable, from a chain or from a file. The deployment's
constructor arguments are the only other thing that is believed. Times [unix], offsets [s].
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from commonhold.chain.rawlogs import Log
from commonhold.ops.audit.attested import ATTESTATIONS, AttestationRows
from commonhold.ops.audit.bills import BILLS, BillRows
from commonhold.ops.audit.changes import CHANGES, ChangeBook
from commonhold.ops.audit.consents import CONSENT, ConsentRows
from commonhold.ops.audit.credit import CREDIT, REVIEW, CreditRows
from commonhold.ops.audit.deposits import EscrowBook
from commonhold.ops.audit.exchange import DESK, RESERVE, DeskBook, ReserveBook
from commonhold.ops.audit.fees import FEES, FeeRows
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.formula import FORMULA, FormulaRows
from commonhold.ops.audit.leases import CALL_ENDS, ESCROW, LEASES, LeaseBook
from commonhold.ops.audit.moment import NOBODY, Moment
from commonhold.ops.audit.money import TOKEN, Handler, TokenBook
from commonhold.ops.audit.parties import PARTIES, PartyBook
from commonhold.ops.audit.recoveries import RECOVERY, RecoveryRows
from commonhold.ops.audit.tariffs import TARIFFS, TariffRows
from commonhold.ops.audit.transfers import TRANSFERS, TransferRows
from commonhold.ops.audit.units import UNITS, UnitBook

# What a twin raises when a log says what no contract would say.
_ABSURD: Final = (ValueError, LookupError, ArithmeticError, TypeError)
# Of these every event is known to the books; of the others only what is listed.
READ: Final = (
    TOKEN,
    RESERVE,
    DESK,
    PARTIES,
    UNITS,
    LEASES,
    CHANGES,
    ESCROW,
    TARIFFS,
    FEES,
    BILLS,
    CREDIT,
    REVIEW,
    FORMULA,
)
# The same of those that keep no money but rights.
RIGHTS: Final = (CONSENT, ATTESTATIONS, TRANSFERS, RECOVERY)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the contracts were constructed with, as the manifest says it. addresses: lower-case hex.

    A deployment of an earlier version has fewer contracts: the books of the others stay empty."""

    addresses: Mapping[str, str]
    chain_id: int
    utc_offset: int  # [s]
    supply_cap: int  # [cmt]


@dataclass(slots=True)
class Books:
    """Everything that can be derived from the logs so far."""

    arguments: Arguments
    findings: Findings = field(default_factory=Findings)
    token: TokenBook = field(init=False)
    parties: PartyBook = field(init=False)
    units: UnitBook = field(init=False)
    leases: LeaseBook = field(init=False)
    escrow: EscrowBook = field(init=False)
    changes: ChangeBook = field(init=False)
    reserve: ReserveBook = field(init=False)
    desk: DeskBook = field(init=False)
    tariffs: TariffRows = field(init=False)
    fees: FeeRows = field(init=False)
    bills: BillRows = field(init=False)
    credit: CreditRows = field(init=False)
    formula: FormulaRows = field(init=False)
    consents: ConsentRows = field(init=False)
    attested: AttestationRows = field(init=False)
    transfers: TransferRows = field(init=False)
    recoveries: RecoveryRows = field(init=False)
    handlers: dict[tuple[str, str], Handler] = field(init=False)
    closers: list[Callable[[Moment], None]] = field(init=False)
    last: tuple[int, int] = (-1, -1)  # block and place of the last log
    time: int = 0  # of the last log [unix]
    before: Callable[[Moment], None] | None = None  # told of every transaction before it is taken in
    after: Callable[[Moment], None] | None = None  # and after, with the flows of its money

    def __post_init__(self) -> None:
        addresses = dict(self.arguments.addresses)
        findings = self.findings
        names = {address: name for name, address in addresses.items()}
        collectors = (LEASES, FEES, BILLS)
        charged: dict[str, str] = {name: addresses[name] for name in collectors if name in addresses}
        charged[ESCROW] = addresses[LEASES]
        self.token = TokenBook(findings, names, self.arguments.supply_cap, charged)
        self.token.suite.add(addresses[TOKEN])
        self.parties = PartyBook(findings, self.token)
        self.units = UnitBook(findings)
        self.leases = LeaseBook(findings, self.token, self.parties, self.units, addresses)
        self.escrow = EscrowBook(findings, self.parties, self.leases)
        self.changes = ChangeBook(findings, self.leases)
        self.reserve = ReserveBook(findings, addresses.get(RESERVE, NOBODY), self.arguments.chain_id)
        self.desk = DeskBook(findings, addresses.get(DESK, NOBODY))
        self.tariffs = TariffRows(findings)
        common = (self.token, self.parties, self.units, self.tariffs)
        self.fees = FeeRows(findings, addresses.get(FEES, NOBODY), *common)
        chain = self.arguments.chain_id
        self.bills = BillRows(findings, addresses.get(BILLS, NOBODY), chain, *common)
        self.credit = CreditRows(findings, addresses)
        self.credit.grid.consenting = self.parties.consenting
        self.credit.overdue = {
            LEASES: self.leases.overdue,
            FEES: self.fees.overdue,
            BILLS: self.bills.overdue,
        }
        self.formula = FormulaRows(findings, self.credit, self.parties)
        self.consents = ConsentRows(findings, self.parties)
        self.attested = AttestationRows(findings, self.parties)
        self.transfers = TransferRows(findings, self.units)
        self.recoveries = RecoveryRows(findings, self.parties)
        books: dict[str, Any] = {
            TOKEN: self.token,
            PARTIES: self.parties,
            UNITS: self.units,
            LEASES: self.leases,
            ESCROW: self.escrow,
            CHANGES: self.changes,
            RESERVE: self.reserve,
            DESK: self.desk,
            TARIFFS: self.tariffs,
            FEES: self.fees,
            BILLS: self.bills,
            CREDIT: self.credit,
            FORMULA: self.formula,
            CONSENT: self.consents,
            ATTESTATIONS: self.attested,
            TRANSFERS: self.transfers,
            RECOVERY: self.recoveries,
        }
        self.handlers = {
            (name, event): handler
            for name, book in books.items()
            for event, handler in book.handlers().items()
        }
        if CHANGES in addresses:
            self.handlers[LEASES, "LeaseChanged"] = self._lease_changed
        self.handlers |= {
            (REVIEW, event): handler for event, handler in self.credit.review_handlers().items()
        }
        # the history last: the others note what it is told
        closing: tuple[Any, ...] = (self.leases, self.fees, self.bills, self.reserve, self.desk, self.credit)
        self.closers = [book.close_moment for book in closing]

    def _lease_changed(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.changes.changed(values, moment)
        self.leases.changed(values, moment)

    def replay(self, logs: Iterable[Log]) -> None:
        """Takes in logs in their order."""
        for transaction, group in groupby(logs, key=_transaction):
            self._take(transaction, list(group))

    def _take(self, transaction: str, logs: list[Log]) -> None:
        first, findings = logs[0], self.findings
        moment = Moment(findings, first.block, first.time, transaction, self.arguments.utc_offset)
        moment.logs = logs
        moment.flows = [] if self.after is not None else None
        moment.kinds = frozenset((log.event, log.values[0]) for log in logs if log.event in CALL_ENDS)
        findings.where = transaction
        self.time = first.time
        if self.before is not None:
            self.before(moment)
        counts, handlers = findings.logs, self.handlers
        for log in logs:
            place = (log.block, log.place)
            if place <= self.last:
                findings.differ(
                    log.contract,
                    f"log {log.place} of block {log.block}",
                    log.event,
                    "once, in order",
                    "again",
                )
                continue
            self.last = place
            counts[log.contract] = counts.get(log.contract, 0) + 1
            handler = handlers.get((log.contract, log.event))
            if handler is not None:
                try:
                    handler(log.values, moment)
                except _ABSURD as error:
                    row = f"log {log.place} of block {log.block}"
                    findings.differ(log.contract, row, log.event, "figures that can be", str(error))
        for closer in self.closers:
            closer(moment)
        moment.close()
        if self.after is not None:
            self.after(moment)
        findings.where = ""


def _transaction(log: Log) -> str:
    return log.transaction
