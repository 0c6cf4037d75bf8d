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
    """The contracts of one deployment, on one connection.

    begin: a block that no log of theirs is older than, so that a network's millions of blocks before it are
    not asked for; 0 where that is not known.
    """

    def __init__(self, connection: Connection, addresses: Mapping[str, str], begin: int = 0) -> None:
        self.connection = connection
        self.begin = begin
        self.access = CommunityAccess(connection, addresses["CommunityAccess"], begin)
        self.forwarder = CommunityForwarder(connection, addresses["CommunityForwarder"], begin)
        self.token = CommunityToken(connection, addresses["CommunityToken"], begin)
        self.reserve = Reserve(connection, addresses["Reserve"], begin)
        self.desk = RedemptionDesk(connection, addresses["RedemptionDesk"], begin)
        self.parties = PartyRegistry(connection, addresses["PartyRegistry"], begin)
        self.recovery = PartyRecovery(connection, addresses["PartyRecovery"], begin)
        self.attestations = Attestations(connection, addresses["Attestations"], begin)
        self.units = UnitRegistry(connection, addresses["UnitRegistry"], begin)
        self.transfers = UnitTransfers(connection, addresses["UnitTransfers"], begin)
        self.credit = CreditRegistry(connection, addresses["CreditRegistry"], begin)
        self.review = CreditReview(connection, addresses["CreditReview"], begin)
        self.consent = CreditConsent(connection, addresses["CreditConsent"], begin)
        self.formula = CreditFormula(connection, addresses["CreditFormula"], begin)
        self.leases = LeaseAgreement(connection, addresses["LeaseAgreement"], begin)
        self.changes = LeaseChanges(connection, addresses["LeaseChanges"], begin)
        self.escrow = DepositEscrow(connection, addresses["DepositEscrow"], begin)
        self.tariffs = TariffBook(connection, addresses["TariffBook"], begin)
        self.fees = PropertyFee(connection, addresses["PropertyFee"], begin)
        self.bills = BillRuns(connection, addresses["BillRuns"], begin)

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
