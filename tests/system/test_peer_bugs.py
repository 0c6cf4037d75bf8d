"""Bugs that other rental systems shipped, each tried here on leases and deposits: one named test each.

release beyond its reserve · success without transfer · colliding ids · due in thirty days · fee never owed
fee stacked or frozen · percent for bps · states without exit · two truths · ruling without money
open setters · rent after the end · own rent marked paid · refund of forwarded money · ignored transfer
lost unit · 360 periods · recovery needs a balance · month for a day · lines differ from the invoice
"""

from collections.abc import Iterator

import pytest

from tests.contracts.LeaseAgreement.offers import (
    COLLECTED,
    NO_FUNDS,
    RENT,
    account,
    act,
    give_away,
    pay,
    settle,
)
from tests.lease_world import (
    CLOSED,
    CMT,
    DEPOSIT_REVIEW,
    END,
    ENDED,
    HELD_OVER,
    HOLDOVER,
    NO_HASH,
    NOTICE,
    WAIVE_RENT,
    Gains,
    InProcess,
    World,
)


@pytest.fixture(scope="module")
def community() -> World:
    return World(InProcess())


@pytest.fixture
def world(community: World) -> Iterator[World]:
    mark = community.backend.snapshot()
    yield community
    community.backend.restore(mark)


def ended(world: World, deposit: int = 1_000) -> int:
    lease = world.activate("ann", deposit=deposit, endDay=world.month_start(1))
    world.end(lease)
    return lease


def test_a_release_never_pays_more_than_its_own_deposit(world: World) -> None:
    other = world.activate("ben", deposit=50_000)
    lease = ended(world)
    with world.reverts("DepositClaimTooLarge", lease, 1_001, 1_000):
        world.escrow.fileClaim(lease, [1_001], [NO_HASH], sender=world.wallet("landlord"))
    with world.reverts("DepositClaimTooLarge", lease, 1_001, 1_000):
        world.escrow.fileClaim(lease, [501, 500], [NO_HASH] * 2, sender=world.wallet("landlord"))
    gains = Gains(world)
    world.escrow.fileClaim(lease, [1_000], [NO_HASH], sender=world.wallet("landlord"))
    world.escrow.acceptClaim(lease, 1_000, sender=world.wallet("ann"))
    assert gains.of("landlord") == 1_000
    assert world.escrow.depositOf(other) == world.token.balanceOf(world.escrow) == 50_000


def test_no_success_is_recorded_without_its_transfer(world: World) -> None:
    lease = world.activate("ann")
    give_away(world, "ann", RENT - 1)
    gains = Gains(world)
    assert settle(world, lease) == [(lease, NO_FUNDS, 0)]
    assert account(world, lease)[3] == gains.of("landlord") == 0
    world.token.transfer(world.wallet("ann"), 1, sender=world.wallet("ben"))
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]
    assert account(world, lease)[3] == gains.of("landlord") == RENT


def test_the_accounts_of_many_leases_never_collide(world: World) -> None:
    ids = [world.activate("ann", "ben", "cleo", "buyer", deposit=0, rent=RENT + i) for i in range(14)]
    assert ids == list(range(1, 15))
    for i, lease in enumerate(ids):
        for index, person in enumerate(("ann", "ben", "cleo", "buyer")):
            pay(world, lease, 100 * i + index + 1, tenant=person)
    found = [[account(world, lease, index)[3] for index in range(4)] for lease in ids]
    assert found == [[100 * i + index + 1 for index in range(4)] for i in range(14)]


def test_the_next_rent_is_due_by_the_calendar_and_not_thirty_days_later(world: World) -> None:
    lease = world.activate("ann", endDay=world.month_start(12))
    for months in range(1, 12):
        day = world.month_start(1)
        world.to_day(day - 1)
        settle(world, lease)  # late in the month: the next due day does not move
        assert account(world, lease)[2] == months * RENT
        world.to_day(day)
        assert account(world, lease)[2] == (months + 1) * RENT


def test_a_late_fee_is_owed_and_reaches_the_landlord(world: World) -> None:
    lease = world.activate("ann", deposit=0, lateFeeRate=10, lateFeeMaxDays=30, graceDays=0)
    world.pass_days(7)
    fee = RENT * 7 * 10 // 10_000
    assert account(world, lease)[5] == fee > 0
    gains = Gains(world)
    pay(world, lease, RENT + fee)
    assert gains.of("ann", "landlord") == (-RENT - fee, RENT + fee)
    assert account(world, lease)[5] == 0


def test_nobody_can_stack_a_late_fee_or_freeze_it(world: World) -> None:
    terms = {
        "deposit": 0,
        "lateFeeRate": 7,
        "lateFeeMaxDays": 60,
        "graceDays": 3,
        "endDay": world.month_start(12),
    }
    touched, left = world.activate("ann", **terms), world.activate("ben", **terms)
    world.revoke_mandate("ann")
    for _ in range(40):
        for person in ("stranger", "landlord"):
            act(world, "settle", [touched, touched], sender=person)
        world.pass_days(1)
    assert account(world, touched)[2:] == account(world, left)[2:]
    assert account(world, touched)[5] > 0


