"""settle: takes what is due from prepayments and mandates, one answer for each lease.

Joint tenants, commission and payees are in test_settle_shares.py.

ids ── empty: nothing · more than 1,000: refused · twice: the second finds nothing due
  unknown, closed: named, others go on
due ── nothing · one month · several at once · until the second of midnight
mandate ── enough · none, other collector, expired, limit, wallet empty: code, nothing kept
  part payments allowed: PARTIAL
pot ── pays first · covers all: the mandate is not asked
late fee ── collected after the rent · not collected: RENT_ONLY · alone and not collected: the token's code
foreign code ── none is called, whatever stands at the wallets
"""

import pytest

from commonhold.rules.calendar import days_in_month, month_of
from tests.contracts.LeaseAgreement.offers import (
    COLLECTED,
    LIMIT_EXCEEDED,
    MANDATE_EXPIRED,
    NO_FUNDS,
    NO_MANDATE,
    NOT_ACTIVE,
    NOTHING_DUE,
    PARTIAL,
    RENT,
    RENT_ONLY,
    UNKNOWN,
    account,
    act,
    give_away,
    pay,
    settle,
)
from tests.evm import Reverted
from tests.lease_world import (
    CMT,
    END,
    UTC_OFFSET,
    Gains,
    World,
)

HELD_BY_CODE = b"\xfe"  # the INVALID instruction: whoever calls it loses all gas it gave


def limit(world: World, person: str, amount: int, *, months: int = 24, partial: bool = False) -> None:
    """A mandate for at most so much a month."""
    month = world.token.currentMonth() + months
    world.token.setMandate((amount, 1, month, partial), sender=world.wallet(person))


def test_the_rent_goes_from_the_tenant_to_the_landlord(world: World, lease: int):
    gains = Gains(world)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]
    (event,) = world.events("Settled")
    assert (event["lease"], event["tenant"], event["code"], event["amount"]) == (
        lease, world.party["ann"], COLLECTED, RENT,
    )  # fmt: skip
    assert gains.of("ann", "landlord") == (-RENT, RENT)
    assert world.token.balanceOf(world.leases) == world.leases.held() == 0


def test_b8_l3_a_second_run_moves_nothing(world: World, lease: int, joint: int, late: int):
    world.pass_days(70)
    first = settle(world, lease, joint, late)
    assert [row[1] for row in first] == [COLLECTED] * 3
    gains, before = Gains(world), [account(world, each) for each in (lease, joint, late)]
    assert [row[1:] for row in settle(world, late, lease, joint)] == [(NOTHING_DUE, 0)] * 3
    assert gains.of("ann", "ben", "landlord") == (0, 0, 0)
    assert before == [account(world, each) for each in (lease, joint, late)]


@pytest.mark.parametrize("kind", ["lease", "joint", "late"])
@pytest.mark.parametrize("funds", [10 * RENT, 0])
def test_b4_an_id_that_comes_twice_is_tried_once(world: World, request, kind: str, funds: int):
    each = request.getfixturevalue(kind)
    world.pass_days(40)
    give_away(world, "ann", funds)
    gains = Gains(world)
    first, second = settle(world, each, each)
    assert second == (each, NOTHING_DUE, 0)
    assert first[2] == gains.of("landlord")
    assert (first[1] == COLLECTED) == (funds > 0)


def test_b5_unknown_closed_and_early_ids_are_named_and_the_others_go_on(world: World, lease: int):
    closed = world.activate("ben", deposit=0, endDay=world.today + 1)
    review = world.activate("ben", endDay=world.today + 1)
    world.to_day(world.today + 1)
    for each in (closed, review):
        act(world, "close", each, sender="landlord")
    early = world.activate("cleo", startDay=world.today + 3)
    found = settle(world, 0, closed, lease, 99, early, review)
    assert [row[:2] for row in found] == [
        (0, UNKNOWN), (closed, NOT_ACTIVE), (lease, COLLECTED), (99, UNKNOWN), (early, NOTHING_DUE),
        (review, NOT_ACTIVE),
    ]  # fmt: skip
    assert [row[2] for row in found] == [0, 0, RENT, 0, 0, 0]


