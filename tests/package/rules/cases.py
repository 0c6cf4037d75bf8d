"""Random lease terms for the twin's property tests: all conventions, 1970 to 2199."""

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from commonhold.rules.calendar import boundary, day_number, label_of
from commonhold.rules.rent import Schedule, anchor_of, rent_start_of
from commonhold.rules.terms import DayCount, LeaseTerms, Opening, RentStep
from tests.examples import LONG

FIRST = day_number(1970, 3, 1)
LAST = day_number(2199, 12, 31)
LANDLORD, MANAGER, TENANTS = 1, 2, (11, 12, 13, 14)


def examples(number: int) -> settings:
    """So many examples; in a long run (COMMONHOLD_EXAMPLES=long) many more."""
    return settings(
        max_examples=number * 25 if LONG else number,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def days(low: int = FIRST, high: int = LAST) -> st.SearchStrategy[int]:
    """Days, with a liking for ends of months, where the clamping happens."""
    plain = st.integers(low, high)
    ends = st.builds(
        lambda y, m, d: day_number(y, m + 1, 1) - d,
        st.integers(1971, 2198),
        st.integers(1, 11),
        st.integers(1, 4),
    )
    return st.one_of(plain, ends.filter(lambda day: low <= day <= high))


def shares() -> st.SearchStrategy[tuple[int, ...]]:
    """One to four shares of at least 100 bps."""
    cuts = st.lists(st.integers(1, 99), max_size=3, unique=True).map(sorted)
    odd = st.sampled_from([(10_000,), (3_333, 3_333, 3_334), (9_899, 101), (2_501, 2_499, 2_503, 2_497)])
    even = cuts.map(lambda c: tuple((b - a) * 100 for a, b in zip([0, *c], [*c, 100], strict=True)))
    return st.one_of(odd, even)


@st.composite
def terms(draw: st.DrawFn, longest: int = 900, most_late: int = 70, joint: bool = True) -> LeaseTerms:
    """Valid terms without opening figures."""
    start = draw(days(high=LAST - longest - 70))
    length = draw(st.integers(1, longest))
    parts = draw(shares()) if joint else (10_000,)
    rent = draw(
        st.one_of(
            st.integers(10_000, 99_999),
            st.integers(10_000, 2**44 - 1),
            st.sampled_from([10_000, 3_000_000_000]),
        )
    )
    bare = LeaseTerms(
        unit=1,
        landlord=LANDLORD,
        tenants=TENANTS[: len(parts)],
        shares=parts,
        rent=rent,
        deposit=draw(st.integers(0, 3 * rent)),
        start_day=start,
        end_day=start + length,
        billing_day=draw(st.one_of(st.just(0), st.integers(1, 31))),
        interval=draw(st.one_of(st.just(1), st.integers(1, 12))),
        due_offset=draw(st.one_of(st.just(0), st.integers(-31, 31))),
        rent_free_days=draw(st.one_of(st.just(0), st.integers(0, min(90, length - 1)))),
        grace_days=draw(st.integers(0, 20)),
        late_fee_rate=draw(st.integers(0, 100)),
        late_fee_max_days=draw(st.integers(0, most_late)),
        manager=MANAGER,
        commission=draw(st.sampled_from([0, 0, 333, 3_000])),
        day_count=draw(st.sampled_from(DayCount)),
    )
    return draw(with_steps(bare))


@st.composite
def with_steps(draw: st.DrawFn, bare: LeaseTerms) -> LeaseTerms:
    """The same terms with up to three rent steps where there is room for them."""
    anchor = anchor_of(bare)
    first, last = label_of(anchor, rent_start_of(bare)), label_of(anchor, bare.end_day - 1)
    if last == first:
        return bare
    labels = sorted(draw(st.sets(st.integers(first + 1, last), max_size=3)))
    steps = tuple(RentStep(boundary(anchor, label), draw(st.integers(10_000, 2**40))) for label in labels)
    return replace(bare, steps=steps)


@st.composite
def running_terms(draw: st.DrawFn) -> tuple[LeaseTerms, int]:
    """Valid terms of a lease taken over while running, and the day of its activation."""
    base = draw(terms(longest=700).filter(lambda t: t.end_day - t.start_day > 70))
    base = replace(base, rent_free_days=0, steps=())
    anchor = anchor_of(base)
    today = draw(st.integers(base.start_day + 1, base.end_day - 1))
    day = max(base.start_day, boundary(anchor, label_of(anchor, today)))
    opening = Opening(day, 0, draw(st.integers(0, 2 * base.rent)), draw(st.integers(0, base.rent // 10)))
    base = draw(with_steps(replace(base, opening=opening)))
    schedule = Schedule.of(base)
    paid = draw(st.integers(0, max(0, schedule.due(today) - opening.arrears)))
    prepaid = draw(st.integers(0, schedule.total - paid))
    return replace(base, opening=replace(opening, paid=paid, prepaid=prepaid)), today
