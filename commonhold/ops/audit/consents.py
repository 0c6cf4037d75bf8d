"""CreditConsent replayed: who may use a credit history for what, and every use of it.

Times [unix].
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.chain.rawviews import Question
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.parties import PartyBook

CONSENT: Final = "CreditConsent"
MAX_TERM: Final = 730 * 86_400  # [s]
MAX_USES: Final = 1_000
NO_CONSENT, EXPIRED, USED_UP = range(3)  # ICreditConsent.Refusal
_ALLOWED: Final = -1

Key = tuple[int, int, int]  # party, reader, purpose


@dataclass(slots=True)
class Consent:
    """expiry: last second [unix]; uses: how many are left"""

    expiry: int = 0
    uses: int = 0


def _row(key: Key) -> str:
    return f"consent of party {key[0]} to party {key[1]} for {('sharing', 'lending')[key[2]]}"


@dataclass(slots=True)
class ConsentRows:
    """All consents that were ever given."""

    findings: Findings
    parties: PartyBook
    consents: dict[Key, Consent] = field(default_factory=dict)
    nonces: dict[int, int] = field(default_factory=dict)  # as last told: a signature uses one up in silence

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "ConsentGranted": self.granted,
            "ConsentRevoked": self.revoked,
            "ReadRecorded": self.read,
            "ReadRefused": self.refused,
            "ConsentNonceRaised": self.nonce_raised,
        }

    def _check(self, key: Key, name: str, expected: Any, found: Any) -> None:
        self.findings.check(CONSENT, _row(key), name, expected, found)

    def refusal(self, key: Key, time: int) -> int:
        """Why a use would be refused; _ALLOWED if it would not. [unix]"""
        found = self.consents.get(key)
        if found is None or found.expiry == 0:
            return NO_CONSENT
        if time > found.expiry:
            return EXPIRED
        return USED_UP if found.uses == 0 else _ALLOWED

    # ---------------------------------------------------------------- the party

    def granted(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, reader, purpose, expiry, uses = values
        key = (party, reader, purpose)
        self._check(
            key, "ConsentGranted by a party in recovery", False, self.parties.pending(party, moment.time)
        )
        known = reader != party and reader in self.parties.parties and party in self.parties.parties
        self._check(key, "ConsentGranted to a reader", True, known)
        self._check(
            key, "ConsentGranted.expiry", min(max(expiry, moment.time), moment.time + MAX_TERM), expiry
        )
        self._check(key, "ConsentGranted.uses", min(max(uses, 1), MAX_USES), uses)
        self.consents[key] = Consent(expiry, uses)

    def revoked(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, reader, purpose = values
        key = (party, reader, purpose)
        given = self.consents.get(key, Consent()).expiry != 0
        self._check(key, "ConsentRevoked of one that was given", True, given)
        self.consents[key] = Consent()

    def nonce_raised(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, nonce = values
        before = self.nonces.get(party, 0)
        if nonce <= before:
            name = "ConsentNonceRaised.nonce"
            self.findings.differ(CONSENT, f"party {party}", name, f"above {before}", nonce)
        self.nonces[party] = nonce

    # ---------------------------------------------------------------- readers

    def read(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, reader, purpose, _, left, _ = values
        key = (party, reader, purpose)
        self._check(key, "ReadRecorded while refused for", _ALLOWED, self.refusal(key, moment.time))
        consent = self.consents.setdefault(key, Consent())
        consent.uses = max(0, consent.uses - 1)
        self._check(key, "ReadRecorded.usesLeft", consent.uses, left)

    def refused(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, reader, purpose, _, why = values
        key = (party, reader, purpose)
        self._check(key, "ReadRefused.why", self.refusal(key, moment.time), why)

    # ---------------------------------------------------------------- views

    def rows(self, time: int) -> Iterator[Question]:
        """What consentOf and allows must answer. [unix]"""
        for key, consent in self.consents.items():
            id_ = _row(key)
            given = (consent.expiry, consent.uses)
            yield Question(CONSENT, "consentOf", key, id_, ("expiry", "uses"), given)
            allowed = int(self.refusal(key, time) == _ALLOWED)
            yield Question(CONSENT, "allows", key, id_, ("allows",), (allowed,))
