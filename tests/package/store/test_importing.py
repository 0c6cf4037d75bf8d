"""Importing: twice is SAME, a change is an amendment, an interruption continues (I4).

plan: new, unchanged, amended (terms, books of the same cut-over, unit), conflict, missing, bad lines
apply: parties and units registered once in chunks, ids recorded; killed before and after each write on chain
amendments: listed once, nothing overwritten; later cut-over: books and reached steps are no change
"""

import multiprocessing
import signal
from pathlib import Path

import pytest

from commonhold.errors import InputError, StoreError
from commonhold.ops.intake import Mapping, RollReport, load_mapping, read_roll, registering
from commonhold.ops.intake.importing import ImportPlan, apply_plan, drafts, plan_import
from commonhold.ops.intake.registering import register_waiting
from commonhold.store import Store
from commonhold.units import Day, LeaseId
from tests.package.intake.rolls import CUTOVER, Row, csv_of, day, read, row
from tests.package.store.fake_chain import FakeChain
from tools.environment import ROOT

ROWS = [
    row(arrears="100"),
    row(unit="0102", tenant="Liam", rent_steps="2026-03-01: 5500"),
    row(unit="0103", tenant="空置", start="", end="", rent="", deposit=""),
    row(building="B", tenant="Liam", landlord="Mei Ho", start="2026-02-01", end="2027-01-31"),
]


def roll(folder: Path, rows: list[Row] = ROWS, cutover: Day = CUTOVER) -> RollReport:
    path = folder / "roll.csv"
    path.write_text(csv_of(rows))
    report = read_roll(path, None, cutover=cutover)
    assert report.ok, report.problems
    return report


def import_it(folder: Path, report: RollReport) -> tuple[ImportPlan, FakeChain]:
    chain = FakeChain(folder / "chain")
    with Store.open(folder / "data") as store:
        plan = plan_import(store, report)
        apply_plan(store, plan, chain)
    return plan, chain


def contents(folder: Path) -> dict[str, object]:
    with Store.open(folder / "data") as store:
        return {
            "parties": [(one.key, one.id, one.name) for one in store.parties()],
            "units": [(one.key, one.id, one.owner) for one in store.units()],
            "leases": [(one.key, one.state, one.draft) for one in store.leases()],
            "amendments": [(one.subject, one.field, one.old, one.new) for one in store.amendments()],
            "batches": len(store.batches()),
            "intents": len(store.intents()),
        }


def test_I4_planning_changes_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "data") as store:
        plan = plan_import(store, roll(tmp_path))
        assert (len(plan.parties), len(plan.units), len(plan.leases)) == (4, 4, 3)
        assert not plan.empty
    assert contents(tmp_path)["leases"] == []
    assert contents(tmp_path)["batches"] == 0


def test_an_import_registers_every_party_and_unit_once_and_knows_their_ids(tmp_path: Path) -> None:
    _, chain = import_it(tmp_path, roll(tmp_path))
    with Store.open(tmp_path / "data") as store:
        assert sorted(store.party_ids().values()) == [1, 2, 3, 4]
        assert sorted(store.unit_ids().values()) == [1, 2, 3, 4]
        owners = {unit.key: unit.owner for unit in store.units()}
        for key, number in store.unit_ids().items():
            record = chain.units_from(number)[0]
            assert record.owner == store.party_ids()[owners[key]]
            assert (record.kind, record.area) == ("home", 6050)
        assert store.count_by_state()["planned"] == 3
        terms = drafts(store, "planned")[0].terms_with(store.unit_ids(), store.party_ids())
        assert terms.unit == store.unit_ids()["a/0101"]
        assert store.name_of(store.party_ids()["mei ho"]) == "Mei Ho"  # type: ignore[arg-type]
        assert store.label_of(store.unit_ids()["b/0101"]) == "B 0101"  # type: ignore[arg-type]
    assert "Liam" not in chain.path.read_text()