def test_rates_are_basis_points_where_they_are_checked_and_where_they_count(world: World) -> None:
    most = {"lateFeeRate": 100, "lateFeeMaxDays": 30, "graceDays": 0, "commission": 3_000}
    lease = world.activate("ann", deposit=0, manager=world.party["arbiter"], arbiter=0, **most)
    world.pass_days(1)
    assert account(world, lease)[5] == RENT // 100  # the most that is allowed is 1 % a day
    gains = Gains(world)
    settle(world, lease)
    assert gains.of("arbiter") == RENT * 30 // 100
    for name, value in (("lateFeeRate", 101), ("commission", 3_001)):
        with world.reverts("LeaseTermsInvalid", name.encode().ljust(32, b"\0"), value, ...):
            world.activate("ben", **{"manager": 1, name: value})


def test_every_state_is_reached_and_left(world: World) -> None:
    lease = world.activate("ann", deposit=10, endDay=world.month_start(1), holdoverRate=10_000)
    seen = [world.leases.stateOf(lease)]
    world.to_day(world.month_start(1))
    seen.append(world.leases.stateOf(lease))
    over = world.proposal(lease, HOLDOVER, day=world.month_start(2), amount=RENT)
    world.agree(over, "landlord", "ann")
    seen.append(world.leases.stateOf(lease))
    world.agree(world.proposal(lease, END, day=world.today + 5), "landlord", "ann")
    seen.append(world.leases.stateOf(lease))
    world.end(lease)
    seen.append(world.leases.stateOf(lease))
    world.pass_days(15)
    world.escrow.finalise(lease, sender=world.wallet("stranger"))
    seen.append(world.leases.stateOf(lease))
    assert seen == [1, ENDED, HELD_OVER, NOTICE, DEPOSIT_REVIEW, CLOSED]


def test_the_unit_knows_of_its_tenant_from_the_lease_alone(world: World) -> None:
    lease = world.activate("ann", endDay=world.month_start(3))
    unit = world.leases.termsOf(lease)[0]
    with world.reverts("UnitUserFollowsLease", unit):
        world.units.setUser(unit, world.wallet("ben"), 2**40, sender=world.wallet("landlord"))
    world.agree(world.proposal(lease, END, day=world.today + 9), "landlord", "ann")
    assert world.units.leasedUntil(unit) == (lease, world.leases.termsOf(lease)[4])
    world.pass_days(9)
    assert world.units.userPartyOf(unit) != world.party["ann"]


