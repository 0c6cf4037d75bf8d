"""proposeFormula, approveFormula, withdrawFormula: the parameters on chain

propose
├── out of bounds in any field ── reverts with field, value and bounds; on the bound it passes
└── proposed already ── reverts
approve
├── the same person, the AccessManager (S13) ── reverts
├── never proposed, expired ── reverts · another version waits ── reverts
└── else ── in force 14 days later, to the second (A6); the version before stays as it was for ever
withdraw ── only what is not in force yet; its number is used again
peer bug "percent validated, bps used": the decay that is checked is the decay that is used
"""

from dataclasses import replace
from typing import Any

import pytest

from commonhold.rules.score import FIRST, Parameters, check, score_of
from tests.credit_world import RENT, CreditWorld
from tests.registry_world import DAY

TUPLES = ("points", "caps", "floors", "limits")


def field(value: str) -> bytes:
    return value.encode().ljust(32, b"\0")


def plain(p: Parameters) -> tuple:
    return tuple(getattr(p, name) for name in Parameters.__slots__)


def put(values: tuple[int, ...], index: int, value: int) -> tuple[int, ...]:
    return (*values[:index], value, *values[index + 1 :])


CMT = 10**6
# (what is wrong, field, value, least, most); the value inside the bound is lawful, see GOOD
BAD: list[tuple[dict[str, Any], str, int, int, int]] = [
    ({"decay": 7_999}, "decay", 7_999, 8_000, 10_000),
    ({"decay": 10_001}, "decay", 10_001, 8_000, 10_000),
    ({"decay": 95}, "decay", 95, 8_000, 10_000),
    ({"prior_good": 0}, "priorGood", 0, 1, 1_000),
    ({"prior_bad": 1_001}, "priorBad", 1_001, 1, 1_000),
    ({"points": put(FIRST.points, 0, 0)}, "points", 0, 1, 10_000),
    ({"points": put(FIRST.points, 8, 10_001)}, "points", 10_001, 1, 10_000),
    ({"points": put(FIRST.points, 9, 1)}, "points", 1, 0, 0),
    ({"points": put(FIRST.points, 2, 99)}, "points", 99, 100, 10_000),
    ({"points": put(FIRST.points, 3, 299)}, "points", 299, 300, 10_000),
    ({"points": put(FIRST.points, 8, 599)}, "points", 599, 600, 10_000),
    ({"caps": put(FIRST.caps, 4, 0)}, "caps", 0, 1, 15),
    ({"caps": put(FIRST.caps, 4, 16)}, "caps", 16, 1, 15),
    ({"caps": put(FIRST.caps, 0, 2)}, "caps", 2, 1, 1),
    ({"floors": (300, 650, 720, 780)}, "floors", 300, 301, 850),
    ({"floors": (560, 560, 720, 780)}, "floors", 560, 561, 850),
    ({"floors": (560, 650, 720, 851)}, "floors", 851, 721, 850),
    ({"min_records": 2}, "minRecords", 2, 3, 24),
    ({"min_months": 25}, "minMonths", 25, 3, 24),
    ({"full_months": 0}, "fullMonths", 0, 1, 36),
    ({"full_months": 37}, "fullMonths", 37, 1, 36),
    ({"cap": 10**12 + 1}, "cap", 10**12 + 1, 0, 10**12),
    ({"limits": put(FIRST.limits, 4, FIRST.cap + 1)}, "limits", FIRST.cap + 1, 5_000 * CMT, FIRST.cap),
    ({"limits": put(FIRST.limits, 1, 2_001 * CMT)}, "limits", 2_000 * CMT, 2_001 * CMT, FIRST.cap),
]
GOOD: list[dict[str, Any]] = [
    {"decay": 8_000}, {"decay": 10_000}, {"prior_good": 1, "prior_bad": 1_000}, {"points": (1,) * 9 + (0,)},
    {"points": put(FIRST.points, 8, 10_000)}, {"caps": (1, *[15] * 9)}, {"floors": (301, 302, 303, 850)},
    {"min_records": 3, "min_months": 24}, {"full_months": 36}, {"full_months": 1},
    {"cap": 10**12, "limits": (10**12,) * 5},
]  # fmt: skip


def propose(world: CreditWorld, p: Parameters) -> bytes:
    world.formula.proposeFormula(plain(p), sender=world.wallet("officer"))
    return bytes(world.formula.hashParameters(plain(p)))


def scheduled(world: CreditWorld, **changes: Any) -> Parameters:
    """A version that waits to take effect."""
    p = replace(FIRST, **changes)
    propose(world, p)
    world.formula.approveFormula(plain(p), sender=world.wallet("committee"))
    return p


@pytest.mark.parametrize(("changes", "name", "value", "least", "most"), BAD)
def test_a_parameter_out_of_its_bounds_is_named(
    world: CreditWorld, changes: dict[str, Any], name: str, value: int, least: int, most: int
) -> None:
    with world.reverts("FormulaOutOfBounds", field(name), value, least, most):
        propose(world, replace(FIRST, **changes))
    with pytest.raises(Exception, match=name):
        check(replace(FIRST, **changes))


