"""The credit history, its review, consents and formula. Days [day], months [month], amounts [cmt]."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract
from commonhold.rules.history import Outcome, Standing
from commonhold.rules.score import Band, Contribution, Limit, Parameters, Score


@dataclass(frozen=True, slots=True)
class Reporter:
    """number: 0 for a contract that was never registered; kinds: bits; effective_at [unix]"""

    number: int
    kinds: int
    effective_at: int
    retired: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """One count moves from one lane of a month to another. key: 0 for a count without an entry of its own."""

    key: int
    provider: bool
    party: int
    month: int
    source: int
    target: int
    reason_hash: bytes


class Purpose(IntEnum):
    SHARING = 0
    LENDING = 1


class CreditRegistry(Contract):
    """Who paid when."""

    NAME = "CreditRegistry"

    def register_reporter(self, reporter: str, kinds: int) -> Call:
        return self.call("registerReporter", reporter, kinds)

    def retire_reporter(self, reporter: str) -> Call:
        return self.call("retireReporter", reporter)

    def report_overdue(self, reporter: str, obligation: int) -> Call:
        return self.call("reportOverdue", reporter, obligation)

    def reporter_of(self, reporter: str) -> Reporter:
        return Reporter(*self.read("reporterOf", reporter))

    def key_of(self, reporter: str, obligation: int, *, default: bool = False) -> int:
        """0 if the reporter is unknown."""
        return int(self.read("keyOf", reporter, obligation, default))

    def outcome_of(self, key: int, *, block: int | str = "latest") -> Outcome:
        party, month, due, notice, lane, counted, closed, standing, last = self.read(
            "outcomeOf", key, block=block
        )
        return Outcome(party, month, due, notice, lane, counted, closed, Standing(standing), last)

    def history_of(self, party: int, half: int, count: int, *, block: int | str = "latest") -> list[int]:
        """Words of half-years in a row, from `half` = month // 6 on."""
        return [int(word) for word in self.read("historyOf", party, half, count, block=block)]

    def provider_history_of(
        self, party: int, half: int, count: int, *, block: int | str = "latest"
    ) -> list[int]:
        return [int(word) for word in self.read("providerHistoryOf", party, half, count, block=block)]

    def today(self, *, block: int | str = "latest") -> int:
        return int(self.read("today", block=block))


class CreditReview(Contract):
    """Disputes, corrections and consumer statements."""

    NAME = "CreditReview"

    def dispute(self, key: int, reason_hash: bytes) -> Call:
        return self.call("dispute", key, reason_hash)

    def set_consumer_statement(self, digest: bytes) -> Call:
        return self.call("setConsumerStatement", digest)

    def decide(self, key: int, upheld: bool, reason_hash: bytes) -> Call:
        return self.call("decide", key, upheld, reason_hash)

    def propose_correction(self, correction: Correction) -> Call:
        return self.call("proposeCorrection", correction)

    def approve_correction(self, correction: Correction) -> Call:
        return self.call("approveCorrection", correction)

    def consumer_statement_of(self, party: int, *, block: int | str = "latest") -> bytes:
        """32 zero bytes if there is none."""
        return bytes(self.read("consumerStatementOf", party, block=block))


class CreditConsent(Contract):
    """Consents for sharing and lending, and the record of reads."""

    NAME = "CreditConsent"

    def grant(self, reader: int, purpose: Purpose, expiry: int, uses: int) -> Call:
        return self.call("grant", reader, purpose, expiry, uses)

    def revoke(self, reader: int, purpose: Purpose) -> Call:
        return self.call("revoke", reader, purpose)

    def record_read(self, party: int, purpose: Purpose, decision_hash: bytes) -> Call:
        return self.call("recordRead", party, purpose, decision_hash)

    def record_release(self, party: int, reader: int, statement_hash: bytes) -> Call:
        return self.call("recordRelease", party, reader, statement_hash)

    def allows(self, party: int, reader: int, purpose: Purpose) -> bool:
        return bool(self.read("allows", party, reader, purpose))


class CreditFormula(Contract):
    """Score, reasons and limit."""

    NAME = "CreditFormula"

    def propose_formula(self, parameters: Parameters) -> Call:
        return self.call("proposeFormula", parameters)

    def approve_formula(self, parameters: Parameters) -> Call:
        return self.call("approveFormula", parameters)

    def withdraw_formula(self) -> Call:
        return self.call("withdrawFormula")

    def formula_version(self, *, block: int | str = "latest") -> int:
        return int(self.read("formulaVersion", block=block))

    def parameters_of(self, version: int, *, block: int | str = "latest") -> Parameters:
        return as_parameters(self.read("parametersOf", version, block=block))

    def score_of(self, party: int, *, block: int | str = "latest") -> Score:
        return as_score(self.read("scoreOf", party, block=block))

    def explain(self, party: int, *, block: int | str = "latest") -> tuple[Score, list[Contribution]]:
        """The score and every cell behind it."""
        score, rows = self.read("explain", party, block=block)
        return as_score(score), [Contribution(*row) for row in rows]

    def limit_of(self, party: int, *, block: int | str = "latest") -> Limit:
        limit, total, exposure, band, verified = self.read("limitOf", party, block=block)
        return Limit(limit, total, exposure, Band(band), verified)


def as_parameters(values: Sequence[Any]) -> Parameters:
    """What the contract answers as the twin's parameters."""
    plain: list[Any] = [tuple(value) if isinstance(value, list | tuple) else value for value in values]
    return Parameters(*plain)


def as_score(values: Sequence[Any]) -> Score:
    """What the contract answers as the twin's score."""
    score, band, *rest = values
    return Score(score, Band(band), *rest)
