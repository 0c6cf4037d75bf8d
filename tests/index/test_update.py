"""An index keeps up with its chain, and follows it when it changes its mind.

Branches: empty index, filled, nothing new, a part (`until`) and the rest, a range of blocks · reorganised by
1, by 10, to a shorter chain, by more than is allowed, by more than was ever read · another chain, other
contracts, a newer version of the tables, a file that is no database, a URL that names none · verified while
it moves on, after a reorganisation below it, with a log that the node does not have.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.errors import ChainError, StoreError
from commonhold.index import Index, IndexForeign, ReorgTooDeep, open_index
from commonhold.ops import index_check
from commonhold.ops.audit.audit import logs_of_node
from commonhold.ops.audit.replay import Books
from commonhold.ops.index_check import compare_tables, verify
from commonhold.ops.manifest import Deployed
from tests.faults.chainfaults import mine, reorg
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy
from tests.index.worlds import assert_whole, part_way, plain_logs
from tests.package.ops.town import Town

Fresh = Callable[[], str]


def pay_in(town: Town, blocks: int) -> None:
    """Blocks of which a reorganisation cannot make the same once more."""
    for _ in range(blocks):
        town.fund(town.account().address, 5)


def test_the_index_gives_the_very_logs_of_the_chain(town: Town, url: str) -> None:
    with open_index(url, town.deployment) as index:
        progress = index.update(town.connection)
        assert_whole(index, town.connection, town.deployment)
        assert progress.logs == len(list(index.logs())) > 400
        assert index.at().confirmations == 0


def test_an_update_without_news_changes_nothing(town: Town, url: str) -> None:
    with open_index(url, town.deployment) as index:
        index.update(town.connection)
        before = index.at()
        progress = index.update(town.connection)
        assert (progress.blocks, progress.logs, progress.rolled_back) == (0, 0, 0)
        assert index.at() == before
        assert_whole(index, town.connection, town.deployment)


def test_an_empty_index_says_how_it_is_filled(town: Town, url: str) -> None:
    with (
        open_index(url, town.deployment) as index,
        pytest.raises(StoreError, match="commonhold index update"),
    ):
        index.at()


def test_a_part_and_the_rest_are_the_whole(town: Town, url: str) -> None:
    last = town.connection.block_number()
    middle = part_way(town.connection, town.deployment)
    with open_index(url, town.deployment) as index:
        index.update(town.connection, until=middle)
        assert index.at().block == middle
        assert index.at().confirmations == last - middle
        assert list(index.logs()) == plain_logs(town.connection, town.deployment, middle)
        index.update(town.connection, until=last + 100)
        assert_whole(index, town.connection, town.deployment)


def test_a_node_without_old_states_is_read_from_the_first_block_of_the_manifest(town: Town, url: str) -> None:
    pruned = {"result": None, "error": {"code": -32000, "message": "missing trie node"}}
    with FaultProxy(town.connection.url) as faulty, open_index(url, town.deployment) as index:
        faulty.always(Kind.CHANGED, "eth_getCode", change=lambda _: pruned)
        progress = index.update(Connection(faulty.url))
        assert progress.first == town.deployment.begin > 0
        assert_whole(index, town.connection, town.deployment)
        faulty.clear()
        raws = list(logs_of_node(town.connection, town.deployment, town.connection.block_number()))
        faulty.always(Kind.CHANGED, "eth_getCode", change=lambda _: pruned)
        again = logs_of_node(Connection(faulty.url), town.deployment, town.connection.block_number())
        assert list(again) == raws and len(raws) > 100


def test_a_range_of_blocks_is_given_alone(town: Town, url: str) -> None:
    every = plain_logs(town.connection, town.deployment)
    first, last = every[100].block, every[200].block
    with open_index(url, town.deployment) as index:
        index.update(town.connection)
        assert list(index.logs(first, last)) == [log for log in every if first <= log.block <= last]


@pytest.mark.parametrize("depth", [1, 10])
def test_N11_a_reorganisation_is_followed(town: Town, url: str, depth: int) -> None:
    pay_in(town, 10)
    with open_index(url, town.deployment) as index:
        index.update(town.connection)
        before = list(index.logs())
        reorg(town.connection, depth)
        progress = index.update(town.connection)
        assert progress.rolled_back == depth
        assert_whole(index, town.connection, town.deployment)
        assert list(index.logs()) != before
        mine(town.connection, 3)
        index.update(town.connection)
        assert_whole(index, town.connection, town.deployment)


def test_N11_transactions_that_come_again_in_other_blocks_are_there_once(town: Town, url: str) -> None:
    town.fund(town.account().address, 5)
    town.fund(town.account().address, 7)
    with open_index(url, town.deployment) as index:
        index.update(town.connection)
        reorg(town.connection, 2, keep=True)
        index.update(town.connection)
        assert_whole(index, town.connection, town.deployment)


def test_N11_a_reorganisation_to_a_shorter_chain_is_followed(town: Town, url: str) -> None:
    town.fund(town.account().address, 5)
    mine(town.connection, 5)
    with open_index(url, town.deployment) as index:
        index.update(town.connection)
        town.connection.call("anvil_rollback", 6)
        town.connection.call("evm_increaseTime", "0x20")
        mine(town.connection, 2)
        assert index.update(town.connection).rolled_back == 6
        assert_whole(index, town.connection, town.deployment)


def test_N11_a_reorganisation_deeper_than_allowed_is_refused_and_changes_nothing(
    town: Town, url: str
) -> None:
    pay_in(town, 10)
    with open_index(url, town.deployment) as index:
        index.update(town.connection, depth=4)
        before, at = list(index.logs()), index.at()
        reorg(town.connection, 5)
        with pytest.raises(ReorgTooDeep, match="commonhold index rebuild"):
            index.update(town.connection, depth=4)
        assert (list(index.logs()), index.at()) == (before, at)
        index.update(town.connection, depth=5)
        assert_whole(index, town.connection, town.deployment)


def test_an_index_that_is_made_anew_fills_itself_again(town: Town, url: str) -> None:
    pay_in(town, 10)
    with open_index(url, town.deployment) as index:
        index.update(town.connection, depth=4)
    reorg(town.connection, 9)
    with open_index(url, town.deployment, anew=True) as index:
        index.update(town.connection)
        assert_whole(index, town.connection, town.deployment)


def test_D5_the_index_of_another_chain_is_refused(town: Town, url: str) -> None:
    with open_index(url, town.deployment) as index:
        index.update(town.connection)
    restarted = replace(town.deployment, genesis="0x" + "11" * 32)
    with pytest.raises(IndexForeign, match="commonhold index rebuild"):
        open_index(url, restarted)
    with Node() as other, pytest.raises(ChainError, match="not the one of the manifest"):
        from commonhold.chain.connect import Connection

        with open_index(url, town.deployment) as index:
            index.update(Connection(other.rpc_url))


def test_the_index_of_other_contracts_is_refused(town: Town, url: str) -> None:
    with open_index(url, town.deployment):
        pass
    token = town.deployment.contracts["CommunityToken"]
    moved = {**town.deployment.contracts, "CommunityToken": Deployed("0x" + "ab" * 20, token.code_hash, {})}
    with pytest.raises(IndexForeign, match="other contracts"):
        open_index(url, replace(town.deployment, contracts=moved))


def test_what_is_no_database_is_named_without_a_trace_of_its_password(town: Town, tmp_path: Path) -> None:
    broken = tmp_path / "index.sqlite"
    broken.write_bytes(b"these are no tables" * 100)
    with pytest.raises(StoreError, match=r"index\.sqlite"):
        open_index(f"sqlite:///{broken}", town.deployment)
    for wrong in ("nonsense", "mysql://me:secret@127.0.0.1/x", "sqlite://"):
        with pytest.raises(StoreError) as caught:
            open_index(wrong, town.deployment)
        assert "secret" not in str(caught.value)
    with pytest.raises(StoreError) as caught:
        open_index("postgresql://me:hidden-word@127.0.0.1:1/none", town.deployment)
    assert "hidden-word" not in str(caught.value)


# ---------------------------------------------------------------- verified


def test_an_index_that_moves_on_while_it_is_verified_is_verified_once_more(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_index(f"sqlite:///{tmp_path}/i.sqlite", town.deployment) as index:
        index.update(town.connection)
        compare = compare_tables

        def meanwhile(index_: Index, books: Books) -> int:
            town.fund(town.account().address, 5)
            index.update(town.connection)
            return compare(index_, books)

        monkeypatch.setattr(index_check, "compare_tables", meanwhile)
        with pytest.raises(ChainError, match="brought up to date meanwhile") as caught:
            verify(index, town.deployment)
        assert caught.value.hint == "Verify it once more."
        monkeypatch.undo()
        assert verify(index, town.deployment, town.connection).ok


def test_N11_a_chain_that_was_reorganised_below_the_index_is_not_compared_with_it(
    town: Town, tmp_path: Path
) -> None:
    town.fund(town.account().address, 5)
    with open_index(f"sqlite:///{tmp_path}/i.sqlite", town.deployment) as index:
        index.update(town.connection)
        block = index.at().block
        reorg(town.connection, 1)
        with pytest.raises(ChainError, match=f"Block {block} of the node is not the one") as caught:
            verify(index, town.deployment, town.connection)
        assert "commonhold index update" in caught.value.hint
        index.update(town.connection)
        assert verify(index, town.deployment, town.connection).ok


def test_a_log_that_the_node_does_not_have_is_named(town: Town, tmp_path: Path) -> None:
    with open_index(f"sqlite:///{tmp_path}/i.sqlite", town.deployment) as index:
        index.update(town.connection)
        with index.database.writing() as connection:
            connection.execute(
                text(
                    'INSERT INTO logs SELECT block, place + 1, source, topics, data, "transaction" FROM logs '
                    "WHERE block = (SELECT max(block) FROM logs) ORDER BY place DESC LIMIT 1"
                )
            )
        (first, *_) = verify(index, town.deployment, town.connection).differences
        assert first.expected == "no log" and first.id.startswith("log ")
