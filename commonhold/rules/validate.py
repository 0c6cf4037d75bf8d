"""Which terms are refused: the same conditions, in the same order, with the same figures as
`LeaseAgreement.activate`.

Each refusal is `TermsInvalid(field, value, bound)`, the twin of `LeaseTermsInvalid(bytes32 field, uint256
value, uint256 bound)`; `field` is the name in the interface. The first condition that fails, in this order,
is reported. S is the first day that costs rent (`opening.day`, or `startDay + rentFreeDays`), A the anchor
(`billingDay`, or the start's day of the month), first = labelOf(S), last = labelOf(endDay - 1), today the
civil day of the activation.

    field           condition                                               value, bound reported
 1  unit            unit >= 1                                               unit, 1
 2  landlord        landlord >= 1                                           landlord, 1
 3  tenants         1 to 4 tenants                                          count, 4
 4  shares          as many shares as tenants                               count, count of tenants
 5  tenants         each >= 1, not the landlord, no tenant twice            tenant, its index
 6  shares          each >= 100                                             share, 100
 7  shares          sum = 10,000                                            sum, 10000
 8  coverMask       < 2^tenants; 0 for a single tenant                      coverMask, 2^tenants (1 if single)
 9  rent            10,000 <= rent < 2^44                                   rent, 2^44 - 1
10  deposit         < 2^56                                                  deposit, 2^56 - 1
11  billingDay      <= 31                                                   billingDay, 31
12  interval        1 to 12                                                 interval, 12
13  dueOffset       -31 to 31                                               magnitude, 31
14  graceDays       <= 60                                                   graceDays, 60
15  lateFeeRate     <= 100                                                  lateFeeRate, 100
16  lateFeeMaxDays  <= 400                                                  lateFeeMaxDays, 400
17  noticeDays      <= 366                                                  noticeDays, 366
18  commission      <= 3,000, and 0 without a manager                       commission, 3000 (0)
19  holdoverRate    <= 30,000                                               holdoverRate, 30000
20  arbiter         neither the landlord nor a tenant                       arbiter, 0
21  endDay          < 2^24                                                  endDay, 2^24 - 1
22  endDay          > today and > startDay                                  endDay, the larger of the two + 1
23  startDay        <= today + 3,660                                        startDay, today + 3660
24  startDay        without opening.day: >= today                           startDay, today
25  opening         without opening.day: all other opening figures 0        first that is not, 0
26  opening         with opening.day: startDay <= opening.day <= today      opening.day, today
27  opening         with opening.day: = startDay, or a boundary of A        opening.day, boundary(its label)
28  rentFreeDays    with opening.day: 0; without: < endDay - startDay       rentFreeDays, 0 or the length - 1
29  endDay          last + 1 - first <= 1,200                               periods, 1200
30  breakDay        0, or startDay < breakDay < endDay                      breakDay, endDay - 1
31  breakFee        < 2^56, and 0 without a break day                       breakFee, 2^56 - 1 (0)
32  fees            at most 4                                               count, 4
33  fees            each: payee >= 1 and 1 <= amount < 2^56                 amount, index
34  steps           at most 12                                              count, 12
35  steps           each: 10,000 <= rent < 2^44                             rent, 2^44 - 1
36  steps           each: day is a boundary                                 day, boundary(its label)
37  steps           each: label > the step before's (first for the first)   day, boundary(that label + 1)
38  steps           each: label <= last                                     day, boundary(last)
39  opening         arrears < 2^54                                          arrears, 2^54 - 1
40  opening         lateFees < 2^44                                         lateFees, 2^44 - 1
41  opening         paid <= max(0, due(today) - arrears)                    paid, that
42  opening         prepaid <= total - paid                                 prepaid, that

Checks 35 to 38 run together for one step before the next step is looked at. `arrears` are unpaid by
definition, so they are no part of what `paid` may cover. The deadline, the signatures, the parties' wallets
and the unit's owner are checked by the contract alone. A past rent step of a lease taken over is not
listed: `rent` is the rent at `opening.day`. With these bounds everything the lease can cost stays below
2^56 [cmt].

Rents of at least 10,000 (0.01 of the coin) and shares of at least 100 [bps] make each tenant's part of the
cumulative rent grow from label to label although it is rounded: one day costs at least 322, so a part grows
by at least 3.22 before rounding, and rounding takes less than 3 away.
"""

