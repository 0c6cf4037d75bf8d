"""One community for this folder; each test starts from the same state."""

from collections.abc import Iterator

import pytest

from tests.bill_world import BillWorld


@pytest.fixture(scope="package")
def community() -> BillWorld:
    return BillWorld()


@pytest.fixture
def world(community: BillWorld) -> Iterator[BillWorld]:
    suite, chain = community.suite, community.chain
    mark, timestamp = chain.evm.snapshot(), chain.timestamp
    yield community
    chain.evm.revert(mark)
    chain.warp(timestamp)
    assert suite.chain.timestamp == timestamp
