"""PartyRegistry replayed: who is who, which wallet speaks for whom, and since when a recovery runs.

Times [unix]; wallets in lower-case hex.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import NOBODY, Moment
from commonhold.ops.audit.money import TOKEN, Handler, TokenBook

PARTIES: Final = "PartyRegistry"


@dataclass(slots=True)
class Party:
    """One party as its word keeps it."""

    kind: int
    identity: str
    wallet: str = NOBODY
    until: int = 0  # end of the recovery on record, 0 = none [unix]
    suspended: int = 0
    consent: int = 0  # to collecting a payment history
    wallets: int = 0  # linked


@dataclass(slots=True)
class PartyBook:
    """All parties by id."""

    findings: Findings
    token: TokenBook
    parties: dict[int, Party] = field(default_factory=dict)
    links: dict[str, int] = field(default_factory=dict)  # wallet → party, 0 = unlinked again
    replaced: dict[str, int] = field(default_factory=dict)  # wallet → party that lost it
    identities: dict[str, int] = field(default_factory=dict)
    consenting: set[int] = field(default_factory=set)  # to collecting a payment history

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "PartyRegistered": self.registered,
            "WalletLinked": self.linked,
            "WalletUnlinked": self.unlinked,
            "CurrentWalletChanged": self.current_changed,
            "WalletReplaced": self.wallet_replaced,
            "SuspensionSet": self.suspension_set,
            "CollectingConsentSet": self.consent_set,
            "RecoveryPendingSet": self.recovery_set,
        }

    # ---- look

    def wallet(self, party: int) -> str:
        """The current wallet, the zero address for none."""
        found = self.parties.get(party)
        return found.wallet if found is not None else NOBODY

    def payee(self, party: int, time: int) -> str:
        """The wallet that a share goes to, the zero address where it has to wait. [unix]"""
        found = self.parties.get(party)
        if found is None or found.until > time or found.wallet in self.token.suite:
            return NOBODY
        return found.wallet

    def pending(self, party: int, time: int) -> bool:
        """Whether a recovery runs. [unix]"""
        found = self.parties.get(party)
        return found is not None and found.until > time

    def pay(self, contract: str, party: int, amount: int, moment: Moment) -> int:
        """A contract's share for a party goes out, or waits; answers what waits. [cmt]"""
        if not amount:
            return 0
        wallet = self.payee(party, moment.time)
        if wallet == NOBODY:
            moment.hold(contract, party, amount)
            return amount
        moment.give(contract, wallet, amount)
        return 0

    def _party(self, party: int, event: str) -> Party:
        found = self.parties.get(party)
        if found is None:
            self.findings.differ(PARTIES, f"party {party}", event, "registered before", "no log")
            found = self.parties[party] = Party(0, "")
        return found

    # ---- events

    def registered(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, kind, identity = values
        self.findings.check(PARTIES, f"party {party}", "id", len(self.parties) + 1, party)
        self.parties[party] = Party(kind, identity)
        if int(identity, 16):
            if identity in self.identities:
                self.findings.differ(PARTIES, f"party {party}", "identity", "new", identity)
            self.identities[identity] = party

    def linked(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, wallet = values
        self.findings.check(
            PARTIES, f"wallet {wallet}", "party before it was linked", 0, self.links.get(wallet, 0)
        )
        self.links[wallet] = party
        self._party(party, "WalletLinked").wallets += 1

    def unlinked(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, wallet = values
        self.findings.check(PARTIES, f"wallet {wallet}", "party", self.links.get(wallet, 0), party)
        self.links[wallet] = 0
        self._party(party, "WalletUnlinked").wallets -= 1

    def current_changed(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, old, new = values
        record = self._party(party, "CurrentWalletChanged")
        self.findings.check(PARTIES, f"party {party}", "wallet", record.wallet, old)
        self.findings.check(PARTIES, f"wallet {new}", "party", self.links.get(new, 0), party)
        record.wallet = new

    def wallet_replaced(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, old, new = values
        self.replaced[old] = party
        moment.announce(TOKEN, "WalletReplaced", f"wallet {old}", "newWallet", new)

    def suspension_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        self._party(values[0], "SuspensionSet").suspended = values[1]

    def consent_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, consent = values
        self._party(party, "CollectingConsentSet").consent = consent
        (self.consenting.add if consent else self.consenting.discard)(party)

    def recovery_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, until, _ = values
        record = self._party(party, "RecoveryPendingSet")
        if (record.until != 0) != (until != 0):
            moment.announce(TOKEN, "RecoveryHoldSet", f"wallet {record.wallet}", "hold", int(until != 0))
        record.until = until
