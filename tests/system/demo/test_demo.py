"""The demo's engine on a chain, small: some leases of the sample, two months, every figure as the twin says.

Branches: roll to signed and active leases · both months compared · files left behind: summary, page, chart,
statements, settings, chain state, store · the chain started again from its state answers as before · the
folder used again, a folder with other things, a file · an invented community · sizes that cannot be lived ·
what to try next.
"""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.errors import InputError
from commonhold.ops import manifest
from commonhold.ops.demo import next_steps
from commonhold.ops.demo.life import Play, live
from commonhold.ops.demo.outcome import Life
from commonhold.ops.demo.scenario import read_scenario
from commonhold.ops.intake import RollReport
from commonhold.ops.settle import preview
from commonhold.ops.simulate import invent_roll, simulate
from commonhold.settings import load_settings
from commonhold.store import Store
from tests.system.demo.demo_rehearsal import sample_roll, scenario_file

# new and running, joint, with a prepayment, with arrears, ending in the first month
CHOSEN = ("007", "012", "023", "036", "041", "042", "052", "066", "102", "123", "144")
LINES = (
    '2024-01-31,mandate,*,landlord,"300,000.00",,',
    "2024-01-31,mandate,*,*,400% payment,,",
    "2024-01-31,habit,FL-23-123,tenant,,late 4,",
    "2024-02-10,revoke,FL-23-007,tenant 2,,,",
    "2024-02-20,pay,FL-23-066,tenant,100% rent,,",
    "2024-02-21,refund,FL-23-066,tenant,50% rent,,",
    "2024-02-12,renewal,FL-22-042,,103% rent,2025-03-19,",
    "2024-03-08,claim,FL-23-041,landlord,60% deposit,painting; a door,",
    "2024-03-12,offer,FL-23-041,tenant,20% deposit,,",
    "2024-03-20,award,FL-23-041,,40% deposit,,",
)


def small_roll() -> RollReport:
    """The chosen leases with their people and units alone."""
    roll = sample_roll()
    leases = tuple(one for one in roll.leases if one.key[-3:] in CHOSEN)
    units = tuple(unit for unit in roll.units if unit.key in {one.unit for one in leases})
    named = {key for one in leases for key in (one.landlord, *one.tenants, one.manager, one.arbiter)}
    named |= {key for one in leases for key in one.fee_payees} | {unit.owner for unit in units}
    people = tuple(person for person in roll.parties if person.key in named)
    return replace(roll, leases=leases, units=units, parties=people)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Life, str]]:
    folder = tmp_path_factory.mktemp("demo")
    play = Play(
        title="A small grove",
        report=small_roll(),
        scenario=read_scenario(scenario_file(tmp_path_factory.mktemp("scenario"), *LINES)),
        months=2,
        seed=1,
        telling=("no fl-23-007", "no fl-23-041"),
        calendar=("no fl-23-123",),
    )
    screen = StringIO()
    life = live(folder, play, Console(file=screen, width=100))
    yield folder, life, screen.getvalue()


def test_contracts_and_twin_agree_after_every_month(lived: tuple[Path, Life, str]) -> None:
    _, life, shown = lived
    assert life.count.pictures == 3  # at the start and after two months
    assert life.count.figures > 3 * life.leases * 10
    assert life.count.batches > 10
    assert "to the base unit" in shown


def test_the_screen_shows_a_table_for_each_month_with_its_reasons(lived: tuple[Path, Life, str]) -> None:
    _, _, shown = lived
    for text in ("2024-02   11 leases running", "2024-03", "not enough money in the wallet", "All months"):
        assert text in shown
    assert "FL-23-123 fell due on 2024-01-31, 2024-02-29, 2024-03-31" in shown
    assert "FL-23-041: the arbiter awards 2,868.20" in shown


