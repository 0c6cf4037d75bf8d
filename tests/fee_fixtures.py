"""The fixture `world` for the tests of the fees: one deployment for all, put back after each test."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.fee_world import FeeWorld


@cache
def deployed() -> FeeWorld:
    return FeeWorld()


@pytest.fixture
def world() -> Iterator[FeeWorld]:
    found = deployed()
    mark, time = found.chain.evm.snapshot(), found.chain.timestamp
    state = found.people, found.minted, found.names
    yield found
    found.chain.evm.revert(mark)
    found.chain.warp(time)
    found.people, found.minted, found.names = state
