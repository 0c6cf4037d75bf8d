"""Random leases from a seed, many and fast: for comparing the twin with the contracts by the thousand."""

from dataclasses import replace
from random import Random

from commonhold.rules.calendar import boundary, day_number, label_of
from commonhold.rules.rent import ChangeInvalid, Schedule, anchor_of, rent_start_of
from commonhold.rules.terms import DayCount, LeaseTerms, Opening, RentStep

FIRST, LAST = day_number(1970, 3, 1), day_number(2199, 12, 31)
SHARES = (
    (10_000,),
    (10_000,),
    (5_000, 5_000),
    (3_333, 3_333, 3_334),
    (9_899, 101),
    (2_501, 2_499, 2_503, 2_497),
)


def any_rent(rng: Random) -> int:
    """Small and odd, usual, and as large as it may be. [cmt/month]"""
    return rng.choice(
        (rng.randint(10_000, 99_999), rng.randint(10**8, 10**10), rng.randint(10_000, 2**44 - 1))
    )


def any_day(rng: Random, low: int, high: int) -> int:
    """A day, often near the end of a month, where boundaries are clamped. [day]"""
    day = rng.randint(low, high)
    if rng.random() < 0.4:
        day = boundary(1, label_of(1, day) + 1) - rng.randint(0, 4)
    return min(max(day, low), high)


def any_terms(rng: Random) -> LeaseTerms:
    """Terms in any convention, 1970 to 2199; with opening figures in some."""
    length = rng.choice(
        (rng.randint(1, 70), rng.randint(1, 1_000), rng.randint(1, 1_000), rng.randint(1, 6_000))
    )
    start = any_day(rng, FIRST, LAST - length)
    shares = rng.choice(SHARES)
    terms = LeaseTerms(
        unit=1,
        landlord=1,
        tenants=(11, 12, 13, 14)[: len(shares)],
        shares=shares,
        rent=any_rent(rng),
        deposit=0,
        start_day=start,
        end_day=start + length,
        billing_day=rng.choice((0, 0, 1, 28, 29, 30, 31, rng.randint(1, 31))),
        interval=rng.choice((1, 1, 2, 3, 6, 12, rng.randint(1, 12))),
        due_offset=rng.choice((0, 0, rng.randint(-31, 31))),
        rent_free_days=rng.choice((0, 0, rng.randint(0, min(length - 1, 90)))),
        grace_days=rng.randint(0, 60),
        late_fee_rate=rng.randint(0, 100),
        late_fee_max_days=rng.choice((rng.randint(0, 60), rng.randint(0, 400))),
        day_count=rng.choice(tuple(DayCount)),
    )
    if rng.random() < 0.2:
        anchor = anchor_of(terms)
        day = boundary(anchor, label_of(anchor, rng.randint(start, terms.end_day - 1)))
        opening = Opening(max(day, start), 0, rng.randint(0, 3 * terms.rent))
        terms = replace(terms, rent_free_days=0, opening=opening)
    return replace(terms, steps=_steps(terms, rng))


def _steps(terms: LeaseTerms, rng: Random) -> tuple[RentStep, ...]:
    anchor = anchor_of(terms)
    labels = range(label_of(anchor, rent_start_of(terms)) + 1, label_of(anchor, terms.end_day - 1) + 1)
    count = min(len(labels), rng.choice((0, 0, 1, 2, 12)))
    return tuple(
        RentStep(boundary(anchor, label), any_rent(rng)) for label in sorted(rng.sample(labels, count))
    )


def any_schedule(terms: LeaseTerms, rng: Random) -> Schedule:
    """The terms' schedule after up to four agreed changes."""
    schedule = Schedule.of(terms)
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        try:
            schedule = _changed(schedule, rng)
        except ChangeInvalid:
            continue
    return schedule


def _changed(schedule: Schedule, rng: Random) -> Schedule:
    rent, kind = any_rent(rng), rng.choice(("rent", "renew", "renew", "end"))
    if kind == "rent":
        label = rng.randint(schedule.first, schedule.last)
        today = boundary(schedule.anchor, schedule.segments[-1].label)
        return schedule.with_rent_change(boundary(schedule.anchor, label), rent, today)
    if kind == "end":
        day = rng.randint(schedule.rent_start, schedule.end_day)
        return schedule.with_end(day, day)
    end = schedule.end_day + rng.choice((rng.randint(1, 70), rng.randint(1, 800)))
    if rng.random() < 0.4:
        end = boundary(schedule.anchor, label_of(schedule.anchor, end))
    return schedule.with_renewal(end, rent)
