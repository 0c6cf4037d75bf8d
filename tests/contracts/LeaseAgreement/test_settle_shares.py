"""settle: how what is due is shared among joint tenants, and what was collected among payees.

joint ── all · one missing: SHARES_MISSING · none: the first one's code · covered by who signed for it
payees ── once each · commission rounded for the landlord · wallet under recovery: kept for him
"""

from tests.contracts.LeaseAgreement.offers import (
    COLLECTED,
    NO_FUNDS,
    NO_MANDATE,
    RENT,
    SHARES_MISSING,
    account,
    give_away,
    settle,
)
from tests.lease_world import CMT, Gains, World

# ---------------------------------------------------------------- joint tenants


def test_every_joint_tenant_pays_his_share(world: World, joint: int):
    gains = Gains(world)
    assert settle(world, joint) == [(joint, COLLECTED, RENT)]
    assert gains.of("ann", "ben", "landlord") == (-600 * CMT, -400 * CMT, RENT)
    assert [(event["tenant"], event["amount"]) for event in world.events("Settled")] == [
        (world.party["ann"], 600 * CMT), (world.party["ben"], 400 * CMT),
    ]  # fmt: skip


def test_a_missing_share_is_named_and_the_other_taken(world: World, joint: int):
    world.revoke_mandate("ben")
    gains = Gains(world)
    assert settle(world, joint) == [(joint, SHARES_MISSING, 600 * CMT)]
    assert settle(world, joint) == [(joint, NO_MANDATE, 0)]
    assert gains.of("ann", "ben") == (-600 * CMT, 0)
    assert [account(world, joint, index)[3] for index in (0, 1)] == [600 * CMT, 0]


def test_the_first_failing_share_names_the_reason_if_none_was_taken(world: World, joint: int):
    world.revoke_mandate("ben")
    give_away(world, "ann")
    assert settle(world, joint) == [(joint, NO_FUNDS, 0)]


def test_who_signed_for_it_pays_the_missing_share(world: World):
    terms = {"shares": [6_000, 4_000], "endDay": world.month_start(12)}
    covered, plain = world.activate("ann", "ben", coverMask=1, **terms), world.activate("ann", "ben", **terms)
    world.revoke_mandate("ben")
    gains = Gains(world)
    assert settle(world, covered, plain) == [(covered, COLLECTED, RENT), (plain, SHARES_MISSING, 600 * CMT)]
    assert gains.of("ann", "ben", "landlord") == (-1_600 * CMT, 0, 1_600 * CMT)
    assert account(world, covered, 1)[2:4] == (400 * CMT, 400 * CMT)


def test_who_did_not_sign_for_it_never_pays_the_others_share(world: World):
    lease = world.activate("ann", "ben", shares=[6_000, 4_000], coverMask=2, endDay=world.month_start(12))
    world.revoke_mandate("ben")
    assert settle(world, lease) == [(lease, SHARES_MISSING, 600 * CMT)]


def test_r1_the_last_of_three_tenants_takes_what_rounding_leaves(world: World):
    lease = world.activate(
        "ann",
        "ben",
        "cleo",
        shares=[3_333, 3_333, 3_334],
        rent=10_001,
        deposit=0,
        endDay=world.month_start(12),
    )
    gains = Gains(world)
    for months in range(1, 13):
        settle(world, lease)
        part = months * 10_001 * 3_333 // 10_000
        assert gains.of("ann", "ben", "cleo") == (-part, -part, 2 * part - months * 10_001)
        assert gains.of("landlord") == months * 10_001
        world.to_day(world.month_start(1))


# ---------------------------------------------------------------- payees


def test_r1_the_commission_is_rounded_for_the_landlord_and_sums_are_exact(world: World):
    rent = RENT + 7
    lease = world.activate("ann", rent=rent, manager=world.party["arbiter"], commission=777, arbiter=0)
    gains = Gains(world)
    settle(world, lease)
    assert gains.of("arbiter", "landlord", "ann") == (
        rent * 777 // 10_000,
        rent - rent * 777 // 10_000,
        -rent,
    )
    assert rent * 777 % 10_000


def test_each_payee_is_paid_once_a_run(world: World, lease: int):
    ids = [lease, world.activate("ben"), world.activate("cleo"), world.activate("ann", "ben")]
    settle(world, *ids)
    landlord = world.wallet("landlord")
    assert [event["value"] for event in world.events("Transfer") if event["to"] == landlord] == [4 * RENT]


def test_t8_a_share_that_cannot_be_delivered_waits_and_the_run_goes_on(world: World, lease: int):
    world.start_recovery("landlord")
    gains = Gains(world)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]
    (event,) = world.events("ShareHeld")
    assert (event["party"], event["amount"]) == (world.party["landlord"], RENT)
    assert gains.of("landlord") == 0
    assert world.leases.owed(world.party["landlord"]) == world.leases.held() == RENT
    assert world.token.balanceOf(world.leases) == RENT
