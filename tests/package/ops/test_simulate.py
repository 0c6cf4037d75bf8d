"""simulate: an invented community follows from its seed alone, and nothing in it contradicts itself.

the roll ── same seed: the same · another: another · one home in twenty is vacant · terms that can be kept
the payers ── only leases of the roll, only days of the story · renewals before the end · disputes after it
nothing to live ── refused before a chain is started
"""

from pathlib import Path

import pytest

from commonhold.errors import InputError
from commonhold.ops.intake.feeschedule import read_schedule
from commonhold.ops.simulate import CUTOVER, invent_fees, invent_roll, invent_scenario, simulate
from commonhold.rules.calendar import first_of, month_day
from commonhold.rules.rent import Schedule

UNITS, MONTHS = 400, 30


def test_the_same_seed_invents_the_same_and_another_seed_something_else() -> None:
    assert invent_roll(40, 7) == invent_roll(40, 7)
    assert invent_roll(40, 7).leases != invent_roll(40, 8).leases
    report = invent_roll(40, 7)
    assert invent_scenario(report, 12, 1) == invent_scenario(report, 12, 1)
    assert invent_scenario(report, 12, 1) != invent_scenario(report, 12, 2)


def test_one_home_in_twenty_is_vacant_and_every_owner_and_tenant_is_a_party() -> None:
    report = invent_roll(UNITS, 3)
    assert (len(report.units), len(report.leases)) == (UNITS, UNITS * 19 // 20)
    parties = {party.key for party in report.parties}
    assert {unit.owner for unit in report.units} <= parties
    assert {name for lease in report.leases for name in lease.tenants} <= parties
    assert len({lease.unit for lease in report.leases}) == len(report.leases)


@pytest.mark.parametrize("seed", range(20))
def test_every_invented_fee_schedule_can_be_brought_in(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "schedule.csv"
    path.write_text(invent_fees(seed), encoding="utf-8")
    schedule = read_schedule(path)
    assert schedule.problems == [] or schedule.problems == ()
    assert len(schedule.categories) == 2


@pytest.mark.parametrize("seed", range(3))
def test_a_community_of_a_thousand_homes_can_be_invented_with_any_seed(seed: int) -> None:
    """Nobody has prepaid more than his lease still costs, however soon it ends."""
    for lease in invent_roll(1_000, seed).leases:
        schedule, opening = Schedule.of(lease.terms), lease.terms.opening
        assert opening.prepaid <= schedule.total - opening.paid


def test_every_invented_lease_has_a_schedule_that_outlives_the_cut_over() -> None:
    for lease in invent_roll(UNITS, 5).leases:
        schedule = Schedule.of(lease.terms)
        assert lease.terms.end_day > CUTOVER + 30
        assert sum(lease.terms.shares) == 10_000
        assert 0 <= schedule.due(CUTOVER) <= schedule.total


def test_the_payers_act_within_the_story_and_renewals_come_before_the_end() -> None:
    report = invent_roll(UNITS, 11)
    story = invent_scenario(report, MONTHS, 11)
    leases = {lease.key.removeprefix("no "): lease for lease in report.leases}
    until = first_of(month_day(CUTOVER + 1)[0] + MONTHS)
    kinds = set()
    for action in story:
        kinds.add(action.action)
        assert CUTOVER <= action.day < until
        if action.lease == "*":
            continue
        end = leases[action.lease].terms.end_day
        if action.action == "renewal":
            assert CUTOVER < action.day < end
        if action.action in ("claim", "offer"):
            assert action.day > end
    assert kinds == {"habit", "mandate", "revoke", "renewal", "claim", "offer"}
    assert len([action for action in story if action.action == "renewal"]) > UNITS // 3


@pytest.mark.parametrize(("units", "months"), [(0, 3), (3, 0), (-1, 1)])
def test_nothing_to_live_is_refused_at_once(units: int, months: int, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"{units} units and {months} months"):
        simulate(units, months, 1, tmp_path / "out")
    assert not (tmp_path / "out").exists()
