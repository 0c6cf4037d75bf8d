"""Attestations: what a trusted issuer vouches for about a party, as a commitment."""

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract


class Attestations(Contract):
    """Topics and commitments are 32 bytes; times in [unix]."""

    NAME = "Attestations"

    def add_issuer(self, topic: bytes, issuer: int) -> Call:
        return self.call("addIssuer", topic, issuer)

    def attest(self, topic: bytes, subject: int, commitment: bytes, expires_at: int) -> Call:
        return self.call("attest", topic, subject, commitment, expires_at)

    def revoke(self, topic: bytes, subject: int, reason_hash: bytes) -> Call:
        return self.call("revoke", topic, subject, reason_hash)

    def drop(self, topic: bytes, issuer: int) -> Call:
        return self.call("drop", topic, issuer)

    def issuer_for(self, topic: bytes, subject: int) -> int:
        """A trusted issuer that vouches for the party on the topic now, 0 if none does."""
        return int(self.read("issuerFor", topic, subject))