from commonhold.rules.calendar import boundary, label_of
from commonhold.rules.rent import BPS, MAX_PERIODS, MAX_RENT, MIN_RENT, Schedule, anchor_of, rent_start_of
from commonhold.rules.terms import LeaseTerms

MAX_TENANTS = 4
MIN_SHARE = 100  # [bps]
MAX_AMOUNT = 2**56 - 1  # [cmt]
MAX_ARREARS = 2**54 - 1  # [cmt]
MAX_OPENING_FEES = 2**44 - 1  # [cmt]
MAX_OFFSET = 31  # [days]
MAX_GRACE = 60  # [days]
MAX_LATE_RATE = 100  # [bps/day]
MAX_LATE_DAYS = 400
MAX_NOTICE = 366  # [days]
MAX_COMMISSION = 3_000  # [bps]
MAX_HOLDOVER = 30_000  # [bps]
MAX_END_DAY = 2**24 - 1  # [day]
MAX_AHEAD = 3_660  # [days]
MAX_FEES = 4
MAX_STEPS = 12


class TermsInvalid(ValueError):
    """Terms that the contract would refuse. `value` is what they say, `bound` what they may say at most (or
    at least)."""

    def __init__(self, field: str, value: int, bound: int) -> None:
        super().__init__(f"{field} cannot be {value}: the bound is {bound}")
        self.field = field
        self.value = value
        self.bound = bound


def _need(condition: bool, field: str, value: int, bound: int) -> None:
    if not condition:
        raise TermsInvalid(field, value, bound)


def validate_terms(terms: LeaseTerms, today: int) -> None:
    """Raise TermsInvalid for the first of the conditions above that the terms do not meet on `today`
    [day]."""
    _parties(terms)
    _figures(terms)
    _days(terms, today)
    _lists(terms)
    _opening_figures(terms, today)


def _parties(terms: LeaseTerms) -> None:
    count = len(terms.tenants)
    _need(terms.unit >= 1, "unit", terms.unit, 1)
    _need(terms.landlord >= 1, "landlord", terms.landlord, 1)
    _need(1 <= count <= MAX_TENANTS, "tenants", count, MAX_TENANTS)
    _need(len(terms.shares) == count, "shares", len(terms.shares), count)
    for index, tenant in enumerate(terms.tenants):
        fine = tenant >= 1 and tenant != terms.landlord and tenant not in terms.tenants[:index]
        _need(fine, "tenants", tenant, index)
    for share in terms.shares:
        _need(share >= MIN_SHARE, "shares", share, MIN_SHARE)
    _need(sum(terms.shares) == BPS, "shares", sum(terms.shares), BPS)
    masks = 1 << count if count > 1 else 1
    _need(0 <= terms.cover_mask < masks, "coverMask", terms.cover_mask, masks)


def _figures(terms: LeaseTerms) -> None:
    _need(MIN_RENT <= terms.rent <= MAX_RENT, "rent", terms.rent, MAX_RENT)
    _need(0 <= terms.deposit <= MAX_AMOUNT, "deposit", terms.deposit, MAX_AMOUNT)
    _need(0 <= terms.billing_day <= 31, "billingDay", terms.billing_day, 31)
    _need(1 <= terms.interval <= 12, "interval", terms.interval, 12)
    _need(abs(terms.due_offset) <= MAX_OFFSET, "dueOffset", abs(terms.due_offset), MAX_OFFSET)
    _need(0 <= terms.grace_days <= MAX_GRACE, "graceDays", terms.grace_days, MAX_GRACE)
    _need(0 <= terms.late_fee_rate <= MAX_LATE_RATE, "lateFeeRate", terms.late_fee_rate, MAX_LATE_RATE)
    _need(
        0 <= terms.late_fee_max_days <= MAX_LATE_DAYS,
        "lateFeeMaxDays",
        terms.late_fee_max_days,
        MAX_LATE_DAYS,
    )
    _need(0 <= terms.notice_days <= MAX_NOTICE, "noticeDays", terms.notice_days, MAX_NOTICE)
    most = MAX_COMMISSION if terms.manager else 0
    _need(0 <= terms.commission <= most, "commission", terms.commission, most)
    _need(0 <= terms.holdover_rate <= MAX_HOLDOVER, "holdoverRate", terms.holdover_rate, MAX_HOLDOVER)
    fine = terms.arbiter == 0 or (terms.arbiter != terms.landlord and terms.arbiter not in terms.tenants)
    _need(fine, "arbiter", terms.arbiter, 0)


