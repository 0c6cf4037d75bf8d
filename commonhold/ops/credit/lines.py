"""A credit file and a statement in people's words: lines and rows for tables."""

from commonhold.ops.credit.file import PIECE, CreditFile
from commonhold.ops.credit.statement import Verified
from commonhold.rules.history import Lane, ProviderLane, Standing
from commonhold.units import Day, Money, Month, format_day, format_money, format_month
from commonhold.words import word


def pieces(evidence: int) -> str:
    """Evidence in whole pieces of the current month, signed, two decimals, towards zero."""
    hundredths = abs(evidence) * 100 // PIECE
    return f"{'-' if evidence < 0 else '+'}{hundredths // 100}.{hundredths % 100:02d}"


def headline(found: CreditFile, name: str, language: str) -> list[str]:
    """Who, when, score and band, limit, and what a reader must know beside them."""
    score = found.score
    day = format_day(Day(found.today))
    lines = [f"{word(language, 'credit_file')}: {name} ({day}, {word(language, 'block')} {found.block})"]
    band = word(language, f"band_{score.band.name}")
    records = f"{score.records} {word(language, 'records')}"
    lines.append(
        f"{word(language, 'credit_score')}: {score.score} ({band}, {records})"
        if score.sufficient
        else f"{word(language, 'credit_score')}: {band} ({records})"
    )
    limit, out = format_money(Money(found.limit.limit)), format_money(Money(found.limit.exposure))
    lines.append(f"{word(language, 'credit_limit')}: {limit} ({word(language, 'exposure')}: {out})")
    if found.suspended:
        lines.append(word(language, "suspended"))
    if not found.collecting:
        lines.append(word(language, "no_collecting"))
    if any(found.consumer_statement):
        lines.append(f"{word(language, 'consumer_statement')}: 0x{found.consumer_statement.hex()}")
    return lines


def reason_rows(found: CreditFile, language: str) -> list[list[str]]:
    """What each kind of record weighs, the weightiest first."""
    return [
        [word(language, f"lane_{lane.name}"), str(count), pieces(evidence) if evidence else "0"]
        for lane, count, evidence in found.by_lane()
    ]


def month_rows(found: CreditFile, language: str) -> list[list[str]]:
    """Each month that has records, newest first."""
    rows = []
    for month in sorted({month for month, _ in found.counts}, reverse=True):
        told = [
            f"{word(language, f'lane_{Lane(lane).name}')} × {count}"
            for (when, lane), count in sorted(found.counts.items())
            if when == month
        ]
        rows.append([format_month(Month(month)), ", ".join(told)])
    return rows


def provider_rows(found: CreditFile, language: str) -> list[list[str]]:
    """The record of a landlord or manager, summed over the months."""
    return [
        [
            word(language, f"provider_{lane.name}"),
            str(sum(count for (_, other), count in found.provided.items() if other == lane)),
        ]
        for lane in ProviderLane
        if any(other == lane for _, other in found.provided)
    ]


def entry_rows(found: CreditFile, language: str) -> list[list[str]]:
    """Each notice, delay and dispute."""
    rows = []
    for entry in found.entries:
        outcome = entry.outcome
        standing = word(language, f"standing_{outcome.standing.name}")
        if outcome.standing is Standing.NOTICED:
            standing = f"{standing} {format_day(Day(entry.cure_day))}"
        elif outcome.standing is Standing.DISPUTED:
            standing = f"{standing} {format_day(Day(outcome.last_day))}"
        lane = word(language, f"lane_{Lane(outcome.lane).name}") if outcome.lane in set(Lane) else ""
        rows.append([hex(entry.key), format_day(Day(outcome.due_day)), lane, standing])
    return rows


def contribution_rows(found: CreditFile, language: str) -> list[list[str]]:
    """Every cell behind the score: month, record, counted of count, weight of the month, evidence."""
    return [
        [
            format_month(Month(row.month)),
            word(language, f"lane_{Lane(row.lane).name}"),
            f"{row.counted}/{row.count}",
            f"{row.weight:,}",
            f"{row.good:,}",
            f"{row.bad:,}",
        ]
        for row in found.reasons
    ]


def sum_lines(found: CreditFile) -> list[str]:
    """The sums, and the formula with the figures put in."""
    score, p = found.score, found.parameters
    good, bad = p.prior_good * 10**6, p.prior_bad * 10**6
    lines = [f"good {score.good:,}  bad {score.bad:,}  (formula version {score.version})"]
    if score.sufficient:
        lines.append(
            f"300 + 550 × ({score.good:,} + {good:,}) / ({score.good:,} + {score.bad:,} + {good + bad:,}) "
            f"= {score.score}"
        )
    else:
        lines.append(
            f"{score.records} of {p.min_records} records, {score.months} of {p.min_months} months needed"
        )
    return lines


def claim_lines(found: Verified, language: str) -> list[str]:
    """What a statement says."""
    span = word(language, "last_months").format(months=found.months, month=format_month(Month(found.month)))
    lines = []
    for claim in found.claims:
        form = "claim_only" if claim.what == "defaults" else "claim_of"
        told = word(language, form).format(
            count=claim.count, total=claim.total, what=word(language, f"claim_{claim.what}")
        )
        lines.append(f"{told} ({span})")
    if found.score is not None:
        lines.append(f"{word(language, 'credit_score')}: {found.score} (v{found.formula_version})")
        lines += [f"  {word(language, f'lane_{lane.name}')} × {count}" for lane, count in found.reason_counts]
    lines.append(f"party {found.party}, {found.subject}, {word(language, 'block')} {found.block}")
    return lines
