"""giveDefaultNotice, endForDefault and the office's twins of them (ruling 14).

caller ── not the landlord, not the office, under recovery, forwarded office: refused
arrears ── young, less than a month's rent, covered by prepaid cash: refused · old enough by the day: noticed
cure ── the last day still cures · paying below a month's rent: cured · a change of the lease voids the notice
     ── a tenant's wallet under recovery: RECOVERY_DAYS more
end ── LEAVE_DAYS later · own end earlier: nothing moves · ended, closed: refused · while paused: works
"""

import pytest

from tests.contracts.LeaseChanges.conftest import AGE_DAYS, CURE_DAYS, GRACE_DAYS, LEAVE_DAYS, RECOVERY_DAYS
from tests.lease_world import CMT, DEPOSIT_REVIEW, ENDED, NOTICE, SALE, World

OLD = GRACE_DAYS + AGE_DAYS  # days after the due day
RENT = 1_000 * CMT


@pytest.fixture
def unpaid(world: World, lease: int) -> int:
    """Nobody paid the rent that fell due on the first day."""
    for person in ("ann", "ben"):
        world.revoke_mandate(person)
    return lease


@pytest.fixture
def noticed(world: World, unpaid: int) -> int:
    """The same, noticed on the first day that allows it."""
    world.pass_days(OLD)
    notice(world, unpaid)
    return unpaid


def notice(world: World, lease: int, by: str = "landlord") -> None:
    world.changes.giveDefaultNotice(lease, sender=world.wallet(by))


def end(world: World, lease: int, by: str = "landlord") -> None:
    world.changes.endForDefault(lease, sender=world.wallet(by))


def pay(world: World, lease: int, person: str, amount: int) -> None:
    # anybody may pay; here the stranger's neighbour Cleo does, by allowance
    terms_hash = world.terms_hash[lease]
    world.leases.pay(lease, world.party[person], amount, terms_hash, sender=world.wallet("cleo"))


@pytest.mark.parametrize("caller", ["ann", "ben", "buyer", "stranger", "admin", "committee", "manager"])
def test_a1_landlord_and_office_alone_act_on_a_default(world: World, noticed: int, caller: str):
    world.pass_days(CURE_DAYS + 1)
    for act in (notice, end):
        with world.reverts("ProposalNotParty", noticed, world.wallet(caller)):
            act(world, noticed, caller)
    if caller == "manager":
        return
    for function in ("giveDefaultNoticeAsManager", "endForDefaultAsManager"):
        with world.reverts("AccessManagedUnauthorized", world.wallet(caller)):
            getattr(world.changes, function)(noticed, sender=world.wallet(caller))


def test_the_landlords_wallet_under_recovery_gives_no_notice(world: World, unpaid: int):
    world.pass_days(OLD)
    world.start_recovery("landlord")
    with world.reverts("ProposalPartyInRecovery", world.party["landlord"]):
        notice(world, unpaid)


def test_arrears_count_from_the_day_they_are_old_enough(world: World, unpaid: int):
    world.pass_days(OLD - 1)
    with world.reverts("DefaultArrearsTooSmall", unpaid, 0, RENT):
        notice(world, unpaid)
    world.pass_days(1)
    notice(world, unpaid)
    (event,) = world.events("DefaultNoticeGiven")
    landlord = world.party["landlord"]
    assert (event["lease"], event["by"], event["arrears"]) == (unpaid, landlord, RENT)
    assert event["cureDay"] == world.today + CURE_DAYS
    assert world.changes.defaultNoticeOf(unpaid) == (RENT, world.today + CURE_DAYS)


def test_less_than_a_months_rent_is_no_default(world: World, unpaid: int):
    world.pass_days(OLD)
    pay(world, unpaid, "ben", 1)
    with world.reverts("DefaultArrearsTooSmall", unpaid, RENT - 1, RENT):
        notice(world, unpaid)


def test_one_tenants_arrears_of_a_months_rent_are_enough(world: World, lease: int):
    world.revoke_mandate("ann")
    for day in (world.today, world.month_start(1)):
        world.to_day(day)
        world.leases.settle([lease], sender=world.wallet("stranger"))
    world.pass_days(OLD)
    notice(world, lease)
    assert world.changes.defaultNoticeOf(lease)[0] == RENT


def test_prepaid_cash_counts_as_paid(world: World):
    lease = world.activate("ann")
    world.revoke_mandate("ann")
    pay(world, lease, "ann", 2 * RENT)
    world.to_day(world.month_start(1) + OLD)
    with world.reverts("DefaultArrearsTooSmall", lease, 0, RENT):
        notice(world, lease)


def test_the_office_may_do_the_same(world: World, unpaid: int):
    world.pass_days(OLD)
    world.changes.giveDefaultNoticeAsManager(unpaid, sender=world.wallet("manager"))
    assert world.events("DefaultNoticeGiven")[0]["by"] == 0
    world.pass_days(CURE_DAYS + 1)
    world.changes.endForDefaultAsManager(unpaid, sender=world.wallet("manager"))
    assert world.events("LeaseDefaulted")[0]["by"] == 0
    assert world.leases.stateOf(unpaid) == NOTICE


