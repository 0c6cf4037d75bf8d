"""Due dates as a calendar file (.ics) that telephones and computers take: whole days, in no time zone.

Each event has an id made of chain, contract, number and day, the same whenever the file is made: a calendar
that takes it again replaces what it has. Amounts are as of the block at which the file was made.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from icalendar import Alarm, Calendar, Event

from commonhold.chain.contracts import Suite
from commonhold.ops.dues import Due
from commonhold.ops.letters.words import text
from commonhold.text import clean
from commonhold.units import Day, Money, date_of, format_money

DAYS_AHEAD = 400  # how far a file looks [day]
REMIND = 3  # days before [day]


def calendar_of(
    suite: Suite,
    party: int,
    dates: Sequence[Due],
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
    one: Due,
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
