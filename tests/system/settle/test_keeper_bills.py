"""Which bills a keeper asks about, round after round, on a real node.

paid long ago: not asked, however many · not yet due: asked when due · open: asked until it is paid
a new start: what the memory holds, of an older one or another contract nothing · a reorganisation takes a
payment, or an issue, back · logs that a node left out are found within a week
"""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_utils.crypto import keccak

from commonhold.chain.connect import Connection
from commonhold.chain.contracts.fees import Category
from commonhold.chain.contracts.token import Mandate
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.ops.keeper.bills import SAFE, WEEK, OpenBills
from commonhold.ops.settle import Bills, preview, run
from commonhold.rules.bills import key_of
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.tariff import CategoryKind
from tests.faults.chainfaults import mine, reorg, set_back
from tests.faults.kinds import Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.package.ops.town import CMT, Person, Town
from tests.system.settle.settling_world import World
from tests.system.settle.test_keeper import Kept

_VERSIONS = itertools.count(1)


class Place:
    """A town with a category of posted bills, an owner with a mandate and one without."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.town = town = Town.build(node.rpc_url)
        self.suite = town.suite
        self.payee, self.ann, self.ben = town.people(3, funds=90_000 * CMT)
        self.unit = town.unit(self.ann)
        category = Category(CategoryKind.POSTED, self.payee.party, due_day=5, due_month=0, grace_days=10)
        town.sender("MANAGER").send(self.suite.tariffs.propose_category(category, keccak(text="Water")))
        town.sender("COMMITTEE").send(self.suite.tariffs.approve_category(1, category))
        bit = self.suite.token.collector_bit(self.suite.bills.address)
        limit = Mandate(90_000 * CMT, bit, self.suite.token.current_month() + 60, False)
        town.send(self.ann.account, self.suite.token.set_mandate(limit))
        self.month = month_of(town.today) + 1
        self.due_day = first_of(self.month) + 4

    def issue(self, who: Person, count: int = 1, *, later: int = 0) -> list[int]:
        """Bills of so many runs of one; their keys. later: months after the first due day."""
        month, manager, committee = (
            self.month + later,
            self.town.sender("MANAGER"),
            self.town.sender("COMMITTEE"),
        )
        keys = []
        for version in itertools.islice(_VERSIONS, count):
            number = self.suite.bills.run_count() + 1
            leaf = (self.unit, version, who.party, 10 * CMT, bytes(31) + b"\1", bytes(31) + b"\2")
            due = first_of(month) + 4
            manager.send(self.suite.bills.post_charge(number, 1, month, due, leaf, bytes(31) + b"\3"))
            posted = self.suite.bills.posted_terms(number)
            assert posted is not None
            committee.send(self.suite.bills.approve_run(number, tuple(posted[0])))
            manager.send(self.suite.bills.issue(number, leaf, []))
            keys.append(key_of(self.unit, 1, month, version))
        return keys

    def asked(self, book: OpenBills) -> list[int]:
        return list(book.ids(self.town.connection.block_number()))


@pytest.fixture(scope="module")
def built() -> Iterator[Place]:
    with Node() as node:
        yield Place(node)


@pytest.fixture
def place(built: Place) -> Iterator[Place]:
    with set_back(built.town.connection):
        yield built


def test_a_round_asks_no_more_however_many_bills_were_paid(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bills, "most", 2)  # a question for every two bills
    town = place.town
    world = World(place.node, town, [], tmp_path)
    counts = []
    with FaultProxy(place.node.rpc_url) as proxy:
        kept = Kept(world, proxy.url, tmp_path, books=("bills",))
        place.issue(place.ann, 2)
        for more in (0, 8):
            keys = place.issue(place.ann, more, later=4) if more else []
            town.to_day(first_of(place.month + 4) + 9 if more else place.due_day + 9)
            kept.keeper.round()
            assert kept.events[-1] == "settled"
            mine(town.connection, SAFE + 1)
            kept.keeper.round()  # paid for long enough: forgotten
            before = proxy.count("eth_call"), proxy.count("eth_getLogs")
            kept.keeper.round()
            after = proxy.count("eth_call"), proxy.count("eth_getLogs")
            counts.append([new - old for old, new in zip(before, after, strict=True)])
            assert kept.events[-1] == "nothing_to_do" and len(keys) == more
    assert counts[0] == counts[1] == [1, 1]
    kept_file = json.loads(kept.plan.memory.read_text())["bills"]
    assert (kept_file["due"], kept_file["paid"]) == ({}, {})


def test_a_bill_is_asked_from_its_due_day_until_it_is_paid(place: Place) -> None:
    town, book = place.town, OpenBills(place.suite, {})
    (mine_,) = place.issue(place.ann)
    (bens,) = place.issue(place.ben)
    (later,) = place.issue(place.ben, later=2)
    assert place.asked(book) == []
    town.to_day(place.due_day)
    town.to_day(place.due_day + 9)
    assert place.asked(book) == [mine_, bens]
    assert [row.lease for row in preview(place.suite, book=book)] == [mine_, bens]
    run(place.suite, Sender(town.connection, town.sender("MANAGER").signer), book=book)
    mine(town.connection, 3 * SAFE)
    assert place.asked(book) == [bens]  # nobody's mandate pays it
    town.to_day(first_of(place.month + 2) + 20)
    assert place.asked(book) == [bens, later]
    every = Bills(place.suite).ids(town.connection.block_number())
    assert set(every) == {mine_, bens, later}


def test_a_keeper_that_is_started_anew_knows_what_is_open_and_reads_no_old_log(place: Place) -> None:
    town, book = place.town, OpenBills(place.suite, {})
    keys = place.issue(place.ben, 3)
    town.to_day(place.due_day + 9)
    assert place.asked(book) == keys
    mine(town.connection, SAFE + 1)
    assert place.asked(book) == keys
    known = json.loads(json.dumps(book.as_json()))
    with FaultProxy(place.node.rpc_url) as proxy:
        suite = town.deployment.suite(Connection(proxy.url))
        again = OpenBills(suite, known)
        proxy.always(Kind.RANGE_LIMIT, limit=SAFE + 1)
        head = town.connection.block_number()
        assert list(again.ids(head)) == keys and proxy.count("eth_getLogs") == 1
    for strange in ({}, {**known, "contract": "0x" + "11" * 20}):
        assert place.asked(OpenBills(place.suite, strange)) == keys
        assert OpenBills(place.suite, strange).as_json()["due"] == {}


def test_N11_what_a_reorganisation_takes_back_is_asked_again(place: Place) -> None:
    town, book = place.town, OpenBills(place.suite, {})
    keys = place.issue(place.ann, 2)
    town.to_day(place.due_day + 9)
    assert place.asked(book) == keys
    mine(town.connection, 3)
    run(
        place.suite, Sender(town.connection, town.sender("MANAGER").signer), keys[:1], book=Bills(place.suite)
    )
    assert place.asked(book) == keys[1:]
    reorg(town.connection, 1)
    assert place.asked(book) == keys
    # a bill whose issue is gone is no bill, and one that is issued again is one
    (gone,) = place.issue(place.ben, later=2)
    assert place.asked(book) == keys and str(gone) in book.as_json()["due"]
    reorg(town.connection, 1)
    town.to_day(first_of(place.month + 2) + 20)
    assert place.asked(book) == keys
    mine(town.connection, SAFE + 1)
    assert place.asked(book) == keys and str(gone) not in book.as_json()["due"]


def test_a_log_that_a_node_left_out_is_found_within_a_week(place: Place) -> None:
    town = place.town
    town.to_day(place.due_day + 2)
    with FaultProxy(place.node.rpc_url) as proxy:
        book = OpenBills(town.deployment.suite(Connection(proxy.url)), {})
        assert place.asked(book) == []
        keys = place.issue(place.ben, 2, later=1)
        mine(town.connection, SAFE + 1)
        proxy.plan(Fault(Kind.MISSING_LOGS, "eth_getLogs"))
        town.to_day(first_of(place.month + 1) + 20)
        assert len(place.asked(book)) < 2
        town.to_day(town.today + WEEK)
        assert sorted(place.asked(book)) == sorted(keys)
