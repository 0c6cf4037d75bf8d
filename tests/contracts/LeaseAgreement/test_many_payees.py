"""settle with more payees than the token pays in one call: 256.

a share beyond the first 256 that cannot be delivered waits for its own party, and nobody else's
"""

import pytest

from tests.suite import Person, Suite

CMT = 10**6
RENT = 1_000 * CMT
COUNT = 258


@pytest.fixture(scope="module")
def street() -> tuple[Suite, list[Person], list[int]]:
    """As many landlords as leases."""
    suite = Suite()
    suite.access.grantRole(0, suite.parties, 0, sender=suite.admin)
    tenant = suite.person(funds=COUNT * RENT)
    suite.mandate(tenant, COUNT * RENT)
    landlords = [suite.person() for _ in range(COUNT)]
    leases = [
        suite.lease(suite.unit(landlord), landlord, [tenant], mandates=False, rent=RENT)
        for landlord in landlords
    ]
    return suite, landlords, leases


def test_every_landlord_is_paid_and_a_share_that_cannot_be_waits_for_its_own_party(
    street: tuple[Suite, list[Person], list[int]],
) -> None:
    suite, landlords, leases = street
    last = landlords[-1]
    suite.parties.setRecovery(last.party, suite.chain.timestamp + 86_400, True, sender=suite.admin)
    results = suite.leases.settle(leases, sender=suite.admin)
    assert [tuple(row) for row in results] == [(lease, 1, RENT) for lease in leases]
    assert [suite.balance(landlord) for landlord in landlords] == [RENT] * (COUNT - 1) + [0]
    assert [suite.leases.owed(landlord.party) for landlord in landlords] == [0] * (COUNT - 1) + [RENT]
    assert suite.leases.held() == suite.balance(suite.leases.address) == RENT
