"""The credit file of one party as of one block: history, score with its reasons, limit, and open disputes.

Everything is read from the contracts and computed again by the twin; where the two differ, no file is shown.
A score is never shown without its reasons, and too few records are said in words, not as a number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.base import Event
from commonhold.chain.contracts.parties import PartyKind
from commonhold.errors import InputError, TwinError
from commonhold.rules.calendar import month_of
from commonhold.rules.history import (
    CURE_DAYS,
    MONTHS_PER_WORD,
    Lane,
    Outcome,
    ProviderLane,
    Standing,
    counts_of,
)
from commonhold.rules.score import DEPTH, UNIT, Contribution, Limit, Parameters, Score, limit_of, score_of

PIECE: Final = 100 * UNIT  # evidence of one whole piece of the current month [points × weight]


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry of one obligation that was noticed or entered. obligation: the reporter's number."""

    key: int
    reporter: str
    obligation: int
    outcome: Outcome

    @property
    def cure_day(self) -> int:
        """Last day on which paying leaves no negative entry, 0 without a notice [day]."""
        return self.outcome.notice_day + CURE_DAYS if self.outcome.notice_day else 0


@dataclass(frozen=True, slots=True)
class CreditFile:
    """A party as of one block. counts and provided: (month, lane) -> count; time [unix]; today [day]"""

    party: int
    block: int
    block_hash: str
    time: int
    today: int
    collecting: bool
    suspended: bool
    counts: Mapping[tuple[int, int], int]
    provided: Mapping[tuple[int, int], int]
    score: Score
    reasons: tuple[Contribution, ...]
    parameters: Parameters
    limit: Limit
    entries: tuple[Entry, ...]
    consumer_statement: bytes

    def by_lane(self) -> list[tuple[Lane, int, int]]:
        """(lane, records that weigh, signed evidence) of each lane with records, what weighs most first."""
        found: dict[Lane, list[int]] = {}
        for row in self.reasons:
            sums = found.setdefault(Lane(row.lane), [0, 0])
            sums[0] += row.counted if row.lane != Lane.NEUTRAL else row.count
            sums[1] += row.good - row.bad
        rows = [(lane, count, evidence) for lane, (count, evidence) in found.items()]
        return sorted(rows, key=lambda row: (-abs(row[2]), row[0]))


def read_credit(suite: Suite, party: int, *, block: int | None = None) -> CreditFile:
    """The credit file of a party as of a block (the newest). Raises InputError, TwinError."""
    head = suite.connection.block("latest" if block is None else block)
    at = head.number
    if PartyKind(suite.parties.read("kindOf", party, block=at)) is PartyKind.NONE:
        raise InputError(
            f"There is no party {party}.", "Parties are numbered from 1 as they were registered."
        )
    today = suite.credit.today(block=at)
    month = month_of(today)
    half = (month - DEPTH + 1) // MONTHS_PER_WORD
    span = month // MONTHS_PER_WORD - half + 1
    counts = counts_of(suite.credit.history_of(party, half, span, block=at), half)
    provided = counts_of(suite.credit.provider_history_of(party, half, span, block=at), half)
    score, reasons = suite.formula.explain(party, block=at)
    parameters = suite.formula.parameters_of(score.version, block=at)
    limit = suite.formula.limit_of(party, block=at)
    suspended = bool(suite.parties.read("isSuspended", party, block=at))
    expected, wanted = score_of(parameters, counts, month, score.version)
    _compare(party, score, expected)
    _compare(party, reasons, wanted)
    _compare(party, limit, limit_of(parameters, expected, limit.exposure, suspended=suspended))
    return CreditFile(
        party=party,
        block=at,
        block_hash=head.hash,
        time=head.time,
        today=today,
        collecting=bool(suite.parties.read("collectingConsent", party, block=at)),
        suspended=suspended,
        counts=counts,
        provided=provided,
        score=score,
        reasons=tuple(reasons),
        parameters=parameters,
        limit=limit,
        entries=tuple(_entries(suite, party, at)),
        consumer_statement=suite.review.consumer_statement_of(party, block=at),
    )


def _compare(party: int, found: Any, expected: Any) -> None:
    if found != expected:
        raise TwinError(
            f"Contract and twin differ about party {party}: the contract says {found}, the twin {expected}.",
            "Do not use this score. Is this program of the same version as the deployment?",
        )


def _entries(suite: Suite, party: int, block: int) -> list[Entry]:
    """Every obligation of the party that was noticed or entered, oldest first."""
    events: Sequence[Event] = suite.credit.events(
        "DelinquencyNoticed", "OutcomeMoved", last=block, topics=(None, party)
    )
    noticed = {
        int(event["key"]): (str(event["reporter"]), int(event["obligation"]))
        for event in events
        if event.name == "DelinquencyNoticed"
    }
    keys = dict.fromkeys(int(event["key"]) for event in events)
    return [
        Entry(key, *noticed.get(key, ("", key & (1 << 192) - 1)), suite.credit.outcome_of(key, block=block))
        for key in keys
    ]


def as_json(found: CreditFile) -> dict[str, Any]:
    """The file as one JSON document; amounts as decimal strings [cmt]."""
    score = found.score
    return {
        "party": found.party,
        "block": found.block,
        "block_hash": found.block_hash,
        "time": found.time,
        "day": found.today,
        "collecting_consent": found.collecting,
        "suspended": found.suspended,
        "score": {
            "value": score.score if score.sufficient else None,
            "band": score.band.name,
            "sufficient": score.sufficient,
            "records": score.records,
            "months": score.months,
            "verified_months": score.verified,
            "good": str(score.good),
            "bad": str(score.bad),
            "formula_version": score.version,
            "month": score.month,
        },
        "reasons": [
            {
                "month": row.month,
                "lane": Lane(row.lane).name,
                "count": row.count,
                "counted": row.counted,
                "weight": row.weight,
                "good": str(row.good),
                "bad": str(row.bad),
            }
            for row in found.reasons
        ],
        "limit": {
            "left": str(found.limit.limit),
            "total": str(found.limit.total),
            "exposure": str(found.limit.exposure),
        },
        "provider": [
            {"month": month, "lane": ProviderLane(lane).name, "count": count}
            for (month, lane), count in sorted(found.provided.items(), reverse=True)
        ],
        "entries": [
            {
                "key": str(entry.key),
                "reporter": entry.reporter,
                "obligation": str(entry.obligation),
                "due_day": entry.outcome.due_day,
                "lane": Lane(entry.outcome.lane).name if entry.outcome.lane in set(Lane) else None,
                "counted": entry.outcome.counted,
                "standing": entry.outcome.standing.name,
                "cure_day": entry.cure_day,
                "review_until": entry.outcome.last_day if entry.outcome.standing is Standing.DISPUTED else 0,
            }
            for entry in found.entries
        ],
        "consumer_statement": "0x" + found.consumer_statement.hex()
        if any(found.consumer_statement)
        else None,
    }
