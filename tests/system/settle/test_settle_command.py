"""The commands of settlement in processes of their own: keeper, settle status, settle resume.

Branches: keeper ── health, signals, killed and started again, options refused, table of the settings ·
settle ── a run cut off is shown, resumed, shown again, nothing to resume · run finishes it first · collect
"""

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from commonhold import keeping
from commonhold.cli import app
from commonhold.commands import keeper as keeper_command
from commonhold.errors import InputError
from commonhold.ops.keeper import Plan
from commonhold.ops.keeper.keeper import BOOKS
from tests.examples import LONG
from tests.faults import processes
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy
from tests.faults.record import recorded
from tests.system.settle.settling_world import World, open_runs


def command(world: World, tmp_path: Path, *options: str) -> list[str]:
    (tmp_path / "commonhold.toml").write_text(
        f'[network]\nname = "local"\nrpc = "{world.node.rpc_url}"\ndepth = 1\n'
        f'[folders]\ndeployments = "{world.folder.parent}"\ndata = "{tmp_path / "data"}"\n',
        encoding="utf-8",
    )
    config = str(tmp_path / "commonhold.toml")
    return [sys.executable, "-m", "commonhold.cli", "keeper", "--config", config, *options]


def _get(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT] if LONG else [signal.SIGTERM])
def test_the_command_keeps_serves_its_health_and_ends_cleanly_on_a_signal(
    world: World, tmp_path: Path, number: signal.Signals
) -> None:
    argv = command(world, tmp_path, "--every", "60", "--port", "0", "--json")
    with world.mining():
        child = subprocess.Popen(
            argv, cwd=processes.ROOT, env=processes.environment(), stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        lines = [json.loads(child.stdout.readline()) for _ in range(4)]
        assert [line["event"] for line in lines] == ["started", "settled", "nothing_to_do", "nothing_to_do"]
        port = lines[0]["port"]
        assert _get(port, "/healthz") == _get(port, "/readyz") == _get(port, "/metrics") == 200
        child.send_signal(number)
        out, _ = child.communicate(timeout=60)
    assert child.returncode == 0 and json.loads(out.splitlines()[-1])["event"] == "stopped"
    assert open_runs(tmp_path / "data") == []
    world.prove()


def test_the_command_starts_without_its_node_and_settles_when_it_comes(world: World, tmp_path: Path) -> None:
    with FaultProxy(world.node.rpc_url) as proxy, world.mining():
        proxy.always(Kind.LOST_REQUEST)
        argv = [*command(world, tmp_path, "--book", "leases", "--port", "0", "--json"), "--rpc", proxy.url]
        child = subprocess.Popen(
            argv, cwd=processes.ROOT, env=processes.environment(), stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        lines = [json.loads(child.stdout.readline()) for _ in range(2)]
        assert [line["event"] for line in lines] == ["started", "node_lost"]
        assert _get(lines[0]["port"], "/healthz") == 200 and _get(lines[0]["port"], "/readyz") == 503
        proxy.clear()
        assert json.loads(child.stdout.readline())["event"] == "settled"
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 0
    world.prove()


def test_N6_a_keeper_that_was_killed_goes_on(world: World, tmp_path: Path) -> None:
    argv = command(world, tmp_path, "--once", "--port", "0", "--json")
    with recorded("settle", "N6", "keeper: killed after its send"), world.mining():
        done = processes.run_killed(argv, processes.ROOT, at=2, on="send")
        assert done.returncode == processes.KILLED and open_runs(tmp_path / "data")
        done = processes.run(argv, processes.ROOT)
        assert done.returncode == 0, done.stderr.decode()
        events = [json.loads(line)["event"] for line in done.stdout.decode().splitlines()]
        assert events == ["started", "resumed", "nothing_to_do", "nothing_to_do", "nothing_to_do"]
        assert open_runs(tmp_path / "data") == []
        world.prove()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--every", "0"], "no pause"),
        (["--at", "25:00"], "no time of day"),
        (["--book", "rents"], "no such book"),
        (["--budget", "much"], "no amount"),
        (["--low-coin", "-1"], "no amount"),
        (["--key", "browser"], "Nobody is there"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything_is_sent(
    world: World, tmp_path: Path, options: list[str], says: str
) -> None:
    argv = command(world, tmp_path, "--once", "--port", "0", *options)
    done = CliRunner().invoke(app, argv[argv.index("keeper") :])
    assert isinstance(done.exception, InputError) and says in done.exception.message
    assert not (tmp_path / "data").exists()


TABLE = """
[keeper]
at = ["06:00"]
books = ["leases"]
budget = 0.0000000000001
low_coin = 1000000
port = 0
retry_after = 5
retry_at_most = 20
"""


def kept(world: World, tmp_path: Path, *options: str) -> list[dict[str, Any]]:
    """The lines of one round with the table above in the settings."""
    argv = command(world, tmp_path, "--once", "--json", *options)
    with (tmp_path / "commonhold.toml").open("a") as file:
        file.write(TABLE)
    done = CliRunner().invoke(app, argv[argv.index("keeper") :])
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"time')]


def test_a_keeper_does_what_its_table_says_and_options_win(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.mining():
        lines = kept(world, tmp_path)
        assert [line["event"] for line in lines] == ["started", "coin_low", "paused"]
        assert lines[0]["books"] == "leases"
        lines = kept(
            world, tmp_path, "--budget", "1", "--low-coin", "0", "--book", "fees", "--book", "leases"
        )
        assert lines[0]["books"] == "fees,leases"
        assert [line["event"] for line in lines[1:]] == ["nothing_to_do", "resumed", "nothing_to_do"]
    world.prove()

    plans: list[tuple[Plan, int]] = []
    monkeypatch.setattr(keeper_command, "_work", lambda plan, teller, port, once: plans.append((plan, port)))
    kept(world, tmp_path)
    kept(world, tmp_path, "--every", "30", "--port", "9700")
    kept(world, tmp_path, "--at", "07:30")
    assert [plan.schedule.every for plan, _ in plans] == [0, 1_800, 0]
    assert [plan.schedule.at for plan, _ in plans] == [(21_600,), (), (27_000,)]
    assert [port for _, port in plans] == [0, 9700, 0]
    plan = plans[0][0]
    assert (plan.pauses, plan.budget, plan.low_coin) == ((300, 1_200), 100_000, 10**24)
    assert tuple(BOOKS) == keeping.BOOKS


# ---- settle and collect


class Shown:
    """The command in this process."""

    def __init__(self, world: World, tmp_path: Path) -> None:
        argv = command(world, tmp_path)
        self.config = argv[argv.index("--config") + 1]

    def __call__(self, *words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--config", self.config])
        assert done.exception is None, done.exception
        return done.output

    def json(self, *words: str) -> Any:
        text = self(*words, "--json")
        return json.loads(text[text.index("{") : text.rindex("}") + 1])


def cut_off(world: World, data: Path, at: int) -> None:
    done = processes.run_killed(world.command(world.node.rpc_url, data), processes.ROOT, at=at, on="send")
    assert done.returncode == processes.KILLED


def test_a_run_that_was_cut_off_is_shown_resumed_and_shown_as_final(world: World, tmp_path: Path) -> None:
    show, data = Shown(world, tmp_path), tmp_path / "data"
    assert show.json("settle", "status") == {"runs": []}
    with world.mining():
        cut_off(world, data, at=1)
        (before,) = show.json("settle", "status")["runs"]
        assert before["state"] in ("sent", "mined") and before["ids"] == 14 and before["depth"] == 1
        (report,) = show.json("settle", "resume")["resumed"]
        assert report["run"] == before["run"] == show.json("settle", "status")["runs"][0]["run"]
        assert int(report["discharged"]) == sum(world.expected[0].values())
    (after,) = show.json("settle", "status")["runs"]
    assert after["state"] == "final" and after["settled"] == report["discharged"] and after["waiting"] == "0"
    assert "No run is open." in show("settle", "resume")
    assert before["run"] in show("settle", "status")
    assert show.json("collect", "resume") == {"resumed": []}
    unknown = CliRunner().invoke(app, ["settle", "resume", "2020-01-01.1", "--config", show.config])
    assert isinstance(unknown.exception, InputError) and "has no run" in unknown.exception.message
    world.prove()


def test_run_finishes_first_what_was_cut_off_and_tries_nobody_twice(world: World, tmp_path: Path) -> None:
    show = Shown(world, tmp_path)
    with world.mining():
        cut_off(world, tmp_path / "data", at=2)
        report = show.json("settle", "run")
    (resumed,) = report["resumed"]
    assert int(resumed["discharged"]) == sum(world.expected[0].values())
    assert report["rows"] == [] and report["transactions"] == []
    world.prove()
