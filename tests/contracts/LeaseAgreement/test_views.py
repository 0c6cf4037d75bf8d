"""What everybody may read: states, terms, accounts, dues, constants.

stateOf ── none, active, notice, ended by the calendar alone, review, closed
termsOf, accountsOf, dueOn ── of a lease · of no lease: refused
"""

from tests.contracts.LeaseAgreement.offers import RENT, account, pay, settle
from tests.lease_world import ACTIVE, CMT, DEPOSIT_REVIEW, END, ENDED, NOTICE, UTC_OFFSET, World


def test_the_states_of_a_life(world: World):
    lease = world.activate("ann", endDay=world.month_start(3))
    found = [world.leases.stateOf(lease + 1), world.leases.stateOf(lease)]
    world.agree(world.proposal(lease, END, day=world.month_start(1)), "landlord", "ann")
    found.append(world.leases.stateOf(lease))
    settle(world, lease)
    world.to_day(world.month_start(1))
    found.append(world.leases.stateOf(lease))
    world.leases.close(lease, sender=world.wallet("ann"))
    found.append(world.leases.stateOf(lease))
    assert found == [0, ACTIVE, NOTICE, ENDED, DEPOSIT_REVIEW]


def test_the_terms_as_they_stand(world: World):
    fields = {
        "noticeDays": 31,
        "breakDay": world.today + 40,
        "breakFee": 7,
        "holdoverRate": 12_345,
        "graceDays": 9,
    }
    lease = world.activate(
        "ann", manager=world.party["buyer"], steps=[(world.month_start(2), 2 * RENT)], **fields
    )
    parties = (world.party["landlord"], world.party["buyer"])
    expected = (1, *parties, world.today, world.today + 365, RENT, 31, world.today + 40, 7, 12_345, 9)
    assert tuple(world.leases.termsOf(lease)) == expected
    world.to_day(world.month_start(2))
    assert world.leases.termsOf(lease)[5] == 2 * RENT


def test_the_accounts_as_of_today(world: World, joint: int):
    pay(world, joint, 450 * CMT, tenant="ben")
    assert account(world, joint, 0) == (world.party["ann"], 6_000, 600 * CMT, 0, 0, 0)
    assert account(world, joint, 1) == (world.party["ben"], 4_000, 400 * CMT, 400 * CMT, 50 * CMT, 0)


def test_what_falls_due_by_any_day(world: World, lease: int):
    days = [
        world.today - 1,
        world.today,
        world.month_start(1) - 1,
        world.month_start(1),
        world.month_start(400),
    ]
    assert [world.leases.dueOn(lease, day) for day in days] == [0, RENT, RENT, 2 * RENT, 12 * RENT]
    assert world.leases.dueOn(lease, 0) == 0
    assert world.leases.dueOn(lease, 2**32 - 1) == 12 * RENT


def test_no_lease_has_no_figures(world: World, lease: int):
    for function, arguments in (
        ("termsOf", (9,)),
        ("accountsOf", (9,)),
        ("dueOn", (9, 1)),
        ("landlordDebt", (9, 1)),
    ):
        with world.reverts("LeaseUnknown", 9):
            getattr(world.leases, function)(*arguments)
    assert world.leases.stateOf(9) == 0


def test_the_community_counts_its_own_days(world: World):
    midnight = (world.today + 1) * 86_400 - UTC_OFFSET
    today = world.today
    world.backend.warp(midnight - 1)
    assert world.leases.today() == today
    world.backend.warp(midnight)
    assert world.leases.today() == today + 1


def test_the_constants(world: World):
    assert world.leases.VERSION() == "1"
    domain = world.leases.eip712Domain()
    assert (domain[1], domain[2], domain[4]) == ("Commonhold LeaseAgreement", "1", world.leases.address)
    assert world.leases.trustedForwarder() == world.forwarder.address
    assert world.leases.authority() == world.access.address
