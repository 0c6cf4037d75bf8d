"""postRun and postCharge: a run is announced with all its terms, and nothing is owed yet.

postRun
├── paused, retired ── refused
├── not the next number, root 0, no bills, total below one unit a bill ── refused
├── the category is not POSTED, or unknown ── refused
├── a due day before the category's due day of the period ── refused; on it ── posted
├── the category promises more than all, or late fees for ever ── refused
├── the AccessManager itself ── refused
└── otherwise ── RunPosted says the terms, frozen from the category as it is today
postCharge ── a run of one bill: its root is its leaf, its proof is empty
"""

import pytest

from commonhold.rules.billbook import Extent, RunTerms
from commonhold.rules.bills import Place, leaf_of
from tests.bill_world import (
    AREA_FEE,
    CMT,
    FORMULAS,
    GRACE,
    HEAT,
    MOST_DAYS,
    POSTED,
    RATE,
    WATER,
    BillWorld,
    other,
)  # fmt: skip
from tests.evm import reverts
from tests.lease_world import field

NAMES = ("root", "category", "period", "dueDay", "count", "total")


def test_a_posted_run_carries_its_terms_in_the_event_and_owes_nobody_anything(world: BillWorld) -> None:
    run = world.draft([(world.ann, 100 * CMT), (world.ben, 50 * CMT)], category=HEAT)
    world.post(run)
    event = world.event("RunPosted")
    assert event["run"] == 1
    root, terms, extent, formulas = event["terms"]
    assert (root, formulas) == (run.tree.root, FORMULAS)
    assert RunTerms.from_word(terms) == RunTerms(
        HEAT, run.terms.period, run.terms.due_day, world.fund.party, world.works.party, 1_000, GRACE, RATE,
        MOST_DAYS,
    )  # fmt: skip
    assert RunTerms.from_word(terms).word == terms
    assert Extent.from_word(extent) == Extent(2, 150 * CMT, int(world.clerk, 16))
    assert Extent.from_word(extent).word == extent
    assert world.bills.runOf(1) == (POSTED, bytes(32), 0)
    assert world.bills.runCount() == 1
    with reverts("BillRunStateWrong", 1, POSTED):
        world.bills.issue(*run.of(world.ann), sender=world.stranger)


def test_the_terms_stay_as_they_were_when_the_category_changes_later(world: BillWorld) -> None:
    run = world.post(world.draft([(world.ann, 100 * CMT)]))
    world.set_category(WATER, payee=world.cleo.party, graceDays=30)
    key = world.issue(world.approve(run), world.ann)
    assert world.standing(key)["last_on_time"] == run.terms.due_day + GRACE
    before = world.balance(world.works)
    world.bills.pay(key, world.ann.party, 100 * CMT, sender=world.ann)
    assert world.balance(world.works) == before + 100 * CMT


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("root", bytes(32), ("BillRunInvalid", field("count"), 1, 1)),
        ("count", 0, ("BillRunInvalid", field("count"), 0, 1)),
        ("total", 0, ("BillRunInvalid", field("total"), 0, 1)),
        ("category", AREA_FEE, ("BillCategoryNotPosted", AREA_FEE)),
        ("category", 99, ("BillCategoryNotPosted", 99)),
        ("dueDay", 2**23, ("BillRunInvalid", field("dueDay"), 2**23, 2**23 - 1)),
    ],
)
def test_what_is_out_of_bounds_is_refused(world: BillWorld, name: str, value: object, error: tuple) -> None:
    number, *plan = world.posting(world.draft([(world.ann, 100 * CMT)]))
    plan[NAMES.index(name)] = value
    with reverts(*error):
        world.bills.postRun(number, *plan, sender=world.clerk)


def test_a_due_day_before_the_categorys_own_is_refused(world: BillWorld) -> None:
    due = world.terms().due_day
    early = world.draft([(world.ann, 100 * CMT)], due_day=due - 1)
    with reverts("BillRunInvalid", field("dueDay"), due - 1, due):
        world.post(early)
    world.post(world.draft([(world.ann, 100 * CMT)], due_day=due))


def test_a_category_that_promises_more_than_all_is_refused(world: BillWorld) -> None:
    world.set_category(WATER, managerBps=10_001)
    with reverts("BillRunInvalid", field("managerBps"), 10_001, 10_000):
        world.post(world.draft([(world.ann, 100 * CMT)]))
    world.set_category(WATER, lateFeeMaxDays=401)
    with reverts("BillRunInvalid", field("lateFeeMaxDays"), 401, 400):
        world.post(world.draft([(world.ann, 100 * CMT)]))


@pytest.mark.parametrize("number", [0, 2])
def test_only_the_next_number_is_taken(world: BillWorld, number: int) -> None:
    run = world.draft([(world.ann, 100 * CMT)], number=number)
    with reverts("BillRunNumberTaken", number, 1):
        world.post(run)


def test_the_access_manager_is_no_person(world: BillWorld) -> None:
    """Its `execute` would lend one officer a second face."""
    access, admin = world.suite.access, world.suite.admin
    access.grantRole(1, access, 0, sender=admin)
    data = world.bills.data("postRun", *world.posting(world.draft([(world.ann, 1)])))
    with reverts("BillCheckerIsMaker", access):
        access.execute(world.bills, data, sender=world.clerk)


def test_a_single_charge_is_a_run_of_one_bill_with_an_empty_proof(world: BillWorld) -> None:
    run = world.draft([(world.ann, 30 * CMT)])
    plan = (run.terms.category, run.terms.period, run.terms.due_day)
    bill = run.bills[0].as_tuple()
    world.bills.postCharge(1, *plan, bill, FORMULAS, sender=world.clerk)
    assert world.event("ChargePosted") == {
        "run": 1,
        "unit": run.bills[0].unit,
        "party": world.ann.party,
        "bill": bill,
    }
    place = Place(31337, world.bills.address, 1, run.terms.category, run.terms.period)
    run.posted = world.event("RunPosted")["terms"]
    assert run.posted[0] == leaf_of(place, run.bills[0])
    assert Extent.from_word(run.posted[2]) == Extent(1, 30 * CMT, int(world.clerk, 16))
    world.approve(run)
    world.bills.payByProof(1, bill, [], 30 * CMT, sender=world.ann)
    assert world.balance(world.works) == 30 * CMT


@pytest.mark.parametrize("name", ["unit", "version", "party", "amount"])
def test_a_charge_with_a_zero_in_it_is_refused(world: BillWorld, name: str) -> None:
    run = world.draft([(world.ann, 30 * CMT)])
    bill = list(run.bills[0].as_tuple())
    bill[("unit", "version", "party", "amount").index(name)] = 0
    plan = (run.terms.category, run.terms.period, run.terms.due_day)
    with reverts("BillInvalid", field(name), 0, 1):
        world.bills.postCharge(1, *plan, tuple(bill), FORMULAS, sender=world.clerk)


@pytest.mark.gas
def test_posting_costs_the_same_for_two_bills_and_for_a_thousand(world: BillWorld) -> None:
    first = world.draft([(world.ann, CMT)]).bills[0]
    world.post(world.draft([first]))  # the counter's first write costs more
    gas = []
    for count in (2, 1_000):
        bills = [other(first, unit=unit + 1) for unit in range(count)]
        world.post(world.draft(bills))
        gas.append(world.chain.gas_used)
    assert abs(gas[1] - gas[0]) < 100
    assert max(gas) < 75_000
