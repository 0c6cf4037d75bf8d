"""The sample's fourteen months, rehearsed without a chain: does the story hold what it promises?

Branches: every kind of answer to a settlement · every kind of act of the scenario · the last days of months
of every length, 29 February among them · deposits given back, claimed, offered, awarded, left to silence ·
money neither made nor lost · habits of paying · the demo's lists of leases name leases of the roll.
"""

from collections.abc import Iterator

import pytest

from commonhold.ops.demo import CALENDAR, TELLING
from commonhold.ops.demo.scenario import ACTIONS
from commonhold.ops.demo.story import Story
from commonhold.rules.codes import Code
from commonhold.rules.deposit import Phase
from commonhold.rules.ledger import State
from commonhold.units import Day, format_day, parse_day
from tests.system.demo.demo_rehearsal import Recording, rehearse, sample_roll, sample_scenario

FIRST = parse_day("2024-02-01")
Lived = tuple[Story, Recording]


@pytest.fixture(scope="module")
def lived() -> Iterator[Lived]:
    story, twin = rehearse(sample_roll(), sample_scenario())
    brought = twin.community.money.total()
    funded: list[int] = []
    fund = twin.fund

    def counted(sums: list[tuple[int, int]]) -> None:
        funded.extend(amount for _, amount in sums)
        fund(sums)

    twin.fund = counted  # type: ignore[method-assign,assignment]
    for _ in story.live(FIRST, 14, lambda count, day: None):
        pass
    twin.fund = fund  # type: ignore[method-assign]
    assert twin.community.money.total() == brought + sum(funded)
    yield story, twin


def lease(story: Story, name: str) -> int:
    return next(number for number, found in story.names.items() if found == name)


def test_every_kind_of_answer_to_a_settlement_occurs(lived: Lived) -> None:
    _, twin = lived
    assert {attempt.code for attempt in twin.attempts} >= {
        Code.COLLECTED,
        Code.PARTIAL,
        Code.NOTHING_DUE,
        Code.NO_MANDATE,
        Code.LIMIT_EXCEEDED,
        Code.MANDATE_EXPIRED,
        Code.NO_FUNDS,
        Code.SHARES_MISSING,
        Code.RENT_ONLY,
    }


def test_nearly_every_kind_of_act_stands_in_the_scenario() -> None:
    used = {action.action for action in sample_scenario()}
    # what is due at the end of a clock or of a lease is done without being told
    assert set(ACTIONS) - used == {"close", "finalise"}


def test_a_lease_of_the_31st_falls_due_on_the_last_day_of_every_month(lived: Lived) -> None:
    story, _ = lived
    schedule = story.twin.community.leases[lease(story, "FL-23-123")].schedule
    days = [format_day(Day(schedule.due_day(label))) for label in range(schedule.first, schedule.first + 15)]
    assert days == [
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
        "2024-05-31",
        "2024-06-30",
        "2024-07-31",
        "2024-08-31",
        "2024-09-30",
        "2024-10-31",
        "2024-11-30",
        "2024-12-31",
        "2025-01-31",
        "2025-02-28",
        "2025-03-31",
    ]


def test_what_fell_due_on_29_february_is_collected_on_that_day(lived: Lived) -> None:
    _, twin = lived
    found = [one for one in twin.attempts if one.day == "2024-02-29" and one.code == Code.COLLECTED]
    assert "FL-23-123" in {one.lease for one in found}
    assert "FL-23-123" in {one.lease for one in twin.attempts if one.day == "2025-02-28"}


def test_rent_is_collected_while_a_lost_wallet_waits_for_its_recovery(lived: Lived) -> None:
    _, twin = lived
    found = [one for one in twin.attempts if one.lease == "FL-21-045" and one.day == "2024-07-23"]
    assert [one.code for one in found] == [Code.COLLECTED]


def test_the_defaulted_lease_is_closed_and_its_deposit_went_into_the_arrears(lived: Lived) -> None:
    story, _ = lived
    figures = story.twin.lease_figures(lease(story, "FL-22-119"))
    assert (figures.state, figures.deposit) == (State.CLOSED, 0)
    assert figures.accounts[0].due > figures.accounts[0].settled > 0


def test_every_deposit_of_a_closed_lease_has_left_the_escrow(lived: Lived) -> None:
    story, _ = lived
    for number, ledger in story.twin.community.leases.items():
        deposit = story.twin.community.deposits.deposit(number)
        if ledger.state == State.CLOSED:
            assert deposit.left == 0
            assert deposit.phase in (Phase.SETTLED, Phase.NONE, Phase.HELD)


def test_no_landlord_is_left_with_a_debt_and_no_share_waits(lived: Lived) -> None:
    story, _ = lived
    leases = story.twin.community.leases.values()
    assert not any(account.landlord_debt for ledger in leases for account in ledger.accounts)
    assert not any(story.twin.community.owed.values())


def test_the_months_add_up(lived: Lived) -> None:
    story, _ = lived
    assert len(story.months) == 14
    for month in story.months:
        assert month.collected == sum(month.amounts.values()) > 0
        assert month.due > 0


def test_someone_who_pays_early_is_never_found_without_money(lived: Lived) -> None:
    _, twin = lived
    codes = {one.code for one in twin.attempts if one.lease == "FL-21-096"}
    assert codes <= {Code.COLLECTED, Code.NOTHING_DUE}


def test_someone_late_is_found_without_money_first_and_pays_later(lived: Lived) -> None:
    _, twin = lived
    codes = [one.code for one in twin.attempts if one.lease == "FL-23-003"][:3]
    assert codes == [Code.NO_FUNDS, Code.NO_FUNDS, Code.COLLECTED]


def test_the_leases_that_are_told_about_are_of_the_roll() -> None:
    keys = {draft.key for draft in sample_roll().leases}
    assert {*TELLING, *CALENDAR} <= keys
