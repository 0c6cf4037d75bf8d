"""Taking over a running lease: the opening figures that continue what the roll's books say at the cut-over.

The effective boundary is the last boundary on or before the cut-over from which the rest of the lease falls
due exactly as it would have without the take-over: the same days, the same amounts. With payment every month
that is the last boundary; with payment every three months, the first day of the running payment; where no
boundary has passed yet, the start itself. If there are arrears, it is one whose rent has fallen due, so that
the arrears stay due on every day.

    recent  = what has fallen due by the cut-over of the periods from that boundary on
    paid    = recent - min(arrears, recent)         older arrears = arrears - min(arrears, recent)

The books are those of the end of the cut-over day. Money [cmt], days [day].
"""

from dataclasses import replace

from commonhold.rules.calendar import boundary, label_of
from commonhold.rules.rent import Schedule, anchor_of
from commonhold.rules.terms import LeaseTerms, Opening
from commonhold.units import Day, Money, format_day, format_money

_REACH = 14  # labels before the cut-over's that may begin the running payment, or the one before


class OpeningProblem(Exception):
    """The books at the cut-over do not fit the lease. field: the column that says so."""

    def __init__(self, field: str, what: str, advice: str) -> None:
        super().__init__(what)
        self.field = field
        self.what = what
        self.advice = advice


def is_running(start: Day, cutover: Day) -> bool:
    """A lease that has begun by the end of the cut-over day is taken over; a later one is new."""
    return start <= cutover


def take_over(
    terms: LeaseTerms, cutover: Day, *, arrears: Money, prepaid: Money, late_fees: Money
) -> LeaseTerms:
    """The terms with opening figures, without what lies behind: rent-free days, past steps, one-off fees.

    terms: as agreed, without opening figures; `rent` is the rent at the cut-over. Raises OpeningProblem.
    """
    past = [step for step in terms.steps if step.day <= cutover]
    if past and past[-1].rent != terms.rent:
        raise OpeningProblem(
            "rent",
            f"the step of {format_day(Day(past[-1].day))} says {format_money(Money(past[-1].rent))}",
            "Put the rent of the cut-over day in the rent column, or correct the steps.",
        )
    if arrears and prepaid:
        raise OpeningProblem(
            "prepaid",
            "the tenant is behind and ahead at once",
            "Set the prepayment off against the arrears, and leave one of the two.",
        )
    agreed = Schedule.of(terms)
    taken = replace(
        terms, rent_free_days=0, fees=(), steps=tuple(step for step in terms.steps if step.day > cutover)
    )
    day = _effective_boundary(taken, agreed, cutover, behind=arrears > 0)
    anchor = anchor_of(terms)
    opened = replace(taken, opening=Opening(day=day))
    recent = agreed.due(cutover) - agreed.cum(label_of(anchor, day) - 1)
    unpaid = min(arrears, recent)
    older = arrears - unpaid
    if older and label_of(anchor, day) <= agreed.first:
        raise OpeningProblem(
            "arrears",
            f"only {format_money(Money(recent))} has fallen due since the lease began",
            "Put the unpaid rent in; deposits and fees are not part of it.",
        )
    paid = Schedule.of(opened).due(cutover) - unpaid
    opening = Opening(day=day, paid=paid, arrears=older, late_fees=late_fees, prepaid=prepaid)
    result = replace(opened, opening=opening)
    most = Schedule.of(result).total - paid
    if prepaid > most:
        raise OpeningProblem(
            "prepaid",
            f"all that the lease still costs is {format_money(Money(most))}",
            "Put at most that in; the rest is the tenant's money to pay back.",
        )
    return result


def _effective_boundary(taken: LeaseTerms, agreed: Schedule, cutover: Day, *, behind: bool) -> Day:
    anchor = anchor_of(taken)
    label = label_of(anchor, cutover)
    boundaries = (boundary(anchor, one) for one in range(label, label - _REACH - 1, -1))
    candidates = [day for day in boundaries if day > taken.start_day]
    # paid every month at its beginning, without free days: every boundary so far has fallen due, and will do
    monthly = taken.interval == 1 and taken.due_offset <= 0 and agreed.rent_start == taken.start_day
    future = [] if monthly else _after(agreed, cutover)
    for day in (*candidates, taken.start_day):
        schedule = Schedule.of(replace(taken, opening=Opening(day=day)))
        if behind and schedule.last_label_due(cutover) < schedule.first and day != taken.start_day:
            continue
        if monthly or _after(schedule, cutover) == future:
            return Day(day)
    raise OpeningProblem(
        "rent_free_days",
        "the rent-free days reach into a payment that falls due after the cut-over",
        "Put the first day that costs rent in as the start, and 0 rent-free days.",
    )


def _after(schedule: Schedule, cutover: Day) -> list[tuple[int, int, int]]:
    """The periods that fall due after the cut-over: label [month], due day [day], price [cmt]."""
    label = max(schedule.last_label_due(cutover) + 1, schedule.first)
    answer, before = [], schedule.cum(label - 1)
    for one in range(label, schedule.last + 1):
        after = schedule.cum(one)
        answer.append((one, schedule.due_day(one), after - before))
        before = after
    return answer
