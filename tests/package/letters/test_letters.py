"""Letters about arrears, slips on paper, and calendars of due dates, from leases on a real node.

letters: one for each party · joint tenants' debt to the first one · its sum is what the contracts say · tone
by age · least age · names are text, not markup · every language · slip with QR code, or none without an
account
calendar: what falls due and when, each party's part · ids that stay · whole days in no time zone
"""

import re
from collections.abc import Iterator
from datetime import date

import icalendar
import pytest

from commonhold.chain.node import Node
from commonhold.ops.arrears import Arrears, arrears
from commonhold.ops.bank.slip import Slip, is_iban, qr_text, slip_of, slip_page
from commonhold.ops.calendars import DAYS_AHEAD, calendar_of
from commonhold.ops.dues import dues
from commonhold.ops.letters.dunning import Letter, letters, lines, page
from commonhold.ops.outbox.render import Letterhead
from commonhold.settings import BankAccount
from commonhold.units import Day, date_of
from commonhold.words import LANGUAGES
from tests.package.bank.files import ACCOUNT, TAG
from tests.package.ops.town import CMT, Town

NAMES = {"party 7": 'Ann <script>alert("x")</script>', "unit 3": "A & B 101"}
DEBT = Arrears("lease", 1, 3, 7, (100 * CMT, 200 * CMT, 0, 5 * CMT), 3 * CMT, 0)
FEE = Arrears("account", 4, 3, 7, (0, 20 * CMT, 0, 0), 0, 20_000)
BILL = Arrears("bill", 5 << 48, 5, 8, (9 * CMT, 0, 0, 0), 0, 20_500)
TODAY = 20_515  # 2026-03-03


def _slip(party: int, amount: int) -> Slip | None:
    return slip_of(ACCOUNT, TAG, party, NAMES.get(f"party {party}", f"party {party}"), amount)


def head(language: str = "en") -> Letterhead:
    return Letterhead(language, "Maple Grove", NAMES, _slip)


