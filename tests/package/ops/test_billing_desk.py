"""Runs at the desk when something has come between: another run, an interruption, another file.

category ── unknown, or not of posted bills · a due day before its own
prepare ── interrupted before and after the root was sent · another run has the number meanwhile
post ── twice · beaten to the number; approve ── not posted, or not what the file says
charge ── the next version, until there is none; one that was interrupted goes on with the same salts
readings ── a unit by its number · a reader who is a member
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from eth_utils.crypto import keccak

from commonhold.errors import InputError
from commonhold.ops.billing import charge, desk, runs
from commonhold.ops.billing.draft import Draft
from commonhold.ops.billing.readings import Entry, Readings, domain_of, typed_reading
from commonhold.rules.calendar import month_of
from commonhold.rules.tariff import Category, CategoryKind
from commonhold.units import Day, format_day
from tests.package.ops.town import CMT, Town


class Homes:
    """A store of two homes, of which the second has a number for a name."""

    labels: Mapping[int, str] = MappingProxyType({1: "A 101", 2: "1"})

    def unit_ids(self) -> Mapping[str, int]:
        return {label: number for number, label in self.labels.items()}

    def label_of(self, unit: int) -> str:
        return self.labels[unit]


@pytest.fixture
def water(town: Town) -> int:
    """A category of posted bills, due on the 25th of the month after."""
    works = town.party()
    category = Category(CategoryKind.POSTED, works, due_day=25, due_month=1)
    name = keccak(text="water")
    town.sender("MANAGER").send(town.suite.tariffs.propose_category(category, name))
    number = town.suite.tariffs.category_count()
    town.sender("COMMITTEE").send(town.suite.tariffs.approve_category(number, category))
    assert town.suite.tariffs.named([name]) == [number]
    return number


@pytest.fixture
def period(town: Town) -> int:
    return month_of(town.today) - 1


def single(water: int, period: int, unit: int, amount: int, text: str = "Keys") -> Draft:
    return charge.draft_of(charge.formula_of(text, water, amount), period, unit, 1)


def test_only_posted_categories_have_runs_and_none_falls_due_before_its_day(
    town: Town, water: int, period: int
) -> None:
    formula = charge.formula_of("Keys", water + 1, CMT)
    with pytest.raises(InputError, match=f"Category {water + 1} is not one of posted bills"):
        desk.due_day_of(town.suite, formula, period, None)
    formula = charge.formula_of("Keys", water, CMT)
    own = desk.due_day_of(town.suite, formula, period, None)
    assert desk.due_day_of(town.suite, formula, period, own + 9) == own + 9
    with pytest.raises(InputError, match="before the category's own"):
        desk.due_day_of(town.suite, formula, period, own - 1)


def test_a_run_that_was_interrupted_goes_on_with_its_own_file(
    town: Town, water: int, period: int, tmp_path: Path
) -> None:
    draft, manager = single(water, period, 1, 20 * CMT), town.sender("MANAGER")
    due = desk.due_day_of(town.suite, draft.formula, period, None)
    first = desk.prepare(town.suite, tmp_path, draft, due)
    assert desk.prepare(town.suite, tmp_path, draft, due).root == first.root, "nothing was sent: the same"
    manager.send(town.suite.bills.post_run(*first.posting()))
    again = desk.prepare(town.suite, tmp_path, draft, due)
    assert again.root == first.root and not again.values["transaction"], "sent, and not noted: the same"
    before = town.suite.bills.run_count()
    posted = desk.post(town.suite, manager, tmp_path, again)
    assert town.suite.bills.run_count() == before and posted.values["block"] > 0
    with pytest.raises(InputError, match="bills this category and month already"):
        desk.prepare(town.suite, tmp_path, draft, due)


def test_a_run_that_was_beaten_to_its_number_gets_the_next_one(
    town: Town, water: int, period: int, tmp_path: Path
) -> None:
    mine, yours = single(water, period, 1, 20 * CMT), single(water, period, 2, 30 * CMT, "Other keys")
    due, manager = desk.due_day_of(town.suite, mine.formula, period, None), town.sender("MANAGER")
    late = desk.prepare(town.suite, tmp_path / "mine", mine, due)
    other = desk.prepare(town.suite, tmp_path / "yours", yours, due)
    number = other.values["run"]
    desk.post(town.suite, manager, tmp_path / "yours", other)
    with pytest.raises(InputError, match=f"Another run took the number {number}") as caught:
        desk.post(town.suite, manager, tmp_path / "mine", late)
    assert "next number" in caught.value.hint
    # the committee approves what its own file says, and nothing that was not posted
    committee = town.sender("COMMITTEE")
    with pytest.raises(InputError, match=f"Run {number} on chain is not the one of its file"):
        desk.approve(town.suite, committee, number, late)
    with pytest.raises(InputError, match=f"Run {number + 1} was not posted"):
        desk.approve(town.suite, committee, number + 1, None)
    moved = desk.prepare(town.suite, tmp_path / "mine", mine, due)
    assert moved.values["run"] == number + 1
    desk.post(town.suite, manager, tmp_path / "mine", moved)
    desk.approve(town.suite, committee, number + 1, moved)
    assert desk.standing_of(town.suite, moved, 1)["state"] == "NONE"


def test_charges_of_one_unit_and_month_differ_by_their_version_until_there_is_none(
    town: Town, water: int, period: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charge, "_MOST", 2)
    manager = town.sender("MANAGER")
    desk.prepare(town.suite, tmp_path, single(water, period, 1, 9 * CMT), 30_000)  # of a run, not a charge
    made = []
    for text in ("Keys", "Door"):
        draft = single(water, period, 1, 20 * CMT, text)
        run = charge.prepare(town.suite, tmp_path, draft, 30_000)
        assert charge.prepare(town.suite, tmp_path, draft, 30_000).root == run.root
        made.append(desk.post(town.suite, manager, tmp_path, run))
    assert [run.bills[0].version for run in made] == [charge.FIRST_VERSION, charge.FIRST_VERSION + 1]
    with pytest.raises(InputError, match="Unit 1 has 2 single charges") as caught:
        charge.prepare(town.suite, tmp_path, single(water, period, 1, 20 * CMT, "Roof"), 30_000)
    assert caught.value.hint == "Choose another month."
    later = charge.prepare(town.suite, tmp_path, single(water, period + 1, 1, 20 * CMT, "Roof"), 30_000)
    assert later.bills[0].version == charge.FIRST_VERSION


def test_a_charge_that_was_sent_and_not_noted_is_found_again_under_its_number(
    town: Town, water: int, period: int, tmp_path: Path
) -> None:
    manager, draft = town.sender("MANAGER"), single(water, period, 1, 20 * CMT)
    run = charge.prepare(town.suite, tmp_path, draft, 30_000)
    kept = dict(run.values)
    desk.post(town.suite, manager, tmp_path, run)
    run.values.update(kept)
    runs.save(tmp_path, run)  # as if this machine had died before the note
    assert charge.prepare(town.suite, tmp_path, draft, 30_000).root == run.root
    # an unsent one whose number somebody else has taken gets a new one
    other = single(water, period, 2, 20 * CMT)
    lost = charge.prepare(town.suite, tmp_path, other, 30_000)
    rival = charge.prepare(town.suite, tmp_path / "rival", single(water, period, 1, CMT, "Bell"), 30_000)
    desk.post(town.suite, manager, tmp_path / "rival", rival)
    moved = charge.prepare(town.suite, tmp_path, other, 30_000)
    assert moved.values["run"] == lost.values["run"] + 1


def test_units_are_found_by_name_and_by_number_and_readers_by_their_wallet(
    town: Town, tmp_path: Path
) -> None:
    find = desk.units_by_name(Homes())  # type: ignore[arg-type]
    assert [find("A", "101"), find("a", " 101"), find("", "2"), find("", "1"), find("", "7")] == [
        1, 1, 2, 2, None
    ]  # fmt: skip
    (reader,) = town.people(1)
    stranger = town.account()
    domain = domain_of(town.connection.chain_id, town.suite.bills.address)
    lines = ["unit,meter,day,reading,signer,signature"]
    for number, account in ((1, reader.account), (2, stranger)):
        entry = Entry(f"W{number}", 2, town.today - 3, 5_000)
        signature = bytes(account.sign_message(typed_reading(domain, entry)).signature).hex()
        lines.append(f"2,W{number},{format_day(Day(entry.day))},5,{account.address},0x{signature}")
    path = tmp_path / "readings.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    intake = desk.take_readings(town.suite, Homes(), Readings(tmp_path), path)  # type: ignore[arg-type]
    assert [(one.meter, one.unit) for one in intake.new] == [("W1", 2)]
    (problem,) = intake.problems
    assert problem.line == 3 and "belongs to nobody here" in str(problem)
