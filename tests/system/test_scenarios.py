"""The files of tests/scenarios/leases, each played to its end on the real contracts, every figure compared.

Branches: settled, late, joint and prepaid leases · early end · renewal · sale · claim, offer, award, silence
a wrong figure, an unknown action or an act that should have been refused fails with its line
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lease_world import InProcess, World
from tests.system.scenario_reader import Scenario

FILES = sorted((Path(__file__).resolve().parent.parent / "scenarios" / "leases").glob("*.csv"))


@pytest.fixture(scope="module")
def community() -> World:
    return World(InProcess())


@pytest.fixture
def world(community: World) -> Iterator[World]:
    mark = community.backend.snapshot()
    yield community
    community.backend.restore(mark)


def test_there_are_scenarios() -> None:
    assert len(FILES) >= 5


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_ends_as_written(world: World, file: Path) -> None:
    Scenario(world, file).play()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("-3000,1000", "-3000,1001", "landlord has 1000, expected 1001"),
        ("NOTHING_DUE", "COLLECTED", "NOTHING_DUE, expected COLLECTED"),
        ("LeaseStillRunning", "", "LeaseStillRunning, expected done"),
    ],
)
def test_a_wrong_line_is_found(world: World, tmp_path: Path, old: str, new: str, problem: str) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(FILES[0].read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AssertionError, match=problem):
        Scenario(world, file).play()