def visible(html: str) -> str:
    """What a reader sees of a page."""
    body = re.sub(r"<svg.*?</svg>|<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def test_a_party_gets_one_letter_over_all_it_owes() -> None:
    found = letters([DEBT, FEE, BILL], TODAY)
    assert [(one.party, one.total, one.stage) for one in found] == [(7, 328 * CMT, 90), (8, 9 * CMT, 0)]
    assert [one.party for one in letters([DEBT, FEE, BILL], TODAY, least=30)] == [7]
    assert [one.party for one in letters([DEBT, FEE, BILL], TODAY, parties=[8, 9])] == [8]
    rows = lines(found[0], head())
    assert [row[1:] for row in rows] == [
        ("90 days or more", "5.00"),
        ("30 to 59 days", "200.00"),
        ("less than 30 days", "100.00"),
        ("", "3.00"),
        ("30 to 59 days", "20.00"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", [0, 30, 60, 90])
def test_a_letter_says_the_sum_the_way_out_and_the_reference_in_every_language(
    language: str, stage: int
) -> None:
    buckets = tuple(50 * CMT if age == stage else 0 for age in (0, 30, 60, 90))
    letter = Letter(7, (Arrears("lease", 1, 3, 7, buckets, 0, 0),), TODAY)
    html = page(letter, head(language))
    seen = visible(html)
    slip = _slip(7, 50 * CMT)
    assert slip is not None
    assert seen.count("50.00") >= 3 and str(slip.reference) in seen and "2026-03-17" in seen
    assert html.count("<li>") == 4 and "<svg" in html and f'lang="{language}"' in html
    assert not re.search(r"\{\{|\}\}|\{\w+\}", seen)
    if language != "en":
        assert not re.search(r"\b(please|you|the)\b", seen, re.IGNORECASE)


def test_the_tone_follows_the_age() -> None:
    titles = {
        re.findall(
            "<h1>(.*?)</h1>", page(Letter(7, (Arrears("lease", 1, 3, 7, buckets, 0, 0),), TODAY), head())
        )[0]
        for buckets in ((CMT, 0, 0, 0), (0, CMT, 0, 0), (0, 0, CMT, 0), (0, 0, 0, CMT))
    }
    assert len(titles) == 4


def test_W1_names_are_text_and_never_markup() -> None:
    html = page(Letter(7, (DEBT,), TODAY), head())
    assert "<script>alert" not in html and "&lt;script&gt;" in html and "A &amp; B 101" in html
    slip = slip_of(ACCOUNT, TAG, 7, NAMES["party 7"])
    assert "<script>" not in slip_page(slip, "en")


def test_without_an_account_a_letter_carries_no_slip_and_does_not_speak_of_one() -> None:
    bare = Letterhead("en", "", NAMES, lambda party, amount: None)
    html = page(Letter(7, (DEBT,), TODAY), bare)
    assert "<svg" not in html and html.count("<li>") == 3 and "account below" not in html


def test_a_square_for_banks_apps_has_the_lines_that_they_read() -> None:
    slip = slip_of(ACCOUNT, TAG, 7, "Ann", 1_234_500_000)
    assert qr_text(slip).split("\n") == [
        "BCD", "002", "1", "SCT", "BYLADEM1001", "Maple Grove", "DE02120300000000202051", "EUR1234.50", "",
        slip.reference.plain,
    ]  # fmt: skip
    yuan = BankAccount("0001-123-4567890", "枫林小区", "某某银行", "", "CNY")
    plain = qr_text(slip_of(yuan, TAG, 7, "王芳", 5_000_000))
    assert "BCD" not in plain and "0001-123-4567890" in plain and str(slip.reference) in plain
    assert is_iban("DE02 1203 0000 0000 2020 51") and not is_iban("DE03120300000000202051")


# ---- on a node


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Node() as node:
        yield Town.build(node.rpc_url)


def test_letters_and_calendars_say_what_the_contracts_say(town: Town) -> None:
    landlord, ann, ben = town.people(3)
    start = town.today + 10
    lease = town.lease(landlord, [ann, ben], start_day=start, end_day=start + 365, rent=1_001 * CMT)
    names = {f"party {ann.party}": "Ann", f"party {ben.party}": "Ben"}

    dates = dues(town.suite, party=ben.party, days=DAYS_AHEAD)
    assert len(dates) in (12, 13) and {one.number for one in dates} == {lease}
    due = town.suite.leases.due_on(lease, [one.day for one in dates])
    assert [sum(one.amount for one in dates[: place + 1]) for place in range(len(dates))] == [
        sum((due[i] - (due[i - 1] if i else 0)) // 2 for i in range(place + 1)) for place in range(len(dates))
    ]
    assert dues(town.suite, party=landlord.party, days=DAYS_AHEAD) == []

    first = calendar_of(town.suite, ben.party, dates, language="en", names=names, reference="RF18")
    again = dues(town.suite, party=ben.party, days=DAYS_AHEAD)
    parsed = icalendar.Calendar.from_ical(first)
    events = parsed.walk("VEVENT")
    assert [event["DTSTART"].dt for event in events] == [date_of(Day(one.day)) for one in dates]
    assert all(type(event["DTSTART"].dt) is date and b"TZID" not in event.to_ical() for event in events)
    assert all((event["DTEND"].dt - event["DTSTART"].dt).days == 1 for event in events)
    assert str(events[1]["SUMMARY"]).startswith("Rent 500.50") and str(events[0]["DESCRIPTION"]).endswith(
        "RF18"
    )
    assert b"\r\n" in first and first.startswith(b"BEGIN:VCALENDAR")
    assert again == dates
    town.to_day(start + 1)  # one has fallen due; the others keep their ids
    rest = dues(town.suite, party=ben.party, days=DAYS_AHEAD)
    page = calendar_of(town.suite, ben.party, rest, language="ja", names=names)
    later = icalendar.Calendar.from_ical(page).walk("VEVENT")
    assert [str(event["UID"]) for event in later][: len(dates) - 1] == [str(one["UID"]) for one in events][1:]
    assert len({str(event["UID"]) for event in later}) == len(later)

    town.to_day(start + 45)
    found = letters(arrears(town.suite), town.suite.leases.today())
    accounts = town.suite.leases.accounts_of(lease)
    assert [one.total for one in found] == [sum(part.arrears + part.late_fees for part in accounts)]
    assert found[0].stage == 30


def test_a_debt_of_joint_tenants_is_written_to_the_first_that_the_lease_names(town: Town) -> None:
    landlord, ann, ben = town.people(3)
    assert ann.party < ben.party
    lease = town.lease(landlord, [ben, ann], rent=1_000 * CMT)
    town.to_day(town.today + 40)
    owed = sum(part.arrears + part.late_fees for part in town.suite.leases.accounts_of(lease))
    found = letters(arrears(town.suite), town.suite.leases.today(), parties=[ann.party, ben.party])
    assert [(one.party, one.total) for one in found] == [(ben.party, owed)] and owed > 1_000 * CMT