def test_without_a_notice_nothing_ends(world: World, unpaid: int):
    world.pass_days(OLD + CURE_DAYS + 1)
    with world.reverts("DefaultNoticeMissing", unpaid):
        end(world, unpaid)
    assert world.changes.defaultNoticeOf(unpaid) == (0, 0)


@pytest.mark.core
def test_the_cure_period_runs_through_its_last_day(world: World, noticed: int):
    cure = world.today + CURE_DAYS
    world.to_day(cure)
    with world.reverts("DefaultCuring", noticed, cure, cure):
        end(world, noticed)
    world.to_day(cure + 1)
    end(world, noticed)
    leave = world.today + LEAVE_DAYS
    (event,) = world.events("LeaseDefaulted")
    landlord = world.party["landlord"]
    assert (event["by"], event["arrears"], event["endDay"]) == (landlord, RENT, leave)
    assert world.leases.termsOf(noticed)[4] == leave
    assert world.leases.stateOf(noticed) == NOTICE
    with world.reverts("DefaultNoticeMissing", noticed):
        end(world, noticed)


def test_paying_in_between_cures(world: World, noticed: int):
    pay(world, noticed, "ann", 1)
    world.pass_days(CURE_DAYS + 1)
    with world.reverts("DefaultArrearsTooSmall", noticed, RENT - 1, RENT):
        end(world, noticed)


def test_what_fell_due_after_the_notice_does_not_keep_it_alive(world: World, noticed: int):
    for person in ("ann", "ben"):
        pay(world, noticed, person, RENT // 2)
    world.pass_days(CURE_DAYS + 40)
    with world.reverts("DefaultArrearsTooSmall", noticed, 0, RENT):
        end(world, noticed)
    notice(world, noticed)
    with world.reverts("DefaultCuring", noticed, ...):
        end(world, noticed)


def test_a_recovery_of_a_tenants_wallet_gives_more_time(world: World, noticed: int):
    cure = world.today + CURE_DAYS
    world.start_recovery("ben", days=90)
    world.to_day(cure + RECOVERY_DAYS)
    with world.reverts("DefaultCuring", noticed, cure + RECOVERY_DAYS, cure + RECOVERY_DAYS):
        end(world, noticed)
    assert world.changes.defaultNoticeOf(noticed)[1] == cure + RECOVERY_DAYS
    world.pass_days(1)
    end(world, noticed)


def test_a_change_of_the_lease_voids_the_notice(world: World, noticed: int):
    world.agree(world.proposal(noticed, SALE, party="buyer"), "landlord", "buyer")
    assert world.changes.defaultNoticeOf(noticed) == (0, 0)
    world.pass_days(CURE_DAYS + 1)
    with world.reverts("DefaultNoticeMissing", noticed):
        end(world, noticed, "buyer")


def test_a_lease_that_ends_earlier_anyway_is_left_to_its_end(world: World):
    lease = world.activate("ann", endDay=world.today + OLD + CURE_DAYS + 1 + LEAVE_DAYS)
    world.revoke_mandate("ann")
    world.pass_days(OLD)
    notice(world, lease)
    world.pass_days(CURE_DAYS + 1)
    own_end = world.leases.termsOf(lease)[4]
    end(world, lease)
    assert world.events("LeaseDefaulted")[0]["endDay"] == own_end == world.today + LEAVE_DAYS
    assert world.leases.termsOf(lease)[4] == own_end
    assert world.leases.stateOf(lease) != NOTICE
    with world.reverts("DefaultNoticeMissing", lease):
        end(world, lease)


def test_what_is_over_is_not_ended_again(world: World):
    lease = world.activate("ann", endDay=world.today + OLD)
    world.revoke_mandate("ann")
    world.pass_days(OLD)
    for act in (notice, end):
        with world.reverts("ProposalStateWrong", lease, ENDED):
            act(world, lease)
    world.leases.close(lease, sender=world.wallet("landlord"))
    with world.reverts("ProposalStateWrong", lease, DEPOSIT_REVIEW):
        notice(world, lease)


def test_a5_a_default_ends_the_lease_also_while_paused(world: World, noticed: int):
    world.pass_days(CURE_DAYS + 1)
    world.pause(3)
    end(world, noticed)
    assert world.leases.stateOf(noticed) == NOTICE


def test_a_default_is_told_to_the_credit_history_for_each_tenant_in_arrears(world: World, unpaid: int):
    world.pass_days(70)
    pay(world, unpaid, "ann", 3 * RENT // 2)
    notice(world, unpaid)
    world.pass_days(CURE_DAYS + 1)
    end(world, unpaid)
    told = [(event["obligation"], event["party"], event["day"]) for event in world.events("Default")]
    assert told == [(unpaid << 24 | 1 << 16, world.party["ben"], world.today)]
