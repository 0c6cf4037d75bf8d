"""Fault kind × step, drawn by seed: whatever happens and when, the same command ends it (N1 to N18).

Ten runs by default, more than a hundred with COMMONHOLD_EXAMPLES=long. Each ends in the proof: per lease and
landlord the same money as undisturbed, nothing discharged twice, and an audit without a difference.
"""

import random
from pathlib import Path

import pytest

from commonhold.errors import ChainError
from commonhold.ops.settle import Report
from tests.examples import LONG
from tests.faults import processes
from tests.faults.chainfaults import mine, reorg
from tests.faults.kinds import LINE, NATURAL, Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.record import recorded
from tests.system.settle.settling_world import World, open_runs

RUNS = 119 if LONG else 12
TRIES = 6
NUMBERS = {
    Kind.LOST_REQUEST: "N1",
    Kind.LOST_ANSWER: "N2",
    Kind.BUSY_BEFORE: "N3",
    Kind.BUSY_AFTER: "N3",
    Kind.GARBAGE: "N4",
    Kind.TRUNCATED: "N4",
    Kind.WRONG_ID: "N4",
    Kind.DELAY: "N10",
    Kind.EVICTED: "N9",
    Kind.NULL_RECEIPT: "N10",
    Kind.DUPLICATE_LOGS: "N12",
    Kind.MISSING_LOGS: "N12",
    Kind.REVERSED_LOGS: "N12",
    Kind.BLOCK_BACK: "N16",
    Kind.GAS_WILD: "N17",
    Kind.FEE_SPIKE: "N18",
}
KILLED, SHAKEN = "N6", "N11"
DRAWN: list[Kind | str] = [*NUMBERS, KILLED, SHAKEN]
SENDS = "eth_sendRawTransaction"


def drawn(seed: int) -> tuple[Kind | str, random.Random]:
    """All kinds once before one comes again, in an order of their own."""
    order = list(DRAWN)
    random.Random(f"kinds {seed // len(DRAWN)}").shuffle(order)
    return order[seed % len(DRAWN)], random.Random(f"settle {seed}")


def faults(kind: Kind, chance: random.Random) -> tuple[str, list[Fault]]:
    """What is planned, in words; a fault of the line for any request or for one that sends."""
    nth, times = chance.randint(1, 4 if kind in NATURAL else 40), chance.randint(1, 4)
    method = NATURAL.get(kind)
    if kind in LINE and chance.random() < 0.5:
        method, nth = SENDS, chance.randint(1, 2)
    if kind is Kind.NULL_RECEIPT:
        times = chance.randint(5, 25)
    if kind in (Kind.BLOCK_BACK, Kind.FEE_SPIKE):
        method = (
            "eth_getBlockByNumber" if kind is Kind.FEE_SPIKE else chance.choice([None, "eth_blockNumber"])
        )
    factor = chance.choice([3, 50, 10_000])
    step = f"{method or 'any request'} number {nth}, {times} times"
    planned = Fault(
        kind, method, nth=nth, times=times, seconds=0.2, blocks=chance.randint(1, 9), factor=factor
    )
    return step, [planned]


def through(world: World, url: str, data: Path) -> Report:
    """The same command until it ends well."""
    for _ in range(TRIES):
        try:
            return world.settle(url, data, timeout=20)
        except ChainError as error:
            last = error
    raise last


def killed(world: World, data: Path, at: int, tear: bool) -> None:
    with world.mining():
        processes.run_killed(world.command(world.node.rpc_url, data), processes.ROOT, at=at, tear=tear)
        through(world, world.node.rpc_url, data)


def shaken(world: World, data: Path, chance: random.Random) -> None:
    start = world.connection.block_number()
    world.settle(world.node.rpc_url, data, depth=0)
    mine(world.connection, chance.randint(0, 6))
    most = world.connection.block_number() - start
    reorg(world.connection, chance.randint(1, min(10, most)), keep=chance.random() < 0.5)
    world.settle(world.node.rpc_url, data, depth=0)


@pytest.mark.parametrize("seed", range(RUNS))
def test_N1_to_N18_whatever_fails_nothing_is_lost_and_nothing_is_twice(
    built: World, tmp_path: Path, seed: int
) -> None:
    kind, chance = drawn(seed)
    with built.fresh():
        if kind == KILLED:
            at, tear = chance.randint(1, 34), chance.random() < 0.5
            with recorded("settle", KILLED, f"killed at moment {at}, torn: {tear}"):
                killed(built, tmp_path, at, tear)
                finish(built, tmp_path)
        elif kind == SHAKEN:
            with recorded("settle", SHAKEN, f"reorganisation, seed {seed}"):
                shaken(built, tmp_path, chance)
                finish(built, tmp_path)
        else:
            assert isinstance(kind, Kind)
            step, planned = faults(kind, chance)
            with (
                recorded("settle", NUMBERS[kind], f"{kind}: {step}"),
                FaultProxy(built.node.rpc_url) as proxy,
            ):
                proxy.plan(*planned)
                with built.mining():
                    through(built, proxy.url, tmp_path)
                finish(built, tmp_path)


def finish(world: World, data: Path) -> None:
    assert open_runs(data) == []
    assert max(world.times_paid().values()) == 1
    world.prove()


def test_every_kind_comes_before_one_comes_again() -> None:
    first = {drawn(seed)[0] for seed in range(len(DRAWN))}
    assert first == set(DRAWN)
    assert set(NUMBERS) == set(Kind) - {Kind.CHANGED, Kind.RANGE_LIMIT}
