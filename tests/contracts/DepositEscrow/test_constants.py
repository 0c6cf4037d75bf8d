"""What the contract publishes of itself: its version, its clocks, where it takes its orders from."""

from commonhold.rules import deposit
from tests.lease_world import World


def test_the_clocks_are_those_of_the_twin(world: World):
    escrow = world.escrow
    assert escrow.VERSION() == "1"
    clocks = (escrow.CLAIM_DAYS(), escrow.ANSWER_DAYS(), escrow.AWARD_DAYS(), escrow.EXTENSION_DAYS())
    assert clocks == (deposit.CLAIM_DAYS, deposit.ANSWER_DAYS, deposit.AWARD_DAYS, deposit.EXTENSION_DAYS)
    assert escrow.MAX_ITEMS() == deposit.MAX_ITEMS


def test_it_knows_its_authority_and_its_forwarder(world: World):
    assert world.escrow.authority() == world.access.address
    assert world.escrow.isTrustedForwarder(world.forwarder)
    assert not world.escrow.isTrustedForwarder(world.wallet("stranger"))