def test_a_ruling_moves_its_money_at_once(world: World) -> None:
    lease = ended(world)
    world.escrow.fileClaim(lease, [800], [NO_HASH], sender=world.wallet("landlord"))
    world.escrow.makeOffer(lease, 100, sender=world.wallet("ann"))
    gains = Gains(world)
    world.escrow.award(lease, 333, sender=world.wallet("arbiter"))
    assert gains.of("landlord", "ann", "arbiter") == (233, 467, 0)  # 100 were undisputed and paid before
    assert world.leases.stateOf(lease) == CLOSED
    assert world.escrow.held() == 0


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("pause", (1,)), ("retire", ()), ("applyChange", ((0, 1, 0, 0, 0, 0),)), ("finishClosing", (1,)),
        ("offsetLandlordDebt", (1, 2, 1)), ("setAuthority", ("0x" + "11" * 20,)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("person", ["stranger", "landlord", "ann"])
def test_no_setter_is_open(world: World, function: str, arguments: tuple[object, ...], person: str) -> None:
    from tests.evm import Reverted

    world.activate("ann")
    with pytest.raises(Reverted) as caught:
        act(world, function, *arguments, sender=person)
    assert caught.value.name in (
        "AccessManagedUnauthorized", "LeaseCallerNotChanges", "LeaseCallerNotEscrow",
    )  # fmt: skip


def test_no_rent_can_be_paid_for_days_after_the_end(world: World) -> None:
    lease = world.activate("ann", endDay=world.month_start(1))
    settle(world, lease)
    for day in (world.today + 20, world.month_start(1), world.month_start(4)):
        world.to_day(day)
        with world.reverts("LeasePaymentTooLarge", lease, 1, 0):
            pay(world, lease, 1)
        assert account(world, lease)[2] == RENT


def test_a_tenant_cannot_mark_his_own_rent_as_paid(world: World) -> None:
    lease = world.activate("ann")
    waiver = world.proposal(lease, WAIVE_RENT, party="ann", amount=RENT, reason=b"\1" * 32)
    with world.reverts("ProposalNotParty", lease, world.wallet("ann")):
        world.changes.propose(waiver, sender=world.wallet("ann"))
    with world.reverts("AccessManagedUnauthorized", world.wallet("ann")):
        world.changes.proposeWaiver(waiver, sender=world.wallet("ann"))
    world.changes.propose(waiver, sender=world.wallet("landlord"))
    with world.reverts("AccessManagedUnauthorized", world.wallet("ann")):
        world.changes.approveWaiver(waiver, sender=world.wallet("ann"))
    assert account(world, lease)[3] == 0


def test_money_that_was_forwarded_is_never_refunded_from_others(world: World) -> None:
    lease, other = world.activate("ann"), world.activate("ben")
    pay(world, lease, RENT)
    pay(world, other, 5 * RENT, tenant="ben")
    with world.reverts("LeaseRefundTooLarge", lease, 1, 0):
        act(world, "refund", lease, 1, sender="ann")
    assert world.leases.held() == world.token.balanceOf(world.leases) == 4 * RENT


def test_a_payment_that_does_not_arrive_is_not_booked(world: World) -> None:
    lease = world.activate("ann")
    world.revoke_mandate("ben")
    for allowance in (0, RENT - 1):
        world.token.approve(world.leases, allowance, sender=world.wallet("ben"))
        with world.reverts("ERC20InsufficientAllowance", world.leases.address, allowance, RENT):
            pay(world, lease, RENT, payer="ben")
    world.token.approve(world.leases, RENT, sender=world.wallet("ben"))
    give_away(world, "ben", RENT - 1)
    with world.reverts("ERC20InsufficientBalance", world.wallet("ben"), RENT - 1, RENT):
        pay(world, lease, RENT, payer="ben")
    assert account(world, lease)[3:5] == (0, 0)


@pytest.mark.parametrize("rent", [10_001, 99_999, RENT + 1])
def test_an_odd_split_loses_no_unit(world: World, rent: int) -> None:
    lease = world.activate("ann", "ben", "cleo", shares=[3_333, 3_333, 3_334], rent=rent, deposit=rent,
                           manager=world.party["arbiter"], arbiter=0, commission=777)  # fmt: skip
    assert sum(world.escrow.partOf(lease, index) for index in range(3)) == rent
    gains = Gains(world)
    for months in range(1, 6):
        settle(world, lease)
        assert sum(gains.of("landlord", "arbiter")) == -sum(gains.of("ann", "ben", "cleo")) == months * rent
        world.to_day(world.month_start(1))


def test_a_lease_goes_on_after_360_months(world: World) -> None:
    lease = world.activate("ann", deposit=0, rent=10_000, endDay=world.month_start(1_200))
    world.to_day(world.month_start(400))
    world.give_mandate("ann")
    assert settle(world, lease) == [(lease, COLLECTED, 401 * 10_000)]
    world.to_day(world.month_start(800))
    world.give_mandate("ann")
    assert settle(world, lease) == [(lease, COLLECTED, 799 * 10_000)]
    act(world, "close", lease, sender="ann")
    assert world.leases.stateOf(lease) == CLOSED


def test_an_empty_wallet_is_recovered_with_its_lease_its_debt_and_its_deposit(world: World) -> None:
    lease = world.activate("ann", deposit=500, endDay=world.month_start(1))
    give_away(world, "ann")
    settle(world, lease)
    world.parties.replaceWallet(
        world.party["ann"], world.wallet("stranger"), sender=world.wallet("committee")
    )
    assert account(world, lease)[:4] == (world.party["ann"], 10_000, RENT, 0)
    before = world.balance("stranger")
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]  # mandate and money are at the new wallet
    assert world.balance("stranger") == before - RENT
    world.end(lease)
    world.pass_days(15)
    world.escrow.finalise(lease, sender=world.wallet("ben"))
    assert world.balance("stranger") == before - RENT + 500


def test_one_day_costs_one_day(world: World) -> None:
    length = world.month_start(1) - world.today
    lease = world.activate("ann", deposit=0, endDay=world.today + 1)
    assert settle(world, lease) == [(lease, COLLECTED, RENT // length)]
    other = world.activate("ben", deposit=0, endDay=world.month_start(1) + 1)
    following = world.month_start(2) - world.month_start(1)
    world.to_day(world.month_start(1) + 1)
    assert settle(world, other) == [(other, COLLECTED, RENT + RENT // following)]


def test_the_lines_add_up_to_the_invoice(world: World) -> None:
    terms = {"shares": [3_333, 3_333, 3_334], "rent": 1_000_003, "deposit": 0}
    lease = world.activate("ann", "ben", "cleo", endDay=world.month_start(7) + 11, billingDay=9, **terms)
    while world.today < world.month_start(9):
        ((_, _, amount),) = settle(world, lease)
        assert sum(event["amount"] for event in world.events("Settled")) == amount
        if world.leases.stateOf(lease) == ENDED:
            break
        world.pass_days(13)
    accounts = [account(world, lease, index) for index in range(3)]
    assert sum(row[2] for row in accounts) == world.leases.dueOn(lease, world.today)
    assert sum(row[3] for row in accounts) == world.leases.dueOn(lease, world.today)


def test_cmt_is_the_unit_of_all_amounts(world: World) -> None:
    """A rent of 1,000 is a thousand million base units: no figure is taken for whole coins."""
    lease = world.activate("ann")
    assert world.leases.termsOf(lease)[5] == 1_000 * CMT == 1_000 * 10 ** world.token.decimals()
