"""What the chain says is to be told, each once, and in words that people understand.

rent due soon: within the days, each tenant his part, once · arrears by stage and month · a failed collection
with its reason · words: every cause in every language, nothing left unfilled, the slip where money is asked
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonhold.chain.node import Node
from commonhold.ops.bank.slip import Slip, slip_of
from commonhold.ops.letters.words import keys, text
from commonhold.ops.outbox.causes import gather
from commonhold.ops.outbox.deliver import messages
from commonhold.ops.outbox.render import Letterhead, render, with_reason
from commonhold.ops.settle import run as settle_run
from commonhold.store import Store
from commonhold.store.outbox import Message
from commonhold.words import LANGUAGES
from tests.package.bank.files import ACCOUNT, TAG
from tests.package.ops.town import CMT, Town


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Node() as node:
        yield Town.build(node.rpc_url)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data") as opened:
        yield opened


def told(store: Store, cause: str) -> list[Message]:
    return [row for row in messages(store) if row.cause == cause]


def test_what_falls_due_is_owed_or_cannot_be_collected_is_told_once(town: Town, store: Store) -> None:
    landlord, ann, ben = town.people(3)
    start = town.today + 6
    lease = town.lease(landlord, [ann, ben], start_day=start, end_day=start + 365, rent=1_001 * CMT)

    # six days before, with five in the settings: nothing; a day later: to each his half, once
    assert gather(town.suite, store, due_days=5) == 0
    town.to_day(start - 5)
    assert gather(town.suite, store, due_days=5) == 2 and gather(town.suite, store, due_days=5) == 0
    assert [(row.audience, row.facts["amount"], row.facts["day"]) for row in told(store, "rent_due")] == [
        (f"party {ann.party}", 500_500_000, start),
        (f"party {ben.party}", 500_500_000, start),
    ]

    # the day after it was due, with nobody's mandate: owed, and not collected, with the reason
    town.to_day(start + 1)
    assert gather(town.suite, store, due_days=5) == 3 and gather(town.suite, store, due_days=5) == 0
    (debt,) = told(store, "arrears")
    assert (debt.audience, debt.facts["stage"], debt.facts["amount"]) == (
        f"party {ann.party}",
        0,
        1_001 * CMT,
    )
    assert {row.facts["code"] for row in told(store, "settle_failed")} == {"NO_MANDATE"}
    settle_run(town.suite, town.sender("MANAGER"), [lease])
    assert gather(town.suite, store, due_days=5) == 0

    # a month later it is the next stage, and the next rent was told
    town.to_day(start + 33)
    gather(town.suite, store, due_days=5)
    assert [row.facts["stage"] for row in told(store, "arrears")] == [0, 30]


FACTS = {
    "rent_due": {"lease": 1, "unit": 3, "day": 20_515, "amount": 1_000 * CMT, "prepaid": 0},
    "charge_due": {"kind": "fee", "number": 2, "unit": 3, "day": 20_515, "amount": 1_000 * CMT, "prepaid": 0},
    "arrears": {"lease": 1, "unit": 3, "day": 20_515, "amount": 1_000 * CMT, "late_fees": 5, "stage": 30},
    "settle_failed": {"lease": 1, "unit": 3, "amount": 1_000 * CMT, "code": "NO_FUNDS"},
    "receipt_ready": {"run": 4, "unit": 3, "charge": "Water", "month": 674, "amount": 12 * CMT},
    "bank_unmatched": {
        "entry": 9,
        "day": 20_515,
        "amount": 5 * CMT,
        "currency": "EUR",
        "why": "no reference",
    },
    "bank_taken_back": {"entry": 9, "day": 20_515, "amount": 5 * CMT, "currency": "EUR", "why": "x"},
}


def _slip(party: int, amount: int) -> Slip | None:
    return slip_of(ACCOUNT, TAG, party, "Ann", amount)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", FACTS)
def test_every_cause_has_words_in_every_language_and_nothing_is_left_unfilled(
    cause: str, language: str
) -> None:
    head = Letterhead(language, "Maple Grove", {"party 7": "Ann\r\nBcc: x@y", "unit 3": "A 101"}, _slip)
    audience = "office" if cause.startswith("bank") else "party 7"
    subject, body = render(cause, audience, with_reason(FACTS[cause], language), head)
    assert "\n" not in subject and not re.search(r"[{}]", subject + body)
    assert "\r" not in body and ("Ann Bcc: x@y" in body) == (audience == "party 7")
    wants_slip = cause in ("rent_due", "charge_due", "arrears", "settle_failed")
    assert (text(language, "slip_after") in body) == wants_slip
    assert ("1,000.00" in body) == wants_slip
    if language != "en":
        assert not re.search(r"\bDear\b|\bplease\b", body, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_charge_has_its_words(language: str) -> None:
    head = Letterhead(language, "Maple Grove", {}, _slip)
    facts = [{**FACTS["charge_due"], "kind": kind} for kind in ("fee", "instalment", "bill")]
    subjects = {render("charge_due", "party 7", one, head)[0] for one in facts}
    assert len(subjects) == 3
    assert language == "en" or not any(re.search("kind|fee|instalment|bill", one) for one in subjects)


def test_every_text_has_the_same_places_in_every_language() -> None:
    from commonhold.ops.letters import words

    for key in keys():
        places = [set(re.findall(r"\{(\w+)\}", one)) for one in words._TEXTS[key]]
        assert places[0] == places[1] == places[2], key


def test_without_an_account_messages_carry_no_slip() -> None:
    head = Letterhead("en", "", {}, lambda party, amount: None)
    _, body = render("rent_due", "party 7", FACTS["rent_due"], head)
    assert "Dear party 7" in body and "RF" not in body and "unit 3" in body
