"""The parts of a keeper that need no chain.

schedule ── minutes, times of the local day, before and after midnight, both · back-off ── pauses that grow,
an end to growing, others by the settings, forgotten when something changed or nothing is due, kept over a
restart · budget ── taken, settled up, spent, free again after the hour, a batch dearer than an hour, kept ·
memory ── none, of another chain, damaged · telling ── lines as text and JSON, metrics, health · server ──
every path, a port in use
"""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from commonhold.errors import InputError, SettingsError, StoreError
from commonhold.ops.keeper import Metrics, Schedule, Teller, serve, time_of_day
from commonhold.ops.keeper.backoff import FIRST, LONGEST, Backoff
from commonhold.ops.keeper.budget import HOUR, Budget
from commonhold.ops.keeper.memory import Memory
from commonhold.ops.settle import BudgetSpent, Report, Row
from commonhold.rules.codes import Code

CHINA = 28_800
MIDNIGHT = 1_735_660_800  # 2025-01-01 00:00 in China [unix]


def row(lease: int, code: Code = Code.NO_FUNDS, amount: int = 0, principal: int = 100) -> Row:
    return Row(lease, code, amount, principal, 0)


# ---- schedule


def test_every_so_many_minutes_counts_from_now() -> None:
    assert Schedule(every=1_800).following(1_000) == 2_800


def test_a_time_of_day_is_of_the_communitys_calendar() -> None:
    morning = Schedule(at=(time_of_day("07:30"),), offset=CHINA)
    assert morning.following(MIDNIGHT) == MIDNIGHT + 27_000
    assert morning.following(MIDNIGHT + 27_000) == MIDNIGHT + 86_400 + 27_000
    assert morning.following(MIDNIGHT - 1) == MIDNIGHT + 27_000 - 86_400 + 86_400


def test_of_minutes_and_times_the_first_counts() -> None:
    both = Schedule(every=3_600, at=(time_of_day("0:10"),), offset=CHINA)
    assert both.following(MIDNIGHT) == MIDNIGHT + 600
    assert both.following(MIDNIGHT + 600) == MIDNIGHT + 4_200


@pytest.mark.parametrize("text", ["24:00", "7", "07:60", "noon", ""])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no time of day"):
        time_of_day(text)


# ---- back-off


def test_pauses_grow_to_a_week_as_long_as_nothing_changes() -> None:
    backoff, now, pauses = Backoff(), 0.0, []
    for _ in range(10):
        assert backoff.ripe([row(7)], now) == [row(7)]
        backoff.learn([7], [row(7)], now)
        first = backoff.first()
        assert first is not None and backoff.ripe([row(7)], first - 1) == []
        pauses.append(first - now)
        now = first
    assert pauses[:4] == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST]
    assert pauses[-1] == pauses[-2] == LONGEST == max(pauses)


@pytest.mark.parametrize("other", [row(7, Code.NO_MANDATE), row(7, amount=5), row(7, principal=200)])
def test_whatever_changed_is_tried_at_once_and_its_pause_begins_anew(other: Row) -> None:
    backoff = Backoff()
    for now in (0.0, FIRST):
        backoff.learn([7], [row(7)], now)
    assert backoff.ripe([row(7)], FIRST + 1) == []
    assert backoff.ripe([other], FIRST + 1) == [other]
    backoff.learn([7], [other], FIRST + 1)
    assert backoff.first() == FIRST + 1 + FIRST


def test_who_owes_nothing_any_more_is_forgotten() -> None:
    backoff = Backoff()
    backoff.learn([7, 8, 9], [row(7), row(8), row(9)], 0)
    backoff.learn([7, 8], [row(8, Code.COLLECTED, 100)], 1)
    assert len(backoff) == 1 and backoff.ripe([row(7), row(9)], 2) == [row(7)]


def test_the_pauses_are_those_that_the_settings_say() -> None:
    backoff, now, pauses = Backoff(first=60, longest=200), 0.0, []
    for _ in range(200):
        backoff.learn([7], [row(7)], now)
        first = backoff.first()
        assert first is not None
        pauses.append(first - now)
        now = first
    assert pauses[:3] == [60, 120, 200] and set(pauses[2:]) == {200}