def test_the_summary_holds_every_month_in_base_units(lived: tuple[Path, Life, str]) -> None:
    folder, life, _ = lived
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["leases"] == len(CHOSEN)
    assert summary["twin"]["differences"] == 0
    assert [month["month"] for month in summary["months"]] == ["2024-02", "2024-03"]
    assert [int(month["collected"]) for month in summary["months"]] == [one.collected for one in life.months]
    assert all(one.collected for one in life.months)


def test_page_chart_and_statements_can_be_opened(lived: tuple[Path, Life, str]) -> None:
    folder, _, _ = lived
    ElementTree.fromstring((folder / "collections.svg").read_text(encoding="utf-8"))
    page = (folder / "index.html").read_text(encoding="utf-8")
    pages = sorted((folder / "statements").glob("*.html"))
    assert len(pages) == 2
    for path in pages:
        assert f'href="statements/{path.name}"' in page
        assert path.with_suffix(".csv").is_file()
        for language in ("zh", "ja"):
            other = folder / "statements" / language / path.name
            assert f'lang="{language}"' in other.read_text(encoding="utf-8")
            assert f'href="statements/{language}/{path.name}"' in page


def test_the_chain_starts_again_from_its_state_and_answers_as_before(lived: tuple[Path, Life, str]) -> None:
    folder, life, _ = lived
    settings = load_settings(folder / "commonhold.toml")
    deployment = manifest.read(settings.deployment)
    with Node(state=folder / "chain-state.json") as node:
        connection = Connection(node.rpc_url)
        deployment.verify(connection)
        suite = deployment.suite(connection)
        rows = preview(suite, every=True)
        owed = sum(row.principal for row in rows)
        with Store.open(settings.data) as store:
            store.bind_chain(connection.chain_id, connection.genesis_hash)
            states = store.count_by_state()
        connection.close()
    assert owed == life.months[-1].owed
    assert states["activated"] + states["ended"] == len(CHOSEN)
    assert states["ended"] == len(CHOSEN) - life.months[-1].active > 0


def test_a_folder_is_used_again_from_the_beginning(lived: tuple[Path, Life, str], tmp_path: Path) -> None:
    _, before, _ = lived
    play = Play(
        title="Again",
        report=small_roll(),
        scenario=read_scenario(scenario_file(tmp_path, *LINES)),
        months=1,
        seed=1,
    )
    folder = tmp_path / "again"
    screen = Console(file=StringIO(), width=100)
    lives = [live(folder, play, screen)]
    (folder / "chain-history").mkdir()  # of a chain that went on after an earlier run
    lives.append(live(folder, play, screen))
    assert not (folder / "chain-history").exists()
    assert [life.months[0].as_json() for life in lives] == [before.months[0].as_json()] * 2


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "store.sqlite").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="not empty"):
        simulate(1, 1, 1, tmp_path)
    assert (tmp_path / "store" / "store.sqlite").read_text(encoding="utf-8") == "mine"
    with pytest.raises(InputError, match="is a file"):
        simulate(1, 1, 1, tmp_path / "store" / "store.sqlite")


def test_an_invented_community_lives_through_the_same_engine(tmp_path: Path) -> None:
    assert simulate(20, 1, 3, tmp_path, Console(file=StringIO(), width=100)) == 0
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert (summary["units"], summary["leases"]) == (20, 19)


def test_the_same_seed_invents_the_same_roll() -> None:
    assert invent_roll(40, 9) == invent_roll(40, 9)
    assert invent_roll(40, 9) != invent_roll(40, 10)


@pytest.mark.parametrize(("units", "months"), [(0, 1), (1, 0)])
def test_nothing_cannot_be_lived(units: int, months: int, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be lived"):
        simulate(units, months, 1, tmp_path)


def test_what_to_try_next_names_files_that_exist(lived: tuple[Path, Life, str]) -> None:
    folder, _, _ = lived
    text = next_steps(folder)
    for name in ("index.html", "chain-state.json", "commonhold.toml", "summary.json"):
        assert name in text
        assert (folder / name).is_file()
    assert "http://127.0.0.1:1234" in next_steps(folder, "http://127.0.0.1:1234")