@pytest.mark.parametrize("changes", GOOD)
def test_a_parameter_on_its_bound_is_lawful(world: CreditWorld, changes: dict[str, Any]) -> None:
    propose(world, replace(FIRST, **changes))
    check(replace(FIRST, **changes))


def test_A6_a_version_takes_effect_fourteen_days_after_its_approval(exact: CreditWorld) -> None:
    world = exact
    world.collect("ann")
    world.punctual("ann", 12)
    before = world.score("ann")
    p = scheduled(world, decay=9_000)
    (event,) = world.events("FormulaApproved")
    assert (event["version"], event["effectiveAt"]) == (2, world.time + 14 * DAY)
    start = world.time
    world.backend.warp(start + 14 * DAY - 1)
    assert world.formula.formulaVersion() == 1
    assert world.score("ann").good == before.good
    world.backend.warp(start + 14 * DAY)
    assert (world.formula.formulaVersion(), world.parameters(2)) == (2, p)
    after = world.score("ann")
    assert after.version == 2
    assert after.good < before.good
    assert world.parameters(1) == FIRST


def test_the_decay_that_is_checked_is_the_decay_that_is_used(world: CreditWorld) -> None:
    """Peer bug: percent validated, bps used."""
    world.collect("ann")
    paid = world.month - 1
    world.on_time(RENT, [(paid, "ann")])
    assert world.score("ann").good == 100 * 950_000
    p = scheduled(world, decay=8_000)
    world.later(14 * DAY)
    counts = {(paid, RENT): 1}
    assert world.score("ann").good == score_of(p, counts, world.month)[0].good


def test_the_old_version_can_still_be_recomputed(world: CreditWorld) -> None:
    world.collect("ann")
    world.punctual("ann", 12)
    before, _ = world.explained("ann")
    scheduled(world, points=put(FIRST.points, 0, 500))
    world.later(14 * DAY)
    score, _ = world.formula.explainAt(world.party["ann"], 1, before.month)
    assert score[0] == before.score


def test_S13_one_person_is_not_two(world: CreditWorld) -> None:
    both, admin = world.wallet("manager"), world.wallet("admin")
    world.access.grantRole(3, both, 0, sender=admin)
    world.access.grantRole(6, both, 0, sender=admin)
    world.access.grantRole(6, world.access, 0, sender=admin)
    p = plain(replace(FIRST, decay=9_000))
    world.formula.proposeFormula(p, sender=both)
    with world.reverts("FormulaCheckerIsMaker", both):
        world.formula.approveFormula(p, sender=both)
    with world.reverts("FormulaCheckerIsMaker", world.access):
        world.access.execute(world.formula, world.formula.data("approveFormula", p), sender=both)


def test_only_what_was_proposed_is_approved_and_once(world: CreditWorld) -> None:
    p, committee = replace(FIRST, decay=9_000), world.wallet("committee")
    digest = bytes(world.formula.hashParameters(plain(p)))
    with world.reverts("FormulaProposalUnknown", digest):
        world.formula.approveFormula(plain(p), sender=committee)
    propose(world, p)
    with world.reverts("FormulaProposalKnown", digest):
        propose(world, p)
    world.formula.approveFormula(plain(p), sender=committee)
    with world.reverts("FormulaProposalUnknown", digest):
        world.formula.approveFormula(plain(p), sender=committee)


def test_one_version_waits_at_a_time(world: CreditWorld) -> None:
    scheduled(world, decay=9_000)
    when = world.formula.effectiveAt(2)
    other = replace(FIRST, decay=9_100)
    propose(world, other)
    with world.reverts("FormulaScheduled", 2, when):
        world.formula.approveFormula(plain(other), sender=world.wallet("committee"))
    world.backend.warp(when)
    world.formula.approveFormula(plain(other), sender=world.wallet("committee"))
    assert world.formula.effectiveAt(3) > when


def test_a_version_that_waits_can_be_withdrawn_and_one_in_force_cannot(world: CreditWorld) -> None:
    committee = world.wallet("committee")
    with world.reverts("FormulaNotScheduled"):
        world.formula.withdrawFormula(sender=committee)
    scheduled(world, decay=9_000)
    world.formula.withdrawFormula(sender=committee)
    assert world.formula.effectiveAt(2) == 0
    with world.reverts("FormulaVersionUnknown", 2):
        world.formula.parametersOf(2)
    world.later(15 * DAY)
    assert world.formula.formulaVersion() == 1
    p = scheduled(world, decay=9_200)
    world.later(14 * DAY)
    with world.reverts("FormulaNotScheduled"):
        world.formula.withdrawFormula(sender=committee)
    assert world.parameters(2) == p


def test_S5_a_proposal_holds_to_its_last_second(exact: CreditWorld) -> None:
    world, p = exact, replace(FIRST, decay=9_000)
    digest = propose(world, p)
    until = world.time + 30 * DAY
    world.backend.warp(until + 1)
    with world.reverts("FormulaProposalExpired", digest, until, until + 1):
        world.formula.approveFormula(plain(p), sender=world.wallet("committee"))
    world.backend.warp(until)
    world.formula.approveFormula(plain(p), sender=world.wallet("committee"))
