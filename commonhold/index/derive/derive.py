"""Working logs into the derived tables: each event by the one function that knows it."""

from collections.abc import Iterable
from typing import Final

from commonhold.chain.rawlogs import Log
from commonhold.index.derive.charges import Bills, Fees, Outcomes
from commonhold.index.derive.leases import Leases
from commonhold.index.derive.money import Money
from commonhold.index.derive.people import Homes, People
from commonhold.index.derive.when import Handler, When
from commonhold.index.rows import Rows
from commonhold.rules.calendar import day_of


class Deriver:
    """offset: of the community's calendar [s]."""

    def __init__(self, rows: Rows, offset: int) -> None:
        self.rows: Final = rows
        self._offset = offset
        leases, fees = Leases(rows), Fees(rows)
        by_contract: dict[str, dict[str, Handler]] = {
            "PartyRegistry": People(rows).handlers(),
            "UnitRegistry": Homes(rows).handlers(),
            "CommunityToken": Money(rows).handlers(),
            "LeaseAgreement": leases.handlers(),
            "DepositEscrow": leases.escrow_handlers(),
            "PropertyFee": fees.handlers(),
            "TariffBook": fees.tariff_handlers(),
            "BillRuns": Bills(rows).handlers(),
            "CreditRegistry": Outcomes(rows).handlers(),
        }
        self._handlers: Final = {
            (contract, event): handler
            for contract, handlers in by_contract.items()
            for event, handler in handlers.items()
        }

    def take(self, logs: Iterable[Log], undo_from: int) -> None:
        """Work in logs in their order. Blocks from `undo_from` on may still be replaced."""
        block = -1
        day = 0
        for log in logs:
            if log.block != block:
                block, day = log.block, day_of(log.time, self._offset)
                self.rows.at_block(block, undoing=block >= undo_from)
            handler = self._handlers.get((log.contract, log.event))
            if handler is not None:
                when = When(block, log.place, log.time, day, log.transaction, log.contract, log.event)
                handler(log.values, when)
