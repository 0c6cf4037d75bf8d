"""A lease's twin out of its rows, and back. Amounts [cmt], days [day], months [month]."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from commonhold.rules.accounts import Account
from commonhold.rules.ledger import LeaseLedger, State
from commonhold.rules.rent import Schedule, Segment
from commonhold.rules.terms import DayCount, LeaseTerms, Opening, RentStep

Row = dict[str, Any]

# The account's columns, in the order of the twin's fields.
ACCOUNT: Final = ("tenant", "share", "settled", "pot", "accrual", "day", "landlord_debt", "covered")


def pack_terms(terms: LeaseTerms) -> str:
    """What was signed; without the fees that were paid once, which no log tells."""
    return orjson.dumps(
        [
            terms.unit,
            terms.landlord,
            terms.tenants,
            terms.shares,
            terms.rent,
            terms.deposit,
            terms.start_day,
            terms.end_day,
            terms.billing_day,
            terms.interval,
            terms.due_offset,
            terms.rent_free_days,
            [(step.day, step.rent) for step in terms.steps],
            terms.grace_days,
            terms.late_fee_rate,
            terms.late_fee_max_days,
            terms.notice_days,
            terms.break_day,
            terms.break_fee,
            terms.manager,
            terms.commission,
            terms.holdover_rate,
            int(terms.day_count),
            terms.arbiter,
            terms.cover_mask,
            (
                terms.opening.day,
                terms.opening.paid,
                terms.opening.arrears,
                terms.opening.late_fees,
                terms.opening.prepaid,
            ),
        ]
    ).decode()


def unpack_terms(text: str) -> LeaseTerms:
    (unit, landlord, tenants, shares, rent, deposit, start, end, billing, interval, offset, free, steps,
     grace, rate, most, notice, break_day, break_fee, manager, commission, holdover, count, arbiter, mask,
     opening) = orjson.loads(text)  # fmt: skip
    return LeaseTerms(
        unit,
        landlord,
        tuple(tenants),
        tuple(shares),
        rent,
        deposit,
        start,
        end,
        billing,
        interval,
        offset,
        free,
        tuple(RentStep(*step) for step in steps),
        (),
        grace,
        rate,
        most,
        notice,
        break_day,
        break_fee,
        manager,
        commission,
        holdover,
        DayCount(count),
        arbiter,
        mask,
        Opening(*opening),
    )


def pack_schedule(schedule: Schedule) -> str:
    return orjson.dumps(
        [
            schedule.rent_start,
            schedule.end_day,
            schedule.anchor,
            schedule.interval,
            schedule.due_offset,
            int(schedule.day_count),
            [list(segment) for segment in schedule.segments],
            schedule.first,
            schedule.last,
            schedule.stub,
        ]
    ).decode()


def unpack_schedule(text: str) -> Schedule:
    start, end, anchor, interval, offset, count, segments, first, last, stub = orjson.loads(text)
    return Schedule(
        start,
        end,
        anchor,
        interval,
        offset,
        DayCount(count),
        tuple(Segment(*segment) for segment in segments),
        first,
        last,
        stub,
    )


def account_of(row: Row) -> Account:
    return Account(*(row[name] for name in ACCOUNT))


def account_row(lease: int, place: int, account: Account) -> Row:
    return {"lease": lease, "place": place, **{name: getattr(account, name) for name in ACCOUNT}}


def lease_figures_of(ledger: LeaseLedger) -> Row:
    """The columns of `leases` that changes of a lease touch."""
    return {
        "landlord": ledger.landlord,
        "state": int(ledger.state),
        "end_day": ledger.schedule.end_day,
        "rent": ledger.schedule.segments[-1].rent,
        "whole": int(ledger.whole),
        "schedule": pack_schedule(ledger.schedule),
    }


def ledger_of(
    terms: LeaseTerms, schedule: Schedule, row: Mapping[str, Any], accounts: Sequence[Account]
) -> LeaseLedger:
    """The twin as it stands."""
    return LeaseLedger(
        terms, schedule, list(accounts), row["landlord"], State(row["state"]), bool(row["whole"])
    )
