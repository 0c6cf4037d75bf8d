"""LeaseChanges: what the parties of a lease agree after signing it. Amounts [cmt], days [day]."""

from collections.abc import Sequence
from dataclasses import dataclass

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract
from commonhold.rules.rent import ChangeKind


@dataclass(frozen=True, slots=True)
class Change:
    """One agreed change, as LeaseAgreement is told; fields that do not count for its kind are zero."""

    kind: ChangeKind
    lease: int
    index: int = 0
    day: int = 0
    party: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """What all acceptors agree to. deadline in [unix]."""

    change: Change
    notice: bool
    reason_hash: bytes
    version: int
    deadline: int


class LeaseChanges(Contract):
    """Proposals, notices, waivers and defaults."""

    NAME = "LeaseChanges"

    def propose(self, proposal: Proposal) -> Call:
        return self.call("propose", proposal)

    def accept(self, proposal: Proposal) -> Call:
        return self.call("accept", proposal)

    def accept_by_signature(self, proposal: Proposal, party: int, signature: bytes) -> Call:
        return self.call("acceptBySignature", proposal, party, signature)

    def apply_signed(self, proposal: Proposal, signatures: Sequence[bytes]) -> Call:
        return self.call("applySigned", proposal, list(signatures))

    def withdraw(self, proposal_id: bytes) -> Call:
        return self.call("withdraw", proposal_id)

    def propose_waiver(self, proposal: Proposal) -> Call:
        return self.call("proposeWaiver", proposal)

    def approve_waiver(self, proposal: Proposal) -> Call:
        return self.call("approveWaiver", proposal)

    def give_default_notice(self, lease: int) -> Call:
        return self.call("giveDefaultNotice", lease)

    def end_for_default(self, lease: int) -> Call:
        return self.call("endForDefault", lease)

    def give_default_notice_as_manager(self, lease: int) -> Call:
        return self.call("giveDefaultNoticeAsManager", lease)

    def end_for_default_as_manager(self, lease: int) -> Call:
        return self.call("endForDefaultAsManager", lease)

    def hash_proposal(self, proposal: Proposal) -> bytes:
        return bytes(self.read("hashProposal", proposal))

    def hash_acceptance(self, proposal: Proposal, party: int) -> bytes:
        """The EIP-712 digest that `party` signs to accept."""
        return bytes(self.read("hashAcceptance", proposal, party))

    def version_of(self, lease: int, kind: ChangeKind) -> int:
        return int(self.read("versionOf", lease, kind))

    def default_notice_of(self, lease: int) -> tuple[int, int]:
        """(principal noticed and still unpaid [cmt], last day to cure [day])"""
        arrears, day = self.read("defaultNoticeOf", lease)
        return int(arrears), int(day)
