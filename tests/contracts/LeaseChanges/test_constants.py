"""What the contract publishes of itself: version, periods, typed-data domain, authority."""

from tests.contracts.LeaseChanges.conftest import (
    AGE_DAYS,
    CURE_DAYS,
    LEAVE_DAYS,
    PROPOSAL_DAYS,
    RECOVERY_DAYS,
)
from tests.lease_world import LANDLORD, World


def test_the_periods_are_the_published_ones(world: World):
    changes = world.changes
    assert changes.VERSION() == "1"
    assert (changes.PROPOSAL_DAYS(), changes.DEFAULT_AGE_DAYS()) == (PROPOSAL_DAYS, AGE_DAYS)
    assert (changes.CURE_DAYS(), changes.RECOVERY_DAYS()) == (CURE_DAYS, RECOVERY_DAYS)
    assert (changes.DEFAULT_LEAVE_DAYS(), changes.LANDLORD_INDEX()) == (LEAVE_DAYS, LANDLORD)


def test_the_domain_is_that_of_this_contract(world: World):
    _, name, version, chain_id, contract, *_ = world.changes.eip712Domain()
    assert (name, version) == ("Commonhold LeaseChanges", "1")
    assert (chain_id, contract) == (world.backend.chain_id, world.changes.address)


def test_it_knows_its_authority_and_its_forwarder(world: World):
    assert world.changes.authority() == world.access.address
    assert world.changes.isTrustedForwarder(world.forwarder)
    assert not world.changes.isTrustedForwarder(world.wallet("stranger"))
