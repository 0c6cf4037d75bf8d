"""registerLender, retireLender, takeExposure, releaseExposure

register ── no contract, known, unknown party: reverts · first day at once, later after two days (A6)
take
├── no lender, not effective, retired ── reverts
├── amount 0 ── reverts · the whole limit ── taken · one more ── reverts (C4: one book for all lenders; R9)
└── no consent for lending of this lender's party (P2) ── reverts, and nothing is booked
release ── at most what this lender has out; also when retired (nothing is locked)
"""

import pytest

from tests.credit_world import LENDING, SHARING, CreditWorld
from tests.registry_world import DAY, REASON

CMT = 10**6
LIMIT = 10_000 * CMT


@pytest.fixture
def good(world: CreditWorld) -> CreditWorld:
    """Ann has three good years and lets Dora lend to her."""
    world.collect("ann")
    world.punctual("ann", 36)
    allow(world)
    return world


def allow(world: CreditWorld, purpose: int = LENDING, uses: int = 9) -> None:
    until = world.time + 90 * DAY
    world.consent.grant(world.party["dora"], purpose, until, uses, sender=world.wallet("ann"))


def act(world: CreditWorld, function: str, amount: int, *, by: object = None) -> None:
    reason = (REASON,) if function == "takeExposure" else ()
    world.as_contract(by or world.lender, world.formula, function, world.party["ann"], amount, *reason)


def out(world: CreditWorld) -> tuple[int, int]:
    """(exposure of Ann in all, to the lender)"""
    ann = world.party["ann"]
    return world.formula.exposureOf(ann), world.formula.exposureTo(ann, world.lender)


def test_taking_records_exposure_and_the_use_of_the_consent(good: CreditWorld) -> None:
    act(good, "takeExposure", 600 * CMT)
    (taken,), (read,) = good.events("ExposureTaken"), good.events("ReadRecorded")
    assert (taken["party"], taken["amount"], taken["exposure"]) == (good.party["ann"], 600 * CMT, 600 * CMT)
    assert (read["reader"], read["purpose"], read["usesLeft"]) == (good.party["dora"], LENDING, 8)
    assert out(good) == (600 * CMT, 600 * CMT)
    assert good.formula.limitOf(good.party["ann"])[:3] == (LIMIT - 600 * CMT, LIMIT, 600 * CMT)


def test_C4_two_lenders_share_one_book(good: CreditWorld) -> None:
    second = good.backend.deploy("ReporterPuppet")
    good.formula.registerLender(second, good.party["dora"], sender=good.wallet("admin"))
    act(good, "takeExposure", LIMIT - 1)
    with good.reverts("ExposureAboveLimit", good.party["ann"], 2, 1):
        act(good, "takeExposure", 2, by=second)
    act(good, "takeExposure", 1, by=second)
    assert out(good) == (LIMIT, LIMIT - 1)
    with good.reverts("ExposureAboveLimit", good.party["ann"], 1, 0):
        act(good, "takeExposure", 1)


def test_P2_without_a_consent_for_lending_nothing_is_lent(world: CreditWorld) -> None:
    world.collect("ann")
    world.punctual("ann", 36)
    allow(world, SHARING)
    with world.reverts("ConsentMissing", world.party["ann"], world.party["dora"], LENDING, 0):
        act(world, "takeExposure", CMT)
    assert out(world) == (0, 0)


def test_too_few_records_lend_nothing(world: CreditWorld) -> None:
    world.collect("ann")
    allow(world)
    world.punctual("ann", 5)
    with world.reverts("ExposureAboveLimit", world.party["ann"], 1, 0):
        act(world, "takeExposure", 1)


def test_nothing_is_not_taken(good: CreditWorld) -> None:
    with good.reverts("ExposureZero"):
        act(good, "takeExposure", 0)


def test_what_is_released_can_be_lent_again(good: CreditWorld) -> None:
    act(good, "takeExposure", LIMIT)
    act(good, "releaseExposure", 400 * CMT)
    assert good.events("ExposureReleased")[0]["exposure"] == LIMIT - 400 * CMT
    assert out(good) == (LIMIT - 400 * CMT, LIMIT - 400 * CMT)
    act(good, "takeExposure", 400 * CMT)


def test_a_lender_releases_only_its_own(good: CreditWorld) -> None:
    second = good.backend.deploy("ReporterPuppet")
    good.formula.registerLender(second, good.party["dora"], sender=good.wallet("admin"))
    act(good, "takeExposure", 100)
    with good.reverts("ExposureTooSmall", good.party["ann"], second, 1, 0):
        act(good, "releaseExposure", 1, by=second)
    with good.reverts("ExposureTooSmall", good.party["ann"], good.lender, 101, 100):
        act(good, "releaseExposure", 101)


def test_a_retired_lender_takes_nothing_and_can_still_release(good: CreditWorld) -> None:
    act(good, "takeExposure", 100)
    good.formula.retireLender(good.lender, sender=good.wallet("admin"))
    with good.reverts("LenderNotActive", good.lender):
        act(good, "takeExposure", 1)
    act(good, "releaseExposure", 100)
    assert out(good) == (0, 0)


def test_a_fallen_score_leaves_no_more_to_lend_and_locks_nothing(good: CreditWorld) -> None:
    act(good, "takeExposure", LIMIT)
    for number in range(3):
        good.default(number, "ann", good.today - 31 * number)
    limit, total, exposure, *_ = good.formula.limitOf(good.party["ann"])
    assert (limit, exposure) == (0, LIMIT) and total < LIMIT
    act(good, "releaseExposure", LIMIT)


def test_C5_a_stranger_is_no_lender(good: CreditWorld) -> None:
    for function in ("takeExposure", "releaseExposure"):
        with good.reverts("LenderUnknown", good.reporter):
            act(good, function, 1, by=good.reporter)


def test_a_lender_is_a_contract_that_lends_for_a_party(world: CreditWorld) -> None:
    admin, stranger = world.wallet("admin"), world.wallet("stranger")
    with world.reverts("LenderWithoutCode", stranger):
        world.formula.registerLender(stranger, world.party["dora"], sender=admin)
    with world.reverts("LenderPartyUnknown", 99):
        world.formula.registerLender(world.reporter, 99, sender=admin)
    with world.reverts("LenderKnown", world.lender):
        world.formula.registerLender(world.lender, world.party["ben"], sender=admin)
    with world.reverts("LenderUnknown", stranger):
        world.formula.retireLender(stranger, sender=admin)


def test_A6_after_the_first_day_a_new_lender_waits_two_days(exact: CreditWorld) -> None:
    world = exact
    world.collect("ann")
    world.punctual("ann", 36)
    world.backend.warp(world.formula.bootstrapUntil())
    allow(world)
    fresh = world.backend.deploy("ReporterPuppet")
    world.as_admin(world.formula, "registerLender", fresh, world.party["dora"])
    world.later(2 * DAY - 1)
    with world.reverts("LenderNotActive", fresh):
        act(world, "takeExposure", 1, by=fresh)
    world.later(1)
    act(world, "takeExposure", 1, by=fresh)
