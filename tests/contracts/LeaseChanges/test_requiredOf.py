"""requiredOf: the table of who must accept, and what a lawful proposal of each kind looks like.

lease ── unknown: refused
RENT, RENEWAL, HOLDOVER ── landlord and tenants · an index or a party: refused
HOLDOVER ── the agreed rate, rounded down · another amount: refused · no rate agreed: any amount
         ── a second one costs the same, after a new rent that · after a renewal the rate counts again
TENANT ── landlord, all tenants, newcomer · a known party, nobody, a day, an amount, no account: refused
SALE ── landlord and newcomer · the landlord himself, a tenant, nobody, any other field: refused
END ── landlord and tenants · a past day, a payer who is not who the index says: refused
WAIVE ── landlord and the office · no account, another's name, a day, no amount, no reason: refused
notice ── for END alone
"""

import pytest

from tests.lease_world import (
    CMT,
    END,
    HOLDOVER,
    LANDLORD,
    REASON,
    RENEWAL,
    RENT,
    SALE,
    TENANT,
    WAIVE_FEES,
    WAIVE_RENT,
    World,
    field,
)

ALL = 0b111  # landlord, Ann, Ben
NEWCOMER, OFFICE = 32, 64


def required(world: World, lease: int, kind: int, **fields) -> int:
    return world.changes.requiredOf(world.proposal(lease, kind, **fields))


def refused(world: World, lease: int, kind: int, problem: str, value: int, bound: int, **fields) -> None:
    proposal = world.proposal(lease, kind, **fields)
    with world.reverts("ProposalInvalid", field(problem), value, bound):
        world.changes.requiredOf(proposal)


def test_an_unknown_lease_has_no_proposals(world: World):
    proposal = world.proposal(99, RENT, day=world.today + 40, amount=CMT)
    with world.reverts("LeaseUnknown", 99):
        world.changes.requiredOf(proposal)


@pytest.mark.parametrize("kind", [RENT, RENEWAL, HOLDOVER])
def test_rent_and_term_bind_landlord_and_all_tenants(world: World, lease: int, kind: int):
    assert required(world, lease, kind, day=world.today + 400, amount=CMT) == ALL
    refused(world, lease, kind, "index", 1, 0, index=1, day=1, amount=CMT)
    refused(world, lease, kind, "party", 3, 0, party=3, day=1, amount=CMT)


@pytest.mark.parametrize("people", [("ann",), ("ann", "ben", "cleo"), ("ann", "ben", "cleo", "buyer")])
def test_the_mask_has_a_bit_for_each_tenant(world: World, people: tuple[str, ...]):
    lease = world.activate(*people)
    assert required(world, lease, RENT, day=1, amount=CMT) == (2 << len(people)) - 1


def test_holdover_costs_what_the_terms_agreed_rounded_down(world: World):
    lease = world.activate("ann", rent=1_000_001, holdoverRate=15_000)
    assert required(world, lease, HOLDOVER, day=world.today + 400, amount=1_500_001) == 0b11
    refused(world, lease, HOLDOVER, "amount", 1_500_002, 1_500_001, day=1, amount=1_500_002)


def test_a_second_holdover_is_not_dearer_than_the_first(world: World):
    lease = world.activate("ann", endDay=world.month_start(2), holdoverRate=15_000)

    def stay(day: int, amount: int) -> None:
        world.agree(world.proposal(lease, HOLDOVER, day=day, amount=amount), "landlord", "ann")

    first, second, third, fourth = (world.month_start(months) for months in (2, 3, 4, 5))
    world.to_day(first)
    stay(second, 1_500 * CMT)
    world.to_day(second)
    refused(world, lease, HOLDOVER, "amount", 2_250 * CMT, 1_500 * CMT, day=third, amount=2_250 * CMT)
    stay(fourth, 1_500 * CMT)
    cheaper = world.proposal(lease, RENT, day=third, amount=1_400 * CMT)
    world.agree(cheaper, "landlord", "ann")
    refused(world, lease, HOLDOVER, "amount", 1_500 * CMT, 1_400 * CMT, day=fourth + 40, amount=1_500 * CMT)
    world.agree(world.proposal(lease, RENEWAL, day=fourth + 365, amount=1_200 * CMT), "landlord", "ann")
    world.to_day(fourth)
    assert required(world, lease, HOLDOVER, day=fourth + 400, amount=1_800 * CMT) == 0b11


