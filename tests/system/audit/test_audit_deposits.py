"""Reviews of deposits, audited: clocks, silence, and shares that waited. Logs alone give what views answer.

clock ── extended by a pause · by a recovery of whose turn it is, in each phase · by neither: named
silence ── no answer · no award · all answered and nobody to award
owed ── held during a recovery, withdrawn after it · withdrawn during it: named
"""

from collections.abc import Iterator

import pytest

from tests.lease_world import REASON
from tests.system.audit.lease_audits import Audited, audited

EXTENSION_DAYS = 30


@pytest.fixture
def town() -> Iterator[Audited]:
    with audited().fresh() as found:
        yield found


def ended(town: Audited, **terms: object) -> int:
    """A lease of Ann (60 %) and Ben (40 %) for four weeks, closed: the landlord may claim of 600 + 400."""
    world = town.world
    lease = world.activate(
        "ann", "ben", shares=[6_000, 4_000], deposit=1_000, endDay=world.today + 28, **terms
    )
    world.end(lease)
    return lease


def claimed(town: Audited, **terms: object) -> int:
    lease = ended(town, **terms)
    town.world.escrow.fileClaim(lease, [100, 200], [REASON] * 2, sender=town.world.wallet("landlord"))
    return lease


def offered(town: Audited, **terms: object) -> int:
    """Ann offers 101 of the 300 claimed; Ben accepts the claim."""
    lease = claimed(town, **terms)
    town.world.escrow.makeOffer(lease, 101, sender=town.world.wallet("ann"))
    town.world.escrow.acceptClaim(lease, 300, sender=town.world.wallet("ben"))
    return lease


def extend(town: Audited, lease: int) -> None:
    town.world.escrow.extendClock(lease, sender=town.world.wallet("stranger"))


def last_day(town: Audited, lease: int) -> int:
    """By the books, which must be the contract's."""
    found = town.books().escrow.twin.deposit(lease).last_day
    assert found == town.world.escrow.reviewOf(lease)[3]
    return found


@pytest.mark.parametrize(
    ("stage", "person"),
    [(ended, "landlord"), (claimed, "ann"), (claimed, "ben"), (offered, "arbiter")],
    ids=["landlord to claim", "ann to answer", "ben to answer", "arbiter to award"],
)
def test_a_recovery_of_whose_turn_it_is_extends_the_clock(town: Audited, stage: object, person: str) -> None:
    assert callable(stage)
    lease = stage(town)
    before = last_day(town, lease)
    town.world.start_recovery(person)
    extend(town, lease)
    assert town.audit() == []
    assert last_day(town, lease) == before + EXTENSION_DAYS
    # without the log of the recovery nobody was hindered
    refused = [
        one for one in town.audit(town.without("PartyRegistry", "RecoveryPendingSet")) if "Clock" in one
    ]
    assert refused[0].startswith(f"DepositEscrow, lease {lease}, ClockExtended: expected refused: ")


def test_a_pause_extends_the_clock_whosever_turn_it_is(town: Audited) -> None:
    lease = claimed(town)
    before = last_day(town, lease)
    town.world.pause(2)
    extend(town, lease)
    assert town.audit() == []
    assert last_day(town, lease) == before + EXTENSION_DAYS
    assert any("ClockExtended" in one for one in town.audit(town.without("LeaseAgreement", "PausedUntil")))


def test_silence_makes_an_offer_final_and_a_missing_award_the_middle(town: Audited) -> None:
    world, lease = town.world, claimed(town)
    world.escrow.makeOffer(lease, 101, sender=world.wallet("ann"))  # Ben says nothing
    world.to_day(last_day(town, lease) + 1)
    world.escrow.finalise(lease, sender=world.wallet("stranger"))
    assert town.audit() == []
    assert any("OfferFinal" in one for one in town.audit(town.more("DepositEscrow", "OfferFinal", 0)))
    world.to_day(last_day(town, lease) + 1)
    world.escrow.finalise(lease, sender=world.wallet("stranger"))
    assert town.audit() == []
    assert world.events("DepositSettled")[0]["toLandlord"] == (101 + 300) // 2


def test_without_an_arbiter_the_last_answer_settles_at_the_middle(town: Audited) -> None:
    lease = offered(town, arbiter=0)
    assert town.audit() == []
    (final,) = town.world.events("OfferFinal")
    assert (final["offer"], final["claim"]) == (101, 300)
    assert town.world.events("DepositSettled")[0]["toLandlord"] == 200
    missed = town.audit(town.without("DepositEscrow", "OfferFinal"))
    assert missed[0].startswith(f"DepositEscrow, lease {lease}, OfferFinal.figures: expected (101, 300, ")


def test_a_share_that_waited_is_withdrawn_once_its_party_can_be_paid(town: Audited) -> None:
    world, lease = town.world, ended(town)
    world.start_recovery("ann")
    world.escrow.fileClaim(lease, [], [], sender=world.wallet("landlord"))
    assert town.audit() == []
    assert town.books().escrow.twin.owed[world.party["ann"]] == 600
    world.end_recovery("ann")
    world.escrow.withdrawOwed(world.party["ann"], sender=world.wallet("stranger"))
    assert town.audit() == []
    ann = world.wallet("ann").lower()
    early = town.audit(town.without("PartyRegistry", "RecoveryPendingSet"))
    nobody = "0x" + "00" * 20
    assert (
        f"DepositEscrow, party {world.party['ann']}, OwedWithdrawn.wallet: expected {nobody}, found {ann}"
        in early
    )
    assert f"DepositEscrow, wallet {ann}, paid to: expected 0, found 600" in early
