"""approveRun, objectToRun, withdrawRun: the second person.

approveRun
├── not posted, approved before, dropped ── refused
├── other terms than were posted, in any field ── refused
├── by who posted it ── refused
├── on the due day ── approved; after it ── refused
├── paused or retired ── refused
└── otherwise ── bills of the run can be issued and paid
objectToRun, withdrawRun
├── posted ── dropped, for ever
└── not posted, approved ── refused
"""

import pytest

from commonhold.roles import ROLE_ID
from tests.bill_world import APPROVED, CMT, DROPPED, POSTED, REASON, UNPOSTED, BillWorld, Run
from tests.evm import reverts


@pytest.fixture
def run(world: BillWorld) -> Run:
    return world.post(world.draft([(world.ann, 100 * CMT), (world.ben, 50 * CMT)]))


def test_an_approved_run_can_be_issued_from(world: BillWorld, run: Run) -> None:
    world.approve(run)
    assert world.event("RunApproved") == {"run": 1, "checker": world.checker}
    state, root, terms = world.bills.runOf(1)
    assert (state, root) == (APPROVED, run.tree.root)
    assert terms & 0xFFFF == run.terms.category
    world.issue(run, world.ann)


def test_every_single_term_is_what_the_checker_saw(world: BillWorld, run: Run) -> None:
    for index, value in enumerate(run.posted):
        terms = list(run.posted)
        changed = bytes(31) + b"\1" if isinstance(value, bytes) else world.checker
        terms[index] = value + 1 if isinstance(value, int) else changed
        with reverts("BillRunTermsDiffer", 1):
            world.bills.approveRun(1, tuple(terms), sender=world.checker)
    world.approve(run)


def test_A4_who_posted_a_run_cannot_approve_it(world: BillWorld, run: Run) -> None:
    world.suite.access.grantRole(ROLE_ID["COMMITTEE"], world.clerk, 0, sender=world.suite.admin)
    with reverts("BillCheckerIsMaker", world.clerk):
        world.bills.approveRun(1, run.posted, sender=world.clerk)


def test_a_run_is_approved_up_to_its_due_day(world: BillWorld, run: Run) -> None:
    due = run.terms.due_day
    world.to_day(due + 1)
    with reverts("BillRunTooLate", 1, due, due + 1):
        world.approve(run)
    world.to_day(due)
    world.approve(run)


def test_a_run_is_approved_once(world: BillWorld, run: Run) -> None:
    world.approve(run)
    with reverts("BillRunStateWrong", 1, APPROVED):
        world.approve(run)
    with reverts("BillRunStateWrong", 2, UNPOSTED):
        world.bills.approveRun(2, run.posted, sender=world.checker)


@pytest.mark.parametrize("function", ["objectToRun", "withdrawRun"])
def test_a_dropped_run_never_comes_into_force(world: BillWorld, run: Run, function: str) -> None:
    by = world.checker if function == "objectToRun" else world.clerk
    getattr(world.bills, function)(1, REASON, sender=by)
    assert world.event("RunDropped") == {"run": 1, "by": by, "reasonHash": REASON}
    assert world.bills.runOf(1)[0] == DROPPED
    with reverts("BillRunStateWrong", 1, DROPPED):
        world.approve(run)
    with reverts("BillRunStateWrong", 1, DROPPED):
        world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    world.post(world.draft([(world.ann, 100 * CMT)]))  # the next number goes on
    assert world.bills.runOf(2)[0] == POSTED


def test_an_approved_run_cannot_be_dropped(world: BillWorld, run: Run) -> None:
    world.approve(run)
    with reverts("BillRunStateWrong", 1, APPROVED):
        world.bills.withdrawRun(1, REASON, sender=world.clerk)
    with reverts("BillRunStateWrong", 1, APPROVED):
        world.bills.objectToRun(1, REASON, sender=world.checker)
