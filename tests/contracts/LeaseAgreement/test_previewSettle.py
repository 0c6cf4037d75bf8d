"""previewSettle and settleAndRevert: what a settlement would answer now, and nothing kept of it.

answers ── the same as settle's at the same second, for every code
nothing is changed · too many: refused · too little gas: no answer
"""

import pytest

from tests.contracts.LeaseAgreement.offers import (
    COLLECTED,
    NO_MANDATE,
    NOTHING_DUE,
    RENT,
    UNKNOWN,
    account,
    settle,
)
from tests.evm import Reverted
from tests.lease_world import Gains, World


def preview(world: World, *leases: int) -> list[tuple[int, int, int]]:
    """The contract's forecast."""
    answer = world.leases.previewSettle(list(leases), sender=world.wallet("stranger"))
    return [tuple(map(int, row)) for row in answer]


def test_the_preview_is_what_settle_then_answers(world: World, lease: int, joint: int, late: int):
    world.revoke_mandate("ben")
    none = world.activate("cleo", startDay=world.today + 60)
    world.pass_days(50)
    ids = [joint, 0, lease, none, late, lease]
    forecast = preview(world, *ids)
    assert forecast == settle(world, *ids)
    assert {row[1] for row in forecast} >= {UNKNOWN, NOTHING_DUE, COLLECTED}


def test_the_preview_changes_nothing(world: World, lease: int, late: int):
    world.pass_days(40)
    gains, before = Gains(world), [account(world, each) for each in (lease, late)]
    assert [row[1] for row in preview(world, lease, late)] == [COLLECTED, COLLECTED]
    assert world.events("Settled") == []
    assert gains.of("ann", "landlord") == (0, 0)
    assert before == [account(world, each) for each in (lease, late)]
    assert settle(world, lease)[0][2] == 2 * RENT


def test_an_empty_preview_and_a_huge_one(world: World, lease: int):
    assert preview(world) == []
    with world.reverts("LeaseBatchTooLarge", 1_001, 1_000):
        preview(world, *[lease] * 1_001)


def test_its_inner_half_always_reverts_with_the_answers(world: World, lease: int):
    world.revoke_mandate("ann")
    with world.reverts("LeasePreview", ((lease, NO_MANDATE, 0),)):
        world.leases.settleAndRevert([lease], sender=world.wallet("stranger"))


@pytest.mark.parametrize("part", [3, 5, 8])
@pytest.mark.gas
def test_b7_with_too_little_gas_there_is_no_forecast(in_process: World, lease: int, part: int):
    world = in_process
    good = preview(world, lease)
    gas = world.backend.chain.gas_used * part // 10
    with pytest.raises(Reverted):
        world.leases.previewSettle([lease], sender=world.wallet("stranger"), gas=gas)
    assert preview(world, lease) == good
