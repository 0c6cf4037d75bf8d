"""registerReporter(reporter, kinds), retireReporter(reporter)

register
├── not a contract, known already, no kinds, unknown kinds ── reverts
├── during the first day ── effective at once
└── later ── effective after two days (A6)
numbers go up from 1 and are never used again, not even after retiring
retire ── for good · an unknown one reverts
"""

import pytest

from tests.credit_world import ALL_KINDS, RENT, CreditWorld
from tests.registry_world import DAY


def test_a_reporter_is_effective_at_once_on_the_first_day(world: CreditWorld) -> None:
    fresh = world.backend.deploy("ReporterPuppet")
    world.credit.registerReporter(fresh, 0b101, sender=world.wallet("admin"))
    (event,) = world.events("ReporterRegistered")
    number, kinds, effective, retired = world.credit.reporterOf(fresh)
    assert (number, kinds, retired) == (3, 0b101, False)
    assert effective <= world.time + 5
    assert (event["number"], event["kinds"], event["effectiveAt"]) == (3, 0b101, effective)
    assert world.credit.reporterCount() == 3


def test_A6_later_it_waits_two_days(exact: CreditWorld) -> None:
    world = exact
    world.backend.warp(world.credit.bootstrapUntil())
    fresh = world.backend.deploy("ReporterPuppet")
    world.as_admin(world.credit, "registerReporter", fresh, ALL_KINDS)
    assert world.credit.reporterOf(fresh)[2] == world.time + 2 * DAY


def test_only_a_contract_becomes_a_reporter(world: CreditWorld) -> None:
    stranger = world.wallet("stranger")
    with world.reverts("CreditReporterWithoutCode", stranger):
        world.credit.registerReporter(stranger, ALL_KINDS, sender=world.wallet("admin"))


def test_a_known_reporter_is_not_registered_again(world: CreditWorld) -> None:
    with world.reverts("CreditReporterKnown", world.reporter):
        world.credit.registerReporter(world.reporter, ALL_KINDS, sender=world.wallet("admin"))


@pytest.mark.parametrize("kinds", [0, 32, 255])
def test_unknown_kinds_are_refused(world: CreditWorld, kinds: int) -> None:
    fresh = world.backend.deploy("ReporterPuppet")
    with world.reverts("CreditReporterKindsInvalid", kinds):
        world.credit.registerReporter(fresh, kinds, sender=world.wallet("admin"))


def test_a_retired_reporter_stays_retired_and_its_number_is_never_given_again(world: CreditWorld) -> None:
    admin = world.wallet("admin")
    world.credit.retireReporter(world.other, sender=admin)
    assert world.events("ReporterRetired")[0]["number"] == 2
    assert world.credit.reporterOf(world.other)[3]
    with world.reverts("CreditReporterKnown", world.other):
        world.credit.registerReporter(world.other, ALL_KINDS, sender=admin)
    fresh = world.backend.deploy("ReporterPuppet")
    world.credit.registerReporter(fresh, ALL_KINDS, sender=admin)
    assert world.credit.reporterOf(fresh)[0] == 3


def test_an_unknown_reporter_is_not_retired(world: CreditWorld) -> None:
    with world.reverts("CreditReporterUnknown", world.wallet("stranger")):
        world.credit.retireReporter(world.wallet("stranger"), sender=world.wallet("admin"))


def test_keys_of_different_reporters_and_of_defaults_never_meet(world: CreditWorld) -> None:
    keys = {
        world.credit.keyOf(reporter, obligation, default)
        for reporter in (world.reporter, world.other)
        for obligation in (0, 1, 2**192 - 1)
        for default in (False, True)
    }
    assert len(keys) == 12
    assert world.credit.keyOf(world.wallet("stranger"), 1, False) == 0


def test_A1_only_admin_registers_and_retires(world: CreditWorld) -> None:
    fresh = world.backend.deploy("ReporterPuppet")
    for person in ("manager", "officer", "committee", "stranger"):
        wallet = world.wallet(person)
        with world.reverts("AccessManagedUnauthorized", wallet):
            world.credit.registerReporter(fresh, 1 << RENT, sender=wallet)
        with world.reverts("AccessManagedUnauthorized", wallet):
            world.credit.retireReporter(world.reporter, sender=wallet)
