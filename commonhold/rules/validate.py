"""Which terms are refused: the same conditions, in the same order, with the same figures as the contracts.

Each refusal is `TermsInvalid(field, value, bound)`, the twin of `LeaseTermsInvalid(bytes32 field, uint256
value, uint256 bound)`; `field` is the name in the interface. The first condition that fails is reported.
`today` is the civil day of the activation, `anchor` the billing day or else the start's day of the month,
`first` and `last` the labels of the first day that costs rent and of the last day.

    field           condition                                               value, bound reported
 1  landlord        >= 1                                                    0, 1
 2  tenants         1 to 4                                                  count, 4
 3  shares          as many as tenants                                      count, tenants
    then for each tenant:
 4  tenants         >= 1 and not the landlord                               tenant, index
 5  tenants         no earlier tenant                                       tenant, index of the earlier
 6  shares          >= 100                                                  share, 100
    then:
 7  shares          sum = 10,000                                            sum, 10000
 8  coverMask       < 2^tenants                                             coverMask, 2^tenants - 1
 9  fees            at most 4                                               count, 4
10  fees.payee      each >= 1                                               0, index
11  rent            10,000 to 2^44 - 1                                      rent, the bound it passes
12  deposit         < 2^56                                                  deposit, 2^56 - 1
13  billingDay      <= 31                                                   billingDay, 31
14  interval        1 to 12                                                 interval, the bound it passes
15  dueOffset       -31 to 31                                               dueOffset, 31
16  graceDays       <= 60                                                   graceDays, 60
17  lateFeeRate     <= 100                                                  lateFeeRate, 100
18  lateFeeMaxDays  <= 400                                                  lateFeeMaxDays, 400
19  noticeDays      <= 366                                                  noticeDays, 366
20  breakFee        < 2^56                                                  breakFee, 2^56 - 1
21  commission      <= 3,000                                                commission, 3000
22  manager         >= 1 if there is a commission                           0, 1
23  holdoverRate    <= 30,000                                               holdoverRate, 30000
24  arbiter         neither the landlord nor a tenant                       arbiter, 0
25  endDay          > startDay                                              endDay, startDay + 1
    and             <= 2311-04-01                                           endDay, 124637
26  startDay        <= today + 3,660                                        startDay, today + 3660
27  endDay          <= first of the month 1,200 months after startDay's     endDay, that day
28  rentFreeDays    < endDay - startDay                                     rentFreeDays, the length - 1
29  breakDay        0, or startDay < breakDay < endDay                      breakDay, endDay
30  steps           at most 12                                              count, 12
    without opening.day:
31  startDay        >= today                                                startDay, today
32  opening         all other figures 0                                     0, 0
    with opening.day:
33  opening.day     startDay to today                                       opening.day, today
34  opening.day     startDay, or a boundary                                 opening.day, anchor
35  endDay          > today                                                 endDay, today + 1
36  rentFreeDays    0                                                       rentFreeDays, 0
37  fees            none                                                    count, 0
    then for each step:
38  steps.day       a boundary, its label after first and the step before's and not after last   day, index
39  steps.rent      10,000 to 2^44 - 1                                      rent, the bound it passes
    then:
40  total           all that the lease costs < 2^56                         total, 2^56 - 1
41  opening         paid + prepaid <= total                                 sum, total

Rents of at least 10,000 (0.01 of the coin) and shares of at least 100 [bps] make each tenant's part of the
cumulative rent grow from label to label although it is rounded: one day costs at least 322, so a part grows
by at least 3.22 before rounding, and rounding takes less than 3 away. The late fee relies on it.

Deadline, nonce, signatures, the parties' wallets and the unit's owner are checked by the contracts alone.
A past rent step of a lease taken over is not listed: `rent` is the rent at `opening.day`.
"""

from commonhold.rules.calendar import boundary, first_of, label_of, month_of
from commonhold.rules.rent import (
    BPS,
    LAST_DAY,
    MAX_AMOUNT,
    MAX_PERIODS,
    MAX_RENT,
    MIN_RENT,
    Schedule,
    anchor_of,
)
from commonhold.rules.terms import LeaseTerms

MAX_TENANTS = 4
MIN_SHARE = 100  # [bps]
MAX_OFFSET = 31  # [days]
MAX_GRACE = 60  # [days]
MAX_LATE_RATE = 100  # [bps/day]
MAX_LATE_DAYS = 400
MAX_NOTICE = 366  # [days]
MAX_COMMISSION = 3_000  # [bps]
MAX_HOLDOVER = 30_000  # [bps]
MAX_AHEAD = 3_660  # [days]
MAX_FEES = 4
MAX_STEPS = 12


class TermsInvalid(ValueError):
    """Terms that the contract would refuse: what a field says, and the bound that it passes."""

    def __init__(self, field: str, value: int, bound: int) -> None:
        super().__init__(f"{field} cannot be {value}: the bound is {bound}")
        self.field = field
        self.value = value
        self.bound = bound