def _days(terms: LeaseTerms, today: int) -> None:
    start, end, opening = terms.start_day, terms.end_day, terms.opening
    _need(end <= MAX_END_DAY, "endDay", end, MAX_END_DAY)
    _need(end > today and end > start, "endDay", end, max(today, start) + 1)
    _need(start <= today + MAX_AHEAD, "startDay", start, today + MAX_AHEAD)
    if opening.day == 0:
        _need(start >= today, "startDay", start, today)
        for figure in (opening.paid, opening.arrears, opening.late_fees, opening.prepaid):
            _need(figure == 0, "opening", figure, 0)
        _need(0 <= terms.rent_free_days < end - start, "rentFreeDays", terms.rent_free_days, end - start - 1)
    else:
        _need(start <= opening.day <= today, "opening", opening.day, today)
        begin = boundary(anchor_of(terms), label_of(anchor_of(terms), opening.day))
        _need(opening.day in (start, begin), "opening", opening.day, begin)
        _need(terms.rent_free_days == 0, "rentFreeDays", terms.rent_free_days, 0)
    periods = label_of(anchor_of(terms), end - 1) + 1 - label_of(anchor_of(terms), rent_start_of(terms))
    _need(periods <= MAX_PERIODS, "endDay", periods, MAX_PERIODS)
    fine = terms.break_day == 0 or start < terms.break_day < end
    _need(fine, "breakDay", terms.break_day, end - 1)
    most = MAX_AMOUNT if terms.break_day else 0
    _need(0 <= terms.break_fee <= most, "breakFee", terms.break_fee, most)


def _lists(terms: LeaseTerms) -> None:
    _need(len(terms.fees) <= MAX_FEES, "fees", len(terms.fees), MAX_FEES)
    for index, fee in enumerate(terms.fees):
        _need(fee.payee >= 1 and 1 <= fee.amount <= MAX_AMOUNT, "fees", fee.amount, index)
    _need(len(terms.steps) <= MAX_STEPS, "steps", len(terms.steps), MAX_STEPS)
    anchor = anchor_of(terms)
    before = label_of(anchor, rent_start_of(terms))
    last = label_of(anchor, terms.end_day - 1)
    for step in terms.steps:
        _need(MIN_RENT <= step.rent <= MAX_RENT, "steps", step.rent, MAX_RENT)
        label = label_of(anchor, step.day)
        _need(boundary(anchor, label) == step.day, "steps", step.day, boundary(anchor, label))
        _need(label > before, "steps", step.day, boundary(anchor, before + 1))
        _need(label <= last, "steps", step.day, boundary(anchor, last))
        before = label


def _opening_figures(terms: LeaseTerms, today: int) -> None:
    opening = terms.opening
    if opening.day == 0:
        return
    _need(0 <= opening.arrears <= MAX_ARREARS, "opening", opening.arrears, MAX_ARREARS)
    _need(0 <= opening.late_fees <= MAX_OPENING_FEES, "opening", opening.late_fees, MAX_OPENING_FEES)
    schedule = Schedule.of(terms)
    most = max(0, schedule.due(today) - opening.arrears)
    _need(0 <= opening.paid <= most, "opening", opening.paid, most)
    most = schedule.total - opening.paid
    _need(0 <= opening.prepaid <= most, "opening", opening.prepaid, most)
