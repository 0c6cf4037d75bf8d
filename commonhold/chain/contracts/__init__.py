"""One typed wrapper per contract; nobody else touches ABIs."""

from collections.abc import Mapping
from functools import cached_property

from commonhold.chain.connect import Connection
from commonhold.chain.contracts.access import CommunityAccess
from commonhold.chain.contracts.attestations import Attestations
from commonhold.chain.contracts.base import Contract, Event
from commonhold.chain.contracts.bills import BillRuns
from commonhold.chain.contracts.changes import LeaseChanges
from commonhold.chain.contracts.credit import CreditConsent, CreditFormula, CreditRegistry, CreditReview
from commonhold.chain.contracts.escrow import DepositEscrow
from commonhold.chain.contracts.fees import PropertyFee, TariffBook
from commonhold.chain.contracts.forwarder import CommunityForwarder
from commonhold.chain.contracts.leases import LeaseAgreement
from commonhold.chain.contracts.parties import PartyRecovery, PartyRegistry
from commonhold.chain.contracts.reserve import RedemptionDesk, Reserve
from commonhold.chain.contracts.token import CommunityToken
from commonhold.chain.contracts.units import UnitRegistry, UnitTransfers
from commonhold.chain.receipts import Receipt

__all__ = ["Contract", "Event", "Suite"]


class Suite:
    """The contracts of one deployment, on one connection."""

    def __init__(self, connection: Connection, addresses: Mapping[str, str]) -> None:
        self.connection = connection
        self.access = CommunityAccess(connection, addresses["CommunityAccess"])
        self.forwarder = CommunityForwarder(connection, addresses["CommunityForwarder"])
        self.token = CommunityToken(connection, addresses["CommunityToken"])
        self.reserve = Reserve(connection, addresses["Reserve"])
        self.desk = RedemptionDesk(connection, addresses["RedemptionDesk"])
        self.parties = PartyRegistry(connection, addresses["PartyRegistry"])
        self.recovery = PartyRecovery(connection, addresses["PartyRecovery"])
        self.attestations = Attestations(connection, addresses["Attestations"])
        self.units = UnitRegistry(connection, addresses["UnitRegistry"])
        self.transfers = UnitTransfers(connection, addresses["UnitTransfers"])
        self.credit = CreditRegistry(connection, addresses["CreditRegistry"])
        self.review = CreditReview(connection, addresses["CreditReview"])
        self.consent = CreditConsent(connection, addresses["CreditConsent"])
        self.formula = CreditFormula(connection, addresses["CreditFormula"])
        self.leases = LeaseAgreement(connection, addresses["LeaseAgreement"])
        self.changes = LeaseChanges(connection, addresses["LeaseChanges"])
        self.escrow = DepositEscrow(connection, addresses["DepositEscrow"])
        self.tariffs = TariffBook(connection, addresses["TariffBook"])
        self.fees = PropertyFee(connection, addresses["PropertyFee"])
        self.bills = BillRuns(connection, addresses["BillRuns"])

    @cached_property
    def utc_offset(self) -> int:
        """Of the community's calendar [s]."""
        return int(self.units.read("utcOffset"))

    @property
    def contracts(self) -> list[Contract]:
        return [value for value in vars(self).values() if isinstance(value, Contract)]

    def events_in(self, receipt: Receipt) -> list[Event]:
        """Every event of the suite in a receipt, in order."""
        by_address = {contract.address.lower(): contract for contract in self.contracts}
        found = []
        for log in receipt.logs:
            contract = by_address.get(str(log["address"]).lower())
            event = contract.decode(log) if contract is not None else None
            if event is not None:
                found.append(event)
        return found
