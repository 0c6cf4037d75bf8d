"""PartyRegistry and PartyRecovery: who is who, and what happens when a wallet is lost."""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import NOBODY, Contract


class PartyKind(IntEnum):
    NONE = 0
    PERSON = 1
    COMPANY = 2
    STAFF = 3
    MERCHANT = 4
    DEVICE = 5


class PartyRegistry(Contract):
    """Parties by id, wallets looked up at the edge."""

    NAME = "PartyRegistry"

    def register(
        self,
        kind: PartyKind,
        identity: bytes,
        wallet: str = NOBODY,
        deadline: int = 0,
        signature: bytes = b"",
    ) -> Call:
        """Without a wallet, or with one that signed `JoinCommunity`."""
        return self.call("register", kind, identity, wallet, deadline, signature)

    def set_collecting_consent(self, consent: bool) -> Call:
        return self.call("setCollectingConsent", consent)

    def link_first(self, party: int, wallet: str, deadline: int, signature: bytes) -> Call:
        return self.call("linkFirst", party, wallet, deadline, signature)

    def link(self, party: int, wallet: str, deadline: int, signature: bytes) -> Call:
        return self.call("link", party, wallet, deadline, signature)

    def unlink(self, wallet: str) -> Call:
        return self.call("unlink", wallet)

    def switch_wallet(self, wallet: str) -> Call:
        return self.call("switchWallet", wallet)

    def wallet_of(self, party: int) -> str:
        """Zero (`NOBODY`) if the party has none."""
        return str(self.read("walletOf", party))

    def wallets_of(self, parties: Iterable[int]) -> list[str]:
        return [str(x) for x in self.read_many([("walletOf", (party,)) for party in parties])]

    def party_of(self, wallet: str) -> int:
        return int(self.read("partyOf", wallet))

    def party_of_identity(self, identity: bytes) -> int:
        return int(self.read("partyOfIdentity", identity))

    def parties_of_identities(self, identities: Iterable[bytes]) -> list[int]:
        return [int(x) for x in self.read_many([("partyOfIdentity", (one,)) for one in identities])]

    def party_count(self) -> int:
        return int(self.read("partyCount"))

    def kind_of(self, party: int) -> PartyKind:
        return PartyKind(self.read("kindOf", party))

    def link_nonce(self, wallet: str) -> int:
        return int(self.read("linkNonce", wallet))

    def link_nonces(self, wallets: Iterable[str]) -> list[int]:
        return [int(x) for x in self.read_many([("linkNonce", (wallet,)) for wallet in wallets])]


class PartyRecovery(Contract):
    """A lost wallet replaced: by guardians, or by manager and committee."""

    NAME = "PartyRecovery"

    def set_guardians(self, guardians: Sequence[int], threshold: int) -> Call:
        return self.call("setGuardians", list(guardians), threshold)

    def support_recovery(self, party: int, new_wallet: str, deadline: int, signature: bytes) -> Call:
        return self.call("supportRecovery", party, new_wallet, deadline, signature)

    def propose_recovery(self, party: int, new_wallet: str, deadline: int, signature: bytes) -> Call:
        return self.call("proposeRecovery", party, new_wallet, deadline, signature)

    def confirm_recovery(self, party: int, new_wallet: str) -> Call:
        return self.call("confirmRecovery", party, new_wallet)

    def complete_recovery(self, party: int) -> Call:
        return self.call("completeRecovery", party)

    def cancel_recovery(self) -> Call:
        return self.call("cancelRecovery")

    def expire_recovery(self, party: int) -> Call:
        return self.call("expireRecovery", party)

    def recovery_nonce(self, wallet: str) -> int:
        return int(self.read("recoveryNonce", wallet))

    def ready_at(self, party: int) -> int:
        """First moment in which the running recovery can be completed, 0 if none runs [unix]."""
        return int(self.read("recoveryOf", party)[1])