def test_failures_survive_a_restart() -> None:
    backoff = Backoff()
    backoff.learn([7], [row(7)], 50)
    again = Backoff(json.loads(json.dumps(backoff.as_json())))
    assert again.ripe([row(7)], 51) == [] and again.first() == 50 + FIRST


# ---- budget


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_what_is_laid_aside_becomes_what_it_cost() -> None:
    clock, kept = Clock(), []
    budget = Budget(100, keep=lambda: kept.append(1), clock=clock)
    budget.take(60)
    assert budget.left == 40
    budget.settle_up(60, 25)
    assert budget.left == 75 and len(kept) == 2
    budget.take(30)
    budget.take(30)
    budget.settle_up(60, 0)
    assert budget.left == 75


def test_a_spent_hour_says_when_there_is_more() -> None:
    clock = Clock()
    budget = Budget(100, clock=clock)
    budget.take(70)
    clock.now += 600
    budget.take(20)
    with pytest.raises(BudgetSpent, match="of this hour are spent") as caught:
        budget.take(50)
    assert caught.value.again == 1_000 + HOUR
    clock.now = caught.value.again + 1
    budget.take(50)
    assert budget.left == 30


def test_a_batch_dearer_than_an_hour_is_never_paid() -> None:
    budget = Budget(100, clock=Clock())
    assert budget.most_gas(3) == 33
    with pytest.raises(BudgetSpent, match="whole hour"):
        budget.take(101)
    assert budget.left == 100


def test_what_was_spent_survives_a_restart() -> None:
    clock = Clock()
    budget = Budget(10**30, clock=clock)
    budget.take(10**29)
    again = Budget(10**30, json.loads(json.dumps(budget.as_json())), clock=clock)
    assert again.left == 10**30 - 10**29


# ---- memory


def test_a_memory_is_of_one_chain_and_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keeper.json"
    memory = Memory.read(path, "0xaa")
    memory.seen, memory.spent = 9, [[1.5, "3"]]
    memory.write()
    again = Memory.read(path, "0xaa")
    assert (again.seen, again.spent) == (9, [[1.5, "3"]])
    assert Memory.read(path, "0xbb").seen == 0


@pytest.mark.parametrize("content", ["{", "[]", '{"genesis": "0xaa"}'])
def test_a_damaged_memory_says_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keeper.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match="damaged") as caught:
        Memory.read(path, "0xaa")
    assert "Remove it" in caught.value.hint


# ---- telling


def test_every_decision_is_one_line_and_one_count() -> None:
    lines: list[str] = []
    teller = Teller(Metrics(), lines.append, clock=lambda: 0.0)
    teller.tell("paused", why="too dear\nnow", again=None, codes={"NO_FUNDS": 2})
    assert lines == ['1970-01-01T00:00:00Z paused why="too dear\\nnow" codes=NO_FUNDS:2']
    plain = Teller(Metrics(), lines.append, as_json=True, clock=lambda: 0.0)
    plain.tell("paused", why="too dear\nnow", ids=3)
    assert "\n" not in lines[1]
    expected = {"time": "1970-01-01T00:00:00Z", "event": "paused", "why": "too dear\nnow", "ids": 3}
    assert json.loads(lines[1]) == expected


def _get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_health_and_figures_are_served() -> None:
    now = [0.0]
    teller = Teller(Metrics(), lambda line: None, clock=lambda: now[0])
    report = Report(9, 20_000, 3, (row(1, Code.COLLECTED, 100), row(2)), (("0xab", 50_000),), dry=False)
    with serve(teller, 0) as port:
        assert _get(port, "/healthz")[0] == 200 and _get(port, "/readyz")[0] == 503
        teller.ready(True)
        teller.report("settled", report)
        assert _get(port, "/readyz") == (200, "ok\n")
        code, text = _get(port, "/metrics")
        assert code == 200
        assert 'commonhold_keeper_settled_total{book="lease",code="NO_FUNDS"} 1.0' in text
        assert 'commonhold_keeper_collected_base_units_total{book="lease"} 100.0' in text
        assert 'commonhold_keeper_gas_total{book="lease"} 50000.0' in text
        assert _get(port, "/other")[0] == 404
        now[0] = 10_000
        assert _get(port, "/healthz")[0] == 503 and _get(port, "/readyz")[0] == 503
        with pytest.raises(SettingsError, match="cannot be used"), serve(teller, port):
            pass
