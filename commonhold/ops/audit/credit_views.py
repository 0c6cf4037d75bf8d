"""What the views of the credit history must answer, by the books. Months [month], days [day]."""

from collections.abc import Iterable, Iterator
from typing import Final

from commonhold.chain.rawviews import Question
from commonhold.ops.audit.credit import CREDIT, REVIEW, CreditRows
from commonhold.ops.audit.formula import FORMULA, FormulaRows, words_of
from commonhold.rules.history import MONTHS_PER_WORD, Lane, Outcome, ProviderLane

_OUTCOME: Final = (
    "party", "month", "dueDay", "noticeDay", "lane", "counted", "closed", "standing", "lastDay",
)  # fmt: skip
_REPORTER: Final = ("reporter number", "kinds", "effectiveAt", "retired")
_SCORE: Final = (
    "score", "band", "sufficient", "records", "months", "verified", "good", "bad", "version", "month",
)  # fmt: skip
_LIMIT: Final = ("limit", "total", "exposure", "limit's band", "limit's verified")


def _outcome(found: Outcome) -> tuple[int, ...]:
    return (
        found.party, found.month, found.due_day, found.notice_day, found.lane, int(found.counted),
        int(found.closed), int(found.standing), found.last_day,
    )  # fmt: skip


def credit_rows(book: CreditRows, parties: Iterable[int], day: int) -> Iterator[Question]:
    """Every reporter, every entry, every cell, every half-year of everybody who has one, and everybody's own
    word."""
    yield Question(CREDIT, "reporterCount", (), "reporters", ("reporterCount",), (len(book.reporters),))
    for address, reporter in book.reporters.items():
        words = (reporter.number, reporter.kinds, reporter.effective, int(reporter.retired))
        yield Question(CREDIT, "reporterOf", (int(address, 16),), f"reporter {address}", _REPORTER, words)
    for key in book.grid.outcomes:
        found = book.grid.outcome_of(key, day)
        yield Question(CREDIT, "outcomeOf", (key,), f"outcome {key:#x}", _OUTCOME, _outcome(found))
    for provider in (False, True):
        yield from _cells(book, provider)
    if REVIEW in book.addresses:
        for party in {**dict.fromkeys(parties), **book.statements}:
            statement = int(book.statements.get(party, "0x0"), 16)
            id_, fields = f"party {party}", ("statement",)
            yield Question(REVIEW, "consumerStatementOf", (party,), id_, fields, (statement,))


def _cells(book: CreditRows, provider: bool) -> Iterator[Question]:
    grid = book.grid.providers if provider else book.grid.grid
    names: type[Lane] | type[ProviderLane] = ProviderLane if provider else Lane
    view, words_of = ("providerCountOf", "providerHistoryOf") if provider else ("countOf", "historyOf")
    halves: dict[int, tuple[int, int]] = {}
    for (party, month, lane), count in grid.items():
        name = f"{names(lane).name} of month {month}"
        yield Question(CREDIT, view, (party, month, lane), f"party {party}", (name,), (count,))
        half = month // MONTHS_PER_WORD
        low, high = halves.get(party, (half, half))
        halves[party] = (min(low, half), max(high, half))
    for party, (low, high) in halves.items():
        count = high - low + 3
        words = book.grid.words(party, low - 1, count, provider=provider)
        fields = ("", "", *(f"half-year {low - 1 + i}" for i in range(count)))
        yield Question(
            CREDIT, words_of, (party, low - 1, count), f"party {party}", fields, (32, count, *words)
        )


def formula_rows(book: FormulaRows, month: int, time: int) -> Iterator[Question]:
    """The score and the limit of everybody who has a record, by the version in force. [month], [unix]"""
    for version, (parameters, begins) in book.versions.items():
        id_, words = f"version {version}", words_of(parameters)
        names = tuple(f"parameter {i}" for i in range(len(words)))
        yield Question(FORMULA, "parametersOf", (version,), id_, names, words)
        yield Question(FORMULA, "effectiveAt", (version,), id_, ("effectiveAt",), (begins,))
    counts = book.counts()
    for party in {**counts, **dict.fromkeys(book.totals)}:
        score = book.score(counts.get(party, {}), month, time)
        limit = book.limit(party, score, time)
        id_ = f"party {party}"
        figures: tuple[int, ...] = (
            score.score, int(score.band), int(score.sufficient), score.records, score.months, score.verified,
            score.good, score.bad, score.version, score.month,
        )  # fmt: skip
        yield Question(FORMULA, "scoreOf", (party,), id_, _SCORE, figures)
        figures = (limit.limit, limit.total, limit.exposure, int(limit.band), limit.verified)
        yield Question(FORMULA, "limitOf", (party,), id_, _LIMIT, figures)
    for (party, lender), amount in book.exposures.items():
        arguments, id_ = (party, int(lender, 16)), f"party {party} lender {lender}"
        yield Question(FORMULA, "exposureTo", arguments, id_, ("exposure",), (amount,))