def test_b6_an_empty_run_does_nothing_and_a_huge_one_is_refused_at_once(world: World, lease: int):
    assert settle(world) == []
    for count in (1_001, 10_000):
        with world.reverts("LeaseBatchTooLarge", count, 1_000):
            settle(world, *[lease] * count)
    assert len(settle(world, *[lease] * 1_000)) == 1_000


@pytest.mark.parametrize("kind", ["lease", "joint"])
def test_b7_too_little_gas_fails_the_whole_run_and_never_one_lease(in_process: World, request, kind: str):
    world, backend = in_process, in_process.backend
    ids = [request.getfixturevalue(kind), world.activate("ben"), world.activate("cleo")]
    mark = backend.snapshot()
    good = settle(world, *ids)
    assert [row[1] for row in good] == [COLLECTED] * 3
    need = backend.chain.gas_used
    backend.restore(mark)
    outcomes = set()
    for gas in range(need * 11 // 10, 30_000, -need // 40):
        mark = backend.snapshot()
        try:
            answer = world.leases.settle(ids, sender=world.wallet("stranger"), gas=gas)
            assert [tuple(row) for row in answer] == good
            outcomes.add("done")
        except Reverted:
            assert [account(world, each)[3] for each in ids] == [0, 0, 0]
            outcomes.add("nothing")
        backend.restore(mark)
    assert outcomes == {"done", "nothing"}


def test_b9_m6_all_overdue_months_come_in_one_call(world: World, lease: int):
    world.to_day(world.month_start(2) + 9)
    assert settle(world, lease) == [(lease, COLLECTED, 3 * RENT)]
    world.pass_days(40)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]
    assert account(world, lease)[2:4] == (4 * RENT, 4 * RENT)


