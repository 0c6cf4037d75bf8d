"""A keeper on a real node: rounds, schedules, budgets, bad nodes, two at once, and its end.

Branches: one round ── settled, told, measured · again ── nobody is tried twice for nothing, tried when
something changed · dry run · low coin · two keepers · node away and back · another chain · node behind · fee
times ten, budget, an hour later · asked to stop while waiting · fees and bills
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from commonhold.chain.connect import Connection
from commonhold.chain.contracts.fees import Category
from commonhold.chain.contracts.token import Mandate
from commonhold.chain.journal import Journal
from commonhold.chain.node import Node
from commonhold.chain.send import Fees, Waiting
from commonhold.ops.audit import audit
from commonhold.ops.deploy import local_account
from commonhold.ops.keeper import Keeper, Metrics, Plan, Schedule, Teller
from commonhold.ops.keeper import keeper as module
from commonhold.ops.keeper.keeper import Trouble
from commonhold.ops.manifest import ManifestMismatch
from commonhold.ops.settle import preview
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.tariff import CategoryKind
from tests.faults.chainfaults import mine
from tests.faults.kinds import Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.record import recorded
from tests.package.ops.town import CMT
from tests.system.settle.settling_world import SMALL, World, open_runs

FAILING = 4  # leases of the world that are not paid in whole, and stay so


class Kept:
    """A keeper in this process, its lines, and a clock that can be put forward."""

    def __init__(self, world: World, url: str, data: Path, **values: Any) -> None:
        account = local_account(values.pop("role", "MANAGER"))
        self.later = 0.0
        self.stop = threading.Event()
        self.lines: list[dict[str, Any]] = []
        self.metrics = Metrics()
        journal = data / f"local-{account.address.lower()}.journal"
        plan = Plan(
            deployment=world.town.deployment,
            url=url,
            signer=account,
            journal=journal,
            memory=journal.with_suffix(".keeper.json"),
            schedule=Schedule(every=0.3),
            fees=Fees(gas_most=SMALL),
            waiting=Waiting(timeout=20, poll=0.03),
        )
        self.plan = replace(plan, **values)
        teller = Teller(self.metrics, self._line, as_json=True, clock=self.clock)
        self.keeper = Keeper(self.plan, teller, self.stop, self.clock)
        self.teller = teller

    def clock(self) -> float:
        return time.time() + self.later

    def _line(self, text: str) -> None:
        self.lines.append(json.loads(text))

    @property
    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]

    def figure(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"commonhold_keeper_{name}", labels)

    def wait_for(self, what: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, self.lines
            time.sleep(0.02)

    def in_background(self) -> threading.Thread:
        thread = threading.Thread(target=self.keeper.keep)
        thread.start()
        return thread


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.1)
    monkeypatch.setattr(module, "_LONGEST_PAUSE", 0.4)


# ---- rounds


def test_a_round_settles_what_is_due_and_tells_it_in_one_line_a_book(world: World, tmp_path: Path) -> None:
    kept = Kept(world, world.node.rpc_url, tmp_path, budget=10**18, low_coin=10**30)
    kept.keeper.round()
    assert kept.events == ["coin_low", "settled", "nothing_to_do", "nothing_to_do"]
    told = kept.lines[1]
    total = sum(world.expected[0].values())
    assert (told["book"], told["ids"], told["collected"]) == ("lease", 14, str(total))
    assert told["codes"] == {code.name: count for code, count in sorted((world.codes or {}).items())}
    assert kept.figure("collected_base_units_total", book="lease") == total
    assert kept.figure("settled_total", book="lease", code="COLLECTED") == 9
    assert kept.figure("coin_low") == 1 and kept.figure("node_up") == 1 and kept.figure("open_runs") == 0
    assert 0 < (kept.figure("budget_left_wei") or 0) < 10**18
    assert kept.teller.is_ready and (kept.figure("last_good_round_time") or 0) > 0
    world.prove()


def test_who_failed_is_tried_again_only_when_something_changed_or_after_a_while(
    world: World, tmp_path: Path
) -> None:
    kept = Kept(world, world.node.rpc_url, tmp_path, books=("leases",))
    kept.keeper.round()
    nonce = world.connection.nonce(local_account("MANAGER").address)
    kept.keeper.round()
    assert kept.events == ["settled", "nothing_to_do"]
    waiting = kept.lines[1]["waiting"]
    assert waiting >= FAILING and kept.figure("backing_off", book="lease") == waiting
    assert world.connection.nonce(local_account("MANAGER").address) == nonce

    # one of them has money now: he alone is tried, by a keeper that was started anew
    (poor,) = [row for row in preview(world.town.suite) if row.code.name == "NO_FUNDS" and row.lease == 11]
    tenant = world.town.suite.leases.accounts_of(poor.lease)[0].tenant
    world.town.fund(world.town.suite.parties.wallet_of(tenant), 5_000 * CMT)
    again = Kept(world, world.node.rpc_url, tmp_path, books=("leases",))
    again.keeper.round()
    assert [(line["event"], line["ids"]) for line in again.lines] == [("settled", 1)]
    assert again.lines[0]["left"] == "0"

    # and the others after their pause
    again.later = 3_700
    again.keeper.round()
    assert again.lines[1]["event"] == "settled" and again.lines[1]["ids"] == waiting - 1
    again.later += 3_700
    again.keeper.round()
    assert again.events[2] == "nothing_to_do"


def test_a_dry_run_sends_nothing_and_needs_no_key(world: World, tmp_path: Path) -> None:
    block = world.connection.block_number()
    kept = Kept(world, world.node.rpc_url, tmp_path, signer=None, dry_run=True)
    kept.keeper.round()
    total = str(sum(world.expected[0].values()))
    assert kept.lines[0] | {"time": ""} == {
        "time": "", "event": "would_settle", "book": "lease", "ids": 14, "waiting": 0, "collects": total
    }  # fmt: skip
    assert world.connection.block_number() == block and list(tmp_path.iterdir()) == []


def test_B8_two_keepers_at_once_collect_once(world: World, tmp_path: Path) -> None:
    both = [Kept(world, world.node.rpc_url, tmp_path / role, role=role) for role in ("MANAGER", "STAFF")]
    with recorded("settle", "B8", "two keepers, two keys, one node"):
        threads = [kept.in_background() for kept in both]
        for kept in both:
            kept.wait_for(lambda kept=kept: "nothing_to_do" in kept.events)  # type: ignore[misc]
            kept.stop.set()
        for thread in threads:
            thread.join(60)
        assert max(world.times_paid().values()) == 1
        assert all(kept.events[-1] == "stopped" for kept in both)
        world.prove()


def test_B8_a_keeper_whose_journal_is_in_use_waits(world: World, tmp_path: Path) -> None:
    kept = Kept(world, world.node.rpc_url, tmp_path)
    with Journal(kept.plan.journal, world.connection), pytest.raises(Trouble):
        kept.keeper.round()
    assert kept.events == ["busy"]
    kept.keeper.round()
    world.prove()


# ---- nodes


def test_a_keeper_survives_the_loss_of_its_node(world: World, tmp_path: Path) -> None:
    with recorded("settle", "N1", "keeper: node away, then back"), FaultProxy(world.node.rpc_url) as proxy:
        proxy.always(Kind.LOST_REQUEST)
        kept = Kept(world, proxy.url, tmp_path)
        thread = kept.in_background()
        kept.wait_for(lambda: "node_lost" in kept.events)
        assert not kept.teller.is_ready and kept.figure("node_up") == 0 and kept.teller.is_alive
        proxy.clear()
        kept.wait_for(lambda: "settled" in kept.events and kept.teller.is_ready)
        kept.stop.set()
        thread.join(60)
        assert kept.figure("node_up") == 1
        world.prove()


@pytest.mark.parametrize("chain_id", [31337, 31338])
def test_N14_a_keeper_stops_when_its_node_is_of_another_chain(
    world: World, tmp_path: Path, chain_id: int
) -> None:
    with (
        recorded("settle", "N14", f"keeper: another chain, id {chain_id}"),
        FaultProxy(world.node.rpc_url) as proxy,
        Node(chain_id=chain_id) as other,
    ):
        kept = Kept(world, proxy.url, tmp_path)
        kept.keeper.round()
        proxy.retarget(other.rpc_url)
        with pytest.raises(ManifestMismatch):
            kept.keeper.keep()
        assert kept.events[-1] == "stop" and not kept.teller.is_ready
        assert Connection(other.rpc_url).nonce(local_account("MANAGER").address) == 0
        world.prove()


def test_N16_a_keeper_waits_for_a_node_that_went_back(world: World, tmp_path: Path) -> None:
    with (
        recorded("settle", "N16", "keeper: node nine blocks behind"),
        FaultProxy(world.node.rpc_url) as proxy,
    ):
        kept = Kept(world, proxy.url, tmp_path)
        mine(world.connection, 12)
        kept.keeper.round()
        sent = proxy.count("eth_sendRawTransaction")
        proxy.plan(Fault(Kind.BLOCK_BACK, "eth_getBlockByNumber", times=0, blocks=9))
        with pytest.raises(Trouble):
            kept.keeper.round()
        assert kept.events[-1] == "behind" and not kept.teller.is_ready
        proxy.clear()
        kept.keeper.round()
        assert kept.teller.is_ready and proxy.count("eth_sendRawTransaction") == sent
        world.prove()


def test_N18_a_fee_times_ten_pauses_within_the_budget_and_goes_on_an_hour_later(
    world: World, tmp_path: Path
) -> None:
    price = 10**9
    world.connection.call("anvil_setNextBlockBaseFeePerGas", hex(price))
    mine(world.connection)
    limit = SMALL * 3 * price * 3 // 2  # one batch at a time at this price: two base fees and a tip
    with recorded("settle", "N18", "keeper: base fee times 10"), FaultProxy(world.node.rpc_url) as proxy:
        kept = Kept(world, proxy.url, tmp_path, books=("leases",), budget=limit)
        proxy.always(Kind.FEE_SPIKE, "eth_getBlockByNumber", factor=10)
        with pytest.raises(Trouble) as caught:
            kept.keeper.round()
        assert kept.events == ["paused"] and caught.value.again is not None
        assert open_runs(tmp_path) and proxy.count("eth_sendRawTransaction") == 0
        proxy.clear()
        rounds = 0
        while "settled" not in kept.events and "resumed" not in kept.events:
            rounds += 1
            assert rounds < 12, kept.lines
            kept.later += 3_700
            try:
                kept.keeper.round()
            except Trouble:
                assert kept.events[-1] == "paused"
        world.prove()


# ---- the end


def test_a_keeper_asked_to_stop_while_it_waits_leaves_the_journal_whole(world: World, tmp_path: Path) -> None:
    kept = Kept(world, world.node.rpc_url, tmp_path, waiting=Waiting(timeout=60, poll=0.03, depth=5))
    thread = kept.in_background()
    kept.wait_for(lambda: sum(world.collected()[0].values()) > 0)
    kept.stop.set()
    thread.join(60)
    assert not thread.is_alive() and kept.events[-2:] == ["interrupted", "stopped"]
    (name,) = open_runs(tmp_path)
    again = Kept(world, world.node.rpc_url, tmp_path)
    again.keeper.round()
    assert again.lines[0]["event"] == "resumed" and again.lines[0]["run"] == name
    assert open_runs(tmp_path) == []
    world.prove()


# ---- fees and bills


def test_fees_and_bills_are_kept_as_rents_are(world: World, tmp_path: Path) -> None:
    town = world.town
    suite, first = town.suite, month_of(town.today) + 1
    fund, owner = town.people(2, funds=5_000 * CMT)
    manager, committee = town.sender("MANAGER"), town.sender("COMMITTEE")
    kinds = [CategoryKind.AREA, CategoryKind.POSTED]
    for number, kind in enumerate(kinds, start=1):
        category = Category(kind, fund.party, due_day=5, due_month=0, grace_days=10)
        manager.send(suite.tariffs.propose_category(category, keccak(text=kind.name)))
        committee.send(suite.tariffs.approve_category(number, category))
    manager.send(suite.tariffs.propose_tariff(1, first, 2_500_000))
    committee.send(suite.tariffs.approve_tariff(1, first, 2_500_000))
    unit = town.unit(owner)
    manager.send(suite.fees.subscribe(unit, 1, owner.party, town.today))
    leaf = (unit, 1, owner.party, 70 * CMT, bytes(31) + b"\1", bytes(31) + b"\2")
    manager.send(suite.bills.post_charge(1, 2, first, first_of(first) + 4, leaf, bytes(31) + b"\3"))
    posted = suite.bills.posted_terms(1)
    assert posted is not None
    committee.send(suite.bills.approve_run(1, tuple(posted[0])))
    manager.send(suite.bills.issue(1, leaf, []))
    token = suite.token
    bits = token.collector_bit(suite.fees.address) | token.collector_bit(suite.bills.address)
    town.send(owner.account, token.set_mandate(Mandate(5_000 * CMT, bits, token.current_month() + 60, False)))
    town.to_day(first_of(first) + 10)

    kept = Kept(world, world.node.rpc_url, tmp_path, books=("fees", "bills"))
    kept.keeper.round()
    line = 2_500_000 * 8_900 // 100
    told = [(one["event"], one["book"], one["collected"], one["left"]) for one in kept.lines]
    assert told == [("settled", "account", str(line), "0"), ("settled", "bill", str(70 * CMT), "0")]
    assert town.suite.token.balance_of(fund.wallet) == 5_000 * CMT + line + 70 * CMT
    kept.keeper.round()
    assert kept.events[2:] == ["nothing_to_do", "nothing_to_do"]
    found = audit(world.connection, town.deployment)
    assert found.ok, found.differences[:3]
