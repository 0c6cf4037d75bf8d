"""An index that is killed, whose disk is full, whose tables are old, whose chain or contracts are new.

Branches: killed at every moment at which something reaches the database, while filling, while taking blocks
back, while upgrading · a full disk, and room again · two indexers, the first of them killed · tables of the
first version, with rows, of a later one, of something else · a development chain that began anew · an earlier
version of a contract with other events, inside and outside its blocks; a list of them that is none.
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event, text

from commonhold.chain.artifacts import load
from commonhold.chain.node import Node
from commonhold.chain.rawlogs import events_of
from commonhold.errors import SettingsError, StoreError
from commonhold.index import Index, IndexForeign, Source, open_index, read_earlier, schema, tables
from commonhold.index.database import Database, IndexBusy
from commonhold.ops.index_check import verify
from tests.examples import LONG
from tests.faults.chainfaults import reorg
from tests.faults.record import recorded
from tests.index.killing import run_child
from tests.index.postgres import Postgres
from tests.index.worlds import assert_whole, dump, part_way, plain_logs
from tests.package.ops.town import Town

EVERY = 1 if LONG else 10  # moments at which a child is killed: every so many
# Emits one log: its first 32 bytes of call data are the topic, the rest the data.
EMITTER = "0x6011600c60003960116000f3" + "600035602036038060206000376000a100"


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], str]:
    """SQLite alone."""
    made: list[str] = []

    def another() -> str:
        made.append(f"sqlite:///{tmp_path}/files-{len(made)}.sqlite")
        return made[-1]

    return another


def copied(url: str, to: str) -> None:
    shutil.copyfile(url.removeprefix("sqlite:///"), to.removeprefix("sqlite:///"))


def put_aside(url: str) -> None:
    """Everything is in the one file, and nobody has it open."""
    database = Database(url)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()


def same_as_new(index: Index, town: Town, another: str) -> None:
    """The same rows as an index that nothing happened to."""
    with open_index(another, town.deployment) as whole:
        whole.update(town.connection)
        assert dump(index) == dump(whole)
    assert_whole(index, town.connection, town.deployment)


# ---------------------------------------------------------------- D1


def test_D1_killed_at_any_moment_of_an_update_the_next_one_goes_on(
    town: Town, files: Callable[[], str]
) -> None:
    begun, expected = files(), files()
    with open_index(begun, town.deployment) as index:
        index.update(town.connection, until=town.connection.block_number() - 90)
    put_aside(begun)
    kills, moment = 0, 1 + Random(len(begun)).randrange(EVERY)
    while True:
        url = files()
        copied(begun, url)

        def work(url: str = url) -> None:
            with open_index(url, town.deployment) as inner:
                inner.update(town.connection)

        with recorded("index", "D1", f"killed at moment {moment} of an update"):
            killed = run_child(work, moment)
            with open_index(url, town.deployment) as index:
                index.update(town.connection)
                same_as_new(index, town, expected)
        if not killed:
            break
        kills, moment = kills + 1, moment + EVERY
    assert kills >= 3


def test_D1_killed_while_blocks_are_taken_back_the_next_update_takes_them_back(
    town: Town, files: Callable[[], str]
) -> None:
    for _ in range(4):
        town.fund(town.account().address, 5)
    begun, expected = files(), files()
    with open_index(begun, town.deployment) as index:
        index.update(town.connection)
    put_aside(begun)
    reorg(town.connection, 3)
    kills, moment = 0, 1 + Random(7).randrange(EVERY)
    while True:
        url = files()
        copied(begun, url)

        def work(url: str = url) -> None:
            with open_index(url, town.deployment) as inner:
                inner.update(town.connection)

        with recorded("index", "D1", f"killed at moment {moment} of a rollback"):
            killed = run_child(work, moment)
            with open_index(url, town.deployment) as index:
                index.update(town.connection)
                same_as_new(index, town, expected)
        if not killed:
            break
        kills, moment = kills + 1, moment + EVERY
    assert kills >= 3


def test_D1_the_same_on_a_server(town: Town, server: Postgres, files: Callable[[], str]) -> None:
    for moment in range(2, 80, 6 if LONG else 26):
        url = server.database()

        def work(url: str = url) -> None:
            with open_index(url, town.deployment) as inner:
                inner.update(town.connection)

        with recorded("index", "D1", f"killed at moment {moment}, PostgreSQL"):
            run_child(work, moment)
            with open_index(url, town.deployment) as index:
                index.update(town.connection)
                same_as_new(index, town, files())


# ---------------------------------------------------------------- D2


def test_D2_a_full_disk_drops_the_step_whole_and_the_next_one_goes_on(
    town: Town, files: Callable[[], str]
) -> None:
    url = files()
    with open_index(url, town.deployment) as index:
        index.update(town.connection, until=part_way(town.connection, town.deployment, 3))
        before, at = dump(index), index.at()
        with index.database.reading() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        index.database.close()

        def fill(connection: object, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages + 4}")  # type: ignore[attr-defined]

        event.listen(index.database.engine, "connect", fill)
        with recorded("index", "D2", "the disk is full"):
            with pytest.raises(StoreError, match="full"):
                index.update(town.connection)
            assert (dump(index), index.at()) == (before, at)
            event.remove(index.database.engine, "connect", fill)
            index.database.close()
            index.update(town.connection)
            same_as_new(index, town, files())


# ---------------------------------------------------------------- D3


def test_D3_a_second_indexer_is_refused_until_the_first_one_is_gone(town: Town, url: str) -> None:
    told, tell = os.pipe()
    with open_index(url, town.deployment):
        pass
    first = os.fork()
    if first == 0:
        try:
            with open_index(url, town.deployment) as inner, inner.database.exclusive():
                os.write(tell, b"held")
                os.read(os.pipe()[0], 1)  # until it is killed
        finally:
            os._exit(1)
    try:
        assert os.read(told, 4) == b"held"
        with recorded("index", "D3", "two indexers"), open_index(url, town.deployment) as index:
            with pytest.raises(IndexBusy, match="Another process"):
                index.update(town.connection)
            os.kill(first, 9)
            os.waitpid(first, 0)
            first = 0
            for _ in range(200):  # a server notices after a moment that its client is gone
                try:
                    index.update(town.connection)
                    break
                except IndexBusy:
                    time.sleep(0.05)
            assert_whole(index, town.connection, town.deployment)
    finally:
        if first:
            os.kill(first, 9)
            os.waitpid(first, 0)


def test_D3_a_step_on_a_place_that_somebody_else_has_left_is_dropped(town: Town, url: str) -> None:
    """Were the lock of no use (a file system that has none), the cursor would still be compared."""
    with open_index(url, town.deployment) as index:
        middle = part_way(town.connection, town.deployment)
        index.update(town.connection, until=middle)

        def interfere(_: object) -> None:
            with open_index(url, town.deployment) as other, other.database.writing() as connection:
                connection.execute(schema.cursor.update().values(head=schema.cursor.c.head + 1))

        with pytest.raises(StoreError, match="Somebody else"):
            index.update(town.connection, depth=4, tell=interfere)
        index.update(town.connection)
        assert_whole(index, town.connection, town.deployment)


# ---------------------------------------------------------------- D4


def as_version_1(url: str) -> None:
    """The tables as the first version had them: without derived ones, and a cursor that knows nothing of
    them."""
    database = Database(url)
    with database.writing() as connection:
        tables.METADATA.drop_all(connection)
        connection.execute(text("ALTER TABLE cursor DROP COLUMN undo_from"))
        connection.execute(text("UPDATE meta SET value = '1' WHERE key = 'version'"))
    database.close()


def test_D4_tables_of_the_first_version_are_upgraded_with_their_rows(
    town: Town, fresh: Callable[[], str]
) -> None:
    url = fresh()
    with open_index(url, town.deployment) as index:
        index.update(town.connection, until=town.connection.block_number() - 3)
        before = dump(index)
    as_version_1(url)
    with recorded("index", "D4", "version 1 with rows"), open_index(url, town.deployment) as index:
        assert dump(index) == before
        index.update(town.connection)
        same_as_new(index, town, fresh())


def test_D4_an_upgrade_that_is_killed_is_done_by_the_next_run(town: Town, files: Callable[[], str]) -> None:
    old = files()
    with open_index(old, town.deployment) as index:
        index.update(town.connection)
        before = dump(index)
    as_version_1(old)
    put_aside(old)
    kills, moment = 0, 2
    while True:
        url = files()
        copied(old, url)

        def work(url: str = url) -> None:
            open_index(url, town.deployment).close()

        with recorded("index", "D4", f"upgrade killed at moment {moment}"):
            killed = run_child(work, moment)
            with open_index(url, town.deployment) as index:
                assert dump(index) == before
        if not killed:
            break
        kills, moment = kills + 1, moment + (2 if LONG else 9)
    assert kills >= 3


def test_D4_tables_of_a_later_version_or_of_something_else_are_refused(
    town: Town, fresh: Callable[[], str]
) -> None:
    url = fresh()
    with open_index(url, town.deployment) as index, index.database.writing() as connection:
        connection.execute(text("UPDATE meta SET value = '99' WHERE key = 'version'"))
    with pytest.raises(StoreError, match="newer version of commonhold"):
        open_index(url, town.deployment)
    database = Database(url)
    with database.writing() as connection:
        connection.execute(text("DELETE FROM meta WHERE key = 'version'"))
    database.close()
    with pytest.raises(StoreError, match="something else"):
        open_index(url, town.deployment)


# ---------------------------------------------------------------- D5 and D6


def test_D5_a_development_chain_that_began_anew_is_refused_and_can_be_read_anew(
    town: Town, files: Callable[[], str]
) -> None:
    url = files()
    with open_index(url, town.deployment) as index:
        index.update(town.connection)
    with Node(timestamp=1_900_000_000) as node:
        again = Town.build(node.rpc_url)
        with recorded("index", "D5", "another genesis"):
            with pytest.raises(IndexForeign, match="commonhold index rebuild"):
                open_index(url, again.deployment)
            with open_index(url, again.deployment, anew=True) as index:
                index.update(again.connection)
                assert_whole(index, again.connection, again.deployment)


OLD_ABI = [
    {
        "type": "event",
        "name": "Settled",
        "inputs": [
            {"name": "lease", "type": "uint256", "indexed": False},
            {"name": "amount", "type": "uint256", "indexed": False},
        ],
    }
]


def test_D6_events_of_an_earlier_version_are_decoded_beside_those_of_today(
    town: Town, tmp_path: Path, url: str
) -> None:
    connection = town.connection
    account = connection.call("eth_accounts")[0]

    def send(**call: str) -> dict[str, str]:
        hash_ = connection.call("eth_sendTransaction", {"from": account, "gas": hex(10**6), **call})
        receipt: dict[str, str] | None = None
        while receipt is None:
            receipt = connection.call("eth_getTransactionReceipt", hash_)
        return receipt

    address = send(data=EMITTER)["contractAddress"]
    topic = next(iter(events_of(OLD_ABI)))
    assert topic != load("LeaseAgreement").topic("Settled")
    told = []
    for lease, amount in ((7, 100), (8, 200), (9, 300)):
        block = send(to=address, data=f"{topic}{lease:064x}{amount:064x}")["blockNumber"]
        told.append((int(block, 16), (lease, amount)))
    entry = {"contract": "LeaseAgreement", "version": "1", "address": address, "abi": OLD_ABI}
    (tmp_path / "earlier.json").write_text(json.dumps([{**entry, "first": 1, "last": told[1][0]}]))
    earlier = read_earlier(tmp_path)
    with (
        recorded("index", "D6", "two signatures"),
        open_index(url, town.deployment, earlier=earlier) as index,
    ):
        index.update(connection)
        old = [log for log in index.logs(earlier=True) if log.contract == "LeaseAgreement@1"]
        assert [(log.block, log.values) for log in old] == told[:2]
        assert {log.event for log in old} == {"Settled"}
        assert list(index.logs()) == plain_logs(connection, town.deployment)
        assert any(log.contract == "LeaseAgreement" and log.event == "Settled" for log in index.logs())
        assert verify(index, town.deployment, connection).ok
    with pytest.raises(IndexForeign, match="other contracts"):
        open_index(url, town.deployment)


def test_D6_a_list_of_earlier_contracts_that_is_none_is_refused(tmp_path: Path) -> None:
    assert read_earlier(tmp_path) == ()
    for wrong in (
        "{",
        "[7]",
        '[{"contract": "X"}]',
        '[{"contract":"X","version":"1","address":"0x1","abi":[]}]',
    ):
        (tmp_path / "earlier.json").write_text(wrong)
        with pytest.raises(SettingsError, match=r"earlier\.json"):
            read_earlier(tmp_path)
    assert Source("X@1", "0x" + "1" * 40, frozenset(), 5, 9).counts(9)