def test_b10_an_emptied_wallet_is_skipped_and_the_late_fee_counted_once(world: World, late: int, joint: int):
    world.token.transfer(world.wallet("ben"), world.balance("ann") - 1, sender=world.wallet("ann"))
    other = world.activate("ben")
    world.pass_days(15)
    for _ in range(3):
        assert settle(world, late, other)[0] == (late, NO_FUNDS, 0)
        assert account(world, late)[2:] == (RENT, 0, 0, RENT * 10 // 100)
    world.pass_days(1)
    settle(world, late)
    assert account(world, late)[5] == RENT * 11 // 100


def test_b11_a_payment_of_one_unit_does_not_reset_lateness(world: World, late: int):
    world.revoke_mandate("ann")
    world.token.approve(world.leases, 1, sender=world.wallet("ann"))
    world.pass_days(15)
    pay(world, late, 1)
    assert account(world, late)[2:] == (RENT, 1, 0, 10 * RENT // 100)
    world.pass_days(5)
    assert account(world, late)[5] == (10 * RENT + 5 * (RENT - 1)) // 100


def test_m5_rent_falls_due_at_midnight_of_the_community(world: World, lease: int):
    settle(world, lease)
    midnight = world.month_start(1) * 86_400 - UTC_OFFSET
    world.backend.warp(midnight - 100)
    world.backend.next_block_at(midnight - 1)
    assert settle(world, lease) == [(lease, NOTHING_DUE, 0)]
    world.backend.next_block_at(midnight)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]


def test_m1_rent_from_the_31st_falls_due_on_the_last_days_of_short_months(world: World):
    while days_in_month(month_of(world.today)) != 31:
        world.to_day(world.month_start(1))
    world.to_day(world.today + 30)
    lease = world.activate("ann", endDay=world.today + 400)
    settle(world, lease)
    for months in range(1, 13):
        first = world.month_start(1)
        day = first + days_in_month(month_of(first)) - 1
        world.to_day(day - 1)
        assert settle(world, lease) == [(lease, NOTHING_DUE, 0)], months
        world.to_day(day)
        assert settle(world, lease) == [(lease, COLLECTED, RENT)], months


def test_m9_an_end_on_the_due_day_costs_one_month_and_not_two(world: World, lease: int):
    end = world.month_start(1)
    world.agree(world.proposal(lease, END, day=end), "landlord", "ann")
    gains = Gains(world)
    settle(world, lease)
    world.backend.next_block_at(end * 86_400 - UTC_OFFSET)
    assert settle(world, lease) == [(lease, NOTHING_DUE, 0)]
    act(world, "close", lease, sender="ann")
    assert gains.of("landlord", "ann") == (RENT, -RENT)


# ---------------------------------------------------------------- mandates


def test_what_a_mandate_does_not_allow_is_not_taken(world: World):
    lease = world.activate("ann", deposit=0)
    gains = Gains(world)
    world.revoke_mandate("ann")
    assert settle(world, lease) == [(lease, NO_MANDATE, 0)]
    limit(world, "ann", RENT - 10_000)
    assert settle(world, lease) == [(lease, LIMIT_EXCEEDED, 0)]
    limit(world, "ann", RENT, months=0)
    world.to_day(world.month_start(1))
    assert settle(world, lease) == [(lease, MANDATE_EXPIRED, 0)]
    limit(world, "ann", 2 * RENT)
    give_away(world, "ann", 2 * RENT - 1)
    gains = Gains(world)
    assert settle(world, lease) == [(lease, NO_FUNDS, 0)]
    assert account(world, lease)[2:5] == (2 * RENT, 0, 0)
    assert gains.of("ann", "landlord") == (0, 0)


def test_a_part_is_taken_only_where_the_mandate_says_so(world: World):
    lease = world.activate("ann", deposit=0)
    limit(world, "ann", RENT // 4, partial=True)
    assert settle(world, lease) == [(lease, PARTIAL, RENT // 4)]
    assert settle(world, lease) == [(lease, LIMIT_EXCEEDED, 0)]
    world.to_day(world.month_start(1))
    assert settle(world, lease) == [(lease, PARTIAL, RENT // 4)]
    assert account(world, lease)[2:4] == (2 * RENT, RENT // 2)


def test_one_failing_lease_does_not_hinder_its_neighbours(world: World, lease: int):
    poor, rich = world.activate("ben"), world.activate("cleo")
    world.revoke_mandate("ben")
    gains = Gains(world)
    assert [row[1:] for row in settle(world, lease, poor, rich)] == [
        (COLLECTED, RENT), (NO_MANDATE, 0), (COLLECTED, RENT),
    ]  # fmt: skip
    assert gains.of("ann", "ben", "cleo", "landlord") == (-RENT, 0, -RENT, 2 * RENT)


def test_t9_a_frozen_wallet_still_pays_its_rent(world: World, lease: int):
    world.freeze("ann", 20)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]


def test_a_wallet_under_recovery_still_pays_its_rent(world: World, lease: int):
    world.start_recovery("ann")
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]


def test_a5_a_pause_stops_no_settlement(world: World, lease: int):
    world.pause(20)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]


# ---------------------------------------------------------------- prepaid cash


@pytest.mark.parametrize("kind", ["lease", "late"])
def test_prepaid_cash_pays_first(world: World, request, kind: str):
    lease = request.getfixturevalue(kind)
    pay(world, lease, RENT + 300 * CMT)
    assert world.leases.held() == 300 * CMT
    world.to_day(world.month_start(1))
    gains = Gains(world)
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]
    assert gains.of("ann", "landlord") == (-700 * CMT, RENT)
    assert world.leases.held() == world.token.balanceOf(world.leases) == 0


def test_prepaid_cash_that_suffices_asks_no_mandate(world: World, lease: int):
    pay(world, lease, 2 * RENT)
    world.revoke_mandate("ann")
    world.to_day(world.month_start(1))
    assert settle(world, lease) == [(lease, COLLECTED, RENT)]


def test_prepaid_cash_is_used_also_if_the_mandate_fails(world: World, lease: int):
    pay(world, lease, RENT + 300 * CMT)
    world.revoke_mandate("ann")
    world.to_day(world.month_start(1))
    assert settle(world, lease) == [(lease, NO_MANDATE, 300 * CMT)]
    assert account(world, lease)[2:5] == (2 * RENT, RENT + 300 * CMT, 0)
    assert settle(world, lease) == [(lease, NO_MANDATE, 0)]


# ---------------------------------------------------------------- late fees


def test_the_late_fee_is_collected_after_the_rent(world: World, late: int):
    world.pass_days(25)  # 20 days beyond the grace
    gains = Gains(world)
    assert settle(world, late) == [(late, COLLECTED, RENT + RENT * 20 // 100)]
    assert gains.of("landlord") == RENT * 120 // 100
    assert account(world, late)[5] == 0


def test_the_rent_alone_is_named(world: World):
    late = world.activate("ann", deposit=0, lateFeeRate=100, lateFeeMaxDays=60)
    world.pass_days(25)
    limit(world, "ann", RENT + 10_000)
    assert settle(world, late) == [(late, RENT_ONLY, RENT)]
    assert settle(world, late) == [(late, LIMIT_EXCEEDED, 0)]
    assert account(world, late)[2:] == (RENT, RENT, 0, RENT * 20 // 100)


def test_no_fee_is_taken_while_rent_is_missing(world: World):
    late = world.activate("ann", deposit=0, lateFeeRate=100, lateFeeMaxDays=60)
    world.pass_days(25)
    limit(world, "ann", 500 * CMT)  # enough for the fee of 200, not for the rent
    assert settle(world, late) == [(late, LIMIT_EXCEEDED, 0)]
    assert account(world, late)[5] == RENT * 20 // 100


def test_a_late_fee_stops_after_its_most_days(world: World, late: int):
    world.revoke_mandate("ann")
    world.agree(world.proposal(late, END, day=world.month_start(1)), "landlord", "ann")
    world.pass_days(65)
    assert account(world, late)[5] == RENT * 60 // 100
    world.pass_days(1_000)
    assert account(world, late)[5] == RENT * 60 // 100


def test_r2_the_smallest_and_the_largest_rent_are_late_without_harm(world: World):
    most = (1 << 44) - 1
    small = world.activate(
        "ann",
        rent=10_000,
        deposit=0,
        lateFeeRate=1,
        lateFeeMaxDays=400,
        graceDays=0,
        endDay=world.month_start(1),
    )
    large = world.activate(
        "ben",
        rent=most,
        deposit=0,
        lateFeeRate=100,
        lateFeeMaxDays=400,
        graceDays=0,
        endDay=world.month_start(1),
    )
    for person in ("ann", "ben"):
        world.revoke_mandate(person)
    world.pass_days(401)
    assert account(world, small)[5] == 400
    assert account(world, large)[5] == most * 4
    assert [row[1] for row in settle(world, small, large)] == [NO_MANDATE, NO_MANDATE]


@pytest.mark.parametrize("kind", ["lease", "joint", "late"])
@pytest.mark.gas
def test_e1_b1_b2_b3_no_code_at_any_wallet_is_ever_called(in_process: World, request, kind: str):
    """A call would fail at the instruction INVALID and burn its gas: the gas is the same to the unit."""
    world, chain = in_process, in_process.backend.chain
    each = request.getfixturevalue(kind)
    world.pass_days(70)
    mark = world.backend.snapshot()
    plain, gas = settle(world, each), chain.gas_used
    world.backend.restore(mark)
    people = ("landlord", "ann", "ben", "arbiter")
    infos = {person: chain.evm.basic(world.wallet(person)) for person in people}
    for person in people:
        chain.set_code(world.wallet(person), HELD_BY_CODE)
    try:
        assert settle(world, each) == plain
        assert chain.gas_used == gas
    finally:
        for person in infos:
            chain.set_code(world.wallet(person), b"")
