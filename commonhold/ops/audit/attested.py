"""Attestations replayed: whom the community trusts on a topic, and what they say of parties.

A topic is a hash, times [unix].
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.chain.rawviews import Question
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.parties import PartyBook

ATTESTATIONS: Final = "Attestations"
ISSUER_DELAY: Final = 2 * 86_400  # [s]
MAX_VALIDITY: Final = 3_650 * 86_400  # [s]
_NOTHING: Final = (0, 0, 0)

Key = tuple[str, int, int]  # topic, subject, issuer


@dataclass(slots=True)
class AttestationRows:
    """Issuers by topic, in the order the contract keeps them, and what they attested."""

    findings: Findings
    parties: PartyBook
    trusted: dict[tuple[str, int], int] = field(default_factory=dict)  # from when [unix], 0 = no more
    issuers: dict[str, list[int]] = field(default_factory=dict)
    said: dict[Key, tuple[int, int, int]] = field(default_factory=dict)  # commitment, issued, expires [unix]

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "IssuerSet": self.issuer_set,
            "Attested": self.attested,
            "AttestationRevoked": self.revoked,
            "AttestationDropped": self.dropped,
        }

    def _check(self, id_: str, name: str, expected: Any, found: Any) -> None:
        self.findings.check(ATTESTATIONS, id_, name, expected, found)

    # ---------------------------------------------------------------- issuers

    def issuer_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        topic, issuer, effective = values
        id_ = f"issuer {issuer} of {topic}"
        known = self.trusted.get((topic, issuer), 0) != 0
        self._check(id_, "IssuerSet of one that was trusted", effective == 0, known)
        list_ = self.issuers.setdefault(topic, [])
        self.trusted[topic, issuer] = effective
        if effective == 0:
            if issuer in list_:
                list_[list_.index(issuer)] = list_[-1]  # the last takes the free place
                list_.pop()
            return
        self._check(id_, "IssuerSet of a party", True, issuer in self.parties.parties)
        if effective not in (moment.time, moment.time + ISSUER_DELAY):  # at once on the first day alone
            expected = f"{moment.time} or {moment.time + ISSUER_DELAY}"
            self.findings.differ(ATTESTATIONS, id_, "IssuerSet.effectiveAt", expected, effective)
        list_.append(issuer)

    # ---------------------------------------------------------------- what they say

    def attested(self, values: tuple[Any, ...], moment: Moment) -> None:
        topic, subject, issuer, commitment, expires = values
        id_, time = f"party {subject} by issuer {issuer} on {topic}", moment.time
        since = self.trusted.get((topic, issuer), 0)
        self._check(id_, "Attested by a trusted issuer", True, 0 < since <= time)
        self._check(id_, "Attested in recovery", False, self.parties.pending(issuer, time))
        other = subject != issuer and subject in self.parties.parties
        self._check(id_, "Attested of another party", True, other)
        self._check(id_, "Attested.expiresAt", min(max(expires, time + 1), time + MAX_VALIDITY), expires)
        self.said[topic, subject, issuer] = (int(commitment, 16), time, expires)

    def revoked(self, values: tuple[Any, ...], moment: Moment) -> None:
        topic, subject, issuer, _ = values
        self._remove((topic, subject, issuer), "AttestationRevoked")

    def dropped(self, values: tuple[Any, ...], moment: Moment) -> None:
        topic, subject, issuer = values
        self._remove((topic, subject, issuer), "AttestationDropped")

    def _remove(self, key: Key, event: str) -> None:
        topic, subject, issuer = key
        there = self.said.get(key, _NOTHING) != _NOTHING
        self._check(
            f"party {subject} by issuer {issuer} on {topic}", f"{event} of one that was made", True, there
        )
        self.said[key] = _NOTHING

    # ---------------------------------------------------------------- views

    def holds(self, key: Key, time: int) -> tuple[int, int, int]:
        """What counts at a moment: of a trusted issuer, said since he is trusted, not expired. [unix]"""
        since = self.trusted.get((key[0], key[2]), 0)
        commitment, issued, expires = self.said.get(key, _NOTHING)
        if not 0 < since <= time or time >= expires or issued < since:
            return _NOTHING
        return commitment, issued, expires

    def rows(self, time: int) -> Iterator[Question]:
        """What the views must answer. [unix]"""
        fields = ("commitment", "issuedAt", "expiresAt")
        for (topic, issuer), since in self.trusted.items():
            id_, arguments = f"issuer {issuer} of {topic}", (int(topic, 16), issuer)
            yield Question(ATTESTATIONS, "trustedFrom", arguments, id_, ("trustedFrom",), (since,))
        for topic, list_ in self.issuers.items():
            names = ("", "", *(f"issuer {i}" for i in range(len(list_))))
            expected = (0x20, len(list_), *list_)
            yield Question(ATTESTATIONS, "issuersOf", (int(topic, 16),), f"topic {topic}", names, expected)
        for key in self.said:
            topic, subject, issuer = key
            id_, words = f"party {subject} by issuer {issuer} on {topic}", (int(topic, 16), subject, issuer)
            yield Question(ATTESTATIONS, "attestationOf", words, id_, fields, self.holds(key, time))
        for topic, subject in {(topic, subject) for topic, subject, _ in self.said}:
            first = next(
                (i for i in self.issuers.get(topic, ()) if self.holds((topic, subject, i), time)[0]), 0
            )
            id_, about = f"party {subject} on {topic}", (int(topic, 16), subject)
            yield Question(ATTESTATIONS, "issuerFor", about, id_, ("issuerFor",), (first,))
