"""CreditFormula replayed: versions of the formula, exposures, and scores from the cells of the history.

Amounts [cmt], times [unix], months [month].
"""

from dataclasses import astuple, dataclass, field
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.ops.audit.credit import CreditRows
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.parties import PartyBook
from commonhold.rules.score import Limit, Parameters, Score, limit_of, score_of

FORMULA: Final = "CreditFormula"


def words_of(parameters: Parameters) -> tuple[int, ...]:
    """As the ABI has them: lists word by word."""
    found: list[int] = []
    for value in astuple(parameters):
        found.extend(value if isinstance(value, tuple) else (value,))
    return tuple(found)


@dataclass(slots=True)
class FormulaRows:
    """All versions, and what is lent to whom."""

    findings: Findings
    credit: CreditRows
    party_book: PartyBook
    versions: dict[int, tuple[Parameters, int]] = field(default_factory=dict)  # and from when [unix]
    exposures: dict[tuple[int, str], int] = field(default_factory=dict)  # by party and lender [cmt]
    totals: dict[int, int] = field(default_factory=dict)  # by party [cmt]

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "FormulaApproved": self.approved,
            "FormulaWithdrawn": self.withdrawn,
            "ExposureTaken": self.taken,
            "ExposureReleased": self.released,
        }

    def approved(self, values: tuple[Any, ...], moment: Moment) -> None:
        version, id_, _, parameters, effective = values
        row = f"version {version}"
        self.findings.check(FORMULA, row, "number", len(self.versions) + 1, version)
        found = Parameters(*parameters)
        expected = "0x" + keccak(b"".join(word.to_bytes(32, "big") for word in words_of(found))).hex()
        self.findings.check(FORMULA, row, "FormulaApproved.id", expected, id_)
        self.versions[version] = (found, effective)

    def withdrawn(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.versions.pop(values[0], None)

    def taken(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, lender, amount, exposure, _ = values
        score = self.score(self.counts().get(party, {}), moment.month, moment.time)
        limit = self.limit(party, score, moment.time)
        if amount > limit.limit:
            self.findings.differ(
                FORMULA, f"party {party}", "ExposureTaken.amount", f"at most {limit.limit}", amount
            )
        self._move(party, lender, amount, exposure, "ExposureTaken")

    def released(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, lender, amount, exposure = values
        self._move(party, lender, -amount, exposure, "ExposureReleased")

    def _move(self, party: int, lender: str, change: int, told: int, event: str) -> None:
        key = (party, lender)
        self.exposures[key] = self.exposures.get(key, 0) + change
        self.totals[party] = self.totals.get(party, 0) + change
        self.findings.check(FORMULA, f"party {party}", f"{event}.exposure", self.totals[party], told)

    # ---- look

    def counts(self) -> dict[int, dict[tuple[int, int], int]]:
        """Party -> (month, lane) -> count of every cell that is not empty."""
        found: dict[int, dict[tuple[int, int], int]] = {}
        for (party, month, lane), count in self.credit.grid.grid.items():
            if count:
                found.setdefault(party, {})[month, lane] = count
        return found

    def _version(self, time: int) -> int:
        return max((number for number, (_, begins) in self.versions.items() if begins <= time), default=0)

    def score(self, counts: dict[tuple[int, int], int], month: int, time: int) -> Score:
        """By the version in force. [month], [unix]"""
        version = self._version(time)
        return score_of(self.versions[version][0], counts, month, version)[0]

    def limit(self, party: int, score: Score, time: int) -> Limit:
        """What may be lent. [unix]"""
        record = self.party_book.parties.get(party)
        suspended = record is not None and bool(record.suspended)
        parameters = self.versions[self._version(time)][0]
        return limit_of(parameters, score, self.totals.get(party, 0), suspended=suspended)