def test_I4_a_second_import_of_the_same_file_changes_nothing(tmp_path: Path) -> None:
    _, chain = import_it(tmp_path, roll(tmp_path))
    before, on_chain = contents(tmp_path), chain.path.read_text()
    plan, chain = import_it(tmp_path, roll(tmp_path))
    assert plan.empty
    assert len(plan.unchanged) == 3
    assert chain.calls == []
    assert contents(tmp_path) == before
    assert chain.path.read_text() == on_chain


def test_I4_the_same_roll_in_another_form_changes_nothing_either(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    again = [{**one, "Rent": f"¥{one['Rent']}.00" if one["Rent"] else ""} for one in reversed(ROWS)]
    plan, _ = import_it(tmp_path, read(tmp_path, again, Mapping()))
    assert plan.empty


def test_I4_a_changed_line_is_an_amendment_and_nothing_is_overwritten(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    before = contents(tmp_path)
    changed = [{**ROWS[0], "Rent": "5200", "End": "2027-06-30", "Arrears": "150"}, *ROWS[1:]]
    plan, chain = import_it(tmp_path, roll(tmp_path, changed))
    assert [(one.field, one.old, one.new) for one in plan.amendments] == [
        ("rent", "5,000.00", "5,200.00"),
        ("end", "2026-12-31", "2027-06-30"),
        ("arrears", "100.00", "150.00"),
    ]
    assert {one.subject for one in plan.amendments} == {"a/0101 from 2025-03-01"}
    after = contents(tmp_path)
    assert after["leases"] == before["leases"]
    assert after["units"] == before["units"]
    assert len(after["amendments"]) == 3  # type: ignore[arg-type]
    assert chain.calls == []
    # and again: listed once
    plan, _ = import_it(tmp_path, roll(tmp_path, changed))
    assert plan.empty
    assert contents(tmp_path) == after


def test_I4_an_amendment_that_was_applied_or_dismissed_is_not_listed_again(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    changed = [{**ROWS[0], "Rent": "5200", "Deposit": "9"}, *ROWS[1:]]
    import_it(tmp_path, roll(tmp_path, changed))
    with Store.open(tmp_path / "data") as store:
        rent, deposit = store.amendments()
        store.close_amendments([rent.id], "applied")
        store.close_amendments([deposit.id], "dismissed")
    plan, _ = import_it(tmp_path, roll(tmp_path, changed))
    assert plan.empty
    # the old roll is now what differs
    plan, _ = import_it(tmp_path, roll(tmp_path))
    assert [(one.field, one.old, one.new) for one in plan.amendments] == [("rent", "5,200.00", "5,000.00")]


def test_I4_a_tenant_who_is_named_otherwise_is_an_amendment_and_no_new_party(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    changed = [{**ROWS[0], "Tenant": "Anna Bennett-Walsh"}, *ROWS[1:]]
    plan, chain = import_it(tmp_path, roll(tmp_path, changed))
    assert [(one.field, one.old, one.new) for one in plan.amendments] == [
        ("tenant", "anna bennett", "anna bennett-walsh")
    ]
    assert plan.parties == ()
    assert chain.calls == []


def test_I4_another_owner_or_area_of_a_unit_is_an_amendment_of_the_unit(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    changed = [*ROWS[:2], {**ROWS[2], "Landlord": "Mei Ho", "Area": "61"}, ROWS[3]]
    plan, _ = import_it(tmp_path, roll(tmp_path, changed))
    assert [(one.kind, one.subject, one.field, one.old, one.new) for one in plan.amendments] == [
        ("unit", "a/0103", "owner", "lin wei", "mei ho"),
        ("unit", "a/0103", "area", "60.50", "61.00"),
    ]


def test_I4_a_later_roll_with_new_books_and_a_reached_step_changes_nothing(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    later = [
        {**ROWS[0], "Arrears": "", "Prepaid": "50"},
        {**ROWS[1], "Rent": "5500", "Rent steps": ""},
        *ROWS[2:],
    ]
    plan, _ = import_it(tmp_path, roll(tmp_path, later, day("2026-03-31")))
    assert plan.amendments == ()
    assert plan.empty


def test_I4_a_rent_that_no_step_foresaw_is_an_amendment_in_a_later_roll(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    later = [{**ROWS[0], "Rent": "5300"}, {**ROWS[1], "Rent": "5500"}, *ROWS[2:]]
    plan, _ = import_it(tmp_path, roll(tmp_path, later, day("2026-03-31")))
    assert [(one.subject, one.field, one.new) for one in plan.amendments] == [
        ("a/0101 from 2025-03-01", "rent", "5,300.00")
    ]


def test_new_lines_of_a_later_file_are_added(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    plan, chain = import_it(tmp_path, roll(tmp_path, [*ROWS, row(unit="0104", tenant="Zoë")]))
    assert [lease.unit for lease in plan.leases] == ["a/0104"]
    assert chain.calls == ["parties 1", "units 1"]
    assert contents(tmp_path)["batches"] == 2


def test_a_new_lease_over_one_in_the_books_is_a_conflict(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    moved = [{**ROWS[0], "Start": "2025-04-01"}, *ROWS[1:]]
    report = roll(tmp_path, moved)
    with Store.open(tmp_path / "data") as store:
        with pytest.raises(InputError) as caught:
            plan_import(store, report)
        assert "line 2" in caught.value.message
        assert "2025-03-01 to 2026-12-31" in caught.value.message
        plan = plan_import(store, report, skip_bad=True)
        assert (plan.leases, len(plan.conflicts), plan.missing) == ((), 1, ("a/0101 from 2025-03-01",))
        # the planned lease is dropped, or the running one has ended: then there is room
        store.drop("a/0101 from 2025-03-01")
        assert len(plan_import(store, report).leases) == 1


def test_a_lease_that_ended_on_chain_makes_room_for_the_next(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    key = "a/0101 from 2025-03-01"
    report = roll(
        tmp_path, [{**ROWS[0], "Start": "2026-05-01", "End": "2027-04-30", "Arrears": ""}, *ROWS[1:]]
    )
    with Store.open(tmp_path / "data") as store:
        store.mark_activated(key, LeaseId(1))
        store.mark_end(key, day("2026-05-01"))
        assert len(plan_import(store, report).leases) == 1


def test_bad_lines_stop_the_plan_unless_they_are_left_out(tmp_path: Path) -> None:
    report = read(tmp_path, [row(), row(unit="0102", rent="?")])
    with Store.open(tmp_path / "data") as store:
        with pytest.raises(InputError, match="--skip-bad") as caught:
            plan_import(store, report)
        assert "line 3, column Rent" in caught.value.message
        assert [lease.unit for lease in plan_import(store, report, skip_bad=True).leases] == ["a/0101"]
        apply_plan(
            store, plan_import(store, read(tmp_path, [row(), row(unit="0102")])), FakeChain(tmp_path / "c")
        )
        plan = plan_import(store, report, skip_bad=True)
        assert (plan.leases, plan.missing) == ((), ())


def test_registrations_go_in_chunks_and_progress_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registering, "CHUNK", 3)
    chain = FakeChain(tmp_path / "chain")
    seen: list[tuple[int, int]] = []
    with Store.open(tmp_path / "data") as store:
        plan = plan_import(store, roll(tmp_path))
        applied = apply_plan(store, plan, chain, progress=lambda done, total: seen.append((done, total)))
    assert chain.calls == ["parties 3", "parties 1", "units 3", "units 1"]
    assert seen == [(3, 8), (4, 8), (7, 8), (8, 8)]
    assert (applied.leases, applied.parties, applied.units) == (3, 4, 4)


def test_another_import_at_the_same_time_waits_its_turn(tmp_path: Path) -> None:
    with Store.open(tmp_path / "data") as store, Store.open(tmp_path / "data") as other:
        plan = plan_import(store, roll(tmp_path))
        with other.exclusive(), pytest.raises(StoreError, match="Another import"):
            apply_plan(store, plan, FakeChain(tmp_path / "chain"))


def _import_and_die(folder: Path, die_at: int, after: bool) -> None:
    report = read_roll(folder / "roll.csv", None, cutover=CUTOVER)
    registering.CHUNK = 3  # type: ignore[misc]
    with Store.open(folder / "data") as store:
        chain = FakeChain(folder / "chain", die_at=die_at, after=after)
        apply_plan(store, plan_import(store, report), chain)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("die_at", range(1, 9))
def test_I4_an_import_killed_at_any_registration_continues_without_registering_twice(
    tmp_path: Path, die_at: int, after: bool
) -> None:
    roll(tmp_path)
    worker = multiprocessing.get_context("fork").Process(
        target=_import_and_die, args=(tmp_path, die_at, after)
    )
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    report = read_roll(tmp_path / "roll.csv", None, cutover=CUTOVER)
    with Store.open(tmp_path / "data") as store:
        plan = plan_import(store, report)
        assert not plan.empty
        assert (len(plan.leases), len(plan.unchanged)) == (0, 3)
        assert plan.waiting_parties + plan.waiting_units > 0
    plan, chain = import_it(tmp_path, report)
    lines = chain.path.read_text().splitlines()
    assert len(lines) == 8
    with Store.open(tmp_path / "data") as store:
        assert sorted(store.party_ids().values()) == [1, 2, 3, 4]
        assert sorted(store.unit_ids().values()) == [1, 2, 3, 4]
        assert store.intents() == []
        parties = store.party_ids()
        for unit in store.units():
            assert chain.units_from(unit.id or 0)[0].owner == parties[unit.owner]
        assert plan_import(store, report).empty


def test_I4_a_strangers_units_in_between_are_not_taken_for_ours(tmp_path: Path) -> None:
    chain = FakeChain(tmp_path / "chain")
    with Store.open(tmp_path / "data") as store:
        plan = plan_import(store, roll(tmp_path))
        apply_plan(store, plan, chain)
        ids = store.unit_ids()
    with Store.open(tmp_path / "other") as store:
        keys = sorted(ids)
        with pytest.raises(_AnswerLost):
            apply_plan(store, plan_import(store, roll(tmp_path)), _Forgets(tmp_path / "chain2"))
        assert len(store.unit_ids()) == 0
        assert len(store.intents()) == 1
        again = FakeChain(tmp_path / "chain2")
        assert register_waiting(store, again) == (0, 2)
        assert sorted(store.unit_ids()) == keys
        assert sorted(store.unit_ids().values()) == [2, 4, 6, 7]


class _Forgets(FakeChain):
    """Registers two of the units, with a stranger's between them, and loses the answer."""

    def register_units(self, requests):  # type: ignore[no-untyped-def]
        self.strangers_unit()
        super().register_units(requests[:1])
        self.strangers_unit()
        super().register_units(requests[1:2])
        self.strangers_unit()
        raise _AnswerLost


class _AnswerLost(Exception):
    pass


def test_the_sample_roll_is_imported_and_a_second_time_nothing_happens(tmp_path: Path) -> None:
    samples = ROOT / "commonhold" / "samples"
    report = read_roll(samples / "rent-roll.csv", load_mapping(samples / "rent-roll.toml"))
    plan, chain = import_it(tmp_path, report)
    assert len(plan.leases) == len(report.leases) > 150
    assert chain.calls[0] == "parties 200"
    plan, chain = import_it(tmp_path, report)
    assert plan.empty
    assert chain.calls == []


def test_a_plan_is_json_of_counts_and_keys(tmp_path: Path) -> None:
    import_it(tmp_path, roll(tmp_path))
    with Store.open(tmp_path / "data") as store:
        document = plan_import(store, roll(tmp_path, [{**ROWS[0], "Rent": "1"}, *ROWS[1:3]])).as_json()
    assert document["new"] == {"parties": 0, "units": 0, "leases": 0}
    assert document["amendments"][0]["new"] == "1.00"
    assert document["missing"] == ["b/0101 from 2026-02-01"]
    assert (document["unchanged"], document["cutover"]) == (1, "2025-12-31")
