"""Due dates as a calendar file (.ics) that telephones and computers take: whole days, in no time zone.

Each event has an id made of chain, contract, number and day, the same whenever the file is made: a calendar
that takes it again replaces what it has. Amounts are as of the block at which the file was made.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from icalendar import Alarm, Calendar, Event

from commonhold.chain.contracts import Suite
from commonhold.ops.arrears import terms_of_account
from commonhold.ops.letters.words import text
from commonhold.ops.settle import Bills
from commonhold.ops.statement import steps
from commonhold.rules.bills import unit_of
from commonhold.rules.fees import instalments_open
from commonhold.text import clean
from commonhold.units import Day, Money, date_of, format_money

DAYS_AHEAD = 400  # how far a file looks [day]
REMIND = 3  # days before [day]


@dataclass(frozen=True, slots=True)
class DueDate:
    """what: "rent", "fee", "instalment" or "bill". number: of the lease or account, or the bill's key.
    amount: this party's part [cmt]; day [day]."""

    what: str
    number: int
    unit: int
    day: int
    amount: int


def due_dates(suite: Suite, party: int, *, days: int = DAYS_AHEAD, block: int | None = None) -> list[DueDate]:
    """What falls due for a party after today, as far as the contracts know it now, by day."""
    number = suite.connection.block_number() if block is None else block
    found = [
        *_rents(suite, party, days, number),
        *_fees(suite, party, days, number),
        *_bills(suite, party, days, number),
    ]
    return sorted(found, key=lambda one: (one.day, one.what, one.number))


def _rents(suite: Suite, party: int, days: int, block: int) -> Iterator[DueDate]:
    today = suite.leases.today(block)
    ids = list(range(1, suite.leases.lease_count(block) + 1))
    mine = [
        (lease, part.share)
        for lease, parts in zip(ids, suite.leases.accounts_of_many(ids, block), strict=True)
        for part in parts
        if part.tenant == party
    ]
    terms = suite.leases.terms_of_many([lease for lease, _ in mine], block)
    for (lease, share), summary in zip(mine, terms, strict=True):
        for day, amount in steps(suite, lease, today, today + days, block):
            yield DueDate("rent", lease, summary.unit, day, amount * share // 10_000)


def _fees(suite: Suite, party: int, days: int, block: int) -> Iterator[DueDate]:
    today = suite.fees.today(block)
    ids = list(range(1, suite.fees.account_count(block) + 1))
    for number, account in zip(ids, suite.fees.accounts_of_many(ids, block), strict=True):
        if account.party != party:
            continue
        found = suite.tariffs.category_of(account.category, block)
        if found is None:
            continue
        terms = terms_of_account(account, *found)
        for month in range(terms.last_due(today) + 1, terms.last_due(today + days) + 1):
            amount = terms.line(month)
            if amount:
                yield DueDate("fee", number, account.unit, terms.due_day(month), amount)
        if account.plan_left:
            yield from _instalments(suite, number, account.unit, today, days, block)


def _instalments(
    suite: Suite, number: int, unit: int, today: int, days: int, block: int
) -> Iterator[DueDate]:
    (plan,) = suite.fees.plans_of_many([number], block)
    if plan.broken_day:
        return
    for day, unpaid in instalments_open(plan.total, plan.paid, plan.count, plan.first_day, today + days):
        if day > today:
            yield DueDate("instalment", number, unit, day, unpaid)


def _bills(suite: Suite, party: int, days: int, block: int) -> Iterator[DueDate]:
    """Those that are issued."""
    today = suite.fees.today(block)
    keys = Bills(suite).ids(block)
    for key, one in zip(keys, suite.bills.bills_of(keys, block), strict=True):
        if one.party == party and one.open and today < one.due_day <= today + days:
            yield DueDate("bill", key, unit_of(key), one.due_day, one.open)


def calendar_of(
    suite: Suite,
    party: int,
    dates: list[DueDate],
    *,
    language: str,
    names: Mapping[str, str],
    reference: str = "",
    block: int | None = None,
) -> bytes:
    """The file. names: "party 7", "unit 3" → names. reference: of the party's slip, for the description."""
    head = suite.connection.block("latest" if block is None else block)
    made = Calendar()
    made.add("prodid", "-//Commonhold//Due dates//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    name = clean(names.get(f"party {party}", f"party {party}"))
    made.add("x-wr-calname", text(language, "calendar", name=name))
    for one in dates:
        made.add_component(_event(suite, party, one, language, names, reference, head.time))
    return bytes(made.to_ical())


def _event(
    suite: Suite,
    party: int,
    one: DueDate,
    language: str,
    names: Mapping[str, str],
    reference: str,
    time: int,
) -> Event:
    contract = {"rent": suite.leases, "bill": suite.bills}.get(one.what, suite.fees)
    unit = clean(names.get(f"unit {one.unit}", f"unit {one.unit}"))
    summary = text(language, f"event_{one.what}", amount=format_money(Money(one.amount)), unit=unit)
    what = " instalment" if one.what == "instalment" else ""  # beside the month's fee of the same account
    place = f"{suite.connection.chain_id} {contract.address.lower()} {one.number} {party} {one.day}{what}"
    event = Event()
    event.add("uid", f"{hashlib.sha256(place.encode()).hexdigest()[:32]}@commonhold")
    event.add("dtstamp", datetime.fromtimestamp(time, UTC))
    event.add("dtstart", date_of(Day(one.day)))
    event.add("dtend", date_of(Day(one.day + 1)))
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    if reference:
        event.add("description", text(language, "event_reference", reference=reference))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(days=-REMIND))
    event.add_component(alarm)
    return event


def write_calendar(content: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