def _need(condition: bool, field: str, value: int, bound: int) -> None:
    if not condition:
        raise TermsInvalid(field, value, bound)


def _most(field: str, value: int, bound: int, least: int = 0) -> None:
    _need(value >= least, field, value, least)
    _need(value <= bound, field, value, bound)


def validate_terms(terms: LeaseTerms, today: int) -> None:
    """Raise TermsInvalid for the first of the conditions above that the terms do not meet. [day]"""
    _parties(terms)
    _figures(terms)
    _days(terms, today)
    if terms.opening.day:
        _running(terms, today)
    else:
        _new(terms, today)
    _costs(terms)


def _parties(terms: LeaseTerms) -> None:
    count = len(terms.tenants)
    _need(terms.landlord >= 1, "landlord", terms.landlord, 1)
    _need(1 <= count <= MAX_TENANTS, "tenants", count, MAX_TENANTS)
    _need(len(terms.shares) == count, "shares", len(terms.shares), count)
    for index, (tenant, share) in enumerate(zip(terms.tenants, terms.shares, strict=True)):
        _need(tenant >= 1 and tenant != terms.landlord, "tenants", tenant, index)
        _need(tenant not in terms.tenants[:index], "tenants", tenant, terms.tenants.index(tenant))
        _need(share >= MIN_SHARE, "shares", share, MIN_SHARE)
    _need(sum(terms.shares) == BPS, "shares", sum(terms.shares), BPS)
    _most("coverMask", terms.cover_mask, (1 << count) - 1)
    _most("fees", len(terms.fees), MAX_FEES)
    for index, fee in enumerate(terms.fees):
        _need(fee.payee >= 1, "fees.payee", fee.payee, index)


def _figures(terms: LeaseTerms) -> None:
    _most("rent", terms.rent, MAX_RENT, least=MIN_RENT)
    _most("deposit", terms.deposit, MAX_AMOUNT)
    _most("billingDay", terms.billing_day, 31)
    _most("interval", terms.interval, 12, least=1)
    _need(abs(terms.due_offset) <= MAX_OFFSET, "dueOffset", terms.due_offset, MAX_OFFSET)
    _most("graceDays", terms.grace_days, MAX_GRACE)
    _most("lateFeeRate", terms.late_fee_rate, MAX_LATE_RATE)
    _most("lateFeeMaxDays", terms.late_fee_max_days, MAX_LATE_DAYS)
    _most("noticeDays", terms.notice_days, MAX_NOTICE)
    _most("breakFee", terms.break_fee, MAX_AMOUNT)
    _most("commission", terms.commission, MAX_COMMISSION)
    _need(terms.commission == 0 or terms.manager >= 1, "manager", terms.manager, 1)
    _most("holdoverRate", terms.holdover_rate, MAX_HOLDOVER)
    interested = terms.arbiter != 0 and terms.arbiter in (terms.landlord, *terms.tenants)
    _need(not interested, "arbiter", terms.arbiter, 0)


def _days(terms: LeaseTerms, today: int) -> None:
    start, end = terms.start_day, terms.end_day
    _need(end > start, "endDay", end, start + 1)
    _most("endDay", end, LAST_DAY)
    _most("startDay", start, today + MAX_AHEAD)
    _most("endDay", end, first_of(month_of(start) + MAX_PERIODS))
    _most("rentFreeDays", terms.rent_free_days, end - start - 1)
    _need(terms.break_day == 0 or start < terms.break_day < end, "breakDay", terms.break_day, end)
    _most("steps", len(terms.steps), MAX_STEPS)


def _new(terms: LeaseTerms, today: int) -> None:
    opening = terms.opening
    _need(terms.start_day >= today, "startDay", terms.start_day, today)
    empty = not (opening.paid or opening.arrears or opening.late_fees or opening.prepaid)
    _need(empty, "opening", 0, 0)


def _running(terms: LeaseTerms, today: int) -> None:
    day, anchor = terms.opening.day, anchor_of(terms)
    _need(terms.start_day <= day <= today, "opening.day", day, today)
    begins = day == terms.start_day or day == boundary(anchor, label_of(anchor, day))
    _need(begins, "opening.day", day, anchor)
    _need(terms.end_day > today, "endDay", terms.end_day, today + 1)
    _need(terms.rent_free_days == 0, "rentFreeDays", terms.rent_free_days, 0)
    _need(not terms.fees, "fees", len(terms.fees), 0)


def _costs(terms: LeaseTerms) -> None:
    schedule, anchor = Schedule.of(terms), anchor_of(terms)
    before = schedule.first
    for index, step in enumerate(terms.steps):
        label = label_of(anchor, step.day)
        fine = boundary(anchor, label) == step.day and before < label <= schedule.last
        _need(fine, "steps.day", step.day, index)
        _most("steps.rent", step.rent, MAX_RENT, least=MIN_RENT)
        before = label
    total, opening = schedule.total, terms.opening
    _most("total", total, MAX_AMOUNT)
    _most("opening", opening.paid + opening.prepaid, total)