def test_a_new_tenant_needs_everybody_and_himself(world: World, lease: int):
    assert required(world, lease, TENANT, index=1, party="cleo") == ALL | NEWCOMER
    for person in ("landlord", "ann", "ben"):
        party = world.party[person]
        refused(world, lease, TENANT, "party", party, 0, index=1, party=person)
    refused(world, lease, TENANT, "party", 0, 0, index=1)
    refused(world, lease, TENANT, "index", 2, 1, index=2, party="cleo")
    refused(world, lease, TENANT, "day", 5, 0, index=1, party="cleo", day=5)
    refused(world, lease, TENANT, "amount", 5, 0, index=1, party="cleo", amount=5)


def test_a_sale_needs_the_two_landlords_alone(world: World, lease: int):
    assert required(world, lease, SALE, party="buyer") == 1 | NEWCOMER
    for person in ("landlord", "ann", "ben"):
        refused(world, lease, SALE, "party", world.party[person], 0, party=person)
    refused(world, lease, SALE, "party", 0, 0)
    refused(world, lease, SALE, "index", 1, 0, party="buyer", index=1)
    refused(world, lease, SALE, "day", 5, 0, party="buyer", day=5)
    refused(world, lease, SALE, "amount", 5, 0, party="buyer", amount=5)


def test_an_end_by_consent_needs_both_sides(world: World, lease: int):
    today = world.today
    assert required(world, lease, END, day=today) == ALL
    refused(world, lease, END, "day", today - 1, today, day=today - 1)
    refused(world, lease, END, "index", 1, 0, day=today, index=1)
    refused(world, lease, END, "party", 2, 0, day=today, party=2)


def test_who_pays_for_an_end_by_consent_is_named(world: World, lease: int):
    ben, landlord = world.party["ben"], world.party["landlord"]
    end = {"day": world.today, "amount": CMT}
    assert required(world, lease, END, index=1, party=ben, **end) == ALL
    assert required(world, lease, END, index=LANDLORD, party=landlord, **end) == ALL
    refused(world, lease, END, "party", landlord, ben, index=1, party=landlord, **end)
    refused(world, lease, END, "party", ben, landlord, index=LANDLORD, party=ben, **end)
    refused(world, lease, END, "index", 2, 1, index=2, party=ben, **end)


@pytest.mark.parametrize("kind", [WAIVE_RENT, WAIVE_FEES])
def test_a_waiver_needs_the_landlord_and_the_office(world: World, lease: int, kind: int):
    ann, ben = world.party["ann"], world.party["ben"]
    good = {"index": 1, "party": ben, "amount": CMT, "reason": REASON}
    assert required(world, lease, kind, **good) == 1 | OFFICE
    refused(world, lease, kind, "index", 2, 1, **{**good, "index": 2})
    refused(world, lease, kind, "party", ann, ben, **{**good, "party": ann})
    refused(world, lease, kind, "day", 1, 0, **good, day=1)
    refused(world, lease, kind, "amount", 0, 1, **{**good, "amount": 0})
    refused(world, lease, kind, "reasonHash", 0, 1, **{**good, "reason": bytes(32)})


@pytest.mark.parametrize("kind", [RENT, RENEWAL, TENANT, SALE, HOLDOVER, WAIVE_RENT, WAIVE_FEES])
def test_notice_is_given_of_an_end_alone(world: World, lease: int, kind: int):
    refused(world, lease, kind, "notice", 1, 0, notice=True)
